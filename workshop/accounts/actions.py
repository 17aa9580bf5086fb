"""What changes accounts: signing in and out, enrolling a tablet, letting somebody in."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.accounts import passwords, sessions, throttle
from workshop.accounts.models import (
    Account,
    AccountKind,
    CitizenPin,
    Department,
    Device,
    DeviceKind,
    LoginSession,
    SignInFailure,
    Staff,
    StaffDepartment,
    StaffPassword,
    StaffRole,
)
from workshop.accounts.throttle import DAY, TooManyTries
from workshop.core import crypto
from workshop.core.access import Role
from workshop.core.errors import Refusal
from workshop.core.i18n import _

__all__ = ["TooManyTries"]  # those who sign somebody in need it beside the act

PIN_WINDOW = throttle.QUARTER
MOST_WRONG_PINS, MOST_WRONG_PINS_A_DAY = (limit.most for limit in throttle.LIMITS["account"])
MOST_WRONG_PINS_PER_TABLET = throttle.LIMITS["device"][0].most
MOST_WRONG_PASSWORDS = throttle.LIMITS["mail"][0].most


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
    """A member of staff who can sign in. Raises Refusal when the password is weak or the mail address is taken."""
    address = email.strip().lower()
    passwords.check(password, (name, address))
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
    session.flush()
    passwords.write(session, account.id, password, now, cheap=cheap)
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


def sign_in_staff(
    session: Session,
    email: str,
    password: str,
    now: datetime,
    *,
    network: str = "",
    known_browser: str = "",
    browser: str = "",
) -> str | None:
    """A session token, or None when mail or password is wrong. With a second factor it is half a sign-in still.

    The failure is written, so the block must be left normally, not by an exception. The same work is done for a mail
    address nobody has. A browser the person has signed in with before is counted by itself: `known_browser` is its
    subject, and others' tries elsewhere do not stop it. Raises TooManyTries when there were too many.
    """
    address = email.strip().lower()
    subjects = [known_browser] if known_browser else [each for each in (throttle.mail(address), network) if each]
    found = session.execute(
        sa.select(StaffPassword.account_id, StaffPassword.password_hash, StaffPassword.changed_at)
        .join(Staff, Staff.account_id == StaffPassword.account_id)
        .join(Account, Account.id == Staff.account_id)
        .where(Staff.email == address, Account.is_active)
        .with_for_update(of=StaffPassword)  # tries at one person come one after the other, so none slips past the count
    ).one_or_none()
    # A new password by mail is a way back: what was guessed before it no longer counts.
    changed_at = found.changed_at - timedelta(microseconds=1) if found and found.changed_at <= now else None
    throttle.refuse_when_stopped(session, subjects, now, released_at=changed_at)
    nobody = _nobody()  # asked for before it is known whether it is needed: the first to need it would be seen waiting
    kept = found.password_hash if found else nobody
    if not crypto.secret_matches(kept, passwords.normal(password)) or found is None:
        throttle.count(session, subjects, now)
        return None
    return sessions.begin(session, found.account_id, None, now, browser=browser, is_proved=True)


def sign_in_citizen(
    session: Session, account_id: int, pin: str, device_id: int, *, pepper: str, now: datetime
) -> str | None:
    """A session token bound to the tablet or own phone, or None for a wrong PIN (written and counted).

    Raises TooManyTries when the person or the tablet has had too many wrong PINs; staff release it.
    """
    kept = session.get(CitizenPin, account_id, with_for_update=True)  # see sign_in_staff
    if _is_stopped(session, account_id, device_id, kept.released_at if kept else None, now):
        raise TooManyTries(_("Vi henter en, der kan hjælpe."))
    if kept is None or not crypto.secret_matches(kept.pin_hash, pin, pepper=pepper):
        throttle.count(session, _pin_subjects(session, account_id, device_id), now)
        return None
    session.execute(sa.update(Device).where(Device.id == device_id).values(seen_at=now))
    return sessions.begin(session, account_id, device_id, now)


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


def seen(session: Session, login_id: int, now: datetime, *, device_id: int | None = None) -> None:
    """Somebody used the session just now, and with it the tablet or phone they signed in at."""
    session.execute(sa.update(LoginSession).where(LoginSession.id == login_id).values(seen_at=now))
    if device_id is not None:
        session.execute(sa.update(Device).where(Device.id == device_id).values(seen_at=now))


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
    """A lost tablet or phone: its key opens nothing any more, and whoever is signed in on it is out."""
    session.execute(sa.update(Device).where(Device.id == device_id, Device.revoked_at.is_(None)).values(revoked_at=now))
    session.execute(
        sa.update(LoginSession)
        .where(LoginSession.device_id == device_id, LoginSession.revoked_at.is_(None))
        .values(revoked_at=now)
    )


def _pin_subjects(session: Session, account_id: int, device_id: int) -> tuple[str, ...]:
    """An own phone is counted by itself: what is tried at a tablet keeps nobody out of their phone, nor back again."""
    kind = session.scalar(sa.select(Device.kind).where(Device.id == device_id))
    if kind is DeviceKind.PHONE:
        return (f"phone:{device_id}",)
    return (f"account:{account_id}", f"device:{device_id}")


def _is_stopped(session: Session, account_id: int, device_id: int, released_at: datetime | None, now: datetime) -> bool:
    *person, device = _pin_subjects(session, account_id, device_id)
    if not person:
        return throttle.is_stopped(session, [device], now, released_at=released_at)
    # Releasing a person does not release a tablet that guesses at everybody.
    return throttle.is_stopped(session, person, now, released_at=released_at) or throttle.is_stopped(
        session, [device], now
    )


_nobodys_hash: list[str] = []


def _nobody() -> str:
    """A hash nobody has the password of, made once, so that an unknown mail address costs the same work."""
    if not _nobodys_hash:
        _nobodys_hash.append(crypto.hash_secret(crypto.new_token()))
    return _nobodys_hash[0]
