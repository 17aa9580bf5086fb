"""Calls for help at the desk: a bar on every page, and one page that says who, where and with what."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, g, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from workshop.core import access, audit, clock, db
from workshop.core.access import needs
from workshop.core.errors import Refusal
from workshop.core.i18n import _, lazy
from workshop.core.web import MenuEntry
from workshop.tasks.helping import actions, queries
from workshop.tasks.helping.queries import CallSign

blueprint = Blueprint("helping", __name__, url_prefix="/personale/hjaelp")


def waiting() -> list[CallSign]:
    """The calls that the person at the desk can answer, read once a request; nothing for those who cannot."""
    person = access.actor()
    if person is None or not person.may("citizen:read"):
        return []
    if "help_calls" not in g:
        with db.reading() as session:
            g.help_calls = queries.open_calls(session, person, clock.now())
    found: list[CallSign] = g.help_calls
    return found


def count_waiting() -> int:
    """How many wait, for the menu."""
    return len(waiting())


MENU = (MenuEntry("desk", lazy("Hjælp"), "helping.calls", "hjaelp", "citizen:read", order=15, count=count_waiting),)


@blueprint.app_context_processor
def bar() -> dict[str, Any]:
    """`help_calls()` for the bar on every desk page, and whether whoever is there hears of calls at all."""
    if not request.path.startswith("/personale"):
        return {}
    person = access.actor()
    return {"help_calls": waiting, "hears_calls": person is not None and person.may("citizen:read")}


@blueprint.get("")
@needs("citizen:read")
def calls() -> Response:
    """Who waits, where and with what; and who has somebody on the way."""
    now, person = clock.now(), access.require_actor()
    with db.reading() as session:
        rows = queries.calls(session, person, now)
    audit.record(person, "list", sorted({row.citizen_public_id for row in rows}), now)
    return make_response(render_template("helping/calls.html", calls=rows))


@blueprint.get("/nu")
@needs("citizen:read")
def now() -> Response:
    """The bar by itself, as the desk pages fetch it every few seconds. It names nobody.

    The page of calls says which ones it shows already, so that only new ones come up there.
    """
    return make_response(render_template("helping/_bar.html", known=request.args.getlist("kendt")))


@blueprint.post("/<public_id>/svar")
@needs("citizen:read")
def answer(public_id: str) -> Response:
    """I go there: the first who says so does, and everybody sees it. Whoever comes second is told who goes."""
    now, person = clock.now(), access.require_actor()
    try:
        with db.transaction() as session:
            who = queries.caller(session, person, public_id)
            actions.answer(session, public_id, person.account_id, now)
            audit.record(person, "help", [who], now)
    except Refusal as refusal:
        flash(refusal.sentence)
    else:
        flash(_("Tak. Du er på vej."))
    return redirect(url_for("helping.calls"), 303)
