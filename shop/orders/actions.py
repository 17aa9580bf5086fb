"""What people do with an order: confirm, call off, make ready, hand over, pay back. Every one of them twice is once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from shop.orders import ending, mails, securing, story
from shop.orders.letterhead import Letterhead
from shop.orders.models import CancelCause, Order, OrderState, PayWay
from shop.orders.placing import CONFIRM
from shop.payments import queries as payments
from shop.payments.actions import owe, owe_money_back
from shop.payments.models import Deed, PaymentState
from workshop.core import crypto
from workshop.core.errors import NotHere, Refusal
from workshop.core.i18n import _
from workshop.products import actions as products

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
    if order.ready_at is None:
        order.ready_at = now
        story.tell(session, order, _("Klar til afhentning. Kunden har fået en mail."), now, by_staff_id=by_staff_id)
        mails.ready(session, order, head, now)


def hand_over(session: Session, public_id: str, *, now: datetime, by_staff_id: int | None) -> None:
    """The customer has the things in hand; what was reserved on a card is due to be taken now.

    Raises Refusal when the order is not secured.
    """
    order = load(session, public_id)
    if order.state in {OrderState.HANDED_OVER, OrderState.CLOSED}:
        return
    if order.state is not OrderState.SECURED:
        raise Refusal(_("Ordren er ikke betalt eller bekræftet, så den kan ikke udleveres."))
    payment = payments.newest(session, public_id)
    for line in order.lines:
        products.hand_over(session, line.item_id, now)
    order.state = OrderState.HANDED_OVER
    order.handed_over_at = now
    if payment is not None and payment.state is PaymentState.AUTHORISED:
        owe(session, payment, Deed.CAPTURE, now, amount_ore=order.total_ore)
        text = _("Udleveret. Beløbet bliver trukket på kortet.")
    else:
        text = _("Udleveret.") if order.pay_way is PayWay.CARD else _("Udleveret og betalt ved afhentning.")
    story.tell(session, order, text, now, by_staff_id=by_staff_id)


def pay_back(
    session: Session,
    public_id: str,
    *,
    is_back_in_stock: bool,
    head: Letterhead,
    now: datetime,
    by_staff_id: int | None,
) -> None:
    """Give the customer everything back, once: an order still open is cancelled, one handed over is closed.

    Raises Refusal when there is nothing to give back.
    """
    order = load(session, public_id)
    if order.state in OPEN and order.handed_over_at is None:
        cancel(session, public_id, cause=CancelCause.STAFF, head=head, now=now, by_staff_id=by_staff_id)
        return
    payment = payments.newest(session, public_id)
    if payment is None or owe_money_back(session, payment, now) is None:
        raise Refusal(_("Der er ingen penge at betale tilbage på kortet."))
    if order.handed_over_at is not None and order.state is not OrderState.CLOSED:
        order.state = OrderState.CLOSED
        order.ended_at = now
        order.attention = ""
        if is_back_in_stock:
            _return_all(session, order, now)
        story.tell(session, order, _("Betales tilbage til kunden."), now, by_staff_id=by_staff_id)
        mails.paid_back(session, order, head, payment.captured_ore - payment.refunded_ore, now)


def _return_all(session: Session, order: Order, now: datetime) -> None:
    for line in sorted(order.lines, key=lambda each: each.item_id):
        products.return_to_stock(session, line.item_id, line.quantity, reference=order.number, now=now)
