"""The cut lists at the desk: which parts a product is sawn from."""

from __future__ import annotations

from flask import Blueprint, flash, make_response, redirect, render_template, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from workshop.core import db, web
from workshop.core.access import needs
from workshop.core.errors import NotHere, Refusal
from workshop.core.i18n import _, lazy
from workshop.production.models import CutPart
from workshop.production.parts import actions, queries
from workshop.production.parts.forms import PartForm
from workshop.products import queries as products
from workshop.products.materials import queries as materials
from workshop.products.models import Material, ProductType

PAGE = "/personale/produktion/skaerelister"
PART = "/<sku>/<int:position>"
blueprint = Blueprint("parts", __name__, url_prefix=PAGE)
MENU = (web.MenuEntry("types", lazy("Skærelister"), "parts.everything", "sav", "production:read", order=30),)


@blueprint.get("")
@needs("production:read")
def everything() -> Response:
    """Every product type, and how many parts it has."""
    with db.reading() as session:
        types = queries.types(session)
    return make_response(render_template("production/part_types.html", types=types))


@blueprint.get("/<sku>")
@needs("production:read")
def of_type(sku: str) -> Response:
    """The parts of a product type."""
    return _type_page(sku, PartForm(), 200)


@blueprint.post("/<sku>")
@needs("production:edit")
def add_part(sku: str) -> Response:
    """One more part."""
    form = PartForm.posted()
    with db.reading() as session:
        _kind(session, sku)
        _choose(session, form)
    if not form.validate():
        return _type_page(sku, form, 422)
    try:
        with db.transaction() as session:
            actions.add_part(session, _kind(session, sku).id, form.rule, material_id=_material_id(session, form))
    except Refusal as refusal:
        form.name.errors = [refusal.sentence]
        return _type_page(sku, form, 422)
    flash(_("Delen er lagt til."))
    return redirect(url_for("parts.of_type", sku=sku), 303)


@blueprint.get(PART)
@needs("production:edit")
def part(sku: str, position: int) -> Response:
    """The form for a part."""
    with db.reading() as session:
        found = _part(session, sku, position)
        form = PartForm.of(found, _material_key(session, found))
    return _part_page(sku, position, form, 200)


@blueprint.post(PART)
@needs("production:edit")
def edit_part(sku: str, position: int) -> Response:
    """Change a part."""
    form = PartForm.posted()
    with db.reading() as session:
        _part(session, sku, position)
        _choose(session, form)
    if not form.validate():
        return _part_page(sku, position, form, 422)
    try:
        with db.transaction() as session:
            found = _part(session, sku, position)
            seen, material_id = form.seen.data or "", _material_id(session, form)
            actions.edit_part(session, found, form.rule, material_id=material_id, seen=seen)
    except actions.EditedMeanwhile as refusal:
        with db.reading() as session:
            found = _part(session, sku, position)
            stored = PartForm.of(found, _material_key(session, found))
        form.seen.data = stored.seen.data
        form.name.errors = [refusal.sentence]
        return _part_page(sku, position, form, 409, stored=stored)
    except Refusal as refusal:
        form.name.errors = [refusal.sentence]
        return _part_page(sku, position, form, 422)
    flash(_("Delen er gemt."))
    return redirect(url_for("parts.of_type", sku=sku), 303)


@blueprint.post(f"{PART}/fjern")
@needs("production:edit")
def remove_part(sku: str, position: int) -> Response:
    """Take a part off the list."""
    with db.transaction() as session:
        actions.remove_part(session, _part(session, sku, position))
    flash(_("Delen er fjernet."))
    return redirect(url_for("parts.of_type", sku=sku), 303)


def _kind(session: Session, sku: str) -> ProductType:
    found = products.product_type_by_sku(session, sku)
    if found is None:
        raise NotHere
    return found


def _part(session: Session, sku: str, position: int) -> CutPart:
    found = queries.part_at(session, _kind(session, sku).id, position)
    if found is None:
        raise NotHere
    return found


def _choose(session: Session, form: PartForm) -> None:
    form.material.choices = [("", _("Ikke valgt")), *materials.choices(session)]
    form.material.data = form.material.data or ""


def _material_id(session: Session, form: PartForm) -> int | None:
    found = materials.material_by_key(session, form.material.data) if form.material.data else None
    return found.id if found else None


def _material_key(session: Session, part: CutPart) -> str:
    found = session.get(Material, part.material_id) if part.material_id else None
    return found.key if found else ""


def _type_page(sku: str, form: PartForm, status: int) -> Response:
    with db.reading() as session:
        kind = _kind(session, sku)
        lines = queries.part_lines(session, kind)
        _choose(session, form)
    return make_response(render_template("production/parts.html", kind=kind, lines=lines, form=form), status)


def _part_page(sku: str, position: int, form: PartForm, status: int, *, stored: PartForm | None = None) -> Response:
    with db.reading() as session:
        kind = _kind(session, sku)
        _choose(session, form)
    html = render_template("production/part.html", kind=kind, position=position, form=form, stored=stored)
    return make_response(html, status)
