"""Cards in the states that tests need, made through the rules."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session
from support import factories

from workshop.core import clock, crypto
from workshop.core.config import Identity
from workshop.production import actions as production
from workshop.production.models import OrderStep, ProductionOrder
from workshop.production.repairs import actions, agreeing, ending
from workshop.production.repairs.actions import Card
from workshop.production.repairs.agreeing import Plan
from workshop.production.repairs.door import Head
from workshop.production.repairs.models import JobKind, RepairJob, Whose

NOW = factories.NOW
HEAD = Head("http://localhost", Identity(), "a secret of the tests, worth nothing at all")
OWNER = "Vera Vest"


def received(
    session: Session,
    *,
    kind: JobKind = JobKind.FURNITURE,
    whose: Whose = Whose.CUSTOMER,
    title: str = "Gyngestol i bøg",
    email: str = "vera@kunde.example",
    faults: str = "Sædet er løst",
    now: datetime = NOW,
) -> RepairJob:
    """A thing on the counter."""
    card = Card(kind, whose, title, faults=faults, owner_name=OWNER, owner_email=email, owner_phone="20 30 40 50")
    once, at = crypto.new_public_id(), factories.department(session)
    return actions.receive(session, card, once=once, department_id=at.id, head=HEAD, now=now, by_staff_id=None)[0]


def offered(
    session: Session,
    *,
    price_ore: int = 45_000,
    until: date | None = None,
    kind: JobKind = JobKind.FURNITURE,
    email: str = "vera@kunde.example",
    now: datetime = NOW,
) -> RepairJob:
    """A customer's thing with a price the owner has not answered."""
    job = received(session, kind=kind, email=email, now=now)
    today = clock.local_day(now)
    line = {"text": "Lime og slibe", "quantity": Decimal(1), "unit_price_ore": price_ore, "material": None}
    agreeing.add_line(session, job, **line, version=job.version)
    plan = Plan("Vi limer sædet og sliber det.", today + timedelta(days=10), until or today + timedelta(days=14))
    agreeing.assess(session, job, plan, version=job.version, now=now)
    agreeing.offer(session, job, version=job.version, head=HEAD, now=now)
    return job


def agreed(
    session: Session, *, kind: JobKind = JobKind.FURNITURE, price_ore: int = 45_000, now: datetime = NOW
) -> RepairJob:
    """A customer's thing the owner has said yes to."""
    job = offered(session, kind=kind, price_ore=price_ore, now=now)
    answer(session, job, is_yes=True, now=now)
    return job


def answer(session: Session, job: RepairJob, *, is_yes: bool, now: datetime = NOW) -> None:
    """What the owner says to the price as it stands."""
    agreeing.answer(session, job, is_yes=is_yes, version=job.version, head=HEAD, now=now, by_staff_id=None)


def work(session: Session, job: RepairJob, now: datetime = NOW) -> None:
    """Do all the work of its order."""
    order = session.get_one(ProductionOrder, job.order_id)
    steps = session.scalars(sa.select(OrderStep.id).where(OrderStep.order_id == order.id)).all()
    for step_id in steps:
        production.finish_step(session, step_id, base_url="http://localhost", now=now)
    if not steps:
        production.finish_order(
            session, order, reworked=0, rejected=0, version=order.version, base_url="http://localhost", now=now
        )
    session.refresh(job)


def ready(session: Session, *, price_ore: int = 45_000, now: datetime = NOW) -> RepairJob:
    """A customer's thing that can be fetched."""
    job = agreed(session, price_ore=price_ore, now=now)
    work(session, job, now)
    ending.finish(session, job, price_ore, version=job.version, head=HEAD, now=now)
    return job
