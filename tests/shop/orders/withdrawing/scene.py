"""Orders that are bought and handed over, for tests of what comes after."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from shop.orders import actions as orders
from shop.orders import securing
from shop.orders.models import Order, OrderLine, PayWay
from shop.orders.withdrawing import actions, refunding
from shop.orders.withdrawing.books import RefundChoice
from shop.orders.withdrawing.models import Refund, Withdrawal
from shop.payments import queries as payments
from shop.payments.actions import settle
from shop.payments.looking import Seen
from shop.payments.models import PaymentDue
from tests.shop.orders.rig import HEAD, basket_with, for_sale, order, place
from workshop.core import db
from workshop.core.mail import OutboxMail
from workshop.core.money import PayMeans

SECURED_BEFORE = timedelta(days=3)


def shows(public_id: str, now: datetime, **seen: Any) -> None:
    """Let Stripe show this of the order's payment, and the order follow it."""
    with db.transaction() as session:
        row = payments.newest(session, public_id, is_locked=True)
        assert row is not None
        facts = {"reference": public_id, "amount_ore": row.amount_ore, "currency": "dkk", "session_id": f"cs_{row.id}"}
        facts |= {"session_status": "complete", "payment_intent_id": f"pi_{row.id}"}
        for outcome in settle(session, row, Seen(**{**facts, **seen}), now):
            securing.follow(session, outcome, now, head=HEAD)


def secured(now: datetime, *prices: int, pay_way: PayWay = PayWay.CARD, pieces: int = 1) -> str:
    """An order of one line a price, paid by card or confirmed; its contract has been sent."""
    things = [thing for at, ore in enumerate(prices) for thing in for_sale(f"Ting {at}", price_ore=ore, pieces=pieces)]
    public_id = place(basket_with(*things, now=now, quantity=pieces), now=now, pay_way=pay_way, slot=None).public_id
    if pay_way is PayWay.CARD:
        total = order(public_id).total_ore
        shows(public_id, now, status="requires_capture", capturable_ore=total)
    else:
        with db.transaction() as session:
            securing.secure(session, orders.load(session, public_id), now, HEAD)
    with db.transaction() as session:
        session.execute(sa.update(OutboxMail).values(sent_at=now))
    return public_id


def handed_over(now: datetime, *prices: int, pay_way: PayWay = PayWay.CARD, pieces: int = 1) -> str:
    """The same, in the customer's hands, and the money taken."""
    public_id = secured(now - SECURED_BEFORE, *prices, pay_way=pay_way, pieces=pieces)
    means = PayMeans.CASH if pay_way is PayWay.AT_PICKUP else None
    with db.transaction() as session:
        orders.hand_over(session, public_id, means=means, now=now, by_staff_id=None)
    if pay_way is PayWay.CARD:
        shows(public_id, now, status="succeeded", received_ore=order(public_id).total_ore)
        with db.transaction() as session:
            session.execute(sa.update(PaymentDue).values(done_at=now))
    return public_id


def lines(public_id: str) -> list[OrderLine]:
    with db.reading() as session:
        found = session.scalars(
            sa.select(OrderLine)
            .join(Order, Order.id == OrderLine.order_id)
            .where(Order.public_id == public_id)
            .order_by(OrderLine.position)
        ).all()
        session.expunge_all()
        return list(found)


def refund(
    public_id: str,
    now: datetime,
    *choices: RefundChoice,
    once: str = "a" * 22,
    delivery_ore: int = 0,
    means: PayMeans | None = None,
    withdrawal_id: int | None = None,
) -> Refund:
    """Give back; a block of its own."""
    with db.transaction() as session:
        made = refunding.refund(
            session,
            orders.load(session, public_id),
            once=once,
            lines=choices,
            delivery_ore=delivery_ore,
            means=means,
            reason="",
            withdrawal_id=withdrawal_id,
            head=HEAD,
            now=now,
            by_staff_id=None,
        )
        session.expunge(made)
        return made


def declare(now: datetime, **changes: Any) -> Withdrawal:
    """Declare a withdrawal; a block of its own."""
    values: dict[str, Any] = {
        "once": "w" * 22,
        "name": "Ane Eksempel",
        "email": "ane@example.dk",
        "order_number": "2026-0001",
        "lines_text": "",
        "line_quantities": {},
        "head": HEAD,
        "now": now,
    }
    with db.transaction() as session:
        made = actions.declare(session, **{**values, **changes})
        session.expunge(made)
        return made


def dues() -> list[tuple[str, int, bool]]:
    """What is due at Stripe, or was: deed, øre, done."""
    with db.reading() as session:
        rows = session.scalars(sa.select(PaymentDue).order_by(PaymentDue.id))
        return [(row.deed.value, row.amount_ore, row.done_at is not None) for row in rows]


def mails(key: str) -> Sequence[OutboxMail]:
    """The mails whose key begins so."""
    with db.reading() as session:
        found = session.scalars(sa.select(OutboxMail).where(OutboxMail.key.startswith(key)).order_by(OutboxMail.id))
        return found.all()
