"""Which copies were taken. The truth about a copy lies beside it, in its own list of contents."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from workshop.core import db


class BackupRun(db.Base):
    """A copy that was due at some hour; its slot is unique, so several workers take one."""

    __tablename__ = "backup_run"
    __table_args__ = db.W

    id: Mapped[int] = mapped_column(primary_key=True)
    slot: Mapped[str] = mapped_column(sa.String(40), unique=True)  # 2026-11-22T15, or a random word for one by hand
    started_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    name: Mapped[str] = mapped_column(sa.String(120), default="")
    size_bytes: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    trouble: Mapped[str] = mapped_column(sa.String(300), default="")  # empty: it went well
