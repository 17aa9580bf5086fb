"""The catalogue's marks: they are others after every change, so a page made before can be known.

One is of the things and their photos. The other is of the house: of the products it makes, and of what stands above
this slice and says so with `watch`, such as opening hours. A thing sold leaves what is known of the house as it is.

A mark is random rather than counted, so a database restored from a copy never repeats one. It is written as the last
thing of the block that changed something: whoever waits for such a row then holds all else already, so nobody waits in
a circle, and a reader who sees the new mark sees the change.
"""

from __future__ import annotations

import secrets
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Session, object_session

from workshop.core import db
from workshop.products.models import CatalogueMark, Item, ItemPhoto, ProductType

_THINGS, _HOUSE = 1, 2
_READ = sa.select(CatalogueMark.__table__.c.id, CatalogueMark.__table__.c.mark)
_WRITE = sa.text(  # the same words on both databases
    "INSERT INTO catalogue_mark (id, mark) VALUES (:id, :mark) ON CONFLICT (id) DO UPDATE SET mark = excluded.mark"
)
_CHANGED = "catalogue has changed"


class Marks(NamedTuple):
    """The marks as they are; empty before anything has been written down of that kind."""

    things: str
    house: str


def marks(session: Session) -> Marks:
    """Both marks. Ask for them before reading things: then a page is never older than its mark."""
    found: dict[int, str] = dict(db.rows(session, _READ))
    return Marks(found.get(_THINGS, ""), found.get(_HOUSE, ""))


def mark(session: Session) -> str | None:
    """The two as one; None before anything has been put into the catalogue."""
    return ".".join(found) if any(found := marks(session)) else None


def changed(session: Session) -> None:
    """Say that things changed by a statement; what goes through the objects is noticed by itself."""
    _changed(session, _THINGS)


def house_changed(session: Session) -> None:
    """The same for products, hours and texts."""
    _changed(session, _HOUSE)


def _changed(session: Session, which: int) -> None:
    session.info.setdefault(_CHANGED, set()).add(which)


def watch(*kinds: type) -> None:
    """Let every change of such a row be one of the house: for what stands on public pages and is no thing."""
    _watch(kinds, _HOUSE)


def _watch(kinds: tuple[type, ...], which: int) -> None:
    def noticed(_mapper: Any, _connection: Any, target: Any) -> None:
        session = object_session(target)
        if session is not None:
            _changed(session, which)

    for kind in kinds:
        for moment in ("after_insert", "after_update", "after_delete"):
            event.listen(kind, moment, noticed)


def _mark_anew(session: Session) -> None:
    if session.in_nested_transaction():
        return  # the row is for the end of the whole block
    session.flush()  # what is still to be written may be a change too
    for which in sorted(session.info.pop(_CHANGED, ())):  # in one order, so that two blocks never wait in a circle
        session.execute(_WRITE, {"id": which, "mark": secrets.token_urlsafe(16)})


_watch((Item, ItemPhoto), _THINGS)
watch(ProductType)
event.listen(Session, "before_commit", _mark_anew)
