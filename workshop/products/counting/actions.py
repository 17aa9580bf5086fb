"""What happens in a stock count: it begins, things are seen, it ends, and staff correct the stock by it.

While people count, the count's own row is locked for each thing they see, so a count that ends takes every thing seen
before it and none after. That it is written into the stock once is one conditional UPDATE.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.core.errors import Refusal
from workshop.core.i18n import _
from workshop.core.text import clean
from workshop.products import actions as products
from workshop.products.counting import queries
from workshop.products.models import (
    CountState,
    Item,
    ItemState,
    StockCause,
    StockCount,
    StockCountLine,
)

MOST_SEEN = 9_999  # of one thing; more is a typing error
IN_THE_SHOP = (ItemState.MADE, ItemState.FOR_SALE)


def begin(session: Session, *, place: str, now: datetime, by_staff_id: int | None) -> StockCount:
    """Begin to count, everywhere or at one place. One that was begun there and has nothing in it yet is taken up."""
    at = clean(place)[:60]
    is_empty = ~sa.exists().where(StockCountLine.count_id == StockCount.id)
    begun = session.scalar(
        sa.select(StockCount)
        .where(StockCount.state == CountState.OPEN, StockCount.place == at, is_empty)
        .order_by(StockCount.id)
        .limit(1)
    )
    if begun is not None:
        return begun
    count = StockCount(place=at, begun_at=now, by_staff_id=by_staff_id)
    session.add(count)
    session.flush()
    return count


def see(session: Session, count: StockCount, item: Item, pieces: int, *, now: datetime) -> StockCountLine:
    """Note how many of a thing are there; a second time replaces the first, whoever counted it.

    Raises Refusal when the count has ended, or for a number that cannot be.
    """
    if not 0 <= pieces <= MOST_SEEN:
        raise Refusal(_("Skriv et antal mellem 0 og %(most)s.", most=MOST_SEEN))
    if item.is_one_of_a_kind and pieces > 1:
        raise Refusal(_("Nr. %(number)s findes kun i ét eksemplar.", number=item.number))
    _still_open(session, count)
    session.refresh(item, ["quantity", "state"])
    # A sold thing that waits for its customer stands there rightly, and the stock has none of it.
    expected = pieces if item.state is ItemState.SOLD else item.quantity
    line = queries.line_of(session, count, item.id)
    if line is None:
        line = StockCountLine(count_id=count.id, item_id=item.id, pieces=pieces, expected=expected, seen_at=now)
        session.add(line)
    else:
        line.pieces, line.expected, line.seen_at = pieces, expected, now
    session.flush()
    return line


def unsee(session: Session, count: StockCount, item: Item) -> None:
    """Take a thing out of the count again; one that is not in it is no matter."""
    _still_open(session, count)
    line = queries.line_of(session, count, item.id)
    if line is not None:
        session.delete(line)
        session.flush()


def finish(session: Session, count: StockCount, *, now: datetime) -> None:
    """Everybody is done counting; staff look at it next. A second time changes nothing.

    Raises Refusal while nothing was seen, or when it was dropped.
    """
    _lock(session, count)
    if count.state in {CountState.COUNTED, CountState.APPLIED}:
        return
    _still_open(session, count)
    if not session.scalar(sa.select(sa.exists().where(StockCountLine.count_id == count.id))):
        raise Refusal(_("Der er ikke talt noget endnu. Scan det første, eller drop optællingen."))
    count.state, count.counted_at = CountState.COUNTED, now
    session.flush()


def count_on(session: Session, count: StockCount) -> None:
    """Open a finished count again, because something was forgotten.

    Raises Refusal when it has ended for good.
    """
    _lock(session, count)
    if count.state not in {CountState.OPEN, CountState.COUNTED}:
        raise Refusal(_("Optællingen er afsluttet. Begynd en ny."))
    count.state, count.counted_at = CountState.OPEN, None
    session.flush()


def apply(
    session: Session,
    count: StockCount,
    *,
    now: datetime,
    by_staff_id: int | None,
    only: Collection[int] | None = None,
    gone: Collection[int] = (),
) -> int:
    """Write the count into the stock, once; how many things were corrected. A second time changes nothing (0).

    `only` are the ids of the things to correct (None means every difference). Nothing that was not found leaves the
    stock by itself: `gone` are the ids of those that staff say are away.
    Raises Refusal when people still count, or when a customer is paying for what would go.
    """
    if not _ends(session, count, CountState.APPLIED, now, (CountState.COUNTED,)):
        if count.state is CountState.APPLIED:
            return 0
        raise Refusal(_("Optællingen skal afsluttes, før lageret kan rettes."))
    changes = {
        line.item_id: line.difference
        for line in queries.lines(session, count)
        if line.may_be_corrected and (only is None or line.item_id in only)
    }
    changes |= {row.item_id: -row.quantity for row in queries.missing(session, count) if row.item_id in gone}
    for item_id in sorted(changes):  # in one order, so that two counts never wait for each other
        _correct(session, item_id, changes[item_id], count, now, by_staff_id)
    return len(changes)


def drop(session: Session, count: StockCount, *, now: datetime) -> None:
    """Leave the stock as it is and forget the count. A second time changes nothing.

    Raises Refusal when the stock was already corrected by it.
    """
    if not _ends(session, count, CountState.DROPPED, now, (CountState.OPEN, CountState.COUNTED)):
        if count.state is CountState.DROPPED:
            return
        raise Refusal(_("Lageret er allerede rettet efter den her optælling."))


def reference_of(count: StockCount) -> str:
    """What a movement of stock says of the count behind it."""
    return _("Optælling %(number)s", number=count.id)


def _correct(
    session: Session, item_id: int, change: int, count: StockCount, now: datetime, by_staff_id: int | None
) -> None:
    item = session.scalars(sa.select(Item).where(Item.id == item_id).with_for_update()).one()
    if item.quantity + change < item.held:
        # It names the thing, so that whoever reads it can leave that one out.
        raise Refusal(
            _("Nr. %(number)s er ved at blive betalt af en kunde. Ret den ikke nu, eller vent.", number=item.number)
            if item.held
            else _("Nr. %(number)s har ikke så mange på lager. Tæl den igen.", number=item.number)
        )
    products.adjust_stock(
        session,
        item,
        change=change,
        cause=StockCause.COUNTED,
        reference=reference_of(count),
        now=now,
        by_staff_id=by_staff_id,
    )
    if item.quantity == 0 and item.state in IN_THE_SHOP:
        products.withdraw(session, item, now=now, by_staff_id=by_staff_id)


def _lock(session: Session, count: StockCount) -> None:
    session.refresh(count, with_for_update=True)


def _still_open(session: Session, count: StockCount) -> None:
    _lock(session, count)
    if count.state is not CountState.OPEN:
        raise Refusal(_("Optællingen er afsluttet. Begynd en ny, eller bed om at få den åbnet igen."))


def _ends(
    session: Session, count: StockCount, state: CountState, now: datetime, states: tuple[CountState, ...]
) -> bool:
    """Whether this very call is the one that ended it."""
    ended = session.scalar(
        sa.update(StockCount)
        .where(StockCount.id == count.id, StockCount.state.in_(states))
        .values(state=state, ended_at=now)
        .returning(StockCount.id),
        execution_options={"synchronize_session": False},
    )
    session.refresh(count)
    return ended is not None
