"""Reads about charges, and about the agreements behind them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.core.money import PayMeans
from workshop.services.billing.amounts import Agreed
from workshop.services.billing.models import ChargeState, ServiceCharge
from workshop.services.jobs.models import JobPause, ServiceJob
from workshop.services.requests.models import Billing, Recurrence, ServicePlace, ServiceQuote
from workshop.services.visits.models import Visit, VisitState

SHOWN = 50  # of those that are over


class ChargeRow(NamedTuple):
    """A charge in staff's list."""

    public_id: str
    number: str
    text: str
    amount_ore: int
    vat_ore: int
    state: ChargeState
    made_at: datetime
    told_at: datetime | None
    paid_at: datetime | None
    paid_means: PayMeans | None
    why: str
    version: int
    customer: str
    has_email: bool
    reference: str  # what a company or a public customer wants on it


class ChargePage(NamedTuple):
    """A charge as the customer sees it."""

    charge: ServiceCharge
    job: ServiceJob
    place: ServicePlace


def by_public_id(session: Session, public_id: str, *, is_locked: bool = False) -> ServiceCharge | None:
    """The charge with this id, as a row one may change."""
    found = sa.select(ServiceCharge).where(ServiceCharge.public_id == public_id)
    if is_locked:
        found = found.with_for_update().execution_options(populate_existing=True)
    return session.scalar(found)


def page(session: Session, public_id: str) -> ChargePage | None:
    """A charge with its job and whose it is."""
    row = session.execute(
        sa.select(ServiceCharge, ServiceJob, ServicePlace)
        .join(ServiceJob, ServiceJob.id == ServiceCharge.job_id)
        .join(ServicePlace, ServicePlace.id == ServiceJob.place_id)
        .where(ServiceCharge.public_id == public_id)
    ).first()
    return ChargePage(*row) if row else None


def of_job(session: Session, job_id: int) -> Sequence[ServiceCharge]:
    """What a job has come to, the oldest first."""
    return session.scalars(
        sa.select(ServiceCharge).where(ServiceCharge.job_id == job_id).order_by(ServiceCharge.id)
    ).all()


def due(session: Session) -> list[ChargeRow]:
    """What is to be paid, the oldest first."""
    rows = session.execute(_rows().where(ServiceCharge.state == ChargeState.DUE).order_by(ServiceCharge.made_at))
    return [ChargeRow._make(row) for row in rows]


def over(session: Session) -> list[ChargeRow]:
    """The newest that are paid, or are not to be."""
    newest = sa.func.coalesce(ServiceCharge.paid_at, ServiceCharge.made_at).desc()
    found = _rows().where(ServiceCharge.state != ChargeState.DUE).order_by(newest, ServiceCharge.id.desc())
    return [ChargeRow._make(row) for row in session.execute(found.limit(SHOWN))]


def row(session: Session, public_id: str) -> ChargeRow | None:
    """One charge as the list has it."""
    found = session.execute(_rows().where(ServiceCharge.public_id == public_id)).first()
    return ChargeRow._make(found) if found else None


def customer_of(session: Session, charge: ServiceCharge) -> ServicePlace:
    """Who is to pay."""
    return session.scalars(
        sa.select(ServicePlace).join(ServiceJob, ServiceJob.place_id == ServicePlace.id).where(
            ServiceJob.id == charge.job_id
        )
    ).one()  # fmt: skip


def by_period(
    session: Session, job_ids: Collection[int] | None = None, ended_since: datetime | None = None
) -> list[Agreed]:
    """The agreements that are paid for by month or season, with what decides how much. Four questions, however many.

    Of these jobs when they are given; without those that ended before `ended_since` when that is.
    """
    found = (
        sa.select(ServiceJob, ServiceQuote.ends_on)
        .join(ServiceQuote, ServiceQuote.id == ServiceJob.quote_id)
        .where(ServiceJob.billing != Billing.PER_VISIT, ServiceJob.recurrence != Recurrence.NONE)
        .order_by(ServiceJob.id)
    )
    if job_ids is not None:
        found = found.where(ServiceJob.id.in_(job_ids))
    if ended_since is not None:
        found = found.where(sa.or_(ServiceJob.ended_at.is_(None), ServiceJob.ended_at >= ended_since))
    rows = session.execute(found).all()
    chosen = found.with_only_columns(ServiceJob.id).order_by(None)
    pauses: dict[int, list[JobPause]] = defaultdict(list)
    for pause in session.scalars(sa.select(JobPause).where(JobPause.job_id.in_(chosen))):
        pauses[pause.job_id].append(pause)
    kept = defaultdict(list)
    made = sa.select(Visit.job_id, Visit.original_on).where(Visit.job_id.in_(chosen), Visit.state == VisitState.DONE)
    for job_id, day in session.execute(made):
        kept[job_id].append(day)
    return [Agreed.of(job, ends_on, pauses[job.id], kept[job.id]) for job, ends_on in rows]


def _rows() -> sa.Select[*tuple[Any, ...]]:
    charge, place = ServiceCharge, ServicePlace
    customer = sa.case((place.company_name != "", place.company_name), else_=place.customer_name)
    columns: tuple[Any, ...] = (
        charge.public_id,
        charge.number,
        charge.text,
        charge.amount_ore,
        charge.vat_ore,
        charge.state,
        charge.made_at,
        charge.told_at,
        charge.paid_at,
        charge.paid_means,
        charge.why,
        charge.version,
        customer,
        place.customer_email != "",
        place.customer_reference,
    )
    return (
        sa.select(*columns)
        .join(ServiceJob, ServiceJob.id == charge.job_id)
        .join(place, place.id == ServiceJob.place_id)
    )
