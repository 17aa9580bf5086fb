"""The page of a round: who stands on it, what was typed, and what it says when it is shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import urlencode

from flask import make_response, render_template, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from workshop.citizens import queries as citizens
from workshop.citizens.queries import PersonRow
from workshop.core import access, audit, clock, crypto, house_rules
from workshop.core.access import Actor
from workshop.core.text import clean
from workshop.sealed import aids
from workshop.sealed.aids import Aid
from workshop.tasks.models import RecordStatus
from workshop.tasks.remarks.queries import Remark, remarks_of
from workshop.tasks.results import MOST_MINUTES, suggested_minutes
from workshop.tasks.team import flags, queries
from workshop.tasks.team.forms import NOT_TODAY, PartForm, TeamForm
from workshop.tasks.team.jobs import Found
from workshop.tasks.team.queries import PartRow

MOST_NAMED = 500  # more than any team; a form with a hundred thousand is no team
WITH, CHOSEN, MINUTES, ONCE = "med", "valgt", "minutter", "once"  # in the address of a page whose people were chosen
NEW = "ny"  # stands in the name of a field where there is no record yet


@dataclass
class Row:
    """One person on the page. `is_own` is what the actor wrote themselves and a colleague has to see.

    `is_typed` says that something was chosen or written about them and is not kept yet.
    """

    part: PartRow
    form: PartForm
    flags: list[str] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    is_own: bool = False
    is_typed: bool = False

    @property
    def is_new(self) -> bool:
        """Whether nothing is written about them yet."""
        return not self.part.record_id


@dataclass
class Shown:
    """Everybody on the page, those who could be added, those written as away, and those already confirmed."""

    rows: list[Row]
    others: list[PersonRow]
    away: list[str]
    confirmed: list[PartRow]


def prefix_of(part: PartRow) -> str:
    """What the names of a person's fields begin with."""
    return f"{part.record_id or NEW}.{part.citizen_public_id}"


def load(session: Session, actor: Actor, found: Found) -> Shown:
    """The page as it stands: what is written and waits, and everybody who has the work and is not written as away.

    An address that names people shows those instead, and fills in the minutes it says.
    """
    named = _named(request.args.getlist(WITH)) if CHOSEN in request.args else None
    shown = _load(session, actor, found, named, form_as_it_stands)
    minutes = request.args.get(MINUTES, "")
    if minutes.isascii() and minutes.isdecimal() and int(minutes[:9]) <= MOST_MINUTES:
        fill(shown, int(minutes))
    return shown


def posted(session: Session, actor: Actor, found: Found, *, add: str = "", leave_out: str = "") -> Shown:
    """The page with those who came with the form, and what was typed about them."""
    named = _named([each for each in [*request.form.getlist(WITH), add] if each != leave_out])
    return _load(session, actor, found, named, form_as_sent)


def fill(shown: Shown, minutes: int | None) -> None:
    """Offer the same minutes to everybody who has none; nobody's own are touched, and nothing is written yet."""
    for row in shown.rows:
        if minutes is not None and not row.form.minutes._value() and not row.is_own:
            row.form.minutes.raw_data, row.form.minutes.data = [str(minutes)], minutes


def address_of(address: str, shown: Shown, team: TeamForm, *, minutes: int | None = None) -> str:
    """Where the page stands with the people it shows now, by their random ids; nothing that was said of them."""
    people = [row.part.citizen_public_id for row in shown.rows if row.is_new]
    values = [(CHOSEN, "ja"), (ONCE, team.once.data), *((WITH, each) for each in people)]
    if minutes is not None:
        values.append((MINUTES, str(minutes)))
    return f"{address}{'&' if '?' in address else '?'}{urlencode(values)}"


def _named(public_ids: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(clean(each) for each in public_ids if each))[-MOST_NAMED:]


def _said(form: PartForm) -> tuple[str, ...]:
    return form.minutes._value(), form.support.data or "", form.quality.data or "", form.observation.data or ""


def _load(
    session: Session,
    actor: Actor,
    found: Found,
    named: Sequence[str] | None,
    form_of: Callable[[PartRow], PartForm],
) -> Shown:
    job = found.job
    drafts = queries.drafts_of(session, actor, job)
    written = {part.citizen_id for part in drafts}
    left_out: set[int] = set()
    if named is None:
        asked = [part for part in queries.given(session, actor, job) if part.citizen_id not in written]
        left_out = queries.away(session, asked, job.day)
    else:
        asked = queries.named(session, actor, job, named) if named else []
    people = [part for part in asked if part.citizen_id not in written | left_out]
    parts = sorted([*drafts, *people], key=lambda part: (part.sort_name, part.citizen_id, part.number))
    there = {part.citizen_id for part in parts}
    return Shown(
        rows=decorated(session, actor, parts, job.day, form_of),
        others=[
            each for each in citizens.everyone(session, actor, job.day, only_enrolled=True) if each.id not in there
        ],
        away=[part.display_name for part in asked if part.citizen_id in left_out],
        confirmed=queries.confirmed_of(session, actor, job),
    )


def decorated(
    session: Session, actor: Actor, parts: Sequence[PartRow], day: date, form_of: Callable[[PartRow], PartForm]
) -> list[Row]:
    """Each person's part with its form, the aids that can be ticked, what does not go together, and remarks."""
    is_own = house_rules.is_on(session, house_rules.FOUR_EYES)
    wrong = flags.flags_of(session, parts, day)
    said = remarks_of(session, [part.number for part in parts if part.number])
    offered, used = _aids(session, actor, parts, day)
    rows = []
    for part in parts:
        form = form_of(part)
        form.offer(None if offered is None else offered.get(part.citizen_id, []))
        ticked = used.get(part.part_id, [])
        if form.aids.data is None:
            form.aids.data = ticked
        is_typed = _said(form) != _said(form_as_it_stands(part)) or sorted(form.aids.data) != sorted(ticked)
        rows.append(
            Row(
                part,
                form,
                wrong.get(part.citizen_id, []),
                [each for each in said.get(part.number, []) if each.citizen_id == part.citizen_id],
                is_own and part.status is RecordStatus.DRAFT and part.recorded_by_id == actor.account_id,
                is_typed,
            )
        )
    return rows


def form_as_it_stands(part: PartRow) -> PartForm:
    """What was marked, or minutes suggested from start, finish and breaks."""
    is_new = part.status is RecordStatus.DRAFT
    minutes = part.minutes
    if minutes is None:
        minutes = suggested_minutes(part.started_at, part.finished_at, part.paused_seconds)
    support = part.support.value if part.support else ("" if is_new else NOT_TODAY)
    quality = part.quality.value if part.quality else ""
    values = {"minutes": minutes, "support": support, "quality": quality, "observation": part.observation}
    return PartForm(data=values, prefix=prefix_of(part))


def form_as_sent(part: PartRow) -> PartForm:
    """What this request says about somebody; who was added just now has said nothing, and stands as they are."""
    prefix = prefix_of(part)
    if not any(name.startswith(prefix + "-") for name in request.form):
        return form_as_it_stands(part)
    sent: PartForm = PartForm.posted(prefix=prefix)
    return sent


def show(
    found: Found, shown: Shown, team: TeamForm, address: str, status: int, *, paper: str, record_id: str = ""
) -> Response:
    """The page itself; whoever is on it is in the log before it is shown."""
    actor = access.require_actor()
    parts = [*(row.part for row in shown.rows), *shown.confirmed]
    people = sorted({part.citizen_public_id for part in parts} | {each.public_id for each in shown.others})
    audit.record(actor, "read", people, clock.now())
    html = render_template(
        "team/round.html",
        found=found,
        shown=shown,
        rows=shown.rows,
        team=team,
        address=address,
        paper=paper,
        record_id=record_id,
        anew=address_of(address, shown, team),
        answered=sum(row.form.is_answered for row in shown.rows),
        asked=sum(not row.is_own for row in shown.rows),
    )
    return make_response(html, status)


def fresh_team(shown: Shown, found: Found) -> TeamForm:
    """The answers about the whole round before anybody has said anything."""
    joint = "ja" if any(row.part.is_joint for row in shown.rows) else "nej"
    once = request.args.get(ONCE, "")
    is_known = len(once) == len(fresh := crypto.new_public_id()) and once.isascii() and once.isprintable()
    return TeamForm(data={"joint": joint, "for_all": found.minutes, "once": once if is_known else fresh})


def _aids(
    session: Session, actor: Actor, parts: Sequence[PartRow], day: date
) -> tuple[dict[int, list[Aid]] | None, dict[int, list[int]]]:
    """The aids that can be ticked and those that are; nothing to somebody who does not plan the work."""
    if not actor.may("week:assign"):
        return None, {}
    offered = aids.aids_of(session, {part.citizen_id for part in parts}, day)
    return offered, aids.used(session, [part.part_id for part in parts if part.part_id]) if offered else {}
