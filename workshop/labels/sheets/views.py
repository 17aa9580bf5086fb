"""The pages of sheets and rolls: what there is, drawn to scale, and new ones by their measures."""

from __future__ import annotations

from typing import Any, NamedTuple

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from workshop.core import db, web
from workshop.core.access import needs
from workshop.core.errors import NotHere, Refusal
from workshop.core.i18n import _, lazy
from workshop.labels import queries
from workshop.labels.models import LabelSheet
from workshop.labels.sheet import SheetProduct, cell_origin, danish_mm, problems
from workshop.labels.sheets import actions
from workshop.labels.sheets.forms import SheetForm

blueprint = Blueprint("sheets", __name__, url_prefix="/personale/prismaerker/ark")
MENU = (web.MenuEntry("labels", lazy("Ark og ruller"), "sheets.sheets", "kasse", "label:design", order=40),)


class Drawing(NamedTuple):
    """A sheet to scale: the paper and its labels in mm, as text for an SVG."""

    w: str
    h: str
    label_w: str
    label_h: str
    corners: list[tuple[int, str, str]]


def drawing_of(product: SheetProduct) -> Drawing:
    """What is drawn of a sheet product."""
    w_mm, h_mm = product.page_mm
    corners = [(cell, *cell_origin(product, cell)) for cell in range(1, product.cells + 1)]
    return Drawing(
        f"{w_mm:f}",
        f"{h_mm:f}",
        f"{product.label_w_mm:f}",
        f"{product.label_h_mm:f}",
        [(cell, f"{x_mm:f}", f"{y_mm:f}") for cell, x_mm, y_mm in corners],
    )


@blueprint.get("")
@needs("label:design")
def sheets() -> Response:
    """Every sheet and roll."""
    with db.reading() as session:
        found = [(sheet, queries.product_of(sheet)) for sheet in queries.sheets(session)]
    shown = [(sheet, product, drawing_of(product), actions.is_own(sheet)) for sheet, product in found]
    return make_response(render_template("labels/sheets/sheets.html", sheets=shown, mm=danish_mm))


@blueprint.get("/nyt")
@needs("label:design")
def new() -> Response:
    """An empty form, or the drawing of what was typed so far."""
    form = SheetForm(request.args)
    form.page.data = form.page.data or "A4"
    return _page(form, None, 200, is_asked="label_w" in request.args)


@blueprint.post("/nyt")
@needs("label:design")
def add() -> Response:
    """Keep a new sheet product."""
    return _keep(None)


@blueprint.get("/<key>")
@needs("label:design")
def sheet(key: str) -> Response:
    """A sheet product of the workshop's own, or the drawing of what was changed in it so far."""
    with db.reading() as session:
        found = _own(session, key)
        form = SheetForm(request.args)
        if "label_w" not in request.args:
            form.show(queries.product_of(found), found.vendor_code)
    return _page(form, key, 200, is_asked=True)


@blueprint.post("/<key>")
@needs("label:design")
def change(key: str) -> Response:
    """Keep a changed sheet product."""
    return _keep(key)


@blueprint.post("/<key>/slet")
@needs("label:design")
def remove(key: str) -> Response:
    """Take away a sheet product nobody used."""
    with db.transaction() as session:
        found = _own(session, key)
        name = found.name
        actions.remove_sheet(session, found)
    flash(_("“%(name)s” er slettet.", name=name))
    return redirect(url_for("sheets.sheets"), 303)


def _keep(key: str | None) -> Response:
    form = SheetForm.posted()
    if key is not None:
        with db.reading() as session:
            _own(session, key)
    product = form.product() if form.validate() else None
    if product is None:
        return _page(form, key, 422, is_asked=False)
    code = form.vendor_code.data or ""
    try:
        with db.transaction() as session:
            if key is None:
                actions.add_sheet(session, product, vendor_code=code)
            else:
                actions.change_sheet(session, _own(session, key), product, vendor_code=code)
    except Refusal as refusal:
        form.form_errors.append(refusal.sentence)
        return _page(form, key, 422, is_asked=False)
    flash(_("“%(name)s” er gemt.", name=product.name))
    return redirect(url_for("sheets.sheets"), 303)


def _page(form: SheetForm, key: str | None, status: int, *, is_asked: bool) -> Response:
    """The form with the drawing of what is typed; `is_asked` when somebody wants to see it, whole or not."""
    product = form.product()
    found = [] if product is None else problems(product)
    shown: dict[str, Any] = {"problems": found, "drawing": None, "is_asked": is_asked}
    if product is not None and not found:
        shown["drawing"] = drawing_of(product)
    return make_response(render_template("labels/sheets/sheet.html", form=form, key=key, **shown), status)


def _own(session: Session, key: str) -> LabelSheet:
    found = queries.sheet_by_key(session, key)
    if found is None or not actions.is_own(found):
        raise NotHere
    return found
