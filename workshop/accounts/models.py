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
    closed_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)  # since when it opens nothing


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


class DeviceKind(StrEnum):
    """A tablet is everybody's, a phone is one person's own (decision 22)."""

    TABLET = "tablet"
    PHONE = "phone"


class Device(db.Base):
    """A tablet or own phone the workshop has enrolled. Its key lives in the device's cookie; we keep a hash."""

    __tablename__ = "device"
    __table_args__ = (
        sa.CheckConstraint("(kind = 'phone') = (owner_account_id IS NOT NULL)", name="owner"),
        db.W,
    )

    PHONE_IDLE = timedelta(days=30)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(sa.String(30), unique=True, default=crypto.new_public_id)
    name: Mapped[str] = mapped_column(sa.String(100))
    key_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    department_id: Mapped[int] = mapped_column(sa.ForeignKey("department.id"))
    by_staff_id: Mapped[int] = mapped_column(sa.ForeignKey("staff.account_id"))
    enrolled_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    kind: Mapped[DeviceKind] = mapped_column(db.choice(DeviceKind), default=DeviceKind.TABLET)
    owner_account_id: Mapped[int | None] = mapped_column(sa.ForeignKey("account.id"), index=True)
    seen_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)


class PhoneTicket(db.Base):
    """The one-time code that makes a phone somebody's own; shown by staff, good for ten minutes, used once."""

    __tablename__ = "phone_ticket"
    __table_args__ = db.S

    LASTS = timedelta(minutes=10)

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id"), index=True)
    by_staff_id: Mapped[int] = mapped_column(sa.ForeignKey("staff.account_id"))
    expires_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)


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
    public_id: Mapped[str] = mapped_column(sa.String(30), unique=True, default=crypto.new_public_id)
    browser: Mapped[str] = mapped_column(sa.String(60), default="")  # "Chrome på Windows", for one's own list
    # Password alone opens nothing to somebody with a second factor: until this is set, the session is half a sign-in.
    second_factor_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    proved_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)  # last time they proved who they are: sudo


class Invitation(db.Base):
    """A mail that lets a new member of staff in, once. The link's secret is kept as a hash."""

    __tablename__ = "invitation"
    __table_args__ = (sa.Index(None, "email"), db.W)

    LASTS = timedelta(days=7)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(sa.String(30), unique=True, default=crypto.new_public_id)
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    name: Mapped[str] = mapped_column(sa.String(100))
    email: Mapped[str] = mapped_column(sa.String(254))  # kept in small letters
    roles: Mapped[list[str]] = mapped_column(sa.JSON)
    department_ids: Mapped[list[int]] = mapped_column(sa.JSON)
    by_staff_id: Mapped[int] = mapped_column(sa.ForeignKey("staff.account_id"))
    created_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)


class AccountChange(db.Base):
    """What was changed about an account of staff, by whom: roles, departments, closing. Added to, never changed."""

    __tablename__ = "account_change"
    __table_args__ = db.W

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("staff.account_id"), index=True)
    at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    by_staff_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff.account_id"))  # empty: the command line
    deed: Mapped[str] = mapped_column(sa.String(40))  # invited, roles, departments, closed, opened, factors reset
    before: Mapped[list[str]] = mapped_column(sa.JSON)
    after: Mapped[list[str]] = mapped_column(sa.JSON)


class PasswordReset(db.Base):
    """A mail that lets a member of staff choose a new password, once. It never touches the second factor."""

    __tablename__ = "password_reset"
    __table_args__ = db.S

    LASTS = timedelta(minutes=30)

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("staff.account_id"), index=True)
    created_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)


class TotpSeed(db.Base):
    """The seed of somebody's code app, sealed with the master key. A code opens once: its step is kept."""

    __tablename__ = "totp_seed"
    __table_args__ = db.S

    account_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id"), primary_key=True)
    sealed: Mapped[str] = mapped_column(sa.String(300))
    made_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    confirmed_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)  # empty: shown, not proved yet
    last_step: Mapped[int] = mapped_column(default=0)  # the 30-second step of the newest code that opened


class Passkey(db.Base):
    """A passkey of a member of staff, or of a citizen's own phone: the public half."""

    __tablename__ = "passkey"
    __table_args__ = db.S

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(sa.String(30), unique=True, default=crypto.new_public_id)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id"), index=True)
    credential_id: Mapped[str] = mapped_column(sa.String(1400), unique=True)  # base64url
    public_key: Mapped[str] = mapped_column(sa.Text)  # base64url of the COSE key
    sign_count: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    name: Mapped[str] = mapped_column(sa.String(60))
    made_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    device_id: Mapped[int | None] = mapped_column(sa.ForeignKey("device.id"))  # a citizen's own phone


class RecoveryCode(db.Base):
    """A code on paper for when the second factor is gone; used once."""

    __tablename__ = "recovery_code"
    __table_args__ = db.S

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id"), index=True)
    code_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    made_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)


class Challenge(db.Base):
    """What a browser has to sign with a passkey; asked for once, good for minutes."""

    __tablename__ = "challenge"
    __table_args__ = db.S

    LASTS = timedelta(minutes=5)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(sa.String(30), unique=True, default=crypto.new_public_id)
    purpose: Mapped[str] = mapped_column(sa.String(20))  # register, sign-in, sudo
    account_id: Mapped[int | None] = mapped_column(sa.ForeignKey("account.id"))
    challenge: Mapped[str] = mapped_column(sa.String(120))  # base64url
    expires_at: Mapped[datetime] = mapped_column(db.UtcDateTime, index=True)
    used_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
