"""What speaks against a time for a visit. It is said in words and asked about; only people decide."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.core import clock
from workshop.core.i18n import _
from workshop.production.models import CapacityDay
from workshop.production.routines.closed import closed_days
from workshop.services.jobs import rules
from workshop.services.jobs.models import JobPause, ServiceJob
from workshop.services.jobs.rules import Flag, Rule, Span
from workshop.services.models import ServiceKind
from workshop.services.prices.seasons import is_in_season, season_text
from workshop.services.requests.models import Recurrence
from workshop.services.visits.models import Resource, ResourceKind, Visit, VisitResource, VisitState
from workshop.services.visits.times import minute_text, window_text
from workshop.services.visits.words import hours_text

IN_THE_PLAN = (VisitState.PLANNED, VisitState.ON_THE_WAY, VisitState.STARTED, VisitState.DONE)


def about(
    session: Session,
    visit: Visit,
    *,
    day: date,
    start_minute: int,
    minutes: int,
    resource_ids: Collection[int],
    now: datetime,
) -> list[str]:
    """The sentences to ask about before a visit is planned for this day and time; none: nothing speaks against it."""
    job = session.get_one(ServiceJob, visit.job_id)
    kind = session.get_one(ServiceKind, job.service_kind_id)
    said = _of_the_calendar(session, visit, job, kind, day, now)
    if visit.snow_alarm_id is None and not visit.from_minute <= start_minute <= visit.to_minute:
        window = window_text(visit.from_minute, visit.to_minute)
        said.append(_("Kunden regner med os %(window)s. Det bliver ændret i det, kunden får at vide.", window=window))
    if job.clear_by_minute is not None and start_minute + minutes > job.clear_by_minute:
        said.append(_("Der skal være ryddet kl. %(time)s. Det når vi ikke.", time=minute_text(job.clear_by_minute)))
    return said + _of_the_capacity(session, visit, job, day, minutes, resource_ids)


def _of_the_calendar(
    session: Session, visit: Visit, job: ServiceJob, kind: ServiceKind, day: date, now: datetime
) -> list[str]:
    said = []
    if day < clock.local_day(now):
        said.append(_("Dagen er gået."))
    if day <= job.withdraw_until and not job.may_start_early:  # over at once for those who have no such right
        said.append(
            _(
                "Kunden har ikke bedt os begynde før %(day)s. Fortryder kunden inden da, får vi ikke betaling.",
                day=clock.day_text(job.withdraw_until + timedelta(days=1)),
            )
        )
    closed = closed_days(day, day)
    rule = Rule.of(job)
    rests = session.execute(sa.select(JobPause.from_on, JobPause.to_on).where(JobPause.job_id == job.id))
    found = rules.flags(rule, visit.original_on, day, [Span(*row) for row in rests], closed)
    first, last = rules.window(rule, visit.original_on) if visit.original_on else (day, day)
    words = {
        Flag.IN_PAUSE: _("Kunden har sat aftalen på pause den dag."),
        Flag.AFTER_END: _("Aftalen er slut den dag."),
        Flag.OUT_OF_WINDOW: _(
            "Dagen ligger uden for det, der er aftalt: fra %(first)s til %(last)s.",
            first=clock.short_day(first),
            last=clock.short_day(last),
        ),
        Flag.OUT_OF_SEASON: _(
            "Dagen ligger uden for sæsonen, som er %(season)s.", season=season_text(job.season_from, job.season_to)
        ),
        Flag.ON_HOLIDAY: _("Det er en helligdag: %(name)s.", name=closed.get(day, "")),
        Flag.ON_WEEKEND: _("Det er weekend."),
    }
    said += [words[flag] for flag in found if flag in words]
    is_odd = job.recurrence is Recurrence.NONE and not is_in_season(day, kind.season_from, kind.season_to)
    if is_odd and Flag.OUT_OF_SEASON not in found:
        season = season_text(kind.season_from, kind.season_to)
        said.append(_("%(kind)s laver vi i sæsonen, som er %(season)s.", kind=kind.name, season=season))
    return said


def _of_the_capacity(
    session: Session, visit: Visit, job: ServiceJob, day: date, minutes: int, resource_ids: Collection[int]
) -> list[str]:
    """Whether the day's team minutes are enough for what its departments' teams have with this visit."""
    departments = session.scalars(
        sa.select(Resource.department_id)
        .where(Resource.id.in_(resource_ids), Resource.kind == ResourceKind.TEAM)
        .distinct()
    ).all()
    said = []
    for department_id in departments:
        there = session.get(CapacityDay, (day, department_id))
        if there is None:
            continue
        wanted = planned_minutes(session, day, department_id, but_not=visit.id) + minutes * job.crew
        if wanted > there.team_minutes:
            said.append(
                _(
                    "Der er folk til %(there)s den dag, og med dette besøg er der planlagt %(wanted)s.",
                    there=hours_text(there.team_minutes),
                    wanted=hours_text(wanted),
                )
            )
    return said


def planned_minutes(session: Session, day: date, department_id: int, *, but_not: int) -> int:
    """The person minutes that visits of a department's teams have on a day already."""
    of_teams = (
        sa.select(VisitResource.visit_id)
        .join(Resource, Resource.id == VisitResource.resource_id)
        .where(Resource.kind == ResourceKind.TEAM, Resource.department_id == department_id)
    )
    total = session.scalar(
        sa.select(sa.func.sum(Visit.minutes * ServiceJob.crew))
        .join(ServiceJob, ServiceJob.id == Visit.job_id)
        .where(Visit.day == day, Visit.state.in_(IN_THE_PLAN), Visit.id != but_not, Visit.id.in_(of_teams))
    )
    return int(total or 0)
