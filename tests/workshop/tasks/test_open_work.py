"""The open work of some days: steps, visits and routines, each once, and nothing of who."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from support import factories, garden, people

from workshop.citizens.models import Citizen
from workshop.core import clock, db
from workshop.production.models import OrderStep, StepState
from workshop.production.routines.models import Routine, RoutineDay, RoutineDayState
from workshop.services.visits.models import Resource, ResourceKind, VisitResource, VisitState
from workshop.tasks.models import Assignment, AssignmentState
from workshop.tasks.week.open_work import OpenWork, open_work


@pytest.fixture
def monday() -> date:
    """The Monday that comes, so that all of its week lies ahead."""
    today = clock.local_day(clock.now())
    return today + timedelta(days=7 - today.weekday())


def found(first: date, last: date) -> list[OpenWork]:
    with db.reading() as session:
        return open_work(session, first, last, [factories.department(session).id])


def routine(first: date) -> int:
    with db.transaction() as session:
        made = Routine(
            title="Kaffe til alle",
            task_type_id=factories.task_type(session, name="Lave kaffe", kind="canteen", typical_minutes=20).id,
            department_id=factories.department(session).id,
            weekdays=[1],
            starts_on=first,
            start_minute=555,
        )
        session.add(made)
        session.flush()
        return made.id


def test_steps_visits_and_routines_stand_there_once_each(house, monday: date) -> None:
    number = routine(monday)
    with db.transaction() as session:
        team = Resource(kind=ResourceKind.TEAM, name="Hold 1", department_id=factories.department(session).id)
        session.add(team)
        visit = garden.visit(session, day=monday, state=VisitState.PLANNED, start_minute=540)
        session.flush()
        session.add(VisitResource(visit_id=visit.id, resource_id=team.id))
        visit_id = visit.id
    seen = found(monday, monday + timedelta(days=6))
    assert [(each.kind, each.day, each.needs_people) for each in seen] == [
        ("visit", monday, True),
        ("routine", monday + timedelta(days=1), True),
        ("step", None, True),
    ]
    visit_row, routine_row, step_row = seen
    assert (visit_row.visit_id, visit_row.title, visit_row.start_minute) == (visit_id, "Hækklipning", 540)
    assert (routine_row.routine_id, routine_row.minutes) == (number, 20)
    assert (step_row.public_id, step_row.of_what) == (house.step, "Bænk til haven")


def test_a_step_somebody_has_that_week_has_its_day_and_needs_nobody(house, monday: date) -> None:
    with db.transaction() as session:
        step = session.scalars(sa.select(OrderStep).where(OrderStep.public_id == house.step)).one()
        mona = session.get_one(Citizen, house.monas_id)
        given = people.assignment(session, mona, step=step, day=monday, now=clock.now()).id
    assert [(each.day, each.needs_people) for each in found(monday, monday + timedelta(days=6))] == [(monday, False)]
    week_after = monday + timedelta(days=7), monday + timedelta(days=13)
    assert [each.needs_people for each in found(*week_after)] == [True], "planned for before and never begun: it waits"
    with db.transaction() as session:
        session.get_one(Assignment, given).day = monday + timedelta(days=8)
    assert found(monday, monday + timedelta(days=6)) == [], "it is of another week"
    with db.transaction() as session:
        session.get_one(Assignment, given).state = AssignmentState.CANCELLED
    assert [each.needs_people for each in found(monday, monday + timedelta(days=6))] == [True]


def test_what_is_done_or_another_departments_is_not_there(house, monday: date) -> None:
    number = routine(monday)
    with db.transaction() as session:
        session.execute(sa.update(OrderStep).values(state=StepState.FINISHED))
        tuesday = monday + timedelta(days=1)
        session.add(RoutineDay(routine_id=number, day=tuesday, state=RoutineDayState.DONE, done_at=clock.now()))
    assert found(monday, monday + timedelta(days=6)) == []
    with db.transaction() as session:
        session.execute(sa.update(OrderStep).values(state=StepState.WAITING))
        metal = factories.department(session, key="metal", name="Metal")
        assert open_work(session, monday, monday + timedelta(days=6), [metal.id]) == []
    assert len(found(monday, monday + timedelta(days=6))) == 1, "the control: it is there for its own department"
