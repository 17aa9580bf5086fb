"""Requests and quotes as the tests of this part need them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session
from support import factories, garden

from workshop.core import clock
from workshop.core.config import Identity
from workshop.core.mail import OutboxMail
from workshop.services.door import Head
from workshop.services.models import ServiceKind
from workshop.services.prices.queries import travel
from workshop.services.requests import quoting
from workshop.services.requests.models import ServicePlace, ServiceQuote, ServiceRequest
from workshop.services.requests.proposing import Terms, proposal

NOW = factories.NOW
TODAY = date(2026, 11, 24)
HEAD = Head("http://localhost", Identity(), "a secret of the tests, worth nothing at all")
LATE = date(2026, 12, 9)  # the last day of the right to withdraw from what is agreed today is 8 December


def proposed(session: Session, asked: ServiceRequest, **changes: Any) -> Terms:
    """A proposal for a request, with what the test says otherwise."""
    kind = session.get_one(ServiceKind, asked.service_kind_id)
    place = session.get_one(ServicePlace, asked.place_id)
    today = clock.local_day(asked.created_at)
    return replace(proposal(kind, asked, travel(session, place.postcode), today=today), **changes)


def sent(session: Session, asked: ServiceRequest | None = None, *, now: datetime = NOW, **changes: Any) -> ServiceQuote:
    """A quote that waits for its customer; of a hedge all the year round, so that December is no trouble."""
    asked = asked or garden.request(session, of=all_year(session), now=now)
    terms = proposed(session, asked, **changes)
    return quoting.send(session, asked, terms, head=HEAD, now=now, by_staff_id=None)


def all_year(session: Session) -> ServiceKind:
    """Hedge cutting without a season."""
    return garden.kind(session, season_from=None, season_to=None)


def mails(session: Session, **of: str) -> list[OutboxMail]:
    """The mails written so far, in their order."""
    found = sa.select(OutboxMail).order_by(OutboxMail.id)
    return list(session.scalars(found.filter_by(**of)))
