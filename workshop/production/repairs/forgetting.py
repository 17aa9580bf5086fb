"""Who handed something in is forgotten when nobody needs it any more; what was done and what it cost stays."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.core import db
from workshop.production.repairs.models import RepairJob

OWNER_KEPT = timedelta(days=3 * 365)  # a claim for bad work lapses by then. Source: forældelsesloven § 3
SWEEPS_AT_MINUTE = 27  # once an hour is more than enough


def forget_owners(session: Session, now: datetime) -> int:
    """Take name, mail, phone and marks off cards that were closed long ago; how many."""
    forgotten = session.scalars(
        sa.update(RepairJob)
        .where(RepairJob.ended_at < now - OWNER_KEPT, RepairJob.owner_name != "")
        .values(owner_name="", owner_email="", owner_phone="", marks="")
        .returning(RepairJob.id),
        execution_options={"synchronize_session": False},
    ).all()
    return len(forgotten)


def sweep(now: datetime) -> int:
    """The same, for the worker."""
    if now.minute != SWEEPS_AT_MINUTE:
        return 0
    with db.transaction() as session:
        return forget_owners(session, now)
