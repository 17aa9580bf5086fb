"""A round becomes records: drafts are confirmed, and those nobody tapped are written from the work itself.

Everything or nothing, and once: a task on the tablet is finished by one statement, and somebody who had no task gets a
record whose id follows from the form, so that the same form sent twice finds the row there.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from workshop.core import db, house_rules
from workshop.core.access import Actor
from workshop.core.errors import Refusal
from workshop.core.i18n import _
from workshop.production import actions as production
from workshop.production.models import OrderItem, OrderStep
from workshop.tasks import checking, routines
from workshop.tasks.confirming import AlreadyChanged, add_parts, confirm, confirm_team
from workshop.tasks.models import Assignment, AssignmentState, RecordStatus, TaskRecord
from workshop.tasks.results import Job, PartMarks

OPEN_STATES = (AssignmentState.PLANNED, AssignmentState.STARTED)
LETTERS_OF_AN_ID = 22


class AlreadyWritten(Refusal):
    """The same form came before."""


@dataclass(frozen=True)
class NewPart:
    """Somebody of whom nothing was written yet, and the task of theirs that this was, if they had one."""

    marks: PartMarks
    citizen_public_id: str
    assignment_id: int | None


@dataclass(frozen=True)
class Written:
    """How many people the round counts for from now on, and of how many a colleague has to see it first."""

    confirmed: int
    waiting: int


def confirm_round(
    session: Session,
    *,
    job: Job,
    drafts: Mapping[str, Sequence[PartMarks]],
    others: Sequence[NewPart],
    actor: Actor,
    now: datetime,
    once: str,
    base_url: str,
    ends_step: bool = False,
) -> Written:
    """Write down what a whole team did. `once` names the form, so that it counts once however often it is sent.

    Where the workshop wants four eyes, what staff write from nothing waits for a colleague. Raises what `confirm`
    raises, AlreadyWritten for a form that came before, and AlreadyChanged when somebody finished on the tablet
    meanwhile.
    """
    waits = house_rules.is_on(session, house_rules.FOUR_EYES)
    confirmed = confirm_team(session, work=drafts, actor=actor, now=now)
    for part in others:
        record = _new_record(session, job, part, actor, now, once)
        if not waits:
            confirm(session, record=record, actor=actor, now=now, parts=[part.marks])
    routines.settle(session, job.routine_day_id, now=now)
    if job.order_step_id is not None:
        if ends_step:
            production.finish_step(session, job.order_step_id, base_url=base_url, now=now)
        _tie_to_piece(session, job.order_step_id)
    known = sum(len(parts) for parts in drafts.values()) if confirmed else 0
    return Written(known if waits else known + len(others), len(others) if waits else 0)


def _new_record(session: Session, job: Job, part: NewPart, actor: Actor, now: datetime, once: str) -> TaskRecord:
    marks = [part.marks]
    checking.allow(session, actor, [part.marks.citizen_id])
    checking.check_day(session, marks, job.day, now)
    checking.check_minutes(marks)
    values = {
        "public_id": _id_of(once, part.citizen_public_id),
        "task_type_id": job.task_type_id,
        "title": job.title,
        "order_step_id": job.order_step_id,
        "visit_id": job.visit_id,
        "done_on": job.day,
        "status": RecordStatus.DRAFT,
        "recorded_at": now,
        "recorded_by_id": actor.account_id,
        **_of_task(session, part.assignment_id),
    }
    if not db.add_unless_there(session, TaskRecord, {"version": 1, "why": "", **values}):
        raise AlreadyWritten(_("Runden er allerede skrevet."))
    record = session.scalars(sa.select(TaskRecord).where(TaskRecord.public_id == values["public_id"])).one()
    add_parts(session, record, marks, now)
    return record


def _of_task(session: Session, assignment_id: int | None) -> dict[str, object]:
    """The person's own task is finished by this, once; an earlier record of it that was taken back stays before it."""
    if assignment_id is None:
        return {}
    result = session.execute(
        sa.update(Assignment)
        .where(Assignment.id == assignment_id, Assignment.state.in_(OPEN_STATES))
        .values(state=AssignmentState.FINISHED, version=Assignment.version + 1)
        .execution_options(synchronize_session=False)
    )
    if not isinstance(result, CursorResult) or result.rowcount != 1:
        raise AlreadyChanged(_("En af dem er blevet færdig på tabletten imens. Se runden igen."))
    task = session.get_one(Assignment, assignment_id, populate_existing=True)
    last = session.scalar(
        sa.select(TaskRecord).where(TaskRecord.assignment_id == task.id).order_by(TaskRecord.version.desc()).limit(1)
    )
    return {
        "assignment_id": task.id,
        "task_type_id": task.task_type_id,
        "title": task.title,
        "version": last.version + 1 if last else 1,
        "supersedes_id": last.id if last else None,
    }


def _id_of(once: str, citizen_public_id: str) -> str:
    said = hashlib.sha256(f"{once}:{citizen_public_id}".encode()).digest()
    return base64.urlsafe_b64encode(said).decode()[:LETTERS_OF_AN_ID]


def _tie_to_piece(session: Session, order_step_id: int) -> None:
    """Where one piece came out of the order, everything done for the order was done on it."""
    order_id = sa.select(OrderStep.order_id).where(OrderStep.id == order_step_id).scalar_subquery()
    pieces = session.scalars(sa.select(OrderItem.item_id).where(OrderItem.order_id == order_id).limit(2)).all()
    if len(pieces) != 1:
        return
    steps = sa.select(OrderStep.id).where(OrderStep.order_id == order_id)
    session.execute(
        sa.update(TaskRecord)
        .where(TaskRecord.order_step_id.in_(steps), TaskRecord.item_id.is_(None))
        .values(item_id=pieces[0])
        .execution_options(synchronize_session=False)
    )
