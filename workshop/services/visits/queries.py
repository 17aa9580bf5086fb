"""Visits as pages and papers show them. Always the same few questions, whatever the number of rows."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.services.jobs.models import ServiceJob
from workshop.services.models import Postcode, ServiceKind
from workshop.services.requests.models import PriceBasis, ServicePlace, ServiceQuote, ServiceRequest
from workshop.services.visits.models import Resource, ResourceKind, Visit, VisitMaterial, VisitResource, VisitState

IN_THE_PLAN = (VisitState.PLANNED, VisitState.ON_THE_WAY, VisitState.STARTED, VisitState.DONE, VisitState.NOT_DONE)


class Needed(NamedTuple):
    """Something a visit needs."""

    visit_id: int
    id: int
    public_id: str
    kind: ResourceKind
    name: str
    department_id: int
    equipment: list[str]


class Facts(NamedTuple):
    """A visit's own columns and those of its job and place, without what only those who go there may read."""

    id: int
    public_id: str
    state: VisitState
    day: date | None
    start_minute: int | None
    is_second_pass: bool
    minutes: int
    from_minute: int
    to_minute: int
    position: int | None
    original_on: date | None
    is_moved: bool
    snow_alarm_id: int | None
    told_at: datetime | None
    on_way_at: datetime | None
    started_at: datetime | None
    done_at: datetime | None
    units_done: Decimal | None
    note: str
    why: str
    version: int
    job_id: int
    job_public_id: str
    number: str
    title: str
    job_note: str
    equipment: list[str]
    crew: int
    units: Decimal
    basis: PriceBasis
    priority: int | None
    clear_by_minute: int | None
    customer_name: str
    company_name: str
    customer_phone: str
    customer_email: str
    street: str
    postcode: str
    town: str
    unit: str
    latitude_e6: int | None
    longitude_e6: int | None
    is_place_known: bool  # its own coordinates, not the middle of its postcode


@dataclass(frozen=True)
class VisitRow:
    """A visit with what it needs."""

    facts: Facts
    needs: tuple[Needed, ...]

    @property
    def team(self) -> Needed | None:
        """Its team, once it has one."""
        return next((each for each in self.needs if each.kind is ResourceKind.TEAM), None)

    @property
    def is_open(self) -> bool:
        """Whether something is still to be done about it."""
        return self.facts.state not in (VisitState.DONE, VisitState.CANCELLED, VisitState.NOT_DONE)

    @property
    def is_untold(self) -> bool:
        """Whether its customer is to hear the day, and has not. Snow is not told: it comes when it comes."""
        facts = self.facts
        return facts.state is VisitState.PLANNED and facts.told_at is None and facts.snow_alarm_id is None

    @property
    def person_minutes(self) -> int:
        """What it takes of the day's team minutes."""
        return self.facts.minutes * self.facts.crew


def of_job(session: Session, job_id: int) -> list[VisitRow]:
    """All visits of a job, by day; those without one last."""
    return _rows(session, _select().where(Visit.job_id == job_id))


def on_day(session: Session, day: date, department_ids: Collection[int] | None) -> list[VisitRow]:
    """The visits planned for a day by teams of these departments, by time; None means every department."""
    found = _select().where(Visit.day == day, Visit.state.in_(IN_THE_PLAN))
    if department_ids is not None:
        of_theirs = (
            sa.select(VisitResource.visit_id)
            .join(Resource, Resource.id == VisitResource.resource_id)
            .where(Resource.department_id.in_(department_ids))
        )
        found = found.where(Visit.id.in_(of_theirs))
    return _rows(session, found)


def between(session: Session, first: date, last: date) -> list[VisitRow]:
    """The visits in the plan between two days, both included."""
    return _rows(session, _select().where(Visit.day.between(first, last), Visit.state.in_(IN_THE_PLAN)))


def to_plan(session: Session, until: date) -> list[VisitRow]:
    """The visits that wait for a team: those without a day first, then by day."""
    is_near = sa.or_(Visit.day.is_(None), Visit.day <= until)
    found = _rows(session, _select().where(Visit.state == VisitState.WAITING, is_near))
    return sorted(found, key=lambda each: (each.facts.day is not None, each.facts.day or date.min, each.facts.id))


def late(session: Session, today: date) -> list[VisitRow]:
    """Visits of days gone by that nobody has said the end of."""
    is_under_way = Visit.state.in_((VisitState.PLANNED, VisitState.ON_THE_WAY, VisitState.STARTED))
    return _rows(session, _select().where(Visit.day < today, is_under_way))


def row(session: Session, public_id: str) -> VisitRow | None:
    """One visit as a page shows it."""
    return next(iter(_rows(session, _select().where(Visit.public_id == public_id))), None)


def visit_by_public_id(session: Session, public_id: str) -> Visit | None:
    """The visit itself, to do something with."""
    return session.scalar(sa.select(Visit).where(Visit.public_id == public_id))


def access_notes(session: Session, job_ids: Collection[int]) -> dict[int, str]:
    """Job id -> gate code, dog, where the key lies. Only for those who may visit."""
    found = sa.select(ServiceJob.id, ServicePlace.access_note).join(
        ServicePlace, ServicePlace.id == ServiceJob.place_id
    )
    rows = session.execute(found.where(ServiceJob.id.in_(job_ids), ServicePlace.access_note != ""))
    return {row.id: row.access_note for row in rows}


def wishes_of(session: Session, job_id: int) -> list[int]:
    """The numbers of the weeks the customer wished for when they asked, as they were written."""
    found = session.scalar(
        sa.select(ServiceRequest.wishes)
        .join(ServiceQuote, ServiceQuote.request_id == ServiceRequest.id)
        .join(ServiceJob, ServiceJob.quote_id == ServiceQuote.id)
        .where(ServiceJob.id == job_id)
    )
    return [int(week.rpartition("W")[2]) for week in found or [] if week.rpartition("W")[2].isdigit()]


def materials_of(session: Session, visit_ids: Collection[int]) -> dict[int, list[VisitMaterial]]:
    """Visit id -> what was used on it."""
    found: dict[int, list[VisitMaterial]] = {}
    used = sa.select(VisitMaterial).where(VisitMaterial.visit_id.in_(visit_ids)).order_by(VisitMaterial.id)
    for each in session.scalars(used):
        found.setdefault(each.visit_id, []).append(each)
    return found


def resources(session: Session, *, only_used: bool = True) -> list[Resource]:
    """Teams, vehicles and machines, by kind and name."""
    found = sa.select(Resource).order_by(Resource.kind, Resource.name)
    if only_used:
        found = found.where(Resource.is_used.is_(True))
    order = list(ResourceKind)
    return sorted(session.scalars(found), key=lambda each: (order.index(each.kind), each.name))


def middle_of(session: Session, postcode: str) -> tuple[int, int] | None:
    """The middle of a postcode, in millionths of a degree; None where nobody has typed it."""
    found = session.get(Postcode, postcode)
    if found is None or found.latitude_e6 is None or found.longitude_e6 is None:
        return None
    return found.latitude_e6, found.longitude_e6


def _select() -> sa.Select[*tuple[Any, ...]]:
    is_known = sa.and_(ServicePlace.latitude_e6.is_not(None), ServicePlace.longitude_e6.is_not(None))
    of_visit = (
        Visit.id, Visit.public_id, Visit.state, Visit.day, Visit.start_minute, Visit.is_second_pass, Visit.minutes,
        Visit.from_minute, Visit.to_minute, Visit.position, Visit.original_on, Visit.is_moved, Visit.snow_alarm_id,
        Visit.told_at, Visit.on_way_at, Visit.started_at, Visit.done_at, Visit.units_done, Visit.note, Visit.why,
        Visit.version,
    )  # fmt: skip
    of_job = (
        Visit.job_id, ServiceJob.public_id, ServiceJob.number, ServiceJob.title, ServiceJob.note, ServiceJob.equipment,
        ServiceJob.crew, ServiceJob.units, ServiceJob.basis, ServiceJob.priority, ServiceJob.clear_by_minute,
    )  # fmt: skip
    of_place = (
        ServicePlace.customer_name, ServicePlace.company_name, ServicePlace.customer_phone,
        ServicePlace.customer_email, ServicePlace.street, ServicePlace.postcode, ServicePlace.town, ServiceKind.unit,
        sa.case((is_known, ServicePlace.latitude_e6), else_=Postcode.latitude_e6),
        sa.case((is_known, ServicePlace.longitude_e6), else_=Postcode.longitude_e6),
        is_known,
    )  # fmt: skip
    return (
        sa.select(*of_visit, *of_job, *of_place)
        .join(ServiceJob, ServiceJob.id == Visit.job_id)
        .join(ServicePlace, ServicePlace.id == ServiceJob.place_id)
        .join(ServiceKind, ServiceKind.id == ServiceJob.service_kind_id)
        .outerjoin(Postcode, Postcode.code == ServicePlace.postcode)
        .order_by(Visit.day, Visit.start_minute, Visit.id)
    )


def _rows(session: Session, found: sa.Select[*tuple[Any, ...]]) -> list[VisitRow]:
    facts = [Facts._make(each) for each in session.execute(found)]
    needs = needs_of(session, [each.id for each in facts])
    return [VisitRow(each, tuple(needs.get(each.id, ()))) for each in facts]


def needs_of(session: Session, visit_ids: Sequence[int]) -> dict[int, list[Needed]]:
    """Visit id -> what it needs, the team first."""
    if not visit_ids:
        return {}
    columns = (
        VisitResource.visit_id, Resource.id, Resource.public_id, Resource.kind, Resource.name,
        Resource.department_id, Resource.equipment,
    )  # fmt: skip
    rows = session.execute(
        sa.select(*columns)
        .join(Resource, Resource.id == VisitResource.resource_id)
        .where(VisitResource.visit_id.in_(visit_ids))
        .order_by(Resource.name)
    )
    return _by_visit(Needed._make(each) for each in rows)


def _by_visit(rows: Iterable[Needed]) -> dict[int, list[Needed]]:
    order = list(ResourceKind)
    found: dict[int, list[Needed]] = {}
    for each in sorted(rows, key=lambda one: order.index(one.kind)):
        found.setdefault(each.visit_id, []).append(each)
    return found
