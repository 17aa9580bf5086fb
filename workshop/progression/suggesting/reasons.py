"""Why a piece of work could be for one person, and what to mind: sentences, never a number and never an order of merit.

Nothing is left out and nothing is chosen here: all work of the days stays in sight, and people decide. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from workshop.core import clock
from workshop.core.i18n import _
from workshop.production.routines.words import clock_of
from workshop.tasks.week.minding import Minding, listed
from workshop.tasks.week.open_work import OpenWork
from workshop.tasks.wishing.queries import WishRow


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one person for some days.

    `agreed` are (start minute, minutes) by day, `away` days with a notice; `busy` is (start minute, minutes, title) by
    day.
    """

    name: str
    agreed: Mapping[date, tuple[int, int]]
    away: frozenset[date] = frozenset()
    busy: Mapping[date, list[tuple[int | None, int, str]]] = field(default_factory=dict)
    goals: Mapping[int, list[str]] = field(default_factory=dict)  # titles by task
    wishes: list[WishRow] = field(default_factory=list)
    kinds: Mapping[int, int] = field(default_factory=dict)  # kind of activity by task
    minding: Mapping[int, Minding] = field(default_factory=dict)  # by task
    said_no: frozenset[tuple[str, int | None]] = frozenset()  # ("step", id) and so on


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Work with what speaks for it and what to mind."""

    work: OpenWork
    speaks_for: list[str]
    mind: list[str]


def suggestion(work: OpenWork, facts: Facts) -> Suggestion:
    """The work with its reasons, in words."""
    said = facts.minding.get(work.task_type_id, Minding())
    speaks_for = [_("Et mål: %(goal)s", goal=title) for title in facts.goals.get(work.task_type_id, [])]
    speaks_for += [_("Et ønske: %(wish)s", wish=each.text) for each in facts.wishes if _is_about(each, work, facts)]
    if said.has:
        speaks_for.append(_("Har tilladelse: %(names)s", names=listed(said.has)))
    mind = [*said.sentences, *_hours(work, facts)]
    if (work.kind, work.order_step_id or work.visit_id or work.routine_id) in facts.said_no:
        mind.append(_("%(name)s har sagt nej tak til den.", name=facts.name))
    return Suggestion(work, speaks_for, mind)


def _is_about(wish: WishRow, work: OpenWork, facts: Facts) -> bool:
    """Whether a wish is about this work: the very step or visit, its task, or its kind of activity."""
    if wish.order_step_id is not None or wish.visit_id is not None:
        is_step = wish.order_step_id is not None and wish.order_step_id == work.order_step_id
        return is_step or (wish.visit_id is not None and wish.visit_id == work.visit_id)
    if wish.task_type_id is not None:
        return wish.task_type_id == work.task_type_id
    return wish.activity_kind_id is not None and wish.activity_kind_id == facts.kinds.get(work.task_type_id)


def _hours(work: OpenWork, facts: Facts) -> list[str]:
    """What of the agreed hours speaks against it."""
    if work.day is None:
        longest = max((minutes for _start, minutes in facts.agreed.values()), default=0)
        if longest and work.minutes > longest:
            return [_("Tager tit længere end de timer, der er aftalt på en dag.")]
        return []
    day = clock.day_text(work.day)
    if work.day in facts.away:
        return [_("%(name)s er her ikke %(day)s.", name=facts.name, day=day)]
    agreed = facts.agreed.get(work.day)
    if agreed is None:
        return [_("%(name)s kommer ikke %(day)s.", name=facts.name, day=day)]
    return [*_outside(work, agreed), *_at_the_same_time(work, facts)]


def _outside(work: OpenWork, agreed: tuple[int, int]) -> list[str]:
    start, minutes = agreed
    is_outside = work.start_minute is not None and (
        work.start_minute < start or work.start_minute + work.minutes > start + minutes
    )
    if not is_outside and work.minutes <= minutes:
        return []
    hours = f"{clock_of(start)}–{clock_of(start + minutes)}"
    return [_("Går ud over den aftalte tid, %(hours)s.", hours=hours)]


def _at_the_same_time(work: OpenWork, facts: Facts) -> list[str]:
    """What the person has that the work runs into; two that only meet do not overlap, nor does what has no time."""
    if work.day is None or work.start_minute is None:
        return []
    end = work.start_minute + work.minutes
    return [
        _("Har allerede %(title)s kl. %(time)s.", title=title, time=clock_of(start))
        for start, minutes, title in facts.busy.get(work.day, [])
        if start is not None and (start == work.start_minute or (start < end and work.start_minute < start + minutes))
    ]
