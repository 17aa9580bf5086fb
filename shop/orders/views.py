"""The customer's own order. It opens by the link in a mail, which becomes a cookie for this one address."""

from __future__ import annotations

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from shop.orders import actions, checkout, mails, queries
from shop.orders.letterhead import Letterhead
from shop.orders.models import CancelCause, OrderState, PayWay
from shop.orders.nudge import nudge
from shop.orders.pickup import hours_text, kept_until
from shop.orders.placing import CONFIRM, HOLD
from shop.orders.queries import OrderPage
from shop.orders.web import gateway, may_see, open_order, private
from shop.payments.gateway import PaymentUnavailable
from shop.payments.models import PaymentState
from workshop.core import clock, db
from workshop.core.access import public
from workshop.core.errors import Refusal
from workshop.core.i18n import _
from workshop.core.web import settings

blueprint = Blueprint("orders", __name__)
MAY_CANCEL = frozenset({OrderState.PLACED, OrderState.SECURED})


@blueprint.get("/ordre/<public_id>/<token>")
@public
def link(public_id: str, token: str) -> Response:
    """The link in a mail: let this browser in, and go on to the clean address."""
    with db.reading() as session:
        if not queries.opens(session, public_id, token, clock.now()):
            return _unknown()
    return private(open_order(redirect(url_for("orders.page", public_id=public_id), 303), public_id))


@blueprint.get("/ordre/<public_id>")
@public
def page(public_id: str) -> Response:
    """How far the order is."""
    found, now = _own(public_id), clock.now()
    if found is None:
        return _unknown()
    hold_until = found.order.placed_at + HOLD
    html = render_template(
        "orders/page.html",
        found=found,
        order=found.order,
        is_waiting_for_payment=_may_pay(found),
        has_just_paid="betalt" in request.args,
        why_cancelled=mails.why_cancelled(found.order.cancel_cause),
        may_cancel=found.order.state in MAY_CANCEL,
        hold_until=hold_until if now < hold_until else None,
        confirm_until=found.order.placed_at + CONFIRM,
        kept_until=kept_until(found.order.pickup_on),
        PayWay=PayWay,
        OrderState=OrderState,
        PaymentState=PaymentState,
    )
    return private(make_response(html))


@blueprint.post("/ordre/<public_id>/betal")
@public
def pay(public_id: str) -> Response:
    """On to the payment page of an order that is not paid yet; the same page each time."""
    found = _own(public_id)
    if found is None:
        return _unknown()
    if not _may_pay(found) or found.money is None:
        raise Refusal(_("Ordren kan ikke betales mere. Læg varen i kurven igen."))
    try:
        address = checkout.payment_page(gateway(), public_id, found.money.payment_id, Letterhead.of(settings()))
    except PaymentUnavailable as away:
        flash(away.sentence)
        address = url_for("orders.page", public_id=public_id)
    return redirect(address, 303)


@blueprint.get("/ordre/<public_id>/annuller")
@public
def ask_cancel(public_id: str) -> Response:
    """Ask once before calling it off."""
    found = _own(public_id)
    if found is None or found.order.state not in MAY_CANCEL:
        return _unknown()
    return private(make_response(render_template("orders/cancel.html", found=found, order=found.order)))


@blueprint.post("/ordre/<public_id>/annuller")
@public
def cancel(public_id: str) -> Response:
    """Call the order off before it is handed over."""
    if _own(public_id) is None:
        return _unknown()
    head, now = Letterhead.of(settings()), clock.now()
    with db.transaction() as session:
        actions.cancel(session, public_id, cause=CancelCause.CUSTOMER, head=head, now=now)
    nudge(public_id, now)
    return redirect(url_for("orders.page", public_id=public_id), 303)


@blueprint.get("/ordre/<public_id>/bekraeft/<token>")
@public
def ask_confirm(public_id: str, token: str) -> Response:
    """The link in the mail shows a button: programs that read mail open links, but press no buttons."""
    with db.reading() as session:
        order = queries.can_confirm(session, public_id, token)
        found = queries.page(session, public_id) if order else None
    if found is None:
        return _unknown()
    order, until = found.order, found.order.placed_at + CONFIRM
    if order.state not in {OrderState.PLACED, OrderState.CANCELLED}:  # confirmed before: the link leads to the order
        return private(open_order(redirect(url_for("orders.page", public_id=public_id), 303), public_id))
    is_late = order.state is OrderState.PLACED and clock.now() >= until
    why = mails.why_cancelled(CancelCause.LAPSED if is_late else order.cancel_cause)
    is_over = is_late or order.state is OrderState.CANCELLED
    html = render_template(
        "orders/confirm.html", found=found, order=order, until=until, is_over=is_over, why=why, hours_text=hours_text
    )
    return private(make_response(html))


@blueprint.post("/ordre/<public_id>/bekraeft/<token>")
@public
def confirm(public_id: str, token: str) -> Response:
    """The button behind the link: the order holds from now on."""
    head, now = Letterhead.of(settings()), clock.now()
    with db.transaction() as session:
        actions.confirm_pickup(session, public_id, token, head=head, now=now)
    nudge(public_id, now)
    return private(open_order(redirect(url_for("orders.page", public_id=public_id), 303), public_id))


def _own(public_id: str) -> OrderPage | None:
    """The order, if this browser was let in to it and its link still lasts."""
    if not may_see(public_id):
        return None
    with db.reading() as session:
        found = queries.page(session, public_id)
    return found if found and clock.now() < found.order.link_expires_at else None


def _may_pay(found: OrderPage) -> bool:
    money = found.money
    is_open = found.order.state is OrderState.PLACED and money is not None and money.state is PaymentState.OPENED
    return is_open and money is not None and clock.now() < money.expires_at


def _unknown() -> Response:
    """The same for an order that is not there and one that is not yours."""
    return private(make_response(render_template("orders/unknown.html"), 404))
