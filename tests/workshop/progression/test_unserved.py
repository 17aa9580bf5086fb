"""Which goals the plan of next week serves: counted by competence, and naming nobody."""

from __future__ import annotations

from datetime import date, timedelta

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from support import factories, people
from support.queries import counted

from tests.workshop.progression.scene import Scene, colleague
from workshop.citizens.models import Citizen
from workshop.core import clock, db
from workshop.core.access import Role
from workshop.production.models import OrderStep, TaskType
from workshop.progression.models import Goal
from workshop.progression.unserved import queries
from workshop.tasks.models import Assignment, AssignmentState, LinkRole, TaskCompetenceLink

PAGE = "/personale/kompetencer/naeste-uge"


def week_after() -> tuple[date, date]:
    """Asked anew each time: a round of tests may go over midnight."""
    return queries.week_after(clock.local_day(clock.now()))


def task_that_shows(session, key: str) -> TaskType:
    link = TaskCompetenceLink
    return session.scalars(
        sa.select(TaskType)
        .join(link, link.task_type_id == TaskType.id)
        .join(queries.Competence, queries.Competence.id == link.competence_id)
        .where(queries.Competence.key == key)
    ).first()


def give(session, scene: Scene, day: date, **changes) -> Assignment:
    given = people.assignment(
        session,
        session.get_one(Citizen, scene.mona),
        task=task_that_shows(session, scene.key),
        day=day,
        now=clock.now(),
    )
    for name, value in changes.items():
        setattr(given, name, value)
    session.flush()
    return given


def told(session, scene: Scene) -> tuple[int, int]:
    departments = [session.get_one(Citizen, scene.mona).department_id]
    (line,) = queries.by_competence(session, *week_after(), departments)
    return line.goals, line.unserved


def test_a_goal_is_served_by_a_task_of_its_own_person_in_that_week(scene: Scene) -> None:
    first, last = week_after()
    with db.transaction() as session:
        assert told(session, scene) == (1, 1)
        give(session, scene, first - timedelta(days=1))
        give(session, scene, last + timedelta(days=1))
        assert told(session, scene) == (1, 1), "the weeks beside are not the week"
        give(session, scene, first, state=AssignmentState.CANCELLED)
        assert told(session, scene) == (1, 1), "a no is no plan"
        hers = session.get_one(Citizen, scene.mona).picture
        other = people.citizen(session, name="Yusuf", picture="ugle" if hers != "ugle" else "sol")
        people.assignment(session, other, task=task_that_shows(session, scene.key), day=first, now=clock.now())
        assert told(session, scene) == (1, 1), "another's task is another's"
        given = give(session, scene, last)
        assert told(session, scene) == (1, 0)
        for link in session.scalars(sa.select(TaskCompetenceLink)):
            link.valid_to = first
        session.flush()
        assert told(session, scene) == (1, 1), "the task no longer shows it on the day"
        given.day = first
        session.flush()
        assert told(session, scene) == (1, 0)


def test_a_goal_that_is_over_and_one_of_another_department_are_not_counted(scene: Scene) -> None:
    with db.transaction() as session:
        assert queries.by_competence(session, *week_after(), [99_999]) == []
        departments = [session.get_one(Citizen, scene.mona).department_id]
        goal = session.scalars(sa.select(Goal)).one()
        goal.state = queries.GoalState.REACHED
        session.flush()
        assert queries.by_competence(session, *week_after(), departments) == []


def test_work_that_waits_and_could_serve_it_is_named(scene: Scene, desk: FlaskClient) -> None:
    with db.transaction() as session:
        task = task_that_shows(session, scene.key)
        order = factories.production_order(session, title="Seks stole", steps=1)
        step = session.scalars(sa.select(OrderStep)).one()
        step.task_type_id, step.title = task.id, "Slibe ben"
        assert order.id == step.order_id
    page = desk.get(PAGE).text
    assert "1 af 1 uden noget i planen" in page
    assert "Slibe ben" in page
    assert "Seks stole" in page
    assert "Mona" not in page


def test_the_page_asks_the_same_number_of_questions_however_many_goals(scene: Scene, desk: FlaskClient) -> None:
    desk.get(PAGE)
    with counted() as few:
        desk.get(PAGE)
    with db.transaction() as session:
        plan = session.scalars(sa.select(Goal.plan_id)).one()
        task = session.scalars(sa.select(TaskType)).first()
        for number in range(8):
            made = queries.Competence(
                key=f"c{number}", group="social", name=f"C{number}", i_can="Jeg kan.", anchor_1="1", anchor_2="2",
                anchor_3="3", anchor_4="4",
            )  # fmt: skip
            session.add(made)
            session.flush()
            session.add(
                TaskCompetenceLink(
                    task_type_id=task.id, competence_id=made.id, role=LinkRole.CORE, valid_from=week_after()[0]
                )
            )
            old = session.scalars(sa.select(Goal)).first()
            session.add(
                Goal(
                    plan_id=plan, kind=old.kind, title="x", competence_id=made.id, target_level=2, state=old.state,
                    started_on=old.started_on,
                )
            )  # fmt: skip
    with counted() as many:
        page = desk.get(PAGE).text
    assert "C7" in page
    assert len(many) == len(few)


def test_another_department_sees_its_own(app: Flask, client: FlaskClient, scene: Scene) -> None:
    assert "Ingen mål om kompetencer" in colleague(client, at="metal").get(PAGE).text


def test_the_small_counts_of_a_department_are_not_for_whoever_only_looks_at_figures(
    client: FlaskClient, scene: Scene
) -> None:
    colleague(client, roles=[Role.MANAGER])
    assert client.get(PAGE).status_code == 403
    assert PAGE not in client.get("/personale/kompetencer").text
