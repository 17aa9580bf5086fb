"""A week of the board, and the ways to its neighbours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from flask import url_for

WORKDAYS = 5


@dataclass(frozen=True)
class Week:
    """A week by its Monday."""

    monday: date

    @classmethod
    def of(cls, day: date) -> Week:
        """The week a day lies in."""
        return cls(day - timedelta(days=day.weekday()))

    @property
    def number(self) -> int:
        """The ISO week number, as Danish calendars show it."""
        return self.monday.isocalendar().week

    @property
    def friday(self) -> date:
        """The last day on the board."""
        return self.monday + timedelta(days=WORKDAYS - 1)

    @property
    def sunday(self) -> date:
        """The last day of the week."""
        return self.monday + timedelta(days=6)

    def url(self, offset: int = 0) -> str:
        """Where the week `offset` weeks from this one is shown."""
        at = (self.monday + timedelta(weeks=offset)).isocalendar()
        return url_for("week.week", year=at.year, number=at.week)
