"""The workshop's own labels: fields, order and sizes are chosen, and the picture is what the printer gets."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, NamedTuple

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response

from workshop.core import db, identity, money, web
from workshop.core.access import needs
from workshop.core.errors import NotHere, Refusal
from workshop.core.i18n import _, lazy
from workshop.labels import queries
from workshop.labels.designs import actions, rules
from workshop.labels.designs.forms import DesignForm
from workshop.labels.designs.queries import all_designs
from workshop.labels.designs.rules import Block, Design
from workshop.labels.models import LabelDesign
from workshop.labels.pdf import PriceLabel, preview_png
from workshop.labels.printing import design_of
from workshop.labels.sheet import SMALLEST_DARK_MM, SheetProduct, danish_mm
from workshop.products.qr import make_qr

blueprint = Blueprint("designs", __name__, url_prefix="/personale/prismaerker/layout")
MENU = (web.MenuEntry("labels", lazy("Layout"), "designs.designs", "blyant", "label:design", order=30),)
_PICTURE_PPI = 200


class _Target(NamedTuple):
    """The labels a layout is made for."""

    sheet: SheetProduct | None
    choices: list[tuple[str, str]]


@blueprint.get("")
@needs("label:design")
def designs() -> Response:
    """Every layout of the workshop."""
    with db.reading() as session:
        found = [(kept, design_of(kept)) for kept in all_designs(session)]
    return make_response(render_template("labels/designs/designs.html", designs=found, mm=danish_mm))


@blueprint.get("/ny")
@needs("label:design")
def new() -> Response:
    """The editor with an ordinary label, or with what was chosen so far."""
    form = DesignForm(request.args)
    if "order" not in request.args:
        blocks = tuple(Block(field) for field in rules.FIELDS)
        form.show(Design(form.name.data or "", Decimal(0), Decimal(0), blocks, SMALLEST_DARK_MM))
    return _editor(form, None, 200)


@blueprint.post("/ny")
@needs("label:design")
def add() -> Response:
    """Keep a new layout."""
    return _keep(None)


@blueprint.get("/<public_id>")
@needs("label:design")
def design(public_id: str) -> Response:
    """The editor with a kept layout, or with what was changed in it so far."""
    with db.reading() as session:
        kept = _kept(session, public_id)
        form = DesignForm(request.args)
        made = design_of(kept)
        if "order" not in request.args and made is not None:
            form.show(made)
            form.version.data = kept.version
        return _editor(form, kept, 200)


@blueprint.post("/<public_id>")
@needs("label:design")
def change(public_id: str) -> Response:
    """Keep a changed layout."""
    return _keep(public_id)


@blueprint.post("/<public_id>/brug")
@needs("label:design")
def use(public_id: str) -> Response:
    """Take a layout out of use, or into it again."""
    with db.transaction() as session:
        kept = _kept(session, public_id)
        actions.use_design(session, kept, is_used=bool(request.form.get("is_used")))
    return redirect(url_for("designs.designs"), 303)


@blueprint.get("/eksempel.png")
@needs("label:design")
def preview() -> Response:
    """The label as it would be printed, from the choices in the address; 404 for one that cannot work."""
    form = DesignForm(request.args)
    with db.reading() as session:
        sheet = _target(session, form, None).sheet
    if sheet is None:
        raise NotHere
    made = form.design((sheet.label_w_mm, sheet.label_h_mm))
    if rules.problems(made):
        raise NotHere
    response = make_response(preview_png(_sample(), sheet, _PICTURE_PPI, made))
    response.mimetype = "image/png"
    return response


def _keep(public_id: str | None) -> Response:
    form = DesignForm.posted()
    with db.reading() as session:
        old = None if public_id is None else _kept(session, public_id)
        target = _target(session, form, old)
    form.sheet.choices = target.choices
    if not form.validate() or target.sheet is None:
        return _editor(form, old, 422)
    made = form.design((target.sheet.label_w_mm, target.sheet.label_h_mm))
    try:
        with db.transaction() as session:
            if public_id is None:
                actions.add_design(session, made)
            else:
                actions.change_design(session, _kept(session, public_id), made, version=form.version.data or 0)
    except Refusal as refusal:
        form.form_errors.append(refusal.sentence)
        return _editor(form, old, 422)
    except StaleDataError:
        form.form_errors.append(actions.changed_meanwhile())
        return _editor(form, old, 422)
    flash(_("Layoutet “%(name)s” er gemt.", name=made.name))
    return redirect(url_for("designs.designs"), 303)


def _editor(form: DesignForm, kept: LabelDesign | None, status: int) -> Response:
    form.move(request.values.get("move", ""))
    with db.reading() as session:
        target = _target(session, form, kept)
    form.sheet.choices = target.choices
    sheet = target.sheet
    found: list[str] = []
    choices: dict[str, Any] = {}
    if sheet is not None:
        form.sheet.data = form.sheet.data or sheet.key
        found = rules.problems(form.design((sheet.label_w_mm, sheet.label_h_mm)))
        choices = _choices(form)
    html = render_template(
        "labels/designs/design.html",
        form=form,
        kept=kept,
        sheet=sheet,
        problems=found,
        picture=None if found or sheet is None else url_for("designs.preview", **choices),
        size_px=None if sheet is None else [round(mm * 96 / Decimal("25.4")) for mm in _measures(sheet)],
    )
    return make_response(html, status)


def _choices(form: DesignForm) -> dict[str, Any]:
    """What the picture is drawn from, as it goes into its address."""
    chosen: dict[str, Any] = {
        "sheet": form.sheet.data or "",
        "qr_side": form.qr_side.data or "end",
        "order": form.order.data or "",
    }
    chosen["qr_dark"] = f"{Decimal(form.qr_dark.data or 0) / 100:f}".replace(".", ",")
    for row in form.rows():
        key = "title" if row.field == "name" else row.field
        if row.is_on:
            chosen |= {key: "y", f"size_{key}": row.size}
    return chosen


def _measures(sheet: SheetProduct) -> tuple[Decimal, Decimal]:
    return sheet.label_w_mm, sheet.label_h_mm


def _target(session: Session, form: DesignForm, kept: LabelDesign | None) -> _Target:
    """The sheet whose labels the layout is for: the one chosen, the one of its size, else the first."""
    sheets = queries.sheets(session)
    chosen = next((sheet for sheet in sheets if sheet.key == form.sheet.data), None)
    if chosen is None and kept is not None:
        chosen = next(
            (sheet for sheet in sheets if (sheet.label_w, sheet.label_h) == (kept.label_w, kept.label_h)), None
        )
    chosen = chosen or (sheets[0] if sheets else None)
    return _Target(
        None if chosen is None else queries.product_of(chosen), [(sheet.key, sheet.name) for sheet in sheets]
    )


def _kept(session: Session, public_id: str) -> LabelDesign:
    found = queries.design(session, public_id)
    if found is None:
        raise NotHere
    return found


def _sample() -> PriceLabel:
    """A label with everything on it, so the picture shows how little room is left."""
    settings = web.settings()
    code = make_qr(f"{settings.base_url}/q/2345678923")
    return PriceLabel(
        number=1042,
        title=_("Plantekasse med espalier i lærk"),
        info=(_("Lærk, olieret."), _("Olie hvert forår.")),
        price_text=money.kr(115_000),
        before_text=money.kr(139_500),
        qr_path=code.path,
        qr_side=code.side,
        workshop_name=identity.current().name,
    )
