"""Reads for the round of the team: what waits, who belongs to a piece of work, and the versions of a record."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.citizens.models import Citizen
from workshop.citizens.queries import AWAY, NotYours, enrolled_on, marks_of_day
from workshop.core.access import Actor
from workshop.tasks.marks import Quality, Support
from workshop.tasks.models import Assignment, AssignmentState, Participation, RecordStatus, TaskRecord
from workshop.tasks.queries import record_by_id
from workshop.tasks.results import Job

FORGOTTEN_AFTER = timedelta(days=14)
MOST_WAITING = 500


class RecordRow(NamedTuple):
    """One person's part of a record, as the list of what waits shows it."""

    record_id: str
    title: str
    done_on: date
    status: RecordStatus
    citizen_id: int
    citizen_public_id: str
    display_name: str
    picture: str
    recorded_at: datetime
    recorded_by_id: int
    work: tuple[object, ...]


class Work(NamedTuple):
    """Records that are confirmed on one page: the same work on the same day, by several people."""

    record_id: str
    title: str
    done_on: date
    people: list[RecordRow]


class PartRow(NamedTuple):
    """One person's part of a piece of work, with everything the round shows.

    `record_id` is empty for somebody of whom nothing is written yet.
    """

    record_id: str
    title: str
    citizen_id: int
    citizen_public_id: str
    display_name: str
    picture: str
    sort_name: str
    number: int = 0  # the record's own id, for what is said about it
    part_id: int = 0
    version: int = 0
    status: RecordStatus = RecordStatus.DRAFT
    recorded_by_id: int = 0
    minutes: int | None = None
    support: Support | None = None
    quality: Quality | None = None
    is_joint: bool = False
    observation: str = ""
    assignment_id: int | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    paused_seconds: int = 0


class VersionRow(NamedTuple):
    """A version of a record: who made it, when and why."""

    public_id: str
    version: int
    status: RecordStatus
    recorded_at: datetime
    confirmed_by_id: int | None
    why: str


def waiting(session: Session, actor: Actor) -> list[RecordRow]:
    """What waits for somebody to confirm it, in the actor's departments, the oldest first."""
    return _record_rows(session, actor, RecordStatus.DRAFT, TaskRecord.done_on.asc(), MOST_WAITING)


def confirmed_lately(session: Session, actor: Actor, most: int = 30) -> list[RecordRow]:
    """The newest confirmed records of the actor's departments, for whoever wants to correct one."""
    return _record_rows(session, actor, RecordStatus.CONFIRMED, TaskRecord.confirmed_at.desc(), most)


def count_waiting(session: Session, actor: Actor) -> int:
    """How many records wait in the actor's departments."""
    counted = (
        sa.select(sa.func.count(sa.distinct(TaskRecord.id)))
        .join(Participation, Participation.record_id == TaskRecord.id)
        .join(Citizen, Citizen.id == Participation.citizen_id)
        .where(TaskRecord.status == RecordStatus.DRAFT, Citizen.department_id.in_(actor.department_ids))
    )
    return session.scalar(counted) or 0


def together(rows: Sequence[RecordRow]) -> list[Work]:
    """Drafts by the work they belong to, in the order of the first of each; `round_of` shows the same ones."""
    found: dict[tuple[object, ...], Work] = {}
    for row in rows:
        key = (row.done_on, *row.work)
        found.setdefault(key, Work(row.record_id, row.title, row.done_on, [])).people.append(row)
    return list(found.values())


def forgotten(works: Sequence[Work], now: datetime) -> list[Work]:
    """Those that have waited for more than fourteen days; they are reminded of, and go on waiting."""
    return [work for work in works if min(row.recorded_at for row in work.people) < now - FORGOTTEN_AFTER]


def job_of(record: TaskRecord) -> Job:
    """The piece of work that a record tells of."""
    return Job(
        task_type_id=record.task_type_id,
        title=record.title,
        day=record.done_on,
        order_step_id=record.order_step_id,
        visit_id=record.visit_id,
    )


def parts_of(session: Session, actor: Actor, public_id: str) -> list[PartRow]:
    """Everybody's part of one record, by Danish name. Raises NotHere for a record of another department."""
    record = record_by_id(session, public_id)
    found = _parts(session, actor, TaskRecord.id == record.id)
    if not found:
        of_record = sa.select(Citizen.public_id).join(Participation, Participation.citizen_id == Citizen.id)
        raise NotYours(session.scalars(of_record.where(Participation.record_id == record.id)).all())
    return found


def drafts_of(session: Session, actor: Actor, job: Job) -> list[PartRow]:
    """Everybody whose part of this work is written already and waits, in the actor's departments."""
    return _parts_of_job(session, actor, job, RecordStatus.DRAFT)


def confirmed_of(session: Session, actor: Actor, job: Job) -> list[PartRow]:
    """Everybody whose part of this work is confirmed already, in the actor's departments."""
    return _parts_of_job(session, actor, job, RecordStatus.CONFIRMED)


def _parts_of_job(session: Session, actor: Actor, job: Job, status: RecordStatus) -> list[PartRow]:
    return _parts(
        session,
        actor,
        sa.and_(TaskRecord.status == status, TaskRecord.done_on == job.day, _same_work(TaskRecord, job)),
    )


def given(session: Session, actor: Actor, job: Job) -> list[PartRow]:
    """Everybody who has this work that day and has not said that they are done."""
    routine = [Assignment.routine_day_id == job.routine_day_id] if job.routine_day_id is not None else []
    return _people(
        session,
        actor,
        job,
        Citizen.id.in_(
            sa.select(Assignment.citizen_id).where(
                Assignment.day == job.day,
                Assignment.state.in_((AssignmentState.PLANNED, AssignmentState.STARTED)),
                _same_work(Assignment, job),
                *routine,
            )
        ),
    )


def named(session: Session, actor: Actor, job: Job, public_ids: Collection[str]) -> list[PartRow]:
    """The same for people whom somebody named, whether or not they have the work; their stay covers the day."""
    return _people(session, actor, job, Citizen.public_id.in_(public_ids), Citizen.id.in_(enrolled_on(job.day)))


def away(session: Session, people: Sequence[PartRow], day: date) -> set[int]:
    """The ids of those who are written as away that day."""
    marks = marks_of_day(session, [each.citizen_id for each in people], day)
    return {citizen_id for citizen_id, mark in marks.items() if mark in AWAY}


def versions_of(session: Session, public_id: str) -> Sequence[VersionRow]:
    """Every version of a record, the newest first; a record is followed both ways from any of its versions."""
    record = record_by_id(session, public_id)
    ids = {record.id}
    reaching = sa.select(TaskRecord.id, TaskRecord.supersedes_id).where
    frontier = {record.id}
    while frontier:
        earlier = sa.select(TaskRecord.supersedes_id).where(TaskRecord.id.in_(frontier))
        rows = session.execute(reaching(sa.or_(TaskRecord.supersedes_id.in_(frontier), TaskRecord.id.in_(earlier))))
        frontier = {row.id for row in rows} - ids
        ids |= frontier
    wanted = (
        sa.select(
            TaskRecord.public_id,
            TaskRecord.version,
            TaskRecord.status,
            TaskRecord.recorded_at,
            TaskRecord.confirmed_by_id,
            TaskRecord.why,
        )
        .where(TaskRecord.id.in_(ids))
        .order_by(TaskRecord.version.desc())
    )
    return [VersionRow(*row) for row in session.execute(wanted)]


def _record_rows(
    session: Session, actor: Actor, status: RecordStatus, order: sa.ColumnElement[Any], most: int
) -> list[RecordRow]:
    rows = session.execute(
        sa.select(
            TaskRecord.public_id,
            TaskRecord.title,
            TaskRecord.done_on,
            TaskRecord.status,
            Citizen.id,
            Citizen.public_id,
            Citizen.display_name,
            Citizen.picture,
            TaskRecord.recorded_at,
            TaskRecord.recorded_by_id,
            TaskRecord.order_step_id,
            TaskRecord.visit_id,
            TaskRecord.task_type_id,
        )
        .join(Participation, Participation.record_id == TaskRecord.id)
        .join(Citizen, Citizen.id == Participation.citizen_id)
        .where(TaskRecord.status == status, Citizen.department_id.in_(actor.department_ids))
        .order_by(order, TaskRecord.title, Citizen.sort_name)
        .limit(most)
    )
    return [RecordRow(*row[:10], _work(row.order_step_id, row.visit_id, row.task_type_id, row.title)) for row in rows]


def _work(step_id: int | None, visit_id: int | None, task_type_id: int, title: str) -> tuple[object, ...]:
    """What makes records one piece of work; a step and a visit have one title per person, so it is left out there."""
    if step_id is not None:
        return ("step", step_id)
    return ("visit", visit_id) if visit_id is not None else ("task", task_type_id, title)


def _same_work(table: type[TaskRecord] | type[Assignment], job: Job) -> sa.ColumnElement[bool]:
    if job.order_step_id is not None:
        return table.order_step_id == job.order_step_id
    if job.visit_id is not None:
        return table.visit_id == job.visit_id
    return sa.and_(
        table.order_step_id.is_(None),
        table.visit_id.is_(None),
        table.task_type_id == job.task_type_id,
        table.title == job.title,
    )


def _parts(session: Session, actor: Actor, which: sa.ColumnElement[bool]) -> list[PartRow]:
    rows = session.execute(
        sa.select(
            TaskRecord.public_id.label("record_id"),
            TaskRecord.title,
            Citizen.id.label("citizen_id"),
            Citizen.public_id.label("citizen_public_id"),
            Citizen.display_name,
            Citizen.picture,
            Citizen.sort_name,
            TaskRecord.id.label("number"),
            Participation.id.label("part_id"),
            TaskRecord.version,
            TaskRecord.status,
            TaskRecord.recorded_by_id,
            Participation.minutes,
            Participation.support,
            Participation.quality,
            Participation.is_joint,
            Participation.observation,
            TaskRecord.assignment_id,
            Assignment.started_at,
            Assignment.finished_at,
            sa.func.coalesce(Assignment.paused_seconds, 0),
        )
        .join(Participation, Participation.record_id == TaskRecord.id)
        .join(Citizen, Citizen.id == Participation.citizen_id)
        .outerjoin(Assignment, Assignment.id == TaskRecord.assignment_id)
        .where(which, Citizen.department_id.in_(actor.department_ids))
        .order_by(Citizen.sort_name, TaskRecord.id)
    )
    return [PartRow._make(row) for row in rows]


def _people(session: Session, actor: Actor, job: Job, *which: sa.ColumnElement[bool]) -> list[PartRow]:
    """These people as they stand in a round before anything is written of them, with their own open task of it."""
    task = sa.and_(
        Assignment.citizen_id == Citizen.id,
        Assignment.day == job.day,
        Assignment.state.in_((AssignmentState.PLANNED, AssignmentState.STARTED)),
        _same_work(Assignment, job),
    )
    rows = session.execute(
        sa.select(
            Citizen.id, Citizen.public_id, Citizen.display_name, Citizen.picture, Citizen.sort_name,
            Assignment.id.label("task_id"), Assignment.title, Assignment.started_at, Assignment.paused_seconds,
        )
        .outerjoin(Assignment, task)
        .where(*which, Citizen.is_active, Citizen.department_id.in_(actor.department_ids))
        .order_by(Citizen.sort_name, Citizen.id, Assignment.state.desc(), Assignment.id)
    )  # fmt: skip
    found: dict[int, PartRow] = {}
    for row in rows:  # somebody with two tasks of the same work has one part in it; the begun one comes first
        found.setdefault(
            row.id,
            PartRow(
                "", row.title or job.title, row.id, row.public_id, row.display_name, row.picture, row.sort_name,
                assignment_id=row.task_id, started_at=row.started_at, paused_seconds=row.paused_seconds or 0,
            ),
        )  # fmt: skip
    return list(found.values())
