"""A yes to a quote: the job, and the mail with the whole contract, in one block."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shop.booking.contract import contract
from shop.orders.house import queries as house
from shop.orders.withdrawing import deadlines
from workshop.core import clock
from workshop.core.errors import NotHere
from workshop.core.i18n import _
from workshop.services.door import Head
from workshop.services.jobs import ics
from workshop.services.jobs.models import ServiceJob
from workshop.services.requests import letters, quoting, reading, words
from workshop.services.requests.models import QuoteState, ServicePlace
from workshop.services.requests.proposing import Terms
from workshop.services.visits.models import Visit


def withdraw_until(place: ServicePlace, today: date) -> date:
    """The last day of the right to withdraw from what is agreed today; it is over already for who has none."""
    if not quoting.is_private(place):
        return today - timedelta(days=1)
    return deadlines.last_day(today, today)


def agree(
    session: Session, public_id: str, *, may_start_early: bool, knows_right_ends: bool, head: Head, now: datetime
) -> ServiceJob:
    """Say yes to a quote, once, and write the contract that stays with the customer. Raises NotHere, Refusal."""
    found = reading.offer(session, public_id)
    if found is None:
        raise NotHere
    today, terms = clock.local_day(now), house.terms(session)
    was_agreed = found.quote.state is QuoteState.ACCEPTED
    job = quoting.accept(
        session,
        found.quote,
        may_start_early=may_start_early,
        knows_right_ends=knows_right_ends,
        terms_version=terms.version if terms else None,
        withdraw_until=withdraw_until(found.place, today),
        today=today,
        now=now,
    )
    if not was_agreed:
        _warn_of_early_start(job, found.terms, is_consumer=quoting.is_private(found.place))
        text = contract(job, found.quote, found.terms, found.kind, found.place, head, terms)
        first = _first_visit(session, job)
        entry = ics.attachment(job, [first], words.address(found.place), head, now) if first else None
        letters.agreed(session, job, head, now, text, entry)
    return job


def _warn_of_early_start(job: ServiceJob, terms: Terms, *, is_consumer: bool) -> None:
    """Whoever plans or drives reads that nothing may begin yet: who did not ask for the start pays nothing for it."""
    if not is_consumer or job.may_start_early:
        return
    if terms.first_on is None or terms.first_on - timedelta(days=terms.early_days) <= job.withdraw_until:
        soonest = clock.day_text(job.withdraw_until + timedelta(days=1))
        job.note = _("Begynd tidligst %(day)s. Kunden har ikke bedt os komme før.", day=soonest)


def _first_visit(session: Session, job: ServiceJob) -> Visit | None:
    found = sa.select(Visit).where(Visit.job_id == job.id, Visit.day.is_not(None))
    return session.scalar(found.order_by(Visit.day, Visit.id).limit(1))
