"""Placing an order: every line held or none, priced from the stock itself, nothing taken from the form but words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from shop.orders import basket as baskets
from shop.orders import mails, story
from shop.orders.ending import cancel_unpaid
from shop.orders.letterhead import Letterhead
from shop.orders.models import Basket, CancelCause, Hold, Order, OrderLine, OrderState, PayWay
from shop.orders.pickup import Slot
from shop.payments import queries as payments
from shop.payments.actions import open_payment
from shop.payments.models import Payment, PaymentState
from workshop.core import clock, crypto, money
from workshop.core.errors import Refusal
from workshop.core.i18n import _
from workshop.products import actions as products
from workshop.products.models import Item, VatScheme
from workshop.products.numbers import take_numbers

HOLD = timedelta(minutes=40)
PAGE = timedelta(minutes=31)  # Stripe's shortest is 30
CONFIRM = timedelta(minutes=30)
REUSE = timedelta(minutes=5)  # a payment page with less left is not offered again
MOST_OPEN_AT_PICKUP = 2
STANDARD_RATES = {VatScheme.STANDARD: money.STANDARD_RATE_PERCENT}


class UnpaidBefore(Refusal):
    """This basket has a payment page open for another order; it has to be closed before a new one is placed."""

    def __init__(self, payment_ids: Sequence[int]) -> None:
        super().__init__(_("Din forrige betaling er ikke lukket endnu. Prøv igen om lidt."))
        self.payment_ids = tuple(payment_ids)


class PriceChanged(Refusal):
    """The total is another than the one the customer said yes to."""


@dataclass(frozen=True)
class Customer:
    """What the customer wrote about themself."""

    name: str
    email: str
    phone: str
    message: str = ""

    @property
    def address(self) -> str:
        """The mail address as it is compared."""
        return self.email.strip().lower()


@dataclass(frozen=True)
class Placed:
    """An order that now holds its things. `payment_id` is None for pay at pickup."""

    public_id: str
    payment_id: int | None


def place(
    session: Session,
    *,
    token: str | None,
    customer: Customer,
    slot: Slot,
    pay_way: PayWay,
    agreed_ore: int,
    head: Letterhead,
    now: datetime,
) -> Placed:
    """Order what lies in the basket and keep it from others meanwhile.

    `agreed_ore` is the total that stood beside the button; it only confirms, prices come from the stock itself.
    The very same order a second time is the first one again. Raises JustSold naming the pieces that somebody else got,
    UnpaidBefore when an earlier payment page has to be closed first, Refusal for an empty basket, another total or too
    many orders.
    """
    basket = _locked_basket(session, token)
    lines = baskets.lines(session, token)
    if basket is None or not lines:
        raise Refusal(_("Din kurv er tom."))
    again = _end_earlier(session, basket, lines, customer, slot, pay_way, now)
    if again is not None:
        return again
    number = _next_number(session, now)  # locks the series, so that two orders are counted one after the other
    if pay_way is PayWay.AT_PICKUP:
        _refuse_too_many(session, customer.address)
    until = now + (HOLD if pay_way is PayWay.CARD else CONFIRM)
    items = _hold_all(session, lines)
    order = _write(session, basket, items, lines, customer, slot, pay_way, number, head, now)
    if order.total_ore != agreed_ore:
        raise PriceChanged(_("Prisen er ændret, mens du handlede. Se den nye pris, og prøv igen."))
    session.add_all(
        Hold(order_id=order.id, item_id=line.card.id, quantity=line.quantity, until=until) for line in lines
    )
    session.flush()
    if pay_way is PayWay.AT_PICKUP:
        _ask_to_confirm(session, order, head, until, now)
        return Placed(order.public_id, None)
    story.tell(session, order, _("Bestilt. Varerne holdes til kl. %(clock)s.", clock=clock.clock_text(until)), now)
    payment = open_payment(
        session, reference=order.public_id, amount_ore=order.total_ore, now=now, expires_at=now + PAGE
    )
    return Placed(order.public_id, payment.id)


def _locked_basket(session: Session, token: str | None) -> Basket | None:
    found = baskets.find(session, token)
    return session.get(Basket, found.id, with_for_update=True, populate_existing=True) if found else None


def _end_earlier(
    session: Session,
    basket: Basket,
    lines: Sequence[baskets.Line],
    customer: Customer,
    slot: Slot,
    pay_way: PayWay,
    now: datetime,
) -> Placed | None:
    """This basket's own unfinished order: the same again, or out of the way."""
    earlier = session.scalars(
        sa.select(Order)
        .where(Order.basket_id == basket.id, Order.state == OrderState.PLACED)
        .options(selectinload(Order.lines))
        .with_for_update(of=Order)
        .execution_options(populate_existing=True)
    ).all()
    to_close: list[int] = []
    for order in earlier:
        payment = payments.newest(session, order.public_id)
        if _is_same(order, lines, customer, slot, pay_way) and _is_payable(order, payment, now):
            return Placed(order.public_id, payment.id if payment else None)
        if payment is not None and payment.state is PaymentState.OPENED:
            to_close.append(payment.id)
        else:
            cancel_unpaid(session, order, CancelCause.REPLACED, now)
    if to_close:
        raise UnpaidBefore(to_close)
    return None


def _is_same(order: Order, lines: Sequence[baskets.Line], customer: Customer, slot: Slot, pay_way: PayWay) -> bool:
    """Whether the form was sent twice, rather than changed."""
    before = [(line.item_id, line.quantity, line.unit_price_ore) for line in order.lines]
    wanted = [(line.card.id, line.quantity, line.card.price_ore) for line in lines]
    written = (order.customer_name, order.customer_email, order.customer_phone, order.message)
    time = (order.pickup_on, order.pickup_from_minute, order.pay_way)
    return (
        before == wanted
        and written == (customer.name, customer.address, customer.phone, customer.message)
        and time == (slot.day, slot.from_minute, pay_way)
    )


def _is_payable(order: Order, payment: Payment | None, now: datetime) -> bool:
    if order.pay_way is PayWay.AT_PICKUP:
        return now < order.placed_at + CONFIRM - REUSE
    return payment is not None and payment.state is PaymentState.OPENED and now < payment.expires_at - REUSE


def _next_number(session: Session, now: datetime) -> str:
    year = clock.local_day(now).year
    return f"{year}-{take_numbers(session, f'order-{year}'):04d}"


def _refuse_too_many(session: Session, address: str) -> None:
    """Raise Refusal for a third order that nobody has paid for (decision 13)."""
    is_open = Order.state.in_((OrderState.PLACED, OrderState.SECURED))
    count = session.scalar(
        sa.select(sa.func.count(Order.id)).where(
            Order.customer_email == address, Order.pay_way == PayWay.AT_PICKUP, is_open
        )
    )
    if (count or 0) >= MOST_OPEN_AT_PICKUP:
        raise Refusal(_("Du har allerede to bestillinger, der venter på dig. Hent dem først, eller betal denne nu."))


def _hold_all(session: Session, lines: Sequence[baskets.Line]) -> dict[int, Item]:
    """Hold every line, in the order of ids so that two customers never wait for each other. Raises JustSold."""
    in_order = sorted(lines, key=lambda line: line.card.id)
    lost = [line for line in in_order if not products.hold(session, line.card.id, line.quantity)]
    if lost:
        raise baskets.JustSold([line.card for line in lost])
    found = session.scalars(sa.select(Item).where(Item.id.in_([line.card.id for line in lines])))
    return {item.id: item for item in found}


def _write(
    session: Session,
    basket: Basket,
    items: dict[int, Item],
    lines: Sequence[baskets.Line],
    customer: Customer,
    slot: Slot,
    pay_way: PayWay,
    number: str,
    head: Letterhead,
    now: datetime,
) -> Order:
    # Held things are read after the hold, so this is the price they are sold at.
    made = [
        OrderLine(
            position=place,
            item_id=line.card.id,
            title=baskets.name_of(line.card)[:150],
            quantity=line.quantity,
            unit_price_ore=items[line.card.id].price_ore or 0,
            vat_scheme=items[line.card.id].vat_scheme,
        )
        for place, line in enumerate(lines, start=1)
    ]
    taxed = [(line.unit_price_ore * line.quantity, STANDARD_RATES.get(line.vat_scheme, 0)) for line in made]
    public_id = crypto.new_public_id()
    order = Order(
        public_id=public_id,
        number=number,
        pay_way=pay_way,
        basket_id=basket.id,
        customer_name=customer.name,
        customer_email=customer.address,
        customer_phone=customer.phone,
        message=customer.message,
        pickup_on=slot.day,
        pickup_from_minute=slot.from_minute,
        pickup_to_minute=slot.to_minute,
        total_ore=sum(amount for amount, _rate in taxed),
        vat_ore=sum(money.vat_of_lines(taxed).values()),
        link_hash=crypto.token_hash(head.link_token(public_id)),
        link_expires_at=now + timedelta(days=Order.LINK_LASTS_DAYS),
        placed_at=now,
        lines=made,
    )
    session.add(order)
    session.flush()
    return order


def _ask_to_confirm(session: Session, order: Order, head: Letterhead, until: datetime, now: datetime) -> None:
    token = crypto.new_token()
    order.confirm_hash = crypto.token_hash(token)
    story.tell(session, order, _("Bestilt. Venter på, at kunden trykker på linket i mailen."), now)
    mails.ask_to_confirm(session, order, head, token, until, now)
