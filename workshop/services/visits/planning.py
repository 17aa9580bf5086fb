"""The planning view: days and teams of a week, visits dragged or moved by a form. A conflict is always explained."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from workshop.core import access, clock, db, web
from workshop.core.access import needs
from workshop.core.errors import NotHere, Refusal
from workshop.core.i18n import _, lazy, ngettext
from workshop.services.door import Head
from workshop.services.visits import actions, queries, times, week, words
from workshop.services.visits.actions import Doubt, Meanwhile, Plan
from workshop.services.visits.forms import PlanForm
from workshop.services.visits.models import Resource, ResourceKind, Visit, VisitState

blueprint = Blueprint("garden_plan", __name__, url_prefix="/personale/service")
MENU = (web.MenuEntry("garden", lazy("Plan"), "garden_plan.this_week", "kalender", "service:plan", order=30),)


@blueprint.get("/plan")
@needs("service:plan")
def this_week() -> Response:
    """The week we are in; from Saturday on the one that comes."""
    today = clock.local_day(clock.now())
    return redirect(week_url(week.monday_to_plan(today)), 303)


@blueprint.get("/plan/<int:year>-<int:number>")
@needs("service:plan")
def one_week(year: int, number: int) -> Response:
    """A week with its teams, and what waits beside it."""
    monday = _monday(year, number)
    today = clock.local_day(clock.now())
    with db.reading() as session:
        found = week.week(session, monday, today)
    html = render_template(
        "services/visits/plan.html",
        week=found,
        today=today,
        before=week_url(monday - timedelta(days=7)),
        after=week_url(monday + timedelta(days=7)),
        words=words,
        minute_text=times.minute_text,
    )
    return make_response(html)


@blueprint.post("/plan/<int:year>-<int:number>/skriv")
@needs("service:plan")
def tell_week(year: int, number: int) -> Response:
    """Write to everybody in a week who does not know the day as it is now."""
    monday, now, head = _monday(year, number), clock.now(), Head.of(web.settings())
    with db.transaction() as session:
        found = week.week(session, monday, clock.local_day(now)).untold_with_mail
        visits = [session.get_one(Visit, each.facts.id) for each in found]
        count = sum(actions.tell(session, each, head=head, now=now) for each in visits)
    flash(
        ngettext("Én kunde får dagen at vide.", "%(num)s kunder får dagen at vide.", count)
        if count
        else _("Alle kender dagen allerede.")
    )
    return redirect(week_url(monday), 303)


@blueprint.get("/besoeg/<public_id>/plan")
@needs("service:plan")
def plan_page(public_id: str) -> Response:
    """The form for a visit's day, time and team."""
    return _page(public_id, None, 200)


@blueprint.post("/besoeg/<public_id>/plan")
@needs("service:plan")
def plan(public_id: str) -> Response:
    """Put a visit into the plan. What only speaks against it is asked about; what cannot be is refused, in words."""
    form = PlanForm.posted()
    now, staff_id = clock.now(), access.require_actor().account_id
    with db.reading() as session:
        row = find_row(session, public_id)
        chosen = _choices(session, form)
        if "drop" in request.form:
            _fill_in(session, form, row, chosen)
    if not form.validate():
        return _page(public_id, form, 422)
    wanted = (form.team.data, *(form.things.data or ()))
    planned = Plan(
        form.day.data,
        form.start.data,
        form.minutes.data,
        tuple(chosen[each].id for each in wanted if each in chosen),
        form.pass_said,
    )
    is_sure = request.form.get("sure") == _words_of(planned)
    try:
        with db.transaction() as session:
            visit = find(session, public_id)
            was_waiting = visit.state is VisitState.WAITING
            actions.plan(
                session, visit, planned, version=form.seen, is_sure=is_sure, now=now, by_staff_id=staff_id
            )  # fmt: skip
            if form.is_told.data and row.facts.customer_email:
                actions.tell(session, visit, head=Head.of(web.settings()), now=now)
            version = visit.version
    except Doubt as doubt:
        return _page(public_id, form, 409, doubts=doubt.said, asked=_words_of(planned))
    except Refusal as refusal:
        return _page(public_id, form, 409, said=refusal.sentence, is_stale=isinstance(refusal, Meanwhile))
    said = _(
        "%(title)s, %(street)s: %(day)s kl. %(time)s.",
        title=row.facts.title,
        street=row.facts.street,
        day=clock.day_text(planned.day),
        time=times.minute_text(planned.start_minute),
    )
    if was_waiting and not form.is_told.data:
        undo = url_for("garden_plan.unplan", public_id=public_id, version=version)
        flash((said, undo, _("Fortryd")))  # type: ignore[arg-type]  # a toast with a way back
    else:
        flash(said)
    return redirect(week_url(planned.day), 303)


@blueprint.post("/besoeg/<public_id>/ud-af-planen")
@needs("service:plan")
def unplan(public_id: str) -> Response:
    """Back among those that wait. The version comes with the form, or with the address of the toast."""
    typed = request.values.get("version", "")
    version = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0
    with db.transaction() as session:
        visit = find(session, public_id)
        actions.unplan(session, visit, version=version, by_staff_id=access.require_actor().account_id)
        day = visit.day
    flash(_("Besøget skal planlægges igen."))
    return redirect(week_url(day or clock.local_day(clock.now())), 303)


@blueprint.post("/besoeg/<public_id>/fortalt")
@needs("service:plan")
def told(public_id: str) -> Response:
    """Somebody has told the customer on the phone, or they are written to now."""
    now = clock.now()
    with db.transaction() as session:
        visit = find(session, public_id)
        actions.tell(session, visit, head=Head.of(web.settings()), now=now)
        day = visit.day
    flash(_("Kunden kender dagen."))
    return redirect(week_url(day or clock.local_day(now)), 303)


def find(session: Session, public_id: str) -> Visit:
    """A visit. Raises NotHere."""
    found = queries.visit_by_public_id(session, public_id)
    if found is None:
        raise NotHere
    return found


def find_row(session: Session, public_id: str) -> queries.VisitRow:
    """A visit as a page shows it. Raises NotHere."""
    found = queries.row(session, public_id)
    if found is None:
        raise NotHere
    return found


def week_url(day: date) -> str:
    """The planning view of the week of a day."""
    at = day.isocalendar()
    return url_for("garden_plan.one_week", year=at.year, number=at.week)


def _words_of(planned: Plan) -> str:
    """What a yes is about. Said to one plan it is no yes to another, though it stands in the same form."""
    things = "-".join(str(each) for each in sorted(planned.resource_ids))
    return f"{planned.day.isoformat()}-{planned.start_minute}-{planned.minutes}-{things}"


def _monday(year: int, number: int) -> date:
    try:
        monday = date.fromisocalendar(year, number, 1)
    except ValueError as problem:
        raise NotHere from problem
    if monday.year not in clock.PLANNED_YEARS:
        raise NotHere
    return monday


def _choices(session: Session, form: PlanForm) -> dict[str, Resource]:
    """Fill in the teams, vehicles and machines in use; gives them by public id."""
    found = queries.resources(session)
    teams = [(each.public_id, each.name) for each in found if each.kind is ResourceKind.TEAM]
    form.team.choices = [("", _("Vælg et hold")), *teams]
    form.things.choices = [(each.public_id, each.name) for each in found if each.kind is not ResourceKind.TEAM]
    return {each.public_id: each for each in found}


def _fill_in(session: Session, form: PlanForm, row: queries.VisitRow, chosen: dict[str, Resource]) -> None:
    """A drop says the day and the team; the rest is as it was, or as the first time within the window allows."""
    facts = row.facts
    form.minutes.data, form.minutes.raw_data = facts.minutes, [str(facts.minutes)]
    form.things.data = [each.public_id for each in row.needs if each.public_id in dict(form.things.choices)]
    team = chosen.get(form.team.data or "")
    start = facts.start_minute
    if start is None and team is not None and form.day.data is not None:
        window = (facts.from_minute, facts.to_minute)
        start = week.first_free(session, team.id, form.day.data, facts.minutes, window, but_not=facts.id)
    minute = facts.from_minute if start is None else start
    form.start.data, form.start.raw_data = minute, [times.minute_text(minute)]
    if facts.is_second_pass:
        form.is_second_pass.data = "1"


def _as_it_is(row: queries.VisitRow) -> dict[str, Any]:
    facts = row.facts
    return {
        "version": str(facts.version),
        "day": facts.day,
        "start": facts.from_minute if facts.start_minute is None else facts.start_minute,
        "minutes": facts.minutes,
        "team": row.team.public_id if row.team else "",
        "things": [each.public_id for each in row.needs if each.kind is not ResourceKind.TEAM],
        "is_second_pass": "1" if facts.is_second_pass else "",
        "is_told": bool(facts.customer_email) and facts.snow_alarm_id is None,  # at night nobody waits for a day
    }


def _page(
    public_id: str,
    form: PlanForm | None,
    status: int,
    *,
    said: str = "",
    doubts: tuple[str, ...] = (),
    asked: str = "",
    is_stale: bool = False,
) -> Response:
    """The form, with what a rule said no to, or what is asked about. A stale form is about the newest version."""
    with db.reading() as session:
        row = find_row(session, public_id)
        wishes = queries.wishes_of(session, row.facts.job_id)
        shown = form or PlanForm(data=_as_it_is(row))
        _choices(session, shown)
    if is_stale:
        shown.see(row.facts.version)
    if not shown.team.data and len(shown.team.choices) == 2:
        shown.team.data = shown.team.choices[1][0]
    day, start = shown.day.data, shown.start.data
    html = render_template(
        "services/visits/move.html",
        row=row,
        form=shown,
        wishes=wishes,
        said=said,
        doubts=doubts,
        asked=asked,
        asks_pass=day is not None and start is not None and times.is_doubled(day, start),
        words=words,
        minute_text=times.minute_text,
        window_text=times.window_text,
        back=week_url(row.facts.day or clock.local_day(clock.now())),
    )
    return make_response(html, status)
