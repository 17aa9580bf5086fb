"""The check finds what was planted, all of it and nothing else: 100 gaps among 300."""

from __future__ import annotations

import random
from datetime import date, datetime
from decimal import Decimal

import sqlalchemy as sa
from flask import Flask
from support import garden
from support.queries import counted

from tests.workshop.services.billing.test_charges import datetime_of, done, snow_season
from workshop.core import db
from workshop.services.billing import actions, checking
from workshop.services.billing.checking import What
from workshop.services.billing.models import ChargeState, ServiceCharge
from workshop.services.jobs.models import JobState
from workshop.services.requests.models import Billing, PriceBasis, Recurrence
from workshop.services.visits.models import Visit, VisitState

JUNE = datetime_of(2027, 6, 3)
PLANTED, OF = 100, 300


def fill(count: int, now: datetime) -> list[int]:
    """Jobs of every kind, all billed as they should be; the ids of their charges. Two blocks, and the sweep."""
    with db.transaction() as session:
        service, place = garden.kind(session), garden.place(session)
        for number in range(count):
            of = garden.request(session, of=service, at=place)
            quote = garden.quote(session, of=of)
            match number % 4:
                case 0:
                    job = garden.job(session, of=quote)
                    actions.visit_done(session, done(session, job, now), now)
                case 1:
                    job = garden.job(session, of=quote, basis=PriceBasis.PER_UNIT)
                    units = Decimal(20 + number % 10)
                    actions.visit_done(session, done(session, job, now, units_done=units), now)
                case 2:
                    snow_season(session, of=quote, total_ore=400_000 + number)
                case 3:
                    garden.job(
                        session, of=quote, recurrence=Recurrence.WEEKS, every=2, billing=Billing.MONTHLY,
                        starts_on=date(2027, 5, 4), total_ore=70_000 + number,
                    )  # fmt: skip
    actions.close_periods(now)
    with db.reading() as session:
        return list(session.scalars(sa.select(ServiceCharge.id).order_by(ServiceCharge.id)))


def plant(charge_ids: list[int], chance: random.Random) -> dict[tuple[int, str], What]:
    """Make gaps; what each is, by job and cause."""
    chosen, planted = chance.sample(charge_ids, PLANTED), {}
    with db.transaction() as session:
        for place, charge_id in enumerate(chosen):
            charge = session.get_one(ServiceCharge, charge_id)
            name = (charge.job_id, charge.cause)
            if place % 4 == 0:
                charge.amount_ore += chance.choice((-100, -1, 1, 5_000))
                planted[name] = What.OTHER_AMOUNT
            elif place % 4 == 1:
                charge.vat_ore += 1
                planted[name] = What.OTHER_AMOUNT
            elif place % 8 == 2 and charge.visit_id is not None:
                session.get_one(Visit, charge.visit_id).state = VisitState.NOT_DONE
                planted[name] = What.NOT_DONE
            else:
                session.delete(charge)
                planted[name] = What.NOT_BILLED
    return planted


def test_a_house_in_order_has_nothing_to_find(app: Flask) -> None:
    assert len(fill(OF, JUNE)) == OF
    with db.reading() as session:
        assert checking.unbilled(session, JUNE) == []


def test_a_hundred_planted_gaps_are_found_and_nothing_else(app: Flask) -> None:
    planted = plant(fill(OF, JUNE), random.Random(2027))
    assert len(planted) == PLANTED
    assert set(planted.values()) == set(What)
    with db.reading() as session:
        found = checking.unbilled(session, JUNE)
    assert {(each.job_id, each.cause): each.what for each in found} == planted
    assert all(each.sentence for each in found)


def test_what_was_never_billed_is_billed_at_a_press_and_the_rest_is_left_to_people(app: Flask) -> None:
    planted = plant(fill(OF, JUNE), random.Random(7))
    missing = sum(what is What.NOT_BILLED for what in planted.values())
    with db.transaction() as session:
        assert checking.bill(session, JUNE) == missing
        assert checking.bill(session, JUNE) == 0
        left = checking.unbilled(session, JUNE)
    assert len(left) == PLANTED - missing
    assert {each.what for each in left} == {What.OTHER_AMOUNT, What.NOT_DONE}


def test_a_cancelled_charge_is_settled(app: Flask) -> None:
    fill(4, JUNE)
    with db.transaction() as session:
        for charge in session.scalars(sa.select(ServiceCharge)):
            charge.state, charge.amount_ore, charge.why = ChargeState.CANCELLED, 1, "En fejl hos os."
        session.flush()
        assert checking.unbilled(session, JUNE) == []


def test_what_was_begun_before_a_withdrawal_is_still_to_be_reckoned(app: Flask) -> None:
    with db.transaction() as session:
        job = garden.job(session, state=JobState.WITHDRAWN, ended_at=JUNE)
        garden.visit(session, of=job, state=VisitState.CANCELLED, started_at=JUNE)
        untouched = garden.job(session, state=JobState.WITHDRAWN, ended_at=JUNE)
        garden.visit(session, of=untouched, state=VisitState.CANCELLED)
        (found,) = checking.unbilled(session, JUNE)
        assert (found.job_id, found.cause, found.can_be_billed) == (job.id, "part", False)
        actions.part_done(session, job, done_permille=0, now=JUNE, by_staff_id=None)
        assert checking.unbilled(session, JUNE) == []


def test_far_more_than_agreed_is_named_and_left_to_people(app: Flask) -> None:
    with db.transaction() as session:
        job = garden.job(session, basis=PriceBasis.PER_UNIT)
        done(session, job, JUNE, units_done=Decimal(60))
        (found,) = checking.unbilled(session, JUNE)
        assert (found.what, found.can_be_billed) == (What.NOT_BILLED, False)
        assert checking.bill(session, JUNE) == 0


def test_the_questions_do_not_grow_with_the_jobs(app: Flask) -> None:
    counts = []
    for more in (4, 40):
        fill(more, JUNE)
        with counted() as count, db.reading() as session:
            checking.unbilled(session, JUNE)
        counts.append(len(count))
    assert counts[0] == counts[1] <= 8
