"""A forgotten password and a changed one."""

from __future__ import annotations

import re
from datetime import timedelta

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from support import factories, people

from tests.workshop.accounts import rig
from tests.workshop.accounts.rig import EMAIL, HOME, SIGN_IN
from workshop.accounts.models import Account, LoginSession, PasswordReset, StaffPassword
from workshop.core import clock, db, mail
from workshop.core.config import Settings
from workshop.core.mail import OutboxMail

FORGOT = "/personale/glemt"
NEW = "hest kaktus violin grød"


def asked(client: FlaskClient, email: str = EMAIL) -> str:
    answer = client.post(FORGOT, data={"email": email})
    assert answer.status_code == 303
    return str(answer.headers["Location"])


def newest_link(settings: Settings) -> str:
    """The path of the link in the newest mail, as its reader gets it."""
    with db.reading() as session:
        body = session.scalars(sa.select(OutboxMail.body).order_by(OutboxMail.id.desc()).limit(1)).one()
    assert "\x02" in body, "the secret itself is not in the outbox"
    found = re.search(r"http://localhost(/personale/glemt/\S+)", mail.with_secrets(body, settings.secret_key))
    assert found
    return found[1]


def kept_password() -> str:
    with db.reading() as session:
        return session.scalars(sa.select(StaffPassword.password_hash)).one()


def test_a_new_password_by_mail_ends_every_sign_in_and_opens_with_the_second_step_still(
    app: Flask, client: FlaskClient, settings: Settings
) -> None:
    staff, _paper = rig.with_app()
    before = rig.all_in(app, staff)
    asked(client)
    link = newest_link(settings)
    assert client.get(link).status_code == 200
    assert client.get(link).status_code == 200, "looking uses nothing up: a mail scanner looks too"
    done = client.post(link, data={"password": NEW})
    assert done.headers["Location"] == SIGN_IN
    assert not rig.is_in(before)
    assert not rig.is_in(client), "the link signs nobody in"
    again = client.post(SIGN_IN, data={"email": EMAIL, "password": NEW})
    assert again.headers["Location"].startswith(rig.CODE), "the second step stays as it is"
    assert client.post(SIGN_IN, data={"email": EMAIL, "password": factories.PASSWORD}).status_code == 422
    for answer in (client.get(link), client.post(link, data={"password": NEW})):
        assert answer.status_code == 404, "once"
    with db.reading() as session:
        told = session.scalars(sa.select(OutboxMail.subject).order_by(OutboxMail.id)).all()
    assert told == ["Vælg en ny adgangskode", "Din adgangskode er skiftet"]


def test_nothing_shows_whether_somebody_has_the_address(app: Flask, client: FlaskClient) -> None:
    rig.lone()
    somebody = client.post(FORGOT, data={"email": EMAIL})
    nobody = client.post(FORGOT, data={"email": "ingen@butik.example"})
    assert (somebody.status_code, somebody.data, somebody.headers["Location"]) == (
        nobody.status_code,
        nobody.data,
        nobody.headers["Location"],
    )
    with db.reading() as session:
        assert session.scalars(sa.select(OutboxMail.recipient)).all() == [EMAIL]


def test_the_same_statements_run_for_somebody_and_for_nobody(app: Flask, client: FlaskClient) -> None:
    rig.lone()
    said: dict[str, list[str]] = {EMAIL: [], "ingen@butik.example": []}
    for email, statements in said.items():
        heard = statements.append

        def note(_c: object, _u: object, statement: str, *_more: object, heard: object = heard) -> None:
            heard(statement)  # type: ignore[operator]  # the list's own append

        sa.event.listen(db.database().writer, "before_cursor_execute", note)
        asked(client, email)
        sa.event.remove(db.database().writer, "before_cursor_execute", note)
    one, other = said.values()
    assert one
    assert one == other


def test_an_old_link_and_one_of_a_closed_account_open_nothing(
    app: Flask, client: FlaskClient, settings: Settings
) -> None:
    rig.lone()
    asked(client)
    link, before = newest_link(settings), kept_password()
    with db.transaction() as session:
        session.execute(sa.update(PasswordReset).values(expires_at=clock.now() - timedelta(seconds=1)))
    assert client.post(link, data={"password": NEW}).status_code == 404
    with db.transaction() as session:
        session.execute(sa.update(PasswordReset).values(expires_at=clock.now() + timedelta(minutes=5)))
        session.execute(sa.update(Account).values(is_active=False))
    assert client.post(link, data={"password": NEW}).status_code == 404
    assert kept_password() == before
    asked(client)
    with db.reading() as session:
        assert session.scalar(sa.select(sa.func.count(PasswordReset.id))) == 1, "a closed account gets no link"


def test_an_easy_password_leaves_the_link_good(app: Flask, client: FlaskClient, settings: Settings) -> None:
    rig.lone()
    asked(client)
    link = newest_link(settings)
    easy = client.post(link, data={"password": "adgangskode1234"})
    assert easy.status_code == 422
    assert "gætte" in easy.text
    assert client.post(link, data={"password": NEW}).status_code == 303


def test_another_link_of_the_same_person_is_used_up_too(app: Flask, client: FlaskClient, settings: Settings) -> None:
    rig.lone()
    asked(client)
    first = newest_link(settings)
    asked(client)
    second = newest_link(settings)
    assert first != second
    assert client.post(second, data={"password": NEW}).status_code == 303
    assert client.post(first, data={"password": NEW + " igen"}).status_code == 404


def test_an_address_asked_about_too_often_gets_no_more_mails_and_nobody_sees_it(
    app: Flask, client: FlaskClient
) -> None:
    rig.lone()
    answers = {asked(client) for _each in range(6)}
    assert len(answers) == 1
    with db.reading() as session:
        assert session.scalar(sa.select(sa.func.count(OutboxMail.id))) == 3


def test_the_mail_names_our_own_address_whatever_host_asked(
    app: Flask, client: FlaskClient, settings: Settings
) -> None:
    rig.lone()
    answer = client.post(FORGOT, data={"email": EMAIL}, headers={"X-Forwarded-Host": "evil.example"})
    assert answer.status_code == 303
    assert client.post(FORGOT, data={"email": EMAIL}, headers={"Host": "evil.example"}).status_code == 400
    newest_link(settings)
    with db.reading() as session:
        assert not any("evil" in body for body in session.scalars(sa.select(OutboxMail.body)))


def test_changing_ones_password_asks_for_the_old_one_and_ends_the_other_sign_ins(app: Flask) -> None:
    staff = rig.lone()
    here, there = people.at_desk(app, staff.email), people.at_desk(app, staff.email)
    page = f"{HOME}/adgangskode"
    assert here.get(page).status_code == 200
    assert here.post(page, data={"old": "forkert kode her", "new": NEW}).status_code == 422
    easy = here.post(page, data={"old": factories.PASSWORD, "new": "LoneLund12345678"})
    assert easy.status_code == 422
    assert "gætte" in easy.text
    before = rig.cookie(here)
    assert here.post(page, data={"old": factories.PASSWORD, "new": NEW}).status_code == 303
    assert rig.is_in(here)
    assert not rig.is_in(there)
    assert not rig.is_in(rig.replay(app, before))
    assert people.browser(app).post(SIGN_IN, data={"email": EMAIL, "password": NEW}).status_code == 303


def test_changing_the_password_is_no_proof_where_there_is_a_second_step(app: Flask) -> None:
    staff, _paper = rig.with_app()
    client, page, guarded = rig.all_in(app, staff), f"{HOME}/adgangskode", f"{HOME}/app/fjern"
    assert client.get(guarded).status_code == 200, "control: proved a moment ago"
    with db.transaction() as session:
        session.execute(sa.update(LoginSession).values(proved_at=clock.now() - timedelta(hours=1)))
    assert client.get(guarded).status_code == 303
    before = rig.cookie(client)
    assert client.post(page, data={"old": factories.PASSWORD, "new": NEW}).status_code == 303
    assert rig.is_in(client)
    assert not rig.is_in(rig.replay(app, before)), "the token is new all the same"
    assert client.get(guarded).status_code == 303
    assert client.post(f"{HOME}/koder").status_code == 303
