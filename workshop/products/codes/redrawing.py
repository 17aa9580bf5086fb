"""Every code drawn anew, for when the shop gets another address. Tokens and numbers stay, so the labels out there too.

A symbol takes some milliseconds, so a batch is drawn while nothing is locked, and written in a short block of its own.
A code that was renewed meanwhile is left alone: it has another token, and its symbol is new already.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import sqlalchemy as sa

from workshop.core import db
from workshop.products import catalogue
from workshop.products.models import Item, ItemCode
from workshop.products.qr import make_qr

BATCH = 100


class Progress(NamedTuple):
    """How many codes there are, and how many of them are drawn."""

    done: int
    total: int


class _Place(NamedTuple):
    """A table whose rows have a code."""

    id: sa.ColumnElement[int]
    token: sa.ColumnElement[str]
    table: sa.Table


def _places() -> tuple[_Place, ...]:
    items, codes = sa.inspect(Item).local_table, sa.inspect(ItemCode).local_table
    found = ((items, items.c.qr_token), (codes, codes.c.token))
    return tuple(_Place(table.c.id, token, table) for table, token in found if isinstance(table, sa.Table))


def redraw_all(base_url: str) -> Iterator[Progress]:
    """Draw the code of every thing, and every other code, for this address; yields after each batch.

    Stopped half way it can simply be begun again.
    """
    places = _places()
    with db.reading() as session:
        total = sum(session.scalar(sa.select(sa.func.count()).select_from(place.table)) or 0 for place in places)
    done = 0
    for place in places:
        for count in _redraw(place, base_url):
            done += count
            yield Progress(done, max(done, total))


def _redraw(place: _Place, base_url: str) -> Iterator[int]:
    last = 0
    while True:
        statement = sa.select(place.id, place.token).where(place.id > last).order_by(place.id).limit(BATCH)
        with db.reading() as session:
            rows = session.execute(statement).all()
        if not rows:
            return
        drawn = [_drawn(base_url, row_id, token) for row_id, token in rows]
        with db.transaction() as session:
            session.connection().execute(
                sa.update(place.table)
                .where(place.id == sa.bindparam("row_id"), place.token == sa.bindparam("row_token"))
                .values(qr_path=sa.bindparam("path"), qr_side=sa.bindparam("side")),
                drawn,
            )
            catalogue.changed(session)
        last = rows[-1][0]
        yield len(rows)


def _drawn(base_url: str, row_id: int, token: str) -> dict[str, object]:
    symbol = make_qr(f"{base_url}/q/{token}")
    return {"row_id": row_id, "row_token": token, "path": symbol.path, "side": symbol.side}
