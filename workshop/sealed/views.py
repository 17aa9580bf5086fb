"""What a task has to allow for, on the citizen's file at the desk, and on the citizen's own page at the tablet."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from workshop.citizens import caseload, door
from workshop.citizens import queries as citizens
from workshop.citizens.delegating import queries as delegations
from workshop.citizens.models import Citizen
from workshop.core import access, audit, clock, db, web
from workshop.core.access import needs
from workshop.core.errors import NotHere, Refusal
from workshop.core.i18n import _
from workshop.sealed import actions, demands, queries
from workshop.sealed.actions import ReplacedMeanwhile
from workshop.sealed.forms import ANYWAY, CareForm, kind_name
from workshop.sealed.models import SealedKind
from workshop.sealed.notes import notes
from workshop.sealed.queries import Care

blueprint = Blueprint("sealed", __name__)
blueprint.register_blueprint(notes)
blueprint.add_app_template_filter(kind_name, "kind_name")


@blueprint.get("/personale/borgere/<public_id>/hensyn")
@needs("sealed:read")
def cares(public_id: str) -> Response:
    """What work has to allow for: all of it for the caseload, one line for whoever plans, and who reads what."""
    now = clock.now()
    actor = access.require_actor()
    person = door.enter(actor, public_id, now)
    today, keys = clock.local_day(now), web.settings().master_keys
    with db.reading() as session:
        sees_text = queries.may_read_text(session, actor, person, today)
        listed = queries.history(session, actor, person, today, keys)
        has_notes = caseload.whose_notes(session, actor, person.id, today) is not None
        asked = delegations.to_ask(session, actor, person.id, today)
    html = render_template(
        "sealed/cares.html",
        citizen=person,
        sees_text=sees_text,
        current=[each for each in listed if each.is_current],
        ahead=[each for each in listed if each.is_ahead],
        past=[each for each in listed if not each.is_current and not each.is_ahead],
        has_notes=has_notes,
        asked=asked,
    )
    return make_response(html)


@blueprint.get("/personale/borgere/<public_id>/hensyn/nyt")
@needs("sealed:read")
def new(public_id: str) -> Response:
    """An empty form."""
    now = clock.now()
    person = _in_caseload(public_id, now)
    asked = request.args.get("slags", "")
    kind = asked if asked in set(SealedKind) else SealedKind.ACCOMMODATION.value
    return _page(person, CareForm(data={"kind": kind, "from_on": clock.local_day(now)}), None, 200)


@blueprint.post("/personale/borgere/<public_id>/hensyn/nyt")
@needs("sealed:read")
def new_post(public_id: str) -> Response:
    """Write it."""
    return _write(public_id, "")


@blueprint.get("/personale/borgere/<public_id>/hensyn/<care_id>")
@needs("sealed:read")
def replace(public_id: str, care_id: str) -> Response:
    """The form with what stands now; saving writes a new one in its place."""
    now = clock.now()
    person = _in_caseload(public_id, now)
    old = _care(person, care_id, now)
    if old.is_replaced or not (old.is_current or old.is_ahead):
        return redirect(url_for("sealed.cares", public_id=public_id), 303)
    from_on = max(old.from_on, clock.local_day(now))
    values = {
        "kind": old.kind.value,
        "text": old.text,
        "line": old.line,
        "from_on": from_on,
        "until_on": old.until_on,
        "spared": [key for key, _name in old.spared],
    }
    return _page(person, CareForm(data=values), old, 200)


@blueprint.post("/personale/borgere/<public_id>/hensyn/<care_id>")
@needs("sealed:read")
def replace_post(public_id: str, care_id: str) -> Response:
    """Write the new one; the old one stays in the history."""
    return _write(public_id, care_id)


@blueprint.post("/personale/borgere/<public_id>/hensyn/<care_id>/slut")
@needs("sealed:read")
def end(public_id: str, care_id: str) -> Response:
    """It is no longer needed."""
    now = clock.now()
    person = _in_caseload(public_id, now, deed="write")
    with db.transaction() as session:
        actions.end_accommodation(session, person, care_id, by=access.require_actor(), now=now)
    flash(_("Afsluttet. Det står stadig under tidligere."))
    return redirect(url_for("sealed.cares", public_id=public_id), 303)


@blueprint.get("/vaerksted/det-hjaelper-mig")
@needs("kiosk:use")
def mine() -> Response:
    """The citizen's own page: what the workshop allows for, in the words that staff wrote."""
    now = clock.now()
    actor = access.require_actor()
    with db.reading() as session:
        me = citizens.own_citizen(session, actor)
    audit.record(actor, "read", [me.public_id], now)
    with db.reading() as session:
        listed = queries.accommodations(session, actor, me, clock.local_day(now), web.settings().master_keys)
    return make_response(render_template("sealed/mine.html", cares=listed, me=citizens.Me(me.display_name, me.picture)))


def _in_caseload(public_id: str, now: datetime, *, deed: str = "read") -> Citizen:
    """The citizen, for whoever may read and write the texts. Raises NotHere for a colleague: there is no such page."""
    actor = access.require_actor()
    person = door.known(actor, public_id)
    with db.reading() as session:
        if not queries.may_read_text(session, actor, person, clock.local_day(now)):
            raise citizens.NotYours([public_id])
    audit.record(actor, deed, [public_id], now)
    return person


def _write(public_id: str, old_id: str) -> Response:
    now = clock.now()
    actor = access.require_actor()
    person = _in_caseload(public_id, now, deed="write")
    old = _care(person, old_id, now) if old_id else None
    form = _offered(CareForm.posted())
    if not form.validate():
        return _page(person, form, old, 422)
    if form.doubtful_words and request.form.get("gem") != ANYWAY:
        return _page(person, form, old, 422, doubts=form.doubtful_words)
    try:
        with db.transaction() as session:
            actions.write_accommodation(
                session,
                person,
                kind=SealedKind(form.kind.data),
                text=form.text.data,
                line=form.line.data or "",
                from_on=form.from_on.data,
                until_on=form.until_on.data,
                by=actor,
                master_keys=web.settings().master_keys,
                now=now,
                replaces=old_id,
                spared=form.spared.data,
            )
    except ReplacedMeanwhile as refusal:
        form.form_errors.append(refusal.sentence)
        return _page(person, form, _newest(person, old_id, now), 409, is_other=True)
    except Refusal as refusal:
        form.form_errors.append(refusal.sentence)
        return _page(person, form, old, 409)
    flash(_("Gemt."))
    return redirect(url_for("sealed.cares", public_id=public_id), 303)


def _offered(form: CareForm) -> CareForm:
    with db.reading() as session:
        return form.offered(demands.every_demand(session))


def _care(person: Citizen, care_id: str, now: datetime) -> Care:
    found = next((each for each in _listed(person, now) if each.public_id == care_id), None)
    if found is None:
        raise NotHere
    return found


def _newest(person: Citizen, old_id: str, now: datetime) -> Care:
    """The one that stands at the end of the replacements of `old_id`."""
    listed = _listed(person, now)
    newest = next(each for each in listed if each.public_id == old_id)
    while newest.replaced_by:
        newest = next(each for each in listed if each.public_id == newest.replaced_by)
    return newest


def _listed(person: Citizen, now: datetime) -> list[Care]:
    actor, keys = access.require_actor(), web.settings().master_keys
    with db.reading() as session:
        return queries.history(session, actor, person, clock.local_day(now), keys)


def _page(
    person: Citizen,
    form: CareForm,
    old: Care | None,
    status: int,
    *,
    doubts: list[str] | None = None,
    is_other: bool = False,
) -> Response:
    html = render_template(
        "sealed/care.html", citizen=person, form=_offered(form), old=old, doubts=doubts or [], is_other=is_other
    )
    return make_response(html, status)
