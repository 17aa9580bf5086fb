"""The way in at the tablet: only here, only today's pictures, a code, and help."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from support import factories, people

from tests.workshop.tasks.rig import give
from workshop.accounts import actions as accounts
from workshop.accounts.models import LoginSession
from workshop.citizens import actions as citizens
from workshop.citizens.attendance import AttendanceMark
from workshop.citizens.models import Citizen
from workshop.core import clock, db, house_rules
from workshop.production.types.models import PermitKind, TaskTypePermit
from workshop.tasks.helping.models import HelpCall
from workshop.tasks.models import Assignment
from workshop.tasks.permits.models import ToolPermit

OWN_PAGES = (
    "/vaerksted/hjem",
    "/vaerksted/opgaver",
    "/vaerksted/uge",
    "/vaerksted/scan",
    "/vaerksted/nyt",
    "/vaerksted/maerker",
    "/vaerksted/tael",
    "/vaerksted/moebler/1001",
)


@pytest.mark.parametrize("path", [*OWN_PAGES, "/vaerksted"])
def test_a_browser_that_is_no_tablet_is_told_so(client: FlaskClient, path: str) -> None:
    answer = client.get(path, follow_redirects=True)
    assert answer.request.path == "/vaerksted/ikke-klar"
    assert "Tabletten er ikke klar." in answer.text


@pytest.mark.parametrize("path", OWN_PAGES)
def test_without_a_code_a_tablet_shows_the_pictures(app: Flask, house, path: str) -> None:
    tablet = people.browser(app)
    tablet.set_cookie("tablet", house.tablet_key)
    assert tablet.get(path, follow_redirects=True).request.path == "/vaerksted"


def test_the_pictures_are_those_of_the_department_and_nobody_is_named(app: Flask, house) -> None:
    tablet = people.browser(app)
    tablet.set_cookie("tablet", house.tablet_key)
    page = tablet.get("/vaerksted").text
    assert house.mona in page
    assert house.yusuf in page
    assert house.ida not in page
    for name in ("Mona", "Yusuf", "Prøvesen"):
        assert name not in page
        assert name not in tablet.get(f"/vaerksted/kode/{house.mona}").text


def test_somebody_marked_away_is_not_shown(app: Flask, house) -> None:
    now = clock.now()
    with db.transaction() as session:
        citizens.mark_attendance(
            session,
            citizen=session.get_one(Citizen, house.yusufs_id),
            day=clock.local_day(now),
            mark=AttendanceMark.NOTIFIED,
            now=now,
            by_staff_id=None,
        )
    tablet = people.browser(app)
    tablet.set_cookie("tablet", house.tablet_key)
    assert house.yusuf not in tablet.get("/vaerksted").text
    assert tablet.get(f"/vaerksted/kode/{house.yusuf}").status_code == 404


def test_a_picture_of_another_department_opens_nothing(app: Flask, house) -> None:
    tablet = people.browser(app)
    tablet.set_cookie("tablet", house.tablet_key)
    assert tablet.get(f"/vaerksted/kode/{house.ida}").status_code == 404
    assert tablet.post(f"/vaerksted/kode/{house.ida}", data={"pin": people.PIN}).status_code == 404


@pytest.mark.parametrize("pin", ["0000", "12", "abcd", "", "25801", "²³45"])
def test_a_wrong_code_says_try_again(app: Flask, house, pin: str) -> None:
    tablet = people.browser(app)
    tablet.set_cookie("tablet", house.tablet_key)
    answer = tablet.post(f"/vaerksted/kode/{house.mona}", data={"pin": pin})
    assert answer.status_code == 422
    assert "Prøv igen." in answer.text


def test_after_five_wrong_codes_somebody_comes_until_staff_release_it(app: Flask, house, lone: FlaskClient) -> None:
    tablet = people.browser(app)
    tablet.set_cookie("tablet", house.tablet_key)
    for _ in range(5):
        tablet.post(f"/vaerksted/kode/{house.mona}", data={"pin": "0000"})
    stopped = tablet.post(f"/vaerksted/kode/{house.mona}", data={"pin": people.PIN})
    assert stopped.status_code == 429
    assert "Vi henter en, der kan hjælpe." in stopped.text
    assert "Nogen har brug for hjælp" in lone.get("/personale/hold").text, "who waits is told the truth"
    assert lone.post(f"/personale/borgere/{house.mona}/kode/slip").status_code == 303
    assert tablet.post(f"/vaerksted/kode/{house.mona}", data={"pin": people.PIN}).status_code == 303


def test_who_does_not_remember_the_code_gets_somebody_once(app: Flask, house, lone: FlaskClient) -> None:
    tablet = people.browser(app)
    tablet.set_cookie("tablet", house.tablet_key)
    page = f"/vaerksted/kode/{house.mona}/hjaelp"
    assert "Vi henter en" not in tablet.get(page).text, "nobody was called"
    for _ in range(2):
        assert "Vi henter en, der kan hjælpe." in tablet.post(page, follow_redirects=True).text
    with db.reading() as session:
        call = session.scalars(sa.select(HelpCall)).one()
        assert (call.citizen_id, call.device_id is not None) == (house.monas_id, True)
    lone.post(f"/personale/hjaelp/{call.public_id}/svar")
    assert "Der er en på vej til dig." in tablet.get(page).text
    assert tablet.post(f"/vaerksted/kode/{house.ida}/hjaelp").status_code == 404, "no picture of this department"


def test_who_is_new_is_told_whom_to_ask(app: Flask, house) -> None:
    tablet = people.browser(app)
    tablet.set_cookie("tablet", house.tablet_key)
    page = tablet.get("/vaerksted/kode-hjaelp").text
    assert "Spørg personalet." in page
    assert "Vi henter en" not in page


def test_a_session_is_worth_nothing_on_another_tablet(app: Flask, house, mona: FlaskClient) -> None:
    assert mona.get("/vaerksted/hjem").status_code == 200
    mona.set_cookie("tablet", house.other_key)
    assert mona.get("/vaerksted/hjem").status_code == 303


def test_showing_the_pictures_ends_who_was_there(mona: FlaskClient) -> None:
    assert "Hvad vil du, Mona?" in mona.get("/vaerksted/hjem").text
    mona.get("/vaerksted")
    assert mona.get("/vaerksted/hjem").status_code == 303


def test_out_means_out(mona: FlaskClient) -> None:
    assert mona.post("/vaerksted/her").status_code == 204
    assert mona.post("/vaerksted/ud").status_code == 303
    assert mona.post("/vaerksted/her").status_code == 303


def test_a_tablet_nobody_touches_locks_by_itself(mona: FlaskClient) -> None:
    with db.transaction() as session:
        session.execute(sa.update(LoginSession).values(seen_at=clock.now() - timedelta(seconds=111)))
    assert mona.get("/vaerksted/hjem").status_code == 303


def test_staff_do_not_use_the_citizens_pages(lone: FlaskClient) -> None:
    assert lone.get("/vaerksted/opgaver").status_code == 403


def test_a_new_code_ends_the_old_session(house, mona: FlaskClient, lone: FlaskClient) -> None:
    page = lone.post(f"/personale/borgere/{house.mona}/kode/ny")
    assert re.search(r'id="pin"[^>]*>\d{4}<', page.text)
    assert mona.get("/vaerksted/hjem").status_code == 303
    assert accounts.MOST_WRONG_PINS == 5


def test_the_last_wrong_code_says_that_somebody_comes_and_staff_see_who_waits(
    app: Flask, house, lone: FlaskClient
) -> None:
    tablet = people.browser(app)
    tablet.set_cookie("tablet", house.tablet_key)
    page = f"/vaerksted/kode/{house.mona}"
    for _try in range(4):
        assert "Prøv igen." in tablet.post(page, data={"pin": "0000"}).text
    assert "Venter ved tabletten" not in lone.get("/personale/borgere").text
    assert "Vi henter en, der kan hjælpe." in tablet.post(page, data={"pin": "0000"}).text
    assert "Vi henter en, der kan hjælpe." in tablet.get(page).text, "nobody types a code that opens nothing"
    assert lone.get("/personale/borgere").text.count("Venter ved tabletten") == 1
    lone.post(f"/personale/borgere/{house.mona}/kode/slip")
    assert "Venter ved tabletten" not in lone.get("/personale/borgere").text
    assert "Tryk din kode" in tablet.get(page).text


def test_a_tablet_that_is_sent_to_the_desk_finds_its_way_back(mona: FlaskClient) -> None:
    answer = mona.get("/personale/uge")
    assert answer.status_code == 403
    assert 'class="face-kiosk"' in answer.text
    assert 'href="/vaerksted/hjem"' in answer.text


def test_first_names_stand_under_the_pictures_only_where_the_house_decided_so(app: Flask, house) -> None:
    tablet = people.browser(app)
    tablet.set_cookie("tablet", house.tablet_key)
    assert "Mona" not in tablet.get("/vaerksted").text
    with db.transaction() as session:
        house_rules.decide(session, house_rules.NAMES_ON_TABLET, house_rules.YES, by_staff_id=None, now=clock.now())
    page = tablet.get("/vaerksted").text
    assert "Mona" in page
    assert "Ida" not in page, "she belongs to another department"
    with db.transaction() as session:
        house_rules.decide(session, house_rules.NAMES_ON_TABLET, house_rules.NO, by_staff_id=None, now=clock.now())
    assert "Mona" not in tablet.get("/vaerksted").text


def test_the_browser_is_told_to_forget_when_somebody_leaves(house, mona: FlaskClient) -> None:
    assert mona.post("/vaerksted/ud").headers["Clear-Site-Data"] == '"cache"'
    assert "Clear-Site-Data" not in mona.get("/vaerksted").headers, "nobody was there"
    people.sign_in_citizen(mona, house.tablet_key, house.mona)
    with db.transaction() as session:
        session.execute(sa.update(LoginSession).values(seen_at=clock.now() - timedelta(hours=1)))
    left = mona.get("/vaerksted")
    assert left.headers["Clear-Site-Data"] == '"cache"', "left alone for too long is left, too"
    assert "storage" not in left.headers["Clear-Site-Data"], "a finish that waits for the net stays"


def test_a_card_says_kindly_what_one_needs_help_to_use(house, mona: FlaskClient) -> None:
    task = give(house.mona)
    with db.transaction() as session:
        kind = PermitKind(name="Må bruge kapsav")
        session.add(kind)
        session.flush()
        kind_id = kind.id
        type_id = session.scalars(sa.select(Assignment.task_type_id).where(Assignment.public_id == task)).one()
        session.add(TaskTypePermit(task_type_id=type_id, permit_kind_id=kind_id))
    assert "Kræver: må bruge kapsav. Få hjælp til det." in mona.get(f"/vaerksted/opgaver/{task}").text
    with db.transaction() as session:
        lone = factories.staff(session).account_id
        given = {"given_on": clock.local_day(clock.now()), "instructed_by_id": lone, "written_at": clock.now()}
        session.add(
            ToolPermit(citizen_id=house.monas_id, permit_kind_id=kind_id, on_what="Kapsaven", by_staff_id=lone, **given)
        )
    page = mona.get(f"/vaerksted/opgaver/{task}").text
    assert "Kræver: må bruge kapsav" in page
    assert "Få hjælp til det." not in page
