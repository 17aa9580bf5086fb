"""A citizen's own phone: let in once, theirs alone, closed by them or by staff."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from support import factories, people

from tests.workshop.accounts import rig
from workshop.accounts import queries
from workshop.accounts.models import Department, Device, DeviceKind, LoginSession, PhoneTicket
from workshop.accounts.phones import actions
from workshop.core import clock, db
from workshop.core.access import Role
from workshop.core.errors import Refusal


class House(NamedTuple):
    """Mona, Aksel, and Lone who helps both."""

    mona: str
    mona_account: int
    aksel: str
    lone: int


@pytest.fixture
def house(app: Flask) -> House:
    now = clock.now()
    with db.transaction() as session:
        department = factories.department(session)
        staff = factories.staff(session, email=rig.EMAIL, departments=[department])
        mona, aksel = (
            people.citizen(session, name=name, at=department, contact=staff, weekdays=range(7), now=now)
            for name in ("Mona", "Aksel")
        )
        return House(mona.public_id, mona.account_id, aksel.public_id, staff.account_id)


def ticket(house: House) -> str:
    with db.transaction() as session:
        return actions.ticket(session, house.mona_account, house.lone, clock.now())


def phone(app: Flask, house: House) -> FlaskClient:
    """Mona's own phone, with her signed in."""
    client = people.browser(app)
    client.environ_base["HTTP_USER_AGENT"] = "Mozilla/5.0 (iPhone) Version/18.0 Safari/604.1"
    answer = client.post(f"/telefon/{ticket(house)}", data={"pin": people.PIN})
    assert answer.headers["Location"] == "/vaerksted/hjem", answer.text
    return client


def test_staff_show_a_code_and_the_phone_is_let_in_with_the_persons_own_pin(app: Flask, house: House) -> None:
    desk = people.at_desk(app, rig.EMAIL)
    page = f"/personale/borgere/{house.mona}/telefon"
    assert "Ingen telefoner endnu" in desk.get(page).text
    shown = desk.post(page)
    assert shown.status_code == 200
    assert 'class="qr"' in shown.text
    assert shown.headers["Cache-Control"] == "no-store"
    client = phone(app, house)
    assert client.get("/vaerksted/hjem").status_code == 200
    assert "Safari på iPhone" in desk.get(page).text


def test_the_offer_names_nobody_and_is_not_kept(app: Flask, house: House) -> None:
    answer = people.browser(app).get(f"/telefon/{ticket(house)}")
    assert answer.status_code == 200
    assert "Mona" not in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_ticket_is_good_once_for_ten_minutes_and_until_the_next_one(app: Flask, house: House) -> None:
    first = ticket(house)
    second = ticket(house)
    gone = people.browser(app)
    assert gone.post(f"/telefon/{first}", data={"pin": people.PIN}).status_code == 404
    assert gone.get(f"/telefon/{first}").status_code == 404
    assert gone.post(f"/telefon/{second}", data={"pin": people.PIN}).status_code == 303
    assert people.browser(app).post(f"/telefon/{second}", data={"pin": people.PIN}).status_code == 404
    third = ticket(house)
    with db.transaction() as session:
        session.execute(sa.update(PhoneTicket).values(expires_at=clock.now() - timedelta(seconds=1)))
    assert people.browser(app).post(f"/telefon/{third}", data={"pin": people.PIN}).status_code == 404


def test_wrong_pins_stop_the_ticket_and_not_the_person(app: Flask, house: House) -> None:
    token, client = ticket(house), people.browser(app)
    answers = [client.post(f"/telefon/{token}", data={"pin": "0000"}).status_code for _each in range(6)]
    assert answers == [422] * 5 + [429]
    assert client.post(f"/telefon/{token}", data={"pin": people.PIN}).status_code == 429
    assert client.get("/vaerksted/hjem").status_code == 303
    with db.transaction() as session:
        _device, key = people.tablet(session, at=session.scalars(sa.select(Department)).first(), now=clock.now())
    assert people.at_tablet(app, key, house.mona).get("/vaerksted/hjem").status_code == 200


def test_the_phone_asks_for_the_owners_code_and_shows_no_pictures(app: Flask, house: House) -> None:
    client = phone(app, house)
    assert client.get("/vaerksted").headers["Location"] == "/vaerksted/hjem"
    client.post("/vaerksted/ud")
    page = client.get("/vaerksted")
    assert "Tryk din kode" in page.text
    assert "tile--face" not in page.text
    assert "Mona" not in page.text
    assert client.get(f"/vaerksted/kode/{house.aksel}").status_code == 404
    assert client.post(f"/vaerksted/kode/{house.aksel}", data={"pin": people.PIN}).status_code == 404
    assert client.post("/vaerksted/min-kode", data={"pin": "0000"}).status_code == 422
    assert client.post("/vaerksted/min-kode", data={"pin": people.PIN}).status_code == 303
    home = client.get("/vaerksted/hjem").text
    assert "Mona" in home
    assert "data-still-here" not in home, "nobody is next in line on one's own phone"


def test_the_used_ticket_leads_its_own_phone_on_and_says_used_to_every_other(app: Flask, house: House) -> None:
    client, used = people.browser(app), ticket(house)
    assert client.post(f"/telefon/{used}", data={"pin": people.PIN}).status_code == 303
    assert client.get(f"/telefon/{used}").headers["Location"] == "/vaerksted"
    assert client.get("/vaerksted/min-kode").headers["Location"] == "/vaerksted"
    other = people.browser(app).get(f"/telefon/{used}")
    assert other.status_code == 404
    assert "Koden virker ikke mere." in other.text
    assert "ikke klar" in people.browser(app).get("/vaerksted", follow_redirects=True).text, "never somebody's phone"


def test_a_shared_tablet_has_no_owners_page_and_never_becomes_somebodys_own(app: Flask, house: House) -> None:
    with db.transaction() as session:
        _device, key = people.tablet(session, now=clock.now())
    client = people.browser(app)
    client.set_cookie("tablet", key)
    assert client.post("/vaerksted/min-kode", data={"pin": people.PIN}).status_code == 404
    asked = client.get(f"/telefon/{ticket(house)}")
    assert asked.status_code == 409
    assert "pin" not in asked.text, "nobody types their code where it leads nowhere"
    assert client.get("/vaerksted/min-kode").status_code == 404
    assert client.post(f"/telefon/{ticket(house)}", data={"pin": people.PIN}).status_code == 409
    with db.reading() as session:
        assert set(session.scalars(sa.select(Device.kind))) == {DeviceKind.TABLET}


def test_wrong_tries_at_a_tablet_do_not_close_the_phone_nor_the_other_way(app: Flask, house: House) -> None:
    client = phone(app, house)
    client.post("/vaerksted/ud")
    with db.transaction() as session:
        _device, key = people.tablet(session, at=session.scalars(sa.select(Department)).first(), now=clock.now())
    tablet = people.browser(app)
    tablet.set_cookie("tablet", key)
    for _each in range(5):
        tablet.post(f"/vaerksted/kode/{house.mona}", data={"pin": "0000"})
    assert tablet.post(f"/vaerksted/kode/{house.mona}", data={"pin": people.PIN}).status_code == 429
    assert client.post("/vaerksted/min-kode", data={"pin": people.PIN}).status_code == 303
    client.post("/vaerksted/ud")
    for _each in range(4):
        assert client.post("/vaerksted/min-kode", data={"pin": "0000"}).status_code == 422
    for answer in (client.post("/vaerksted/min-kode", data={"pin": "0000"}), client.get("/vaerksted")):
        assert answer.status_code == 429
        assert "Spørg personalet." in answer.text
        assert "billederne" not in answer.text, "an own phone has no pictures to go back to"
    assert client.post("/vaerksted/min-kode", data={"pin": people.PIN}).status_code == 429


def test_closing_the_phone_ends_it_at_once_by_owner_or_by_staff(app: Flask, house: House) -> None:
    for by_staff in (True, False):
        client = phone(app, house)
        key = client.get_cookie("tablet")
        assert key is not None
        with db.reading() as session:
            device = session.scalars(sa.select(Device.public_id).order_by(Device.id.desc()).limit(1)).one()
        if by_staff:
            desk = people.at_desk(app, rig.EMAIL)
            assert desk.post(f"/personale/borgere/{house.aksel}/telefon/{device}/luk").status_code == 404
            assert desk.post(f"/personale/borgere/{house.mona}/telefon/{device}/luk").status_code == 303
        else:
            assert "Safari på iPhone" in client.get("/vaerksted/telefoner").text
            for there in (client.get, client.post):
                assert there(f"/vaerksted/telefoner/{'x' * 22}/luk").status_code == 404
            assert "Skal telefonen lukkes?" in client.get(f"/vaerksted/telefoner/{device}/luk").text
            assert client.get("/vaerksted/telefoner").status_code == 200, "to ask closes nothing"
            assert client.post(f"/vaerksted/telefoner/{device}/luk").status_code == 303
        assert client.get("/vaerksted/hjem").status_code == 303
        assert "Telefonen er lukket." in client.get("/vaerksted", follow_redirects=True).text


def test_a_stolen_session_opens_nothing_without_the_phone(app: Flask, house: House) -> None:
    client = phone(app, house)
    assert rig.replay(app, rig.cookie(client)).get("/vaerksted/hjem").status_code == 303


def test_an_own_phone_waits_a_quarter_of_an_hour_and_sleeps_after_thirty_days(app: Flask, house: House) -> None:
    client = phone(app, house)

    def last_seen(ago: timedelta) -> None:
        with db.transaction() as session:
            session.execute(sa.update(LoginSession).values(seen_at=clock.now() - ago))

    last_seen(timedelta(minutes=14))
    assert client.get("/vaerksted/hjem").status_code == 200
    last_seen(queries.PHONE_SESSION_IDLE + timedelta(seconds=1))
    assert client.get("/vaerksted/hjem").status_code == 303
    with db.transaction() as session:
        session.execute(sa.update(Device).values(seen_at=clock.now() - timedelta(days=29)))
    assert client.post("/vaerksted/min-kode", data={"pin": people.PIN}).status_code == 303
    with db.transaction() as session:
        session.execute(sa.update(Device).values(seen_at=clock.now() - timedelta(days=31)))
    assert client.get("/vaerksted/hjem").status_code == 303
    assert "Telefonen er lukket." in client.get("/vaerksted", follow_redirects=True).text
    with db.reading() as session:
        assert actions.phones_of(session, house.mona_account, clock.now()) == []


def test_nobody_has_more_than_three_phones(app: Flask, house: House) -> None:
    for _each in range(3):
        phone(app, house)
    with pytest.raises(Refusal, match="allerede 3"):
        ticket(house)


def test_staff_of_another_department_see_no_phones(app: Flask, house: House) -> None:
    with db.transaction() as session:
        other = Department(key="have", name="Haveholdet")
        session.add(other)
        session.flush()
        factories.staff(session, email="mette@butik.example", roles=[Role.WORKSHOP], departments=[other])
    desk = people.at_desk(app, "mette@butik.example")
    for way in (desk.get, desk.post):
        foreign = way(f"/personale/borgere/{house.mona}/telefon")
        missing = way(f"/personale/borgere/{'x' * 22}/telefon")
        assert (foreign.status_code, foreign.data) == (404, missing.data)


def test_whose_account_is_closed_has_no_phone_either(app: Flask, house: House) -> None:
    client, token = phone(app, house), ticket(house)
    with db.transaction() as session:
        session.execute(sa.text("update account set is_active = false where id = :id"), {"id": house.mona_account})
    assert client.get("/vaerksted/hjem").status_code == 303
    assert people.browser(app).post(f"/telefon/{token}", data={"pin": people.PIN}).status_code == 404
