"""Until when one may change one's mind (decision 33): a table of days, and what holds for every day."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shop.orders.withdrawing.deadlines import (
    complaint_until,
    is_in_time,
    is_working_day,
    last_day,
    last_day_of_goods,
    money_back_by,
    next_working_day,
)
from workshop.core import clock

pytestmark = pytest.mark.once

DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))


def d(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("handed_over", "last"),
    [
        ("2026-11-10", "2026-11-24"),  # a Tuesday to a Tuesday
        ("2026-11-07", "2026-11-23"),  # fourteen days later is a Saturday
        ("2026-11-08", "2026-11-23"),  # and here a Sunday
        ("2026-12-10", "2026-12-28"),  # the 24th; then Christmas, a Saturday and a Sunday
        ("2026-12-17", "2027-01-04"),  # the 31st; then New Year's Day and a weekend
        ("2026-05-22", "2026-06-08"),  # Constitution Day is a Friday; then a weekend
        ("2026-05-21", "2026-06-04"),  # the day before it
        ("2026-03-19", "2026-04-07"),  # Maundy Thursday to Easter Monday
        ("2026-04-30", "2026-05-15"),  # Ascension Day
        ("2024-04-12", "2024-04-26"),  # the great prayer day is a working day since 2024
        ("2023-04-21", "2023-05-08"),  # and was none before
        ("2026-02-14", "2026-03-02"),  # over the end of February
    ],
)
def test_the_last_day(handed_over: str, last: str) -> None:
    assert last_day(d(handed_over), d(handed_over)) == d(last)


@pytest.mark.parametrize(
    ("informed", "last"),
    [
        ("2026-11-01", "2026-11-24"),  # before hand-over: the ordinary days
        ("2026-11-10", "2026-11-24"),  # the same day
        ("2026-11-20", "2026-12-04"),  # later: fourteen days from then
        ("2026-11-28", "2026-12-14"),  # and to a working day
        ("2027-11-10", "2027-11-24"),  # just inside the twelve months
        ("2027-11-20", "2027-11-24"),  # never beyond them
        (None, "2027-11-24"),  # never told
    ],
)
def test_missing_information_gives_up_to_twelve_months_more_and_never_beyond(informed: str | None, last: str) -> None:
    assert last_day(d("2026-11-10"), d(informed) if informed else None) == d(last)


def test_the_last_delivery_counts_and_before_it_no_day_has_begun() -> None:
    told = d("2026-11-01")
    assert last_day_of_goods([d("2026-11-10"), d("2026-11-03")], told) == d("2026-11-24")
    assert last_day_of_goods([d("2026-11-10"), None], told) is None
    assert last_day_of_goods([None], told) is None
    assert is_in_time(d("2026-11-02"), None), "before hand-over it is possible at once"


def test_a_leap_day_has_a_last_day_too() -> None:
    assert last_day(d("2028-02-15"), None) == d("2029-02-28")


@given(DAYS)
@example(date(2026, 3, 29)).via("clocks forward")
@example(date(2026, 10, 25)).via("clocks back")
def test_it_is_a_working_day_at_least_fourteen_days_on_and_never_much_later(handed_over: date) -> None:
    last = last_day(handed_over, handed_over)
    assert is_working_day(last)
    assert timedelta(14) <= last - handed_over <= timedelta(14 + 6)
    assert all(not is_working_day(handed_over + timedelta(days)) for days in range(14, (last - handed_over).days))


@given(DAYS, st.integers(0, 900))
def test_information_that_comes_later_never_makes_it_shorter(handed_over: date, days: int) -> None:
    ordinary = last_day(handed_over, handed_over)
    never = last_day(handed_over, None)
    late = last_day(handed_over, handed_over + timedelta(days))
    assert ordinary <= late <= never
    assert late <= last_day(handed_over, handed_over + timedelta(days + 1)) <= never


@given(DAYS)
def test_a_working_day_stays_what_it_is(day: date) -> None:
    moved = next_working_day(day)
    assert moved == day if is_working_day(day) else moved > day
    assert is_working_day(moved)


@given(
    st.dates(date(2026, 1, 1), date(2027, 12, 31)),
    st.times(min_value=time(0, 0), max_value=time(23, 59, 59)).filter(lambda at: at.hour != 2),
)
@example(date(2026, 3, 15), time(23, 59, 59)).via("the last day is the one on which the clocks go forward")
@example(date(2026, 10, 11), time(23, 59, 59)).via("the last day is the one on which the clocks go back")
def test_the_danish_day_decides_to_its_last_second_whatever_the_clocks_do(handed_over: date, at: time) -> None:
    last = last_day(handed_over, handed_over)
    wall = datetime.combine(last, at, tzinfo=ZoneInfo("Europe/Copenhagen"))
    assert is_in_time(clock.local_day(wall), last)
    midnight = datetime.combine(last + timedelta(1), time(0), tzinfo=ZoneInfo("Europe/Copenhagen"))
    assert not is_in_time(clock.local_day(midnight), last)
    assert is_in_time(clock.local_day(midnight - timedelta(microseconds=1)), last)


def test_money_is_back_within_fourteen_days_and_complaints_within_two_years() -> None:
    assert money_back_by(d("2026-11-24")) == d("2026-12-08")
    assert complaint_until(d("2026-11-24")) == d("2028-11-24")
    assert complaint_until(d("2028-02-29")) == d("2030-02-28")
