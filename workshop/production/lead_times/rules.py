"""When something can be ready, from what waits and what the workshop can do. Pure; units are minutes of work.

What a department can do on a day is one published number. A part of it is kept for learning: nobody is hurried for an
order's sake. Beyond the last published day the workshop goes on as it does on the published ones.
"""

from __future__ import annotations

import functools
from collections.abc import Container, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from workshop.core.i18n import _
from workshop.production.routines.closed import ALSO_CLOSED

LEARNING_PERCENT = 40  # of every day; the rest is reckoned with
FEWEST_WORKDAYS = 10  # wood, talk and drying paint take their time, however short the queue
UNKNOWN_WORKDAYS = 30  # as long as nothing is published
UNKNOWN_DAY_MINUTES = 240  # then a longer queue still takes longer
LONGEST_DAYS = 730


@dataclass(frozen=True)
class Promise:
    """The first day something can be ready, and why, in sentences a customer may read."""

    ready_on: date
    reasons: tuple[str, ...]


def reckon(*, today: date, queue_minutes: int, work_minutes: int, capacity: Mapping[date, int]) -> Promise:
    """When work is done that stands behind the queue. `capacity` is the published minutes a day.

    Never a weekend or a holiday, never before some workdays have gone, never earlier for a longer queue or more work.
    """
    known = {day: minutes for day, minutes in capacity.items() if day > today and is_workday(day)}
    is_known = sum(known.values()) > 0
    usual = _usual(known) if is_known else UNKNOWN_DAY_MINUTES
    fewest = FEWEST_WORKDAYS if is_known else UNKNOWN_WORKDAYS
    # Hundredths of minutes, so that no day is rounded.
    left = 100 * (max(queue_minutes, 0) + max(work_minutes, 0))
    last_known = max(known, default=today)
    day, worked, passed_holiday = today, 0, False
    while (left > 0 or worked < fewest) and (day - today).days < LONGEST_DAYS:
        day += timedelta(days=1)
        if not is_workday(day):
            passed_holiday = passed_holiday or day.weekday() < 5
            continue
        worked += 1
        minutes = known.get(day, 0) if is_known and day <= last_known else usual
        left -= minutes * (100 - LEARNING_PERCENT)
    ready_on = day if is_workday(day) else next_workday(day)
    return Promise(ready_on, _reasons(queue_minutes, is_known=is_known, has_holiday=passed_holiday))


def is_workday(day: date) -> bool:
    """Whether things are made on a day: weekdays that are no Danish holiday and no day all keep free."""
    return day.weekday() < 5 and day not in _holidays() and (day.month, day.day) not in ALSO_CLOSED


def next_workday(day: date) -> date:
    """The first workday after a day."""
    day += timedelta(days=1)
    while not is_workday(day):
        day += timedelta(days=1)
    return day


def _usual(known: Mapping[date, int]) -> int:
    """What a day brings on average, for the days nothing is published about; at least one minute, so it ends."""
    return max(sum(known.values()) // len(known), 1)


def _reasons(queue_minutes: int, *, is_known: bool, has_holiday: bool) -> tuple[str, ...]:
    reasons = [_("Vi laver det først, som andre har bestilt før dig.")] if queue_minutes > 0 else []
    if not is_known:
        reasons.append(_("Vi har sat god tid af, for vi kender ikke ugerne endnu."))
    reasons.append(_("Vi bygger på hverdage, og der er tid til at lære undervejs."))
    if has_holiday:
        reasons.append(_("Der er helligdage imellem."))
    return tuple(reasons)


@functools.cache
def _holidays() -> Container[date]:
    """Denmark's; put together at first use, because most processes never ask."""
    import holidays  # every calendar of the world comes along, a quarter of a second; a start must not pay for it

    return holidays.country_holidays("DK")
