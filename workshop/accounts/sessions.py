"""Sign-ins that can be seen and ended: a new token at each step, a list of one's own, and an end to all others."""

from __future__ import annotations

import re
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.accounts.models import LoginSession
from workshop.core import crypto
from workshop.core.errors import NotHere
from workshop.core.i18n import _

LONGEST_LIST = 50
# The first that fits: browsers name those they descend from as well.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "Chromebook"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
)
_SIGNS = re.compile(r"[^\x20-\x7e]")


class SessionRow(NamedTuple):
    """One's own sign-in, as the list shows it."""

    public_id: str
    browser: str
    created_at: datetime
    seen_at: datetime
    is_this: bool


def browser_name(user_agent: str | None) -> str:
    """Which browser on what, in words: "Chrome på Windows". What the browser says about itself is never kept whole."""
    said = _SIGNS.sub("", user_agent or "")[:400]
    browser = next((name for sign, name in BROWSERS if sign in said), "")
    system = next((name for sign, name in SYSTEMS if sign in said), "")
    return f"{browser}|{system}"


def browser_words(kept: str) -> str:
    """The kept name in the reader's language."""
    browser, _bar, system = kept.partition("|")
    if browser and system:
        return _("%(browser)s på %(system)s", browser=browser, system=system)
    return browser or system or _("En browser, vi ikke kender")


def begin(
    session: Session,
    account_id: int,
    device_id: int | None,
    now: datetime,
    *,
    browser: str = "",
    is_proved: bool = False,
    has_second_factor: bool = False,
) -> str:
    """A new sign-in and its token, which is given once. `has_second_factor`: both steps were taken in one."""
    token = crypto.new_token()
    session.add(
        LoginSession(
            token_hash=crypto.token_hash(token),
            account_id=account_id,
            device_id=device_id,
            created_at=now,
            seen_at=now,
            browser=browser[:60],
            second_factor_at=now if has_second_factor else None,
            proved_at=now if is_proved else None,
        )
    )
    session.flush()
    return token


def pass_second_step(session: Session, login_id: int, now: datetime) -> str | None:
    """The second step is taken: a new token for the same sign-in. The old one opens nothing; None when it was ended."""
    return _renew(session, login_id, now, second_factor_at=now, proved_at=now)


def prove(session: Session, login_id: int, now: datetime) -> str | None:
    """Somebody has proved again who they are; the token is new here too."""
    return _renew(session, login_id, now, proved_at=now)


def renew(session: Session, login_id: int, now: datetime) -> str | None:
    """A new token, and nothing else: what was proved stays as long ago as it was."""
    return _renew(session, login_id, now)


def _renew(session: Session, login_id: int, now: datetime, **changes: datetime) -> str | None:
    token = crypto.new_token()
    changed = session.execute(
        sa.update(LoginSession)
        .where(LoginSession.id == login_id, LoginSession.revoked_at.is_(None))
        .values(token_hash=crypto.token_hash(token), seen_at=now, **changes)
        .returning(LoginSession.id)
    ).one_or_none()
    return token if changed is not None else None


def of_account(session: Session, account_id: int, this_id: int | None, now: datetime) -> list[SessionRow]:
    """The sign-ins of an account that still open something, the newest use first."""
    rows = session.execute(
        sa.select(
            LoginSession.id,
            LoginSession.public_id,
            LoginSession.browser,
            LoginSession.created_at,
            LoginSession.seen_at,
        )
        .where(
            LoginSession.account_id == account_id,
            LoginSession.revoked_at.is_(None),
            LoginSession.seen_at >= now - LoginSession.STAFF_IDLE,
            LoginSession.created_at >= now - LoginSession.STAFF_LONGEST,
        )
        .order_by(LoginSession.seen_at.desc(), LoginSession.id.desc())
        .limit(LONGEST_LIST)
    )
    return [
        SessionRow(row.public_id, browser_words(row.browser), row.created_at, row.seen_at, row.id == this_id)
        for row in rows
    ]


def end_one(session: Session, account_id: int, public_id: str, now: datetime) -> None:
    """End one of one's own sign-ins. Raises NotHere for somebody else's, and for none."""
    found = session.scalar(
        sa.select(LoginSession).where(LoginSession.account_id == account_id, LoginSession.public_id == public_id)
    )
    if found is None:
        raise NotHere
    found.revoked_at = found.revoked_at or now
    session.flush()


def end_others(session: Session, account_id: int, this_id: int | None, now: datetime) -> int:
    """End every sign-in of an account but this one; how many there were."""
    ended = session.execute(
        sa.update(LoginSession)
        .where(
            LoginSession.account_id == account_id,
            LoginSession.revoked_at.is_(None),
            LoginSession.id != (this_id or 0),
        )
        .values(revoked_at=now)
        .returning(LoginSession.id)
    )
    return len(ended.all())
