"""A phone becomes one person's own: a ticket shown by staff, opened once, within ten minutes, with their PIN."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.accounts import actions, sessions, throttle
from workshop.accounts.models import Account, AccountKind, CitizenPin, Device, DeviceKind, PhoneTicket
from workshop.core import crypto
from workshop.core.errors import NotHere, Refusal
from workshop.core.i18n import _

MOST = 3
TICKETS_KEPT = timedelta(days=1)


class PhoneRow(NamedTuple):
    """An own phone, as its owner and staff see it."""

    public_id: str
    name: str
    enrolled_at: datetime
    seen_at: datetime | None


class Enrolled(NamedTuple):
    """A phone that is somebody's own now: its key, and a first sign-in. Both are given once."""

    device: Device
    key: str
    token: str


def ticket(session: Session, account_id: int, by_staff_id: int, now: datetime) -> str:
    """A ticket for one phone, given once; an earlier one that was not used opens nothing any more.

    Raises Refusal when the person has as many phones as one can have.
    """
    _hold(session, account_id)
    _check_room(session, account_id, now)
    session.execute(
        sa.update(PhoneTicket)
        .where(PhoneTicket.account_id == account_id, PhoneTicket.used_at.is_(None))
        .values(used_at=now)
    )
    session.execute(sa.delete(PhoneTicket).where(PhoneTicket.expires_at < now - TICKETS_KEPT))
    token = crypto.new_token()
    session.add(
        PhoneTicket(
            token_hash=crypto.token_hash(token),
            account_id=account_id,
            by_staff_id=by_staff_id,
            expires_at=now + PhoneTicket.LASTS,
        )
    )
    session.flush()
    return token


def open_ticket(session: Session, token: str, now: datetime) -> PhoneTicket:
    """The ticket behind a code. Raises NotHere for a used, old or unknown one."""
    found = session.scalar(sa.select(PhoneTicket).where(*_still_open(token, now)))
    if found is None:
        raise NotHere
    return found


def enrol(
    session: Session,
    token: str,
    pin: str,
    now: datetime,
    *,
    pepper: str,
    department_of: Callable[[int], int],
    browser: str = "",
) -> Enrolled | None:
    """The phone that shows the ticket is the person's own, once they have typed their PIN; None for a wrong one.

    Wrong PINs are counted against the ticket. `department_of` says where an account belongs. Raises TooManyTries, and
    NotHere for a ticket that is used, old or unknown.
    """
    found = open_ticket(session, token, now)
    account = _hold(session, found.account_id)
    subject = f"ticket:{found.id}"
    throttle.refuse_when_stopped(session, [subject], now)
    kept = session.get(CitizenPin, account.id)
    if kept is None or not account.is_active or account.kind is not AccountKind.CITIZEN:
        raise NotHere
    if not crypto.secret_matches(kept.pin_hash, pin, pepper=pepper):
        throttle.count(session, [subject], now)
        return None
    if not _take(session, token, now):
        raise NotHere
    _check_room(session, account.id, now)
    device, key = _new_phone(session, found, browser, department_of(account.id), now)
    return Enrolled(device, key, sessions.begin(session, account.id, device.id, now))


def phones_of(session: Session, account_id: int, now: datetime) -> list[PhoneRow]:
    """A person's own phones that still open something, the newest first."""
    rows = session.execute(
        sa.select(Device.public_id, Device.name, Device.enrolled_at, Device.seen_at)
        .where(*_live(account_id, now))
        .order_by(Device.id.desc())
    )
    return [PhoneRow(row.public_id, sessions.browser_words(row.name), row.enrolled_at, row.seen_at) for row in rows]


def revoke(session: Session, account_id: int, public_id: str, now: datetime) -> None:
    """The phone opens nothing any more. Raises NotHere for somebody else's phone, and for none."""
    found = session.scalar(
        sa.select(Device.id).where(
            Device.public_id == public_id, Device.kind == DeviceKind.PHONE, Device.owner_account_id == account_id
        )
    )
    if found is None:
        raise NotHere
    actions.revoke_device(session, found, now)


def _hold(session: Session, account_id: int) -> Account:
    """The account's row until the block ends, so that two phones do not slip past the count together."""
    return session.execute(sa.select(Account).where(Account.id == account_id).with_for_update()).scalar_one()


def _check_room(session: Session, account_id: int, now: datetime) -> None:
    has = session.scalar(sa.select(sa.func.count(Device.id)).where(*_live(account_id, now))) or 0
    if has >= MOST:
        raise Refusal(_("Der er allerede %(most)s telefoner. Luk en af dem først.", most=MOST))


def _live(account_id: int, now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    awake = sa.func.coalesce(Device.seen_at, Device.enrolled_at) >= now - Device.PHONE_IDLE
    return Device.owner_account_id == account_id, Device.kind == DeviceKind.PHONE, Device.revoked_at.is_(None), awake


def _new_phone(
    session: Session, of: PhoneTicket, browser: str, department_id: int, now: datetime
) -> tuple[Device, str]:
    key = crypto.new_token()
    device = Device(
        name=browser[:100],
        key_hash=crypto.token_hash(key),
        department_id=department_id,
        by_staff_id=of.by_staff_id,
        enrolled_at=now,
        seen_at=now,
        kind=DeviceKind.PHONE,
        owner_account_id=of.account_id,
    )
    session.add(device)
    session.flush()
    return device, key


def _still_open(token: str, now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    is_this = PhoneTicket.token_hash == crypto.token_hash(token)
    return is_this, PhoneTicket.used_at.is_(None), PhoneTicket.expires_at > now


def _take(session: Session, token: str, now: datetime) -> bool:
    """The database decides who was first."""
    taken = session.execute(
        sa.update(PhoneTicket)
        .where(*_still_open(token, now))
        .values(used_at=now)
        .returning(PhoneTicket.id)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    return taken is not None
