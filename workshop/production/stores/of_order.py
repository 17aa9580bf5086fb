"""What an order is made of: needed, put aside, used and brought back, on a page of its own and on the order's."""

from __future__ import annotations

from flask import Blueprint, flash, make_response, redirect, render_template, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from workshop.core import access, clock, crypto, db
from workshop.core.access import needs
from workshop.core.errors import NotHere, Refusal
from workshop.core.i18n import _
from workshop.production import queries as orders
from workshop.production.models import MaterialCause, OrderState, ProductionOrder
from workshop.production.stores import actions, queries
from workshop.production.stores.forms import DeedForm, OneDeedForm
from workshop.production.stores.ledger import Why
from workshop.production.stores.queries import OrderLine
from workshop.products.materials import queries as materials

blueprint = Blueprint("order_materials", __name__, url_prefix="/personale/produktion/<public_id>/materialer")
NEED, RESERVE, USE, BACK, LET_GO = "behov", "til-side", "brugt", "tilbage", "slip"


def lines_of(order_id: int) -> list[OrderLine]:
    """What an order takes, for its own page: one question."""
    with db.reading() as session:
        return queries.order_lines(session, order_id)


blueprint.add_app_template_global(lines_of, "order_materials")
blueprint.add_app_template_global(crypto.new_public_id, "new_form_word")


@blueprint.get("")
@needs("production:read")
def page(public_id: str) -> Response:
    """What the order takes, has and has used, each with its own small form."""
    return _page(public_id, 200)


@blueprint.post("")
@needs("production:edit")
def change(public_id: str) -> Response:
    """One deed with one material."""
    form = DeedForm.posted()
    if not form.validate():
        return _page(public_id, 422, form)
    try:
        with db.transaction() as session:
            said = _do(session, _find(session, public_id).id, form)
    except Refusal as refusal:
        form.amount.errors = [refusal.sentence]
        return _page(public_id, 422, form)
    flash(said)
    return redirect(url_for("order_materials.page", public_id=public_id), 303)


@blueprint.post("/alt")
@needs("production:edit")
def change_all(public_id: str) -> Response:
    """Put everything aside that is free, or say whether what was put aside has been used."""
    form = OneDeedForm.posted()
    if not form.validate() or form.deed.data not in {RESERVE, USE, LET_GO}:
        raise NotHere  # our page sends one; without them nobody knows what was meant
    with db.transaction() as session:
        order = _find(session, public_id)
        if form.deed.data == RESERVE:
            actions.reserve_all(session, order.id)
            said = _("Det, der er, er lagt til side til ordren.")
        elif form.deed.data == LET_GO:
            actions.put_back(session, order.id)
            said = _("Det, der var lagt til side, er frit igen.")
        else:
            is_done = actions.use_reserved(session, order.id, _why(MaterialCause.USED, order.id, str(form.once.data)))
            said = _("Det, der var lagt til side, er brugt.") if is_done else _("Der var ikke lagt noget til side.")
    flash(said)
    return redirect(url_for("production.order", public_id=public_id, _anchor="materialer"), 303)


def _do(session: Session, order_id: int, form: DeedForm) -> str:
    material = materials.material_by_key(session, form.material.data or "")
    if material is None:
        raise Refusal(_("Vælg et materiale."))
    amount, deed = form.amount.data, form.deed.data
    if deed == RESERVE:
        actions.reserve(session, order_id, material, amount)
        return _("Det er lagt til side til ordren.")
    if amount is None:
        raise Refusal(_("Skriv, hvor meget det er."))
    if deed == NEED:
        actions.need(session, order_id, material, amount)
        return _("Det er skrevet, hvad ordren skal bruge.")
    if deed == USE:
        actions.use(session, order_id, material, amount, _why(MaterialCause.USED, order_id, str(form.once.data)))
        return _("Det er skrevet som brugt.")
    if deed == BACK:
        why = _why(MaterialCause.LEFT_OVER, order_id, str(form.once.data))
        actions.bring_back(session, order_id, material, amount, why)
        return _("Resten er lagt tilbage på lager.")
    raise Refusal(_("Vælg, hvad der er sket."))


def _why(cause: MaterialCause, order_id: int, once: str) -> Why:
    return Why(cause, clock.now(), access.require_actor().account_id, order_id=order_id, reference=once)


def _find(session: Session, public_id: str) -> ProductionOrder:
    found = orders.order_by_public_id(session, public_id, access.require_actor().department_ids)
    if found is None:
        raise NotHere
    return found


def _page(public_id: str, status: int, form: DeedForm | None = None) -> Response:
    with db.reading() as session:
        order = _find(session, public_id)
        lines = queries.order_lines(session, order.id)
        choices = materials.choices(session)
    named = {line.key for line in lines}
    html = render_template(
        "production/stores/of_order.html",
        order=order,
        is_open=order.state is OrderState.OPEN,
        lines=lines,
        others=[each for each in choices if each[0] not in named],
        form=form or DeedForm(),
    )
    return make_response(html, status)
