"""The page of departments."""

from __future__ import annotations

from flask import Blueprint, flash, make_response, redirect, render_template, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response
from wtforms import StringField
from wtforms.validators import Length

from workshop.accounts.models import Department
from workshop.core import clock, db
from workshop.core.access import needs
from workshop.core.errors import NotHere, Refusal
from workshop.core.forms import BaseForm, required
from workshop.core.i18n import _, lazy
from workshop.core.web import MenuEntry
from workshop.setup.departments import actions, queries

blueprint = Blueprint("setup_departments", __name__, url_prefix="/personale/indstillinger/afdelinger")
MENU = (MenuEntry("admin", lazy("Afdelinger"), "setup_departments.overview", "hold", "settings:edit", order=14),)


class NameForm(BaseForm):
    """What a department is called."""

    name = StringField(
        lazy("Navn"),
        [
            required(lazy("Skriv, hvad afdelingen hedder.")),
            Length(max=100, message=lazy("Navnet er for langt. Skriv højst 100 tegn.")),
        ],
    )


@blueprint.get("")
@needs("settings:edit")
def overview() -> Response:
    """Every department, and a form for one more."""
    return _page(NameForm())


@blueprint.post("")
@needs("settings:edit")
def add() -> Response:
    """One more."""
    form = NameForm.posted()
    if not form.validate():
        return _page(form, 422)
    try:
        with db.transaction() as session:
            actions.add(session, form.name.data)
    except actions.NameTaken as taken:
        form.name.errors = [taken.sentence]
        return _page(form, 422)
    flash(_("%(name)s er oprettet.", name=form.name.data))
    return _back()


@blueprint.get("/<key>")
@needs("settings:edit")
def edit(key: str) -> Response:
    """One department, to rename or close."""
    with db.reading() as session:
        found = _find(session, key)
        form = NameForm(data={"name": found.name})
        return _one(key, found.name, form)


@blueprint.post("/<key>")
@needs("settings:edit")
def rename(key: str) -> Response:
    """Call it something else."""
    form = NameForm.posted()
    with db.reading() as session:
        called = _find(session, key).name
    if not form.validate():
        return _one(key, called, form, 422)
    try:
        with db.transaction() as session:
            actions.rename(session, _find(session, key), form.name.data)
    except actions.NameTaken as taken:
        form.name.errors = [taken.sentence]
        return _one(key, called, form, 422)
    flash(_("Afdelingen hedder nu %(name)s.", name=form.name.data))
    return _back()


@blueprint.post("/<key>/luk")
@needs("settings:edit")
def close(key: str) -> Response:
    """Take an empty one away."""
    with db.reading() as session:
        called = _find(session, key).name
    try:
        with db.transaction() as session:
            actions.close(session, _find(session, key), clock.now())
    except Refusal as refusal:
        return _one(key, called, NameForm(data={"name": called}), 409, sentence=refusal.sentence)
    flash(_("%(name)s er lukket.", name=called))
    return _back()


def _find(session: Session, key: str) -> Department:
    found = queries.department(session, key)
    if found is None:
        raise NotHere
    return found


def _back() -> Response:
    return redirect(url_for("setup_departments.overview"), 303)


def _page(form: NameForm, status: int = 200) -> Response:
    with db.reading() as session:
        lines = queries.lines(session)
    return make_response(render_template("setup/departments.html", form=form, lines=lines), status)


def _one(key: str, called: str, form: NameForm, status: int = 200, *, sentence: str = "") -> Response:
    html = render_template("setup/department.html", key=key, called=called, form=form, sentence=sentence)
    return make_response(html, status)
