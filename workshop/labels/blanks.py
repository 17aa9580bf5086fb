"""Labels printed ahead: each has its code and number already, and gets its name and price by hand."""

from __future__ import annotations

from flask import make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from workshop.core import access, clock, db, web
from workshop.core.access import needs
from workshop.core.errors import Refusal
from workshop.core.i18n import _
from workshop.labels import actions, queries
from workshop.labels.blueprint import blueprint
from workshop.labels.forms import BlankForm
from workshop.labels.printers import sending
from workshop.labels.where import Where, has_moved_on, offer, suggest, where_now
from workshop.products.codes import actions as codes


@blueprint.get("/blanke")
@needs("label:print")
def blank() -> Response:
    """How many, and where."""
    form = BlankForm(request.args)
    where = _where(form, is_named="printer" in request.args)
    suggest(form, where)
    return _page(form, where, 200)


@blueprint.post("/blanke")
@needs("label:print")
def make_blank() -> Response:
    """Take numbers and codes for them, and make the job."""
    form = BlankForm.posted()
    where = _where(form, is_named="printer" in request.form)
    form.sheet.validate_choice = form.printer.validate_choice = False
    if not form.validate():
        return _page(form, where, 422)
    if has_moved_on(form, where):
        suggest(form, where)
        form.start_cell.errors = [_("Arket er skiftet. Se, hvor det nye ark begynder.")]
        return _page(form, where, 422)
    now, staff_id = clock.now(), access.require_actor().account_id
    try:
        with db.transaction() as session:
            made = codes.reserve(
                session, form.how_many.data, base_url=web.settings().base_url, now=now, by_staff_id=staff_id
            )
            _refuse_twice(session, form)
            job = actions.make_blank_job(
                session,
                codes=made,
                sheet_key=form.sheet.data or "",
                start_cell=form.start_cell.data,
                printer_id=where.printer_id,
                now=now,
                by_staff_id=staff_id,
                key=form.key.data,
            )
            job_id, target = job.id, url_for("labels.job", public_id=job.public_id)
    except _Twice:  # the block is undone, and with it the numbers it took
        return redirect(url_for("labels.job", public_id=form.key.data), 303)
    except Refusal as refusal:
        form.form_errors.append(refusal.sentence)
        return _page(form, where, 422)
    if where.printer is not None:
        sending.nudge(job_id, now)
    return redirect(target, 303)


def _refuse_twice(session: Session, form: BlankForm) -> None:
    # Codes are taken one after the other, so a second press of the button sees here what the first one made.
    if form.key.data and queries.job(session, form.key.data) is not None:
        raise _Twice


class _Twice(Exception):  # noqa: N818 — it undoes a block, and is no error
    """The same form came a second time."""


def _where(form: BlankForm, *, is_named: bool) -> Where:
    with db.reading() as session:
        return where_now(session, form, is_named=is_named)


def _page(form: BlankForm, where: Where, status: int) -> Response:
    offer(form, where)
    return make_response(render_template("labels/blank.html", form=form, where=where, sheet=where.sheet), status)
