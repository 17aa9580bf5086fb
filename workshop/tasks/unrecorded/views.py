"""Finished orders and visits that no record tells of, for the staff who confirm."""

from __future__ import annotations

from flask import Blueprint, flash, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response

from workshop.core import access, clock, db
from workshop.core.access import needs
from workshop.core.errors import Refusal
from workshop.core.i18n import _
from workshop.tasks.unrecorded import actions, queries

blueprint = Blueprint("unrecorded", __name__, url_prefix="/personale/hold/uden-registrering")


@blueprint.get("")
@needs("record:confirm")
def listed() -> Response:
    """The list: each is written down, or said to be done by employees."""
    return _page("", 200)


@blueprint.post("/<kind>/<ident>")
@needs("record:confirm")
def by_staff(kind: str, ident: str) -> Response:
    """Employees did it."""
    try:
        with db.transaction() as session:
            actions.done_by_staff(session, access.require_actor(), kind, ident, clock.now())
    except Refusal as refusal:
        return _page(refusal.sentence, 409)
    flash(_("Udført af ansatte. Der mangler ingen registrering."))
    return redirect(url_for("unrecorded.listed"), 303)


def _page(sentence: str, status: int) -> Response:
    with db.reading() as session:
        rows = queries.untold(session, access.require_actor(), clock.now())
    return make_response(render_template("team/untold.html", rows=rows, sentence=sentence), status)
