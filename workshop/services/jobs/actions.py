"""What was agreed becomes visits; one visit is moved or cancelled, an agreement rests, goes on and ends.

Whoever gives no `by_staff_id` is the customer, and the customer's rules hold: until the day before, within what was
agreed. Staff may choose any day to come; what is odd about it is flagged and never changed by itself. The customer is
told when a `head` is given.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from workshop.core import clock
from workshop.core.errors import Refusal
from workshop.core.i18n import _
from workshop.core.text import clean
from workshop.services.door import Head
from workshop.services.jobs import allowed, laying, letters, rules
from workshop.services.jobs.laying import OPEN, lay, lay_ahead, locked
from workshop.services.jobs.models import JobPause, JobState, ServiceJob
from workshop.services.models import ServiceKind
from workshop.services.requests.models import Recurrence, RuleColumns, ServiceQuote, ServiceRequest
from workshop.services.visits import booking
from workshop.services.visits.models import Visit, VisitState

__all__ = ["agree", "cancel", "end", "lay_ahead", "move", "pause", "resume", "withdraw"]
UNDER_WAY = (VisitState.ON_THE_WAY, VisitState.STARTED)
_DAY = timedelta(days=1)
_AGREED = (
    *("text", "basis", "billing", "units", "unit_price_ore", "total_ore", "vat_scheme", "visit_minutes", "crew"),
    *("ends_on", "may_start_early", "knows_right_ends", *RuleColumns.__annotations__),
)


class ChangedMeanwhile(Refusal):
    """Somebody else was quicker; the page shows how it stands now."""


def agree(session: Session, quote: ServiceQuote, *, withdraw_until: date, now: datetime) -> ServiceJob:
    """An accepted quote becomes a job with its first visits; the same quote again is the same job.

    An agreement whose first day was left open begins when the right to withdraw is over.
    """
    found = session.scalar(sa.select(ServiceJob).where(ServiceJob.quote_id == quote.id))
    if found is not None:
        return found
    request = session.get_one(ServiceRequest, quote.request_id)
    today = clock.local_day(now)
    opens = today if quote.recurrence is Recurrence.NONE else withdraw_until + _DAY
    job = ServiceJob(
        number=request.number,
        quote_id=quote.id,
        place_id=request.place_id,
        service_kind_id=request.service_kind_id,
        title=session.get_one(ServiceKind, request.service_kind_id).name,
        starts_on=quote.first_on or opens,
        agreed_at=now,
        withdraw_until=withdraw_until,
        **{name: getattr(quote, name) for name in _AGREED},
    )
    session.add(job)
    session.flush()
    if job.recurrence is Recurrence.NONE:
        laying.first_visit(session, job, quote.first_on, today)
    else:
        lay(session, job, today)
    return job


def move(
    session: Session,
    visit: Visit,
    day: date,
    *,
    from_minute: int | None = None,
    to_minute: int | None = None,
    now: datetime,
    by_staff_id: int | None,
    head: Head | None = None,
    version: int | None = None,
) -> None:
    """Another day for one visit, and another window where one is given; every other stays where it is.

    What the visit had of teams and vehicles is let go of: its new day is planned anew. Standing there already is no
    change. Raises Refusal in words for who asks, ChangedMeanwhile when it is not the version seen.
    """
    job = session.get_one(ServiceJob, visit.job_id)
    window = allowed.window(visit, from_minute, to_minute)
    if _stands_on(visit, day, window):
        return
    states = OPEN if by_staff_id is None else (*OPEN, VisitState.CANCELLED)
    if by_staff_id is None:
        allowed.must_be_customers(visit, now)
        allowed.must_suit(session, job, visit, day)
    allowed.must_be_active(job)
    if day < clock.local_day(now) + (_DAY if by_staff_id is None else timedelta(0)):
        raise Refusal(_("Den dag er gået. Vælg en dag, der kommer."))
    values = {
        "day": day,
        "from_minute": window[0],
        "to_minute": window[1],
        "state": VisitState.WAITING,
        "is_moved": day != visit.original_on,
        "start_minute": None,
        "is_second_pass": False,
        "position": None,
        "told_at": now if by_staff_id is None or (head is not None and letters.reach(session, job)) else None,
        "why": "",
        "by_staff_id": by_staff_id,
    }
    try:
        _change(session, visit, states, version, values)
    except ChangedMeanwhile:
        if _stands_on(visit, day, window):
            return  # the first tap of the same button was quicker
        raise
    if head is not None:
        letters.moved(session, job, visit, head, now)


def cancel(
    session: Session,
    visit: Visit,
    *,
    why: str,
    now: datetime,
    by_staff_id: int | None,
    head: Head | None = None,
    version: int | None = None,
) -> None:
    """One visit is not made; every other stays. Cancelled already is no change.

    Raises Refusal in words for who asks, ChangedMeanwhile when it is not the version seen.
    """
    if _is_cancelled(visit):
        return
    if by_staff_id is None:
        allowed.must_be_customers(visit, now)
    values = {"state": VisitState.CANCELLED, "why": clean(why)[:300], "start_minute": None, "by_staff_id": by_staff_id}
    try:
        _change(session, visit, OPEN, version, values)
    except ChangedMeanwhile:
        if _is_cancelled(visit):
            return
        raise
    if head is not None:
        letters.cancelled(session, session.get_one(ServiceJob, visit.job_id), visit, head, now)


def pause(
    session: Session,
    job: ServiceJob,
    from_on: date,
    to_on: date,
    *,
    now: datetime,
    by_staff_id: int | None,
    head: Head | None = None,
) -> JobPause:
    """An agreement rests, both days included. Visits somebody chose the day of keep it; the phase is kept too.

    The same pause again is the one that is there. Raises Refusal for days that make no pause.
    """
    job = locked(session, job.id)
    allowed.must_be_active(job)
    allowed.must_make_a_pause(job, from_on, to_on, clock.local_day(now), by_staff_id)
    same = sa.select(JobPause).where(
        JobPause.job_id == job.id, JobPause.from_on == from_on, JobPause.to_on == to_on
    )  # fmt: skip
    found = session.scalar(same)
    if found is not None:
        return found
    made = JobPause(job_id=job.id, from_on=from_on, to_on=to_on, made_at=now, by_staff_id=by_staff_id)
    session.add(made)
    resting = _visits(session, job, OPEN, Visit.original_on.between(from_on, to_on), Visit.is_moved.is_(False))
    # A visit that rests has no day: that tells it from one that was cancelled for its own sake.
    _call_off(session, resting, _("Aftalen holder pause."), by_staff_id, day=None)
    job.version += 1
    session.flush()
    if head is not None:
        letters.paused(session, job, made, head, now)
    return made


def resume(
    session: Session, found: JobPause, *, now: datetime, by_staff_id: int | None, head: Head | None = None
) -> None:
    """A pause ends today; its visits from tomorrow on come back on their own days. One that is over: no change."""
    job = locked(session, found.job_id)
    today = clock.local_day(now)
    if found.to_on <= today:
        return
    allowed.must_be_active(job)
    back_from, back_to = max(found.from_on, today + _DAY), found.to_on
    if found.from_on > today:
        session.delete(found)
    else:
        found.to_on = today
    session.flush()
    others = laying.pauses_of(session, job.id)
    of_pause = Visit.original_on.between(back_from, back_to)
    for visit in _visits(session, job, (VisitState.CANCELLED,), of_pause, Visit.day.is_(None)):
        if visit.original_on is not None and not rules.rests(others, visit.original_on) and _is_within(job, visit):
            visit.state, visit.day, visit.why, visit.version = (
                VisitState.WAITING,
                visit.original_on,
                "",
                visit.version + 1,
            )
            visit.by_staff_id = by_staff_id
    if job.laid_until is not None and job.laid_until >= back_from:
        job.laid_until = max(back_from - _DAY, job.starts_on - _DAY)  # what was never written down is laid now
        lay(session, job, today)
    job.version += 1
    session.flush()
    if head is not None:
        letters.resumed(session, job, head, now)


def end(
    session: Session,
    job: ServiceJob,
    on: date,
    *,
    why: str = "",
    now: datetime,
    by_staff_id: int | None,
    head: Head | None = None,
) -> None:
    """The last day of an agreement, included; what comes after is called off. A job of one visit ends at once.

    A customer gives notice. Ending on that day already is no change. Raises Refusal for a day that cannot be.
    """
    job, today = locked(session, job.id), clock.local_day(now)
    if job.state is not JobState.ACTIVE or job.ends_on == on:
        return
    if by_staff_id is None and job.recurrence is Recurrence.NONE:
        raise Refusal(_("Ring til os, så finder vi ud af det."))
    allowed.must_be_a_last_day(job, on, today, by_staff_id)
    job.why, job.version = clean(why)[:300], job.version + 1
    if job.recurrence is Recurrence.NONE:
        job.state, job.ended_at = JobState.ENDED, now
        after: tuple[sa.ColumnElement[bool], ...] = ()
    else:
        job.ends_on = on
        is_past = sa.or_(Visit.is_moved.is_(False), Visit.day > on)
        after = (Visit.original_on > on, is_past)
    _call_off(session, _visits(session, job, OPEN, *after), _("Aftalen er slut."), by_staff_id)
    if head is not None:
        letters.ended(session, job, on, head, now)


def withdraw(session: Session, job: ServiceJob, now: datetime, *, by_staff_id: int | None = None) -> None:
    """The customer changed their mind by law: nothing more comes. What was done before is for staff to price.

    What is under way stops too: finished afterwards, it would be charged as a whole beside its part. Withdrawn already
    is no change.
    """
    job = locked(session, job.id)
    if job.state is JobState.WITHDRAWN:
        return
    job.state, job.ended_at, job.version = JobState.WITHDRAWN, job.ended_at or now, job.version + 1
    why = _("Aftalen er fortrudt.")
    _call_off(session, _visits(session, job, OPEN), why, by_staff_id)
    for visit in _visits(session, job, UNDER_WAY):
        values = {"state": VisitState.NOT_DONE, "why": why, "by_staff_id": by_staff_id}
        _change(session, visit, UNDER_WAY, None, values)


def _is_cancelled(visit: Visit) -> bool:
    return visit.state is VisitState.CANCELLED


def _stands_on(visit: Visit, day: date, window: tuple[int, int]) -> bool:
    return (visit.day, visit.from_minute, visit.to_minute) == (day, *window) and visit.state in OPEN


def _is_within(job: ServiceJob, visit: Visit) -> bool:
    return job.ends_on is None or (visit.original_on is not None and visit.original_on <= job.ends_on)


def _visits(
    session: Session, job: ServiceJob, states: Collection[VisitState], *where: sa.ColumnElement[bool]
) -> list[Visit]:
    """Visits of a job, locked until the block ends."""
    asked = sa.select(Visit).where(Visit.job_id == job.id, Visit.state.in_(states), *where).with_for_update()
    return list(session.scalars(asked.order_by(Visit.id), execution_options={"populate_existing": True}))


def _call_off(session: Session, visits: list[Visit], why: str, by_staff_id: int | None, **values: Any) -> None:
    for visit in visits:
        _change(
            session,
            visit,
            OPEN,
            None,
            {"state": VisitState.CANCELLED, "why": why, "start_minute": None, "by_staff_id": by_staff_id, **values},
        )


def _change(
    session: Session, visit: Visit, states: Collection[VisitState], version: int | None, values: dict[str, Any]
) -> None:
    """Write a visit anew, once: of two who change it at one moment one is told. What it had booked is let go of."""
    seen = visit.version if version is None else version
    done = session.execute(
        sa.update(Visit)
        .where(Visit.id == visit.id, Visit.version == seen, Visit.state.in_(states))
        .values(version=Visit.version + 1, **values),
        execution_options={"synchronize_session": False},
    )
    session.refresh(visit)
    if not (isinstance(done, CursorResult) and done.rowcount == 1):
        if visit.state in states or visit.state is VisitState.CANCELLED:
            raise ChangedMeanwhile(_("Besøget er ændret imens. Se det igen."))
        raise Refusal(_("Besøget er i gang eller slut. Det kan ikke ændres her."))
    booking.free(session, visit.id)
