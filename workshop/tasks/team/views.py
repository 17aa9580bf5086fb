"""What waits for staff, and the page where a whole team is confirmed at once. Own department only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import Blueprint, flash, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response

from workshop.accounts import queries as accounts
from workshop.core import access, audit, clock, db
from workshop.core.access import needs
from workshop.core.errors import NotHere, Refusal
from workshop.core.i18n import _, lazy, ngettext
from workshop.core.web import MenuEntry
from workshop.tasks import actions, queries
from workshop.tasks.models import RecordStatus
from workshop.tasks.queries import PartRow
from workshop.tasks.results import PartMarks, suggested_minutes
from workshop.tasks.team.forms import NOT_TODAY, PartForm, TeamForm, WhyForm

blueprint = Blueprint("team", __name__, url_prefix="/personale/hold")
Rows = Sequence[tuple[PartRow, PartForm]]


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
    """What waits to be confirmed, and what was confirmed lately."""
    person = access.require_actor()
    with db.reading() as session:
        drafts = queries.waiting(session, person)
        lately = queries.confirmed_lately(session, person)
    audit.record(person, "list", sorted({row.citizen_public_id for row in [*drafts, *lately]}), clock.now())
    return make_response(
        render_template("tasks/waiting.html", drafts=drafts, works=queries.together(drafts), lately=lately)
    )


@blueprint.get("/<public_id>")
@needs("record:confirm")
def record(public_id: str) -> Response:
    """One record with everybody who had part in it, to confirm or to correct."""
    rows = [(part, _form(part)) for part in _team(public_id)]
    joint = "ja" if any(part.is_joint for part, _form_of in rows) else "nej"
    return _page(public_id, rows, TeamForm(data={"joint": joint}), WhyForm(), 200)


@blueprint.post("/<public_id>")
@needs("record:confirm")
def confirm(public_id: str) -> Response:
    """Confirm for those who have an answer; the others wait. Own minutes and own marks each."""
    rows, team = _posted(public_id)
    work = _work(rows)
    wrong = [form for _part, form in rows if form.is_answered and not form.validate()]
    if wrong or not work or not team.validate():
        if not work:
            team.form_errors.append(_("Vælg et svar for mindst én."))
        return _page(public_id, rows, team, WhyForm(), 422)
    try:
        with db.transaction() as session:
            actions.confirm_team(
                session,
                work=_marks(work, is_joint=team.joint.data == "ja"),
                actor=access.require_actor(),
                now=clock.now(),
            )
            audit.record(access.require_actor(), "confirm", _people(rows), clock.now())
    except Refusal as refusal:
        team.form_errors.append(refusal.sentence)
        return _page(public_id, rows, team, WhyForm(), 409)
    people = sum(len(parts) for parts in work.values())
    flash(ngettext("Bekræftet for én.", "Bekræftet for %(num)s.", people))
    return redirect(url_for("team.waiting"), 303)


@blueprint.post("/<public_id>/ret")
@needs("record:confirm")
def correct(public_id: str) -> Response:
    """A new version with other marks, and why."""
    rows, team = _posted(public_id)
    why = WhyForm.posted()
    wrong = [form for _part, form in rows if not form.validate() or not form.is_answered]
    if wrong or not why.validate():
        if wrong:
            team.form_errors.append(_("Alle skal have et svar."))
        return _page(public_id, rows, team, why, 422)
    is_joint = team.joint.data == "ja"
    try:
        with db.transaction() as session:
            newer = actions.correct(
                session,
                record=queries.record_by_id(session, public_id),
                actor=access.require_actor(),
                now=clock.now(),
                why=why.why.data,
                parts=[form.marks(part.citizen_id, is_joint=is_joint) for part, form in rows],
            )
            audit.record(access.require_actor(), "correct", _people(rows), clock.now())
            newer_id = newer.public_id
    except Refusal as refusal:
        team.form_errors.append(refusal.sentence)
        return _page(public_id, rows, team, why, 409)
    flash(_("Rettet. Den gamle udgave er gemt."))
    return redirect(url_for("team.record", public_id=newer_id), 303)


@blueprint.post("/<public_id>/annuller")
@needs("record:confirm")
def void(public_id: str) -> Response:
    """Say that the record should not have been; nothing is deleted."""
    why = WhyForm.posted()
    rows = [(part, _form(part)) for part in _team(public_id)]
    if not why.validate():
        return _page(public_id, rows, TeamForm(), why, 422)
    with db.transaction() as session:
        actions.void(
            session,
            record=queries.record_by_id(session, public_id),
            actor=access.require_actor(),
            now=clock.now(),
            why=why.why.data,
        )
        audit.record(access.require_actor(), "void", _people(rows), clock.now())
    flash(_("Annulleret. Den tæller ikke mere."))
    return redirect(url_for("team.waiting"), 303)


def _team(public_id: str) -> Sequence[PartRow]:
    with db.reading() as session:
        return queries.team_of(session, access.require_actor(), public_id)


def _prefix(part: PartRow) -> str:
    return f"{part.record_id}.{part.citizen_public_id}"


def _form(part: PartRow) -> PartForm:
    """The form as it stands: what was marked, or minutes suggested from start and finish."""
    is_new = part.status is RecordStatus.DRAFT
    minutes = part.minutes if part.minutes is not None else suggested_minutes(part.started_at, part.finished_at)
    support = part.support.value if part.support else ("" if is_new else NOT_TODAY)
    quality = part.quality.value if part.quality else ""
    values = {"minutes": minutes, "support": support, "quality": quality, "observation": part.observation}
    return PartForm(data=values, prefix=_prefix(part))


def _posted(public_id: str) -> tuple[Rows, TeamForm]:
    """Everybody's answers as they were sent, and how the quality was seen."""
    rows = [(part, PartForm.posted(prefix=_prefix(part))) for part in _team(public_id)]
    return rows, TeamForm.posted()


def _work(rows: Rows) -> dict[str, Rows]:
    """The answered parts by record; a record of several people is confirmed only when all of them have an answer."""
    by_record: dict[str, list[tuple[PartRow, PartForm]]] = {}
    for part, form in rows:
        by_record.setdefault(part.record_id, []).append((part, form))
    return {key: parts for key, parts in by_record.items() if all(form.is_answered for _part, form in parts)}


def _marks(work: Mapping[str, Rows], *, is_joint: bool) -> dict[str, list[PartMarks]]:
    return {
        key: [form.marks(part.citizen_id, is_joint=is_joint) for part, form in parts] for key, parts in work.items()
    }


def _people(rows: Rows) -> list[str]:
    return sorted({part.citizen_public_id for part, _form_of in rows})


def _page(public_id: str, rows: Rows, team: TeamForm, why: WhyForm, status: int) -> Response:
    person = access.require_actor()
    shown = next((part for part, _form_of in rows if part.record_id == public_id), None)
    if shown is None:
        raise NotHere
    with db.reading() as session:
        versions = queries.versions_of(session, public_id)
        staff = accounts.staff_names(session)
    audit.record(person, "read", _people(rows), clock.now())
    html = render_template(
        "tasks/record.html",
        shown=shown,
        rows=rows,
        team=team,
        why=why,
        versions=versions,
        staff=staff,
        answered=sum(form.is_answered for _part, form in rows),
        is_draft=shown.status is RecordStatus.DRAFT,
        is_confirmed=shown.status is RecordStatus.CONFIRMED,
    )
    return make_response(html, status)
