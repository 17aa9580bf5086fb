"""The catalogue's mark: it is another after every change of a thing or its photos, so a page made before can be known.

It is random rather than counted, so a database restored from a copy never repeats one. It is written as the last thing
of the block that changed something: whoever waits for this one row then holds all else already, so nobody waits in a
circle, and a reader who sees the new mark sees the change.
"""

from __future__ import annotations

import secrets
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Session, object_session

from workshop.products.models import CatalogueMark, Item, ItemPhoto

_THE_ONE = 1
_READ = sa.select(CatalogueMark.__table__.c.mark).where(CatalogueMark.__table__.c.id == _THE_ONE)
_WRITE = sa.text(  # the same words on both databases
    "INSERT INTO catalogue_mark (id, mark) VALUES (:id, :mark) ON CONFLICT (id) DO UPDATE SET mark = excluded.mark"
)
_CHANGED = "catalogue has changed"


def mark(session: Session) -> str | None:
    """The mark of the catalogue as it is; None before anything has been put into it.

    Ask for it before reading things: then a page is never older than its mark.
    """
    found: str | None = session.connection().execute(_READ).scalar()
    return found


def changed(session: Session) -> None:
    """Say that things changed by a statement; what goes through the objects is noticed by itself."""
    session.info[_CHANGED] = True


def _noticed(_mapper: Any, _connection: Any, target: Item | ItemPhoto) -> None:
    session = object_session(target)
    if session is not None:
        changed(session)


def _mark_anew(session: Session) -> None:
    if session.in_nested_transaction():
        return  # the row is for the end of the whole block
    session.flush()  # what is still to be written may be a change too
    if session.info.pop(_CHANGED, False):
        session.execute(_WRITE, {"id": _THE_ONE, "mark": secrets.token_urlsafe(16)})


for _kind in (Item, ItemPhoto):
    for _moment in ("after_insert", "after_update", "after_delete"):
        event.listen(_kind, _moment, _noticed)
event.listen(Session, "before_commit", _mark_anew)
