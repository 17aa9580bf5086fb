"""Who can sign in, from which device, and for how long. A citizen is here an opaque account and nothing else."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workshop.core import crypto, db
from workshop.core.access import Role


class AccountKind(StrEnum):
    """Staff sign in with mail and password, citizens with picture and PIN on an enrolled tablet."""

    STAFF = "staff"
    CITIZEN = "citizen"


class Department(db.Base):
    """A part of the workshop with its own people; other departments are not seen."""

    __tablename__ = "department"
    __table_args__ = db.W

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(40), unique=True)
    name: Mapped[str] = mapped_column(sa.String(100))


class Account(db.Base):
    """Somebody who can sign in, by random public id."""

    __tablename__ = "account"
    __table_args__ = db.W

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(sa.String(30), unique=True, default=crypto.new_public_id)
    kind: Mapped[AccountKind] = mapped_column(db.choice(AccountKind))
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(db.UtcDateTime)


class Staff(db.Base):
    """A member of staff."""

    __tablename__ = "staff"
    __table_args__ = db.W

    account_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id"), primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(100))
    email: Mapped[str] = mapped_column(sa.String(254), unique=True)  # kept in small letters

    account: Mapped[Account] = relationship(lazy="raise")


class StaffRole(db.Base):
    """A role a member of staff has; several each."""

    __tablename__ = "staff_role"
    __table_args__ = db.W

    account_id: Mapped[int] = mapped_column(sa.ForeignKey("staff.account_id"), primary_key=True)
    role: Mapped[Role] = mapped_column(db.choice(Role), primary_key=True)


class StaffDepartment(db.Base):
    """A department a member of staff works in."""

    __tablename__ = "staff_department"
    __table_args__ = db.W

    account_id: Mapped[int] = mapped_column(sa.ForeignKey("staff.account_id"), primary_key=True)
    department_id: Mapped[int] = mapped_column(sa.ForeignKey("department.id"), primary_key=True)


class StaffPassword(db.Base):
    """The argon2 hash of a password."""

    __tablename__ = "staff_password"
    __table_args__ = db.S

    account_id: Mapped[int] = mapped_column(sa.ForeignKey("staff.account_id"), primary_key=True)
    password_hash: Mapped[str] = mapped_column(sa.String(200))
    changed_at: Mapped[datetime] = mapped_column(db.UtcDateTime)


class CitizenPin(db.Base):
    """The peppered hash of a citizen's random PIN; worth nothing away from an enrolled tablet."""

    __tablename__ = "citizen_pin"
    __table_args__ = db.S

    account_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id"), primary_key=True)
    pin_hash: Mapped[str] = mapped_column(sa.String(200))
    changed_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    released_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)  # staff let somebody try again


class SignInFailure(db.Base):
    """A wrong password or PIN, counted to slow guessing; a mail address is kept as a hash."""

    __tablename__ = "sign_in_failure"
    __table_args__ = (sa.Index(None, "subject", "at"), db.S)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    subject: Mapped[str] = mapped_column(sa.String(80))  # account:<id>, mail:<hash>, device:<id>


class Device(db.Base):
    """A tablet the workshop has enrolled. Its key lives in the tablet's cookie; we keep a hash."""

    __tablename__ = "device"
    __table_args__ = db.W

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(sa.String(30), unique=True, default=crypto.new_public_id)
    name: Mapped[str] = mapped_column(sa.String(100))
    key_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    department_id: Mapped[int] = mapped_column(sa.ForeignKey("department.id"))
    by_staff_id: Mapped[int] = mapped_column(sa.ForeignKey("staff.account_id"))
    enrolled_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)


class LoginSession(db.Base):
    """A sign-in that can be ended from here. The cookie carries a token; we keep a hash."""

    __tablename__ = "login_session"
    __table_args__ = db.W

    STAFF_IDLE = timedelta(hours=2)
    STAFF_LONGEST = timedelta(hours=12)
    TABLET_IDLE = timedelta(seconds=110)  # 90 seconds, then 20 seconds' notice
    TABLET_LONGEST = timedelta(hours=8)

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id"), index=True)
    device_id: Mapped[int | None] = mapped_column(sa.ForeignKey("device.id"))
    created_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
