"""When a customer is to be cleared, from the hour of the snow and the limit that was agreed. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from workshop.core import clock

EVENING = 18 * 60  # snow from here on is for the next morning
LEAD = 3 * 60  # minutes before a limit of the next morning that we begin
SOON = 3 * 60  # with no limit to come that day: within so long
LAST = 24 * 60 - 1


@dataclass(frozen=True)
class Window:
    """The day and the minutes of it, by the Danish wall clock. `has_limit`: `to_minute` is what was agreed."""

    day: date
    from_minute: int
    to_minute: int
    has_limit: bool


def window(from_at: datetime, clear_by_minute: int | None) -> Window:
    """When to come for snow that lies from a moment.

    A limit still to come that day holds that day. One that has passed holds the next morning when the snow comes in
    the evening; by day we come as soon as we can.
    """
    here = clock.local(from_at)
    day, minute = here.date(), here.hour * 60 + here.minute
    if clear_by_minute is not None and minute < clear_by_minute:
        return Window(day, minute, clear_by_minute, has_limit=True)
    if clear_by_minute is not None and minute >= EVENING:
        return Window(day + timedelta(days=1), max(0, clear_by_minute - LEAD), clear_by_minute, has_limit=True)
    return Window(day, minute, min(LAST, minute + SOON), has_limit=False)
