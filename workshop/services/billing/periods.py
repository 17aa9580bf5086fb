"""Which months and seasons an agreement is paid for, and how much of each. Pure: days in, parts out.

A whole price is for a whole month or season, also the first one. What the customer does not get, because the agreement
rests or is ended early, is taken off: by the visits that fall away, or by days where snow decides when we come.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Run:
    """How an agreement runs. Days are Danish days, both ends included.

    `planned_end` is the last day as it was agreed, `end` the last day as it came to be; None: it goes on.
    `days_by_rule` gives the days between two by the rule, none where there is no such rule (snow).
    `kept` are days by the rule on which we came although the agreement rested: somebody had moved the visit out.
    """

    starts_on: date
    planned_end: date | None
    end: date | None
    season_from: str | None
    season_to: str | None
    pauses: tuple[tuple[date, date], ...] = ()
    days_by_rule: Callable[[date, date], list[date]] = field(default=lambda _from, _to: [])
    kept: frozenset[date] = frozenset()


@dataclass(frozen=True)
class Period:
    """A month or a season, and how much of it was had: `had` of `planned` visits or days."""

    cause: str
    from_on: date
    to_on: date
    had: int
    planned: int
    is_by_visits: bool

    @property
    def is_whole(self) -> bool:
        """Whether the whole price is due."""
        return self.had == self.planned


def passed_months(run: Run, today: date) -> list[Period]:
    """Every month that is over and that something was had in, the oldest first."""
    return [
        found
        for first, last in _months(run.starts_on, today)
        if (found := _of(run, f"month-{first:%Y-%m}", first, last, today))
    ]


def passed_seasons(run: Run, today: date) -> list[Period]:
    """Every season that is over, named by the year it began in; without a season a year is one from the first day."""
    return [
        found for first, last in _seasons(run, today) if (found := _of(run, f"season-{first.year}", first, last, today))
    ]


def is_in_season(day: date, season_from: str | None, season_to: str | None) -> bool:
    """Whether a day lies in the season; one that ends before it begins goes over New Year."""
    if season_from is None or season_to is None:
        return True
    here = f"{day:%m-%d}"
    if season_from <= season_to:
        return season_from <= here <= season_to
    return here >= season_from or here <= season_to


def _of(run: Run, cause: str, first: date, last: date, today: date) -> Period | None:
    """The part of the agreement in these days, once it is over; None when nothing was to be had or was had."""
    from_on = max(first, run.starts_on)
    planned_to = last if run.planned_end is None else min(last, run.planned_end)
    to_on = planned_to if run.end is None else min(planned_to, run.end)
    if to_on >= today or to_on < from_on:
        return None
    visits = run.days_by_rule(from_on, planned_to)
    wanted = visits or [day for day in _days(from_on, planned_to) if is_in_season(day, run.season_from, run.season_to)]
    had = sum(1 for day in wanted if day in run.kept or (day <= to_on and not _rests(run, day)))
    return Period(cause, from_on, to_on, had, len(wanted), bool(visits)) if had else None


def _rests(run: Run, day: date) -> bool:
    return any(from_on <= day <= to_on for from_on, to_on in run.pauses)


def _days(from_on: date, to_on: date) -> Iterator[date]:
    return (from_on + DAY * count for count in range((to_on - from_on).days + 1))


def _months(from_on: date, to_on: date) -> Iterator[tuple[date, date]]:
    first = from_on.replace(day=1)
    while first <= to_on:
        following = (first + 31 * DAY).replace(day=1)
        yield first, following - DAY
        first = following


def _seasons(run: Run, today: date) -> Iterator[tuple[date, date]]:
    """Seasons from the one that holds the first day, or the one after it."""
    begins, ends = run.season_from, run.season_to
    for year in range(run.starts_on.year - 1, today.year + 1):
        if begins is None or ends is None:
            first = _on(year, f"{run.starts_on:%m-%d}")
            yield first, _on(year + 1, f"{run.starts_on:%m-%d}") - DAY
        else:
            yield _on(year, begins), _on(year + (ends < begins), ends)


def _on(year: int, month_day: str) -> date:
    """A day of a year; the 29th of February is the 28th in years that have none."""
    month, day = map(int, month_day.split("-"))
    try:
        return date(year, month, day)
    except ValueError:
        return date(year, month, 28)
