"""A copy of everything about a citizen, made by the staff whose caseload they are in, for the citizen to have."""

from __future__ import annotations

from flask import Blueprint, make_response, render_template
from werkzeug.wrappers import Response

from workshop.citizens import door
from workshop.citizens.models import Citizen
from workshop.citizens.queries import NotYours
from workshop.core import access, audit, clock, db, web
from workshop.core.access import needs
from workshop.logbook import deeds
from workshop.progression.copies import paper
from workshop.progression.copies.collecting import Collected, collect
from workshop.sealed import queries as sealed

blueprint = Blueprint("copies", __name__, url_prefix="/personale/borgere/<public_id>")


@blueprint.get("/kopi")
@needs("sealed:read", sudo=True)
def staff(public_id: str) -> Response:
    """What a copy holds, and the two ways to make it."""
    citizen = _in_caseload(public_id, "read")
    return make_response(render_template("mine/copy_of_citizen.html", citizen=citizen))


@blueprint.get("/kopi.pdf")
@needs("sealed:read", sudo=True)
def copy_paper(public_id: str) -> Response:
    """All of it to read; that it was made stands in the log, and the citizen sees it."""
    citizen = _in_caseload(public_id, deeds.EXPORT)
    return paper.as_pdf(citizen.full_name, _everything(citizen), clock.now())


@blueprint.get("/kopi.json")
@needs("sealed:read", sudo=True)
def copy_data(public_id: str) -> Response:
    """All of it for another program."""
    citizen = _in_caseload(public_id, deeds.EXPORT)
    return paper.as_json(_everything(citizen), clock.now())


def _in_caseload(public_id: str, deed: str) -> Citizen:
    """The citizen, for whoever has them in their caseload. Raises NotYours for a colleague: there is no such page."""
    actor, now = access.require_actor(), clock.now()
    citizen = door.known(actor, public_id)
    with db.reading() as session:
        is_near = sealed.may_read_text(session, actor, citizen, clock.local_day(now))
    if not is_near:
        raise NotYours([public_id])
    audit.record(actor, deed, [public_id], now)
    return citizen


def _everything(citizen: Citizen) -> list[Collected]:
    today = clock.local_day(clock.now())
    with db.snapshot() as session:
        return collect(session, access.require_actor(), citizen, today, web.settings().master_keys)
