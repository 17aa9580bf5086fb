"""The round of a team after a job, also one that nobody tapped: which job, who was there, one confirm; and on paper."""

from __future__ import annotations

from datetime import date, timedelta

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from workshop.core import access, audit, clock, db
from workshop.core.access import needs
from workshop.core.errors import NotHere
from workshop.tasks.team import answering, jobs, page
from workshop.tasks.team import sheet as paper
from workshop.tasks.team.jobs import Found

blueprint = Blueprint("team_rounds", __name__, url_prefix="/personale/hold/runde")


@blueprint.get("")
@needs("record:confirm")
def choose() -> Response:
    """What was done that day: what people have been given, and everything else that can be done."""
    actor, today = access.require_actor(), clock.local_day(clock.now())
    day = clock.day_of(request.args.get("dag", "")) or today
    kind, _colon, ident = request.args.get("valg", "").partition(":")
    if kind in (jobs.STEP, jobs.TASK) and ident:
        return redirect(url_for("team_rounds.form", kind=kind, ident=ident, dag=day.isoformat()), 303)
    with db.reading() as session:
        given = jobs.choices(session, actor, day)
        steps, tasks = jobs.offered(session, actor)
    audit.record(actor, "list", sorted({each.public_id for work in given for each in work.people}), clock.now())
    html = render_template(
        "team/choose.html",
        day=day,
        today=today,
        before=day - timedelta(days=1),
        after=day + timedelta(days=1) if day < today else None,
        given=given,
        steps=steps,
        tasks=tasks,
    )
    return make_response(html)


@blueprint.get("/<kind>/<ident>")
@needs("record:confirm")
def form(kind: str, ident: str) -> Response:
    """Everybody who was there, with nothing chosen."""
    with db.reading() as session:
        found = _found(kind, ident)
        shown = page.load(session, access.require_actor(), found)
    return page.show(found, shown, page.fresh_team(shown, found), _address(kind, ident), 200, paper=_paper(kind, ident))


@blueprint.post("/<kind>/<ident>")
@needs("record:confirm")
def send(kind: str, ident: str) -> Response:
    """Write it all down with one press."""
    return answering.answer(_found(kind, ident), _address(kind, ident), paper=_paper(kind, ident))


@blueprint.get("/<kind>/<ident>/ark.pdf")
@needs("record:confirm")
def sheet(kind: str, ident: str) -> Response:
    """The same form on A4 with empty boxes, to be filled in by hand and typed in later."""
    actor = access.require_actor()
    found = _found(kind, ident)
    with db.reading() as session:
        shown = page.load(session, actor, found)
    audit.record(actor, "print", sorted({row.part.citizen_public_id for row in shown.rows}), clock.now())
    answer = make_response(paper.render(found, [row.part.display_name for row in shown.rows]))
    answer.mimetype = "application/pdf"
    answer.headers["Content-Disposition"] = 'inline; filename="runde.pdf"'
    return answer


def _found(kind: str, ident: str) -> Found:
    with db.reading() as session:
        found = jobs.find(session, access.require_actor(), kind, ident, _day(), clock.now())
    if found.job.day > clock.local_day(clock.now()):
        raise NotHere
    return found


def _day() -> date | None:
    return clock.day_of(request.args.get("dag", ""))


def _address(kind: str, ident: str) -> str:
    return url_for("team_rounds.send", kind=kind, ident=ident, dag=request.args.get("dag") and _day())


def _paper(kind: str, ident: str) -> str:
    return url_for("team_rounds.sheet", kind=kind, ident=ident, dag=request.args.get("dag") and _day())
