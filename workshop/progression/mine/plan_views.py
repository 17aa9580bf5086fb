"""My plan: where I am, where I want to be, my goals; I write it myself."""

from __future__ import annotations

from flask import flash, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response

from workshop.core import access, clock, db
from workshop.core.access import needs
from workshop.core.i18n import _
from workshop.progression import goals, plans, queries
from workshop.progression.mine.blueprint import blueprint, enter
from workshop.progression.mine.forms import WordsForm
from workshop.progression.mine.plan_page import plan_page
from workshop.progression.plans import ChangedMeanwhile


@blueprint.get("/min-plan")
@needs("kiosk:use")
def plan() -> Response:
    """The whole of my plan."""
    now = clock.now()
    me = enter(now)
    with db.reading() as session:
        page = plan_page(session, me, clock.local_day(now), most_goals=goals.MOST_OPEN_GOALS)
    return make_response(render_template("mine/plan.html", page=page))


@blueprint.get("/min-plan/ord")
@needs("kiosk:use")
def words() -> Response:
    """My own words, to write in."""
    me = enter(clock.now())
    with db.reading() as session:
        form = WordsForm(obj=queries.plan_of(session, me.id))
    return make_response(render_template("mine/words.html", form=form, other=None))


@blueprint.post("/min-plan/ord")
@needs("kiosk:use")
def words_post() -> Response:
    """Keep them. What stood before is kept too."""
    now = clock.now()
    me = enter(now, deed="write")
    form = WordsForm.posted()
    if not form.validate():
        return make_response(render_template("mine/words.html", form=form, other=None), 422)
    try:
        with db.transaction() as session:
            plans.write(
                session,
                citizen_id=me.id,
                where_i_am=form.where_i_am.data or "",
                where_i_want_to_be=form.where_i_want_to_be.data or "",
                interests=form.interests.data or "",
                strengths=form.strengths.data or "",
                by_account_id=access.require_actor().account_id,
                now=now,
                seen_version=form.version.data,
            )
    except ChangedMeanwhile:
        with db.reading() as session:
            other = queries.plan_of(session, me.id)
        form.version.data, form.version.raw_data = other.version if other else None, None
        return make_response(render_template("mine/words.html", form=form, other=other), 409)
    flash(_("Det er gemt."))
    return redirect(url_for("mine.plan"), 303)
