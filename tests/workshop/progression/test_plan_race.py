"""Several people at the same plan at once: one plan, three goals, one new goal in an old one's place."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from support import people

from tests.workshop.progression import plan_racers as racers
from workshop.core import db
from workshop.progression import goals, plans
from workshop.progression.models import DevelopmentPlan, Goal, GoalKind, PlanVersion, SubGoal


@pytest.fixture
def mona(app):
    with db.transaction() as session:
        made = people.citizen(session)
        return made.id, made.account_id


@pytest.fixture
def plan(mona):
    """A plan with two open goals: its id, and that of the first."""
    with db.transaction() as session:
        made = plans.begin(session, citizen_id=mona[0], by_account_id=mona[1], now=racers.NOW)
        first, _second = [
            goals.set_goal(session, plan=made, kind=GoalKind.OWN_WORDS, title="Først", now=racers.NOW, by_staff_id=None)
            for _each in range(2)
        ]
        return made.id, first.id


def count(model, *where):
    with db.reading() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(model).where(*where))


def test_a_plan_begun_by_several_is_one_plan(mona, database_url):
    assert racers.race(database_url, racers.begin, *mona) == ["won"] * racers.RACERS
    assert (count(DevelopmentPlan), count(PlanVersion)) == (1, 1)


def test_of_several_who_set_the_third_goal_one_does(plan, database_url):
    said = racers.race(database_url, racers.set_goal, plan[0], None)
    assert said == ["lost"] * (racers.RACERS - 1) + ["won"]
    assert count(Goal) == 3


def test_a_goal_adjusted_by_several_has_one_goal_in_its_place(plan, database_url):
    said = racers.race(database_url, racers.set_goal, *plan)
    assert said == ["lost"] * (racers.RACERS - 1) + ["won"]
    assert count(Goal, Goal.replaces_id == plan[1]) == 1


def test_the_control_that_looks_before_it_writes_sets_too_many(plan, database_url):
    racers.race(database_url, racers.set_goal_unguarded, plan[0], None)
    assert count(Goal) > 3
    racers.race(database_url, racers.set_goal_unguarded, *plan)
    assert count(Goal, Goal.replaces_id == plan[1]) > 1


def test_steps_added_at_once_each_have_their_own_place(plan, database_url):
    assert racers.race(database_url, racers.add_step, plan[1]) == ["won"] * racers.RACERS
    with db.reading() as session:
        places = session.scalars(sa.select(SubGoal.position).order_by(SubGoal.position)).all()
    assert places == list(range(1, racers.RACERS + 1))
