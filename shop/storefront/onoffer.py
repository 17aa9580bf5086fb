"""What a process knows of the shop between two changes of it: the words a search knows, what can be made, the hours.

Each is worked out at first use and kept under the catalogue's marks, so it is as right as the page it stands on.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, NamedTuple, TypeVar

import sqlalchemy as sa
from flask import Flask, current_app, g
from markupsafe import Markup
from sqlalchemy.orm import Session

from shop.orders.house import queries as house
from shop.orders.making import queries as making
from shop.orders.making.queries import Offer
from shop.orders.pickup import Calendar
from workshop.core import clock, db, i18n
from workshop.products import catalogue, shelves
from workshop.products import queries as products
from workshop.products.catalogue import Marks
from workshop.products.finding import Entry, Found, Vocabulary
from workshop.products.models import SizeClass
from workshop.products.queries import GONE, ItemCard
from workshop.products.sections import Section, category_name
from workshop.services.models import DeliveryPrice

EXTENSION = "known_of_the_shop"
HOURS_AND_PRICES = "hours and prices"
TITLE, KIND, MATERIAL, MEASURES = 3.0, 2.0, 1.5, 0.5  # how much a find there weighs
MADE, GONE_BY = 100_000, 1_000_000  # what is made to order comes after what stands here, what is sold after both
ALIKE = 4  # other things of the same kind below a thing
MOST_WRITTEN = 200  # parts of pages; an address may ask for more ways to narrow a shelf than anybody counts
FEW = 4  # things for sale: with fewer, a search shows others of the same sort
# When the shop is open and what it costs at least to have a thing brought, in one question: the page of a thing says
# both, and after a change of either it is asked for no more than any other page.
_NO_PRICE = (
    sa.cast(sa.null(), db.choice(SizeClass)).label("size_class"),
    sa.cast(sa.null(), sa.Integer).label("price"),
)
_HOURS_AND_PRICES: sa.CompoundSelect[Any] = sa.union_all(
    *(part.add_columns(*_NO_PRICE) for part in house.CALENDAR),
    sa.select(
        *(*house.NO_HOURS, house.NO_DAY, DeliveryPrice.size_class),
        sa.func.min(DeliveryPrice.price_ore),
    ).group_by(DeliveryPrice.size_class),
)
Fact = TypeVar("Fact")


class Words(NamedTuple):
    """The vocabulary, and what stands at each of its places: first the things, then what can be made."""

    vocabulary: Vocabulary
    things: tuple[shelves.OnOffer, ...]
    offers: tuple[Offer, ...]


class Hits(NamedTuple):
    """What a search found, the best first: ids of things for sale, what can be made, ids of things that are sold."""

    for_sale: list[int]
    offers: list[Offer]
    sold: list[int]
    alike: list[int]  # for sale too, where little was found


class Known:
    """The facts of one process, each with the marks it was worked out under."""

    def __init__(self) -> None:
        self.facts: dict[str, tuple[object, Any]] = {}
        self.parts: dict[tuple[object, ...], Markup] = {}  # of pages, as `frame` wrote them


def install(app: Flask) -> None:
    """Give the app a place for what it knows."""
    app.extensions[EXTENSION] = Known()


def known() -> Known:
    """What this process knows."""
    found: Known = current_app.extensions[EXTENSION]
    return found


def calendar(session: Session) -> Calendar:
    """When the shop is open."""
    return _hours_and_prices(session)[0]


def first_day(session: Session, now: datetime) -> date | None:
    """The first day what is bought now can be fetched; None while there are no hours."""
    mark = (_marks(session).house, clock.local_day(now))

    def ask(reading: Session) -> date | None:
        return next((slot.day for slot in calendar(reading).slots(now)), None)

    return _kept(session, "first day", mark, ask)


def hours(session: Session) -> str:
    """When customers can come, in the visitor's language."""
    return _of_the_house(session, f"hours {i18n.language()}", lambda reading: calendar(reading).text)


def hours_known_last() -> str | None:
    """The same without asking: what was known last, or None before anything was."""
    kept = known().facts.get(HOURS_AND_PRICES)
    return None if kept is None else kept[1][0].text


def offers(session: Session) -> tuple[Offer, ...]:
    """Everything that can be made to order, by name."""
    return _of_the_house(session, "offers", lambda reading: tuple(making.offers(reading)))


def cheapest_delivery(session: Session) -> dict[SizeClass, int]:
    """What it costs at least to have a thing of a size brought, in øre."""
    return _hours_and_prices(session)[1]


def _hours_and_prices(session: Session) -> tuple[Calendar, dict[SizeClass, int]]:
    def ask(reading: Session) -> tuple[Calendar, dict[SizeClass, int]]:
        rows = db.rows(reading, _HOURS_AND_PRICES)
        prices = {row.size_class: row.price for row in rows if row.size_class is not None}
        return house.calendar_of(row for row in rows if row.size_class is None), prices

    return _of_the_house(session, HOURS_AND_PRICES, ask)


def facets(session: Session, section: Section) -> list[shelves.Facet]:
    """How many things of each kind, size, origin and price stand on a shelf."""
    return _kept(
        session, f"shelf {section.key}", _marks(session), lambda reading: shelves.facets(reading, section.categories)
    )


def alike(session: Session, category: str, except_number: int) -> list[ItemCard]:
    """Other things for sale of a kind, the newest first: asked for once, for all the things of that kind."""

    def ask(reading: Session) -> list[ItemCard]:
        return products.listing(reading, [category], limit=ALIKE + 1)

    found = _kept(session, f"newest {category}", _marks(session), ask)
    return [card for card in found if card.number != except_number][:ALIKE]


def written(session: Session, name: tuple[object, ...], write: Callable[[], Markup]) -> Markup:
    """A part of a page that depends on nothing but the catalogue, the visitor's language and what its `name` says."""
    known = _kept(session, f"written {i18n.language()}", _marks(session), _nothing_yet)
    found = known.get(name)
    if found is None:
        if len(known) >= MOST_WRITTEN:
            known.clear()
        found = known[name] = write()
    return found


def _nothing_yet(_reading: Session) -> dict[tuple[object, ...], Markup]:
    return {}


def words(session: Session) -> Words:
    """The words of everything on offer, as they are in the visitor's language."""
    return _kept(session, f"words {i18n.language()}", _marks(session), _words)


def hits(words: Words, typed: str, found: Found) -> Hits:
    """The places a search found, as things and offers; others of the same sort where there is little for sale."""
    hits = Hits([], [], [], [])
    for place in found.places:
        if place >= len(words.things):
            hits.offers.append(words.offers[place - len(words.things)])
            continue
        thing = words.things[place]
        (hits.sold if thing.state in GONE else hits.for_sale).append(thing.id)
    if found.places and len(hits.for_sale) < FEW:
        known = set(hits.for_sale)
        others = (words.things[place] for place in words.vocabulary.alike(typed) if place < len(words.things))
        hits.alike.extend(each.id for each in others if each.state not in GONE and each.id not in known)
    return hits


def _words(session: Session) -> Words:
    things, made = tuple(shelves.on_offer(session)), offers(session)
    entries = [_thing(rank, thing) for rank, thing in enumerate(things)]
    entries += [_offer(rank, offer) for rank, offer in enumerate(made)]
    return Words(Vocabulary(entries), things, made)


def _thing(rank: int, thing: shelves.OnOffer) -> Entry:
    texts = (
        *((TITLE, thing.title), (KIND, category_name(thing.category))),
        *((MATERIAL, thing.material_text), (MEASURES, thing.measures)),
    )
    return Entry(rank + (GONE_BY if thing.state in GONE else 0), texts, thing.description, thing.number)


def _offer(rank: int, offer: Offer) -> Entry:
    texts = ((TITLE, offer.title), (KIND, category_name(offer.category)), (MATERIAL, offer.material_text))
    return Entry(rank + MADE, texts)


def _of_the_house(session: Session, name: str, ask: Callable[[Session], Fact]) -> Fact:
    return _kept(session, name, _marks(session).house, ask)


def _marks(session: Session) -> Marks:
    """As they were when this request began to read."""
    if "marks" not in g:
        g.marks = catalogue.marks(session)
    marks: Marks = g.marks
    return marks


def _kept(session: Session, name: str, mark: object, ask: Callable[[Session], Fact]) -> Fact:
    facts = known().facts
    kept = facts.get(name)
    if kept is None or kept[0] != mark:
        kept = facts[name] = (mark, ask(session))
    found: Fact = kept[1]
    return found
