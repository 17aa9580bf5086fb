"""Goals of one citizen at the desk: set together, taken in small steps, put in other words, and ended by people."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from workshop.citizens import door
from workshop.citizens.models import Citizen
from workshop.core import access, clock, db
from workshop.core.access import Actor, needs
from workshop.core.errors import Refusal
from workshop.core.i18n import _
from workshop.progression import goals, plans, queries
from workshop.progression.forms import ExampleForm, GoalForm, NewStepForm, StateForm, StepForm, WordsForm
from workshop.progression.goal_page import GoalPage, goal_page, like
from workshop.progression.goal_rules import GoalState
from workshop.progression.models import Goal, GoalKind, SubGoal
from workshop.progression.plans import ChangedMeanwhile

goal_pages = Blueprint("goals", __name__)


class Forms(NamedTuple):
    """The forms on the page of a goal; whichever was sent and lacks something stands as it was typed."""

    state: StateForm | None = None
    words: WordsForm | None = None
    new_step: NewStepForm | None = None
    step: StepForm | None = None
    step_id: str = ""
    example: ExampleForm | None = None


@goal_pages.get("/personale/borgere/<public_id>/maal")
@needs("plan:edit")
def new(public_id: str) -> Response:
    """A form for a new goal; `i-stedet-for` names the goal it takes the place of."""
    person = door.enter(access.require_actor(), public_id, clock.now())
    with db.reading() as session:
        old = _replaced(session, person)
        form = GoalForm(data=like(old, queries.competences(session)) if old is not None else None)
        full = _full(session, person) if old is None else ""
    if old is not None and not old.state.is_open:
        return redirect(url_for("progression.goals.goal", public_id=public_id, goal_id=old.public_id), 303)
    return _new_page(person, form, old, 200, full=full)


@goal_pages.post("/personale/borgere/<public_id>/maal")
@needs("plan:edit")
def new_post(public_id: str) -> Response:
    """Set a goal together; the plan begins with its first goal where there is none yet."""
    now = clock.now()
    actor = access.require_actor()
    person = door.enter(actor, public_id, now, deed="write")
    form = GoalForm.posted()
    with db.reading() as session:
        old = _replaced(session, person)
        by_key = {each.key: each for each in queries.competences(session).values() if each.is_used}
    if not form.fill({each.key: each.name for each in by_key.values()}).validate():
        return _new_page(person, form, old, 422)
    competence = by_key.get(form.competence.data)
    try:
        with db.transaction() as session:
            goals.set_goal(
                session,
                plan=plans.begin(session, citizen_id=person.id, by_account_id=actor.account_id, now=now),
                kind=GoalKind(form.kind.data),
                title=form.title.data,
                competence_id=competence.id if competence else None,
                target_level=form.target_level.data,
                target_of_ten=form.target_of_ten.data,
                target_hours=form.target_hours.data,
                own_words=form.own_words.data or "",
                instead_of=_replaced(session, person),
                now=now,
                by_staff_id=actor.account_id,
            )
    except Refusal as refusal:
        form.form_errors.append(refusal.sentence)
        return _new_page(person, form, old, 422)
    flash(_("Målet er sat."))
    return _to_citizen(public_id)


@goal_pages.get("/personale/borgere/<public_id>/maal/<goal_id>")
@needs("plan:edit")
def goal(public_id: str, goal_id: str) -> Response:
    """One goal: where it stands, its small steps, what was said about it, and a place for examples."""
    person = door.enter(access.require_actor(), public_id, clock.now())
    return _page(person, goal_id, Forms(), 200)


@goal_pages.post("/personale/borgere/<public_id>/maal/<goal_id>")
@needs("plan:edit")
def change(public_id: str, goal_id: str) -> Response:
    """People say where the goal stands."""
    now, actor, person = _enter(public_id)
    form = StateForm.posted()
    if not form.validate():
        return _page(person, goal_id, Forms(state=form), 422)
    try:
        with db.transaction() as session:
            found = queries.goal_of(session, person.id, goal_id, to_change=True)
            _check_version(found, form.version.data)
            goals.change_state(
                session,
                goal=found,
                state=GoalState(form.state.data),
                own_words=form.own_words.data or "",
                by_staff_id=actor.account_id,
                now=now,
            )
    except ChangedMeanwhile as refusal:
        form.form_errors.append(refusal.sentence)
        return _page(person, goal_id, Forms(state=form), 409)
    except Refusal as refusal:
        form.own_words.errors = [refusal.sentence]
        return _page(person, goal_id, Forms(state=form), 422)
    flash(_("Målet er gemt."))
    return _to_citizen(public_id)


@goal_pages.post("/personale/borgere/<public_id>/maal/<goal_id>/ord")
@needs("plan:edit")
def rename(public_id: str, goal_id: str) -> Response:
    """Put the goal in other words."""
    now, actor, person = _enter(public_id)
    form = WordsForm.posted(prefix="ord")
    if not form.validate():
        return _page(person, goal_id, Forms(words=form), 422)
    try:
        with db.transaction() as session:
            found = queries.goal_of(session, person.id, goal_id, to_change=True)
            _check_version(found, form.version.data)
            goals.rename(
                session,
                goal=found,
                title=form.title.data,
                own_words=form.own_words.data or "",
                by_staff_id=actor.account_id,
                now=now,
            )
    except Refusal as refusal:
        form.form_errors.append(refusal.sentence)
        return _page(person, goal_id, Forms(words=form), 409)
    return _to_goal(public_id, goal_id, _("Ordene er gemt."))


@goal_pages.post("/personale/borgere/<public_id>/maal/<goal_id>/skridt")
@needs("plan:edit")
def add_step(public_id: str, goal_id: str) -> Response:
    """Add a small step to the goal."""
    now, actor, person = _enter(public_id)
    form = NewStepForm.posted(prefix="nyt")
    if not form.validate():
        if not form.title.data:  # nothing was typed that could be lost, and Back sends nothing again
            return _to_goal(public_id, goal_id, str(form.title.errors[0]))
        return _page(person, goal_id, Forms(new_step=form), 422)
    try:
        with db.transaction() as session:
            found = queries.goal_of(session, person.id, goal_id)
            goals.add_step(session, goal=found, title=form.title.data, by_staff_id=actor.account_id, now=now)
    except Refusal as refusal:
        form.form_errors.append(refusal.sentence)
        return _page(person, goal_id, Forms(new_step=form), 409)
    return _to_goal(public_id, goal_id, _("Skridtet er skrevet."))


@goal_pages.post("/personale/borgere/<public_id>/maal/<goal_id>/skridt/<step_id>")
@needs("plan:edit")
def change_step(public_id: str, goal_id: str, step_id: str) -> Response:
    """People say where a small step stands."""
    now, actor, person = _enter(public_id)
    form = StepForm.posted(prefix=step_id)
    is_whole = form.validate()
    if not is_whole:
        with db.reading() as session:
            queries.step_of(session, queries.goal_of(session, person.id, goal_id), step_id)
        return _page(person, goal_id, Forms(step=form, step_id=step_id), 422)
    try:
        with db.transaction() as session:
            above = queries.goal_of(session, person.id, goal_id)
            found = queries.step_of(session, above, step_id, to_change=True)
            _check_version(found, form.version.data)
            goals.change_step(
                session,
                step=found,
                state=GoalState(form.state.data),
                own_words=form.own_words.data or "",
                title=form.title.data,
                by_staff_id=actor.account_id,
                now=now,
            )
    except ChangedMeanwhile as refusal:
        form.form_errors.append(refusal.sentence)
        return _page(person, goal_id, Forms(step=form, step_id=step_id), 409)
    except Refusal as refusal:
        form.own_words.errors = [refusal.sentence]
        return _page(person, goal_id, Forms(step=form, step_id=step_id), 422)
    return _to_goal(public_id, goal_id, _("Skridtet er gemt."))


@goal_pages.post("/personale/borgere/<public_id>/maal/<goal_id>/eksempel")
@needs("plan:edit")
def example(public_id: str, goal_id: str) -> Response:
    """Write something that was seen for the goal, or for one of its steps."""
    now, actor, person = _enter(public_id)
    form = ExampleForm.posted()
    with db.reading() as session:
        form.fill(queries.steps_of(session, queries.goal_of(session, person.id, goal_id)))
    if not form.validate():
        return _page(person, goal_id, Forms(example=form), 422)
    try:
        with db.transaction() as session:
            found = queries.goal_of(session, person.id, goal_id)
            goals.add_example(
                session,
                goal=found,
                step=queries.step_of(session, found, form.step.data) if form.step.data else None,
                seen_on=form.seen_on.data,
                sentence=form.sentence.data,
                by_staff_id=actor.account_id,
                now=now,
            )
    except Refusal as refusal:
        form.seen_on.errors = [refusal.sentence]
        return _page(person, goal_id, Forms(example=form), 422)
    return _to_goal(public_id, goal_id, _("Eksemplet er gemt."))


def _enter(public_id: str) -> tuple[datetime, Actor, Citizen]:
    """Who writes about whom, and when; the visit is in the log."""
    now, actor = clock.now(), access.require_actor()
    return now, actor, door.enter(actor, public_id, now, deed="write")


def _replaced(session: Session, person: Citizen) -> Goal | None:
    """The goal that the new one takes the place of, if any. Raises NotHere for anybody else's."""
    public_id = request.args.get("i-stedet-for", "")
    return queries.goal_of(session, person.id, public_id) if public_id else None


def _full(session: Session, person: Citizen) -> str:
    """What there is to say before anything is typed, where as many goals are open as one can work on."""
    plan = queries.plan_of(session, person.id)
    try:
        if plan is not None:
            goals.check_room(session, plan.id)
    except Refusal as refusal:
        return refusal.sentence
    return ""


def _check_version(found: Goal | SubGoal, seen: int | None) -> None:
    if seen not in (None, found.version):
        raise ChangedMeanwhile(_("En anden har rettet imens. Se det nye, og gem igen, hvis det stadig passer."))


def _to_citizen(public_id: str) -> Response:
    return redirect(url_for("progression.citizen", public_id=public_id), 303)


def _to_goal(public_id: str, goal_id: str, said: str) -> Response:
    flash(said)
    return redirect(url_for("progression.goals.goal", public_id=public_id, goal_id=goal_id), 303)


def _new_page(person: Citizen, form: GoalForm, old: Goal | None, status: int, *, full: str = "") -> Response:
    if form.kind.choices is None:
        with db.reading() as session:
            form.fill({each.key: each.name for each in queries.competences(session).values() if each.is_used})
    html = render_template("progression/new_goal.html", form=form, citizen=person, old=old, full=full)
    return make_response(html, status)


def _page(person: Citizen, goal_id: str, forms: Forms, status: int) -> Response:
    with db.reading() as session:
        page = goal_page(session, person, goal_id, sent=forms.step, sent_id=forms.step_id)
    found = page.goal
    state = forms.state or StateForm(data={"state": found.state.value})
    words = forms.words or WordsForm(prefix="ord", data={"title": found.title, "own_words": found.own_words})
    for form in [state, words, *(line.form for line in page.steps if line.step.public_id == forms.step_id)]:
        _say_version(form, page, forms.step_id)
    shown = forms.example or ExampleForm(data={"seen_on": clock.local_day(clock.now())})
    html = render_template(
        "progression/goal.html",
        citizen=person,
        page=page,
        goal=found,
        form=state,
        words=words,
        new_step=forms.new_step or NewStepForm(prefix="nyt"),
        example=shown.fill([line.step for line in page.steps]),
    )
    return make_response(html, status)


def _say_version(form: StateForm | WordsForm | StepForm, page: GoalPage, step_id: str) -> None:
    """The next press answers what the page shows now, not what it showed before."""
    steps = {line.step.public_id: line.step.version for line in page.steps}
    form.version.data = steps[step_id] if isinstance(form, StepForm) else page.goal.version
    form.version.raw_data = None
