"""The customer's own order. It opens by the link in a mail, which becomes a cookie for this one address."""

from __future__ import annotations

import functools
from datetime import date

import sqlalchemy as sa
from flask import Blueprint, flash, g, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response
from wtforms.fields.choices import SelectChoice

from shop.orders import actions, basket, checkout, ics, mails, payways, queries
from shop.orders.desk.forms import SlotForm
from shop.orders.house import queries as house
from shop.orders.letterhead import Letterhead
from shop.orders.making import queries as making
from shop.orders.models import CancelCause, CustomerKind, Order, OrderState, PayWay
from shop.orders.nudge import nudge
from shop.orders.pickup import Calendar, Slot, hours_text
from shop.orders.placing import CONFIRM, HOLD
from shop.orders.queries import OrderPage, OrderRow
from shop.orders.web import basket_token, gateway, may_see, open_order, private
from shop.orders.withdrawing import deadlines
from shop.orders.withdrawing import queries as withdrawing
from shop.orders.withdrawing.mails import means_text
from shop.orders.withdrawing.models import Complaint, Refund, Withdrawal, WithdrawalState
from shop.payments.gateway import PaymentUnavailable
from shop.payments.models import PaymentState
from workshop.core import clock, db
from workshop.core.access import public
from workshop.core.errors import Refusal
from workshop.core.i18n import _
from workshop.core.web import settings
from workshop.products.qr import make_qr, qr_svg

blueprint = Blueprint("orders", __name__)
MAY_CANCEL = frozenset({OrderState.PLACED, OrderState.SECURED})
_HAS_AFTER = sa.union_all(
    *(
        sa.select(sa.literal(1)).where(sa.exists().where(kind.order_id == sa.bindparam("order")))
        for kind in (Refund, Withdrawal, Complaint)
    )
)


@blueprint.get("/ordre/<public_id>/<token>")
@public
def link(public_id: str, token: str) -> Response:
    """The link in a mail: let this browser in, and go on to the clean address."""
    with db.reading() as session:
        if not queries.opens(session, public_id, token, clock.now()):
            return unknown()
    return private(open_order(redirect(url_for("orders.page", public_id=public_id), 303), public_id))


@blueprint.get("/ordre/<public_id>")
@public
def page(public_id: str) -> Response:
    """How far the order is, and what the customer can do about it."""
    now = clock.now()
    with db.reading() as session:
        found = _own_in(session, public_id)
        if found is None:
            return unknown()
        order, hold_until = found.order, found.order.placed_at + HOLD
        made = making.of_order(session, order.id) if any(line.is_made_to_order for line in found.lines) else []
        is_begun = bool(made) and making.is_begun_to_measure(session, order.id)
        has_after = bool(db.rows(session, _HAS_AFTER, {"order": order.id}))  # most orders have none of the three
        refunds = withdrawing.refunds_of(session, order.id) if has_after else []
        declared = withdrawing.withdrawals_of(session, order.id) if has_after else []
        complaints = withdrawing.complaints_of(session, order.id) if has_after else []
        is_out = order.handed_over_at is not None  # before that there is no last day to withdraw
        last_on = withdrawing.deadline_of(session, session.get_one(Order, order.id)) if is_out else None
        kept_until = house.calendar(session).kept_until(order.pickup_on) if _is_kept(order) else None
        g.in_basket = basket.count(session, basket_token())  # the menu need not ask by itself
    today = clock.local_day(now)
    handed_over_on = clock.local_day(order.handed_over_at) if order.handed_over_at else None
    html = render_template(
        "orders/page.html",
        found=found,
        order=order,
        is_waiting_for_payment=_may_pay(found),
        has_just_paid="betalt" in request.args,
        why_cancelled=mails.why_cancelled(order.cancel_cause),
        may_cancel=order.state in MAY_CANCEL and not is_begun,
        is_begun_to_measure=is_begun,
        may_move=_may_move(found),
        hold_until=hold_until if now < hold_until else None,
        confirm_until=order.placed_at + CONFIRM,
        kept_until=kept_until,
        making=made,
        refunds=refunds,
        declared=declared,
        complaints=complaints,
        last_on=last_on,
        may_withdraw=order.customer_kind is CustomerKind.PRIVATE
        and any(line.own_length_cm is None and line.returned < line.quantity for line in found.lines)
        and deadlines.is_in_time(today, last_on),
        may_complain=handed_over_on is not None and today <= deadlines.complaint_until(handed_over_on),
        code_svg=_code(Letterhead.of(settings()).base_url, order.handover_code)
        if order.handover_code and order.state is OrderState.SECURED
        else "",
        means_text=means_text,
        hours_text=hours_text,
        PayWay=PayWay,
        OrderState=OrderState,
        PaymentState=PaymentState,
        WithdrawalState=WithdrawalState,
    )
    return private(make_response(html))


@functools.lru_cache(maxsize=256)  # people look at their order more than once, and a symbol is slow to make
def _code(base_url: str, code: str) -> str:
    """The hand-over code as a symbol that staff scan."""
    drawn = make_qr(f"{base_url}/personale/ordrer/udlever/{code}")
    return qr_svg(drawn.path, drawn.side, _("Koden som QR"))


@blueprint.get("/ordre/<public_id>/tid.ics")
@public
def calendar_entry(public_id: str) -> Response:
    """The time to fetch, for a calendar."""
    found = own(public_id)
    if found is None or not _may_move(found):
        return unknown()
    with db.reading() as session:
        entry = ics.attachment(session.get_one(Order, found.order.id), Letterhead.of(settings()), clock.now())
    answer = Response(entry.text, mimetype=entry.kind)
    answer.headers["Content-Disposition"] = f'attachment; filename="{entry.name}"'
    return private(answer)


@blueprint.get("/ordre/<public_id>/anden-tid")
@public
def ask_slot(public_id: str) -> Response:
    """The times one can choose instead."""
    found = own(public_id)
    if found is None:
        return unknown()
    if not _may_move(found):  # Back, from an order that has gone on since
        return private(redirect(url_for("orders.page", public_id=public_id), 303))
    form, slots = _slot_form(found)
    return _slot_page(found, form, slots, 200)


@blueprint.post("/ordre/<public_id>/anden-tid")
@public
def choose_slot(public_id: str) -> Response:
    """Another time to fetch, or to be brought it."""
    found = own(public_id)
    if found is None or not _may_move(found):
        return unknown()
    form, slots = _slot_form(found)
    chosen = next((slot for slot in slots if slot.key == form.tid.data), None)
    if not form.validate() or chosen is None:
        return _slot_page(found, form, slots, 422)
    head, now = Letterhead.of(settings()), clock.now()
    with db.transaction() as session:
        actions.change_slot(session, public_id, chosen, head=head, now=now)
    nudge(public_id, now)
    flash(_("Din nye tid er %(time)s.", time=chosen.text[:1].lower() + chosen.text[1:]))
    return redirect(url_for("orders.page", public_id=public_id), 303)


@blueprint.post("/ordre/<public_id>/betal")
@public
def pay(public_id: str) -> Response:
    """On to the payment page of an order that is not paid yet; the same page each time."""
    found = own(public_id)
    if found is None:
        return unknown()
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
    found = own(public_id)
    if found is None:
        return unknown()
    with db.reading() as session:
        is_begun = making.is_begun_to_measure(session, found.order.id)
    if is_begun or found.order.state not in MAY_CANCEL:  # Back, from an order that has gone on since
        return private(redirect(url_for("orders.page", public_id=public_id), 303))
    html = render_template("orders/cancel.html", found=found, order=found.order, PaymentState=PaymentState)
    return private(make_response(html))


@blueprint.post("/ordre/<public_id>/annuller")
@public
def cancel(public_id: str) -> Response:
    """Call the order off before it is handed over."""
    found = own(public_id)
    if found is None:
        return unknown()
    head, now = Letterhead.of(settings()), clock.now()
    with db.transaction() as session:
        if making.is_begun_to_measure(session, found.order.id):
            raise Refusal(_("Vi er begyndt på det, vi laver efter dine egne mål. Ring til os, så finder vi ud af det."))
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
        return unknown()
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


def own(public_id: str) -> OrderPage | None:
    """The order, if this browser was let in to it and its link still lasts."""
    with db.reading() as session:
        return _own_in(session, public_id)


def _own_in(session: Session, public_id: str) -> OrderPage | None:
    if not may_see(public_id):
        return None
    found = queries.page(session, public_id)
    return found if found and clock.now() < found.order.link_expires_at else None


def unknown() -> Response:
    """The same for an order that is not there and one that is not yours."""
    return private(make_response(render_template("orders/unknown.html"), 404))


def _may_pay(found: OrderPage) -> bool:
    money = found.money
    is_open = found.order.state is OrderState.PLACED and money is not None and money.state is PaymentState.OPENED
    return is_open and money is not None and clock.now() < money.expires_at


def _is_kept(order: OrderRow) -> bool:
    """Whether it waits for a customer who pays when they fetch it; how long is told then."""
    is_awaited = order.state is not OrderState.PLACED and order.handed_over_at is None
    return is_awaited and order.pay_way is PayWay.AT_PICKUP and not order.is_delivery


def _may_move(found: OrderPage) -> bool:
    return found.order.state is OrderState.SECURED and found.order.handed_over_at is None


def _slot_form(found: OrderPage) -> tuple[SlotForm, list[Slot]]:
    """The form with the times offered now, not before what is being made is promised."""
    order = found.order
    with db.reading() as session:
        calendar: Calendar = house.calendar(session)
        promised = [row.promised_on for row in making.of_order(session, order.id) if row.promised_on]
    slots = calendar.slots(clock.now(), fulfilment=order.fulfilment, not_before=max(promised, default=None))
    last_day = _last_day(found)
    if last_day is not None:
        slots = [slot for slot in slots if slot.day <= last_day]
    form = SlotForm.posted() if request.method == "POST" else SlotForm()
    form.tid.choices = [SelectChoice(slot.key, slot.text) for slot in slots]
    return form, slots


def _last_day(found: OrderPage) -> date | None:
    """The last day that goes with what the bank has reserved; None where nothing is."""
    order, money = found.order, found.money
    if order.pay_way is not PayWay.CARD:
        return None
    return payways.last_card_day(order.secured_at or order.placed_at, money.lapses_at if money else None)


def _slot_page(found: OrderPage, form: SlotForm, slots: list[Slot], status: int) -> Response:
    html = render_template(
        "orders/slot.html",
        found=found,
        order=found.order,
        form=form,
        slots=slots,
        last_day=_last_day(found),
        hours_text=hours_text,
    )
    return private(make_response(html, status))
