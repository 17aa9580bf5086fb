"""What a talk shows while it is open: the only place where the computed indication is seen, by staff and citizen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy.orm import Session

from workshop.progression import evidence, queries
from workshop.progression.evidence import Seen, rows_of
from workshop.progression.explaining import adopted_hint, explain, freshness_text, micro_step_text
from workshop.progression.indication import Indication, indicate
from workshop.progression.levels import is_gap_worth_a_talk, level_name
from workshop.progression.models import Talk
from workshop.progression.queries import OPEN_STATES, AdoptedRow
from workshop.tasks.models import Competence


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
    def is_gap(self) -> bool:
        """Whether the citizen's own view and what was agreed lie two steps apart."""
        return self.agreed is not None and is_gap_worth_a_talk(self.agreed.own_level, self.agreed.level)

    @property
    def now_name(self) -> str:
        """The agreed level in words."""
        return level_name(self.now) if self.now is not None else ""


@dataclass(frozen=True, slots=True)
class TalkPage:
    """What the template reads. `lines` is empty in the foundation phase, and once the talk is over.

    `agreed` are the levels agreed at this talk, `others` the competences that could be talked about too.
    """

    talk: Talk
    is_open: bool
    is_foundation: bool
    agreed: list[tuple[Competence, AdoptedRow]]
    lines: list[TalkLine]
    others: list[Competence]

    @property
    def near(self) -> list[TalkLine]:
        """What the talk is about; at a first talk that is everything that was seen."""
        return [line for line in self.lines if line.is_near] or self.lines

    @property
    def more(self) -> list[TalkLine]:
        """What was seen too, folded away until somebody wants to talk about it."""
        near = {line.key for line in self.near}
        return [line for line in self.lines if line.key not in near]


def talk_page(session: Session, talk: Talk, today: date, *, is_open: bool, also: str = "") -> TalkPage:
    """Read an open talk. `also` is the key of one more competence to talk about.

    Of a talk that is over there are only the levels agreed at it, without indication.
    """
    foundation_end = evidence.foundation_ends_on(session, talk.citizen_id, today)
    is_foundation = foundation_end is not None and today <= foundation_end
    competences = queries.competences(session)
    adopted = queries.adopted(session, talk.citizen_id)
    agreed = [(competences[each], row) for each, rows in adopted.items() for row in rows if row.talk_id == talk.id]
    if not is_open or is_foundation:
        return TalkPage(talk, is_open, is_foundation, agreed, [], [])
    found = evidence.seen(session, talk.citizen_id, None, today)
    goals = queries.goals_of(session, talk.citizen_id)
    targets = {
        goal.competence_id: goal.target_level for goal in goals if goal.state in OPEN_STATES and goal.competence_id
    }
    wanted = adopted.keys() | found.keys() | targets.keys()
    lines = [
        replace(
            _line(each, adopted.get(each.id, ()), found.get(each.id, ()), targets, talk, today),
            is_asked=each.key == also,
        )
        for each in competences.values()
        if each.id in wanted or each.key == also
    ]
    shown = {line.competence_id for line in lines}
    others = [each for each in competences.values() if each.id not in shown]
    return TalkPage(talk, is_open, is_foundation, agreed, lines, others)


def _line(
    competence: Competence,
    history: Sequence[AdoptedRow],
    found: Sequence[Seen],
    targets: Mapping[int, int | None],
    talk: Talk,
    today: date,
) -> TalkLine:
    suggested = indicate(rows_of(found), today)
    used = {row.record_id for row in suggested.used}
    before = [row for row in history if row.talk_id != talk.id]
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
        records=tuple(each for each in found if each.row.record_id in used),
    )
