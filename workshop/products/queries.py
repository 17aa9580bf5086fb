"""Reads of the catalogue and of things. Listings are rows of columns, never whole objects."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.accounts.models import Staff
from workshop.core.text import search_key, slug
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

LARGEST_NUMBER = 2_147_483_647  # of an item: what the column holds
GONE = (ItemState.SOLD, ItemState.HANDED_OVER)
# `number` and `%` are what a person types; a percent sign of theirs must not mean "anything".
_LIKE_SIGNS = str.maketrans({"\\": "\\\\", "%": "\\%", "_": "\\_"})


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
    photo_name: str | None  # of the first approved photo
    photo_alt: str | None

    @property
    def slug(self) -> str:
        """The readable part of its address: `1042-havebaenk`."""
        return f"{self.number}-{slug(self.title)}"

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


class ItemPicture(NamedTuple):
    """A photo as pages show it; width and height in pixels of its largest size."""

    id: int
    name: str
    width: int
    height: int
    alt_text: str
    is_approved: bool


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
    qr_token: str
    approved_at: datetime | None
    sold_at: datetime | None
    sku: str | None
    photos: tuple[ItemPicture, ...]


def _card_columns() -> list[Any]:
    def of_first_photo(column: Any) -> Any:
        return (
            sa.select(column)
            .where(ItemPhoto.item_id == Item.id, ItemPhoto.approved_at.is_not(None))
            .order_by(ItemPhoto.position)
            .limit(1)
            .correlate(Item)
            .scalar_subquery()
        )

    own = ItemCard._fields[:-2]
    return [
        *(getattr(Item, field) for field in own),
        of_first_photo(ItemPhoto.name),
        of_first_photo(ItemPhoto.alt_text),
    ]


def item_by_number(session: Session, number: int) -> Item | None:
    """A thing by its printed number."""
    return session.scalar(sa.select(Item).where(Item.number == number))


def item_by_token(session: Session, token: str) -> Item | None:
    """A thing by the token of its QR code; a code may be printed in capitals."""
    return session.scalar(sa.select(Item).where(Item.qr_token == token.lower()))


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


def listing(
    session: Session,
    categories: Sequence[str] | None = None,
    *,
    words: str = "",
    under_ore: int | None = None,
    limit: int = 48,
    offset: int = 0,
) -> list[ItemCard]:
    """What is for sale, the newest first. `categories` None means all; `words` must all occur."""
    rows = session.execute(
        sa.select(*_card_columns())
        .where(*_for_sale(categories, words, under_ore))
        .order_by(Item.approved_at.desc(), Item.number.desc())
        .limit(limit)
        .offset(offset)
    )
    return [ItemCard(*row) for row in rows]


def count_listing(
    session: Session, categories: Sequence[str] | None = None, *, words: str = "", under_ore: int | None = None
) -> int:
    """How many things `listing` would show without a limit."""
    conditions = _for_sale(categories, words, under_ore)
    return session.scalar(sa.select(sa.func.count(Item.id)).where(*conditions)) or 0


def counts_by_category(session: Session) -> dict[str, int]:
    """How many things are for sale in each category that has any."""
    rows = session.execute(
        sa.select(Item.category, sa.func.count(Item.id)).where(*_for_sale(None, "", None)).group_by(Item.category)
    )
    return dict(rows.all())


def _for_sale(categories: Sequence[str] | None, words: str, under_ore: int | None) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = [Item.state == ItemState.FOR_SALE, Item.quantity > 0]
    if categories is not None:
        conditions.append(Item.category.in_(categories))
    if under_ore is not None:
        conditions.append(Item.price_ore < under_ore)
    return conditions + matching(words)


def matching(words: str) -> list[sa.ColumnElement[bool]]:
    """One condition a typed word: it occurs in number, title, category, material or place; aa finds å."""
    return [
        Item.search_text.like(f"%{word.translate(_LIKE_SIGNS)}%", escape="\\") for word in search_key(words).split()
    ]


def cards(session: Session, item_ids: Sequence[int]) -> dict[int, ItemCard]:
    """Cards of the given things by id, whatever their state: for baskets and orders."""
    rows = session.execute(sa.select(*_card_columns()).where(Item.id.in_(item_ids)))
    return {row[0]: ItemCard(*row) for row in rows}


def item_page(session: Session, number: int) -> ItemPage | None:
    """The public page of a thing that is or was for sale; None for one that nobody outside has seen."""
    row = session.execute(
        sa.select(
            *_card_columns(),
            Item.description,
            Item.care,
            Item.safety,
            Item.size_class,
            Item.vat_scheme,
            Item.qr_token,
            Item.approved_at,
            Item.sold_at,
            ProductType.sku,
        )
        .outerjoin(ProductType, ProductType.id == Item.product_type_id)
        .where(Item.number == number, Item.state.in_((ItemState.FOR_SALE, *GONE)))
    ).one_or_none()
    if row is None:
        return None
    card = ItemCard(*row[: len(ItemCard._fields)])
    pictures = tuple(photos(session, card.id, only_approved=True))
    fields: tuple[Any, ...] = (card, *row[len(ItemCard._fields) :], pictures)
    return ItemPage(*fields)


def photos(session: Session, item_id: int, *, only_approved: bool) -> list[ItemPicture]:
    """The photos of a thing in their order."""
    statement = (
        sa.select(
            ItemPhoto.id,
            ItemPhoto.name,
            ItemPhoto.width,
            ItemPhoto.height,
            ItemPhoto.alt_text,
            ItemPhoto.approved_at.is_not(None),
        )
        .where(ItemPhoto.item_id == item_id)
        .order_by(ItemPhoto.position)
    )
    if only_approved:
        statement = statement.where(ItemPhoto.approved_at.is_not(None))
    return [ItemPicture(*row) for row in session.execute(statement)]


def photo_by_name(session: Session, name: str) -> ItemPhoto | None:
    """A photo by its random name."""
    return session.scalar(sa.select(ItemPhoto).where(ItemPhoto.name == name))


def recently_sold(session: Session, limit: int = 4) -> list[ItemCard]:
    """What was sold last, the latest first."""
    rows = session.execute(
        sa.select(*_card_columns())
        .where(Item.state.in_(GONE), Item.sold_at.is_not(None))
        .order_by(Item.sold_at.desc(), Item.number.desc())
        .limit(limit)
    )
    return [ItemCard(*row) for row in rows]


def similar(session: Session, category: str, *, except_number: int, limit: int = 4) -> list[ItemCard]:
    """Other things for sale of the same category, the newest first."""
    found = listing(session, [category], limit=limit + 1)
    return [card for card in found if card.number != except_number][:limit]


def item_to_change(session: Session, number: int) -> Item | None:
    """A thing by its number, locked until the block ends, for a deed that depends on what it is now."""
    return session.scalar(sa.select(Item).where(Item.number == number).with_for_update())


def desk_list(
    session: Session, *, words: str = "", states: Sequence[ItemState] | None = None, limit: int, offset: int = 0
) -> list[ItemCard]:
    """Things in any of these states (None means all), the highest number first."""
    statement = sa.select(*_card_columns()).where(*matching(words))
    if states is not None:
        statement = statement.where(Item.state.in_(states))
    rows = session.execute(statement.order_by(Item.number.desc()).limit(limit).offset(offset))
    return [ItemCard(*row) for row in rows]


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
