"""The list of citizens, a day's attendance and help with the code."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from support import factories, people

from workshop.citizens.models import AttendanceEntry
from workshop.core import clock, db
from workshop.core.access import Role
from workshop.core.audit import AccessLog


@dataclass(frozen=True)
class House:
    mona: str
    ida: str
    lone: str
    seller: str


@pytest.fixture
def house(app: Flask) -> House:
    now = clock.now()
    began = clock.local_day(now) - timedelta(days=30)
    with db.transaction() as session:
        metal = factories.department(session, key="metal", name="Metal")
        lone = factories.staff(session)
        mona = people.citizen(session, started_on=began, contact=lone)
        ida = people.citizen(session, name="Ida", started_on=began, at=metal)
        seller = factories.staff(session, roles=[Role.SALES])
        return House(mona.public_id, ida.public_id, lone.email, seller.email)


@pytest.fixture
def lone(app: Flask, house: House) -> FlaskClient:
    return people.at_desk(app, house.lone)


@pytest.fixture
def seller(app: Flask, house: House) -> FlaskClient:
    return people.at_desk(app, house.seller)


def pages(public_id: str) -> list[tuple[str, str]]:
    code = f"/personale/borgere/{public_id}/kode"
    return [("GET", code), ("POST", f"{code}/slip"), ("POST", f"{code}/ny")]


def day(days: int = 0) -> str:
    return (clock.local_day(clock.now()) + timedelta(days=days)).isoformat()


def test_the_list_has_the_department_and_is_logged(lone: FlaskClient, house: House) -> None:
    page = lone.get("/personale/borgere").text
    assert "Mona Prøvesen" in page
    assert "Ida" not in page
    with db.reading() as session:
        last = session.scalars(sa.select(AccessLog).order_by(AccessLog.id.desc())).first()
    assert (last.deed, last.people) == ("list", [house.mona])


def test_one_can_look_at_ones_own_caseload(app: Flask, lone: FlaskClient, house: House) -> None:
    assert "Mona Prøvesen" in lone.get("/personale/borgere?mine=1").text
    with db.transaction() as session:
        other = factories.staff(session).email
    assert "Mona Prøvesen" not in people.at_desk(app, other).get("/personale/borgere?mine=1").text


def test_another_departments_people_are_not_there(lone: FlaskClient, house: House) -> None:
    for method, path in pages(house.ida) + pages("nobody"):
        assert lone.open(path, method=method).status_code == 404


def test_the_sellers_stay_out(seller: FlaskClient, house: House) -> None:
    for method, path in [
        *pages(house.mona),
        ("GET", "/personale/borgere"),
        ("GET", f"/personale/borgere/fremmoede/{day()}"),
    ]:
        assert seller.open(path, method=method).status_code == 403


def test_attendance_is_written_for_those_with_an_answer(lone: FlaskClient, house: House) -> None:
    page = f"/personale/borgere/fremmoede/{day()}"
    assert "Mona" in lone.get(page).text
    assert lone.post(page, data={f"{house.mona}-mark": "came", f"{house.ida}-mark": "came"}).status_code == 303
    with db.reading() as session:
        entries = session.scalars(sa.select(AttendanceEntry)).all()
    assert len(entries) == 1, "nothing is written about another department"
    assert "checked" in lone.get(page).text


def test_a_day_to_come_is_answered_with_a_sentence(lone: FlaskClient, house: House) -> None:
    answer = lone.post(f"/personale/borgere/fremmoede/{day(1)}", data={f"{house.mona}-mark": "came"})
    assert answer.status_code == 409
    assert "Dagen er ikke kommet endnu." in answer.text


def test_what_was_chosen_is_still_chosen_when_a_day_cannot_be_written(lone: FlaskClient, house: House) -> None:
    answer = lone.post(f"/personale/borgere/fremmoede/{day(1)}", data={f"{house.mona}-mark": "came"})
    assert re.search(rf'name="{house.mona}-mark" value="came" checked', answer.text)


def test_an_answer_nobody_touched_does_not_undo_a_colleagues(lone: FlaskClient, house: House) -> None:
    page, mark, shown = f"/personale/borgere/fremmoede/{day()}", f"{house.mona}-mark", f"{house.mona}-shown"
    lone.post(page, data={mark: "came", shown: ""})
    assert f'name="{shown}" value="came"' in lone.get(page).text
    lone.post(page, data={mark: "came_partly", shown: "came"})
    lone.post(page, data={mark: "came", shown: "came"})
    with db.reading() as session:
        assert session.scalars(sa.select(AttendanceEntry.mark)).one() == "came_partly"
    lone.post(page, data={mark: "came", shown: "came_partly"})
    with db.reading() as session:
        assert session.scalars(sa.select(AttendanceEntry.mark)).one() == "came", "the control: a chosen one is written"


def test_a_day_that_is_no_day_is_not_found(lone: FlaskClient) -> None:
    assert lone.get("/personale/borgere/fremmoede/i-morgen").status_code == 404


def test_a_mark_nobody_offers_writes_nothing(lone: FlaskClient, house: House) -> None:
    lone.post(f"/personale/borgere/fremmoede/{day()}", data={f"{house.mona}-mark": "lazy"})
    with db.reading() as session:
        assert session.scalar(sa.select(sa.func.count(AttendanceEntry.id))) == 0


def test_attendance_is_for_those_who_are_in_a_programme_that_day(lone: FlaskClient, house: House) -> None:
    before = f"/personale/borgere/fremmoede/{day(-31)}"
    assert "Ingen borgere her" in lone.get(before).text
    lone.post(before, data={f"{house.mona}-mark": "came"})
    with db.reading() as session:
        assert session.scalars(sa.select(AttendanceEntry)).all() == []


@pytest.mark.parametrize("text", ["9999-12-31", "0001-01-01", "2026-02-30", "i-dag"])
def test_a_day_that_is_none_is_not_found(lone: FlaskClient, text: str) -> None:
    assert lone.get(f"/personale/borgere/fremmoede/{text}").status_code == 404
