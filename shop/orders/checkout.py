"""From basket to payment page. Opens blocks of its own, because Stripe is asked between them and never inside one."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from shop.orders import placing, securing
from shop.orders.letterhead import Letterhead
from shop.orders.models import Order, PayWay
from shop.orders.pickup import Slot
from shop.payments import looking
from shop.payments.actions import close_unseen, open_page, settle
from shop.payments.facts import CheckoutLine
from shop.payments.gateway import PaymentRefused, PaymentUnavailable, StripeGateway
from shop.payments.models import Payment
from workshop.core import db
from workshop.core.i18n import _

TRIES = 3


@dataclass(frozen=True)
class Way:
    """Where the customer goes on: to the payment page, or to the order itself."""

    public_id: str
    payment_url: str | None = None


def buy(
    gateway: StripeGateway,
    *,
    token: str | None,
    customer: placing.Customer,
    slot: Slot,
    pay_way: PayWay,
    agreed_ore: int,
    head: Letterhead,
    now: datetime,
    delivery: placing.Delivery | None = None,
    has_agreed_prepayment: bool = False,
) -> Way:
    """Place the order and open its payment page; an earlier page of the same basket is closed first.

    Raises what `placing.place` raises, and PaymentUnavailable: the order then stands, and the same form again tries on.
    """
    for _attempt in range(TRIES):
        try:
            with db.transaction() as session:
                placed = placing.place(
                    session,
                    token=token,
                    customer=customer,
                    slot=slot,
                    pay_way=pay_way,
                    agreed_ore=agreed_ore,
                    head=head,
                    now=now,
                    delivery=delivery,
                    has_agreed_prepayment=has_agreed_prepayment,
                )
        except placing.UnpaidBefore as before:
            for payment_id in before.payment_ids:
                paid = close(gateway, payment_id, head, now)
                if paid is not None:
                    return Way(paid)
            continue
        if placed.payment_id is None:
            return Way(placed.public_id)
        return Way(placed.public_id, payment_page(gateway, placed.public_id, placed.payment_id, head))
    raise PaymentUnavailable("the earlier page could not be closed")


def payment_page(gateway: StripeGateway, public_id: str, payment_id: int, head: Letterhead) -> str:
    """The address of the payment page of an order; the same one each time. Raises PaymentUnavailable."""
    with db.reading() as session:
        order = session.scalars(
            sa.select(Order).where(Order.public_id == public_id).options(selectinload(Order.lines))
        ).one()
    return open_page(
        gateway,
        payment_id,
        lines=payment_lines(order),
        customer_email=order.customer_email,
        success_url=f"{head.base_url}/ordre/{public_id}?betalt=1",
        cancel_url=f"{head.base_url}/kassen",
    )


def payment_lines(order: Order) -> list[CheckoutLine]:
    """What the payment page lists; it comes to the order's total."""
    lines = [CheckoutLine(line.title, line.unit_price_ore, line.quantity) for line in order.lines]
    if order.delivery_ore:
        lines.append(CheckoutLine(_("Levering til %(postcode)s", postcode=order.postcode), order.delivery_ore))
    return lines


def close(gateway: StripeGateway, payment_id: int, head: Letterhead, now: datetime) -> str | None:
    """Close a payment page; the order's public id if it turns out to be paid. Raises PaymentUnavailable."""
    with db.reading() as session:
        session_id = session.scalar(sa.select(Payment.session_id).where(Payment.id == payment_id))
    try:
        seen = looking.of_page(gateway, gateway.expire_checkout(session_id)) if session_id else None
    except PaymentRefused as no:
        raise PaymentUnavailable(no.code) from no
    follow = functools.partial(securing.follow, head=head)
    with db.transaction() as session:
        payment = session.get_one(Payment, payment_id, with_for_update=True, populate_existing=True)
        for outcome in settle(session, payment, seen, now) if seen else close_unseen(session, payment):
            follow(session, outcome, now)
        was_paid = payment.authorised_at is not None
        return payment.reference if was_paid else None
