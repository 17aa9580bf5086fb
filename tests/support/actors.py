"""Browsers of the people who use the house, each signed in the way they really do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from shop.orders.letterhead import Letterhead
from shop.orders.models import Order
from tests.support import factories
from workshop.accounts import actions as accounts
from workshop.accounts.models import Department, Device, Staff
from workshop.accounts.phones import actions as phones
from workshop.citizens.models import Citizen
from workshop.core import clock, crypto, db
from workshop.core.access import Role
from workshop.core.config import Settings

STAFF = tuple(role for role in Role if role is not Role.CITIZEN)
SIGN_IN = "/personale/log-ind"


@dataclass(frozen=True)
class AtTablet:
    """A citizen at a tablet: the browser, the tablet's key, who they are, and their code."""

    client: FlaskClient
    key: str
    device_id: int
    public_id: str
    pin: str


def browser(app: Flask) -> FlaskClient:
    """A browser whose requests come from our own page."""
    made = app.test_client()
    made.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
    return made


def hired(name: str, roles: Iterable[Role], at_ids: Iterable[int] | None = None) -> str:
    """The mail address of a new member of staff, of every department unless the test says otherwise."""
    with db.transaction() as session:
        here = sa.true() if at_ids is None else Department.id.in_(list(at_ids))
        at = list(session.scalars(sa.select(Department).where(here)))
        email = f"{name}@butik.example"
        factories.staff(session, name=name.title(), email=email, roles=roles, departments=at, now=clock.now())
    return email


def at_desk(app: Flask, email: str) -> FlaskClient:
    """Somebody who has signed in at the desk."""
    made = browser(app)
    answer = made.post(SIGN_IN, data={"email": email, "password": factories.PASSWORD})
    assert answer.status_code == 303, answer.text
    return made


def desk(app: Flask, *roles: Role, name: str = "") -> FlaskClient:
    """A new member of staff with these roles (all when none is named), signed in."""
    return at_desk(app, hired(name or "-".join(roles or ["alle"]), roles or STAFF))


def tablet(app: Flask, name: str, settings: Settings) -> AtTablet:
    """The citizen of the demo with this name, signed in at a new tablet of their department."""
    now = clock.now()
    with db.transaction() as session:
        person = session.scalars(sa.select(Citizen).where(Citizen.display_name == name)).one()
        by = session.scalars(sa.select(Staff.account_id).limit(1)).one()
        device, key = accounts.enrol_device(
            session, name="Tablet", department_id=person.department_id, by_staff_id=by, now=now
        )
        pin = accounts.new_citizen_pin(session, person.account_id, pepper=settings.pin_pepper, now=now, cheap=True)
        found = AtTablet(browser(app), key, device.id, person.public_id, pin)
    enter(found)
    return found


def enter(at: AtTablet) -> None:
    """Sign in at the tablet."""
    at.client.set_cookie("tablet", at.key)
    answer = at.client.post(f"/vaerksted/kode/{at.public_id}", data={"pin": at.pin})
    assert answer.status_code == 303, answer.text


def phone(app: Flask, name: str, settings: Settings) -> FlaskClient:
    """The citizen of the demo with this name, signed in on a phone of their own."""
    now = clock.now()
    with db.transaction() as session:
        person = session.scalars(sa.select(Citizen).where(Citizen.display_name == name)).one()
        by = session.scalars(sa.select(Staff.account_id).limit(1)).one()
        pin = accounts.new_citizen_pin(session, person.account_id, pepper=settings.pin_pepper, now=now, cheap=True)
        token, at = phones.ticket(session, person.account_id, by, now), person.department_id
        made = phones.enrol(session, token, pin, now, pepper=settings.pin_pepper, department_of=lambda _account: at)
        assert made is not None
        key = made.key
    client = browser(app)
    client.set_cookie("tablet", key)
    answer = client.post("/vaerksted/min-kode", data={"pin": pin})
    assert answer.status_code == 303, answer.text
    return client


def revoke(at: AtTablet) -> None:
    """The tablet is closed from the desk."""
    with db.transaction() as session:
        accounts.revoke_device(session, session.get_one(Device, at.device_id).id, clock.now())


def hold_order(client: FlaskClient, public_id: str) -> None:
    """Let a browser in to an order, as the link in its mail does."""
    head = Letterhead.of(client.application.extensions["settings"])
    token = head.link_token(public_id)
    with db.transaction() as session:
        session.execute(sa.update(Order).where(Order.public_id == public_id).values(link_hash=crypto.token_hash(token)))
    assert client.get(f"/ordre/{public_id}/{token}").status_code == 303
