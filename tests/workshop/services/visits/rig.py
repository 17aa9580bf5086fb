"""Visits in the states that tests need, made through the rules."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session
from support import factories, garden

from workshop.core.config import Identity
from workshop.core.mail import OutboxMail
from workshop.services.door import Head
from workshop.services.visits import actions
from workshop.services.visits.actions import Plan
from workshop.services.visits.models import Resource, Visit

NOW = factories.NOW
DAY = date(2026, 12, 2)  # a Wednesday
HEAD = Head("http://localhost", Identity(), "a secret of the tests, worth nothing at all")


def team(session: Session, **more: Any) -> Resource:
    """A team that no other test knows."""
    return garden.resource(session, **more)


def plan(
    session: Session,
    visit: Visit,
    *needs: Resource,
    day: date = DAY,
    start_minute: int = 540,
    minutes: int = 60,
    is_sure: bool = True,
    now: datetime = NOW,
    **more: Any,
) -> Visit:
    """Put a visit into the plan; what speaks against it is meant so, unless the test says otherwise."""
    wanted = Plan(day, start_minute, minutes, tuple(each.id for each in needs), **more)
    actions.plan(session, visit, wanted, version=visit.version, is_sure=is_sure, now=now, by_staff_id=None)
    return visit


def planned(session: Session, *, of: Any = None, day: date = DAY, start_minute: int = 540, **more: Any) -> Visit:
    """A planned visit with a team of its own."""
    made = garden.visit(session, of=of, day=day, **more)
    return plan(session, made, team(session), day=day, start_minute=start_minute)


def started(session: Session, **more: Any) -> Visit:
    """A visit on which the work has begun."""
    visit = planned(session, **more)
    actions.on_the_way(session, visit, head=HEAD, now=NOW, by_staff_id=None)
    actions.start(session, visit, now=NOW, by_staff_id=None)
    return visit


def mails(session: Session, key: str) -> list[OutboxMail]:
    """The mails whose cause begins like this, the oldest first."""
    found = sa.select(OutboxMail).where(OutboxMail.key.startswith(key)).order_by(OutboxMail.id)
    return list(session.scalars(found))
