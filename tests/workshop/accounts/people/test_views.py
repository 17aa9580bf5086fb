"""The pages about staff: good way, wrong form, stranger, no permission, and the page behind an invitation's link."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from support import factories, people
from support.queries import counted

from workshop.accounts.models import Account, Invitation, LoginSession, Staff
from workshop.accounts.people import inviting
from workshop.citizens.models import ContactPerson
from workshop.core import clock, db
from workshop.core.access import Role
from workshop.core.audit import AccessLog
from workshop.core.identity import WorkshopVersion
from workshop.core.mail import OutboxMail

PAGE = "/personale/medarbejdere"
PASSWORD = "fire ord uden nogen sammenhæng"
SECRET = "a secret of the tests, worth nothing at all"


@dataclass(frozen=True)
class House:
    asta: str
    lone: str
    lone_mail: str
    per: str
    mona: str


@pytest.fixture
def house(app: Flask) -> House:
    now = clock.now()
    with db.transaction() as session:
        factories.workshop(session)
        asta = factories.staff(session, name="Asta", roles=[Role.ADMIN], now=now)
        lone, per = factories.staff(session, now=now), factories.staff(session, name="Per", now=now)
        began = clock.local_day(now) - timedelta(days=30)
        mona = people.citizen(session, contact=lone, started_on=began, now=now)
        ids = [session.get_one(Account, each.account_id).public_id for each in (lone, per)]
        return House(asta.email, ids[0], lone.email, ids[1], mona.public_id)


@pytest.fixture
def asta(app: Flask, house: House) -> FlaskClient:
    return people.at_desk(app, house.asta)


def seen(page: str, which: str) -> str:
    found = re.search(rf'<input id="seen-{which}" name="seen" type="hidden" value="([^"]*)"', page)
    assert found, page
    return found[1]


def invite(client: FlaskClient, **changes: object) -> int:
    data = {"name": "Nynne", "email": "ny@butik.example", "roles": ["sales"], "departments": ["trae"], **changes}
    return client.post(f"{PAGE}/inviter", data=data).status_code


def link() -> str:
    with db.reading() as session:
        public_id = session.scalars(sa.select(Invitation.public_id).order_by(Invitation.id.desc())).first() or ""
    return f"/invitation/{public_id}/{inviting.token_of(SECRET, public_id)}"


def test_the_list_says_who_works_here_and_what_roles_open(asta: FlaskClient) -> None:
    page = asta.get(PAGE).text
    for words in ("Lone", "Per", "Værkstedsleder", "Træhallen", "Ikke endnu", "Ser ingen borgere."):
        assert words in page
    assert "Mona" not in page, "no citizen stands among the staff"


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.ADMIN, Role.CITIZEN)])
def test_others_stay_out(app: Flask, house: House, role: Role) -> None:
    with db.transaction() as session:
        email = factories.staff(session, roles=[role], now=clock.now()).email
    client = people.at_desk(app, email)
    assert client.get(PAGE).status_code == 403
    for deed in ("navn", "roller", "afdelinger", "luk", "overdrag", "aaben", "totrin"):
        assert client.post(f"{PAGE}/{house.lone}/{deed}").status_code == 403


def test_a_stranger_is_asked_to_sign_in(client: FlaskClient, house: House) -> None:
    assert "/personale/log-ind" in client.get(f"{PAGE}/{house.lone}").headers["Location"]


def test_a_citizens_account_is_nobody_here(asta: FlaskClient, house: House) -> None:
    with db.reading() as session:
        citizen = session.scalars(sa.select(Account.public_id).where(Account.kind == "citizen")).one()
    for public_id in (citizen, house.mona, "x" * 22):
        assert asta.get(f"{PAGE}/{public_id}").status_code == 404
        assert asta.post(f"{PAGE}/{public_id}/luk").status_code == 404


def test_roles_are_changed_only_by_somebody_who_has_just_proved_who_they_are(asta: FlaskClient, house: House) -> None:
    with db.transaction() as session:
        session.execute(sa.update(LoginSession).values(proved_at=clock.now() - timedelta(hours=1)))
    for deed in ("navn", "roller", "afdelinger", "luk", "overdrag", "aaben", "totrin"):
        answer = asta.post(f"{PAGE}/{house.lone}/{deed}", data={"roles": ["admin"]})
        assert "/personale/bekraeft" in answer.headers["Location"], deed
    assert "/personale/bekraeft" in asta.get(f"{PAGE}/inviter").headers["Location"]
    assert asta.get(PAGE).status_code == 200, "looking needs no proof"


def test_the_workshop_has_a_name_before_anybody_is_invited(asta: FlaskClient) -> None:
    with db.transaction() as session:
        session.execute(sa.delete(WorkshopVersion))
    page = asta.get(f"{PAGE}/inviter").text
    assert "/personale/indstillinger/vaerkstedet" in page
    assert 'name="email"' not in page
    assert invite(asta) == 409
    with db.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(OutboxMail)) == 0


def test_whoever_invites_is_told_when_no_mail_leaves_the_house(asta: FlaskClient) -> None:
    invite(asta)
    assert "sendt mails lige nu" not in asta.get(PAGE).text
    with db.transaction() as session:
        session.execute(sa.update(OutboxMail).values(due_at=clock.now() - timedelta(hours=1)))
    assert "sendt mails lige nu" in asta.get(PAGE).text


def test_a_colleague_is_invited_comes_in_and_the_link_is_spent(app: Flask, asta: FlaskClient) -> None:
    assert invite(asta) == 303
    assert "Nynne" in asta.get(PAGE).text
    browser = people.browser(app)
    page = browser.get(link())
    assert "Velkommen, Nynne" in page.text
    assert "Butik og salg" in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert browser.get(link()).status_code == 200, "looking spends nothing"
    answer = browser.post(link(), data={"password": PASSWORD})
    assert answer.headers["Location"].startswith("/personale/sikkerhed")
    assert browser.get("/personale/ordrer").status_code == 200
    assert "Invitationen er brugt" in people.browser(app).get(link()).text
    assert "Inviteret. Kontoen blev oprettet." in asta.get(f"{PAGE}/{account_of('ny@butik.example')}").text


def account_of(email: str) -> str:
    with db.reading() as session:
        return session.scalars(
            sa.select(Account.public_id).join(Staff, Staff.account_id == Account.id).where(Staff.email == email)
        ).one()


def test_each_link_that_opens_nothing_says_why(app: Flask, asta: FlaskClient) -> None:
    browser = people.browser(app)
    invite(asta)
    first = link()
    asta.post(f"{PAGE}/invitationer/{first.split('/')[2]}/igen")
    assert browser.get(first).status_code == 410
    assert "Der er en nyere invitation" in browser.get(first).text
    second = link()
    assert browser.get(second).status_code == 200
    asta.post(f"{PAGE}/invitationer/{second.split('/')[2]}/traek-tilbage")
    for way in (browser.get, lambda at: browser.post(at, data={"password": PASSWORD})):
        assert "trukket tilbage" in way(second).text
    invite(asta, email="anden@butik.example")
    with db.transaction() as session:
        session.execute(sa.update(Invitation).values(expires_at=clock.now()))
    assert "Invitationen er udløbet" in browser.get(link()).text
    unknown = browser.get(f"/invitation/{'x' * 22}/{'y' * 43}")
    assert (unknown.status_code, "Linket virker ikke" in unknown.text) == (404, True)
    wrong = browser.get(link()[:-3] + "abc")
    assert (wrong.status_code, wrong.text) == (404, unknown.text)


def test_a_wrong_password_keeps_the_link(app: Flask, asta: FlaskClient) -> None:
    invite(asta)
    browser = people.browser(app)
    assert browser.post(link(), data={"password": ""}).status_code == 422
    answer = browser.post(link(), data={"password": "kort"})
    assert answer.status_code == 409
    assert "for kort" in answer.text
    assert browser.post(link(), data={"password": PASSWORD}).status_code == 303


def test_a_wrong_invitation_comes_back_with_what_was_typed(asta: FlaskClient) -> None:
    answer = asta.post(f"{PAGE}/inviter", data={"name": "Nynne", "email": "ingenting", "roles": ["citizen"]})
    assert answer.status_code == 422
    assert 'value="Nynne"' in answer.text
    assert "navn@eksempel.dk" in answer.text
    assert invite(asta) == 303
    assert invite(asta) == 409, "twice"


def test_name_roles_and_departments_are_changed(asta: FlaskClient, house: House) -> None:
    page = f"{PAGE}/{house.per}"
    text = asta.get(page).text
    for which, deed, data in (
        ("name", "navn", {"name": "Per Lund", "email": "per.lund@butik.example"}),
        ("roles", "roller", {"roles": ["consultant", "manager"]}),
        ("departments", "afdelinger", {"departments": []}),
    ):
        assert asta.post(f"{page}/{deed}", data={"seen": seen(text, which), **data}).status_code == 303
    with db.reading() as session:
        told = session.scalars(sa.select(OutboxMail).where(OutboxMail.key.startswith("sign-in-news:"))).one()
    assert told.subject == "Din e-mail til log ind er skiftet"
    assert told.recipient != "per.lund@butik.example", "where Per reads mail until now"
    text = asta.get(page).text
    for words in ("Per Lund", "Jobkonsulent, Leder", "Afdelinger rettet fra Træhallen til ingen.", "Af Asta."):
        assert words in text


def test_an_older_page_is_shown_what_stands_now(asta: FlaskClient, house: House) -> None:
    page = f"{PAGE}/{house.per}"
    old = seen(asta.get(page).text, "roles")
    asta.post(f"{page}/roller", data={"seen": old, "roles": ["consultant"]})
    answer = asta.post(f"{page}/roller", data={"seen": old, "roles": ["sales"]})
    assert answer.status_code == 409
    assert "En anden har rettet imens" in answer.text
    assert seen(answer.text, "roles") == "consultant", "so that saving again is a choice"
    assert asta.post(f"{page}/roller", data={"seen": "consultant", "roles": []}).status_code == 422


def test_somebody_with_citizens_is_closed_when_another_takes_over(app: Flask, asta: FlaskClient, house: House) -> None:
    lone = people.at_desk(app, house.lone_mail)
    assert lone.get("/personale/borgere").status_code == 200
    page = f"{PAGE}/{house.lone}/luk"
    text = asta.get(page).text
    assert "1 borger i Træhallen" in text
    assert "Mona" not in text
    assert asta.post(page).status_code == 422
    assert asta.post(page, data={"trae-taker": "x" * 22}).status_code == 422
    assert asta.post(page, data={"trae-taker": house.per}).status_code == 303
    assert "/personale/log-ind" in lone.get("/personale/borgere").headers["Location"]
    with db.reading() as session:
        contact = session.scalars(sa.select(ContactPerson).where(ContactPerson.until_on.is_(None))).one()
        assert session.get_one(Staff, contact.staff_id).name == "Per"
        logged = session.scalars(sa.select(AccessLog).where(AccessLog.deed == "hand over")).one()
    assert logged.people == [house.mona]
    assert "Kontoen er lukket" in asta.get(f"{PAGE}/{house.lone}").text
    assert asta.post(f"{PAGE}/{house.lone}/aaben").status_code == 303
    assert people.at_desk(app, house.lone_mail).get("/personale/borgere").status_code == 200


def test_citizens_can_be_handed_over_alone(asta: FlaskClient, house: House) -> None:
    refused = asta.post(f"{PAGE}/{house.lone}/afdelinger", data={"seen": str(_department())})
    assert refused.status_code == 409
    assert f"{PAGE}/{house.lone}/luk" in refused.text
    assert asta.post(f"{PAGE}/{house.lone}/overdrag", data={"trae-taker": house.per}).status_code == 303
    assert "Kontoen er lukket" not in asta.get(f"{PAGE}/{house.lone}").text


def _department() -> int:
    with db.reading() as session:
        return factories.department(session).id


def test_the_list_asks_the_same_number_of_questions_however_many_work_here(asta: FlaskClient) -> None:
    asta.get(PAGE)
    with counted() as few:
        asta.get(PAGE)
    with db.transaction() as session:
        for _each in range(8):
            factories.staff(session, now=clock.now())
    with counted() as many:
        asta.get(PAGE)
    assert len(many) == len(few)
