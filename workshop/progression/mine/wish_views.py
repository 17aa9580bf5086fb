"""What I would like to try: work of this week, a kind of work, or my own words."""

from __future__ import annotations

import sqlalchemy as sa
from flask import flash, make_response, redirect, render_template, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from workshop.citizens.models import Citizen
from workshop.core import clock, db
from workshop.core.access import needs
from workshop.core.errors import NotHere, Refusal
from workshop.core.i18n import _
from workshop.production.models import ActivityKind
from workshop.progression import queries
from workshop.progression.mine import plan_page
from workshop.progression.mine.blueprint import blueprint, enter
from workshop.progression.mine.forms import WishForm
from workshop.tasks.wishing import actions
from workshop.tasks.wishing import queries as wishing

KIND = "kind"


@blueprint.get("/oensker")
@needs("kiosk:use")
def wishes() -> Response:
    """My wishes, and ways to say one more."""
    return _page(enter(clock.now()), WishForm(), 200)


@blueprint.get("/oensker/ugen")
@needs("kiosk:use")
def week_work() -> Response:
    """The work of the days ahead that waits for people, to choose among."""
    now = clock.now()
    me = enter(now)
    with db.reading() as session:
        week = plan_page.week(session, me, clock.local_day(now))
    return make_response(render_template("mine/week.html", tries=week.besides(())))


@blueprint.post("/oensker")
@needs("kiosk:use")
def wish() -> Response:
    """Keep a wish. One chosen for a goal leads back to the plan."""
    now = clock.now()
    me = enter(now, deed="write")
    form = WishForm.posted()
    if not form.validate():
        return _page(me, form, 422)
    if not form.what.data and not form.own_words.data:
        form.own_words.errors = [_("Skriv, hvad du vil prøve.")]
        return _page(me, form, 422)
    try:
        with db.transaction() as session:
            goal_id = queries.goal_of(session, me.id, form.goal.data).id if form.goal.data else None
            about = _about(session, me, form.what.data) if form.what.data else {}
            actions.wish(session, me.id, **about, goal_id=goal_id, own_words=form.own_words.data or "", now=now)
    except Refusal as refusal:
        if form.own_words.data:
            form.own_words.errors = [refusal.sentence]
            return _page(me, form, 409)
        flash(refusal.sentence)
        return redirect(url_for("mine.plan" if form.goal.data else "mine.wishes"), 303)
    flash(_("Vi har skrevet dit ønske op."))
    return redirect(url_for("mine.plan" if form.goal.data else "mine.wishes"), 303)


@blueprint.post("/oensker/<wish_id>/vaek")
@needs("kiosk:use")
def end_wish(wish_id: str) -> Response:
    """I no longer wish for it."""
    now = clock.now()
    me = enter(now, deed="write")
    with db.transaction() as session:
        actions.end(session, wishing.wish_of(session, me.id, wish_id), now)
    flash(_("Ønsket er væk."))
    return redirect(url_for("mine.wishes"), 303)


def _about(session: Session, me: Citizen, what: str) -> dict[str, int | None]:
    """What a wish is about. Raises Refusal for work that is no longer there, NotHere for a kind nobody knows."""
    sort, _colon, name = what.partition(":")
    if sort == KIND:
        found = session.scalar(sa.select(ActivityKind.id).where(ActivityKind.key == name))
        if found is None:
            raise NotHere
        return {"activity_kind_id": found}
    work = plan_page.work_of(session, me, what, clock.local_day(clock.now()))
    if work is None:
        raise Refusal(_("Opgaven er lavet. Vælg en anden."))
    return {"task_type_id": work.task_type_id, "order_step_id": work.order_step_id, "visit_id": work.visit_id}


def _page(me: Citizen, form: WishForm, status: int) -> Response:
    with db.reading() as session:
        mine = wishing.open_wishes(session, [me.id]).get(me.id, [])
        kinds = session.scalars(sa.select(ActivityKind).order_by(ActivityKind.id)).all()
    wished = {each.activity_kind_id for each in mine if each.task_type_id is None}
    html = render_template(
        "mine/wishes.html",
        wishes=mine,
        kinds=[each for each in kinds if each.id not in wished],
        form=form,
    )
    return make_response(html, status)
