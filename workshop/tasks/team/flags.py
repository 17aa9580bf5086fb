"""What does not go together in a day: absent and recorded, recorded twice, two tasks at the same time.

Nothing is decided by it. Staff see both, and put right the one that is wrong. Source: domain D2, edge case 12.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.citizens.models import AttendanceEntry, Citizen
from workshop.citizens.queries import AWAY, marks_of_day
from workshop.core.access import Actor
from workshop.core.i18n import _
from workshop.tasks.models import Assignment, Participation, RecordStatus, TaskRecord
from workshop.tasks.team.queries import PartRow

COUNTS = (RecordStatus.DRAFT, RecordStatus.CONFIRMED)
MOST_SHOWN = 50


class Other(NamedTuple):
    """Something else of a person's day, with its times as long as they are kept."""

    citizen_id: int
    record_id: str
    title: str
    started_at: datetime | None
    finished_at: datetime | None


class Clash(NamedTuple):
    """Somebody who is written as away on a day, and as having worked on it."""

    record_id: str
    title: str
    day: date
    citizen_public_id: str
    display_name: str
    picture: str


def flags_of(session: Session, parts: Sequence[PartRow], day: date) -> dict[int, list[str]]:
    """Sentences about each person's day, by citizen, for the page where their part of it is confirmed."""
    people = {part.citizen_id for part in parts}
    marks = marks_of_day(session, people, day)
    others = _others(session, people, day)
    found: dict[int, list[str]] = {}
    for part in parts:
        said = found.setdefault(part.citizen_id, [])
        if marks.get(part.citizen_id) in AWAY:
            said.append(_("Skrevet som fraværende den dag."))
        mine = [each for each in others if each.citizen_id == part.citizen_id and each.record_id != part.record_id]
        for each in mine:
            if not part.record_id and each.title == part.title:
                said.append(_("Har allerede “%(title)s” den dag.", title=each.title))
            elif _overlap(part, each):
                said.append(_("Samtidig med “%(title)s”.", title=each.title))
    return {citizen_id: said for citizen_id, said in found.items() if said}


def clashes(session: Session, actor: Actor, first: date) -> list[Clash]:
    """Everybody of the actor's departments who is away and at work on the same day since `first`, newest day first."""
    rows = session.execute(
        sa.select(
            TaskRecord.public_id,
            TaskRecord.title,
            TaskRecord.done_on,
            Citizen.public_id,
            Citizen.display_name,
            Citizen.picture,
        )
        .join(Participation, Participation.record_id == TaskRecord.id)
        .join(Citizen, Citizen.id == Participation.citizen_id)
        .join(
            AttendanceEntry,
            sa.and_(AttendanceEntry.citizen_id == Citizen.id, AttendanceEntry.day == TaskRecord.done_on),
        )
        .where(
            TaskRecord.status.in_(COUNTS),
            TaskRecord.done_on >= first,
            AttendanceEntry.mark.in_(AWAY),
            sa.or_(Participation.minutes.is_(None), Participation.minutes > 0),
            Citizen.department_id.in_(actor.department_ids),
        )
        .order_by(TaskRecord.done_on.desc(), Citizen.sort_name, TaskRecord.id)
        .limit(MOST_SHOWN)
    )
    return [Clash(*row) for row in rows]


def _others(session: Session, people: Collection[int], day: date) -> list[Other]:
    rows = session.execute(
        sa.select(
            Participation.citizen_id,
            TaskRecord.public_id,
            TaskRecord.title,
            Assignment.started_at,
            Assignment.finished_at,
        )
        .join(TaskRecord, TaskRecord.id == Participation.record_id)
        .outerjoin(Assignment, Assignment.id == TaskRecord.assignment_id)
        .where(Participation.citizen_id.in_(people), TaskRecord.done_on == day, TaskRecord.status.in_(COUNTS))
        .order_by(TaskRecord.id)
    )
    return [Other(*row) for row in rows]


def _overlap(part: PartRow, other: Other) -> bool:
    """Whether two tasks were begun before the other one ended; unknown times overlap with nothing."""
    if part.started_at is None or part.finished_at is None or other.started_at is None or other.finished_at is None:
        return False
    return part.started_at < other.finished_at and other.started_at < part.finished_at
