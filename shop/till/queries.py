"""Reads of the till: what lies on the counter, and one receipt. The money of a day is in `daybook`."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from shop.orders.making.models import LineItem
from shop.orders.models import Order, OrderLine, OrderState
from shop.till import words
from shop.till.basket import Counter, Thing
from shop.till.models import TillSale, TillSaleLine
from workshop.core.i18n import _
from workshop.labels import waiting
from workshop.products.models import Item, ItemState
from workshop.products.queries import ItemCard, cards


class WaitingOrder(NamedTuple):
    """An order that a thing waits for."""

    public_id: str
    number: str


class SoldHere(NamedTuple):
    """The sale at the door a thing went out with."""

    public_id: str
    number: str


class CounterLine(NamedTuple):
    """A thing on the counter. `problem` says why it cannot be sold, and is empty where it can.

    `paper_ore` is what its label shows where that is another price.
    """

    number: int
    quantity: int
    card: ItemCard | None  # None: there is no such number
    paper_ore: int | None
    problem: str
    is_kept: bool  # for somebody who is buying it on the web right now
    order: WaitingOrder | None = None  # whose it is: sold, and waiting here for its customer
    sale: SoldHere | None = None  # what it was sold with at the door, where it may be brought back on

    @property
    def amount_ore(self) -> int:
        """Øre, VAT included."""
        return (self.card.price_ore or 0) * self.quantity if self.card else 0


def counter_lines(session: Session, counter: Counter, now: datetime) -> list[CounterLine]:
    """What lies there, in the order it was put."""
    numbers = [each.number for each in counter.things]
    if not numbers:
        return []
    ids = session.scalars(sa.select(Item.id).where(Item.number.in_(numbers))).all()
    found = {card.number: card for card in cards(session, list(ids)).values()}
    wrong = waiting.wrong_on_paper(session, numbers, now)
    sold = [card.id for card in found.values() if card.state is ItemState.SOLD]
    orders = _orders_of(session, sold) if sold else {}
    gone = [card.id for card in found.values() if card.state is ItemState.HANDED_OVER]
    sales = _sales_of(session, gone) if gone else {}
    lines = [_line(each, found.get(each.number), wrong.get(each.number)) for each in counter.things]
    return [
        line._replace(order=orders.get(line.card.id), sale=sales.get(line.card.id)) if line.card else line
        for line in lines
    ]


def _sales_of(session: Session, item_ids: list[int]) -> dict[int, SoldHere]:
    """Item id -> the newest sale at the door that stands; whoever brings the thing back is most likely its customer."""
    rows = session.execute(
        sa.select(TillSaleLine.item_id, TillSale.public_id, TillSale.number)
        .join(TillSale, TillSale.id == TillSaleLine.sale_id)
        .where(TillSaleLine.item_id.in_(item_ids), TillSale.undone_at.is_(None))
        .order_by(TillSale.id)
    )
    return {item_id: SoldHere(public_id, number) for item_id, public_id, number in rows if item_id is not None}


def _orders_of(session: Session, item_ids: list[int]) -> dict[int, WaitingOrder]:
    """Item id -> the order it waits for; whoever brings it to the counter is most likely its customer."""
    columns = sa.select(OrderLine.item_id, Order.public_id, Order.number).join(Order, Order.id == OrderLine.order_id)
    from_stock = columns.where(OrderLine.item_id.in_(item_ids))
    made = columns.with_only_columns(LineItem.item_id, Order.public_id, Order.number).join(
        LineItem, LineItem.order_line_id == OrderLine.id
    )
    waits = (
        Order.state.in_((OrderState.SECURED, OrderState.NEEDS_ATTENTION)),
        Order.handed_over_at.is_(None),
        OrderLine.returned < OrderLine.quantity,
    )
    both: sa.CompoundSelect[int, str, str] = sa.union_all(
        from_stock.where(*waits), made.where(LineItem.item_id.in_(item_ids), *waits)
    )
    return {item_id: WaitingOrder(*order) for item_id, *order in session.execute(both)}


def _line(thing: Thing, card: ItemCard | None, label: waiting.QueueRow | None) -> CounterLine:
    problem = words.why_not(card, thing.quantity) if card else _("Nr. %(number)s findes ikke.", number=thing.number)
    paper_ore = label.shown_ore if label is not None and _differs(label) else None
    return CounterLine(*thing, card, paper_ore, problem, card is not None and words.is_kept(card, thing.quantity))


def _differs(row: waiting.QueueRow) -> bool:
    return row.shown_ore != row.price_ore


def sale(session: Session, public_id: str) -> TillSale | None:
    """One sale with its lines."""
    return session.scalar(
        sa.select(TillSale).where(TillSale.public_id == public_id).options(selectinload(TillSale.lines))
    )
