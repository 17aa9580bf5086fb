"""Which orders are packed for a day, and which are brought to whom. Always the same few questions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple
from urllib.parse import urlencode

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shop.orders import totals
from shop.orders.desk.queries import Making, making_of
from shop.orders.making.models import LineItem
from shop.orders.models import Fulfilment, Order, OrderLine, OrderState, PayWay
from shop.orders.queries import COLUMNS, LineRow, OrderRow, lines_of
from workshop.products.models import Item, SizeClass

MAP = "https://www.openstreetmap.org/search"


class DayCount(NamedTuple):
    """A day with orders: how many there are, and how many of them are packed."""

    day: date
    orders: int
    packed: int


class Thing(NamedTuple):
    """Something to find: what it is called, its printed number and where it stands."""

    title: str
    quantity: int
    number: int | None
    place: str

    @property
    def number_if_unsaid(self) -> int | None:
        """Its number, unless its title says it already."""
        return None if self.title.endswith(str(self.number)) else self.number


class Parcel(NamedTuple):
    """An order as it is packed and brought."""

    order: OrderRow
    things: tuple[Thing, ...]
    making: Making | None
    size: SizeClass

    @property
    def is_made(self) -> bool:
        """Whether everything of it is there."""
        return self.making is None or self.making.is_done

    @property
    def to_collect_ore(self) -> int:
        """What the customer still has to pay (øre, VAT included)."""
        return self.order.total_ore if self.order.pay_way is PayWay.AT_PICKUP else 0

    @property
    def map_url(self) -> str:
        """A map of where it goes; only followed by a person, never loaded by a page."""
        where = f"{self.order.street}, {self.order.postcode} {self.order.town}, Danmark"
        return f"{MAP}?{urlencode({'query': where})}"


def days(session: Session, fulfilment: Fulfilment | None = None) -> list[DayCount]:
    """The days that orders wait for, the first first; those that are gone by are still to be done."""
    found = (
        sa.select(Order.pickup_on, sa.func.count(Order.id), sa.func.count(Order.packed_at))
        .where(Order.state == OrderState.SECURED)
        .group_by(Order.pickup_on)
        .order_by(Order.pickup_on)
    )
    if fulfilment is not None:
        found = found.where(Order.fulfilment == fulfilment)
    return [DayCount(*row) for row in session.execute(found)]


def parcels(session: Session, day: date, fulfilment: Fulfilment | None = None) -> list[Parcel]:
    """The orders of a day by the time they are fetched or brought; what is brought goes by postcode and street."""
    found = sa.select(*COLUMNS).where(Order.state == OrderState.SECURED, Order.pickup_on == day)
    if fulfilment is Fulfilment.DELIVERY:
        found = found.where(Order.fulfilment == fulfilment).order_by(
            Order.pickup_from_minute, Order.postcode, Order.street, Order.id
        )
    else:
        found = found.order_by(Order.pickup_from_minute, Order.fulfilment, Order.id)
    orders = [OrderRow._make(row) for row in session.execute(found)]
    ids = [order.id for order in orders]
    lines = lines_of(session, ids)
    made = _made(session, ids)
    making = making_of(session, ids)
    return [_parcel(order, [line for line in lines if line.order_id == order.id], made, making) for order in orders]


def _parcel(
    order: OrderRow, lines: Sequence[LineRow], made: dict[int, list[Thing]], making: dict[int, Making]
) -> Parcel:
    things: list[Thing] = []
    left = [line for line in lines if line.returned < line.quantity]  # the rest was taken out, and is for sale again
    for line in left:
        own = Thing(line.title, line.quantity - line.returned, line.item_number, line.place or "")
        things += made.get(line.id, [own]) if line.is_made_to_order else [own]
    return Parcel(order, tuple(things), making.get(order.id), totals.largest(line.size_class for line in left or lines))


def _made(session: Session, order_ids: Sequence[int]) -> dict[int, list[Thing]]:
    """Line id -> the things that were made for it."""
    rows = session.execute(
        sa.select(OrderLine.id, OrderLine.title, LineItem.quantity, Item.number, Item.place)
        .join(LineItem, LineItem.order_line_id == OrderLine.id)
        .join(Item, Item.id == LineItem.item_id)
        .where(OrderLine.order_id.in_(order_ids))
        .order_by(Item.number)
    )
    things: dict[int, list[Thing]] = {}
    for row in rows:
        things.setdefault(row[0], []).append(Thing(*row[1:]))
    return things
