"""A visit's time: minutes after midnight by the Danish wall clock, and the true moment that is."""

from __future__ import annotations

from datetime import date, datetime

from workshop.core import clock
from workshop.core.errors import Refusal
from workshop.core.i18n import _


def moment(day: date, minute: int, *, is_second_pass: bool = False) -> datetime:
    """The UTC moment of a wall clock time; `is_second_pass` counts in the doubled autumn hour alone.

    Raises Refusal for a time that does not exist: the missing spring hour.
    """
    try:
        return clock.at(day, clock.of_minute(minute), is_second_pass=is_second_pass)
    except ValueError as missing:
        raise Refusal(str(missing)) from missing


def is_doubled(day: date, minute: int) -> bool:
    """Whether this time comes twice that day: the autumn hour."""
    return clock.is_doubled(day, clock.of_minute(minute))


def minute_text(minute: int) -> str:
    """`9.05`, for a time of day."""
    return f"{minute // 60}.{minute % 60:02d}"


def window_text(from_minute: int, to_minute: int) -> str:
    """`mellem kl. 9.00 og 12.00`: the window a customer is told."""
    return _("mellem kl. %(from_)s og %(to)s", from_=minute_text(from_minute), to=minute_text(to_minute))
