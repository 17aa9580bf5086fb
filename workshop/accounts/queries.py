"""Reads about accounts."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.accounts.models import (
    Account,
    AccountKind,
    Department,
    Device,
    DeviceKind,
    LoginSession,
    Passkey,
    Staff,
    StaffDepartment,
    StaffRole,
    TotpSeed,
)
from workshop.core import crypto
from workshop.core.access import Actor, Role

# On one's own phone nobody else is next; it is put down for a while and taken up again.
PHONE_SESSION_IDLE = timedelta(minutes=15)
PHONE_SESSION_LONGEST = timedelta(hours=12)
HALF_LASTS = timedelta(minutes=30)  # a password without the second step opens nothing, and not for long


class DeviceRow(NamedTuple):
    """A tablet as the list shows it."""

    public_id: str
    name: str
    department: str
    by: str
    enrolled_at: datetime
    seen_at: datetime | None
    revoked_at: datetime | None


class SignIn(NamedTuple):
    """Whose a session token is. `is_half`: the second step is missing, so it opens nothing but that."""

    actor: Actor
    login: LoginSession
    is_half: bool


def actor_of_session(session: Session, token: str, now: datetime) -> tuple[Actor, LoginSession] | None:
    """Who a session token belongs to; None when it is unknown, ended, idle too long, or its device was revoked."""
    found = sign_in_of(session, token, now)
    return (found.actor, found.login) if found else None


def sign_in_of(session: Session, token: str, now: datetime, *, needs_second_factor: bool = False) -> SignIn | None:
    """Whose a session token is, and whether it is whole. A factor added later makes half of every older sign-in."""
    has_factor = sa.or_(
        sa.exists().where(TotpSeed.account_id == LoginSession.account_id, TotpSeed.confirmed_at.is_not(None)),
        sa.exists().where(Passkey.account_id == LoginSession.account_id),
    )
    row = session.execute(
        sa.select(LoginSession, Account, Device, has_factor.label("has_factor"))
        .join(Account, Account.id == LoginSession.account_id)
        .outerjoin(Device, Device.id == LoginSession.device_id)
        .where(LoginSession.token_hash == crypto.token_hash(token), LoginSession.revoked_at.is_(None))
    ).one_or_none()
    if row is None:
        return None
    login, account, at = row.LoginSession, row.Account, row.Device
    if not account.is_active or not _is_fresh(login, account, at, now):
        return None
    if account.kind is AccountKind.CITIZEN:
        return SignIn(_citizen(account, login), login, is_half=False)
    is_half = login.second_factor_at is None and (needs_second_factor or row.has_factor)
    if is_half and now - login.created_at > HALF_LASTS:
        return None
    return SignIn(_staff(session, account), login, is_half)


def _is_fresh(login: LoginSession, account: Account, at: Device | None, now: datetime) -> bool:
    if at is not None and (at.revoked_at is not None or has_slept(at, now)):
        return False
    if account.kind is AccountKind.STAFF:
        idle, longest = LoginSession.STAFF_IDLE, LoginSession.STAFF_LONGEST
    elif at is not None and at.kind is DeviceKind.PHONE:
        idle, longest = PHONE_SESSION_IDLE, PHONE_SESSION_LONGEST
    else:
        idle, longest = LoginSession.TABLET_IDLE, LoginSession.TABLET_LONGEST
    return now - login.seen_at <= idle and now - login.created_at <= longest


def has_slept(device: Device, now: datetime) -> bool:
    """Whether an own phone has not been used for so long that it is nobody's any more; a tablet stays one."""
    return device.kind is DeviceKind.PHONE and now - (device.seen_at or device.enrolled_at) > Device.PHONE_IDLE


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
    """The enrolled tablet or own phone with this key, unless it was revoked."""
    return session.scalar(
        sa.select(Device).where(Device.key_hash == crypto.token_hash(key), Device.revoked_at.is_(None))
    )


def is_phone_key(session: Session, key: str) -> bool:
    """Whether this is, or was, the key of one person's own phone."""
    kind = session.scalar(sa.select(Device.kind).where(Device.key_hash == crypto.token_hash(key)))
    return kind is DeviceKind.PHONE


def staff_names(session: Session) -> dict[int, str]:
    """Account id -> name of every member of staff, for pages that show who did something."""
    return dict(session.execute(sa.select(Staff.account_id, Staff.name)).all())


def departments(session: Session) -> list[Department]:
    """Every department by name."""
    return list(session.scalars(sa.select(Department).order_by(Department.name)))


def device(session: Session, public_id: str) -> Device | None:
    """A tablet by its public id."""
    return session.scalar(sa.select(Device).where(Device.public_id == public_id, Device.kind == DeviceKind.TABLET))


def devices(session: Session) -> list[DeviceRow]:
    """Every tablet with its department and who enrolled it, the newest first; closed ones stay in the list."""
    rows = session.execute(
        sa.select(
            Device.public_id,
            Device.name,
            Department.name,
            Staff.name,
            Device.enrolled_at,
            Device.seen_at,
            Device.revoked_at,
        )
        .join(Department, Department.id == Device.department_id)
        .join(Staff, Staff.account_id == Device.by_staff_id)
        .where(Device.kind == DeviceKind.TABLET)
        .order_by(Device.id.desc())
    )
    return [DeviceRow(*row) for row in rows]
