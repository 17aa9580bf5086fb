"""A year of one hedge agreement, with the clock as an argument: every visit, every mail, and where it ends."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from itertools import pairwise

import pytest
import sqlalchemy as sa
from flask import Flask
from support import garden

from tests.workshop.services.jobs import rig
from workshop.core import clock, db
from workshop.core.config import Settings
from workshop.core.mail import with_secrets
from workshop.core.money import PayMeans
from workshop.services.billing import actions as billing
from workshop.services.billing import checking
from workshop.services.billing import letters as bills
from workshop.services.billing.models import ServiceCharge
from workshop.services.jobs import actions, laying
from workshop.services.jobs.models import JobState, ServiceJob
from workshop.services.requests.models import ServicePlace
from workshop.services.visits import actions as visits
from workshop.services.visits.models import Visit, VisitState

FIRST, MOVED_TO, LAST = date(2027, 6, 24), date(2027, 9, 20), date(2028, 4, 30)
PRICE_ORE = 123_400


def at(day: date, hour: int) -> datetime:
    return clock.at(day, time(hour))


def visit_made(job_id: int, day: date, team_id: int, note: str) -> None:
    """A week before it is planned and told; on its day the hedge is cut, and the day after it is paid."""
    with db.transaction() as session:
        staff, visit = rig.staff_id(session), standing_on(job_id, day)
        visit = session.get_one(Visit, visit)
        planned = visits.Plan(day, 9 * 60 + 30, 140, (team_id,))
        week_before = at(day - timedelta(days=7), 10)
        visits.plan(session, visit, planned, version=visit.version, is_sure=True, now=week_before, by_staff_id=staff)
        visits.tell(session, visit, head=rig.HEAD, now=week_before)
        visits.on_the_way(session, visit, head=rig.HEAD, now=at(day, 9), by_staff_id=staff)
        visits.start(session, visit, now=at(day, 10), by_staff_id=staff)
        visits.finish(session, visit, note=note, now=at(day, 12), by_staff_id=staff, head=rig.HEAD)
    bills.tell_all(rig.HEAD, at(day, 13))
    with db.transaction() as session:
        charge = session.scalars(sa.select(ServiceCharge).order_by(ServiceCharge.id.desc())).first()
        assert charge is not None
        assert charge.amount_ore == PRICE_ORE
        billing.paid(session, charge, PayMeans.CASH, now=at(day + timedelta(days=1), 10), by_staff_id=None)


def standing_on(job_id: int, day: date) -> int:
    with db.reading() as session:
        asked = sa.select(Visit.id).where(Visit.job_id == job_id, Visit.day == day, Visit.state != VisitState.CANCELLED)
        return session.scalars(asked).one()


def live(first: date, last: date) -> int:
    """What the worker does, once a week and on the last of the days."""
    weeks = {first + timedelta(days=ahead) for ahead in range(0, (last - first).days + 1, 7)}
    return sum(laying.lay_ahead(at(day, 5)) for day in sorted(weeks | {last}))


@pytest.fixture
def agreed(app: Flask) -> tuple[int, int]:
    """The agreement and the team."""
    assert app
    with db.transaction() as session:
        at_place = garden.place(session, access_note="Koden er 4711", customer_name="Ane Eksempel")
        asked = garden.request(session, at=at_place)
        quote = garden.quote(
            session,
            of=asked,
            recurrence="yearly",
            year_days=["06-24", "09-15"],
            season_from="06-15",
            season_to="10-31",
            early_days=10,
            late_days=10,
            first_on=FIRST,
            total_ore=PRICE_ORE,
        )
        job = actions.agree(session, quote, withdraw_until=date(2027, 3, 15), now=rig.NOW)
        return job.id, garden.resource(session, name="Hækkeholdet").id


def test_a_year_of_one_hedge(agreed: tuple[int, int], settings: Settings) -> None:
    job_id, team_id = agreed
    # Spring: the first visit is there from the yes on, and the worker adds the second when it comes near.
    assert live(date(2027, 3, 2), date(2027, 4, 1)) == 0
    assert live(date(2027, 4, 2), date(2027, 6, 24)) == 1
    visit_made(job_id, FIRST, team_id, "Hækken er klippet på begge sider.")
    # Summer: the customer moves the second visit by five days, and has a pause that is over by then.
    with db.transaction() as session:
        job = session.get_one(ServiceJob, job_id)
        second = session.get_one(Visit, standing_on(job_id, date(2027, 9, 15)))
        actions.move(session, second, MOVED_TO, now=at(date(2027, 8, 1), 12), by_staff_id=None, head=rig.HEAD)
        rest = (date(2027, 8, 10), date(2027, 9, 10))
        actions.pause(session, job, *rest, now=at(date(2027, 8, 2), 12), by_staff_id=None, head=rig.HEAD)
    assert live(date(2027, 6, 25), date(2027, 9, 20)) == 1  # the next year's first, once the second has had its day
    visit_made(job_id, MOVED_TO, team_id, "Anden gang i år.")
    # Winter: nothing new. In spring the customer ends the agreement with notice.
    assert live(date(2027, 9, 21), date(2028, 4, 1)) == 0
    coming = standing_on(job_id, date(2028, 6, 24))
    with db.transaction() as session:
        job = session.get_one(ServiceJob, job_id)
        actions.end(session, job, LAST, now=at(date(2028, 4, 2), 9), by_staff_id=None, head=rig.HEAD)
    assert live(date(2028, 4, 3), date(2028, 5, 2)) == 1  # it is over, once
    with db.reading() as session:
        job = session.get_one(ServiceJob, job_id)
        assert (job.state, job.ended_at) == (JobState.ENDED, at(date(2028, 5, 1), 5))
        assert session.get_one(Visit, coming).state is VisitState.CANCELLED
        done = [each.day for each in rig.visits(session, job) if each.state is VisitState.DONE]
        assert done == [FIRST, MOVED_TO]
        charges = session.scalars(sa.select(ServiceCharge)).all()
        assert [(each.amount_ore, each.state.value) for each in charges] == [(PRICE_ORE, "paid")] * 2
        assert not checking.unbilled(session, at(date(2028, 5, 2), 9))
    read_every_mail(job_id, settings)


def read_every_mail(job_id: int, settings: Settings) -> None:
    """What the customer heard in that year, in order, and what is in none of it."""
    with db.reading() as session:
        job = session.get_one(ServiceJob, job_id)
        place, mails = session.get_one(ServicePlace, job.place_id), rig.mails(session)
        subjects = [(each.due_at.date(), each.subject) for each in mails]
        bodies = [with_secrets(each.body, settings.secret_key) for each in mails]
    assert all(each.recipient == place.customer_email for each in mails)
    found = " | ".join(subject for _day, subject in subjects)
    for words in ("Ny dag for besøget", "Aftalen holder pause", "Aftalen slutter", "Til betaling"):
        assert words in found, found
    assert found.count("Ny dag for besøget") == found.count("Aftalen holder pause") == 1
    assert found.count("Til betaling") == 2
    assert len({each.key for each in mails}) == len(mails)
    for body in bodies:
        assert body.startswith("Hej Ane Eksempel\n\n")
        assert "\x02" not in body
        assert "4711" not in body
        assert "Venlig hilsen" in body
    (moved,) = [body for body in bodies if "Vi kommer nu" in body]
    assert "mandag den 20. september" in moved
    assert "mellem kl. 9.00 og 12.00" in moved
    (ended,) = [body for body in bodies if "Aftalen slutter." in body]
    assert "Den sidste dag er søndag den 30. april" in ended
    (paused,) = [body for body in bodies if "holder pause fra og med" in body]
    assert "til og med fredag den 10. september" in paused
    days = [day for day, _subject in subjects]
    assert all(earlier <= later for earlier, later in pairwise(sorted(days)))
