"""Finished work that no record tells of, said to be done by staff."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from workshop.core import db


class DoneByStaff(db.Base):
    """An order or a visit was done by employees, so there is nobody to write a record for."""

    __tablename__ = "done_by_staff"
    __table_args__ = (
        sa.UniqueConstraint("order_id"),
        sa.UniqueConstraint("visit_id"),
        sa.CheckConstraint("(order_id IS NULL) <> (visit_id IS NULL)", name="one_of_them"),
        db.D,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int | None] = mapped_column(sa.ForeignKey("production_order.id"))
    visit_id: Mapped[int | None] = mapped_column(sa.ForeignKey("service_visit.id"))
    said_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    by_staff_id: Mapped[int] = mapped_column(sa.ForeignKey("staff.account_id"))
