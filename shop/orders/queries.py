"""Reads of orders: the customer's own page, the desk's list and its detail."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shop.orders.models import (
    Basket,
    CancelCause,
    Channel,
    CustomerKind,
    Fulfilment,
    Order,
    OrderEvent,
    OrderLine,
    OrderState,
    PayWay,
)
from shop.payments import queries as payments
from shop.payments.queries import MoneyRow
from workshop.accounts.queries import staff_names
from workshop.core import clock, crypto, db
from workshop.core.mail import OutboxMail
from workshop.core.money import PayMeans
from workshop.products.models import Item, SizeClass, VatScheme


class OrderRow(NamedTuple):
    """An order without its lines. Øre, VAT included; minutes after midnight, Danish wall clock."""

    id: int
    public_id: str
    number: str
    state: OrderState
    cancel_cause: CancelCause | None
    attention: str
    pay_way: PayWay
    customer_name: str
    customer_email: str
    customer_phone: str
    message: str
    channel: Channel
    customer_kind: CustomerKind
    company_name: str
    cvr: str
    gln: str
    customer_reference: str
    fulfilment: Fulfilment
    street: str
    postcode: str
    town: str
    delivery_ore: int
    pickup_on: date
    pickup_from_minute: int
    pickup_to_minute: int
    total_ore: int
    vat_ore: int
    link_expires_at: datetime
    terms_version: int | None
    has_agreed_prepayment: bool
    handover_code: str | None
    paid_means: PayMeans | None
    placed_at: datetime
    secured_at: datetime | None
    packed_at: datetime | None
    ready_at: datetime | None
    handed_over_at: datetime | None
    ended_at: datetime | None

    @property
    def first_name(self) -> str:
        """What a page calls the customer."""
        return self.customer_name.split()[0] if self.customer_name.split() else self.customer_name

    @property
    def is_delivery(self) -> bool:
        """Whether we bring it."""
        return self.fulfilment is Fulfilment.DELIVERY

    @property
    def slot_ends_at(self) -> datetime:
        """When the time they chose is over."""
        return clock.at(self.pickup_on, time()) + timedelta(minutes=self.pickup_to_minute)


class LineRow(NamedTuple):
    """A line as it was bought. Number and place are those of a thing from the stock; a line made to order has none."""

    id: int
    order_id: int
    title: str
    quantity: int
    unit_price_ore: int
    vat_scheme: VatScheme
    item_id: int | None
    product_type_id: int | None
    options: dict[str, str]
    own_length_cm: int | None
    size_class: SizeClass
    returned: int
    item_number: int | None
    place: str | None

    @property
    def is_made_to_order(self) -> bool:
        """Whether the workshop makes it for this order."""
        return self.product_type_id is not None


class EventRow(NamedTuple):
    """A line of the story."""

    at: datetime
    text: str
    by: str


class OrderPage(NamedTuple):
    """All that the page of one order shows."""

    order: OrderRow
    lines: list[LineRow]
    money: MoneyRow | None


class MailRow(NamedTuple):
    """A mail as the list shows it."""

    public_id: str
    recipient: str
    subject: str
    body: str
    due_at: datetime
    sent_at: datetime | None
    attempts: int


COLUMNS = [getattr(Order, field) for field in OrderRow._fields]
# Put together once, for the pages every customer passes.
_ORDER = sa.select(*COLUMNS).where(Order.public_id == sa.bindparam("public_id"))
_UNFINISHED = (
    sa.select(*COLUMNS)
    .join(Basket, Basket.id == Order.basket_id)
    .where(Basket.token_hash == sa.bindparam("hash"), Order.state == OrderState.PLACED)
    .order_by(Order.id.desc())
    .limit(1)
)
_LINES = (
    sa.select(*(getattr(OrderLine, field) for field in LineRow._fields[:-2]), Item.number, Item.place)
    .outerjoin(Item, Item.id == OrderLine.item_id)
    .order_by(OrderLine.order_id, OrderLine.position)
)
_LINES_OF_ONE = _LINES.where(OrderLine.order_id == sa.bindparam("order"))
_STORY = (
    sa.select(OrderEvent.at, OrderEvent.text, OrderEvent.by_staff_id)
    .where(OrderEvent.order_id == sa.bindparam("order"))
    .order_by(OrderEvent.id)
)


def page(session: Session, public_id: str) -> OrderPage | None:
    """One order with lines and money, by its random public id."""
    found = db.rows(session, _ORDER, {"public_id": public_id})
    if not found:
        return None
    order = OrderRow(*found[0])
    return OrderPage(order, lines_of(session, [order.id]), payments.money(session, [public_id]).get(public_id))


def opens(session: Session, public_id: str, token: str, now: datetime) -> bool:
    """Whether the link in a mail opens this order, and still does."""
    kept = session.execute(
        sa.select(Order.link_hash, Order.link_expires_at).where(Order.public_id == public_id)
    ).one_or_none()
    return kept is not None and kept.link_hash == crypto.token_hash(token) and now < kept.link_expires_at


def can_confirm(session: Session, public_id: str, token: str) -> OrderRow | None:
    """The order that a confirmation link is about; None for a link that fits nothing."""
    row = session.execute(
        sa.select(*COLUMNS).where(Order.public_id == public_id, Order.confirm_hash == crypto.token_hash(token))
    ).one_or_none()
    return OrderRow(*row) if row else None


def by_handover_code(session: Session, code: str) -> str | None:
    """The public id of the order that this code gets out; typed in small letters and with gaps is typed too."""
    plain = "".join(letter for letter in code.upper() if letter.isalnum())
    if not plain:
        return None
    return session.scalar(sa.select(Order.public_id).where(Order.handover_code == plain))


def unfinished_of_basket(session: Session, token: str | None) -> OrderRow | None:
    """The newest order of this basket that is neither paid nor confirmed."""
    if not token:
        return None
    found = db.rows(session, _UNFINISHED, {"hash": crypto.token_hash(token)})
    return OrderRow(*found[0]) if found else None


def mails(session: Session, limit: int = 100) -> list[MailRow]:
    """What we have written to people, the newest first."""
    columns = [getattr(OutboxMail, field) for field in MailRow._fields]
    rows = session.execute(sa.select(*columns).order_by(OutboxMail.due_at.desc(), OutboxMail.id.desc()).limit(limit))
    return [MailRow(*row) for row in rows]


def lines_of(session: Session, order_ids: Sequence[int]) -> list[LineRow]:
    """The lines of several orders, in their order."""
    if len(order_ids) == 1:  # as on the order's own page
        return [LineRow._make(row) for row in db.rows(session, _LINES_OF_ONE, {"order": order_ids[0]})]
    return [LineRow._make(row) for row in session.execute(_LINES.where(OrderLine.order_id.in_(order_ids)))]


def story(session: Session, order_id: int) -> list[EventRow]:
    """What happened to an order and who of the staff did it, the first first."""
    rows = db.rows(session, _STORY, {"order": order_id})
    names = staff_names(session) if any(row.by_staff_id for row in rows) else {}
    return [EventRow(row.at, row.text, names.get(row.by_staff_id, "")) for row in rows]
