"""Printed numbers. Each is taken once, in the block that uses it, and never comes again."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from workshop.core import db
from workshop.products.models import NumberSeries

_ADVANCE = (
    sa.update(NumberSeries)
    .where(NumberSeries.key == sa.bindparam("series"))
    .values(next_number=NumberSeries.next_number + sa.bindparam("many"))
    .returning(NumberSeries.next_number)
)


def take_numbers(session: Session, key: str, how_many: int = 1, *, first: int = 1) -> int:
    """The first of `how_many` consecutive numbers of a series; a new series begins at `first`.

    The row stays locked until the block ends, so a block that fails gives its numbers back untaken.
    """
    if how_many < 1:
        raise ValueError("at least one number must be taken")
    following = _advance(session, key, how_many)
    if following is None:
        _begin(session, key, first)
        following = _advance(session, key, how_many)
    if following is None:
        raise RuntimeError(f"the number series {key} could not be begun")
    return following - how_many


def wait_for(session: Session, key: str, *, first: int = 1) -> None:
    """Wait until nobody else is taking numbers of this series, and keep them from it until the block ends."""
    if _advance(session, key, 0) is None:
        _begin(session, key, first)
        _advance(session, key, 0)


def _advance(session: Session, key: str, how_many: int) -> int | None:
    session.flush()
    found: int | None = db.run(session, _ADVANCE, {"series": key, "many": how_many}).scalar()
    return found


def _begin(session: Session, key: str, first: int) -> None:
    """Begin the series, unless somebody else does so at this very moment."""
    try:
        with session.begin_nested():
            session.execute(sa.insert(NumberSeries).values(key=key, next_number=first))
    except IntegrityError:
        return
