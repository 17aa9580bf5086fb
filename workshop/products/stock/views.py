"""The desk's page of what there is of a thing: every change with its reason, and a correction by hand."""

from __future__ import annotations

from flask import Blueprint, flash, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response

from workshop.core import access, clock, db
from workshop.core.access import needs
from workshop.core.errors import NotHere, Refusal
from workshop.core.i18n import ngettext
from workshop.products import queries as products
from workshop.products.queries import GONE, LARGEST_NUMBER
from workshop.products.stock import actions, queries
from workshop.products.stock.actions import Why
from workshop.products.stock.forms import CorrectForm

blueprint = Blueprint("stock", __name__)
PAGE = f"/personale/moebler/<int(max={LARGEST_NUMBER}):number>/lager"


@blueprint.get(PAGE)
@needs("item:read")
def stock(number: int) -> Response:
    """How many there are of a thing, and why."""
    return _page(number)


@blueprint.post(PAGE)
@needs("item:count")
def correct(number: int) -> Response:
    """Change the number by hand, with the reason."""
    form = CorrectForm.posted()
    if not form.validate():
        return _page(number, 422, form)
    try:
        with db.transaction() as session:
            found = products.item_to_change(session, number)
            if found is None:
                raise NotHere
            left = actions.correct(
                session,
                found,
                why=Why(form.why.data),
                pieces=form.pieces.data,
                note=form.note.data or "",
                seen=int(form.seen.data),
                now=clock.now(),
                by_staff_id=access.require_actor().account_id,
            )
    except Refusal as refusal:
        form.pieces.errors = [refusal.sentence]
        return _page(number, 409 if isinstance(refusal, actions.Overtaken) else 422, form)
    flash(ngettext("Der er nu %(num)s på lager.", "Der er nu %(num)s på lager.", left))
    return redirect(url_for("stock.stock", number=number), 303)


def _page(number: int, status: int = 200, form: CorrectForm | None = None) -> Response:
    with db.reading() as session:
        found = products.item_by_number(session, number)
        if found is None:
            raise NotHere
        lines = queries.movements(session, found.id)
    shown = form or CorrectForm()
    # Whoever is told that the number has changed sees the new one, so sending again is a choice and not an accident.
    shown.seen.data, shown.seen.raw_data = str(len(lines)), None
    html = render_template(
        "products/stock.html",
        item=found,
        lines=lines,
        form=shown,
        is_gone=found.state in GONE,
    )
    return make_response(html, status)
