"""What happens to tasks: given, started, finished once, and how it felt. What staff make of it is in `confirming`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from workshop.citizens import queries as citizens
from workshop.citizens.models import Citizen
from workshop.core import clock, crypto
from workshop.core.errors import NotHere, Refusal
from workshop.core.i18n import _
from workshop.production import actions as production
from workshop.production.models import OrderItem, OrderStep, ProductionOrder, StepState, TaskType
from workshop.production.routines import actions as routine_actions
from workshop.production.routines.models import Routine
from workshop.products.models import Item
from workshop.tasks import routines
from workshop.tasks.changing import OPEN_STATES, as_seen, moved, newest_record
from workshop.tasks.confirming import confirm, confirm_team, correct, void
from workshop.tasks.models import (
    Assignment,
    AssignmentState,
    Feeling,
    FinishTicket,
    Participation,
    TaskRecord,
)
from workshop.tasks.regretting import break_seconds, decline, pause, resume, take_back_decline, take_back_finish
from workshop.tasks.results import Finished, PartMarks

__all__ = [
    "Finished", "PartMarks", "assign", "cancel", "confirm", "confirm_team", "correct", "decline", "finish",
    "finish_own", "items_of", "move", "move_together", "pause", "resume", "say_how_it_felt", "start",
    "take_back_decline", "take_back_finish", "void",
]  # fmt: skip
FURTHEST_AHEAD = timedelta(days=366)  # a year that is mistyped is no plan


def assign(
    session: Session,
    *,
    citizen: Citizen,
    day: date,
    title: str | None,
    order_step_id: int | None,
    task_type_id: int | None,
    start_minute: int | None,
    now: datetime,
    by_staff_id: int,
    routine_id: int | None = None,
) -> Assignment:
    """Give a step of an order, a day of a routine, or a plain task, to one person for one day.

    `start_minute` counts from midnight on the Danish wall clock. Raises Refusal for a day gone by or outside the
    person's stay, a step that is done, a routine that is not due that day, and a person who has the step or the routine
    that day already.
    """
    step = _step(session, order_step_id)
    routine = session.get(Routine, routine_id) if routine_id is not None and step is None else None
    kind_id = step.task_type_id if step else routine.task_type_id if routine else task_type_id
    if kind_id is None:
        raise Refusal(_("Vælg en opgave."))
    _check_day(session, citizen, day, now)
    if step is not None:
        _check_step(session, citizen, step, day)
    routine_day = routine_actions.day_to_give(session, routine, day) if routine else None
    if routine_day is not None:
        routines.must_be_free(session, citizen, routine_day)
    usual = step.title if step else routine.title if routine else session.get_one(TaskType, kind_id).name
    assignment = Assignment(
        citizen_id=citizen.id,
        task_type_id=kind_id,
        order_step_id=order_step_id,
        routine_day_id=routine_day.id if routine_day else None,
        title=(title or "").strip() or usual,
        day=day,
        start_minute=start_minute,
        by_staff_id=by_staff_id,
    )
    session.add(assignment)
    session.flush()
    return assignment


def move(session: Session, assignment: Assignment, *, day: date, start_minute: int | None, now: datetime) -> None:
    """Put a planned task on another day or time. Raises Refusal once somebody has begun it."""
    if assignment.state is not AssignmentState.PLANNED:
        raise Refusal(_("Opgaven er begyndt eller slut og kan ikke flyttes."))
    if assignment.visit_id is not None:
        raise Refusal(_("Opgaven hører til et besøg. Flyt besøget, så følger opgaven med."))
    _check_day(session, session.get_one(Citizen, assignment.citizen_id), day, now)
    assignment.day = day
    assignment.start_minute = start_minute
    session.flush()


def move_together(
    session: Session,
    assignments: Sequence[Assignment],
    *,
    day: date,
    start_minute: int | None,
    now: datetime,
    seen: tuple[date, int | None] | None = None,
) -> int:
    """Move those of a card that nobody has begun, from where they were `seen`. Gives how many.

    Raises Refusal when there is none, and MovedMeanwhile when somebody else moved them first.
    """
    as_seen(session, assignments, seen)
    planned = [each for each in assignments if each.state is AssignmentState.PLANNED]
    if not planned:
        raise Refusal(_("Opgaven er begyndt eller slut og kan ikke flyttes."))
    for each in planned:
        move(session, each, day=day, start_minute=start_minute, now=now)
    return len(planned)


def cancel(session: Session, assignment: Assignment, *, now: datetime) -> None:
    """Take a task off somebody's list. Raises Refusal when it is finished; a second time changes nothing.

    A routine that nobody has any more waits for somebody again, unless one of those who had it has done it.
    """
    if assignment.state is AssignmentState.FINISHED:
        raise Refusal(_("Opgaven er færdig. Ret eller annullér registreringen i stedet."))
    assignment.state = AssignmentState.CANCELLED
    session.flush()
    routines.settle(session, assignment.routine_day_id, now=now)


def start(session: Session, assignment: Assignment, device_id: int, now: datetime) -> str:
    """Begin a task on a tablet; gives the ticket that will finish it, once, from that tablet.

    Starting again gives another ticket and keeps the first start time. Raises Refusal for a task that is over.
    """
    begun = moved(session, assignment, (AssignmentState.PLANNED,), state=AssignmentState.STARTED, started_at=now)
    if begun and assignment.order_step_id is not None:
        production.start_step(session, assignment.order_step_id)
    if assignment.state is AssignmentState.FINISHED:
        raise Refusal(_("Opgaven er allerede færdig."))
    if assignment.state is AssignmentState.CANCELLED:
        raise Refusal(_("Opgaven er taget af listen. Spørg en fra personalet."))
    ticket = crypto.new_token()
    session.add(
        FinishTicket(
            assignment_id=assignment.id, device_id=device_id, token_hash=crypto.token_hash(ticket), created_at=now
        )
    )
    session.flush()
    return ticket


def finish(
    session: Session, *, assignment_public_id: str, ticket: str, device_id: int, now: datetime, base_url: str
) -> Finished:
    """Finish a task with its ticket: one record, one step, one set of pieces, however often it is sent.

    The ticket says whose it is, so a finish that waited for the net counts for its owner whoever is signed in. A second
    tap gets the same answer. Raises NotHere when task, ticket and tablet do not belong together, and Refusal for a task
    that was taken off the list or a day outside the person's stay.
    """
    assignment = session.scalar(sa.select(Assignment).where(Assignment.public_id == assignment_public_id))
    found = session.scalar(sa.select(FinishTicket).where(FinishTicket.token_hash == crypto.token_hash(ticket)))
    if assignment is None or found is None or found.device_id != device_id or found.assignment_id != assignment.id:
        raise NotHere
    if not _is_first_use(session, found, now) or not _ended(session, assignment, now):
        return _result_before(session, assignment)
    record = _new_record(session, assignment, now)
    items = _finish_step(session, assignment, record, base_url=base_url, now=now)
    routines.settle(session, assignment.routine_day_id, now=now)
    return Finished(assignment, record, items)


def finish_own(session: Session, assignment: Assignment, *, device_id: int, now: datetime, base_url: str) -> Finished:
    """Finish one's own task where its ticket is gone, as after a change of tablet."""
    if assignment.state is AssignmentState.FINISHED:
        return _result_before(session, assignment)
    ticket = start(session, assignment, device_id, now)
    public_id = assignment.public_id
    return finish(
        session, assignment_public_id=public_id, ticket=ticket, device_id=device_id, now=now, base_url=base_url
    )


def say_how_it_felt(session: Session, record: TaskRecord, citizen_id: int, feeling: Feeling | None) -> None:
    """Keep a person's own answer, or that they skipped it. Raises NotHere for somebody who was not part of it."""
    part = session.scalar(
        sa.select(Participation).where(Participation.record_id == record.id, Participation.citizen_id == citizen_id)
    )
    if part is None:
        raise NotHere
    part.felt = feeling
    session.flush()


def _step(session: Session, order_step_id: int | None) -> OrderStep | None:
    if order_step_id is None:
        return None
    step = session.get(OrderStep, order_step_id)
    if step is None:
        raise NotHere
    return step


def _check_day(session: Session, citizen: Citizen, day: date, now: datetime) -> None:
    if day < clock.local_day(now):
        raise Refusal(_("Dagen er gået. Vælg i dag eller en dag frem."))
    if day > clock.local_day(now) + FURTHEST_AHEAD:
        raise Refusal(_("Dagen ligger mere end et år frem. Vælg en dag før."))
    if not citizens.is_enrolled(session, citizen.id, day):
        raise Refusal(_("%(name)s har ikke et forløb den dag. Vælg en anden dag.", name=citizen.display_name))


def _check_step(session: Session, citizen: Citizen, step: OrderStep, day: date) -> None:
    if step.state in (StepState.FINISHED, StepState.SKIPPED):
        raise Refusal(_("Trinnet er færdigt. Vælg et andet."))
    same = sa.select(Assignment.id).where(
        Assignment.citizen_id == citizen.id,
        Assignment.order_step_id == step.id,
        Assignment.day == day,
        Assignment.state.in_(OPEN_STATES),
    )
    if session.scalar(same.limit(1)) is not None:
        raise Refusal(_("%(name)s har allerede opgaven den dag.", name=citizen.display_name))


def _ended(session: Session, assignment: Assignment, now: datetime) -> bool:
    """Finish a task that is begun. One finished on another day suggests no minutes, for nobody worked all night."""
    began = assignment.started_at
    is_same_day = began is None or clock.local_day(began) == clock.local_day(now)
    return moved(
        session,
        assignment,
        (AssignmentState.STARTED,),
        state=AssignmentState.FINISHED,
        finished_at=now if is_same_day else None,
        paused_at=None,
        paused_seconds=break_seconds(assignment, now),
    )


def _is_first_use(session: Session, ticket: FinishTicket, now: datetime) -> bool:
    """A ticket finishes once: one that is sent again after the finish was taken back finishes nothing."""
    result = session.execute(
        sa.update(FinishTicket)
        .where(FinishTicket.id == ticket.id, FinishTicket.used_at.is_(None))
        .values(used_at=now)
        .execution_options(synchronize_session=False)
    )
    session.refresh(ticket)
    return isinstance(result, CursorResult) and result.rowcount == 1


def _new_record(session: Session, assignment: Assignment, now: datetime) -> TaskRecord:
    citizen = session.get_one(Citizen, assignment.citizen_id)
    done_on = clock.local_day(assignment.started_at or now)
    if not citizens.is_enrolled(session, citizen.id, done_on):
        raise Refusal(_("Dagen ligger uden for forløbet. Spørg en fra personalet."))
    before = newest_record(session, assignment.id)  # there is one when an earlier finish was taken back
    record = TaskRecord(
        assignment_id=assignment.id,
        version=before.version + 1 if before else 1,
        supersedes_id=before.id if before else None,
        task_type_id=assignment.task_type_id,
        order_step_id=assignment.order_step_id,
        visit_id=assignment.visit_id,
        title=assignment.title,
        done_on=done_on,
        recorded_at=now,
        recorded_by_id=citizen.account_id,
    )
    session.add(record)
    session.flush()
    session.add(Participation(record_id=record.id, citizen_id=citizen.id))
    session.flush()
    return record


def _finish_step(
    session: Session, assignment: Assignment, record: TaskRecord, *, base_url: str, now: datetime
) -> list[Item]:
    """Finish the step when nobody has it left; whoever is last gets the pieces to see."""
    step_id = assignment.order_step_id
    if step_id is None:
        return []
    # The order's row is the gate: of two colleagues who finish at once the second sees that the first is done.
    order_of_step = sa.select(OrderStep.order_id).where(OrderStep.id == step_id).scalar_subquery()
    order_id = session.scalar(
        sa.select(ProductionOrder.id).where(ProductionOrder.id == order_of_step).with_for_update()
    )
    left = sa.select(Assignment.id).where(Assignment.order_step_id == step_id, Assignment.state.in_(OPEN_STATES))
    if session.scalar(left.limit(1)) is not None:
        return []
    items = production.finish_step(session, step_id, base_url=base_url, now=now)
    if items:
        record.item_id = items[0].id
    if len(items) == 1:
        _link_earlier_work(session, order_id, items[0])
    session.flush()
    return items


def _link_earlier_work(session: Session, order_id: int | None, item: Item) -> None:
    """One piece came out of the order, so everything done for the order was done on it."""
    steps = sa.select(OrderStep.id).where(OrderStep.order_id == order_id)
    session.execute(
        sa.update(TaskRecord)
        .where(TaskRecord.order_step_id.in_(steps), TaskRecord.item_id.is_(None))
        .values(item_id=item.id)
    )


def _result_before(session: Session, assignment: Assignment) -> Finished:
    """What the first finish gave."""
    record = newest_record(session, assignment.id)
    if record is None:
        raise Refusal(_("Opgaven er taget af listen. Spørg en fra personalet."))
    return Finished(assignment, record, items_of(session, record))


def items_of(session: Session, record: TaskRecord) -> list[Item]:
    """The numbered pieces that came out when the record's task was finished."""
    if record.item_id is None:
        return []
    mates = sa.select(OrderItem.order_id).where(OrderItem.item_id == record.item_id).scalar_subquery()
    items = session.scalars(
        sa.select(Item)
        .join(OrderItem, OrderItem.item_id == Item.id)
        .where(OrderItem.order_id == mates)
        .order_by(Item.number)
    ).all()
    return list(items) or [session.get_one(Item, record.item_id)]
