"""Guessing is slowed down, and nobody is locked out by somebody else's guessing (N19)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from support import factories, people

from tests.workshop.accounts import rig
from tests.workshop.accounts.rig import EMAIL, SIGN_IN
from workshop.accounts import actions, passwords, sweeping, throttle
from workshop.accounts.models import SignInFailure
from workshop.core import crypto, db

WRONG = "forkert kode her"
MINUTE = timedelta(minutes=1)


def guess(client: FlaskClient, email: str = EMAIL, password: str = WRONG) -> int:
    return int(client.post(SIGN_IN, data={"email": email, "password": password}).status_code)


@pytest.mark.once
def test_a_network_is_a_keyed_hash_and_a_household_of_ipv6_is_one() -> None:
    one = throttle.network("key", "2001:db8:1:2::5")
    assert one == throttle.network("key", "2001:db8:1:2:ffff::9")
    assert one != throttle.network("key", "2001:db8:1:3::5")
    assert throttle.network("key", "192.0.2.1") != throttle.network("key", "192.0.2.2")
    assert throttle.network("key", "192.0.2.1") != throttle.network("another", "192.0.2.1")
    assert "192" not in throttle.network("key", "192.0.2.1")
    assert throttle.network("key", "no address").startswith("network:")


def test_a_stop_says_until_when_and_ends_by_itself(session: Session, now: datetime) -> None:
    subject = throttle.mail("lone@butik.example")
    for minute in range(10):
        assert not throttle.is_stopped(session, [subject], now + minute * MINUTE)
        throttle.count(session, [subject], now + minute * MINUTE)
    until = throttle.stopped_until(session, [subject], now + 10 * MINUTE)
    assert until == now + 15 * MINUTE, "when the first of the ten leaves the window"
    assert not throttle.is_stopped(session, [subject], now + 15 * MINUTE)
    with pytest.raises(throttle.TooManyTries, match=r"kl\. 10\.1"):
        throttle.refuse_when_stopped(session, [subject], now + 10 * MINUTE)


def test_too_many_wrong_passwords_get_a_page_that_says_how_long_and_what_else(app: Flask) -> None:
    rig.lone()
    client = people.browser(app)
    assert [guess(client) for _each in range(11)] == [422] * 10 + [429]
    page = client.post(SIGN_IN, data={"email": EMAIL, "password": factories.PASSWORD})
    assert page.status_code == 429
    assert int(page.headers["Retry-After"]) > 0
    for sentence in ("prøve igen ", "Den er ikke lukket", "logget ind med før", "adgangsnøgle", "Glemt"):
        assert sentence in page.text


def test_others_guessing_does_not_stop_a_browser_the_person_has_used(app: Flask) -> None:
    staff = rig.lone()
    own = people.at_desk(app, staff.email)
    own.post("/personale/log-ud")
    stranger = people.browser(app)
    assert [guess(stranger) for _each in range(11)][-1] == 429
    assert guess(stranger, password=factories.PASSWORD) == 429
    assert guess(own, password=factories.PASSWORD) == 303
    own.post("/personale/log-ud")
    assert [guess(own) for _each in range(11)][-1] == 429, "its own tries are counted, too"


def test_a_known_browser_is_known_for_its_person_alone(app: Flask) -> None:
    lone, mette = rig.lone(), rig.lone(email="mette@butik.example")
    own = people.at_desk(app, lone.email)
    own.post("/personale/log-ud")
    for _each in range(10):
        guess(people.browser(app), mette.email)
    assert guess(own, mette.email, factories.PASSWORD) == 429
    kept = own.get_cookie("kendt")
    assert kept is not None
    assert lone.email not in kept.value
    forged = people.browser(app)
    forged.set_cookie("kendt", kept.value[:-2] + "xx")
    for _each in range(10):
        guess(forged)
    assert guess(forged, password=factories.PASSWORD) == 429, "a changed cookie is nobody's"


def test_two_people_share_a_browser(app: Flask) -> None:
    both = [rig.lone(), rig.lone(email="mette@butik.example")]
    own = people.browser(app)
    for each in both:
        people.sign_in_staff(own, each.email)
    for each in both:
        for _guess in range(10):
            guess(people.browser(app), each.email)
        assert guess(own, each.email, factories.PASSWORD) == 303


def test_one_network_that_guesses_at_everybody_is_stopped(app: Flask) -> None:
    rig.lone()
    client = people.browser(app)
    answers = [guess(client, f"nummer{each}@butik.example") for each in range(61)]
    assert answers == [422] * 60 + [429]
    client.environ_base["REMOTE_ADDR"] = "192.0.2.7"
    assert guess(client, password=factories.PASSWORD) == 303, "another network is not stopped"


def test_a_new_password_is_a_way_back(session: Session, now: datetime) -> None:
    staff = factories.staff(session, email=EMAIL)
    for _each in range(10):
        actions.sign_in_staff(session, EMAIL, WRONG, now)
    with pytest.raises(throttle.TooManyTries):
        actions.sign_in_staff(session, EMAIL, factories.PASSWORD, now + MINUTE)
    passwords.write(session, staff.account_id, "hest kaktus violin", now + 2 * MINUTE, cheap=True)
    assert actions.sign_in_staff(session, EMAIL, "hest kaktus violin", now + 3 * MINUTE) is not None


class Counting:
    """The real hasher, and how often it was asked."""

    def __init__(self, real: PasswordHasher) -> None:
        self.real, self.hashed, self.verified = real, 0, 0

    def hash(self, secret: str) -> str:
        self.hashed += 1
        return self.real.hash(secret)

    def verify(self, kept: str, secret: str) -> Any:
        self.verified += 1
        return self.real.verify(kept, secret)


def test_nobody_costs_the_same_work_as_somebody(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    rig.lone()
    with db.transaction() as session:
        closed = factories.staff(session, email="lukket@butik.example")
        closed_id = closed.account_id
    with db.transaction() as session:
        actions.end_sessions(session, closed_id, people.NOW)
        session.execute(sa.text("update account set is_active = false where id = :id"), {"id": closed_id})
    actions._nobodys_hash.clear()
    work = []
    for email in ("ingen@butik.example", EMAIL, "ingen@butik.example", EMAIL, "lukket@butik.example"):
        counting = Counting(crypto.STRONG)
        monkeypatch.setattr(crypto, "STRONG", counting)
        statements: list[str] = []

        def note(_c: object, _u: object, statement: str, *_more: object, kept: list[str] = statements) -> None:
            kept.append(statement)

        sa.event.listen(db.database().writer, "before_cursor_execute", note)
        assert guess(people.browser(app), email) == 422
        sa.event.remove(db.database().writer, "before_cursor_execute", note)
        monkeypatch.setattr(crypto, "STRONG", counting.real)
        work.append((counting.verified, tuple(statements)))
    assert {verified for verified, _statements in work} == {1}
    assert len({statements for _verified, statements in work}) == 1


def test_old_tries_are_swept_away(app: Flask, now: datetime) -> None:
    with db.transaction() as session:
        throttle.count(session, ["mail:x"], now - timedelta(days=3))
        throttle.count(session, ["mail:x"], now)
    assert sweeping.sweep(now) == 1
    with db.reading() as session:
        assert session.scalar(sa.select(sa.func.count(SignInFailure.id))) == 1
