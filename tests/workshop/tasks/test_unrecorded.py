"""Finished orders and visits that no record tells of: written down, or said to be done by employees, once."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from support import factories, garden, people

from tests.workshop.tasks.test_rounds import answer
from workshop.core import clock, db
from workshop.core.access import Actor
from workshop.core.errors import Refusal
from workshop.production import actions as production
from workshop.production.models import OrderStep, ProductionOrder
from workshop.services.visits.models import Visit, VisitResource, VisitState
from workshop.tasks.models import RecordStatus, TaskRecord
from workshop.tasks.unrecorded import actions, queries
from workshop.tasks.unrecorded.models import DoneByStaff

LIST = "/personale/hold/uden-registrering"
RACERS = 6


@pytest.fixture
def finished(house) -> str:
    """The order of the house, finished by nobody we know of; its public id."""
    with db.transaction() as session:
        step = session.scalars(sa.select(OrderStep).where(OrderStep.public_id == house.step)).one()
        production.finish_step(session, step.id, base_url=factories.BASE_URL, now=clock.now())
        return session.get_one(ProductionOrder, step.order_id).public_id


def test_a_finished_order_without_a_record_is_listed(lone: FlaskClient, house, finished: str) -> None:
    assert "Bænk til haven" in lone.get(LIST).text
    assert "1 færdig ordre eller besøg mangler en registrering." in lone.get("/personale/hold").text


def test_an_open_order_is_not(lone: FlaskClient, house) -> None:
    assert "Bænk til haven" not in lone.get(LIST).text


def test_a_record_clears_it_and_taking_the_record_back_brings_it_again(lone: FlaskClient, house, finished: str) -> None:
    assert lone.post(f"/personale/hold/runde/trin/{house.step}", data=answer(house.mona)).status_code == 303
    assert "Bænk til haven" not in lone.get(LIST).text
    with db.transaction() as session:
        session.execute(sa.update(TaskRecord).values(status=RecordStatus.VOIDED))
    assert "Bænk til haven" in lone.get(LIST).text


def test_the_record_of_a_finished_order_is_of_the_day_it_was_finished(lone: FlaskClient, house, finished: str) -> None:
    before = clock.now() - timedelta(days=3)
    with db.transaction() as session:
        session.execute(sa.update(OrderStep).values(finished_at=before))
    lone.post(f"/personale/hold/runde/trin/{house.step}", data=answer(house.mona))
    with db.reading() as session:
        assert session.scalars(sa.select(TaskRecord.done_on)).one() == clock.local_day(before)


def test_employees_did_it_is_said_once(lone: FlaskClient, house, finished: str) -> None:
    address = f"{LIST}/ordre/{finished}"
    assert lone.post(address).status_code == 303
    assert "Bænk til haven" not in lone.get(LIST).text
    again = lone.post(address)
    assert again.status_code == 409
    assert "en kollega har svaret imens" in again.text


def test_what_is_recorded_cannot_be_said_to_be_done_by_employees(lone: FlaskClient, house, finished: str) -> None:
    lone.post(f"/personale/hold/runde/trin/{house.step}", data=answer(house.mona))
    assert lone.post(f"{LIST}/ordre/{finished}").status_code == 409
    with db.reading() as session:
        assert session.scalars(sa.select(DoneByStaff)).all() == []


def test_another_department_sees_none_of_it(app: Flask, house, finished: str) -> None:
    away, seller = people.at_desk(app, house.away), people.at_desk(app, house.seller)
    assert "Bænk til haven" not in away.get(LIST).text
    assert away.post(f"{LIST}/ordre/{finished}").status_code == 404
    assert seller.get(LIST).status_code == 403
    assert seller.post(f"{LIST}/ordre/{finished}").status_code == 403


@pytest.mark.parametrize("address", ["ordre/x", "besoeg/x", "noget/x"])
def test_what_is_not_there_is_not_found(lone: FlaskClient, address: str) -> None:
    assert lone.post(f"{LIST}/{address}").status_code == 404


@pytest.fixture
def trip(house) -> str:
    """A visit that a team of the house has made, with nobody put on it; its public id."""
    with db.transaction() as session:
        now = clock.now()
        team = garden.resource(session)
        team.department_id = factories.department(session).id
        visit = garden.visit(session, day=clock.local_day(now), state=VisitState.DONE, done_at=now, start_minute=540)
        session.add(VisitResource(visit_id=visit.id, resource_id=team.id))
        return visit.public_id


def test_a_visit_is_recorded_from_the_visit_itself(lone: FlaskClient, house, trip: str) -> None:
    assert "besoeg" in lone.get(LIST).text
    assert "Ingen er sat på" in lone.get("/personale/hold/runde").text
    assert lone.post(f"/personale/hold/runde/besoeg/{trip}", data=answer(house.mona, house.yusuf)).status_code == 303
    with db.reading() as session:
        visit = session.scalars(sa.select(Visit.id)).one()
        assert set(session.scalars(sa.select(TaskRecord.visit_id))) == {visit}
    assert "Alt er skrevet" in lone.get(LIST).text


def test_a_visit_was_done_by_employees(app: Flask, lone: FlaskClient, house, trip: str) -> None:
    assert people.at_desk(app, house.away).post(f"{LIST}/besoeg/{trip}").status_code == 404
    assert lone.post(f"{LIST}/besoeg/{trip}").status_code == 303
    assert "Alt er skrevet" in lone.get(LIST).text


def test_a_correction_of_a_visit_still_belongs_to_the_visit(lone: FlaskClient, house, trip: str) -> None:
    lone.post(f"/personale/hold/runde/besoeg/{trip}", data=answer(house.mona))
    with db.reading() as session:
        record = session.scalars(sa.select(TaskRecord.public_id)).one()
    sent = {f"{record}.{house.mona}-{name}": each for name, each in {"minutes": "30", "support": "-"}.items()}
    assert (
        lone.post(f"/personale/hold/{record}/ret", data={**sent, "joint": "nej", "why": "kortere"}).status_code == 303
    )
    with db.reading() as session:
        assert None not in set(session.scalars(sa.select(TaskRecord.visit_id)))


def said(actor: Actor, ident: str, now: datetime) -> str:
    try:
        with db.transaction() as session:
            actions.done_by_staff(session, actor, queries.ORDER, ident, now)
    except Refusal:
        return "told"
    return "said"


def unguarded(actor: Actor, ident: str, now: datetime, wait: Barrier) -> str:
    """The control: look first and write then, with time for the others to look between."""
    with db.reading() as session:
        found = queries.one(session, actor, queries.ORDER, ident, now)
    wait.wait()
    return "said" if found is not None else "told"


def test_of_several_who_say_it_at_once_one_does(house, finished: str) -> None:
    with db.transaction() as session:
        now = clock.now()
        actors = [people.actor_of(session, factories.staff(session, now=now), now=now) for _ in range(RACERS)]
    start = Barrier(RACERS)

    def press(actor: Actor) -> str:
        start.wait()
        return said(actor, finished, now)

    wait = Barrier(RACERS)
    with ThreadPoolExecutor(RACERS) as pool:
        looked = Counter(pool.map(lambda actor: unguarded(actor, finished, now, wait), actors))
        outcomes = Counter(pool.map(press, actors))
    assert looked["said"] > 1, "the control: who looks first would all have said it"
    assert outcomes == {"said": 1, "told": RACERS - 1}
    with db.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(DoneByStaff)) == 1
