"""The days the house is closed: routines do not fall on them."""

from __future__ import annotations

from datetime import date

# Days all keep free though they are no holidays. Month and day; they have the same names in every language.
ALSO_CLOSED = {(6, 5): "Grundlovsdag", (12, 24): "Juleaften", (12, 31): "Nytårsaften"}


def closed_days(first: date, last: date) -> dict[date, str]:
    """Danish holidays and the days all keep free between two days, both included, with what they are called."""
    import holidays  # every calendar of the world comes along, a quarter of a second; a start must not pay for it

    # Named in Danish whatever the language of the page: they are names.
    years = range(first.year, last.year + 1)
    kept = {date(year, month, day): name for year in years for (month, day), name in ALSO_CLOSED.items()}
    found = kept | holidays.country_holidays("DK", years=years, language="da")
    return {day: name for day, name in sorted(found.items()) if first <= day <= last}
