"""What is wished for in a basket, what can be wished for, and how far what was bought has come."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shop.orders.house import queries as house
from shop.orders.making.models import BasketMaking, LineItem, LineMaking
from shop.orders.models import Basket, Order, OrderLine, OrderState
from shop.orders.pickup import Calendar
from workshop.core import clock, crypto, db
from workshop.core.errors import Refusal
from workshop.core.i18n import _, ngettext
from workshop.core.text import slug, sort_key
from workshop.production.lead_times import queries as lead_times
from workshop.production.lead_times.rules import Promise
from workshop.production.models import OrderState as MakingState
from workshop.production.models import OrderStep, ProductionOrder, StepState
from workshop.products import made_to_order
from workshop.products.drawings import drawing_for
from workshop.products.models import Material, Origin, ProductMaterial, ProductType, SizeClass, VatScheme
from workshop.products.queries import CAN_BE_MADE, among
from workshop.products.vat import queries as vat

FROM_WHERE = (Origin.DONATED, Origin.RECLAIMED)  # what a product of several materials is taken to be of


# Put together once: the basket, the checkout and an order's page ask these each time.
_HAS_WISHES = (
    sa.select(BasketMaking.__table__.c.id)
    .join(Basket.__table__, Basket.__table__.c.id == BasketMaking.__table__.c.basket_id)
    .where(Basket.__table__.c.token_hash == sa.bindparam("hash"))
    .limit(1)
)
_WISHES = (
    sa.select(BasketMaking, ProductType)
    .join(Basket, Basket.id == BasketMaking.basket_id)
    .join(ProductType, ProductType.id == BasketMaking.product_type_id)
    .where(Basket.token_hash == sa.bindparam("hash"))
    .order_by(BasketMaking.id)
)
_IS_STEP_DONE = sa.case((among(OrderStep.__table__.c.state, (StepState.FINISHED, StepState.SKIPPED)), 1), else_=0)
_OF_ORDER = (
    sa.select(
        OrderLine.id,
        OrderLine.title,
        OrderLine.quantity,
        ProductionOrder.public_id,
        ProductionOrder.state,
        LineMaking.promised_on,
        LineMaking.done_at,
        sa.func.count(OrderStep.id).label("steps"),
        sa.func.coalesce(sa.func.sum(_IS_STEP_DONE), 0).label("steps_done"),
    )
    .outerjoin(LineMaking, LineMaking.order_line_id == OrderLine.id)
    .outerjoin(ProductionOrder, ProductionOrder.id == LineMaking.production_order_id)
    .outerjoin(OrderStep, OrderStep.order_id == ProductionOrder.id)
    .where(
        OrderLine.order_id == sa.bindparam("order"),
        OrderLine.product_type_id.is_not(None),
        OrderLine.returned < OrderLine.quantity,  # what was taken back is not made any more
    )
    .group_by(OrderLine.id, ProductionOrder.id, LineMaking.order_line_id)
    .order_by(OrderLine.position)
)
_IS_BEGUN = sa.exists().where(
    OrderStep.order_id == LineMaking.production_order_id,
    among(OrderStep.__table__.c.state, (StepState.STARTED, StepState.FINISHED)),
)
_BEGUN_TO_MEASURE = (
    sa.select(OrderLine.id)
    .join(LineMaking, LineMaking.order_line_id == OrderLine.id)
    .where(
        OrderLine.order_id == sa.bindparam("order"),
        OrderLine.own_length_cm.is_not(None),
        sa.or_(LineMaking.done_at.is_not(None), _IS_BEGUN),
    )
    .limit(1)
)


class Offer(NamedTuple):
    """Something that can be made to order, as a shelf shows it. Øre, VAT included."""

    sku: str
    title: str
    category: str
    material_text: str
    from_price_ore: int
    drawing: str
    url: str


class WishLine(NamedTuple):
    """Something to be made, in a basket: priced and promised as of now. Øre, VAT included."""

    id: int
    product_type_id: int
    sku: str
    title: str
    options: dict[str, str]
    own_length_cm: int | None
    options_text: str
    quantity: int
    unit_price_ore: int
    vat_scheme: VatScheme
    size_class: SizeClass
    drawing: str
    ready_on: date
    reasons: tuple[str, ...]

    @property
    def amount_ore(self) -> int:
        """Øre, VAT included."""
        return self.unit_price_ore * self.quantity

    @property
    def is_made_to_measure(self) -> bool:
        """Whether it is cut to the customer's own measure, which leaves no right of withdrawal."""
        return self.own_length_cm is not None

    @property
    def url(self) -> str:
        """Its page."""
        return address(self.sku, self.title)

    @property
    def full_title(self) -> str:
        """Name and choice, as a line of an order says it."""
        return f"{self.title}, {self.options_text}" if self.options_text else self.title


class GoneWish(NamedTuple):
    """Something a visitor wished for that is not offered like that any more."""

    id: int
    title: str
    options_text: str


class MakingRow(NamedTuple):
    """A line that is made to order, and how far it is. Without a production order nobody has begun."""

    line_id: int
    title: str
    quantity: int
    production_public_id: str | None
    promised_on: date | None
    done_at: datetime | None
    is_stopped: bool
    steps_done: int
    steps_left: int

    @property
    def is_done(self) -> bool:
        """Whether its things are the customer's."""
        return self.done_at is not None

    @property
    def words(self) -> str:
        """How far it is, in words a customer may read."""
        if self.done_at is not None:
            return _("Lavet færdig %(day)s.", day=clock.day_text(clock.local_day(self.done_at)))
        if self.production_public_id is None or self.is_stopped:
            return _("Vi er ikke begyndt endnu.")
        if not self.steps_left:
            return _("Den er lige blevet færdig.")
        if not self.steps_done:
            return _("Den står i køen på værkstedet.")
        total = self.steps_done + self.steps_left
        return ngettext(
            "%(num)s trin af %(total)s er færdigt.",
            "%(num)s trin af %(total)s er færdige.",
            self.steps_done,
            total=total,
        )


def address(sku: str, title: str) -> str:
    """The page of a product made to order: `/bestil/hb-01-havebaenk-med-ryglaen`."""
    return f"/bestil/{slug(sku)}-{slug(title)}"


def offers(session: Session, categories: Sequence[str] | None = None) -> list[Offer]:
    """What can be made to order in these categories, or at all, by name."""
    found = sa.select(ProductType).where(*CAN_BE_MADE)
    if categories is not None:
        found = found.where(ProductType.category.in_(categories))
    kinds = sorted(session.scalars(found), key=lambda kind: sort_key(kind.name))
    return [
        Offer(
            kind.sku,
            kind.name,
            kind.category,
            kind.material_text,
            made_to_order.lowest_price_ore(kind.price_ore, kind.options),
            drawing_for(kind.sku, kind.category),
            address(kind.sku, kind.name),
        )
        for kind in kinds
    ]


def offered_at(session: Session, name: str) -> ProductType | None:
    """The product behind the last part of an address, if it can be made to order now; its name may be an older one."""
    kinds = session.scalars(sa.select(ProductType).where(*CAN_BE_MADE))
    fitting = [kind for kind in kinds if name == slug(kind.sku) or name.startswith(f"{slug(kind.sku)}-")]
    return max(fitting, key=lambda kind: len(kind.sku), default=None)


def promise(session: Session, *, product_type_id: int, pieces: int, now: datetime) -> Promise:
    """When a customer can have so many of a product: the workshop's promise, on a day the shop is open."""
    return promises(session, {product_type_id: pieces}, now=now)[product_type_id]


def promises(session: Session, pieces: dict[int, int], *, now: datetime) -> dict[int, Promise]:
    """The same for several products asked for together, by product type id."""
    found = lead_times.promises(session, pieces, now=now, waiting=not_begun(session))
    calendar = house.calendar(session)
    return {type_id: _when_open(each, calendar) for type_id, each in found.items()}


def wishes(
    session: Session, token: str | None, now: datetime | None = None, *, has_any: bool | None = None
) -> list[WishLine]:
    """What is wished for in a basket, as it was put there; what cannot be made any more is among the `gone_wishes`.

    `has_any` spares the question whether there are any, where it is known.
    """
    return wishes_and_gone(session, token, now, has_any=has_any)[0]


def wishes_and_gone(
    session: Session, token: str | None, now: datetime | None = None, *, has_any: bool | None = None
) -> tuple[list[WishLine], list[GoneWish]]:
    """The same, and what is not offered like that any more, in one question."""
    wished = _wished(session, token, has_any)
    return _priced(session, wished, now), _gone(wished)


def _priced(
    session: Session, wished: Sequence[tuple[BasketMaking, ProductType]], now: datetime | None
) -> list[WishLine]:
    priced = [(wish, kind, price) for wish, kind in wished if (price := _price(kind, wish)) is not None]
    if not priced:
        return []
    now = now or clock.now()
    pieces: dict[int, int] = {}
    for wish, kind, _price_ore in priced:
        pieces[kind.id] = pieces.get(kind.id, 0) + wish.quantity
    ready = promises(session, pieces, now=now)
    schemes = schemes_of(session, list(pieces), clock.local_day(now))
    return [
        WishLine(
            wish.id,
            kind.id,
            kind.sku,
            kind.name,
            dict(wish.options),
            wish.own_length_cm,
            made_to_order.choice_text(wish.options, wish.own_length_cm),
            wish.quantity,
            price,
            schemes[kind.id],
            kind.size_class,
            drawing_for(kind.sku, kind.category),
            *(ready[kind.id].ready_on, ready[kind.id].reasons),
        )
        for wish, kind, price in priced
    ]


def _wished(session: Session, token: str | None, has_any: bool | None = None) -> list[tuple[BasketMaking, ProductType]]:
    if not token or has_any is False:
        return []
    hashed = {"hash": crypto.token_hash(token)}
    # Most baskets have none; the objects are only made for the others.
    if has_any is None and not db.rows(session, _HAS_WISHES, hashed):
        return []
    return [(wish, kind) for wish, kind in session.execute(_WISHES, hashed)]


def gone_wishes(session: Session, token: str | None) -> list[GoneWish]:
    """What was wished for in a basket and is not offered like that any more, so that it does not go without a word."""
    return _gone(_wished(session, token))


def _gone(wished: Sequence[tuple[BasketMaking, ProductType]]) -> list[GoneWish]:
    return [
        GoneWish(wish.id, kind.name, made_to_order.choice_text(wish.options, wish.own_length_cm))
        for wish, kind in wished
        if _price(kind, wish) is None
    ]


def schemes_of(session: Session, product_type_ids: Sequence[int], day: date) -> dict[int, VatScheme]:
    """The VAT scheme of each product made new, on a Danish day."""
    rows = session.execute(
        sa.select(ProductMaterial.product_type_id, Material.origin)
        .join(Material, Material.id == ProductMaterial.material_id)
        .where(ProductMaterial.product_type_id.in_(product_type_ids))
        .distinct()
    )
    origins: dict[int, set[Origin]] = {}
    for row in rows:
        origins.setdefault(row.product_type_id, set()).add(row.origin)
    rules = [rule for rule in vat.rules(session) if rule.valid_from <= day]  # the newest of an origin first
    schemes = {origin: next((rule.scheme for rule in rules if rule.origin == origin), None) for origin in Origin}
    return {
        type_id: schemes[next((each for each in FROM_WHERE if each in origins.get(type_id, ())), Origin.BOUGHT)]
        or VatScheme.STANDARD
        for type_id in product_type_ids
    }


def items_of(session: Session, order_id: int) -> list[tuple[int, int]]:
    """The things that were made for an order's lines and are sold to it: (item id, pieces)."""
    rows = session.execute(
        sa.select(LineItem.item_id, LineItem.quantity)
        .join(OrderLine, OrderLine.id == LineItem.order_line_id)
        .where(OrderLine.order_id == order_id)
        .order_by(LineItem.item_id)
    )
    return [(row.item_id, row.quantity) for row in rows]


def of_order(session: Session, order_id: int) -> list[MakingRow]:
    """The lines of an order that are made to order, in its own order, and how far each is."""
    return [
        MakingRow(
            row.id,
            row.title,
            row.quantity,
            row.public_id,
            row.promised_on,
            row.done_at,
            row.state is MakingState.CANCELLED,
            row.steps_done,
            row.steps - row.steps_done,
        )
        for row in db.rows(session, _OF_ORDER, {"order": order_id})
    ]


def is_begun_to_measure(session: Session, order_id: int) -> bool:
    """Whether somebody has begun on something that is cut to the customer's own measure, and so is no use to others."""
    return bool(db.rows(session, _BEGUN_TO_MEASURE, {"order": order_id}))


def _price(kind: ProductType, wish: BasketMaking) -> int | None:
    if not (kind.is_made_to_order and kind.is_used):
        return None
    try:
        return made_to_order.unit_price_ore(kind.price_ore, kind.options, wish.options, wish.own_length_cm)
    except Refusal:
        return None  # the product is not offered like that any more


def _when_open(promise: Promise, calendar: Calendar) -> Promise:
    if calendar.is_open(promise.ready_on):
        return promise
    return Promise(calendar.opening_day_after(promise.ready_on, 1), promise.reasons)


def not_begun(session: Session) -> dict[int, int]:
    """What customers have bought and nobody has put into production: pieces by product type id."""
    rows = session.execute(
        sa.select(OrderLine.product_type_id, sa.func.sum(OrderLine.quantity - OrderLine.returned))
        .join(Order, Order.id == OrderLine.order_id)
        .outerjoin(LineMaking, LineMaking.order_line_id == OrderLine.id)
        .where(
            OrderLine.product_type_id.is_not(None),
            OrderLine.returned < OrderLine.quantity,
            LineMaking.order_line_id.is_(None),
            Order.state.in_((OrderState.SECURED, OrderState.NEEDS_ATTENTION)),
        )
        .group_by(OrderLine.product_type_id)
    )
    return {type_id: int(pieces) for type_id, pieces in rows if type_id is not None}
