"""Until when a customer may change their mind (decision 33). Whole days of the Danish calendar; knows no database.

Source: forbrugeraftaleloven §§ 18-20; the days that are no working days though no holiday: § 19, stk. 5.
"""

from __future__ import annotations

import calendar
import functools
from collections.abc import Container, Sequence
from datetime import date, timedelta
from typing import NamedTuple


class Rule(NamedTuple):
    """What holds from a day on: days to change one's mind, months more without information, days without post."""

    since: date
    days: int
    months_more: int
    not_working: frozenset[tuple[int, int]]  # month and day, beside weekends and holidays


RULES = (Rule(date(2014, 6, 13), 14, 12, frozenset({(6, 5), (12, 24), (12, 31)})),)


def rule_on(day: date) -> Rule:
    """The rule in force on a day; the first one stands for days before it too."""
    return max((rule for rule in RULES if rule.since <= day), default=RULES[0])


@functools.cache
def _holidays() -> Container[date]:
    """Denmark's; put together at first use, because most processes never ask."""
    import holidays  # every calendar of the world comes along, a quarter of a second; a start must not pay for it

    return holidays.country_holidays("DK")


def is_working_day(day: date) -> bool:
    """Whether a last day may fall on it."""
    return day.weekday() < 5 and day not in _holidays() and (day.month, day.day) not in rule_on(day).not_working


def next_working_day(day: date) -> date:
    """The day itself, or the first working day after it."""
    while not is_working_day(day):
        day += timedelta(days=1)
    return day


def last_day(begins_on: date, informed_on: date | None) -> date:
    """The last day to withdraw from what was handed over, or for a service agreed on, on `begins_on`.

    `informed_on` is the day the customer got the instructions in writing, None if they never did: then there are up to
    twelve months more, counted from the ordinary last day and never beyond it. The first day is the one after.
    """
    rule = rule_on(begins_on)
    ordinary = next_working_day(begins_on + timedelta(days=rule.days))
    if informed_on is not None and informed_on <= begins_on:
        return ordinary
    longest = _months_after(ordinary, rule.months_more)
    if informed_on is None:
        return longest
    return max(ordinary, min(next_working_day(informed_on + timedelta(days=rule.days)), longest))


def last_day_of_goods(handed_over: Sequence[date | None], informed_on: date | None) -> date | None:
    """The same for goods that come in one or several deliveries: the last one counts.

    None while something is still to come: the customer may withdraw at once, and no day has begun to count.
    """
    days = [day for day in handed_over if day is not None]
    if not days or len(days) < len(handed_over):
        return None
    return last_day(max(days), informed_on)


def is_in_time(declared_on: date, last_on: date | None) -> bool:
    """Whether a declaration came in time; always before anything has been handed over."""
    return last_on is None or declared_on <= last_on


def money_back_by(declared_on: date) -> date:
    """The day by which the money has to be back; it may wait until the thing is. Source: § 22, stk. 1."""
    return declared_on + timedelta(days=rule_on(declared_on).days)


def complaint_until(handed_over_on: date) -> date:
    """The last day to complain of something that is wrong with it: two years. Source: købeloven § 83."""
    return _months_after(handed_over_on, 24)


def _months_after(day: date, months: int) -> date:
    """The same day of the month so many months on; the last one where the month is shorter."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))
