"""Routines in people's hands: a day of one is given, and it is done when the last who has it finishes."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.citizens.models import Citizen
from workshop.core.errors import Refusal
from workshop.core.i18n import _
from workshop.production.routines import actions as routines
from workshop.production.routines.models import Routine, RoutineDay
from workshop.production.routines.rules import falls_on
from workshop.tasks.models import Assignment, AssignmentState

OPEN_STATES = (AssignmentState.PLANNED, AssignmentState.STARTED)


def must_be_free(session: Session, citizen: Citizen, day: RoutineDay) -> None:
    """Refuse to give somebody a routine they have already."""
    same = sa.select(Assignment.id).where(
        Assignment.citizen_id == citizen.id, Assignment.routine_day_id == day.id, Assignment.state.in_(OPEN_STATES)
    )
    if session.scalar(same.limit(1)) is not None:
        raise Refusal(_("%(name)s har allerede opgaven den dag.", name=citizen.display_name))


def day_for(session: Session, assignment: Assignment) -> int | None:
    """The day of the routine a task came from, made anew where nobody had it any more; None for what is no routine.

    A task that was the last of its routine's day no longer points at it (`settle`), so it is known by its work and its
    name. Raises Refusal when the day is done or left out by now.
    """
    if assignment.routine_day_id is not None or assignment.order_step_id is not None or assignment.visit_id is not None:
        return assignment.routine_day_id
    department = sa.select(Citizen.department_id).where(Citizen.id == assignment.citizen_id).scalar_subquery()
    alike = sa.select(Routine).where(
        Routine.task_type_id == assignment.task_type_id,
        Routine.title == assignment.title,
        Routine.department_id == department,
    )
    found = next((each for each in session.scalars(alike) if falls_on(each, assignment.day)), None)
    return routines.day_to_give(session, found, assignment.day).id if found is not None else None


def settle(session: Session, routine_day_id: int | None, *, now: datetime) -> None:
    """See whether the routine is done that day: nobody has it left, and somebody did it. Asked twice it is done once.

    Where everybody was taken off, the day waits for somebody again.
    """
    if routine_day_id is None:
        return
    # The day's row is the gate: of two who finish at once the second sees that the first is done.
    routines.wait_for(session, routine_day_id)
    rows = session.execute(sa.select(Assignment.state).where(Assignment.routine_day_id == routine_day_id))
    states = {row.state for row in rows}
    if states & set(OPEN_STATES):
        return
    if AssignmentState.FINISHED in states:
        routines.finish_day(session, routine_day_id, now=now)
        return
    session.execute(
        sa.update(Assignment).where(Assignment.routine_day_id == routine_day_id).values(routine_day_id=None),
        execution_options={"synchronize_session": False},
    )
    routines.nobody_has(session, routine_day_id)
