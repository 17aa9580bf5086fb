"""The pages of teams, vehicles and machines."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, make_response, redirect, render_template, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from workshop.accounts import queries as accounts
from workshop.core import access, clock, db, web
from workshop.core.access import needs
from workshop.core.errors import NotHere, Refusal
from workshop.core.i18n import _, lazy
from workshop.services.visits import holding, queries, words
from workshop.services.visits.actions import Meanwhile
from workshop.services.visits.forms import ResourceForm
from workshop.services.visits.holding import Thing
from workshop.services.visits.models import Resource, ResourceKind

blueprint = Blueprint("garden_resources", __name__, url_prefix="/personale/service/hold")
MENU = (
    web.MenuEntry("garden", lazy("Hold og udstyr"), "garden_resources.everything", "hold", "service:plan", order=70),
)


@blueprint.get("")
@needs("service:plan")
def everything() -> Response:
    """Teams, vehicles and machines, with how many visits each is planned for."""
    with db.reading() as session:
        found = queries.resources(session, only_used=False)
        planned = holding.planned_from(session, clock.local_day(clock.now()))
        names = {each.id: each.name for each in accounts.departments(session)}
    html = render_template(
        "services/visits/resources.html",
        kinds=holding.by_kind(found),
        planned=planned,
        departments=names,
        words=words,
        has_people="visiting.team" in current_app.view_functions and access.require_actor().may("week:assign"),
    )
    return make_response(html)


@blueprint.get("/ny")
@needs("service:plan")
def new() -> Response:
    """The form for a new one."""
    return _page(ResourceForm(data={"kind": ResourceKind.TEAM.value, "is_used": True}), 200)


@blueprint.post("/ny")
@needs("service:plan")
def add() -> Response:
    """Write down a new one."""
    form = ResourceForm.posted()
    with db.reading() as session:
        known = _departments(session, form)
    if not form.validate():
        return _page(form, 422)
    try:
        with db.transaction() as session:
            name = holding.add(session, _thing(form, known, is_used=True)).name
    except Refusal as refusal:
        form.name.errors = [refusal.sentence]
        return _page(form, 422)
    flash(_("%(name)s kan nu bruges i planen.", name=name))
    return redirect(url_for("garden_resources.everything"), 303)


@blueprint.get("/<public_id>")
@needs("service:plan")
def one(public_id: str) -> Response:
    """The form for one that is there."""
    with db.reading() as session:
        found = _find(session, public_id)
        keys = {each.id: each.key for each in accounts.departments(session)}
    return _page(ResourceForm.of(found, keys.get(found.department_id, "")), 200, found)


@blueprint.post("/<public_id>")
@needs("service:plan")
def edit(public_id: str) -> Response:
    """Say anew what it is, or take it out of use."""
    form = ResourceForm.posted()
    with db.reading() as session:
        found = _find(session, public_id)
        form.kind.data = found.kind.value
        known = _departments(session, form)
        planned = holding.planned_from(session, clock.local_day(clock.now())).get(found.id, 0)
    if not form.validate():
        return _page(form, 422, found)
    try:
        with db.transaction() as session:
            thing = _thing(form, known, is_used=form.is_used.data)
            holding.edit(session, _find(session, public_id), thing, version=form.seen)
    except Meanwhile as refusal:
        with db.reading() as session:
            found = _find(session, public_id)
        form.see(found.version)
        return _page(form, 409, found, said=refusal.sentence)
    except Refusal as refusal:
        form.name.errors = [refusal.sentence]
        return _page(form, 422, found)
    if planned and not form.is_used.data:
        flash(_("Gemt. Det står stadig på %(num)s besøg i planen. Flyt dem, hvis de skal have andet.", num=planned))
    else:
        flash(_("Det er gemt."))
    return redirect(url_for("garden_resources.everything"), 303)


def _find(session: Session, public_id: str) -> Resource:
    found = holding.by_public_id(session, public_id)
    if found is None:
        raise NotHere
    return found


def _thing(form: ResourceForm, known: dict[str, int], *, is_used: bool) -> Thing:
    return Thing(
        ResourceKind(form.kind.data), form.name.data or "", known[form.department.data], tuple(form.things), is_used
    )


def _departments(session: Session, form: ResourceForm) -> dict[str, int]:
    """Fill in the departments; gives their ids by key. Nothing chosen is the asking person's own first."""
    found = accounts.departments(session)
    mine = access.require_actor().department_ids
    form.department.choices = [(each.key, each.name) for each in found]
    if not form.department.data:
        form.department.data = next((each.key for each in found if each.id in mine), found[0].key if found else "")
    return {each.key: each.id for each in found}


def _page(form: ResourceForm, status: int, stored: Resource | None = None, *, said: str = "") -> Response:
    with db.reading() as session:
        _departments(session, form)
    html = render_template("services/visits/resource.html", form=form, stored=stored, said=said, words=words)
    return make_response(html, status)
