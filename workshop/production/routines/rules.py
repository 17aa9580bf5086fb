"""Which days a routine falls on. Days of the calendar alone, so the clocks of spring and autumn do not matter."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from typing import Protocol

WEEK = 7
MOST_WEEKS = 12
LOOK_AHEAD = MOST_WEEKS * WEEK + WEEK  # the next day of any routine that goes on lies within it, holidays apart


class Rhythm(Protocol):
    """What `falls_on` needs to know of a routine."""

    @property
    def weekdays(self) -> Collection[int]:
        """Monday is 0."""

    @property
    def every_weeks(self) -> int:
        """1 is every week."""

    @property
    def starts_on(self) -> date:
        """Its first day; the weeks are counted from the week it lies in."""

    @property
    def ends_on(self) -> date | None:
        """Its last day, included."""


def monday_of(day: date) -> date:
    """The Monday of the day's week."""
    return day - timedelta(days=day.weekday())


def falls_on(routine: Rhythm, day: date) -> bool:
    """Whether the routine falls on a day, holidays apart.

    Weeks are counted as Mondays since the first one and not by their number, so a year with a week 53 shifts nothing.
    """
    if day < routine.starts_on or (routine.ends_on is not None and day > routine.ends_on):
        return False
    weeks = (monday_of(day) - monday_of(routine.starts_on)).days // WEEK
    return day.weekday() in routine.weekdays and weeks % routine.every_weeks == 0


def next_day(routine: Rhythm, first: date, closed: Collection[date] = ()) -> date | None:
    """The first day from `first` on that it falls on and that is not closed; None when there is none within reach."""
    begin = max(first, routine.starts_on)
    days = (begin + timedelta(days=ahead) for ahead in range(LOOK_AHEAD))
    return next((day for day in days if day not in closed and falls_on(routine, day)), None)
