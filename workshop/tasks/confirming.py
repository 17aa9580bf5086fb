"""What staff make of a record: confirm it, correct it, void it. Versions are appended; nothing is written over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from workshop.core import house_rules
from workshop.core.access import Actor
from workshop.core.errors import NotHere, Refusal
from workshop.core.i18n import _
from workshop.production.models import TaskType
from workshop.sealed import aids
from workshop.tasks import checking
from workshop.tasks.models import Assignment, Participation, RecordStatus, TaskRecord
from workshop.tasks.results import PartMarks


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
    checking.allow(session, actor, [marks.citizen_id for marks in parts])
    checking.check_day(session, parts, done_on, now)
    checking.check_minutes(parts)
    record = TaskRecord(
        task_type_id=task_type_id,
        title=title.strip() or session.get_one(TaskType, task_type_id).name,
        done_on=done_on,
        recorded_at=now,
        recorded_by_id=actor.account_id,
    )
    session.add(record)
    session.flush()
    add_parts(session, record, parts, now)
    return record


def confirm(
    session: Session, *, record: TaskRecord, actor: Actor, now: datetime, parts: Sequence[PartMarks]
) -> TaskRecord:
    """Say that the record is right, with each person's own marks; from now on it counts.

    Start and finish times have served their purpose and are dropped (decision 21). A correction that waited takes the
    place of what it corrects. Raises Forbidden without `record:confirm`, NotHere for another department, Refusal for
    odd minutes, days outside the stay, or a record that is no draft any more, OwnEntry where four eyes are wanted.
    """
    before = _parts(session, record)
    checking.allow(session, actor, [part.citizen_id for part in before])
    checking.four_eyes(session, record, actor)
    _check(session, record, before, parts, now)
    _change_status(session, record, RecordStatus.DRAFT, RecordStatus.CONFIRMED)
    _replace_corrected(session, record)
    record.confirmed_at = now
    record.confirmed_by_id = actor.account_id
    for part in before:
        marks = _marks_for(parts, part.citizen_id)
        _set(part, marks)
        if marks.aids is not None:
            aids.note(session, part.id, marks.aids, now)
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
    """A new version with other marks; the old one stays as superseded, with who, when and why.

    Where four eyes are wanted the new one waits for a colleague, and the old one counts until then (decision 28).
    Raises what `confirm` raises, and Refusal without a reason or for a version that is not the newest.
    """
    before = _parts(session, record)
    checking.allow(session, actor, [part.citizen_id for part in before])
    _check(session, record, before, parts, now)
    waits = house_rules.is_on(session, house_rules.FOUR_EYES)
    return _append(
        session, record, RecordStatus.DRAFT if waits else RecordStatus.CONFIRMED, actor, now, why, before, parts
    )


def void(session: Session, *, record: TaskRecord, actor: Actor, now: datetime, why: str) -> TaskRecord:
    """Say that the record should not have been: nothing counts from it, and nothing is deleted.

    A confirmed one gets a new version that says so; a draft counted for nothing yet and is set aside itself. Where four
    eyes are wanted, whoever confirmed it does not void it too: OwnEntry.
    """
    before = _parts(session, record)
    checking.allow(session, actor, [part.citizen_id for part in before])
    if record.status is RecordStatus.DRAFT:
        return _set_aside(session, record, actor, now, why)
    checking.second_pair(session, record, actor)
    kept = [
        PartMarks(part.citizen_id, part.minutes, part.support, part.quality, part.is_joint, part.observation)
        for part in before
    ]
    return _append(session, record, RecordStatus.VOIDED, actor, now, why, before, kept)


def add_parts(session: Session, record: TaskRecord, parts: Sequence[PartMarks], now: datetime) -> None:
    """Write each person's part of a new record."""
    for marks in parts:
        part = Participation(record_id=record.id, citizen_id=marks.citizen_id)
        _set(part, marks)
        session.add(part)
        session.flush()
        if marks.aids:
            aids.note(session, part.id, marks.aids, now)


def _set_aside(session: Session, record: TaskRecord, actor: Actor, now: datetime, why: str) -> TaskRecord:
    said = _reason(why)
    _change_status(session, record, RecordStatus.DRAFT, RecordStatus.VOIDED)
    record.why, record.confirmed_at, record.confirmed_by_id = said, now, actor.account_id
    _drop_times(session, record)
    session.flush()
    return record


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
    said = _reason(why)
    _be_newest(session, record)
    if status is not RecordStatus.DRAFT:
        _change_status(session, record, RecordStatus.CONFIRMED, RecordStatus.SUPERSEDED)
    newer = _next_version(record, status, actor, now, said)
    session.add(newer)
    session.flush()
    add_parts(session, newer, parts, now)
    felt = {part.citizen_id: part for part in before}
    carried = {}
    for copy in _parts(session, newer):
        copy.felt = felt[copy.citizen_id].felt
        if _marks_for(parts, copy.citizen_id).aids is None:
            carried[felt[copy.citizen_id].id] = copy.id
    aids.carry_on(session, carried, now)
    session.flush()
    return newer


def _next_version(record: TaskRecord, status: RecordStatus, actor: Actor, now: datetime, why: str) -> TaskRecord:
    is_final = status is not RecordStatus.DRAFT
    return TaskRecord(
        assignment_id=record.assignment_id,
        version=record.version + 1,
        supersedes_id=record.id,
        task_type_id=record.task_type_id,
        order_step_id=record.order_step_id,
        visit_id=record.visit_id,
        item_id=record.item_id,
        print_job_id=record.print_job_id,
        stock_count_id=record.stock_count_id,
        title=record.title,
        done_on=record.done_on,
        status=status,
        recorded_at=now,
        recorded_by_id=actor.account_id,
        confirmed_at=now if is_final else None,
        confirmed_by_id=actor.account_id if is_final else None,
        why=why,
    )


def _reason(why: str) -> str:
    if not why.strip():
        raise Refusal(_("Skriv kort, hvorfor. Begrundelsen følger registreringen."))
    return why.strip()[:300]


def _be_newest(session: Session, record: TaskRecord) -> None:
    """Nothing newer stands, and nobody else writes a newer one at this moment."""
    session.execute(sa.select(TaskRecord.id).where(TaskRecord.id == record.id).with_for_update())
    session.refresh(record)
    newer = session.scalar(sa.select(TaskRecord.status).where(TaskRecord.supersedes_id == record.id).limit(1))
    if newer is RecordStatus.DRAFT:
        raise AlreadyChanged(_("Der venter allerede en rettelse. Se på den først."))
    if record.status is not RecordStatus.CONFIRMED:
        raise AlreadyChanged(_("En anden har rettet imens. Åbn den nyeste udgave."))


def _replace_corrected(session: Session, record: TaskRecord) -> None:
    """The version that a confirmed correction takes the place of no longer counts."""
    if record.supersedes_id is None:
        return
    old = session.get_one(TaskRecord, record.supersedes_id)
    if old.status is RecordStatus.CONFIRMED:
        _change_status(session, old, RecordStatus.CONFIRMED, RecordStatus.SUPERSEDED)


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
    assignment.started_at = assignment.finished_at = assignment.paused_at = None
    assignment.paused_seconds = 0


def _parts(session: Session, record: TaskRecord) -> list[Participation]:
    return list(session.scalars(sa.select(Participation).where(Participation.record_id == record.id)))


def _check(
    session: Session,
    record: TaskRecord,
    before: Sequence[Participation],
    parts: Sequence[PartMarks],
    now: datetime,
) -> None:
    if sorted(part.citizen_id for part in before) != sorted(marks.citizen_id for marks in parts):
        raise NotHere
    checking.check_day(session, parts, record.done_on, now)
    checking.check_minutes(parts)
    for marks in parts:
        checking.check_whole_day(session, record, marks)


def _marks_for(parts: Sequence[PartMarks], citizen_id: int) -> PartMarks:
    return next(marks for marks in parts if marks.citizen_id == citizen_id)


def _set(part: Participation, marks: PartMarks) -> None:
    part.minutes = marks.minutes
    part.support = marks.support
    part.quality = marks.quality
    part.is_joint = marks.is_joint
    part.observation = marks.observation
