"""A talk with a citizen at the desk. Only here is the computed indication seen, and only while the talk is open."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from workshop.citizens import door
from workshop.citizens.models import Citizen
from workshop.core import access, clock, db
from workshop.core.access import Actor, needs
from workshop.core.errors import NotHere, Refusal
from workshop.core.i18n import _
from workshop.progression import actions, queries
from workshop.progression.actions import Agreed, LevelRefused
from workshop.progression.forms import LevelForm
from workshop.progression.own_levels import Said
from workshop.progression.talk_page import TalkPage, talk_page

talks = Blueprint("talks", __name__)


@talks.post("/personale/borgere/<public_id>/samtale")
@needs("level:adopt")
def open_talk(public_id: str) -> Response:
    """Sit down with the citizen and open a talk."""
    now = clock.now()
    actor = access.require_actor()
    person = door.enter(actor, public_id, now, deed="write")
    with db.transaction() as session:
        opened = actions.open_talk(session, citizen_id=person.id, by_staff_id=actor.account_id, now=now)
        talk_id = opened.public_id
    return redirect(url_for("progression.talks.talk", public_id=public_id, talk_id=talk_id), 303)


@talks.get("/personale/borgere/<public_id>/samtale/<talk_id>")
@needs("level:adopt")
def talk(public_id: str, talk_id: str) -> Response:
    """The talk: the citizen's own view, what the records suggest, and what both agree on."""
    now = clock.now()
    actor = access.require_actor()
    person = door.enter(actor, public_id, now)
    page = _read(actor, person, talk_id, now)
    forms = {line.key: LevelForm(prefix=line.key) for line in page.lines}
    return _page(person, page, forms, 200)


@talks.post("/personale/borgere/<public_id>/samtale/<talk_id>")
@needs("level:adopt")
def talk_post(public_id: str, talk_id: str) -> Response:
    """Keep what was agreed; the talk goes on until it is closed."""
    now = clock.now()
    actor = access.require_actor()
    person = door.enter(actor, public_id, now, deed="write")
    page = _read(actor, person, talk_id, now)
    forms: dict[str, LevelForm] = {line.key: LevelForm.posted(prefix=line.key) for line in page.lines}
    if not all([form.validate() for form in forms.values()]):  # noqa: C419 — each form must say what it lacks
        return _page(person, page, forms, 422)
    if names := _agreed_otherwise(page, forms):
        sentence = _("Aftalt i dag står fast: %(names)s. Vil I noget andet, så tal om det næste gang.", names=names)
        return _page(person, page, forms, 409, sentence)
    said, agreed, is_over = _said(page, forms), _agreed(page, forms), request.form.get("derefter") == "luk"
    try:
        with db.transaction() as session:
            actions.keep(
                session,
                talk=queries.talk_of(session, person.id, talk_id),
                said=said,
                agreed=agreed,
                by_staff_id=actor.account_id,
                now=now,
                is_over=is_over,
            )
    except LevelRefused as refusal:
        key = next(line.key for line in page.lines if line.competence_id == refusal.competence_id)
        forms[key].note.errors = [refusal.sentence]
        return _page(person, page, forms, 422)
    except Refusal as refusal:
        return _page(person, page, forms, 409, refusal.sentence)
    if said or agreed:
        flash(_("Det aftalte er gemt.") if agreed else _("Det er gemt."))
    if is_over:
        return redirect(url_for("progression.citizen", public_id=public_id), 303)
    return redirect(url_for("progression.talks.talk", public_id=public_id, talk_id=talk_id), 303)


@talks.post("/personale/borgere/<public_id>/samtale/<talk_id>/luk")
@needs("level:adopt")
def close_talk(public_id: str, talk_id: str) -> Response:
    """The talk is over; the indication is out of sight again."""
    now = clock.now()
    person = door.enter(access.require_actor(), public_id, now, deed="write")
    with db.transaction() as session:
        actions.close_talk(session, talk=queries.talk_of(session, person.id, talk_id), now=now)
    return redirect(url_for("progression.citizen", public_id=public_id), 303)


def _read(actor: Actor, person: Citizen, talk_id: str, now: datetime) -> TalkPage:
    """The talk as its page shows it. Raises NotHere for a colleague's open talk: it is theirs and the citizen's."""
    with db.reading() as session:
        found = queries.talk_of(session, person.id, talk_id)
        is_open = queries.is_open(found, now)
        if is_open and found.by_staff_id != actor.account_id:
            raise NotHere
        also = request.args.get("ogsaa", "")
        return talk_page(session, found, clock.local_day(now), is_open=is_open, also=also)


def _agreed_otherwise(page: TalkPage, forms: dict[str, LevelForm]) -> str:
    """The competences that a page from before the last press would agree on anew, at another level."""
    sent = [(line, forms[line.key].agreed_level) for line in page.lines]
    stood = [line for line, level in sent if line.agreed is not None and level not in (None, line.agreed.level)]
    return ", ".join(line.name for line in stood)


def _said(page: TalkPage, forms: dict[str, LevelForm]) -> list[Said]:
    """What the citizen said of themselves, also where no level was agreed on."""
    return [
        Said(line.competence_id, forms[line.key].own_level, forms[line.key].own_words.data or "")
        for line in page.lines
        if line.own_today is None and forms[line.key].has_own_view
    ]


def _agreed(page: TalkPage, forms: dict[str, LevelForm]) -> list[Agreed]:
    """What was said, for each competence where a level was agreed on."""
    said = []
    for line in page.lines:
        form = forms[line.key]
        if line.agreed is None and form.agreed_level is not None:
            said.append(
                Agreed(
                    competence_id=line.competence_id,
                    level=form.agreed_level,
                    own_words=form.own_words.data or "",
                    note=form.note.data or "",
                    has_taught_others=bool(form.has_taught_others.data),
                )
            )
    return said


def _page(
    person: Citizen, page: TalkPage, forms: dict[str, LevelForm], status: int, sentence: str | None = None
) -> Response:
    html = render_template("progression/talk.html", citizen=person, page=page, forms=forms, sentence=sentence)
    return make_response(html, status)
