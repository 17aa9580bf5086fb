"""The audit door: every read of a person's file leaves a row, or the page is refused.

The row joins the open write block if there is one (a block of its own inside it would lock SQLite against itself), else
it is committed before the answer is sent. A list is one row with its ids.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import sqlalchemy as sa
from flask import has_request_context, request
from sqlalchemy.orm import Mapped, Session, mapped_column

from workshop.core import db
from workshop.core.access import Actor


class AccessLog(db.Base):
    """Who looked at whose file, when, and what for. Never changed, never edited."""

    __tablename__ = "access_log"
    __table_args__ = db.S

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(db.UtcDateTime, index=True)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id"), index=True)
    deed: Mapped[str] = mapped_column(sa.String(60))
    people: Mapped[list[str]] = mapped_column(sa.JSON)  # public ids, never names
    reason: Mapped[str] = mapped_column(sa.String(300), default="")
    endpoint: Mapped[str] = mapped_column(sa.String(80), default="")
    # The chain: each row has the next place and is hashed with the row before it. What it says is hashed with a salt,
    # so a row can be emptied after its deletion date and the chain still holds.
    position: Mapped[int | None] = mapped_column(unique=True)  # 1, 2, 3 … without a gap
    salt: Mapped[str] = mapped_column(sa.String(44), default="")
    payload_hash: Mapped[str] = mapped_column(sa.String(64), default="")
    chain_hash: Mapped[str] = mapped_column(sa.String(64), default="")
    delete_on: Mapped[date | None] = mapped_column(index=True)
    emptied_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)


class AccessLogHead(db.Base):
    """The end of the chain: one row, locked by whoever adds to the log."""

    __tablename__ = "access_log_head"
    __table_args__ = (sa.CheckConstraint("id = 1", name="one"), db.S)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column()
    chain_hash: Mapped[str] = mapped_column(sa.String(64))


def record(actor: Actor, deed: str, people: Sequence[str], now: datetime, *, reason: str = "") -> None:
    """Write that `actor` did `deed` ("read", "list", "export", "refused") on the files of `people` (public ids).

    Fails closed: if the row cannot be written the exception reaches the page, and nothing is shown.
    """
    endpoint = (request.endpoint or "") if has_request_context() else ""
    row = AccessLog(
        at=now, account_id=actor.account_id, deed=deed, people=list(people), reason=reason, endpoint=endpoint
    )
    joined: Session | None = db.open_session()
    if joined is not None:
        joined.add(row)
        joined.flush()
        return
    with db.transaction() as session:
        session.add(row)
