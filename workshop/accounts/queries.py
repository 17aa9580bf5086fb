"""Reads about accounts."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.accounts.models import (
    Account,
    AccountKind,
    Department,
    Device,
    LoginSession,
    Staff,
    StaffDepartment,
    StaffRole,
)
from workshop.core import crypto
from workshop.core.access import Actor, Role


class DeviceRow(NamedTuple):
    """A tablet as the list shows it."""

    public_id: str
    name: str
    department: str
    enrolled_at: datetime
    revoked_at: datetime | None


def actor_of_session(session: Session, token: str, now: datetime) -> tuple[Actor, LoginSession] | None:
    """Who a session token belongs to; None when it is unknown, ended, idle too long, or its device was revoked."""
    login = session.scalar(sa.select(LoginSession).where(LoginSession.token_hash == crypto.token_hash(token)))
    if login is None or login.revoked_at is not None:
        return None
    account = session.get_one(Account, login.account_id)
    on_tablet = account.kind is AccountKind.CITIZEN
    idle = LoginSession.TABLET_IDLE if on_tablet else LoginSession.STAFF_IDLE
    longest = LoginSession.TABLET_LONGEST if on_tablet else LoginSession.STAFF_LONGEST
    if not account.is_active or now - login.seen_at > idle or now - login.created_at > longest:
        return None
    if login.device_id is not None and session.get_one(Device, login.device_id).revoked_at is not None:
        return None
    return (_citizen(account, login) if on_tablet else _staff(session, account)), login


def _citizen(account: Account, login: LoginSession) -> Actor:
    return Actor(account.id, account.public_id, "", frozenset({Role.CITIZEN}), device_id=login.device_id)


def _staff(session: Session, account: Account) -> Actor:
    roles = session.scalars(sa.select(StaffRole.role).where(StaffRole.account_id == account.id))
    departments = session.scalars(
        sa.select(StaffDepartment.department_id).where(StaffDepartment.account_id == account.id)
    )
    name = session.scalar(sa.select(Staff.name).where(Staff.account_id == account.id)) or ""
    return Actor(account.id, account.public_id, name, frozenset(roles), frozenset(departments))


def device_by_key(session: Session, key: str) -> Device | None:
    """The enrolled tablet with this key, unless it was revoked."""
    return session.scalar(
        sa.select(Device).where(Device.key_hash == crypto.token_hash(key), Device.revoked_at.is_(None))
    )


def staff_names(session: Session) -> dict[int, str]:
    """Account id -> name of every member of staff, for pages that show who did something."""
    return dict(session.execute(sa.select(Staff.account_id, Staff.name)).all())


def departments(session: Session) -> list[Department]:
    """Every department by name."""
    return list(session.scalars(sa.select(Department).order_by(Department.name)))


def device(session: Session, public_id: str) -> Device | None:
    """A tablet by its public id."""
    return session.scalar(sa.select(Device).where(Device.public_id == public_id))


def devices(session: Session) -> list[DeviceRow]:
    """Every tablet with its department, the newest first; closed ones stay in the list."""
    rows = session.execute(
        sa.select(Device.public_id, Device.name, Department.name, Device.enrolled_at, Device.revoked_at)
        .join(Department, Department.id == Device.department_id)
        .order_by(Device.id.desc())
    )
    return [DeviceRow(*row) for row in rows]
