"""How an order's hold ends: released once, or turned into a sale once. The hold row decides, so twice is the same."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shop.orders import story
from shop.orders.models import CancelCause, Hold, Order, OrderState
from workshop.core.i18n import _
from workshop.products import actions as products

WHY = {
    CancelCause.LAPSED: "Ikke betalt i tide. Varerne er til salg igen.",
    CancelCause.CUSTOMER: "Annulleret af kunden.",
    CancelCause.STAFF: "Annulleret af værkstedet.",
    CancelCause.REPLACED: "Erstattet af en ny bestilling fra samme kurv.",
}


def active_holds(session: Session, order: Order) -> list[Hold]:
    """What the order still keeps from others, by item id."""
    return list(
        session.scalars(
            sa.select(Hold)
            .where(Hold.order_id == order.id, Hold.ended_at.is_(None))
            .order_by(Hold.item_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    )


def from_stock(order: Order) -> list[tuple[int, int]]:
    """Item id and pieces of every line that came from the stock and was not given back, by item id."""
    left = ((line.item_id, line.quantity - line.returned) for line in order.lines if line.item_id is not None)
    return sorted(pair for pair in left if pair[1])


def release(session: Session, order: Order, now: datetime) -> None:
    """Give back whatever the order still holds."""
    for hold in active_holds(session, order):
        hold.ended_at = now
        products.release(session, hold.item_id, hold.quantity)
    session.flush()


def sell(session: Session, order: Order, now: datetime) -> None:
    """Turn whatever the order holds into sales."""
    for hold in active_holds(session, order):
        hold.ended_at = now
        products.sell_held(session, hold.item_id, hold.quantity, reference=order.number, now=now)
    session.flush()


def cancel_unpaid(session: Session, order: Order, cause: CancelCause, now: datetime) -> None:
    """End an order that nobody can pay any more, and give back what it held."""
    if order.state is OrderState.PLACED:
        mark_cancelled(session, order, cause, now)
    release(session, order, now)


def mark_cancelled(
    session: Session, order: Order, cause: CancelCause, now: datetime, by_staff_id: int | None = None
) -> None:
    """Only the state and the story; holds, stock and money are the caller's."""
    order.state = OrderState.CANCELLED
    order.cancel_cause = cause
    order.ended_at = now
    story.tell(session, order, _(WHY[cause]), now, by_staff_id=by_staff_id)
