"""A code app: six digits that change every half minute. A code opens once."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Session

from workshop.accounts.factors import state
from workshop.accounts.models import TotpSeed
from workshop.core import db, vault
from workshop.core.errors import Refusal
from workshop.core.i18n import _

log = structlog.get_logger()
STEP_SECONDS = 30
DIGITS = 6


def about(account_id: int) -> str:
    """What a sealed seed belongs to: it opens nowhere else."""
    return f"totp_seed:{account_id}"


def new_seed() -> str:
    """160 random bits in base32, as code apps take them."""
    import pyotp  # only whoever sets up or uses a code app needs it

    return str(pyotp.random_base32())


def address(seed: str, *, name: str, issuer: str) -> str:
    """What the QR code says to a code app."""
    return str(_app(seed).provisioning_uri(name=name, issuer_name=issuer))


def in_fours(seed: str) -> str:
    """A seed as it is typed by hand."""
    return " ".join(seed[start : start + 4] for start in range(0, len(seed), 4))


def code_at(seed: str, at: datetime) -> str:
    """The code a code app shows at a moment."""
    return str(_app(seed).generate_otp(step_at(at)))


def step_at(at: datetime) -> int:
    """Which half minute a moment lies in, counted from 1970."""
    return int(at.timestamp()) // STEP_SECONDS


def is_code(text: str) -> bool:
    """Whether this is what a code app shows, and not a code from paper."""
    return len(text) == DIGITS and text.isascii() and text.isdecimal()


def step_of(seed: str, code: str, now: datetime) -> int | None:
    """The half minute a code belongs to: this one, the one before or the one after; None for a wrong one."""
    app, here = _app(seed), step_at(now)
    found = None
    for step in (here + 1, here - 1, here):  # all three are always worked out
        if hmac.compare_digest(str(app.generate_otp(step)).encode(), code.encode()):
            found = step
    return found


def confirm(
    session: Session, account_id: int, seed: str, code: str, now: datetime, *, master_keys: Sequence[bytes]
) -> bool:
    """Keep a seed whose first code is right, in place of any older one; False when the code is wrong."""
    state.hold(session, account_id)
    step = step_of(seed, code, now)
    if step is None:
        return False
    sealed = vault.seal(_newest(master_keys), seed, about(account_id))
    values = {"sealed": sealed, "made_at": now, "confirmed_at": now, "last_step": step}
    if not db.add_unless_there(session, TotpSeed, {"account_id": account_id, **values}):
        session.execute(sa.update(TotpSeed).where(TotpSeed.account_id == account_id).values(**values))
    return True


def spend(session: Session, account_id: int, code: str, now: datetime, *, master_keys: Sequence[bytes]) -> bool:
    """Whether this is a code of the person's app that has not opened anything yet. It opens nothing more."""
    row = session.scalar(
        sa.select(TotpSeed).where(TotpSeed.account_id == account_id, TotpSeed.confirmed_at.is_not(None))
    )
    if row is None:
        return False
    try:
        seed = vault.open_sealed(master_keys, row.sealed, about(account_id))
    except vault.CannotOpen:  # a master key was lost: codes on paper and passkeys still open
        log.warning("code app does not open")
        return False
    step = step_of(seed, code, now)
    return step is not None and _take(session, account_id, step)


def remove(session: Session, account_id: int, *, is_needed: bool) -> None:
    """Take the code app away. Raises Refusal when it is the only step and one is needed, or when there is none."""
    state.hold(session, account_id)
    state.check_not_last(session, account_id, is_needed=is_needed)
    gone = session.execute(
        sa.delete(TotpSeed).where(TotpSeed.account_id == account_id).returning(TotpSeed.account_id)
    ).one_or_none()
    if gone is None:
        raise Refusal(_("Kodeappen er allerede fjernet."))
    state.tidy(session, account_id)


def _take(session: Session, account_id: int, step: int) -> bool:
    """The database decides: a step is taken once, and none before it any more."""
    taken = session.execute(
        sa.update(TotpSeed)
        .where(TotpSeed.account_id == account_id, TotpSeed.last_step < step)
        .values(last_step=step)
        .returning(TotpSeed.account_id)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    return taken is not None


def _newest(master_keys: Sequence[bytes]) -> bytes:
    if not master_keys:
        raise Refusal(_("Værkstedets nøgle mangler. Bed den, der driver systemet, om at sætte MASTER_KEY."))
    return master_keys[0]


def _app(seed: str) -> Any:
    import pyotp  # see new_seed

    return pyotp.TOTP(seed, digits=DIGITS, interval=STEP_SECONDS)
