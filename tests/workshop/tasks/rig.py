"""What the tests of the tablet share: a task for somebody, what stands on a page, how many rows there are."""

from __future__ import annotations

import re

import sqlalchemy as sa
from support import people

from workshop.citizens.models import Citizen
from workshop.core import clock, db
from workshop.production.models import OrderStep


def give(public_id: str, title: str = "Fej gulvet", *, step: str | None = None) -> str:
    """A task for somebody today; gives its public id."""
    with db.transaction() as session:
        person = session.scalars(sa.select(Citizen).where(Citizen.public_id == public_id)).one()
        found = session.scalars(sa.select(OrderStep).where(OrderStep.public_id == step)).one() if step else None
        now = clock.now()
        return people.assignment(session, person, step=found, title=title, day=clock.local_day(now), now=now).public_id


def ticket_on(page: str) -> str:
    found = re.search(r'name="ticket" value="([^"]+)"', page)
    assert found, "the page carries no ticket"
    return found[1]


def count(what: type) -> int:
    with db.reading() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(what)) or 0
