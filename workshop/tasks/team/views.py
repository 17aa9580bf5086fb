"""What waits for staff, and one record: confirmed with everybody who did the same work, corrected, or voided."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from flask import Blueprint, flash, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response

from workshop.accounts import queries as accounts
from workshop.core import access, audit, clock, db, house_rules
from workshop.core.access import needs
from workshop.core.errors import Refusal
from workshop.core.i18n import _, lazy
from workshop.core.web import MenuEntry
from workshop.tasks import actions
from workshop.tasks.models import RecordStatus
from workshop.tasks.queries import record_by_id
from workshop.tasks.team import answering, flags, jobs, page, queries
from workshop.tasks.team.flags import Clash
from workshop.tasks.team.forms import TeamForm, WhyForm
from workshop.tasks.team.jobs import Found
from workshop.tasks.team.page import Row
from workshop.tasks.team.queries import RecordRow
from workshop.tasks.unrecorded import queries as unrecorded

blueprint = Blueprint("team", __name__, url_prefix="/personale/hold")
LOOKS_BACK = timedelta(days=30)


def count_waiting() -> int:
    """How many records wait, for the menu."""
    person = access.actor()
    if person is None:
        return 0
    with db.reading() as session:
        return queries.count_waiting(session, person)


MENU = (MenuEntry("desk", lazy("Holdet"), "team.waiting", "hold", "record:confirm", order=20, count=count_waiting),)


@blueprint.get("")
@needs("record:confirm")
def waiting() -> Response:
    """What waits to be confirmed, what has waited long, what no record tells of, and what was confirmed lately."""
    person, now = access.require_actor(), clock.now()
    with db.reading() as session:
        drafts = queries.waiting(session, person)
        lately = queries.confirmed_lately(session, person)
        clashes = flags.clashes(session, person, clock.local_day(now) - LOOKS_BACK)
        untold = unrecorded.count(session, person, now)
        is_four_eyes = house_rules.is_on(session, house_rules.FOUR_EYES)
    works = queries.together(drafts)
    forgotten = queries.forgotten(works, now)
    audit.record(person, "list", _named(drafts, lately, clashes), now)
    return make_response(
        render_template(
            "tasks/waiting.html",
            drafts=drafts,
            works=[work for work in works if work not in forgotten],
            forgotten=forgotten,
            lately=lately,
            clashes=clashes,
            untold=untold,
            own_id=person.account_id if is_four_eyes else None,
        )
    )


@blueprint.get("/<public_id>")
@needs("record:confirm")
def record(public_id: str) -> Response:
    """A draft with everybody who did the same work, to confirm; or one record as it is, to correct."""
    found = _draft(public_id)
    if found is None:
        rows = _rows(public_id)
        joint = "ja" if any(row.part.is_joint for row in rows) else "nej"
        return _page(public_id, rows, TeamForm(data={"joint": joint}), WhyForm(), 200)
    with db.reading() as session:
        shown = page.load(session, access.require_actor(), found)
    team = page.fresh_team(shown, found)
    return page.show(found, shown, team, _address(public_id), 200, paper=_paper(public_id), record_id=public_id)


@blueprint.post("/<public_id>")
@needs("record:confirm")
def confirm(public_id: str) -> Response:
    """Confirm for those who have an answer; the others wait. Own minutes and own marks each."""
    found = _draft(public_id)
    if found is None:
        rows, team = _rows(public_id, is_posted=True), TeamForm.posted()
        team.form_errors.append(_("Registreringen er allerede bekræftet. Ret den i stedet."))
        return _page(public_id, rows, team, WhyForm(), 409)
    return answering.answer(found, _address(public_id), paper=_paper(public_id), record_id=public_id)


@blueprint.post("/<public_id>/ret")
@needs("record:confirm")
def correct(public_id: str) -> Response:
    """A new version with other marks, and why."""
    rows, team, why = _rows(public_id, is_posted=True), TeamForm.posted(), WhyForm.posted()
    wrong = [row for row in rows if not row.form.validate() or not row.form.is_answered]
    if wrong or not why.validate():
        if wrong:
            team.form_errors.append(_("Alle skal have et svar."))
        return _page(public_id, rows, team, why, 422)
    try:
        with db.transaction() as session:
            newer = actions.correct(
                session,
                record=record_by_id(session, public_id),
                actor=access.require_actor(),
                now=clock.now(),
                why=why.why.data,
                parts=answering.marks_of(rows, is_joint=team.joint.data == "ja"),
            )
            audit.record(access.require_actor(), "correct", _people(rows), clock.now())
            newer_id, waits = newer.public_id, newer.status is RecordStatus.DRAFT
    except Refusal as refusal:
        team.form_errors.append(refusal.sentence)
        return _page(public_id, rows, team, why, 409)
    flash(_("Skrevet. En kollega bekræfter rettelsen.") if waits else _("Rettet. Den gamle udgave er gemt."))
    return redirect(url_for("team.record", public_id=newer_id), 303)


@blueprint.post("/<public_id>/annuller")
@needs("record:confirm")
def void(public_id: str) -> Response:
    """Say that the record should not have been; nothing is deleted."""
    why = WhyForm.posted()
    rows = _rows(public_id)
    try:
        with db.transaction() as session:
            actions.void(
                session,
                record=record_by_id(session, public_id),
                actor=access.require_actor(),
                now=clock.now(),
                why=why.why.data if why.validate() else "",
            )
            audit.record(access.require_actor(), "void", _people(rows), clock.now())
    except Refusal as refusal:
        flash(refusal.sentence)
        return redirect(url_for("team.record", public_id=public_id), 303)
    flash(_("Annulleret. Den tæller ikke mere."))
    return redirect(url_for("team.waiting"), 303)


def _named(*listed: Sequence[RecordRow | Clash]) -> list[str]:
    return sorted({row.citizen_public_id for rows in listed for row in rows})


def _draft(public_id: str) -> Found | None:
    """The work of a record that waits; None for one that does not. Raises NotHere for another department's."""
    with db.reading() as session:
        queries.parts_of(session, access.require_actor(), public_id)
        written = record_by_id(session, public_id)
        return jobs.of_record(session, written) if written.status is RecordStatus.DRAFT else None


def _rows(public_id: str, *, is_posted: bool = False) -> list[Row]:
    actor = access.require_actor()
    with db.reading() as session:
        parts = queries.parts_of(session, actor, public_id)
        day = record_by_id(session, public_id).done_on
        return page.decorated(session, actor, parts, day, page.form_as_sent if is_posted else page.form_as_it_stands)


def _people(rows: Sequence[Row]) -> list[str]:
    return sorted({row.part.citizen_public_id for row in rows})


def _address(public_id: str) -> str:
    return url_for("team.confirm", public_id=public_id)


def _paper(public_id: str) -> str:
    return url_for("team_rounds.sheet", kind=jobs.RECORD, ident=public_id)


def _page(public_id: str, rows: Sequence[Row], team: TeamForm, why: WhyForm, status: int) -> Response:
    """One record by itself, in any of its versions."""
    person = access.require_actor()
    with db.reading() as session:
        found = jobs.of_record(session, record_by_id(session, public_id))
        versions = queries.versions_of(session, public_id)
        staff = accounts.staff_names(session)
        is_four_eyes = house_rules.is_on(session, house_rules.FOUR_EYES)
    own = next((each.confirmed_by_id for each in versions if each.public_id == public_id), None) == person.account_id
    audit.record(person, "read", _people(rows), clock.now())
    html = render_template(
        "tasks/record.html",
        found=found,
        shown=rows[0].part,
        rows=rows,
        team=team,
        why=why,
        versions=versions,
        staff=staff,
        is_for_a_colleague=own and is_four_eyes,
        is_draft=rows[0].part.status is RecordStatus.DRAFT,
        is_confirmed=rows[0].part.status is RecordStatus.CONFIRMED,
    )
    return make_response(html, status)
