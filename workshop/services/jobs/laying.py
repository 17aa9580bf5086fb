"""Visits of agreements are written down ahead: each day of a rule once, whoever lays it and however often."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.core import clock, db
from workshop.services.jobs import rules
from workshop.services.jobs.models import JobPause, JobState, ServiceJob
from workshop.services.jobs.rules import Rule, Span
from workshop.services.requests.models import Recurrence
from workshop.services.visits.models import Visit, VisitState

SERIES = (Recurrence.WEEKS, Recurrence.MONTHS, Recurrence.YEARLY)
OPEN = (VisitState.WAITING, VisitState.PLANNED)  # nobody is on the way yet, so its day can be changed
UNDER_WAY = (VisitState.ON_THE_WAY, VisitState.STARTED)
_DAY = timedelta(days=1)


def lay_ahead(now: datetime) -> int:
    """Write down the visits that have come near, and end what has run out; how many visits and endings.

    A block of its own for each agreement, so a worker that is killed loses at most one, until its next round.
    """
    today = clock.local_day(now)
    with db.reading() as session:
        due = session.scalars(_due(today)).all()
        has_ended = session.scalar(_over(today).limit(1)) is not None
    done = 0
    for job_id in due:
        with db.transaction() as session:
            done += lay(session, locked(session, job_id), today)
    if has_ended:
        with db.transaction() as session:
            done += end_finished(session, now)
    return done


def lay(session: Session, job: ServiceJob, today: date) -> int:
    """Write down the visits of an agreement that is locked, as far as they reach today; how many are new."""
    if job.recurrence not in SERIES or job.state is not JobState.ACTIVE:
        return 0
    rule = Rule.of(job)
    first = max(job.starts_on, today) if job.laid_until is None else job.laid_until + _DAY
    last = rules.reach(rule, today)
    resting = pauses_of(session, job.id)
    wanted = [day for day in rules.days(rule, first, last) if not rules.rests(resting, day)]
    made = _add(session, job, wanted)
    job.laid_until = max(last, job.laid_until or last)
    session.flush()
    return made


def locked(session: Session, job_id: int) -> ServiceJob:
    """An agreement as it stands now; whoever else changes it waits until the block ends."""
    return session.scalars(
        sa.select(ServiceJob).where(ServiceJob.id == job_id).with_for_update(),
        execution_options={"populate_existing": True},
    ).one()


def pauses_of(session: Session, job_id: int) -> list[Span]:
    """The stretches in which an agreement rests, the first first."""
    asked = sa.select(JobPause.from_on, JobPause.to_on).where(JobPause.job_id == job_id).order_by(JobPause.from_on)
    return [Span(row.from_on, row.to_on) for row in session.execute(asked)]


def first_visit(session: Session, job: ServiceJob, first_on: date | None, today: date) -> None:
    """The visit of a job that is one visit. A day that is gone, or was never settled, is for staff to find."""
    day = first_on if first_on is not None and first_on >= today else None
    session.add(_visit(job, day.isoformat() if day else "first", day))
    session.flush()


def end_finished(session: Session, now: datetime) -> int:
    """Jobs with nothing more to come are ended: the one visit is done, or the last day is gone. How many."""
    jobs = session.scalars(_over(clock.local_day(now)).with_for_update()).all()
    if jobs:
        session.execute(
            sa.update(ServiceJob)
            .where(ServiceJob.id.in_(jobs), ServiceJob.state == JobState.ACTIVE)
            .values(state=JobState.ENDED, ended_at=now, version=ServiceJob.version + 1),
            execution_options={"synchronize_session": False},
        )
        session.expire_all()
    return len(jobs)


def _add(session: Session, job: ServiceJob, wanted: Sequence[date]) -> int:
    """The visits of these days that are not there. The job is locked, and the key of job and occasion is the guard."""
    there = _occasions(session, job.id, {day.isoformat() for day in wanted})
    new = [day for day in wanted if day.isoformat() not in there]
    session.add_all(_visit(job, day.isoformat(), day) for day in new)
    session.flush()
    return len(new)


def _occasions(session: Session, job_id: int, asked: Collection[str]) -> set[str]:
    return set(session.scalars(sa.select(Visit.occasion).where(Visit.job_id == job_id, Visit.occasion.in_(asked))))


def _visit(job: ServiceJob, occasion: str, day: date | None) -> Visit:
    return Visit(
        job_id=job.id,
        occasion=occasion,
        original_on=day,
        day=day,
        minutes=job.visit_minutes,
        from_minute=job.from_minute,
        to_minute=job.to_minute,
    )


def _due(today: date) -> sa.Select[int]:
    """Agreements whose written visits do not reach far enough."""
    reach, more = today + rules.LAID_AHEAD, ServiceJob.ends_on > ServiceJob.laid_until
    return (
        sa.select(ServiceJob.id)
        .where(ServiceJob.state == JobState.ACTIVE, ServiceJob.recurrence.in_(SERIES))
        .where(sa.or_(ServiceJob.laid_until.is_(None), ServiceJob.laid_until < reach))
        .where(sa.or_(ServiceJob.laid_until.is_(None), ServiceJob.ends_on.is_(None), more))
        .order_by(ServiceJob.id)
    )


def _over(today: date) -> sa.Select[int]:
    """Active jobs with nothing more to come. One whose visit was not done, or was cancelled, waits for a new day."""

    def has(*states: VisitState) -> sa.ColumnElement[bool]:
        return sa.exists().where(Visit.job_id == ServiceJob.id, Visit.state.in_(states))

    is_done = sa.and_(ServiceJob.recurrence == Recurrence.NONE, has(VisitState.DONE))
    has_run_out = sa.and_(ServiceJob.recurrence != Recurrence.NONE, ServiceJob.ends_on < today)
    return sa.select(ServiceJob.id).where(
        ServiceJob.state == JobState.ACTIVE, ~has(*OPEN, *UNDER_WAY), sa.or_(is_done, has_run_out)
    )
