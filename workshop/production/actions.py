"""Making things: orders are opened, their steps done, and what comes out gets its numbers, once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.core.errors import NotHere, Refusal
from workshop.core.i18n import _, ngettext
from workshop.core.text import clean
from workshop.production.models import (
    Lacking,
    OrderItem,
    OrderSource,
    OrderState,
    OrderStep,
    ProductionOrder,
    RouteStep,
    StepState,
    TaskType,
)
from workshop.production.stores import actions as stores
from workshop.products import actions as products
from workshop.products.models import Item, ProductType

DONE = (StepState.FINISHED, StepState.SKIPPED)
LONGEST_TITLE = 150


class EditedMeanwhile(Refusal):
    """Somebody else changed or ended the order first; the page shows both, and nothing is written."""


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
) -> ProductionOrder:
    """Begin to make something: the steps are the product's usual route. `step_titles` renames some by position.

    Raises Refusal for fewer pieces than one, too many, or a thing without a name.
    """
    _check_pieces(pieces)
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
        created_at=now,
        by_staff_id=by_staff_id,
    )
    session.add(order)
    session.flush()
    for position, task_type_id, usual in _route(session, product_type_id):
        own = (step_titles or {}).get(position, usual)
        session.add(
            OrderStep(order_id=order.id, position=position, task_type_id=task_type_id, title=own[:LONGEST_TITLE])
        )
    session.flush()
    return order


def edit_order(session: Session, order: ProductionOrder, facts: Facts, *, version: int) -> None:
    """Say anew what an open order is about; its steps and its product type stay as they are.

    Raises EditedMeanwhile when it is not the version seen, Refusal for odd pieces, no name, or an order that is closed.
    """
    _check_pieces(facts.pieces)
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
    _save(session, order, version, values | {name: getattr(facts, name) for name in same})


def move_order(
    session: Session, order: ProductionOrder, *, due_on: date | None, lacking: Lacking | None, note: str, version: int
) -> None:
    """Give an open order another day, and say what it waits for, or that it waits for nothing any more.

    Raises EditedMeanwhile when it is not the version seen, Refusal for an order that is closed.
    """
    note = clean(note)[:200] if lacking else ""
    _save(session, order, version, {"due_on": due_on, "lacking": lacking, "lacking_note": note})


def tell_outcome(session: Session, order: ProductionOrder, *, reworked: int, rejected: int, version: int) -> None:
    """Say how many pieces had to be gone over again, and how many became nothing. The rest are born as items.

    Raises EditedMeanwhile when it is not the version seen, Refusal for more pieces than there are.
    """
    if not 0 <= rejected <= order.pieces or not 0 <= reworked <= products.MOST_PIECES:
        raise Refusal(_("Der laves %(num)s. Der kan ikke være flere, der er kasseret.", num=order.pieces))
    _save(session, order, version, {"reworked": reworked, "rejected": rejected})


def finish_order(
    session: Session,
    order: ProductionOrder,
    *,
    reworked: int,
    rejected: int,
    version: int,
    base_url: str,
    now: datetime,
) -> list[Item]:
    """Tell the outcome and end the order with its last step, or with none; the same again is no change.

    Raises EditedMeanwhile when somebody else changed it or ended it otherwise, Refusal while several steps are left.
    """
    _lock(session, order.id)
    session.refresh(order)
    if order.state is OrderState.FINISHED and (order.reworked, order.rejected) == (reworked, rejected):
        return []
    if order.state is not OrderState.OPEN:
        raise EditedMeanwhile(_("En anden har lukket ordren imens. Det, du skrev, er ikke gemt."))
    left = _steps_left(session, order.id)
    if len(left) > 1:
        raise Refusal(
            ngettext(
                "Der er %(num)s trin tilbage. Gør det færdigt, eller spring det over.",
                "Der er %(num)s trin tilbage. Gør dem færdige, eller spring dem over.",
                len(left),
            )
        )
    tell_outcome(session, order, reworked=reworked, rejected=rejected, version=version)
    if left:
        return finish_step(session, left[0], base_url=base_url, now=now)
    return receive(session, order.id, base_url=base_url, now=now)


def add_step(
    session: Session,
    order: ProductionOrder,
    *,
    task_type_id: int,
    title: str = "",
    place: str = "",
    position: int | None = None,
) -> OrderStep:
    """Put a step into an open order, at the end or at a position, from which the others move one down.

    Without a title it is called after its task.
    """
    lock_open(session, order.id)
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
    session.add(step)
    session.flush()
    return step


def start_step(session: Session, step_id: int) -> None:
    """Somebody works on the step; a step already begun or done stays as it is."""
    set_state(session, step_id, StepState.STARTED, OrderStep.state == StepState.WAITING)


def finish_step(session: Session, step_id: int, *, base_url: str, now: datetime) -> list[Item]:
    """The step is done. Gives the items when it was the order's last, else an empty list; twice counts once."""
    return _end_step(session, step_id, StepState.FINISHED, base_url, now)


def skip_step(session: Session, step_id: int, *, base_url: str, now: datetime) -> list[Item]:
    """The step is not needed this time. Gives the items when nothing is left to do, as `finish_step` does."""
    return _end_step(session, step_id, StepState.SKIPPED, base_url, now)


def cancel_order(session: Session, order: ProductionOrder, *, now: datetime, version: int | None = None) -> None:
    """Stop an open order; nothing comes out of it.

    Raises Refusal when it is not open any more, EditedMeanwhile when a version was seen and it is another one now.
    """
    _lock(session, order.id)
    session.refresh(order)
    if order.state is OrderState.OPEN and version not in (None, order.version):
        raise EditedMeanwhile(_("En anden har rettet ordren imens. Se på den, før du stopper den."))
    if not _close(session, order.id, OrderState.CANCELLED, now):
        raise Refusal(_("Ordren er ikke åben mere."))
    stores.release(session, order.id)
    session.refresh(order)


def receive(session: Session, order_id: int, *, base_url: str, now: datetime) -> list[Item]:
    """Number the good pieces of an order and close it. The order closes once, so its pieces are born once.

    An order whose pieces were all rejected is closed with none.
    """
    if not _close(session, order_id, OrderState.FINISHED, now):
        return []
    order = session.get_one(ProductionOrder, order_id, populate_existing=True)
    good = order.pieces - order.rejected
    if not good:
        stores.release(session, order.id)
        return []
    # "Plantekasser, 4 stk." names the order, not a planter; one piece carries the order's own name.
    title = order.title if order.pieces == 1 or order.product_type_id is None else ""
    items = products.add_items(
        session,
        product_type_id=order.product_type_id,
        title=title,
        pieces=good,
        base_url=base_url,
        now=now,
        reference=f"production:{order.public_id}",
    )
    session.add_all(OrderItem(item_id=item.id, order_id=order.id) for item in items)
    stores.settle(session, order.id, items, now=now)
    return items


def _end_step(session: Session, step_id: int, state: StepState, base_url: str, now: datetime) -> list[Item]:
    order_id = session.scalar(sa.select(OrderStep.order_id).where(OrderStep.id == step_id))
    if order_id is None:
        raise NotHere
    # Two last steps finished at once would each see the other one open; the order's row lets them pass one by one.
    _lock(session, order_id)
    if not set_state(session, step_id, state, OrderStep.state.not_in(DONE), finished_at=now):
        return []
    return [] if _steps_left(session, order_id) else receive(session, order_id, base_url=base_url, now=now)


def set_state(
    session: Session,
    step_id: int,
    state: StepState,
    condition: sa.ColumnElement[bool],
    finished_at: datetime | None = None,
) -> bool:
    """One conditional UPDATE of a step; whether it took place. A copy in the session is read anew."""
    changed = session.scalar(
        sa.update(OrderStep)
        .where(OrderStep.id == step_id, condition)
        .values(state=state, finished_at=finished_at)
        .returning(OrderStep.id),
        execution_options={"synchronize_session": False},
    )
    forget_steps(session, "state", "finished_at")
    return changed is not None


def _close(session: Session, order_id: int, state: OrderState, now: datetime) -> bool:
    closed = session.scalar(
        sa.update(ProductionOrder)
        .where(ProductionOrder.id == order_id, ProductionOrder.state == OrderState.OPEN)
        .values(state=state, finished_at=now)
        .returning(ProductionOrder.id),
        execution_options={"synchronize_session": False},
    )
    return closed is not None


def _save(session: Session, order: ProductionOrder, version: int, values: dict[str, Any]) -> None:
    """One conditional UPDATE of an open order as it was seen."""
    saved = session.scalar(
        sa.update(ProductionOrder)
        .where(
            ProductionOrder.id == order.id,
            ProductionOrder.state == OrderState.OPEN,
            ProductionOrder.version == version,
        )
        .values(version=ProductionOrder.version + 1, **values)
        .returning(ProductionOrder.id),
        execution_options={"synchronize_session": False},
    )
    session.refresh(order)
    if saved is not None:
        return
    if order.state is not OrderState.OPEN:
        raise EditedMeanwhile(_("En anden har lukket ordren imens. Det, du skrev, er ikke gemt."))
    raise EditedMeanwhile(_("En anden har rettet ordren imens. Se på begge dele, og gem det, der skal gælde."))


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


def forget_steps(session: Session, *names: str) -> None:
    """Let the session read these columns of the steps it holds anew."""
    for loaded in session.identity_map.values():
        if isinstance(loaded, OrderStep):
            session.expire(loaded, names)


def _steps_left(session: Session, order_id: int) -> Sequence[int]:
    left = sa.select(OrderStep.id).where(OrderStep.order_id == order_id, OrderStep.state.not_in(DONE))
    return session.scalars(left.order_by(OrderStep.position)).all()


def _check_pieces(pieces: int) -> None:
    if not 1 <= pieces <= products.MOST_PIECES:
        raise Refusal(_("Skriv et antal mellem 1 og %(most)s.", most=products.MOST_PIECES))


def _lock(session: Session, order_id: int) -> None:
    session.execute(sa.select(ProductionOrder.id).where(ProductionOrder.id == order_id).with_for_update())


def lock_open(session: Session, order_id: int) -> None:
    """Hold an order until the block ends. Raises Refusal when it is not open any more."""
    is_open = session.scalar(
        sa.select(ProductionOrder.id)
        .where(ProductionOrder.id == order_id, ProductionOrder.state == OrderState.OPEN)
        .with_for_update()
    )
    if is_open is None:
        raise Refusal(_("Ordren er ikke åben mere."))


def _route(session: Session, product_type_id: int | None) -> Sequence[sa.Row[int, int, str]]:
    return session.execute(
        sa.select(RouteStep.position, RouteStep.task_type_id, TaskType.name)
        .join(TaskType, TaskType.id == RouteStep.task_type_id)
        .where(RouteStep.product_type_id == product_type_id)
        .order_by(RouteStep.position)
    ).all()
