"""Reads about tasks and records: one person's own, and what the staff of a department see of theirs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.citizens.models import Citizen
from workshop.citizens.queries import NotYours
from workshop.core.access import Actor
from workshop.core.errors import NotHere
from workshop.production.models import ActivityKind, OrderStep, ProductionOrder, TaskType
from workshop.production.routines.models import Routine, RoutineDay
from workshop.services.jobs.models import ServiceJob
from workshop.services.requests.models import ServicePlace
from workshop.services.visits.models import Visit
from workshop.tasks.marks import Quality, Support
from workshop.tasks.models import (
    Assignment,
    AssignmentState,
    Participation,
    RecordStatus,
    TaskRecord,
)


class OwnTask(NamedTuple):
    """A task on the tablet. `colleagues` counts the others who have the same work that day; it names nobody."""

    public_id: str
    title: str
    state: AssignmentState
    start_minute: int | None
    finished_at: datetime | None
    order_title: str | None
    place: str | None
    pictogram: str
    plain_text: str
    colleagues: int


class Mate(NamedTuple):
    """Somebody on a card of the board, for the staff who plan the week."""

    assignment: Assignment
    citizen_public_id: str
    name: str
    picture: str


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
    work: tuple[int, ...]


class Work(NamedTuple):
    """Records that are confirmed on one page: the same work on the same day, by several people."""

    record_id: str
    title: str
    done_on: date
    people: list[RecordRow]


class PartRow(NamedTuple):
    """One person's part of a record, with everything the confirm page shows."""

    record_id: str
    version: int
    status: RecordStatus
    title: str
    done_on: date
    citizen_id: int
    citizen_public_id: str
    display_name: str
    picture: str
    minutes: int | None
    support: Support | None
    quality: Quality | None
    is_joint: bool
    observation: str
    started_at: datetime | None
    finished_at: datetime | None
    usual_minutes: int


class VersionRow(NamedTuple):
    """A version of a record: who made it, when and why."""

    public_id: str
    version: int
    status: RecordStatus
    recorded_at: datetime
    confirmed_by_id: int | None
    why: str


def assignment_for(session: Session, actor: Actor, public_id: str) -> Assignment:
    """A person's own task, or one of somebody in the staff's department. Raises NotHere for all others."""
    row = session.execute(
        sa.select(Assignment, Citizen.account_id, Citizen.department_id, Citizen.public_id)
        .join(Citizen, Citizen.id == Assignment.citizen_id)
        .where(Assignment.public_id == public_id)
    ).one_or_none()
    if row is None:
        raise NotHere
    assignment, account_id, department_id, citizen_public_id = row
    if actor.is_citizen:
        is_theirs = account_id == actor.account_id
    else:
        is_theirs = actor.may("week:read") and department_id in actor.department_ids
    if not is_theirs:
        raise NotYours([citizen_public_id])
    found: Assignment = assignment
    return found


def is_known_to(session: Session, actor: Actor, public_id: str) -> bool:
    """Whether the actor may know of this assignment."""
    try:
        assignment_for(session, actor, public_id)
    except NotHere:
        return False
    return True


def own_tasks(session: Session, citizen_id: int, day: date) -> list[OwnTask]:
    """The person's tasks of the day, and what they began earlier and have not finished; begun ones first."""
    other = sa.orm.aliased(Assignment)
    colleagues = (
        sa.select(sa.func.count())
        .where(
            sa.or_(
                other.order_step_id == Assignment.order_step_id,
                other.routine_day_id == Assignment.routine_day_id,
                other.visit_id == Assignment.visit_id,
            ),
            other.day == Assignment.day,
            other.citizen_id != Assignment.citizen_id,
            other.state != AssignmentState.CANCELLED,
        )
        .correlate(Assignment)
        .scalar_subquery()
    )
    rows = session.execute(
        sa.select(
            Assignment.public_id,
            Assignment.title,
            Assignment.state,
            Assignment.start_minute,
            Assignment.finished_at,
            ProductionOrder.title,
            sa.func.coalesce(OrderStep.place, Routine.place, ServicePlace.street),
            ActivityKind.pictogram,
            TaskType.plain_text,
            colleagues,
        )
        .join(TaskType, TaskType.id == Assignment.task_type_id)
        .join(ActivityKind, ActivityKind.id == TaskType.activity_kind_id)
        .outerjoin(OrderStep, OrderStep.id == Assignment.order_step_id)
        .outerjoin(ProductionOrder, ProductionOrder.id == OrderStep.order_id)
        .outerjoin(RoutineDay, RoutineDay.id == Assignment.routine_day_id)
        .outerjoin(Routine, Routine.id == RoutineDay.routine_id)
        .outerjoin(Visit, Visit.id == Assignment.visit_id)
        .outerjoin(ServiceJob, ServiceJob.id == Visit.job_id)
        .outerjoin(ServicePlace, ServicePlace.id == ServiceJob.place_id)
        .where(
            Assignment.citizen_id == citizen_id,
            Assignment.state != AssignmentState.CANCELLED,
            sa.or_(Assignment.day == day, sa.and_(Assignment.day < day, Assignment.state == AssignmentState.STARTED)),
        )
        .order_by(Assignment.start_minute.is_(None), Assignment.start_minute, Assignment.id)
    )
    order = {AssignmentState.STARTED: 0, AssignmentState.PLANNED: 1, AssignmentState.FINISHED: 2}
    return sorted((OwnTask(*row) for row in rows), key=lambda task: order[task.state])


def own_week(session: Session, citizen_id: int, first: date, last: date) -> list[tuple[date, int | None, str]]:
    """(day, start minute, title) of the person's tasks between two days, both included."""
    rows = session.execute(
        sa.select(Assignment.day, Assignment.start_minute, Assignment.title)
        .where(
            Assignment.citizen_id == citizen_id,
            Assignment.day.between(first, last),
            Assignment.state != AssignmentState.CANCELLED,
        )
        .order_by(Assignment.day, Assignment.start_minute.is_(None), Assignment.start_minute, Assignment.id)
    )
    return [(day, minute, title) for day, minute, title in rows]


def record_by_id(session: Session, public_id: str) -> TaskRecord:
    """A record by its public id; whoever asks must have shown that they may. Raises NotHere."""
    record = session.scalar(sa.select(TaskRecord).where(TaskRecord.public_id == public_id))
    if record is None:
        raise NotHere
    return record


def record_of(session: Session, assignment: Assignment) -> TaskRecord:
    """The newest version of what was written about an assignment. Raises NotHere while it is not finished."""
    record = session.scalar(
        sa.select(TaskRecord)
        .where(TaskRecord.assignment_id == assignment.id)
        .order_by(TaskRecord.version.desc())
        .limit(1)
    )
    if record is None:
        raise NotHere
    return record


def waiting(session: Session, actor: Actor) -> list[RecordRow]:
    """What waits for somebody to confirm it, in the actor's departments, the oldest first."""
    return _record_rows(session, actor, RecordStatus.DRAFT, TaskRecord.done_on.asc(), 500)


def count_waiting(session: Session, actor: Actor) -> int:
    """How many records wait in the actor's departments."""
    counted = (
        sa.select(sa.func.count(sa.distinct(TaskRecord.id)))
        .join(Participation, Participation.record_id == TaskRecord.id)
        .join(Citizen, Citizen.id == Participation.citizen_id)
        .where(TaskRecord.status == RecordStatus.DRAFT, Citizen.department_id.in_(actor.department_ids))
    )
    return session.scalar(counted) or 0


def mates_of(session: Session, assignment: Assignment) -> list[Mate]:
    """Everybody who has the same card of the board: the same work on the same day at the same time."""
    same_work = (
        Assignment.order_step_id == assignment.order_step_id
        if assignment.order_step_id is not None
        else sa.and_(Assignment.order_step_id.is_(None), Assignment.task_type_id == assignment.task_type_id)
    )
    department = sa.select(Citizen.department_id).where(Citizen.id == assignment.citizen_id).scalar_subquery()
    rows = session.execute(
        sa.select(Assignment, Citizen.public_id, Citizen.display_name, Citizen.picture)
        .join(Citizen, Citizen.id == Assignment.citizen_id)
        .where(
            same_work,
            Assignment.routine_day_id.is_not_distinct_from(assignment.routine_day_id),
            Assignment.visit_id.is_not_distinct_from(assignment.visit_id),
            Assignment.title == assignment.title,
            Assignment.day == assignment.day,
            Assignment.start_minute.is_not_distinct_from(assignment.start_minute),
            Assignment.state != AssignmentState.CANCELLED,
            Citizen.department_id == department,
        )
        .order_by(Citizen.sort_name)
    )
    return [Mate(*row) for row in rows]


def confirmed_lately(session: Session, actor: Actor, most: int = 30) -> list[RecordRow]:
    """The newest confirmed records of the actor's departments, for whoever wants to correct one."""
    return _record_rows(session, actor, RecordStatus.CONFIRMED, TaskRecord.confirmed_at.desc(), most)


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
            TaskRecord.order_step_id,
            TaskRecord.task_type_id,
        )
        .join(Participation, Participation.record_id == TaskRecord.id)
        .join(Citizen, Citizen.id == Participation.citizen_id)
        .where(TaskRecord.status == status, Citizen.department_id.in_(actor.department_ids))
        .order_by(order, TaskRecord.title, Citizen.sort_name)
        .limit(most)
    )
    return [RecordRow(*row[:8], (row[8],) if row[8] is not None else (0, row[9])) for row in rows]


def together(rows: Sequence[RecordRow]) -> list[Work]:
    """Drafts by the work they belong to, in the order of the first of each; `team_of` shows the same ones."""
    found: dict[tuple[object, ...], Work] = {}
    for row in rows:
        # A step has one title per person; a plain task belongs together under the same title.
        key = (row.done_on, row.work, row.title if len(row.work) > 1 else "")
        found.setdefault(key, Work(row.record_id, row.title, row.done_on, [])).people.append(row)
    return list(found.values())


def team_of(session: Session, actor: Actor, public_id: str) -> list[PartRow]:
    """Everybody's part of a record and, while it waits, of the drafts that belong to the same work that day.

    Those are the drafts of the same step, or of the same task under the same title. By Danish name. Raises NotHere for
    a record of another department.
    """
    record = record_by_id(session, public_id)
    together = sa.or_(TaskRecord.id == record.id, _same_work(record))
    rows = session.execute(
        sa.select(
            TaskRecord.public_id,
            TaskRecord.version,
            TaskRecord.status,
            TaskRecord.title,
            TaskRecord.done_on,
            Citizen.id,
            Citizen.public_id,
            Citizen.display_name,
            Citizen.picture,
            Participation.minutes,
            Participation.support,
            Participation.quality,
            Participation.is_joint,
            Participation.observation,
            Assignment.started_at,
            Assignment.finished_at,
            TaskType.typical_minutes,
        )
        .join(Participation, Participation.record_id == TaskRecord.id)
        .join(TaskType, TaskType.id == TaskRecord.task_type_id)
        .join(Citizen, Citizen.id == Participation.citizen_id)
        .outerjoin(Assignment, Assignment.id == TaskRecord.assignment_id)
        .where(together, Citizen.department_id.in_(actor.department_ids))
        .order_by(Citizen.sort_name, TaskRecord.id)
    )
    found = [PartRow._make(row) for row in rows]
    if not any(part.record_id == public_id for part in found):
        raise NotYours(_people_of(session, record))
    return found


def _people_of(session: Session, record: TaskRecord) -> Sequence[str]:
    """The public ids of everybody in a record, for the log of refused tries."""
    of_record = sa.select(Citizen.public_id).join(Participation, Participation.citizen_id == Citizen.id)
    return session.scalars(of_record.where(Participation.record_id == record.id)).all()


def _same_work(record: TaskRecord) -> sa.ColumnElement[bool]:
    if record.status is not RecordStatus.DRAFT:
        return sa.false()
    same_step = (
        TaskRecord.order_step_id == record.order_step_id
        if record.order_step_id is not None
        else sa.and_(
            TaskRecord.order_step_id.is_(None),
            TaskRecord.task_type_id == record.task_type_id,
            TaskRecord.title == record.title,
        )
    )
    return sa.and_(TaskRecord.status == RecordStatus.DRAFT, TaskRecord.done_on == record.done_on, same_step)


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
