"""This week's work and one person: what was given and what waits, in the words task and person share."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from support import factories, people

from tests.workshop.progression import records
from workshop.production.models import OrderStep
from workshop.progression import queries
from workshop.progression.fit import Fit
from workshop.progression.this_week import MOST_OPEN, this_week
from workshop.tasks.models import AssignmentState
from workshop.tasks.wishing.actions import wish
from workshop.tasks.wishing.queries import open_wishes


@pytest.fixture
def lone(session):
    return factories.staff(session)


@pytest.fixture
def mona(session, lone):
    return people.citizen(session, contact=lone)


@pytest.fixture
def sanding(session):
    task, shows = records.sanding(session)
    return task, shows


def needing(session, task, shows, level):
    """The task asks for this level of the competence."""
    records.link(session, task, shows).usual_need = level
    session.flush()
    return task


def read(session, mona, levels, now):
    wishes = open_wishes(session, [mona.id]).get(mona.id, [])
    return this_week(session, mona, levels, queries.competences(session), wishes, now.date())


def lines(groups):
    return {line.title: group.fit for group in groups for line in group.lines}


def test_where_nothing_is_agreed_there_is_nothing_to_hold_it_against(session, mona, now, sanding):
    people.assignment(session, mona, task=sanding[0], day=now.date())
    assert read(session, mona, {}, now) == []


def test_the_same_task_is_a_next_step_for_one_level_and_known_to_another(session, mona, now):
    shows = records.competence(session)
    task = needing(session, factories.task_type(session), shows, 3)
    people.assignment(session, mona, task=task, title="Slib bænken", day=now.date())
    for level, expected in ((3, Fit.CAN), (2, Fit.NEXT_STEP), (1, Fit.WITH_SUPPORT)):
        assert lines(read(session, mona, {shows.id: level}, now)) == {"Slib bænken": expected}
    ((line,),) = [group.lines for group in read(session, mona, {shows.id: 2}, now)]
    assert line.asks == ("Slibe træ: Kan selv",)


def test_only_the_rest_of_this_week_and_only_ones_own(session, mona, lone, now, sanding):
    other = people.citizen(session, name="Ali", contact=lone)
    people.assignment(session, other, task=sanding[0], title="Alis", day=now.date())
    people.assignment(session, mona, task=sanding[0], title="Næste uge", day=now.date() + timedelta(days=9))
    done = people.assignment(session, mona, task=sanding[0], title="Gjort", day=now.date())
    done.state = AssignmentState.CANCELLED
    session.flush()
    assert "Alis" not in lines(read(session, mona, {sanding[1].id: 3}, now))
    assert lines(read(session, mona, {sanding[1].id: 3}, now)) == {}


def test_work_that_waits_is_shown_and_a_wish_comes_first(session, mona, now, sanding):
    kind = factories.product_type(session, route=[sanding[0]] * (MOST_OPEN + 2))
    order = factories.production_order(session, kind=kind)
    steps = session.scalars(sa.select(OrderStep.id).where(OrderStep.order_id == order.id).order_by(OrderStep.position))
    wish(session, mona.id, order_step_id=steps.all()[-1], now=now)
    (group,) = read(session, mona, {sanding[1].id: 3}, now)
    assert (group.lines[0].is_wished, len(group.lines), group.more) == (True, MOST_OPEN, 2)
    assert not any(line.is_given for line in group.lines)
