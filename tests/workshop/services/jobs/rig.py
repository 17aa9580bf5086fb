"""Agreements that tests need, made through the rules."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session
from support import factories, garden

from workshop.core import clock
from workshop.core.config import Identity
from workshop.core.mail import OutboxMail
from workshop.services.door import Head
from workshop.services.jobs import actions
from workshop.services.jobs import ics as ics
from workshop.services.jobs.models import ServiceJob
from workshop.services.requests.models import QuoteState, Recurrence
from workshop.services.visits.models import Visit, VisitState

NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)  # a Monday
TODAY = clock.local_day(NOW)
HEAD = Head("http://localhost", Identity(), "a secret of the tests, worth nothing at all")


def agreed(session: Session, *, now: datetime = NOW, **columns: Any) -> ServiceJob:
    """A lawn every second Wednesday, April to October, agreed by the customer."""
    values: dict[str, Any] = {
        "recurrence": Recurrence.WEEKS,
        "every": 2,
        "weekday": 2,
        "season_from": "04-01",
        "season_to": "10-31",
        "early_days": 2,
        "late_days": 2,
        "first_on": date(2027, 3, 17),
        "valid_until": date(2027, 3, 16),
    }
    quote = garden.quote(session, state=QuoteState.ACCEPTED, answered_at=now, now=now, **values | columns)
    return actions.agree(session, quote, withdraw_until=date(2027, 3, 15), now=now)


def hedge(session: Session, *, now: datetime = NOW, **columns: Any) -> ServiceJob:
    """A hedge twice a year."""
    values: dict[str, Any] = {
        "recurrence": Recurrence.YEARLY,
        "year_days": ["06-24", "09-15"],
        "season_from": "06-15",
        "season_to": "10-31",
        "early_days": 10,
        "late_days": 10,
        "weekday": None,
        "every": 1,
        "first_on": date(2027, 6, 24),
    }
    return agreed(session, now=now, **values | columns)


def visits(session: Session, job: ServiceJob) -> list[Visit]:
    """Its visits by the day the rule gave them."""
    asked = sa.select(Visit).where(Visit.job_id == job.id).order_by(Visit.occasion)
    return list(session.scalars(asked, execution_options={"populate_existing": True}))


def standing(session: Session, job: ServiceJob) -> list[date]:
    """The days on which somebody comes."""
    return sorted(each.day for each in visits(session, job) if each.day and each.state is not VisitState.CANCELLED)


def on(session: Session, job: ServiceJob, day: date) -> Visit:
    """The visit that the rule gave this day."""
    return next(each for each in visits(session, job) if each.original_on == day)


def staff_id(session: Session) -> int:
    """Somebody at the desk."""
    return factories.staff(session).account_id


def mails(session: Session) -> list[OutboxMail]:
    """What was written to the customer."""
    return list(session.scalars(sa.select(OutboxMail).order_by(OutboxMail.id)))


def morning(day: date) -> datetime:
    """Seven o'clock by the Danish clock."""
    return clock.at(day, time(7))
