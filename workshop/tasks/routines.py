"""Routines in people's hands: a day of one is given, and it is done when the last who has it finishes."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.citizens.models import Citizen
from workshop.core.errors import Refusal
from workshop.core.i18n import _
from workshop.production.routines import actions as routines
from workshop.production.routines.models import RoutineDay
from workshop.tasks.models import Assignment, AssignmentState

OPEN_STATES = (AssignmentState.PLANNED, AssignmentState.STARTED)


def must_be_free(session: Session, citizen: Citizen, day: RoutineDay) -> None:
    """Refuse to give somebody a routine they have already."""
    same = sa.select(Assignment.id).where(
        Assignment.citizen_id == citizen.id, Assignment.routine_day_id == day.id, Assignment.state.in_(OPEN_STATES)
    )
    if session.scalar(same.limit(1)) is not None:
        raise Refusal(_("%(name)s har allerede opgaven den dag.", name=citizen.display_name))


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
