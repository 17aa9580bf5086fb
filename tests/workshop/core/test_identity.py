"""Who the workshop is: the settings' word first, the newest version after that, at once here and soon elsewhere."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from support.queries import counted

from shop.orders.letterhead import Letterhead
from tests.workshop.setup.rig import NOW, WHO, is_called, say
from workshop.core import db, identity
from workshop.core.config import Identity, Settings
from workshop.production.repairs.door import Head as RepairHead
from workshop.services.door import Head as ServiceHead
from workshop.setup.actions import ChangedMeanwhile


@pytest.fixture
def rereading(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process as it is outside the tests: it asks again when what it knows is old."""
    monkeypatch.setattr(identity, "_is_reread", True)


def test_without_a_version_the_settings_say_it(app: Flask, settings: Settings) -> None:
    identity.forget()
    assert identity.current() == settings.identity
    assert identity.version() == 0


def test_the_newest_version_is_it(app: Flask) -> None:
    is_called()
    is_called(name="Værket i Byen")
    found = identity.current()
    assert (found.name, found.town, found.cvr) == ("Værket i Byen", WHO["town"], "13 58 56 28")
    assert found.opening_hours == Identity().opening_hours, "what a version does not say stays"
    assert identity.version() == 2


def test_it_is_asked_for_once(app: Flask) -> None:
    is_called()
    identity.current()
    with counted() as sent:
        for _time in range(5):
            identity.current()
    assert sent == []


def test_another_process_sees_a_change_when_what_it_knows_is_old(
    rereading: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    identity.forget()
    assert identity.version() == 0
    with db.transaction() as session:
        say(session)  # as another process would: nobody calls `forget` here
    assert identity.version() == 0, "it was asked a moment ago"
    monkeypatch.setattr(identity, "REREAD_SECONDS", -1.0)
    assert identity.version() == 1
    assert identity.REREAD_SECONDS <= 10


@pytest.mark.once
def test_ten_seconds_is_the_longest_it_may_be_old() -> None:
    assert identity.REREAD_SECONDS == 10


def test_a_database_that_does_not_answer_leaves_it_as_it_was(app: Flask, rereading: None, tmp_path: Path) -> None:
    is_called()
    known = identity.current()
    ours = db.database()
    nowhere = db.Database(f"sqlite:///{tmp_path}/no/such/folder.sqlite3")
    db.use(nowhere)
    try:
        identity.forget()
        assert identity.current() == known
    finally:
        db.use(ours)


def test_what_was_read_before_a_change_does_not_win_over_it(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    is_called()
    began, go_on = threading.Event(), threading.Event()
    newest = identity.newest

    def slow(session: object) -> object:
        found = newest(session)  # type: ignore[arg-type]  # the session is passed on as it came
        began.set()
        go_on.wait(30)
        return found

    identity.forget()
    monkeypatch.setattr(identity, "newest", slow)
    reader = threading.Thread(target=identity.current, daemon=True)
    reader.start()
    began.wait(30)
    monkeypatch.setattr(identity, "newest", newest)
    with db.transaction() as session:
        say(session, after=1, name="Værket i Byen")
    identity.forget()
    go_on.set()
    reader.join(30)
    assert identity.current().name == "Værket i Byen"


def test_letters_and_links_follow(app: Flask, settings: Settings) -> None:
    heads = [Letterhead.of(settings), ServiceHead.of(settings), RepairHead.of(settings)]
    assert {head.identity.name for head in heads} == {settings.identity.name}
    is_called()
    assert {head.identity.name for head in heads} == {WHO["name"]}
    given = Letterhead(settings.base_url, Identity(name="Et andet"), settings.secret_key)
    assert given.identity.name == "Et andet", "a head of somebody's own stays theirs"


def test_a_version_is_never_written_over(app: Flask) -> None:
    with db.transaction() as session:
        say(session)
    with pytest.raises(ChangedMeanwhile), db.transaction() as session:
        say(session, name="Noget andet", after=0)
    with db.reading() as session:
        found = list(session.scalars(sa.select(identity.WorkshopVersion)))
    assert [(row.version, row.name, row.made_at) for row in found] == [(1, WHO["name"], NOW)]


def test_saying_the_same_again_makes_no_version(app: Flask) -> None:
    with db.transaction() as session:
        say(session)
        say(session, after=1)
    with db.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(identity.WorkshopVersion)) == 1


@pytest.mark.once
@pytest.mark.parametrize(("digits", "read"), [("13585628", "13 58 56 28"), ("", ""), ("123", "12 3")])
def test_a_number_is_written_in_pairs(digits: str, read: str) -> None:
    assert identity.in_pairs(digits) == read
