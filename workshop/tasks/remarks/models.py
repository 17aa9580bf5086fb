"""A citizen's own word about a record."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from workshop.core import crypto, db


class RecordRemark(db.Base):
    """The citizen sees it differently; the remark follows the record into every report (domain D2, edge case 4).

    It belongs to the work, so it is read with every version of the record. A new one takes the place of the last.
    """

    __tablename__ = "record_remark"
    __table_args__ = db.D

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(sa.String(30), unique=True, default=crypto.new_public_id)
    record_id: Mapped[int] = mapped_column(sa.ForeignKey("task_record.id"), index=True)  # the version it was said to
    citizen_id: Mapped[int] = mapped_column(sa.ForeignKey("citizen.id"), index=True)
    text: Mapped[str] = mapped_column(sa.String(400))
    written_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    by_account_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id"))  # the citizen, or staff who wrote it down
    withdrawn_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
