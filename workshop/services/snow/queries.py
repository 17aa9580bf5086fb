"""Reads about snow: alarms, who is to be called out, and the log that shows what was done."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.core import clock
from workshop.core.i18n import _
from workshop.services.billing.periods import is_in_season
from workshop.services.jobs.models import JobPause, JobState, ServiceJob
from workshop.services.requests.models import Recurrence, ServicePlace
from workshop.services.snow.limits import Window, window
from workshop.services.snow.models import AlarmState, SnowAlarm
from workshop.services.visits import photos, times
from workshop.services.visits import queries as visits
from workshop.services.visits.models import (
    Resource,
    ResourceKind,
    Visit,
    VisitMaterial,
    VisitPhoto,
    VisitResource,
    VisitState,
)

SHOWN = 20
NEAR = timedelta(hours=12)
NO_PRIORITY, NO_LIMIT = 99, 24 * 60
STILL_TO_COME = (VisitState.WAITING, VisitState.PLANNED, VisitState.ON_THE_WAY, VisitState.STARTED)


@dataclass(frozen=True)
class CallRow:
    """An agreement about snow as an alarm sees it. `reason` says why it is proposed, or why it is not."""

    job_id: int
    public_id: str
    number: str
    title: str
    customer: str
    address: str
    trigger_cm: int
    priority: int | None
    minutes: int
    window: Window
    reason: str
    is_proposed: bool
    may_be_called: bool  # still open to be ticked
    visit_public_id: str = ""  # called out for this alarm already
    visit_state: VisitState | None = None
    visit_when: str = ""  # its day and time once it has them, and who drives

    @property
    def limit_text(self) -> str:
        """`ryddet kl. 7.00` in a word or two."""
        if self.window.has_limit:
            return _("inden kl. %(time)s", time=times.minute_text(self.window.to_minute))
        return _("hurtigst muligt")


@dataclass(frozen=True)
class LogRow:
    """One visit of the log: what shows that it was made, and when. Nothing of who came."""

    visit_id: int
    public_id: str
    day: date | None
    state: VisitState
    depth_cm: int | None
    snow_from: datetime | None
    on_way_at: datetime | None
    started_at: datetime | None
    done_at: datetime | None
    note: str
    why: str
    materials: tuple[VisitMaterial, ...]
    photos: tuple[VisitPhoto, ...]  # those that staff have seen nobody on


class AgreementRow(NamedTuple):
    """An agreement about snow in staff's list."""

    public_id: str
    number: str
    title: str
    customer: str
    address: str
    trigger_cm: int | None
    priority: int | None
    clear_by_minute: int | None
    state: JobState
    made: int


def alarms(session: Session) -> list[SnowAlarm]:
    """Those that wait for an answer, then the newest."""
    is_answered = SnowAlarm.state != AlarmState.PROPOSED
    return list(
        session.scalars(
            sa.select(SnowAlarm).order_by(is_answered, SnowAlarm.raised_at.desc(), SnowAlarm.id.desc()).limit(SHOWN)
        )
    )


def last_drove(session: Session) -> dict[int, int | None]:
    """Team -> its vehicle, if any, when somebody was last called out: what to begin with the next time it snows."""
    last = sa.select(sa.func.max(Visit.snow_alarm_id)).join(VisitResource, VisitResource.visit_id == Visit.id)
    rows = session.execute(
        sa.select(VisitResource.visit_id, Resource.id, Resource.kind)
        .join(Resource, Resource.id == VisitResource.resource_id)
        .join(Visit, Visit.id == VisitResource.visit_id)
        .where(Visit.snow_alarm_id == last.scalar_subquery(), Resource.is_used)
        .order_by(VisitResource.visit_id, Resource.id)
    ).all()
    of_visit = {row.visit_id: row.id for row in rows if row.kind is ResourceKind.VEHICLE}
    return {row.id: of_visit.get(row.visit_id) for row in rows if row.kind is ResourceKind.TEAM}


def alarm_by_public_id(session: Session, public_id: str, *, is_locked: bool = False) -> SnowAlarm | None:
    """One alarm, as a row one may change."""
    found = sa.select(SnowAlarm).where(SnowAlarm.public_id == public_id)
    if is_locked:
        found = found.with_for_update().execution_options(populate_existing=True)
    return session.scalar(found)


def near(session: Session, at: datetime) -> list[SnowAlarm]:
    """Alarms about snow within half a day of a moment, the newest first."""
    found = sa.select(SnowAlarm).where(SnowAlarm.from_at.between(at - NEAR, at + NEAR))
    return list(session.scalars(found.order_by(SnowAlarm.id.desc())))


def least_trigger(session: Session, day: date) -> int | None:
    """The depth from which somebody is to be cleared on a day; None while there is no agreement."""
    triggers = [job.trigger_cm or 1 for job, _place in _agreements(session, day)]
    return min(triggers, default=None)


def proposal(session: Session, alarm: SnowAlarm) -> list[CallRow]:
    """Every agreement about snow that runs, those to be called out first: by priority, limit and number.

    Five questions, however many agreements.
    """
    day = clock.local_day(alarm.from_at)
    agreed = _agreements(session, day)
    job_ids = [job.id for job, _place in agreed]
    resting = set(
        session.scalars(
            sa.select(JobPause.job_id).where(
                JobPause.job_id.in_(job_ids), JobPause.from_on <= day, JobPause.to_on >= day
            )
        )
    )
    of_alarm, of_others = _visits(session, alarm, job_ids)
    needs = visits.needs_of(session, [visit.id for visit in of_alarm.values()])
    rows = [
        _row(job, place, alarm, job.id in resting, of_alarm.get(job.id), of_others.get(job.id), needs)
        for job, place in agreed
    ]
    return sorted(rows, key=_order)


def _order(row: CallRow) -> tuple[bool, int, bool, int, str]:
    later = row.window.to_minute if row.window.has_limit else NO_LIMIT
    is_out = not (row.is_proposed or row.visit_public_id)
    return is_out, row.priority or NO_PRIORITY, not row.window.has_limit, later, row.number


def _agreements(session: Session, day: date) -> list[tuple[ServiceJob, ServicePlace]]:
    """The agreements about snow that run on a day, whether or not they rest."""
    found = (
        sa.select(ServiceJob, ServicePlace)
        .join(ServicePlace, ServicePlace.id == ServiceJob.place_id)
        .where(
            ServiceJob.state == JobState.ACTIVE,
            ServiceJob.recurrence == Recurrence.ON_SNOW,
            ServiceJob.starts_on <= day,
            sa.or_(ServiceJob.ends_on.is_(None), ServiceJob.ends_on >= day),
        )
        .order_by(ServiceJob.id)
    )
    rows = session.execute(found)
    return [(job, place) for job, place in rows if is_in_season(day, job.season_from, job.season_to)]


def _visits(session: Session, alarm: SnowAlarm, job_ids: Sequence[int]) -> tuple[dict[int, Visit], dict[int, Visit]]:
    """Job -> its visit for this alarm, and job -> one for another alarm that is still to be made."""
    of_alarm, of_others = {}, {}
    found = sa.select(Visit).where(Visit.job_id.in_(job_ids), Visit.snow_alarm_id.is_not(None))
    open_or_own = sa.or_(Visit.snow_alarm_id == alarm.id, Visit.state.in_(STILL_TO_COME))
    for visit in session.scalars(found.where(open_or_own).order_by(Visit.id)):
        if visit.snow_alarm_id == alarm.id:
            of_alarm[visit.job_id] = visit
        else:
            of_others[visit.job_id] = visit
    return of_alarm, of_others


def _row(
    job: ServiceJob,
    place: ServicePlace,
    alarm: SnowAlarm,
    is_resting: bool,
    own: Visit | None,
    other: Visit | None,
    needs: Mapping[int, Sequence[visits.Needed]],
) -> CallRow:
    trigger = job.trigger_cm or 1
    is_deep = alarm.depth_cm >= trigger
    if own is not None:
        reason = _("Er kaldt ud.")
    elif is_resting:
        reason = _("Aftalen hviler den dag.")
    elif not is_deep:
        reason = _("Kommer først fra %(cm)s cm.", cm=trigger)
    elif other is not None:
        reason = _("Skal allerede ryddes efter en tidligere alarm.")
    else:
        reason = _("%(depth)s cm, og vi kommer fra %(cm)s cm.", depth=alarm.depth_cm, cm=trigger)
    may_be_called = own is None and is_deep and not is_resting
    return CallRow(
        job_id=job.id,
        public_id=job.public_id,
        number=job.number,
        title=job.title,
        customer=place.company_name or place.customer_name,
        address=f"{place.street}, {place.postcode} {place.town}",
        trigger_cm=trigger,
        priority=job.priority,
        minutes=job.visit_minutes,
        window=window(alarm.from_at, job.clear_by_minute),
        reason=reason,
        is_proposed=may_be_called and other is None,
        may_be_called=may_be_called,
        visit_public_id=own.public_id if own else "",
        visit_state=own.state if own else None,
        visit_when=_when(own, needs.get(own.id, ())) if own else "",
    )


def _when(visit: Visit, needs: Sequence[visits.Needed]) -> str:
    """`13. jan. kl. 4.00, Hold Eg, Den blå bil`, or that nobody has it yet."""
    if visit.day is None or visit.start_minute is None:
        return _("Mangler et hold")
    at = _("%(day)s kl. %(time)s", day=clock.short_day(visit.day), time=times.minute_text(visit.start_minute))
    return ", ".join([at, *(each.name for each in needs)])


def agreements(session: Session) -> list[AgreementRow]:
    """Every agreement about snow, the running ones first, with how often we have been there."""
    made = (
        sa.select(sa.func.count(Visit.id))
        .where(Visit.job_id == ServiceJob.id, Visit.state == VisitState.DONE)
        .scalar_subquery()
    )
    place = ServicePlace
    rows = session.execute(
        sa.select(ServiceJob, place, made)
        .join(place, place.id == ServiceJob.place_id)
        .where(ServiceJob.recurrence == Recurrence.ON_SNOW)
        .order_by(
            ServiceJob.state != JobState.ACTIVE, ServiceJob.priority.is_(None), ServiceJob.priority, ServiceJob.number
        )
    )
    return [
        AgreementRow(
            job.public_id, job.number, job.title, at.company_name or at.customer_name,
            f"{at.street}, {at.postcode} {at.town}", job.trigger_cm, job.priority, job.clear_by_minute, job.state,
            count,
        )
        for job, at, count in rows
    ]  # fmt: skip


def snow_job(session: Session, public_id: str) -> tuple[ServiceJob, ServicePlace] | None:
    """An agreement about snow with its place."""
    found = (
        sa.select(ServiceJob, ServicePlace)
        .join(ServicePlace, ServicePlace.id == ServiceJob.place_id)
        .where(ServiceJob.public_id == public_id, ServiceJob.recurrence == Recurrence.ON_SNOW)
    )
    row = session.execute(found).first()
    return (row[0], row[1]) if row else None


def seasons(job: ServiceJob, rows: Collection[LogRow]) -> list[int]:
    """The years in which the seasons of a log began, the newest first."""
    return sorted({season_of(job, row.day) for row in rows if row.day is not None}, reverse=True)


def season_of(job: ServiceJob, day: date) -> int:
    """The year in which the season of a day began."""
    begins, ends = job.season_from, job.season_to
    is_after_new_year = begins is not None and ends is not None and ends < begins and f"{day:%m-%d}" < begins
    return day.year - is_after_new_year


def log_of(session: Session, job_id: int) -> list[LogRow]:
    """What was done for an agreement, the oldest first; photos are those that may be shown. Three questions."""
    found = session.execute(
        sa.select(Visit, SnowAlarm)
        .outerjoin(SnowAlarm, SnowAlarm.id == Visit.snow_alarm_id)
        .where(Visit.job_id == job_id, Visit.state != VisitState.CANCELLED)
        .order_by(Visit.day, Visit.started_at, Visit.id)
    ).all()
    visit_ids = [visit.id for visit, _alarm in found]
    used = visits.materials_of(session, visit_ids)
    shown = photos.shown(session, visit_ids)
    return [
        LogRow(
            visit_id=visit.id,
            public_id=visit.public_id,
            day=visit.day,
            state=visit.state,
            depth_cm=alarm.depth_cm if alarm else None,
            snow_from=alarm.from_at if alarm else None,
            on_way_at=visit.on_way_at,
            started_at=visit.started_at,
            done_at=visit.done_at,
            note=visit.note,
            why=visit.why,
            materials=tuple(used.get(visit.id, ())),
            photos=tuple(shown.get(visit.id, ())),
        )
        for visit, alarm in found
    ]
