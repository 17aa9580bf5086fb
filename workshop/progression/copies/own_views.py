"""A copy of mine: all that is written about me, as files on my own phone."""

from __future__ import annotations

from flask import make_response, render_template
from werkzeug.wrappers import Response

from workshop.core import access, clock, db, web
from workshop.core.access import needs
from workshop.core.errors import Refusal
from workshop.core.i18n import _
from workshop.progression.copies import paper
from workshop.progression.copies.collecting import Collected, collect
from workshop.progression.mine.blueprint import blueprint, enter, is_own_phone


@blueprint.get("/alt-om-mig")
@needs("kiosk:use")
def copy() -> Response:
    """What there is, and how to have it."""
    enter(clock.now())
    return make_response(render_template("mine/copy.html"))


@blueprint.get("/alt-om-mig.pdf")
@needs("kiosk:use")
def copy_paper() -> Response:
    """All of it to read. Raises Refusal on a tablet that others use too."""
    name, parts = _all_of_mine()
    return paper.as_pdf(name, parts, clock.now())


@blueprint.get("/alt-om-mig.json")
@needs("kiosk:use")
def copy_data() -> Response:
    """All of it for another program. Raises Refusal on a tablet that others use too."""
    _name, parts = _all_of_mine()
    return paper.as_json(parts, clock.now())


def _all_of_mine() -> tuple[str, list[Collected]]:
    if not is_own_phone():
        raise Refusal(_("En fil hører til på din egen telefon. Spørg personalet om et print."))
    now = clock.now()
    me = enter(now)
    with db.snapshot() as session:
        parts = collect(session, access.require_actor(), me, clock.local_day(now), web.settings().master_keys)
    return me.full_name, parts
