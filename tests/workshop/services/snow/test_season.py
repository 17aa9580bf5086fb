"""A winter of two agreements about snow, with the clock as an argument: one paid by the visit, one by the season."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import sqlalchemy as sa
from flask import Flask
from support import garden

from tests.workshop.services.snow.fixtures import text
from tests.workshop.services.snow.scene import agreement
from workshop.core import clock, db
from workshop.core.mail import OutboxMail
from workshop.core.money import PayMeans
from workshop.services.billing import actions as billing
from workshop.services.billing import checking, letters
from workshop.services.billing.models import ChargeState, ServiceCharge
from workshop.services.door import Head
from workshop.services.jobs.models import JobPause
from workshop.services.requests.models import Billing
from workshop.services.snow import actions, log, queries, watching
from workshop.services.snow.models import AlarmSource, SnowAlarm
from workshop.services.visits import actions as visiting
from workshop.services.visits.models import Visit, VisitState

WINTER = {  # the evening before, centimetres, written by hand or told by a forecast
    date(2026, 11, 28): (2, "hand"),  # below what both have agreed
    date(2026, 12, 5): (4, "forecast"),
    date(2026, 12, 24): (7, "hand"),  # one of them rests over Christmas
    date(2027, 1, 12): (9, "forecast"),
    date(2027, 2, 2): (5, "hand"),
    date(2027, 4, 2): (6, "hand"),  # after the season
}


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return clock.at(day, datetime.min.time().replace(hour=hour, minute=minute))


def raised(evening: date, depth_cm: int, how: str) -> str | None:
    """The alarm of a night, raised at ten the evening before; a block of its own."""
    now = at(evening, 22)
    with db.transaction() as session:
        if how == "forecast":
            values = [0.0] * 5 + [depth_cm / 200, depth_cm / 100, depth_cm / 100]
            made = watching.take_in(session, text(values, first=now), now)
            return made.public_id if made else None
        return actions.raise_alarm(
            session, cause=f"hand-{evening}", source=AlarmSource.HAND, depth_cm=depth_cm,
            from_at=at(evening + timedelta(days=1), 3), text="", now=now,
        ).public_id  # fmt: skip


def called(public_id: str, team: int, now: datetime) -> list[int]:
    """Everybody who is proposed is called out; the visits. A block of its own."""
    with db.transaction() as session:
        alarm = queries.alarm_by_public_id(session, public_id)
        assert alarm is not None
        job_ids = [row.job_id for row in actions.proposal(session, alarm)]
        if not job_ids:
            actions.dismiss(session, alarm, now=now, by_staff_id=None)
            return []
        actions.call_out(session, alarm, job_ids, resource_ids=[team], now=now, by_staff_id=None)
        return list(session.scalars(sa.select(Visit.id).where(Visit.snow_alarm_id == alarm.id).order_by(Visit.id)))


def cleared(visit_id: int, head: Head) -> None:
    """The team drives, clears, grits and finishes, each tap a block of its own."""
    with db.reading() as session:
        visit = session.get_one(Visit, visit_id)
        assert visit.day is not None
        assert visit.start_minute is not None
        begins = at(visit.day, 0) + timedelta(minutes=visit.start_minute)
    with db.transaction() as session:
        visiting.on_the_way(session, session.get_one(Visit, visit_id), head=head, now=begins, by_staff_id=None)
    with db.transaction() as session:
        visiting.start(session, session.get_one(Visit, visit_id), now=begins + timedelta(minutes=5), by_staff_id=None)
    with db.transaction() as session:
        visiting.finish(
            session, session.get_one(Visit, visit_id), materials=[visiting.Used("grus", Decimal(8), "kg")],
            now=begins + timedelta(minutes=25), by_staff_id=None, head=head,
        )  # fmt: skip


def test_a_winter_of_snow(app: Flask) -> None:
    head = Head.of(app.extensions["settings"])
    with db.transaction() as session:
        by_visit = agreement(session, priority=1, total_ore=35_000)
        by_season = agreement(session, priority=2, billing=Billing.SEASON, total_ore=450_000)
        session.add(
            JobPause(
                job_id=by_visit.id, from_on=date(2026, 12, 23), to_on=date(2027, 1, 3), made_at=at(date(2026, 12, 1), 9)
            )
        )
        team, ids, number = garden.resource(session).id, (by_visit.id, by_season.id), by_visit.number
        public_id = by_visit.public_id
    for evening, (depth_cm, how) in WINTER.items():
        alarm = raised(evening, depth_cm, how)
        if alarm is not None:
            for visit_id in called(alarm, team, at(evening, 22, 5)):
                cleared(visit_id, head)
        morning = at(evening + timedelta(days=1), 12)
        billing.close_periods(morning)
        letters.tell_all(head, morning)
    with db.reading() as session:
        made = session.execute(sa.select(Visit.job_id, Visit.day, Visit.state).order_by(Visit.id)).all()
        alarms = session.scalars(sa.select(SnowAlarm.depth_cm).order_by(SnowAlarm.id)).all()
        charges = session.scalars(sa.select(ServiceCharge).order_by(ServiceCharge.id)).all()
        assert checking.unbilled(session, at(date(2027, 4, 3), 12)) == []
        shown = log.read(session, public_id, "")
    assert [(job_id == ids[0], day) for job_id, day, _state in made] == [
        (True, date(2026, 12, 6)),
        (False, date(2026, 12, 6)),
        (False, date(2026, 12, 25)),
        (True, date(2027, 1, 13)),
        (False, date(2027, 1, 13)),
        (True, date(2027, 2, 3)),
        (False, date(2027, 2, 3)),
    ]
    assert {state for _job_id, _day, state in made} == {VisitState.DONE}
    assert alarms == [2, 4, 7, 9, 5, 6]
    assert [(each.job_id == ids[0], each.amount_ore, each.vat_ore) for each in charges] == [
        *[(True, 35_000, 7_000)] * 3,
        (False, 450_000, 90_000),
    ]
    assert charges[-1].text == "Snerydning, sæson 2026/2027"
    assert shown is not None
    assert (shown.season, shown.made) == ("2026/2027", 3)
    assert [(row.depth_cm, log.grit(row.materials)) for row in shown.rows] == [
        (4, "8 kg grus"),
        (9, "8 kg grus"),
        (5, "8 kg grus"),
    ]
    pay_and_read(ids, number, head)


def pay_and_read(ids: tuple[int, int], number: str, head: Head) -> None:
    """Pay everything at the door, and read every mail of the winter."""
    spring = at(date(2027, 4, 5), 10)
    with db.transaction() as session:
        for charge in session.scalars(sa.select(ServiceCharge)):
            billing.paid(session, charge, PayMeans.MOBILEPAY, now=spring, by_staff_id=None)
    assert letters.tell_all(head, spring) == 4
    assert letters.tell_all(head, spring) == 0
    with db.reading() as session:
        assert set(session.scalars(sa.select(ServiceCharge.state))) == {ChargeState.PAID}
        mails = session.scalars(sa.select(OutboxMail).order_by(OutboxMail.id)).all()
    about_money = [mail for mail in mails if mail.key.startswith("charge-")]
    assert len(about_money) == 8
    assert len({mail.key for mail in mails}) == len(mails)
    for mail in mails:
        assert mail.body.startswith("Hej Ane Eksempel\n\n")
        assert "None" not in mail.body + mail.subject
        assert "..\n" not in mail.body
        assert mail.body.rstrip().endswith("hej@butik.example")
    due = [mail for mail in about_money if mail.subject.startswith("Til betaling")]
    assert "Beløb: 350\xa0kr., heraf moms 70\xa0kr." in due[0].body
    assert "Nu kan du betale for Snerydning, sæson 2026/2027." in due[-1].body
    assert any(f"Kvittering {number}-3" == mail.subject for mail in about_money)
