"""An order as a row: its lines as they are sold, its totals, its codes."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shop.orders import totals
from shop.orders.customers import Customer, Delivery
from shop.orders.house import queries as house
from shop.orders.letterhead import Letterhead
from shop.orders.making.queries import WishLine
from shop.orders.models import Channel, Fulfilment, Order, OrderLine, PayWay
from shop.orders.pickup import Slot
from workshop.core import clock, crypto, db
from workshop.core.errors import Refusal
from workshop.core.i18n import _
from workshop.products.models import SizeClass, VatScheme
from workshop.products.numbers import take_numbers

CODE_SIGNS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # without those that look like another: I, L, O, 0, 1
CODE_LENGTH = 6


class Priced(NamedTuple):
    """A line about to be sold: a thing from stock, or a product to be made. Øre, VAT included."""

    title: str
    quantity: int
    unit_price_ore: int
    vat_scheme: VatScheme
    size_class: SizeClass
    item_id: int | None = None
    product_type_id: int | None = None
    options: Mapping[str, str] = {}
    own_length_cm: int | None = None

    @property
    def amount_ore(self) -> int:
        """Øre, VAT included."""
        return self.unit_price_ore * self.quantity

    @property
    def what(self) -> tuple[object, ...]:
        """What makes it the same line as before."""
        made = (self.product_type_id, sorted(self.options.items()), self.own_length_cm)
        return (self.item_id, *made, self.quantity, self.unit_price_ore)


class Brought(NamedTuple):
    """Where an order is brought and what that costs."""

    street: str
    postcode: str
    town: str
    price_ore: int


NOT_BROUGHT = Brought("", "", "", 0)


def to_make(wish: WishLine) -> Priced:
    """The line of something that is made for this customer, with what was chosen in its title."""
    return Priced(
        title=wish.full_title[:150],
        quantity=wish.quantity,
        unit_price_ore=wish.unit_price_ore,
        vat_scheme=wish.vat_scheme,
        size_class=wish.size_class,
        product_type_id=wish.product_type_id,
        options=dict(wish.options),
        own_length_cm=wish.own_length_cm,
    )


def what_of(line: OrderLine) -> tuple[object, ...]:
    """What makes a written line the same as one about to be written."""
    made = (line.product_type_id, sorted(line.options.items()), line.own_length_cm)
    return (line.item_id, *made, line.quantity, line.unit_price_ore)


def brought(session: Session, delivery: Delivery | None, lines: Sequence[Priced]) -> Brought:
    """What bringing these lines costs. Raises Refusal outside the area."""
    if delivery is None:
        return NOT_BROUGHT
    offer = house.delivery_price(session, delivery.postcode, totals.largest(line.size_class for line in lines))
    if offer is None:
        raise Refusal(_("Vi leverer ikke til %(postcode)s. Vælg at hente i stedet.", postcode=delivery.postcode))
    return Brought(delivery.street, delivery.postcode, offer.town, offer.price_ore)


def next_number(session: Session, now: datetime) -> str:
    """The next order number of the year; the series is locked, so two orders are counted one after the other."""
    year = clock.local_day(now).year
    return f"{year}-{take_numbers(session, f'order-{year}'):04d}"


def order_row(
    *,
    lines: Sequence[Priced],
    customer: Customer,
    slot: Slot,
    pay_way: PayWay,
    where: Brought,
    is_brought: bool,
    number: str,
    public_id: str,
    head: Letterhead,
    now: datetime,
) -> Order:
    """The order of these lines, not saved yet; what is particular to a channel is added by who writes it."""
    sums = totals.add_up([(line.amount_ore, line.vat_scheme) for line in lines], where.price_ore)
    return Order(
        public_id=public_id,
        number=number,
        pay_way=pay_way,
        channel=Channel.WEB,
        customer_name=customer.name,
        customer_email=customer.address,
        customer_phone=customer.phone,
        message=customer.message,
        customer_kind=customer.kind,
        company_name=customer.company_name,
        cvr=customer.cvr,
        gln=customer.gln,
        customer_reference=customer.reference,
        fulfilment=Fulfilment.DELIVERY if is_brought else Fulfilment.PICKUP,
        street=where.street,
        postcode=where.postcode,
        town=where.town,
        delivery_ore=where.price_ore,
        pickup_on=slot.day,
        pickup_from_minute=slot.from_minute,
        pickup_to_minute=slot.to_minute,
        total_ore=sums.total_ore,
        vat_ore=sums.vat_ore,
        link_hash=crypto.token_hash(head.link_token(public_id)),
        link_expires_at=now + timedelta(days=Order.LINK_LASTS_DAYS),
        placed_at=now,
        lines=[_row(line, place) for place, line in enumerate(lines, start=1)],
    )


def save(session: Session, order: Order) -> None:
    """Write it down, under the newest terms and with a code of its own for the hand-over."""
    _complete(session, order)
    session.add(order)
    session.flush()


def save_as_rows(session: Session, order: Order) -> None:
    """The same as plain rows, for an order nothing more is changed of in this block: the object is not watched."""
    _complete(session, order)
    told = vars(order)
    values = {name: told[name] for name in _ORDER_COLUMNS if name in told}
    order.id = db.run(session, _NEW_ORDER, values).scalar_one()
    for line in order.lines:
        line.order_id = order.id
    lines = [{name: vars(line)[name] for name in _LINE_COLUMNS if name in vars(line)} for line in order.lines]
    db.run(session, _NEW_LINES, lines)


def _complete(session: Session, order: Order) -> None:
    """Under the newest terms, and with a code no order has: one of 887 million.

    The database refuses a second one, should two be drawn at once.
    """
    while True:
        code = "".join(secrets.choice(CODE_SIGNS) for _each in range(CODE_LENGTH))
        found = db.rows(session, _TERMS_AND_CODE, {"code": code})[0]
        if not found.is_taken:
            order.terms_version, order.handover_code = found.version, code
            return


def _row(line: Priced, place: int) -> OrderLine:
    return OrderLine(
        position=place,
        item_id=line.item_id,
        product_type_id=line.product_type_id,
        options=dict(line.options),
        own_length_cm=line.own_length_cm,
        size_class=line.size_class,
        title=line.title,
        quantity=line.quantity,
        unit_price_ore=line.unit_price_ore,
        vat_scheme=line.vat_scheme,
        returned=0,
    )


_ORDER_COLUMNS, _LINE_COLUMNS = Order.__table__.c.keys(), OrderLine.__table__.c.keys()
_NEW_ORDER = sa.insert(Order).returning(Order.id)
_NEW_LINES = sa.insert(OrderLine)
_TERMS_AND_CODE = sa.select(
    house.NEWEST_VERSION.scalar_subquery().label("version"),
    sa.exists().where(Order.__table__.c.handover_code == sa.bindparam("code")).label("is_taken"),
)
