"""Reads about staff, for whoever administers them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.accounts.models import (
    Account,
    AccountChange,
    Department,
    Invitation,
    LoginSession,
    Passkey,
    Staff,
    StaffDepartment,
    StaffRole,
    TotpSeed,
)
from workshop.accounts.people.handing import Held
from workshop.accounts.people.words import CARRIERS, STAFF_ROLES
from workshop.core.access import Role
from workshop.core.errors import NotHere
from workshop.core.text import sort_key


class StaffRow(NamedTuple):
    """A member of staff as the list shows one."""

    account_id: int
    public_id: str
    name: str
    email: str
    is_active: bool
    closed_at: datetime | None
    seen_at: datetime | None
    has_factor: bool
    roles: Sequence[Role]
    departments: Sequence[str]


class InvitationRow(NamedTuple):
    """An invitation that nobody has answered."""

    public_id: str
    name: str
    email: str
    roles: Sequence[str]
    created_at: datetime
    expires_at: datetime


class ChangeRow(NamedTuple):
    """A line of an account's history; `by` is empty for the command line."""

    at: datetime
    by: str | None
    deed: str
    before: Sequence[str]
    after: Sequence[str]


def everyone(session: Session) -> list[StaffRow]:
    """All of the staff by Danish name, closed accounts too."""
    return sorted(_rows(session, sa.true()), key=lambda row: sort_key(row.name))


def one(session: Session, public_id: str) -> StaffRow:
    """A member of staff as the list shows one. Raises NotHere for nobody, and for a citizen's account."""
    found = _rows(session, Account.public_id == public_id)
    if not found:
        raise NotHere
    return found[0]


def staff(session: Session, public_id: str) -> Staff:
    """A member of staff by public id. Raises NotHere for nobody, and for a citizen's account."""
    found = session.scalar(
        sa.select(Staff).join(Account, Account.id == Staff.account_id).where(Account.public_id == public_id)
    )
    if found is None:
        raise NotHere
    return found


def invitations(session: Session) -> list[InvitationRow]:
    """Those nobody has answered, the newest first; taken back ones are gone, old ones can be sent again."""
    rows = session.execute(
        sa.select(
            Invitation.public_id,
            Invitation.name,
            Invitation.email,
            Invitation.roles,
            Invitation.created_at,
            Invitation.expires_at,
        )
        .where(Invitation.used_at.is_(None), Invitation.revoked_at.is_(None))
        .where(Invitation.email.not_in(sa.select(Staff.email)))
        .order_by(Invitation.id.desc())
    )
    return [InvitationRow(*row) for row in rows]


def invitation(session: Session, public_id: str) -> Invitation:
    """An invitation by public id. Raises NotHere."""
    found = session.scalar(sa.select(Invitation).where(Invitation.public_id == public_id))
    if found is None:
        raise NotHere
    return found


def history(session: Session, account_id: int) -> list[ChangeRow]:
    """What was changed about an account, the newest first."""
    by = sa.orm.aliased(Staff)
    rows = session.execute(
        sa.select(AccountChange.at, by.name, AccountChange.deed, AccountChange.before, AccountChange.after)
        .outerjoin(by, by.account_id == AccountChange.by_staff_id)
        .where(AccountChange.account_id == account_id)
        .order_by(AccountChange.id.desc())
    )
    return [ChangeRow(*row) for row in rows]


def takers(session: Session, held: Iterable[Held], account_id: int) -> dict[int, list[tuple[str, str]]]:
    """(public id, name) of who could take citizens over, by department id and Danish name."""
    found: dict[int, list[tuple[str, str]]] = {each.department_id: [] for each in held}
    rows = session.execute(
        sa.select(StaffDepartment.department_id, Account.public_id, Staff.name)
        .join(Account, Account.id == StaffDepartment.account_id)
        .join(Staff, Staff.account_id == Account.id)
        .where(
            StaffDepartment.department_id.in_(found),
            Account.is_active,
            Account.id != account_id,
            Account.id.in_(sa.select(StaffRole.account_id).where(StaffRole.role.in_(CARRIERS))),
        )
    )
    for department_id, public_id, name in sorted(rows, key=lambda row: sort_key(row.name)):
        found[department_id].append((public_id, name))
    return found


def _rows(session: Session, wanted: sa.ColumnElement[bool]) -> list[StaffRow]:
    seen = sa.select(sa.func.max(LoginSession.seen_at)).where(LoginSession.account_id == Account.id).scalar_subquery()
    has_factor = sa.or_(
        sa.exists().where(TotpSeed.account_id == Account.id, TotpSeed.confirmed_at.is_not(None)),
        sa.exists().where(Passkey.account_id == Account.id),
    )
    people = session.execute(
        sa.select(
            Account.id,
            Account.public_id,
            Staff.name,
            Staff.email,
            Account.is_active,
            Account.closed_at,
            seen,
            has_factor,
        )
        .join(Staff, Staff.account_id == Account.id)
        .where(wanted)
    ).all()
    ids = [each.id for each in people]
    roles: dict[int, set[Role]] = defaultdict(set)
    for account_id, role in session.execute(
        sa.select(StaffRole.account_id, StaffRole.role).where(StaffRole.account_id.in_(ids))
    ):
        roles[account_id].add(role)
    departments: dict[int, list[str]] = defaultdict(list)
    for account_id, name in session.execute(
        sa.select(StaffDepartment.account_id, Department.name)
        .join(Department, Department.id == StaffDepartment.department_id)
        .where(StaffDepartment.account_id.in_(ids))
        .order_by(Department.name)
    ):
        departments[account_id].append(name)
    return [
        StaffRow(*each, [role for role in STAFF_ROLES if role in roles[each.id]], departments[each.id])
        for each in people
    ]
