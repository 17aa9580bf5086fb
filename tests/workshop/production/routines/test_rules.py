"""Which days a routine falls on: weekdays, weeks by turns, first and last day; nothing else moves it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workshop.production.routines.closed import closed_days
from workshop.production.routines.rules import falls_on, monday_of, next_day
from workshop.production.routines.words import rhythm

pytestmark = pytest.mark.once
MONDAY = date(2026, 11, 23)


@dataclass(frozen=True)
class Planned:
    weekdays: tuple[int, ...] = (0,)
    every_weeks: int = 1
    starts_on: date = MONDAY
    ends_on: date | None = None


def days(routine: Planned, first: date, count: int) -> list[date]:
    every = (first + timedelta(days=ahead) for ahead in range(count))
    return [day for day in every if falls_on(routine, day)]


def test_it_falls_on_its_weekdays() -> None:
    found = days(Planned(weekdays=(0, 2, 4)), MONDAY, 14)
    assert [day.weekday() for day in found] == [0, 2, 4, 0, 2, 4]


def test_it_has_a_first_and_a_last_day() -> None:
    routine = Planned(weekdays=tuple(range(7)), starts_on=date(2026, 11, 25), ends_on=date(2026, 11, 27))
    assert days(routine, MONDAY, 14) == [date(2026, 11, 25), date(2026, 11, 26), date(2026, 11, 27)]


def test_the_weeks_are_counted_from_the_week_of_its_first_day() -> None:
    # It begins on a Thursday; its Mondays come in the weeks that are whole turns from that one, not 14 days from it.
    routine = Planned(weekdays=(0, 3), every_weeks=2, starts_on=date(2026, 11, 26))
    assert days(routine, MONDAY, 28) == [date(2026, 11, 26), date(2026, 12, 7), date(2026, 12, 10)]


def test_a_year_with_a_week_53_shifts_nothing() -> None:
    """2026 has a week 53. Counting by week numbers would bring two turns in a row, or none for three weeks."""
    routine = Planned(every_weeks=2, starts_on=date(2026, 12, 14))
    found = days(routine, date(2026, 12, 14), 49)
    assert found == [date(2026, 12, 14), date(2026, 12, 28), date(2027, 1, 11), date(2027, 1, 25)]
    by_number = [day for day in (MONDAY + timedelta(weeks=n) for n in range(12)) if day.isocalendar().week % 2]
    gaps = {(later - earlier).days for earlier, later in pairwise(by_number)}
    assert 7 in gaps, "a rule by week numbers does shift, so the test would see it"


@pytest.mark.parametrize("changes_on", [date(2027, 3, 28), date(2026, 10, 25)])
def test_the_day_the_clock_changes_is_a_day_like_others(changes_on: date) -> None:
    routine = Planned(weekdays=(6, 0), starts_on=changes_on - timedelta(days=6))
    assert days(routine, changes_on - timedelta(days=1), 3) == [changes_on, changes_on + timedelta(days=1)]


@given(
    first=st.dates(date(2024, 1, 1), date(2030, 1, 1)),
    every=st.integers(1, 12),
    weekday=st.integers(0, 6),
    ahead=st.integers(0, 800),
)
def test_two_turns_are_always_so_many_weeks_apart(first: date, every: int, weekday: int, ahead: int) -> None:
    routine = Planned(weekdays=(weekday,), every_weeks=every, starts_on=first)
    found = next_day(routine, first + timedelta(days=ahead))
    assert found is not None
    assert found.weekday() == weekday
    assert next_day(routine, found + timedelta(days=1)) == found + timedelta(weeks=every)
    assert (monday_of(found) - monday_of(first)).days % (7 * every) == 0


def test_the_next_day_passes_over_holidays() -> None:
    christmas = date(2026, 12, 25)
    closed = closed_days(date(2026, 12, 20), date(2027, 1, 5))
    assert closed[christmas]
    assert date(2026, 12, 23) not in closed
    friday = Planned(weekdays=(4,), starts_on=MONDAY)
    assert next_day(friday, date(2026, 12, 20)) == christmas, "without the holidays it falls there"
    assert next_day(friday, date(2026, 12, 20), closed) == date(2027, 1, 8), "1 January is a Friday too"


def test_one_that_is_over_has_no_next_day() -> None:
    assert next_day(Planned(ends_on=MONDAY), MONDAY + timedelta(days=1)) is None


@pytest.mark.parametrize(
    ("weekdays", "every", "words"),
    [
        ((2,), 1, "hver onsdag"),
        ((0, 3), 1, "hver mandag og torsdag"),
        ((0, 1, 2, 3, 4), 1, "alle hverdage"),
        ((4,), 2, "hver 2. uge: fredag"),
        ((0, 1, 2, 3, 4), 3, "hver 3. uge: alle hverdage"),
    ],
)
def test_the_rhythm_in_words(weekdays: tuple[int, ...], every: int, words: str) -> None:
    assert rhythm(weekdays, every) == words
