"""What staff are told of lead times: when something made to order could be ready if it were asked for now, and why.

What customers have bought and nobody has put into production lies above this slice; whoever knows it says so with
`also_waits`, and the days are then those the shop gives.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date, datetime
from itertools import groupby
from typing import NamedTuple

import sqlalchemy as sa
from flask import current_app
from flask.sansio.app import App
from sqlalchemy.orm import Session

from workshop.core.text import sort_key
from workshop.production.lead_times import queries
from workshop.production.lead_times.rules import Promise
from workshop.products.models import ProductType

Waiting = Callable[[Session], Mapping[int, int]]
_WAITING = "waits to be put into production"


class ReadyOn(NamedTuple):
    """A day, and what could be ready then."""

    day: date
    names: tuple[str, ...]
    reasons: tuple[str, ...]


def also_waits(app: App, pieces: Waiting) -> None:
    """Reckon with these pieces too: how many by product type id."""
    app.extensions.setdefault(_WAITING, []).append(pieces)


def ready_days(session: Session, now: datetime) -> list[ReadyOn]:
    """Everything made to order under the first day one piece of it could be ready. A fixed number of queries."""
    rows = session.execute(
        sa.select(ProductType.id, ProductType.name).where(ProductType.is_made_to_order, ProductType.is_used)
    )
    names = {row.id: row.name for row in rows}
    if not names:
        return []
    alone = queries.each_alone(session, names, now=now, waiting=_waiting(session))
    found = sorted(alone, key=lambda type_id: (alone[type_id].ready_on, sort_key(names[type_id])))
    days = []
    for day, group in groupby(found, key=lambda type_id: alone[type_id].ready_on):
        ids = list(group)
        reasons = dict.fromkeys(reason for type_id in ids for reason in alone[type_id].reasons)
        days.append(ReadyOn(day, tuple(names[type_id] for type_id in ids), tuple(reasons)))
    return days


def ready_one(session: Session, product_type_id: int | None, now: datetime) -> Promise | None:
    """The same of one product; None for what is not made to order."""
    kind = session.get(ProductType, product_type_id) if product_type_id is not None else None
    if kind is None or not (kind.is_made_to_order and kind.is_used):
        return None
    return queries.promise(session, product_type_id=kind.id, pieces=1, now=now, waiting=_waiting(session))


def _waiting(session: Session) -> dict[int, int]:
    found: Counter[int] = Counter()
    for pieces in current_app.extensions.get(_WAITING, ()):
        found.update(pieces(session))
    return dict(found)
