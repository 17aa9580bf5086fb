"""The presses of the order desk: pack, tell it is ready, hand over, move, call off, sort out. Twice is once."""

from __future__ import annotations

import re

from flask import flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms.fields.choices import SelectChoice

from shop.orders import actions, queries
from shop.orders.desk import actions as desk_actions
from shop.orders.desk.forms import CodeForm, MeansForm, SlotForm
from shop.orders.desk.views import order_page
from shop.orders.house import queries as house
from shop.orders.letterhead import Letterhead
from shop.orders.models import CancelCause, OrderState, PayWay
from shop.orders.nudge import nudge
from shop.orders.pickup import hours_text
from shop.orders.queries import OrderPage
from shop.orders.views import blueprint
from workshop.core import access, clock, db
from workshop.core.access import needs
from workshop.core.errors import NotHere, Refusal
from workshop.core.i18n import _, lazy
from workshop.core.money import PayMeans
from workshop.core.web import MenuEntry, settings

MENU = (MenuEntry("orders", lazy("Udlever"), "orders.by_code", "ja", "order:handle", order=20),)
# Who goes through a list stays on it.
LISTS = {"bord": "orders.desk", "pakkeliste": "packing.packing", "levering": "packing.delivery"}
_CODE_AT_END = re.compile(r"/udlever/([^/?#]+)")  # a scanner types the whole address


@blueprint.get("/personale/ordrer/udlever")
@needs("order:handle")
def by_code() -> Response:
    """Type or scan the customer's code."""
    typed = request.args.get("kode")
    if typed is None:
        return _code_page(CodeForm(), 200)
    form = CodeForm(request.args)
    return _found_by(form) if form.validate() else _code_page(form, 422)


@blueprint.get("/personale/ordrer/udlever/<code>")
@needs("order:handle")
def scanned_code(code: str) -> Response:
    """What the customer's QR code leads staff to; everybody else is asked to sign in."""
    return _found_by(CodeForm(kode=code))


@blueprint.post("/personale/ordrer/<public_id>/pakket")
@needs("order:handle")
def packed(public_id: str) -> Response:
    """The things are put together."""
    with db.transaction() as session:
        desk_actions.pack(session, public_id, now=clock.now(), by_staff_id=_staff_id())
    return _back(public_id, _("Skrevet ned som pakket."))


@blueprint.post("/personale/ordrer/<public_id>/klar")
@needs("order:handle")
def ready(public_id: str) -> Response:
    """The things stand ready; the customer is told."""
    head, now = Letterhead.of(settings()), clock.now()
    with db.transaction() as session:
        actions.make_ready(session, public_id, head=head, now=now, by_staff_id=_staff_id())
    nudge(public_id, now)
    return _back_and_told(public_id, _("Meldt klar."))


@blueprint.post("/personale/ordrer/<public_id>/udlever")
@needs("order:handle")
def hand_over(public_id: str) -> Response:
    """The customer has the things in hand, and has paid if they were to pay now."""
    head, now = Letterhead.of(settings()), clock.now()
    found = _found(public_id)
    means: PayMeans | None = None
    if found.order.pay_way is PayWay.AT_PICKUP and found.order.handed_over_at is None:
        form = MeansForm.posted().offer(found.order.customer_kind)
        if not form.validate():
            return order_page(public_id, 422, form)
        means = form.means
    with db.transaction() as session:
        actions.hand_over(session, public_id, means=means, now=now, by_staff_id=_staff_id(), head=head)
    nudge(public_id, now)
    return _back(public_id, _("Udleveret."))


@blueprint.get("/personale/ordrer/<public_id>/tid")
@needs("order:handle")
def move(public_id: str) -> Response:
    """Choose another time."""
    return _slot_page(_found(public_id), None, 200)


@blueprint.post("/personale/ordrer/<public_id>/tid")
@needs("order:handle")
def moved(public_id: str) -> Response:
    """Another time; the customer is told."""
    found, form, now = _found(public_id), SlotForm.posted(), clock.now()
    with db.reading() as session:
        slot = house.calendar(session).slot_of(form.tid.data or "", now, found.order.fulfilment)
    if slot is None:
        return _slot_page(found, form, 422)
    with db.transaction() as session:
        actions.change_slot(session, public_id, slot, head=Letterhead.of(settings()), now=now, by_staff_id=_staff_id())
    nudge(public_id, now)
    return _back_and_told(public_id, _("Tiden er flyttet."))


@blueprint.post("/personale/ordrer/<public_id>/annuller")
@needs("order:handle")
def desk_cancel(public_id: str) -> Response:
    """Call an order off from our side."""
    head, now = Letterhead.of(settings()), clock.now()
    with db.transaction() as session:
        actions.cancel(session, public_id, cause=CancelCause.STAFF, head=head, now=now, by_staff_id=_staff_id())
    nudge(public_id, now)
    return _back_and_told(public_id, _("Annulleret."))


@blueprint.post("/personale/ordrer/<public_id>/set")
@needs("order:handle")
def looked_at(public_id: str) -> Response:
    """Somebody has looked at it, and it is in order."""
    with db.transaction() as session:
        desk_actions.seen(session, public_id, now=clock.now(), by_staff_id=_staff_id())
    return _back(public_id, _("Skrevet ned som set på."))


@blueprint.post("/personale/ordrer/<public_id>/betal-ved-afhentning")
@needs("order:handle")
def pay_at_pickup(public_id: str) -> Response:
    """The reservation is gone: the customer is asked to pay when they get it."""
    head, now = Letterhead.of(settings()), clock.now()
    with db.transaction() as session:
        desk_actions.let_pay_at_pickup(session, public_id, head=head, now=now, by_staff_id=_staff_id())
    nudge(public_id, now)
    return _back_and_told(public_id, _("Kunden betaler, når ordren udleveres."))


@blueprint.post("/personale/ordrer/<public_id>/betalt")
@needs("order:handle")
def paid(public_id: str) -> Response:
    """The card said no after hand-over, and the customer has paid in another way."""
    form = MeansForm.posted().offer(_found(public_id).order.customer_kind)
    if not form.validate():
        return order_page(public_id, 422, form)
    with db.transaction() as session:
        desk_actions.paid_otherwise(session, public_id, means=form.means, now=clock.now(), by_staff_id=_staff_id())
    return _back(public_id, _("Skrevet ned som betalt."))


@blueprint.post("/personale/ordrer/<public_id>/betal-tilbage")
@needs("order:refund")
def pay_back(public_id: str) -> Response:
    """Call off an order that is not handed over, and give back all of its money, once; again where that failed."""
    head, now = Letterhead.of(settings()), clock.now()
    with db.transaction() as session:
        is_again = desk_actions.pay_back_again(session, public_id, now=now, by_staff_id=_staff_id())
        if not is_again:
            actions.cancel(session, public_id, cause=CancelCause.STAFF, head=head, now=now, by_staff_id=_staff_id())
    nudge(public_id, now)
    if is_again:
        return _back(public_id, _("Vi har spurgt Stripe igen."))
    return _back_and_told(public_id, _("Annulleret."))


def _found_by(form: CodeForm) -> Response:
    """On to the order of this code, or the form again with what was typed."""
    typed = form.kode.data or ""
    address = _CODE_AT_END.search(typed)
    with db.reading() as session:
        public_id = queries.by_handover_code(session, address[1] if address else typed)
    if public_id is None:
        form.kode.errors = [_("Ingen ordre har den kode. Se efter, om den er skrevet rigtigt, eller søg på navnet.")]
        return _code_page(form, 422)
    return redirect(url_for("orders.desk_order", public_id=public_id, _anchor="udlever"), 303)


def _code_page(form: CodeForm, status: int) -> Response:
    return make_response(render_template("orders/by_code.html", form=form), status)


def _slot_page(found: OrderPage, form: SlotForm | None, status: int) -> Response:
    order = found.order
    with db.reading() as session:
        slots = house.calendar(session).slots(clock.now(), order.fulfilment)
    form = form or SlotForm()
    form.tid.choices = [SelectChoice(slot.key, slot.text) for slot in slots]
    if status == 422:
        form.tid.errors = [_("Vælg en af tiderne.")]
    may_move = order.state in {OrderState.SECURED, OrderState.NEEDS_ATTENTION} and not order.handed_over_at
    if not may_move:
        raise Refusal(_("Tiden kan kun flyttes, mens ordren venter på at blive udleveret."))
    return make_response(render_template("orders/move.html", form=form, order=order, hours_text=hours_text), status)


def _found(public_id: str) -> OrderPage:
    with db.reading() as session:
        found = queries.page(session, public_id)
    if found is None:
        raise NotHere
    return found


def _staff_id() -> int:
    return access.require_actor().account_id


def _back_and_told(public_id: str, sentence: str) -> Response:
    """Back, with a word on how the customer hears of it: somebody who ordered by phone may have no mail."""
    has_mail = bool(_found(public_id).order.customer_email)
    told = _("Kunden får en mail.") if has_mail else _("Kunden har ingen mail, så ring.")
    return _back(public_id, f"{sentence} {told}")


def _back(public_id: str, sentence: str) -> Response:
    if (page := LISTS.get(request.form.get("fra", ""))) is not None:
        number = _found(public_id).order.number
        flash(_("Ordre %(number)s: %(sentence)s", number=number, sentence=sentence))
        return redirect(url_for(page, dag=request.form.get("dag") or None, _anchor=f"ordre-{number}"), 303)
    flash(sentence)
    return redirect(url_for("orders.desk_order", public_id=public_id), 303)
