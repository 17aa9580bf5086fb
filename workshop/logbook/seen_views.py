"""Who has seen my data: for the citizen at the tablet or on their own phone, and on paper from their contact person."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, make_response, render_template, request
from werkzeug.wrappers import Response

from workshop.citizens import door
from workshop.citizens import queries as citizens
from workshop.core import access, audit, clock, db
from workshop.core.access import needs
from workshop.logbook import deeds, extract, mine, queries

blueprint = Blueprint("seen", __name__)
DAYS = 30


@blueprint.get("/vaerksted/mit/set")
@needs("kiosk:use")
def by_whom() -> Response:
    """Who has seen the citizen's data, thirty days at a time, in plain sentences."""
    now = clock.now()
    actor, today = access.require_actor(), clock.local_day(now)
    last = min(clock.day_of(request.args.get("til", "")) or today, today)
    first = last - timedelta(days=DAYS - 1)
    with db.reading() as session:
        me = citizens.own_citizen(session, actor)
    audit.record(actor, "read", [me.public_id], now)
    with db.reading() as session:
        days = mine.days(queries.about_citizen(session, me.public_id, first, last))
        has_earlier = queries.is_told_before(session, me.public_id, first)
    return make_response(
        render_template(
            "logbook/seen.html",
            me=citizens.Me(me.display_name, me.picture),
            days=days,
            first=first,
            last=last,
            earlier=first - timedelta(days=1) if has_earlier else None,
            is_newest=last == today,
        )
    )


@blueprint.get("/personale/borgere/<public_id>/set.pdf")
@needs("citizen:read", sudo=True)
def on_paper(public_id: str) -> Response:
    """All of it on paper, for the person who asks to have it; that it was made stands in the log too."""
    now = clock.now()
    today = clock.local_day(now)
    citizen = door.enter(access.require_actor(), public_id, now, deed=deeds.EXPORT)
    with db.snapshot() as session:
        first = queries.first_day_about(session, public_id) or today
        days = mine.days(queries.about_citizen(session, public_id, first, today))
    answer = make_response(extract.render(name=citizen.full_name, days=days, first=first, today=today))
    answer.mimetype = "application/pdf"
    answer.headers["Content-Disposition"] = 'inline; filename="hvem-har-set.pdf"'
    return answer
