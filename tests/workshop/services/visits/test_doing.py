"""A visit as it is made: on the way, begun, finished or not; each once, and the customer hears of it."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal
from threading import Barrier

import pytest
import sqlalchemy as sa
import sqlalchemy.exc
from flask import Flask
from support import garden

from tests.workshop.services.visits import rig
from workshop.core import clock, db
from workshop.core.errors import Refusal
from workshop.core.web import is_busy
from workshop.services.billing.models import ServiceCharge
from workshop.services.requests.models import PriceBasis
from workshop.services.visits import actions
from workshop.services.visits.actions import Meanwhile, Used
from workshop.services.visits.models import BookedQuarter, Visit, VisitState

RACERS = 8
PATIENCE_SECONDS = 60.0


def together(deed: Callable[[], str]) -> Counter[str]:
    """Let RACERS do it at once; how often each outcome came. Whoever finds the database busy presses again."""
    barrier = Barrier(RACERS)

    def go() -> str:
        barrier.wait(PATIENCE_SECONDS)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                return deed()
            except Refusal:
                return "refused"
            except sqlalchemy.exc.OperationalError as error:
                if not is_busy(error) or time.monotonic() > deadline:
                    raise

    with ThreadPoolExecutor(RACERS) as pool:
        return Counter(each.result() for each in [pool.submit(go) for _racer in range(RACERS)])


def charges(visit_id: int) -> int:
    with db.reading() as session:
        counted = sa.select(sa.func.count(ServiceCharge.id)).where(ServiceCharge.visit_id == visit_id)
        return session.scalars(counted).one()


def test_three_taps_finish_a_visit_and_the_customer_hears_of_it(app: Flask) -> None:
    assert app
    with db.transaction() as session:
        visit = rig.planned(session)
        actions.on_the_way(session, visit, head=rig.HEAD, now=rig.NOW, by_staff_id=None)
        assert (visit.state, visit.on_way_at) == (VisitState.ON_THE_WAY, rig.NOW)
        actions.start(session, visit, now=rig.NOW + timedelta(minutes=20), by_staff_id=None)
        done_at = rig.NOW + timedelta(minutes=100)
        actions.finish(session, visit, now=done_at, by_staff_id=None, head=rig.HEAD)
        assert (visit.state, visit.done_at) == (VisitState.DONE, done_at)
        assert "Vi er på vej til Eksempelvej 12: Hækklipning." in rig.mails(session, "visit-on-the-way")[0].body
        told = rig.mails(session, "visit-done")[0]
        assert told.subject == "Vi er færdige: Hækklipning"
        assert f"Vi arbejdede {clock.day_text(date(2026, 11, 24))} kl. 10.20–11.40." in told.body
        visit_id = visit.id
    assert charges(visit_id) == 1


def test_what_was_used_and_written_is_told(app: Flask) -> None:
    assert app
    with db.transaction() as session:
        visit = rig.started(session)
        used = [Used("vejsalt", Decimal("2.5"), "kg")]
        actions.finish(
            session, visit, note="Lågen er lukket.", materials=used, now=rig.NOW, by_staff_id=None, head=rig.HEAD
        )
        body = rig.mails(session, "visit-done")[0].body
        assert "Vi har brugt 2,5 kg vejsalt." in body.replace("\N{NO-BREAK SPACE}", " ")
        assert "Lågen er lukket." in body


def test_a_tap_sent_twice_is_one(app: Flask) -> None:
    assert app
    with db.transaction() as session:
        visit = rig.started(session)
        actions.finish(session, visit, now=rig.NOW, by_staff_id=None, head=rig.HEAD)
        actions.finish(session, visit, now=rig.NOW + timedelta(hours=1), by_staff_id=None, head=rig.HEAD)
        assert visit.done_at == rig.NOW
        assert len(rig.mails(session, "visit-done")) == 1
        with pytest.raises(Meanwhile):
            actions.start(session, visit, now=rig.NOW, by_staff_id=None)


def test_finishing_at_the_same_moment_bills_once(app: Flask) -> None:
    assert app
    with db.transaction() as session:
        visit_id = rig.started(session).id

    def finish() -> str:
        with db.transaction() as session:
            visit = session.get_one(Visit, visit_id)
            actions.finish(session, visit, now=rig.NOW, by_staff_id=None, head=rig.HEAD)
        return "done"

    assert together(finish) == {"done": RACERS}
    assert charges(visit_id) == 1
    with db.reading() as session:
        assert len(rig.mails(session, "visit-done")) == 1


def test_looking_first_and_writing_then_bills_many_times(app: Flask) -> None:
    """The control: what the test above would catch."""
    assert app
    with db.transaction() as session:
        visit = rig.started(session)
        visit_id, job_id = visit.id, visit.job_id

    def look_then_write() -> str:
        with db.reading() as session:
            if session.get_one(Visit, visit_id).state is not VisitState.STARTED:
                return "lost"
        time.sleep(0.2)
        with db.transaction() as session:
            cause = f"control-{time.monotonic_ns()}"
            charge = ServiceCharge(number=cause[-20:], job_id=job_id, cause=cause[:40], visit_id=visit_id,
                from_on=rig.DAY, to_on=rig.DAY, text="x", amount_ore=1, vat_scheme="standard", vat_ore=0,
                made_at=rig.NOW)  # fmt: skip
            session.add(charge)
            session.execute(sa.update(Visit).where(Visit.id == visit_id).values(state=VisitState.DONE, done_at=rig.NOW))
        return "won"

    assert together(look_then_write)["won"] > 1
    assert charges(visit_id) > 1


def test_a_price_per_unit_asks_how_much_and_not_much_more_than_agreed(app: Flask) -> None:
    assert app
    with db.transaction() as session:
        agreed = garden.job(session, basis=PriceBasis.PER_UNIT, units=Decimal(28), unit_price_ore=2_800)
        visit_id = rig.started(session, of=agreed).id

    def finish(units: str | None) -> None:
        with db.transaction() as session:
            visit = session.get_one(Visit, visit_id)
            measured = Decimal(units) if units else None
            actions.finish(session, visit, units_done=measured, now=rig.NOW, by_staff_id=None, head=rig.HEAD)

    with pytest.raises(Refusal, match="Skriv, hvor meget"):
        finish(None)
    with pytest.raises(Refusal):
        finish("31")  # more than a tenth beyond what was agreed: the customer is asked first
    assert charges(visit_id) == 0
    finish("30")
    with db.reading() as session:
        charge = session.scalars(sa.select(ServiceCharge).where(ServiceCharge.visit_id == visit_id)).one()
        assert charge.amount_ore == 123_400 + 2 * 2_800


def test_it_cannot_be_finished_before_it_is_begun(app: Flask) -> None:
    assert app
    with db.transaction() as session:
        visit = rig.planned(session)
        with pytest.raises(Meanwhile):
            actions.finish(session, visit, now=rig.NOW, by_staff_id=None)


def test_a_wrong_tap_is_taken_back_with_the_mail_that_has_not_gone(app: Flask) -> None:
    assert app
    with db.transaction() as session:
        visit = rig.started(session)
        seen = visit.version
        actions.undo(session, visit, version=seen, by_staff_id=None)
        assert (visit.state, visit.started_at) == (VisitState.ON_THE_WAY, None)
        with pytest.raises(Meanwhile):
            actions.undo(session, visit, version=seen, by_staff_id=None)
        actions.undo(session, visit, version=visit.version, by_staff_id=None)
        assert (visit.state, visit.on_way_at) == (VisitState.PLANNED, None)
        assert rig.mails(session, "visit-on-the-way") == []
        with pytest.raises(Refusal):
            actions.undo(session, visit, version=visit.version, by_staff_id=None)


def test_the_last_tap_is_taken_back_while_nobody_has_the_bill(app: Flask) -> None:
    assert app
    with db.transaction() as session:
        visit = rig.started(session)
        visit_id = visit.id
        used = [Used("grus", Decimal(2), "kg")]
        actions.finish(session, visit, materials=used, now=rig.NOW, by_staff_id=None, head=rig.HEAD)
        actions.undo(session, visit, version=visit.version, by_staff_id=None)
        assert (visit.state, visit.done_at) == (VisitState.STARTED, None)
        assert rig.mails(session, "visit-done") == []
    assert charges(visit_id) == 0
    with db.transaction() as session:
        visit = session.get_one(Visit, visit_id)
        actions.finish(session, visit, now=rig.NOW, by_staff_id=None, head=rig.HEAD)
        assert "brugt" not in rig.mails(session, "visit-done")[0].body
    assert charges(visit_id) == 1
    with db.transaction() as session:
        visit = session.get_one(Visit, visit_id)
        session.scalars(sa.select(ServiceCharge)).one().told_at = rig.NOW
        session.flush()
        with pytest.raises(Refusal, match="Kunden har fået regningen"):
            actions.undo(session, visit, version=visit.version, by_staff_id=None)
    assert charges(visit_id) == 1


def test_a_mail_that_has_gone_is_not_sent_again_after_a_wrong_tap(app: Flask) -> None:
    assert app
    with db.transaction() as session:
        visit = rig.planned(session)
        actions.on_the_way(session, visit, head=rig.HEAD, now=rig.NOW, by_staff_id=None)
        rig.mails(session, "visit-on-the-way")[0].sent_at = rig.NOW
        session.flush()
        actions.undo(session, visit, version=visit.version, by_staff_id=None)
        actions.on_the_way(session, visit, head=rig.HEAD, now=rig.NOW, by_staff_id=None)
        assert len(rig.mails(session, "visit-on-the-way")) == 1


def test_what_could_not_be_done_is_told_frees_the_team_and_is_tried_again_once(app: Flask) -> None:
    assert app
    with db.transaction() as session:
        visit = rig.started(session)
        told = {"why": "Lågen var låst.", "is_tried_again": True, "now": rig.NOW, "by_staff_id": None}
        again = actions.not_done(session, visit, **told, head=rig.HEAD)
        assert again is not None
        assert (again.state, again.occasion, again.day) == (VisitState.WAITING, f"again-{visit.id}", None)
        assert actions.not_done(session, visit, **told, head=rig.HEAD) is None
        assert session.scalar(sa.select(sa.func.count()).where(BookedQuarter.visit_id == visit.id)) == 0
        (mail,) = rig.mails(session, "visit-not-done")
        assert "Lågen var låst." in mail.body
        assert "Du betaler ikke for besøget." in mail.body
        assert "Vi skriver til dig, når vi har en ny dag." in mail.body
        visit_id = visit.id
    assert charges(visit_id) == 0


def test_a_reason_is_asked_for(app: Flask) -> None:
    assert app
    with db.transaction() as session:
        visit = rig.started(session)
        with pytest.raises(Refusal, match="Skriv, hvorfor"):
            actions.not_done(session, visit, why=" ", is_tried_again=False, now=rig.NOW, by_staff_id=None)
