"""When somebody leaves: the last day, taking it back, and finding those who have left."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, flash, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response

from workshop.citizens import door
from workshop.citizens import queries as reads
from workshop.citizens.enrolling import actions, queries
from workshop.citizens.enrolling.forms import EarlierForm, EndForm, ResumeForm
from workshop.citizens.models import Citizen
from workshop.core import access, audit, clock, db
from workshop.core.access import needs
from workshop.core.errors import Refusal
from workshop.core.i18n import _
from workshop.core.pictures import PICTURES

blueprint = Blueprint("stays", __name__, url_prefix="/personale/borgere")


@blueprint.get("/<public_id>/slut")
@needs("citizen:enrol")
def end(public_id: str) -> Response:
    """Ask for the last day, and say what happens then."""
    citizen = door.enter(access.require_actor(), public_id, clock.now())
    return _end_page(citizen, EndForm(last_on=clock.local_day(clock.now())), "", 200)


@blueprint.post("/<public_id>/slut")
@needs("citizen:enrol")
def end_post(public_id: str) -> Response:
    """The last day is set; when it is here already, the tablet opens no more."""
    person, now, form = access.require_actor(), clock.now(), EndForm.posted()
    citizen = door.enter(person, public_id, now, deed="end of stay")
    if not form.validate():
        return _end_page(citizen, form, "", 422)
    try:
        with db.transaction() as session:
            found = reads.citizen_for(session, person, public_id)
            is_over = actions.end_stay(session, found, form.last_on.data, now=now)
            name = found.display_name
    except Refusal as refusal:
        return _end_page(citizen, form, refusal.sentence, 409)
    last = clock.day_text(form.last_on.data)
    if is_over:
        flash(_("%(name)s er stoppet. Du kan fortryde det her i 30 dage.", name=name))
        return redirect(url_for("stays.earlier"), 303)
    flash(_("%(name)s har sidste dag %(day)s.", name=name, day=last))
    return redirect(url_for("editing.page", public_id=public_id), 303)


@blueprint.get("/<public_id>/fortryd-slut")
@needs("citizen:enrol")
def resume(public_id: str) -> Response:
    """Take an end back: the stay goes on."""
    citizen = door.enter(access.require_actor(), public_id, clock.now())
    return _resume_page(citizen, ResumeForm(picture=citizen.picture), "", 200)


@blueprint.post("/<public_id>/fortryd-slut")
@needs("citizen:enrol")
def resume_post(public_id: str) -> Response:
    """The stay goes on with the same code."""
    person, now, form = access.require_actor(), clock.now(), ResumeForm.posted()
    citizen = door.enter(person, public_id, now, deed="stay goes on")
    if not form.validate():
        return _resume_page(citizen, form, "", 422)
    try:
        with db.transaction() as session:
            found = reads.citizen_for(session, person, public_id)
            actions.resume(session, found, picture=form.picture.data, ends_on=form.ends_on.data, now=now)
            name = found.display_name
    except Refusal as refusal:
        return _resume_page(citizen, form, refusal.sentence, 409)
    flash(_("%(name)s er med igen. Koden er den samme.", name=name))
    return redirect(url_for("editing.page", public_id=public_id), 303)


@blueprint.get("/tidligere")
@needs("citizen:enrol")
def earlier() -> Response:
    """Those whose end can still be taken back; a manager can look for others by name."""
    return _earlier_page(EarlierForm(), None, 200)


@blueprint.post("/tidligere")
@needs("caseload:delegate")  # what a manager may and nobody else
def search() -> Response:
    """Those who have left, by name; who was found and why is in the log before it is shown."""
    person, form = access.require_actor(), EarlierForm.posted()
    if not form.validate():
        return _earlier_page(form, None, 422)
    with db.reading() as session:
        found = queries.left_by_name(session, person, form.name.data)
    audit.record(person, "search", [each.public_id for each in found], clock.now(), reason=form.reason.data)
    return _earlier_page(form, found, 200)


def _end_page(citizen: Citizen, form: Any, said: str, status: int) -> Response:
    with db.reading() as session:
        stay = queries.newest_stay(session, citizen.id)
    html = render_template(
        "citizens/enrolling/end.html", citizen=citizen, stay=stay, form=form, said=said, within=queries.UNDO_WITHIN.days
    )
    return make_response(html, status)


def _resume_page(citizen: Citizen, form: Any, said: str, status: int) -> Response:
    with db.reading() as session:
        taken = queries.taken_pictures(session, citizen.department_id, citizen.id)
        stay = queries.newest_stay(session, citizen.id)
    html = render_template(
        "citizens/enrolling/resume.html",
        citizen=citizen,
        stay=stay,
        form=form,
        said=said,
        pictures=PICTURES,
        taken=taken,
    )
    return make_response(html, status)


def _earlier_page(form: Any, found: list[queries.EarlierRow] | None, status: int) -> Response:
    person, now = access.require_actor(), clock.now()
    with db.reading() as session:
        recent = queries.just_left(session, person, now)
    if recent:
        audit.record(person, "list", [each.public_id for each in recent], now)
    html = render_template(
        "citizens/enrolling/earlier.html",
        form=form,
        found=found,
        recent=recent,
        may_search=person.may("caseload:delegate"),
        has_file="progression.citizen" in current_app.view_functions,
    )
    return make_response(html, status)
