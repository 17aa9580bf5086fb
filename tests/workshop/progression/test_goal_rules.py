"""What records suggest about a goal: each condition, each edge of it, and that people have the last word."""

import itertools
from datetime import UTC, date, datetime, timedelta

import pytest

from workshop.citizens.attendance import AttendanceDay, AttendanceMark, attendance_stability
from workshop.progression.goal_rules import (
    GoalState,
    PlanWeek,
    highest_held_minutes,
    suggest_attendance_state,
    suggest_state,
)
from workshop.progression.indication import Basis, Row, indicate
from workshop.tasks.marks import Quality, Support

pytestmark = pytest.mark.once

TODAY = date(2026, 5, 20)
LONG_AGO = date(2025, 1, 1)
_ids = itertools.count(1)


def row(days_ago: int, marks: str = "S0Q2", **changes) -> Row:
    defaults = {
        "record_id": f"r{next(_ids)}",
        "day": TODAY - timedelta(days=days_ago),
        "minutes": 60,
        "support": Support(marks[:2]),
        "quality": Quality(marks[2:]),
        "recorded_at": datetime(2026, 1, 1, tzinfo=UTC),
        "confirmed_by": "lone",
    }
    return Row(**(defaults | changes))


def suggested(rows: list[Row], target: int, started_on: date = LONG_AGO, **more) -> GoalState:
    return suggest_state(indicate(rows, TODAY, **more), target=target, started_on=started_on, today=TODAY)


def shown(level: int, *days_ago: int) -> list[Row]:
    marks = {1: "S4Q1", 2: "S2Q2", 3: "S0Q2"}[level]
    return [row(each, marks) for each in days_ago]


# Competence goals


@pytest.mark.parametrize("target", [1, 2, 3, 4])
def test_nothing_seen_is_not_started_whatever_the_target(target):
    assert suggested([], target) is GoalState.NOT_STARTED


def test_one_row_since_the_goal_began_is_in_progress():
    rows = shown(1, 10)
    assert suggested(rows, 3, started_on=TODAY - timedelta(days=10)) is GoalState.IN_PROGRESS
    assert suggested(rows, 3, started_on=TODAY - timedelta(days=9)) is GoalState.NOT_STARTED


def test_a_row_that_cannot_count_starts_nothing():
    assert suggested([row(1, minutes=9)], 3) is GoalState.NOT_STARTED
    assert suggested([row(1, confirmed_by=None)], 3) is GoalState.NOT_STARTED


def test_one_level_below_the_target_is_well_on_the_way():
    assert indicate(shown(2, 1, 2, 3), TODAY).level == 2
    assert suggested(shown(2, 1, 2, 3), 3) is GoalState.WELL_ON_THE_WAY
    assert suggested(shown(1, 1, 2, 3), 3) is GoalState.IN_PROGRESS


def test_half_of_the_rows_at_the_target_is_well_on_the_way():
    assert indicate(shown(3, 1, 2), TODAY).level == 1
    assert suggested(shown(3, 1, 2), 3) is GoalState.WELL_ON_THE_WAY
    assert suggested(shown(3, 1) + shown(1, 2), 3) is GoalState.IN_PROGRESS


def test_half_of_three_rows_is_two():
    one_at_two = [*shown(2, 1), row(500, "S0Q2")]
    assert suggested(one_at_two, 2) is GoalState.WELL_ON_THE_WAY  # Level 1 is one below the target 2.
    assert suggested(shown(2, 1, 2), 2) is GoalState.WELL_ON_THE_WAY


def test_the_target_shown_lately_on_enough_ground_is_suggested_as_reached():
    assert suggested(shown(3, 1, 2, 3, 4), 3) is GoalState.REACHED
    assert suggested(shown(2, 1, 2, 3), 2) is GoalState.REACHED
    assert suggested(shown(3, 1, 2, 3, 4), 2) is GoalState.REACHED


def test_a_thin_basis_never_suggests_reached():
    thin = shown(1, 1, 2)
    assert indicate(thin, TODAY).basis is Basis.THIN
    assert suggested(thin, 1) is GoalState.WELL_ON_THE_WAY
    assert suggested(shown(1, 1, 2, 3), 1) is GoalState.REACHED


def test_the_target_must_have_been_shown_within_thirty_days():
    assert suggested(shown(3, 30, 31, 32, 33), 3) is GoalState.REACHED
    assert suggested(shown(3, 31, 32, 33, 34), 3) is GoalState.WELL_ON_THE_WAY


def test_a_lower_row_lately_is_not_the_target_shown_lately():
    assert suggested(shown(3, 31, 32, 33, 34) + shown(2, 1), 3) is GoalState.WELL_ON_THE_WAY


def test_target_four_is_never_suggested_as_reached():
    best = [row(each, "S0Q3") for each in range(8)]
    assert indicate(best, TODAY).level == 3
    assert suggested(best, 4) is GoalState.WELL_ON_THE_WAY
    assert suggested(shown(2, 1, 2, 3), 4) is GoalState.IN_PROGRESS


def test_in_the_foundation_phase_a_goal_is_in_progress_at_most():
    rows = shown(3, 1, 2, 3, 4)
    assert suggested(rows, 3, foundation_ends_on=TODAY) is GoalState.IN_PROGRESS
    assert suggested(rows, 3, foundation_ends_on=TODAY - timedelta(days=1)) is GoalState.REACHED


@pytest.mark.parametrize("target", [0, 5])
def test_a_target_outside_one_to_four_is_refused(target):
    with pytest.raises(ValueError, match="1 to 4"):
        suggested([], target)


def test_adjusted_and_stopped_are_never_suggested():
    pools = ([], shown(1, 1), shown(2, 1, 2, 3), shown(3, 1, 2, 3, 4))
    suggestions = {suggested(rows, target) for rows in pools for target in (1, 2, 3, 4)}
    assert suggestions.isdisjoint({GoalState.ADJUSTED, GoalState.STOPPED})


def test_the_states_have_the_agreed_words():
    assert [state.label for state in GoalState] == [
        "ikke startet",
        "i gang",
        "godt på vej",
        "nået",
        "justeret",
        "stoppet",
    ]


# Attendance goals


def attended(came: int, of: int):
    days = [
        AttendanceDay(
            day=TODAY - timedelta(days=number + 1),
            mark=AttendanceMark.CAME if number < came else AttendanceMark.NO_MESSAGE,
        )
        for number in range(of)
    ]
    return attendance_stability(days, TODAY)


@pytest.mark.parametrize(
    ("came", "of", "state"),
    [
        (8, 10, GoalState.REACHED),
        (7, 10, GoalState.WELL_ON_THE_WAY),
        (4, 10, GoalState.WELL_ON_THE_WAY),
        (3, 10, GoalState.IN_PROGRESS),
        (0, 10, GoalState.NOT_STARTED),
        (3, 3, GoalState.IN_PROGRESS),
        (4, 4, GoalState.REACHED),
        (0, 0, GoalState.NOT_STARTED),
    ],
)
def test_four_weeks_of_attendance_suggest_a_state_against_eighty_percent(came, of, state):
    assert suggest_attendance_state(attended(came, of), target_percent=80) is state


@pytest.mark.parametrize("target", [0, 101])
def test_an_attendance_target_is_a_percentage(target):
    with pytest.raises(ValueError, match="1 to 100"):
        suggest_attendance_state(attended(1, 4), target_percent=target)


# Hours goals


def week(number: int, plan: int = 900, attended: int | None = None, **changes) -> PlanWeek:
    defaults = {
        "starts_on": date(2026, 3, 2) + timedelta(weeks=number),
        "plan_minutes": plan,
        "agreed_minutes": plan,
        "attended_minutes": plan if attended is None else attended,
    }
    return PlanWeek(**(defaults | changes))


def test_two_weeks_in_a_row_hold_a_plan():
    assert highest_held_minutes([week(1), week(2)]) == 900
    assert highest_held_minutes([week(2), week(1)]) == 900
    assert highest_held_minutes([week(1)]) is None
    assert highest_held_minutes([]) is None


def test_ninety_percent_is_enough_and_less_is_not():
    assert highest_held_minutes([week(1), week(2, attended=810)]) == 900
    assert highest_held_minutes([week(1), week(2, attended=809)]) is None


def test_a_week_that_was_not_held_between_two_breaks_the_row():
    assert highest_held_minutes([week(1), week(2, attended=0), week(3)]) is None


def test_a_closed_week_neither_helps_nor_breaks():
    assert highest_held_minutes([week(1), week(2, agreed_minutes=0, attended=0), week(3)]) == 900
    assert highest_held_minutes([week(1), week(2, agreed_minutes=0, attended=0)]) is None


def test_two_plans_of_one_week_each_hold_neither():
    assert highest_held_minutes([week(1, plan=600), week(2, plan=900)]) is None


def test_the_highest_plan_held_counts_even_when_a_later_one_is_lower():
    weeks = [week(1, 600), week(2, 600), week(3, 900), week(4, 900), week(5, 720), week(6, 720)]
    assert highest_held_minutes(weeks) == 900
