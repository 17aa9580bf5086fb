"""Making things: orders are opened, their steps done, and what comes out gets its numbers, once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from workshop.core.errors import Refusal
from workshop.core.i18n import _
from workshop.core.text import clean
from workshop.production.changing import DONE, EditedMeanwhile, forget_steps, lock_open, save, set_state
from workshop.production.ending import (
    cancel_order,
    finish_order,
    finish_step,
    receive,
    skip_step,
    start_step,
    tell_outcome,
)
from workshop.production.models import Lacking, OrderSource, OrderStep, ProductionOrder, RouteStep, TaskType
from workshop.production.stores import reckoning
from workshop.products import actions as products
from workshop.products.models import ProductType

__all__ = [
    "DONE", "EditedMeanwhile", "Facts", "OpenedAlready", "add_step", "cancel_order", "edit_order", "finish_order",
    "finish_step", "forget_steps", "lock_open", "move_order", "open_order", "receive", "set_state", "skip_step",
    "start_step", "tell_outcome",
]  # fmt: skip
LONGEST_TITLE = 150


class OpenedAlready(Refusal):
    """The same form came before; its order is there."""


@dataclass(frozen=True)
class Facts:
    """What an order says apart from its steps. Measures are whole cm, None where they are the product type's."""

    title: str
    pieces: int = 1
    due_on: date | None = None
    source: OrderSource = OrderSource.OTHER
    reference: str = ""
    idea: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    length_cm: int | None = None
    width_cm: int | None = None
    height_cm: int | None = None


def open_order(
    session: Session,
    *,
    product_type_id: int | None,
    title: str,
    pieces: int,
    department_id: int,
    due_on: date | None,
    now: datetime,
    by_staff_id: int | None,
    step_titles: Mapping[int, str] | None = None,
    source: OrderSource = OrderSource.OTHER,
    reference: str = "",
    idea: str = "",
    makes_items: bool = True,
    options: Mapping[str, str] | None = None,
    length_cm: int | None = None,
    once: str | None = None,
) -> ProductionOrder:
    """Begin to make something: the steps are the product's usual route. `step_titles` renames some by position.

    An order that makes no items is a customer's own thing, or a note on the wall: nothing is born when it ends.
    `once` is the word of the form and becomes the order's id. Raises OpenedAlready when it came twice, and Refusal for
    fewer pieces than one, too many, or a thing without a name.
    """
    check_pieces(pieces)
    kind = session.get_one(ProductType, product_type_id) if product_type_id is not None else None
    name = clean(title) or (kind.name if kind else "")
    if not name:
        raise Refusal(_("Skriv, hvad der skal laves."))
    order = ProductionOrder(
        title=name[:LONGEST_TITLE],
        product_type_id=product_type_id,
        department_id=department_id,
        pieces=pieces,
        due_on=due_on,
        source=source,
        reference=clean(reference)[:60],
        idea=clean(idea),
        makes_items=makes_items,
        options=dict(options or {}),
        length_cm=length_cm,
        created_at=now,
        by_staff_id=by_staff_id,
    )
    if once:
        order.public_id = once
    try:
        with session.begin_nested():
            session.add(order)
    except IntegrityError as problem:
        if once is None:
            raise
        raise OpenedAlready(_("Ordren er allerede oprettet.")) from problem
    for position, task_type_id, usual in _route(session, product_type_id):
        own = (step_titles or {}).get(position, usual)
        session.add(
            OrderStep(order_id=order.id, position=position, task_type_id=task_type_id, title=own[:LONGEST_TITLE])
        )
    session.flush()
    reckoning.follow(session, order, {})
    return order


def edit_order(session: Session, order: ProductionOrder, facts: Facts, *, version: int) -> None:
    """Say anew what an open order is about; its steps and its product type stay as they are, and its wood follows.

    Raises EditedMeanwhile when it is not the version seen, Refusal for odd pieces, no name, or an order that is closed.
    """
    check_pieces(facts.pieces)
    title = clean(facts.title)[:LONGEST_TITLE]
    if not title:
        raise Refusal(_("Skriv, hvad der skal laves."))
    if facts.pieces < order.rejected:
        raise Refusal(_("Der er allerede kasseret %(num)s. Så mange skal der mindst stå.", num=order.rejected))
    values = {
        "title": title,
        "reference": clean(facts.reference)[:60],
        "idea": clean(facts.idea),
        "options": dict(facts.options),
    }
    same = ("pieces", "due_on", "source", "length_cm", "width_cm", "height_cm")
    before = reckoning.needs_of(session, order)
    save(session, order, version, values | {name: getattr(facts, name) for name in same})
    reckoning.follow(session, order, before)


def move_order(
    session: Session, order: ProductionOrder, *, due_on: date | None, lacking: Lacking | None, note: str, version: int
) -> None:
    """Give an open order another day, and say what it waits for, or that it waits for nothing any more.

    Raises EditedMeanwhile when it is not the version seen, Refusal for an order that is closed.
    """
    note = clean(note)[:200] if lacking else ""
    save(session, order, version, {"due_on": due_on, "lacking": lacking, "lacking_note": note})


def add_step(
    session: Session,
    order: ProductionOrder,
    *,
    task_type_id: int,
    title: str = "",
    place: str = "",
    position: int | None = None,
    once: str | None = None,
) -> OrderStep:
    """Put a step into an open order, at the end or at a position, from which the others move one down.

    Without a title it is called after its task. `once` is the word of the form and becomes the step's id: the same
    form sent twice gives the step that is there.
    """
    lock_open(session, order.id)
    there = session.scalar(sa.select(OrderStep).where(OrderStep.public_id == once)) if once else None
    if there is not None:
        return there
    task = session.get_one(TaskType, task_type_id)
    last = session.scalar(sa.select(sa.func.max(OrderStep.position)).where(OrderStep.order_id == order.id)) or 0
    here = last + 1 if position is None else max(1, min(position, last + 1))
    if here <= last:
        _make_room(session, order.id, here)
    step = OrderStep(
        order_id=order.id,
        position=here,
        task_type_id=task.id,
        title=(clean(title) or task.name)[:LONGEST_TITLE],
        place=clean(place)[:60],
    )
    if once:
        step.public_id = once
    session.add(step)
    session.flush()
    return step


def _make_room(session: Session, order_id: int, position: int) -> None:
    """Move the steps from a position on one down; by way of below zero, for two may never share a place."""
    of_order = OrderStep.order_id == order_id
    for condition, target in (
        (OrderStep.position >= position, -OrderStep.position),
        (OrderStep.position < 0, 1 - OrderStep.position),
    ):
        session.execute(
            sa.update(OrderStep).where(of_order, condition).values(position=target),
            execution_options={"synchronize_session": False},
        )
    forget_steps(session, "position")


def check_pieces(pieces: int) -> None:
    if not 1 <= pieces <= products.MOST_PIECES:
        raise Refusal(_("Skriv et antal mellem 1 og %(most)s.", most=products.MOST_PIECES))


def _route(session: Session, product_type_id: int | None) -> Sequence[sa.Row[int, int, str]]:
    return session.execute(
        sa.select(RouteStep.position, RouteStep.task_type_id, TaskType.name)
        .join(TaskType, TaskType.id == RouteStep.task_type_id)
        .where(RouteStep.product_type_id == product_type_id)
        .order_by(RouteStep.position)
    ).all()
