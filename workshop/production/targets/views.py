"""The shelf at the desk: what there should always be, what is short, and an order for it with one tap."""

from __future__ import annotations

from flask import Blueprint, flash, make_response, redirect, render_template, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response
from wtforms.validators import NumberRange

from workshop.accounts import queries as accounts
from workshop.core import access, clock, db, web
from workshop.core.access import needs
from workshop.core.errors import NotHere, Refusal
from workshop.core.forms import BaseForm, NumberField, PublicIdField, required
from workshop.core.i18n import _, lazy, ngettext
from workshop.production.models import StockTarget
from workshop.production.targets import actions, queries
from workshop.production.views import to_order
from workshop.products import queries as products

blueprint = Blueprint("targets", __name__, url_prefix="/personale/produktion/lagermaal")
MENU = (web.MenuEntry("making", lazy("Altid på lager"), "targets.everything", "lager", "production:read", order=20),)


class TargetForm(BaseForm):
    """How many of what there should always be, and who makes them. Choices are filled in by the view."""

    product = PublicIdField(lazy("Vare"), validators=[required(lazy("Vælg en vare."))])
    at_least = NumberField(
        lazy("Altid mindst"),
        [
            required(lazy("Skriv et helt tal.")),
            NumberRange(1, actions.MOST, lazy("Skriv et antal mellem 1 og %(most)s.", most=actions.MOST)),
        ],
    )
    department = PublicIdField(lazy("Laves i"))


@blueprint.get("")
@needs("production:read")
def everything() -> Response:
    """The targets, and what is short."""
    return _page(TargetForm(), 200)


@blueprint.post("")
@needs("production:edit")
def set_target() -> Response:
    """A new target, or another number for an old one."""
    form = TargetForm.posted()
    with db.reading() as session:
        departments = _choose(session, form)
    if not form.validate():
        return _page(form, 422)
    try:
        with db.transaction() as session:
            kind = products.product_type_by_sku(session, form.product.data)
            if kind is None:
                raise NotHere  # gone since the form was shown
            actions.set_target(
                session,
                kind.id,
                department_id=departments[form.department.data],
                at_least=form.at_least.data,
                department_ids=access.require_actor().department_ids,
            )
    except Refusal as refusal:
        form.product.errors = [refusal.sentence]
        return _page(form, 422)
    flash(_("Lagermålet er gemt."))
    return redirect(url_for("targets.everything"), 303)


@blueprint.post("/<sku>/fjern")
@needs("production:edit")
def remove_target(sku: str) -> Response:
    """The product need not be on the shelf any more."""
    with db.transaction() as session:
        actions.remove_target(session, _target(session, sku))
    flash(_("Lagermålet er fjernet."))
    return redirect(url_for("targets.everything"), 303)


@blueprint.post("/<sku>/ordre")
@needs("production:edit")
def order_what_is_short(sku: str) -> Response:
    """Open an order for what is short, once."""
    with db.transaction() as session:
        staff_id = access.require_actor().account_id
        order = actions.order_what_is_short(session, _target(session, sku), now=clock.now(), by_staff_id=staff_id)
        opened = (order.public_id, order.pieces) if order else None
    if opened is None:
        flash(_("Der mangler ikke flere. De er på lager eller på vej."))
        return redirect(url_for("targets.everything"), 303)
    flash(ngettext("Ordren på %(num)s stk. er oprettet.", "Ordren på %(num)s stk. er oprettet.", opened[1]))
    return to_order(opened[0])


def _target(session: Session, sku: str) -> StockTarget:
    found = queries.target_by_sku(session, sku, access.require_actor().department_ids)
    if found is None:
        raise NotHere
    return found


def _choose(session: Session, form: TargetForm) -> dict[str, int]:
    """Fill in what can be chosen; gives the asking person's departments by key."""
    mine = access.require_actor().department_ids
    departments = [each for each in accounts.departments(session) if each.id in mine]
    kinds = [kind for kind in products.product_types(session) if kind.is_used and not kind.is_unique]
    form.product.choices = [("", _("Vælg en vare")), *((kind.sku, f"{kind.name} ({kind.sku})") for kind in kinds)]
    form.department.choices = [(each.key, each.name) for each in departments]
    if not form.department.data and departments:
        form.department.data = departments[0].key
    return {each.key: each.id for each in departments}


def _page(form: TargetForm, status: int) -> Response:
    with db.reading() as session:
        _choose(session, form)
        lines = queries.targets(session, access.require_actor().department_ids)
    return make_response(render_template("production/targets.html", form=form, lines=lines), status)
