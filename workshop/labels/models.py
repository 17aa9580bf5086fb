"""Sheet products as they lie in the printer, and print jobs."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from workshop.core import crypto, db


class Page(StrEnum):
    """What runs through the printer."""

    A4 = "A4"
    ROLL = "roll"


class JobState(StrEnum):
    """A job is made, and after printing somebody says that it came out right."""

    MADE = "made"
    PRINTED = "printed"


class LabelSheet(db.Base):
    """A label sheet or roll that can be bought. Lengths are hundredths of a millimetre."""

    __tablename__ = "label_sheet"
    __table_args__ = db.W

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(40), unique=True)
    name: Mapped[str] = mapped_column(sa.String(100))
    vendor_code: Mapped[str] = mapped_column(sa.String(60), default="")
    page: Mapped[Page] = mapped_column(db.choice(Page))
    columns: Mapped[int] = mapped_column()
    rows: Mapped[int] = mapped_column()
    label_w: Mapped[int] = mapped_column()
    label_h: Mapped[int] = mapped_column()
    margin_top: Mapped[int] = mapped_column()
    margin_left: Mapped[int] = mapped_column()
    pitch_x: Mapped[int] = mapped_column()
    pitch_y: Mapped[int] = mapped_column()


class PrintJob(db.Base):
    """Labels printed together: which sheet, from which cell."""

    __tablename__ = "print_job"
    __table_args__ = (sa.CheckConstraint("start_cell >= 1", name="start_cell_from_one"), db.W)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(sa.String(30), unique=True, default=crypto.new_public_id)
    sheet_id: Mapped[int] = mapped_column(sa.ForeignKey("label_sheet.id"))
    start_cell: Mapped[int] = mapped_column(default=1)
    state: Mapped[JobState] = mapped_column(db.choice(JobState), default=JobState.MADE)
    created_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    printed_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    by_staff_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff.account_id"))


class PrintJobItem(db.Base):
    """A label of a job with the price it shows; a later price puts the item back in the queue."""

    __tablename__ = "print_job_item"
    __table_args__ = db.W

    job_id: Mapped[int] = mapped_column(sa.ForeignKey("print_job.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(sa.ForeignKey("item.id"), index=True)
    price_ore: Mapped[int] = mapped_column()
