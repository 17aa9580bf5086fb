"""The door to a citizen's file: who may come in, who is asked why first, and the log row that every visit leaves."""

from __future__ import annotations

from datetime import datetime

from workshop.citizens import queries as citizens
from workshop.citizens.models import Citizen
from workshop.core import audit, clock, db
from workshop.core.access import Actor
from workshop.core.errors import NotHere
from workshop.progression import queries


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
    citizen = known(actor, public_id, now)
    with db.reading() as session:
        is_mine = citizens.is_in_caseload(session, actor, citizen.id, clock.local_day(now))
        reason = "" if is_mine else queries.reason_given(session, actor, public_id, now)
    if reason is None:
        raise ReasonNeeded(public_id)
    audit.record(actor, deed, [public_id], now, reason=reason)
    return citizen


def give_reason(actor: Actor, public_id: str, reason: str, now: datetime) -> None:
    """Write why the actor opens this file; the log is what remembers it. Raises NotHere for another department."""
    known(actor, public_id, now)
    audit.record(actor, "reason", [public_id], now, reason=reason)


def known(actor: Actor, public_id: str, now: datetime) -> Citizen:
    """The citizen, where the actor may know of them. A try at somebody else's is logged and refused."""
    with db.reading() as session:
        try:
            return citizens.citizen_for(session, actor, public_id)
        except NotHere:
            is_somebody = queries.is_citizen(session, public_id)
    if is_somebody:
        audit.record(actor, "refused", [public_id], now)
    raise NotHere
