"""Look-ups that stand out, as plain facts. They accuse nobody: there are good reasons for each of them.

Pure: it is given rows of the log. Thresholds are the house's own judgement, and are shown on the page.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from typing import NamedTuple

from workshop.core import clock
from workshop.core.i18n import ngettext
from workshop.logbook import deeds

OUTSIDE_A_DAY = 5  # people outside one's own caseload: a stand-in's day has names enough, a curious one too
OPENED_A_DAY = 30  # people's pages: more than anybody can have talked with
REFUSED_A_DAY = 1  # every try at another department is shown
NIGHT_BEGINS, NIGHT_ENDS = time(22), time(5)


class Row(NamedTuple):
    """A row of the log by a member of staff."""

    at: datetime
    account_id: int
    name: str
    deed: str
    people: Sequence[str]
    reason: str


class Fact(NamedTuple):
    """Something that stands out about somebody's day."""

    day: date
    name: str
    kind: str
    sentence: str
    reasons: tuple[str, ...] = ()


def facts(rows: Iterable[Row]) -> list[Fact]:
    """What stands out, the newest day first."""
    by_day: dict[tuple[date, int], list[Row]] = defaultdict(list)
    for row in rows:
        by_day[(clock.local_day(row.at), row.account_id)].append(row)
    found = [fact for (day, _who), its in by_day.items() for fact in _of_day(day, its[0].name, its)]
    return sorted(found, key=lambda fact: (-fact.day.toordinal(), fact.name, fact.kind))


def _of_day(day: date, name: str, rows: Sequence[Row]) -> Iterable[Fact]:
    opened = [row for row in rows if row.deed in deeds.OPENED]
    outside = [row for row in opened if row.reason and row.reason not in deeds.HELPING]
    many, strange = _people(opened), _people(outside)
    if len(strange) >= OUTSIDE_A_DAY:
        text = ngettext(
            "Åbnede siden for %(num)s, der ikke er en af dem, vedkommende er kontaktperson for.",
            "Åbnede siden for %(num)s, der ikke er blandt dem, vedkommende er kontaktperson for.",
            len(strange),
        )
        yield Fact(day, name, "outside", text, tuple(dict.fromkeys(row.reason for row in outside)))
    if len(many) >= OPENED_A_DAY:
        yield Fact(day, name, "many", ngettext("Åbnede %(num)s side.", "Åbnede siden for %(num)s personer.", len(many)))
    night = _people(row for row in opened if is_night(row.at))
    if night:
        text = ngettext("Åbnede siden for %(num)s om natten.", "Åbnede siden for %(num)s om natten.", len(night))
        yield Fact(day, name, "night", text)
    refused = sum(1 for row in rows if row.deed == deeds.REFUSED)
    if refused >= REFUSED_A_DAY:
        text = ngettext("Blev afvist %(num)s gang.", "Blev afvist %(num)s gange.", refused)
        yield Fact(day, name, "refused", text)


def _people(rows: Iterable[Row]) -> set[str]:
    return {person for row in rows for person in row.people}


def is_night(moment: datetime) -> bool:
    """Whether the Danish wall clock says night."""
    clock_time = clock.local(moment).time()
    return clock_time >= NIGHT_BEGINS or clock_time < NIGHT_ENDS
