"""The queue of the desk: what needs a label and why, and the job made of what is chosen."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from flask import make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from workshop.core import access, clock, db
from workshop.core.access import needs
from workshop.core.errors import NotHere, Refusal
from workshop.core.i18n import _
from workshop.labels import actions, printing, queries, waiting
from workshop.labels.blueprint import blueprint
from workshop.labels.forms import LabelsForm
from workshop.labels.models import LabelDesign
from workshop.labels.printers import queries as printers
from workshop.labels.printers import sending
from workshop.labels.queries import LARGEST_NUMBER
from workshop.labels.where import Where, has_moved_on, offer, suggest, where_now

MOST_ROWS = 200


class _Shown(NamedTuple):
    """What the queue page shows: the items, where they can be printed, and what was."""

    rows: list[waiting.QueueRow]
    total: int
    where: Where
    designs: list[LabelDesign]
    jobs: list[queries.JobRow]


@blueprint.get("")
@needs("label:print")
def queue() -> Response:
    """What needs a label. Choosing another sheet, all items, or a label to look at comes back here by GET."""
    form = LabelsForm(request.args)
    shown = _shown(form, is_named="printer" in request.args)
    if request.args.get("alle"):
        form.items.data = [row.number for row in shown.rows]
    suggest(form, shown.where)
    return _queue_page(form, shown, 200)


@blueprint.post("")
@needs("label:print")
def make() -> Response:
    """Make a job of what was chosen, and send it to a printer that is on the network."""
    form = LabelsForm.posted()
    shown = _shown(form, is_named="printer" in request.form)
    form.sheet.validate_choice = form.printer.validate_choice = form.design.validate_choice = False
    if not form.validate():
        return _queue_page(form, shown, 422)
    if has_moved_on(form, shown.where):
        suggest(form, shown.where)
        form.start_cell.errors = [_("Arket er skiftet. Se, hvor det nye ark begynder.")]
        return _queue_page(form, shown, 422)
    now = clock.now()
    try:
        with db.transaction() as session:
            job = actions.make_job(
                session,
                item_ids=_chosen(session, form),
                sheet_key=form.sheet.data or "",
                start_cell=form.start_cell.data,
                printer_id=shown.where.printer_id,
                design_id=_design_id(form, shown),
                now=now,
                by_staff_id=access.require_actor().account_id,
                key=form.key.data,
            )
            job_id, target = job.id, url_for("labels.job", public_id=job.public_id)
    except Refusal as refusal:
        form.form_errors.append(refusal.sentence)
        return _queue_page(form, shown, 422)
    if shown.where.printer is not None:
        sending.nudge(job_id, now)
    return redirect(target, 303)


@blueprint.get(f"/eksempel/<int(max={LARGEST_NUMBER}):number>.png")
@needs("label:print")
def preview(number: int) -> Response:
    """The label of one item as a picture, in the measures of the sheet asked for."""
    with db.reading() as session:
        row = queries.label_row(session, number, clock.now())
        sheet = queries.sheet_by_key(session, request.args.get("sheet", ""))
        if row is None or row.price_ore is None or sheet is None:
            raise NotHere
        design = queries.design(session, request.args.get("design", ""))
        run = printing.run_of_item(
            session,
            row,
            row.price_ore,
            sheet.key,
            before_ore=row.before_ore,
            design=printing.design_of(design),
        )
    response = make_response(run.png())
    response.mimetype = "image/png"
    return response


@blueprint.post(f"/nr/<int(max={LARGEST_NUMBER}):number>")
@needs("label:print")
def print_one(number: int) -> Response:
    """One label, from the page of its item, on the sheet that is most likely in the printer."""
    now = clock.now()
    with db.transaction() as session:
        item_id = queries.item_ids(session, [number]).get(number)
        if item_id is None:
            raise NotHere
        printer = printers.usual_printer(session)
        sheet = queries.usual_sheet(session, printer)
        if sheet is None:
            raise Refusal(_("Der er ingen ark at printe på. Hent startdata først."))
        printer_id = printer.id if printer else None
        job = actions.make_job(
            session,
            item_ids=[item_id],
            sheet_key=sheet.key,
            start_cell=queries.next_cell(session, sheet, printer_id),
            printer_id=printer_id,
            now=now,
            by_staff_id=access.require_actor().account_id,
        )
        job_id, target = job.id, url_for("labels.job", public_id=job.public_id)
    if printer_id is not None:
        sending.nudge(job_id, now)
    return redirect(target, 303)


def _chosen(session: Session, form: LabelsForm) -> list[int]:
    """The ids of the chosen items in the order of their numbers; each as often as it needs labels."""
    numbers = sorted(set(form.items.data))
    ids = queries.item_ids(session, numbers)
    missing = [number for number in numbers if number not in ids]
    if missing:
        raise Refusal(_("Nr. %(number)s findes ikke.", number=missing[0]))
    pieces = queries.quantities(session, list(ids.values())) if form.each_piece.data else {}
    return [ids[number] for number in numbers for _piece in range(max(1, pieces.get(ids[number], 1)))]


def _design_id(form: LabelsForm, shown: _Shown) -> int | None:
    chosen = next((design for design in shown.designs if design.public_id == form.design.data), None)
    return chosen.id if chosen else None


def _shown(form: LabelsForm, *, is_named: bool) -> _Shown:
    now = clock.now()
    with db.reading() as session:
        rows = waiting.queue(session, now, MOST_ROWS)
        total = len(rows) if len(rows) < MOST_ROWS else waiting.queue_length(session, now)
        where = where_now(session, form, is_named=is_named)
        designs = [design for design in queries.designs(session) if where.kept and _fits(design, where)]
        return _Shown(rows, total, where, designs, queries.latest_jobs(session))


def _fits(design: LabelDesign, where: Where) -> bool:
    """Whether the labels of the chosen sheet are as large as those the design was drawn for."""
    sheet = where.kept
    return sheet is not None and design.label_w <= sheet.label_w and design.label_h <= sheet.label_h


def _queue_page(form: LabelsForm, shown: _Shown, status: int) -> Response:
    offer(form, shown.where)
    form.design.choices = [("", _("Husets mærke"))] + [(each.public_id, each.name) for each in shown.designs]
    if form.design.data not in {each.public_id for each in shown.designs}:
        form.design.data = ""
    number = request.args.get("se", type=int)
    sheet = shown.where.sheet
    html = render_template(
        "labels/queue.html",
        form=form,
        shown=shown,
        where=shown.where,
        sheet=sheet,
        seen=next((row for row in shown.rows if row.number == number), shown.rows[0] if shown.rows else None),
        chosen=set(form.items.data or ()),
        size_px=None if sheet is None else (_px(sheet.label_w_mm), _px(sheet.label_h_mm)),
    )
    return make_response(html, status)


def _px(length_mm: Decimal) -> int:
    """A paper length in CSS pixels, 96 to the inch."""
    return round(length_mm * 96 / Decimal("25.4"))
