"""Reads of the catalogue and of things. Listings are rows of columns, never whole objects."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.accounts.models import Staff
from workshop.core import db
from workshop.core.i18n import _
from workshop.core.text import search_key, slug, sort_key
from workshop.products import pricing
from workshop.products.models import (
    Item,
    ItemPhoto,
    ItemState,
    Material,
    Origin,
    PriceChange,
    ProductMaterial,
    ProductType,
    SizeClass,
    VatScheme,
)
from workshop.products.origins import origin_text

LARGEST_NUMBER = 2_147_483_647  # of an item: what the column holds
RECENTLY = timedelta(days=14)
GONE = (ItemState.SOLD, ItemState.HANDED_OVER)
_ITEM, _PHOTO, _PRODUCT = Item.__table__.c, ItemPhoto.__table__.c, ProductType.__table__.c
CAN_BE_MADE = (_PRODUCT.is_made_to_order, _PRODUCT.is_used, _PRODUCT.price_ore > 0)  # a product, to order
_FIRST_TABLE = ItemPhoto.__table__.alias("first_photo")  # the one a card shows
_FIRST = _FIRST_TABLE.c
# `number` and `%` are what a person types; a percent sign of theirs must not mean "anything".
_LIKE_SIGNS = str.maketrans({"\\": "\\\\", "%": "\\%", "_": "\\_"})


def among(column: sa.ColumnElement[Any], values: Iterable[Any]) -> sa.ColumnElement[bool]:
    """`column IN (…)` of values that stay: written out once, while SQLAlchemy's own is put together at each asking."""
    return column.in_([sa.bindparam(None, value, type_=column.type) for value in values])


class ItemCard(NamedTuple):
    """A thing as a card or a line of a list."""

    id: int
    number: int
    title: str
    category: str
    material_text: str
    measures: str
    price_ore: int | None
    quantity: int
    held: int
    state: ItemState
    is_one_of_a_kind: bool
    drawing: str
    place: str
    before_ore: int | None  # as stored; what may be shown of it now is `before(now)`
    before_until: datetime | None
    photo_name: str | None  # of the first approved photo
    photo_alt: str | None
    photo_width: int | None  # in pixels, of its largest size
    photo_height: int | None
    photo_has_avif: bool | None

    @property
    def slug(self) -> str:
        """The readable part of its address: `1042-havebaenk`, or only the number of what has no name yet."""
        return f"{self.number}-{slug(self.title)}" if self.title else str(self.number)

    @property
    def shown_title(self) -> str:
        """What pages call it."""
        return shown_title(self.title)

    def before(self, now: datetime) -> int | None:
        """The before-price that may be shown now (øre, VAT included), or None."""
        return pricing.shown_before(self.before_ore, self.before_until, now)

    @property
    def free(self) -> int:
        """How many can be bought right now."""
        return self.quantity - self.held

    @property
    def is_sold(self) -> bool:
        """Whether it is gone."""
        return self.state in GONE

    @property
    def is_held(self) -> bool:
        """Whether somebody is paying for the last of it."""
        return self.state is ItemState.FOR_SALE and self.free < 1


class Offered(NamedTuple):
    """What somebody has to know of a thing to put it aside."""

    id: int
    state: ItemState
    price_ore: int | None
    quantity: int


class ItemPicture(NamedTuple):
    """A photo as pages show it; width and height in pixels of its largest size."""

    id: int
    name: str
    width: int
    height: int
    alt_text: str
    is_approved: bool
    has_avif: bool
    position: int


class PriceLine(NamedTuple):
    """A price as it was set; `by` is the member of staff, or empty when it came with the thing."""

    at: datetime
    price_ore: int
    by: str


class ItemPage(NamedTuple):
    """All that the public page of a thing shows; there is no person in it."""

    card: ItemCard
    description: str
    care: str
    safety: str
    size_class: SizeClass
    vat_scheme: VatScheme
    origin: Origin
    sku: str | None
    made_as: str | None  # the name of its product, where more can be made to order
    photos: tuple[ItemPicture, ...]

    @property
    def origin_text(self) -> str:
        """What customers read about where it comes from; empty when there is nothing to tell."""
        return origin_text(self.origin)


_OWN = len(ItemCard._fields) - 5  # the fields that are the item's own columns
CARD_COLUMNS: tuple[sa.ColumnElement[Any], ...] = (
    *(_ITEM[field] for field in ItemCard._fields[:_OWN]),
    *(_FIRST.name, _FIRST.alt_text, _FIRST.width, _FIRST.height, _FIRST.has_avif),
)
_FIRST_PHOTO = (
    sa.select(_PHOTO.id)
    .where(_PHOTO.item_id == _ITEM.id, _PHOTO.approved_at.is_not(None))
    .order_by(_PHOTO.position)
    .limit(1)
    .correlate(Item.__table__)
    .scalar_subquery()
)
WITH_PHOTO = Item.__table__.outerjoin(_FIRST_TABLE, _FIRST.id == _FIRST_PHOTO)


# Statements that pages send are put together once: building one costs more than the database needs to answer it. They
# name the tables' columns rather than the classes' attributes, which spares them the work of making objects.
CARD = sa.select(*CARD_COLUMNS).select_from(WITH_PHOTO)
_CARDS = CARD.where(_ITEM.id.in_(sa.bindparam("ids", expanding=True)))
IS_FOR_SALE = (_ITEM.state == ItemState.FOR_SALE, _ITEM.quantity > 0)
_NEWEST = CARD.where(*IS_FOR_SALE).order_by(_ITEM.approved_at.desc(), _ITEM.number.desc()).limit(sa.bindparam("most"))
_NEWEST_OF = _NEWEST.where(_ITEM.category.in_(sa.bindparam("categories", expanding=True)))
_NEWEST_OF_ONE = _NEWEST.where(_ITEM.category == sa.bindparam("category"))
_LATELY_SOLD = (
    CARD.where(among(_ITEM.state, GONE), _ITEM.sold_at >= sa.bindparam("since"))
    .order_by(_ITEM.sold_at.desc(), _ITEM.number.desc())
    .limit(sa.bindparam("most"))
)
_PICTURE = (
    *(_PHOTO.id, _PHOTO.name, _PHOTO.width, _PHOTO.height, _PHOTO.alt_text),
    *(_PHOTO.approved_at.is_not(None), _PHOTO.has_avif, _PHOTO.position),
)
_PHOTOS = sa.select(*_PICTURE).where(_PHOTO.item_id == sa.bindparam("item")).order_by(_PHOTO.position)
_APPROVED_PHOTOS = _PHOTOS.where(_PHOTO.approved_at.is_not(None))
_SEEN_OUTSIDE = (_ITEM.number == sa.bindparam("number"), among(_ITEM.state, (ItemState.FOR_SALE, *GONE)))
_OFFERED = sa.select(*(_ITEM[field] for field in Offered._fields)).where(*_SEEN_OUTSIDE)
_PAGE = (  # the card's photo is the first of them all, so it is not asked for by itself
    sa.select(
        *CARD_COLUMNS[:_OWN],
        _ITEM.description,
        _ITEM.care,
        _ITEM.safety,
        _ITEM.size_class,
        _ITEM.vat_scheme,
        _ITEM.origin,
        _PRODUCT.sku,
        sa.case((sa.and_(*CAN_BE_MADE), _PRODUCT.name)),
        *_PICTURE,
    )
    .select_from(Item.__table__)
    .outerjoin(ProductType.__table__, _PRODUCT.id == _ITEM.product_type_id)
    .outerjoin(ItemPhoto.__table__, sa.and_(_PHOTO.item_id == _ITEM.id, _PHOTO.approved_at.is_not(None)))
    .where(*_SEEN_OUTSIDE)
    .order_by(_PHOTO.position)
)


def shown_title(title: str) -> str:
    """What pages call a thing; one that was numbered before it was named has no name yet."""
    return title or _("Uden navn endnu")


def rows_of(session: Session, statement: sa.Select[Any], **values: Any) -> Sequence[Any]:
    """The rows of a ready-made statement."""
    return db.rows(session, statement, values)


def item_by_number(session: Session, number: int) -> Item | None:
    """A thing by its printed number."""
    return session.scalar(sa.select(Item).where(Item.number == number))


def origin_of(session: Session, product_type_id: int) -> Origin:
    """Where a product mostly comes from: donated before reclaimed before bought."""
    found = set(
        session.scalars(
            sa.select(Material.origin)
            .join(ProductMaterial, ProductMaterial.material_id == Material.id)
            .where(ProductMaterial.product_type_id == product_type_id)
        )
    )
    return next((origin for origin in (Origin.DONATED, Origin.RECLAIMED) if origin in found), Origin.BOUGHT)


def product_types(session: Session) -> list[ProductType]:
    """What the workshop can make, by name."""
    return sorted(session.scalars(sa.select(ProductType)), key=lambda kind: search_key(kind.name))


def product_type_by_sku(session: Session, sku: str) -> ProductType | None:
    """A product type by its key."""
    return session.scalar(sa.select(ProductType).where(ProductType.sku == sku))


def listing(session: Session, categories: Sequence[str] | None = None, *, limit: int = 48) -> list[ItemCard]:
    """What is for sale, the newest first; `categories` None means all."""
    if categories is None:
        return [ItemCard(*row) for row in rows_of(session, _NEWEST, most=limit)]
    return [ItemCard(*row) for row in rows_of(session, _NEWEST_OF, most=limit, categories=list(categories))]


def _typed(words: str) -> list[str]:
    return [f"%{word.translate(_LIKE_SIGNS)}%" for word in search_key(words).split()]


def matching(words: str) -> list[sa.ColumnElement[bool]]:
    """One condition a typed word: it occurs in number, title, category, material or place; aa finds å."""
    return [Item.search_text.like(word, escape="\\") for word in _typed(words)]


def cards(session: Session, item_ids: Sequence[int]) -> dict[int, ItemCard]:
    """Cards of the given things by id, whatever their state: for baskets and orders."""
    return {row[0]: ItemCard(*row) for row in rows_of(session, _CARDS, ids=list(item_ids))}


def item_page(session: Session, number: int) -> ItemPage | None:
    """The public page of a thing that is or was for sale; None for one that nobody outside has seen."""
    found = rows_of(session, _PAGE, number=number)  # a row a photo, or one without
    if not found:
        return None
    of_picture = -len(ItemPicture._fields)
    pictures = tuple(ItemPicture(*row[of_picture:]) for row in found if row[of_picture] is not None)
    first = pictures[0] if pictures else None
    of_card = (first.name, first.alt_text, first.width, first.height, first.has_avif) if first else (None,) * 5
    fields: tuple[Any, ...] = (ItemCard(*found[0][:_OWN], *of_card), *found[0][_OWN:of_picture], pictures)
    return ItemPage(*fields)


def offered(session: Session, number: int) -> Offered | None:
    """A thing that is or was for sale, for whoever puts it aside; None for one that nobody outside has seen."""
    found = rows_of(session, _OFFERED, number=number)
    return Offered._make(found[0]) if found else None


def photos(session: Session, item_id: int, *, only_approved: bool) -> list[ItemPicture]:
    """The photos of a thing in their order."""
    statement = _APPROVED_PHOTOS if only_approved else _PHOTOS
    return [ItemPicture(*row) for row in rows_of(session, statement, item=item_id)]


def photo_by_name(session: Session, name: str) -> ItemPhoto | None:
    """A photo by its random name."""
    return session.scalar(sa.select(ItemPhoto).where(ItemPhoto.name == name))


def recently_sold(session: Session, now: datetime, limit: int = 4) -> list[ItemCard]:
    """What was sold in the last 14 days, the latest first."""
    return [ItemCard(*row) for row in rows_of(session, _LATELY_SOLD, since=now - RECENTLY, most=limit)]


def similar(session: Session, category: str, *, except_number: int, limit: int = 4) -> list[ItemCard]:
    """Other things for sale of the same category, the newest first."""
    found = [ItemCard(*row) for row in rows_of(session, _NEWEST_OF_ONE, category=category, most=limit + 1)]
    return [card for card in found if card.number != except_number][:limit]


def item_to_change(session: Session, number: int) -> Item | None:
    """A thing by its number, locked until the block ends, for a deed that depends on what it is now."""
    return session.scalar(sa.select(Item).where(Item.number == number).with_for_update())


def desk_list(
    session: Session,
    *,
    words: str = "",
    states: Sequence[ItemState] | None = None,
    category: str = "",
    place: str = "",
    limit: int,
    offset: int = 0,
) -> list[ItemCard]:
    """Things in any of these states (None means all), of a category, at a place, the highest number first."""
    statement = CARD.where(*matching(words))
    if states is not None:
        statement = statement.where(Item.state.in_(states))
    if category:
        statement = statement.where(Item.category == category)
    if place:
        statement = statement.where(Item.place == place)
    rows = session.execute(statement.order_by(Item.number.desc()).limit(limit).offset(offset))
    return [ItemCard(*row) for row in rows]


def categories_and_places(session: Session) -> tuple[list[str], list[str]]:
    """The categories that things are of, and the places they stand at, each once; one question for both."""
    found = session.execute(sa.select(Item.category, Item.place).distinct()).all()
    categories = {category for category, _place in found}
    places = {place for _category, place in found if place}
    return sorted(categories, key=sort_key), sorted(places, key=sort_key)


def counts_by_state(session: Session) -> dict[ItemState, int]:
    """How many things there are in each state that has any."""
    return dict(session.execute(sa.select(Item.state, sa.func.count(Item.id)).group_by(Item.state)).all())


def price_history(session: Session, item_id: int) -> list[PriceLine]:
    """Every price a thing has had, the present one first."""
    rows = session.execute(
        sa.select(PriceChange.at, PriceChange.price_ore, sa.func.coalesce(Staff.name, ""))
        .outerjoin(Staff, Staff.account_id == PriceChange.by_staff_id)
        .where(PriceChange.item_id == item_id)
        .order_by(PriceChange.at.desc(), PriceChange.id.desc())
    )
    return [PriceLine(*row) for row in rows]
