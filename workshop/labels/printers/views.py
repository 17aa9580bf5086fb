"""The printers' pages: which there are, how they are put right, and what lies in their trays."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response

from workshop.core import db, web
from workshop.core.access import needs
from workshop.core.errors import NotHere, Refusal
from workshop.core.i18n import _, lazy
from workshop.labels import queries as labels
from workshop.labels.models import LabelSheet, Printer, PrintWay
from workshop.labels.pdf import render_calibration
from workshop.labels.printers import actions, queries, rules, sending
from workshop.labels.printers.forms import MeasuredForm, PrinterForm, TrayForm
from workshop.labels.printing import correction_of
from workshop.labels.sheet import danish_mm

blueprint = Blueprint("printers", __name__, url_prefix="/personale/prismaerker/printere")
MENU = (web.MenuEntry("labels", lazy("Printere"), "printers.printers", "indstil", "printer:manage", order=50),)


@blueprint.get("")
@needs("printer:manage")
def printers() -> Response:
    """Every printer."""
    with db.reading() as session:
        sheets = {sheet.id: sheet.name for sheet in labels.sheets(session)}
        found = queries.printers(session, only_used=False)
        return make_response(render_template("printers/printers.html", printers=found, sheets=sheets))


@blueprint.get("/ny")
@needs("printer:manage")
def new() -> Response:
    """An empty form."""
    return _form_page(PrinterForm(), None, 200)


@blueprint.post("/ny")
@needs("printer:manage")
def add() -> Response:
    """Keep a new printer."""
    form = PrinterForm.posted()
    with db.reading() as session:
        sheet_ids = _offer(form, session)
    if not _is_in_order(form):
        return _form_page(form, None, 422)
    try:
        with db.transaction() as session:
            printer = actions.add_printer(session, **_values(form, sheet_ids))
            target = url_for("printers.printer", public_id=printer.public_id)
    except Refusal as refusal:
        form.form_errors.append(refusal.sentence)
        return _form_page(form, None, 422)
    return redirect(target, 303)


@blueprint.get("/<public_id>")
@needs("printer:manage")
def printer(public_id: str) -> Response:
    """One printer: what it is, how it is put right, what lies in it."""
    with db.reading() as session:
        found = _printer(session, public_id)
        sheet = session.get(LabelSheet, found.sheet_id) if found.sheet_id else None
        form = PrinterForm(
            name=found.name,
            way=found.way.value,
            address=found.address,
            dots_per_inch=found.dots_per_inch,
            model=found.model,
            sheet=sheet.key if sheet else "",
            is_used=found.is_used,
            version=found.version,
        )
    return _form_page(form, public_id, 200)


@blueprint.post("/<public_id>")
@needs("printer:manage")
def change(public_id: str) -> Response:
    """Keep what was changed."""
    form = PrinterForm.posted()
    with db.reading() as session:
        _printer(session, public_id)
        sheet_ids = _offer(form, session)
    if not _is_in_order(form):
        return _form_page(form, public_id, 422)
    try:
        with db.transaction() as session:
            found = _printer(session, public_id)
            version = form.version.data or 0
            values = _values(form, sheet_ids)
            actions.change_printer(session, found, version=version, is_used=form.is_used.data, **values)
    except (Refusal, StaleDataError) as said:
        form.form_errors.append(said.sentence if isinstance(said, Refusal) else actions.changed_meanwhile())
        return _form_page(form, public_id, 422)
    flash(_("Printeren er gemt."))
    return redirect(url_for("printers.printers"), 303)


@blueprint.get("/<public_id>/ret-ind")
@needs("printer:manage")
def calibration(public_id: str) -> Response:
    """How a printer is put right: print a page, measure twice, type it in."""
    return _calibration_page(public_id, MeasuredForm(), 200)


@blueprint.get("/<public_id>/proeveside.pdf")
@needs("printer:manage")
def calibration_file(public_id: str) -> Response:
    """The page to measure on, put right as far as the printer is by now."""
    with db.reading() as session:
        found = _printer(session, public_id)
        sheet = labels.sheet_by_key(session, request.args.get("ark", ""))
        if sheet is None:
            raise NotHere
        product, offset = labels.product_of(sheet), correction_of(found)
    response = make_response(render_calibration(product, offset))
    response.mimetype = "application/pdf"
    response.headers["Content-Disposition"] = 'attachment; filename="proeveside.pdf"'
    return response


@blueprint.post("/<public_id>/proeve")
@needs("printer:manage")
def send_sample(public_id: str) -> Response:
    """Send a label to measure on to a printer on the network."""
    with db.reading() as session:
        found = _printer(session, public_id)
        sheet = labels.sheet_by_key(session, request.form.get("ark", ""))
        if sheet is None or found.way is PrintWay.BROWSER:
            raise NotHere
        product = labels.product_of(sheet)
        session.expunge_all()
    if sending.send_sample(found, product):
        flash(_("Prøven er sendt til %(name)s.", name=found.name))
    else:
        flash(_("%(name)s svarer ikke. Tænd den, og prøv igen.", name=found.name))
    return redirect(url_for("printers.calibration", public_id=public_id, ark=product.key), 303)


@blueprint.post("/<public_id>/ret-ind")
@needs("printer:manage")
def measured(public_id: str) -> Response:
    """Keep what was measured."""
    form = MeasuredForm.posted()
    if not form.validate():
        return _calibration_page(public_id, form, 422)
    page = request.form.get("side", "")
    should_be = rules.cross_at("A4" if page == "A4" else "roll")
    try:
        with db.transaction() as session:
            actions.calibrate(
                session,
                _printer(session, public_id),
                right=form.from_left.data - should_be,
                down=form.from_top.data - should_be,
            )
    except Refusal as refusal:
        form.form_errors.append(refusal.sentence)
        return _calibration_page(public_id, form, 422)
    flash(_("Printeren er rettet ind. Print en prøveside til, og se, om det passer."))
    return redirect(url_for("printers.calibration", public_id=public_id, ark=request.form.get("ark") or None), 303)


@blueprint.post("/<public_id>/nulstil")
@needs("printer:manage")
def reset(public_id: str) -> Response:
    """Forget what was measured."""
    with db.transaction() as session:
        actions.reset_offsets(session, _printer(session, public_id))
    flash(_("Printeren er ikke længere rettet ind."))
    return redirect(url_for("printers.calibration", public_id=public_id), 303)


@blueprint.post("/<public_id>/bakke")
@needs("printer:manage")
def tray(public_id: str) -> Response:
    """Say where the next label goes, after somebody has changed the sheet in the tray."""
    form = TrayForm.posted()
    form.sheet.validate_choice = False
    if not form.validate():
        return _tray_refused(public_id, form)
    try:
        with db.transaction() as session:
            found = _printer(session, public_id)
            sheet = labels.sheet_by_key(session, form.sheet.data or "")
            if sheet is None:
                raise NotHere
            actions.set_tray(session, found.id, sheet, form.next_cell.data)
    except Refusal as refusal:
        form.next_cell.errors = [refusal.sentence]
        return _tray_refused(public_id, form)
    flash(_("Det er husket."))
    return redirect(url_for("printers.printer", public_id=public_id), 303)


def _printer(session: Session, public_id: str) -> Printer:
    found = queries.printer(session, public_id)
    if found is None:
        raise NotHere
    return found


def _offer(form: PrinterForm, session: Session) -> dict[str, int]:
    sheets = labels.sheets(session)
    form.offer([(sheet.key, sheet.name) for sheet in sheets])
    return {sheet.key: sheet.id for sheet in sheets}


def _is_in_order(form: PrinterForm) -> bool:
    if not form.validate():
        return False
    with db.reading() as session:
        sheet = labels.sheet_by_key(session, form.sheet.data or "")
    found = list(
        rules.problems(
            way=form.way.data,
            address=form.address.data,
            model=form.model.data,
            density=form.dots_per_inch.data,
            usual_page=sheet.page if sheet else None,
        )
    )
    for field, sentence in found:
        form[field].errors = [*form[field].errors, sentence]
    return not found


def _values(form: PrinterForm, sheet_ids: dict[str, int]) -> dict[str, Any]:
    return {
        "name": form.name.data,
        "way": PrintWay(form.way.data),
        "address": form.address.data,
        "model": form.model.data,
        "dots_per_inch": form.dots_per_inch.data,
        "sheet_id": sheet_ids.get(form.sheet.data or ""),
    }


def _tray_refused(public_id: str, tray_form: TrayForm) -> Response:
    with db.reading() as session:
        found = _printer(session, public_id)
        sheet = session.get(LabelSheet, found.sheet_id) if found.sheet_id else None
        form = PrinterForm(obj=found, way=found.way.value, sheet=sheet.key if sheet else "")
    return _form_page(form, public_id, 422, tray_form)


def _form_page(form: PrinterForm, public_id: str | None, status: int, tray_form: TrayForm | None = None) -> Response:
    with db.reading() as session:
        _offer(form, session)
        found = None if public_id is None else _printer(session, public_id)
        trays = [] if found is None else queries.trays(session, found)
        tray_form = tray_form or TrayForm()
        tray_form.sheet.choices = [
            (sheet.key, sheet.name) for sheet in labels.sheets(session) if sheet.columns * sheet.rows > 1
        ]
        html = render_template(
            "printers/printer.html",
            form=form,
            printer=found,
            trays=trays,
            tray_form=tray_form,
            shows_trays=found is not None and found.way is PrintWay.BROWSER and bool(tray_form.sheet.choices),
        )
    return make_response(html, status)


def _calibration_page(public_id: str, form: MeasuredForm, status: int) -> Response:
    with db.reading() as session:
        found = _printer(session, public_id)
        is_sent = found.way is not PrintWay.BROWSER
        sheets = [sheet for sheet in labels.sheets(session) if not is_sent or sheet.page.value == "roll"]
        asked = request.values.get("ark", "")
        sheet = next((each for each in sheets if each.key == asked), None) or labels.usual_sheet(session, found)
        html = render_template(
            "printers/calibration.html",
            form=form,
            printer=found,
            sheets=sheets,
            sheet=sheet,
            is_sent=is_sent,
            moved=[danish_mm(abs(each)) for each in correction_of(found)],
            cross_mm=None if sheet is None else rules.cross_at(sheet.page.value) // 100,
        )
    return make_response(html, status)
