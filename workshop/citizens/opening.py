"""What answers when a file does not open at once: the question why, and the page for what is not one's own."""

from __future__ import annotations

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import StringField
from wtforms.validators import Length

from workshop.citizens import door, queries
from workshop.citizens.door import ReasonNeeded
from workshop.citizens.queries import NotYours
from workshop.core import access, audit, clock, db, web
from workshop.core.access import needs
from workshop.core.errors import Forbidden
from workshop.core.forms import BaseForm, required
from workshop.core.i18n import lazy

blueprint = Blueprint("opening", __name__)


class ReasonForm(BaseForm):
    """Why a file outside one's caseload is opened."""

    reason = StringField(
        lazy("Hvorfor åbner du siden?"),
        [required(lazy("Skriv kort, hvorfor du åbner siden.")), Length(min=5, max=300)],
    )


@blueprint.app_errorhandler(NotYours)
def not_yours(tried: NotYours) -> Response:
    """The very page of what is not there; that somebody tried stands in the log."""
    person = access.actor()
    if person is not None:
        audit.record(person, "refused", tried.people, clock.now())
    return web.error_page(404)


@blueprint.app_errorhandler(Forbidden)
def not_your_work(_error: Forbidden) -> Response:
    """Staff whose roles do not open a page: when it is somebody's file, the try stands in the log like any other."""
    public_id = (request.view_args or {}).get("public_id")
    if public_id and request.path.startswith("/personale/borgere/"):
        person = access.actor()
        with db.reading() as session:
            is_somebody = queries.is_somebody(session, public_id)
        if person is not None and is_somebody:
            audit.record(person, "refused", [public_id], clock.now())
    return web.error_page(403)


@blueprint.app_errorhandler(ReasonNeeded)
def ask_why(asked: ReasonNeeded) -> Response:
    """Outside one's caseload: a small form first, and nothing about the citizen on it."""
    wanted = request.full_path.rstrip("?") if request.method == "GET" else ""
    return _page(asked.public_id, ReasonForm(), wanted, 403)


@blueprint.post("/personale/borgere/<public_id>/grund")
@needs("citizen:read")
def give_reason(public_id: str) -> Response:
    """Write why the file is opened, and go on to the page that was asked for."""
    form = ReasonForm.posted()
    wanted = request.form.get("videre", "")
    if not form.validate():
        door.known(access.require_actor(), public_id)
        return _page(public_id, form, wanted, 422)
    door.give_reason(access.require_actor(), public_id, form.reason.data, clock.now())
    file = url_for("progression.citizen", public_id=public_id)
    onward = access.safe_next(wanted, file)
    return redirect(onward if onward.startswith(f"{file}/") else file, 303)


def _page(public_id: str, form: ReasonForm, wanted: str, status: int) -> Response:
    return make_response(render_template("citizens/reason.html", form=form, public_id=public_id, wanted=wanted), status)
