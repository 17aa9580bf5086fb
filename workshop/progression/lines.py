"""Agreed levels and goals of one citizen in words, put together from what was read. No session, no web."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

from babel.numbers import format_decimal

from workshop.citizens.attendance import AttendanceStability, attendance_text
from workshop.core import clock
from workshop.core.i18n import _, language, ngettext
from workshop.progression.evidence import Seen, rows_of
from workshop.progression.explaining import explain, freshness_text, micro_step_text
from workshop.progression.goal_rules import (
    GoalState,
    PlanWeek,
    highest_held_minutes,
    suggest_attendance_state,
    suggest_state,
)
from workshop.progression.indication import Indication, MicroStep, count_days, indicate
from workshop.progression.levels import HIGHEST_COMPUTED_LEVEL, HIGHEST_LEVEL, level_name
from workshop.progression.models import Goal, GoalExample, GoalKind, SubGoal
from workshop.progression.queries import OPEN_STATES, AdoptedRow
from workshop.tasks.models import Competence

MOST_EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class LevelLine:
    """One competence as it was agreed: at the first talk, now, and as a goal. Levels are 0 to 4.

    `reason` names the agreed level and says what it stands on, without a full stop; `step` is how far the next one is.
    """

    key: str
    name: str
    start: int
    now: int
    goal: int | None
    adopted_on: date
    own_words: str
    note: str
    reason: str
    step: str
    freshness: str | None
    records: tuple[Seen, ...]


class StepLine(NamedTuple):
    """A small step of a goal and where people say it stands."""

    title: str
    state: GoalState


@dataclass(frozen=True, slots=True)
class GoalLine:
    """A goal with the state people set, what the records suggest, and what was seen."""

    public_id: str
    title: str
    state: GoalState
    suggestion: str
    step: str
    examples: tuple[tuple[str, str, str], ...]
    own_words: str
    is_open: bool
    ended_on: date | None
    steps: tuple[StepLine, ...]

    @property
    def words(self) -> str:
        """The suggestion and the next small step on one line."""
        return " · ".join(part for part in (self.suggestion, self.step) if part)


def level_lines(
    adopted: Mapping[int, Sequence[AdoptedRow]],
    competences: Mapping[int, Competence],
    found: Mapping[int, Sequence[Seen]],
    goals: Sequence[Goal],
    today: date,
) -> list[LevelLine]:
    """The agreed levels in the order of the list of competences, each with what it stands on."""
    targets = {goal.competence_id: goal.target_level for goal in goals if goal.state in OPEN_STATES}
    return [
        _level_line(competences[each], adopted[each], found.get(each, ()), targets.get(each), today)
        for each in competences
        if each in adopted
    ]


def _level_line(
    competence: Competence, history: Sequence[AdoptedRow], found: Sequence[Seen], target: int | None, today: date
) -> LevelLine:
    first, newest = history[0], history[-1]
    then, lately = indicate(rows_of(found), newest.adopted_on), indicate(rows_of(found), today)
    shown = {row.record_id for row in then.rows_at(min(newest.level, HIGHEST_COMPUTED_LEVEL))}
    return LevelLine(
        key=competence.key,
        name=competence.name,
        start=first.level,
        now=newest.level,
        goal=target,
        adopted_on=newest.adopted_on,
        own_words=newest.own_words,
        note=newest.note,
        reason=reason_of(newest.level, then),
        step=_step_to(lately, newest.level + 1),
        freshness=freshness_text(lately),
        records=tuple(each for each in found if each.row.record_id in shown) if newest.level else (),
    )


def reason_of(level: int, then: Indication) -> str:
    """What an agreed level stands on, counted at the day it was agreed; the computed level itself is not in it."""
    basis = then.basis.label
    if level == HIGHEST_LEVEL:
        return _(
            "%(level)s: det har I aftalt ud fra det, I har set. Grundlag: %(basis)s",
            level=level_name(level),
            basis=basis,
        )
    if level == 0 or not then.rows_at(level):
        return _("%(level)s: aftalt ud fra samtalen. Grundlag: %(basis)s", level=level_name(level), basis=basis)
    return explain(replace(then, level=level))


def goal_line(
    goal: Goal,
    found: Sequence[Seen],
    indication: Indication | None,
    seen: AttendanceStability,
    examples: Sequence[GoalExample],
    today: date,
    *,
    steps: Sequence[SubGoal] = (),
    plan_minutes: int = 0,
    weeks: Sequence[PlanWeek] = (),
) -> GoalLine:
    """One goal in words; only an open goal has a suggestion, and a goal in the citizen's own words never has one.

    `plan_minutes` are the agreed minutes of a week now, `weeks` what was held of them lately. An hours goal says so and
    suggests no state: whether it was ok, the citizen and staff ask each other.
    """
    is_open = goal.state in OPEN_STATES
    suggested: GoalState | None = None
    step = ""
    if is_open and goal.kind is GoalKind.COMPETENCE and indication is not None and goal.target_level:
        suggested = suggest_state(indication, target=goal.target_level, started_on=goal.started_on, today=today)
        step = _step_to(indication, goal.target_level)
    elif is_open and goal.kind is GoalKind.ATTENDANCE and goal.target_of_ten:
        suggested = suggest_attendance_state(seen, target_percent=goal.target_of_ten * 10)
        step = attendance_text(seen)
    elif is_open and goal.kind is GoalKind.HOURS and goal.target_hours:
        since = [week for week in weeks if week.starts_on >= goal.started_on]
        step = _hours_step(plan_minutes, goal.target_hours, highest_held_minutes(since))
    is_news = suggested is not None and suggested not in (goal.state, GoalState.NOT_STARTED)
    return GoalLine(
        public_id=goal.public_id,
        title=goal.title,
        state=goal.state,
        suggestion=_("%(state)s (forslag)", state=suggested.label) if suggested is not None and is_news else "",
        step=step,
        examples=_examples(goal, found, examples),
        own_words=goal.own_words,
        is_open=is_open,
        ended_on=goal.ended_on,
        steps=tuple(StepLine(each.title, each.state) for each in steps),
    )


def _hours_step(plan_minutes: int, target_hours: int, held: int | None) -> str:
    """What is agreed for a week now, what the goal is, and the most that was held two weeks in a row."""
    said = ngettext(
        "Aftalt nu: %(now)s timer om ugen. Målet er %(num)s time",
        "Aftalt nu: %(now)s timer om ugen. Målet er %(num)s timer",
        target_hours,
        now=_hours(plan_minutes),
    )
    if held is None:
        return said
    if held < target_hours * 60:
        return _("%(said)s. %(held)s timer er holdt to uger i træk", said=said, held=_hours(held))
    return _(
        "%(said)s. %(held)s timer er holdt to uger i træk. Er det ok for jer begge, kan målet være nået",
        said=said,
        held=_hours(held),
    )


def _hours(minutes: int) -> str:
    return format_decimal(minutes / 60, format="#,##0.#", locale=language())


def _step_to(indication: Indication, target: int) -> str:
    """How far the target is, in small steps; nothing in the foundation phase, for level 4, or where it was seen."""
    if indication.is_foundation or target > HIGHEST_COMPUTED_LEVEL or indication.level >= target:
        return ""
    needed = indication.parameters.threshold(target)
    rows = indication.rows_at(target)
    return micro_step_text(MicroStep(target, len(rows), needed.rows, count_days(rows), needed.days))


def _examples(goal: Goal, found: Sequence[Seen], written: Sequence[GoalExample]) -> tuple[tuple[str, str, str], ...]:
    """What was seen since the goal began: written by people first, then the newest records."""
    days = [(each.seen_on, each.sentence) for each in written]
    days += [(each.row.day, each.observation or each.title) for each in found if each.row.day >= goal.started_on]
    newest = sorted(days, key=lambda pair: pair[0], reverse=True)[:MOST_EXAMPLES]
    return tuple((clock.short_day(day), day.isoformat(), sentence) for day, sentence in newest)
