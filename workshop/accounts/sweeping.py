"""What signing in leaves behind and nobody needs any more: wrong tries and links that have run out."""

from __future__ import annotations

from datetime import datetime

from workshop.accounts import throttle
from workshop.accounts.resets import actions as resets
from workshop.core import db


def sweep(now: datetime) -> int:
    """Take away what no window and no link reaches any more; how many rows."""
    with db.transaction() as session:
        return throttle.forget(session, now) + resets.forget(session, now)
