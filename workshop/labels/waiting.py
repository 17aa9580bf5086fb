"""What needs a label, and why: the newest printed one of a thing must show what must be shown now, and nothing else.

It is worked out from prices and labels whenever somebody looks. So a before-price that may no longer be shown puts its
thing back in the queue by itself, also on a day when no sweep ran.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.core.i18n import _
from workshop.labels.models import JobState, PrintJob, PrintJobItem
from workshop.products.models import Item, ItemState

LABELLED = (ItemState.MADE, ItemState.FOR_SALE)  # what stands in the workshop or the shop with a price on it


class Why(StrEnum):
    """Why a thing stands in the queue."""

    NO_LABEL = "no_label"
    NEW_PRICE = "new_price"
    BEFORE_OVER = "before_over"
    NEW_BEFORE = "new_before"


class QueueRow(NamedTuple):
    """A thing that needs a label, and what its newest printed one shows, if it has one."""

    item_id: int
    number: int
    title: str
    price_ore: int
    before_ore: int | None
    is_proposal: bool
    quantity: int
    shown_ore: int | None
    shown_before_ore: int | None

    @property
    def why(self) -> Why:
        """The reason, the one that matters most to a customer first."""
        if self.shown_ore is None:
            return Why.NO_LABEL
        if self.shown_ore != self.price_ore:
            return Why.NEW_PRICE
        return Why.BEFORE_OVER if self.before_ore is None else Why.NEW_BEFORE

    @property
    def why_text(self) -> str:
        """The reason in words."""
        return {
            Why.NO_LABEL: _("Uden mærke"),
            Why.NEW_PRICE: _("Ny pris"),
            Why.BEFORE_OVER: _("Førprisen er slut"),
            Why.NEW_BEFORE: _("Ny førpris"),
        }[self.why]


def queue(session: Session, now: datetime, limit: int | None = None) -> list[QueueRow]:
    """Everything that needs a label. Wrong prices come first, since somebody may be standing in front of one."""
    waiting = _waiting(now)
    found = sa.select(waiting).order_by(waiting.c.shown_ore.is_(None), waiting.c.number).limit(limit)
    return [QueueRow(*row) for row in session.execute(found)]


def wrong_on_paper(session: Session, numbers: Collection[int], now: datetime) -> dict[int, QueueRow]:
    """Of these things, those whose label shows another price than the one they are sold at."""
    waiting = _waiting(now)
    found = sa.select(waiting).where(waiting.c.number.in_(numbers), waiting.c.shown_ore.is_not(None))
    return {row.number: QueueRow(*row) for row in session.execute(found)}


def queue_length(session: Session, now: datetime) -> int:
    """How many things need a label."""
    return session.scalar(sa.select(sa.func.count()).select_from(_waiting(now))) or 0


def before_at(now: datetime) -> sa.ColumnElement[int | None]:
    """`pricing.shown_before` as a column of `item`: the before-price that may be shown at this moment."""
    may_be = sa.and_(
        Item.price_ore.is_not(None),
        Item.before_until > now,
    )
    return sa.case((may_be, Item.before_ore), else_=None)


def label_price() -> sa.ColumnElement[int | None]:
    """The price a label shows as a column of `item`: the one staff set, else the one proposed at the bench."""
    return sa.func.coalesce(Item.price_ore, Item.proposed_ore)


def _waiting(now: datetime) -> sa.Subquery:
    priced = (
        sa.select(
            Item.id,
            Item.number,
            Item.title,
            label_price().label("price_ore"),
            before_at(now).label("before_ore"),
            Item.price_ore.is_(None).label("is_proposal"),
            Item.quantity,
            _newest(PrintJobItem.price_ore).label("shown_ore"),
            _newest(PrintJobItem.before_ore).label("shown_before_ore"),
        )
        .where(Item.state.in_(LABELLED), label_price().is_not(None))
        .subquery()
    )
    return (
        sa.select(priced)
        .where(
            sa.or_(
                priced.c.shown_ore.is_distinct_from(priced.c.price_ore),
                priced.c.shown_before_ore.is_distinct_from(priced.c.before_ore),
            )
        )
        .subquery()
    )


def _newest(column: sa.orm.InstrumentedAttribute[Any]) -> sa.ScalarSelect[Any]:
    """What the newest label of an item that came out right says.

    The newest decides, not any: a price that went up and came back down needs a new label too.
    """
    return (
        sa.select(column)
        .join(PrintJob, PrintJob.id == PrintJobItem.job_id)
        .where(PrintJobItem.item_id == Item.id, PrintJob.state == JobState.PRINTED, ~PrintJobItem.is_spoiled)
        .order_by(PrintJob.printed_at.desc(), PrintJob.id.desc(), PrintJobItem.position.desc())
        .limit(1)
        .correlate(Item)
        .scalar_subquery()
    )
