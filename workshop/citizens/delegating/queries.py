"""Reads about delegations. The manager's pages count citizens and name none."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from workshop.accounts.models import Account, Staff, StaffDepartment, StaffRole
from workshop.citizens.caseload import is_contact_on
from workshop.citizens.models import CaseloadDelegation, Citizen, ContactPerson, SealedNotesYes
from workshop.core.access import GRANTS, Actor

LOOK_AFTER = tuple(role for role, granted in GRANTS.items() if "sealed:read" in granted)  # who can have a caseload


class StaffRow(NamedTuple):
    """A member of staff who can have a caseload, and how many citizens are in it."""

    account_id: int
    public_id: str
    name: str
    citizens: int


class DelegationRow(NamedTuple):
    """A delegation as the manager's list shows it."""

    public_id: str
    from_name: str
    to_name: str
    from_on: date
    until_on: date
    made_at: datetime
    by_name: str
    ended_at: datetime | None
    citizens: int

    def is_over(self, today: date) -> bool:
        """Whether it has ended, by its last day or taken back."""
        return self.ended_at is not None or self.until_on < today


class Asked(NamedTuple):
    """A delegation that a citizen can be asked about: whether the sealed notes may follow."""

    id: int
    public_id: str
    from_name: str
    to_name: str
    from_on: date
    until_on: date
    said_at: datetime | None
    heard_by: str | None
    may_write: bool


def open_caseload(staff_id: int) -> sa.Select[Any]:
    """The ids of the citizens whose contact person this is, from now on."""
    return sa.select(ContactPerson.citizen_id).where(
        ContactPerson.staff_id == staff_id, ContactPerson.until_on.is_(None)
    )


def _many(staff_id: Any) -> Any:
    """How many active citizens a member of staff is the contact person of."""
    return (
        sa.select(sa.func.count(Citizen.id))
        .join(ContactPerson, ContactPerson.citizen_id == Citizen.id)
        .where(ContactPerson.staff_id == staff_id, ContactPerson.until_on.is_(None), Citizen.is_active)
        .scalar_subquery()
    )


def staff_of(session: Session, department_ids: Collection[int]) -> list[StaffRow]:
    """Everybody of these departments who can have a caseload, by name."""
    rows = session.execute(
        sa.select(Staff.account_id, Account.public_id, Staff.name, _many(Staff.account_id))
        .join(Account, Account.id == Staff.account_id)
        .where(Account.is_active, Staff.account_id.in_(_in(department_ids)), Staff.account_id.in_(_with_a_role()))
        .order_by(Staff.name, Staff.account_id)
    )
    return [StaffRow(*row) for row in rows]


def is_of(session: Session, department_ids: Collection[int], staff_id: int) -> bool:
    """Whether a member of staff works in one of these departments."""
    found = _in(department_ids).where(StaffDepartment.account_id == staff_id)
    return session.execute(found.limit(1)).first() is not None


def delegations(session: Session, department_ids: Collection[int], most: int = 60) -> list[DelegationRow]:
    """The delegations of these departments' caseloads, the latest first."""
    away, there, by = aliased(Staff), aliased(Staff), aliased(Staff)
    rows = session.execute(
        sa.select(
            CaseloadDelegation.public_id,
            away.name,
            there.name,
            CaseloadDelegation.from_on,
            CaseloadDelegation.until_on,
            CaseloadDelegation.made_at,
            by.name,
            CaseloadDelegation.ended_at,
            _many(CaseloadDelegation.from_staff_id),
        )
        .join(away, away.account_id == CaseloadDelegation.from_staff_id)
        .join(there, there.account_id == CaseloadDelegation.to_staff_id)
        .join(by, by.account_id == CaseloadDelegation.by_staff_id)
        .where(CaseloadDelegation.from_staff_id.in_(_in(department_ids)))
        .order_by(CaseloadDelegation.until_on.desc(), CaseloadDelegation.id.desc())
        .limit(most)
    )
    return [DelegationRow(*row) for row in rows]


def people_of(session: Session, staff_id: int) -> list[str]:
    """The public ids of a caseload, for the row in the access log."""
    found = sa.select(Citizen.public_id).where(Citizen.is_active, Citizen.id.in_(open_caseload(staff_id)))
    return sorted(session.scalars(found))


def to_ask(session: Session, actor: Actor, citizen_id: int, day: date) -> list[Asked]:
    """The delegations of this citizen's contact person, to come or under way, that the actor is a part of."""
    away, there, heard = aliased(Staff), aliased(Staff), aliased(Staff)
    is_writer = sa.or_(
        CaseloadDelegation.from_staff_id == actor.account_id, CaseloadDelegation.by_staff_id != actor.account_id
    )
    rows = session.execute(
        sa.select(
            CaseloadDelegation.id,
            CaseloadDelegation.public_id,
            away.name,
            there.name,
            CaseloadDelegation.from_on,
            CaseloadDelegation.until_on,
            SealedNotesYes.said_at,
            heard.name,
            is_writer,
        )
        .join(away, away.account_id == CaseloadDelegation.from_staff_id)
        .join(there, there.account_id == CaseloadDelegation.to_staff_id)
        .join(
            ContactPerson,
            sa.and_(
                ContactPerson.staff_id == CaseloadDelegation.from_staff_id,
                ContactPerson.citizen_id == citizen_id,
                is_contact_on(day),
            ),
        )
        .outerjoin(
            SealedNotesYes,
            sa.and_(SealedNotesYes.delegation_id == CaseloadDelegation.id, SealedNotesYes.citizen_id == citizen_id),
        )
        .outerjoin(heard, heard.account_id == SealedNotesYes.by_staff_id)
        .where(
            CaseloadDelegation.ended_at.is_(None),
            CaseloadDelegation.until_on >= day,
            sa.or_(
                CaseloadDelegation.from_staff_id == actor.account_id, CaseloadDelegation.to_staff_id == actor.account_id
            ),
        )
        .order_by(CaseloadDelegation.from_on, CaseloadDelegation.id)
    )
    return [Asked(*row) for row in rows]


def _in(department_ids: Collection[int]) -> sa.Select[Any]:
    return sa.select(StaffDepartment.account_id).where(StaffDepartment.department_id.in_(department_ids))


def _with_a_role() -> sa.Select[Any]:
    return sa.select(StaffRole.account_id).where(StaffRole.role.in_(LOOK_AFTER))
