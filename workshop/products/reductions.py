"""Before-prices of the things we have: read from their histories, told beforehand, cleared when their days are over.

`pricing.py` has the rules. Here the histories of prices, states and stock become the timeline that they judge.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from babel.dates import format_date
from sqlalchemy.orm import Session

from workshop.core import clock, db, money
from workshop.core.i18n import _, language, ngettext
from workshop.products import changing, pricing
from workshop.products.changing import NO_REDUCTION
from workshop.products.models import Item, ItemState, PriceChange, StateChange, StockMovement
from workshop.products.pricing import Kind, Price, Sale, Step, Verdict

_A_MOMENT = timedelta(microseconds=1)


def timeline(session: Session, item_id: int) -> tuple[list[Price], list[Sale]]:
    """The prices of a thing, and when it could be bought: what `pricing` judges."""
    return _prices(session, item_id), _sales(session, item_id)


def steps_of(session: Session, item_id: int) -> list[Step]:
    """Every price of a thing that took effect, and what could be said about it then."""
    return pricing.steps(*timeline(session, item_id))


def verdict_on(session: Session, item_id: int, price_ore: int, now: datetime) -> Verdict | None:
    """What could be said about a price (øre, VAT included) set now; None when it is the price already."""
    prices, sales = timeline(session, item_id)
    taken = pricing.steps([*prices, (now, price_ore)], sales)
    is_new = bool(taken) and taken[-1].at == now and taken[-1].price_ore == price_ore
    return taken[-1].verdict if is_new else None


def columns_for(session: Session, item_id: int, price_ore: int, now: datetime) -> dict[str, Any]:
    """What to keep with a thing that gets this price now, in the same UPDATE."""
    prices, sales = timeline(session, item_id)
    running = pricing.present([*prices, (now, price_ore)], sales)
    return {"before_ore": running.before_ore, "before_until": running.until} if running else NO_REDUCTION


def note_for(session: Session, item: Item, price_ore: int | None, now: datetime) -> str:
    """What this price (øre, VAT included) would say to customers, in one sentence for the price form.

    Empty when there is nothing to say: no price, the price it has, the first one, or a raise.
    """
    if price_ore is None or price_ore == item.price_ore:
        return ""
    verdict = verdict_on(session, item.id, price_ore, now)
    return sentence(verdict, now) if verdict is not None else ""


def sentence(verdict: Verdict, now: datetime) -> str:
    """A verdict in words, for staff."""
    match verdict.kind:
        case Kind.REDUCTION if verdict.before_ore is not None and verdict.until is not None:
            return _(
                "Så står der Førpris %(price)s til og med %(day)s.",
                price=money.kr(verdict.before_ore),
                day=last_day(verdict.until),
            )
        case Kind.TOO_NEW if verdict.for_sale_since is not None:
            days = (clock.local_day(now) - clock.local_day(verdict.for_sale_since)).days
            return ngettext(
                "Ingen førpris: den har kun været til salg i %(num)s dag.",
                "Ingen førpris: den har kun været til salg i %(num)s dage.",
                days,
            )
        case Kind.NOT_LOWEST if verdict.lowest_ore is not None:
            days = pricing.days_for(now).looked_back
            return _(
                "Ingen førpris: den har kostet %(price)s inden for de sidste %(days)s dage.",
                price=money.kr(verdict.lowest_ore),
                days=days,
            )
        case Kind.NOT_FOR_SALE:
            return _("Ingen førpris: den er ikke til salg endnu.")
        case _:
            return ""


def last_day(until: datetime) -> str:
    """The last Danish day on which it may be shown: `2. december`."""
    pattern = "d. MMMM" if language() == "da" else "d MMMM"
    return str(format_date(clock.local_day(until - _A_MOMENT), pattern, locale=language()))


def clear_lapsed(session: Session, now: datetime) -> int:
    """Take away before-prices whose days are over; how many. Nothing shows them any more, with or without this."""
    lapsed = session.scalars(sa.select(Item.id).where(_has_lapsed(now)).order_by(Item.id)).all()
    return sum(changing.change(session, item_id, _has_lapsed(now), **NO_REDUCTION) for item_id in lapsed)


def sweep(now: datetime) -> int:
    """Clear what has lapsed; no write block is opened when nothing has."""
    with db.reading() as session:
        if session.scalar(sa.select(Item.id).where(_has_lapsed(now)).limit(1)) is None:
            return 0
    with db.transaction() as session:
        return clear_lapsed(session, now)


def _has_lapsed(now: datetime) -> sa.ColumnElement[bool]:
    return Item.before_until <= now


def _prices(session: Session, item_id: int) -> list[Price]:
    rows = session.execute(
        sa.select(PriceChange.at, PriceChange.price_ore)
        .where(PriceChange.item_id == item_id)
        .order_by(PriceChange.at, PriceChange.id)
    )
    return [(at, ore) for at, ore in rows]


def _sales(session: Session, item_id: int) -> list[Sale]:
    """When it could be bought and when not: it stood in the shop, and there was one left.

    At one moment the stock moves before the state does, as a sale and a return write them.
    """
    moves = session.execute(
        sa.select(StockMovement.at, StockMovement.change)
        .where(StockMovement.item_id == item_id)
        .order_by(StockMovement.at, StockMovement.id)
    )
    states = session.execute(
        sa.select(StateChange.at, StateChange.state)
        .where(StateChange.item_id == item_id)
        .order_by(StateChange.at, StateChange.id)
    )
    events: list[tuple[datetime, int, ItemState | None]] = [(at, change, None) for at, change in moves]
    events += [(at, 0, state) for at, state in states]
    left, is_in_shop = 0, False
    sales: list[Sale] = []
    for at, change, state in sorted(events, key=lambda event: (event[0], event[2] is not None)):
        left += change
        is_in_shop = is_in_shop if state is None else state is ItemState.FOR_SALE
        sales.append((at, is_in_shop and left > 0))
    return [next(same) for _key, same in groupby(sales, key=lambda sale: sale[1])]
