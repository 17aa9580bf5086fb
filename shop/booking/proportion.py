"""What somebody who withdraws midway pays: the part that was done, if they asked us to begin. Pure.

Source: forbrugeraftaleloven § 25: who expressly asked for the start pays in proportion to what was had; who did not,
pays nothing. § 18, stk. 2, nr. 2: the right ends with the whole work, if they knew that.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from workshop.core.i18n import _, ngettext
from workshop.core.money import half_up

WHOLE = 1000  # thousandths


@dataclass(frozen=True)
class Facts:
    """What was agreed and what was had of it, when the declaration came."""

    is_private: bool
    may_start_early: bool
    knows_right_ends: bool
    is_series: bool
    is_by_visit: bool  # each visit is a charge of its own
    is_snow: bool
    done: int  # visits made in the period, or days of it gone by where snow decides
    agreed: int  # the same, of the whole period
    begun_minutes: int = 0  # of a single visit that was under way
    visit_minutes: int = 1


class Proposal(NamedTuple):
    """Thousandths of the agreed price, with the reason; `may_owe` is False where nothing can be asked for."""

    permille: int
    why: str
    may_owe: bool = True
    has_right_ended: bool = False


def propose(facts: Facts) -> Proposal:
    """What staff are shown first."""
    if facts.is_private and not facts.may_start_early:
        sentence = _("Kunden har ikke bedt os begynde, før fristen var ude. Så skal der ikke betales noget.")
        return Proposal(0, sentence, may_owe=False)
    if not facts.is_series:
        return _single(facts)
    if facts.is_by_visit:
        counted = ngettext("%(num)s besøg er gjort", "%(num)s besøg er gjort", facts.done)
        return Proposal(0, _("%(counted)s. Hvert besøg betales for sig, så der kommer ikke mere til.", counted=counted))
    words = {"done": facts.done, "agreed": facts.agreed}
    why = (
        _("%(done)s af sæsonens %(agreed)s dage var gået.", **words)
        if facts.is_snow
        else _("%(done)s af periodens %(agreed)s besøg er gjort.", **words)
    )
    return Proposal(share(facts.done, facts.agreed), why)


def _single(facts: Facts) -> Proposal:
    if facts.done:
        ended = facts.knows_right_ends
        why = (
            _("Hele arbejdet er gjort, og kunden vidste, at retten så slutter. Der er ikke mere at fortryde.")
            if ended
            else _("Hele arbejdet er gjort og betales som aftalt. Der kommer ikke mere til.")
        )
        return Proposal(0, why, has_right_ended=ended)
    if facts.begun_minutes > 0:
        words = {"begun": facts.begun_minutes, "planned": facts.visit_minutes}
        why = _("Vi var i gang i %(begun)s af de %(planned)s minutter, besøget var sat til.", **words)
        return Proposal(share(facts.begun_minutes, facts.visit_minutes), why)
    return Proposal(0, _("Vi var ikke begyndt. Så skal der ikke betales noget."))


def share(done: int, agreed: int) -> int:
    """Thousandths, half up; never above the whole."""
    return min(WHOLE, half_up(max(0, done) * WHOLE, agreed)) if agreed > 0 else 0
