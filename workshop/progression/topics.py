"""What is worth a talk with one person, each with its reason in words, in the order of the list of competences.

No level is named here: the computed indication is seen at an open talk alone (decision 19).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from workshop.core.i18n import _
from workshop.progression.evidence import Seen, rows_of
from workshop.progression.explaining import adopted_hint, freshness_text
from workshop.progression.indication import Indication, indicate
from workshop.progression.levels import HIGHEST_COMPUTED_LEVEL, is_gap_worth_a_talk
from workshop.progression.own_levels import OwnRow
from workshop.progression.queries import AdoptedRow
from workshop.tasks.models import Competence


@dataclass(frozen=True, slots=True)
class Topic:
    """One thing to talk about, and why."""

    name: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Topics:
    """What to talk about; `unspoken` are competences that were seen while nothing was ever agreed about them."""

    listed: list[Topic]
    unspoken: list[str]

    def __bool__(self) -> bool:
        """Whether there is anything to talk about."""
        return bool(self.listed or self.unspoken)


def topics(
    adopted: Mapping[int, Sequence[AdoptedRow]],
    own: Mapping[int, Sequence[OwnRow]],
    found: Mapping[int, Sequence[Seen]],
    competences: Mapping[int, Competence],
    today: date,
) -> Topics:
    """Read what was agreed, said and seen side by side; the three are never mixed into one number."""
    listed, unspoken = [], []
    for each, competence in competences.items():
        suggested = indicate(rows_of(found.get(each, ())), today)
        if each in adopted:
            level = adopted[each][-1].level
            view = own[each][-1].level if each in own else None
            reasons = _reasons(level, view, suggested)
            if reasons:
                listed.append(Topic(competence.name, reasons))
        elif each in own:
            listed.append(Topic(competence.name, (_("Egen vurdering er sagt, og intet er aftalt endnu."),)))
        elif suggested.has_evidence:
            unspoken.append(competence.name)
    return Topics(listed, unspoken)


def _reasons(level: int, own_level: int | None, suggested: Indication) -> tuple[str, ...]:
    gap = is_gap_worth_a_talk(own_level, level)
    more = level < min(suggested.level, HIGHEST_COMPUTED_LEVEL)
    said = (
        _("Tal om det: egen vurdering og det aftalte ligger to trin eller mere fra hinanden.") if gap else None,
        _("Der er set nok til at tale om næste trin.") if more else None,
        adopted_hint(suggested, level),
        freshness_text(suggested),
    )
    return tuple(sentence for sentence in said if sentence)
