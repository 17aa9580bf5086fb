"""The days the house is closed: routines do not fall on them."""

from __future__ import annotations

from datetime import date


def closed_days(first: date, last: date) -> dict[date, str]:
    """Danish public holidays between two days, both included, with what they are called."""
    import holidays  # every calendar of the world comes along, a quarter of a second; a start must not pay for it

    # Named in Danish whatever the language of the page: they are names.
    found = holidays.country_holidays("DK", years=range(first.year, last.year + 1), language="da")
    return {day: name for day, name in sorted(found.items()) if first <= day <= last}
