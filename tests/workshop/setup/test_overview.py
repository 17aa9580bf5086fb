"""The checklist: every step knows whether it is done, and a whole workshop is set up by walking down it."""

from __future__ import annotations

import re
import threading
from dataclasses import replace

import pyotp
import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from support import factories, people
from support.queries import counted

from tests.workshop.setup.rig import DEPARTMENTS, FIRST, SETTINGS, WORKSHOP, administrator, is_called, path, typed
from workshop.accounts.models import Device
from workshop.core import clock, db
from workshop.core.access import Role
from workshop.core.config import Settings
from workshop.production.models import TaskType
from workshop.products.models import Origin, VatRule
from workshop.setup import actions, steps
from workshop.starter import loading

CATALOGUE = f"{SETTINGS}/startkatalog"


@pytest.fixture
def desk(app: Flask) -> FlaskClient:
    return administrator(app, Role.MANAGER)


def done(app: Flask) -> dict[str, bool]:
    with db.reading() as session:
        return {each.step.key: each.is_done for each in steps.shown(app, session)}


def test_a_new_workshop_has_everything_to_do(app: Flask, desk: FlaskClient) -> None:
    assert set(done(app)) == {"workshop", "departments", "hours", "vat", "catalogue", "terms", "tablet", "staff"}
    assert not any(done(app).values())
    assert "0 af 8 er klar" in desk.get(SETTINGS).text


def test_a_whole_workshop_is_set_up_by_walking_down_the_list(
    app: Flask, client: FlaskClient, settings: Settings
) -> None:
    client.post(path(settings), data=FIRST)
    client.post(WORKSHOP, data=typed())
    client.post(DEPARTMENTS, data={"name": "Træværkstedet"})
    client.post(f"{SETTINGS}/trin/hours/passer")
    client.post(f"{SETTINGS}/trin/vat/passer")
    client.post(CATALOGUE)
    client.post("/personale/butik/betingelser", data={"body": "Du kan fortryde i 14 dage.", "version": "0"})
    assert "6 af 8 er klar" in client.get(SETTINGS).text
    links = re.findall(r'<h2 class="flush"><a href="([^"]+)">', client.get(SETTINGS).text)
    assert len(links) == 8
    for link in links:
        assert client.get(link).status_code == 200, link
    with db.transaction() as session:
        factories.staff(session, name="Lone", departments=[])
    client.post("/personale/tabletter", data={"name": "Træhallen 1", "department": "traevaerkstedet"})
    assert client.get("/vaerksted", follow_redirects=True).status_code == 200, "this browser is the tablet now"
    assert all(done(app).values())


def test_where_a_second_step_is_demanded_it_comes_before_the_list(
    app: Flask, client: FlaskClient, settings: Settings
) -> None:
    app.extensions["settings"] = replace(settings, needs_second_factor=True)
    onward = client.post(path(settings), data=FIRST).headers["Location"]
    assert client.get(SETTINGS).status_code == 303, "half a sign-in opens nothing"
    assert client.get(onward).status_code == 200
    client.post(f"/personale/sikkerhed/app?next={SETTINGS}")
    seed = re.search(r'id="seed">([^<]+)<', client.get("/personale/sikkerhed/app").text)
    assert seed
    code = pyotp.TOTP("".join(seed[1].split())).now()
    client.post(f"/personale/sikkerhed/app/kode?next={SETTINGS}", data={"code": code})
    assert "0 af 8 er klar" in client.get(SETTINGS).text


def test_a_tablet_that_was_closed_counts_no_more(app: Flask) -> None:
    with db.transaction() as session:
        device_id = people.tablet(session)[0].id
    assert done(app)["tablet"]
    with db.transaction() as session:
        session.get_one(Device, device_id).revoked_at = clock.now()
    assert not done(app)["tablet"]


def test_the_list_asks_as_often_for_much_as_for_nothing(app: Flask, desk: FlaskClient) -> None:
    def asked() -> int:
        desk.get(SETTINGS)
        with counted() as sent:
            desk.get(SETTINGS)
        return len(sent)

    few = asked()
    is_called()
    with db.transaction() as session:
        actions.load_catalogue(session)
        for number in range(30):
            people.tablet(session)
            factories.staff(session, name=f"Kollega {number}")
    assert asked() == few


def test_what_fits_as_it_came_is_said_once_and_never_over_an_answer(app: Flask, desk: FlaskClient) -> None:
    for _time in range(2):
        assert desk.post(f"{SETTINGS}/trin/vat/passer").status_code == 303
    with db.reading() as session:
        assert sorted(session.scalars(sa.select(VatRule.origin))) == sorted(Origin)
    assert done(app)["vat"]


def test_a_step_nobody_can_say_yes_to_is_not_there(desk: FlaskClient) -> None:
    for key in ("terms", "nej"):
        assert desk.post(f"{SETTINGS}/trin/{key}/passer").status_code == 404


def test_whoever_may_not_change_a_step_may_not_say_it_fits(app: Flask) -> None:
    alone = administrator(app)
    page = alone.get(SETTINGS).text
    assert page.count("Det gør en leder") == 3
    assert "/personale/moebler/moms" not in page
    assert alone.post(f"{SETTINGS}/trin/vat/passer").status_code == 403
    assert not done(app)["vat"]


def test_the_starter_catalogue_is_one_button_and_twice_is_once(app: Flask, desk: FlaskClient) -> None:
    first = desk.post(CATALOGUE, follow_redirects=True)
    assert re.search(r"Startkataloget er hentet\. 1\.\d{3} ting er kommet til\.", first.text)
    with db.reading() as session:
        tasks = session.scalar(sa.select(sa.func.count()).select_from(TaskType))
    assert f"<td>{tasks}</td>" in first.text
    again = desk.post(CATALOGUE, follow_redirects=True)
    assert "Det hele stod der i forvejen." in again.text
    with db.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(TaskType)) == tasks


def test_two_who_press_at_once_load_it_once(app: Flask) -> None:
    start = threading.Barrier(2)
    told: list[object] = []

    def load() -> None:
        start.wait(30)
        try:
            with db.transaction() as session:
                told.append(actions.load_catalogue(session).is_unchanged)
        except Exception as stopped:  # noqa: BLE001 — whatever somebody could meet is part of the result
            told.append(type(stopped).__name__)

    threads = [threading.Thread(target=load, daemon=True) for _each in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(told, key=str) == [False, True]


def test_two_who_load_without_turns_collide(app: Flask) -> None:
    """The control: on PostgreSQL both find nothing and both write. SQLite lets one write at a time anyway."""
    start = threading.Barrier(2)
    told: list[str] = []

    def load() -> None:
        start.wait(30)
        try:
            with db.transaction() as session:
                loading.load(session)
        except sa.exc.SQLAlchemyError as stopped:
            told.append(type(stopped).__name__)
        else:
            told.append("loaded")

    threads = [threading.Thread(target=load, daemon=True) for _each in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(told) == (["loaded", "loaded"] if db.database().is_sqlite else ["IntegrityError", "loaded"])


def test_whoever_administers_lands_here(app: Flask) -> None:
    assert administrator(app).get("/personale/").headers["Location"] == SETTINGS


def test_the_demo_needs_no_setting_up(demo: Flask, settings: Settings) -> None:
    client = people.browser(demo)
    assert client.get(path(settings)).status_code == 404
    assert "ikke sat op endnu" not in client.get("/personale/log-ind").text
