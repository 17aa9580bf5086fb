"""Counting what a page asks of the database, by listening to the engines of this process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from workshop.core import db

NOT_QUESTIONS = ("BEGIN", "COMMIT", "ROLLBACK", "PRAGMA", "SAVEPOINT", "RELEASE")
# Written by whichever page comes when a minute has gone, so by one of two that are compared on a busy machine.
ONCE_A_MINUTE = ("UPDATE LOGIN_SESSION SET SEEN_AT=", "UPDATE DEVICE SET SEEN_AT=")


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements sent while the block runs, in order.

    Beginnings and ends of transactions are not counted, nor that somebody was seen.
    """
    sent: list[str] = []

    def hear(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if not statement.lstrip().upper().startswith(NOT_QUESTIONS + ONCE_A_MINUTE):
            sent.append(" ".join(statement.split()))

    engines = db.engines()
    for engine in engines:
        event.listen(engine, "before_cursor_execute", hear)
    try:
        yield sent
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", hear)
