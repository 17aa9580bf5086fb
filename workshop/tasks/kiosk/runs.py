"""A run of labels: pick what needs one, point at the first empty place of the sheet, print, look. It is work too.

The run becomes a record of the person who began it. Who that was is remembered in the tablet's cookie, never with the
job itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from flask import Response as FileResponse
from flask import flash, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from workshop.citizens import queries as citizens
from workshop.core import access, clock, db
from workshop.core.access import needs
from workshop.core.errors import NotHere
from workshop.core.i18n import _, ngettext
from workshop.labels import actions as labels_actions
from workshop.labels import printing, waiting
from workshop.labels import queries as labels
from workshop.labels.models import JobState, LabelSheet, Printer, PrintJob
from workshop.labels.printers import queries as printers
from workshop.labels.sheet import SheetProduct
from workshop.tasks import recording
from workshop.tasks.kiosk import begun, birth
from workshop.tasks.kiosk.blueprint import blueprint
from workshop.tasks.kiosk.label import is_stuck, nudge, pdf, to_send

MOST_ROWS = 60  # what one person puts on in a turn; the rest comes when these are printed


class Choice(NamedTuple):
    """What was chosen so far: the things, the printer, the sheet, and the first empty place on it."""

    rows: Sequence[waiting.QueueRow]
    printer: Printer | None  # none: the file is printed by the tablet's own dialog
    sheet: SheetProduct
    first_cell: int


@blueprint.get("/maerker")
@needs("kiosk:use")
def label_run() -> Response:
    """What needs a label. Nothing is ticked beforehand; one button ticks them all."""
    return _queue_page(200)


@blueprint.get("/maerker/ark")
@needs("kiosk:use")
def run_sheet() -> Response:
    """Ask which sheet lies in the printer, and where its first empty place is."""
    with db.reading() as session:
        choice = _choice(session)
        sheets = _sheets_usual_first(session, choice) if choice else []
        machines = printers.printers(session)
    if choice is None:
        return _queue_page(422, say=_("Vælg mindst ét møbel."))
    return make_response(
        render_template("kiosk/run_sheet.html", choice=choice, sheets=sheets, printers=machines, key=birth.new_key())
    )


@blueprint.post("/maerker/ark")
@needs("kiosk:use")
def run_print() -> Response:
    """Make the run; a second tap gives the same one."""
    now = clock.now()
    with db.transaction() as session:
        choice = _choice(session)
        if choice is None:
            return redirect(url_for("kiosk.label_run"), 303)
        job = labels_actions.make_job(
            session,
            item_ids=[row.item_id for row in choice.rows],
            sheet_key=choice.sheet.key,
            start_cell=choice.first_cell,
            now=now,
            by_staff_id=None,
            printer_id=choice.printer.id if choice.printer else None,
            key=birth.own_key(request.form.get("gang", "")),
        )
        whose = citizens.own_citizen(session, access.require_actor()).public_id
        job_id, sent_id = job.public_id, to_send(job)
    nudge(sent_id)
    begun.run_begun(job_id, whose)
    return redirect(url_for("kiosk.run", job_id=job_id), 303)


@blueprint.get("/maerker/<job_id>")
@needs("kiosk:use")
def run(job_id: str) -> Response:
    """Print them, and look whether they sit right."""
    with db.reading() as session:
        job = _own_run(session, job_id)
        how_many, sent = labels.label_count(session, job), printers.send_state(session, job)
        sheet = labels.sheet_of(session, job)
    if job.state is JobState.PRINTED:
        begun.run_done(job_id)
        return redirect(url_for("kiosk.home"), 303)
    is_wrong = request.args.get("svar") == "nej"
    html = render_template(
        "kiosk/run.html",
        job=job,
        how_many=how_many,
        sent=sent,
        is_stuck=is_stuck(sent),
        is_wrong=is_wrong,
        sheet=sheet,
        key=birth.new_key(),
    )
    return make_response(html)


@blueprint.get("/maerker/<job_id>/billede.png")
@needs("kiosk:use")
def run_picture(job_id: str) -> FileResponse:
    """The first label of the run as a picture."""
    with db.reading() as session:
        made = printing.run_of_job(session, _own_run(session, job_id))
    return FileResponse(made.png(), mimetype="image/png")


@blueprint.get("/maerker/<job_id>.pdf")
@needs("kiosk:use")
def run_file(job_id: str) -> FileResponse:
    """The sheets for the printer."""
    with db.reading() as session:
        made = printing.run_of_job(session, _own_run(session, job_id))
    return pdf(made.pdf(), "maerker")


@blueprint.post("/maerker/<job_id>/godt")
@needs("kiosk:use")
def run_good(job_id: str) -> Response:
    """They sit right: the things leave the queue, and it is written down as this person's work, once."""
    now = clock.now()
    with db.transaction() as session:
        job = _own_run(session, job_id)
        labels_actions.mark_printed(session, job, now=now)
        recording.record_label_run(session, citizens.own_citizen(session, access.require_actor()), job, now=now)
        how_many = len(labels.label_rows(session, job))
    begun.run_done(job_id)
    flash(ngettext("Godt arbejde. Ét mærke er klar.", "Godt arbejde. %(num)s mærker er klar.", how_many))
    return redirect(url_for("kiosk.home"), 303)


@blueprint.post("/maerker/<job_id>/igen")
@needs("kiosk:use")
def run_again(job_id: str) -> Response:
    """They came out badly: the printer gets them all once more. A second tap gives the same run."""
    key = birth.own_key(request.form.get("gang", ""))
    with db.transaction() as session:
        job = _own_run(session, job_id)
        if job.state is JobState.PRINTED and (key is None or labels.job(session, key) is None):
            raise NotHere
        every = range(1, labels.label_count(session, job) + 1)
        again = labels_actions.print_spoiled_again(
            session, job, positions=every, now=clock.now(), by_staff_id=None, key=key
        )
        whose = citizens.own_citizen(session, access.require_actor()).public_id
        again_id, sent_id = again.public_id, to_send(again)
    nudge(sent_id)
    begun.run_done(job_id)
    begun.run_begun(again_id, whose)
    return redirect(url_for("kiosk.run", job_id=again_id), 303)


def _queue_page(status: int, *, say: str = "") -> Response:
    with db.reading() as session:
        rows = waiting.queue(session, clock.now(), MOST_ROWS)
    chosen = {row.number for row in rows} if request.args.get("alle") else _numbers()
    return make_response(render_template("kiosk/runs.html", rows=rows, chosen=chosen, say=say), status)


def _numbers() -> set[int]:
    """The ticked numbers, from the address or the form."""
    sent = request.values.getlist("nr")[: 2 * MOST_ROWS]
    return {int(text) for text in sent if text.isascii() and text.isdecimal() and len(text) <= 9}


def _choice(session: Session) -> Choice | None:
    """What was chosen; None when none of it needs a label any more, or there is no sheet at all."""
    asked = _numbers()
    rows = [row for row in waiting.queue(session, clock.now(), MOST_ROWS) if row.number in asked]
    asked_printer = birth.own_key(request.values.get("printer", ""))
    printer = (printers.printer(session, asked_printer) if asked_printer else None) or printers.usual_printer(session)
    asked_sheet = request.values.get("ark", "")
    sheet = next((each for each in labels.sheets(session) if each.key == asked_sheet), None)
    sheet = sheet or labels.usual_sheet(session, printer)
    if not rows or sheet is None:
        return None
    product = labels.product_of(sheet)
    sent = request.values.get("plads", "")
    is_cell = sent.isascii() and sent.isdecimal() and len(sent) <= 3 and 1 <= int(sent) <= product.cells
    free = labels.next_cell(session, sheet, printer.id if printer else None)
    return Choice(rows, printer, product, int(sent) if is_cell else free)


def _sheets_usual_first(session: Session, choice: Choice) -> list[LabelSheet]:
    usual = labels.usual_sheet(session, choice.printer)
    return sorted(labels.sheets(session), key=lambda sheet: usual is None or sheet.id != usual.id)


def _own_run(session: Session, job_id: str) -> PrintJob:
    """A run this person began here today. Raises NotHere for all others: staff see them wait at the desk."""
    me = citizens.own_citizen(session, access.require_actor())
    job = labels.job(session, job_id) if job_id in begun.runs_of(me.public_id) else None
    if job is None or job.by_staff_id is not None:
        raise NotHere
    return job
