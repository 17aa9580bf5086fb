"""What was done becomes due for payment, once for its cause, and is paid once.

A job's row is locked while a charge of it is written, so twenty who finish the same visit write one; the unique key of
job and cause stands behind that.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.core import clock, db
from workshop.core.errors import Refusal
from workshop.core.i18n import _
from workshop.core.money import PayMeans
from workshop.core.text import clean
from workshop.services.billing import amounts, queries, words
from workshop.services.billing.amounts import Agreed
from workshop.services.billing.models import ChargeState, ServiceCharge
from workshop.services.billing.periods import Period
from workshop.services.jobs.models import ServiceJob
from workshop.services.models import ServiceKind
from workshop.services.prices.rules import share_of, units_text
from workshop.services.requests.models import PriceBasis
from workshop.services.visits.models import Visit, VisitState

LOOKS_BACK = timedelta(days=500)  # a season and the winter after it; what is older is found by the check
AT_THE_DOOR = (PayMeans.MOBILEPAY, PayMeans.CASH, PayMeans.INVOICE)  # a card is paid with by the link
PART = "part"


def visit_done(session: Session, visit: Visit, now: datetime) -> ServiceCharge | None:
    """What a visit that was made is paid with; None where months or seasons are paid for. Again is the same charge.

    Raises Refusal when more was done than the customer has agreed to.
    """
    job = _locked(session, visit.job_id)
    if visit.state is not VisitState.DONE or not amounts.is_by_visit(job):
        return None
    day = amounts.day_of_visit(visit.day, visit.done_at, now)
    units = ""
    if job.basis is PriceBasis.PER_UNIT and visit.units_done is not None:
        units = units_text(visit.units_done, session.get_one(ServiceKind, job.service_kind_id).unit)
    return _write(
        session,
        job,
        cause=f"visit-{visit.id}",
        visit_id=visit.id,
        from_on=day,
        to_on=day,
        text=words.of_visit(job.title, day, units),
        amount_ore=amounts.of_visit(job, visit.units_done),
        now=now,
    )


def close_periods(now: datetime) -> int:
    """The sweep: every month and season that is over becomes due, once; how many did."""
    today = clock.local_day(now)
    with db.reading() as session:
        found = queries.by_period(session, ended_since=now - LOOKS_BACK)
        written = _causes_of(session, [each.job.id for each in found])
        waiting = [
            each.job.id
            for each in found
            if any((each.job.id, period.cause) not in written for period in each.passed(today))
        ]
    count = 0
    for job_id in waiting:
        with db.transaction() as session:
            count += len(close_periods_of(session, job_id, now))
    return count


def close_periods_of(session: Session, job_id: int, now: datetime) -> list[ServiceCharge]:
    """The months or seasons of one agreement that are over and not written yet."""
    job = _locked(session, job_id)
    written = {cause for _job_id, cause in _causes_of(session, [job_id])}
    return [
        _of_period(session, job, agreed, period, now)
        for agreed in queries.by_period(session, [job_id])
        for period in agreed.passed(clock.local_day(now))
        if period.cause not in written
    ]


def part_done(
    session: Session, job: ServiceJob, *, done_permille: int, now: datetime, by_staff_id: int | None
) -> ServiceCharge:
    """What a customer who withdrew midway pays for the part that was done. Once; thousandths of the price.

    Raises Refusal for less than nothing or more than all of it.
    """
    if not 0 <= done_permille <= 1000:
        raise Refusal(_("Skriv en del mellem 0 og 100 procent."))
    job = _locked(session, job.id)
    today = clock.local_day(now)
    return _write(
        session,
        job,
        cause=PART,
        from_on=min(job.starts_on, today),
        to_on=today,
        text=words.of_part(job.title, done_permille),
        amount_ore=share_of(job.total_ore, done_permille),
        now=now,
        by_staff_id=by_staff_id,
    )


def paid(session: Session, charge: ServiceCharge, means: PayMeans, *, now: datetime, by_staff_id: int | None) -> None:
    """It is paid. Raises Refusal when it was paid before, or is not to be paid any more."""
    is_taken = _changed(
        session,
        charge,
        ServiceCharge.state == ChargeState.DUE,
        state=ChargeState.PAID,
        paid_at=now,
        paid_means=means,
        by_staff_id=by_staff_id,
    )
    if not is_taken:
        raise Refusal(_no_longer_due(charge))


def cancel(session: Session, charge: ServiceCharge, why: str, *, by_staff_id: int | None) -> bool:
    """It is not to be paid after all; whether it had been paid, so that the money goes back.

    `why` is read by the customer. Raises Refusal without a reason, or when it was cancelled before.
    """
    reason = clean(why)[:300]
    if not reason:
        raise Refusal(_("Skriv, hvorfor det ikke skal betales. Kunden kan læse det."))
    was_paid = charge.state is ChargeState.PAID
    is_changed = _changed(
        session,
        charge,
        ServiceCharge.state == charge.state,
        ServiceCharge.state != ChargeState.CANCELLED,
        state=ChargeState.CANCELLED,
        why=reason,
        by_staff_id=by_staff_id,
    )
    if not is_changed:
        raise Refusal(_no_longer_due(charge))
    return was_paid


def told(session: Session, charge: ServiceCharge, now: datetime, *, version: int) -> None:
    """The customer is being sent the link. Raises Refusal when that was done a moment ago, or nothing is due."""
    is_changed = _changed(
        session, charge, ServiceCharge.state == ChargeState.DUE, ServiceCharge.version == version, told_at=now
    )
    if not is_changed:
        raise Refusal(
            _("Linket er sendt for et øjeblik siden.") if charge.state is ChargeState.DUE else _no_longer_due(charge)
        )


def _locked(session: Session, job_id: int) -> ServiceJob:
    return session.get_one(ServiceJob, job_id, with_for_update=True, populate_existing=True)


def _of_period(session: Session, job: ServiceJob, agreed: Agreed, period: Period, now: datetime) -> ServiceCharge:
    return _write(
        session,
        job,
        cause=period.cause,
        from_on=period.from_on,
        to_on=period.to_on,
        text=words.of_period(job.title, period),
        amount_ore=agreed.price_of(period),
        now=now,
    )


def _write(
    session: Session,
    job: ServiceJob,
    *,
    cause: str,
    from_on: date,
    to_on: date,
    text: str,
    amount_ore: int,
    now: datetime,
    visit_id: int | None = None,
    by_staff_id: int | None = None,
) -> ServiceCharge:
    """One charge for a locked job and a cause. What costs nothing is settled as it is written."""
    known = session.scalar(sa.select(ServiceCharge).where(ServiceCharge.job_id == job.id, ServiceCharge.cause == cause))
    if known is not None:
        return known
    before = session.scalar(sa.select(sa.func.count(ServiceCharge.id)).where(ServiceCharge.job_id == job.id)) or 0
    charge = charge_of(job, cause, from_on, to_on, text, amount_ore, now)
    charge.number, charge.visit_id, charge.by_staff_id = f"{job.number}-{before + 1}", visit_id, by_staff_id
    session.add(charge)
    session.flush()
    return charge


def charge_of(
    job: ServiceJob, cause: str, from_on: date, to_on: date, text: str, amount_ore: int, now: datetime
) -> ServiceCharge:
    """A charge as it will be stored, with its VAT; it has no number yet."""
    return ServiceCharge(
        job_id=job.id,
        cause=cause,
        from_on=from_on,
        to_on=to_on,
        text=text[:200],
        amount_ore=amount_ore,
        vat_scheme=job.vat_scheme,
        vat_ore=amounts.vat_of(amount_ore, job.vat_scheme),
        state=ChargeState.DUE if amount_ore else ChargeState.PAID,
        made_at=now,
        paid_at=None if amount_ore else now,
    )


def _causes_of(session: Session, job_ids: list[int]) -> set[tuple[int, str]]:
    if not job_ids:
        return set()
    found = sa.select(ServiceCharge.job_id, ServiceCharge.cause)
    if len(job_ids) == 1:
        found = found.where(ServiceCharge.job_id == job_ids[0])
    else:
        found = found.where(ServiceCharge.visit_id.is_(None))
    return {(job_id, cause) for job_id, cause in session.execute(found)}


def _changed(session: Session, charge: ServiceCharge, *conditions: sa.ColumnElement[bool], **values: Any) -> bool:
    """One conditional UPDATE, whether it took place; the copy in the session is read anew."""
    done = session.scalar(
        sa.update(ServiceCharge)
        .where(ServiceCharge.id == charge.id, *conditions)
        .values(version=ServiceCharge.version + 1, **values)
        .returning(ServiceCharge.id),
        execution_options={"synchronize_session": False},
    )
    session.refresh(charge)
    return done is not None


def _no_longer_due(charge: ServiceCharge) -> str:
    if charge.state is ChargeState.PAID:
        return _("%(number)s er allerede betalt.", number=charge.number)
    return _("%(number)s skal ikke betales mere.", number=charge.number)
