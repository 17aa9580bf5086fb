"""The tools that ask for a permit, at the desk. Which task asks for which stands on the kind of task."""

from __future__ import annotations

from flask import Blueprint, flash, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response

from workshop.core import db
from workshop.core.access import needs
from workshop.core.errors import NotHere, Refusal
from workshop.core.i18n import _, lazy
from workshop.core.web import MenuEntry
from workshop.tasks.permits import actions, queries
from workshop.tasks.permits.forms import KindForm

blueprint = Blueprint("permit_kinds", __name__, url_prefix="/personale/produktion/tilladelser")
MENU = (MenuEntry("types", lazy("Tilladelser"), "permit_kinds.everything", "noegle", "production:read", order=40),)


@blueprint.get("")
@needs("production:read")
def everything() -> Response:
    """Every tool that asks for a permit."""
    return _page(KindForm(), 200)


@blueprint.post("")
@needs("production:edit")
def add() -> Response:
    """One more."""
    form = KindForm.posted()
    if not form.validate():
        return _page(form, 422)
    try:
        with db.transaction() as session:
            actions.add_kind(session, form.name.data)
    except Refusal as refusal:
        form.name.errors = [refusal.sentence]
        return _page(form, 422)
    flash(_("Tilladelsen er oprettet. Sæt den på de opgaver, der kræver den."))
    return redirect(url_for("permit_kinds.everything"), 303)


@blueprint.get("/<int(max=2147483647):kind_id>")
@needs("production:edit")
def one(kind_id: int) -> Response:
    """The form for one of them."""
    return _one_page(kind_id, None, 200)


@blueprint.post("/<int(max=2147483647):kind_id>")
@needs("production:edit")
def edit(kind_id: int) -> Response:
    """Call it something else, or let no task ask for it any more."""
    form = KindForm.posted()
    if not form.validate():
        return _one_page(kind_id, form, 422)
    try:
        with db.transaction() as session:
            actions.rename_kind(session, kind_id, name=form.name.data, is_used=form.is_used.data)
    except Refusal as refusal:
        form.name.errors = [refusal.sentence]
        return _one_page(kind_id, form, 422)
    flash(_("Tilladelsen er gemt."))
    return redirect(url_for("permit_kinds.everything"), 303)


def _page(form: KindForm, status: int) -> Response:
    with db.reading() as session:
        listed = queries.kinds(session)
    return make_response(render_template("permits/kinds.html", kinds=listed, form=form), status)


def _one_page(kind_id: int, form: KindForm | None, status: int) -> Response:
    with db.reading() as session:
        kind = next((each for each in queries.kinds(session) if each.id == kind_id), None)
    if kind is None:
        raise NotHere
    form = form or KindForm(data={"name": kind.name, "is_used": kind.is_used})
    return make_response(render_template("permits/kind.html", kind=kind, form=form), status)
