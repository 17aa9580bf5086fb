"""What staff make of a record: confirm it, correct it, void it. Versions are appended; nothing is written over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from workshop.citizens import queries as citizens
from workshop.citizens.models import Citizen
from workshop.core import clock
from workshop.core.access import Actor
from workshop.core.errors import Forbidden, NotHere, Refusal
from workshop.core.i18n import _
from workshop.production.models import TaskType
from workshop.tasks.models import Assignment, Participation, RecordStatus, TaskRecord
from workshop.tasks.results import MOST_MINUTES, PartMarks

MINUTES_OF_A_DAY = 24 * 60


class AlreadyChanged(Refusal):
    """Somebody else confirmed, corrected or voided the record meanwhile."""


def write_down(
    session: Session,
    *,
    actor: Actor,
    task_type_id: int,
    title: str,
    done_on: date,
    parts: Sequence[PartMarks],
    now: datetime,
) -> TaskRecord:
    """A draft of something done without a task on the tablet, for one person or a whole team, own marks each.

    Raises Refusal for a day to come or outside somebody's stay, and for minutes that cannot be.
    """
    _allow(actor, _people(session, parts))
    _check_day(session, parts, done_on, now)
    _check_minutes(parts)
    record = TaskRecord(
        task_type_id=task_type_id,
        title=title.strip() or session.get_one(TaskType, task_type_id).name,
        done_on=done_on,
        recorded_at=now,
        recorded_by_id=actor.account_id,
    )
    session.add(record)
    session.flush()
    session.add_all(_participation(record.id, marks) for marks in parts)
    session.flush()
    return record


def confirm(
    session: Session, *, record: TaskRecord, actor: Actor, now: datetime, parts: Sequence[PartMarks]
) -> TaskRecord:
    """Say that the record is right, with each person's own marks; from now on it counts.

    Start and finish times have served their purpose and are dropped (decision 21). Raises Forbidden without
    `record:confirm`, NotHere for another department, Refusal for odd minutes, days outside the stay, or a record that
    is no draft any more.
    """
    before = _parts(session, record)
    _allow(actor, _people_of(session, before))
    _check(session, record, before, parts, now)
    _change_status(session, record, RecordStatus.DRAFT, RecordStatus.CONFIRMED)
    record.confirmed_at = now
    record.confirmed_by_id = actor.account_id
    for part in before:
        _set(part, _marks_for(parts, part.citizen_id))
    _drop_times(session, record)
    session.flush()
    return record


def confirm_team(
    session: Session, *, work: Mapping[str, Sequence[PartMarks]], actor: Actor, now: datetime
) -> list[TaskRecord]:
    """Confirm several records that belong together, by public id: all of them, or none."""
    confirmed = []
    for public_id, parts in work.items():
        record = session.scalar(sa.select(TaskRecord).where(TaskRecord.public_id == public_id))
        if record is None:
            raise NotHere
        confirmed.append(confirm(session, record=record, actor=actor, now=now, parts=parts))
    return confirmed


def correct(
    session: Session,
    *,
    record: TaskRecord,
    actor: Actor,
    now: datetime,
    why: str,
    parts: Sequence[PartMarks],
) -> TaskRecord:
    """A new, confirmed version with other marks; the old one stays as superseded, with who, when and why.

    Raises what `confirm` raises, and Refusal without a reason or for a version that is not the newest.
    """
    before = _parts(session, record)
    _allow(actor, _people_of(session, before))
    _check(session, record, before, parts, now)
    return _append(session, record, RecordStatus.CONFIRMED, actor, now, why, before, parts)


def void(session: Session, *, record: TaskRecord, actor: Actor, now: datetime, why: str) -> TaskRecord:
    """A new version that says the record should not have been; nothing counts from it, nothing is deleted."""
    before = _parts(session, record)
    _allow(actor, _people_of(session, before))
    kept = [
        PartMarks(part.citizen_id, part.minutes, part.support, part.quality, part.is_joint, part.observation)
        for part in before
    ]
    return _append(session, record, RecordStatus.VOIDED, actor, now, why, before, kept)


def _append(
    session: Session,
    record: TaskRecord,
    status: RecordStatus,
    actor: Actor,
    now: datetime,
    why: str,
    before: Sequence[Participation],
    parts: Sequence[PartMarks],
) -> TaskRecord:
    if not why.strip():
        raise Refusal(_("Skriv kort, hvorfor. Begrundelsen følger registreringen."))
    _change_status(session, record, RecordStatus.CONFIRMED, RecordStatus.SUPERSEDED)
    newer = TaskRecord(
        assignment_id=record.assignment_id,
        version=record.version + 1,
        supersedes_id=record.id,
        task_type_id=record.task_type_id,
        order_step_id=record.order_step_id,
        item_id=record.item_id,
        print_job_id=record.print_job_id,
        stock_count_id=record.stock_count_id,
        title=record.title,
        done_on=record.done_on,
        status=status,
        recorded_at=now,
        recorded_by_id=actor.account_id,
        confirmed_at=now,
        confirmed_by_id=actor.account_id,
        why=why.strip()[:300],
    )
    session.add(newer)
    session.flush()
    felt = {part.citizen_id: part.felt for part in before}
    for part in before:
        copy = _participation(newer.id, _marks_for(parts, part.citizen_id))
        copy.felt = felt[part.citizen_id]
        session.add(copy)
    session.flush()
    return newer


def _change_status(session: Session, record: TaskRecord, before: RecordStatus, after: RecordStatus) -> None:
    """One conditional statement: of two members of staff who press at once, one wins and the other is told."""
    result = session.execute(
        sa.update(TaskRecord)
        .where(TaskRecord.id == record.id, TaskRecord.status == before)
        .values(status=after)
        .execution_options(synchronize_session=False)
    )
    session.refresh(record)
    if isinstance(result, CursorResult) and result.rowcount == 1:
        return
    if before is RecordStatus.DRAFT:
        raise AlreadyChanged(_("Registreringen er allerede bekræftet. Ret den i stedet."))
    raise AlreadyChanged(_("En anden har rettet imens. Åbn den nyeste udgave."))


def _drop_times(session: Session, record: TaskRecord) -> None:
    if record.assignment_id is None:
        return
    assignment = session.get_one(Assignment, record.assignment_id)
    assignment.started_at = assignment.finished_at = None


def _allow(actor: Actor, people: Sequence[Citizen]) -> None:
    if not actor.may("record:confirm"):
        raise Forbidden
    if not people or any(person.department_id not in actor.department_ids for person in people):
        raise NotHere


def _parts(session: Session, record: TaskRecord) -> list[Participation]:
    return list(session.scalars(sa.select(Participation).where(Participation.record_id == record.id)))


def _people(session: Session, parts: Sequence[PartMarks]) -> list[Citizen]:
    ids = {marks.citizen_id for marks in parts}
    people = list(session.scalars(sa.select(Citizen).where(Citizen.id.in_(ids))))
    if len(people) != len(parts):
        raise NotHere
    return people


def _people_of(session: Session, parts: Sequence[Participation]) -> list[Citizen]:
    return list(session.scalars(sa.select(Citizen).where(Citizen.id.in_({part.citizen_id for part in parts}))))


def _check(
    session: Session,
    record: TaskRecord,
    before: Sequence[Participation],
    parts: Sequence[PartMarks],
    now: datetime,
) -> None:
    if sorted(part.citizen_id for part in before) != sorted(marks.citizen_id for marks in parts):
        raise NotHere
    _check_day(session, parts, record.done_on, now)
    _check_minutes(parts)
    for marks in parts:
        _check_whole_day(session, record, marks)


def _check_day(session: Session, parts: Sequence[PartMarks], done_on: date, now: datetime) -> None:
    if done_on > clock.local_day(now):
        raise Refusal(_("Dagen er ikke kommet endnu. En registrering handler om noget, der er sket."))
    if not all(citizens.is_enrolled(session, marks.citizen_id, done_on) for marks in parts):
        raise Refusal(_("Dagen ligger uden for forløbet. Ret datoen eller forløbet."))


def _check_minutes(parts: Sequence[PartMarks]) -> None:
    for marks in parts:
        if marks.minutes is not None and not 0 <= marks.minutes <= MOST_MINUTES:
            raise Refusal(_("Minutter skal være mellem 0 og %(most)s.", most=MOST_MINUTES))
        if (marks.support is None) != (marks.quality is None):
            raise Refusal(_("Vælg både støtte og kvalitet, eller “Ikke vurderet i dag”."))


def _check_whole_day(session: Session, record: TaskRecord, marks: PartMarks) -> None:
    """Nobody works more than a day has: more is a slip of the pen."""
    others = session.scalar(
        sa.select(sa.func.coalesce(sa.func.sum(Participation.minutes), 0))
        .join(TaskRecord, TaskRecord.id == Participation.record_id)
        .where(
            Participation.citizen_id == marks.citizen_id,
            TaskRecord.done_on == record.done_on,
            TaskRecord.status == RecordStatus.CONFIRMED,
            TaskRecord.id != record.id,
        )
    )
    if (others or 0) + (marks.minutes or 0) > MINUTES_OF_A_DAY:
        raise Refusal(_("Dagens minutter bliver til mere end et døgn. Ret minutterne."))


def _marks_for(parts: Sequence[PartMarks], citizen_id: int) -> PartMarks:
    return next(marks for marks in parts if marks.citizen_id == citizen_id)


def _set(part: Participation, marks: PartMarks) -> None:
    part.minutes = marks.minutes
    part.support = marks.support
    part.quality = marks.quality
    part.is_joint = marks.is_joint
    part.observation = marks.observation


def _participation(record_id: int, marks: PartMarks) -> Participation:
    part = Participation(record_id=record_id, citizen_id=marks.citizen_id)
    _set(part, marks)
    return part
