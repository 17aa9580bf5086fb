"""An aid that was used: ticked by whoever plans the work, kept in confidence, and carried on by a correction."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from support import factories, people

from tests.workshop.tasks.test_rounds import answer, give, records
from workshop.citizens.models import Citizen, ContactPerson
from workshop.core import clock, db
from workshop.core.access import Role
from workshop.sealed import actions as sealed
from workshop.sealed import aids
from workshop.sealed.models import Accommodation, AidUse, SealedKind
from workshop.tasks.models import Participation

LINE = "Brug den høje stol"


@pytest.fixture
def chair(house, app: Flask) -> int:
    """Mona's chair."""
    with db.transaction() as session:
        now = clock.now()
        mona = session.get_one(Citizen, house.monas_id)
        contact = factories.staff(session, roles=[Role.CONSULTANT], now=now)
        theirs = sa.update(ContactPerson).where(ContactPerson.citizen_id == mona.id)
        session.execute(theirs.values(staff_id=contact.account_id))
        written = sealed.write_accommodation(
            session,
            mona,
            kind=SealedKind.AID,
            text="En høj stol ved bordet",
            line=LINE,
            from_on=clock.local_day(now),
            by=people.actor_of(session, contact, now=now),
            master_keys=app.extensions["settings"].master_keys,
            now=now,
        )
        return written.id


def uses() -> list[tuple[int, int]]:
    with db.reading() as session:
        rows = session.execute(
            sa.select(AidUse.participation_id, AidUse.accommodation_id).order_by(AidUse.participation_id)
        )
        return [(row.participation_id, row.accommodation_id) for row in rows]


def test_an_aid_is_ticked_in_the_round_and_alone_with_it_is_alone(lone: FlaskClient, house, chair: int) -> None:
    address = f"/personale/hold/runde/tavle/{give(house.mona)}"
    assert LINE in lone.get(address).text
    sent = {**answer(house.mona, support="S0"), f"ny.{house.mona}-aids": str(chair)}
    assert lone.post(address, data=sent).status_code == 303
    with db.reading() as session:
        part = session.scalars(sa.select(Participation)).one()
    assert part.support == "S0"
    assert uses() == [(part.id, chair)]


def test_whoever_does_not_plan_the_work_sees_no_aid_and_changes_none(
    app: Flask, lone: FlaskClient, house, chair: int
) -> None:
    lone.post(
        f"/personale/hold/runde/tavle/{give(house.mona)}",
        data={**answer(house.mona), f"ny.{house.mona}-aids": str(chair)},
    )
    with db.transaction() as session:
        consultant = factories.staff(session, roles=[Role.CONSULTANT], now=clock.now()).email
    desk = people.at_desk(app, consultant)
    [record] = records()
    assert LINE not in desk.get(f"/personale/hold/{record.public_id}").text
    prefix = f"{record.public_id}.{house.mona}"
    sent = {f"{prefix}-minutes": "30", f"{prefix}-support": "S1", f"{prefix}-quality": "Q2", "why": "kortere"}
    assert desk.post(f"/personale/hold/{record.public_id}/ret", data={**sent, "joint": "nej"}).status_code == 303
    assert [each for _part, each in uses()] == [chair, chair], "the newer version carries it on"


def test_a_correction_may_take_the_tick_away(lone: FlaskClient, house, chair: int) -> None:
    lone.post(
        f"/personale/hold/runde/tavle/{give(house.mona)}",
        data={**answer(house.mona), f"ny.{house.mona}-aids": str(chair)},
    )
    [record] = records()
    page = lone.get(f"/personale/hold/{record.public_id}").text
    assert re.search(rf'value="{chair}" checked', page)
    prefix = f"{record.public_id}.{house.mona}"
    sent = {f"{prefix}-minutes": "45", f"{prefix}-support": "S1", f"{prefix}-quality": "Q2", "why": "uden stol"}
    lone.post(f"/personale/hold/{record.public_id}/ret", data={**sent, "joint": "nej"})
    assert len(uses()) == 1, "what the old version said stands with the old version"


def test_an_aid_of_somebody_else_cannot_be_ticked(lone: FlaskClient, house, chair: int) -> None:
    sent = {**answer(house.yusuf), f"ny.{house.yusuf}-aids": str(chair)}
    assert lone.post(f"/personale/hold/runde/opgave/{house.task_key}", data=sent).status_code == 422
    assert uses() == []


def test_an_accommodation_is_no_aid_and_one_that_ended_is_none_any_more(app: Flask, house, chair: int) -> None:
    today = clock.local_day(clock.now())
    with app.test_request_context(), db.transaction() as session:
        assert aids.aids_of(session, [house.monas_id], today) == {house.monas_id: [(chair, LINE)]}
        session.get_one(Accommodation, chair).kind = SealedKind.ACCOMMODATION
        session.flush()
        assert aids.aids_of(session, [house.monas_id], today) == {}


def test_saying_it_again_changes_nothing(lone: FlaskClient, house, chair: int) -> None:
    lone.post(f"/personale/hold/runde/tavle/{give(house.mona)}", data=answer(house.mona))
    with db.transaction() as session:
        part = session.scalars(sa.select(Participation.id)).one()
        for _again in range(2):
            aids.note(session, part, [chair], clock.now())
        assert aids.used(session, [part]) == {part: [chair]}
        aids.note(session, part, [], clock.now())
        assert aids.used(session, [part]) == {}
