"""What changes accounts: signing in and out, enrolling a tablet, letting somebody in."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.accounts.models import (
    Account,
    AccountKind,
    CitizenPin,
    Department,
    Device,
    LoginSession,
    SignInFailure,
    Staff,
    StaffDepartment,
    StaffPassword,
    StaffRole,
)
from workshop.core import crypto
from workshop.core.access import Role
from workshop.core.errors import Refusal
from workshop.core.i18n import _

SHORTEST_PASSWORD = 12
PIN_WINDOW = timedelta(minutes=15)
DAY = timedelta(days=1)
MOST_WRONG_PINS = 5  # in 15 minutes, per person (decision 22)
MOST_WRONG_PINS_A_DAY = 10
MOST_WRONG_PINS_PER_TABLET = 40  # a day
MOST_WRONG_PASSWORDS = 10  # in 15 minutes, per mail address


class WrongPin(Refusal):
    """The PIN was not this person's; they may try again."""


class TooManyTries(Refusal):
    """Guessing is stopped until staff release it."""


def add_department(session: Session, key: str, name: str) -> Department:
    """A department of the workshop."""
    department = Department(key=key, name=name)
    session.add(department)
    session.flush()
    return department


def add_staff(
    session: Session,
    *,
    name: str,
    email: str,
    password: str,
    roles: Iterable[Role],
    departments: Iterable[int],
    now: datetime,
    cheap: bool = False,
) -> Staff:
    """A member of staff who can sign in. Raises Refusal when the password is short or the mail address is taken."""
    if len(password) < SHORTEST_PASSWORD:
        raise Refusal(_("Adgangskoden er for kort. Brug mindst %(length)s tegn.", length=SHORTEST_PASSWORD))
    address = email.strip().lower()
    if session.scalar(sa.select(Staff.account_id).where(Staff.email == address)) is not None:
        raise Refusal(_("Der er allerede en medarbejder med den mailadresse."))
    account = Account(kind=AccountKind.STAFF, created_at=now)
    session.add(account)
    session.flush()
    staff = Staff(account_id=account.id, name=name, email=address)
    session.add(staff)
    session.flush()
    session.add_all(StaffRole(account_id=account.id, role=role) for role in set(roles))
    session.add_all(StaffDepartment(account_id=account.id, department_id=each) for each in set(departments))
    kept = crypto.hash_secret(password, cheap=cheap)
    session.add(StaffPassword(account_id=account.id, password_hash=kept, changed_at=now))
    session.flush()
    return staff


def add_citizen_account(session: Session, *, pin: str, pepper: str, now: datetime, cheap: bool = False) -> Account:
    """An opaque account with a PIN; who it is stands in `citizens` and nowhere else."""
    account = Account(kind=AccountKind.CITIZEN, created_at=now)
    session.add(account)
    session.flush()
    kept = crypto.hash_secret(pin, pepper=pepper, cheap=cheap)
    session.add(CitizenPin(account_id=account.id, pin_hash=kept, changed_at=now))
    session.flush()
    return account


def sign_in_staff(session: Session, email: str, password: str, now: datetime) -> str | None:
    """A session token, or None when mail or password is wrong.

    The failure is written, so the block must be left normally, not by an exception. The same work is done for a mail
    address nobody has. Raises TooManyTries after ten failures in a quarter of an hour.
    """
    address = email.strip().lower()
    subject = f"mail:{crypto.token_hash(address)[:32]}"
    if _failures(session, subject, now - PIN_WINDOW) >= MOST_WRONG_PASSWORDS:
        raise TooManyTries(_("Der er prøvet for mange gange. Vent et kvarter, og prøv igen."))
    found = session.execute(
        sa.select(StaffPassword.account_id, StaffPassword.password_hash)
        .join(Staff, Staff.account_id == StaffPassword.account_id)
        .join(Account, Account.id == Staff.account_id)
        .where(Staff.email == address, Account.is_active)
    ).one_or_none()
    kept = found.password_hash if found else _nobody()
    if not crypto.secret_matches(kept, password) or found is None:
        session.add(SignInFailure(at=now, subject=subject))
        return None
    return _begin(session, found.account_id, None, now)


def sign_in_citizen(
    session: Session, account_id: int, pin: str, device_id: int, *, pepper: str, now: datetime
) -> str | None:
    """A session token bound to the tablet, or None for a wrong PIN (written and counted).

    Raises TooManyTries when the person or the tablet has had too many wrong PINs; staff release it.
    """
    kept = session.get(CitizenPin, account_id)
    if _is_stopped(session, account_id, device_id, kept.released_at if kept else None, now):
        raise TooManyTries(_("Vi henter en, der kan hjælpe."))
    if kept is None or not crypto.secret_matches(kept.pin_hash, pin, pepper=pepper):
        for subject in (f"account:{account_id}", f"device:{device_id}"):
            session.add(SignInFailure(at=now, subject=subject))
        return None
    return _begin(session, account_id, device_id, now)


def pin_is_stopped(session: Session, account_id: int, device_id: int, now: datetime) -> bool:
    """Whether this person's PIN is asked for no more at this tablet, until staff release it."""
    kept = session.get(CitizenPin, account_id)
    return _is_stopped(session, account_id, device_id, kept.released_at if kept else None, now)


def stopped_accounts(session: Session, account_ids: Collection[int], now: datetime) -> set[int]:
    """Those of these accounts whose PIN is stopped by their own wrong tries: somebody stands at a tablet and waits."""
    rows = session.execute(
        sa.select(CitizenPin.account_id, SignInFailure.at)
        .join(SignInFailure, SignInFailure.subject == "account:" + sa.cast(CitizenPin.account_id, sa.String))
        .where(
            CitizenPin.account_id.in_(account_ids),
            SignInFailure.at > now - DAY,
            sa.or_(CitizenPin.released_at.is_(None), SignInFailure.at > CitizenPin.released_at),
        )
    )
    tries: dict[int, list[datetime]] = {}
    for account_id, at in rows:
        tries.setdefault(account_id, []).append(at)
    return {
        each
        for each, wrong in tries.items()
        if len(wrong) >= MOST_WRONG_PINS_A_DAY or sum(at > now - PIN_WINDOW for at in wrong) >= MOST_WRONG_PINS
    }


def release_pin(session: Session, account_id: int, now: datetime) -> None:
    """Staff let a person try their PIN again; earlier failures no longer count."""
    session.get_one(CitizenPin, account_id).released_at = now
    session.flush()


def new_citizen_pin(session: Session, account_id: int, *, pepper: str, now: datetime, cheap: bool = False) -> str:
    """A new random PIN, shown once; sessions signed in with the old one end."""
    pin = crypto.new_pin()
    kept = session.get_one(CitizenPin, account_id)
    kept.pin_hash = crypto.hash_secret(pin, pepper=pepper, cheap=cheap)
    kept.changed_at = kept.released_at = now
    end_sessions(session, account_id, now)
    return pin


def sign_out(session: Session, token: str, now: datetime) -> None:
    """End one session; a second time changes nothing."""
    session.execute(
        sa.update(LoginSession)
        .where(LoginSession.token_hash == crypto.token_hash(token), LoginSession.revoked_at.is_(None))
        .values(revoked_at=now)
    )


def end_sessions(session: Session, account_id: int, now: datetime) -> None:
    """End every session of an account."""
    session.execute(
        sa.update(LoginSession)
        .where(LoginSession.account_id == account_id, LoginSession.revoked_at.is_(None))
        .values(revoked_at=now)
    )


def seen(session: Session, login_id: int, now: datetime) -> None:
    """Somebody used the session just now."""
    session.execute(sa.update(LoginSession).where(LoginSession.id == login_id).values(seen_at=now))


def enrol_device(
    session: Session, *, name: str, department_id: int, by_staff_id: int, now: datetime
) -> tuple[Device, str]:
    """A tablet of the workshop and its key; the key is given once and only to that tablet."""
    key = crypto.new_token()
    device = Device(
        name=name,
        key_hash=crypto.token_hash(key),
        department_id=department_id,
        by_staff_id=by_staff_id,
        enrolled_at=now,
    )
    session.add(device)
    session.flush()
    return device, key


def revoke_device(session: Session, device_id: int, now: datetime) -> None:
    """A lost tablet: its key opens nothing any more, and whoever is signed in on it is out."""
    session.execute(sa.update(Device).where(Device.id == device_id).values(revoked_at=now))
    session.execute(
        sa.update(LoginSession)
        .where(LoginSession.device_id == device_id, LoginSession.revoked_at.is_(None))
        .values(revoked_at=now)
    )


def _begin(session: Session, account_id: int, device_id: int | None, now: datetime) -> str:
    token = crypto.new_token()
    session.add(
        LoginSession(
            token_hash=crypto.token_hash(token), account_id=account_id, device_id=device_id, created_at=now, seen_at=now
        )
    )
    session.flush()
    return token


def _failures(session: Session, subject: str, since: datetime) -> int:
    counted = sa.select(sa.func.count()).where(SignInFailure.subject == subject, SignInFailure.at > since)
    return session.scalar(counted) or 0


def _is_stopped(session: Session, account_id: int, device_id: int, released_at: datetime | None, now: datetime) -> bool:
    since = [max(start, released_at) if released_at else start for start in (now - PIN_WINDOW, now - DAY)]
    person = f"account:{account_id}"
    return (
        _failures(session, person, since[0]) >= MOST_WRONG_PINS
        or _failures(session, person, since[1]) >= MOST_WRONG_PINS_A_DAY
        or _failures(session, f"device:{device_id}", since[1]) >= MOST_WRONG_PINS_PER_TABLET
    )


_nobodys_hash: list[str] = []


def _nobody() -> str:
    """A hash nobody has the password of, made once, so that an unknown mail address costs the same work."""
    if not _nobodys_hash:
        _nobodys_hash.append(crypto.hash_secret(crypto.new_token()))
    return _nobodys_hash[0]
