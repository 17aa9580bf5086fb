"""What people do with an order: confirm, call off, make ready, move, hand over. Every one of them twice is once."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shop.orders import ending, mails, securing, story
from shop.orders.letterhead import Letterhead
from shop.orders.making import queries as making
from shop.orders.making.actions import let_go
from shop.orders.making.models import LineMaking
from shop.orders.models import CancelCause, CustomerKind, Fulfilment, Order, OrderState, PayWay
from shop.orders.pickup import Slot
from shop.orders.placing import CONFIRM
from shop.orders.withdrawing import queries as withdrawing
from shop.payments import queries as payments
from shop.payments.actions import owe, owe_money_back
from shop.payments.models import Deed, PaymentState
from workshop.core import crypto
from workshop.core.errors import NotHere, Refusal
from workshop.core.i18n import _
from workshop.core.money import PayMeans
from workshop.products import actions as products

PAID_BY = {
    PayMeans.CASH: "Betalt kontant.",
    PayMeans.MOBILEPAY: "Betalt med MobilePay.",
    PayMeans.CARD: "Betalt med kort i værkstedet.",
    PayMeans.INVOICE: "Betales på faktura.",
}
OPEN = frozenset({OrderState.PLACED, OrderState.SECURED, OrderState.NEEDS_ATTENTION})


def load(session: Session, public_id: str) -> Order:
    """The order, locked for a change. Raises NotHere."""
    order = story.locked(session, public_id)
    if order is None:
        raise NotHere
    return order


def confirm_pickup(session: Session, public_id: str, token: str, *, head: Letterhead, now: datetime) -> Order:
    """The customer pressed the button behind the link in the mail: the things are theirs until they fetch them.

    Raises NotHere for a link that does not fit, Refusal when its half hour is over.
    """
    order = load(session, public_id)
    if order.confirm_hash is None or order.confirm_hash != crypto.token_hash(token):
        raise NotHere
    if order.state is OrderState.PLACED and now >= order.placed_at + CONFIRM:
        raise Refusal(_("Linket er udløbet, og varerne er sat til salg igen. Du er velkommen til at bestille på ny."))
    if order.state is OrderState.CANCELLED:
        raise Refusal(_("Bestillingen er annulleret. Du er velkommen til at bestille på ny."))
    securing.secure(session, order, now, head)
    return order


def cancel(
    session: Session,
    public_id: str,
    *,
    cause: CancelCause,
    head: Letterhead,
    now: datetime,
    by_staff_id: int | None = None,
) -> None:
    """Call an order off before hand-over. Reserved money is let go, never refunded; its things go on sale again.

    A card order that nobody has paid keeps its things until its payment page is known to be closed.
    Raises Refusal when it has been handed over.
    """
    order = load(session, public_id)
    if order.state is OrderState.CANCELLED:
        return
    if order.state not in OPEN or order.handed_over_at is not None:
        raise Refusal(_("Ordren er udleveret og kan ikke annulleres. Kunden kan fortryde i stedet."))
    payment = payments.newest(session, public_id)
    was_sold = order.secured_at is not None and not ending.active_holds(session, order)
    ending.mark_cancelled(session, order, cause, now, by_staff_id)
    order.attention = ""
    let_go(session, order, now)
    if was_sold:
        _return_all(session, order, now)
    elif payment is not None and payments.may_be_paid(session, payment):
        owe(session, payment, Deed.EXPIRE, now)
    else:
        ending.release(session, order, now)
    back = owe_money_back(session, payment, now) if payment else None
    mails.cancelled(session, order, head, now, money_back=back)


def make_ready(session: Session, public_id: str, *, head: Letterhead, now: datetime, by_staff_id: int | None) -> None:
    """The things stand ready; the customer is told. Raises Refusal when the order is not paid or confirmed."""
    order = load(session, public_id)
    if order.state is not OrderState.SECURED:
        raise Refusal(_("Ordren er ikke betalt eller bekræftet endnu."))
    refuse_unfinished(session, order)
    if order.ready_at is None:
        order.ready_at = now
        order.packed_at = order.packed_at or now
        what = {Fulfilment.PICKUP: _("Klar til afhentning."), Fulfilment.DELIVERY: _("Klar til levering.")}
        told = _("Kunden har fået en mail.") if order.customer_email else _("Kunden har ingen mail, så ring.")
        story.tell(session, order, f"{what[order.fulfilment]} {told}", now, by_staff_id=by_staff_id)
        mails.ready(session, order, head, now)


def hand_over(
    session: Session,
    public_id: str,
    *,
    means: PayMeans | None,
    now: datetime,
    by_staff_id: int | None,
    head: Letterhead | None = None,
) -> None:
    """The customer has the things in hand; what was reserved on a card is due to be taken now.

    `means` is how somebody paid who pays on fetching; `head` is who writes the receipt, None where none is sent.
    Raises Refusal when the order is not secured, when a thing of it is still being made, or when nobody said how it
    was paid.
    """
    order = load(session, public_id)
    if order.state in {OrderState.HANDED_OVER, OrderState.CLOSED}:
        return
    if order.state is not OrderState.SECURED:
        raise Refusal(_("Ordren er ikke betalt eller bekræftet, så den kan ikke udleveres."))
    refuse_unfinished(session, order)
    if order.pay_way is PayWay.AT_PICKUP:
        note_means(order, means)
    payment = payments.newest(session, public_id)
    for item_id, _pieces in sorted([*ending.from_stock(order), *making.items_of(session, order.id)]):
        products.hand_over(session, item_id, now)
    order.state = OrderState.HANDED_OVER
    order.handed_over_at = now
    order.packed_at = order.packed_at or now
    if payment is not None and payment.state is PaymentState.AUTHORISED and order.pay_way is not PayWay.AT_PICKUP:
        owe(session, payment, Deed.CAPTURE, now, amount_ore=order.total_ore)
        text = _("Udleveret. Beløbet bliver trukket på kortet.")
    elif order.paid_means is not None:
        text = _("Udleveret. %(paid)s", paid=_(PAID_BY[order.paid_means]))
    else:
        text = _("Udleveret.")
    story.tell(session, order, text, now, by_staff_id=by_staff_id)
    if head is not None:
        mails.handed_over(session, order, head, _last_day(session, order), now)


def _last_day(session: Session, order: Order) -> date | None:
    """The last day to withdraw from an order that is handed over; None where there is nothing to withdraw from.

    While the contract is still on its way to the customer the day is not known either; the order's page says it later.
    """
    if order.customer_kind is not CustomerKind.PRIVATE or withdrawing.informed_on(session, order.public_id) is None:
        return None
    if all(line.own_length_cm is not None or line.returned >= line.quantity for line in order.lines):
        return None
    return withdrawing.deadline_of(session, order)


def change_slot(
    session: Session,
    public_id: str,
    slot: Slot,
    *,
    head: Letterhead,
    now: datetime,
    by_staff_id: int | None = None,
) -> None:
    """Another time to fetch or be brought it, before hand-over; the time it already has changes nothing.

    Raises Refusal once it is handed over or ended, or while it is not paid or confirmed.
    """
    order = load(session, public_id)
    if (order.pickup_on, order.pickup_from_minute, order.pickup_to_minute) == (
        slot.day,
        slot.from_minute,
        slot.to_minute,
    ):
        return
    if order.state not in {OrderState.SECURED, OrderState.NEEDS_ATTENTION} or order.handed_over_at is not None:
        raise Refusal(_("Tiden kan kun flyttes, mens ordren venter på at blive udleveret."))
    order.pickup_on, order.pickup_from_minute, order.pickup_to_minute = slot.day, slot.from_minute, slot.to_minute
    story.tell(session, order, _("Ny tid: %(slot)s.", slot=slot.text), now, by_staff_id=by_staff_id)
    mails.moved(session, order, head, now)


def _return_all(session: Session, order: Order, now: datetime) -> None:
    for item_id, quantity in ending.from_stock(order):
        products.return_to_stock(session, item_id, quantity, reference=order.number, now=now)


def refuse_unfinished(session: Session, order: Order) -> None:
    """Raise Refusal while something is still being made for the order."""
    to_make = {line.id for line in order.lines if line.product_type_id is not None and line.returned < line.quantity}
    if not to_make:
        return
    is_done = sa.select(LineMaking.order_line_id).where(LineMaking.done_at.is_not(None))
    if to_make - set(session.scalars(is_done.where(LineMaking.order_line_id.in_(to_make)))):
        raise Refusal(_("Noget af ordren er ikke lavet færdigt endnu."))


def note_means(order: Order, means: PayMeans | None) -> None:
    """How it was paid at the desk. Raises Refusal when nobody said, or for an invoice to a private customer."""
    if means is None:
        raise Refusal(_("Vælg, hvordan kunden har betalt."))
    if means is PayMeans.INVOICE and order.customer_kind is CustomerKind.PRIVATE:
        raise Refusal(_("Kun firmaer og det offentlige kan få en faktura. Vælg, hvordan kunden har betalt."))
    order.paid_means = means
