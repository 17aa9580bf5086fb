"""Who has seen a citizen's page, as the citizen reads it: by day, in plain sentences, lists quietly together.

Pure: it is given rows of the log. What the citizen did themselves is left out. Source: decision 19.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import NamedTuple

from workshop.core import clock
from workshop.core.i18n import _, ngettext
from workshop.logbook import deeds


class Row(NamedTuple):
    """A row of the log about one citizen; `name` is the staff member's, empty for anybody else."""

    at: datetime
    deed: str
    reason: str
    name: str


@dataclass(frozen=True)
class Line:
    """One thing somebody did, said to the citizen."""

    picture: str
    sentence: str
    reason: str = ""


@dataclass(frozen=True)
class Day:
    """A day on which somebody did something, the newest first."""

    day: date
    lines: tuple[Line, ...]
    lists: str = ""  # who had lists before them on which the citizen stood


def days(rows: Iterable[Row]) -> list[Day]:
    """The days, newest first; each sentence once a day, in the order of what happened first."""
    found = sorted(rows, key=lambda row: row.at, reverse=True)
    return [
        _day(day, sorted(on, key=lambda row: row.at))
        for day, on in groupby(found, key=lambda row: clock.local_day(row.at))
    ]


def _day(day: date, rows: list[Row]) -> Day:
    listed = [row for row in rows if deeds.kind_for_citizen(row.deed, row.reason) == deeds.LIST]
    names = dict.fromkeys(first_name(row.name) for row in listed)
    said = dict.fromkeys(_line(row) for row in rows if row not in listed)
    # A page opened with a reason and opened again says the reason once.
    with_reason = {line.sentence for line in said if line.reason}
    lines = tuple(line for line in said if line.reason or line.sentence not in with_reason)
    return Day(day, lines, _lists(list(names)))


def _line(row: Row) -> Line:
    kind = deeds.kind_for_citizen(row.deed, row.reason)
    told = deeds.told(kind)
    shows_why = kind in deeds.OPENED or kind == deeds.EXPORT
    return Line(told.picture, told.sentence(first_name(row.name)), row.reason if shows_why else "")


def _lists(names: list[str]) -> str:
    if not names:
        return ""
    *before, last = names
    who = _("%(some)s og %(last)s", some=", ".join(before), last=last) if before else last
    return ngettext("Du stod på en liste, som %(who)s så.", "Du stod på lister, som %(who)s så.", len(names), who=who)


def first_name(name: str) -> str:
    """The name people call each other by; somebody without one is one of the staff."""
    return name.split()[0] if name.split() else _("En fra værkstedet")
