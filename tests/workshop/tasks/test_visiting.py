"""People on visits of the garden service: given on the board, and they follow the visit wherever it goes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from support import factories, garden, people

from workshop.citizens.models import Citizen, WeekPlanDay
from workshop.core import clock, db
from workshop.core.audit import AccessLog
from workshop.services.models import ServiceTask
from workshop.services.visits.models import Resource, ResourceKind, Visit, VisitResource, VisitState
from workshop.tasks import actions as tasks
from workshop.tasks import queries
from workshop.tasks.garden import queries as garden_queries
from workshop.tasks.garden.actions import follow_visits
from workshop.tasks.models import Assignment, AssignmentState, TaskRecord, TeamMember

KEY = "se_hedge_cutting"


@dataclass(frozen=True)
class Planned:
    visit: str
    visit_id: int
    team: str
    day: date

    @property
    def page(self) -> str:
        return f"/personale/uge/besoeg/{self.visit}"

    @property
    def board(self) -> str:
        year, week, _day = self.day.isocalendar()
        return f"/personale/uge/{year}-{week}"


@pytest.fixture
def planned(house) -> Planned:
    """A hedge tomorrow, with a team of the house's department."""
    day = clock.local_day(clock.now()) + timedelta(days=1)
    with db.transaction() as session:
        team = Resource(kind=ResourceKind.TEAM, name="Hold 1", department_id=factories.department(session).id)
        session.add(team)
        visit = garden.visit(session, day=day, state=VisitState.PLANNED, start_minute=540)
        session.flush()
        session.add(VisitResource(visit_id=visit.id, resource_id=team.id))
        return Planned(visit.public_id, visit.id, team.public_id, day)


def given() -> list[tuple[int, AssignmentState, date, int | None]]:
    with db.reading() as session:
        rows = session.execute(
            sa.select(Assignment.citizen_id, Assignment.state, Assignment.day, Assignment.start_minute)
            .where(Assignment.visit_id.is_not(None))
            .order_by(Assignment.id)
        )
        return [tuple(row) for row in rows]


def test_a_visit_waits_on_the_board_until_somebody_goes_along(lone: FlaskClient, house, planned: Planned) -> None:
    assert planned.page in lone.get(planned.board).text
    answer = lone.post(planned.page, data={f"opgave-{house.mona}": KEY, f"opgave-{house.yusuf}": ""})
    assert answer.status_code == 303
    assert given() == [(house.monas_id, AssignmentState.PLANNED, planned.day, 540)]
    board = lone.get(planned.board).text
    assert planned.page not in board
    assert "Eksempelvej 12" in board
    assert "Ane Eksempel" not in board, "who asked for it is no business of the board"


def test_what_is_saved_twice_is_once_and_who_is_not_chosen_is_taken_off(
    lone: FlaskClient, house, planned: Planned
) -> None:
    both = {f"opgave-{house.mona}": KEY, f"opgave-{house.yusuf}": KEY}
    for _again in range(2):
        lone.post(planned.page, data=both)
    assert [state for _who, state, *_when in given()] == [AssignmentState.PLANNED] * 2
    lone.post(planned.page, data={f"opgave-{house.yusuf}": KEY})
    assert [state for _who, state, *_when in given()] == [AssignmentState.CANCELLED, AssignmentState.PLANNED]


def test_whoever_has_begun_stays_on(lone: FlaskClient, house, planned: Planned) -> None:
    lone.post(planned.page, data={f"opgave-{house.mona}": KEY})
    with db.transaction() as session:
        tasks.start(session, session.scalars(sa.select(Assignment)).one(), house.tablet_id, clock.now())
    assert lone.post(planned.page, data={}).status_code == 303
    assert [state for _who, state, *_when in given()] == [AssignmentState.STARTED]
    assert "I gang" in lone.get(planned.page).text


def test_the_record_of_it_points_at_the_visit(lone: FlaskClient, house, planned: Planned) -> None:
    lone.post(planned.page, data={f"opgave-{house.mona}": KEY})
    with db.transaction() as session:
        task = session.scalars(sa.select(Assignment)).one()
        tasks.finish_own(session, task, device_id=house.tablet_id, now=clock.now(), base_url=factories.BASE_URL)
    with db.reading() as session:
        assert session.scalars(sa.select(TaskRecord.visit_id)).one() == planned.visit_id


def test_those_who_go_see_where_and_who_else_but_no_gate_code(lone: FlaskClient, house, planned: Planned) -> None:
    lone.post(planned.page, data={f"opgave-{house.mona}": KEY, f"opgave-{house.yusuf}": KEY})
    with db.reading() as session:
        own = queries.own_tasks(session, house.monas_id, planned.day)
    assert [(task.title, task.place, task.colleagues) for task in own] == [("Hækklipning", "Eksempelvej 12", 1)]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"day": 3, "start_minute": 600}, (AssignmentState.PLANNED, 3, 600)),
        ({"state": VisitState.CANCELLED}, (AssignmentState.CANCELLED, 1, 540)),
        ({"state": VisitState.NOT_DONE}, (AssignmentState.CANCELLED, 1, 540)),
        ({"day": None}, (AssignmentState.CANCELLED, 1, 540)),
    ],
)
def test_the_task_follows_its_visit(lone: FlaskClient, house, planned: Planned, change, expected) -> None:
    lone.post(planned.page, data={f"opgave-{house.mona}": KEY})
    today = planned.day - timedelta(days=1)
    if change.get("day"):
        change = change | {"day": today + timedelta(days=change["day"])}
    with db.transaction() as session:
        session.execute(sa.update(Visit).values(**change))
    assert follow_visits(clock.now()) == 1
    state, offset, minute = expected
    assert given() == [(house.monas_id, state, today + timedelta(days=offset), minute)]
    assert follow_visits(clock.now()) == 0


def test_a_task_that_is_begun_does_not_move(lone: FlaskClient, house, planned: Planned) -> None:
    lone.post(planned.page, data={f"opgave-{house.mona}": KEY})
    with db.transaction() as session:
        tasks.start(session, session.scalars(sa.select(Assignment)).one(), house.tablet_id, clock.now())
        session.execute(sa.update(Visit).values(state=VisitState.CANCELLED))
    assert follow_visits(clock.now()) == 0
    assert given()[0][1] is AssignmentState.STARTED


def test_a_task_of_a_visit_is_not_moved_by_itself(lone: FlaskClient, house, planned: Planned) -> None:
    lone.post(planned.page, data={f"opgave-{house.mona}": KEY})
    with db.reading() as session:
        task = session.scalars(sa.select(Assignment.public_id)).one()
    page = f"/personale/uge/opgave/{task}"
    assert "Flyt besøget" in lone.get(page).text
    later = (planned.day + timedelta(days=2)).isoformat()
    assert lone.post(page, data={"day": later, "time": "9.30"}).status_code == 409


def test_the_usual_people_are_chosen_and_given_nothing_before_it_is_saved(
    lone: FlaskClient, house, planned: Planned
) -> None:
    assert lone.post(f"/personale/uge/hold/{planned.team}", data={"med": [house.yusuf]}).status_code == 303
    with db.reading() as session:
        assert session.scalars(sa.select(TeamMember.citizen_id)).all() == [house.yusufs_id]
    page = lone.get(planned.page).text
    assert page.count(f'value="{KEY}" selected') == 1
    assert given() == []


def test_the_usual_people_who_do_not_come_that_day_are_not_chosen(lone: FlaskClient, house, planned: Planned) -> None:
    lone.post(f"/personale/uge/hold/{planned.team}", data={"med": [house.mona, house.yusuf]})
    assert lone.get(planned.page).text.count(f'value="{KEY}" selected') == 2
    with db.transaction() as session:
        weekday = WeekPlanDay.weekday == planned.day.weekday()
        session.execute(sa.delete(WeekPlanDay).where(WeekPlanDay.citizen_id == house.yusufs_id, weekday))
    page = lone.get(planned.page).text
    assert page.count(f'value="{KEY}" selected') == 1
    assert page.count("Kommer ikke den ugedag") == 1
    assert lone.post(planned.page, data={f"opgave-{house.yusuf}": KEY}).status_code == 303  # staff may know better


def test_no_visit_of_a_day_gone_by_or_without_a_day(lone: FlaskClient, house, planned: Planned) -> None:
    wanted = {f"opgave-{house.mona}": KEY}
    with db.transaction() as session:
        session.execute(sa.update(Visit).values(day=planned.day - timedelta(days=3)))
    answer = lone.post(planned.page, data=wanted)
    assert answer.status_code == 409
    assert "Dagen er gået" in answer.text
    assert f'value="{KEY}" selected' in answer.text, "what was chosen is kept"
    with db.transaction() as session:
        session.execute(sa.update(Visit).values(day=None, state=VisitState.WAITING))
    assert lone.post(planned.page, data=wanted).status_code == 409
    assert given() == []


def test_another_department_sees_neither_visit_nor_team(app: Flask, house, planned: Planned) -> None:
    other = people.at_desk(app, house.away)
    for path in (planned.page, f"/personale/uge/hold/{planned.team}"):
        assert other.get(path).status_code == 404
        assert other.post(path, data={f"opgave-{house.mona}": KEY, "med": house.mona}).status_code == 404
    assert planned.page not in other.get(planned.board).text
    assert given() == []


def test_somebody_of_another_department_cannot_be_taken_along(lone: FlaskClient, house, planned: Planned) -> None:
    lone.post(planned.page, data={f"opgave-{house.ida}": KEY})
    lone.post(f"/personale/uge/hold/{planned.team}", data={"med": [house.ida]})
    assert given() == []
    with db.reading() as session:
        assert session.scalars(sa.select(TeamMember.citizen_id)).all() == []


def test_looking_at_who_could_go_is_logged(lone: FlaskClient, house, planned: Planned) -> None:
    lone.get(planned.page)
    with db.reading() as session:
        newest = session.scalars(sa.select(AccessLog).order_by(AccessLog.id.desc()).limit(1)).one()
    assert house.mona in newest.people


def test_who_is_not_enrolled_that_day_is_not_offered(lone: FlaskClient, house, planned: Planned) -> None:
    with db.transaction() as session:
        people.citizen(
            session, name="Kaj", picture="kat", at=factories.department(session), started_on=planned.day,
            ends_on=planned.day, now=clock.now(),
        )  # fmt: skip
        kaj = session.scalars(sa.select(Citizen.public_id).where(Citizen.display_name == "Kaj")).one()
        session.execute(sa.update(Visit).values(day=planned.day + timedelta(days=2)))
    assert kaj not in lone.get(planned.page).text


def test_the_main_task_of_a_service_is_offered_first(house) -> None:
    """Looking at the job was done before it was agreed."""
    with db.transaction() as session:
        kind = garden.kind(session, key="planting", name="Plantearbejde")
        look = factories.task_type(session, key="se_site_visit", name="Se på en opgave hos kunden")
        session.add(ServiceTask(service_kind_id=kind.id, position=0, task_type_id=look.id))
        session.flush()
        assert [task.key for task in garden_queries.tasks_of(session, kind.id)] == ["se_planting", "se_site_visit"]
