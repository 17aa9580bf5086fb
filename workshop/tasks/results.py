"""What tasks hand over to those who ask: small values, no rows."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from workshop.products.models import Item
from workshop.tasks.marks import Quality, Support
from workshop.tasks.models import Assignment, TaskRecord

MOST_MINUTES = 600
ROUND_TO = 5
SHORTEST_MEASURED = timedelta(minutes=5)


@dataclass(frozen=True)
class Finished:
    """What a finish gave: the assignment, its record, and the numbered pieces that came out of it, if any."""

    assignment: Assignment
    record: TaskRecord
    items: Sequence[Item]


@dataclass(frozen=True)
class PartMarks:
    """What staff saw of one person's part; no support and no quality is "not assessed today".

    `minutes` are 0 to 600, 0 for somebody who was not there. `aids` are the ids of those that were used, None where
    nothing is said about them: then it stays as it was.
    """

    citizen_id: int
    minutes: int | None
    support: Support | None = None
    quality: Quality | None = None
    is_joint: bool = False
    observation: str = ""
    aids: Collection[int] | None = None


@dataclass(frozen=True)
class Job:
    """A piece of work on a day, whoever did it: a step of an order, a visit, a day of a routine, or a plain task."""

    task_type_id: int
    title: str
    day: date
    order_step_id: int | None = None
    visit_id: int | None = None
    routine_day_id: int | None = None


def suggested_minutes(started_at: datetime | None, finished_at: datetime | None, paused_seconds: int = 0) -> int | None:
    """Minutes to the nearest five, 5 to 600, less the breaks, as a suggestion that staff may change.

    None where a time is missing, or where start and finish were pressed within five minutes: then somebody pressed
    both at the end, and staff know better. Never 0, for no minutes means that somebody was not there.
    """
    if started_at is None or finished_at is None or finished_at - started_at < SHORTEST_MEASURED:
        return None
    minutes = ((finished_at - started_at).total_seconds() - paused_seconds) / 60
    return max(ROUND_TO, min(MOST_MINUTES, ROUND_TO * round(minutes / ROUND_TO)))
