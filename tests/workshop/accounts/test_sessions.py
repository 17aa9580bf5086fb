"""Sign-ins that can be seen and ended, and what keeps them open (T8)."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from support import factories, people

from tests.workshop.accounts import rig
from tests.workshop.accounts.rig import HOME, Person
from workshop.accounts import actions, factors, passwords, queries, sessions
from workshop.accounts.models import Account, Device, LoginSession, StaffRole
from workshop.core import clock, db
from workshop.core.access import Role

CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0 Safari/537.36"
EDGE = f"{CHROME} Edg/141.0"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile Safari/604.1"


@pytest.mark.once
@pytest.mark.parametrize(
    ("said", "words"),
    [
        (CHROME, "Chrome på Windows"),
        (EDGE, "Edge på Windows"),
        (PHONE, "Safari på iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox på Linux"),
        ("curl/8", "En browser, vi ikke kender"),
        ("", "En browser, vi ikke kender"),
        ("<script>Firefox\n" * 999, "Firefox"),
    ],
)
def test_a_browser_is_named_in_words(said: str, words: str) -> None:
    assert sessions.browser_words(sessions.browser_name(said)) == words


def test_ones_own_sign_ins_are_listed_and_ended_one_by_one_or_all_others(app: Flask) -> None:
    staff = rig.lone()
    here, phone, office = (people.browser(app) for _each in range(3))
    for client, said in ((here, CHROME), (phone, PHONE), (office, EDGE)):
        client.environ_base["HTTP_USER_AGENT"] = said
        people.sign_in_staff(client, staff.email)
    page = here.get(HOME).text
    assert [each in page for each in ("Chrome på Windows", "Safari på iPhone", "Edge på Windows")] == [True] * 3
    with db.reading() as session:
        ids = session.scalars(sa.select(LoginSession.public_id).order_by(LoginSession.id)).all()
    assert here.post(f"{HOME}/steder/{ids[1]}/luk").status_code == 303
    assert (rig.is_in(here), rig.is_in(phone), rig.is_in(office)) == (True, False, True)
    assert here.post(f"{HOME}/steder/andre/luk").status_code == 303
    assert (rig.is_in(here), rig.is_in(phone), rig.is_in(office)) == (True, False, False)


def test_somebody_elses_sign_in_is_as_missing_as_none(app: Flask) -> None:
    one, other = rig.lone(), rig.lone(email="mette@butik.example")
    mine, theirs = people.at_desk(app, one.email), people.at_desk(app, other.email)
    with db.reading() as session:
        foreign = session.scalars(
            sa.select(LoginSession.public_id).where(LoginSession.account_id == other.account_id)
        ).one()
    answers = [mine.post(f"{HOME}/steder/{each}/luk") for each in (foreign, "x" * 22)]
    assert [each.status_code for each in answers] == [404, 404]
    assert answers[0].data == answers[1].data
    assert rig.is_in(theirs)


def _log_out(_app: Flask, client: FlaskClient, _who: Person) -> None:
    client.post("/personale/log-ud")


def _disable(_app: Flask, _client: FlaskClient, who: Person) -> None:
    with db.transaction() as session:
        session.execute(sa.update(Account).where(Account.id == who.account_id).values(is_active=False))


def _new_password(_app: Flask, _client: FlaskClient, who: Person) -> None:
    with db.transaction() as session:
        passwords.write(session, who.account_id, "hest kaktus violin", clock.now(), cheap=True)
        actions.end_sessions(session, who.account_id, clock.now())


def _new_role(_app: Flask, _client: FlaskClient, who: Person) -> None:
    with db.transaction() as session:
        session.add(StaffRole(account_id=who.account_id, role=Role.SALES))
        actions.end_sessions(session, who.account_id, clock.now())


def _reset(_app: Flask, _client: FlaskClient, who: Person) -> None:
    with db.transaction() as session:
        factors.reset(session, who.account_id, None, clock.now())


def _second_step(_app: Flask, client: FlaskClient, who: Person) -> None:
    with db.transaction() as session:
        rig.give_app(session, who.account_id, clock.now())
    assert client.post(rig.CODE, data={"code": rig.code_now()}).status_code == 303


@pytest.mark.parametrize("ended", [_log_out, _disable, _new_password, _new_role, _reset, _second_step])
def test_a_stolen_cookie_opens_nothing_after(app: Flask, ended: Callable[[Flask, FlaskClient, Person], None]) -> None:
    staff = rig.lone()
    client = people.at_desk(app, staff.email)
    stolen = rig.cookie(client)
    assert rig.is_in(rig.replay(app, stolen)), "control: it opens before"
    ended(app, client, staff)
    assert not any(rig.is_in(rig.replay(app, stolen)) for _try in range(8))


def test_a_cookie_from_before_signing_in_is_worth_nothing_afterwards(app: Flask) -> None:
    staff = rig.lone()
    client = people.browser(app)
    client.get("/personale/tabletter")
    people.sign_in_staff(client, staff.email)
    first = rig.cookie(client)
    people.sign_in_staff(client, staff.email)
    assert rig.cookie(client) != first
    assert not rig.is_in(rig.replay(app, first))
    assert rig.is_in(client)


def test_a_sign_in_at_a_revoked_tablet_is_over(app: Flask) -> None:
    with db.transaction() as session:
        person = people.citizen(session, now=clock.now(), weekdays=range(7))
        device, key = people.tablet(session, now=clock.now())
        device_id, public_id = device.id, person.public_id
    client = people.at_tablet(app, key, public_id)
    assert client.get("/vaerksted/hjem").status_code == 200
    stolen = rig.cookie(client)
    with db.transaction() as session:
        actions.revoke_device(session, device_id, clock.now())
    again = rig.replay(app, stolen)
    again.set_cookie("tablet", key)
    for each in (client, again):
        assert each.get("/vaerksted/hjem").headers["Location"] in {"/vaerksted", "/vaerksted/ikke-klar"}
        assert "ikke klar" in each.get("/vaerksted", follow_redirects=True).text


@pytest.mark.parametrize(
    ("headers", "counts"),
    [
        ({}, True),
        ({"Sec-Fetch-Dest": "document"}, True),
        ({"Sec-Fetch-Dest": "empty"}, False),
        ({"Sec-Fetch-Dest": "image"}, False),
        ({"Sec-Fetch-Dest": "document", "Sec-Purpose": "prefetch"}, False),
    ],
)
def test_only_what_a_person_does_keeps_staff_signed_in(app: Flask, headers: dict[str, str], counts: bool) -> None:
    client = people.at_desk(app, rig.lone().email)
    earlier = clock.now() - timedelta(minutes=90)
    with db.transaction() as session:
        session.execute(sa.update(LoginSession).values(seen_at=earlier))
    client.get(HOME, headers=headers)
    with db.reading() as session:
        assert (session.scalars(sa.select(LoginSession.seen_at)).one() > earlier) is counts


def test_a_page_that_asks_by_itself_does_not_outlast_the_idle_time(session: Session, now: datetime) -> None:
    staff = factories.staff(session)
    token = actions.sign_in_staff(session, staff.email, factories.PASSWORD, now) or ""
    chance = random.Random(8)
    at = now
    while at - now <= LoginSession.STAFF_IDLE:
        assert queries.actor_of_session(session, token, at) is not None
        at += timedelta(minutes=chance.randint(1, 9))
    assert queries.actor_of_session(session, token, at) is None, "reading a session does not lengthen it"


def test_revoking_a_device_twice_keeps_the_first_moment(session: Session, now: datetime) -> None:
    device, _key = people.tablet(session)
    for minutes in (1, 9):
        actions.revoke_device(session, device.id, now + timedelta(minutes=minutes))
    session.expire_all()
    assert session.get_one(Device, device.id).revoked_at == now + timedelta(minutes=1)


def test_what_was_still_to_be_told_is_not_told_to_the_next_person(app: Flask) -> None:
    one, other = rig.lone(), rig.lone(email="mette@butik.example")
    client = people.at_desk(app, one.email)
    for who, is_told in ((None, True), (other, False)):
        with client.session_transaction() as kept:
            kept["_flashes"] = [("message", "Mona kan prøve sin kode igen.")]
        if who is not None:
            people.sign_in_staff(client, who.email)
        assert ("Mona" in client.get(HOME).text) is is_told
