"""Reads for those who let citizens in and out. Each is asked with the departments of whoever asks."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.accounts.models import Account, Department, Staff, StaffDepartment, StaffRole
from workshop.accounts.people.words import CARRIERS
from workshop.citizens.models import Citizen, ContactPerson, Enrolment, ProgrammeType, WeekPlanDay
from workshop.citizens.queries import PlanRow
from workshop.core.access import Actor
from workshop.core.errors import NotHere
from workshop.core.text import search_key, sort_key

UNDO_WITHIN = timedelta(days=30)
LONGEST_SEARCH = 50


class ContactRow(NamedTuple):
    """Who was contact person from when to when, both days with them."""

    name: str
    from_on: date
    last_on: date | None


class PlanAhead(NamedTuple):
    """An agreed week that begins on a day to come."""

    valid_from: date
    days: list[PlanRow]


class EarlierRow(NamedTuple):
    """Somebody who has left."""

    public_id: str
    full_name: str
    department: str
    ended_on: date | None
    closed_at: datetime | None


def departments_of(session: Session, actor: Actor) -> list[Department]:
    """The departments somebody lets citizens into, by name."""
    return list(
        session.scalars(sa.select(Department).where(Department.id.in_(actor.department_ids)).order_by(Department.name))
    )


def taken_pictures(session: Session, department_id: int, except_id: int | None = None) -> set[str]:
    """The pictures of everybody who is active in a department."""
    taken = sa.select(Citizen.picture).where(Citizen.department_id == department_id, Citizen.is_active)
    if except_id is not None:
        taken = taken.where(Citizen.id != except_id)
    return set(session.scalars(taken))


def contacts(session: Session, department_id: int) -> list[tuple[str, str]]:
    """(public id, name) of everybody who can be a contact person in a department, by Danish name."""
    rows = session.execute(
        sa.select(Account.public_id, Staff.name)
        .join(Staff, Staff.account_id == Account.id)
        .join(StaffDepartment, StaffDepartment.account_id == Account.id)
        .where(
            StaffDepartment.department_id == department_id,
            Account.is_active,
            Account.id.in_(sa.select(StaffRole.account_id).where(StaffRole.role.in_(CARRIERS))),
        )
    )
    return sorted(((row.public_id, row.name) for row in rows), key=lambda row: sort_key(row[1]))


def staff_by_public_id(session: Session, public_id: str) -> Staff:
    """A member of staff by public id. Raises NotHere."""
    found = session.scalar(
        sa.select(Staff).join(Account, Account.id == Staff.account_id).where(Account.public_id == public_id)
    )
    if found is None:
        raise NotHere
    return found


def programmes(session: Session, day: date) -> list[ProgrammeType]:
    """The programmes a new stay can be of, by name."""
    return list(
        session.scalars(
            sa.select(ProgrammeType)
            .where(sa.or_(ProgrammeType.valid_to.is_(None), ProgrammeType.valid_to >= day))
            .order_by(ProgrammeType.name, ProgrammeType.id)
        )
    )


def newest_stay(session: Session, citizen_id: int) -> tuple[Enrolment, str] | None:
    """The stay that began last, and what its programme is called."""
    row = session.execute(
        sa.select(Enrolment, ProgrammeType.name)
        .join(ProgrammeType, ProgrammeType.id == Enrolment.programme_type_id)
        .where(Enrolment.citizen_id == citizen_id)
        .order_by(Enrolment.started_on.desc(), Enrolment.id.desc())
        .limit(1)
    ).one_or_none()
    return (row[0], row[1]) if row else None


def contact_history(session: Session, citizen_id: int) -> list[ContactRow]:
    """Everybody who was, is or will be contact person, the newest first."""
    rows = session.execute(
        sa.select(Staff.name, ContactPerson.from_on, ContactPerson.until_on)
        .join(Staff, Staff.account_id == ContactPerson.staff_id)
        .where(ContactPerson.citizen_id == citizen_id)
        .order_by(ContactPerson.from_on.desc(), ContactPerson.id.desc())
    )
    return [
        ContactRow(name, from_on, until_on - timedelta(days=1) if until_on else None)
        for name, from_on, until_on in rows
        if until_on != from_on  # changed again before it began
    ]


def plans_ahead(session: Session, citizen_id: int, day: date) -> list[PlanAhead]:
    """The agreed weeks that begin after the day, the first one first."""
    rows = session.execute(
        sa.select(WeekPlanDay.valid_from, WeekPlanDay.weekday, WeekPlanDay.start_minute, WeekPlanDay.minutes)
        .where(WeekPlanDay.citizen_id == citizen_id, WeekPlanDay.valid_from > day)
        .order_by(WeekPlanDay.valid_from, WeekPlanDay.weekday)
    )
    return [
        PlanAhead(valid_from, [PlanRow(*row[1:]) for row in days])
        for valid_from, days in groupby(rows, key=lambda row: row.valid_from)
    ]


def just_left(session: Session, actor: Actor, now: datetime) -> list[EarlierRow]:
    """Those of the actor's departments whose end can still be taken back, by Danish name."""
    return _earlier(session, actor.department_ids, Account.closed_at > now - UNDO_WITHIN)


def is_undoable(session: Session, citizen: Citizen, now: datetime) -> bool:
    """Whether somebody has left so lately that the end can be taken back."""
    closed_at = session.scalar(sa.select(Account.closed_at).where(Account.id == citizen.account_id))
    return not citizen.is_active and closed_at is not None and closed_at > now - UNDO_WITHIN


def left_by_name(session: Session, actor: Actor, name: str) -> list[EarlierRow]:
    """Those who have left the actor's departments and whose name has these letters in it."""
    wanted = search_key(name)
    found = [row for row in _earlier(session, actor.department_ids) if wanted in search_key(row.full_name)]
    return found[:LONGEST_SEARCH]


def _earlier(session: Session, department_ids: Collection[int], *where: sa.ColumnElement[bool]) -> list[EarlierRow]:
    ended = sa.select(sa.func.max(Enrolment.ends_on)).where(Enrolment.citizen_id == Citizen.id).scalar_subquery()
    rows = session.execute(
        sa.select(Citizen.public_id, Citizen.full_name, Department.name, ended, Account.closed_at)
        .join(Department, Department.id == Citizen.department_id)
        .join(Account, Account.id == Citizen.account_id)
        .where(Citizen.is_active.is_(False), Citizen.department_id.in_(department_ids), *where)
        .order_by(Citizen.sort_name, Citizen.id)
    )
    return [EarlierRow(*row) for row in rows]
