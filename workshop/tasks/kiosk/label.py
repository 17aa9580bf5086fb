"""The label of one thing: seen first, printed, and then looked at by whoever holds it."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Response as FileResponse
from flask import make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from workshop.core import clock, db
from workshop.core.access import needs
from workshop.core.errors import NotHere, Refusal
from workshop.core.i18n import _
from workshop.labels import actions as labels_actions
from workshop.labels import printing
from workshop.labels import queries as labels
from workshop.labels.models import JobState, LabelSheet, Page, Printer, PrintJob, PrintWay
from workshop.labels.printers import queries as printers
from workshop.labels.printers import sending
from workshop.products.models import Item, ItemState
from workshop.tasks.kiosk import begun, birth
from workshop.tasks.kiosk.blueprint import blueprint
from workshop.tasks.kiosk.things import is_here, is_sold, item_here, price_of
from workshop.tasks.kiosk.words import definite

ROLL = "roll_62x29"  # what the label printer beside the tablet holds, where staff have told of none


@blueprint.get("/moebler/<int:number>/maerke")
@needs("kiosk:use")
def label(number: int) -> Response:
    """The label as it will be, to look at before it is printed; after that it is asked whether it came out right."""
    asked = birth.own_key(request.args.get("job", ""))
    with db.reading() as session:
        item = item_here(session, number)
        job = _own_job(session, asked, item.id) if asked else None
        sent = printers.send_state(session, job) if job is not None else None
        sheet = labels.sheet_of(session, job) if job is not None else _place(session)[1]
    return make_response(
        render_template(
            "kiosk/label.html",
            item=item,
            thing=definite(item.category),
            price_ore=price_of(item),
            is_here=is_here(item),
            is_sold=is_sold(item),
            can_price=item.state is ItemState.MADE and item.price_ore is None,
            can_name=item.state is ItemState.MADE,
            job=job if job is not None and job.state is JobState.MADE else None,
            sent=sent,
            is_stuck=is_stuck(sent),
            sheet=sheet,
            flow=begun.flow(number),
        )
    )


@blueprint.post("/moebler/<int:number>/maerke")
@needs("kiosk:use")
def print_label(number: int) -> Response:
    """Make a print job of one label; a second tap gives the same one."""
    with db.transaction() as session:
        item = item_here(session, number)
        if not item.title:
            raise Refusal(_("Giv den et navn først."))
        job = _job(session, item)
        job_id, sent_id = job.public_id, to_send(job)
    nudge(sent_id)
    return redirect(url_for("kiosk.label", number=number, job=job_id), 303)


@blueprint.post("/moebler/<int:number>/maerke/<job_id>/godt")
@needs("kiosk:use")
def label_good(number: int, job_id: str) -> Response:
    """It came out right. Whoever holds the label knows that best, so the tablet may say it of its own single label."""
    with db.transaction() as session:
        job = _own_job(session, job_id, item_here(session, number).id)
        if job is None:
            raise NotHere
        labels_actions.mark_printed(session, job, now=clock.now())
    begun.done(number)
    return redirect(url_for("kiosk.thing", number=number, ny=1), 303)


@blueprint.post("/moebler/<int:number>/maerke/<job_id>/igen")
@needs("kiosk:use")
def label_again(number: int, job_id: str) -> Response:
    """It came out badly: the printer gets it once more."""
    with db.transaction() as session:
        item = item_here(session, number)
        job = _own_job(session, job_id, item.id)
        if job is None:
            raise NotHere
        if job.state is JobState.MADE:
            again = labels_actions.print_spoiled_again(session, job, positions=[1], now=clock.now(), by_staff_id=None)
        else:  # a second tap
            again = _job(session, item)
        again_id, sent_id = again.public_id, to_send(again)
    nudge(sent_id)
    return redirect(url_for("kiosk.label", number=number, job=again_id), 303)


@blueprint.get("/moebler/<int:number>/maerke.png")
@needs("kiosk:use")
def label_picture(number: int) -> FileResponse:
    """The label as a picture, drawn by what prints it: as the job was made, or as it will be."""
    asked = birth.own_key(request.args.get("job", ""))
    with db.reading() as session:
        item = item_here(session, number)
        job = _own_job(session, asked, item.id) if asked else None
        row = labels.label_row(session, number, clock.now())
        if job is not None:
            run = printing.run_of_job(session, job)
        elif row is None or row.price_ore is None:
            raise Refusal(_("Nr. %(number)s har ingen pris endnu. Spørg en fra personalet.", number=number))
        else:
            sheet = _place(session)[1]
            key = sheet.key if sheet is not None else ROLL
            run = printing.run_of_item(session, row, row.price_ore, key, before_ore=row.before_ore)
    return FileResponse(run.png(), mimetype="image/png")


@blueprint.get("/moebler/<int:number>/maerke/<job_id>.pdf")
@needs("kiosk:use")
def label_file(number: int, job_id: str) -> FileResponse:
    """The file for the label printer, as the job was made."""
    with db.reading() as session:
        job = labels.job_of_item(session, job_id, item_here(session, number).id)
        if job is None:
            raise NotHere
        run = printing.run_of_job(session, job)
    return pdf(run.pdf(), f"maerke-{number}")


def is_stuck(sent: printers.SendState | None) -> bool:
    """Whether the printer was tried and gave no answer, so that waiting beside it helps nobody."""
    return sent is not None and sent.sent_at is None and sent.tries > 0


def to_send(job: PrintJob) -> int | None:
    """The id of a job that goes to a printer of ours; None for one that the tablet prints itself."""
    return job.id if job.printer_id is not None else None


def nudge(job_id: int | None) -> None:
    """Send a job at once, after the commit, so that nobody stands beside a silent printer."""
    if job_id is not None:
        sending.nudge(job_id, clock.now())


def pdf(body: bytes, name: str) -> FileResponse:
    """A file that opens in the browser, from where it is printed."""
    response = FileResponse(body, mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return response


def _job(session: Session, item: Item) -> PrintJob:
    """A job of this one label that nobody has confirmed, for the printer it is to come from."""
    machine, sheet = _place(session)
    now = clock.now()
    if machine is None or sheet is None:
        return labels_actions.print_at_tablet(session, item, sheet_key=ROLL, now=now)
    # Two taps at once stand in line for the item, so the second one finds the job of the first.
    session.execute(sa.select(Item.id).where(Item.id == item.id).with_for_update())
    waiting = labels.waiting_from_tablet(session, item, sheet.key, now)
    if waiting is not None and waiting.printer_id == machine.id:
        return waiting
    return labels_actions.make_job(
        session, item_ids=[item.id], sheet_key=sheet.key, start_cell=1, now=now, by_staff_id=None, printer_id=machine.id
    )


def _place(session: Session) -> tuple[Printer | None, LabelSheet | None]:
    """Where a single label goes: the printer on the network, else the one staff keep a roll in, and its roll.

    Without either it is the tablet's own print dialog and the roll most workshops have, when it is in the catalogue.
    """
    usual = printers.usual_printer(session)
    machines = sorted(printers.printers(session), key=lambda each: usual is None or each.id != usual.id)
    for machine in sorted(machines, key=lambda each: each.way is PrintWay.BROWSER):
        sheet = labels.usual_sheet(session, machine)
        if sheet is not None and sheet.page is Page.ROLL:
            return machine, sheet
    return None, labels.sheet_by_key(session, ROLL)


def _own_job(session: Session, job_id: str, item_id: int) -> PrintJob | None:
    """A tablet's job of this one label; those that staff made are staff's to confirm."""
    job = labels.job_of_item(session, job_id, item_id)
    if job is None or job.by_staff_id is not None or len(labels.label_rows(session, job)) != 1:
        return None
    return job
