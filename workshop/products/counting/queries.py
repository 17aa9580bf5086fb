"""Reads of stock counts: what was seen, how it differs from the stock, and what was not found.

What the stock said is kept with every line at the moment it was seen. A sale after that moment is no difference: it
takes its own piece away, whether the correction comes before or after it.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.core.text import search_key, sort_key
from workshop.products.models import (
    CountState,
    Item,
    ItemState,
    StockCause,
    StockCount,
    StockCountLine,
    StockMovement,
)

_ITEM, _LINE, _MOVED = Item.__table__.c, StockCountLine.__table__.c, StockMovement.__table__.c
CUSTOMERS = (StockCause.SOLD, StockCause.RETURNED)  # movements that a count has nothing to say about


class CountLine(NamedTuple):
    """A thing that was seen: `pieces` of it, where the stock said `expected` at that moment."""

    item_id: int
    number: int
    title: str
    place: str
    state: ItemState
    is_one_of_a_kind: bool
    pieces: int
    expected: int
    seen_at: datetime
    quantity: int  # what the stock says now
    held: int
    sold_since: int  # pieces that went to customers after it was seen
    is_outdated: bool  # somebody corrected the stock by hand after it was seen

    @property
    def difference(self) -> int:
        """What the stock is to be changed by: positive when there were more than it said."""
        return self.pieces - self.expected

    @property
    def may_be_corrected(self) -> bool:
        """Whether writing the difference into the stock makes it right."""
        return bool(self.difference) and not self.is_outdated and self.state is not ItemState.HANDED_OVER


class MissingRow(NamedTuple):
    """A thing the stock has that nobody saw."""

    item_id: int
    number: int
    title: str
    place: str
    state: ItemState
    quantity: int
    held: int


class CountRow(NamedTuple):
    """A stock count in a list."""

    public_id: str
    number: int
    place: str
    state: CountState
    begun_at: datetime
    counted_at: datetime | None
    ended_at: datetime | None
    things: int


def count_by_id(session: Session, public_id: str) -> StockCount | None:
    """A stock count by its address."""
    return session.scalar(sa.select(StockCount).where(StockCount.public_id == public_id))


def lines(session: Session, count: StockCount) -> list[CountLine]:
    """Everything seen so far, the latest first."""
    later = (_MOVED.item_id == _LINE.item_id, _MOVED.at > _LINE.seen_at)
    sold = sa.select(sa.func.coalesce(-sa.func.sum(_MOVED.change), 0)).where(*later, _MOVED.cause.in_(CUSTOMERS))
    by_hand = sa.exists().where(*later, _MOVED.cause.not_in(CUSTOMERS))
    rows: Any = session.execute(
        sa.select(
            *(_ITEM[name] for name in ("id", "number", "title", "place", "state", "is_one_of_a_kind")),
            _LINE.pieces,
            _LINE.expected,
            _LINE.seen_at,
            _ITEM.quantity,
            _ITEM.held,
            sold.correlate(StockCountLine.__table__).scalar_subquery(),
            by_hand.correlate(StockCountLine.__table__),
        )
        .join(Item.__table__, _ITEM.id == _LINE.item_id)
        .where(_LINE.count_id == count.id)
        .order_by(_LINE.seen_at.desc(), _ITEM.number.desc())
    )
    return [CountLine(*row) for row in rows]


def line_of(session: Session, count: StockCount, item_id: int) -> StockCountLine | None:
    """What this count says of one thing so far."""
    return session.get(StockCountLine, (count.id, item_id), populate_existing=True)


def missing(session: Session, count: StockCount) -> list[MissingRow]:
    """What the stock has, at the count's place, that nobody saw: by place and number.

    What came after the count had begun was not there to be seen, and a thing waiting for its customer is not stock.
    """
    came = (
        sa.select(sa.func.coalesce(sa.func.sum(_MOVED.change), 0))
        .where(_MOVED.item_id == _ITEM.id, _MOVED.at > count.begun_at, _MOVED.change > 0)
        .correlate(Item.__table__)
        .scalar_subquery()
    )
    seen = sa.exists().where(_LINE.count_id == count.id, _LINE.item_id == _ITEM.id).correlate(Item.__table__)
    rows = session.execute(
        sa.select(*(_ITEM[name] for name in MissingRow._fields[1:]), _ITEM.id)
        .where(_ITEM.quantity > came, ~seen, *_at_place(session, count.place))
        .order_by(_ITEM.number)
    )
    found = [MissingRow(row[-1], *row[:-1]) for row in rows]
    return sorted(found, key=lambda row: (sort_key(row.place), row.number))


def open_counts(session: Session) -> list[StockCount]:
    """The counts that people are busy with, the newest first."""
    statement = sa.select(StockCount).where(StockCount.state == CountState.OPEN)
    return list(session.scalars(statement.order_by(StockCount.begun_at.desc(), StockCount.id.desc())))


def counts(session: Session, limit: int = 30) -> list[CountRow]:
    """The latest counts: those not ended first."""
    things = sa.select(sa.func.count()).where(_LINE.count_id == StockCount.id).correlate(StockCount).scalar_subquery()
    is_ended = sa.case((StockCount.state.in_((CountState.OPEN, CountState.COUNTED)), 0), else_=1)
    fields = ("public_id", "id", "place", "state", "begun_at", "counted_at", "ended_at")
    rows: Any = session.execute(
        sa.select(*(getattr(StockCount, name) for name in fields), things)
        .order_by(is_ended, StockCount.begun_at.desc(), StockCount.id.desc())
        .limit(limit)
    )
    return [CountRow(*row) for row in rows]


def places(session: Session) -> list[str]:
    """The places where something stands, in Danish order, each in one spelling."""
    found: dict[str, str] = {}
    for place in sorted(_places(session), key=sort_key):
        found.setdefault(search_key(place), place)
    return list(found.values())


def how_much_is_there(session: Session, count: StockCount) -> int:
    """How many things the stock has at the count's place: what there is to go round and find."""
    statement = sa.select(sa.func.count(_ITEM.id)).where(_ITEM.quantity > 0, *_at_place(session, count.place))
    return session.scalar(statement) or 0


def ids_of(session: Session, numbers: Collection[int]) -> set[int]:
    """The ids of the things with these printed numbers."""
    return set(session.scalars(sa.select(_ITEM.id).where(_ITEM.number.in_(numbers))))


def _places(session: Session) -> list[str]:
    return list(session.scalars(sa.select(_ITEM.place).where(_ITEM.quantity > 0, _ITEM.place != "").distinct()))


def _at_place(session: Session, place: str) -> list[Any]:
    """At this place, however it was spelled; no condition for a count of everything."""
    if not place:
        return []
    return [_ITEM.place.in_([each for each in _places(session) if search_key(each) == search_key(place)])]
