"""T8: a session that ended is over, for whoever kept its cookies too. A thousand of each: `make soak`."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.support import actors, factories, replaying
from tests.support.replaying import INSIDE, WAYS, Way
from workshop.accounts.models import LoginSession
from workshop.core import clock, db
from workshop.core.access import Role
from workshop.core.config import Settings

EACH = 50
AT_A_TABLET = 10


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.name)
def test_no_replayed_cookie_is_let_in(app: Flask, way: Way) -> None:
    played = [replaying.replay(app, way, number) for number in range(EACH)]
    assert played == [(True, False)] * EACH


@pytest.mark.parametrize("is_revoked", [False, True], ids=["tapped out", "tablet revoked"])
def test_no_replayed_tablet_is_let_in(demo: Flask, settings: Settings, is_revoked: bool) -> None:
    played = [replaying.replay_at_tablet(demo, settings, is_revoked=is_revoked) for _number in range(AT_A_TABLET)]
    assert played == [(True, False)] * AT_A_TABLET


def test_a_replay_that_is_let_in_would_be_seen(app: Flask) -> None:
    nothing = Way("nothing", "desk", lambda _app, _client, _email: None)
    assert replaying.replay(app, nothing, 1) == (True, True)


def session_of(client: FlaskClient) -> str:
    return str(replaying.kept(client)["session"])


def test_signing_in_gives_a_new_session_and_ends_the_old(app: Flask) -> None:
    with db.transaction() as session:
        email = factories.staff(session, roles=[Role.WORKSHOP], now=clock.now()).email
    client = actors.at_desk(app, email)
    first, stolen = session_of(client), replaying.kept(client)
    client.post(actors.SIGN_IN, data={"email": email, "password": factories.PASSWORD})
    assert session_of(client) != first
    assert not replaying.is_in(app, stolen, "desk")
    assert replaying.is_in(app, replaying.kept(client), "desk")


def test_a_session_brought_along_is_not_taken_over(app: Flask) -> None:
    """Fixation: a session somebody else planted is another one after the sign-in."""
    with db.transaction() as session:
        theirs = factories.staff(session, email="a@butik.example", now=clock.now()).email
        mine = factories.staff(session, email="b@butik.example", now=clock.now()).email
    planted = replaying.kept(actors.at_desk(app, theirs))
    client = actors.browser(app)
    for name, value in planted.items():
        client.set_cookie(name, value)
    client.post(actors.SIGN_IN, data={"email": mine, "password": factories.PASSWORD})
    assert session_of(client) != planted["session"]
    assert not replaying.is_in(app, planted, "desk")


def aged(by: timedelta) -> None:
    """As if nobody had done anything for so long."""
    with db.transaction() as session:
        session.execute(sa.update(LoginSession).values(seen_at=clock.now() - by))


def seen_at() -> object:
    with db.reading() as session:
        return session.scalars(sa.select(LoginSession.seen_at)).one()


def test_what_a_page_fetches_by_itself_keeps_no_session_open(app: Flask) -> None:
    with db.transaction() as session:
        email = factories.staff(session, roles=[Role.WORKSHOP], now=clock.now()).email
    client = actors.at_desk(app, email)
    aged(timedelta(minutes=10))
    before = seen_at()
    for fetched in ("empty", "image", "script", "style"):
        client.get(INSIDE["desk"], headers={"Sec-Fetch-Dest": fetched})
    client.head(INSIDE["desk"])
    client.get(INSIDE["desk"], headers={"Sec-Purpose": "prefetch"})
    assert seen_at() == before
    client.get(INSIDE["desk"], headers={"Sec-Fetch-Dest": "document"})
    assert seen_at() != before, "a person who opens a page is there"


def test_a_tablet_left_alone_is_out(demo: Flask, settings: Settings) -> None:
    at = actors.tablet(demo, "Mona", settings)
    aged(LoginSession.TABLET_IDLE + timedelta(seconds=1))
    assert at.client.get(INSIDE["tablet"]).status_code == 303


def test_no_session_lasts_beyond_its_longest(app: Flask) -> None:
    with db.transaction() as session:
        email = factories.staff(session, roles=[Role.WORKSHOP], now=clock.now()).email
    client = actors.at_desk(app, email)
    stolen = replaying.kept(client)
    with db.transaction() as session:
        long_ago = clock.now() - LoginSession.STAFF_LONGEST - timedelta(seconds=1)
        session.execute(sa.update(LoginSession).values(created_at=long_ago, seen_at=clock.now()))
    assert not replaying.is_in(app, stolen, "desk")
