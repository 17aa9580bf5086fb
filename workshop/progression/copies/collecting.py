"""Everything about one person, read as of one moment: for paper and for machines. It names nobody else."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from workshop.citizens.models import Citizen
from workshop.core.access import Actor
from workshop.core.i18n import _, lazy
from workshop.logbook import mine
from workshop.logbook import queries as logbook
from workshop.progression.copies.parts import PARTS
from workshop.sealed import queries as sealed
from workshop.sealed.models import SealedKind

CARES = "cares"
LOG = "log"


class Collected(NamedTuple):
    """One part with its rows, each by the names of its columns."""

    key: str
    title: Any
    rows: list[dict[str, Any]]


def collect(
    session: Session, actor: Actor, citizen: Citizen, today: date, master_keys: Sequence[bytes]
) -> list[Collected]:
    """Every part of the copy, also those without a row; in a snapshot, so that all of it is of one moment.

    Whoever calls has shown that the actor is the citizen, or somebody with them in their caseload.
    """
    found = [
        Collected(part.key, part.title, [dict(row) for row in session.execute(part.ask(citizen.id)).mappings()])
        for part in PARTS
    ]
    return [*found, _cares(session, actor, citizen, today, master_keys), _log(session, citizen, today)]


def _cares(session: Session, actor: Actor, citizen: Citizen, today: date, master_keys: Sequence[bytes]) -> Collected:
    """What work allows for: the texts themselves, without who wrote them."""
    listed = sealed.history(session, actor, citizen, today, master_keys)
    rows = [
        {
            "kind": SealedKind(each.kind),
            "text": each.text,
            "line": each.line,
            "from_on": each.from_on,
            "until_on": each.until_on,
            "written_at": each.written_at,
        }
        for each in listed
    ]
    return Collected(CARES, lazy("Det hjælper dig"), rows)


def _log(session: Session, citizen: Citizen, today: date) -> Collected:
    """What was done with the person's page, day by day, without whose hand it was."""
    first = logbook.first_day_about(session, citizen.public_id) or today
    told = [row._replace(name="") for row in logbook.about_citizen(session, citizen.public_id, first, today)]
    rows = [
        {"day": day.day, "told": sentence}
        for day in mine.days(told)
        for sentence in (
            *(f"{line.sentence} {line.reason}".strip() for line in day.lines),
            *([_("Du stod på en liste, som en fra værkstedet så.")] if day.lists else []),
        )
    ]
    return Collected(LOG, lazy("Hvem har set dine oplysninger"), rows)


def for_machines(parts: Sequence[Collected], made_at: datetime) -> dict[str, Any]:
    """The copy as JSON: days and moments as ISO 8601, choices by their key, levels 0 to 4."""
    return {
        "made_at": made_at.isoformat(),
        **{part.key: [{name: _plain(value) for name, value in row.items()} for row in part.rows] for part in parts},
    }


def _plain(value: Any) -> Any:
    if isinstance(value, StrEnum):
        return value.value
    return value.isoformat() if isinstance(value, date) else value
