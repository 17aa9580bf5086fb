"""What was done and never billed, and what was billed as something else than was agreed. A check changes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.core import clock
from workshop.core.errors import Refusal
from workshop.core.i18n import _
from workshop.core.money import kr
from workshop.services.billing import actions, amounts, queries, words
from workshop.services.billing.models import ChargeState, ServiceCharge
from workshop.services.jobs.models import JobState, ServiceJob
from workshop.services.requests.models import Billing, Recurrence
from workshop.services.visits.models import Visit, VisitState

BEGUN = (VisitState.STARTED, VisitState.CANCELLED)  # a withdrawal calls off what was under way
Charges = Mapping[tuple[int, str], ServiceCharge]


class What(Enum):
    """What is wrong."""

    NOT_BILLED = "not billed"
    OTHER_AMOUNT = "other amount"
    NOT_DONE = "not done"  # billed, and nothing was done


@dataclass(frozen=True)
class Missing:
    """One thing that does not fit. `cause` names it for good; øre, VAT included."""

    what: What
    job_id: int
    job_public_id: str
    number: str  # the job's, or the charge's where there is one
    cause: str
    text: str
    agreed_ore: int | None
    billed_ore: int | None = None

    @property
    def can_be_billed(self) -> bool:
        """Whether it can be reckoned without a person."""
        return self.what is What.NOT_BILLED and self.agreed_ore is not None

    @property
    def sentence(self) -> str:
        """For a person to act on."""
        about = {"number": self.number, "text": self.text}
        if self.what is What.NOT_BILLED and self.agreed_ore is None:
            return _("%(number)s: %(text)s er ikke lagt til betaling.", **about)
        if self.what is What.NOT_BILLED:
            return _(
                "%(number)s: %(text)s er aldrig lagt til betaling (%(price)s).", price=kr(self.agreed_ore or 0), **about
            )
        if self.what is What.OTHER_AMOUNT:
            prices = {"agreed": kr(self.agreed_ore or 0), "billed": kr(self.billed_ore or 0)}
            return _("%(number)s: %(text)s står til %(billed)s Det aftalte giver %(agreed)s", **prices, **about)
        return _("%(number)s: %(text)s står til betaling, men er ikke udført.", **about)


def unbilled(session: Session, now: datetime) -> list[Missing]:
    """Done visits, months and seasons without a charge, and charges that are not what was agreed; by job.

    Six questions, however much there is. A charge that was cancelled with a reason is settled.
    """
    charges = {(each.job_id, each.cause): each for each in session.scalars(sa.select(ServiceCharge))}
    found = [*_of_visits(session, charges, now), *_of_periods(session, charges, now), *_of_withdrawn(session, charges)]
    return sorted(found, key=lambda each: (each.job_id, each.cause))


def bill(session: Session, now: datetime) -> int:
    """Write every charge that is missing and can be reckoned; how many."""
    count = 0
    for each in unbilled(session, now):
        if not each.can_be_billed:
            continue
        if each.cause.startswith("visit-"):
            visit = session.get_one(Visit, int(each.cause.removeprefix("visit-")))
            count += actions.visit_done(session, visit, now) is not None
        else:
            count += len(actions.close_periods_of(session, each.job_id, now))
    return count


def _of_visits(session: Session, charges: Charges, now: datetime) -> Iterable[Missing]:
    rows = session.execute(
        sa.select(ServiceJob, Visit)
        .join(Visit, Visit.job_id == ServiceJob.id)
        .where(
            sa.or_(ServiceJob.billing == Billing.PER_VISIT, ServiceJob.recurrence == Recurrence.NONE),
            sa.or_(
                Visit.state == VisitState.DONE,
                sa.exists().where(ServiceCharge.visit_id == Visit.id, ServiceCharge.state != ChargeState.CANCELLED),
            ),
        )
    )
    for job, visit in rows:
        cause, day = f"visit-{visit.id}", amounts.day_of_visit(visit.day, visit.done_at, now)
        text, charge = words.of_visit(job.title, day, ""), charges.get((job.id, cause))
        if visit.state is not VisitState.DONE:
            if charge is not None:
                yield _missing(What.NOT_DONE, job, cause, text, None, charge)
            continue
        yield from _compared(job, cause, text, _price(job, visit), charge)


def _of_periods(session: Session, charges: Charges, now: datetime) -> Iterable[Missing]:
    today = clock.local_day(now)
    for agreed in queries.by_period(session):
        passed = agreed.passed(today)
        for period in passed:
            text = words.of_period(agreed.job.title, period)
            charge = charges.get((agreed.job.id, period.cause))
            yield from _compared(agreed.job, period.cause, text, agreed.price_of(period), charge)


def _of_withdrawn(session: Session, charges: Charges) -> Iterable[Missing]:
    """Somebody withdrew while work was under way: what was done is still to be reckoned. A part is never above all."""
    begun = sa.exists().where(Visit.job_id == ServiceJob.id, Visit.started_at.is_not(None), Visit.state.in_(BEGUN))
    is_cut = sa.and_(
        ServiceJob.billing != Billing.PER_VISIT,
        sa.exists().where(Visit.job_id == ServiceJob.id, Visit.state == VisitState.DONE),
    )
    withdrawn = sa.select(ServiceJob).where(ServiceJob.state == JobState.WITHDRAWN, sa.or_(begun, is_cut))
    for job in session.scalars(withdrawn):
        if (job.id, actions.PART) not in charges:
            text = _("%(title)s, det vi nåede, før kunden fortrød", title=job.title)
            yield _missing(What.NOT_BILLED, job, actions.PART, text, None, None)


def _compared(
    job: ServiceJob, cause: str, text: str, agreed_ore: int | None, charge: ServiceCharge | None
) -> Sequence[Missing]:
    if charge is None:
        return [_missing(What.NOT_BILLED, job, cause, text, agreed_ore, None)]
    if charge.state is ChargeState.CANCELLED or agreed_ore is None:
        return []
    if (charge.amount_ore, charge.vat_ore) == (agreed_ore, amounts.vat_of(agreed_ore, job.vat_scheme)):
        return []
    return [_missing(What.OTHER_AMOUNT, job, cause, text, agreed_ore, charge)]


def _price(job: ServiceJob, visit: Visit) -> int | None:
    """As it would be billed now; None for so much more than agreed that the customer has to be asked."""
    try:
        return amounts.of_visit(job, visit.units_done)
    except Refusal:
        return None


def _missing(
    what: What, job: ServiceJob, cause: str, text: str, agreed_ore: int | None, charge: ServiceCharge | None
) -> Missing:
    number = charge.number if charge else job.number
    billed = charge.amount_ore if charge else None
    return Missing(what, job.id, job.public_id, number, cause, text, agreed_ore, billed)
