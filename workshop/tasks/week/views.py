"""The week board of the desk, giving tasks to people, moving them, taking them off."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from flask import Blueprint, current_app, flash, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response
from wtforms import SelectChoice

from workshop.citizens import queries as citizens
from workshop.citizens.queries import PersonRow
from workshop.core import access, audit, clock, db
from workshop.core.access import Actor, needs
from workshop.core.errors import NotHere, Refusal
from workshop.core.i18n import _, lazy, ngettext
from workshop.core.web import MenuEntry
from workshop.production.routines import queries as routines
from workshop.production.routines.models import Routine
from workshop.sealed.queries import lines_for
from workshop.tasks import actions, queries
from workshop.tasks.week import board
from workshop.tasks.week.forms import AssignForm, WhenForm, clock_of

blueprint = Blueprint("week", __name__, url_prefix="/personale/uge")
MENU = (MenuEntry("desk", lazy("Ugen"), "week.this_week", "kalender", "week:read", order=10),)
LOOKS = ("make", "restore", "service", "house")


@dataclass(frozen=True)
class Week:
    """A week by its number, and the ways to its neighbours."""

    monday: date

    @property
    def number(self) -> int:
        """The ISO week number, as Danish calendars show it."""
        return self.monday.isocalendar().week

    @property
    def friday(self) -> date:
        """The last day on the board."""
        return self.monday + timedelta(days=board.WORKDAYS - 1)

    def url(self, offset: int = 0) -> str:
        """Where the week `offset` weeks from this one is shown."""
        at = (self.monday + timedelta(weeks=offset)).isocalendar()
        return url_for("week.week", year=at.year, number=at.week)


@blueprint.get("")
@needs("week:read")
def this_week() -> Response:
    """On to the week we are in; at a weekend without work to the one that comes."""
    today = clock.local_day(clock.now())
    with db.reading() as session:
        is_over = today.weekday() >= board.WORKDAYS and not board.has_work_on(session, access.require_actor(), today)
    return redirect(_week_of(today + timedelta(days=2 if is_over else 0)).url(), 303)


@blueprint.get("/<int:year>-<int:number>")
@needs("week:read")
def week(year: int, number: int) -> Response:
    """Five days, who does what, and what has nobody yet."""
    try:
        shown = Week(date.fromisocalendar(year, number, 1))
    except ValueError as problem:
        raise NotHere from problem
    if shown.monday.year not in clock.PLANNED_YEARS:
        raise NotHere
    person, today = access.require_actor(), clock.local_day(clock.now())
    with db.reading() as session:
        columns = board.week(session, person, shown.monday, today)
        open_steps = board.without_people(session, person)
        came, agreed = citizens.presence(session, person.department_ids, today)
    audit.record(person, "list", board.people_on(columns), clock.now())
    look = request.args.get("vis", "")
    return make_response(
        render_template(
            "tasks/week.html",
            week=shown,
            columns=board.only(columns, look) if look in LOOKS else columns,
            look=look if look in LOOKS else "",
            lacking=sum(card.needs_people for column in columns for card in column.cards),
            open_steps=open_steps,
            presence=(came, agreed) if any(column.day == today for column in columns) else None,
            today=today,
            clock_of=clock_of,
            orders_url=_orders_url(person),
        )
    )


@blueprint.get("/ny")
@needs("week:assign")
def new() -> Response:
    """The form for giving somebody a task; a step or a routine, and a day, can come along in the address."""
    form = AssignForm(
        data={
            "step": request.args.get("trin", ""),
            "routine": request.args.get("fast", ""),
            "day": _day(request.args.get("dag")),
        }
    )
    return _assign_page(form, 200)


@blueprint.post("/ny")
@needs("week:assign")
def assign() -> Response:
    """Give the task."""
    form = AssignForm.posted()
    person, now = access.require_actor(), clock.now()
    with db.reading() as session:
        _fill(session, form, person)
    if not form.validate():
        return _assign_page(form, 422)
    try:
        with db.transaction() as session:
            citizen = citizens.citizen_for(session, person, form.person.data)
            step = board.open_step(session, person, form.step.data) if form.step.data else None
            routine = _routine(session, person, form.routine.data)
            task = board.task_type_by_key(session, form.task.data) if form.task.data else None
            given = actions.assign(
                session,
                citizen=citizen,
                day=form.day.data,
                title=form.title.data,
                order_step_id=step.id if step else None,
                routine_id=routine.id if routine else None,
                task_type_id=task.id if task else None,
                start_minute=form.start_minute,
                now=now,
                by_staff_id=person.account_id,
            )
            audit.record(person, "assign", [citizen.public_id], now)
            day = given.day
    except Refusal as refusal:
        form.form_errors.append(refusal.sentence)
        return _assign_page(form, 409)
    flash(_("Lagt i ugen."))
    return redirect(_week_of(day).url(), 303)


@blueprint.get("/opgave/<public_id>")
@needs("week:assign")
def task(public_id: str) -> Response:
    """A card of the board: move it, or take somebody off it."""
    with db.reading() as session:
        found = queries.assignment_for(session, access.require_actor(), public_id)
    return _task_page(public_id, WhenForm(data={"day": found.day, "time": clock_of(found.start_minute)}), 200)


@blueprint.post("/opgave/<public_id>")
@needs("week:assign")
def move(public_id: str) -> Response:
    """Move the card to another day or time, for everybody who has not begun."""
    form = WhenForm.posted()
    if not form.validate():
        return _task_page(public_id, form, 422)
    try:
        with db.transaction() as session:
            found = queries.assignment_for(session, access.require_actor(), public_id)
            mates = queries.mates_of(session, found)
            moved = actions.move_together(
                session,
                [mate.assignment for mate in mates],
                day=form.day.data,
                start_minute=form.start_minute,
                now=clock.now(),
            )
            people = [mate.citizen_public_id for mate in mates]
            audit.record(access.require_actor(), "assign", people, clock.now())
    except Refusal as refusal:
        form.form_errors.append(refusal.sentence)
        return _task_page(public_id, form, 409)
    day = clock.day_text(form.day.data)
    flash(ngettext("Flyttet til %(day)s.", "Flyttet til %(day)s for %(num)s.", moved, day=day))
    return redirect(_week_of(form.day.data).url(), 303)


@blueprint.post("/opgave/<public_id>/tag-af")
@needs("week:assign")
def cancel(public_id: str) -> Response:
    """Take one person off; what is begun ends without a record."""
    person = access.require_actor()
    with db.transaction() as session:
        found = queries.assignment_for(session, person, public_id)
        actions.cancel(session, found, now=clock.now())
        audit.record(person, "assign", [citizens.public_id_of(session, found.citizen_id)], clock.now())
        day = found.day
    flash(_("Taget af listen."))
    return redirect(_week_of(day).url(), 303)


def _week_of(day: date) -> Week:
    return Week(day - timedelta(days=day.weekday()))


def _day(text: str | None) -> date:
    return clock.day_of(text or "") or clock.local_day(clock.now())


def _orders_url(person: Actor) -> str | None:
    known = "production.orders" in current_app.view_functions and person.may("production:read")
    return url_for("production.orders") if known else None


def _routine(session: Session, person: Actor, public_id: str) -> Routine | None:
    return routines.routine_by_public_id(session, public_id, person.department_ids) if public_id else None


def _fill(session: Session, form: AssignForm, person: Actor) -> list[PersonRow]:
    """Offer what can be chosen; gives the people named, for the audit door."""
    people = citizens.everyone(session, person, clock.local_day(clock.now()))
    form.person.choices = [
        SelectChoice("", _("Vælg en person")),
        *(SelectChoice(each.public_id, each.full_name) for each in people),
    ]
    steps = board.steps_to_give(session, person)
    form.step.choices = [
        SelectChoice("", _("Intet trin")),
        *(SelectChoice(each.public_id, each.title, optgroup=each.order_title) for each in steps),
    ]
    going = board.routines_to_give(session, person, clock.local_day(clock.now()))
    form.routine.choices = [
        SelectChoice("", _("Ingen")),
        *(SelectChoice(public_id, title, optgroup=kind) for public_id, kind, title, _minute in going),
    ]
    if request.method == "GET":
        minutes = {public_id: minute for public_id, _kind, _title, minute in going}
        form.time.data = clock_of(minutes.get(form.routine.data))
    tasks = board.task_types(session)
    form.task.choices = [
        SelectChoice("", _("Ingen")),
        *(SelectChoice(key, name, optgroup=kind) for key, kind, name in tasks),
    ]
    return people


def _assign_page(form: AssignForm, status: int) -> Response:
    person = access.require_actor()
    with db.reading() as session:
        named = _fill(session, form, person)
        mind = lines_for(session, person, [each.id for each in named], clock.local_day(clock.now()))
    audit.record(person, "list", [each.public_id for each in named], clock.now())
    minded = [(each.full_name, mind[each.id]) for each in named if each.id in mind]
    return make_response(render_template("tasks/assign.html", form=form, minded=minded), status)


def _task_page(public_id: str, form: WhenForm, status: int) -> Response:
    person = access.require_actor()
    with db.reading() as session:
        found = queries.assignment_for(session, person, public_id)
        mates = queries.mates_of(session, found)
        step = board.step_public_id(session, found.order_step_id)
        routine = board.routine_of_day(session, found.routine_day_id)
        visit = board.visit_public_id(session, found.visit_id)
        mind = lines_for(session, person, [mate.assignment.citizen_id for mate in mates], found.day)
    audit.record(person, "list", [mate.citizen_public_id for mate in mates], clock.now())
    week_url = _week_of(found.day).url()
    html = render_template(
        "tasks/task.html",
        task=found,
        mates=mates,
        form=form,
        step=step,
        routine=routine,
        visit=visit,
        mind=mind,
        week_url=week_url,
    )
    return make_response(html, status)
