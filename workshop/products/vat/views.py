"""The managers' page about VAT, and where a thing is said to come from."""

from __future__ import annotations

from datetime import date
from itertools import groupby

from babel.dates import format_date
from flask import Blueprint, flash, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response

from workshop.core import access, clock, db, web
from workshop.core.access import needs
from workshop.core.errors import NotHere, Refusal
from workshop.core.i18n import _, language, lazy
from workshop.products.models import Origin, VatScheme
from workshop.products.origins import origin_name, origin_text
from workshop.products.vat import actions, queries
from workshop.products.vat.forms import OriginForm, RuleForm
from workshop.products.vat.words import words_for
from workshop.products.views import ITEM, item_page, item_to_change, to_item

blueprint = Blueprint("vat", __name__)
MENU = (web.MenuEntry("items", lazy("Moms"), "vat.rules", "banknote", "vat:edit", order=90),)
PAGE = "/personale/moebler/moms"


@blueprint.get(PAGE)
@needs("vat:edit")
def rules() -> Response:
    """How goods of each origin are sold: now, from a coming day, and before."""
    return _page(RuleForm(data={"valid_from": clock.local_day(clock.now())}))


@blueprint.post(PAGE)
@needs("vat:edit")
def add_rule() -> Response:
    """A new rule, from today on at the earliest."""
    form = RuleForm.posted()
    if not form.validate():
        return _page(form, 422)
    try:
        with db.transaction() as session:
            actions.add_rule(
                session,
                origin=Origin(form.origin.data),
                scheme=VatScheme(form.scheme.data),
                valid_from=form.valid_from.data,
                now=clock.now(),
                by_staff_id=access.require_actor().account_id,
            )
    except Refusal as refusal:
        form.valid_from.errors = [refusal.sentence]
        return _page(form, 422)
    flash(_("Reglen er gemt. Den gælder fra %(day)s.", day=clock.day_text(form.valid_from.data)))
    return redirect(url_for("vat.rules"), 303)


@blueprint.post(f"{PAGE}/<origin>/<day>/fjern")
@needs("vat:edit")
def remove_rule(origin: str, day: str) -> Response:
    """Take back a rule that is not in force yet."""
    valid_from = clock.day_of(day)
    if origin not in {each.value for each in Origin} or valid_from is None:
        raise NotHere
    with db.transaction() as session:
        actions.remove_rule(session, origin=Origin(origin), valid_from=valid_from, now=clock.now())
    flash(_("Reglen er fjernet. Den nåede ikke at gælde."))
    return redirect(url_for("vat.rules"), 303)


@blueprint.post(f"{ITEM}/oprindelse")
@needs("item:edit")
def set_origin(number: int) -> Response:
    """Say where a thing comes from; the VAT scheme follows."""
    form = OriginForm.posted()
    if not form.validate():
        return item_page(number, 422, origin_form=form)
    with db.transaction() as session:
        found = item_to_change(session, number)
        scheme = actions.set_origin(session, found, Origin(form.origin.data), now=clock.now())
    flash(_("Oprindelsen er gemt. Moms: %(scheme)s.", scheme=words_for(scheme).name))
    return to_item(number, "oprindelse")


def _page(form: RuleForm, status: int = 200) -> Response:
    today = clock.local_day(clock.now())
    with db.reading() as session:
        found = queries.rules(session)
    by_origin = {origin: list(lines) for origin, lines in groupby(found, key=lambda line: line.origin)}
    html = render_template(
        "products/vat.html",
        form=form,
        origins=[_origin(origin, by_origin.get(origin, []), today) for origin in Origin],
        schemes=[words_for(scheme) for scheme in VatScheme],
    )
    return make_response(html, status)


def _origin(origin: Origin, lines: list[queries.RuleLine], today: date) -> dict[str, object]:
    """One origin with its rule of today, those to come and those that were."""
    past = [line for line in lines if line.valid_from <= today]
    return {
        "key": origin.value,
        "name": origin_name(origin),
        "text": origin_text(origin),
        "now": words_for(past[0].scheme if past else VatScheme.STANDARD),
        "lines": [
            {
                "line": line,
                "day": _with_year(line.valid_from),
                "words": words_for(line.scheme),
                "is_coming": line.valid_from > today,
            }
            for line in lines
        ],
    }


def _with_year(day: date) -> str:
    """`1. januar 2026`: rules stand for years, so a day without its year says too little."""
    return str(format_date(day, "d. MMMM y" if language() == "da" else "d MMMM y", locale=language()))
