"""What was done becomes due once, at the price that was agreed."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session
from support import garden

from workshop.core import clock, db
from workshop.core.errors import Refusal
from workshop.core.money import PayMeans
from workshop.products.models import VatScheme
from workshop.services.billing import actions
from workshop.services.billing.models import ChargeState, ServiceCharge
from workshop.services.jobs.models import JobPause, JobState, ServiceJob
from workshop.services.requests.models import Billing, PriceBasis, Recurrence
from workshop.services.visits.models import Visit, VisitState


def done(session: Session, job: ServiceJob, now: datetime, **columns: object) -> Visit:
    values: dict[str, object] = {"state": VisitState.DONE, "done_at": now, "day": clock.local_day(now)}
    return garden.visit(session, of=job, **values | columns)  # type: ignore[arg-type]  # columns of the row, by name


def snow_season(session: Session, **columns: object) -> ServiceJob:
    """Snow per season, from November to March, agreed before the first one."""
    values: dict[str, object] = {
        "title": "Snerydning",
        "recurrence": Recurrence.ON_SNOW,
        "billing": Billing.SEASON,
        "season_from": "11-01",
        "season_to": "03-31",
        "starts_on": date(2026, 11, 1),
        "total_ore": 450_000,
    }
    return garden.job(session, **values | columns)  # type: ignore[arg-type]  # columns of the row, by name


def charges(session: Session) -> list[ServiceCharge]:
    return list(session.scalars(sa.select(ServiceCharge).order_by(ServiceCharge.id)))


def test_a_visit_is_charged_once_at_the_agreed_price_with_its_vat(session: Session, now: datetime) -> None:
    job = garden.job(session, total_ore=123_450)
    visit = done(session, job, now)
    first, again = actions.visit_done(session, visit, now), actions.visit_done(session, visit, now)
    assert first is not None
    assert first is again
    assert (first.amount_ore, first.vat_ore, first.state) == (123_450, 24_690, ChargeState.DUE)
    assert first.number == f"{job.number}-1"
    assert first.text == "Hækklipning 24. november 2026"
    assert len(charges(session)) == 1


def test_each_visit_has_its_own_number(session: Session, now: datetime) -> None:
    job = garden.job(session)
    for count in range(3):
        actions.visit_done(session, done(session, job, now, occasion=f"extra-{count}"), now)
    assert [each.number for each in charges(session)] == [f"{job.number}-{count}" for count in (1, 2, 3)]


def test_a_visit_that_was_not_made_is_not_charged(session: Session, now: datetime) -> None:
    job = garden.job(session)
    for state in (VisitState.STARTED, VisitState.NOT_DONE, VisitState.CANCELLED, VisitState.PLANNED):
        visit = garden.visit(session, of=job, occasion=state.value, state=state)
        assert actions.visit_done(session, visit, now) is None
    assert charges(session) == []


def test_only_standard_scheme_shows_vat(session: Session, now: datetime) -> None:
    job = garden.job(session, vat_scheme=VatScheme.EXEMPT)
    charge = actions.visit_done(session, done(session, job, now), now)
    assert charge is not None
    assert (charge.vat_ore, charge.vat_scheme) == (0, VatScheme.EXEMPT)


@pytest.mark.parametrize(
    ("units_done", "amount_ore"),
    [(None, 123_400), ("28", 123_400), ("30.5", 130_400), ("20", 101_000), ("0", 45_000), ("30.8", 131_240)],
)
def test_a_price_per_unit_follows_what_was_done(
    session: Session, now: datetime, units_done: str | None, amount_ore: int
) -> None:
    job = garden.job(session, basis=PriceBasis.PER_UNIT)
    visit = done(session, job, now, units_done=None if units_done is None else Decimal(units_done))
    charge = actions.visit_done(session, visit, now)
    assert charge is not None
    assert charge.amount_ore == amount_ore


def test_more_than_a_tenth_above_the_agreed_is_asked_about_first(session: Session, now: datetime) -> None:
    job = garden.job(session, basis=PriceBasis.PER_UNIT)
    visit = done(session, job, now, units_done=Decimal("30.81"))
    with pytest.raises(Refusal, match="nyt tilbud"):
        actions.visit_done(session, visit, now)


def test_a_fixed_price_stays_whatever_was_done(session: Session, now: datetime) -> None:
    charge = actions.visit_done(session, done(session, garden.job(session), now, units_done=Decimal(99)), now)
    assert charge is not None
    assert charge.amount_ore == 123_400


def test_what_costs_nothing_is_settled_as_it_is_written(session: Session, now: datetime) -> None:
    charge = actions.visit_done(session, done(session, garden.job(session, total_ore=0), now), now)
    assert charge is not None
    assert (charge.state, charge.paid_means) == (ChargeState.PAID, None)


def test_a_visit_of_a_season_is_not_charged_by_itself(session: Session, now: datetime) -> None:
    assert actions.visit_done(session, done(session, snow_season(session), now), now) is None


def test_a_season_is_charged_once_when_it_is_over(app: Flask) -> None:
    with db.transaction() as session:
        snow_season(session)
    in_march, in_april = datetime_of(2027, 3, 31), datetime_of(2027, 4, 1)
    assert actions.close_periods(in_march) == 0
    assert actions.close_periods(in_april) == 1
    assert actions.close_periods(in_april) == 0
    with db.reading() as session:
        (season,) = charges(session)
    assert (season.cause, season.amount_ore, season.vat_ore) == ("season-2026", 450_000, 90_000)
    assert season.text == "Snerydning, sæson 2026/2027"


def test_a_season_with_a_rest_and_an_early_end_costs_its_share(app: Flask) -> None:
    with db.transaction() as session:
        job = snow_season(session, ends_on=date(2027, 1, 31), state=JobState.ENDED, ended_at=datetime_of(2027, 1, 31))
        session.add(
            JobPause(
                job_id=job.id, from_on=date(2026, 12, 1), to_on=date(2026, 12, 10), made_at=datetime_of(2026, 11, 2)
            )
        )
    actions.close_periods(datetime_of(2027, 2, 1))
    with db.reading() as session:
        (season,) = charges(session)
    assert season.amount_ore == 244_371  # 82 of 151 days of 4.500 kr., half up
    assert season.text == "Snerydning, sæson 2026/2027 (82 af 151 dage)"


def test_months_are_charged_as_they_pass_and_only_those(app: Flask) -> None:
    with db.transaction() as session:
        garden.job(
            session,
            title="Græsslåning",
            recurrence=Recurrence.WEEKS,
            every=2,
            weekday=0,
            billing=Billing.MONTHLY,
            season_from="04-01",
            season_to="10-31",
            starts_on=date(2027, 4, 12),
            total_ore=80_000,
        )
    for month in range(1, 13):
        actions.close_periods(datetime_of(2027, month, 1))
    actions.close_periods(datetime_of(2028, 3, 1))
    with db.reading() as session:
        found = charges(session)
    assert [each.cause for each in found] == [f"month-2027-{month:02d}" for month in range(4, 11)]
    assert {each.amount_ore for each in found} == {80_000}
    assert found[0].text == "Græsslåning, april 2027"


def test_the_part_of_a_withdrawn_job_is_charged_once(session: Session, now: datetime) -> None:
    job = garden.job(session, total_ore=99_999)
    first = actions.part_done(session, job, done_permille=335, now=now, by_staff_id=None)
    again = actions.part_done(session, job, done_permille=900, now=now, by_staff_id=None)
    assert first is again
    assert first.amount_ore == 33_500  # 33.499,665, half up
    assert first.text == "Hækklipning, det vi nåede (33,5 %)"
    for wrong in (-1, 1001):
        with pytest.raises(Refusal):
            actions.part_done(session, job, done_permille=wrong, now=now, by_staff_id=None)


def test_the_season_somebody_withdrew_in_waits_for_the_part(app: Flask) -> None:
    with db.transaction() as session:
        snow_season(session, state=JobState.WITHDRAWN, ended_at=datetime_of(2026, 11, 9))
    assert actions.close_periods(datetime_of(2027, 6, 1)) == 0


def test_a_charge_is_paid_once_and_cancelled_once(session: Session, now: datetime) -> None:
    charge = actions.visit_done(session, done(session, garden.job(session), now), now)
    assert charge is not None
    actions.paid(session, charge, PayMeans.CASH, now=now, by_staff_id=None)
    with pytest.raises(Refusal, match="allerede betalt"):
        actions.paid(session, charge, PayMeans.CARD, now=now, by_staff_id=None)
    with pytest.raises(Refusal, match="hvorfor"):
        actions.cancel(session, charge, "  ", by_staff_id=None)
    assert actions.cancel(session, charge, "En fejl hos os.", by_staff_id=None)
    with pytest.raises(Refusal, match="ikke betales mere"):
        actions.cancel(session, charge, "En fejl hos os.", by_staff_id=None)
    with pytest.raises(Refusal, match="ikke betales mere"):
        actions.paid(session, charge, PayMeans.CASH, now=now, by_staff_id=None)


def test_a_cancelled_charge_is_not_written_again(session: Session, now: datetime) -> None:
    visit = done(session, garden.job(session), now)
    charge = actions.visit_done(session, visit, now)
    assert charge is not None
    assert not actions.cancel(session, charge, "Gratis, fordi vi kom for sent.", by_staff_id=None)
    assert actions.visit_done(session, visit, now) is charge


def datetime_of(year: int, month: int, day: int) -> datetime:
    return clock.at(date(year, month, day), datetime.min.time()) + timedelta(hours=9)
