"""Work a person writes down themselves, without a task on the list: a draft that waits for staff like any other."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from workshop.citizens import queries as citizens
from workshop.citizens.models import Citizen
from workshop.core import clock
from workshop.core.errors import NotHere, Refusal
from workshop.core.i18n import _
from workshop.production.models import ActivityKind, TaskType
from workshop.tasks.models import Feeling, Participation, RecordStatus, TaskRecord
from workshop.tasks.regretting import void_draft

MOST_A_DAY = 20  # more than anybody does in a day; it keeps a stuck finger from filling the list of the staff


class KindTile(NamedTuple):
    """A kind of work, as a tile."""

    key: str
    name: str
    pictogram: str


class TaskTile(NamedTuple):
    """A task of a kind, as a tile."""

    key: str
    name: str
    pictogram: str


class OwnRecord(NamedTuple):
    """What a person wrote down today; `is_waiting` until staff have seen it."""

    public_id: str
    title: str
    pictogram: str
    is_waiting: bool


_PICTOGRAM = sa.func.coalesce(sa.func.nullif(TaskType.pictogram, ""), ActivityKind.pictogram)


def kinds(session: Session) -> list[KindTile]:
    """The kinds of work that have a task in use."""
    used = sa.exists().where(TaskType.activity_kind_id == ActivityKind.id, TaskType.is_used)
    rows = session.execute(
        sa.select(ActivityKind.key, ActivityKind.short_name, ActivityKind.pictogram)
        .where(used)
        .order_by(ActivityKind.id)
    )
    return [KindTile(*row) for row in rows]


def tasks_of(session: Session, kind: str) -> list[TaskTile]:
    """The tasks in use of one kind, by name."""
    rows = session.execute(
        sa.select(TaskType.key, TaskType.name, _PICTOGRAM)
        .join(ActivityKind, ActivityKind.id == TaskType.activity_kind_id)
        .where(ActivityKind.key == kind, TaskType.is_used)
        .order_by(TaskType.name)
    )
    return [TaskTile(*row) for row in rows]


def task(session: Session, key: str) -> TaskType | None:
    """A task in use by its key."""
    return session.scalar(sa.select(TaskType).where(TaskType.key == key, TaskType.is_used))


def of_day(session: Session, citizen_id: int, day: date) -> Sequence[OwnRecord]:
    """What a person wrote down themselves on a day, and has not taken back."""
    rows = session.execute(
        sa.select(TaskRecord.public_id, TaskRecord.title, _PICTOGRAM, TaskRecord.status == RecordStatus.DRAFT)
        .join(Participation, Participation.record_id == TaskRecord.id)
        .join(TaskType, TaskType.id == TaskRecord.task_type_id)
        .join(ActivityKind, ActivityKind.id == TaskType.activity_kind_id)
        .where(*_own(citizen_id, day), TaskRecord.status.in_((RecordStatus.DRAFT, RecordStatus.CONFIRMED)))
        .order_by(TaskRecord.id)
    )
    return [OwnRecord(*row) for row in rows]


def write(
    session: Session, citizen: Citizen, kind: TaskType, *, felt: Feeling | None, once: str, now: datetime
) -> TaskRecord:
    """A draft for today. `once` is the word of the page and becomes its id, so a second tap is the same draft.

    Raises Refusal for a day outside the person's stay and for more than anybody does in a day, NotHere for a word that
    belongs to something else.
    """
    today = clock.local_day(now)
    there = _by_id(session, citizen, once)
    if there is not None:
        return there
    if not citizens.is_enrolled(session, citizen.id, today):
        raise Refusal(_("Dagen ligger uden for forløbet. Spørg en fra personalet."))
    if len(of_day(session, citizen.id, today)) >= MOST_A_DAY:
        raise Refusal(_("Der står meget i dag. Spørg en fra personalet."))
    record = TaskRecord(
        public_id=once,
        task_type_id=kind.id,
        title=kind.name,
        done_on=today,
        recorded_at=now,
        recorded_by_id=citizen.account_id,
    )
    try:
        with session.begin_nested():
            session.add(record)
            session.flush()
            session.add(Participation(record_id=record.id, citizen_id=citizen.id, felt=felt))
    except IntegrityError as problem:  # the first tap of the same button was quicker
        there = _by_id(session, citizen, once)
        if there is None:
            raise NotHere from problem
        return there
    return record


def take_back(session: Session, citizen: Citizen, public_id: str) -> None:
    """One's own draft is taken back; said again, nothing changes. Raises NotHere for what is not one's own."""
    record = _by_id(session, citizen, public_id)
    if record is None:
        raise NotHere
    if record.status is not RecordStatus.VOIDED:
        void_draft(session, record)


def _by_id(session: Session, citizen: Citizen, public_id: str) -> TaskRecord | None:
    return session.scalar(
        sa.select(TaskRecord)
        .join(Participation, Participation.record_id == TaskRecord.id)
        .where(
            TaskRecord.public_id == public_id,
            Participation.citizen_id == citizen.id,
            TaskRecord.recorded_by_id == citizen.account_id,
            TaskRecord.assignment_id.is_(None),
            TaskRecord.print_job_id.is_(None),
            TaskRecord.stock_count_id.is_(None),
            TaskRecord.version == 1,
        )
    )


def _own(citizen_id: int, day: date) -> tuple[sa.ColumnElement[bool], ...]:
    """Written by the person, with no task, no run of labels and no count behind it."""
    author = sa.select(Citizen.account_id).where(Citizen.id == citizen_id).scalar_subquery()
    return (
        Participation.citizen_id == citizen_id,
        TaskRecord.done_on == day,
        TaskRecord.recorded_by_id == author,
        TaskRecord.assignment_id.is_(None),
        TaskRecord.print_job_id.is_(None),
        TaskRecord.stock_count_id.is_(None),
    )
