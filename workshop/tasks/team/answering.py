"""What a round that is sent becomes: the page once more with somebody added or minutes filled in, or records."""

from __future__ import annotations

from collections.abc import Sequence

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from workshop.core import access, audit, clock, crypto, db, web
from workshop.core.errors import Refusal
from workshop.core.i18n import _, ngettext
from workshop.tasks.results import PartMarks
from workshop.tasks.team import page, writing
from workshop.tasks.team.forms import TeamForm
from workshop.tasks.team.jobs import Found
from workshop.tasks.team.page import Row, Shown
from workshop.tasks.team.writing import NewPart, Written

DEED, FILL, ADD, LEAVE_OUT = "goer", "minutter", "tilfoej", "fjern:"
MOST_IN_AN_ADDRESS = 40  # more than any team, and short enough for every browser and server


def answer(found: Found, address: str, *, paper: str, record_id: str = "") -> Response:
    """Do what was asked for: which button was pressed stands in the form."""
    deed = request.form.get(DEED, "")
    actor = access.require_actor()
    add = request.form.get("ny", "") if deed == ADD else ""
    leave_out = deed.removeprefix(LEAVE_OUT) if deed.startswith(LEAVE_OUT) else ""
    with db.reading() as session:
        shown = page.posted(session, actor, found, add=add, leave_out=leave_out)
    team = _team_as_sent(found)

    def again(status: int) -> Response:
        return page.show(found, shown, team, address, status, paper=paper, record_id=record_id)

    if deed == FILL and team.validate():
        page.fill(shown, team.for_all.data)
    if deed and not team.errors and _is_as_offered(shown, team, found, deed):
        minutes = team.for_all.data if deed == FILL else None
        return redirect(page.address_of(address, shown, team, minutes=minutes), 303)
    if deed:
        return again(422 if team.errors else 200)
    if not _is_right(shown, team):
        return again(422)
    try:
        written = _write(found, shown, team)
    except Refusal as refusal:
        team.form_errors.append(refusal.sentence)
        return again(409)
    flash(_said(written))
    return redirect(url_for("team.waiting"), 303)


def whole_records(rows: Sequence[Row]) -> dict[str, list[Row]]:
    """The answered parts by record; a record of several people is confirmed only when all of them have an answer."""
    by_record: dict[str, list[Row]] = {}
    for row in rows:
        if row.part.record_id and not row.is_own:
            by_record.setdefault(row.part.record_id, []).append(row)
    return {key: parts for key, parts in by_record.items() if all(row.form.is_answered for row in parts)}


def marks_of(rows: Sequence[Row], *, is_joint: bool) -> list[PartMarks]:
    """What was said about each of them."""
    return [row.form.marks(row.part.citizen_id, is_joint=is_joint) for row in rows]


def _team_as_sent(found: Found) -> TeamForm:
    """What is said of the whole round; a page without people had no room for minutes, so they are offered now."""
    team: TeamForm = TeamForm.posted()
    team.once.data = team.once.data or crypto.new_public_id()
    if team.for_all.name not in request.form:
        team.for_all.raw_data, team.for_all.data = [str(found.minutes)], found.minutes
    return team


def _is_as_offered(shown: Shown, team: TeamForm, found: Found, deed: str) -> bool:
    """Whether nothing was said of anybody or of the whole round: its page can be asked for again by its address."""
    if any(row.is_typed for row in shown.rows):
        return False
    offered = page.fresh_team(shown, found)
    is_same = deed == FILL or team.for_all._value() == offered.for_all._value()
    is_few = len(shown.rows) <= MOST_IN_AN_ADDRESS
    return is_same and is_few and team.joint.data == offered.joint.data and not team.ends_step.data


def _is_right(shown: Shown, team: TeamForm) -> bool:
    answered = [row for row in shown.rows if row.form.is_answered and not row.is_own]
    wrong = [row for row in answered if not row.form.validate()]
    if not team.validate() or wrong:
        return False
    if not whole_records(shown.rows) and not _new_ones(shown):
        team.form_errors.append(_("Vælg et svar for mindst én."))
        return False
    return True


def _new_ones(shown: Shown) -> list[Row]:
    """Those of whom nothing was written; of somebody who was not there, nothing is."""
    return [row for row in shown.rows if row.is_new and row.form.is_answered and row.form.minutes.data != 0]


def _write(found: Found, shown: Shown, team: TeamForm) -> Written:
    actor, now = access.require_actor(), clock.now()
    is_joint = team.joint.data == "ja"
    drafts = whole_records(shown.rows)
    fresh = _new_ones(shown)
    people = [*(row for rows in drafts.values() for row in rows), *fresh]
    with db.transaction() as session:
        written = writing.confirm_round(
            session,
            job=found.job,
            drafts={key: marks_of(rows, is_joint=is_joint) for key, rows in drafts.items()},
            others=[
                NewPart(marks, row.part.citizen_public_id, row.part.assignment_id)
                for row, marks in zip(fresh, marks_of(fresh, is_joint=is_joint), strict=True)
            ],
            actor=actor,
            now=now,
            once=team.once.data,
            base_url=web.settings().base_url,
            ends_step=bool(team.ends_step.data) and found.can_end_step,
        )
        audit.record(actor, "confirm", sorted({row.part.citizen_public_id for row in people}), now)
    return written


def _said(written: Written) -> str:
    said = []
    if written.confirmed:
        said.append(ngettext("Bekræftet for én.", "Bekræftet for %(num)s.", written.confirmed))
    if written.waiting:
        said.append(
            ngettext(
                "Skrevet for én. En kollega bekræfter.", "Skrevet for %(num)s. En kollega bekræfter.", written.waiting
            )
        )
    return " ".join(said)
