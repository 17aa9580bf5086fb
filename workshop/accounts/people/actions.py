"""What changes an account of staff: name, mail, roles, departments, closing. Each change leaves a line of history.

`seen` is what the page showed when the form was made; when somebody else has changed it since, nothing is written.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.accounts.factors import state as factors
from workshop.accounts.models import Account, AccountChange, Department, Staff, StaffDepartment, StaffRole
from workshop.accounts.people import ending, handing, inviting
from workshop.accounts.people.guarding import check_one_is_left, hold_administration
from workshop.accounts.people.words import CARRIERS
from workshop.core.access import Role
from workshop.core.errors import Refusal
from workshop.core.i18n import _, ngettext
from workshop.core.text import clean


class Changed(Refusal):
    """Somebody else changed it in the meantime; what stands there now is shown beside what was typed."""

    def __init__(self) -> None:
        super().__init__(_("En anden har rettet imens. Se, hvad der står nu, og gem igen, hvis dit skal gælde."))


class CaseloadHeld(Refusal):
    """Citizens would be left without a contact person who can see them; they are handed over first."""


def rename(session: Session, staff: Staff, *, name: str, email: str, seen: str, by: int, now: datetime) -> None:
    """Another name or mail address. Raises Refusal when the address is somebody else's."""
    _locked(session, staff)
    if seen != seen_name(staff):
        raise Changed
    was, address = (staff.name, staff.email), email.strip().lower()
    taken = sa.select(Staff.account_id).where(Staff.email == address, Staff.account_id != staff.account_id)
    if session.scalar(taken) is not None:
        raise Refusal(_("Der er allerede en medarbejder med den mailadresse."))
    if address != staff.email:  # told where they read mail today
        what = _("En administrator har skiftet den e-mail, du logger ind med.")
        factors.tell(session, staff.account_id, _("Din e-mail til log ind er skiftet"), what, now)
    staff.name, staff.email = clean(name), address
    for deed, before, after in (("named", was[0], staff.name), ("mail", was[1], staff.email)):
        if before != after:
            _note(session, staff, deed, [before], [after], by, now)
    session.flush()


def set_roles(session: Session, staff: Staff, roles: Collection[Role], *, seen: str, by: int, now: datetime) -> None:
    """What somebody may do from now on.

    Raises Refusal for no role at all, for the last administrator, and CaseloadHeld when citizens need them as they are.
    """
    administrators = hold_administration(session)
    _locked(session, staff)
    before, after = roles_of(session, staff), set(roles) - {Role.CITIZEN}
    if seen != seen_roles(before):
        raise Changed
    if not after:
        raise Refusal(_("Vælg mindst én rolle. Skal alt tages væk, så luk kontoen."))
    if Role.ADMIN not in after:
        check_one_is_left(administrators, staff.account_id)
    if before & CARRIERS and not after & CARRIERS:
        _check_nothing_held(session, staff)
    if before == after:
        return
    session.execute(
        sa.delete(StaffRole).where(StaffRole.account_id == staff.account_id, StaffRole.role.in_(before - after))
    )
    session.add_all(StaffRole(account_id=staff.account_id, role=role) for role in sorted(after - before))
    if Role.ADMIN in before - after:
        inviting.withdraw_all_of(session, staff.account_id, now)
    _note(session, staff, "roles", sorted(before), sorted(after), by, now)


def set_departments(
    session: Session, staff: Staff, department_ids: Collection[int], *, seen: str, by: int, now: datetime
) -> None:
    """Where somebody works from now on. Raises CaseloadHeld when they have citizens in one they would leave."""
    _locked(session, staff)
    before = departments_of(session, staff)
    if seen != seen_departments(before):
        raise Changed
    names = dict(session.execute(sa.select(Department.id, Department.name)).all())
    after = set(department_ids) & set(names)
    if before == after:
        return
    _check_nothing_held(session, staff, before - after)
    session.execute(
        sa.delete(StaffDepartment).where(
            StaffDepartment.account_id == staff.account_id, StaffDepartment.department_id.in_(before - after)
        )
    )
    session.add_all(StaffDepartment(account_id=staff.account_id, department_id=each) for each in sorted(after - before))
    _note(
        session,
        staff,
        "departments",
        sorted(names[each] for each in before),
        sorted(names[each] for each in after),
        by,
        now,
    )


def hand_over(session: Session, staff: Staff, takers: Mapping[int, Staff], *, by: int, now: datetime) -> list[str]:
    """Somebody's citizens get others as contact persons, by department id; the public ids of those concerned.

    Raises Refusal when somebody who takes over does not work there, or is not a contact person.
    """
    hold_administration(session)  # two who hand over to each other come after one another
    _locked(session, staff)
    for department_id, taker in takers.items():
        if not carries(session, taker, department_id) or taker.account_id == staff.account_id:
            raise Refusal(_("%(name)s kan ikke være kontaktperson i den afdeling.", name=taker.name))
    moved = handing.caseloads().hand_over(session, staff.account_id, takers, by, now)
    if moved:
        names = sorted({taker.name for taker in takers.values()})
        said = ngettext("%(num)s borger", "%(num)s borgere", len(moved))
        _note(session, staff, "handed over", [said], names, by, now)
    return moved


def close(session: Session, staff: Staff, *, by: int, now: datetime) -> None:
    """Somebody has stopped: from this moment their account does nothing, and sessions and own phones end.

    Raises Refusal for the last administrator, and CaseloadHeld when citizens still have them as contact person.
    """
    administrators = hold_administration(session)
    account = _locked(session, staff)
    if not account.is_active:
        return
    check_one_is_left(administrators, staff.account_id)
    _check_nothing_held(session, staff)
    handing.caseloads().let_go(session, staff.account_id, now)
    inviting.withdraw_all_of(session, staff.account_id, now)
    ending.shut(session, staff.account_id, now)
    _note(session, staff, "closed", [], [], by, now)


def reopen(session: Session, staff: Staff, *, by: int, now: datetime) -> None:
    """Somebody is back: they sign in as before. Sessions and phones that ended stay ended."""
    hold_administration(session)
    if _locked(session, staff).is_active:
        return
    ending.open_again(session, staff.account_id)
    _note(session, staff, "opened", [], [], by, now)


def note_reset(session: Session, staff: Staff, *, by: int, now: datetime) -> None:
    """A line of history: the second factor was taken away, and has to be set up anew."""
    _note(session, staff, "factors reset", [], [], by, now)


def carries(session: Session, staff: Staff, department_id: int) -> bool:
    """Whether somebody can be the contact person of a citizen of the department; held so until the block ends."""
    account = session.get_one(Account, staff.account_id, populate_existing=True, with_for_update={"read": True})
    works_there = session.get(StaffDepartment, (staff.account_id, department_id), populate_existing=True)
    return account.is_active and works_there is not None and bool(roles_of(session, staff) & CARRIERS)


def roles_of(session: Session, staff: Staff) -> set[Role]:
    """The roles somebody has."""
    return set(session.scalars(sa.select(StaffRole.role).where(StaffRole.account_id == staff.account_id)))


def departments_of(session: Session, staff: Staff) -> set[int]:
    """The ids of the departments somebody works in."""
    works = sa.select(StaffDepartment.department_id).where(StaffDepartment.account_id == staff.account_id)
    return set(session.scalars(works))


def seen_name(staff: Staff) -> str:
    """Name and mail as the page showed them."""
    return f"{staff.name}|{staff.email}"


def seen_roles(roles: Collection[Role]) -> str:
    """The roles as the page showed them."""
    return "|".join(sorted(roles))


def seen_departments(department_ids: Collection[int]) -> str:
    """The departments as the page showed them."""
    return "|".join(map(str, sorted(department_ids)))


def _locked(session: Session, staff: Staff) -> Account:
    """The account, kept from others until the block ends, and the row of staff as it is now."""
    account = session.get_one(Account, staff.account_id, populate_existing=True, with_for_update=True)
    session.refresh(staff)
    return account


def _check_nothing_held(session: Session, staff: Staff, department_ids: Collection[int] | None = None) -> None:
    held = [
        each
        for each in handing.caseloads().held(session, staff.account_id)
        if department_ids is None or each.department_id in department_ids
    ]
    if not held:
        return
    count = sum(each.citizens for each in held)
    where = ", ".join(each.department for each in held)
    raise CaseloadHeld(
        ngettext(
            "%(name)s er kontaktperson for %(num)s borger i %(where)s. Lad en anden tage over først.",
            "%(name)s er kontaktperson for %(num)s borgere i %(where)s. Lad en anden tage over først.",
            count,
            name=staff.name,
            where=where,
        )
    )


def _note(
    session: Session, staff: Staff, deed: str, before: list[str], after: list[str], by: int | None, now: datetime
) -> None:
    session.add(
        AccountChange(account_id=staff.account_id, at=now, by_staff_id=by, deed=deed, before=before, after=after)
    )
    session.flush()
