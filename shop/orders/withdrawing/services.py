"""Declarations about help in a garden: the number is of another kind, so another thing is looked for.

As with orders, it is done afterwards and by the worker: the page that takes a declaration looks nothing up.
"""

from __future__ import annotations

from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shop.orders.withdrawing import deadlines, queries
from shop.orders.withdrawing.models import Withdrawal, WithdrawalLine, WithdrawalState
from shop.orders.withdrawing.queries import Suggestion, WithdrawalRow, service_number
from workshop.core import clock, db
from workshop.core.errors import Refusal
from workshop.core.i18n import _
from workshop.core.mail import OutboxMail
from workshop.services.jobs.models import ServiceJob
from workshop.services.requests.models import ServicePlace

LONGEST_NOTE = 500


def match_waiting() -> int:
    """Find the jobs of what was declared: number and mail address have to fit. How many."""
    with db.reading() as session:
        found = _unmatched(session)
    for withdrawal_id, job_id in found:
        with db.transaction() as session:
            job = _locked(session, job_id)
            withdrawal = session.get_one(Withdrawal, withdrawal_id, with_for_update=True, populate_existing=True)
            if withdrawal.service_job_id is None and withdrawal.state is WithdrawalState.RECEIVED:
                _belongs_to(session, withdrawal, job)
    return len(found)


def attach(session: Session, withdrawal: Withdrawal, number: str) -> None:
    """Staff say which job a declaration is about. Raises Refusal when there is none with that number."""
    job_id = session.scalar(sa.select(ServiceJob.id).where(ServiceJob.number == number))
    if job_id is None:
        raise Refusal(_("Der er ingen aftale med det nummer."))
    if withdrawal.service_job_id == job_id:
        return
    session.execute(sa.delete(WithdrawalLine).where(WithdrawalLine.withdrawal_id == withdrawal.id))
    let_go(session, withdrawal)
    _belongs_to(session, withdrawal, _locked(session, job_id))


def let_go(session: Session, withdrawal: Withdrawal) -> None:
    """Take the warning off the job again: it is settled, or was about something else."""
    if withdrawal.service_job_id is None:
        return
    job = _locked(session, withdrawal.service_job_id)
    if waiting_text() in job.note:
        job.note, job.version = job.note.replace(waiting_text(), "", 1).strip(), job.version + 1
    withdrawal.service_job_id = None if withdrawal.state is WithdrawalState.RECEIVED else job.id
    session.flush()


def waiting_text() -> str:
    """What stands on a job that nobody should drive to before its withdrawal is settled."""
    return _("Kunden har fortrudt. Afgør det under Fortrydelser, før nogen kører.")


def deadline_of(session: Session, job: ServiceJob) -> date:
    """The last day to withdraw from a job: from the agreement, longer where the contract was never sent.

    Who has no right, a company, has a last day that was over before the first.
    """
    agreed_on = clock.local_day(job.agreed_at)
    if job.withdraw_until < agreed_on:
        return agreed_on - timedelta(days=1)
    sent = session.scalar(sa.select(OutboxMail.sent_at).where(OutboxMail.key == f"service-agreed:{job.public_id}"))
    return deadlines.last_day(agreed_on, clock.local_day(sent) if sent else None)


def suggestions(session: Session, row: WithdrawalRow) -> list[Suggestion]:
    """Jobs with this number or from this address, the likelier first; never shown to anybody but staff."""
    number = service_number(row.order_number)
    found = session.execute(
        sa.select(ServiceJob.number, ServicePlace.customer_name, ServicePlace.customer_email, ServiceJob.agreed_at)
        .join(ServicePlace, ServicePlace.id == ServiceJob.place_id)
        .where(sa.or_(ServiceJob.number == (number or ""), ServicePlace.customer_email == row.email))
        .order_by(ServiceJob.agreed_at.desc())
        .limit(5)
    )
    made = [Suggestion(*each, is_same_number=each[0] == number, is_same_mail=each[2] == row.email) for each in found]
    return sorted(made, key=lambda each: (not each.is_same_number, not each.is_same_mail))


def _belongs_to(session: Session, withdrawal: Withdrawal, job: ServiceJob) -> None:
    """Tie a declaration to a locked job, and warn whoever looks at it."""
    withdrawal.service_job_id, withdrawal.order_id = job.id, None
    withdrawal.deadline_on = deadline_of(session, job)
    if waiting_text() not in job.note:
        job.note, job.version = f"{waiting_text()} {job.note}".strip()[:LONGEST_NOTE], job.version + 1
    session.flush()


def _locked(session: Session, job_id: int) -> ServiceJob:
    return session.get_one(ServiceJob, job_id, with_for_update=True, populate_existing=True)


def _unmatched(session: Session) -> list[tuple[int, int]]:
    """(withdrawal id, job id) of those that wait, and whose number and mail address fit one job."""
    rows = session.execute(
        sa.select(Withdrawal.id, Withdrawal.order_number, Withdrawal.email)
        .where(
            Withdrawal.state == WithdrawalState.RECEIVED,
            Withdrawal.order_id.is_(None),
            Withdrawal.service_job_id.is_(None),
        )
        .order_by(Withdrawal.id)
        .limit(queries.NEWEST)
    ).all()
    wanted = {row.id: (number, row.email) for row in rows if (number := service_number(row.order_number))}
    if not wanted:
        return []
    jobs = {
        (number, email): job_id
        for number, email, job_id in session.execute(
            sa.select(ServiceJob.number, ServicePlace.customer_email, ServiceJob.id)
            .join(ServicePlace, ServicePlace.id == ServiceJob.place_id)
            .where(ServiceJob.number.in_({number for number, _email in wanted.values()}))
        )
    }
    return [(withdrawal_id, jobs[key]) for withdrawal_id, key in wanted.items() if key in jobs]
