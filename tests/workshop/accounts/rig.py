"""People with a second step, for the tests of signing in."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import NamedTuple

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from support import factories, people

from workshop.accounts.factors import codes, totp
from workshop.accounts.models import TotpSeed
from workshop.core import clock, db
from workshop.core.access import Role

EMAIL = "lone@butik.example"
SIGN_IN = "/personale/log-ind"
CODE = "/personale/log-ind/kode"
HOME = "/personale/sikkerhed"
MASTER_KEYS = (bytes(range(32)),)
SEED = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


class Person(NamedTuple):
    """A member of staff, by what a test needs of them."""

    account_id: int
    email: str


def lone(*, roles: tuple[Role, ...] = (Role.WORKSHOP,), email: str = EMAIL) -> Person:
    """A member of staff without a second step."""
    with db.transaction() as session:
        earlier = clock.now() - timedelta(days=1)
        made = factories.staff(session, name="Lone Lund", email=email, roles=roles, now=earlier)
        return Person(made.account_id, email)


def give_app(session: Session, account_id: int, now: datetime) -> None:
    """A code app that has not opened anything yet."""
    assert totp.confirm(session, account_id, SEED, totp.code_at(SEED, now), now, master_keys=MASTER_KEYS)
    session.execute(sa.update(TotpSeed).where(TotpSeed.account_id == account_id).values(last_step=0))


def with_app(*, roles: tuple[Role, ...] = (Role.WORKSHOP,), email: str = EMAIL) -> tuple[Person, list[str]]:
    """A member of staff with a code app, and their codes on paper."""
    staff = lone(roles=roles, email=email)
    now = clock.now()
    with db.transaction() as session:
        give_app(session, staff.account_id, now)
        return staff, codes.new_codes(session, staff.account_id, now)


def forget_step(account_id: int) -> None:
    """Let the present code open once more, as if half a minute had gone."""
    with db.transaction() as session:
        session.execute(sa.update(TotpSeed).where(TotpSeed.account_id == account_id).values(last_step=0))


def code_now(seconds: int = 0) -> str:
    """What the app shows, now or a little later."""
    return totp.code_at(SEED, clock.now() + timedelta(seconds=seconds))


def half_in(app: Flask, email: str = EMAIL) -> FlaskClient:
    """A browser in which the password was typed, and nothing more."""
    client = people.browser(app)
    answer = client.post(SIGN_IN, data={"email": email, "password": factories.PASSWORD})
    assert answer.status_code == 303, answer.text
    assert CODE in answer.headers["Location"]
    return client


def all_in(app: Flask, staff: Person) -> FlaskClient:
    """A browser in which both steps were taken."""
    client = half_in(app, staff.email)
    forget_step(staff.account_id)
    answer = client.post(CODE, data={"code": code_now()})
    assert answer.status_code == 303, answer.text
    forget_step(staff.account_id)
    return client


def cookie(client: FlaskClient) -> str:
    """The session's cookie."""
    kept = client.get_cookie("session")
    assert kept is not None
    return kept.value


def replay(app: Flask, stolen: str) -> FlaskClient:
    """Another browser with somebody's cookie."""
    client = people.browser(app)
    client.set_cookie("session", stolen)
    return client


def is_in(client: FlaskClient) -> bool:
    """Whether the browser opens the desk."""
    return client.get(HOME).status_code == 200


def paper_codes(html: str) -> list[str]:
    """The codes on the page that shows them."""
    return re.findall(r"<li><b>([a-z0-9]{4}(?:-[a-z0-9]{4}){3})</b>", html)
