"""A print job: fetch its file or follow it to the printer, and say which of its labels came out right."""

from __future__ import annotations

from flask import flash, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from workshop.core import access, clock, crypto, db
from workshop.core.access import needs
from workshop.core.errors import NotHere
from workshop.core.i18n import _, ngettext
from workshop.labels import actions, printing, queries
from workshop.labels.blueprint import blueprint
from workshop.labels.forms import SpoiledForm
from workshop.labels.models import JobState, PrintJob
from workshop.labels.printers import actions as printer_rules
from workshop.labels.printers import queries as printers
from workshop.labels.printers import sending


@blueprint.get("/<public_id>")
@needs("label:print")
def job(public_id: str) -> Response:
    """A job: fetch its file, print it, say that it came out right."""
    return _job_page(public_id, 200)


@blueprint.get("/<public_id>/pdf")
@needs("label:print")
def pdf(public_id: str) -> Response:
    """The file of a job, under a name that says nothing about what is in it."""
    with db.reading() as session:
        found = _job(session, public_id)
        name = f"prismaerker-{found.id}.pdf"
        run = printing.run_of_job(session, found)
    response = make_response(run.pdf())
    response.mimetype = "application/pdf"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@blueprint.post("/<public_id>/udskrevet")
@needs("label:print")
def printed(public_id: str) -> Response:
    """The labels came out right."""
    with db.transaction() as session:
        found = _job(session, public_id)
        count = queries.label_count(session, found)
        is_new = actions.mark_printed(session, found, now=clock.now())
    if is_new:
        flash(ngettext("%(num)s mærke er printet.", "%(num)s mærker er printet.", count))
    return redirect(url_for("labels.queue"), 303)


@blueprint.post("/<public_id>/nogle")
@needs("label:print")
def spoiled(public_id: str) -> Response:
    """Some came out badly: those are printed again as a job of their own, the others are printed."""
    form = SpoiledForm.posted()
    if not form.spoiled.data:
        return _job_page(public_id, 422, _("Sæt kryds ved de mærker, der ikke blev gode."))
    now = clock.now()
    with db.transaction() as session:
        new = actions.print_spoiled_again(
            session,
            _job(session, public_id),
            positions=form.spoiled.data,
            now=now,
            by_staff_id=access.require_actor().account_id,
            key=form.key.data,
        )
        job_id, printer_id, target = new.id, new.printer_id, url_for("labels.job", public_id=new.public_id)
    if printer_id is not None:
        sending.nudge(job_id, now)
    return redirect(target, 303)


@blueprint.post("/<public_id>/igen")
@needs("label:print")
def again(public_id: str) -> Response:
    """The same labels once more, as a new job."""
    now = clock.now()
    with db.transaction() as session:
        found = _job(session, public_id)
        printer_id = printer_rules.still_used(session, found.printer_id)
        new = actions.reprint(
            session,
            found,
            start_cell=queries.next_cell(session, queries.sheet_of(session, found), printer_id),
            now=now,
            by_staff_id=access.require_actor().account_id,
            key=SpoiledForm.posted().key.data,
        )
        job_id, target = new.id, url_for("labels.job", public_id=new.public_id)
    if printer_id is not None:
        sending.nudge(job_id, now)
    return redirect(target, 303)


@blueprint.post("/<public_id>/send")
@needs("label:print")
def send(public_id: str) -> Response:
    """The printer is on by now: send the job to it again."""
    now = clock.now()
    tries = request.form.get("tries", -1, type=int)
    with db.transaction() as session:
        found = _job(session, public_id)
        is_due = sending.send_again(session, found, seen_tries=tries, now=now)
        job_id, target = found.id, url_for("labels.job", public_id=found.public_id)
    if is_due:
        sending.nudge(job_id, now)
    return redirect(target, 303)


def _job(session: Session, public_id: str) -> PrintJob:
    found = queries.job(session, public_id)
    if found is None:
        raise NotHere
    return found


def _job_page(public_id: str, status: int, say: str = "") -> Response:
    with db.reading() as session:
        found = _job(session, public_id)
        html = render_template(
            "labels/job.html",
            job=found,
            lines=queries.job_lines(session, found, clock.now()),
            sheet=queries.product_of(queries.sheet_of(session, found)),
            printer=printers.printer_of(session, found),
            sent=printers.send_state(session, found),
            is_printed=found.state is JobState.PRINTED,
            key=crypto.new_public_id(),
            say=say,
        )
    return make_response(html, status)
