"""The door to a citizen's file: who may come in, who is asked why first, and the log row that every visit leaves.

Every slice about people opens a file here. A try at somebody of another department is answered like a name nobody has,
and stands in the log; the handler in `opening` writes it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.citizens import caseload, queries
from workshop.citizens.models import Citizen
from workshop.core import audit, clock, db
from workshop.core.access import Actor
from workshop.core.audit import AccessLog

REASON_LASTS = timedelta(hours=8)


class ReasonNeeded(Exception):  # noqa: N818 — not an error: the next page asks why
    """The file lies outside the actor's caseload; a written reason opens it for a working day."""

    def __init__(self, public_id: str) -> None:
        super().__init__(public_id)
        self.public_id = public_id


def enter(actor: Actor, public_id: str, now: datetime, *, deed: str = "read") -> Citizen:
    """The citizen's row for a page about them; the visit is in the log before anything is shown.

    Opens a block of its own, so it is called outside one. Raises NotHere for another department (the try is logged),
    and ReasonNeeded outside the actor's caseload. Source: decisions 2 and 18.
    """
    citizen = known(actor, public_id)
    with db.reading() as session:
        is_mine = caseload.is_in_caseload(session, actor, citizen, clock.local_day(now))
        reason = "" if is_mine else reason_given(session, actor, public_id, now)
    if reason is None:
        raise ReasonNeeded(public_id)
    audit.record(actor, deed, [public_id], now, reason=reason)
    return citizen


def give_reason(actor: Actor, public_id: str, reason: str, now: datetime) -> None:
    """Write why the actor opens this file; the log is what remembers it. Raises NotHere for another department."""
    known(actor, public_id)
    audit.record(actor, "reason", [public_id], now, reason=reason)


def known(actor: Actor, public_id: str) -> Citizen:
    """The citizen, where the actor may know of them. Raises NotHere for anybody else's, and for nobody's."""
    with db.reading() as session:
        return queries.citizen_for(session, actor, public_id)


def reason_given(session: Session, actor: Actor, public_id: str, now: datetime) -> str | None:
    """The reason the actor wrote today for opening this file; the log itself is what remembers it."""
    rows = session.execute(
        sa.select(AccessLog.people, AccessLog.reason)
        .where(AccessLog.account_id == actor.account_id, AccessLog.deed == "reason", AccessLog.at > now - REASON_LASTS)
        .order_by(AccessLog.id.desc())
    )
    return next((reason for people, reason in rows if people == [public_id]), None)
