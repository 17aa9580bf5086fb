"""A new thing gets its number: once, however often the tile is tapped."""

from __future__ import annotations

import re
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.core import crypto
from workshop.products import actions as products
from workshop.products.models import Item, NumberSeries, StockCause, StockMovement
from workshop.tasks.kiosk.queries import Kind

_KEY = re.compile(r"[A-Za-z0-9_-]{16,40}")


def new_key() -> str:
    """A random word for one showing of the page; it names nobody."""
    return crypto.new_public_id()


def own_key(sent: str) -> str | None:
    """A key as one of our pages sends it; None for anything else."""
    return sent if _KEY.fullmatch(sent) else None


def be_born(session: Session, kind: Kind, *, key: str, base_url: str, now: datetime) -> Item:
    """Number a new thing. A second tap sends the same key and gets the same thing.

    `key` is kept with the thing's birth; one that is none of ours is taken as a new one.
    """
    reference = f"tablet {own_key(key) or new_key()}"
    # Two taps at once stand in line for the numbers, so the second one finds the thing of the first.
    series = sa.select(NumberSeries.key).where(NumberSeries.key == products.ITEM_SERIES).with_for_update()
    session.execute(series)
    before = session.scalar(
        sa.select(Item)
        .join(StockMovement, StockMovement.item_id == Item.id)
        .where(StockMovement.reference == reference, StockMovement.cause == StockCause.MADE)
    )
    if before is not None:
        return before
    return products.add_items(
        session,
        product_type_id=kind.product_type_id,
        title="",
        pieces=1,
        base_url=base_url,
        now=now,
        reference=reference,
        category=kind.category,
        may_be_nameless=True,
    )[0]
