"""Reads of what staff have said about the shop: hours, what delivery costs, its terms and its own texts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shop.orders.house.models import ClosedDay, OpeningSlot, ShopText, Terms
from shop.orders.models import Fulfilment
from shop.orders.pickup import SHIPPED_HOURS, Calendar, Hours
from workshop.core import db
from workshop.products.models import SizeClass
from workshop.services.models import DeliveryPrice, Postcode


class DeliveryOffer(NamedTuple):
    """What bringing an order to a postcode costs. Øre, VAT included."""

    town: str
    price_ore: int


class TermsRow(NamedTuple):
    """A version of the terms."""

    version: int
    body: str
    made_at: datetime


# Hours and closed days in one question: every page of a thing for sale asks for the first day it can be fetched.
_HOURS, _CLOSED = OpeningSlot.__table__.c, ClosedDay.__table__.c
NO_DAY = sa.cast(sa.null(), sa.Date).label("day")
NO_HOURS: tuple[sa.ColumnElement[Any], ...] = (
    sa.cast(sa.null(), db.choice(Fulfilment)),
    *(sa.cast(sa.null(), sa.Integer) for _each in range(3)),
)
CALENDAR: tuple[sa.Select[Any], ...] = (
    sa.select(_HOURS.fulfilment, _HOURS.weekday, _HOURS.from_minute, _HOURS.to_minute, NO_DAY),
    sa.select(*NO_HOURS, _CLOSED.day),
)
_CALENDAR: sa.CompoundSelect[Any] = sa.union_all(*CALENDAR)
_DELIVERY = (
    sa.select(Postcode.town, DeliveryPrice.price_ore)
    .join(DeliveryPrice, DeliveryPrice.zone == Postcode.zone)
    .where(Postcode.code == sa.bindparam("postcode"), DeliveryPrice.size_class == sa.bindparam("size"))
)
_TERMS = sa.select(Terms.version, Terms.body, Terms.made_at).where(Terms.version == sa.bindparam("version"))
_NEWEST_TERMS = sa.select(Terms.version, Terms.body, Terms.made_at).order_by(Terms.version.desc()).limit(1)
NEWEST_VERSION = sa.select(Terms.version).order_by(Terms.version.desc()).limit(1)  # without their words


def calendar(session: Session) -> Calendar:
    """When the shop is open, as staff have set it; the hours it came with while they have set none."""
    return calendar_of(db.rows(session, _CALENDAR))


def calendar_of(rows: Iterable[sa.Row[Any]]) -> Calendar:
    """The calendar that the rows of `CALENDAR` tell of."""
    hours: list[Hours] = []
    closed: set[date] = set()
    for row in rows:
        if row.day is None:
            hours.append(Hours(row.fulfilment, row.weekday, row.from_minute, row.to_minute))
        else:
            closed.add(row.day)
    return Calendar(tuple(hours) or SHIPPED_HOURS, frozenset(closed))


def delivery_price(session: Session, postcode: str, size_class: SizeClass) -> DeliveryOffer | None:
    """What it costs to bring an order whose largest thing is of this size; None outside the area."""
    found = db.rows(session, _DELIVERY, {"postcode": postcode, "size": size_class})
    return DeliveryOffer(*found[0]) if found else None  # a postcode lies in one zone, which has one price a size


def terms(session: Session, version: int | None = None) -> TermsRow | None:
    """The newest terms, or those of a version an order was made under."""
    found = db.rows(session, _NEWEST_TERMS) if version is None else db.rows(session, _TERMS, {"version": version})
    return TermsRow(*found[0]) if found else None


def text(session: Session, key: str) -> str | None:
    """A text of the shop in staff's own words; None where the shipped one stands."""
    return session.scalar(sa.select(ShopText.body).where(ShopText.key == key))
