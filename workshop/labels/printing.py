"""From kept jobs and items to files: what a label says about an item, never about who made it.

Reading and drawing are two steps, so that a view can let go of the database before the file is made. Neither belongs
inside an open write block: a job of a thousand labels takes seconds, and everybody else would wait.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy.orm import Session

from workshop.core import money
from workshop.core.config import Settings
from workshop.core.errors import Refusal
from workshop.core.i18n import _
from workshop.labels import queries
from workshop.labels.models import PrintJob
from workshop.labels.pdf import PriceLabel, preview_png, render_price_labels
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
    """Everything a file of labels needs; no database behind it."""

    labels: tuple[PriceLabel, ...]
    sheet: SheetProduct
    start_cell: int = 1

    def pdf(self) -> bytes:
        """The file for the printer."""
        return render_price_labels(self.labels, self.sheet, self.start_cell)

    def png(self) -> bytes:
        """The first label as a picture for the screen."""
        return preview_png(self.labels[0], self.sheet)


def label_of(source: LabelSource, price_ore: int, settings: Settings) -> PriceLabel:
    """What the label of an item says: name, number, wood and care, price with VAT, code, and the workshop."""
    return PriceLabel(
        number=source.number,
        title=source.title,
        info=_info(source.material_text, source.care),
        price_text=money.kr(price_ore),
        before_text=None,
        qr_path=source.qr_path,
        qr_side=source.qr_side,
        workshop_name=settings.identity.name,
    )


def run_of_job(session: Session, job: PrintJob, settings: Settings) -> PrintRun:
    """A print job with the prices it was made with."""
    rows = queries.label_rows(session, job)
    labels = tuple(label_of(row, row.price_ore, settings) for row in rows)
    return PrintRun(labels, queries.product_of(queries.sheet_of(session, job)), job.start_cell)


def run_of_item(session: Session, item: LabelSource, price_ore: int, settings: Settings, sheet_key: str) -> PrintRun:
    """One label on a sheet of its own.

    Raises Refusal when there is no such sheet.
    """
    sheet = queries.sheet_by_key(session, sheet_key)
    if sheet is None:
        raise Refusal(_("Vælg et ark fra listen."))
    return PrintRun((label_of(item, price_ore, settings),), queries.product_of(sheet))


def pdf_of_job(session: Session, job: PrintJob, settings: Settings) -> bytes:
    """The file of a print job. Call it in `db.reading()`, never inside a write block.

    Raises Refusal when the sheet cannot carry the labels.
    """
    return run_of_job(session, job, settings).pdf()


def pdf_of_item(session: Session, item: Item, settings: Settings, sheet_key: str = "roll_62x29") -> bytes:
    """The file of one item's label with its present price. Call it in `db.reading()`, never inside a write block.

    Raises Refusal when the item has no price or there is no such sheet.
    """
    if item.price_ore is None:
        raise Refusal(_("Nr. %(number)s har ingen pris. Sæt prisen først.", number=item.number))
    return run_of_item(session, item, item.price_ore, settings, sheet_key).pdf()


def _info(material: str, care: str) -> tuple[str, ...]:
    """Wood and care, one sentence a line, each with its full stop."""
    sentences = [part.strip() for text in (material, care) for part in _SENTENCE_END.split(text)]
    return tuple(part if part[-1] in ".!?" else f"{part}." for part in sentences if part)
