"""When somebody leaves: the last day, taking it back, finding those who have left, and letting them in again."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, flash, make_response, redirect, render_template, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from workshop.citizens import door
from workshop.citizens import queries as reads
from workshop.citizens.enrolling import actions, card, queries, returning
from workshop.citizens.enrolling.forms import WORKDAYS, EarlierForm, EndForm, ResumeForm, ReturnForm
from workshop.citizens.models import Citizen
from workshop.core import access, audit, clock, db, web
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


@blueprint.get("/<public_id>/nyt-forloeb")
@needs("citizen:enrol")
def again(public_id: str) -> Response:
    """The form for somebody who has been here before: what they had is filled in."""
    now = clock.now()
    citizen = door.enter(access.require_actor(), public_id, now)
    if citizen.is_active:
        return redirect(url_for("editing.page", public_id=public_id), 303)
    with db.reading() as session:
        days = [tuple(each) for each in reads.week_plan(session, citizen.id, clock.local_day(now))] or WORKDAYS
        taken = queries.taken_pictures(session, citizen.department_id, citizen.id)
        picture = "" if citizen.picture in taken else citizen.picture
        form = ReturnForm(picture=picture, started_on=clock.local_day(now), days=days)
        return _again_page(session, citizen, form, "", 200)


@blueprint.post("/<public_id>/nyt-forloeb")
@needs("citizen:enrol")
def again_post(public_id: str) -> Response:
    """Let them in again. The answer shows the new code, once, so there is no redirect."""
    person, now, form = access.require_actor(), clock.now(), ReturnForm.posted()
    citizen = door.enter(person, public_id, now, deed="stay begins again")
    if citizen.is_active:  # the form was sent twice: the code was shown the first time
        flash(_("%(name)s er her igen. Lav en ny kode, hvis du ikke nåede at se den.", name=citizen.display_name))
        return redirect(url_for("editing.page", public_id=public_id), 303)
    with db.reading() as session:
        _fill_again(session, form, citizen)
        if not form.validate():
            return _again_page(session, citizen, form, "", 422)
    try:
        with db.transaction() as session:
            found = reads.citizen_for(session, person, public_id)
            pin = _begin_again(session, found, form, person.account_id)
            note = card.note(session, found, pin, person.account_id)
            html = render_template("citizens/enrolling/made.html", citizen=found, pin=pin, note=note, is_back=True)
    except Refusal as refusal:
        with db.reading() as session:
            return _again_page(session, citizen, form, refusal.sentence, 409)
    return make_response(html)


@blueprint.get("/tidligere")
@needs("citizen:enrol")
def earlier() -> Response:
    """Those whose end can still be taken back; others are looked for by name, and with a reason."""
    return _earlier_page(EarlierForm(), None, 200)


@blueprint.post("/tidligere")
@needs("citizen:enrol")  # whoever lets people in: who cannot find somebody writes a second file about them
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


def _begin_again(session: Session, citizen: Citizen, form: Any, by: int) -> str:
    programmes = queries.programmes(session, form.started_on.data)
    return returning.begin_again(
        session,
        citizen,
        picture=form.picture.data,
        contact=queries.staff_by_public_id(session, form.contact.data),
        programme_type_id=next(each.id for each in programmes if each.key == form.programme.data),
        started_on=form.started_on.data,
        ends_on=form.ends_on.data,
        days=form.days.data,
        by=by,
        pepper=web.settings().pin_pepper,
        now=clock.now(),
        cheap=web.settings().cheap_hashes,
    )


def _fill_again(session: Session, form: Any, citizen: Citizen) -> None:
    day = form.started_on.data or clock.local_day(clock.now())
    form.programme.choices = [("", _("Vælg")), *((each.key, each.name) for each in queries.programmes(session, day))]
    form.contact.choices = [("", _("Vælg")), *queries.contacts(session, citizen.department_id)]


def _again_page(session: Session, citizen: Citizen, form: Any, said: str, status: int) -> Response:
    _fill_again(session, form, citizen)
    html = render_template(
        "citizens/enrolling/again.html",
        citizen=citizen,
        stay=queries.newest_stay(session, citizen.id),
        form=form,
        said=said,
        pictures=PICTURES,
        taken=queries.taken_pictures(session, citizen.department_id, citizen.id),
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
        has_file="progression.citizen" in current_app.view_functions,
    )
    return make_response(html, status)
