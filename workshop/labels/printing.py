"""From kept jobs and items to files: what a label says about an item, never about who made it.

Reading and drawing are two steps, so that a view can let go of the database before the file is made. Neither belongs
inside an open write block: a job of a thousand labels takes seconds, and everybody else would wait.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol

from sqlalchemy.orm import Session

from workshop.core import identity, money
from workshop.core.errors import Refusal
from workshop.core.i18n import _
from workshop.labels import queries
from workshop.labels.designs.rules import Design
from workshop.labels.models import LabelDesign, Printer, PrintJob
from workshop.labels.pdf import PriceLabel, preview_png, render_price_labels
from workshop.labels.printers import rules
from workshop.labels.sheet import SheetProduct
from workshop.products.models import Item

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n+")


class LabelSource(Protocol):
    """What a label takes from an item, from its row or from the object."""

    @property
    def number(self) -> int: ...  # noqa: D102 — the names say it
    @property
    def title(self) -> str: ...  # noqa: D102
    @property
    def material_text(self) -> str: ...  # noqa: D102
    @property
    def care(self) -> str: ...  # noqa: D102
    @property
    def qr_path(self) -> str: ...  # noqa: D102
    @property
    def qr_side(self) -> int: ...  # noqa: D102


@dataclass(frozen=True)
class PrintRun:
    """Everything a file of labels needs; no database behind it. `offset_mm` puts the printer right."""

    labels: tuple[PriceLabel, ...]
    sheet: SheetProduct
    start_cell: int = 1
    offset_mm: tuple[Decimal, Decimal] = (Decimal(0), Decimal(0))
    design: Design | None = None

    def pdf(self) -> bytes:
        """The file for the printer."""
        return render_price_labels(self.labels, self.sheet, self.start_cell, self.offset_mm, self.design)

    def png(self) -> bytes:
        """The first label as a picture for the screen."""
        return preview_png(self.labels[0], self.sheet, design=self.design)


def label_of(source: LabelSource, price_ore: int | None, before_ore: int | None = None) -> PriceLabel:
    """What the label of an item says: name, number, wood and care, price with VAT, code, and the workshop.

    `before_ore` is the before-price that may be shown now, see `pricing.shown_before`. Without a price it is a blank
    label, printed ahead.
    """
    return PriceLabel(
        number=source.number,
        title=source.title,
        info=_info(source.material_text, source.care),
        price_text="" if price_ore is None else money.kr(price_ore),
        before_text=None if before_ore is None else money.kr(before_ore),
        qr_path=source.qr_path,
        qr_side=source.qr_side,
        workshop_name=identity.current().name,
    )


def run_of_job(session: Session, job: PrintJob) -> PrintRun:
    """A print job with the prices it was made with, put right for its printer as that is measured now."""
    printer = None if job.printer_id is None else session.get(Printer, job.printer_id)
    return PrintRun(
        labels=tuple(label_of(row, row.price_ore, row.before_ore) for row in queries.label_rows(session, job)),
        sheet=queries.product_of(queries.sheet_of(session, job)),
        start_cell=job.start_cell,
        offset_mm=correction_of(printer),
        design=None if job.design is None else Design.from_json(job.design),
    )


def run_of_item(
    session: Session,
    item: LabelSource,
    price_ore: int,
    sheet_key: str,
    *,
    before_ore: int | None = None,
    design: Design | None = None,
) -> PrintRun:
    """One label on a sheet of its own.

    Raises Refusal when there is no such sheet.
    """
    sheet = queries.sheet_by_key(session, sheet_key)
    if sheet is None:
        raise Refusal(_("Vælg et ark fra listen."))
    label = label_of(item, price_ore, before_ore)
    return PrintRun((label,), queries.product_of(sheet), design=design)


def design_of(kept: LabelDesign | None) -> Design | None:
    """A kept label of the workshop's own as it is drawn; None is the house's label."""
    return None if kept is None else Design.from_json(design_json(kept))


def design_json(kept: LabelDesign) -> dict[str, Any]:
    """A label of the workshop's own as it is copied into a job, so that a later change does not change the job."""
    return {
        "name": kept.name,
        "label_w": kept.label_w,
        "label_h": kept.label_h,
        "blocks": kept.blocks,
        "qr_dark": kept.qr_dark,
        "qr_side": kept.qr_side,
    }


def correction_of(printer: Printer | None) -> tuple[Decimal, Decimal]:
    """How far a printer's jobs are moved right and down, in mm."""
    return rules.correction_mm(printer.offset_x, printer.offset_y) if printer else (Decimal(0), Decimal(0))


def pdf_of_job(session: Session, job: PrintJob) -> bytes:
    """The file of a print job. Call it in `db.reading()`, never inside a write block.

    Raises Refusal when the sheet cannot carry the labels.
    """
    return run_of_job(session, job).pdf()


def pdf_of_item(session: Session, item: Item, sheet_key: str = "roll_62x29", *, now: datetime) -> bytes:
    """The file of one item's label with its present prices. Call it in `db.reading()`, never inside a write block.

    Raises Refusal when the item has no price or there is no such sheet.
    """
    row = queries.label_row(session, item.number, now)
    if row is None or row.price_ore is None:
        raise Refusal(_("Nr. %(number)s har ingen pris. Sæt prisen først.", number=item.number))
    return run_of_item(session, row, row.price_ore, sheet_key, before_ore=row.before_ore).pdf()


def _info(material: str, care: str) -> tuple[str, ...]:
    """Wood and care, one sentence a line, each with its full stop."""
    sentences = [part.strip() for text in (material, care) for part in _SENTENCE_END.split(text)]
    return tuple(part if part[-1] in ".!?" else f"{part}." for part in sentences if part)
