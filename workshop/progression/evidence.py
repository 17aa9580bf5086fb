"""What a citizen's confirmed records show. A query, never a table: a correction is in force at once.

Every function is about one citizen; none takes two.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.citizens.models import Enrolment
from workshop.core import db
from workshop.products.models import Item
from workshop.progression.indication import PARAMETERS_V1, Parameters, Row
from workshop.tasks.models import LinkRole, Participation, RecordStatus, TaskCompetenceLink, TaskRecord


@dataclass(frozen=True, slots=True)
class Seen:
    """One row of the rule with what a person wants to read about it. It names nobody. `id` is that of the record."""

    id: int
    row: Row
    title: str
    item_number: int | None
    observation: str


class _Link(NamedTuple):
    """A version of what a task can show."""

    competence_id: int
    role: LinkRole
    valid_from: date
    valid_to: date | None


_LINKS = sa.select(
    TaskCompetenceLink.task_type_id,
    TaskCompetenceLink.competence_id,
    TaskCompetenceLink.role,
    TaskCompetenceLink.valid_from,
    TaskCompetenceLink.valid_to,
).order_by(TaskCompetenceLink.valid_from)
# One line a record: joined to the links in the database it would be four, each as wide, and cost twice as much.
_RECORDS = (
    sa.select(
        TaskRecord.id,
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
        TaskRecord.item_id,
    )
    .select_from(Participation)
    .join(TaskRecord, TaskRecord.id == Participation.record_id)
    .where(
        Participation.citizen_id == sa.bindparam("citizen"),
        # Written so that no index answers it: SQLite without statistics would go through every confirmed record of the
        # house by (status, done_on) to find one person's.
        TaskRecord.status.op("||", return_type=sa.String())("") == RecordStatus.CONFIRMED.value,
        TaskRecord.done_on <= sa.bindparam("today"),
    )
)
# By themselves: with the text among the columns above, no index could answer for the part. The quotes are literal, or
# SQLite would not know its partial index again.
_OBSERVATIONS = sa.select(Participation.record_id, Participation.observation).where(
    Participation.citizen_id == sa.bindparam("citizen"), Participation.observation != sa.literal_column("''")
)
# Many records are of few things or of none: joined to the above, PostgreSQL looked once a record.
_NUMBERS = sa.select(Item.id, Item.number).where(Item.id.in_(sa.bindparam("items", expanding=True)))


def seen(session: Session, citizen_id: int, competence_id: int | None, today: date) -> dict[int, list[Seen]]:
    """The citizen's confirmed, current records up to `today` by competence id, newest first, in three queries or four.

    Each record counts through the link that was valid on its own day. With `competence_id` there is only that one.
    Drafts, void and superseded versions and other people's parts are not rows. Source: domain D2, edge cases 3 and 10.
    """
    links = _links(session, competence_id)
    by_competence: dict[int, list[Seen]] = {}
    lines = db.rows(session, _RECORDS, {"citizen": citizen_id, "today": today})
    observed: dict[int, str] = dict(db.rows(session, _OBSERVATIONS, {"citizen": citizen_id}))
    items = {line.item_id for line in lines} - {None}
    numbers: dict[int, int] = dict(db.rows(session, _NUMBERS, {"items": sorted(items)})) if items else {}
    for line in sorted(lines, key=lambda each: (each.done_on, each.recorded_at, each.public_id), reverse=True):
        made: dict[LinkRole, Seen] = {}
        for competence, role in _valid_on(links.get(line.task_type_id, ()), line.done_on).items():
            made[role] = made.get(role) or Seen(
                line.id, _row(line, role), line.title, numbers.get(line.item_id), observed.get(line.id, "")
            )
            by_competence.setdefault(competence, []).append(made[role])
    return by_competence


def _row(line: Any, role: LinkRole) -> Row:
    return Row(
        record_id=line.public_id,
        day=line.done_on,
        minutes=line.minutes,
        support=line.support,
        quality=line.quality,
        recorded_at=line.recorded_at,
        confirmed_by=line.confirmed_by_id,
        is_joint=line.is_joint,
        is_core=role is LinkRole.CORE,
        task_type=line.task_type_id,
    )


def _links(session: Session, competence_id: int | None) -> dict[int, list[_Link]]:
    """What each task can show, by task type id, the oldest version first: a short list, whoever it is held against."""
    by_task: dict[int, list[_Link]] = {}
    for line in db.rows(session, _LINKS):
        if competence_id in (None, line.competence_id):
            link = _Link(line.competence_id, line.role, line.valid_from, line.valid_to)
            by_task.setdefault(line.task_type_id, []).append(link)
    return by_task


def _valid_on(links: Sequence[_Link], day: date) -> dict[int, LinkRole]:
    """The role of each competence on one day. Should two versions overlap, the later one stands: no double count."""
    return {
        link.competence_id: link.role
        for link in links
        if link.valid_from <= day and (link.valid_to is None or day <= link.valid_to)
    }


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
