"""Who may use which tool, since when, and who taught it."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from workshop.core import crypto, db


class ToolPermit(db.Base):
    """A tool permit (decision 23): instructed by whom, when, on what. Apart from competence; no level.

    Past `see_again_on` it says "bør ses igen" and goes on counting; only `ended_on` ends it. A change is a new row.
    """

    __tablename__ = "tool_permit"
    __table_args__ = (sa.Index(None, "citizen_id", "permit_kind_id"), db.D)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(sa.String(30), unique=True, default=crypto.new_public_id)
    citizen_id: Mapped[int] = mapped_column(sa.ForeignKey("citizen.id"))
    permit_kind_id: Mapped[int] = mapped_column(sa.ForeignKey("permit_kind.id"))
    on_what: Mapped[str] = mapped_column(sa.String(200))
    given_on: Mapped[date] = mapped_column()
    see_again_on: Mapped[date | None] = mapped_column()
    ended_on: Mapped[date | None] = mapped_column()
    instructed_by_id: Mapped[int] = mapped_column(sa.ForeignKey("staff.account_id"))
    written_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    by_staff_id: Mapped[int] = mapped_column(sa.ForeignKey("staff.account_id"))
