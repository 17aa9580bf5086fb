"""Who goes along on a visit. The visit itself knows nobody; what is written here follows its day and its time."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.citizens import queries as citizens
from workshop.citizens.models import Citizen
from workshop.core import clock, db
from workshop.core.errors import Refusal
from workshop.core.i18n import _
from workshop.production.models import TaskType
from workshop.services.visits.models import Resource, Visit, VisitState
from workshop.tasks.models import Assignment, AssignmentState, TeamMember

TO_COME = (VisitState.PLANNED, VisitState.ON_THE_WAY, VisitState.STARTED)
OPEN_STATES = (AssignmentState.PLANNED, AssignmentState.STARTED)


def take_along(
    session: Session, visit: Visit, tasks: Mapping[Citizen, TaskType], *, now: datetime, by_staff_id: int
) -> int:
    """Let exactly these go along, each with a task of their own; gives how many that is. Said again, nothing changes.

    Whoever is not named is taken off, unless they have begun. Raises Refusal for a visit without a day, one that is
    over, one of a day gone by, and for somebody whose stay does not cover the day.
    """
    session.execute(sa.select(Visit.id).where(Visit.id == visit.id).with_for_update())
    session.refresh(visit)
    if visit.day is None or visit.state not in TO_COME:
        raise Refusal(_("Besøget har ikke en dag endnu, eller det er slut. Se planen."))
    if visit.day < clock.local_day(now):
        raise Refusal(_("Dagen er gået. Vælg i dag eller en dag frem."))
    open_ones = {each.citizen_id: each for each in session.scalars(_open_of(visit.id))}
    for citizen, task in tasks.items():
        if not citizens.is_enrolled(session, citizen.id, visit.day):
            raise Refusal(_("%(name)s har ikke et forløb den dag. Vælg en anden.", name=citizen.display_name))
        going = open_ones.get(citizen.id)
        if going is None:
            session.add(_task(visit, citizen, task, by_staff_id))
        elif going.state is AssignmentState.PLANNED and going.task_type_id != task.id:
            going.task_type_id, going.title = task.id, task.name
    wanted = {citizen.id for citizen in tasks}
    for citizen_id, going in open_ones.items():
        if citizen_id not in wanted and going.state is AssignmentState.PLANNED:
            going.state = AssignmentState.CANCELLED
    session.flush()
    return len(wanted)


def set_team(session: Session, team: Resource, people: Collection[Citizen]) -> None:
    """Say who is usually in a team; visits that were planned with others keep them."""
    session.execute(sa.delete(TeamMember).where(TeamMember.resource_id == team.id))
    session.add_all(TeamMember(resource_id=team.id, citizen_id=each.id) for each in people)
    session.flush()


def follow_visits(now: datetime) -> int:
    """Bring what nobody has begun to where its visit is now: another day or time, or off the list. How many changed."""
    with db.reading() as session:
        stale = session.scalars(_stale()).all()
    for number in stale:
        with db.transaction() as session:
            _follow(session, number, now)
    return len(stale)


def _stale() -> sa.Select[int]:
    is_off = sa.or_(Visit.state.in_((VisitState.CANCELLED, VisitState.NOT_DONE)), Visit.day.is_(None))
    is_elsewhere = sa.or_(Visit.day != Assignment.day, Visit.start_minute.is_distinct_from(Assignment.start_minute))
    return (
        sa.select(Assignment.id)
        .join(Visit, Visit.id == Assignment.visit_id)
        .where(Assignment.state == AssignmentState.PLANNED, sa.or_(is_off, is_elsewhere))
    )


def _follow(session: Session, assignment_id: int, now: datetime) -> None:
    found = session.scalar(
        sa.select(Assignment)
        .where(Assignment.id == assignment_id, Assignment.state == AssignmentState.PLANNED)
        .with_for_update()
    )
    if found is None or found.visit_id is None:
        return
    visit = session.get_one(Visit, found.visit_id)
    is_off = visit.state in (VisitState.CANCELLED, VisitState.NOT_DONE) or visit.day is None
    if is_off or visit.day is None or not citizens.is_enrolled(session, found.citizen_id, visit.day):
        found.state = AssignmentState.CANCELLED
    elif visit.day >= clock.local_day(now):
        found.day, found.start_minute = visit.day, visit.start_minute
    else:
        found.state = AssignmentState.CANCELLED  # it was put on a day gone by: nobody can begin it there
    session.flush()


def _open_of(visit_id: int) -> sa.Select[Assignment]:
    return sa.select(Assignment).where(Assignment.visit_id == visit_id, Assignment.state.in_(OPEN_STATES))


def _task(visit: Visit, citizen: Citizen, task: TaskType, by_staff_id: int) -> Assignment:
    return Assignment(
        citizen_id=citizen.id,
        task_type_id=task.id,
        visit_id=visit.id,
        title=task.name,
        day=visit.day,
        start_minute=visit.start_minute,
        by_staff_id=by_staff_id,
    )
