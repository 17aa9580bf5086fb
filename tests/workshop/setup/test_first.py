"""The first administrator comes in by the address printed on the machine, once, and nobody by any other."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from support import factories

from tests.conftest import make_settings
from tests.workshop.setup.rig import FIRST, NOW, SETTINGS, path
from workshop.accounts import actions as accounts
from workshop.accounts.models import Staff, StaffRole
from workshop.core import db
from workshop.core.access import Role
from workshop.core.config import Settings
from workshop.core.errors import NotHere
from workshop.setup import actions, door

RACERS = 20


def test_the_first_administrator_is_made_and_signed_in(client: FlaskClient, settings: Settings) -> None:
    assert client.get(path(settings)).status_code == 200
    answer = client.post(path(settings), data=FIRST)
    assert answer.headers["Location"] == f"/personale/sikkerhed/opret?next={SETTINGS}"
    assert client.get(SETTINGS).status_code == 200
    with db.reading() as session:
        roles = set(session.scalars(sa.select(StaffRole.role)))
    assert roles == {Role.ADMIN, Role.MANAGER}


def test_whoever_does_not_lead_the_workshop_gets_one_role(client: FlaskClient, settings: Settings) -> None:
    client.post(path(settings), data={name: text for name, text in FIRST.items() if name != "is_manager"})
    with db.reading() as session:
        assert set(session.scalars(sa.select(StaffRole.role))) == {Role.ADMIN}
    assert "Det gør en leder" in client.get(SETTINGS).text


def test_a_wrong_address_is_a_page_that_is_not_there(client: FlaskClient, settings: Settings) -> None:
    wrong = path(settings)[:-1] + ("a" if path(settings)[-1] != "a" else "b")
    for method in (client.get, client.post):
        assert method(wrong).status_code == 404
        assert method(f"{door.PLACE}/æ").status_code == 404
    with db.reading() as session:
        assert door.is_open(session)


def test_after_the_first_the_right_address_is_not_there_either(client: FlaskClient, settings: Settings) -> None:
    client.post(path(settings), data=FIRST)
    client.post("/personale/log-ud")
    again = [client.get(path(settings)), client.post(path(settings), data={**FIRST, "email": "ny@vaerket.example"})]
    unknown = client.get(f"{door.PLACE}/{'x' * 43}")
    assert [each.status_code for each in again] == [404, 404]
    assert again[0].text == unknown.text, "used and unknown look alike"
    with db.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Staff)) == 1


def test_it_does_not_open_again_when_that_account_closes(client: FlaskClient, settings: Settings) -> None:
    client.post(path(settings), data=FIRST)
    with db.transaction() as session:
        session.execute(sa.text("UPDATE account SET is_active = false"))
    assert client.get(path(settings)).status_code == 404


@pytest.mark.parametrize(
    ("field", "text", "says"),
    [
        ("name", "", "Skriv dit navn."),
        ("name", "x" * 101, "Det er for langt."),
        ("email", "grethe", "Mailadressen ser ikke rigtig ud."),
        ("email", "", "Skriv din e-mail."),
        ("password", "kort", "Adgangskoden er for kort."),
        ("password", "adgangskode1234", "for nem at gætte"),
    ],
)
def test_what_was_typed_is_kept_when_something_is_wrong(
    client: FlaskClient, settings: Settings, field: str, text: str, says: str
) -> None:
    answer = client.post(path(settings), data={**FIRST, field: text})
    assert answer.status_code == 422
    assert says in answer.text
    for name in ("name", "email"):
        assert {**FIRST, field: text}[name] in answer.text
    assert FIRST["password"] not in answer.text
    with db.reading() as session:
        assert door.is_open(session)


def test_a_form_with_nothing_in_it_is_asked_for_everything(client: FlaskClient, settings: Settings) -> None:
    answer = client.post(path(settings))
    assert answer.status_code == 422
    assert "Ret 3 ting" in answer.text


def test_the_page_is_kept_nowhere(client: FlaskClient, settings: Settings) -> None:
    assert client.get(path(settings)).headers["Cache-Control"] == "no-store"
    assert client.post(path(settings), data=FIRST).headers["Cache-Control"] == "no-store"


def test_the_sign_in_page_says_how_to_begin_and_not_where(client: FlaskClient, settings: Settings) -> None:
    page = client.get("/personale/log-ind").text
    assert "ikke sat op endnu" in page
    assert "vaerksted setup" in page
    assert path(settings).rpartition("/")[2] not in page
    client.post(path(settings), data=FIRST)
    client.post("/personale/log-ud")
    assert "ikke sat op endnu" not in client.get("/personale/log-ind").text


def test_the_shop_is_open_before_anybody_can_sign_in(client: FlaskClient) -> None:
    assert client.get("/").status_code == 200
    assert client.get("/personale/", follow_redirects=True).status_code == 200


def test_what_is_printed_leads_there(app: Flask, settings: Settings) -> None:
    printed = door.announcement(settings)
    assert f"{settings.base_url}{path(settings)}" in printed
    with db.transaction() as session:
        factories.staff(session)
    assert door.announcement(settings) == []
    assert door.is_passed(settings)


@pytest.mark.once
def test_nothing_is_printed_about_a_database_that_is_not_there(tmp_path: object, place: Settings) -> None:
    nowhere = make_settings(f"sqlite:///{tmp_path}/none.sqlite3", place.data_dir)
    assert door.announcement(nowhere) == []
    assert not door.is_passed(nowhere)


def test_one_of_twenty_becomes_the_first(app: Flask) -> None:
    def make(number: int, _meet: threading.Barrier) -> None:
        with db.transaction() as session:
            actions.make_first_administrator(
                session, **{**_first(number), "is_manager": True, "now": NOW, "cheap": True}
            )

    assert race(make) == ["NotHere"] * (RACERS - 1) + ["made"]
    assert how_many() == 1


def test_looking_before_the_write_lets_several_in(app: Flask) -> None:
    """The control: the page's own look is no guard."""

    def make(number: int, meet: threading.Barrier) -> None:
        with db.reading() as session:
            if not door.is_open(session):
                raise NotHere
        meet.wait(30)
        with db.transaction() as session:
            accounts.add_staff(session, **_first(number), roles=(Role.ADMIN,), departments=(), now=NOW, cheap=True)

    assert race(make, racers=4) == ["made"] * 4
    assert how_many() == 4


def _first(number: int) -> dict[str, str]:
    return {"name": f"Nr. {number}", "email": f"nr{number}@vaerket.example", "password": FIRST["password"]}


def race(make: Callable[[int, threading.Barrier], None], racers: int = RACERS) -> list[str]:
    """All off at the same moment; what each came to, in order."""
    start, meet, told = threading.Barrier(racers), threading.Barrier(racers), []

    def go(number: int) -> None:
        start.wait(30)
        try:
            make(number, meet)
        except Exception as stopped:  # noqa: BLE001 — whatever somebody could meet is part of the result
            told.append(type(stopped).__name__)
        else:
            told.append("made")

    threads = [threading.Thread(target=go, args=(number,), daemon=True) for number in range(racers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return sorted(told)


def how_many() -> int:
    with db.reading() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(Staff)) or 0
