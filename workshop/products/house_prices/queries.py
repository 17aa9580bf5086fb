"""The workshop's fixed prices, and what was born from them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.core.text import sort_key
from workshop.products.models import HousePrice, Item
from workshop.products.queries import GONE
from workshop.products.sections import category_name


class HousePriceRow(NamedTuple):
    """A house price in the list; `unsold` is how many things born from it are not sold."""

    id: int
    name: str
    category: str
    unit: str
    price_ore: int
    is_used: bool
    unsold: int


_UNSOLD = (Item.state.not_in(GONE), Item.quantity > 0)


def house_prices(session: Session) -> list[HousePriceRow]:
    """Every house price: those in use first, by category and name."""
    unsold = sa.select(sa.func.count(Item.id)).where(Item.house_price_id == HousePrice.id, *_UNSOLD).scalar_subquery()
    rows = session.execute(
        sa.select(
            HousePrice.id,
            HousePrice.name,
            HousePrice.category,
            HousePrice.unit,
            HousePrice.price_ore,
            HousePrice.is_used,
            unsold,
        )
    )
    return sorted(
        (HousePriceRow(*row) for row in rows),
        key=lambda row: (not row.is_used, sort_key(category_name(row.category)), sort_key(row.name)),
    )


def house_price(session: Session, house_price_id: int) -> HousePrice | None:
    """A house price by its id."""
    return session.scalar(sa.select(HousePrice).where(HousePrice.id == house_price_id))


def house_price_to_change(session: Session, house_price_id: int) -> HousePrice | None:
    """A house price, locked until the block ends."""
    return session.scalar(sa.select(HousePrice).where(HousePrice.id == house_price_id).with_for_update())


def unsold_of(session: Session, house_price_id: int) -> Sequence[Item]:
    """The things born from a house price that nobody has bought, locked in the order of their numbers."""
    return session.scalars(
        sa.select(Item).where(Item.house_price_id == house_price_id, *_UNSOLD).order_by(Item.id).with_for_update()
    ).all()


def count_unsold(session: Session, house_price_id: int) -> int:
    """How many things born from a house price nobody has bought."""
    return session.scalars(
        sa.select(sa.func.count(Item.id)).where(Item.house_price_id == house_price_id, *_UNSOLD)
    ).one()
