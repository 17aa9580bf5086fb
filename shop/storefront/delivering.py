"""What delivery costs, for everybody to see before they fill a basket: by how far we drive and the largest thing."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy.orm import Session

from shop.orders.house import overview
from shop.storefront.queries import size_text
from workshop.products import catalogue
from workshop.products.models import SizeClass
from workshop.services.models import Postcode

catalogue.watch(Postcode)  # the places stand on a page that is kept


class ZonePrices(NamedTuple):
    """The places of a zone, and each size in words with its price (øre, VAT included)."""

    places: str
    prices: list[tuple[str, int]]


def zones(session: Session) -> list[ZonePrices]:
    """The zones that have both places and prices, the nearest first."""
    prices = overview.delivery_prices(session)
    places: dict[int, list[str]] = {}
    for row in overview.postcodes(session):
        places.setdefault(row.zone, []).append(f"{row.code}\u00a0{row.town}")
    priced = {
        zone: [(size_text(size), prices[zone, size]) for size in SizeClass if (zone, size) in prices] for zone in places
    }
    return [ZonePrices(", ".join(places[zone]), rows) for zone, rows in priced.items() if rows]
