"""What may only be used after instruction, and what shows how a task is done. Whose permit it is stands elsewhere."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from workshop.core import db


class PermitKind(db.Base):
    """A tool that asks for a permit: "må bruge kap- og rundsav"."""

    __tablename__ = "permit_kind"
    __table_args__ = db.W

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(100), unique=True)
    is_used: Mapped[bool] = mapped_column(default=True)


class TaskTypePermit(db.Base):
    """A permit a task asks for."""

    __tablename__ = "task_type_permit"
    __table_args__ = db.W

    task_type_id: Mapped[int] = mapped_column(sa.ForeignKey("task_type.id"), primary_key=True)
    permit_kind_id: Mapped[int] = mapped_column(sa.ForeignKey("permit_kind.id"), primary_key=True)


class TaskTypePicture(db.Base):
    """A photo or drawing of how a task is done: re-encoded, under a random name."""

    __tablename__ = "task_type_picture"
    __table_args__ = db.W

    id: Mapped[int] = mapped_column(primary_key=True)
    task_type_id: Mapped[int] = mapped_column(sa.ForeignKey("task_type.id"), index=True)
    name: Mapped[str] = mapped_column(sa.String(40), unique=True)
    width: Mapped[int] = mapped_column()
    height: Mapped[int] = mapped_column()
    alt_text: Mapped[str] = mapped_column(sa.String(200), default="")
    added_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    by_staff_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff.account_id"))
