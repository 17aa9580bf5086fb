"""What a citizen's confirmed records show. A query, never a table: a correction is in force at once.

Every function is about one citizen; none takes two.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.citizens.models import Enrolment
from workshop.products.models import Item
from workshop.progression.indication import PARAMETERS_V1, Indication, Parameters, Row, indicate
from workshop.tasks.models import LinkRole, Participation, RecordStatus, TaskCompetenceLink, TaskRecord


@dataclass(frozen=True, slots=True)
class Seen:
    """One row of the rule with what a person wants to read about it. It names nobody."""

    row: Row
    title: str
    item_number: int | None
    observation: str


def seen(session: Session, citizen_id: int, competence_id: int | None, today: date) -> dict[int, list[Seen]]:
    """The citizen's confirmed, current records up to `today` by competence id, newest first, in one query.

    Each record counts through the link that was valid on its own day. With `competence_id` there is only that one.
    Drafts, void and superseded versions and other people's parts are not rows. Source: domain D2, edge cases 3 and 10.
    """
    found: dict[tuple[int, str], Seen] = {}
    for line in session.execute(_statement(citizen_id, competence_id, today)):
        row = Row(
            record_id=line.public_id,
            day=line.done_on,
            minutes=line.minutes,
            support=line.support,
            quality=line.quality,
            recorded_at=line.recorded_at,
            confirmed_by=line.confirmed_by_id,
            is_joint=line.is_joint,
            is_core=line.role is LinkRole.CORE,
            task_type=line.task_type_id,
        )
        # Should two versions of a link overlap, the later one is read last and stands: nothing counts double.
        found[line.competence_id, line.public_id] = Seen(row, line.title, line.item_number, line.observation)
    by_competence: dict[int, list[Seen]] = {}
    for (competence, _record), each in found.items():
        by_competence.setdefault(competence, []).append(each)
    for listed in by_competence.values():
        listed.sort(key=lambda each: (each.row.day, each.row.recorded_at), reverse=True)
    return by_competence


def rows(session: Session, citizen_id: int, competence_id: int | None, today: date) -> dict[int, list[Row]]:
    """The rows the rule reads, by competence id; see `seen`."""
    found = seen(session, citizen_id, competence_id, today)
    return {competence: rows_of(listed) for competence, listed in found.items()}


def rows_of(listed: Sequence[Seen]) -> list[Row]:
    """The bare rows of the rule."""
    return [each.row for each in listed]


def foundation_ends_on(
    session: Session, citizen_id: int, today: date, parameters: Parameters = PARAMETERS_V1
) -> date | None:
    """The last day of the citizen's foundation phase, from the newest enrolment begun; None without an enrolment."""
    started_on = session.scalar(
        sa.select(sa.func.max(Enrolment.started_on)).where(
            Enrolment.citizen_id == citizen_id, Enrolment.started_on <= today
        )
    )
    return parameters.foundation_ends_on(started_on) if started_on else None


def indications(found: Mapping[int, Sequence[Seen]], today: date, foundation_end: date | None) -> dict[int, Indication]:
    """What the rule suggests by competence id on the day `today`; for open talks and for words about goals only."""
    return {
        competence: indicate(rows_of(listed), today, foundation_ends_on=foundation_end)
        for competence, listed in found.items()
    }


def _statement(citizen_id: int, competence_id: int | None, today: date) -> sa.Select[*tuple[Any, ...]]:
    link = TaskCompetenceLink
    statement = (
        sa.select(
            link.competence_id,
            link.role,
            TaskRecord.public_id,
            TaskRecord.done_on,
            TaskRecord.title,
            TaskRecord.task_type_id,
            TaskRecord.recorded_at,
            TaskRecord.confirmed_by_id,
            Participation.minutes,
            Participation.support,
            Participation.quality,
            Participation.is_joint,
            Participation.observation,
            Item.number.label("item_number"),
        )
        .select_from(Participation)
        .join(TaskRecord, TaskRecord.id == Participation.record_id)
        .join(link, link.task_type_id == TaskRecord.task_type_id)
        .outerjoin(Item, Item.id == TaskRecord.item_id)
        .where(
            Participation.citizen_id == citizen_id,
            TaskRecord.status == RecordStatus.CONFIRMED,
            TaskRecord.done_on <= today,
            link.valid_from <= TaskRecord.done_on,
            sa.or_(link.valid_to.is_(None), link.valid_to >= TaskRecord.done_on),
        )
        .order_by(link.valid_from)
    )
    return statement if competence_id is None else statement.where(link.competence_id == competence_id)
