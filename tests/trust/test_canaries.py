"""T6: what is written about a citizen, and every secret, is met by those who may meet it and by nobody else."""

from __future__ import annotations

import io

import pypdfium2
import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.test import TestResponse

from tests.support import canaries, dumping
from tests.support.canaries import MAY_MEET, Scene
from workshop.accounts.models import CitizenPin
from workshop.citizens.models import Citizen
from workshop.core import clock, crypto, db, mail
from workshop.core.access import Role
from workshop.core.config import Settings
from workshop.core.mail import OutboxMail

ROLES = {
    "contact person": Role.WORKSHOP,
    "neighbour": Role.WORKSHOP,
    "another department": Role.CONSULTANT,
    "sales": Role.SALES,
    "auditor": Role.AUDITOR,
    "admin": Role.ADMIN,
    "manager": Role.MANAGER,
    "another citizen": Role.CITIZEN,
    "himself": Role.CITIZEN,
}

# Who cares for citizens is asked for the pages about people; the pages about goods show sales the same and more.
CARES = {"contact person", "neighbour", "another department", "manager"}
CARES_AT = ("/personale/borgere", "/personale/hold", "/personale/uge", "/personale/delegering", "/personale/stik")


@pytest.fixture
def scene(demo: Flask, settings: Settings) -> Scene:
    return canaries.planted(demo, settings)


def text_of(answer: TestResponse) -> str:
    """What an answer says, in whatever it says it: page, list or paper; its headers and file name included."""
    if answer.mimetype == "application/pdf":
        paper = pypdfium2.PdfDocument(io.BytesIO(answer.data))
        said = "".join(page.get_textpage().get_text_range() for page in paper)
        paper.close()
    else:
        said = answer.get_data().decode("utf-8", "replace")
    return said + str(answer.headers)


def crawl(demo: Flask, scene: Scene) -> dict[str, dict[str, set[str]]]:
    """For everybody, which words they met, and where."""
    found: dict[str, dict[str, set[str]]] = {}
    pages = canaries.pages(demo, scene.citizen)
    for who, client in scene.clients.items():
        met: dict[str, set[str]] = {}
        for needs, address in pages:
            is_near = who not in CARES or address.startswith(CARES_AT)
            if is_near and canaries.is_open_to(ROLES.get(who), needs):
                for what in canaries.met(text_of(client.get(address)), scene.words):
                    met.setdefault(what, set()).add(address)
        found[who] = met
    return found


def test_nobody_meets_a_word_that_is_not_for_them(
    demo: Flask, scene: Scene, settings: Settings, capfd: pytest.CaptureFixture[str]
) -> None:
    found = crawl(demo, scene)
    leaks = {
        (who, what, min(pages))
        for who, met in found.items()
        for what, pages in met.items()
        if who not in MAY_MEET[what]
    }
    assert leaks == set()
    seen = {what for met in found.values() for what in met}
    assert seen >= {"full name", "kaldenavn", "goal", "accommodation", "accommodation line", "sealed note", "reason"}
    said = "".join(capfd.readouterr())
    assert canaries.met(said, scene.words) == set(), "the log"
    mail.send_due(settings, clock.now())
    for path in settings.data_dir.rglob("*"):
        assert canaries.met(str(path), scene.words) == set(), "a file's name"
        if path.suffix == ".eml":
            assert canaries.met(path.read_text(), scene.words, ["staff mail"]) == set(), "a mail"
    with db.reading() as session:
        for letter in session.scalars(sa.select(OutboxMail)):
            said = f"{letter.key} {letter.subject} {letter.body} {letter.attachment}"
            assert canaries.met(said, scene.words, ["staff mail"]) == set(), "a letter that waits"


def test_a_copy_of_the_database_holds_no_secret_in_clear(scene: Scene, settings: Settings) -> None:
    whole = "".join(dumping.everything())
    open_words = {"full name", "kaldenavn", "goal", "own words", "plan", "level note", "task", "observation"}
    open_words |= {"reason", "staff mail"}
    assert canaries.met(whole, scene.words) - open_words == set()
    assert canaries.met(whole, scene.words) >= {"full name", "goal", "reason"}, "what lies open is found"
    with db.reading() as session:
        about = sa.select(CitizenPin.pin_hash).join(Citizen, Citizen.account_id == CitizenPin.account_id).limit(3)
        hashes = list(session.scalars(about))
    for kept in hashes:
        assert kept.startswith("$argon2")
        assert not any(crypto.secret_matches(kept, f"{pin:04d}") for pin in range(0, 10_000, 997)), "without the pepper"


def test_one_planted_leak_is_found(demo: Flask, scene: Scene) -> None:
    """A name in the text of the shop's front page: one, met by whoever looks."""
    leak = scene.words["full name"]
    clients = {"anonymous": scene.clients["anonymous"]}
    with db.transaction() as session:
        session.execute(sa.text("UPDATE item SET title = :leak"), {"leak": f"Bænk af {leak}"})
    found = crawl(demo, Scene(scene.words, clients, scene.citizen))
    assert set(found["anonymous"]) == {"full name"}
