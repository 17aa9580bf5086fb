"""What time does to orders: unpaid holds are given back, what nobody fetches is for sale again, dues are done."""

from __future__ import annotations

import functools
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shop.orders import actions, ending, mails, securing, story
from shop.orders.desk.queries import WARN_AFTER, WARN_BEFORE
from shop.orders.house import queries as house
from shop.orders.letterhead import Letterhead
from shop.orders.making.models import LineMaking
from shop.orders.models import CancelCause, Fulfilment, Hold, Order, OrderEvent, OrderLine, OrderState, PayWay
from shop.orders.placing import CONFIRM, HOLD
from shop.orders.withdrawing.deadlines import last_day
from shop.orders.withdrawing.models import Complaint, ComplaintState, Withdrawal, WithdrawalState
from shop.payments import queries as payments
from shop.payments.actions import owe
from shop.payments.dues import run_due
from shop.payments.gateway import StripeGateway
from shop.payments.models import Deed, Payment, PaymentDue, PaymentState
from shop.payments.outcomes import Follow
from workshop.core import clock, db
from workshop.core.i18n import _

CLOSED_SOONEST = timedelta(days=14)  # the shortest a customer may change their mind in
LAPSES_SOON = "Pengene er kun reserveret på kortet til"
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
        found = session.scalars(lapsed.union(sa.select(Order.public_id).where(_lapsed_with_nothing_held(now)))).all()
    for public_id in found:
        with db.transaction() as session:
            _release_one(session, public_id, head, now)
    return len(found)


def _lapsed_with_nothing_held(now: datetime) -> sa.ColumnElement[bool]:
    """What is only to be made holds nothing of the stock, and still has to end when nobody pays or confirms."""
    has_hold = sa.exists().where(Hold.order_id == Order.id, Hold.ended_at.is_(None))
    is_late = sa.or_(
        sa.and_(Order.pay_way == PayWay.AT_PICKUP, Order.placed_at <= now - CONFIRM),
        sa.and_(Order.pay_way != PayWay.AT_PICKUP, Order.placed_at <= now - HOLD),
    )
    return sa.and_(Order.state == OrderState.PLACED, ~has_hold, is_late)


def _release_one(session: Session, public_id: str, head: Letterhead, now: datetime) -> None:
    order = story.locked(session, public_id)
    holds = ending.active_holds(session, order) if order else []
    if order is None:
        return
    is_over = any(hold.until <= now for hold in holds)
    if not is_over and not session.scalar(sa.select(_lapsed_with_nothing_held(now)).where(Order.id == order.id)):
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
    """End reservations that were not fetched within two opening days of their slot (decision 13).

    What we bring, or are not done making, waits for us and not for the customer.
    """
    with db.reading() as session:
        waiting = session.execute(
            sa.select(Order.public_id, Order.pickup_on).where(
                Order.state == OrderState.SECURED,
                Order.pay_way == PayWay.AT_PICKUP,
                Order.fulfilment == Fulfilment.PICKUP,
                ~_is_being_made(),
                Order.pickup_on <= (now - FETCHED_SOONEST_KEPT).date(),
            )
        ).all()
        calendar = house.calendar(session)
    late = [public_id for public_id, pickup_on in waiting if calendar.kept_until(pickup_on) <= now]
    for public_id in late:
        with db.transaction() as session:
            order = actions.load(session, public_id)
            if order.state is OrderState.SECURED:
                actions.cancel(session, public_id, cause=CancelCause.LAPSED, head=head, now=now)
    return len(late)


def warn_of_lapse(now: datetime) -> int:
    """Say once in an order's story that its money is only reserved for a few days more; how many were told.

    From the fifth day on, or two days before the bank's own word, the desk shows the order among those that press.
    """
    with db.reading() as session:
        found = session.scalars(
            sa.select(Order.public_id)
            .join(Payment, Payment.reference == Order.public_id)
            .where(
                Order.state == OrderState.SECURED,
                Order.pay_way == PayWay.CARD,
                Payment.state == PaymentState.AUTHORISED,
                sa.or_(Payment.authorised_at <= now - WARN_AFTER, Payment.lapses_at <= now + WARN_BEFORE),
                ~_is_warned(),
            )
        ).all()
    for public_id in found:
        with db.transaction() as session:
            _warn(session, public_id, now)
    return len(found)


def _warn(session: Session, public_id: str, now: datetime) -> None:
    order = story.locked(session, public_id)
    payment = payments.newest(session, public_id)
    if order is None or payment is None or payment.state is not PaymentState.AUTHORISED:
        return
    if order.state is not OrderState.SECURED or session.scalar(sa.select(_is_warned()).where(Order.id == order.id)):
        return
    until = clock.day_and_clock(payment.lapses_at) if payment.lapses_at else _("om et par dage")
    story.tell(session, order, f"{_(LAPSES_SOON)} {until}.", now)


def _is_warned() -> sa.Exists:
    """Whether the order's story says it already. The order is locked when it is written, so it is written once."""
    return sa.exists().where(OrderEvent.order_id == Order.id, OrderEvent.text.startswith(_(LAPSES_SOON)))


def _is_being_made() -> sa.Exists:
    is_done = sa.exists().where(LineMaking.order_line_id == OrderLine.id, LineMaking.done_at.is_not(None))
    is_wanted = OrderLine.returned < OrderLine.quantity
    return sa.exists().where(
        OrderLine.order_id == Order.id, OrderLine.product_type_id.is_not(None), is_wanted, ~is_done
    )


def close_finished(now: datetime) -> int:
    """Close what was handed over when the customer's days to change their mind are over; how many.

    What is being withdrawn from, complained of, looked at or still paid for stays open.
    """
    with db.reading() as session:
        waiting = session.execute(
            sa.select(Order.public_id, Order.handed_over_at, Order.secured_at).where(
                Order.state == OrderState.HANDED_OVER, Order.handed_over_at <= now - CLOSED_SOONEST, *_is_quiet()
            )
        ).all()
    today, closed = clock.local_day(now), 0
    for public_id, handed_over_at, secured_at in waiting:
        begins_on = clock.local_day(handed_over_at or now)
        if today > last_day(begins_on, clock.local_day(secured_at) if secured_at else begins_on):
            with db.transaction() as session:
                closed += _close(session, public_id, now)
    return closed


def _close(session: Session, public_id: str, now: datetime) -> bool:
    order = story.locked(session, public_id)
    if order is None or session.scalar(sa.select(Order.state).where(Order.id == order.id, *_is_quiet())) is None:
        return False
    if order.state is not OrderState.HANDED_OVER:
        return False
    order.state, order.ended_at = OrderState.CLOSED, now
    story.tell(session, order, _("Afsluttet. Fristen for at fortryde er gået."), now)
    return True


def _is_quiet() -> tuple[sa.ColumnElement[bool], ...]:
    """Nothing about the order waits for anybody: no withdrawal, no complaint, no flag, no deed at Stripe."""
    return (
        Order.attention == "",
        ~sa.exists().where(Withdrawal.order_id == Order.id, Withdrawal.state == WithdrawalState.RECEIVED),
        ~sa.exists().where(Complaint.order_id == Order.id, Complaint.state == ComplaintState.OPEN),
        ~sa.exists().where(
            Payment.reference == Order.public_id, PaymentDue.payment_id == Payment.id, PaymentDue.done_at.is_(None)
        ),
    )


def do_dues(
    gateway: StripeGateway,
    head: Letterhead,
    now: datetime,
    *,
    public_id: str | None = None,
    follow: Follow | None = None,
) -> int:
    """Everything due at Stripe, or what is due for one order; and what is behind it: orders, or all that `follow`s."""
    return run_due(gateway, follow or functools.partial(securing.follow, head=head), now, reference=public_id)
