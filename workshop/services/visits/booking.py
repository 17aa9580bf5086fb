"""Quarters of an hour in which a team, a vehicle or a machine is taken. The database itself forbids a second visit."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime, timedelta

import sqlalchemy as sa
import sqlalchemy.exc
from sqlalchemy.orm import Session

from workshop.core import clock
from workshop.core.errors import Refusal
from workshop.core.i18n import _
from workshop.services.jobs.models import ServiceJob
from workshop.services.requests.models import ServicePlace
from workshop.services.visits import times
from workshop.services.visits.models import BookedQuarter, Resource, Visit, VisitResource

QUARTER = timedelta(minutes=15)
LONGEST_MINUTES = 12 * 60


class Taken(Refusal):
    """Something of what a visit needs is somewhere else at that time."""


def book(
    session: Session,
    visit: Visit,
    *,
    day: date,
    start_minute: int,
    minutes: int,
    resource_ids: Collection[int],
    is_second_pass: bool = False,
) -> None:
    """Set a visit's time and take what it needs for it; what it had before is let go of. Its state is left alone.

    `start_minute` is by the Danish wall clock, `minutes` are true elapsed time. Raises Taken, which says what has it
    and when, and Refusal for a time that does not exist or a length nobody works.
    """
    if not 0 < minutes <= LONGEST_MINUTES:
        raise Refusal(_("Et besøg kan højst vare %(most)s timer.", most=LONGEST_MINUTES // 60))
    begins = times.moment(day, start_minute, is_second_pass=is_second_pass)
    wanted = sorted(set(resource_ids))
    session.execute(sa.select(Visit.id).where(Visit.id == visit.id).with_for_update())  # planned by one at a time
    _take_turns(session, wanted)
    rows = [
        {"resource_id": resource_id, "starts_at": starts_at, "visit_id": visit.id}
        for resource_id in wanted
        for starts_at in quarters(begins, minutes)
    ]
    try:
        with session.begin_nested():  # refused, the visit keeps the time it had
            free(session, visit.id)
            if rows:
                session.execute(sa.insert(BookedQuarter), rows)
    except sqlalchemy.exc.IntegrityError as taken:
        raise _why(session, visit.id, wanted, begins, minutes) from taken
    session.execute(sa.delete(VisitResource).where(VisitResource.visit_id == visit.id))
    if wanted:
        session.execute(sa.insert(VisitResource), [{"visit_id": visit.id, "resource_id": each} for each in wanted])
    visit.day, visit.start_minute, visit.minutes, visit.is_second_pass = day, start_minute, minutes, is_second_pass
    session.flush()


def free(session: Session, visit_id: int) -> None:
    """Let go of the time of a visit; what it needs is remembered. Nothing taken: no change."""
    session.execute(sa.delete(BookedQuarter).where(BookedQuarter.visit_id == visit_id))


def quarters(begins: datetime, minutes: int) -> list[datetime]:
    """The quarters of an hour, UTC, that a stretch of true minutes touches."""
    first = begins.astimezone(UTC)
    first -= timedelta(minutes=first.minute % 15, seconds=first.second, microseconds=first.microsecond)
    ends = begins + timedelta(minutes=minutes)
    found = []
    while first < ends:
        found.append(first)
        first += QUARTER
    return found


def _take_turns(session: Session, resource_ids: Sequence[int]) -> None:
    """Those who want the same things come one after the other, in one order, so that nobody waits in a ring."""
    found = session.execute(
        sa.select(Resource.id, Resource.name, Resource.is_used)
        .where(Resource.id.in_(resource_ids))
        .order_by(Resource.id)
        .with_for_update()
    ).all()
    if len(found) != len(resource_ids):
        raise Refusal(_("Noget af det, du har valgt, findes ikke længere. Vælg igen."))
    for each in found:
        if not each.is_used:
            raise Refusal(_("%(name)s er taget ud af brug. Vælg noget andet.", name=each.name))


def _why(session: Session, visit_id: int, resource_ids: Sequence[int], begins: datetime, minutes: int) -> Taken:
    """What stands in the way, in words: the thing, where it is, and when."""
    taken = quarters(begins, minutes)
    rows = session.execute(
        sa.select(
            Resource.name,
            ServiceJob.title,
            ServicePlace.street,
            sa.func.min(BookedQuarter.starts_at).label("first"),
            sa.func.max(BookedQuarter.starts_at).label("last"),
        )
        .join(Resource, Resource.id == BookedQuarter.resource_id)
        .join(Visit, Visit.id == BookedQuarter.visit_id)
        .join(ServiceJob, ServiceJob.id == Visit.job_id)
        .join(ServicePlace, ServicePlace.id == ServiceJob.place_id)
        .where(
            BookedQuarter.resource_id.in_(resource_ids),
            BookedQuarter.visit_id.in_(_in_the_way(resource_ids, taken)),
            BookedQuarter.visit_id != visit_id,
        )
        .group_by(Resource.name, ServiceJob.title, ServicePlace.street, BookedQuarter.visit_id)
        .order_by(Resource.name, "first")
    ).all()
    if not rows:
        return Taken(_("Tiden blev taget af et andet besøg i det samme. Prøv igen."))
    said = [
        _(
            "%(what)s er optaget kl. %(from_)s–%(to)s: %(title)s, %(street)s.",
            what=row.name,
            from_=clock.clock_text(row.first),
            to=clock.clock_text(row.last + QUARTER),
            title=row.title,
            street=row.street,
        )
        for row in rows
    ]
    return Taken(" ".join((*said, _("Vælg et andet tidspunkt eller noget andet at bruge."))))


def _in_the_way(resource_ids: Sequence[int], taken: Sequence[datetime]) -> sa.Select[int]:
    return sa.select(BookedQuarter.visit_id).where(
        BookedQuarter.resource_id.in_(resource_ids), BookedQuarter.starts_at.in_(taken)
    )
