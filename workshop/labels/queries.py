"""Reads about labels: what needs one, which sheets there are, and what was printed."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.core.i18n import _
from workshop.core.money import kr
from workshop.labels.models import JobState, LabelSheet, PrintJob, PrintJobItem
from workshop.labels.sheet import SheetProduct, next_free_cell
from workshop.products.life import LifeEvent
from workshop.products.models import Item, ItemState

LABELLED = (ItemState.MADE, ItemState.FOR_SALE)  # what stands in the workshop or the shop with a price on it
LARGEST_NUMBER = 2**31 - 1  # what an integer column holds; a longer number typed into an address is no item
_HUNDREDTHS = Decimal(100)


class QueueRow(NamedTuple):
    """An item that needs a label, and the price its old one shows, if it has one."""

    item_id: int
    number: int
    title: str
    price_ore: int
    quantity: int
    shown_ore: int | None


class JobLine(NamedTuple):
    """A label of a job as its page shows it, with what the item costs now."""

    item_id: int
    number: int
    title: str
    price_ore: int
    present_ore: int | None
    state: ItemState

    @property
    def is_outdated(self) -> bool:
        """Whether the item has another price by now, so this label must not go on it."""
        return self.price_ore != self.present_ore

    @property
    def can_be_printed(self) -> bool:
        """Whether the item still needs a label at all."""
        return self.present_ore is not None and self.state in LABELLED


class LabelRow(NamedTuple):
    """What the label of an item says."""

    number: int
    title: str
    material_text: str
    care: str
    qr_path: str
    qr_side: int
    price_ore: int


class JobRow(NamedTuple):
    """A job in the list of the latest ones."""

    public_id: str
    state: JobState
    created_at: datetime
    printed_at: datetime | None
    sheet_name: str
    label_count: int
    is_from_tablet: bool
    number: int  # of its first label


def queue(session: Session, limit: int | None = None) -> list[QueueRow]:
    """Every item that needs a label: priced, made or for sale, with no newest printed label that shows its price.

    Wrong prices come first, since somebody may be standing in front of one.
    """
    waiting = _waiting()
    found = sa.select(waiting).order_by(waiting.c.shown_ore.is_(None), waiting.c.number).limit(limit)
    return [QueueRow(*row) for row in session.execute(found)]


def queue_length(session: Session) -> int:
    """How many items need a label."""
    return session.scalar(sa.select(sa.func.count()).select_from(_waiting())) or 0


def _waiting() -> sa.Subquery:
    shown = (
        sa.select(PrintJobItem.price_ore)
        .join(PrintJob, PrintJob.id == PrintJobItem.job_id)
        .where(PrintJobItem.item_id == Item.id, PrintJob.state == JobState.PRINTED)
        # The newest label decides, not any: a price that went up and came back down needs a new one too.
        .order_by(PrintJob.printed_at.desc(), PrintJob.id.desc(), PrintJobItem.position.desc())
        .limit(1)
        .correlate(Item)
        .scalar_subquery()
    )
    priced = (
        sa.select(Item.id, Item.number, Item.title, Item.price_ore, Item.quantity, shown.label("shown_ore"))
        .where(Item.state.in_(LABELLED), Item.price_ore.is_not(None))
        .subquery()
    )
    return sa.select(priced).where(priced.c.shown_ore.is_distinct_from(priced.c.price_ore)).subquery()


def sheets(session: Session) -> list[LabelSheet]:
    """Every sheet product, as the starter data has them."""
    return list(session.scalars(sa.select(LabelSheet).order_by(LabelSheet.id)))


def sheet_by_key(session: Session, key: str) -> LabelSheet | None:
    """A sheet product by its key."""
    return session.scalar(sa.select(LabelSheet).where(LabelSheet.key == key))


def usual_sheet(session: Session) -> LabelSheet | None:
    """The sheet most likely in the desk's printer: the one of the last job staff made, else the first there is."""
    last = (
        sa.select(LabelSheet)
        .join(PrintJob, sa.and_(PrintJob.sheet_id == LabelSheet.id, PrintJob.by_staff_id.is_not(None)), isouter=True)
        .order_by(PrintJob.id.is_(None), PrintJob.id.desc(), LabelSheet.id)
        .limit(1)
    )
    return session.scalar(last)


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


def next_cell(session: Session, sheet: LabelSheet) -> int:
    """The first free place on the sheet left in the tray, after the last printed job of this sheet."""
    last = session.execute(
        sa.select(PrintJob.start_cell, _count_of(PrintJob.id))
        .where(PrintJob.sheet_id == sheet.id, PrintJob.state == JobState.PRINTED)
        .order_by(PrintJob.printed_at.desc(), PrintJob.id.desc())
        .limit(1)
    ).first()
    if last is None:
        return 1
    start_cell, count = last
    product = product_of(sheet)
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


def job_lines(session: Session, job: PrintJob) -> list[JobLine]:
    """The labels of a job in their order on the sheet."""
    rows = session.execute(
        sa.select(Item.id, Item.number, Item.title, PrintJobItem.price_ore, Item.price_ore, Item.state)
        .join(Item, Item.id == PrintJobItem.item_id)
        .where(PrintJobItem.job_id == job.id)
        .order_by(PrintJobItem.position)
    )
    return [JobLine(*row) for row in rows]


def label_rows(session: Session, job: PrintJob) -> list[LabelRow]:
    """What the labels of a job say, in their order; the price is the one the job was made with."""
    rows = session.execute(
        sa.select(
            Item.number,
            Item.title,
            Item.material_text,
            Item.care,
            Item.qr_path,
            Item.qr_side,
            PrintJobItem.price_ore,
        )
        .join(Item, Item.id == PrintJobItem.item_id)
        .where(PrintJobItem.job_id == job.id)
        .order_by(PrintJobItem.position)
    )
    return [LabelRow(*row) for row in rows]


def label_row(session: Session, number: int) -> LabelRow | None:
    """What the label of one item says now; None when there is no such item or it has no price."""
    row = session.execute(
        sa.select(
            Item.number, Item.title, Item.material_text, Item.care, Item.qr_path, Item.qr_side, Item.price_ore
        ).where(Item.number == number)
    ).first()
    if row is None or row.price_ore is None:
        return None
    return LabelRow(*row[:-1], price_ore=row.price_ore)


def waiting_from_tablet(session: Session, item: Item, sheet_key: str) -> PrintJob | None:
    """The newest job the tablet made of this item with its present price, if nobody has confirmed one since."""
    return session.scalar(
        sa.select(PrintJob)
        .join(PrintJobItem, PrintJobItem.job_id == PrintJob.id)
        .join(LabelSheet, LabelSheet.id == PrintJob.sheet_id)
        .where(
            PrintJobItem.item_id == item.id,
            PrintJobItem.price_ore == item.price_ore,
            PrintJob.by_staff_id.is_(None),
            PrintJob.state == JobState.MADE,
            LabelSheet.key == sheet_key,
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
        sa.select(sa.func.min(Item.number))
        .join(PrintJobItem, PrintJobItem.item_id == Item.id)
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
            _count_of(PrintJob.id),
            PrintJob.by_staff_id.is_(None),
            first,
        )
        .join(LabelSheet, LabelSheet.id == PrintJob.sheet_id)
        .order_by(PrintJob.state == JobState.PRINTED, PrintJob.id.desc())
        .limit(limit)
    )
    return [JobRow(*row) for row in rows]


def _count_of(job_id: sa.orm.InstrumentedAttribute[int]) -> sa.ScalarSelect[int]:
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
        .where(PrintJobItem.item_id == item_id, PrintJob.printed_at.is_not(None))
        .distinct()
        .order_by(PrintJob.printed_at)
    )
    return [LifeEvent(at, _("Mærke printet"), kr(price)) for at, price in rows if at is not None]
