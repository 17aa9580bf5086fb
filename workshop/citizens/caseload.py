"""Whose caseload a citizen belongs to on a day: the contact person's, and meanwhile the stand-in's where one is named.

The manager names a stand-in for days when somebody is away. It ends by itself with its last day. Sealed notes follow
only where the citizen said yes. Source: decision 18.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from workshop.accounts.models import Account, Staff, StaffDepartment
from workshop.citizens.models import CaseloadDelegation, Citizen, ContactPerson, SealedNotesYes
from workshop.core import clock
from workshop.core.access import Actor
from workshop.core.errors import Refusal
from workshop.core.i18n import _


class LookingAfter(NamedTuple):
    """A caseload that one looks after for somebody, or that somebody looks after for oneself."""

    id: int
    public_id: str
    from_staff_id: int
    from_name: str
    to_staff_id: int
    to_name: str
    from_on: date
    until_on: date  # the last day
    by_staff_id: int


def is_contact_on(day: date) -> sa.ColumnElement[bool]:
    """Whether a row of ContactPerson holds on the day."""
    return sa.and_(ContactPerson.from_on <= day, sa.or_(ContactPerson.until_on.is_(None), ContactPerson.until_on > day))


def is_delegated_on(day: date) -> sa.ColumnElement[bool]:
    """Whether a delegation holds on the day."""
    return sa.and_(
        CaseloadDelegation.from_on <= day, CaseloadDelegation.until_on >= day, CaseloadDelegation.ended_at.is_(None)
    )


def whose_caseloads(staff_id: int, day: date) -> sa.Select[Any]:
    """The ids of the staff whose caseloads this member of staff looks after on the day, without their own."""
    return sa.select(CaseloadDelegation.from_staff_id).where(
        CaseloadDelegation.to_staff_id == staff_id, is_delegated_on(day)
    )


def is_theirs(staff_id: int, day: date) -> sa.ColumnElement[bool]:
    """Whether a row of ContactPerson puts a citizen into this member of staff's caseload: own, or looked after."""
    return sa.or_(ContactPerson.staff_id == staff_id, ContactPerson.staff_id.in_(whose_caseloads(staff_id, day)))


def is_in_caseload(session: Session, actor: Actor, citizen: Citizen, day: date) -> bool:
    """Whether the citizen is in the actor's caseload on the day; for others, opening a file takes a reason."""
    found = sa.select(ContactPerson.id).where(
        ContactPerson.citizen_id == citizen.id, is_contact_on(day), is_theirs(actor.account_id, day)
    )
    return session.scalar(found.limit(1)) is not None


def is_contact_person(session: Session, staff_id: int, citizen_id: int, day: date) -> bool:
    """Whether this member of staff is the citizen's own contact person on the day; a stand-in is not."""
    found = sa.select(ContactPerson.id).where(
        ContactPerson.citizen_id == citizen_id, ContactPerson.staff_id == staff_id, is_contact_on(day)
    )
    return session.scalar(found.limit(1)) is not None


def delegated_to(session: Session, staff_id: int, day: date) -> list[LookingAfter]:
    """The caseloads that this member of staff looks after on the day, by name."""
    return _looking_after(session, CaseloadDelegation.to_staff_id == staff_id, is_delegated_on(day))


def delegated_from(session: Session, staff_id: int, day: date) -> list[LookingAfter]:
    """Who looks after this member of staff's caseload on the day or later."""
    return _looking_after(
        session,
        CaseloadDelegation.from_staff_id == staff_id,
        CaseloadDelegation.until_on >= day,
        CaseloadDelegation.ended_at.is_(None),
    )


def _looking_after(session: Session, *where: sa.ColumnElement[bool]) -> list[LookingAfter]:
    away, there = aliased(Staff), aliased(Staff)
    rows = session.execute(
        sa.select(
            CaseloadDelegation.id,
            CaseloadDelegation.public_id,
            CaseloadDelegation.from_staff_id,
            away.name,
            CaseloadDelegation.to_staff_id,
            there.name,
            CaseloadDelegation.from_on,
            CaseloadDelegation.until_on,
            CaseloadDelegation.by_staff_id,
        )
        .join(away, away.account_id == CaseloadDelegation.from_staff_id)
        .join(there, there.account_id == CaseloadDelegation.to_staff_id)
        .where(*where)
        .order_by(CaseloadDelegation.from_on, away.name, CaseloadDelegation.id)
    )
    return [LookingAfter(*row) for row in rows]


def whose_notes(session: Session, actor: Actor, citizen_id: int, day: date) -> int | None:
    """The member of staff whose sealed notes about a citizen the actor may read on the day, if any."""
    if not actor.may("sealed:read"):
        return None
    if is_contact_person(session, actor.account_id, citizen_id, day):
        return actor.account_id
    said_yes = (
        sa.select(ContactPerson.staff_id)
        .join(CaseloadDelegation, CaseloadDelegation.from_staff_id == ContactPerson.staff_id)
        .join(SealedNotesYes, SealedNotesYes.delegation_id == CaseloadDelegation.id)
        .where(
            ContactPerson.citizen_id == citizen_id,
            is_contact_on(day),
            SealedNotesYes.citizen_id == citizen_id,
            CaseloadDelegation.to_staff_id == actor.account_id,
            is_delegated_on(day),
        )
    )
    return session.scalar(said_yes.limit(1))


def take_over(
    session: Session,
    citizen: Citizen,
    staff_id: int,
    from_on: date,
    by: int,  # noqa: ARG001 — the table has no room for it: the access log, which the view writes, says who did it
    now: datetime,
) -> ContactPerson | None:
    """Another member of staff becomes the contact person from a day on; who it was before is kept.

    Nothing happens (None) where they are it already. Raises Refusal for a day that is over, for one before the present
    contact person began, or for somebody who does not work in the citizen's department.
    """
    session.execute(sa.select(Citizen.id).where(Citizen.id == citizen.id).with_for_update())  # one change at a time
    present = session.scalar(
        sa.select(ContactPerson).where(ContactPerson.citizen_id == citizen.id, ContactPerson.until_on.is_(None))
    )
    if present is not None and present.staff_id == staff_id:
        return None
    if from_on < clock.local_day(now):
        raise Refusal(_("En ny kontaktperson begynder i dag eller senere. Vælg en anden dag."))
    if present is not None and from_on < present.from_on:
        raise Refusal(_("Den nuværende kontaktperson er først begyndt senere. Vælg en dag derefter."))
    if not _works_in(session, staff_id, citizen.department_id):
        raise Refusal(_("Kontaktpersonen skal arbejde i borgerens afdeling. Vælg en anden."))
    if present is not None:
        present.until_on = from_on
    contact = ContactPerson(citizen_id=citizen.id, staff_id=staff_id, from_on=from_on)
    session.add(contact)
    session.flush()
    return contact


def _works_in(session: Session, staff_id: int, department_id: int) -> bool:
    found = (
        sa.select(StaffDepartment.account_id)
        .join(Account, Account.id == StaffDepartment.account_id)
        .where(
            StaffDepartment.account_id == staff_id, StaffDepartment.department_id == department_id, Account.is_active
        )
    )
    return session.scalar(found) is not None
