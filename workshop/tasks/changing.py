"""Changing a task from one state to another, and which version of its record comes next."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from workshop.tasks.models import Assignment, AssignmentState, TaskRecord

OPEN_STATES = (AssignmentState.PLANNED, AssignmentState.STARTED)


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
