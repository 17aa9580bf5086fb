"""A quote that waits for its customer, and their browser, let in by the mail's link."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from support import garden

from tests.shop.booking.rig import browser
from workshop.core import clock, db
from workshop.core.mail import OutboxMail
from workshop.services.door import Head, What
from workshop.services.jobs.models import ServiceJob
from workshop.services.requests.models import RequestState, ServiceQuote, ServiceRequest

TICKED = {"betingelser": "y"}
BOTH = {"begynd": "y", "slutter": "y"}


def today() -> date:
    """Pages go by the clock on the wall, so their tests do too."""
    return clock.local_day(clock.now())


def waiting(*, days_ahead: int | None = 30, company: str = "", **columns: Any) -> str:
    """The public id of a quote that can be answered for a week; a block of its own."""
    first = None if days_ahead is None else today() + timedelta(days=days_ahead)
    values: dict[str, Any] = {"first_on": first, "valid_until": today() + timedelta(days=7), "answered_at": None}
    with db.transaction() as session:
        place = garden.place(session, company_name=company, cvr="12345678" if company else "")
        asked = garden.request(session, at=place, state=RequestState.QUOTED, now=clock.now())
        return garden.quote(session, of=asked, now=clock.now(), **values | columns).public_id


def let_in(app: Flask, public_id: str, what: What = "quote") -> FlaskClient:
    """A browser that has opened the link of the mail."""
    client = browser(app)
    answer = client.get(Head.of(app.extensions["settings"]).path(what, public_id))
    assert answer.status_code == 303, answer.text
    return client


def quote(public_id: str) -> ServiceQuote:
    with db.reading() as session:
        return session.scalars(sa.select(ServiceQuote).where(ServiceQuote.public_id == public_id)).one()


def request_of(public_id: str) -> ServiceRequest:
    with db.reading() as session:
        return session.get_one(ServiceRequest, quote(public_id).request_id)


def jobs() -> list[ServiceJob]:
    with db.reading() as session:
        return list(session.scalars(sa.select(ServiceJob).order_by(ServiceJob.id)))


def mails(start: str) -> list[OutboxMail]:
    """The mails whose key begins so."""
    with db.reading() as session:
        return list(session.scalars(sa.select(OutboxMail).where(OutboxMail.key.startswith(start))))
