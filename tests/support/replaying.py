"""Cookies kept from before something ended a session, and sent again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.support import actors, factories
from workshop.accounts.models import Department, Staff
from workshop.accounts.people import actions as people
from workshop.core import clock, db
from workshop.core.access import Role
from workshop.core.config import Settings

INSIDE = {"desk": "/personale/borgere", "tablet": "/vaerksted/hjem"}


@dataclass(frozen=True)
class Way:
    """Something that ends a session: what it is, whose, and how it is done in the browser or by somebody else."""

    name: str
    face: str
    end: Callable[[Flask, FlaskClient, str], None]


def kept(client: FlaskClient) -> dict[str, str]:
    """The cookies of a browser as a thief would copy them."""
    return {cookie.key: cookie.value for cookie in client._cookies.values()}


def is_in(app: Flask, cookies: dict[str, str], face: str) -> bool:
    """Whether a browser with these cookies is let in."""
    thief = actors.browser(app)
    for name, value in cookies.items():
        thief.set_cookie(name, value)
    return thief.get(INSIDE[face]).status_code == 200


def _staff(session: Session, email: str) -> Staff:
    return session.scalars(sa.select(Staff).where(Staff.email == email)).one()


def signs_out(_app: Flask, client: FlaskClient, _email: str) -> None:
    """The person signs out."""
    assert client.post("/personale/log-ud").status_code == 303


def is_closed(_app: Flask, _client: FlaskClient, email: str) -> None:
    """The account is closed by an administrator."""
    with db.transaction() as session:
        by = factories.staff(session, roles=[Role.ADMIN], now=clock.now())
        people.close(session, _staff(session, email), by=by.account_id, now=clock.now())


def changes_the_password(_app: Flask, client: FlaskClient, _email: str) -> None:
    """The person chooses another password, and goes on in the same browser."""
    new = {"old": factories.PASSWORD, "new": "heste kan ikke sejle langt"}
    assert client.post("/personale/sikkerhed/adgangskode", data=new).status_code == 303
    assert client.get(INSIDE["desk"]).status_code == 200, "whoever did it is still in"


def loses_the_role(_app: Flask, _client: FlaskClient, email: str) -> None:
    """The role that opened the page is taken away."""
    with db.transaction() as session:
        by = factories.staff(session, roles=[Role.ADMIN], now=clock.now())
        seen = people.seen_roles({Role.WORKSHOP})
        people.set_roles(session, _staff(session, email), {Role.SALES}, seen=seen, by=by.account_id, now=clock.now())


def leaves_the_tablet(_app: Flask, client: FlaskClient, _email: str) -> None:
    """The citizen taps “Ud”."""
    assert client.post("/vaerksted/ud").status_code in {200, 303}


WAYS = (
    Way("logout", "desk", signs_out),
    Way("account closed", "desk", is_closed),
    Way("password changed", "desk", changes_the_password),
    Way("role taken away", "desk", loses_the_role),
)


def replay(app: Flask, way: Way, number: int) -> tuple[bool, bool]:
    """Sign in, keep the cookies, end the session: whether they opened the page before, and whether they do after."""
    with db.transaction() as session:
        at = list(session.scalars(sa.select(Department)))
        email = f"r{number}-{way.name.replace(' ', '-')}@butik.example"
        factories.staff(session, email=email, roles=[Role.WORKSHOP], departments=at, now=clock.now())
    client = actors.at_desk(app, email)
    stolen = kept(client)
    before = is_in(app, stolen, way.face)
    way.end(app, client, email)
    return before, is_in(app, stolen, way.face)


def replay_at_tablet(app: Flask, settings: Settings, *, is_revoked: bool) -> tuple[bool, bool]:
    """The same at a tablet: the citizen goes, or the tablet is closed from the desk."""
    at = actors.tablet(app, "Mona", settings)
    stolen = kept(at.client)
    before = is_in(app, stolen, "tablet")
    if is_revoked:
        actors.revoke(at)
    else:
        leaves_the_tablet(app, at.client, "")
    return before, is_in(app, stolen, "tablet")
