"""A thing of ours that came in gets its number when its order ends; where it came from decides its VAT from then on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.production.repairs.models import JobState, RepairJob, Whose
from workshop.production.repairs.words import CATEGORIES
from workshop.products.models import Item, Origin
from workshop.products.sections import OTHER_CATEGORY

_ORIGINS = {Whose.BOUGHT: Origin.BOUGHT, Whose.DONATED: Origin.DONATED}
OURS = tuple(_ORIGINS)


class Roots(NamedTuple):
    """Where a thing comes from, None where its product type says it, and the shelf it belongs on."""

    origin: Origin | None = None
    category: str = OTHER_CATEGORY


def roots_of(session: Session, order_id: int) -> Roots:
    """Where what an order makes comes from, when it came in as a thing of ours."""
    found = session.execute(
        sa.select(RepairJob.whose, RepairJob.kind).where(RepairJob.order_id == order_id, RepairJob.whose.in_(OURS))
    ).first()
    if found is None:
        return Roots()
    return Roots(_ORIGINS[found.whose], CATEGORIES.get(found.kind, OTHER_CATEGORY))


def keep(session: Session, order_id: int, items: Sequence[Item], *, now: datetime) -> None:
    """The card of a thing of ours ends with the number it got; for any other order nothing happens."""
    session.execute(
        sa.update(RepairJob)
        .where(RepairJob.order_id == order_id, RepairJob.whose.in_(OURS), RepairJob.state == JobState.AGREED)
        .values(state=JobState.KEPT, item_id=items[0].id, done_at=now, ended_at=now, version=RepairJob.version + 1),
        execution_options={"synchronize_session": "fetch"},
    )
