"""The life of a thing, told by every slice that knows something of it. Deeds and dates, never a person.

Steps and labels are known in slices above this one, so they tell us at start-up where to ask.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from flask import current_app
from flask.sansio.app import App
from sqlalchemy.orm import Session

from workshop.core import money
from workshop.core.i18n import _
from workshop.products import reductions
from workshop.products.models import Item, ItemCode, ItemPhoto, ItemState, StateChange, StockCause, StockMovement
from workshop.products.pricing import Step


class LifeEvent(NamedTuple):
    """Something that happened to a thing."""

    at: datetime
    title: str
    note: str = ""
    url: str = ""  # of a page that tells more, for those who may open it


Source = Callable[[Session, int], list[LifeEvent]]
_PLACE = "item_life"


def also_told_by(app: App, source: Source) -> None:
    """Add a slice's own part of the story: `source(session, item_id)`."""
    app.extensions.setdefault(_PLACE, []).append(source)


def life_of(session: Session, item: Item) -> list[LifeEvent]:
    """What has happened to a thing, the first first."""
    # What happened at one moment is told in this order: the last step, the birth, its price.
    others: list[Source] = current_app.extensions.get(_PLACE, [])
    sources: list[Source] = [*others, _births_and_sales, _prices, _states, _photos, _codes]
    events = [event for source in sources for event in source(session, item.id)]
    return sorted(events, key=lambda event: event.at)


def _births_and_sales(session: Session, item_id: int) -> list[LifeEvent]:
    titles = {
        StockCause.MADE: _("Færdig og fik sit nummer"),
        StockCause.SOLD: _("Solgt"),
        StockCause.RETURNED: _("Kom tilbage"),
        StockCause.COUNTED: _("Talt op"),
        StockCause.SCRAPPED: _("Kasseret"),
        StockCause.USED: _("Taget i brug på værkstedet"),
        StockCause.IMPORTED: _("Skrevet ind i systemet"),
    }
    rows = session.execute(
        sa.select(StockMovement.at, StockMovement.cause, StockMovement.reference)
        .where(StockMovement.item_id == item_id)
        .order_by(StockMovement.id)
    )
    # The reference of a birth is an internal id; that of a sale is the order's printed number.
    births = {StockCause.MADE, StockCause.IMPORTED}
    return [LifeEvent(at, titles[cause], "" if cause in births else ref) for at, cause, ref in rows]


def _prices(session: Session, item_id: int) -> list[LifeEvent]:
    return [
        LifeEvent(step.at, _("Pris: %(price)s", price=money.kr(step.price_ore)), _reduction(step))
        for step in reductions.steps_of(session, item_id)
    ]


def _reduction(step: Step) -> str:
    """What a price was reduced from, and how long that might be told."""
    before_ore, until = step.verdict.before_ore, step.verdict.until
    if before_ore is None or until is None:
        return ""
    return _("Førpris %(price)s til og med %(day)s", price=money.kr(before_ore), day=reductions.last_day(until))


def _states(session: Session, item_id: int) -> list[LifeEvent]:
    titles = {
        ItemState.FOR_SALE: _("Sat til salg"),
        ItemState.WITHDRAWN: _("Taget ud af butikken"),
        ItemState.HANDED_OVER: _("Udleveret"),
    }
    rows = session.execute(
        sa.select(StateChange.at, StateChange.state).where(StateChange.item_id == item_id).order_by(StateChange.id)
    )
    return [LifeEvent(at, titles[state]) for at, state in rows if state in titles]


def _photos(session: Session, item_id: int) -> list[LifeEvent]:
    rows = session.scalars(
        sa.select(ItemPhoto.approved_at).where(ItemPhoto.item_id == item_id, ItemPhoto.approved_at.is_not(None))
    )
    return [LifeEvent(at, _("Billede godkendt")) for at in rows if at is not None]


def _codes(session: Session, item_id: int) -> list[LifeEvent]:
    """New codes, and labels printed ahead that were put on it later; the code it was born with is no event."""
    rows = session.execute(
        sa.select(ItemCode.bound_at, ItemCode.number)
        .join(Item, Item.id == ItemCode.item_id)
        .where(Item.id == item_id, ItemCode.bound_at.is_not(None))
        .where(sa.or_(ItemCode.number.is_(None), ItemCode.number != Item.number))
        .order_by(ItemCode.id)
    )
    return [
        LifeEvent(at, _("Fik en ny kode"))
        if number is None
        else LifeEvent(at, _("Fik et mærke mere"), _("Nr. %(number)s", number=number))
        for at, number in rows
        if at is not None
    ]
