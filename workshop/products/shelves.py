"""What the shelves ask the catalogue: things narrowed by kind, price, size and origin, and how many there are."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.products.models import Item, ItemState, Origin, SizeClass, VatScheme
from workshop.products.queries import CARD, GONE, IS_FOR_SALE, WITH_PHOTO, ItemCard, among, rows_of

REUSED = (Origin.DONATED, Origin.RECLAIMED)  # made of used wood, or given to us and restored
LATELY_SOLD = 500  # things that found a home and can still be found by a search
STEPS: tuple[int, ...] = (0, 20_000, 50_000, 100_000, 200_000)  # prices in øre; the last goes on without an end
LARGEST_FEED = 20_000
_ITEM = Item.__table__.c


class Narrow(NamedTuple):
    """Which things of a shelf. Øre, VAT included: from `from_ore`, below `under_ore`."""

    categories: tuple[str, ...]
    from_ore: int | None = None
    under_ore: int | None = None
    size: SizeClass | None = None
    is_reused: bool = False


class Facet(NamedTuple):
    """How many things (`pieces`) of one kind, size and origin there are between a price of `STEPS` and the next."""

    category: str
    size: SizeClass
    origin: Origin
    step: int
    pieces: int


class OnOffer(NamedTuple):
    """A thing as a search knows it: for sale, or sold lately."""

    id: int
    number: int
    title: str
    category: str
    material_text: str
    measures: str
    description: str
    state: ItemState


class FeedRow(NamedTuple):
    """A thing for sale as other shops' lists take it. Øre, VAT included."""

    number: int
    title: str
    description: str
    category: str
    material_text: str
    price_ore: int
    before_ore: int | None
    before_until: datetime | None
    origin: Origin
    vat_scheme: VatScheme
    is_held: bool
    photo_name: str | None
    drawing: str


# How many there are, and how many of them at each step or above. Counting by step would sort every row; this walks
# through an index in its own order.
_FACETS = (
    sa.select(
        *(_ITEM.category, _ITEM.size_class, _ITEM.origin, sa.func.count()),
        *(sa.func.count().filter(_ITEM.price_ore >= step) for step in STEPS[1:]),
    )
    .where(*IS_FOR_SALE, _ITEM.category.in_(sa.bindparam("categories", expanding=True)))
    .group_by(_ITEM.category, _ITEM.size_class, _ITEM.origin)
)
_KNOWN = (
    *(_ITEM.id, _ITEM.number, _ITEM.title, _ITEM.category, _ITEM.material_text, _ITEM.measures),
    *(_ITEM.description, _ITEM.state),
)
_FOR_SALE = sa.select(*_KNOWN).where(*IS_FOR_SALE).order_by(_ITEM.approved_at.desc(), _ITEM.number.desc())
_SOLD = (
    sa.select(*_KNOWN)
    .where(among(_ITEM.state, GONE), _ITEM.sold_at.is_not(None))
    .order_by(_ITEM.sold_at.desc(), _ITEM.number.desc())
    .limit(LATELY_SOLD)
)
_FEED = (
    sa.select(
        *(_ITEM.number, _ITEM.title, _ITEM.description, _ITEM.category, _ITEM.material_text, _ITEM.price_ore),
        *(_ITEM.before_ore, _ITEM.before_until, _ITEM.origin, _ITEM.vat_scheme, _ITEM.quantity <= _ITEM.held),
        *(CARD.selected_columns["name"], _ITEM.drawing),
    )
    .select_from(WITH_PHOTO)
    .where(*IS_FOR_SALE, _ITEM.price_ore.is_not(None))
    .order_by(_ITEM.number)
    .limit(LARGEST_FEED)
)
_ADDRESSES = (
    sa.select(_ITEM.number, _ITEM.title, sa.func.coalesce(_ITEM.sold_at, _ITEM.approved_at))
    .where(_ITEM.state.in_((ItemState.FOR_SALE, *GONE)), _ITEM.approved_at.is_not(None))
    .order_by(_ITEM.number.desc())
    .limit(sa.bindparam("most"))
)


def shelf(
    session: Session, narrow: Narrow, *, is_cheapest_first: bool = False, limit: int, offset: int = 0
) -> list[ItemCard]:
    """What is for sale of these, the newest first, or the cheapest."""
    shape, values = _shape(narrow)
    rows = rows_of(session, _shelf(narrow.categories, is_cheapest_first, *shape), **values, most=limit, skipped=offset)
    return [ItemCard(*row) for row in rows]


def facets(session: Session, categories: Sequence[str]) -> list[Facet]:
    """How many things of each kind, size, origin and price; in one question, whatever is chosen."""
    return [
        Facet(category, size, origin, step, above - further)
        for category, size, origin, *counts in rows_of(session, _FACETS, categories=list(categories))
        for step, above, further in zip(STEPS, counts, (*counts[1:], 0), strict=True)
        if above > further
    ]


def on_offer(session: Session) -> list[OnOffer]:
    """Every thing for sale, the newest first, then what was sold lately: for the words of a search."""
    return [OnOffer(*row) for statement in (_FOR_SALE, _SOLD) for row in rows_of(session, statement)]


def for_feed(session: Session) -> list[FeedRow]:
    """Every thing for sale with a price, by number."""
    return [FeedRow(*row) for row in rows_of(session, _FEED)]


def addresses(session: Session, limit: int) -> Sequence[Any]:
    """Number, title and the day something last happened to it, of what has a public page, the newest first."""
    return rows_of(session, _ADDRESSES, most=limit)


def _shape(narrow: Narrow) -> tuple[tuple[bool, ...], dict[str, Any]]:
    values: dict[str, Any] = {}
    if narrow.from_ore is not None:
        values["from_ore"] = narrow.from_ore
    if narrow.under_ore is not None:
        values["under_ore"] = narrow.under_ore
    if narrow.size is not None:
        values["size"] = narrow.size
    shape = (narrow.from_ore is not None, narrow.under_ore is not None, narrow.size is not None, narrow.is_reused)
    return shape, values


@functools.lru_cache(maxsize=256)
def _shelf(
    categories: tuple[str, ...],
    is_cheapest_first: bool,
    has_from: bool,
    has_under: bool,
    has_size: bool,
    is_reused: bool,
) -> sa.Select[Any]:
    asked = CARD.where(*IS_FOR_SALE, among(_ITEM.category, categories))
    if has_from:
        asked = asked.where(_ITEM.price_ore >= sa.bindparam("from_ore"))
    if has_under:
        asked = asked.where(_ITEM.price_ore < sa.bindparam("under_ore"))
    if has_size:
        asked = asked.where(_ITEM.size_class == sa.bindparam("size"))
    if is_reused:
        asked = asked.where(among(_ITEM.origin, REUSED))
    newest = (_ITEM.approved_at.desc(), _ITEM.number.desc())
    order = (_ITEM.price_ore, *newest) if is_cheapest_first else newest
    return asked.order_by(*order).limit(sa.bindparam("most")).offset(sa.bindparam("skipped"))
