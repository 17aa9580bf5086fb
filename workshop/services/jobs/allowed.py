"""What may be done to visits and agreements, and by whom. Each no is a sentence for who asks: a customer, or staff."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.core import clock
from workshop.core.errors import Refusal
from workshop.core.i18n import _
from workshop.production.routines.closed import closed_days
from workshop.services.jobs import laying, rules
from workshop.services.jobs.laying import OPEN
from workshop.services.jobs.models import JobState, ServiceJob
from workshop.services.jobs.rules import Rule, Span
from workshop.services.requests.models import Recurrence
from workshop.services.visits.models import Visit, VisitState

LONGEST_PAUSE = timedelta(days=366)


def may_change(visit: Visit, today: date) -> bool:
    """Whether a customer can still move or cancel it: until the day before."""
    return visit.state in OPEN and visit.day is not None and visit.day > today


def must_be_customers(visit: Visit, now: datetime) -> None:
    """Raises Refusal when it is too late for a customer."""
    if not may_change(visit, clock.local_day(now)):
        raise Refusal(_("Du kan flytte og aflyse til og med dagen før. Ring til os, så finder vi ud af det."))


def must_suit(session: Session, job: ServiceJob, visit: Visit, day: date) -> None:
    """Raises Refusal for a day a customer cannot choose."""
    if visit.original_on is None:
        raise Refusal(_("Det besøg er aftalt for sig. Ring til os, så flytter vi det."))
    refused = _why_not(Rule.of(job), visit.original_on, day, *_known(session, job, visit, day, day))
    if refused is not None:
        raise Refusal(refused)


def days_to_choose(session: Session, job: ServiceJob, visit: Visit, today: date) -> list[date]:
    """The days a customer can move a visit to."""
    if visit.original_on is None or not may_change(visit, today):
        return []
    rule, original_on = Rule.of(job), visit.original_on
    first, last = rules.window(rule, original_on)
    known = _known(session, job, visit, first, last)
    days = (first + timedelta(days=ahead) for ahead in range((last - first).days + 1))
    return [
        day for day in days if day > today and day != visit.day and _why_not(rule, original_on, day, *known) is None
    ]


def _why_not(
    rule: Rule, original_on: date, day: date, pauses: list[Span], taken: set[date], closed: dict[date, str]
) -> str | None:
    """Within what was agreed, on a day we work, not in a pause, not twice on one day; else why not."""
    refused = rules.may_move(rule, original_on, day)
    if refused is not None:
        return refused
    if day in closed:
        return _("Vi holder lukket den dag: %(name)s. Vælg en anden dag.", name=closed[day])
    if day.weekday() in rules.WEEKEND:
        return _("Vi kommer på hverdage. Vælg en dag fra mandag til fredag.")
    if rules.rests(pauses, day):
        return _("Aftalen holder pause den dag. Vælg en anden dag.")
    if day in taken:
        return _("Vi kommer allerede den dag. Vælg en anden dag.")
    return None


def _known(
    session: Session, job: ServiceJob, visit: Visit, first: date, last: date
) -> tuple[list[Span], set[date], dict[date, str]]:
    """The pauses, the days other visits of the job have, and the holidays between two days."""
    others = sa.select(Visit.day).where(
        Visit.job_id == job.id,
        Visit.id != visit.id,
        Visit.day.between(first, last),
        Visit.state != VisitState.CANCELLED,
    )
    taken = {day for day in session.scalars(others) if day is not None}
    return laying.pauses_of(session, job.id), taken, closed_days(first, last)


def must_be_active(job: ServiceJob) -> None:
    """Raises Refusal when nothing is going on any more."""
    if job.state is not JobState.ACTIVE:
        raise Refusal(_("Aftalen er slut. Der er ikke noget at ændre."))


def must_make_a_pause(job: ServiceJob, from_on: date, to_on: date, today: date, by_staff_id: int | None) -> None:
    """Raises Refusal for days that make no pause."""
    if job.recurrence is Recurrence.NONE:
        raise Refusal(_("Kun en fast aftale kan holde pause."))
    if to_on < from_on:
        raise Refusal(_("Pausen slutter, før den begynder. Ret en af dagene."))
    if from_on < today or (by_staff_id is None and from_on == today):
        raise Refusal(_("Pausen kan tidligst begynde i morgen. Ring til os, hvis det haster."))
    if to_on - from_on > LONGEST_PAUSE:
        raise Refusal(_("En pause kan højst vare et år. Skal det være længere, så afslut aftalen."))


def must_be_a_last_day(job: ServiceJob, on: date, today: date, by_staff_id: int | None) -> None:
    """Raises Refusal for a day an agreement cannot end on. A customer gives notice."""
    if by_staff_id is None and on < today + rules.NOTICE:
        first = clock.day_text(today + rules.NOTICE)
        raise Refusal(
            _(
                "Du kan afslutte aftalen med %(days)s dages varsel. Den tidligste dag er %(day)s.",
                days=rules.NOTICE.days,
                day=first,
            )
        )
    if on < today:
        raise Refusal(_("Den dag er gået. Vælg en dag, der kommer."))
    if job.ends_on is not None and on > job.ends_on:
        raise Refusal(_("Aftalen slutter allerede %(day)s.", day=clock.day_text(job.ends_on)))


def window(visit: Visit, from_minute: int | None, to_minute: int | None) -> tuple[int, int]:
    """The window of a visit with what is changed in it, minutes after midnight. Raises Refusal when it is none."""
    first = visit.from_minute if from_minute is None else from_minute
    last = visit.to_minute if to_minute is None else to_minute
    if not 0 <= first < last < 24 * 60:
        raise Refusal(_("Tidsrummet skal begynde, før det slutter."))
    return first, last
