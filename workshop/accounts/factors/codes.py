"""Ten codes on paper, for the day the phone is gone. Each opens once."""

from __future__ import annotations

import secrets
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.accounts.models import RecoveryCode
from workshop.core import crypto

HOW_MANY = 10
LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"  # nothing that looks like something else on paper
GROUPS, GROUP_LENGTH = 4, 4  # 79 bits


def new_codes(session: Session, account_id: int, now: datetime) -> list[str]:
    """Ten new codes, given once; older ones open nothing any more. Whoever calls holds the account's row."""
    session.execute(sa.delete(RecoveryCode).where(RecoveryCode.account_id == account_id))
    made = [_new_code() for _each in range(HOW_MANY)]
    session.add_all(
        RecoveryCode(account_id=account_id, code_hash=_kept(account_id, code), made_at=now) for code in made
    )
    session.flush()
    return made


def spend(session: Session, account_id: int, typed: str, now: datetime) -> bool:
    """Whether this is one of the person's codes that has not been used. It is used now."""
    used = session.execute(
        sa.update(RecoveryCode)
        .where(
            RecoveryCode.account_id == account_id,
            RecoveryCode.code_hash == _kept(account_id, typed),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=now)
        .returning(RecoveryCode.id)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    return used is not None


def _new_code() -> str:
    groups = ["".join(secrets.choice(LETTERS) for _letter in range(GROUP_LENGTH)) for _group in range(GROUPS)]
    return "-".join(groups)


def _kept(account_id: int, typed: str) -> str:
    """What is kept of a code. It is random and long, so one pass of SHA-256 is enough."""
    letters = "".join(letter for letter in typed.casefold() if letter in LETTERS)
    return crypto.token_hash(f"recovery:{account_id}:{letters}")
