"""The order's story: one line for each thing that happened, read by customer and staff alike; and the order to change.

Locks are always taken in the same order: the payment, the order, its holds, the things. Two that meet wait, and never
for each other.
"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from shop.orders.models import Order, OrderEvent
from shop.payments import queries as payments
from workshop.core import db

_NEW_LINE = sa.insert(OrderEvent)


def tell(session: Session, order: Order, text: str, now: datetime, *, by_staff_id: int | None = None) -> None:
    """Add a line."""
    session.flush()  # the order itself, and what the line tells of
    line = {"order_id": order.id, "at": now, "text": text[:300], "by_staff_id": by_staff_id}
    db.run(session, _NEW_LINE, line)


def locked(session: Session, public_id: str) -> Order | None:
    """The order with its lines, locked for a change, its payment before it; every change of an order begins here."""
    payments.newest(session, public_id, is_locked=True)
    return session.scalar(
        sa.select(Order)
        .where(Order.public_id == public_id)
        .options(selectinload(Order.lines))
        .with_for_update(of=Order)
        .execution_options(populate_existing=True)
    )
