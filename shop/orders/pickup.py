"""When a customer can fetch, or have a thing brought: opening days and the times offered. Danish wall clock."""

from __future__ import annotations

import functools
from collections.abc import Container, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import NamedTuple

from shop.orders.models import Fulfilment
from workshop.core import clock
from workshop.core.i18n import _

READY_AFTER_OPENING_DAYS = 2  # one whole opening day to make the thing ready
# How many days are offered. We drive twice a week, so fewer of those.
DAYS_OFFERED = {Fulfilment.PICKUP: 8, Fulfilment.DELIVERY: 3}
KEPT_OPENING_DAYS = 2  # after the day of the slot (decision 13)
CLOSES = 14 * 60  # of a day without hours of its own
FURTHEST = timedelta(days=400)  # no time is looked for beyond this, however the hours are set
_ALSO_CLOSED = {(6, 5), (12, 24), (12, 31)}  # decision 33
_WORKDAYS = frozenset(range(5))


class Hours(NamedTuple):
    """A time of the week. Monday is 0; minutes after midnight."""

    fulfilment: Fulfilment
    weekday: int
    from_minute: int
    to_minute: int


# What a new shop begins with: fetch on weekdays 9-12 and 12-14, have it brought on Tuesdays and Thursdays 10-14.
SHIPPED_HOURS = (
    *(Hours(Fulfilment.PICKUP, day, start, end) for day in range(5) for start, end in ((540, 720), (720, 840))),
    *(Hours(Fulfilment.DELIVERY, day, 600, 840) for day in (1, 3)),
)


@dataclass(frozen=True)
class Slot:
    """A time to fetch, or to have it brought. Minutes after midnight, Danish wall clock."""

    day: date
    from_minute: int
    to_minute: int

    @property
    def key(self) -> str:
        """How a form names it: `2026-11-24-540`."""
        return f"{self.day.isoformat()}-{self.from_minute}"

    @property
    def text(self) -> str:
        """How a person reads it: `Tirsdag den 24. november, 9–12`."""
        day = clock.day_text(self.day)
        return _(
            "%(day)s, %(hours)s", day=day[:1].upper() + day[1:], hours=hours_text(self.from_minute, self.to_minute)
        )

    @property
    def begins(self) -> datetime:
        """The UTC moment it begins."""
        return _moment(self.day, self.from_minute)

    @property
    def ends(self) -> datetime:
        """The UTC moment it ends."""
        return _moment(self.day, self.to_minute)


@dataclass(frozen=True)
class Calendar:
    """The hours of the week and the days we are closed, holidays beside them."""

    hours: tuple[Hours, ...] = SHIPPED_HOURS
    closed: frozenset[date] = frozenset()

    def is_open(self, day: date) -> bool:
        """Whether customers can come: a weekday with hours that is no holiday and not closed."""
        return day.weekday() in self._weekdays and not self._is_closed(day)

    def opening_day_after(self, day: date, count: int) -> date:
        """The `count`th opening day after `day`."""
        while count:
            day += timedelta(days=1)
            count -= self.is_open(day)
        return day

    def slots(
        self, now: datetime, fulfilment: Fulfilment = Fulfilment.PICKUP, not_before: date | None = None
    ) -> list[Slot]:
        """The times offered to somebody who orders now, the first first; empty when there are no such hours.

        `not_before` is when what is made to order will be there.
        """
        return list(_slots(self, clock.local_day(now), fulfilment, not_before))

    def slot_of(
        self, key: str, now: datetime, fulfilment: Fulfilment = Fulfilment.PICKUP, not_before: date | None = None
    ) -> Slot | None:
        """The slot a form named, if it is still offered."""
        return next((slot for slot in self.slots(now, fulfilment, not_before) if slot.key == key), None)

    def kept_until(self, pickup_on: date) -> datetime:
        """Until when a thing waits for a customer who pays on fetching: closing time two opening days after."""
        last = self.opening_day_after(pickup_on, KEPT_OPENING_DAYS)
        return _moment(last, max((hours.to_minute for hours in self._of(last, Fulfilment.PICKUP)), default=CLOSES))

    @property
    def text(self) -> str:
        """When customers can come, as a person reads it: `Hverdage 9–14`, or `Mandag og fredag 9–12; torsdag 9–17`."""
        spans = {day: _spans(self._of_weekday(day, Fulfilment.PICKUP)) for day in range(7)}
        if len({spans[day] for day in _WORKDAYS}) == 1 and not (spans[5] or spans[6]):
            return _("Hverdage %(hours)s", hours=spans[0]) if spans[0] else ""
        alike: dict[str, list[str]] = {}
        for day, name in enumerate(_day_names()):
            if spans[day]:
                alike.setdefault(spans[day], []).append(name)
        text = "; ".join(f"{_listed(names)} {hours}" for hours, names in alike.items())
        return text[:1].upper() + text[1:]

    @functools.cached_property
    def _weekdays(self) -> frozenset[int]:
        """Weekdays with hours; a shop nobody can come to still counts its days, by the ordinary week."""
        return frozenset(hours.weekday for hours in self.hours if hours.fulfilment is Fulfilment.PICKUP) or _WORKDAYS

    def _is_closed(self, day: date) -> bool:
        return day in self.closed or day in _holidays() or (day.month, day.day) in _ALSO_CLOSED

    def _of(self, day: date, fulfilment: Fulfilment) -> list[Hours]:
        """The hours of a day, the earliest first."""
        return self._of_weekday(day.weekday(), fulfilment)

    def _of_weekday(self, weekday: int, fulfilment: Fulfilment) -> list[Hours]:
        found = (each for each in self.hours if each.fulfilment is fulfilment and each.weekday == weekday)
        return sorted(found, key=lambda each: each.from_minute)

    def slots_from(self, first: date, fulfilment: Fulfilment) -> Iterator[list[Slot]]:
        """The times of each day that has some, from `first` on."""
        for count in range(FURTHEST.days):
            day = first + timedelta(days=count)
            hours = [] if self._is_closed(day) else self._of(day, fulfilment)
            if hours:
                yield [Slot(day, each.from_minute, each.to_minute) for each in hours]


SHIPPED = Calendar()


@functools.lru_cache(maxsize=64)  # everybody at the checkout on one day is offered the same
def _slots(calendar: Calendar, today: date, fulfilment: Fulfilment, not_before: date | None) -> tuple[Slot, ...]:
    first = calendar.opening_day_after(today, READY_AFTER_OPENING_DAYS)
    days = islice(calendar.slots_from(max(first, not_before or first), fulfilment), DAYS_OFFERED[fulfilment])
    return tuple(slot for day in days for slot in day)


@functools.cache
def _holidays() -> Container[date]:
    """Denmark's; put together at first use, because most processes never ask."""
    import holidays  # every calendar of the world comes along, a quarter of a second; a start must not pay for it

    return holidays.country_holidays("DK")


def hours_text(from_minute: int, to_minute: int) -> str:
    """`9–12`, or `9.30–12`."""
    return f"{_clock_text(from_minute)}–{_clock_text(to_minute)}"


def _spans(hours: list[Hours]) -> str:
    """The hours of a day, those that follow on each other as one: `9–14`."""
    joined: list[list[int]] = []
    for each in hours:
        if joined and each.from_minute <= joined[-1][1]:
            joined[-1][1] = max(joined[-1][1], each.to_minute)
        else:
            joined.append([each.from_minute, each.to_minute])
    return _(" og ").join(hours_text(start, end) for start, end in joined)


def _listed(names: list[str]) -> str:
    """`mandag, tirsdag og fredag`."""
    return _(" og ").join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _day_names() -> tuple[str, ...]:
    return (_("mandag"), _("tirsdag"), _("onsdag"), _("torsdag"), _("fredag"), _("lørdag"), _("søndag"))


def _clock_text(minute: int) -> str:
    hour, rest = divmod(minute, 60)
    return f"{hour}.{rest:02d}" if rest else str(hour)


def _moment(day: date, minute: int) -> datetime:
    """A wall clock's moment; one in the hour that is missing in spring is meant an hour later, as clocks show it."""
    if minute == 24 * 60:
        day, minute = day + timedelta(days=1), 0
    try:
        return clock.at(day, time(*divmod(minute, 60)))
    except ValueError:
        return clock.at(day, time(minute // 60 + 1, minute % 60))
