"""What only staff do with an order: pack it, note that it was looked at, and sort out a payment that fell through."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from shop.orders import story
from shop.orders.actions import PAID_BY, load, note_means, refuse_unfinished
from shop.orders.desk import mails
from shop.orders.desk.queries import GONE
from shop.orders.house import queries as house
from shop.orders.letterhead import Letterhead
from shop.orders.models import Order, OrderState, PayWay
from shop.payments import queries as payments
from shop.payments.actions import free_to_give_back_ore, owe_money_back
from workshop.core.errors import Refusal
from workshop.core.i18n import _
from workshop.core.money import PayMeans

WAIT_AT_LEAST = timedelta(days=1)  # for a customer who has just heard that they pay when they fetch


def pack(session: Session, public_id: str, *, now: datetime, by_staff_id: int | None) -> None:
    """The things are found and put together; the customer hears nothing yet.

    Raises Refusal when the order is not secured, or something of it is still being made.
    """
    order = load(session, public_id)
    if order.packed_at is not None:
        return
    if order.state is not OrderState.SECURED:
        raise Refusal(_("Ordren er ikke betalt eller bekræftet endnu."))
    refuse_unfinished(session, order)
    order.packed_at = now
    story.tell(session, order, _("Pakket."), now, by_staff_id=by_staff_id)


def seen(session: Session, public_id: str, *, now: datetime, by_staff_id: int | None) -> None:
    """Somebody has looked at what an order wanted to be looked at for; it waits no more.

    Raises Refusal for an order that needs a decision first: how it is paid, or that it is called off.
    """
    order = load(session, public_id)
    if order.state is OrderState.NEEDS_ATTENTION:
        raise Refusal(_("Ordren venter på en beslutning. Vælg, hvad der skal ske med pengene."))
    if order.attention:
        order.attention = ""
        story.tell(session, order, _("Set på og i orden."), now, by_staff_id=by_staff_id)


def let_pay_at_pickup(
    session: Session, public_id: str, *, head: Letterhead, now: datetime, by_staff_id: int | None
) -> None:
    """The reserved money is gone before the things were fetched: the customer is asked to pay when they fetch them.

    Raises Refusal when the money is still reserved or taken, when it has been handed over, or when the things were
    never this order's.
    """
    order = load(session, public_id)
    if order.pay_way is PayWay.AT_PICKUP and order.state is OrderState.SECURED:
        return
    if not may_pay_at_pickup(session, order):
        raise Refusal(_("Kunden kan kun betale ved afhentning, når pengene på kortet er sluppet."))
    order.pay_way = PayWay.AT_PICKUP
    order.state = OrderState.SECURED
    order.attention = ""
    _offer_a_time_to_come(session, order, now)
    text = _("Kunden betaler, når ordren udleveres.")
    story.tell(session, order, text, now, by_staff_id=by_staff_id)
    mails.pay_at_pickup(session, order, head, now)


def _offer_a_time_to_come(session: Session, order: Order, now: datetime) -> None:
    """A time that is over becomes the next one; else what nobody has fetched would go straight back on the shelf."""
    calendar = house.calendar(session)
    if calendar.kept_until(order.pickup_on) > now + WAIT_AT_LEAST:
        return
    offered = calendar.slots(now, order.fulfilment)
    if offered:
        slot = offered[0]
        order.pickup_on, order.pickup_from_minute, order.pickup_to_minute = slot.day, slot.from_minute, slot.to_minute


def pay_back_again(session: Session, public_id: str, *, now: datetime, by_staff_id: int | None) -> bool:
    """An order that was called off has money left with us, because Stripe said no or a bank sent it back: once more.

    Nothing while it is on its way. False for an order that was not called off.
    """
    order = load(session, public_id)
    if order.state is not OrderState.CANCELLED:
        return False
    payment = payments.newest(session, public_id)
    if payment is not None and free_to_give_back_ore(session, payment) and owe_money_back(session, payment, now):
        order.attention = ""
        text = _("Tilbagebetalingen er sendt til Stripe igen.")
        story.tell(session, order, text, now, by_staff_id=by_staff_id)
    return True


def may_pay_at_pickup(session: Session, order: Order) -> bool:
    """Whether its things are kept for it, still here, and no money is reserved or taken for them."""
    if order.state is not OrderState.NEEDS_ATTENTION or order.secured_at is None or order.handed_over_at is not None:
        return False
    payment = payments.newest(session, order.public_id)
    return payment is not None and payment.state in GONE


def paid_otherwise(
    session: Session, public_id: str, *, means: PayMeans | None, now: datetime, by_staff_id: int | None
) -> None:
    """The things are handed over, the card said no, and the customer has paid in another way.

    Raises Refusal when there is nothing to pay, or nobody said how.
    """
    order = load(session, public_id)
    if order.state is OrderState.HANDED_OVER and order.paid_means is not None:
        return
    payment = payments.newest(session, order.public_id)
    is_paid = payment is not None and payment.captured_ore > 0  # what is wrong then is a refund
    if order.state is not OrderState.NEEDS_ATTENTION or order.handed_over_at is None or is_paid:
        raise Refusal(_("Der er ikke noget, der mangler at blive betalt."))
    note_means(order, means)
    if order.paid_means is not None:
        order.state = OrderState.HANDED_OVER
        order.attention = ""
        story.tell(session, order, _(PAID_BY[order.paid_means]), now, by_staff_id=by_staff_id)
