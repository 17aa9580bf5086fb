"""A customer's own page of what was agreed: visits to come and past, pauses, and what they may change themselves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from shop.booking.feed import feed_address
from workshop.core import clock, db
from workshop.core.access import public
from workshop.core.errors import NotHere, Refusal
from workshop.core.forms import BaseForm
from workshop.core.i18n import _
from workshop.core.photo_store import FILE_NAME
from workshop.core.web import settings
from workshop.products.photos import serving
from workshop.services.door import Head, is_over, let_in, may_see, private, unknown
from workshop.services.jobs import actions, allowed, queries, rules
from workshop.services.jobs.forms import CancelForm, ChooseForm, EndForm, PauseForm, first_error
from workshop.services.jobs.models import ServiceJob
from workshop.services.visits import photos
from workshop.services.visits.models import Visit

blueprint = Blueprint("agreement", __name__, url_prefix="/aftale")


@blueprint.get("/<public_id>/<token>")
@public
def link(public_id: str, token: str) -> Response:
    """The link in a mail: let this browser in and go on to the clean address."""
    if not Head.of(settings()).fits("job", public_id, token):
        return unknown()
    with db.reading() as session:
        if _job(session, public_id) is None:
            return unknown()
    return private(let_in(redirect(url_for("agreement.page", public_id=public_id), 303), "job", public_id))


@blueprint.get("/<public_id>")
@public
def page(public_id: str) -> Response:
    """Visits to come and past, and what was agreed."""
    return _job_page(public_id, "booking/agreement.html", 200)


@blueprint.get("/<public_id>/pause")
@public
def pause_page(public_id: str) -> Response:
    """The form for a pause, and the pauses there are."""
    return _job_page(public_id, "booking/agreement_pause.html", 200, form=PauseForm())


@blueprint.post("/<public_id>/pause")
@public
def pause(public_id: str) -> Response:
    """The agreement rests for a while."""
    form = PauseForm.posted()

    def write(session: Session, job: ServiceJob, head: Head, now: datetime) -> None:
        actions.pause(session, job, form.from_on.data, form.to_on.data, now=now, by_staff_id=None, head=head)

    return _do(public_id, form, write, _("Tak. Pausen er skrevet ind."), "booking/agreement_pause.html")


@blueprint.post("/<public_id>/pause/<pause_id>/slut")
@public
def resume(public_id: str, pause_id: str) -> Response:
    """The pause is over sooner."""

    def write(session: Session, job: ServiceJob, head: Head, now: datetime) -> None:
        found = queries.pause_of(session, job, pause_id)
        if found is not None:
            actions.resume(session, found, now=now, by_staff_id=None, head=head)

    done = _("Tak. Pausen er slut, og besøgene er tilbage.")
    return _do(public_id, None, write, done, "booking/agreement_pause.html")


@blueprint.get("/<public_id>/slut")
@public
def end_page(public_id: str) -> Response:
    """The form for ending the agreement."""
    first = clock.local_day(clock.now()) + rules.NOTICE
    return _job_page(public_id, "booking/agreement_end.html", 200, form=EndForm(data={"on": first}))


@blueprint.post("/<public_id>/slut")
@public
def end(public_id: str) -> Response:
    """The customer ends the agreement, with notice."""
    form = EndForm.posted()

    def write(session: Session, job: ServiceJob, head: Head, now: datetime) -> None:
        actions.end(session, job, form.on.data, now=now, by_staff_id=None, head=head)

    return _do(public_id, form, write, _("Tak. Aftalen slutter den dag, du valgte."), "booking/agreement_end.html")


@blueprint.get("/<public_id>/besoeg/<visit_id>")
@public
def visit_page(public_id: str, visit_id: str) -> Response:
    """One visit, to move or cancel."""
    return _visit_page(public_id, visit_id, 200)


@blueprint.post("/<public_id>/besoeg/<visit_id>/flyt")
@public
def move(public_id: str, visit_id: str) -> Response:
    """Another day for this visit alone."""
    form = ChooseForm.posted()
    day = clock.day_of(form.day.data or "")

    def write(session: Session, found: Visit, head: Head, now: datetime) -> None:
        if day is None:
            raise Refusal(_("Vælg en af dagene."))
        actions.move(session, found, day, now=now, by_staff_id=None, head=head, version=form.seen)

    return _do_visit(public_id, visit_id, write, _("Tak. Besøget er flyttet. De andre står, som de var."))


@blueprint.post("/<public_id>/besoeg/<visit_id>/aflys")
@public
def cancel(public_id: str, visit_id: str) -> Response:
    """This visit alone is not made."""
    form = CancelForm.posted()

    def write(session: Session, found: Visit, head: Head, now: datetime) -> None:
        if not form.validate():
            raise Refusal(first_error(form))
        words = form.why.data or ""
        actions.cancel(session, found, why=words, now=now, by_staff_id=None, head=head, version=form.seen)

    return _do_visit(public_id, visit_id, write, _("Tak. Besøget er aflyst. De andre står, som de var."))


@blueprint.get("/<public_id>/foto/<file>")
@public
def photo(public_id: str, file: str) -> Response:
    """A photo of a visit, once staff have seen nobody on it, for the customer whose garden it is."""
    parts = FILE_NAME.fullmatch(file)
    if parts is None or not may_see("job", public_id):
        raise NotHere
    with db.reading() as session:
        job = _job(session, public_id)
        found = photos.by_name(session, parts["name"])
        if job is None or found is None or not found.is_shown:
            raise NotHere
        if session.get_one(Visit, found.visit_id).job_id != job.id:
            raise NotHere
    return private(serving.answer(file, max_age=None))


def _job(session: Session, public_id: str) -> ServiceJob | None:
    """The agreement, as long as its links last."""
    job = queries.by_public_id(session, public_id)
    return None if job is None or is_over(job.ended_at, clock.now()) else job


def _do(
    public_id: str,
    form: BaseForm | None,
    write: Callable[[Session, ServiceJob, Head, datetime], None],
    done: str,
    template: str,
) -> Response:
    """Write what was posted, or show the page again with what was typed and why it cannot be so."""
    if not may_see("job", public_id):
        return unknown()
    if form is not None and not form.validate():
        return _job_page(public_id, template, 422, form=form)
    try:
        with db.transaction() as session:
            job = _job(session, public_id)
            if job is None:
                return unknown()
            write(session, job, Head.of(settings()), clock.now())
    except Refusal as refusal:
        return _job_page(public_id, template, 422, form=form, said=refusal.sentence)
    flash(done)
    return private(redirect(url_for("agreement.page", public_id=public_id), 303))


def _do_visit(
    public_id: str, visit_id: str, write: Callable[[Session, Visit, Head, datetime], None], done: str
) -> Response:
    if not may_see("job", public_id):
        return unknown()
    try:
        with db.transaction() as session:
            job = _job(session, public_id)
            found = queries.visit_of(session, job, visit_id) if job else None
            if found is None:
                return unknown()
            write(session, found, Head.of(settings()), clock.now())
    except actions.ChangedMeanwhile as refusal:
        return _visit_page(public_id, visit_id, 409, said=refusal.sentence)
    except Refusal as refusal:
        return _visit_page(public_id, visit_id, 422, said=refusal.sentence)
    flash(done)
    return private(redirect(url_for("agreement.page", public_id=public_id), 303))


def _job_page(public_id: str, template: str, status: int, *, form: BaseForm | None = None, said: str = "") -> Response:
    if not may_see("job", public_id):
        return unknown()
    now = clock.now()
    with db.reading() as session:
        job = _job(session, public_id)
        if job is None:
            return unknown()
        found = queries.whole(session, job, now)
        pictures = photos.shown(session, [each.visit.id for each in found.visits])
    head, today = Head.of(settings()), clock.local_day(now)
    html = render_template(
        template,
        found=found,
        job=job,
        pictures=pictures,
        form=form if form is not None else PauseForm(),
        said=said,
        today=today,
        tomorrow=today + timedelta(days=1),
        soonest_end=today + rules.NOTICE,
        notice_days=rules.NOTICE.days,
        folder=f"{url_for('agreement.page', public_id=public_id)}/foto",
        charge_url=lambda charge: head.path("charge", charge.public_id),
        feed=feed_address(head, job),
    )
    return private(make_response(html, status))


def _visit_page(public_id: str, visit_id: str, status: int, *, said: str = "") -> Response:
    if not may_see("job", public_id):
        return unknown()
    today = clock.local_day(clock.now())
    with db.reading() as session:
        job = _job(session, public_id)
        found = queries.visit_of(session, job, visit_id) if job else None
        if job is None or found is None:
            return unknown()
        days = allowed.days_to_choose(session, job, found, today)
    html = render_template(
        "booking/agreement_visit.html",
        job=job,
        visit=found,
        days=days,
        chosen=request.form.get("day", ""),
        why=request.form.get("why", "")[:300],
        may_change=allowed.may_change(found, today),
        said=said,
    )
    return private(make_response(html, status))
