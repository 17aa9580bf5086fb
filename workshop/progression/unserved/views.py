"""Which goals nothing in next week's plan would serve, in counts and competences; for whoever plans the week."""

from __future__ import annotations

from flask import Blueprint, make_response, render_template
from werkzeug.wrappers import Response

from workshop.core import access, clock, db
from workshop.core.access import needs
from workshop.progression.unserved import queries

blueprint = Blueprint("unserved", __name__)
MOST_TITLES = 6


@blueprint.get("/personale/kompetencer/naeste-uge")
@needs("plan:edit")
def next_week() -> Response:
    """Goals and the plan of next week, by competence; nobody is named.

    A department is small, and its counts are smaller: they are for those who write the plans, not for statistics.
    """
    first, last = queries.week_after(clock.local_day(clock.now()))
    with db.reading() as session:
        lines = queries.by_competence(session, first, last, access.require_actor().department_ids)
    html = render_template(
        "unserved/next_week.html",
        first=first,
        last=last,
        lacking=[line for line in lines if line.unserved],
        served=[line for line in lines if not line.unserved],
        most=MOST_TITLES,
    )
    return make_response(html)
