"""The page of one citizen, with plan and goals, for staff; and "Det kan jeg" on the tablet."""

from __future__ import annotations

from flask import Blueprint, flash, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response

from workshop.citizens import door
from workshop.citizens import queries as citizens
from workshop.citizens.models import Citizen
from workshop.core import access, audit, clock, db, web
from workshop.core.access import needs
from workshop.core.errors import Refusal
from workshop.core.i18n import _
from workshop.core.text import whose
from workshop.progression import actions, queries
from workshop.progression.citizen_page import citizen_page
from workshop.progression.forms import ExampleForm, GoalForm, PlanForm, StateForm
from workshop.progression.goal_rules import GoalState
from workshop.progression.models import Goal, GoalKind
from workshop.progression.my_page import my_page
from workshop.progression.talk_views import talks
from workshop.sealed import queries as sealed

blueprint = Blueprint("progression", __name__)
blueprint.register_blueprint(talks)
blueprint.add_app_template_filter(whose, "whose")


@blueprint.get("/personale/borgere/<public_id>")
@needs("citizen:read")
def citizen(public_id: str) -> Response:
    """One citizen: attendance, own answers, agreed levels, goals, plan and latest records."""
    now = clock.now()
    person = door.enter(access.require_actor(), public_id, now)
    today, actor = clock.local_day(now), access.require_actor()
    with db.reading() as session:
        page = citizen_page(session, person, today)
        cares = sealed.accommodations(session, actor, person, today, web.settings().master_keys)
    return make_response(render_template("progression/citizen.html", page=page, citizen=person, cares=cares))


@blueprint.get("/personale/borgere/<public_id>/plan")
@needs("plan:edit")
def plan(public_id: str) -> Response:
    """The citizen's own words about where they are and where they want to be."""
    person = door.enter(access.require_actor(), public_id, clock.now())
    with db.reading() as session:
        form = PlanForm(obj=queries.plan_of(session, person.id))
    return _plan_page(person, form, 200)


@blueprint.post("/personale/borgere/<public_id>/plan")
@needs("plan:edit")
def plan_post(public_id: str) -> Response:
    """Keep the words; the first time, this starts the plan."""
    now = clock.now()
    person = door.enter(access.require_actor(), public_id, now, deed="write")
    form = PlanForm.posted()
    if not form.validate():
        return _plan_page(person, form, 422)
    with db.transaction() as session:
        actions.start_plan(
            session,
            citizen_id=person.id,
            where_i_am=form.where_i_am.data,
            where_i_want_to_be=form.where_i_want_to_be.data,
            now=now,
        )
    flash(_("Planen er gemt."))
    return _to_citizen(public_id)


@blueprint.get("/personale/borgere/<public_id>/maal")
@needs("plan:edit")
def new_goal(public_id: str) -> Response:
    """A form for a new goal."""
    person = door.enter(access.require_actor(), public_id, clock.now())
    return _goal_page(person, GoalForm(), 200)


@blueprint.post("/personale/borgere/<public_id>/maal")
@needs("plan:edit")
def new_goal_post(public_id: str) -> Response:
    """Set a goal together; the plan begins with its first goal where there is none yet."""
    now = clock.now()
    actor = access.require_actor()
    person = door.enter(actor, public_id, now, deed="write")
    form = GoalForm.posted()
    with db.reading() as session:
        by_key = {each.key: each for each in queries.competences(session).values()}
    if not form.fill({each.key: each.name for each in by_key.values()}).validate():
        return _goal_page(person, form, 422)
    competence = by_key.get(form.competence.data)
    try:
        with db.transaction() as session:
            actions.set_goal(
                session,
                plan=queries.plan_of(session, person.id)
                or actions.start_plan(session, citizen_id=person.id, where_i_am="", where_i_want_to_be="", now=now),
                kind=GoalKind(form.kind.data),
                title=form.title.data,
                competence_id=competence.id if competence else None,
                target_level=form.target_level.data,
                target_of_ten=form.target_of_ten.data,
                own_words=form.own_words.data,
                now=now,
                by_staff_id=actor.account_id,
            )
    except Refusal as refusal:
        form.form_errors.append(refusal.sentence)
        return _goal_page(person, form, 422)
    flash(_("Målet er sat."))
    return _to_citizen(public_id)


@blueprint.get("/personale/borgere/<public_id>/maal/<goal_id>")
@needs("plan:edit")
def goal(public_id: str, goal_id: str) -> Response:
    """One goal: where it stands, what was said about it, and a place for examples."""
    person = door.enter(access.require_actor(), public_id, clock.now())
    return _state_page(person, goal_id, None, None, 200)


@blueprint.post("/personale/borgere/<public_id>/maal/<goal_id>")
@needs("plan:edit")
def goal_post(public_id: str, goal_id: str) -> Response:
    """People say where the goal stands."""
    now = clock.now()
    actor = access.require_actor()
    person = door.enter(actor, public_id, now, deed="write")
    form = StateForm.posted()
    if not form.validate():
        return _state_page(person, goal_id, form, None, 422)
    try:
        with db.transaction() as session:
            found = queries.goal_of(session, person.id, goal_id)
            _check_version(found, form)
            actions.change_goal_state(
                session,
                goal=found,
                state=GoalState(form.state.data),
                own_words=form.own_words.data,
                by_staff_id=actor.account_id,
                now=now,
            )
    except _ChangedMeanwhile as refusal:
        form.form_errors.append(refusal.sentence)
        return _state_page(person, goal_id, form, None, 409)
    except Refusal as refusal:
        form.own_words.errors = [refusal.sentence]
        return _state_page(person, goal_id, form, None, 422)
    flash(_("Målet er gemt."))
    return _to_citizen(public_id)


@blueprint.post("/personale/borgere/<public_id>/maal/<goal_id>/eksempel")
@needs("plan:edit")
def example_post(public_id: str, goal_id: str) -> Response:
    """Write something that was seen for the goal."""
    now = clock.now()
    actor = access.require_actor()
    person = door.enter(actor, public_id, now, deed="write")
    form = ExampleForm.posted()
    if not form.validate():
        return _state_page(person, goal_id, None, form, 422)
    try:
        with db.transaction() as session:
            actions.add_example(
                session,
                goal=queries.goal_of(session, person.id, goal_id),
                seen_on=form.seen_on.data,
                sentence=form.sentence.data,
                by_staff_id=actor.account_id,
                now=now,
            )
    except Refusal as refusal:
        form.seen_on.errors = [refusal.sentence]
        return _state_page(person, goal_id, None, form, 422)
    flash(_("Eksemplet er gemt."))
    return redirect(url_for("progression.goal", public_id=public_id, goal_id=goal_id), 303)


@blueprint.get("/vaerksted/det-kan-jeg")
@needs("kiosk:use")
def what_i_can() -> Response:
    """The citizen's own page: what was agreed, in words, and the next step."""
    now = clock.now()
    actor = access.require_actor()
    with db.reading() as session:
        me = citizens.own_citizen(session, actor)
    audit.record(actor, "read", [me.public_id], now)
    with db.reading() as session:
        page = my_page(session, me, clock.local_day(now))
    return make_response(render_template("progression/what_i_can.html", page=page, me=page.me))


class _ChangedMeanwhile(Refusal):
    """Somebody else changed the goal while this form was open; the page shows both."""


def _check_version(found: Goal, form: StateForm) -> None:
    if form.version.data not in (None, found.version):
        raise _ChangedMeanwhile(_("En anden har rettet imens. Se det nye, og gem igen, hvis det stadig passer."))


def _to_citizen(public_id: str) -> Response:
    return redirect(url_for("progression.citizen", public_id=public_id), 303)


def _plan_page(person: Citizen, form: PlanForm, status: int) -> Response:
    return make_response(render_template("progression/plan.html", form=form, citizen=person), status)


def _goal_page(person: Citizen, form: GoalForm, status: int) -> Response:
    if form.kind.choices is None:
        with db.reading() as session:
            form.fill({each.key: each.name for each in queries.competences(session).values()})
    return make_response(render_template("progression/new_goal.html", form=form, citizen=person), status)


def _state_page(
    person: Citizen, goal_id: str, form: StateForm | None, example: ExampleForm | None, status: int
) -> Response:
    with db.reading() as session:
        found = queries.goal_of(session, person.id, goal_id)
        changes = queries.goal_changes(session, person.id).get(found.id, [])
        examples = queries.goal_examples(session, person.id).get(found.id, [])
    form = form or StateForm(data={"state": found.state.value})
    form.version.data = found.version
    form.version.raw_data = None
    return make_response(
        render_template(
            "progression/goal.html",
            citizen=person,
            goal=found,
            changes=changes,
            examples=examples,
            form=form,
            example=example or ExampleForm(data={"seen_on": clock.local_day(clock.now())}),
        ),
        status,
    )
