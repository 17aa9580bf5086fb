"""Somebody is given a task: a step, a day of a routine or a plain task. What to mind is said first; people decide."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from flask import flash, make_response, redirect, render_template, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response
from wtforms import SelectChoice

from workshop.citizens import queries as citizens
from workshop.citizens.queries import PersonRow
from workshop.core import access, audit, clock, db
from workshop.core.access import Actor, needs
from workshop.core.errors import Refusal
from workshop.core.i18n import _
from workshop.core.text import clean
from workshop.production.routines import queries as routines
from workshop.production.routines.models import Routine
from workshop.sealed.queries import lines_for
from workshop.tasks import actions
from workshop.tasks.models import Assignment
from workshop.tasks.week import giving, minding
from workshop.tasks.week.blueprint import blueprint
from workshop.tasks.week.forms import AssignForm, clock_of
from workshop.tasks.week.shown import Week


@blueprint.get("/ny")
@needs("week:assign")
def new() -> Response:
    """The form for giving somebody a task; work, person, day and time can come along in the address."""
    asked = request.args.get
    values = {"step": asked("trin", ""), "routine": asked("fast", ""), "task": asked("opgave", "")}
    values |= {"title": asked("navn", ""), "person": asked("hvem", "")}
    day = clock.day_of(asked("dag", "")) or clock.local_day(clock.now())
    form = AssignForm(data={**values, "day": day})
    return _page(form, 200)


@blueprint.post("/ny")
@needs("week:assign")
def assign() -> Response:
    """Give the task. What is to be minded is said once; the button then gives it all the same.

    It sends along what was said of whom, so that another person, chosen since, is asked about anew.
    """
    form = AssignForm.posted()
    person, now = access.require_actor(), clock.now()
    with db.reading() as session:
        _fill(session, form, person)
    if not form.validate():
        return _page(form, 422)
    with db.reading() as session:
        said = _to_mind(session, person, form)
    if said and request.form.get("videre") != _heard(form, said):
        return _page(form, 422, is_asked=True)
    try:
        with db.transaction() as session:
            given, whose = _give(session, person, form)
            audit.record(person, "assign", [whose], now)
            day = given.day
    except Refusal as refusal:
        form.form_errors.append(refusal.sentence)
        return _page(form, 409)
    flash(_("Lagt i ugen."))
    return redirect(Week.of(day).url(), 303)


def _give(session: Session, person: Actor, form: AssignForm) -> tuple[Assignment, str]:
    citizen = citizens.citizen_for(session, person, form.person.data)
    step = giving.open_step(session, person, form.step.data) if form.step.data else None
    routine = _routine(session, person, form.routine.data)
    task = giving.task_type_by_key(session, form.task.data) if form.task.data else None
    given = actions.assign(
        session,
        citizen=citizen,
        day=form.day.data,
        title=form.title.data,
        order_step_id=step.id if step else None,
        routine_id=routine.id if routine else None,
        task_type_id=task.id if task else None,
        start_minute=form.start_minute,
        now=clock.now(),
        by_staff_id=person.account_id,
    )
    return given, citizen.public_id


def _to_mind(session: Session, person: Actor, form: AssignForm) -> list[str]:
    """What to mind with this person and this task, in words; nothing while one of them is not chosen."""
    if not form.person.data or not isinstance(form.day.data, date):
        return []
    citizen = citizens.citizen_for(session, person, form.person.data)
    task = _task_type(session, person, form)
    if task is None:
        return []
    found = minding.of(session, person, [citizen.id], [task], form.day.data).get((citizen.id, task))
    return found.sentences if found else []


def _heard(form: AssignForm, said: Sequence[str]) -> str:
    return " ".join((form.person.data, *said))


def _task_type(session: Session, person: Actor, form: AssignForm) -> int | None:
    """The kind of task that is about to be given: a step goes before a routine, and that before a plain one."""
    # What comes in an address, or was sent beside the list, is not among the choices yet.
    asked = {field.name: clean(field.data or "") for field in (form.step, form.routine, form.task)}
    step = giving.open_step(session, person, asked["step"]) if asked["step"] else None
    routine = _routine(session, person, asked["routine"])
    task = giving.task_type_by_key(session, asked["task"]) if asked["task"] else None
    return step.task_type_id if step else routine.task_type_id if routine else task.id if task else None


def _routine(session: Session, person: Actor, public_id: str) -> Routine | None:
    return routines.routine_by_public_id(session, public_id, person.department_ids) if public_id else None


def _fill(session: Session, form: AssignForm, person: Actor) -> list[PersonRow]:
    """Offer what can be chosen; gives the people named, for the audit door."""
    people = citizens.everyone(session, person, clock.local_day(clock.now()))
    form.person.choices = [
        SelectChoice("", _("Vælg en person")),
        *(SelectChoice(each.public_id, each.full_name) for each in people),
    ]
    steps = giving.steps_to_give(session, person)
    form.step.choices = [
        SelectChoice("", _("Intet trin")),
        *(SelectChoice(each.public_id, each.title, optgroup=each.order_title) for each in steps),
    ]
    going = giving.routines_to_give(session, person, clock.local_day(clock.now()))
    form.routine.choices = [
        SelectChoice("", _("Ingen")),
        *(SelectChoice(public_id, title, optgroup=kind) for public_id, kind, title, _minute in going),
    ]
    if request.method == "GET":
        minutes = {public_id: minute for public_id, _kind, _title, minute in going}
        form.time.data = request.args.get("tid", "") or clock_of(minutes.get(form.routine.data))
    tasks = giving.task_types(session)
    form.task.choices = [
        SelectChoice("", _("Ingen")),
        *(SelectChoice(key, name, optgroup=kind) for key, kind, name in tasks),
    ]
    return people


def _page(form: AssignForm, status: int, *, is_asked: bool = False) -> Response:
    person, today = access.require_actor(), clock.local_day(clock.now())
    day = form.day.data if isinstance(form.day.data, date) else today
    with db.reading() as session:
        named = _fill(session, form, person)
        known = any(each.public_id == form.person.data for each in named)
        said = _to_mind(session, person, form) if known else []
        mind = lines_for(session, person, [each.id for each in named], day)
    audit.record(person, "list", [each.public_id for each in named], clock.now())
    minded = [(each, mind[each.id]) for each in named if each.id in mind]
    heard = _heard(form, said) if is_asked else ""
    html = render_template("tasks/assign.html", form=form, minded=minded, said=said, heard=heard)
    return make_response(html, status)
