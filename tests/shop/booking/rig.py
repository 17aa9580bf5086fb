"""What tests of bills share: a visit that was made and its charge, and a customer's browser."""

from __future__ import annotations

import re
from datetime import datetime

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from support import factories, garden

from shop.payments.models import Payment, PaymentDue
from workshop.core import clock, db
from workshop.core.access import Role
from workshop.core.mail import OutboxMail
from workshop.services.billing import actions
from workshop.services.billing.models import ServiceCharge
from workshop.services.door import Head
from workshop.services.visits.models import Visit, VisitState

TOTAL = 123_400


def made_visit(session: Session, *, now: datetime, **columns: object) -> Visit:
    """A visit that was finished a moment ago, not billed yet."""
    values: dict[str, object] = {"state": VisitState.DONE, "done_at": now, "day": clock.local_day(now)}
    return garden.visit(session, **values | columns)  # type: ignore[arg-type]  # columns of the row, by name


def charge(*, now: datetime, total_ore: int = TOTAL) -> str:
    """The public id of what a visit is to be paid with; a block of its own."""
    with db.transaction() as session:
        job = garden.job(session, total_ore=total_ore)
        written = actions.visit_done(session, made_visit(session, now=now, of=job), now)
        assert written is not None
        return written.public_id


def read(public_id: str) -> ServiceCharge:
    with db.reading() as session:
        found = session.scalars(sa.select(ServiceCharge).where(ServiceCharge.public_id == public_id)).one()
        session.expunge_all()
        return found


def payments(public_id: str) -> list[Payment]:
    with db.reading() as session:
        found = session.scalars(sa.select(Payment).where(Payment.reference == public_id).order_by(Payment.id)).all()
        session.expunge_all()
        return list(found)


def dues() -> list[tuple[str, int, bool]]:
    """Deed, amount and whether it is done, in order."""
    with db.reading() as session:
        rows = session.scalars(sa.select(PaymentDue).order_by(PaymentDue.id))
        return [(row.deed.value, row.amount_ore, row.done_at is not None) for row in rows]


def mails(public_id: str) -> list[OutboxMail]:
    with db.reading() as session:
        found = session.scalars(
            sa.select(OutboxMail).where(OutboxMail.key.endswith(public_id)).order_by(OutboxMail.id)
        ).all()
        session.expunge_all()
        return list(found)


def browser(app: Flask) -> FlaskClient:
    client = app.test_client()
    client.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
    return client


def customer(app: Flask, public_id: str) -> FlaskClient:
    """A browser that was let in by the link of the mail."""
    client = browser(app)
    head = Head.of(app.extensions["settings"])
    answer = client.get(head.link("charge", public_id).removeprefix(head.base_url))
    assert answer.status_code == 303
    return client


def staff(app: Flask, role: Role = Role.SALES) -> FlaskClient:
    client = browser(app)
    with db.transaction() as session:
        email = factories.staff(session, roles=(role,)).email
    client.post("/personale/log-ind", data={"email": email, "password": factories.PASSWORD})
    return client


def text_of(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())
