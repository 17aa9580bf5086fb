"""What may happen once only, though two press the button in the same moment: one at a time."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.core import db


def take_turn(session: Session, table: type[db.Base]) -> None:
    """Nobody else writes to this table until the block ends; reading goes on. On SQLite a write block is alone already.

    A row cannot be locked before it is there, and the first of its kind is what this is for.
    """
    if not db.database().is_sqlite:
        session.execute(sa.text(f"LOCK TABLE {table.__tablename__} IN SHARE ROW EXCLUSIVE MODE"))
