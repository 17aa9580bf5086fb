"""Which tools a citizen has been shown how to use, on the citizen's file at the desk."""

from __future__ import annotations

from flask import Blueprint, flash, make_response, redirect, render_template, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from workshop.citizens import door
from workshop.citizens.models import Citizen
from workshop.core import access, clock, db
from workshop.core.access import needs
from workshop.core.errors import Refusal
from workshop.core.i18n import _
from workshop.tasks.permits import actions, queries
from workshop.tasks.permits.forms import PermitForm, SeenAgainForm

blueprint = Blueprint("permits", __name__, url_prefix="/personale/borgere/<public_id>/vaerktoej")


@blueprint.get("")
@needs("citizen:read")
def of(public_id: str) -> Response:
    """What this person may use, since when, who showed it, and what ought to be seen again."""
    person = door.enter(access.require_actor(), public_id, clock.now())
    return _page(person, None, 200)


@blueprint.post("")
@needs("record:confirm")
def give(public_id: str) -> Response:
    """One more tool that was shown."""
    now, actor = clock.now(), access.require_actor()
    person = door.enter(actor, public_id, now, deed="write")
    form = PermitForm.posted()
    with db.reading() as session:
        _choose(session, form, person)
    if not form.validate():
        return _page(person, form, 422)
    try:
        with db.transaction() as session:
            actions.give(
                session,
                citizen_id=person.id,
                permit_kind_id=int(form.kind.data),
                on_what=form.on_what.data,
                given_on=form.given_on.data,
                see_again_on=form.see_again_on.data,
                instructed_by_id=int(form.instructed_by.data),
                by_staff_id=actor.account_id,
                now=now,
            )
    except Refusal as refusal:
        form.form_errors.append(refusal.sentence)
        return _page(person, form, 422)
    flash(_("Tilladelsen er skrevet ned."))
    return redirect(url_for("permits.of", public_id=public_id), 303)


@blueprint.get("/<permit_id>")
@needs("record:confirm")
def again(public_id: str, permit_id: str) -> Response:
    """A form for a tool that is seen again, and the way to end the permit."""
    person = door.enter(access.require_actor(), public_id, clock.now())
    return _again_page(person, permit_id, None, 200)


@blueprint.post("/<permit_id>")
@needs("record:confirm")
def again_post(public_id: str, permit_id: str) -> Response:
    """Seen again: the permit of before ends, a new one begins."""
    now, actor = clock.now(), access.require_actor()
    person = door.enter(actor, public_id, now, deed="write")
    form = SeenAgainForm.posted()
    with db.reading() as session:
        queries.permit_for(session, person.id, permit_id)
        form.fill(queries.instructors(session, person.department_id, actor.account_id))
    if not form.validate():
        return _again_page(person, permit_id, form, 422)
    try:
        with db.transaction() as session:
            actions.seen_again(
                session,
                queries.permit_for(session, person.id, permit_id),
                on=form.given_on.data,
                see_again_on=form.see_again_on.data,
                instructed_by_id=int(form.instructed_by.data),
                by_staff_id=actor.account_id,
                now=now,
            )
    except Refusal as refusal:
        form.form_errors.append(refusal.sentence)
        return _again_page(person, permit_id, form, 422)
    flash(_("Skrevet ned. Den gamle står under tidligere."))
    return redirect(url_for("permits.of", public_id=public_id), 303)


@blueprint.post("/<permit_id>/slut")
@needs("record:confirm")
def end(public_id: str, permit_id: str) -> Response:
    """The permit no longer counts from today."""
    now = clock.now()
    person = door.enter(access.require_actor(), public_id, now, deed="write")
    with db.transaction() as session:
        actions.end(session, queries.permit_for(session, person.id, permit_id), day=clock.local_day(now))
    flash(_("Tilladelsen er slut. Den står under tidligere."))
    return redirect(url_for("permits.of", public_id=public_id), 303)


def _choose(session: Session, form: PermitForm, person: Citizen) -> None:
    own = access.require_actor().account_id
    form.fill(queries.instructors(session, person.department_id, own))
    form.fill_kinds([(str(each.id), each.name) for each in queries.kinds(session) if each.is_used])


def _page(person: Citizen, form: PermitForm | None, status: int) -> Response:
    today, actor = clock.local_day(clock.now()), access.require_actor()
    form = form or PermitForm(data={"given_on": today, "instructed_by": str(actor.account_id)})
    with db.reading() as session:
        _choose(session, form, person)
        listed = queries.history_of(session, person.id, today)
    html = render_template(
        "permits/of.html",
        citizen=person,
        form=form,
        current=[each for each in listed if each.counts],
        past=[each for each in listed if not each.counts],
    )
    return make_response(html, status)


def _again_page(person: Citizen, permit_id: str, form: SeenAgainForm | None, status: int) -> Response:
    today, actor = clock.local_day(clock.now()), access.require_actor()
    form = form or SeenAgainForm(data={"given_on": today, "instructed_by": str(actor.account_id)})
    with db.reading() as session:
        queries.permit_for(session, person.id, permit_id)
        line = next(each for each in queries.history_of(session, person.id, today) if each.public_id == permit_id)
        form.fill(queries.instructors(session, person.department_id, actor.account_id))
    html = render_template("permits/again.html", citizen=person, permit=line, form=form)
    return make_response(html, status)
