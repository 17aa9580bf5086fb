"""A break, a "nej tak", and a finish that is taken back: what a person decides about their own task."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from workshop.core import clock
from workshop.core.errors import NotHere, Refusal
from workshop.core.i18n import _
from workshop.production import actions as production
from workshop.production.models import OrderStep, StepState
from workshop.production.routines import actions as routine_actions
from workshop.production.routines.models import RoutineDay, RoutineDayState
from workshop.services.visits.models import Visit, VisitState
from workshop.tasks import routines
from workshop.tasks.changing import OPEN_STATES, in_other_hands, moved, newest_record
from workshop.tasks.models import Assignment, AssignmentState, RecordStatus, TaskRecord

WHY = "Fortrudt på tabletten"  # what staff read of a record that was taken back


def pause(session: Session, assignment: Assignment, now: datetime) -> None:
    """A break from a task one has begun; said again, nothing changes. Raises Refusal for a task not begun, or over."""
    if assignment.paused_at is not None and assignment.state is AssignmentState.STARTED:
        return
    is_going = Assignment.paused_at.is_(None)
    if not moved(session, assignment, (AssignmentState.STARTED,), is_going, paused_at=now):
        _must_be_begun(assignment)


def resume(session: Session, assignment: Assignment, now: datetime) -> None:
    """Back from the break, which is taken from the suggested minutes; said again, nothing changes."""
    began = assignment.paused_at
    if began is not None:
        seconds = break_seconds(assignment, now)
        is_same = Assignment.paused_at == began
        moved(session, assignment, (AssignmentState.STARTED,), is_same, paused_at=None, paused_seconds=seconds)
    _must_be_begun(assignment)


def break_seconds(assignment: Assignment, now: datetime) -> int:
    """All breaks of a task, the one that is going on counted until now; in whole seconds."""
    running = int((now - assignment.paused_at).total_seconds()) if assignment.paused_at is not None else 0
    return assignment.paused_seconds + max(0, running)


def decline(session: Session, assignment: Assignment, now: datetime) -> None:
    """A "nej tak", and no reason is asked for; the work waits for somebody again. Said again, nothing changes.

    Raises Refusal for a task that is finished.
    """
    if not moved(session, assignment, OPEN_STATES, state=AssignmentState.CANCELLED, declined_at=now, paused_at=None):
        if assignment.state is AssignmentState.FINISHED:
            raise Refusal(_("Opgaven er allerede færdig."))
        return
    _let_step_wait(session, assignment.order_step_id)
    routines.settle(session, assignment.routine_day_id, now=now)


def take_back_decline(session: Session, assignment: Assignment, now: datetime) -> None:
    """A "nej tak" that was a "ja" after all: the task is the person's again. Said again, nothing changes.

    Raises Refusal when somebody else has the work by now, when it is done or off the plan, and once its day is over.
    """
    is_no = assignment.state is AssignmentState.CANCELLED and assignment.declined_at is not None
    if not is_no:
        if assignment.state is AssignmentState.CANCELLED:
            raise Refusal(_("Opgaven er taget af listen. Spørg en fra personalet."))
        return
    if assignment.day < clock.local_day(now):
        raise Refusal(_("Dagen er gået. Spørg en fra personalet."))
    if assignment.order_step_id is not None:  # the order's row is the gate, as where a step is finished
        step = session.get_one(OrderStep, assignment.order_step_id)
        production.lock_open(session, step.order_id)
    if session.scalar(sa.select(can_be_had_again()).where(Assignment.id == assignment.id)) is not True:
        raise Refusal(_("En anden har den nu. Spørg en fra personalet."))
    routine_day_id = routines.day_for(session, assignment)
    was_no = Assignment.declined_at.is_not(None)
    values = {"declined_at": None, "started_at": None, "paused_seconds": 0, "routine_day_id": routine_day_id}
    moved(session, assignment, (AssignmentState.CANCELLED,), was_no, state=AssignmentState.PLANNED, **values)


def can_be_had_again() -> sa.ColumnElement[bool]:
    """Whether the work of a task still waits: nobody else has it, and its step or visit is on the plan as it was."""
    step = sa.exists().where(
        OrderStep.id == Assignment.order_step_id, OrderStep.state.in_((StepState.WAITING, StepState.STARTED))
    )
    visit = sa.exists().where(
        Visit.id == Assignment.visit_id, Visit.day == Assignment.day, Visit.state == VisitState.PLANNED
    )
    return sa.and_(
        sa.or_(Assignment.order_step_id.is_(None), step),
        sa.or_(Assignment.visit_id.is_(None), visit),
        ~in_other_hands(),
    )


def take_back_finish(session: Session, assignment: Assignment) -> None:
    """Not done after all: the task goes on, and the draft stands as voided; a later finish is the next version.

    Raises Refusal once staff have confirmed it, when a thing got its number, or when others have built on it.
    """
    record = newest_record(session, assignment.id)
    if record is None:
        raise NotHere
    if assignment.state is AssignmentState.STARTED and record.status is RecordStatus.VOIDED:
        return  # a second tap
    if record.item_id is not None or record.print_job_id is not None or record.stock_count_id is not None:
        raise Refusal(_("Tingen har fået sit nummer. Spørg en fra personalet."))
    void_draft(session, record)
    if not moved(session, assignment, (AssignmentState.FINISHED,), state=AssignmentState.STARTED, finished_at=None):
        raise Refusal(_("Opgaven er taget af listen. Spørg en fra personalet."))
    _reopen_step(session, assignment.order_step_id)
    _reopen_day(session, assignment.routine_day_id)


def void_draft(session: Session, record: TaskRecord) -> None:
    """A draft of one's own is taken back; it stays to be read, and never counts. Raises Refusal when it is no draft."""
    result = session.execute(
        sa.update(TaskRecord)
        .where(TaskRecord.id == record.id, TaskRecord.status == RecordStatus.DRAFT)
        .values(status=RecordStatus.VOIDED, why=WHY)
        .execution_options(synchronize_session=False)
    )
    session.refresh(record)
    if not (isinstance(result, CursorResult) and result.rowcount == 1):
        raise Refusal(_("Det er skrevet ind. Spørg personalet."))


def _must_be_begun(assignment: Assignment) -> None:
    if assignment.state is not AssignmentState.STARTED:
        raise Refusal(_("Du er ikke i gang med den nu."))


def _let_step_wait(session: Session, step_id: int | None) -> None:
    """A step that nobody else has begun or done waits as before."""
    if step_id is None:
        return
    touched = sa.select(Assignment.id).where(
        Assignment.order_step_id == step_id,
        Assignment.state.in_((AssignmentState.STARTED, AssignmentState.FINISHED)),
    )
    production.set_state(
        session, step_id, StepState.WAITING, (OrderStep.state == StepState.STARTED) & ~touched.exists()
    )


def _reopen_step(session: Session, step_id: int | None) -> None:
    """The step is begun and not done. Raises Refusal when a step after it is under way, or the order is closed."""
    step = session.get(OrderStep, step_id) if step_id is not None else None
    if step is None:
        return
    production.lock_open(session, step.order_id)
    later = sa.select(OrderStep.id).where(
        OrderStep.order_id == step.order_id,
        OrderStep.position > step.position,
        OrderStep.state.in_((StepState.STARTED, StepState.FINISHED)),
    )
    was_done = production.set_state(session, step.id, StepState.STARTED, OrderStep.state == StepState.FINISHED)
    if was_done and session.scalar(later.limit(1)) is not None:
        raise Refusal(_("En anden er gået videre med det. Spørg en fra personalet."))


def _reopen_day(session: Session, routine_day_id: int | None) -> None:
    if routine_day_id is None:
        return
    routine_actions.wait_for(session, routine_day_id)
    session.execute(
        sa.update(RoutineDay)
        .where(RoutineDay.id == routine_day_id, RoutineDay.state == RoutineDayState.DONE)
        .values(state=RoutineDayState.DUE, done_at=None),
        execution_options={"synchronize_session": False},
    )
    session.expire_all()
