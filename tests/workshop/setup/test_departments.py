"""Departments are added and renamed, and closed only while nothing belongs to them."""

from __future__ import annotations

import threading
from datetime import date, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from support import factories, people
from support.queries import counted

from tests.workshop.setup.rig import DEPARTMENTS, NOW, administrator
from workshop.accounts.models import Department, Invitation
from workshop.citizens import capacity
from workshop.core import clock, db
from workshop.core.errors import Refusal
from workshop.production.models import CapacityDay
from workshop.setup.departments import actions, queries


@pytest.fixture
def desk(app: Flask) -> FlaskClient:
    return administrator(app)


def names() -> list[str]:
    with db.reading() as session:
        return [line.name for line in queries.lines(session)]


def test_a_department_is_added_renamed_and_closed(desk: FlaskClient) -> None:
    assert desk.post(DEPARTMENTS, data={"name": "Træværkstedet"}).status_code == 303
    desk.post(f"{DEPARTMENTS}/traevaerkstedet", data={"name": "Træhallen"})
    assert names() == ["Træhallen"]
    assert "Træhallen" in desk.get(DEPARTMENTS).text
    assert desk.get(f"{DEPARTMENTS}/traevaerkstedet").status_code == 200, "its address stays"
    assert desk.post(f"{DEPARTMENTS}/traevaerkstedet/luk").status_code == 303
    assert names() == []


@pytest.mark.parametrize(
    ("name", "says"),
    [("", "Skriv, hvad afdelingen hedder."), ("x" * 101, "Navnet er for langt."), ("TRÆHALLEN ", "hedder det")],
)
def test_what_was_typed_is_kept_when_something_is_wrong(desk: FlaskClient, name: str, says: str) -> None:
    desk.post(DEPARTMENTS, data={"name": "Træhallen"})
    desk.post(DEPARTMENTS, data={"name": "Køkkenet"})
    for path in (DEPARTMENTS, f"{DEPARTMENTS}/koekkenet"):
        answer = desk.post(path, data={"name": name})
        assert answer.status_code == 422
        assert says in answer.text
        assert f'value="{name}"' in answer.text or not name or name.endswith(" ")
    assert names() == ["Køkkenet", "Træhallen"]


def test_a_department_may_keep_its_own_name(desk: FlaskClient) -> None:
    desk.post(DEPARTMENTS, data={"name": "Træhallen"})
    assert desk.post(f"{DEPARTMENTS}/traehallen", data={"name": "TRÆHALLEN"}).status_code == 303
    assert names() == ["TRÆHALLEN"]


def test_a_name_that_is_free_again_gets_an_address_of_its_own(desk: FlaskClient) -> None:
    desk.post(DEPARTMENTS, data={"name": "Træhallen"})
    desk.post(f"{DEPARTMENTS}/traehallen", data={"name": "Savværket"})
    desk.post(DEPARTMENTS, data={"name": "Træhallen"})
    with db.reading() as session:
        keys = dict(session.execute(sa.select(Department.name, Department.key)).all())
    assert keys == {"Savværket": "traehallen", "Træhallen": "traehallen-2"}


@pytest.mark.parametrize("what", ["staff", "tablet", "citizen", "order", "invitation"])
def test_one_that_something_belongs_to_is_not_closed(desk: FlaskClient, what: str) -> None:
    with db.transaction() as session:
        used = factories.department(session)
        if what == "staff":
            factories.staff(session, departments=[used])
        elif what == "tablet":
            people.tablet(session)
        elif what == "citizen":
            people.citizen(session, at=used)
        elif what == "order":
            factories.production_order(session, at=used)
        else:
            session.add(_invitation(used.id, factories.staff(session, departments=[]).account_id, clock.now()))
    answer = desk.post(f"{DEPARTMENTS}/trae/luk")
    assert answer.status_code == 409
    assert "kan ikke lukkes" in answer.text
    assert names() == ["Træhallen"]


def test_an_invitation_that_lapsed_keeps_nothing_open(app: Flask) -> None:
    with db.transaction() as session:
        used = factories.department(session)
        session.add(_invitation(used.id, factories.staff(session, departments=[]).account_id))
        session.flush()
        with pytest.raises(Refusal):
            actions.close(session, used, NOW)
        actions.close(session, used, NOW + timedelta(days=8))
    assert names() == []


def test_empty_days_that_were_reckoned_for_it_go_along(app: Flask) -> None:
    with db.transaction() as session:
        factories.department(session)
    capacity.sweep(NOW)
    with db.transaction() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(CapacityDay))
        actions.close(session, factories.department(session), NOW)
    assert names() == []


def test_days_somebody_was_expected_stay(app: Flask) -> None:
    with db.transaction() as session:
        used = factories.department(session)
        session.add(CapacityDay(department_id=used.id, day=date(2026, 11, 24), team_minutes=240))
    with pytest.raises(Refusal), db.transaction() as session:
        actions.close(session, factories.department(session), NOW)
    assert names() == ["Træhallen"]


def test_two_who_write_the_same_name_at_once_make_one(app: Flask) -> None:
    assert both(lambda _name: actions.add) == ["Department", "NameTaken"]


def test_looking_first_makes_two(app: Flask) -> None:
    """The control: both look, and then both write."""
    meet = threading.Barrier(2)

    def look_and_write(_name: str) -> object:
        def add(session: object, name: str) -> Department:
            made = Department(key=f"{threading.get_ident()}"[-30:], name=name)
            session.add(made)  # type: ignore[attr-defined]  # the session is passed on as it came
            return made

        with db.reading() as session:
            assert queries.lines(session) == []
        meet.wait(30)
        return add

    assert both(look_and_write) == ["Department", "Department"]


def both(prepare: object) -> list[str]:
    start, told = threading.Barrier(2), []

    def go() -> None:
        start.wait(30)
        try:
            act = prepare("Træhallen")  # type: ignore[operator]  # called as it came
            with db.transaction() as session:
                made = act(session, "Træhallen")
        except Exception as stopped:  # noqa: BLE001 — whatever somebody could meet is part of the result
            told.append(type(stopped).__name__)
        else:
            told.append(type(made).__name__)

    threads = [threading.Thread(target=go, daemon=True) for _each in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return sorted(told)


def test_the_list_asks_as_often_for_thirty_as_for_three(app: Flask, desk: FlaskClient) -> None:
    def asked(count: int) -> int:
        with db.transaction() as session:
            for number in range(count):
                actions.add(session, f"Afdeling {count} {number}")
        desk.get(DEPARTMENTS)
        with counted() as sent:
            desk.get(DEPARTMENTS)
        return len(sent)

    assert asked(3) == asked(30)


def test_one_that_is_not_there_is_not_there(desk: FlaskClient) -> None:
    assert desk.get(f"{DEPARTMENTS}/nej").status_code == 404
    assert desk.post(f"{DEPARTMENTS}/nej", data={"name": "Ja"}).status_code == 404
    assert desk.post(f"{DEPARTMENTS}/nej/luk").status_code == 404


def _invitation(department_id: int, by: int, now: datetime = NOW) -> Invitation:
    return Invitation(
        token_hash="x" * 64,
        name="Ida",
        email="ida@vaerket.example",
        roles=["workshop"],
        department_ids=[department_id],
        by_staff_id=by,
        created_at=now,
        expires_at=now + timedelta(days=7),
    )
