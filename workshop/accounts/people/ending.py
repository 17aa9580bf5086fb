"""An account that opens nothing any more: its sessions, own phones and whatever link was on its way end with it."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.accounts import actions as accounts
from workshop.accounts.models import Account, Device, PasswordReset, PhoneTicket


def shut(session: Session, account_id: int, now: datetime) -> None:
    """Close an account from this moment on, of staff or citizen; a second time changes nothing."""
    session.execute(
        sa.update(Account).where(Account.id == account_id, Account.is_active).values(is_active=False, closed_at=now)
    )
    accounts.end_sessions(session, account_id, now)
    session.execute(
        sa.update(Device)
        .where(Device.owner_account_id == account_id, Device.revoked_at.is_(None))
        .values(revoked_at=now)
    )
    for link in (PhoneTicket, PasswordReset):
        session.execute(
            sa.update(link).where(link.account_id == account_id, link.used_at.is_(None)).values(used_at=now)
        )


def open_again(session: Session, account_id: int) -> None:
    """The account opens again with the password or code it had; phones and sessions that ended stay ended."""
    session.execute(sa.update(Account).where(Account.id == account_id).values(is_active=True, closed_at=None))
