"""Recurrence against an independent reference: `dateutil` says which days, and exceptions are done by hand on its list.

Every rule is laid over five years; at every position one visit is moved, cancelled, or rested over, and several at
once. What stands, what was cancelled and what is flagged has to be the same.
"""

from __future__ import annotations

import functools
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import product
from typing import NamedTuple

from dateutil.relativedelta import relativedelta, weekday
from dateutil.rrule import DAILY, MONTHLY, WEEKLY, YEARLY, rrule, rruleset

from workshop.services.jobs.rules import Change, Flag, Occurrence, Rule, Span, series

FIRST, LAST = date(2027, 1, 1), date(2031, 12, 31)  # a leap year and ten changes of the clock lie in between
STARTS = (date(2027, 1, 6), date(2027, 3, 28), date(2027, 10, 31))
SEASONS = ((None, None), ("04-15", "10-31"), ("11-01", "03-31"), ("12-20", "02-29"))
ENDS = (None, date(2029, 9, 15))
MONTH_DAYS = (1, 15, 28, 29, 30, 31)
YEAR_DAYS = (("06-20",), ("06-20", "09-10"), ("02-29",), ("12-31", "01-01"), ("03-28", "10-31", "07-01"))
WINDOW = (5, 9)  # days before and after


class Case(NamedTuple):
    """A rule and what was done to its visits."""

    rule: Rule
    exceptions: dict[date, Change]
    pauses: tuple[Span, ...]


class Answer(NamedTuple):
    """What has to agree: what stands (its day by the rule, its day now, its flags), and what was cancelled."""

    standing: list[tuple[date, date, tuple[Flag, ...]]]
    cancelled: list[date]


def rules() -> list[Rule]:
    """Every kind of rule the house knows, from several first days, in and over seasons, with and without an end."""
    shapes: list[dict[str, object]] = [
        {"recurrence": "weeks", "every": every, "weekday": day} for every, day in product(range(1, 5), range(7))
    ]
    shapes += [
        {"recurrence": "months", "every": every, "day_of_month": day}
        for every, day in product((1, 2, 3, 6), MONTH_DAYS)
    ]
    shapes += [
        {"recurrence": "months", "every": every, "nth": nth, "weekday": day}
        for every, nth, day in product((1, 2, 3, 6), (1, 2, 3, 4, -1), range(7))
    ]
    shapes += [{"recurrence": "yearly", "year_days": found} for found in YEAR_DAYS]
    early, late = WINDOW
    return [
        Rule(
            starts_on=start,
            ends_on=end,
            season_from=season[0],
            season_to=season[1],
            early_days=early,
            late_days=late,
            **shape,  # type: ignore[arg-type]  # the shapes above name the fields of a rule
        )
        for shape, start, season, end in product(shapes, STARTS, SEASONS, ENDS)
    ]


def wrong_with(seed: int, rule: Rule, say: Callable[[Case], Answer] | None = None) -> tuple[int, list[str]]:
    """Lay one rule over five years and try everything at every position: how many cases, and those that disagree.

    A test that plants a mistake says the answers itself.
    """
    given, say = by_dateutil(rule), say or ours
    plain = {day: _flags(rule, day, day, set()) for day in given}
    tried, wrong = 0, []
    for case in cases(seed, rule, given):
        tried += 1
        if say(case) != by_hand(case, plain):
            wrong.append(repr(case))
    return tried, wrong


def cases(seed: int, rule: Rule, given: Sequence[date]) -> Iterator[Case]:
    """Nothing done; at every position each thing that can be done; and several things at once."""
    yield Case(rule, {}, ())
    dice = random.Random(f"{seed} {rule}")
    for place, day in enumerate(given):
        near = day + timedelta(days=dice.randint(-WINDOW[0], WINDOW[1]))
        far = day + timedelta(days=dice.choice((-40, -6, 10, 33, 400)))
        pause = Span(day - timedelta(days=dice.randint(0, 3)), day + timedelta(days=dice.randint(0, 40)))
        yield Case(rule, {day: Change(None)}, ())
        yield Case(rule, {day: Change(near)}, ())
        yield Case(rule, {day: Change(far)}, ())
        yield Case(rule, {}, (pause,))
        yield Case(rule, {day: Change(dice.choice((near, None)))}, (pause,))  # keeps its own day in the pause
        before = given[place - 1]
        yield Case(rule, {before: Change(dice.choice((day, pause.from_on)))}, (pause,))  # moved into it
    for _round in range(5 if given else 0):
        some = dice.sample(given, min(len(given), dice.randint(2, 8)))
        changes = {day: Change(dice.choice((None, day + timedelta(days=dice.randint(-20, 20))))) for day in some}
        begins = [dice.choice(given) for _pause in range(3)]
        yield Case(rule, changes, tuple(Span(day, day + timedelta(days=dice.randint(0, 60))) for day in begins))


def ours(case: Case) -> Answer:
    """What the house says."""
    found: list[Occurrence] = series(case.rule, case.exceptions, case.pauses, FIRST, LAST)
    standing = [(each.original_on, each.day, each.flags) for each in found if each.day is not None]
    return Answer(sorted(standing), sorted(each.original_on for each in found if each.day is None))


def by_hand(case: Case, given: Mapping[date, tuple[Flag, ...]]) -> Answer:
    """What the reference says: its days with their flags, with the exceptions taken out and put in."""
    standing, cancelled = [], []
    paused = {
        pause.from_on + timedelta(days=ahead)
        for pause in case.pauses
        for ahead in range((pause.to_on - pause.from_on).days + 1)
    }
    for day, flags in given.items():
        if day in case.exceptions:
            stands_on = case.exceptions[day].day
            if stands_on is None:
                cancelled.append(day)
            elif FIRST <= stands_on <= LAST:
                standing.append((day, stands_on, _flags(case.rule, day, stands_on, paused)))
        elif day not in paused:
            standing.append((day, day, flags))
    return Answer(sorted(standing), sorted(cancelled))


def by_dateutil(rule: Rule) -> list[date]:
    """The days of a rule by the library everybody uses."""
    until = datetime.combine(min(LAST, rule.ends_on or LAST), datetime.min.time())
    start = datetime.combine(rule.starts_on, datetime.min.time())
    found = rruleset()
    if rule.recurrence == "weeks":
        first = start + relativedelta(weekday=weekday(rule.weekday or 0)(+1))
        found.rrule(rrule(WEEKLY, interval=rule.every, dtstart=first, until=until))
    elif rule.recurrence == "months":
        by = (
            {"bymonthday": rule.day_of_month}
            if rule.nth is None
            else {"byweekday": weekday(rule.weekday or 0)(rule.nth)}
        )
        first = rrule(MONTHLY, dtstart=start, count=1, **by)[0]
        found.rrule(rrule(MONTHLY, interval=rule.every, dtstart=first, until=until, **by))
    else:
        for text in rule.year_days:
            month, day = map(int, text.split("-"))
            found.rrule(rrule(YEARLY, bymonth=month, bymonthday=day, dtstart=start, until=until))
    return [each.date() for each in found if rule.season_from is None or _is_on(rule, each.date())]


def _is_on(rule: Rule, day: date) -> bool:
    return day in _season(rule.season_from, rule.season_to)


@functools.cache
def _season(season_from: str | None, season_to: str | None) -> frozenset[date]:
    """Every day of the season, told as stretches of days with a year of their own."""
    (month, of), (last_month, last_of) = (tuple(map(int, (each or "").split("-"))) for each in (season_from, season_to))
    over = 1 if (last_month, last_of) < (month, of) else 0
    return frozenset(
        each.date()
        for year in range(FIRST.year - 3, LAST.year + 4)
        for each in rrule(
            DAILY,
            dtstart=datetime(year, month, of),  # noqa: DTZ001 — a day, as the library wants it
            until=datetime(year + over, last_month, 1) + relativedelta(day=last_of),  # noqa: DTZ001 — the same
        )
    )


def _flags(rule: Rule, original: date, day: date, paused: set[date]) -> tuple[Flag, ...]:
    asked = (
        (Flag.IN_PAUSE, day in paused),
        (Flag.AFTER_END, rule.ends_on is not None and day > rule.ends_on),
        (Flag.OUT_OF_WINDOW, not -WINDOW[0] <= (day - original).days <= WINDOW[1]),
        (Flag.OUT_OF_SEASON, rule.season_from is not None and not _is_on(rule, day)),
        (Flag.ON_WEEKEND, day.isoweekday() > 5),
    )
    return tuple(flag for flag, is_so in asked if is_so)
