"""T9: nobody is led off the site, no link is built from what a request claims, and an answer tells of nobody.

How long an answer takes is measured by `make soak`; here it is counted what is done for it.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from datetime import timedelta
from email import message_from_bytes, policy
from urllib.parse import quote, urlsplit

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient

from shop.orders.models import Order
from tests.support import actors, addressed, dumping, factories, queries
from tests.support.addressed import EVIL, PAYLOADS, disguises, goes_to
from workshop.accounts.models import SignInFailure
from workshop.core import clock, crypto, db, mail
from workshop.core.access import Role
from workshop.core.config import Settings
from workshop.core.mail import OutboxMail

WHO = "lone@butik.example"
LEAST_BITS = 128
ADDRESS = re.compile(r"https?://[^\s>\"')]+")


@pytest.fixture
def lone(app: Flask) -> str:
    with db.transaction() as session:
        factories.staff(session, name="Lone", email=WHO, roles=[Role.WORKSHOP], now=clock.now())
    return WHO


def sign_in(client: FlaskClient, question: str = "") -> str:
    """Sign in and say where it leads."""
    data = {"email": WHO, "password": factories.PASSWORD}
    answer = client.post(f"{actors.SIGN_IN}{question}", data=data)
    assert answer.status_code == 303, (question, answer.status_code)
    return answer.headers["Location"]


@pytest.mark.once
def test_there_are_three_hundred_payloads_and_fifty_disguises() -> None:
    assert len(PAYLOADS) == len(set(PAYLOADS)) == 300
    assert len(disguises()) == 50


def test_no_next_leads_off_the_site(app: Flask, lone: str) -> None:
    off = []
    for payload in PAYLOADS:
        asked = f"?next={quote(payload.encode('utf-8', 'surrogatepass'))}"
        location = sign_in(actors.browser(app), asked)
        if goes_to(location) != "localhost" or "\n" in location or "\r" in location:
            off.append((payload, location))
    assert off == []
    assert sign_in(actors.browser(app), "?next=/personale/moebler%3Fside%3D2") == "/personale/moebler?side=2"


def test_no_referer_leads_off_the_site(app: Flask) -> None:
    client, off = actors.browser(app), []
    for payload in PAYLOADS:
        said = payload.encode("utf-8", "replace").decode("latin-1", "replace")
        answer = client.post("/indstillinger", headers={"Referer": re.sub(r"[\r\n]", "", said)}, data={"tema": "dark"})
        assert answer.status_code == 303
        if goes_to(answer.headers["Location"], "http://localhost/") != "localhost":
            off.append(payload)
    assert off == []


@pytest.mark.once
def test_a_redirect_off_the_site_would_be_seen() -> None:
    for planted in (
        "//evil.example",
        "/\t/evil.example",
        "\\\\evil.example",
        "https://evil.example",
        " /\n/evil.example",
    ):
        assert goes_to(planted) == EVIL
    assert goes_to("javascript:alert(1)") == "javascript:"
    led_off = [each for each in PAYLOADS if _safely(each) != "localhost"]
    assert len(led_off) > 100, "the payloads would lead off if they were followed"


def _safely(payload: str) -> str:
    try:
        return goes_to(payload)
    except ValueError:
        return "no address"


def test_no_mail_and_no_page_is_written_for_another_host(demo: Flask, settings: Settings) -> None:
    with db.transaction() as session:
        session.execute(sa.update(OutboxMail).values(sent_at=clock.now()))
        email = factories.staff(session, email=WHO, roles=[Role.SALES], now=clock.now()).email
        order = session.execute(sa.select(Order.number, Order.customer_email).limit(1)).one()
    pages = (
        ("/personale/glemt", {"email": email}),
        ("/ordre", {"ordre": order.number, "mail": order.customer_email}),
        (actors.SIGN_IN, {"email": email, "password": "forkert"}),
    )
    wrong = []
    for host, headers in disguises():
        client = actors.browser(demo)
        for page, typed in pages:
            for answer in (
                client.get(page, headers={"Host": host, **headers}),
                client.post(page, data=typed, headers={"Host": host, **headers}),
            ):
                said = answer.text + str(answer.headers)
                if answer.status_code >= 500 or EVIL in said:
                    wrong.append((host, headers, page, answer.status_code))
        with db.transaction() as session:
            session.execute(sa.delete(SignInFailure))
    assert wrong == []
    _wait_for_letters()
    mail.send_due(settings, clock.now() + timedelta(minutes=1))
    letters = [path.read_bytes() for path in settings.mails_dir.glob("*.eml")]
    words = [
        str(message_from_bytes(each, policy=policy.default).get_body(("plain",)).get_content()) for each in letters
    ]
    links = [link for said in words for link in ADDRESS.findall(said)]
    assert any("/glemt/" in link for link in links)
    assert any("/ordre/" in link for link in links)
    assert {urlsplit(link).netloc for link in links} == {urlsplit(settings.base_url).netloc}


def letters(settings: Settings) -> list[str]:
    """The words of every mail that was sent."""
    files = (path.read_bytes() for path in settings.mails_dir.glob("*.eml"))
    parts = (message_from_bytes(each, policy=policy.default).get_body(("plain",)) for each in files)
    return [str(part.get_content()) for part in parts if part is not None]


def _wait_for_letters() -> None:
    """The look-up of an order answers first and writes its letter afterwards."""
    for thread in threading.enumerate():
        if thread.name == "find-order":
            thread.join(20)


def _work(client: FlaskClient, page: str, typed: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    """What is done for an answer: how often a secret is hashed, what is asked of the database, the answer itself."""
    hashed: list[str] = []
    for name in ("verify", "hash"):
        real = getattr(PasswordHasher, name)

        def counted(*given: object, real: Callable[..., object] = real, name: str = name, **more: object) -> object:
            hashed.append(name)
            return real(*given, **more)

        monkeypatch.setattr(PasswordHasher, name, counted)
    with queries.counted() as asked:
        answer = client.post(page, data=typed)
    monkeypatch.undo()
    said = answer.text.replace(typed.get("email", ""), "")
    verbs = [statement.split(" ")[0] for statement in asked]
    answered = (answer.status_code, answer.headers.get("Location"), said)
    return {"hashed": hashed, "asked": verbs, "answered": answered}


def test_signing_in_does_the_same_for_somebody_and_nobody(
    app: Flask, lone: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = actors.browser(app)
    typed = {"password": "en helt forkert kode"}
    client.post(actors.SIGN_IN, data={**typed, "email": "x@butik.example"})  # what is made once is made now
    known = _work(client, actors.SIGN_IN, {**typed, "email": WHO}, monkeypatch)
    unknown = _work(client, actors.SIGN_IN, {**typed, "email": "one@butik.example"}, monkeypatch)
    assert known == unknown
    assert known["hashed"] == ["verify"]


def test_a_forgotten_password_does_the_same_for_somebody_and_nobody(
    app: Flask, lone: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = actors.browser(app)
    known = _work(client, "/personale/glemt", {"email": WHO}, monkeypatch)
    unknown = _work(client, "/personale/glemt", {"email": "one@butik.example"}, monkeypatch)
    assert known == unknown


def test_looking_for_an_order_answers_the_same(demo: Flask) -> None:
    with db.reading() as session:
        order = session.execute(sa.select(Order.number, Order.customer_email).limit(1)).one()
    client, answers = actors.browser(demo), []
    for number, address in (
        (order.number, order.customer_email),
        (order.number, "x@y.example"),
        ("VH-99999", "x@y.example"),
    ):
        answer = client.post("/ordre", data={"ordre": number, "mail": address})
        answers.append(
            (answer.status_code, answer.text.replace(address, "").replace(number, ""), sorted(answer.headers))
        )
    _wait_for_letters()
    assert answers[0] == answers[1] == answers[2]


@pytest.mark.once
def test_every_secret_of_a_link_is_long_enough(settings: Settings) -> None:
    for token in (mail.secret_of(settings.secret_key, "order-link:x"), crypto.new_token(), crypto.new_public_id()):
        assert len(set(token)) > 8
        assert len(token) * 6 >= LEAST_BITS, token
    assert len({crypto.new_token() for _ in range(1_000)}) == 1_000
    assert len(addressed.PAYLOADS) == 300


def test_the_link_of_a_forgotten_password_opens_once(app: Flask, lone: str, settings: Settings) -> None:
    client = actors.browser(app)
    client.post("/personale/glemt", data={"email": WHO})
    mail.send_due(settings, clock.now() + timedelta(minutes=1))
    (said,) = letters(settings)
    link = urlsplit(next(each for each in ADDRESS.findall(said) if "/glemt/" in each)).path
    token = link.rpartition("/")[2]
    assert len(token) * 6 >= LEAST_BITS
    new = {"password": "heste kan ikke sejle langt", "again": "heste kan ikke sejle langt"}
    assert client.get(link).status_code == client.get(link).status_code == 200, "looking uses nothing up"
    assert client.post(link, data=new).status_code == 303
    assert client.post(link, data=new).status_code in {404, 409, 410, 422}
    assert token not in "".join(dumping.everything())
