"""Agreements as pages show them. Always the same few questions, whatever the number of rows."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.core import clock
from workshop.core.text import search_key
from workshop.production.routines.closed import closed_days
from workshop.services.billing.models import ServiceCharge
from workshop.services.jobs import allowed, rules
from workshop.services.jobs.laying import OPEN, UNDER_WAY, pauses_of
from workshop.services.jobs.models import JobPause, JobState, ServiceJob
from workshop.services.jobs.rules import Flag, Rule, Span
from workshop.services.jobs.words import flag_text
from workshop.services.models import ServiceKind
from workshop.services.requests.models import Recurrence, ServicePlace, ServiceRequest
from workshop.services.visits.models import Visit, VisitState

LATEST = 100
NEAR = timedelta(days=56)  # a holiday further ahead is nobody's business yet
TO_COME = (*OPEN, *UNDER_WAY)


class Row(NamedTuple):
    """An agreement in a list."""

    public_id: str
    number: str
    title: str
    state: JobState
    customer: str
    street: str
    town: str
    rule: Rule
    recurrence: Recurrence
    ends_on: date | None
    next_on: date | None
    to_look_at: int  # visits of the next weeks with a flag
    is_resting: bool


class VisitLine(NamedTuple):
    """A visit of one agreement, with what staff should look at."""

    visit: Visit
    flags: tuple[Flag, ...]
    said: tuple[str, ...]  # the flags in words
    may_change: bool  # the customer still can
    first_day: date | None  # the days it may stand on by what was agreed
    last_day: date | None

    @property
    def can_be_changed(self) -> bool:
        """Whether staff can still move or cancel it: nobody is on the way."""
        return self.visit.state in OPEN

    @property
    def rests(self) -> bool:
        """Whether a pause took it: it has lost its day."""
        return self.visit.state is VisitState.CANCELLED and self.visit.day is None


@dataclass(frozen=True)
class Whole:
    """One agreement with its whole story."""

    job: ServiceJob
    place: ServicePlace
    kind: ServiceKind
    request_public_id: str
    rule: Rule
    visits: tuple[VisitLine, ...]
    pauses: tuple[JobPause, ...]
    later: tuple[date, ...]  # what the rule gives beyond the visits that are written down
    charges: tuple[ServiceCharge, ...]
    near_until: date

    @property
    def to_come(self) -> list[VisitLine]:
        """Visits to come and those under way; one without a day last."""
        return [each for each in self.visits if each.visit.state in TO_COME]

    @property
    def past(self) -> list[VisitLine]:
        """What was done, not done or cancelled, the latest first. What only rests is told by its pause."""
        over = [each for each in self.visits if each.visit.state not in TO_COME and not each.rests]
        return over[::-1]

    @property
    def is_series(self) -> bool:
        """Whether it goes on, so that it can rest and end."""
        return self.job.recurrence is not Recurrence.NONE

    @property
    def to_look_at(self) -> int:
        """How many visits of the next weeks have a flag."""
        return sum(bool(each.flags) and _is_by(each.visit, self.near_until) for each in self.to_come)


def everything(session: Session, states: Collection[JobState], asked: str, now: datetime) -> list[Row]:
    """Agreements in these states, those to look at first, then by their next visit. Ended ones: the latest only."""
    today = clock.local_day(now)
    coming = (
        sa.select(sa.func.min(Visit.day))
        .where(Visit.job_id == ServiceJob.id, Visit.state.in_(TO_COME), Visit.day >= today)
        .correlate(ServiceJob)
        .scalar_subquery()
    )
    found = session.execute(
        sa.select(ServiceJob, ServicePlace, coming)
        .join(ServicePlace, ServicePlace.id == ServiceJob.place_id)
        .where(ServiceJob.state.in_(states))
        .order_by(ServiceJob.agreed_at.desc(), ServiceJob.id.desc())
    ).all()
    words = search_key(asked)
    found = [row for row in found if all(word in _searched(row[0], row[1]) for word in words.split())]
    if JobState.ACTIVE not in states:
        found = found[:LATEST]
    ids = [row[0].id for row in found]
    pauses, near = _pauses(session, ids), _near(session, ids, today)
    closed = closed_days(today, today + NEAR)
    rows = [
        _row(job, place, next_on, pauses.get(job.id, []), near.get(job.id, []), closed, today)
        for job, place, next_on in found
    ]
    return sorted(rows, key=lambda row: (not row.to_look_at, row.next_on is None, row.next_on or today))


def by_public_id(session: Session, public_id: str) -> ServiceJob | None:
    """The agreement itself, to do something with."""
    return session.scalar(sa.select(ServiceJob).where(ServiceJob.public_id == public_id))


def visit_of(session: Session, job: ServiceJob, public_id: str) -> Visit | None:
    """A visit of this agreement, and of no other."""
    return session.scalar(sa.select(Visit).where(Visit.public_id == public_id, Visit.job_id == job.id))


def pause_of(session: Session, job: ServiceJob, public_id: str) -> JobPause | None:
    """A pause of this agreement, and of no other."""
    return session.scalar(sa.select(JobPause).where(JobPause.public_id == public_id, JobPause.job_id == job.id))


def whole(session: Session, job: ServiceJob, now: datetime) -> Whole:
    """One agreement with all that belongs to it."""
    today, rule = clock.local_day(now), Rule.of(job)
    order = (Visit.day.is_(None), Visit.day, Visit.start_minute, Visit.id)
    visits = session.scalars(sa.select(Visit).where(Visit.job_id == job.id).order_by(*order)).all()
    pauses = session.scalars(sa.select(JobPause).where(JobPause.job_id == job.id).order_by(JobPause.from_on)).all()
    spans = [Span(each.from_on, each.to_on) for each in pauses]
    last = max((each.day for each in visits if each.day), default=today)
    closed = closed_days(today, max(today, last))
    charges = session.scalars(
        sa.select(ServiceCharge).where(ServiceCharge.job_id == job.id).order_by(ServiceCharge.id)
    ).all()
    asked = (
        sa.select(ServicePlace, ServiceKind, ServiceRequest.public_id)
        .select_from(ServiceJob)
        .join(ServicePlace, ServicePlace.id == ServiceJob.place_id)
        .join(ServiceKind, ServiceKind.id == ServiceJob.service_kind_id)
        .join(ServiceRequest, ServiceRequest.number == ServiceJob.number)
        .where(ServiceJob.id == job.id)
    )
    place, kind, request_public_id = session.execute(asked).one()
    return Whole(
        job=job,
        place=place,
        kind=kind,
        request_public_id=request_public_id,
        rule=rule,
        visits=tuple(_line(each, rule, spans, closed, today) for each in visits),
        pauses=tuple(pauses),
        later=later(job, spans, today),
        charges=tuple(charges),
        near_until=today + NEAR,
    )


def later(job: ServiceJob, pauses: Collection[Span], today: date) -> tuple[date, ...]:
    """The days of the next year that the rule gives beyond what is written down; none when all of it is over."""
    if job.state is not JobState.ACTIVE or job.recurrence is Recurrence.NONE:
        return ()
    first = max(job.laid_until or today, today)
    given = rules.days(Rule.of(job), first, today + rules.SHOWN_AHEAD)
    return tuple(day for day in given if day > first and not rules.rests(pauses, day))


def calendar_of(session: Session, job: ServiceJob, now: datetime) -> tuple[Sequence[Visit], tuple[date, ...], str]:
    """What a calendar shows of an agreement: its visits, the days after them, and the address."""
    visits = session.scalars(sa.select(Visit).where(Visit.job_id == job.id).order_by(Visit.id)).all()
    place = session.get_one(ServicePlace, job.place_id)
    days = later(job, pauses_of(session, job.id), clock.local_day(now))
    return visits, days, f"{place.street}, {place.postcode} {place.town}"


def _row(
    job: ServiceJob,
    place: ServicePlace,
    next_on: date | None,
    pauses: list[Span],
    visits: list[Visit],
    closed: dict[date, str],
    today: date,
) -> Row:
    rule = Rule.of(job)
    lines = [_line(each, rule, pauses, closed, today) for each in visits]
    return Row(
        public_id=job.public_id,
        number=job.number,
        title=job.title,
        state=job.state,
        customer=place.company_name or place.customer_name,
        street=place.street,
        town=place.town,
        rule=rule,
        recurrence=job.recurrence,
        ends_on=job.ends_on,
        next_on=next_on,
        to_look_at=sum(bool(line.flags) for line in lines),
        is_resting=rules.rests(pauses, today),
    )


def _line(visit: Visit, rule: Rule, pauses: Collection[Span], closed: dict[date, str], today: date) -> VisitLine:
    flags: tuple[Flag, ...] = ()
    if visit.day is not None and visit.day >= today and visit.state in TO_COME:
        flags = rules.flags(rule, visit.original_on, visit.day, pauses, closed)
        if clock.is_missing(visit.day, _clock(visit)):
            flags = (*flags, Flag.MISSING_HOUR)
    first, last = rules.window(rule, visit.original_on) if visit.original_on else (None, None)
    holiday = closed.get(visit.day, "") if visit.day else ""
    return VisitLine(
        visit=visit,
        flags=flags,
        said=tuple(flag_text(flag, holiday) for flag in flags),
        may_change=allowed.may_change(visit, today),
        first_day=first,
        last_day=last,
    )


def _clock(visit: Visit) -> time:
    return clock.of_minute(visit.from_minute if visit.start_minute is None else visit.start_minute)


def _searched(job: ServiceJob, place: ServicePlace) -> str:
    said = (job.number, job.title, place.customer_name, place.company_name, place.street, place.postcode, place.town)
    return search_key(" ".join(said))


def _pauses(session: Session, job_ids: Collection[int]) -> dict[int, list[Span]]:
    found: dict[int, list[Span]] = {}
    for each in session.scalars(sa.select(JobPause).where(JobPause.job_id.in_(job_ids))):
        found.setdefault(each.job_id, []).append(Span(each.from_on, each.to_on))
    return found


def _near(session: Session, job_ids: Collection[int], today: date) -> dict[int, list[Visit]]:
    asked = sa.select(Visit).where(
        Visit.job_id.in_(job_ids), Visit.state.in_(TO_COME), Visit.day.between(today, today + NEAR)
    )
    found: dict[int, list[Visit]] = {}
    for each in session.scalars(asked):
        found.setdefault(each.job_id, []).append(each)
    return found


def _is_by(visit: Visit, day: date) -> bool:
    return visit.day is not None and visit.day <= day
