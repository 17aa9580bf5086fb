"""What an order does when its money moves. Its own state decides, so news twice or late changes nothing."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shop.orders import ending, mails, story
from shop.orders.letterhead import Letterhead
from shop.orders.making.models import BasketMaking
from shop.orders.models import BasketLine, CancelCause, Order, OrderState
from shop.payments import outcomes
from shop.payments import queries as payments
from shop.payments.actions import owe_money_back
from shop.payments.models import Deed, Payment, PaymentState
from workshop.core.i18n import _
from workshop.core.money import kr
from workshop.products import actions as products

SAFE = frozenset({OrderState.SECURED, OrderState.HANDED_OVER, OrderState.CLOSED})
ENDED = frozenset({OrderState.CANCELLED, OrderState.CLOSED})
REACHED = {
    Deed.CAPTURE: (PaymentState.CAPTURED,),
    Deed.VOID: (PaymentState.VOIDED, PaymentState.LAPSED, PaymentState.EXPIRED),
}
DEED_NAMES = {
    Deed.EXPIRE: "at lukke betalingssiden",
    Deed.CAPTURE: "at trække beløbet",
    Deed.VOID: "at slippe det reserverede beløb",
    Deed.REFUND: "at betale tilbage",
}


def follow(session: Session, outcome: outcomes.Outcome, now: datetime, *, head: Letterhead) -> None:
    """Let the order behind a payment follow what became of the money, in the block that wrote it down."""
    order = story.locked(session, outcome.reference)
    if order is None:
        return
    match outcome:
        case outcomes.Secured():
            secure(session, order, now, head)
        case outcomes.Expired():
            _closed_unpaid(session, order, now)
        case outcomes.Captured():
            story.tell(session, order, _("%(amount)s er trukket på kortet.", amount=kr(outcome.amount_ore)), now)
        case outcomes.Refunded():
            story.tell(session, order, _("%(amount)s er betalt tilbage.", amount=kr(outcome.amount_ore)), now)
        case outcomes.Voided() | outcomes.Lapsed():
            _money_gone(session, order, now, has_lapsed=isinstance(outcome, outcomes.Lapsed))
        case outcomes.Mismatch():
            _mismatch(session, order, now)
        case outcomes.DeedRefused():
            _refused(session, order, outcome, now)


def secure(session: Session, order: Order, now: datetime, head: Letterhead) -> None:
    """The order holds: what was held is sold, and the receipt is written. A second time changes nothing.

    Money that comes after the hold was given up is held up against the stock again, under lock: the things are sold if
    they are still there. If not, and when the order was called off, the money goes back by itself.
    """
    if order.state in SAFE:
        return
    if order.state is OrderState.CANCELLED and order.cancel_cause is not CancelCause.LAPSED:
        _give_back(session, order, now)
        return
    if ending.active_holds(session, order):
        ending.sell(session, order, now)
    elif not _sell_again(session, order, now):
        _too_late(session, order, now, head)
        return
    order.state = OrderState.SECURED
    order.cancel_cause = order.ended_at = None
    order.secured_at = now
    _empty_basket(session, order)
    story.tell(session, order, _("Ordren gælder. Vi gør den klar."), now)
    mails.secured(session, order, head, now)


def _sell_again(session: Session, order: Order, now: datetime) -> bool:
    """Sell what is no longer held, if all of it is still free; all lines or none. What is to be made is always free."""
    things = ending.from_stock(order)
    taken: list[tuple[int, int]] = []
    for item_id, quantity in things:
        if not products.hold(session, item_id, quantity):
            for other, pieces in taken:
                products.release(session, other, pieces)
            return False
        taken.append((item_id, quantity))
    for item_id, quantity in things:
        products.sell_held(session, item_id, quantity, reference=order.number, now=now)
    return True


def _closed_unpaid(session: Session, order: Order, now: datetime) -> None:
    if order.state is OrderState.PLACED:
        ending.mark_cancelled(session, order, CancelCause.LAPSED, now)
    if order.state in {OrderState.CANCELLED, OrderState.NEEDS_ATTENTION}:
        ending.release(session, order, now)


def _money_gone(session: Session, order: Order, now: datetime, *, has_lapsed: bool) -> None:
    """Reserved money was let go: expected of a cancelled order, a matter for people on every other."""
    text = _("Reservationen på kortet er udløbet.") if has_lapsed else _("Det reserverede beløb er sluppet.")
    if order.state is OrderState.PLACED:
        ending.mark_cancelled(session, order, CancelCause.LAPSED, now)
        ending.release(session, order, now)
    elif order.state in SAFE:
        _needs_attention(session, order, text, now)
    else:
        story.tell(session, order, text, now)


def _refused(session: Session, order: Order, outcome: outcomes.DeedRefused, now: datetime) -> None:
    if outcome.deed is Deed.EXPIRE:
        return  # The page turned out to be paid or closed, which is news of its own.
    payment = session.get(Payment, outcome.payment_id)
    if payment is not None and payment.state in REACHED.get(outcome.deed, ()):
        return  # Somebody did it in Stripe's own pages, or the bank did: it is as it was meant to be.
    text = _("Stripe sagde nej til %(deed)s (%(code)s).", deed=_(DEED_NAMES[outcome.deed]), code=outcome.code)
    if order.state in ENDED:  # its things are settled; opened again they would be given back a second time
        _flag(session, order, text, now)
    else:
        _needs_attention(session, order, text, now)


def _needs_attention(session: Session, order: Order, text: str, now: datetime) -> None:
    order.state = OrderState.NEEDS_ATTENTION
    _flag(session, order, text, now)


def _mismatch(session: Session, order: Order, now: datetime) -> None:
    """Money that does not fit never secures an order, and never takes back one that is."""
    if order.state is OrderState.PLACED:
        order.state = OrderState.NEEDS_ATTENTION
    _flag(session, order, _("Betalingen passer ikke med ordren. Se den hos Stripe."), now)


def _flag(session: Session, order: Order, text: str, now: datetime) -> None:
    if order.attention != text:
        order.attention = text
        story.tell(session, order, text, now)


def _give_back(session: Session, order: Order, now: datetime) -> None:
    payment = payments.newest(session, order.public_id)
    if payment is not None and owe_money_back(session, payment, now) is not None:
        story.tell(session, order, _("Pengene kom, efter at ordren var annulleret. De er på vej tilbage."), now)
    ending.release(session, order, now)


def _too_late(session: Session, order: Order, now: datetime, head: Letterhead) -> None:
    """Somebody else has the thing by now: nothing is kept from the customer, neither the money nor the news."""
    ending.mark_cancelled(session, order, CancelCause.STAFF, now)
    story.tell(session, order, _("Pengene kom, da varen var solgt til en anden. De er på vej tilbage."), now)
    payment = payments.newest(session, order.public_id)
    back = owe_money_back(session, payment, now) if payment is not None else None
    mails.cancelled(session, order, head, now, money_back=back)


def _empty_basket(session: Session, order: Order) -> None:
    """What is bought leaves the basket it was bought from."""
    if order.basket_id is not None:
        bought = [line.item_id for line in order.lines if line.item_id is not None]
        wished = [line.product_type_id for line in order.lines if line.product_type_id is not None]
        session.execute(
            sa.delete(BasketLine).where(BasketLine.basket_id == order.basket_id, BasketLine.item_id.in_(bought))
        )
        session.execute(
            sa.delete(BasketMaking).where(
                BasketMaking.basket_id == order.basket_id, BasketMaking.product_type_id.in_(wished)
            )
        )
