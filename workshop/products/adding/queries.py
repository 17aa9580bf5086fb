"""What a new thing can be made from, and what a form has made."""

from __future__ import annotations

import re

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.core.text import search_key
from workshop.products.models import HousePrice, StockCause, StockMovement
from workshop.products.queries import ItemCard, cards

ONCE = re.compile(r"[A-Za-z0-9_-]{10,40}")


def reference_of(once: str) -> str:
    """How the movements of a birth name the form, or the code, that they come from."""
    return f"ny:{once}"


def ids_made(session: Session, once: str) -> list[int]:
    """The things that a form with this word has made, in the order of their numbers."""
    if not ONCE.fullmatch(once):
        return []
    statement = sa.select(StockMovement.item_id).where(
        StockMovement.reference == reference_of(once), StockMovement.cause == StockCause.MADE
    )
    return list(session.scalars(statement.order_by(StockMovement.item_id)))


def made(session: Session, once: str) -> list[ItemCard]:
    """The same as cards."""
    ids = ids_made(session, once)
    found = cards(session, ids)
    return [found[item_id] for item_id in ids]


def house_prices(session: Session) -> list[HousePrice]:
    """The house prices in use, by name."""
    used = session.scalars(sa.select(HousePrice).where(HousePrice.is_used))
    return sorted(used, key=lambda price: search_key(price.name))
