"""When in the year a service is done, and which weeks somebody can wish for. Pure; days are Danish days."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from babel.dates import format_date

from workshop.core.i18n import _

MOST_WEEKS = 6
_WORKDAYS = 5
_A_YEAR = 53


class Week(NamedTuple):
    """A week somebody can wish for: `2026-W49`, its number, and Monday to Friday."""

    key: str
    number: int
    first: date
    last: date


def is_in_season(day: date, season_from: str | None, season_to: str | None) -> bool:
    """Whether a day lies in a season of `MM-DD`s, both included; later from than to means across New Year."""
    if not season_from or not season_to:
        return True
    here = f"{day:%m-%d}"
    if season_from <= season_to:
        return season_from <= here <= season_to
    return here >= season_from or here <= season_to


def is_all_year(season_from: str | None, season_to: str | None) -> bool:
    """Whether it is done the whole year."""
    return not season_from or not season_to or (season_from, season_to) == ("01-01", "12-31")


def season_text(season_from: str | None, season_to: str | None) -> str:
    """`15. juni til 31. oktober`, or `hele året`."""
    if season_from is None or season_to is None or is_all_year(season_from, season_to):
        return _("hele året")
    return _("%(first)s til %(last)s", first=_day_text(season_from), last=_day_text(season_to))


def weeks_ahead(today: date, season_from: str | None, season_to: str | None) -> list[Week]:
    """The next weeks in season, from next week on: we answer first."""
    monday = today - timedelta(days=today.weekday())
    found: list[Week] = []
    for _turn in range(_A_YEAR):
        monday += timedelta(days=7)
        days = [monday + timedelta(days=each) for each in range(_WORKDAYS)]
        if any(is_in_season(day, season_from, season_to) for day in days):
            found.append(week_of(monday))
        if len(found) == MOST_WEEKS:
            break
    return found


def week_of(day: date) -> Week:
    """The week a day lies in."""
    monday = day - timedelta(days=day.weekday())
    year, number, _weekday = monday.isocalendar()
    return Week(f"{year}-W{number:02d}", number, monday, monday + timedelta(days=_WORKDAYS - 1))


def parse_day(text: str) -> str | None:
    """`15.6.` or `15-06` as `MM-DD`; None for nothing. Raises ValueError with a sentence for a day no year has."""
    parts = text.replace("/", ".").replace("-", ".").strip(" .").split(".")
    if parts == [""]:
        return None
    try:
        day, month = (int(part) for part in parts)
        return f"{date(2000, month, day):%m-%d}"  # a leap year, so that 29 February may be written
    except (ValueError, OverflowError) as problem:
        raise ValueError(_("Skriv en dag og en måned, for eksempel 15.6.")) from problem


def typed_day(month_day: str | None) -> str:
    """A day of the year as it is typed: `06-15` gives `15.6.` back."""
    if not month_day:
        return ""
    month, day = (int(part) for part in month_day.split("-"))
    return f"{day}.{month}."


def _day_text(month_day: str) -> str:
    month, day = (int(part) for part in month_day.split("-"))
    return str(format_date(date(2000, month, day), "d. MMMM", locale="da"))
