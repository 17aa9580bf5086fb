"""The administrator sees how old the newest copy is, in words, and can take one more."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from support import factories, people

from workshop.accounts.models import Account
from workshop.backups import manifest, runs, taking
from workshop.core import clock, db
from workshop.core.access import Role
from workshop.core.config import Settings

PAGE = "/personale/sikkerhedskopier"


@pytest.fixture
def admin(app: Flask, house: Settings) -> FlaskClient:
    with db.transaction() as session:
        factories.staff(session, email="admin@butik.example", roles=[Role.ADMIN])
        session.execute(sa.update(Account).values(created_at=clock.now() - timedelta(days=30)))
    return people.at_desk(app, "admin@butik.example")


def test_without_a_copy_the_page_and_the_overview_say_so(admin: FlaskClient) -> None:
    page = admin.get(PAGE)
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store"
    for words in ("Der er ingen kopi endnu", "Der mangler en ny kopi", "Hovednøglen er ikke i kopien"):
        assert words in page.text
    assert "Der mangler en ny kopi" in admin.get("/personale/indstillinger").text


def test_a_workshop_that_began_today_is_not_told_off(admin: FlaskClient) -> None:
    with db.transaction() as session:
        session.execute(sa.update(Account).values(created_at=clock.now() - timedelta(hours=25)))
    for path in (PAGE, "/personale/indstillinger"):
        assert "Der mangler en ny kopi" not in admin.get(path).text


def test_where_a_timer_takes_them_the_page_says_how_and_takes_none(
    app: Flask, admin: FlaskClient, house: Settings
) -> None:
    app.extensions["settings"] = replace(house, is_copied_by_timer=True)
    page = admin.get(PAGE).text
    assert "systemctl start vaerksted-backup" in page
    assert f"{PAGE}/ny" not in page
    assert "om timeren kører" in page
    assert admin.post(f"{PAGE}/ny", data={"once": "etord"}).status_code == 409
    assert not house.backups_dir.exists()


def test_a_copy_from_the_command_line_is_on_the_page(admin: FlaskClient, house: Settings) -> None:
    now = clock.now()
    runs.note_taken(taking.take(house, now, slot="by hand"), now, now)
    page = admin.get(PAGE).text
    assert "I orden" in page
    assert "Der mangler en ny kopi" not in page


def test_a_copy_is_taken_with_a_button_once(admin: FlaskClient, house: Settings) -> None:
    for _tap in range(2):
        assert admin.post(f"{PAGE}/ny", data={"once": "etord"}).status_code == 303
    assert len(manifest.copies(house.backups_dir)) == 1
    page = admin.get(PAGE).text
    assert "Den nyeste kopi er taget" in page
    assert "I orden" in page
    assert "Der mangler en ny kopi" not in page
    assert "Der mangler en ny kopi" not in admin.get("/personale/indstillinger").text


def test_an_old_copy_is_late(admin: FlaskClient, house: Settings) -> None:
    runs.copy_for(house, "old", clock.now() - timedelta(hours=27))
    page = admin.get(PAGE).text
    assert "for 27 timer siden" in page
    assert "Der mangler en ny kopi" in page


def test_trouble_is_said_as_it_is(app: Flask, admin: FlaskClient, house: Settings, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    app.extensions["settings"] = replace(house, backup_dir=tmp_path / "taken")
    answer = admin.post(f"{PAGE}/ny", data={"once": "x" * 99})
    assert answer.status_code == 409
    assert "Kopien kan ikke skrives" in answer.text
    assert "Duer ikke" in admin.get(PAGE).text


def test_nobody_else_gets_in(app: Flask, house: Settings) -> None:
    with db.transaction() as session:
        factories.staff(session, email="leder@butik.example", roles=[Role.MANAGER])
    client = people.at_desk(app, "leder@butik.example")
    assert client.get(PAGE).status_code == 403
    assert client.post(f"{PAGE}/ny").status_code == 403
    assert not house.backups_dir.exists()
