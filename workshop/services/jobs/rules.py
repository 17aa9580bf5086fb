"""Which days a series falls on, and what became of them. Pure: days of the calendar alone, so no clock matters.

The phase of a rule is kept from its first day, through the off-season, pauses and exceptions. An exception goes by the
day the rule gave: it moves or cancels that one visit and leaves every other where it was. Source: decision 34.
"""

from __future__ import annotations

import calendar
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from workshop.core.i18n import _

WEEK = 7
WEEKEND = (5, 6)
MONTHS = 12
LAID_AHEAD = timedelta(weeks=12)  # so far ahead visits are written down, for the planning and for the customer
SHOWN_AHEAD = timedelta(days=366)  # so far ahead the days of a rule are shown
NOTICE = timedelta(days=14)  # what a customer who ends an agreement gives us


class Flag(StrEnum):
    """Why somebody should look at a visit. Nothing is moved because of it."""

    IN_PAUSE = "in_pause"
    AFTER_END = "after_end"
    OUT_OF_WINDOW = "out_of_window"
    OUT_OF_SEASON = "out_of_season"
    ON_HOLIDAY = "on_holiday"
    ON_WEEKEND = "on_weekend"
    MISSING_HOUR = "missing_hour"


@dataclass(frozen=True)
class Rule:
    """How often somebody comes. Monday is 0; days of the year and of the season are MM-DD, both ends included."""

    recurrence: str  # none, weeks, months, yearly, on_snow
    starts_on: date
    ends_on: date | None = None  # included
    every: int = 1
    weekday: int | None = None
    nth: int | None = None  # 1 to 4, or -1 for the last of the month
    day_of_month: int | None = None
    year_days: tuple[str, ...] = ()
    season_from: str | None = None
    season_to: str | None = None
    early_days: int = 0
    late_days: int = 0

    @classmethod
    def of(cls, row: Any, *, starts_on: date | None = None) -> Rule:
        """The rule of a job. A quote has no first day of its own until it is accepted, so it is given one."""
        return cls(
            recurrence=str(row.recurrence),
            starts_on=starts_on or row.starts_on,
            ends_on=row.ends_on,
            every=max(1, row.every),
            weekday=row.weekday,
            nth=row.nth,
            day_of_month=row.day_of_month,
            year_days=tuple(row.year_days or ()),
            season_from=row.season_from,
            season_to=row.season_to,
            early_days=row.early_days,
            late_days=row.late_days,
        )

    @property
    def is_series(self) -> bool:
        """Whether the rule itself gives more than one day."""
        return self.recurrence in {"weeks", "months", "yearly"}


class Change(NamedTuple):
    """What became of the visit that the rule gave a day: another day, or none."""

    day: date | None


class Span(NamedTuple):
    """Days on which a series rests, both included."""

    from_on: date
    to_on: date


@dataclass(frozen=True)
class Occurrence:
    """A visit of a series: the day the rule gave it, the day it stands on now (None: cancelled), what to look at."""

    original_on: date
    day: date | None
    is_moved: bool = False
    flags: tuple[Flag, ...] = ()


def days(rule: Rule, from_on: date, to_on: date) -> list[date]:
    """The days the rule falls on between two days, both included. Pauses and exceptions are not its business."""
    last = min(to_on, rule.ends_on or to_on)
    first = max(from_on, rule.starts_on)
    if rule.recurrence == "none":
        return [rule.starts_on] if first <= rule.starts_on <= last else []
    if first > last:
        return []
    found = {"weeks": _weeks, "months": _months, "yearly": _years}.get(rule.recurrence, _never)
    return [day for day in found(rule, first, last) if first <= day <= last and in_season(rule, day)]


def series(
    rule: Rule,
    exceptions: Mapping[date, Change],
    pauses: Collection[Span],
    from_on: date,
    to_on: date,
    closed: Collection[date] = (),
) -> list[Occurrence]:
    """What stands between two days, both included, by the day it stands on; a cancelled one stands where it stood.

    The rule's days rest in a pause; an exception keeps its own day there. `closed` are holidays, for the flags.
    """
    given = [day for day in days(rule, from_on, to_on) if day not in exceptions and not rests(pauses, day)]
    found = [Occurrence(day, day, flags=_of_calendar(rule, day, closed)) for day in given]
    for original, change in exceptions.items():
        if not from_on <= (change.day or original) <= to_on:
            continue
        said = flags(rule, original, change.day, pauses, closed) if change.day else ()
        found.append(Occurrence(original, change.day, is_moved=change.day is not None, flags=said))
    return sorted(found, key=lambda each: (each.day or each.original_on, each.original_on))


def flags(
    rule: Rule, original_on: date | None, day: date, pauses: Collection[Span], closed: Collection[date] = ()
) -> tuple[Flag, ...]:
    """What somebody should look at when a visit stands on this day. A visit of no rule has no original day."""
    found = []
    if rests(pauses, day):
        found.append(Flag.IN_PAUSE)
    if rule.ends_on is not None and day > rule.ends_on:
        found.append(Flag.AFTER_END)
    if original_on is not None and rule.is_series and not in_window(rule, original_on, day):
        found.append(Flag.OUT_OF_WINDOW)
    if not in_season(rule, day):
        found.append(Flag.OUT_OF_SEASON)
    return (*found, *_of_calendar(rule, day, closed))


def may_move(rule: Rule, original_on: date, day: date) -> str | None:
    """Why a customer cannot move a visit to a day, in words to them; None when they can."""
    if not in_window(rule, original_on, day):
        return _("Den dag ligger uden for det, vi har aftalt. Ring til os, så finder vi ud af det.")
    if rule.ends_on is not None and day > rule.ends_on:
        return _("Aftalen er slut den dag. Ring til os, så finder vi ud af det.")
    if not in_season(rule, day):
        return _("Den dag ligger uden for sæsonen. Ring til os, så finder vi ud af det.")
    return None


def window(rule: Rule, original_on: date) -> tuple[date, date]:
    """The first and the last day a visit may stand on by what was agreed."""
    return original_on - timedelta(days=rule.early_days), original_on + timedelta(days=rule.late_days)


def in_window(rule: Rule, original_on: date, day: date) -> bool:
    """Whether a day is within what was agreed for one visit."""
    first, last = window(rule, original_on)
    return first <= day <= last


def in_season(rule: Rule, day: date) -> bool:
    """Whether the season is on. One that ends before it begins goes over New Year."""
    if not rule.season_from or not rule.season_to:
        return True
    found = f"{day:%m-%d}"
    if rule.season_from <= rule.season_to:
        return rule.season_from <= found <= rule.season_to
    return found >= rule.season_from or found <= rule.season_to


def season_end(rule: Rule, day: date) -> date:
    """The last day of the season that a day lies in; the day itself where there is none."""
    if not rule.season_from or not rule.season_to or not in_season(rule, day):
        return day
    for year in (day.year, day.year + 1):
        last = _day_of_year(year, rule.season_to) or _day_of_year(year, "02-28")
        if last is not None and last >= day:
            return last
    return day


def rests(pauses: Collection[Span], day: date) -> bool:
    """Whether a day lies in one of the pauses."""
    return any(pause.from_on <= day <= pause.to_on for pause in pauses)


def reach(rule: Rule, today: date) -> date:
    """Until when visits are written down: twelve weeks, the whole of a season that has come so near, and one at least.

    A garden that is seen to twice a year would otherwise show nothing for months.
    """
    last = season_end(rule, today + LAID_AHEAD)
    if not days(rule, today, last):
        coming = days(rule, today, today + SHOWN_AHEAD)
        last = coming[0] if coming else last
    return last


def _of_calendar(rule: Rule, day: date, closed: Collection[date]) -> tuple[Flag, ...]:
    if rule.recurrence == "on_snow":
        return ()  # snow keeps no holidays
    if day in closed:
        return (Flag.ON_HOLIDAY,)
    return (Flag.ON_WEEKEND,) if day.weekday() in WEEKEND else ()


def _never(_rule: Rule, _first: date, _last: date) -> Iterator[date]:
    return iter(())


def _weeks(rule: Rule, first: date, last: date) -> Iterator[date]:
    """From the first such weekday on; the step is counted in days, so week 53 shifts nothing."""
    weekday = rule.starts_on.weekday() if rule.weekday is None else rule.weekday
    step = timedelta(days=WEEK * rule.every)
    anchor = rule.starts_on + timedelta(days=(weekday - rule.starts_on.weekday()) % WEEK)
    day = anchor + step * max(0, -((anchor - first) // step))
    while day <= last:
        yield day
        day += step


def _months(rule: Rule, first: date, last: date) -> Iterator[date]:
    """Months are counted from the one in which the rule first has a day; one without the day is skipped."""
    anchor = _first_month(rule)
    number = anchor + max(0, (_number(first) - anchor) // rule.every) * rule.every
    while number <= _number(last):
        day = _in_month(rule, number)
        if day is not None:
            yield day
        number += rule.every


def _years(rule: Rule, first: date, last: date) -> Iterator[date]:
    wanted = rule.year_days or (f"{rule.starts_on:%m-%d}",)
    for year in range(first.year, last.year + 1):
        yield from sorted(day for text in set(wanted) if (day := _day_of_year(year, text)) is not None)


def _first_month(rule: Rule) -> int:
    begin = _number(rule.starts_on)
    for number in range(begin, begin + MONTHS):
        day = _in_month(rule, number)
        if day is not None and day >= rule.starts_on:
            return number
    return begin  # a day no month has


def _in_month(rule: Rule, number: int) -> date | None:
    """The rule's day in a month counted from year 0; None where the month has none."""
    year, month = number // MONTHS, number % MONTHS + 1
    if rule.nth is not None:
        weekday = rule.starts_on.weekday() if rule.weekday is None else rule.weekday
        if rule.nth < 0:
            last = date(year, month, calendar.monthrange(year, month)[1])
            return last - timedelta(days=(last.weekday() - weekday) % WEEK)
        ahead = (weekday - date(year, month, 1).weekday()) % WEEK
        return date(year, month, 1 + ahead + WEEK * (rule.nth - 1))
    wanted = rule.day_of_month or rule.starts_on.day
    return date(year, month, wanted) if wanted <= calendar.monthrange(year, month)[1] else None


def _number(day: date) -> int:
    return day.year * MONTHS + day.month - 1


def _day_of_year(year: int, text: str) -> date | None:
    try:
        return date.fromisoformat(f"{year:04}-{text}")
    except ValueError:
        return None  # 29 February
