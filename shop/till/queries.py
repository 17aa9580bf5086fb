"""Reads of the till: what lies on the counter, the sales of a day, one receipt."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from shop.till.basket import Counter
from shop.till.models import TillSale
from workshop.accounts.queries import staff_names
from workshop.core import clock
from workshop.core.money import PayMeans
from workshop.labels import waiting
from workshop.products.models import Item
from workshop.products.queries import ItemCard, cards


class CounterLine(NamedTuple):
    """A thing on the counter. `paper_ore` is what its label shows where that is another price."""

    number: int
    quantity: int
    card: ItemCard | None  # None: there is no such number
    paper_ore: int | None

    @property
    def amount_ore(self) -> int:
        """Øre, VAT included."""
        return (self.card.price_ore or 0) * self.quantity if self.card else 0


class SaleRow(NamedTuple):
    """A sale as a line of the day's list."""

    public_id: str
    number: str
    sold_at: datetime
    means: PayMeans
    total_ore: int
    titles: str
    by: str
    is_undone: bool


def counter_lines(session: Session, counter: Counter, now: datetime) -> list[CounterLine]:
    """What lies there, in the order it was put."""
    numbers = [each.number for each in counter.things]
    if not numbers:
        return []
    ids = session.scalars(sa.select(Item.id).where(Item.number.in_(numbers))).all()
    found = {card.number: card for card in cards(session, list(ids)).values()}
    wrong = waiting.wrong_on_paper(session, numbers, now)
    return [
        CounterLine(
            each.number,
            each.quantity,
            found.get(each.number),
            wrong[each.number].shown_ore if each.number in wrong and _differs(wrong[each.number]) else None,
        )
        for each in counter.things
    ]


def _differs(row: waiting.QueueRow) -> bool:
    return row.shown_ore != row.price_ore


def sales_of(session: Session, day: date) -> list[SaleRow]:
    """The sales of a Danish day, the newest first."""
    first, last = clock.at(day, datetime.min.time()), clock.at(day + timedelta(days=1), datetime.min.time())
    found = session.scalars(
        sa.select(TillSale)
        .where(TillSale.sold_at >= first, TillSale.sold_at < last)
        .options(selectinload(TillSale.lines))
        .order_by(TillSale.sold_at.desc(), TillSale.id.desc())
    ).all()
    names = staff_names(session) if found else {}
    return [
        SaleRow(
            sale.public_id,
            sale.number,
            sale.sold_at,
            sale.means,
            sale.total_ore,
            "; ".join(line.title for line in sale.lines),
            names.get(sale.by_staff_id, ""),
            sale.undone_at is not None,
        )
        for sale in found
    ]


def sums(rows: list[SaleRow]) -> list[tuple[PayMeans, int, int]]:
    """How much came in by each means: (means, sales, øre). What was undone is not among it."""
    kept = [row for row in rows if not row.is_undone]
    return [
        (means, len(those), sum(row.total_ore for row in those))
        for means in PayMeans
        if (those := [row for row in kept if row.means is means])
    ]


def sale(session: Session, public_id: str) -> TillSale | None:
    """One sale with its lines."""
    return session.scalar(
        sa.select(TillSale).where(TillSale.public_id == public_id).options(selectinload(TillSale.lines))
    )
