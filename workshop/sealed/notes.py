"""Sealed notes: a page that is there for their writer alone, and for a stand-in where the citizen said yes."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from workshop.citizens import caseload, door
from workshop.citizens.delegating import actions as delegating
from workshop.citizens.models import Citizen
from workshop.citizens.queries import NotYours
from workshop.core import access, audit, clock, db, web
from workshop.core.access import needs
from workshop.core.i18n import _
from workshop.sealed import actions, queries
from workshop.sealed.forms import ANYWAY, NoteForm

notes = Blueprint("notes", __name__)


@notes.get("/personale/borgere/<public_id>/lukkede-noter")
@needs("sealed:read")
def read(public_id: str) -> Response:
    """The notes, the newest first. For everybody else there is no such page."""
    now = clock.now()
    person, is_own = _reader(public_id, now)
    audit.record(access.require_actor(), "read", [public_id], now)
    return _page(person, NoteForm(), now, 200, is_own=is_own)


@notes.post("/personale/borgere/<public_id>/lukkede-noter")
@needs("sealed:read")
def write(public_id: str) -> Response:
    """Write one more; a note is never edited."""
    now = clock.now()
    actor = access.require_actor()
    person, is_own = _reader(public_id, now)
    audit.record(actor, "write", [public_id], now)
    form = NoteForm.posted()
    if not form.validate():
        return _page(person, form, now, 422, is_own=is_own)
    if form.doubtful_words and request.form.get("gem") != ANYWAY:
        return _page(person, form, now, 422, is_own=is_own, doubts=form.doubtful_words)
    with db.transaction() as session:
        keys = web.settings().master_keys
        actions.write_note(session, person, text=form.text.data, by=actor, master_keys=keys, now=now)
    flash(_("Noten er gemt."))
    return redirect(url_for("sealed.notes.read", public_id=public_id), 303)


@notes.post("/personale/borgere/<public_id>/lukkede-noter/ja/<delegation_id>")
@needs("sealed:read")
def say_yes(public_id: str, delegation_id: str) -> Response:
    """The citizen said yes in a talk: the notes follow to the stand-in while the delegation lasts."""
    now = clock.now()
    actor = access.require_actor()
    person = door.known(actor, public_id)
    with db.transaction() as session:
        delegating.hear_yes(session, person, delegation_id, by=actor, now=now)
        audit.record(actor, "notes yes", [public_id], now)
    flash(_("Skrevet ned. Du kan tage det tilbage, hvis %(name)s siger nej.", name=person.display_name))
    return redirect(url_for("sealed.cares", public_id=public_id), 303)


@notes.post("/personale/borgere/<public_id>/lukkede-noter/nej/<delegation_id>")
@needs("sealed:read")
def say_no(public_id: str, delegation_id: str) -> Response:
    """The citizen changed their mind: the notes stay with their writer."""
    now = clock.now()
    actor = access.require_actor()
    person = door.known(actor, public_id)
    with db.transaction() as session:
        delegating.hear_no(session, person, delegation_id, by=actor, now=now)
        audit.record(actor, "notes no", [public_id], now)
    flash(_("Skrevet ned. Noterne følger ikke med."))
    return redirect(url_for("sealed.cares", public_id=public_id), 303)


def _reader(public_id: str, now: datetime) -> tuple[Citizen, bool]:
    """The citizen, and whether the notes are the actor's own. Raises NotHere for everybody who may not read them."""
    actor = access.require_actor()
    person = door.known(actor, public_id)
    with db.reading() as session:
        writer_id = caseload.whose_notes(session, actor, person.id, clock.local_day(now))
    if writer_id is None:
        raise NotYours([public_id])
    return person, writer_id == actor.account_id


def _page(
    person: Citizen, form: NoteForm, now: datetime, status: int, *, is_own: bool, doubts: list[str] | None = None
) -> Response:
    actor, keys = access.require_actor(), web.settings().master_keys
    with db.reading() as session:
        listed = queries.notes(session, actor, person, clock.local_day(now), keys)
    html = render_template(
        "sealed/notes.html", citizen=person, notes=listed, form=form, is_own=is_own, doubts=doubts or []
    )
    return make_response(html, status)
