"""What is offered, at which numbers, and where we come."""

from __future__ import annotations

from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.services.models import Postcode, ServiceKind, TravelPrice
from workshop.services.prices.rules import Wish
from workshop.services.requests.models import ServicePlace, ServiceRequest


class KindRow(NamedTuple):
    """A service in a list."""

    key: str
    slug: str
    name: str
    intro: str
    unit: str
    per_unit_ore: int | None
    min_price_ore: int | None
    season_from: str | None
    season_to: str | None
    is_offered: bool
    version: int


class Travel(NamedTuple):
    """Where a postcode lies and what a visit there costs in travel."""

    town: str
    zone: int
    price_ore: int


class PlaceRow(NamedTuple):
    """A postcode as staff see it."""

    code: str
    town: str
    zone: int
    latitude_e6: int | None
    longitude_e6: int | None


_ROW = tuple(getattr(ServiceKind, name) for name in KindRow._fields)


def offered(session: Session) -> list[KindRow]:
    """What customers can ask for, in the order it was laid down."""
    found = session.execute(sa.select(*_ROW).where(ServiceKind.is_offered).order_by(ServiceKind.id))
    return [KindRow(*row) for row in found]


def every_kind(session: Session) -> list[KindRow]:
    """All services, those not offered too."""
    return [KindRow(*row) for row in session.execute(sa.select(*_ROW).order_by(ServiceKind.id))]


def by_slug(session: Session, slug: str) -> ServiceKind | None:
    """The service of an address, offered or not."""
    return session.scalar(sa.select(ServiceKind).where(ServiceKind.slug == slug))


def by_key(session: Session, key: str) -> ServiceKind | None:
    """The service of a key."""
    return session.scalar(sa.select(ServiceKind).where(ServiceKind.key == key))


def travel(session: Session, postcode: str) -> Travel | None:
    """Town, zone and travel of a postcode; None when it lies outside the area."""
    found = session.execute(
        sa.select(Postcode.town, Postcode.zone, sa.func.coalesce(TravelPrice.price_ore, 0))
        .outerjoin(TravelPrice, TravelPrice.zone == Postcode.zone)
        .where(Postcode.code == postcode)
    ).one_or_none()
    return Travel(*found) if found else None


def zones(session: Session) -> dict[int, int]:
    """Travel in øre by zone."""
    rows = session.execute(sa.select(TravelPrice.zone, TravelPrice.price_ore).order_by(TravelPrice.zone))
    found: dict[int, int] = dict(rows.all())
    return found


def places(session: Session) -> list[PlaceRow]:
    """Every postcode inside the area, the nearest zone first."""
    columns = [getattr(Postcode, name) for name in PlaceRow._fields]
    return [PlaceRow(*row) for row in session.execute(sa.select(*columns).order_by(Postcode.zone, Postcode.code))]


def last_wishes(session: Session, kind_id: int, most: int) -> list[tuple[Wish, int | None]]:
    """The last jobs customers asked for, each with its zone (None: outside). Nothing says who asked."""
    rows = session.execute(
        sa.select(
            ServiceRequest.units,
            ServiceRequest.height_cm,
            ServiceRequest.sides,
            ServiceRequest.wants_waste,
            Postcode.zone,
            sa.func.coalesce(TravelPrice.price_ore, 0).label("travel_ore"),
        )
        .join(ServicePlace, ServicePlace.id == ServiceRequest.place_id)
        .outerjoin(Postcode, Postcode.code == ServicePlace.postcode)
        .outerjoin(TravelPrice, TravelPrice.zone == Postcode.zone)
        .where(ServiceRequest.service_kind_id == kind_id)
        .order_by(ServiceRequest.id.desc())
        .limit(most)
    )
    return [(Wish(row.units, row.height_cm, row.sides, row.wants_waste, row.travel_ore), row.zone) for row in rows]
