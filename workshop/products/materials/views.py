"""The desk's pages about materials, and what went into a thing."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from workshop.core import db, web
from workshop.core.access import needs
from workshop.core.errors import NotHere, Refusal
from workshop.core.i18n import _, lazy
from workshop.products.actions import EditedMeanwhile
from workshop.products.materials import actions, queries
from workshop.products.materials.forms import MaterialForm, UseForm
from workshop.products.models import Material, Origin
from workshop.products.origins import origin_name
from workshop.products.views import ITEM, item_page, item_to_change, to_item

blueprint = Blueprint("materials", __name__)
MENU = (web.MenuEntry("items", lazy("Materialer"), "materials.everything", "lager", "item:read", order=70),)
PAGE = "/personale/moebler/materialer"


@blueprint.get(PAGE)
@needs("item:read")
def everything() -> Response:
    """Every material, or those whose name has the words."""
    words = request.args.get("soeg", "").strip()[:100]
    with db.reading() as session:
        found = queries.materials(session, words)
    return make_response(
        render_template("products/materials.html", materials=found, words=words, origin_name=origin_name)
    )


@blueprint.get(f"{PAGE}/nyt")
@needs("item:edit")
def new() -> Response:
    """The form for a new material."""
    return _form_page(MaterialForm(), None)


@blueprint.post(f"{PAGE}/nyt")
@needs("item:edit")
def add() -> Response:
    """Add a material."""
    form = MaterialForm.posted()
    if not form.validate():
        return _form_page(form, None, 422)
    try:
        with db.transaction() as session:
            actions.add_material(session, **_typed(form))
    except Refusal as refusal:
        form.name.errors = [refusal.sentence]
        return _form_page(form, None, 422)
    flash(_("%(name)s er gemt.", name=form.name.data))
    return redirect(url_for("materials.everything"), 303)


@blueprint.get(f"{PAGE}/<key>")
@needs("item:edit")
def one(key: str) -> Response:
    """The form of a material."""
    with db.reading() as session:
        return _form_page(MaterialForm.of(_found(session, key)), key)


@blueprint.post(f"{PAGE}/<key>")
@needs("item:edit")
def edit(key: str) -> Response:
    """Change a material. When somebody else did so meanwhile, both stand on the page and nothing is lost."""
    form = MaterialForm.posted()
    if not form.validate():
        return _form_page(form, key, 422)
    try:
        with db.transaction() as session:
            actions.edit_material(session, _to_change(session, key), seen=form.seen.data or "", **_typed(form))
    except EditedMeanwhile as refusal:
        return _conflict(form, key, refusal)
    except Refusal as refusal:
        field = form.unit if isinstance(refusal, actions.UnitStands) else form.name
        field.errors = [refusal.sentence]
        return _form_page(form, key, 422)
    flash(_("%(name)s er gemt.", name=form.name.data))
    return redirect(url_for("materials.everything"), 303)


@blueprint.post(f"{PAGE}/<key>/fjern")
@needs("item:edit")
def remove(key: str) -> Response:
    """Take away a material that nothing is made of."""
    with db.transaction() as session:
        found = _to_change(session, key)
        name = found.name
        actions.remove_material(session, found)
    flash(_("%(name)s er fjernet.", name=name))
    return redirect(url_for("materials.everything"), 303)


@blueprint.post(f"{ITEM}/materialer")
@needs("item:edit")
def put_in(number: int) -> Response:
    """Say what went into a thing."""
    with db.reading() as session:
        form = UseForm.offering(queries.choices(session), is_posted=True)
    if not form.validate():
        return item_page(number, 422, use_form=form)
    with db.transaction() as session:
        material = _to_change(session, form.material.data)
        actions.put_in(session, item_to_change(session, number), material, form.quantity.data)
        name = material.name
    flash(_("%(name)s er skrevet på.", name=name))
    return to_item(number, "materialer")


@blueprint.post(f"{ITEM}/materialer/<key>/fjern")
@needs("item:edit")
def take_out(number: int, key: str) -> Response:
    """Take a material off a thing again."""
    with db.transaction() as session:
        material = _to_change(session, key)
        actions.take_out(session, item_to_change(session, number), material)
        name = material.name
    flash(_("%(name)s er taget af igen.", name=name))
    return to_item(number, "materialer")


def _typed(form: MaterialForm) -> dict[str, Any]:
    return {
        "name": form.name.data,
        "unit": form.unit.data,
        "unit_cost_ore": form.cost.data,
        "origin": Origin(form.origin.data),
    }


def _found(session: Session, key: str) -> Material:
    found = queries.material_by_key(session, key)
    if found is None:
        raise NotHere
    return found


def _to_change(session: Session, key: str) -> Material:
    found = queries.material_to_change(session, key)
    if found is None:
        raise NotHere
    return found


def _conflict(form: MaterialForm, key: str, refusal: EditedMeanwhile) -> Response:
    """Both in sight, so saving again is a choice and not an accident."""
    with db.reading() as session:
        stored = MaterialForm.of(_found(session, key))
    form.seen.data, form.seen.raw_data = stored.seen.data, None
    form.form_errors.append(refusal.sentence)
    return _form_page(form, key, 409, stored=stored)


def _form_page(
    form: MaterialForm, key: str | None, status: int = 200, *, stored: MaterialForm | None = None
) -> Response:
    used = 0
    if key is not None:
        with db.reading() as session:
            used = queries.times_used(session, _found(session, key).id)
    html = render_template(
        "products/material.html", form=form, key=key, used=used, stored=stored, origins=dict(form.origin.choices)
    )
    return make_response(html, status)
