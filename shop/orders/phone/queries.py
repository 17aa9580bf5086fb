"""Finding things for a customer on the phone, and what the picked ones come to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shop.orders import basket as baskets
from shop.orders import totals
from shop.orders.house import queries as house
from shop.orders.making import queries as making
from shop.orders.phone.picking import Picked, PickedMaking, PickedThing
from shop.orders.placing import StaffWish
from workshop.core import clock
from workshop.core.errors import Refusal
from workshop.core.i18n import _
from workshop.products import made_to_order
from workshop.products.finding import Entry, Vocabulary
from workshop.products.models import Item, ItemState, ProductType, SizeClass, VatScheme
from workshop.products.queries import LARGEST_NUMBER, ItemCard, cards, matching

MOST_FOUND = 20
_IS_FREE = (Item.state == ItemState.FOR_SALE, Item.quantity > Item.held, Item.price_ore.is_not(None))


class Row(NamedTuple):
    """A picked line. Øre, VAT included; `problem` says why it cannot be sold."""

    key: str
    title: str
    quantity: int
    unit_price_ore: int
    vat_scheme: VatScheme
    size_class: SizeClass
    problem: str = ""
    item_id: int | None = None
    wish: StaffWish | None = None
    ready_on: date | None = None

    @property
    def amount_ore(self) -> int:
        """Øre, VAT included."""
        return self.unit_price_ore * self.quantity


class Cart(NamedTuple):
    """What is picked, with what it comes to."""

    rows: tuple[Row, ...]

    @property
    def can_be_sold(self) -> bool:
        """Whether there is something, and nothing stands in the way."""
        return bool(self.rows) and not any(row.problem for row in self.rows)

    @property
    def is_whole(self) -> bool:
        """Whether every picked line names something; what is sold meanwhile is found when it is ordered."""
        return bool(self.rows) and all(row.item_id is not None or row.wish is not None for row in self.rows)

    @property
    def goods_ore(self) -> int:
        """Without delivery. Øre, VAT included."""
        return sum(row.amount_ore for row in self.rows)

    @property
    def ready_on(self) -> date | None:
        """The day when all that has to be made is there."""
        return max((row.ready_on for row in self.rows if row.ready_on), default=None)

    @property
    def things(self) -> list[tuple[int, int]]:
        """Item ids with how many of each."""
        return [(row.item_id, row.quantity) for row in self.rows if row.item_id is not None]

    @property
    def wishes(self) -> list[StaffWish]:
        """What is to be made."""
        return [row.wish for row in self.rows if row.wish is not None]


def find(session: Session, words: str) -> list[ItemCard]:
    """Things for sale and free, by printed number or words, the newest first; what is misspelled is found as well."""
    is_named = sa.and_(*matching(words))
    if words.isascii() and words.isdecimal() and int(words[:12]) <= LARGEST_NUMBER:
        is_named = sa.or_(Item.number == int(words), is_named)
    ids = _newest(session, is_named) or _newest(session, Item.title.in_(_titles_meant(session, words)))
    return sorted(cards(session, ids).values(), key=lambda card: card.number, reverse=True) if ids else []


def _newest(session: Session, wanted: sa.ColumnElement[bool]) -> Sequence[int]:
    newest = sa.select(Item.id).where(*_IS_FREE, wanted).order_by(Item.number.desc()).limit(MOST_FOUND)
    return session.scalars(newest).all()


def _titles_meant(session: Session, words: str) -> list[str]:
    """What people may mean who write as they hear: a customer on the phone spells nothing."""
    titles = session.scalars(sa.select(Item.title).where(*_IS_FREE).distinct().order_by(Item.title)).all()
    found = Vocabulary([Entry(0, ((1.0, title),)) for title in titles]).find(words)
    return [titles[place] for place in found.places[:MOST_FOUND]]


def offered(session: Session, sku: str) -> ProductType | None:
    """The product of this number, if it can be made to order now."""
    can = (ProductType.is_made_to_order, ProductType.is_used, ProductType.price_ore > 0)
    return session.scalar(sa.select(ProductType).where(ProductType.sku == sku, *can))


def cart(session: Session, picked: Picked, now: datetime) -> Cart:
    """What is picked as it can be sold now."""
    return Cart((*_things(session, picked.things), *_makings(session, picked.makings, now)))


def delivery_ore(session: Session, cart: Cart, postcode: str) -> int | None:
    """What bringing it there costs (øre, VAT included); None where we do not go."""
    offer = house.delivery_price(session, postcode, totals.largest(row.size_class for row in cart.rows))
    return offer.price_ore if offer else None


def _things(session: Session, things: Sequence[PickedThing]) -> list[Row]:
    ids = {
        row.number: row.id
        for row in session.execute(
            sa.select(Item.number, Item.id).where(
                Item.number.in_([each.number for each in things]), Item.state != ItemState.MADE
            )
        )
    }
    found = cards(session, list(ids.values())) if ids else {}
    kinds = baskets.kinds_of(session, list(ids.values())) if ids else {}
    rows = []
    for each in things:
        card = found.get(ids.get(each.number, 0))
        if card is None:
            gone = _("Nr. %(number)s findes ikke.", number=each.number)
            rows.append(Row(each.key, gone, each.quantity, 0, VatScheme.STANDARD, SizeClass.M, gone))
            continue
        problem = ""
        if card.state is not ItemState.FOR_SALE or card.price_ore is None or card.free < 1:
            problem = baskets.what_became_of(card)
        elif card.free < each.quantity:
            problem = _("Der er ikke så mange tilbage lige nu.")
        name = baskets.name_of(card)
        rows.append(Row(each.key, name, each.quantity, card.price_ore or 0, *kinds[card.id], problem, card.id))
    return rows


def _makings(session: Session, makings: Sequence[PickedMaking], now: datetime) -> list[Row]:
    if not makings:
        return []
    skus = {each.sku for each in makings}
    kinds = {
        kind.sku: kind
        for kind in session.scalars(
            sa.select(ProductType).where(ProductType.sku.in_(skus), ProductType.is_made_to_order, ProductType.is_used)
        )
    }
    pieces: dict[int, int] = {}
    for each in makings:
        if each.sku in kinds:
            pieces[kinds[each.sku].id] = pieces.get(kinds[each.sku].id, 0) + each.quantity
    ready = making.promises(session, pieces, now=now) if pieces else {}
    schemes = making.schemes_of(session, list(pieces), clock.local_day(now)) if pieces else {}
    rows = []
    for each in makings:
        kind = kinds.get(each.sku)
        if kind is None:
            gone = _("Den laver vi ikke på bestilling lige nu.")
            rows.append(Row(each.key, each.sku, each.quantity, 0, VatScheme.STANDARD, SizeClass.M, gone))
            continue
        rows.append(_making(each, kind, schemes[kind.id], ready[kind.id].ready_on))
    return rows


def _making(each: PickedMaking, kind: ProductType, scheme: VatScheme, ready_on: date) -> Row:
    try:
        options, own = made_to_order.settled(kind.options, dict(each.options), each.own_length_cm)
        price = made_to_order.unit_price_ore(kind.price_ore, kind.options, options, own)
    except Refusal as no:
        return Row(each.key, kind.name, each.quantity, 0, scheme, kind.size_class, no.sentence)
    choice = made_to_order.choice_text(options, own)
    title = f"{kind.name}, {choice}" if choice else kind.name
    wish = StaffWish(kind.id, options, own, each.quantity)
    return Row(each.key, title, each.quantity, price, scheme, kind.size_class, "", None, wish, ready_on)
