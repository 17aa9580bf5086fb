"""Reads about labels: which sheets there are, where the next label goes, and what was printed."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.core.i18n import _
from workshop.core.money import kr
from workshop.labels.models import (
    JobState,
    LabelDesign,
    LabelSheet,
    Printer,
    PrinterTray,
    PrintJob,
    PrintJobItem,
    PrintWay,
)
from workshop.labels.models import Page as SheetPage
from workshop.labels.sheet import SheetProduct, next_free_cell
from workshop.labels.waiting import LABELLED, before_at, label_price
from workshop.products.life import LifeEvent
from workshop.products.models import Item, ItemCode, ItemState

LARGEST_NUMBER = 2**31 - 1  # what an integer column holds; a longer number typed into an address is no item
_HUNDREDTHS = Decimal(100)


class JobLine(NamedTuple):
    """A label of a job as its page shows it, with what must be shown now. A blank one has a code and no item."""

    position: int
    item_id: int | None
    code_id: int | None
    number: int
    title: str
    price_ore: int | None
    before_ore: int | None
    is_spoiled: bool
    present_ore: int | None
    present_before_ore: int | None
    state: ItemState | None
    is_bound: bool

    @property
    def is_blank(self) -> bool:
        """Whether it was printed ahead, for a thing that gets its name and price by hand."""
        return self.item_id is None

    @property
    def is_outdated(self) -> bool:
        """Whether another price or before-price must be shown by now, so this label must not go on the thing."""
        return (self.price_ore, self.before_ore) != (self.present_ore, self.present_before_ore)

    @property
    def can_be_printed(self) -> bool:
        """Whether the label is still needed at all."""
        if self.is_blank:
            return not self.is_bound
        return self.present_ore is not None and self.state in LABELLED


class LabelRow(NamedTuple):
    """What a label says; one without a price is blank."""

    number: int
    title: str
    material_text: str
    care: str
    qr_path: str
    qr_side: int
    price_ore: int | None
    before_ore: int | None


class JobRow(NamedTuple):
    """A job in the list of the latest ones."""

    public_id: str
    state: JobState
    created_at: datetime
    printed_at: datetime | None
    sheet_name: str
    label_count: int
    is_from_tablet: bool
    number: int | None  # of its first label


def sheets(session: Session) -> list[LabelSheet]:
    """Every sheet product, as the starter data has them, and then the workshop's own."""
    return list(session.scalars(sa.select(LabelSheet).order_by(LabelSheet.id)))


def sheet_by_key(session: Session, key: str) -> LabelSheet | None:
    """A sheet product by its key."""
    return session.scalar(sa.select(LabelSheet).where(LabelSheet.key == key))


def designs(session: Session) -> list[LabelDesign]:
    """The workshop's own labels that are in use, by name."""
    return list(session.scalars(sa.select(LabelDesign).where(LabelDesign.is_used).order_by(LabelDesign.name)))


def design(session: Session, public_id: str) -> LabelDesign | None:
    """One of the workshop's own labels by its public id."""
    return session.scalar(sa.select(LabelDesign).where(LabelDesign.public_id == public_id))


def usual_sheet(session: Session, printer: Printer | None = None) -> LabelSheet | None:
    """The sheet most likely in a printer: the one of the last job staff made for it, or the one it is set up with.

    Without either it is the first there is that the printer can take.
    """
    of_staff = sa.and_(PrintJob.sheet_id == LabelSheet.id, PrintJob.by_staff_id.is_not(None))
    if printer is not None:
        of_staff = sa.and_(of_staff, PrintJob.printer_id == printer.id)
    last = sa.select(LabelSheet).join(PrintJob, of_staff, isouter=True).limit(1)
    order: tuple[sa.ColumnElement[Any], ...] = (PrintJob.id.is_(None), PrintJob.id.desc())
    if printer is not None:
        order = (*order, LabelSheet.id != sa.func.coalesce(printer.sheet_id, 0))
        if printer.way is not PrintWay.BROWSER:
            last = last.where(LabelSheet.page == SheetPage.ROLL)
    return session.scalar(last.order_by(*order, LabelSheet.id))


def product_of(sheet: LabelSheet) -> SheetProduct:
    """A kept sheet as the layout reads it: hundredths of a millimetre become millimetres."""
    return SheetProduct(
        key=sheet.key,
        name=sheet.name,
        page="A4" if sheet.page == "A4" else "roll",
        columns=sheet.columns,
        rows=sheet.rows,
        label_w_mm=sheet.label_w / _HUNDREDTHS,
        label_h_mm=sheet.label_h / _HUNDREDTHS,
        margin_top_mm=sheet.margin_top / _HUNDREDTHS,
        margin_left_mm=sheet.margin_left / _HUNDREDTHS,
        pitch_x_mm=sheet.pitch_x / _HUNDREDTHS,
        pitch_y_mm=sheet.pitch_y / _HUNDREDTHS,
    )


def next_cell(session: Session, sheet: LabelSheet, printer_id: int | None = None) -> int:
    """The first free place on the sheet that lies in a printer.

    Without a printer it is the one after the last printed job of this sheet that named no printer either.
    """
    product = product_of(sheet)
    if printer_id is not None:
        kept = session.scalar(
            sa.select(PrinterTray.next_cell).where(
                PrinterTray.printer_id == printer_id, PrinterTray.sheet_id == sheet.id
            )
        )
        return kept if kept is not None and kept <= product.cells else 1
    last = session.execute(
        sa.select(PrintJob.start_cell, count_of(PrintJob.id))
        .where(PrintJob.sheet_id == sheet.id, PrintJob.printer_id.is_(None), PrintJob.state == JobState.PRINTED)
        .order_by(PrintJob.printed_at.desc(), PrintJob.id.desc())
        .limit(1)
    ).first()
    if last is None:
        return 1
    start_cell, count = last
    return next_free_cell(product, count, start_cell) if start_cell <= product.cells else 1


def item_ids(session: Session, numbers: Collection[int]) -> dict[int, int]:
    """Number -> id of the items with these numbers; a number nobody has is left out."""
    possible = [number for number in numbers if 0 < number <= LARGEST_NUMBER]
    found = session.execute(sa.select(Item.number, Item.id).where(Item.number.in_(possible)))
    return {row.number: row.id for row in found}


def quantities(session: Session, ids: Collection[int]) -> dict[int, int]:
    """Item id -> how many pieces the workshop has of it."""
    found = session.execute(sa.select(Item.id, Item.quantity).where(Item.id.in_(ids)))
    return {row.id: row.quantity for row in found}


def job(session: Session, public_id: str) -> PrintJob | None:
    """A print job by its public id."""
    return session.scalar(sa.select(PrintJob).where(PrintJob.public_id == public_id))


def sheet_of(session: Session, job: PrintJob) -> LabelSheet:
    """The sheet a job is printed on."""
    return session.get_one(LabelSheet, job.sheet_id)


def job_lines(session: Session, job: PrintJob, now: datetime) -> list[JobLine]:
    """The labels of a job in their order on the sheet."""
    rows = session.execute(
        sa.select(
            PrintJobItem.position,
            PrintJobItem.item_id,
            PrintJobItem.code_id,
            sa.func.coalesce(Item.number, ItemCode.number),
            sa.func.coalesce(Item.title, ""),
            PrintJobItem.price_ore,
            PrintJobItem.before_ore,
            PrintJobItem.is_spoiled,
            label_price(),
            before_at(now),
            Item.state,
            ItemCode.item_id.is_not(None),
        )
        .join(Item, Item.id == PrintJobItem.item_id, isouter=True)
        .join(ItemCode, ItemCode.id == PrintJobItem.code_id, isouter=True)
        .where(PrintJobItem.job_id == job.id)
        .order_by(PrintJobItem.position)
    )
    return [JobLine._make(row) for row in rows]


def label_count(session: Session, job: PrintJob) -> int:
    """How many labels a job has, those that came out badly among them."""
    return session.scalar(sa.select(sa.func.count()).where(PrintJobItem.job_id == job.id)) or 0


def label_rows(session: Session, job: PrintJob) -> list[LabelRow]:
    """What the labels of a job say, in their order; the prices are the ones the job was made with."""
    rows = session.execute(
        sa.select(
            sa.func.coalesce(Item.number, ItemCode.number),
            sa.func.coalesce(Item.title, ""),
            sa.func.coalesce(Item.material_text, ""),
            sa.func.coalesce(Item.care, ""),
            sa.func.coalesce(Item.qr_path, ItemCode.qr_path),
            sa.func.coalesce(Item.qr_side, ItemCode.qr_side),
            PrintJobItem.price_ore,
            PrintJobItem.before_ore,
        )
        .join(Item, Item.id == PrintJobItem.item_id, isouter=True)
        .join(ItemCode, ItemCode.id == PrintJobItem.code_id, isouter=True)
        .where(PrintJobItem.job_id == job.id)
        .order_by(PrintJobItem.position)
    )
    return [LabelRow(*row) for row in rows]


def label_row(session: Session, number: int, now: datetime) -> LabelRow | None:
    """What the label of one item says now; None when there is no such item or it has no price at all."""
    found = label_rows_of(session, [number], now).get(number)
    return None if found is None or found.price_ore is None else found


def label_rows_of(session: Session, numbers: Collection[int], now: datetime) -> dict[int, LabelRow]:
    """Number -> what the label of that item says now, sold ones too; a number nobody has is left out."""
    rows = session.execute(
        sa.select(
            Item.number,
            Item.title,
            Item.material_text,
            Item.care,
            Item.qr_path,
            Item.qr_side,
            label_price().label("price_ore"),
            before_at(now).label("before_ore"),
        ).where(Item.number.in_([number for number in numbers if 0 < number <= LARGEST_NUMBER]))
    )
    return {row.number: LabelRow(*row) for row in rows}


def waiting_from_tablet(session: Session, item: Item, sheet_key: str, now: datetime) -> PrintJob | None:
    """The newest job the tablet made of this item alone, with its present prices, that nobody has confirmed."""
    return session.scalar(
        sa.select(PrintJob)
        .join(PrintJobItem, PrintJobItem.job_id == PrintJob.id)
        .join(LabelSheet, LabelSheet.id == PrintJob.sheet_id)
        .join(Item, Item.id == PrintJobItem.item_id)
        .where(
            PrintJobItem.item_id == item.id,
            PrintJobItem.price_ore == label_price(),
            PrintJobItem.before_ore.is_not_distinct_from(before_at(now)),
            PrintJob.by_staff_id.is_(None),
            PrintJob.state == JobState.MADE,
            LabelSheet.key == sheet_key,
            count_of(PrintJob.id) == 1,
        )
        .order_by(PrintJob.id.desc())
        .limit(1)
    )


def job_of_item(session: Session, public_id: str, item_id: int) -> PrintJob | None:
    """A job by its public id, if this item is in it."""
    return session.scalar(
        sa.select(PrintJob)
        .join(PrintJobItem, PrintJobItem.job_id == PrintJob.id)
        .where(PrintJob.public_id == public_id, PrintJobItem.item_id == item_id)
        .limit(1)
    )


def latest_jobs(session: Session, limit: int = 12) -> list[JobRow]:
    """The last jobs, newest first; those that nobody has confirmed stand before the others, so none is lost."""
    first = (
        sa.select(sa.func.min(sa.func.coalesce(Item.number, ItemCode.number)))
        .select_from(PrintJobItem)
        .join(Item, Item.id == PrintJobItem.item_id, isouter=True)
        .join(ItemCode, ItemCode.id == PrintJobItem.code_id, isouter=True)
        .where(PrintJobItem.job_id == PrintJob.id)
        .correlate(PrintJob)
        .scalar_subquery()
    )
    rows = session.execute(
        sa.select(
            PrintJob.public_id,
            PrintJob.state,
            PrintJob.created_at,
            PrintJob.printed_at,
            LabelSheet.name,
            count_of(PrintJob.id),
            PrintJob.by_staff_id.is_(None),
            first,
        )
        .join(LabelSheet, LabelSheet.id == PrintJob.sheet_id)
        .order_by(PrintJob.state == JobState.PRINTED, PrintJob.id.desc())
        .limit(limit)
    )
    return [JobRow(*row) for row in rows]


def count_of(job_id: sa.orm.InstrumentedAttribute[int]) -> sa.ScalarSelect[int]:
    """How many labels a job of the query around it has."""
    return (
        sa.select(sa.func.count())
        .select_from(PrintJobItem)
        .where(PrintJobItem.job_id == job_id)
        .correlate(PrintJob)
        .scalar_subquery()
    )


def life_of_item(session: Session, item_id: int) -> list[LifeEvent]:
    """The printed labels of an item, for its page: when, and with which price."""
    rows = session.execute(
        sa.select(PrintJob.printed_at, PrintJobItem.price_ore)
        .join(PrintJobItem, PrintJobItem.job_id == PrintJob.id)
        .where(PrintJobItem.item_id == item_id, PrintJob.printed_at.is_not(None), ~PrintJobItem.is_spoiled)
        .distinct()
        .order_by(PrintJob.printed_at)
    )
    return [LifeEvent(at, _("Mærke printet"), kr(price)) for at, price in rows if at is not None and price is not None]
