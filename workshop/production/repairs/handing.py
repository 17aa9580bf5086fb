"""Handing a customer's thing back: by the code on the slip, against payment, once."""

from __future__ import annotations

from flask import Blueprint, flash, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response

from workshop.core import access, clock, db
from workshop.core.access import needs
from workshop.core.errors import Refusal
from workshop.core.i18n import _
from workshop.production.repairs import ending
from workshop.production.repairs.forms import CodeForm, HandBackForm
from workshop.production.repairs.models import JobState, RepairJob
from workshop.production.repairs.views import find
from workshop.production.repairs.words import printed

blueprint = Blueprint("handing_back", __name__, url_prefix="/personale/produktion/indleveret")


@blueprint.get("/udlever")
@needs("repair:handle")
def ask_code() -> Response:
    """The field for the code."""
    return _code_page(CodeForm(), 200)


@blueprint.post("/udlever")
@needs("repair:handle")
def find_by_code() -> Response:
    """From the code to the thing it fetches."""
    form = CodeForm.posted()
    if not form.validate():
        return _code_page(form, 422)
    with db.reading() as session:
        found = ending.found_by(session, form.code.data or "", access.require_actor().department_ids)
        public_id = found.public_id if found else ""
    if not public_id:
        form.code.errors = [
            _("Der er ingen indlevering med den kode. Se på sedlen igen: seks tegn, for eksempel K7M-3XQ.")
        ]
        return _code_page(form, 422)
    return redirect(url_for("handing_back.page", public_id=public_id), 303)


@blueprint.get("/<public_id>/udlever")
@needs("repair:handle")
def page(public_id: str) -> Response:
    """What is handed back, and what is paid for it."""
    return _page(public_id, HandBackForm(), 200)


@blueprint.post("/<public_id>/udlever")
@needs("repair:handle")
def hand_back(public_id: str) -> Response:
    """It is handed back; pressing twice is pressing once."""
    form = HandBackForm.posted()
    try:
        with db.transaction() as session:
            job = find(session, public_id)
            by = access.require_actor().account_id
            did = ending.hand_back(session, job, means=form.chosen, now=clock.now(), by_staff_id=by)
            number = printed(job.number)
    except Refusal as refusal:
        form.means.errors = [refusal.sentence]
        return _page(public_id, form, 422)
    said = (
        _("%(number)s er udleveret.", number=number) if did else _("%(number)s var allerede udleveret.", number=number)
    )
    flash(said)
    return redirect(url_for("repairs.card", public_id=public_id), 303)


def _code_page(form: CodeForm, status: int) -> Response:
    return make_response(render_template("production/repairs/code.html", form=form), status)


def _page(public_id: str, form: HandBackForm, status: int) -> Response:
    with db.reading() as session:
        job = find(session, public_id)
    owes = job.state is JobState.DONE and bool(job.price_ore)
    html = render_template("production/repairs/hand_back.html", job=job, form=form, owes=owes, is_ready=_is_ready(job))
    return make_response(html, status)


def _is_ready(job: RepairJob) -> bool:
    return job.state in (JobState.DONE, JobState.DECLINED) and job.ended_at is None
