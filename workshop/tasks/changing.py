"""Changing a task from one state to another, and which version of its record comes next."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session, aliased

from workshop.core import clock
from workshop.core.errors import Refusal
from workshop.core.i18n import _
from workshop.production.routines.words import clock_of
from workshop.tasks.models import Assignment, AssignmentState, TaskRecord

OPEN_STATES = (AssignmentState.PLANNED, AssignmentState.STARTED)


class MovedMeanwhile(Refusal):
    """Somebody else moved the task after the page was opened; the page shows where it lies now."""


def as_seen(session: Session, assignments: Sequence[Assignment], seen: tuple[date, int | None] | None) -> None:
    """Lock these and read them again; they lie where whoever moves them saw them, or it is said that they do not.

    `seen` is a day and minutes after midnight on the Danish wall clock; None where nothing was shown. Raises
    MovedMeanwhile.
    """
    ids = [each.id for each in assignments]
    session.execute(
        sa.select(Assignment).where(Assignment.id.in_(ids)).order_by(Assignment.id).with_for_update(),
        execution_options={"populate_existing": True},
    ).all()
    lies = {(each.day, each.start_minute) for each in assignments if each.state is AssignmentState.PLANNED}
    elsewhere = next(iter(lies - {seen}), None)
    if seen is not None and elsewhere is not None:
        when = " ".join((clock.day_text(elsewhere[0]), clock_of(elsewhere[1]))).strip()
        raise MovedMeanwhile(
            _("En anden har flyttet opgaven imens. Nu ligger den %(when)s. Flyt den igen, hvis det passer.", when=when)
        )


def in_other_hands() -> sa.ColumnElement[bool]:
    """Whether another task than the one asked about is the same work, and somebody has it or has done it."""
    other = aliased(Assignment)
    same_work = sa.or_(
        other.order_step_id == Assignment.order_step_id,
        other.visit_id == Assignment.visit_id,
        sa.and_(
            Assignment.order_step_id.is_(None),
            Assignment.visit_id.is_(None),
            other.task_type_id == Assignment.task_type_id,
            other.title == Assignment.title,
            other.day == Assignment.day,
        ),
    )
    return sa.exists().where(same_work, other.id != Assignment.id, other.state != AssignmentState.CANCELLED)


def moved(
    session: Session,
    assignment: Assignment,
    before: tuple[AssignmentState, ...],
    *also: sa.ColumnElement[bool],
    **values: Any,
) -> bool:
    """Change an assignment only from these states, in one statement, so that of two tablets one wins."""
    statement = (
        sa.update(Assignment)
        .where(Assignment.id == assignment.id, Assignment.state.in_(before), *also)
        .values(version=Assignment.version + 1, **values)
        .execution_options(synchronize_session=False)
    )
    session.flush()
    result = session.execute(statement)
    session.refresh(assignment)
    return isinstance(result, CursorResult) and result.rowcount == 1


def newest_record(session: Session, assignment_id: int) -> TaskRecord | None:
    """The newest version of what was written about a task; one that was taken back is a version like any other."""
    return session.scalar(
        sa.select(TaskRecord)
        .where(TaskRecord.assignment_id == assignment_id)
        .order_by(TaskRecord.version.desc())
        .limit(1)
    )
