"""Staff's pages about what services cost: the list, and one service with what jobs would cost before it is saved."""

from __future__ import annotations

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from workshop.core import db, web
from workshop.core.access import needs
from workshop.core.errors import NotHere
from workshop.core.i18n import _, lazy
from workshop.products.vat.words import words_for
from workshop.services.models import ServiceKind
from workshop.services.prices import actions, examples, queries, rules, seasons
from workshop.services.prices.actions import EditedMeanwhile
from workshop.services.prices.forms import KindForm
from workshop.services.prices.rules import Model

blueprint = Blueprint("service_prices", __name__, url_prefix="/personale/service/priser")
MENU = (web.MenuEntry("garden", lazy("Priser"), "service_prices.everything", "banknote", "service:sell", order=80),)
MOST_ASKED = 5
PREVIEW = "vis"  # the name of the button that shows and does not save


@blueprint.get("")
@needs("service:sell")
def everything() -> Response:
    """Every service with its numbers."""
    with db.reading() as session:
        kinds = queries.every_kind(session)
    html = render_template("services/prices/list.html", kinds=kinds, rules=rules, seasons=seasons)
    return make_response(html)


@blueprint.get("/<key>")
@needs("service:sell")
def kind(key: str) -> Response:
    """One service. With what was typed in the address, what jobs would cost with it; nothing is saved."""
    with db.reading() as session:
        found = _kind(session, key)
        if PREVIEW not in request.args:
            return _page(session, found, KindForm.of(found), 200)
        form = KindForm(request.args)
        return _page(session, found, form, 200 if form.validate() else 422)


@blueprint.post("/<key>")
@needs("service:sell")
def change(key: str) -> Response:
    """Save it."""
    form = KindForm.posted()
    if not form.validate():
        with db.reading() as session:
            return _page(session, _kind(session, key), form, 422)
    try:
        with db.transaction() as session:
            found = _kind(session, key)
            actions.change(session, found, form.numbers(found.unit), version=form.seen)
    except EditedMeanwhile as refusal:
        with db.reading() as session:
            found = _kind(session, key)
            form.see(found.version)
            return _page(session, found, form, 409, said=refusal.sentence)
    flash(_("Gemt. De nye tal gælder fra nu. Tilbud, der er sendt, holder deres pris."))
    return redirect(url_for("service_prices.kind", key=key), 303)


def _kind(session: Session, key: str) -> ServiceKind:
    found = queries.by_key(session, key)
    if found is None:
        raise NotHere
    return found


def _page(session: Session, found: ServiceKind, form: KindForm, status: int, said: str = "") -> Response:
    """The form with what was typed; beside it example jobs as the stored numbers and the typed ones make them."""
    before = Model.of(found)
    after = before if form.errors else form.numbers(found.unit).model
    html = render_template(
        "services/prices/kind.html",
        kind=found,
        form=form,
        said=said,
        stored=_stored(found) if said else [],
        typical=examples.typical(before, after, queries.zones(session)),
        asked=examples.asked(before, after, queries.last_wishes(session, found.id, MOST_ASKED)),
        is_changed=after != before,
        per_unit=rules.per_unit_name(found.unit),
        unit=rules.unit_name(found.unit),
        formula=_formula(after),
        preview=PREVIEW,
    )
    return make_response(html, status)


def _stored(found: ServiceKind) -> list[tuple[str, str]]:
    """What stands now, by the names of the fields, for somebody who was overtaken."""
    now = KindForm.of(found)
    texts = [
        (each.label.text, str(each._value())) for each in now if hasattr(each, "_value") and each.name != "version"
    ]
    return [
        *texts,
        (now.vat.label.text, words_for(found.vat_scheme).name),
        (now.is_travel_charged.label.text, _("Ja") if found.is_travel_charged else _("Nej")),
        (now.is_offered.label.text, _("Ja") if found.is_offered else _("Nej")),
    ]


def _formula(model: Model) -> str:
    """How the price is made, in words."""
    units = _("antal %(unit)s × pris", unit=rules.unit_name(model.unit))
    if model.height_over_cm is not None:
        units += " × " + _("højde")
    if model.has_sides:
        units += " × " + _("sider")
    text = _("Mindst mindsteprisen, ellers fast beløb + %(units)s", units=units)
    if model.waste_ore is not None:
        text += " + " + _("affald")
    if model.is_travel_charged:
        text += " + " + _("kørsel")
    return text + "."
