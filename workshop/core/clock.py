"""Time is UTC inside and Europe/Copenhagen outside. Rules take `now` as an argument; only views and jobs ask here."""

from __future__ import annotations

import functools
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date

from workshop.core.i18n import _, language

COPENHAGEN = ZoneInfo("Europe/Copenhagen")
PLANNED_YEARS = range(2000, 2101)  # beyond them there is nothing to see, and the calendar itself ends at 9999


def now() -> datetime:
    """This moment, UTC."""
    return datetime.now(UTC)


def local(moment: datetime) -> datetime:
    """A UTC moment on the Danish wall clock."""
    return moment.astimezone(COPENHAGEN)


def local_day(moment: datetime) -> date:
    """The Danish calendar day of a UTC moment."""
    return local(moment).date()


def at(day: date, clock: time, *, is_second_pass: bool = False) -> datetime:
    """The UTC moment of a Danish day and wall clock; the doubled autumn hour means its first pass unless told.

    Raises ValueError for a time that does not exist (the missing spring hour). Source: decision 34.
    """
    wall = datetime.combine(day, clock, tzinfo=COPENHAGEN).replace(fold=1 if is_second_pass else 0)
    moment = wall.astimezone(UTC)
    if moment.astimezone(COPENHAGEN).replace(tzinfo=None) != wall.replace(tzinfo=None):
        raise ValueError(_("Klokkeslættet findes ikke den dag, fordi uret stilles frem. Vælg et andet."))
    return moment


def is_doubled(day: date, clock: time) -> bool:
    """Whether a Danish wall clock shows this time twice that day, so that somebody has to say which is meant."""
    wall = datetime.combine(day, clock, tzinfo=COPENHAGEN)
    first, second = (wall.replace(fold=fold).utcoffset() for fold in (0, 1))
    return first is not None and second is not None and first > second


def is_missing(day: date, clock: time) -> bool:
    """Whether a Danish wall clock never shows this time that day: it is put forward past it."""
    wall = datetime.combine(day, clock, tzinfo=COPENHAGEN)
    first, second = (wall.replace(fold=fold).utcoffset() for fold in (0, 1))
    return first is not None and second is not None and first < second


def of_minute(minute: int) -> time:
    """The wall clock of a minute after midnight, 0 to 1439."""
    return time(minute // 60, minute % 60)


def span(day: date, start_minute: int, minutes: int, *, is_second_pass: bool = False) -> tuple[datetime, datetime]:
    """The UTC moments between which something lasts. `minutes` is true elapsed time, whatever the clocks do meanwhile.

    Raises ValueError when it would begin in the missing spring hour.
    """
    begins = at(day, of_minute(start_minute), is_second_pass=is_second_pass)
    return begins, begins + timedelta(minutes=minutes)


def day_of(text: str) -> date | None:
    """A day out of an address such as `2026-11-24`; None for what is no day, or none anybody plans or looks back to."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.year in PLANNED_YEARS else None


def clock_text(moment: datetime) -> str:
    """`14.05` on the Danish wall clock."""
    return local(moment).strftime("%H.%M").removeprefix("0") if language() == "da" else local(moment).strftime("%H:%M")


def day_text(day: date) -> str:
    """`tirsdag den 24. november`, with the year when it is not the present one."""
    if language() != "da":
        return _written(day, "EEEE d MMMM", language())
    pattern = "EEEE 'den' d. MMMM" if day.year == local_day(now()).year else "EEEE 'den' d. MMMM y"
    return _written(day, pattern, "da")


def short_day(day: date) -> str:
    """A short date such as `24. nov.`, for lists."""
    return _written(day, "d. MMM" if language() == "da" else "d MMM", language())


@functools.lru_cache(maxsize=2048)  # the library reads its pattern anew each time, and pages name the same few days
def _written(day: date, pattern: str, code: str) -> str:
    return str(format_date(day, pattern, locale=code))


def day_and_clock(moment: datetime) -> str:
    """`tirsdag den 24. november kl. 14.05`."""
    return _("%(day)s kl. %(clock)s", day=day_text(local_day(moment)), clock=clock_text(moment))
