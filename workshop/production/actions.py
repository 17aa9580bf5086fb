"""Making things: orders are opened, their steps done, and what comes out gets its numbers, once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.core.errors import NotHere, Refusal
from workshop.core.i18n import _
from workshop.core.text import clean
from workshop.production.models import (
    OrderItem,
    OrderState,
    OrderStep,
    ProductionOrder,
    RouteStep,
    StepState,
    TaskType,
)
from workshop.products import actions as products
from workshop.products.models import Item, ProductType

DONE = (StepState.FINISHED, StepState.SKIPPED)


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
) -> ProductionOrder:
    """Begin to make something: the steps are the product's usual route. `step_titles` renames some by position.

    Raises Refusal for fewer pieces than one, too many, or a thing without a name.
    """
    if not 1 <= pieces <= products.MOST_PIECES:
        raise Refusal(_("Skriv et antal mellem 1 og %(most)s.", most=products.MOST_PIECES))
    kind = session.get_one(ProductType, product_type_id) if product_type_id is not None else None
    name = clean(title) or (kind.name if kind else "")
    if not name:
        raise Refusal(_("Skriv, hvad der skal laves."))
    order = ProductionOrder(
        title=name[:150],
        product_type_id=product_type_id,
        department_id=department_id,
        pieces=pieces,
        due_on=due_on,
        created_at=now,
        by_staff_id=by_staff_id,
    )
    session.add(order)
    session.flush()
    for position, task_type_id, usual in _route(session, product_type_id):
        own = (step_titles or {}).get(position, usual)
        session.add(OrderStep(order_id=order.id, position=position, task_type_id=task_type_id, title=own[:150]))
    session.flush()
    return order


def add_step(
    session: Session, order: ProductionOrder, *, task_type_id: int, title: str = "", place: str = ""
) -> OrderStep:
    """Put a step at the end of an open order; without a title it is called after its task."""
    _lock_open(session, order.id)
    task = session.get_one(TaskType, task_type_id)
    last = session.scalar(sa.select(sa.func.max(OrderStep.position)).where(OrderStep.order_id == order.id)) or 0
    step = OrderStep(
        order_id=order.id,
        position=last + 1,
        task_type_id=task.id,
        title=(clean(title) or task.name)[:150],
        place=clean(place)[:60],
    )
    session.add(step)
    session.flush()
    return step


def start_step(session: Session, step_id: int) -> None:
    """Somebody works on the step; a step already begun or done stays as it is."""
    _set_state(session, step_id, StepState.STARTED, OrderStep.state == StepState.WAITING)


def finish_step(session: Session, step_id: int, *, base_url: str, now: datetime) -> list[Item]:
    """The step is done. Gives the items when it was the order's last, else an empty list; twice counts once."""
    return _end_step(session, step_id, StepState.FINISHED, base_url, now)


def skip_step(session: Session, step_id: int, *, base_url: str, now: datetime) -> list[Item]:
    """The step is not needed this time. Gives the items when nothing is left to do, as `finish_step` does."""
    return _end_step(session, step_id, StepState.SKIPPED, base_url, now)


def cancel_order(session: Session, order: ProductionOrder, *, now: datetime) -> None:
    """Stop an open order; nothing comes out of it. Raises Refusal when it is not open any more."""
    if not _close(session, order.id, OrderState.CANCELLED, now):
        raise Refusal(_("Ordren er ikke åben mere."))
    session.refresh(order)


def receive(session: Session, order_id: int, *, base_url: str, now: datetime) -> list[Item]:
    """Number what an order has made and close it. The order closes once, so its pieces are born once."""
    if not _close(session, order_id, OrderState.FINISHED, now):
        return []
    order = session.get_one(ProductionOrder, order_id, populate_existing=True)
    # "Plantekasser, 4 stk." names the order, not a planter; one piece carries the order's own name.
    title = order.title if order.pieces == 1 or order.product_type_id is None else ""
    items = products.add_items(
        session,
        product_type_id=order.product_type_id,
        title=title,
        pieces=order.pieces,
        base_url=base_url,
        now=now,
        reference=f"production:{order.public_id}",
    )
    session.add_all(OrderItem(item_id=item.id, order_id=order.id) for item in items)
    session.flush()
    return items


def _end_step(session: Session, step_id: int, state: StepState, base_url: str, now: datetime) -> list[Item]:
    order_id = session.scalar(sa.select(OrderStep.order_id).where(OrderStep.id == step_id))
    if order_id is None:
        raise NotHere
    # Two last steps finished at once would each see the other one open; the order's row lets them pass one by one.
    session.execute(sa.select(ProductionOrder.id).where(ProductionOrder.id == order_id).with_for_update())
    if not _set_state(session, step_id, state, OrderStep.state.not_in(DONE), finished_at=now):
        return []
    left = sa.select(sa.func.count(OrderStep.id)).where(OrderStep.order_id == order_id, OrderStep.state.not_in(DONE))
    return [] if session.scalar(left) else receive(session, order_id, base_url=base_url, now=now)


def _set_state(
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
    for loaded in session.identity_map.values():
        if isinstance(loaded, OrderStep):
            session.expire(loaded, ["state", "finished_at"])
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


def _lock_open(session: Session, order_id: int) -> None:
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
