"""The label queue of the desk, the jobs made from it, and their files."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from workshop.core import access, clock, db, web
from workshop.core.access import needs
from workshop.core.errors import NotHere, Refusal
from workshop.core.i18n import _, lazy, ngettext
from workshop.labels import actions, printing, queries
from workshop.labels.forms import LabelsForm
from workshop.labels.models import JobState, LabelSheet, PrintJob
from workshop.labels.queries import LARGEST_NUMBER, QueueRow
from workshop.labels.sheet import SheetProduct
from workshop.products import life

blueprint = Blueprint("labels", __name__, url_prefix="/personale/prismaerker")
MENU = (web.MenuEntry("desk", lazy("Mærker"), "labels.queue", "print", "label:print", order=35),)
MOST_ROWS = 200
MOST_CELLS_DRAWN = 60  # above it the places of a sheet are too small to hit, and the number is typed


class _Shown(NamedTuple):
    """What the queue page shows: the items, the sheets and the one drawn."""

    rows: list[QueueRow]
    total: int
    sheets: list[LabelSheet]
    sheet: SheetProduct | None
    next_cell: int
    jobs: list[queries.JobRow]


@blueprint.record_once
def tell_the_life_of_items(setup: BlueprintSetupState) -> None:
    """The page of an item asks us which labels were printed."""
    life.also_told_by(setup.app, queries.life_of_item)


@blueprint.get("")
@needs("label:print")
def queue() -> Response:
    """What needs a label. Choosing another sheet, all items, or a label to look at comes back here by GET."""
    form = LabelsForm(request.args)
    shown = _shown(request.args.get("sheet", ""))
    if request.args.get("alle"):
        form.items.data = [row.number for row in shown.rows]
    _suggest(form, shown.next_cell)
    return _queue_page(form, shown, 200)


@blueprint.post("")
@needs("label:print")
def make() -> Response:
    """Make a job of what was chosen."""
    form = LabelsForm.posted()
    shown = _shown(request.form.get("sheet", ""))
    form.sheet.choices = [(sheet.key, sheet.name) for sheet in shown.sheets]
    if not form.validate():
        return _queue_page(form, shown, 422)
    if form.drawn_sheet.data and form.drawn_sheet.data != form.sheet.data:
        # The place was chosen on the drawing of another sheet.
        _suggest(form, shown.next_cell)
        form.start_cell.errors = [_("Arket er skiftet. Se, hvor det nye ark begynder.")]
        return _queue_page(form, shown, 422)
    try:
        with db.transaction() as session:
            job = actions.make_job(
                session,
                item_ids=_chosen(session, form),
                sheet_key=form.sheet.data,
                start_cell=form.start_cell.data,
                now=clock.now(),
                by_staff_id=access.require_actor().account_id,
            )
            target = url_for("labels.job", public_id=job.public_id)
    except Refusal as refusal:
        form.form_errors.append(refusal.sentence)
        return _queue_page(form, shown, 422)
    return redirect(target, 303)


@blueprint.get(f"/eksempel/<int(max={LARGEST_NUMBER}):number>.png")
@needs("label:print")
def preview(number: int) -> Response:
    """The label of one item as a picture, in the measures of the sheet asked for."""
    with db.reading() as session:
        row = queries.label_row(session, number)
        sheet = queries.sheet_by_key(session, request.args.get("sheet", ""))
        if row is None or sheet is None:
            raise NotHere
        run = printing.run_of_item(session, row, row.price_ore, web.settings(), sheet.key)
    return _file(run.png(), "image/png")


@blueprint.post(f"/nr/<int(max={LARGEST_NUMBER}):number>")
@needs("label:print")
def print_one(number: int) -> Response:
    """One label, from the page of its item, on the sheet that is most likely in the printer."""
    with db.transaction() as session:
        item_id = queries.item_ids(session, [number]).get(number)
        if item_id is None:
            raise NotHere
        sheet = queries.usual_sheet(session)
        if sheet is None:
            raise Refusal(_("Der er ingen ark at printe på. Hent startdata først."))
        job = actions.make_job(
            session,
            item_ids=[item_id],
            sheet_key=sheet.key,
            start_cell=queries.next_cell(session, sheet),
            now=clock.now(),
            by_staff_id=access.require_actor().account_id,
        )
        target = url_for("labels.job", public_id=job.public_id)
    return redirect(target, 303)


@blueprint.get("/<public_id>")
@needs("label:print")
def job(public_id: str) -> Response:
    """A job: fetch its file, print it, say that it came out right."""
    with db.reading() as session:
        found = _job(session, public_id)
        lines = queries.job_lines(session, found)
        sheet = queries.product_of(queries.sheet_of(session, found))
    return make_response(
        render_template(
            "labels/job.html", job=found, lines=lines, sheet=sheet, is_printed=found.state is JobState.PRINTED
        )
    )


@blueprint.get("/<public_id>/pdf")
@needs("label:print")
def pdf(public_id: str) -> Response:
    """The file of a job, under a name that says nothing about what is in it."""
    with db.reading() as session:
        found = _job(session, public_id)
        name = f"prismaerker-{found.id}.pdf"
        run = printing.run_of_job(session, found, web.settings())
    response = _file(run.pdf(), "application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@blueprint.post("/<public_id>/udskrevet")
@needs("label:print")
def printed(public_id: str) -> Response:
    """The labels came out right."""
    with db.transaction() as session:
        found = _job(session, public_id)
        count = len(queries.job_lines(session, found))
        is_new = actions.mark_printed(session, found, now=clock.now())
    if is_new:
        flash(ngettext("%(num)s mærke er printet.", "%(num)s mærker er printet.", count))
    return redirect(url_for("labels.queue"), 303)


@blueprint.post("/<public_id>/igen")
@needs("label:print")
def again(public_id: str) -> Response:
    """The same labels once more, as a new job."""
    with db.transaction() as session:
        found = _job(session, public_id)
        new = actions.reprint(
            session,
            found,
            start_cell=queries.next_cell(session, queries.sheet_of(session, found)),
            now=clock.now(),
            by_staff_id=access.require_actor().account_id,
        )
        target = url_for("labels.job", public_id=new.public_id)
    return redirect(target, 303)


def _job(session: Session, public_id: str) -> PrintJob:
    found = queries.job(session, public_id)
    if found is None:
        raise NotHere
    return found


def _chosen(session: Session, form: LabelsForm) -> list[int]:
    """The ids of the chosen items in the order of their numbers; each as often as it needs labels."""
    numbers = sorted(set(form.items.data))
    ids = queries.item_ids(session, numbers)
    missing = [number for number in numbers if number not in ids]
    if missing:
        raise Refusal(_("Nr. %(number)s findes ikke.", number=missing[0]))
    pieces = queries.quantities(session, list(ids.values())) if form.each_piece.data else {}
    return [ids[number] for number in numbers for _piece in range(max(1, pieces.get(ids[number], 1)))]


def _suggest(form: LabelsForm, cell: int) -> None:
    form.start_cell.data, form.start_cell.raw_data = cell, None


def _shown(sheet_key: str) -> _Shown:
    with db.reading() as session:
        rows = queries.queue(session, MOST_ROWS)
        total = len(rows) if len(rows) < MOST_ROWS else queries.queue_length(session)
        sheets = queries.sheets(session)
        chosen = next((sheet for sheet in sheets if sheet.key == sheet_key), None) or queries.usual_sheet(session)
        return _Shown(
            rows,
            total,
            sheets,
            None if chosen is None else queries.product_of(chosen),
            1 if chosen is None else queries.next_cell(session, chosen),
            queries.latest_jobs(session),
        )


def _queue_page(form: LabelsForm, shown: _Shown, status: int) -> Response:
    sheet = shown.sheet
    form.sheet.choices = [(each.key, each.name) for each in shown.sheets]
    if sheet is not None:
        form.sheet.data = sheet.key
    number = request.args.get("se", type=int)
    html = render_template(
        "labels/queue.html",
        form=form,
        shown=shown,
        sheet=sheet,
        seen=next((row for row in shown.rows if row.number == number), shown.rows[0] if shown.rows else None),
        chosen=set(form.items.data or ()),
        draws_cells=sheet is not None and sheet.page == "A4" and sheet.cells <= MOST_CELLS_DRAWN,
        size_px=None if sheet is None else (_px(sheet.label_w_mm), _px(sheet.label_h_mm)),
    )
    return make_response(html, status)


def _px(length_mm: Decimal) -> int:
    """A paper length in CSS pixels, 96 to the inch."""
    return round(length_mm * 96 / Decimal("25.4"))


def _file(content: bytes, kind: str) -> Response:
    response = make_response(content)
    response.mimetype = kind
    return response
