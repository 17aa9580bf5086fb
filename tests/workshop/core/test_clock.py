"""UTC inside, the Danish wall clock outside, also on the two odd days of the year."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest

from workshop.core import clock

pytestmark = pytest.mark.once


def test_summer_and_winter_are_told_apart() -> None:
    assert clock.at(date(2026, 7, 1), time(9, 0)) == datetime(2026, 7, 1, 7, 0, tzinfo=UTC)
    assert clock.at(date(2026, 12, 1), time(9, 0)) == datetime(2026, 12, 1, 8, 0, tzinfo=UTC)


def test_the_missing_spring_hour_is_refused() -> None:
    with pytest.raises(ValueError, match="uret stilles frem"):
        clock.at(date(2027, 3, 28), time(2, 30))
    assert clock.at(date(2027, 3, 28), time(3, 0)) == datetime(2027, 3, 28, 1, 0, tzinfo=UTC)


def test_the_doubled_autumn_hour_means_its_first_pass() -> None:
    assert clock.at(date(2027, 10, 31), time(2, 30)) == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)


def test_durations_across_the_change_are_true_elapsed_time() -> None:
    night = clock.at(date(2027, 10, 31), time(4, 0)) - clock.at(date(2027, 10, 31), time(1, 0))
    assert night.total_seconds() == 4 * 3600


@pytest.mark.parametrize(("hour", "day"), [(22, date(2026, 11, 24)), (23, date(2026, 11, 25))])
def test_the_danish_day_turns_before_the_utc_day_in_winter(hour: int, day: date) -> None:
    assert clock.local_day(datetime(2026, 11, 24, hour, 30, tzinfo=UTC)) == day


def test_times_and_days_are_written_the_danish_way() -> None:
    assert clock.clock_text(datetime(2026, 11, 24, 13, 5, tzinfo=UTC)) == "14.05"
    assert clock.clock_text(datetime(2026, 11, 24, 8, 5, tzinfo=UTC)) == "9.05"
    assert clock.day_text(date(2031, 11, 24)) == "mandag den 24. november 2031"


@pytest.mark.parametrize("text", ["9999-12-31", "0001-01-01", "2026-02-30", "x", "", "1999-12-31", "2101-01-01"])
def test_an_address_with_no_day_anybody_plans_has_no_day(text: str) -> None:
    assert clock.day_of(text) is None


def test_a_day_in_an_address_is_read() -> None:
    assert clock.day_of("2026-11-24") == date(2026, 11, 24)


def test_half_past_two_is_asked_twice_on_the_autumn_night() -> None:
    day, half_past = date(2027, 10, 31), time(2, 30)
    assert clock.is_doubled(day, half_past)
    first, second = clock.at(day, half_past), clock.at(day, half_past, is_second_pass=True)
    assert (first, second) == (datetime(2027, 10, 31, 0, 30, tzinfo=UTC), datetime(2027, 10, 31, 1, 30, tzinfo=UTC))
    assert clock.clock_text(first) == clock.clock_text(second) == "2.30"


@pytest.mark.parametrize(
    ("day", "at", "is_doubled", "is_missing"),
    [
        (date(2027, 10, 31), time(1, 59), False, False),
        (date(2027, 10, 31), time(2, 0), True, False),
        (date(2027, 10, 31), time(2, 59), True, False),
        (date(2027, 10, 31), time(3, 0), False, False),
        (date(2027, 3, 28), time(1, 59), False, False),
        (date(2027, 3, 28), time(2, 0), False, True),
        (date(2027, 3, 28), time(2, 59), False, True),
        (date(2027, 3, 28), time(3, 0), False, False),
        (date(2027, 6, 1), time(2, 30), False, False),
    ],
)
def test_the_doubled_and_the_missing_hour_are_one_hour_each(
    day: date, at: time, is_doubled: bool, is_missing: bool
) -> None:
    assert (clock.is_doubled(day, at), clock.is_missing(day, at)) == (is_doubled, is_missing)


def test_the_second_pass_is_refused_in_spring_and_means_nothing_on_other_days() -> None:
    with pytest.raises(ValueError, match="uret stilles frem"):
        clock.at(date(2027, 3, 28), time(2, 30), is_second_pass=True)
    noon = date(2027, 6, 1), time(12)
    assert clock.at(*noon, is_second_pass=True) == clock.at(*noon)


def test_a_span_is_as_long_as_it_says_whatever_the_clocks_do() -> None:
    for day in (date(2027, 3, 28), date(2027, 10, 31), date(2027, 6, 1)):
        begins, ends = clock.span(day, 60, 150)
        assert (ends - begins).total_seconds() == 150 * 60
    assert clock.clock_text(clock.span(date(2027, 3, 28), 60, 150)[1]) == "4.30"
    assert clock.clock_text(clock.span(date(2027, 10, 31), 60, 150)[1]) == "2.30"
    with pytest.raises(ValueError, match="uret stilles frem"):
        clock.span(date(2027, 3, 28), 150, 60)
