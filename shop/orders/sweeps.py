"""What time does to orders: unpaid holds are given back, what nobody fetches is for sale again, dues are done."""

from __future__ import annotations

import functools
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shop.orders import actions, ending, mails, securing, story
from shop.orders.letterhead import Letterhead
from shop.orders.models import CancelCause, Hold, Order, OrderState, PayWay
from shop.orders.pickup import kept_until
from shop.payments import queries as payments
from shop.payments.actions import owe
from shop.payments.dues import run_due
from shop.payments.gateway import StripeGateway
from shop.payments.models import Deed
from workshop.core import db

FETCHED_SOONEST_KEPT = timedelta(days=2)  # nothing lapses before this, so younger pickup days need no look


def release_lapsed(head: Letterhead, now: datetime) -> int:
    """Give back what unpaid orders hold beyond their time; a payment page is closed first, and its answer decides."""
    with db.reading() as session:
        lapsed = (
            sa.select(Order.public_id)
            .join(Hold, Hold.order_id == Order.id)
            .where(Hold.ended_at.is_(None), Hold.until <= now)
            .distinct()
        )
        found = session.scalars(lapsed).all()
    for public_id in found:
        with db.transaction() as session:
            _release_one(session, public_id, head, now)
    return len(found)


def _release_one(session: Session, public_id: str, head: Letterhead, now: datetime) -> None:
    order = story.locked(session, public_id)
    holds = ending.active_holds(session, order) if order else []
    if order is None or not any(hold.until <= now for hold in holds):
        return
    payment = payments.newest(session, public_id)
    if payment is not None and payments.may_be_paid(session, payment):
        owe(session, payment, Deed.EXPIRE, now)
        return
    was_placed = order.state is OrderState.PLACED
    ending.cancel_unpaid(session, order, CancelCause.LAPSED, now)
    if was_placed and order.pay_way is PayWay.AT_PICKUP:
        mails.cancelled(session, order, head, now, money_back=None)


def put_back_unfetched(head: Letterhead, now: datetime) -> int:
    """End reservations that were not fetched within two opening days of their slot (decision 13)."""
    with db.reading() as session:
        waiting = session.execute(
            sa.select(Order.public_id, Order.pickup_on).where(
                Order.state == OrderState.SECURED,
                Order.pay_way == PayWay.AT_PICKUP,
                Order.pickup_on <= (now - FETCHED_SOONEST_KEPT).date(),
            )
        ).all()
    late = [public_id for public_id, pickup_on in waiting if kept_until(pickup_on) <= now]
    for public_id in late:
        with db.transaction() as session:
            order = actions.load(session, public_id)
            if order.state is OrderState.SECURED:
                actions.cancel(session, public_id, cause=CancelCause.LAPSED, head=head, now=now)
    return len(late)


def do_dues(gateway: StripeGateway, head: Letterhead, now: datetime, *, public_id: str | None = None) -> int:
    """Everything due at Stripe, or what is due for one order; and the orders behind it."""
    return run_due(gateway, functools.partial(securing.follow, head=head), now, reference=public_id)
