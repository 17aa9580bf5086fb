"""Reads of orders: the customer's own page, the desk's list and its detail."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shop.orders.models import Basket, CancelCause, Order, OrderEvent, OrderLine, OrderState, PayWay
from shop.payments import queries as payments
from shop.payments.queries import MoneyRow
from workshop.accounts.queries import staff_names
from workshop.core import crypto
from workshop.core.mail import OutboxMail
from workshop.products.models import Item, VatScheme

NEWEST = 200
WAITING = (OrderState.SECURED, OrderState.NEEDS_ATTENTION)
_LIKE_SIGNS = str.maketrans({"\\": "\\\\", "%": "\\%", "_": "\\_"})


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
    pickup_on: date
    pickup_from_minute: int
    pickup_to_minute: int
    total_ore: int
    vat_ore: int
    link_expires_at: datetime
    placed_at: datetime
    secured_at: datetime | None
    ready_at: datetime | None
    handed_over_at: datetime | None
    ended_at: datetime | None

    @property
    def first_name(self) -> str:
        """What a page calls the customer."""
        return self.customer_name.split()[0] if self.customer_name.split() else self.customer_name


class LineRow(NamedTuple):
    """A line as it was bought."""

    order_id: int
    title: str
    quantity: int
    unit_price_ore: int
    vat_scheme: VatScheme
    item_number: int
    place: str


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
    story: list[EventRow]


class DeskRow(NamedTuple):
    """An order as a line of the desk's list."""

    order: OrderRow
    titles: str
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


_COLUMNS = [getattr(Order, field) for field in OrderRow._fields]


def page(session: Session, public_id: str) -> OrderPage | None:
    """One order with lines, money and story, by its random public id."""
    row = session.execute(sa.select(*_COLUMNS).where(Order.public_id == public_id)).one_or_none()
    if row is None:
        return None
    order = OrderRow(*row)
    lines = _lines(session, [order.id])
    return OrderPage(order, lines, payments.money(session, [public_id]).get(public_id), _story(session, order.id))


def opens(session: Session, public_id: str, token: str, now: datetime) -> bool:
    """Whether the link in a mail opens this order, and still does."""
    kept = session.execute(
        sa.select(Order.link_hash, Order.link_expires_at).where(Order.public_id == public_id)
    ).one_or_none()
    return kept is not None and kept.link_hash == crypto.token_hash(token) and now < kept.link_expires_at


def can_confirm(session: Session, public_id: str, token: str) -> OrderRow | None:
    """The order that a confirmation link is about; None for a link that fits nothing."""
    row = session.execute(
        sa.select(*_COLUMNS).where(Order.public_id == public_id, Order.confirm_hash == crypto.token_hash(token))
    ).one_or_none()
    return OrderRow(*row) if row else None


def unfinished_of_basket(session: Session, token: str | None) -> OrderRow | None:
    """The newest order of this basket that is neither paid nor confirmed."""
    if not token:
        return None
    row = session.execute(
        sa.select(*_COLUMNS)
        .join(Basket, Basket.id == Order.basket_id)
        .where(Basket.token_hash == crypto.token_hash(token), Order.state == OrderState.PLACED)
        .order_by(Order.id.desc())
        .limit(1)
    ).one_or_none()
    return OrderRow(*row) if row else None


def desk(session: Session, words: str = "", state: OrderState | None = None) -> list[DeskRow]:
    """The newest orders that were ever paid, confirmed or questioned, those that wait for us first."""
    waits = sa.case((Order.state.in_(WAITING), 0), else_=1)
    found = sa.select(*_COLUMNS).order_by(waits, Order.placed_at.desc(), Order.id.desc()).limit(NEWEST)
    if state is not None:
        found = found.where(Order.state == state)
    for word in words.split():
        pattern = f"%{word.translate(_LIKE_SIGNS)}%"
        of_line = sa.exists().where(OrderLine.order_id == Order.id, OrderLine.title.ilike(pattern, escape="\\"))
        found = found.where(
            sa.or_(Order.number.ilike(pattern, escape="\\"), Order.customer_name.ilike(pattern, escape="\\"), of_line)
        )
    orders = [OrderRow(*row) for row in session.execute(found)]
    titles: dict[int, list[str]] = {}
    for line in _lines(session, [order.id for order in orders]):
        titles.setdefault(line.order_id, []).append(line.title)
    money = payments.money(session, [order.public_id for order in orders])
    return [DeskRow(order, "; ".join(titles.get(order.id, [])), money.get(order.public_id)) for order in orders]


def count_waiting(session: Session) -> int:
    """How many orders wait for us: to be made ready, handed over or looked at."""
    return session.scalar(sa.select(sa.func.count(Order.id)).where(Order.state.in_(WAITING))) or 0


def mails(session: Session, limit: int = 100) -> list[MailRow]:
    """What we have written to people, the newest first."""
    columns = [getattr(OutboxMail, field) for field in MailRow._fields]
    rows = session.execute(sa.select(*columns).order_by(OutboxMail.id.desc()).limit(limit))
    return [MailRow(*row) for row in rows]


def _lines(session: Session, order_ids: Sequence[int]) -> list[LineRow]:
    rows = session.execute(
        sa.select(
            OrderLine.order_id,
            OrderLine.title,
            OrderLine.quantity,
            OrderLine.unit_price_ore,
            OrderLine.vat_scheme,
            Item.number,
            Item.place,
        )
        .join(Item, Item.id == OrderLine.item_id)
        .where(OrderLine.order_id.in_(order_ids))
        .order_by(OrderLine.order_id, OrderLine.position)
    )
    return [LineRow(*row) for row in rows]


def _story(session: Session, order_id: int) -> list[EventRow]:
    rows = session.execute(
        sa.select(OrderEvent.at, OrderEvent.text, OrderEvent.by_staff_id)
        .where(OrderEvent.order_id == order_id)
        .order_by(OrderEvent.id)
    ).all()
    names = staff_names(session) if any(row.by_staff_id for row in rows) else {}
    return [EventRow(row.at, row.text, names.get(row.by_staff_id, "")) for row in rows]
