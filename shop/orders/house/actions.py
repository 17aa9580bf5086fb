"""What staff change about the shop. Every change shows at once: kept pages ask for the house mark."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shop.orders.house import queries
from shop.orders.house.models import ClosedDay, OpeningSlot, ShopText, Terms
from shop.orders.models import Fulfilment
from shop.orders.pickup import SHIPPED_HOURS
from workshop.core import clock
from workshop.core.errors import Refusal
from workshop.core.i18n import _
from workshop.products import catalogue
from workshop.products.models import SizeClass
from workshop.services.models import DeliveryPrice, Postcode

MEANWHILE = "En anden har rettet det imens. Se det igen, og gem så."


class ChangedMeanwhile(Refusal):
    """Somebody else saved first; the page shows both, and nothing is written."""


def add_hours(
    session: Session, *, fulfilment: Fulfilment, weekday: int, from_minute: int, to_minute: int
) -> OpeningSlot:
    """Offer a time of the week (minutes after midnight). The hours the shop came with become rows with the first one.

    Raises Refusal for a time that overlaps another of its kind.
    """
    _write_shipped(session)
    overlaps = sa.select(OpeningSlot.id).where(
        OpeningSlot.fulfilment == fulfilment,
        OpeningSlot.weekday == weekday,
        OpeningSlot.from_minute < to_minute,
        OpeningSlot.to_minute > from_minute,
    )
    taken = Refusal(_("Der er allerede en tid, der dækker noget af det. Fjern den først, eller vælg en anden."))
    if session.scalar(overlaps.limit(1)) is not None:
        raise taken
    slot = OpeningSlot(fulfilment=fulfilment, weekday=weekday, from_minute=from_minute, to_minute=to_minute)
    session.add(slot)
    try:
        session.flush()
    except IntegrityError as meanwhile:
        raise taken from meanwhile
    catalogue.house_changed(session)
    return slot


def keep_shipped_hours(session: Session) -> None:
    """Say that the hours the shop came with are right: they become rows, unless there are own ones."""
    _write_shipped(session)
    session.flush()
    catalogue.house_changed(session)


def remove_hours(session: Session, *, fulfilment: Fulfilment, weekday: int, from_minute: int) -> None:
    """Offer a time no more; orders that have it keep it. The last time of a kind may go: then none is offered.

    Raises Refusal for the very last hours of all, because the shop would fall back to those it came with.
    """
    _write_shipped(session)
    if (session.scalar(sa.select(sa.func.count(OpeningSlot.id))) or 0) <= 1:
        raise Refusal(_("Der skal være mindst én tid. Tilføj en ny først, eller luk dagene i stedet."))
    session.execute(
        sa.delete(OpeningSlot).where(
            OpeningSlot.fulfilment == fulfilment,
            OpeningSlot.weekday == weekday,
            OpeningSlot.from_minute == from_minute,
        )
    )
    catalogue.house_changed(session)


def _write_shipped(session: Session) -> None:
    """The hours the shop came with, as rows to change: with the first own hour they would otherwise all be gone."""
    if session.scalar(sa.select(OpeningSlot.id).limit(1)) is None:
        session.add_all(OpeningSlot(**hours._asdict()) for hours in SHIPPED_HOURS)
        session.flush()


def close_day(session: Session, day: date, text: str, *, now: datetime, by_staff_id: int | None) -> None:
    """Be closed on a day; the same day again only changes its words. Raises Refusal for a day that has been."""
    if day < clock.local_day(now):
        raise Refusal(_("Vælg en dag, der ikke er gået."))
    row = session.get(ClosedDay, day)
    if row is None:
        session.add(ClosedDay(day=day, text=text, by_staff_id=by_staff_id))
    else:
        row.text = text
    session.flush()
    catalogue.house_changed(session)


def open_day(session: Session, day: date) -> None:
    """Be open on it after all."""
    session.execute(sa.delete(ClosedDay).where(ClosedDay.day == day))
    catalogue.house_changed(session)


def set_delivery_prices(
    session: Session, prices: Mapping[tuple[int, SizeClass], int], *, seen: Mapping[tuple[int, SizeClass], int]
) -> None:
    """What delivery costs by zone and size (øre, VAT included). `seen` is what the page showed.

    Raises ChangedMeanwhile when that is not what stands, Refusal for a larger size that costs less than a smaller one.
    """
    rows = {(row.zone, row.size_class): row for row in session.scalars(sa.select(DeliveryPrice).with_for_update())}
    if {key: row.price_ore for key, row in rows.items()} != dict(seen):
        raise ChangedMeanwhile(_(MEANWHILE))
    for zone in {zone for zone, _size in prices}:
        if not _rises([prices[zone, size] for size in SizeClass if (zone, size) in prices]):
            raise Refusal(_("Zone %(zone)s: en større ting kan ikke koste mindre end en mindre.", zone=zone))
    for key, price_ore in prices.items():
        if key in rows:
            rows[key].price_ore = price_ore
    session.flush()
    catalogue.house_changed(session)


def _rises(by_size: Sequence[int]) -> bool:
    return list(by_size) == sorted(by_size)


def add_zone(session: Session, prices: Mapping[SizeClass, int]) -> int:
    """A zone further out than the others, with its price for each size (øre, VAT included); its number.

    Raises Refusal for a larger size that costs less than a smaller one, and when somebody else adds one just now.
    """
    if not _rises([prices[size] for size in SizeClass]):
        raise Refusal(_("En større ting kan ikke koste mindre end en mindre."))
    furthest = session.scalar(sa.select(sa.func.max(DeliveryPrice.zone)))
    zone = 0 if furthest is None else furthest + 1
    try:
        with session.begin_nested():
            session.add_all(
                DeliveryPrice(zone=zone, size_class=size, price_ore=price_ore) for size, price_ore in prices.items()
            )
    except IntegrityError as taken:
        raise ChangedMeanwhile(_(MEANWHILE)) from taken
    catalogue.house_changed(session)
    return zone


def drop_zone(session: Session, zone: int) -> None:
    """Take a zone away. Raises Refusal while there are postcodes in it: their customers would stand without a price."""
    # Locked, so that nobody puts a postcode into it meanwhile.
    session.scalars(sa.select(DeliveryPrice).where(DeliveryPrice.zone == zone).with_for_update()).all()
    if session.scalar(sa.select(Postcode.code).where(Postcode.zone == zone).limit(1)) is not None:
        raise Refusal(_("Der er postnumre i zone %(zone)s. Giv dem en anden zone først.", zone=zone))
    session.execute(sa.delete(DeliveryPrice).where(DeliveryPrice.zone == zone))
    catalogue.house_changed(session)


def put_postcode(session: Session, *, code: str, town: str, zone: int) -> None:
    """Deliver to a postcode, in a zone that has prices. Raises Refusal for a zone without."""
    priced = sa.select(DeliveryPrice.zone).where(DeliveryPrice.zone == zone).limit(1).with_for_update(read=True)
    if session.scalar(priced) is None:
        raise Refusal(_("Den zone har ingen priser."))
    row = session.get(Postcode, code)
    if row is None:
        session.add(Postcode(code=code, town=town, zone=zone))
    else:
        row.town, row.zone = town, zone
    session.flush()
    catalogue.house_changed(session)


def drop_postcode(session: Session, code: str) -> None:
    """Deliver there no more; orders that are on their way keep their price."""
    session.execute(sa.delete(Postcode).where(Postcode.code == code))
    catalogue.house_changed(session)


def write_text(session: Session, key: str, body: str, *, version: int, now: datetime, by_staff_id: int | None) -> None:
    """Put own words in place of the shipped ones; nothing written brings those back.

    `version` is what the page showed, 0 for the shipped text. Raises ChangedMeanwhile when it is another by now.
    """
    row = session.get(ShopText, key, with_for_update=True)
    if (row.version if row else 0) != version:
        raise ChangedMeanwhile(_(MEANWHILE))
    if not body:
        if row is not None:
            session.delete(row)
    elif row is None:
        session.add(ShopText(key=key, body=body, changed_at=now, by_staff_id=by_staff_id))
    else:
        row.body, row.changed_at, row.by_staff_id, row.version = body, now, by_staff_id, version + 1
    try:
        session.flush()
    except IntegrityError as meanwhile:
        raise ChangedMeanwhile(_(MEANWHILE)) from meanwhile
    catalogue.house_changed(session)


def new_terms(session: Session, body: str, *, after: int, now: datetime, by_staff_id: int | None) -> Terms:
    """A new version of the terms, for orders from now on; those before keep theirs.

    `after` is the version the page showed, 0 for the shipped ones. Raises ChangedMeanwhile, or Refusal when nothing
    is different.
    """
    newest = queries.terms(session)
    if (newest.version if newest else 0) != after:
        raise ChangedMeanwhile(_(MEANWHILE))
    if newest is not None and newest.body == body:
        raise Refusal(_("Teksten er den samme som før."))
    made = Terms(version=after + 1, body=body, made_at=now, by_staff_id=by_staff_id)
    session.add(made)
    try:
        session.flush()
    except IntegrityError as meanwhile:  # two people made one in the same moment
        raise ChangedMeanwhile(_(MEANWHILE)) from meanwhile
    catalogue.house_changed(session)
    return made
