"""A withdrawal from help in a garden: what it comes to, and its settlement in one block. Twice is once."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shop.booking.proportion import Facts, Proposal, propose
from shop.orders.letterhead import Letterhead
from shop.orders.withdrawing import actions as withdrawing
from shop.orders.withdrawing.models import Withdrawal, WithdrawalState
from workshop.core import clock
from workshop.core.errors import NotHere, Refusal
from workshop.core.i18n import _
from workshop.core.money import kr
from workshop.services.billing import actions as billing
from workshop.services.billing import queries as charges
from workshop.services.billing.models import ChargeState, ServiceCharge
from workshop.services.door import Head
from workshop.services.jobs import actions as jobs
from workshop.services.jobs import rules
from workshop.services.jobs.models import ServiceJob
from workshop.services.requests import letters
from workshop.services.requests.models import Billing, Recurrence, ServicePlace
from workshop.services.requests.quoting import is_private
from workshop.services.visits import actions as visits
from workshop.services.visits.models import Visit, VisitState

UNDER_WAY = (VisitState.ON_THE_WAY, VisitState.STARTED)


@dataclass(frozen=True)
class Case:
    """A declaration with its job, what was had of it, and what we propose."""

    withdrawal: Withdrawal
    job: ServiceJob
    place: ServicePlace
    visits: list[Visit]
    charges: list[ServiceCharge]
    proposal: Proposal

    @property
    def paid_ore(self) -> int:
        """What the customer has paid already."""
        return sum(each.amount_ore for each in self.charges if each.state is ChargeState.PAID)


def case(session: Session, public_id: str) -> Case | None:
    """A declaration about a job; None for one that is about something else, or not known."""
    row = session.execute(
        sa.select(Withdrawal, ServiceJob, ServicePlace)
        .join(ServiceJob, ServiceJob.id == Withdrawal.service_job_id)
        .join(ServicePlace, ServicePlace.id == ServiceJob.place_id)
        .where(Withdrawal.public_id == public_id)
    ).one_or_none()
    if row is None:
        return None
    withdrawal, job, place = row
    known = list(session.scalars(sa.select(Visit).where(Visit.job_id == job.id).order_by(Visit.day, Visit.id)))
    written = list(charges.of_job(session, job.id))
    facts = facts_of(job, known, withdrawal.received_at, is_consumer=is_private(place))
    return Case(withdrawal, job, place, known, written, propose(facts))


def facts_of(job: ServiceJob, known: list[Visit], at: datetime, *, is_consumer: bool) -> Facts:
    """What was had of a job when the declaration came."""
    day, is_series = clock.local_day(at), job.recurrence is not Recurrence.NONE
    first, last = _period(job, day)
    is_snow = job.recurrence is Recurrence.ON_SNOW
    made = [each for each in known if each.state is VisitState.DONE]
    is_by_visit = not is_series or job.billing is Billing.PER_VISIT
    if is_series and not is_by_visit:
        made = [each for each in made if each.day is not None and first <= each.day <= last]
    done, agreed = len(made), 1
    if is_snow and not is_by_visit:
        done, agreed = max(0, (min(day, last) - first).days + 1), (last - first).days + 1
    elif is_series:
        agreed = max(done, len(rules.days(rules.Rule.of(job), first, last)))
    begun = next((each for each in known if each.state is VisitState.STARTED), None)
    minutes = 0 if begun is None or begun.started_at is None else int((at - begun.started_at).total_seconds() // 60)
    return Facts(
        is_private=is_consumer,
        may_start_early=job.may_start_early,
        knows_right_ends=job.knows_right_ends,
        is_series=is_series,
        is_by_visit=is_by_visit,
        is_snow=is_snow,
        done=done,
        agreed=agreed,
        begun_minutes=max(0, minutes),
        visit_minutes=job.visit_minutes,
    )


def settle(
    session: Session, public_id: str, *, permille: int, why: str, head: Letterhead, now: datetime, by_staff_id: int
) -> str:
    """Undo the agreement: nothing more comes, and the part that was done is charged. The job's public id.

    What was charged without the customer having asked for the start is called off. Raises NotHere, Refusal.
    """
    found = case(session, public_id)
    if found is None:
        raise NotHere
    job = session.get_one(ServiceJob, found.job.id, with_for_update=True, populate_existing=True)
    state = session.scalar(sa.select(Withdrawal.state).where(Withdrawal.id == found.withdrawal.id))
    if state is WithdrawalState.SETTLED:
        return job.public_id
    if state is WithdrawalState.REFUSED:
        raise Refusal(_("Fortrydelsen er allerede afgjort."))
    if permille and not found.proposal.may_owe:
        raise Refusal(found.proposal.why)
    for visit in found.visits:
        if visit.state in UNDER_WAY:  # else it could still be finished, and charged as a whole beside its part
            said = _("Aftalen er fortrudt.")
            visits.not_done(session, visit, why=said, is_tried_again=False, now=now, by_staff_id=by_staff_id)
    jobs.withdraw(session, job, now, by_staff_id=by_staff_id)
    charge = billing.part_done(session, job, done_permille=permille, now=now, by_staff_id=by_staff_id)
    if not found.proposal.may_owe:
        for each in found.charges:
            if each.state is ChargeState.DUE:
                billing.cancel(session, each, _("Aftalen er fortrudt."), by_staff_id=by_staff_id)
    owed = sum(each.amount_ore for each in charges.of_job(session, job.id) if each.state is ChargeState.DUE)
    own_head = Head(head.base_url, head.identity, head.secret_key)
    letters.withdrawn(session, job, owed_ore=owed, why=why, head=own_head, now=now)
    note = _("Aftalen er ophævet. At betale: %(amount)s", amount=kr(charge.amount_ore))
    withdrawing.settle(session, public_id, note=note, now=now, by_staff_id=by_staff_id)
    return job.public_id


def _period(job: ServiceJob, day: date) -> tuple[date, date]:
    """The month or season that is paid for as one and holds the day, from the first day of the agreement on."""
    if job.billing is Billing.MONTHLY:
        first = day.replace(day=1)
        last = first.replace(day=calendar.monthrange(day.year, day.month)[1])
    else:
        rule = rules.Rule.of(job)
        first, last = job.starts_on, rules.season_end(rule, max(day, job.starts_on))
    last = max(last, job.starts_on)
    return max(first, job.starts_on), min(last, job.ends_on) if job.ends_on else last
