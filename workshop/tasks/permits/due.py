"""The permits that ought to be seen again, across the people of a department: by name, never by who is latest."""

from __future__ import annotations

from flask import Blueprint, make_response, render_template
from werkzeug.wrappers import Response

from workshop.core import access, audit, clock, db
from workshop.core.access import needs
from workshop.core.i18n import lazy
from workshop.core.web import MenuEntry
from workshop.tasks.permits import queries

blueprint = Blueprint("permits_due", __name__, url_prefix="/personale/borgere/vaerktoej")
MENU = (MenuEntry("people", lazy("Værktøj"), "permits_due.listed", "noegle", "record:confirm", order=46),)


@blueprint.get("")
@needs("record:confirm")
def listed() -> Response:
    """What ought to be seen again now or within a month."""
    actor, now = access.require_actor(), clock.now()
    today = clock.local_day(now)
    with db.reading() as session:
        lines = queries.due(session, actor, today)
    audit.record(actor, "list", sorted({each.citizen_public_id for each in lines}), now)
    return make_response(render_template("permits/due.html", lines=lines, today=today))
