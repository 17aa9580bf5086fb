"""The page of one citizen, with plan and goals, for staff; and "Det kan jeg" on the tablet."""

from __future__ import annotations

from flask import Blueprint, flash, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response

from workshop.citizens import door
from workshop.citizens import queries as citizens
from workshop.citizens.models import Citizen
from workshop.core import access, audit, clock, db, web
from workshop.core.access import needs
from workshop.core.i18n import _
from workshop.core.text import whose
from workshop.progression import plans, queries
from workshop.progression.citizen_page import citizen_page
from workshop.progression.forms import PlanForm
from workshop.progression.goal_views import goal_pages
from workshop.progression.my_page import my_page
from workshop.progression.talk_views import talks
from workshop.sealed import queries as sealed

blueprint = Blueprint("progression", __name__)
blueprint.register_blueprint(goal_pages)
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
        is_near = sealed.may_read_text(session, actor, person, today)
    return make_response(
        render_template("progression/citizen.html", page=page, citizen=person, cares=cares, is_near=is_near)
    )


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
    now, actor = clock.now(), access.require_actor()
    person = door.enter(actor, public_id, now, deed="write")
    form = PlanForm.posted()
    if not form.validate():
        return _plan_page(person, form, 422)
    try:
        with db.transaction() as session:
            plans.write(
                session,
                citizen_id=person.id,
                where_i_am=form.where_i_am.data,
                where_i_want_to_be=form.where_i_want_to_be.data or "",
                interests=form.interests.data or "",
                strengths=form.strengths.data or "",
                by_account_id=actor.account_id,
                now=now,
                seen_version=form.version.data,
            )
    except plans.ChangedMeanwhile as refusal:
        form.form_errors.append(refusal.sentence)
        return _plan_page(person, form, 409)
    flash(_("Planen er gemt."))
    return _to_citizen(public_id)


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


def _to_citizen(public_id: str) -> Response:
    return redirect(url_for("progression.citizen", public_id=public_id), 303)


def _plan_page(person: Citizen, form: PlanForm, status: int) -> Response:
    with db.reading() as session:
        found = queries.plan_of(session, person.id)
        before = plans.versions(session, found.id) if found is not None else []
    form.version.data = found.version if found is not None else None
    form.version.raw_data = None
    return make_response(
        render_template("progression/plan.html", form=form, citizen=person, plan=found, versions=before), status
    )
