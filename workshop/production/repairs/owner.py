"""The owner's page: how far it is, what it costs, and two buttons. It opens by the link of the mail or the slip."""

from __future__ import annotations

import hmac

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from workshop.core import access, clock, crypto, db, web
from workshop.core.access import public
from workshop.core.errors import Refusal
from workshop.core.i18n import _
from workshop.production.forms import SeenForm
from workshop.production.repairs import agreeing, queries
from workshop.production.repairs.door import LASTS, Head, let_in, may_see
from workshop.production.repairs.models import JobState, RepairJob

blueprint = Blueprint("handed_in", __name__, url_prefix="/indlevering")


@blueprint.get("/<public_id>/<token>")
@public
def link(public_id: str, token: str) -> Response:
    """The link: let this browser in and go on to the clean address. Staff who scan a slip come to hand it back."""
    person = access.actor()
    with db.reading() as session:
        job = queries.for_owner(session, public_id)
    if job is None or not hmac.compare_digest(crypto.token_hash(token), job.link_hash) or _is_over(job):
        return _unknown()
    if person is not None and person.may("repair:handle") and job.department_id in person.department_ids:
        return redirect(url_for("handing_back.page", public_id=public_id), 303)
    return _private(let_in(redirect(url_for("handed_in.page", public_id=public_id), 303), public_id))


@blueprint.get("/<public_id>")
@public
def page(public_id: str) -> Response:
    """How far it is."""
    return _page(public_id, 200)


@blueprint.post("/<public_id>/svar")
@public
def answer(public_id: str) -> Response:
    """Yes or no to the price that stood on the page."""
    form, said = SeenForm.posted(), request.form.get("svar")
    if not may_see(public_id):
        return _unknown()
    if said not in ("ja", "nej"):
        return _page(public_id, 422, said=_("Tryk på ja eller nej."))
    try:
        with db.transaction() as session:
            job = queries.for_owner(session, public_id)
            if job is None:
                return _unknown()
            agreeing.answer(
                session,
                job,
                is_yes=said == "ja",
                version=form.seen,
                head=Head.of(web.settings()),
                now=clock.now(),
                by_staff_id=None,
            )
    except Refusal as refusal:
        return _page(public_id, 409, said=refusal.sentence)
    flash(_("Tak. Vi går i gang.") if said == "ja" else _("Tak for svaret. Du kan hente den igen."))
    return _private(redirect(url_for("handed_in.page", public_id=public_id), 303))


def _page(public_id: str, status: int, *, said: str = "") -> Response:
    if not may_see(public_id):
        return _unknown()
    with db.reading() as session:
        job = queries.for_owner(session, public_id)
        lines = queries.lines(session, job.id) if job else ()
    if job is None or _is_over(job):
        return _unknown()
    today = clock.local_day(clock.now())
    html = render_template(
        "production/repairs/owner.html",
        job=job,
        lines=lines,
        said=said,
        is_asked=job.state is JobState.ASSESSED,
        has_lapsed=job.quote_until is not None and job.quote_until < today,
    )
    return _private(make_response(html, status))


def _is_over(job: RepairJob) -> bool:
    """A link lasts for some time after the thing was fetched."""
    return job.ended_at is not None and clock.now() > job.ended_at + LASTS


def _unknown() -> Response:
    """The same for a thing that is not there and one that is not yours."""
    return _private(make_response(render_template("production/repairs/unknown.html"), 404))


def _private(response: Response) -> Response:
    """A page that is one person's: no cache keeps it."""
    response.headers["Cache-Control"] = "no-store"
    return response
