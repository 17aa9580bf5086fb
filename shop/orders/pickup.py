"""When a customer can fetch: opening days, the slots offered, and how long a thing waits. Danish wall clock."""

from __future__ import annotations

import functools
from collections.abc import Container
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from workshop.core import clock
from workshop.core.i18n import _

SLOTS = ((9 * 60, 12 * 60), (12 * 60, 14 * 60))  # minutes after midnight
CLOSES = time(14)
READY_AFTER_OPENING_DAYS = 2  # one whole opening day to make the thing ready
DAYS_OFFERED = 8
KEPT_OPENING_DAYS = 2  # after the day of the slot (decision 13)
_ALSO_CLOSED = {(6, 5), (12, 24), (12, 31)}


@dataclass(frozen=True)
class Slot:
    """A time to fetch. Minutes after midnight, Danish wall clock."""

    day: date
    from_minute: int
    to_minute: int

    @property
    def key(self) -> str:
        """How a form names it: `2026-11-24-9`."""
        return f"{self.day.isoformat()}-{self.from_minute // 60}"

    @property
    def text(self) -> str:
        """How a person reads it: `Tirsdag den 24. november, 9–12`."""
        day = clock.day_text(self.day)
        return _(
            "%(day)s, %(hours)s", day=day[:1].upper() + day[1:], hours=hours_text(self.from_minute, self.to_minute)
        )


@functools.cache
def _holidays() -> Container[date]:
    """Denmark's; put together at first use, because most processes never ask."""
    import holidays  # every calendar of the world comes along, a quarter of a second; a start must not pay for it

    return holidays.country_holidays("DK")


def hours_text(from_minute: int, to_minute: int) -> str:
    """`9–12`."""
    return f"{from_minute // 60}–{to_minute // 60}"


def is_open(day: date) -> bool:
    """Whether the workshop is open to customers: weekdays that are no holiday."""
    return day.weekday() < 5 and day not in _holidays() and (day.month, day.day) not in _ALSO_CLOSED


def opening_day_after(day: date, count: int) -> date:
    """The `count`th opening day after `day`."""
    while count:
        day += timedelta(days=1)
        count -= is_open(day)
    return day


def slots(now: datetime) -> list[Slot]:
    """The times offered to somebody who orders now, the first first."""
    day = opening_day_after(clock.local_day(now), READY_AFTER_OPENING_DAYS)
    days = [day]
    while len(days) < DAYS_OFFERED:
        days.append(opening_day_after(days[-1], 1))
    return [Slot(each, *hours) for each in days for hours in SLOTS]


def slot_of(key: str, now: datetime) -> Slot | None:
    """The slot a form named, if it is still offered."""
    return next((slot for slot in slots(now) if slot.key == key), None)


def kept_until(pickup_on: date) -> datetime:
    """Until when a thing waits for a customer who pays on fetching it: closing time two opening days after."""
    return clock.at(opening_day_after(pickup_on, KEPT_OPENING_DAYS), CLOSES)
