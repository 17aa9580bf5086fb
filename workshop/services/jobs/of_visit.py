"""Staff's page of one visit of an agreement: its days, what is odd about it, and two forms to move or cancel it."""

from __future__ import annotations

from flask import Blueprint, flash, make_response, render_template
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from workshop.core import clock, db
from workshop.core.access import needs
from workshop.core.errors import NotHere, Refusal
from workshop.core.i18n import _
from workshop.services.jobs import actions, queries
from workshop.services.jobs.forms import CancelForm, MoveForm
from workshop.services.jobs.laying import OPEN
from workshop.services.jobs.models import ServiceJob
from workshop.services.jobs.views import by_staff, find, to_job
from workshop.services.visits.models import Visit, VisitState

blueprint = Blueprint("garden_job_visits", __name__, url_prefix="/personale/service/aftaler")


@blueprint.get("/<public_id>/besoeg/<visit_id>")
@needs("service:plan")
def visit(public_id: str, visit_id: str) -> Response:
    """One visit, to move or cancel."""
    return _page(public_id, visit_id, 200)


@blueprint.post("/<public_id>/besoeg/<visit_id>/flyt")
@needs("service:plan")
def move(public_id: str, visit_id: str) -> Response:
    """Another day for this visit alone."""
    form = MoveForm.posted(prefix="flyt")
    if not form.validate():
        return _page(public_id, visit_id, 422, move=form)
    try:
        with db.transaction() as session:
            _job, found = _find(session, public_id, visit_id)
            actions.move(
                session,
                found,
                form.day.data,
                from_minute=form.from_minute.data,
                to_minute=form.to_minute.data,
                version=form.seen,
                **by_staff(is_told=form.is_told.data),
            )
    except Refusal as refusal:
        return _refused(public_id, visit_id, refusal, move=form)
    flash(_("Besøget er flyttet. De andre står, som de var."))
    return to_job(public_id)


@blueprint.post("/<public_id>/besoeg/<visit_id>/aflys")
@needs("service:plan")
def cancel(public_id: str, visit_id: str) -> Response:
    """This visit alone is not made."""
    form = CancelForm.posted(prefix="aflys")
    if not form.validate():
        return _page(public_id, visit_id, 422, cancel=form)
    try:
        with db.transaction() as session:
            _job, found = _find(session, public_id, visit_id)
            actions.cancel(
                session,
                found,
                why=form.why.data or "",
                version=form.seen,
                **by_staff(is_told=form.is_told.data),
            )
    except Refusal as refusal:
        return _refused(public_id, visit_id, refusal, cancel=form)
    flash(_("Besøget er aflyst. De andre står, som de var."))
    return to_job(public_id)


def _find(session: Session, public_id: str, visit_id: str) -> tuple[ServiceJob, Visit]:
    job = find(session, public_id)
    found = queries.visit_of(session, job, visit_id)
    if found is None:
        raise NotHere
    return job, found


def _refused(
    public_id: str,
    visit_id: str,
    refusal: Refusal,
    *,
    move: MoveForm | None = None,
    cancel: CancelForm | None = None,
) -> Response:
    """The page as it stands now, with what was typed; the next try is about what is seen now."""
    is_conflict = isinstance(refusal, actions.ChangedMeanwhile)
    status = 409 if is_conflict else 422
    return _page(public_id, visit_id, status, move=move, cancel=cancel, said=refusal.sentence)


def _page(
    public_id: str,
    visit_id: str,
    status: int,
    *,
    move: MoveForm | None = None,
    cancel: CancelForm | None = None,
    said: str = "",
) -> Response:
    with db.reading() as session:
        job, found = _find(session, public_id, visit_id)
        whole = queries.whole(session, job, clock.now())
    line = next(each for each in whole.visits if each.visit.id == found.id)
    move = move or MoveForm.of(found)
    cancel = cancel or CancelForm(data={"is_told": True}, prefix="aflys")
    for form in (move, cancel):
        form.see(found.version)
    html = render_template(
        "services/jobs/visit.html",
        found=whole,
        job=job,
        line=line,
        visit=found,
        move=move,
        cancel=cancel,
        said=said,
        may_move=found.state in (*OPEN, VisitState.CANCELLED),
        may_cancel=found.state in OPEN,
    )
    return make_response(html, status)
