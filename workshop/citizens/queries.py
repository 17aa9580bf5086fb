"""Reads about citizens. What staff may see is a matter of department; whose caseload it is, of the contact person."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.accounts.models import Department, Staff
from workshop.citizens import caseload as caseloads
from workshop.citizens.attendance import AttendanceMark
from workshop.citizens.models import AttendanceEntry, Citizen, ContactPerson, Enrolment, WeekPlanDay
from workshop.core.access import Actor
from workshop.core.errors import NotHere
from workshop.core.pictures import PICTURES

AWAY = (AttendanceMark.NOTIFIED, AttendanceMark.NO_MESSAGE, AttendanceMark.AGREED_AWAY)
HERE = (AttendanceMark.CAME, AttendanceMark.CAME_PARTLY)


class Face(NamedTuple):
    """A picture on the tablet: whose it is stands nowhere before the code."""

    public_id: str
    picture: str


class Me(NamedTuple):
    """The person at the tablet, for the head of their own pages."""

    name: str
    picture: str


class NotYours(NotHere):
    """Somebody, but not of the actor's: answered like nobody at all, and the try stands in the log.

    `people` are public ids.
    """

    def __init__(self, people: Collection[str]) -> None:
        super().__init__()
        self.people = sorted(people)


class PersonRow(NamedTuple):
    """A citizen as lists show one: never sorted by anything but the name."""

    id: int
    public_id: str
    full_name: str
    display_name: str
    picture: str
    account_id: int
    department: str
    contact: str | None
    is_mine: bool


class PlanRow(NamedTuple):
    """An agreed weekday: Monday is 0, the start in minutes after midnight, the length in minutes."""

    weekday: int
    start_minute: int
    minutes: int


def citizen_for(session: Session, actor: Actor, public_id: str) -> Citizen:
    """The citizen, when the actor may know of them: staff of the same department, or the citizen themselves.

    Raises NotHere for another department, another person, or nobody at all: the three cannot be told apart. For
    somebody it is NotYours, which leaves a row in the log.
    """
    citizen = session.scalar(sa.select(Citizen).where(Citizen.public_id == public_id))
    if citizen is None:
        raise NotHere
    if not is_known_to(actor, citizen):
        raise NotYours([public_id])
    return citizen


def public_id_of(session: Session, citizen_id: int) -> str:
    """The random id of a citizen, for a row in the log."""
    return session.execute(sa.select(Citizen.public_id).where(Citizen.id == citizen_id)).scalar_one()


def is_somebody(session: Session, public_id: str) -> bool:
    """Whether a random id is a citizen's, for a row in the log about somebody who tried to open their file."""
    return session.scalar(sa.select(Citizen.id).where(Citizen.public_id == public_id)) is not None


def is_known_to(actor: Actor, citizen: Citizen) -> bool:
    """Whether the actor may know of this citizen at all."""
    if actor.is_citizen:
        return citizen.account_id == actor.account_id
    return actor.may("citizen:read") and citizen.department_id in actor.department_ids


def own_citizen(session: Session, actor: Actor) -> Citizen:
    """The signed-in citizen's own row. Raises NotHere for staff."""
    citizen = session.scalar(sa.select(Citizen).where(Citizen.account_id == actor.account_id, Citizen.is_active))
    if citizen is None:
        raise NotHere
    return citizen


def me(session: Session, account_id: int) -> Me | None:
    """Name and picture of the person at the tablet."""
    row = session.execute(
        sa.select(Citizen.display_name, Citizen.picture).where(Citizen.account_id == account_id)
    ).one_or_none()
    return Me(*row) if row else None


def expected_today(session: Session, department_id: int, day: date) -> list[Face]:
    """The pictures of those a tablet may expect: agreed for the day and not marked away, or marked as here.

    In the order of the pictures, so that everybody finds theirs in the same place; no names.
    """
    rows = session.execute(
        sa.select(Citizen.public_id, Citizen.picture).where(*_expected(day), Citizen.department_id == department_id)
    )
    place = {name: index for index, name in enumerate(PICTURES)}
    return sorted((Face(*row) for row in rows), key=lambda face: place.get(face.picture, len(place)))


def expected_citizen(session: Session, department_id: int, day: date, public_id: str) -> Citizen:
    """The person behind a picture of today. Raises NotHere when no such picture is shown."""
    citizen = session.scalar(
        sa.select(Citizen).where(
            *_expected(day), Citizen.department_id == department_id, Citizen.public_id == public_id
        )
    )
    if citizen is None:
        raise NotHere
    return citizen


def _expected(day: date) -> tuple[sa.ColumnExpressionArgument[bool], ...]:
    marked = sa.select(AttendanceEntry.citizen_id).where(AttendanceEntry.day == day)
    planned = Citizen.id.in_(planned_on(day)) & Citizen.id.not_in(marked.where(AttendanceEntry.mark.in_(AWAY)))
    came_anyway = Citizen.id.in_(marked.where(AttendanceEntry.mark.in_(HERE)))
    return Citizen.is_active, Citizen.id.in_(enrolled_on(day)), planned | came_anyway


def enrolled_on(day: date) -> sa.Select[Any]:
    """The ids of citizens with an enrolment that covers the day."""
    return sa.select(Enrolment.citizen_id).where(
        Enrolment.started_on <= day, sa.or_(Enrolment.ends_on.is_(None), Enrolment.ends_on >= day)
    )


def planned_on(day: date) -> sa.Select[Any]:
    """The ids of citizens whose week plan, in the version of that day, has the weekday."""
    newest = (
        sa.select(WeekPlanDay.citizen_id, sa.func.max(WeekPlanDay.valid_from).label("valid_from"))
        .where(WeekPlanDay.valid_from <= day)
        .group_by(WeekPlanDay.citizen_id)
        .subquery()
    )
    return (
        sa.select(WeekPlanDay.citizen_id)
        .join(
            newest,
            sa.and_(newest.c.citizen_id == WeekPlanDay.citizen_id, newest.c.valid_from == WeekPlanDay.valid_from),
        )
        .where(WeekPlanDay.weekday == day.weekday())
    )


def is_enrolled(session: Session, citizen_id: int, day: date) -> bool:
    """Whether the person had, has or will have a stay that covers the day."""
    covering = enrolled_on(day).where(Enrolment.citizen_id == citizen_id)
    return session.execute(covering.limit(1)).first() is not None


def week_plan(session: Session, citizen_id: int, day: date) -> list[PlanRow]:
    """The agreed weekdays in the version that holds on the day."""
    newest = (
        sa.select(sa.func.max(WeekPlanDay.valid_from))
        .where(WeekPlanDay.citizen_id == citizen_id, WeekPlanDay.valid_from <= day)
        .scalar_subquery()
    )
    rows = session.execute(
        sa.select(WeekPlanDay.weekday, WeekPlanDay.start_minute, WeekPlanDay.minutes)
        .where(WeekPlanDay.citizen_id == citizen_id, WeekPlanDay.valid_from == newest)
        .order_by(WeekPlanDay.weekday)
    )
    return [PlanRow(*row) for row in rows]


def marks_of_day(session: Session, citizen_ids: Collection[int], day: date) -> dict[int, AttendanceMark]:
    """What has been written about a day, for these people."""
    rows = session.execute(
        sa.select(AttendanceEntry.citizen_id, AttendanceEntry.mark).where(
            AttendanceEntry.day == day, AttendanceEntry.citizen_id.in_(citizen_ids)
        )
    )
    return {row.citizen_id: row.mark for row in rows}


def arrivals_of_day(session: Session, citizen_ids: Collection[int], day: date) -> dict[int, datetime]:
    """When these people came on a day, where somebody wrote it down."""
    rows = session.execute(
        sa.select(AttendanceEntry.citizen_id, AttendanceEntry.came_at).where(
            AttendanceEntry.day == day,
            AttendanceEntry.citizen_id.in_(citizen_ids),
            AttendanceEntry.came_at.is_not(None),
        )
    )
    return {row.citizen_id: row.came_at for row in rows}


def away_between(session: Session, citizen_ids: Collection[int], first: date, last: date) -> set[tuple[int, date]]:
    """(citizen, day) of everybody known to be away, first and last day included."""
    rows = session.execute(
        sa.select(AttendanceEntry.citizen_id, AttendanceEntry.day).where(
            AttendanceEntry.day.between(first, last),
            AttendanceEntry.mark.in_(AWAY),
            AttendanceEntry.citizen_id.in_(citizen_ids),
        )
    )
    return {(citizen_id, day) for citizen_id, day in rows}


def presence(session: Session, department_ids: Collection[int], day: date) -> tuple[int, int]:
    """(came, agreed) of a day, as counts for the head of the board."""
    here = Citizen.is_active & Citizen.department_id.in_(department_ids)
    agreed = sa.select(sa.func.count(Citizen.id)).where(
        here, Citizen.id.in_(planned_on(day)), Citizen.id.in_(enrolled_on(day))
    )
    came = agreed.where(
        Citizen.id.in_(
            sa.select(AttendanceEntry.citizen_id).where(AttendanceEntry.day == day, AttendanceEntry.mark.in_(HERE))
        )
    )
    return session.scalar(came) or 0, session.scalar(agreed) or 0


def agreed_ids(session: Session, department_ids: Collection[int], day: date) -> set[int]:
    """The ids of everybody of these departments who is agreed for the day."""
    return set(
        session.scalars(
            sa.select(Citizen.id).where(
                Citizen.is_active,
                Citizen.department_id.in_(department_ids),
                Citizen.id.in_(planned_on(day)),
                Citizen.id.in_(enrolled_on(day)),
            )
        )
    )


def everyone(
    session: Session, actor: Actor, day: date, *, only_mine: bool = False, only_enrolled: bool = False
) -> list[PersonRow]:
    """The active citizens of the actor's departments, by Danish name.

    `only_mine` is the actor's caseload, own and looked after; `only_enrolled` those with a stay that covers the day.
    Nobody, for an actor who has nothing to do with people.
    """
    contact = sa.and_(ContactPerson.citizen_id == Citizen.id, caseloads.is_contact_on(day))
    is_mine = caseloads.is_theirs(actor.account_id, day)
    departments = actor.department_ids if actor.may("citizen:read") else ()
    wanted = (
        sa.select(
            Citizen.id,
            Citizen.public_id,
            Citizen.full_name,
            Citizen.display_name,
            Citizen.picture,
            Citizen.account_id,
            Department.name,
            Staff.name,
            sa.func.coalesce(is_mine, sa.false()),
        )
        .join(Department, Department.id == Citizen.department_id)
        .outerjoin(ContactPerson, contact)
        .outerjoin(Staff, Staff.account_id == ContactPerson.staff_id)
        .where(Citizen.is_active, Citizen.department_id.in_(departments))
        .order_by(Citizen.sort_name, Citizen.id)
    )
    if only_mine:
        wanted = wanted.where(is_mine)
    if only_enrolled:
        wanted = wanted.where(Citizen.id.in_(enrolled_on(day)))
    return [PersonRow(*row) for row in session.execute(wanted)]


def caseload(session: Session, actor: Actor, day: date) -> list[PersonRow]:
    """The citizens whose contact person the actor is, and those looked after for somebody who is away."""
    return everyone(session, actor, day, only_mine=True)
