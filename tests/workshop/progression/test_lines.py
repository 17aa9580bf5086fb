"""Agreed levels and goals in words: what each stands on, how far the next step is, and what suggests nothing."""

from datetime import UTC, date, datetime, timedelta

import pytest

from workshop.citizens.attendance import AttendanceDay, AttendanceMark, attendance_stability
from workshop.progression.evidence import Seen
from workshop.progression.goal_rules import GoalState, PlanWeek
from workshop.progression.indication import Row
from workshop.progression.lines import goal_line, level_lines
from workshop.progression.models import Goal, GoalKind, SubGoal
from workshop.progression.presence import plan_weeks
from workshop.progression.queries import AdoptedRow
from workshop.tasks.marks import Quality, Support
from workshop.tasks.models import Competence

pytestmark = pytest.mark.once

TODAY = date(2026, 11, 24)
SANDING = Competence(id=1, key="sanding", name="Slibe træ")


def agreed(level, *, back=0):
    return {1: [AdoptedRow(1, level, TODAY - timedelta(days=back), "", "", "Lone", 1)]}


def seen(written, times):
    listed = []
    for back in range(1, times + 1):
        day = TODAY - timedelta(days=back)
        at = datetime.combine(day, datetime.min.time(), tzinfo=UTC)
        marks = Support(written[:2]), Quality(written[2:])
        row = Row(f"r{back}", day, 60, *marks, recorded_at=at, confirmed_by=1)
        listed.append(Seen(back, row, "Slib bænken", None, ""))
    return {1: listed}


def line(level, found, *, back=0):
    (only,) = level_lines(agreed(level, back=back), {1: SANDING}, found, [], TODAY)
    return only


@pytest.mark.parametrize("level", range(5))
@pytest.mark.parametrize("found", [{}, seen("S0Q2", 4), seen("S3Q1", 1)])
def test_every_level_says_what_it_stands_on_and_on_how_much(level, found):
    reason = line(level, found).reason
    assert "Grundlag: " in reason
    assert "kan ikke" not in reason.lower()


def test_what_was_seen_after_the_talk_is_not_what_the_level_stands_on():
    then = line(3, seen("S0Q2", 4), back=10)
    assert "aftalt ud fra samtalen. Grundlag: tyndt" in then.reason
    assert then.records == ()
    assert len(line(3, seen("S0Q2", 4)).records) == 4


def test_the_small_step_leads_from_the_agreed_level_to_the_next():
    assert line(2, seen("S0Q2", 3)).step == "3 af 4 gange set på næste trin"
    assert line(2, seen("S0Q2", 4)).step == "", "seen often enough: that is something to talk about"
    assert line(3, seen("S0Q2", 4)).step == "", "level 4 has no counting"


def goal(kind, state=GoalState.IN_PROGRESS, **target):
    return Goal(
        id=1,
        public_id="g",
        kind=kind,
        title="Mål",
        state=state,
        own_words="",
        started_on=TODAY,
        ended_on=None,
        **target,
    )


def test_an_hours_goal_says_what_is_agreed_and_suggests_nothing():
    nothing = attendance_stability([], TODAY)
    hours = goal(GoalKind.HOURS, target_hours=20)
    read = goal_line(hours, [], None, nothing, [], TODAY, plan_minutes=930)
    assert (read.suggestion, read.step) == ("", "Aftalt nu: 15,5 timer om ugen. Målet er 20 timer")


def test_an_hours_goal_says_what_was_held_and_leaves_the_rest_to_people():
    nothing = attendance_stability([], TODAY)
    hours = goal(GoalKind.HOURS, target_hours=20)

    def said(*minutes, since=TODAY):
        weeks = [PlanWeek(since + timedelta(weeks=number), each, each, each) for number, each in enumerate(minutes)]
        read = goal_line(hours, [], None, nothing, [], TODAY, plan_minutes=930, weeks=weeks)
        assert read.suggestion == "", "no state is suggested: whether it was ok is asked"
        return read.step.partition("Målet er 20 timer")[2]

    assert said(930, 930) == ". 15,5 timer er holdt to uger i træk"
    assert said(1200, 1200) == ". 20 timer er holdt to uger i træk. Er det ok for jer begge, kan målet være nået"
    assert said(930) == ""
    assert said(1200, 1200, since=TODAY - timedelta(weeks=9)) == "", "before the goal was set"


def test_a_week_counts_the_hours_of_the_days_somebody_came():
    monday = TODAY - timedelta(days=TODAY.weekday()) - timedelta(weeks=1)
    marks = [AttendanceMark.CAME, AttendanceMark.CAME_PARTLY, AttendanceMark.AGREED_AWAY, None]
    days = [
        AttendanceDay(day=monday + timedelta(days=number), mark=mark, agreed_minutes=300)
        for number, mark in enumerate(marks)
    ]
    days.append(AttendanceDay(day=monday + timedelta(days=4), is_closed=True, agreed_minutes=300))
    days.append(AttendanceDay(day=monday + timedelta(days=5), is_planned=False, mark=AttendanceMark.CAME))
    mondays = [monday, monday + timedelta(weeks=1)]
    assert plan_weeks(days, mondays, TODAY) == [PlanWeek(monday, 1500, 900, 300)], "this week is not over"


def test_a_goal_that_is_over_suggests_nothing_and_keeps_its_steps():
    nothing = attendance_stability([], TODAY)
    over = goal(GoalKind.HOURS, GoalState.STOPPED, target_hours=20)
    steps = [SubGoal(title="Sove godt", state=GoalState.REACHED)]
    read = goal_line(over, [], None, nothing, [], TODAY, steps=steps, plan_minutes=930)
    assert (read.is_open, read.words) == (False, "")
    assert [(each.title, each.state) for each in read.steps] == [("Sove godt", GoalState.REACHED)]
