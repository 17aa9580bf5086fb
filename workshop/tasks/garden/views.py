"""Who goes along on a visit, and who is usually in a team. Own department only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from workshop.citizens import queries as citizens
from workshop.citizens.models import Citizen
from workshop.core import access, audit, clock, db
from workshop.core.access import Actor, needs
from workshop.core.errors import NotHere, Refusal
from workshop.core.i18n import _, ngettext
from workshop.production.models import TaskType
from workshop.sealed.queries import lines_for
from workshop.services.visits.models import Visit
from workshop.tasks.garden import actions, queries
from workshop.tasks.garden.queries import VisitRow
from workshop.tasks.week import minding
from workshop.tasks.week.forms import clock_of

blueprint = Blueprint("visiting", __name__, url_prefix="/personale/uge")


class Mind(Exception):  # noqa: N818 — not an error: the page says what to mind, and asks once
    """Something is to be minded with the people and tasks that were chosen; nothing was written."""

    def __init__(self, sentences: list[str]) -> None:
        super().__init__()
        self.sentences = sentences


@blueprint.get("/besoeg/<public_id>")
@needs("week:assign")
def people(public_id: str) -> Response:
    """Everybody of the department, and what those do who go along."""
    return _visit_page(public_id, 200)


@blueprint.post("/besoeg/<public_id>")
@needs("week:assign")
def take_along(public_id: str) -> Response:
    """Let exactly the chosen go along."""
    person, now = access.require_actor(), clock.now()
    try:
        with db.transaction() as session:
            row = queries.visit(session, person.department_ids, public_id)
            if row is None:
                raise NotHere
            kinds = {task.key: task for task in queries.tasks_of(session, row.service_kind_id)}
            chosen = {
                citizens.citizen_for(session, person, each.public_id): kinds[key]
                for each in citizens.everyone(session, person, row.day or clock.local_day(now), only_enrolled=True)
                if (key := request.form.get(f"opgave-{each.public_id}", "")) in kinds
            }
            _ask_first(session, person, row, chosen)
            visit = session.get_one(Visit, row.id)
            many = actions.take_along(session, visit, chosen, now=now, by_staff_id=person.account_id)
            audit.record(person, "assign", sorted(each.public_id for each in chosen), now)
            day = visit.day
    except Mind as mind:
        return _visit_page(public_id, 422, asked=mind.sentences)
    except Refusal as refusal:
        return _visit_page(public_id, 409, said=refusal.sentence)
    flash(ngettext("Én tager med.", "%(num)s tager med.", many) if many else _("Ingen tager med endnu."))
    at = (day or clock.local_day(now)).isocalendar()
    return redirect(url_for("week.week", year=at.year, number=at.week), 303)


@blueprint.get("/hold/<public_id>")
@needs("week:assign")
def team(public_id: str) -> Response:
    """Who is usually in a team."""
    person, today = access.require_actor(), clock.local_day(clock.now())
    with db.reading() as session:
        found = queries.team_by_public_id(session, person.department_ids, public_id)
        if found is None:
            raise NotHere
        everybody = citizens.everyone(session, person, today, only_enrolled=True)
        members = queries.members(session, found.id)
        teams = queries.teams(session, person.department_ids)
    audit.record(person, "list", [each.public_id for each in everybody], clock.now())
    return make_response(
        render_template("tasks/garden/team.html", team=found, everybody=everybody, members=members, teams=teams)
    )


@blueprint.post("/hold/<public_id>")
@needs("week:assign")
def set_team(public_id: str) -> Response:
    """Keep it."""
    person, now = access.require_actor(), clock.now()
    with db.transaction() as session:
        found = queries.team_by_public_id(session, person.department_ids, public_id)
        if found is None:
            raise NotHere
        everybody = citizens.everyone(session, person, clock.local_day(now), only_enrolled=True)
        ticked = set(request.form.getlist("med"))
        chosen = [
            citizens.citizen_for(session, person, each.public_id) for each in everybody if each.public_id in ticked
        ]
        actions.set_team(session, found, chosen)
        audit.record(person, "assign", [each.public_id for each in chosen], now)
    flash(_("Gemt. Det gælder de besøg, I planlægger fra nu af."))
    return redirect(url_for("visiting.team", public_id=public_id), 303)


def _ask_first(session: Session, person: Actor, row: VisitRow, chosen: Mapping[Citizen, TaskType]) -> None:
    """Raises Mind with what to mind, by name, unless the button that was pressed sends just that: it was said.

    Whoever was on the visit with the same task before was asked about then.
    """
    before = {citizen_id: key for citizen_id, (key, _state) in queries.going(session, row.id).items()}
    anew = {citizen: task for citizen, task in chosen.items() if before.get(citizen.id) != task.key}
    day = row.day or clock.local_day(clock.now())
    found = minding.of(session, person, [each.id for each in anew], {task.id for task in anew.values()}, day)
    said = [
        f"{citizen.display_name}: {' '.join(found[citizen.id, task.id].sentences)}"
        for citizen, task in sorted(anew.items(), key=lambda each: each[0].sort_name)
        if (citizen.id, task.id) in found and found[citizen.id, task.id].sentences
    ]
    if said and request.form.get("videre") != " ".join(said):
        raise Mind(said)


def _visit_page(public_id: str, status: int, *, said: str = "", asked: Sequence[str] = ()) -> Response:
    person, today = access.require_actor(), clock.local_day(clock.now())
    with db.reading() as session:
        row = queries.visit(session, person.department_ids, public_id)
        if row is None:
            raise NotHere
        day = row.day or today
        everybody = citizens.everyone(session, person, day, only_enrolled=True)
        going = queries.going(session, row.id)
        noticed = citizens.away_between(session, {each.id for each in everybody}, day, day)
        away = {citizen_id for citizen_id, _day in noticed}
        agreed = citizens.agreed_ids(session, person.department_ids, day)
        usual = queries.usual_people(session, row.id) if not going else set()
        tasks = queries.tasks_of(session, row.service_kind_id)
        ids = [each.id for each in everybody]
        mind = lines_for(session, person, ids, day)
        minded = minding.of(session, person, ids, [task.id for task in tasks], day)
    audit.record(person, "list", [each.public_id for each in everybody], clock.now())
    chosen = {citizen_id: key for citizen_id, (key, _state) in going.items()}
    if not going and tasks:
        chosen = dict.fromkeys((usual & agreed) - away, tasks[0].key)
    if request.method == "POST":  # what was chosen and could not be kept
        chosen = {each.id: request.form.get(f"opgave-{each.public_id}", "") for each in everybody}
    html = render_template(
        "tasks/garden/visit.html",
        visit=row,
        said=said,
        everybody=everybody,
        chosen=chosen,
        is_usual=bool(usual),
        is_anybody_missing=bool(usual - ((usual & agreed) - away)),
        begun={citizen_id for citizen_id, (_key, state) in going.items() if queries.is_begun(state)},
        away=away,
        agreed=agreed,
        tasks=tasks,
        mind=mind,
        minded=minded,
        asked=asked,
        clock_of=clock_of,
    )
    return make_response(html, status)
