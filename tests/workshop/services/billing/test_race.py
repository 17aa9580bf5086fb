"""Twenty finish the same visit at once: one bill. The control, which looks before it writes, bills several times."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Flask
from support import garden

from tests.support import forking
from tests.workshop.services.billing.racers import NOW, run
from tests.workshop.services.billing.test_charges import done
from workshop.core import db
from workshop.services.billing.models import ServiceCharge

RACERS, VISITS = 20, 4


def race(url: str, *, is_careless: bool) -> dict[int, int]:
    """Visit -> how many bills it got."""
    with db.transaction() as session:
        job = garden.job(session)
        visits = [done(session, job, NOW, occasion=f"extra-{count}").id for count in range(VISITS)]
    context = forking.context()
    start, told = context.Barrier(RACERS), context.Queue()
    racers = [context.Process(target=run, args=(url, visits, is_careless, start, told)) for _each in range(RACERS)]
    for racer in racers:
        racer.start()
    for _answer in range(RACERS * VISITS):
        told.get(timeout=150)
    for racer in racers:
        racer.join(60)
    assert [racer.exitcode for racer in racers] == [0] * RACERS
    with db.reading() as session:
        count = sa.select(ServiceCharge.visit_id, sa.func.count()).group_by(ServiceCharge.visit_id)
        return {visit_id: bills for visit_id, bills in session.execute(count) if visit_id is not None}


def test_twenty_who_finish_the_same_visit_bill_it_once(app: Flask, database_url: str) -> None:
    bills = race(database_url, is_careless=False)
    assert list(bills.values()) == [1] * VISITS
    with db.reading() as session:
        numbers = sorted(session.scalars(sa.select(ServiceCharge.number)))
    assert [number.rsplit("-", 1)[1] for number in numbers] == ["1", "2", "3", "4"]  # no number is lost


def test_the_control_without_a_guard_bills_a_visit_again(app: Flask, database_url: str) -> None:
    assert max(race(database_url, is_careless=True).values()) > 1
