"""Time is UTC inside and Europe/Copenhagen outside. Rules take `now` as an argument; only views and jobs ask here."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
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


def at(day: date, clock: time) -> datetime:
    """The UTC moment of a Danish day and wall clock; the doubled autumn hour means its first pass (decision 34).

    Raises ValueError for a time that does not exist (the missing spring hour).
    """
    wall = datetime.combine(day, clock, tzinfo=COPENHAGEN)
    moment = wall.astimezone(UTC)
    if moment.astimezone(COPENHAGEN).replace(tzinfo=None) != wall.replace(tzinfo=None):
        raise ValueError(_("Klokkeslættet findes ikke den dag, fordi uret stilles frem. Vælg et andet."))
    return moment


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
        return str(format_date(day, "EEEE d MMMM", locale=language()))
    pattern = "EEEE 'den' d. MMMM" if day.year == local_day(now()).year else "EEEE 'den' d. MMMM y"
    return str(format_date(day, pattern, locale="da"))


def short_day(day: date) -> str:
    """A short date such as `24. nov.`, for lists."""
    return str(format_date(day, "d. MMM" if language() == "da" else "d MMM", locale=language()))


def day_and_clock(moment: datetime) -> str:
    """`tirsdag den 24. november kl. 14.05`."""
    return _("%(day)s kl. %(clock)s", day=day_text(local_day(moment)), clock=clock_text(moment))
