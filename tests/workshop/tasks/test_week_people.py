"""The people of the week: expected, said no, never begun, wished for; and what to mind before a task is given."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from support import factories, garden, page_forms, people

from workshop.citizens.models import AttendanceEntry, AttendanceMark, Citizen, WeekPlanDay
from workshop.core import clock, db
from workshop.production.models import OrderStep, TaskType
from workshop.production.routines.closed import ALSO_CLOSED, closed_days
from workshop.production.types.models import PermitKind, TaskTypePermit
from workshop.services.visits.models import Resource, ResourceKind, VisitResource, VisitState
from workshop.tasks import regretting
from workshop.tasks.models import Assignment
from workshop.tasks.permits.models import ToolPermit
from workshop.tasks.week.people import agreed_on
from workshop.tasks.wishing import actions as wishing

SAW = "Må bruge kap- og rundsav"


def a_day(ahead: int = 7) -> date:
    """A weekday ahead on which the house is open."""
    day = clock.local_day(clock.now()) + timedelta(days=ahead)
    while day.weekday() > 4 or closed_days(day, day):
        day += timedelta(days=1)
    return day


def board(browser: FlaskClient, day: date, look: str = "") -> str:
    year, week, _weekday = day.isocalendar()
    return browser.get(f"/personale/uge/{year}-{week}{look}").text


def give(house, day: date, *, step: bool = False, title: str | None = None) -> str:
    with db.transaction() as session:
        mona = session.get_one(Citizen, house.monas_id)
        found = session.scalars(sa.select(OrderStep).where(OrderStep.public_id == house.step)).one() if step else None
        task = session.scalars(sa.select(TaskType).where(TaskType.key == house.task_key)).one()
        given = people.assignment(session, mona, step=found, task=task, title=title, day=day, now=clock.now())
        return given.public_id


def say_no(public_id: str) -> None:
    with db.transaction() as session:
        found = session.scalars(sa.select(Assignment).where(Assignment.public_id == public_id)).one()
        regretting.decline(session, found, clock.now())


def saw_is_asked_for(house, *, of_step: bool = False) -> int:
    """The task asks for a permit; gives the permit's number."""
    with db.transaction() as session:
        kind = PermitKind(name=SAW)
        session.add(kind)
        session.flush()
        step = session.scalars(sa.select(OrderStep).where(OrderStep.public_id == house.step)).one()
        plain = session.scalars(sa.select(TaskType.id).where(TaskType.key == house.task_key)).one()
        session.add(TaskTypePermit(task_type_id=step.task_type_id if of_step else plain, permit_kind_id=kind.id))
        return kind.id


def permit(house, kind_id: int) -> None:
    with db.transaction() as session:
        by = factories.staff(session).account_id
        session.add(
            ToolPermit(
                citizen_id=house.monas_id, permit_kind_id=kind_id, on_what="rundsaven", given_on=date(2026, 1, 5),
                instructed_by_id=by, written_at=clock.now(), by_staff_id=by,
            )
        )  # fmt: skip


# Who is expected


def test_everybody_expected_stands_under_the_day_by_name(lone: FlaskClient, house) -> None:
    day = a_day()
    page = board(lone, day)
    assert "2 ventes" in page
    assert page.index(f"{house.mona}/forslag") < page.index(f"{house.yusuf}/forslag")
    assert house.ida not in page, "another department's"
    with db.transaction() as session:
        session.execute(sa.delete(WeekPlanDay).where(WeekPlanDay.citizen_id == house.yusufs_id))
    assert f"{house.yusuf}/forslag" not in board(lone, day)


def test_nobody_is_waited_for_on_a_day_the_house_is_closed(
    lone: FlaskClient, house, monkeypatch: pytest.MonkeyPatch
) -> None:
    today = clock.local_day(clock.now())
    give(house, today)  # so that it has its column at a weekend too
    if not closed_days(today, today):
        assert "i dag er 0 af 2 mødt" in board(lone, today)  # the control
    monkeypatch.setitem(ALSO_CLOSED, (today.month, today.day), "Sommerfest")
    page = board(lone, today)
    assert closed_days(today, today)[today] in page
    assert "mødt" not in page


def test_whoever_is_away_is_named_so_and_never_why(lone: FlaskClient, house) -> None:
    day = a_day()
    assert "er her ikke" not in board(lone, day)
    with db.transaction() as session:
        session.add(AttendanceEntry(citizen_id=house.monas_id, day=day, mark=AttendanceMark.NOTIFIED))
    page = board(lone, day)
    assert "er her ikke" in page
    assert "Afbud" not in page


def test_who_has_no_task_yet_is_said_beside_the_name(lone: FlaskClient, house) -> None:
    day = a_day()
    before = board(lone, day).count("uden opgave")
    give(house, day)
    assert board(lone, day).count("uden opgave") == before - 1


@pytest.mark.once
def test_the_newest_version_of_the_week_plan_holds() -> None:
    monday = date(2026, 11, 23)
    versions = {date(2026, 9, 1): {0: (540, 240)}, date(2026, 11, 20): {1: (540, 180)}}
    assert agreed_on(versions, monday) is None
    assert agreed_on(versions, monday + timedelta(days=1)) == (540, 180)
    assert agreed_on(versions, date(2026, 11, 16)) == (540, 240)
    assert agreed_on({}, monday) is None


# What is in nobody's hands


def test_a_no_thanks_waits_for_somebody_else_until_somebody_has_it(lone: FlaskClient, house) -> None:
    day = a_day()
    task = give(house, day, title="Fej i hallen")
    assert "Venter på en anden" not in board(lone, day)
    say_no(task)
    page = board(lone, day)
    assert "Venter på en anden" in page
    assert "Mona sagde nej tak." in page
    assert f"/personale/uge/ny?opgave={house.task_key}" in page
    form = {"task": house.task_key, "title": "Fej i hallen", "person": house.yusuf, "day": day.isoformat(), "time": ""}
    assert lone.post("/personale/uge/ny", data=form).status_code == 303
    assert "Venter på en anden" not in board(lone, day)


def test_a_step_that_was_turned_down_can_be_given_again(lone: FlaskClient, house) -> None:
    day = a_day()
    say_no(give(house, day, step=True))
    page = board(lone, day)
    assert f"/personale/uge/ny?trin={house.step}&amp;dag={day}" in page
    assert f'data-step="{house.step}"' in page, "it waits among the steps without a day as well"


def test_what_was_never_begun_is_found_again_and_its_step_waits(lone: FlaskClient, house) -> None:
    today = clock.local_day(clock.now())
    task = give(house, today, step=True)
    assert f"/personale/uge/ny?trin={house.step}" not in board(lone, today)
    with db.transaction() as session:
        session.execute(sa.update(Assignment).values(day=today - timedelta(days=3)))
    page = board(lone, today)
    assert "Ikke begyndt, og dagen er gået" in page
    assert f"/personale/uge/opgave/{task}" in page
    assert f"/personale/uge/ny?trin={house.step}" in page
    assert "Ikke begyndt" not in board(lone, today + timedelta(days=7)), "only in the week we are in"


def test_wishes_stand_beside_the_board_by_name(lone: FlaskClient, house, app: Flask) -> None:
    day = a_day()
    assert "Ønsker</h2>" not in board(lone, day)
    with db.transaction() as session:
        wishing.wish(session, house.monas_id, own_words="Køre traktor", now=clock.now())
    assert "Køre traktor" in board(lone, day)
    assert "Køre traktor" not in board(people.at_desk(app, house.away), day)


# What to mind


def test_a_permit_that_lacks_is_said_once_and_people_decide(lone: FlaskClient, house) -> None:
    saw_is_asked_for(house)
    form = {"task": house.task_key, "person": house.mona, "day": a_day().isoformat(), "time": "9", "title": "Sav til"}
    asked = lone.post("/personale/uge/ny", data=form)
    assert asked.status_code == 422
    assert "Mangler tilladelse: må bruge kap- og rundsav." in asked.text
    assert 'value="Sav til"' in asked.text
    with db.reading() as session:
        assert session.scalars(sa.select(Assignment)).all() == []
    answered = {**form, **page_forms.anyway(asked.text)}
    other = lone.post("/personale/uge/ny", data={**answered, "person": house.yusuf})
    assert (other.status_code, "Mangler tilladelse" in other.text) == (422, True), "it was said of Mona"
    assert lone.post("/personale/uge/ny", data=answered).status_code == 303
    with db.reading() as session:
        task = session.scalars(sa.select(Assignment.public_id)).one()
    assert "Mangler tilladelse" in lone.get(f"/personale/uge/opgave/{task}").text


def test_whoever_has_the_permit_is_given_the_task_at_once(lone: FlaskClient, house) -> None:
    permit(house, saw_is_asked_for(house, of_step=True))
    form = {"step": house.step, "person": house.mona, "day": a_day().isoformat(), "time": ""}
    assert lone.post("/personale/uge/ny", data=form).status_code == 303
    other = lone.post("/personale/uge/ny", data={**form, "person": house.yusuf})
    assert (other.status_code, "Mangler tilladelse" in other.text) == (422, True)


def test_the_form_filled_in_from_the_board_says_it_before_it_is_sent(lone: FlaskClient, house) -> None:
    saw_is_asked_for(house, of_step=True)
    page = lone.get(f"/personale/uge/ny?trin={house.step}&hvem={house.mona}&dag={a_day()}").text
    assert "Mangler tilladelse" in page
    assert f'<option selected value="{house.mona}"' in page
    assert "Mangler tilladelse" not in lone.get(f"/personale/uge/ny?trin={house.step}").text
    foreign = lone.get(f"/personale/uge/ny?trin={house.step}&hvem={house.ida}")
    assert (foreign.status_code, "Mangler tilladelse" in foreign.text) == (200, False)


def test_a_visit_asks_the_same_way_and_only_about_whoever_is_new(lone: FlaskClient, house) -> None:
    day = a_day()
    with db.transaction() as session:
        team = Resource(kind=ResourceKind.TEAM, name="Hold 1", department_id=factories.department(session).id)
        session.add(team)
        visit = garden.visit(session, day=day, state=VisitState.PLANNED, start_minute=540)
        session.flush()
        session.add(VisitResource(visit_id=visit.id, resource_id=team.id))
        task = session.scalars(sa.select(TaskType).where(TaskType.key == "se_hedge_cutting")).one()
        kind = PermitKind(name="Må bruge hækkeklipper")
        session.add(kind)
        session.flush()
        session.add(TaskTypePermit(task_type_id=task.id, permit_kind_id=kind.id))
        page = f"/personale/uge/besoeg/{visit.public_id}"
    assert "Mangler tilladelse: må bruge hækkeklipper." in lone.get(page).text
    form = {f"opgave-{house.mona}": "se_hedge_cutting"}
    asked = lone.post(page, data=form)
    assert asked.status_code == 422
    assert "Mona: Mangler tilladelse: må bruge hækkeklipper." in asked.text
    with db.reading() as session:
        assert session.scalars(sa.select(Assignment)).all() == []
    two = {**form, f"opgave-{house.yusuf}": "se_hedge_cutting", **page_forms.anyway(asked.text)}
    assert lone.post(page, data=two).status_code == 422, "it was said of Mona"
    assert lone.post(page, data={**form, **page_forms.anyway(asked.text)}).status_code == 303
    assert lone.post(page, data=form).status_code == 303, "it was asked about when she was put on"


def test_managers_read_the_board_and_plan_nothing(app: Flask, house) -> None:
    day = a_day()
    give(house, day)
    with db.transaction() as session:
        karin = factories.staff(session, name="Karin", roles=["manager"], now=clock.now()).email
    page = board(people.at_desk(app, karin), day)
    assert "Mona" in page
    for tried in ("data-move", "data-person", "js/week", "/forslag", "/personale/uge/ny"):
        assert tried not in page, tried
