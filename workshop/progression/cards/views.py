"""Somebody's competence card at the desk: the staff who print it see it as its owner wants it, and nothing else."""

from __future__ import annotations

from flask import Blueprint, make_response, render_template
from werkzeug.wrappers import Response

from workshop.citizens import door
from workshop.core import access, clock, db
from workshop.core.access import needs
from workshop.logbook import deeds
from workshop.progression.cards import paper
from workshop.progression.cards.contents import card_of

blueprint = Blueprint("citizen_cards", __name__, url_prefix="/personale/borgere/<public_id>")


@blueprint.get("/kompetencekort")
@needs("citizen:read")
def card(public_id: str) -> Response:
    """The card, before it is printed."""
    now = clock.now()
    citizen = door.enter(access.require_actor(), public_id, now)
    with db.reading() as session:
        found = card_of(session, citizen, clock.local_day(now))
    return make_response(render_template("mine/card_of_citizen.html", card=found, citizen=citizen))


@blueprint.get("/kompetencekort.pdf")
@needs("citizen:read", sudo=True)
def card_paper(public_id: str) -> Response:
    """The card on paper, for its owner."""
    now = clock.now()
    citizen = door.enter(access.require_actor(), public_id, now, deed=deeds.EXPORT)
    with db.snapshot() as session:
        found = card_of(session, citizen, clock.local_day(now))
    return paper.answer(found, clock.local_day(now))
