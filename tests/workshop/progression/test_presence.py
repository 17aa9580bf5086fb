"""The days somebody had agreed to come on, each by the agreement of its own time."""

from datetime import date, timedelta

import pytest
from support import factories, people

from workshop.citizens import actions as citizens
from workshop.citizens.attendance import AttendanceMark, attendance_stability
from workshop.progression import presence
from workshop.progression.citizen_page import feeling_weeks
from workshop.progression.queries import FeelingRow
from workshop.tasks.models import Feeling

MONDAY = date(2026, 11, 2)
TODAY = date(2026, 11, 16)


@pytest.fixture
def mona(session):
    lone = factories.staff(session)
    return people.citizen(session, contact=lone, started_on=MONDAY, weekdays=[0, 1, 2])


def days_of(session, person, first=MONDAY, last=TODAY):
    return presence.attendance_days(session, person.id, first, last)


def test_each_day_follows_the_agreement_that_held_on_it(session, mona):
    citizens.set_week_plan(session, mona, valid_from=date(2026, 11, 9), days=[(3, 600, 120)])
    agreed = [day.day for day in days_of(session, mona) if day.is_planned]
    assert agreed == [MONDAY, date(2026, 11, 3), date(2026, 11, 4), date(2026, 11, 12)]


def test_nothing_is_agreed_before_or_after_the_stay(session):
    lone = factories.staff(session)
    short = people.citizen(session, contact=lone, started_on=MONDAY, ends_on=MONDAY + timedelta(days=1))
    found = days_of(session, short, MONDAY - timedelta(days=14))
    assert [day.day for day in found] == [MONDAY, MONDAY + timedelta(days=1)]


def test_a_public_holiday_is_closed(session):
    lone = factories.staff(session)
    mona = people.citizen(session, contact=lone, started_on=date(2026, 12, 1))
    found = {day.day: day.is_closed for day in days_of(session, mona, date(2026, 12, 21), date(2026, 12, 28))}
    assert found[date(2026, 12, 25)] is True
    assert found[date(2026, 12, 23)] is False


def test_marks_reach_the_counts_and_the_plot(session, mona, now):
    by = factories.staff(session).account_id

    def mark(number, what):
        citizens.mark_attendance(
            session, citizen=mona, day=MONDAY + timedelta(days=number), mark=what, now=now, by_staff_id=by
        )

    mark(0, AttendanceMark.CAME)
    mark(1, AttendanceMark.CAME_PARTLY)
    mark(2, AttendanceMark.NO_MESSAGE)
    mark(3, AttendanceMark.CAME)  # not an agreed day
    mark(7, AttendanceMark.AGREED_AWAY)
    days = days_of(session, mona)
    seen = attendance_stability(days, TODAY)
    assert (seen.came, seen.base, seen.extra, seen.unrecorded) == (2, 5, 1, 2)
    rows = presence.plot_rows(days, presence.mondays_until(TODAY, 3), TODAY)
    assert [row.marks for row in rows] == [
        ("came", "agreed_away", ""),
        ("came_partly", "", ""),
        ("no_message", "", ""),
        ("came", "", ""),
        ("", "", ""),
    ]


@pytest.mark.once
def test_answers_are_counted_by_week_and_never_added_up_to_a_grade():
    rows = [
        FeelingRow(MONDAY, Feeling.GOOD, 2),
        FeelingRow(MONDAY + timedelta(days=6), Feeling.HARD, 1),
        FeelingRow(MONDAY + timedelta(days=7), Feeling.OKAY, 1),
    ]
    first, second = feeling_weeks(rows, [MONDAY, MONDAY + timedelta(days=7)])
    assert (first.week, first.good, first.okay, first.hard) == (45, 2, 0, 1)
    assert (second.week, second.good, second.okay, second.hard) == (46, 0, 1, 0)
