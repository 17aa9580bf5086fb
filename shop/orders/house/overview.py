"""Reads for the staff's pages about the shop itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shop.orders.house.models import ClosedDay, OpeningSlot, ShopText
from shop.orders.models import Fulfilment, Order, OrderState
from shop.orders.pickup import SHIPPED_HOURS, Hours
from workshop.products.models import SizeClass
from workshop.services.models import DeliveryPrice, Postcode

WAITING = (OrderState.PLACED, OrderState.SECURED, OrderState.NEEDS_ATTENTION)


class ClosedLine(NamedTuple):
    """A day we are closed, and how many open orders are agreed for it."""

    day: date
    text: str
    orders: int


class TextLine(NamedTuple):
    """A page in staff's own words."""

    key: str
    body: str
    version: int
    changed_at: datetime


class PostcodeLine(NamedTuple):
    """Where we deliver."""

    code: str
    town: str
    zone: int


def hours(session: Session) -> dict[Fulfilment, list[Hours]]:
    """The times of the week, by what they are for; those the shop came with while there are no own."""
    rows = session.execute(
        sa.select(OpeningSlot.fulfilment, OpeningSlot.weekday, OpeningSlot.from_minute, OpeningSlot.to_minute)
    )
    found: Sequence[Hours] = [Hours(*row) for row in rows] or SHIPPED_HOURS
    in_order = sorted(found, key=lambda each: (each.weekday, each.from_minute))
    return {kind: [each for each in in_order if each.fulfilment is kind] for kind in Fulfilment}


def closed_days(session: Session, today: date) -> list[ClosedLine]:
    """The closed days to come."""
    orders = (
        sa.select(sa.func.count(Order.id))
        .where(Order.pickup_on == ClosedDay.day, Order.state.in_(WAITING))
        .correlate(ClosedDay)
        .scalar_subquery()
    )
    found = sa.select(ClosedDay.day, ClosedDay.text, orders).where(ClosedDay.day >= today).order_by(ClosedDay.day)
    return [ClosedLine(*row) for row in session.execute(found)]


def delivery_prices(session: Session) -> dict[tuple[int, SizeClass], int]:
    """What delivery costs, by zone and size (øre, VAT included)."""
    rows = session.execute(sa.select(DeliveryPrice.zone, DeliveryPrice.size_class, DeliveryPrice.price_ore))
    return {(row.zone, row.size_class): row.price_ore for row in rows}


def postcodes(session: Session) -> list[PostcodeLine]:
    """Where we deliver, nearest zone first."""
    found = sa.select(Postcode.code, Postcode.town, Postcode.zone).order_by(Postcode.zone, Postcode.code)
    return [PostcodeLine(*row) for row in session.execute(found)]


def texts(session: Session) -> dict[str, TextLine]:
    """The pages staff have written themselves, by key."""
    rows = session.execute(sa.select(ShopText.key, ShopText.body, ShopText.version, ShopText.changed_at))
    return {row.key: TextLine(*row) for row in rows}
