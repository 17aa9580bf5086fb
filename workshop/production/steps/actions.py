"""Changing the steps of one order: under another name, in another order, once more, or not done after all."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.core.errors import Refusal
from workshop.core.i18n import _
from workshop.core.text import clean
from workshop.production.actions import DONE, LONGEST_TITLE, add_step, forget_steps, lock_open, set_state
from workshop.production.models import OrderStep, ProductionOrder, StepState


class MovedMeanwhile(Refusal):
    """Somebody else moved the steps first; the page is shown as it is now."""


def rename_step(session: Session, order: ProductionOrder, step: OrderStep, *, title: str, place: str) -> None:
    """Call a step of an open order something else, and say where it is done. Raises Refusal for no name."""
    lock_open(session, order.id)
    name = clean(title)[:LONGEST_TITLE]
    if not name:
        raise Refusal(_("Giv trinnet et navn."))
    step.title, step.place = name, clean(place)[:60]
    session.flush()


def repeat_step(session: Session, order: ProductionOrder, step: OrderStep, *, once: str | None = None) -> OrderStep:
    """The same step once more, right after itself; a second coat of paint. `once` is the word of the form."""
    lock_open(session, order.id)
    session.refresh(step)
    return add_step(
        session,
        order,
        task_type_id=step.task_type_id,
        title=step.title,
        place=step.place,
        position=step.position + 1,
        once=once,
    )


def move_step(session: Session, order: ProductionOrder, step: OrderStep, *, is_down: bool, seen_position: int) -> None:
    """Let a step change places with the one before or after it; at an end nothing moves.

    Raises MovedMeanwhile when it does not stand where it was seen, Refusal when the order is closed.
    """
    lock_open(session, order.id)
    session.refresh(step)
    if step.position != seen_position:
        raise MovedMeanwhile(_("Trinnene er flyttet imens. Se, hvordan de står nu."))
    beside = OrderStep.position > seen_position if is_down else OrderStep.position < seen_position
    nearest = OrderStep.position.asc() if is_down else OrderStep.position.desc()
    other = session.scalar(sa.select(OrderStep).where(OrderStep.order_id == order.id, beside).order_by(nearest))
    if other is None:
        return
    there = other.position
    # Below zero on the way: two steps may never share a place.
    for each, position in ((step, -1), (other, seen_position), (step, there)):
        each.position = position
        session.flush()
    forget_steps(session, "position")


def take_back(session: Session, order: ProductionOrder, step: OrderStep) -> bool:
    """A step was finished or skipped by mistake: it waits again. Whether anything changed.

    What somebody wrote down about having done it stands. Raises Refusal when the order is closed.
    """
    lock_open(session, order.id)
    return set_state(session, step.id, StepState.WAITING, OrderStep.state.in_(DONE))
