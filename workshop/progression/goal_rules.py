"""What the records suggest about a goal. A suggestion only: a goal is reached when a person and the citizen say so.

There is no total percent, and nothing here suggests that a goal is adjusted or stopped: those are neutral choices.
A goal in the citizen's own words has no rule here at all: it is for people only.
Source: domain D2 "Goal progress".
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise

from workshop.citizens.attendance import AttendanceStability
from workshop.core.i18n import _
from workshop.progression.indication import Basis, Indication
from workshop.progression.levels import HIGHEST_COMPUTED_LEVEL, HIGHEST_LEVEL

RECENT_DAYS = 30
"""A goal is suggested as reached only where it was also seen within so many days; day 30 is inside."""

ATTENDANCE_DAYS = 28
"""Four weeks: how far back an attendance goal looks."""

HELD_PERCENT = 90
"""A week of a plan is held from this share of its hours."""


class GoalState(StrEnum):
    """Where a goal stands."""

    NOT_STARTED = "not_started"
    IN_PROGRESS = "in_progress"
    WELL_ON_THE_WAY = "well_on_the_way"
    REACHED = "reached"
    ADJUSTED = "adjusted"
    STOPPED = "stopped"

    @property
    def is_open(self) -> bool:
        """Whether people still work on it; the other three are ends, each as good as the next."""
        return self in (GoalState.NOT_STARTED, GoalState.IN_PROGRESS, GoalState.WELL_ON_THE_WAY)

    @property
    def label(self) -> str:
        """The word beside the goal."""
        return {
            GoalState.NOT_STARTED: _("ikke startet"),
            GoalState.IN_PROGRESS: _("i gang"),
            GoalState.WELL_ON_THE_WAY: _("godt på vej"),
            GoalState.REACHED: _("nået"),
            GoalState.ADJUSTED: _("justeret"),
            GoalState.STOPPED: _("stoppet"),
        }[self]


@dataclass(frozen=True, slots=True)
class PlanWeek:
    """One week of an hours goal: what the plan says, what was left of it, and what was held.

    `plan_minutes` is the weekly level of the plan version in force; `agreed_minutes` the same less closed and
    agreed-away time. That it was ok, for the citizen and for staff, is not in it: they say so to each other.
    """

    starts_on: date
    plan_minutes: int
    agreed_minutes: int
    attended_minutes: int

    @property
    def is_held(self) -> bool:
        """Whether nearly all agreed hours were held."""
        return self.agreed_minutes > 0 and self.attended_minutes * 100 >= self.agreed_minutes * HELD_PERCENT


def suggest_state(indication: Indication, *, target: int, started_on: date, today: date) -> GoalState:
    """What the records suggest about a competence goal with the target level 1 to 4, begun on `started_on`.

    Target 4 is never suggested as reached: staff and citizen alone set it.

    Raises ValueError for any other target.
    """
    if not 1 <= target <= HIGHEST_LEVEL:
        raise ValueError(f"a target is 1 to {HIGHEST_LEVEL}, not {target}")
    if _is_reached(indication, target, today):
        return GoalState.REACHED
    if _is_well_on_the_way(indication, target):
        return GoalState.WELL_ON_THE_WAY
    if indication.last_seen is not None and indication.last_seen >= started_on:
        return GoalState.IN_PROGRESS
    return GoalState.NOT_STARTED


def _is_reached(indication: Indication, target: int, today: date) -> bool:
    if target > HIGHEST_COMPUTED_LEVEL or indication.level < target or indication.basis is Basis.THIN:
        return False
    return any((today - row.day).days <= RECENT_DAYS for row in indication.rows_at(target))


def _is_well_on_the_way(indication: Indication, target: int) -> bool:
    """One level below, or half of the rows the target needs; with nothing seen, level 0 is not "one below 1"."""
    if not indication.has_evidence:
        return False
    if indication.level == target - 1:
        return True
    if target > HIGHEST_COMPUTED_LEVEL:
        return False
    return len(indication.rows_at(target)) * 2 >= indication.parameters.threshold(target).rows


def suggest_attendance_state(seen: AttendanceStability, *, target_percent: int) -> GoalState:
    """What four weeks of attendance suggest about a goal of coming on `target_percent` (1 to 100) of the agreed days.

    Each day counts against the plan version in force on it. With a base too small for "x af y" it says no more than
    that the goal is in progress. Well on the way is half of the target, as it is for a competence.

    Raises ValueError for any other target.
    """
    if not 1 <= target_percent <= 100:
        raise ValueError(f"a target is 1 to 100 percent, not {target_percent}")
    if seen.has_rate:
        if seen.came * 100 >= target_percent * seen.base:
            return GoalState.REACHED
        if seen.came * 200 >= target_percent * seen.base:
            return GoalState.WELL_ON_THE_WAY
    return GoalState.IN_PROGRESS if seen.came else GoalState.NOT_STARTED


def highest_held_minutes(weeks: Iterable[PlanWeek]) -> int | None:
    """The highest weekly plan, in minutes, that was held two weeks in a row; None where none was.

    `weeks` are all weeks of the period. A week with no agreed hours (closed, agreed away) neither helps nor breaks.
    """
    open_weeks = sorted((week for week in weeks if week.agreed_minutes > 0), key=lambda week: week.starts_on)
    held = [
        second.plan_minutes
        for first, second in pairwise(open_weeks)
        if first.is_held and second.is_held and first.plan_minutes == second.plan_minutes
    ]
    return max(held, default=None)
