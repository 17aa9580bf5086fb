"""A sold thing that comes back and is not for sale again as it is: it stands aside until staff have looked at it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from workshop.products import changing
from workshop.products.models import Item, ItemState, StockCause
from workshop.products.queries import GONE


def take_aside(
    session: Session, item_id: int, quantity: int, *, reference: str, now: datetime, by_staff_id: int | None
) -> bool:
    """Take back what was sold, out of the shop; False when others of the same number are still for sale.

    Those are not mixed with what came back: the pieces stay out of the stock, and only the order tells of them.
    """
    if quantity < 1:
        raise ValueError("a quantity is at least one")
    changing.lock(session, item_id)
    values = {"quantity": Item.quantity + quantity, "state": ItemState.WITHDRAWN, "sold_at": None}
    if not changing.change(session, item_id, Item.state.in_(GONE), **values):
        return False
    changing.moved(session, item_id, quantity, StockCause.RETURNED, reference, now, by_staff_id)
    changing.entered(session, item_id, ItemState.WITHDRAWN, now, by_staff_id)
    return True
