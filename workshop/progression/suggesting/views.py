"""Suggestions for one person: the open work of a week, why it could be for them, and what to mind. Staff decide."""

from __future__ import annotations

from datetime import date, timedelta

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from workshop.citizens import caseload, door
from workshop.core import access, audit, clock, db
from workshop.core.access import needs
from workshop.core.i18n import _
from workshop.progression.suggesting import queries
from workshop.progression.suggesting.reasons import Suggestion
from workshop.sealed.queries import lines_for
from workshop.tasks.week.forms import clock_of
from workshop.tasks.week.shown import Week
from workshop.tasks.wishing import actions as wishing
from workshop.tasks.wishing.queries import wish_of

blueprint = Blueprint("suggesting", __name__)


@blueprint.get("/personale/borgere/<public_id>/forslag")
@needs("week:assign")
def of(public_id: str) -> Response:
    """The open work of a week for one person. The plan's goals are for the caseload, as everywhere."""
    actor, now = access.require_actor(), clock.now()
    citizen = door.known(actor, public_id)
    today = clock.local_day(now)
    week = _week(request.args.get("dag", ""), today)
    first, last = max(week.monday, today), week.sunday
    with db.reading() as session:
        is_mine = caseload.is_in_caseload(session, actor, citizen, today)
        reason = "" if is_mine else door.reason_given(session, actor, public_id, now)
    audit.record(actor, "read", [public_id], now, reason=reason or "")
    with db.reading() as session:
        found = queries.known(session, actor, citizen, first, last, sees_goals=reason is not None)
        mind = lines_for(session, actor, [citizen.id], first).get(citizen.id, [])
    html = render_template(
        "suggesting/of.html",
        citizen=citizen,
        week=week,
        first=first,
        before=week.monday - timedelta(weeks=1) if week.monday > today else None,
        after=week.monday + timedelta(weeks=1),
        known=found,
        spoken_for=[each for each in found.suggestions if each.speaks_for],
        others=[each for each in found.suggestions if not each.speaks_for],
        mind=mind,
        sees_goals=reason is not None,
        give_url=lambda each: _give_url(each, public_id, queries.first_day(found.agreed, first, last)),
        clock_of=clock_of,
    )
    return make_response(html)


@blueprint.post("/personale/borgere/<public_id>/oensker/<wish_id>/slut")
@needs("week:assign")
def end_wish(public_id: str, wish_id: str) -> Response:
    """The wish came true, or the person no longer wishes for it; a second press changes nothing."""
    actor, now = access.require_actor(), clock.now()
    citizen = door.known(actor, public_id)
    with db.transaction() as session:
        wishing.end(session, wish_of(session, citizen.id, wish_id), now)
        audit.record(actor, "write", [public_id], now)
    flash(_("Ønsket er slut. %(name)s kan altid ønske igen.", name=citizen.display_name))
    day = clock.day_of(request.args.get("dag", ""))
    return redirect(url_for("suggesting.of", public_id=public_id, dag=day), 303)


def _week(text: str, today: date) -> Week:
    """The week of a day in the address; this one for a day gone by, or one that no plan reaches."""
    day = clock.day_of(text) or today
    is_planned = day >= today and day.year in clock.PLANNED_YEARS
    return Week.of(day if is_planned else today)


def _give_url(each: Suggestion, public_id: str, day: date) -> str:
    """The form that gives it, filled in; a visit is given on its own page."""
    work = each.work
    if work.kind == "visit":
        return url_for("visiting.people", public_id=work.public_id)
    if work.kind == "step":
        return url_for("week.new", trin=work.public_id, hvem=public_id, dag=work.day or day)
    return url_for("week.new", fast=work.public_id, hvem=public_id, dag=work.day or day)
