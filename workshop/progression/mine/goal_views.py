"""My goals in my words: I set them, say where I am with them, and end them."""

from __future__ import annotations

from datetime import datetime

from flask import flash, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from workshop.citizens.models import Citizen
from workshop.core import access, clock, db, i18n
from workshop.core.access import needs
from workshop.core.errors import Refusal
from workshop.core.i18n import _
from workshop.progression import goals, plans, queries
from workshop.progression.goal_rules import GoalState
from workshop.progression.levels import HIGHEST_COMPUTED_LEVEL, HIGHEST_LEVEL
from workshop.progression.mine import plan_page
from workshop.progression.mine.blueprint import blueprint, enter
from workshop.progression.mine.forms import GoalWordsForm, NewGoalForm, StepForm, WhereForm
from workshop.progression.models import DevelopmentPlan, Goal, GoalKind
from workshop.progression.my_page import shown_levels
from workshop.tasks.models import Competence


@blueprint.get("/min-plan/maal")
@needs("kiosk:use")
def new_goal() -> Response:
    """A goal more: what I want, in my words."""
    enter(clock.now())
    return _new_page(NewGoalForm(), 200)


@blueprint.post("/min-plan/maal")
@needs("kiosk:use")
def new_goal_post() -> Response:
    """Set it. One about something to learn aims at doing it on one's own, or one step further."""
    now = clock.now()
    me = enter(now, deed="write")
    form = NewGoalForm.posted()
    by_key = _competences()
    if not form.fill({key: i18n.shipped(each.name) for key, each in by_key.items()}).validate():
        return _new_page(form, 422)
    try:
        with db.transaction() as session:
            _set(session, me, form.words.data, by_key.get(form.about.data or ""), now)
    except Refusal as refusal:
        form.words.errors = [refusal.sentence]
        return _new_page(form, 409)
    flash(_("Dit mål er skrevet ned."))
    return redirect(url_for("mine.plan"), 303)


@blueprint.get("/min-plan/maal/<goal_id>")
@needs("kiosk:use")
def goal(goal_id: str) -> Response:
    """One goal: its words, its steps, where I am. Before it ends one is asked, for it stays over."""
    me = enter(clock.now())
    return _end_page(me, goal_id) or _goal_page(me, goal_id, None, None, 200)


@blueprint.post("/min-plan/maal/<goal_id>")
@needs("kiosk:use")
def goal_words(goal_id: str) -> Response:
    """Say the goal in other words. One that was agreed together keeps its title beside them."""
    now = clock.now()
    me = enter(now, deed="write")
    form = GoalWordsForm.posted()
    if not form.validate():
        return _goal_page(me, goal_id, form, None, 422)
    try:
        with db.transaction() as session:
            _say_otherwise(session, queries.goal_of(session, me.id, goal_id), form, now)
    except Refusal as refusal:
        form.words.errors = [refusal.sentence]
        return _goal_page(me, goal_id, form, None, 409)
    flash(_("Det er gemt."))
    return _to_goal(goal_id)


@blueprint.post("/min-plan/maal/<goal_id>/hvor")
@needs("kiosk:use")
def goal_state(goal_id: str) -> Response:
    """Say where I am with it, or that it is over."""
    now = clock.now()
    me = enter(now, deed="write")
    try:
        with db.transaction() as session:
            found = queries.goal_of(session, me.id, goal_id)
            form = WhereForm.posted().fill(states_of(found.kind))
            goals.change_state(session, goal=found, state=_said(form), own_words="", by_staff_id=None, now=now)
    except Refusal as refusal:
        return _told(me, goal_id, refusal.sentence)
    flash(_("Det er gemt."))
    return redirect(url_for("mine.plan"), 303)


@blueprint.post("/min-plan/maal/<goal_id>/skridt")
@needs("kiosk:use")
def new_step(goal_id: str) -> Response:
    """One small step more on the way."""
    now = clock.now()
    me = enter(now, deed="write")
    form = StepForm.posted()
    if not form.validate():
        if not form.step.data:  # nothing was typed that could be lost, and Back sends nothing again
            return _told(me, goal_id, str(form.step.errors[0]))
        return _goal_page(me, goal_id, None, form, 422)
    try:
        with db.transaction() as session:
            found = queries.goal_of(session, me.id, goal_id)
            goals.add_step(session, goal=found, title=form.step.data, by_staff_id=None, now=now)
    except Refusal as refusal:
        form.step.errors = [refusal.sentence]
        return _goal_page(me, goal_id, None, form, 409)
    flash(_("Skridtet er skrevet ned."))
    return _to_goal(goal_id)


@blueprint.post("/min-plan/maal/<goal_id>/skridt/<step_id>")
@needs("kiosk:use")
def step_state(goal_id: str, step_id: str) -> Response:
    """Say where I am with a small step."""
    now = clock.now()
    me = enter(now, deed="write")
    form = WhereForm.posted().fill(states_of(GoalKind.OWN_WORDS))
    try:
        with db.transaction() as session:
            step = queries.step_of(session, queries.goal_of(session, me.id, goal_id), step_id)
            goals.change_step(session, step=step, state=_said(form), own_words="", by_staff_id=None, now=now)
    except Refusal as refusal:
        return _told(me, goal_id, refusal.sentence)
    flash(_("Det er gemt."))
    return _to_goal(goal_id)


@blueprint.get("/min-plan/maal/<goal_id>/proev")
@needs("kiosk:use")
def try_it(goal_id: str) -> Response:
    """This week's work: first where the goal can be tried, then the rest. I choose."""
    now = clock.now()
    me = enter(now)
    with db.reading() as session:
        found = queries.goal_of(session, me.id, goal_id)
        week = plan_page.week(session, me, clock.local_day(now))
    fitting = week.for_goal(found)
    return make_response(render_template("mine/try.html", goal=found, fitting=fitting, rest=week.besides(fitting)))


def states_of(kind: GoalKind) -> dict[GoalState, str]:
    """What a person can say of a goal alone. That one of the agreed ones is reached is said together."""
    found = {
        GoalState.IN_PROGRESS: _("Jeg er i gang"),
        GoalState.WELL_ON_THE_WAY: _("Jeg er godt på vej"),
        GoalState.REACHED: _("Jeg har nået det"),
        GoalState.STOPPED: _("Jeg stopper med det"),
    }
    if kind is not GoalKind.OWN_WORDS:
        del found[GoalState.REACHED]
    return found


def _competences() -> dict[str, Competence]:
    """What there is to learn, by key."""
    with db.reading() as session:
        return {each.key: each for each in queries.competences(session).values() if each.is_used}


def _set(session: Session, me: Citizen, words: str, competence: Competence | None, now: datetime) -> None:
    goals.set_goal(
        session,
        plan=queries.plan_of(session, me.id) or _first_plan(session, me),
        kind=GoalKind.COMPETENCE if competence else GoalKind.OWN_WORDS,
        title=words,
        competence_id=competence.id if competence else None,
        target_level=_target(session, me, competence.id) if competence else None,
        now=now,
        by_staff_id=None,
    )


def _say_otherwise(session: Session, found: Goal, form: GoalWordsForm, now: datetime) -> None:
    """Raises Refusal where somebody wrote after the form was opened."""
    if form.version.data not in (None, found.version):
        raise Refusal(_("En anden har skrevet imens. Se det nye, og gem igen."))
    is_mine = found.kind is GoalKind.OWN_WORDS
    goals.rename(
        session,
        goal=found,
        title=form.words.data if is_mine else found.title,
        own_words=found.own_words if is_mine else form.words.data,
        by_staff_id=None,
        now=now,
    )


def _first_plan(session: Session, me: Citizen) -> DevelopmentPlan:
    return plans.write(
        session,
        citizen_id=me.id,
        where_i_am="",
        where_i_want_to_be="",
        interests="",
        strengths="",
        by_account_id=access.require_actor().account_id,
        now=clock.now(),
    )


def _target(session: Session, me: Citizen, competence_id: int) -> int:
    """Doing it on one's own; whoever does so already aims one step further."""
    agreed = shown_levels(session, me.id, clock.local_day(clock.now())).get(competence_id)
    return HIGHEST_LEVEL if agreed and agreed.level >= HIGHEST_COMPUTED_LEVEL else HIGHEST_COMPUTED_LEVEL


def _said(form: WhereForm) -> GoalState:
    """Where the person says they are. Raises Refusal where they say nothing."""
    if not form.validate():
        raise Refusal(_("Vælg, hvor du er."))
    return GoalState(form.state.data)


def _told(me: Citizen, goal_id: str, said: str) -> Response:
    """A press that comes to nothing says why on the goal's page. Raises NotHere for anybody else's goal."""
    with db.reading() as session:
        queries.goal_of(session, me.id, goal_id)
    flash(said)
    return _to_goal(goal_id)


def _to_goal(goal_id: str) -> Response:
    return redirect(url_for("mine.goal", goal_id=goal_id), 303)


def _new_page(form: NewGoalForm, status: int) -> Response:
    if form.about.choices is None:
        form.fill({key: i18n.shipped(each.name) for key, each in _competences().items()})
    return make_response(render_template("mine/new_goal.html", form=form), status)


def _end_page(me: Citizen, goal_id: str) -> Response | None:
    """The question before an end; None where none was asked for, or the goal is over."""
    with db.reading() as session:
        found = queries.goal_of(session, me.id, goal_id)
    ends = {each.value: each for each in states_of(found.kind) if not each.is_open}
    state = ends.get(request.args.get("slut", ""))
    if state is None or not found.state.is_open:
        return None
    html = render_template("mine/goal_end.html", goal=found, state=state, words=states_of(found.kind)[state])
    return make_response(html)


def _goal_page(me: Citizen, goal_id: str, form: GoalWordsForm | None, step: StepForm | None, status: int) -> Response:
    with db.reading() as session:
        found = queries.goal_of(session, me.id, goal_id)
        steps = queries.steps_of(session, found)
        examples = queries.goal_examples(session, me.id).get(found.id, [])
    form = form or GoalWordsForm(data={"words": _words_of(found)})
    form.version.data, form.version.raw_data = found.version, None
    html = render_template(
        "mine/goal.html",
        goal=found,
        steps=steps,
        examples=examples,
        form=form,
        step_form=step or StepForm(),
        states=states_of(found.kind),
        step_states=states_of(GoalKind.OWN_WORDS),
    )
    return make_response(html, status)


def _words_of(found: Goal) -> str:
    return found.title if found.kind is GoalKind.OWN_WORDS else found.own_words
