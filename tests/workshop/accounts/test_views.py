"""Staff sign in and out; tablets are enrolled and closed."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from support import factories

from workshop.accounts import actions as accounts
from workshop.accounts.models import Department, Device, LoginSession, Staff
from workshop.core import clock, db
from workshop.core.access import Role

SIGN_IN = "/personale/log-ind"


@pytest.fixture(autouse=True)
def people(app: Flask) -> None:
    with db.transaction() as session:
        factories.staff(session, name="Lone", email="lone@butik.example", roles=[Role.WORKSHOP])
        factories.staff(session, name="Arne", email="arne@butik.example", roles=[Role.ADMIN])


def sign_in(client: FlaskClient, email: str, *, then: str = "") -> str:
    answer = client.post(SIGN_IN, query_string={"next": then}, data={"email": email, "password": factories.PASSWORD})
    assert answer.status_code == 303
    return str(answer.headers["Location"])


def test_signing_in_leads_to_where_one_wanted(client: FlaskClient) -> None:
    wanted = client.get("/personale/tabletter")
    assert wanted.status_code == 303
    assert "next=/personale/tabletter" in wanted.headers["Location"].replace("%2F", "/")
    assert sign_in(client, "arne@butik.example", then="/personale/tabletter") == "/personale/tabletter"
    assert client.get("/personale/tabletter").status_code == 200


def test_signing_in_never_leads_away_from_here(client: FlaskClient) -> None:
    assert sign_in(client, "arne@butik.example", then="//evil.example").startswith("/personale")


def test_a_wrong_password_keeps_the_mail_and_says_what_to_do(client: FlaskClient) -> None:
    answer = client.post(SIGN_IN, data={"email": "lone@butik.example", "password": "forkert kode her"})
    assert answer.status_code == 422
    assert "passer ikke" in answer.text
    assert "lone@butik.example" in answer.text
    assert "forkert kode her" not in answer.text


def test_an_empty_form_names_both_fields(client: FlaskClient) -> None:
    answer = client.post(SIGN_IN, data={})
    assert answer.status_code == 422
    assert "Skriv din e-mail." in answer.text
    assert "Skriv din adgangskode." in answer.text


def test_signing_out_ends_the_session_for_good(client: FlaskClient) -> None:
    sign_in(client, "arne@butik.example")
    stolen = client.get_cookie("session")
    assert stolen is not None
    assert client.post("/personale/log-ud").status_code == 303
    client.set_cookie("session", stolen.value)
    assert client.get("/personale/tabletter").status_code == 303


def test_signing_in_again_gives_a_new_session_and_ends_the_old(client: FlaskClient) -> None:
    sign_in(client, "arne@butik.example")
    sign_in(client, "arne@butik.example")
    with db.reading() as session:
        sessions = session.scalars(sa.select(LoginSession.revoked_at).order_by(LoginSession.id)).all()
    assert [ended is None for ended in sessions] == [False, True]


def test_only_those_who_manage_tablets_see_them(client: FlaskClient) -> None:
    sign_in(client, "lone@butik.example")
    assert client.get("/personale/tabletter").status_code == 403
    assert client.post("/personale/tabletter", data={"name": "Mit", "department": "trae"}).status_code == 403


def test_enrolling_gives_the_tablet_its_key_and_signs_staff_out(client: FlaskClient) -> None:
    assert "ikke klar" in client.get("/vaerksted", follow_redirects=True).text
    sign_in(client, "arne@butik.example")
    answer = client.post("/personale/tabletter", data={"name": "Træhallen", "department": "trae"})
    assert answer.status_code == 303
    assert client.get("/personale/tabletter").status_code == 303, "nobody is signed in on the tablet now"
    assert client.get("/vaerksted").status_code == 200
    with db.reading() as session:
        assert session.scalars(sa.select(Device.name)).one() == "Træhallen"


def test_a_tablet_is_enrolled_and_closed_by_somebody_who_has_just_proved_who_they_are(client: FlaskClient) -> None:
    sign_in(client, "arne@butik.example")
    assert 'name="department"' in client.get("/personale/tabletter").text
    with db.transaction() as session:
        session.execute(sa.update(LoginSession).values(proved_at=clock.now() - timedelta(hours=1)))
        device = accounts.enrol_device(
            session,
            name="Træhallen",
            department_id=session.scalars(sa.select(Department.id)).one(),
            by_staff_id=session.scalars(sa.select(Staff.account_id)).first() or 0,
            now=clock.now(),
        )[0]
        public_id = device.public_id
    page = client.get("/personale/tabletter").text
    assert "Træhallen" in page, "looking needs no proof"
    assert 'name="department"' not in page, "nothing is typed that would be lost"
    assert "/personale/bekraeft" in page
    wrong = client.post("/personale/tabletter", data={"name": "Mit", "department": "trae"})
    assert "/personale/bekraeft" in wrong.headers["Location"]
    assert "én gang til" in client.get(wrong.headers["Location"]).text
    close = f"/personale/tabletter/{public_id}/luk"
    for answer in (client.get(close), client.post(close)):
        assert "/personale/bekraeft" in answer.headers["Location"]
    with db.reading() as session:
        assert session.scalars(sa.select(Device.revoked_at)).one() is None
    assert client.post("/personale/bekraeft?next=/personale/tabletter", data={"password": factories.PASSWORD}).location
    assert client.post(close).location == "/personale/tabletter"


def test_an_administrator_of_a_new_workshop_lands_on_what_is_left_to_do(client: FlaskClient) -> None:
    sign_in(client, "arne@butik.example")
    assert client.get("/personale/").location == "/personale/indstillinger"


def test_a_tablet_without_a_name_is_asked_for_one(client: FlaskClient) -> None:
    sign_in(client, "arne@butik.example")
    answer = client.post("/personale/tabletter", data={"name": " ", "department": "trae"})
    assert answer.status_code == 422
    assert "Giv tabletten et navn" in answer.text


def test_a_closed_tablet_is_an_ordinary_browser_again(app: Flask, client: FlaskClient, now: datetime) -> None:
    sign_in(client, "arne@butik.example")
    client.post("/personale/tabletter", data={"name": "Træhallen", "department": "trae"})
    with db.reading() as session:
        public_id = session.scalars(sa.select(Device.public_id)).one()
    admin = app.test_client()
    admin.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
    sign_in(admin, "arne@butik.example")
    assert admin.post(f"/personale/tabletter/{public_id}/luk").status_code == 303
    assert admin.post("/personale/tabletter/nobody-knows-this/luk").status_code == 404
    assert "ikke klar" in client.get("/vaerksted", follow_redirects=True).text


def test_closing_a_tablet_asks_first_and_the_list_says_who_enrolled_it(app: Flask, client: FlaskClient) -> None:
    sign_in(client, "arne@butik.example")
    client.post("/personale/tabletter", data={"name": "Træhallen", "department": "trae"})
    sign_in(client, "arne@butik.example")
    page = client.get("/personale/tabletter").text
    for words in ("Træhallen", "af Arne", "Ikke endnu"):
        assert words in page
    with db.reading() as session:
        public_id = session.scalars(sa.select(Device.public_id)).one()
    question = client.get(f"/personale/tabletter/{public_id}/luk")
    assert "Luk Træhallen?" in question.text
    assert client.get("/personale/tabletter/nobody-knows-this/luk").status_code == 404
    with db.reading() as session:
        assert session.scalars(sa.select(Device.revoked_at)).one() is None, "asking closes nothing"
    assert client.post(f"/personale/tabletter/{public_id}/luk").status_code == 303
    assert "Tabletten er lukket." in client.get(f"/personale/tabletter/{public_id}/luk").text
