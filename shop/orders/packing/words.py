"""Words that the page and the paper share."""

from __future__ import annotations

from datetime import date

from workshop.core import clock
from workshop.core.i18n import _
from workshop.products.models import SizeClass


def titles(day: date) -> dict[bool, str]:
    """The headings of a day's lists, by whether it is the one of what is brought."""
    text = clock.day_text(day)
    return {False: _("Pakkeliste, %(day)s", day=text), True: _("Leveringsliste, %(day)s", day=text)}


def size_name(size: SizeClass) -> str:
    """How large something is, in words for who carries it."""
    names = {
        SizeClass.S: _("lille"),
        SizeClass.M: _("mellem"),
        SizeClass.L: _("stor"),
        SizeClass.XL: _("meget stor"),
    }
    return names.get(size, size.value)
