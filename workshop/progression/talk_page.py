"""What a talk shows while it is open: the only place where the computed indication is seen, by staff and citizen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

from sqlalchemy.orm import Session

from workshop.progression import evidence, queries
from workshop.progression.evidence import Seen, rows_of
from workshop.progression.explaining import adopted_hint, explain, freshness_text, micro_step_text
from workshop.progression.indication import Indication, indicate
from workshop.progression.levels import is_gap_worth_a_talk, level_name
from workshop.progression.models import Talk
from workshop.progression.own_levels import OwnRow, own_levels
from workshop.progression.queries import OPEN_STATES, AdoptedRow
from workshop.tasks.models import Competence
from workshop.tasks.remarks.queries import Remark, remarks_by


@dataclass(frozen=True, slots=True)
class TalkLine:
    """One competence to talk about. Levels are 0 to 4, None where nothing was agreed."""

    key: str
    competence_id: int
    name: str
    anchors: tuple[str, ...]
    start: int | None
    now: int | None
    goal: int | None
    suggested: Indication
    agreed: AdoptedRow | None
    own_today: OwnRow | None
    own_before: OwnRow | None
    has_new_records: bool
    records: tuple[Seen, ...]
    is_asked: bool = False

    @property
    def is_near(self) -> bool:
        """Whether it is what these people talk about: agreed on before, a goal, or asked for; the rest can wait."""
        return self.is_asked or self.now is not None or self.goal is not None or self.agreed is not None

    @property
    def indication(self) -> int | None:
        """The level drawn as a small mark; none where there is nothing to suggest from."""
        return self.suggested.level if self.suggested.has_evidence else None

    @property
    def explanation(self) -> str:
        """Why the indication says what it says."""
        return explain(self.suggested)

    @property
    def step(self) -> str:
        """How far the next step is, in words."""
        return micro_step_text(self.suggested.micro_step) if self.suggested.micro_step else ""

    @property
    def freshness(self) -> str | None:
        """A gentle word where it is long ago and records still count."""
        return freshness_text(self.suggested) if self.suggested.has_evidence else None

    @property
    def hint(self) -> str | None:
        """What to say where the newest records show more support than what was agreed."""
        return adopted_hint(self.suggested, self.now) if self.now is not None else None

    @property
    def own(self) -> OwnRow | None:
        """The citizen's newest own view, said today or at an earlier talk."""
        return self.own_today or self.own_before

    @property
    def level(self) -> int | None:
        """The level people agreed on, today or before."""
        return self.agreed.level if self.agreed is not None else self.now

    @property
    def is_gap(self) -> bool:
        """Whether the citizen's own view lies two steps from what was agreed, or seen where nothing is agreed yet."""
        other = self.level if self.level is not None else self.indication
        return self.own is not None and is_gap_worth_a_talk(self.own.level, other)

    @property
    def is_done(self) -> bool:
        """Whether a level was agreed on at this talk."""
        return self.agreed is not None

    @property
    def has_news(self) -> bool:
        """Whether there is something new to talk about; such a line is marked, and the first one stands open."""
        if self.is_done:
            return False
        return self.is_asked or self.has_new_records or self.is_gap or bool(self.hint or self.freshness)

    @property
    def now_name(self) -> str:
        """The agreed level in words."""
        return level_name(self.now) if self.now is not None else ""


class Spoken(NamedTuple):
    """What a talk came to for one competence: the level both agreed on, the citizen's own view, or both."""

    name: str
    agreed: AdoptedRow | None
    own: OwnRow | None


@dataclass(frozen=True, slots=True)
class TalkPage:
    """What the template reads. `lines` is empty in the foundation phase, and once the talk is over.

    `spoken` is what this talk came to, `others` the competences that could be talked about too, and `remarks` what the
    citizen says about the records shown.
    """

    talk: Talk
    is_open: bool
    is_foundation: bool
    spoken: list[Spoken]
    lines: list[TalkLine]
    others: list[Competence]
    remarks: Mapping[int, Sequence[Remark]]

    @property
    def near(self) -> list[TalkLine]:
        """What the talk is about; at a first talk that is everything that was seen."""
        return [line for line in self.lines if line.is_near] or self.lines

    @property
    def more(self) -> list[TalkLine]:
        """What was seen too, folded away until somebody wants to talk about it."""
        near = {line.key for line in self.near}
        return [line for line in self.lines if line.key not in near]

    @property
    def first(self) -> str:
        """The key of the one that stands open: what was asked for, else the first with something new to talk about."""
        asked = [line for line in self.lines if line.is_asked]
        news = [line for line in (*self.near, *self.more) if line.has_news]
        return next((line.key for line in (*asked, *news)), "")

    @property
    def is_first_in_more(self) -> bool:
        """Whether what stands open is among what was seen too, which then must not be folded away."""
        return any(line.key == self.first for line in self.more)


def talk_page(session: Session, talk: Talk, today: date, *, is_open: bool, also: str = "") -> TalkPage:
    """Read an open talk. `also` is the key of one more competence to talk about.

    Of a talk that is over there are only the levels agreed at it, without indication.
    """
    foundation_end = evidence.foundation_ends_on(session, talk.citizen_id, today)
    is_foundation = foundation_end is not None and today <= foundation_end
    competences = queries.competences(session)
    adopted = queries.adopted(session, talk.citizen_id)
    own = own_levels(session, talk.citizen_id)
    if not is_open or is_foundation:
        return TalkPage(talk, is_open, is_foundation, _spoken(talk, competences, adopted, own), [], [], {})
    found = evidence.seen(session, talk.citizen_id, None, today)
    goals = queries.goals_of(session, talk.citizen_id)
    targets = {
        goal.competence_id: goal.target_level for goal in goals if goal.state in OPEN_STATES and goal.competence_id
    }
    wanted = adopted.keys() | own.keys() | found.keys() | targets.keys()
    lines = [
        replace(
            _line(each, adopted.get(each.id, ()), own.get(each.id, ()), found.get(each.id, ()), targets, talk, today),
            is_asked=each.key == also,
        )
        for each in competences.values()
        if each.id in wanted or each.key == also
    ]
    shown = {line.competence_id for line in lines}
    others = [each for each in competences.values() if each.id not in shown]
    remarks = remarks_by(session, talk.citizen_id, {each.id for line in lines for each in line.records})
    return TalkPage(talk, is_open, is_foundation, _spoken(talk, competences, adopted, own), lines, others, remarks)


def _spoken(
    talk: Talk,
    competences: Mapping[int, Competence],
    adopted: Mapping[int, Sequence[AdoptedRow]],
    own: Mapping[int, Sequence[OwnRow]],
) -> list[Spoken]:
    """What was said at this talk, in the order of the list of competences."""
    levels = {each: row for each, rows in adopted.items() for row in rows if row.talk_id == talk.id}
    views = {each: row for each, rows in own.items() for row in rows if row.talk_id == talk.id}
    return [
        Spoken(competence.name, levels.get(each), views.get(each))
        for each, competence in competences.items()
        if each in levels or each in views
    ]


def _line(
    competence: Competence,
    history: Sequence[AdoptedRow],
    views: Sequence[OwnRow],
    found: Sequence[Seen],
    targets: Mapping[int, int | None],
    talk: Talk,
    today: date,
) -> TalkLine:
    suggested = indicate(rows_of(found), today)
    used = {row.record_id for row in suggested.used}
    before = [row for row in history if row.talk_id != talk.id]
    own_before = [row for row in views if row.talk_id != talk.id]
    newest = max((row.day for row in suggested.used), default=None)
    return TalkLine(
        key=competence.key,
        competence_id=competence.id,
        name=competence.name,
        anchors=(competence.anchor_1, competence.anchor_2, competence.anchor_3, competence.anchor_4),
        start=history[0].level if history else None,
        now=before[-1].level if before else None,
        goal=targets.get(competence.id),
        suggested=suggested,
        agreed=next((row for row in history if row.talk_id == talk.id), None),
        own_today=next((row for row in views if row.talk_id == talk.id), None),
        own_before=own_before[-1] if own_before else None,
        has_new_records=newest is not None and (not before or newest > before[-1].adopted_on),
        records=tuple(each for each in found if each.row.record_id in used),
    )
