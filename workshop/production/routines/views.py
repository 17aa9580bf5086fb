"""The desk's pages of routines: what comes again, how it stands this week, and what is left out."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import groupby

from flask import Blueprint, flash, make_response, redirect, render_template, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response
from wtforms import SelectChoice

from workshop.accounts import queries as accounts
from workshop.core import access, clock, crypto, db, web
from workshop.core.access import needs
from workshop.core.errors import NotHere, Refusal
from workshop.core.i18n import _, lazy
from workshop.production.models import TaskType
from workshop.production.routines import actions, queries, words
from workshop.production.routines.actions import Plan
from workshop.production.routines.closed import closed_days
from workshop.production.routines.forms import NewForm, RoutineForm, minute_of
from workshop.production.routines.models import Routine
from workshop.production.routines.rules import LOOK_AHEAD, WEEK, monday_of, next_day

blueprint = Blueprint("routines", __name__, url_prefix="/personale/produktion/faste")
MENU = (
    web.MenuEntry("making", lazy("Faste opgaver"), "routines.everything", "fej", "production:read", order=80),
)  # fmt: skip


@blueprint.get("")
@needs("production:read")
def everything() -> Response:
    """Every routine, by kind of work, with the next day it falls on."""
    today = clock.local_day(clock.now())
    with db.reading() as session:
        found = queries.routines(session, access.require_actor().department_ids, today)
    closed = closed_days(today, today + timedelta(days=LOOK_AHEAD))
    going = [(row, next_day(row, today, closed)) for row in found if not row.is_over(today)]
    html = render_template(
        "production/routines/list.html",
        kinds=[(kind, list(rows)) for kind, rows in groupby(going, key=lambda pair: pair[0].kind)],
        over=[row for row in found if row.is_over(today)],
        words=words,
        week_url=week_url(today),
        many_departments=len(access.require_actor().department_ids) > 1,
    )
    return make_response(html)


@blueprint.get("/uge/<int:year>-<int:number>")
@needs("production:read")
def week(year: int, number: int) -> Response:
    """How the routines of a week stand, day by day."""
    try:
        monday = date.fromisocalendar(year, number, 1)
    except ValueError as problem:
        raise NotHere from problem
    if monday.year not in clock.PLANNED_YEARS:
        raise NotHere
    with db.reading() as session:
        shown = queries.week(session, access.require_actor().department_ids, monday)
    html = render_template(
        "production/routines/week.html",
        week=shown,
        number=number,
        before=week_url(monday - timedelta(days=WEEK)),
        after=week_url(monday + timedelta(days=WEEK)),
        now=week_url(clock.local_day(clock.now())),
        today=clock.local_day(clock.now()),
        words=words,
    )
    return make_response(html)


@blueprint.get("/ny")
@needs("production:edit")
def new() -> Response:
    """The form for a routine."""
    form = NewForm(data={"once": crypto.new_public_id(), "starts_on": clock.local_day(clock.now())})
    return _new_page(form, 200)


@blueprint.post("/ny")
@needs("production:edit")
def add() -> Response:
    """A new routine, once."""
    form = NewForm.posted()
    with db.reading() as session:
        departments = _choose(session, form)
    if not form.validate():
        return _new_page(form, 422)
    try:
        with db.transaction() as session:
            plan = _plan(session, form, departments)
            actions.add(session, plan, once=str(form.once.data), by_staff_id=access.require_actor().account_id)
    except Refusal as refusal:
        form.form_errors.append(refusal.sentence)
        return _new_page(form, 422)
    flash(_("Den faste opgave er gemt."))
    return redirect(url_for("routines.everything"), 303)


@blueprint.get("/<public_id>")
@needs("production:edit")
def routine(public_id: str) -> Response:
    """A routine to change or stop."""
    with db.reading() as session:
        found = _find(session, public_id)
        form = _filled(session, found)
    return _edit_page(public_id, form, 200)


@blueprint.post("/<public_id>")
@needs("production:edit")
def edit(public_id: str) -> Response:
    """Change a routine from now on."""
    form = RoutineForm.posted()
    with db.reading() as session:
        departments = _choose(session, form, also=_find(session, public_id).task_type_id)
    if not form.validate():
        return _edit_page(public_id, form, 422)
    try:
        with db.transaction() as session:
            found = _find(session, public_id)
            plan = _plan(session, form, departments)
            actions.edit(session, found, plan, version=form.seen)
    except actions.EditedMeanwhile as refusal:
        return _edit_page(public_id, form, 409, said=refusal.sentence)
    except Refusal as refusal:
        form.form_errors.append(refusal.sentence)
        return _edit_page(public_id, form, 422)
    flash(_("Den faste opgave er gemt."))
    return redirect(url_for("routines.everything"), 303)


@blueprint.post("/<public_id>/stop")
@needs("production:edit")
def stop(public_id: str) -> Response:
    """It does not come again after today."""
    with db.transaction() as session:
        actions.stop(session, _find(session, public_id), today=clock.local_day(clock.now()))
    flash(_("Den kommer ikke igen efter i dag."))
    return redirect(url_for("routines.everything"), 303)


@blueprint.post("/<public_id>/<day>/spring-over")
@needs("production:edit")
def skip(public_id: str, day: str) -> Response:
    """It is left out on a day."""
    on = _day(day)
    with db.transaction() as session:
        found = _find(session, public_id)
        actions.skip(session, found, on)
        title = found.title
    flash(_("%(title)s springes over %(day)s.", title=title, day=clock.day_text(on)))
    return redirect(week_url(on), 303)


@blueprint.post("/<public_id>/<day>/tag-med")
@needs("production:edit")
def bring_back(public_id: str, day: str) -> Response:
    """A day that was left out counts again."""
    on = _day(day)
    with db.transaction() as session:
        found = _find(session, public_id)
        actions.bring_back(session, found, on)
        title = found.title
    flash(_("%(title)s er med igen %(day)s.", title=title, day=clock.day_text(on)))
    return redirect(week_url(on), 303)


@blueprint.post("/<public_id>/<day>/gjort")
@needs("production:edit")
def tell_done(public_id: str, day: str) -> Response:
    """It was done on a day, though nobody had it on a list."""
    on = _day(day)
    with db.transaction() as session:
        found = _find(session, public_id)
        actions.tell_done(session, found, on, now=clock.now())
        title = found.title
    flash(_("%(title)s er gjort %(day)s.", title=title, day=clock.day_text(on)))
    return redirect(week_url(on), 303)


@blueprint.post("/<public_id>/<day>/ikke-gjort")
@needs("production:edit")
def not_done(public_id: str, day: str) -> Response:
    """That was a mistake: the day waits for somebody again."""
    on = _day(day)
    with db.transaction() as session:
        found = _find(session, public_id)
        actions.not_done(session, found, on)
        title = found.title
    flash(_("%(title)s er ikke gjort %(day)s.", title=title, day=clock.day_text(on)))
    return redirect(week_url(on), 303)


def week_url(day: date) -> str:
    """Where the week of a day is shown."""
    at = monday_of(day).isocalendar()
    return url_for("routines.week", year=at.year, number=at.week)


def _day(text: str) -> date:
    found = clock.day_of(text)
    if found is None:
        raise NotHere
    return found


def _find(session: Session, public_id: str) -> Routine:
    found = queries.routine_by_public_id(session, public_id, access.require_actor().department_ids)
    if found is None:
        raise NotHere
    return found


def _choose(session: Session, form: RoutineForm, *, also: int | None = None) -> dict[str, int]:
    """Offer the tasks in use (and one more, the one it has) and one's own departments; the ids of these by key."""
    form.task.choices = [
        SelectChoice("", _("Vælg en opgave")),
        *(SelectChoice(key, name, optgroup=kind) for key, kind, name in queries.task_types(session, also=also)),
    ]
    mine = access.require_actor().department_ids
    departments = [each for each in accounts.departments(session) if each.id in mine]
    form.department.choices = [(each.key, each.name) for each in departments]
    if not form.department.data and departments:
        form.department.data = departments[0].key
    return {each.key: each.id for each in departments}


def _plan(session: Session, form: RoutineForm, departments: dict[str, int]) -> Plan:
    task = queries.task_type_by_key(session, form.task.data)
    if task is None:
        raise NotHere  # gone since the form was shown
    return Plan(
        title=form.title.data or "",
        task_type_id=task.id,
        department_id=departments[form.department.data],
        weekdays=tuple(int(each) for each in form.weekdays.data or ()),
        every_weeks=form.every_weeks.data,
        starts_on=form.starts_on.data,
        ends_on=form.ends_on.data,
        start_minute=minute_of(form.time.data or ""),
        place=form.place.data or "",
        note=form.note.data or "",
    )


def _filled(session: Session, found: Routine) -> RoutineForm:
    task = session.get_one(TaskType, found.task_type_id).key
    departments = _choose(session, RoutineForm(), also=found.task_type_id)
    department = next(key for key, number in departments.items() if number == found.department_id)
    return RoutineForm.of(found, task=task, department=department)


def _new_page(form: NewForm, status: int) -> Response:
    with db.reading() as session:
        _choose(session, form)
    return make_response(render_template("production/routines/new.html", form=form), status)


def _edit_page(public_id: str, form: RoutineForm, status: int, *, said: str = "") -> Response:
    with db.reading() as session:
        found = _find(session, public_id)
        _choose(session, form, also=found.task_type_id)
        task_name = session.get_one(TaskType, found.task_type_id).name
    if said:
        form.see(found.version)  # sending again is then a choice and not an accident
    today = clock.local_day(clock.now())
    html = render_template(
        "production/routines/edit.html",
        form=form,
        routine=found,
        task_name=task_name,
        said=said,
        words=words,
        goes_on=found.ends_on is None or found.ends_on > today,
    )
    return make_response(html, status)
