"""What a person would like to try."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from workshop.core import crypto, db


class TaskWish(db.Base):
    """A wish: a task, a kind of activity, one step of this week, or own words. Wishes are ended, never deleted."""

    __tablename__ = "task_wish"
    __table_args__ = (sa.Index(None, "citizen_id", "ended_at"), db.D)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(sa.String(30), unique=True, default=crypto.new_public_id)
    citizen_id: Mapped[int] = mapped_column(sa.ForeignKey("citizen.id"))
    task_type_id: Mapped[int | None] = mapped_column(sa.ForeignKey("task_type.id"))
    activity_kind_id: Mapped[int | None] = mapped_column(sa.ForeignKey("activity_kind.id"))
    order_step_id: Mapped[int | None] = mapped_column(sa.ForeignKey("order_step.id"), index=True)
    visit_id: Mapped[int | None] = mapped_column(sa.ForeignKey("service_visit.id"), index=True)
    goal_id: Mapped[int | None] = mapped_column(sa.ForeignKey("goal.id"))  # the goal it was chosen for
    own_words: Mapped[str] = mapped_column(sa.String(200), default="")
    made_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
