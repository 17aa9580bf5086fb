"""The desk's purchase list: what is missing, what is wanted, what is on its way, and what came."""

from __future__ import annotations

import re

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from workshop.core import access, clock, crypto, db, web
from workshop.core.access import needs
from workshop.core.errors import NotHere, Refusal
from workshop.core.i18n import _, lazy, ngettext
from workshop.production import queries as orders
from workshop.production.buying import actions, queries
from workshop.production.buying.actions import Wanted
from workshop.production.buying.forms import EditForm, ExpectedForm, LineForm, ReceiveForm, list_name
from workshop.production.models import PurchaseFor, PurchaseLine
from workshop.production.stores import amounts
from workshop.production.stores.forms import ONCE
from workshop.products.materials import queries as materials

MOST_AT_ONCE = 500
blueprint = Blueprint("buying", __name__, url_prefix="/personale/produktion/indkoeb")
MENU = (web.MenuEntry("making", lazy("Indkøb"), "buying.everything", "kurv", "production:read", order=70),)


@blueprint.get("")
@needs("production:read")
def everything() -> Response:
    """The list."""
    return _list_page(ExpectedForm(), 200)


@blueprint.post("/mangler")
@needs("production:edit")
def want_missing() -> Response:
    """Put what is missing of the chosen materials on the list."""
    with db.transaction() as session:
        made = actions.want_missing(
            session,
            set(request.form.getlist("materials")),
            now=clock.now(),
            by_staff_id=access.require_actor().account_id,
        )
    if made:
        flash(ngettext("%(num)s linje er skrevet på listen.", "%(num)s linjer er skrevet på listen.", made))
    else:
        flash(_("Der er ikke skrevet noget. Sæt kryds ved det, der skal købes."))
    return _to_list()


@blueprint.post("/bestilt")
@needs("production:edit")
def order() -> Response:
    """The chosen lines have been ordered."""
    form = ExpectedForm.posted()
    if not form.validate():
        return _list_page(form, 422)
    chosen = [each for each in request.form.getlist("lines") if re.fullmatch(ONCE, each)]
    with db.transaction() as session:
        done = actions.order(session, chosen[:MOST_AT_ONCE], expected_on=form.expected_on.data)
    if done:
        flash(ngettext("%(num)s linje er bestilt.", "%(num)s linjer er bestilt.", done))
    else:
        flash(_("Der er ikke bestilt noget. Sæt kryds ved det, der er bestilt."))
    return _to_list()


@blueprint.get("/ny")
@needs("production:edit")
def new() -> Response:
    """The form for a line of one's own; an order's page fills it in."""
    form = LineForm(data={"once": crypto.new_public_id(), "order": request.args.get("ordre", "")[:30]})
    form.material.data = request.args.get("materiale", "")
    form.for_what.data = (_chosen_list() or PurchaseFor.WORKSHOP).value
    try:
        form.quantity.process_formdata([request.args.get("maengde", "")[:20]])
    except ValueError:
        form.quantity.data = None  # the address was typed; the field is simply empty then
    return _new_page(form, 200)


@blueprint.post("/ny")
@needs("production:edit")
def add() -> Response:
    """Put a line of one's own on the list, once."""
    form = LineForm.posted()
    with db.reading() as session:
        _choose(session, form)
    if not form.validate():
        return _new_page(form, 422)
    person = access.require_actor()
    try:
        with db.transaction() as session:
            of_order = orders.order_by_public_id(session, form.order.data or "", person.department_ids)
            wanted = Wanted(
                material=materials.material_by_key(session, form.material.data or ""),
                text=form.text.data or "",
                quantity=form.quantity.data,
                unit=form.unit.data or "",
                supplier=form.supplier.data or "",
                expected_on=form.expected_on.data,
                order_id=of_order.id if of_order else None,
            )
            actions.want(
                session,
                wanted,
                once=str(form.once.data),
                now=clock.now(),
                by_staff_id=person.account_id,
                for_what=PurchaseFor(form.for_what.data),
            )
    except Refusal as refusal:
        form.form_errors.append(refusal.sentence)
        return _new_page(form, 422)
    flash(_("Det er skrevet på listen."))
    return _to_list()


@blueprint.get("/<public_id>")
@needs("production:read")
def line(public_id: str) -> Response:
    """One line: change it, say that it came, or drop it."""
    return _line_page(public_id, 200)


@blueprint.post("/<public_id>/ret")
@needs("production:edit")
def edit(public_id: str) -> Response:
    """Change a line."""
    form = EditForm.posted()
    if not form.validate():
        return _line_page(public_id, 422, edit=form)
    try:
        with db.transaction() as session:
            wanted = Wanted(
                None, "", form.quantity.data, supplier=form.supplier.data or "", expected_on=form.expected_on.data
            )
            line = _to_change(session, public_id)
            for_what = PurchaseFor(form.for_what.data)
            actions.edit(session, line, seen=form.seen.data or "", wanted=wanted, for_what=for_what)
    except Refusal as refusal:
        form.quantity.errors = [refusal.sentence]
        return _line_page(public_id, 409 if isinstance(refusal, actions.Overtaken) else 422, edit=form)
    flash(_("Linjen er gemt."))
    return _to_list()


@blueprint.post("/<public_id>/modtag")
@needs("production:edit")
def receive(public_id: str) -> Response:
    """It has come, all of it or some; a material goes into the stock, once."""
    form = ReceiveForm.posted()
    if not form.validate():
        return _line_page(public_id, 422, receive=form)
    try:
        with db.transaction() as session:
            rest = actions.receive(
                session,
                _to_change(session, public_id),
                form.amount.data,
                seen=form.expected.data,
                now=clock.now(),
                by_staff_id=access.require_actor().account_id,
            )
            waits_for = amounts.text(rest.quantity, rest.unit) if rest else ""
    except Refusal as refusal:
        form.amount.errors = [refusal.sentence]
        return _line_page(public_id, 409, receive=form)
    flash(_("Modtaget. Der ventes stadig %(rest)s.", rest=waits_for) if waits_for else _("Modtaget."))
    return _to_list()


@blueprint.post("/<public_id>/drop")
@needs("production:edit")
def drop(public_id: str) -> Response:
    """It is not bought after all."""
    with db.transaction() as session:
        actions.drop(session, _to_change(session, public_id), now=clock.now())
    flash(_("Linjen er droppet."))
    return _to_list()


def _to_list() -> Response:
    chosen = _chosen_list()
    return redirect(url_for("buying.everything", til=chosen.value if chosen else None), 303)


def _to_change(session: Session, public_id: str) -> PurchaseLine:
    found = queries.line_to_change(session, public_id)
    if found is None:
        raise NotHere
    return found


def _choose(session: Session, form: LineForm) -> None:
    form.material.choices = [("", _("Noget andet")), *materials.choices(session)]


def _chosen_list() -> PurchaseFor | None:
    """The list that the address asks for; None for all of them."""
    asked = request.args.get("til", "")
    return PurchaseFor(asked) if asked in {each.value for each in PurchaseFor} else None


def _list_page(form: ExpectedForm, status: int) -> Response:
    chosen = _chosen_list()
    with db.reading() as session:
        listed = queries.purchase_list(session, chosen)
    html = render_template(
        "production/buying/list.html",
        listed=listed,
        form=form,
        today=clock.local_day(clock.now()),
        chosen=chosen,
        lists=[(each.value, list_name(each)) for each in PurchaseFor],
        list_name=list_name,
    )
    return make_response(html, status)


def _new_page(form: LineForm, status: int) -> Response:
    with db.reading() as session:
        _choose(session, form)
    return make_response(render_template("production/buying/new.html", form=form), status)


def _line_page(
    public_id: str, status: int, *, edit: EditForm | None = None, receive: ReceiveForm | None = None
) -> Response:
    with db.reading() as session:
        shown, stored = queries.line(session, public_id), queries.line_by_public_id(session, public_id)
    if shown is None or stored is None:
        raise NotHere
    of_line = {
        "quantity": shown.quantity,
        "supplier": shown.supplier,
        "expected_on": shown.expected_on,
        "for_what": shown.for_what.value,
    }
    editing = edit or EditForm(data=of_line)
    # Whoever is told that it has changed sees it as it is, so sending again is a choice and not an accident.
    editing.seen.data, editing.seen.raw_data = actions.mark_of(stored), None
    coming = receive or ReceiveForm(data={"amount": shown.quantity})
    html = render_template(
        "production/buying/line.html",
        line=shown,
        whose=list_name(shown.for_what),
        is_open=shown.ended_at is None,
        today=clock.local_day(clock.now()),
        edit=editing,
        receive=coming,
        wrong=editing if editing.errors else coming,
    )
    return make_response(html, status)
