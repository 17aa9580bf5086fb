"""Sheet products as they lie in the printer, and print jobs."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

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


class PrintWay(StrEnum):
    """How a job reaches the paper."""

    BROWSER = "browser"  # the file is printed with the device's own dialog
    ZPL = "zpl"  # a Zebra on the network
    BROTHER = "brother"  # a Brother QL on the network


class Printer(db.Base):
    """A printer of the workshop, and how far it prints beside where it should (hundredths of a millimetre)."""

    __tablename__ = "printer"
    __table_args__ = db.W

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(sa.String(30), unique=True, default=crypto.new_public_id)
    name: Mapped[str] = mapped_column(sa.String(60), unique=True)
    way: Mapped[PrintWay] = mapped_column(db.choice(PrintWay), default=PrintWay.BROWSER)
    address: Mapped[str] = mapped_column(sa.String(120), default="")  # host:port, for those on the network
    model: Mapped[str] = mapped_column(sa.String(30), default="")  # of a Brother QL
    dots_per_inch: Mapped[int] = mapped_column(default=203)
    offset_x: Mapped[int] = mapped_column(default=0)  # to the right
    offset_y: Mapped[int] = mapped_column(default=0)  # downwards
    sheet_id: Mapped[int | None] = mapped_column(sa.ForeignKey("label_sheet.id"))  # what usually lies in it
    is_used: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 — SQLAlchemy's own protocol


class PrinterTray(db.Base):
    """Where the next label can go on the sheet that lies in a printer."""

    __tablename__ = "printer_tray"
    __table_args__ = (sa.CheckConstraint("next_cell >= 1", name="next_cell_from_one"), db.W)

    printer_id: Mapped[int] = mapped_column(sa.ForeignKey("printer.id"), primary_key=True)
    sheet_id: Mapped[int] = mapped_column(sa.ForeignKey("label_sheet.id"), primary_key=True)
    next_cell: Mapped[int] = mapped_column(default=1)


class LabelDesign(db.Base):
    """A label of the workshop's own: which fields, in which order, how large. Drawn for labels of at least this size.

    `blocks` is a list of `{"field": ..., "size": ...}` from the top down; lengths are hundredths of a millimetre.
    """

    __tablename__ = "label_design"
    __table_args__ = db.W

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(sa.String(30), unique=True, default=crypto.new_public_id)
    name: Mapped[str] = mapped_column(sa.String(60), unique=True)
    label_w: Mapped[int] = mapped_column()
    label_h: Mapped[int] = mapped_column()
    blocks: Mapped[list[dict[str, str]]] = mapped_column(sa.JSON)
    qr_dark: Mapped[int] = mapped_column()
    qr_side: Mapped[str] = mapped_column(sa.String(10), default="end")  # start, end, below
    is_used: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 — SQLAlchemy's own protocol


class PrintJob(db.Base):
    """Labels printed together: which sheet, from which cell."""

    __tablename__ = "print_job"
    __table_args__ = (sa.CheckConstraint("start_cell >= 1", name="start_cell_from_one"), db.W)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(sa.String(30), unique=True, default=crypto.new_public_id)
    sheet_id: Mapped[int] = mapped_column(sa.ForeignKey("label_sheet.id"))
    printer_id: Mapped[int | None] = mapped_column(sa.ForeignKey("printer.id"), index=True)
    design_id: Mapped[int | None] = mapped_column(sa.ForeignKey("label_design.id"))
    design: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON)  # as it was then; None is the house's own label
    start_cell: Mapped[int] = mapped_column(default=1)
    state: Mapped[JobState] = mapped_column(db.choice(JobState), default=JobState.MADE)
    created_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    printed_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    by_staff_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff.account_id"))


class PrintJobItem(db.Base):
    """A label of a job with the price it shows; a later price puts the item back in the queue.

    It is the label of an item, or one printed ahead for a code that waits for its item.
    """

    __tablename__ = "print_job_item"
    __table_args__ = (
        sa.CheckConstraint("(item_id IS NULL) <> (code_id IS NULL)", name="item_or_code"),
        sa.CheckConstraint("(item_id IS NULL) = (price_ore IS NULL)", name="items_have_a_price"),
        db.W,
    )

    job_id: Mapped[int] = mapped_column(sa.ForeignKey("print_job.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int | None] = mapped_column(sa.ForeignKey("item.id"), index=True)
    code_id: Mapped[int | None] = mapped_column(sa.ForeignKey("item_code.id"), index=True)
    price_ore: Mapped[int | None] = mapped_column()
    before_ore: Mapped[int | None] = mapped_column()
    is_spoiled: Mapped[bool] = mapped_column(default=False)  # it came out badly, so nothing carries it


class PrintSend(db.Base):
    """A job on its way to a printer on the network: due until it is sent or given up."""

    __tablename__ = "print_send"
    __table_args__ = (sa.Index(None, "sent_at", "due_at"), db.W)

    job_id: Mapped[int] = mapped_column(sa.ForeignKey("print_job.id"), primary_key=True)
    due_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)  # none: no more tries
    tries: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    trouble: Mapped[str] = mapped_column(sa.String(40), default="")  # a word of ours, not of the printer
