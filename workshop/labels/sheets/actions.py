"""Rules of sheet products: those the workshop adds can be changed and removed, until something was printed on them."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.core import crypto
from workshop.core.errors import Refusal
from workshop.core.i18n import _
from workshop.labels import queries
from workshop.labels.models import LabelSheet, Page, Printer, PrinterTray, PrintJob
from workshop.labels.sheet import SheetProduct, problems

_OWN = "egen-"  # what the key of a sheet added by hand begins with; the starter data has its own keys


def is_own(sheet: LabelSheet) -> bool:
    """Whether the workshop added it, so it may change it."""
    return sheet.key.startswith(_OWN)


def is_printed_on(session: Session, sheet: LabelSheet) -> bool:
    """Whether a job lies on it, which must come out the same when it is printed again."""
    return session.scalar(sa.select(PrintJob.id).where(PrintJob.sheet_id == sheet.id).limit(1)) is not None


def add_sheet(session: Session, product: SheetProduct, *, vendor_code: str) -> LabelSheet:
    """Keep a new sheet product; its key is made here.

    Raises Refusal when it cannot be printed or its name is taken.
    """
    sheet = LabelSheet(key=f"{_OWN}{crypto.new_public_id()}"[:40])
    _fill(session, sheet, product, vendor_code)
    session.add(sheet)
    session.flush()
    return sheet


def change_sheet(session: Session, sheet: LabelSheet, product: SheetProduct, *, vendor_code: str) -> None:
    """Change a sheet product of the workshop's own.

    Raises Refusal when it is not one, cannot be printed, or would move labels that were printed already.
    """
    _check_own(sheet)
    if is_printed_on(session, sheet) and not same_measures(queries.product_of(sheet), product):
        raise Refusal(_("Der er printet på arket, så målene står fast. Lav et nyt ark med de nye mål."))
    _fill(session, sheet, product, vendor_code)
    session.flush()


def remove_sheet(session: Session, sheet: LabelSheet) -> None:
    """Take away a sheet product nobody used.

    Raises Refusal when it is not the workshop's own, was printed on, or lies in a printer.
    """
    _check_own(sheet)
    if is_printed_on(session, sheet):
        raise Refusal(_("Der er printet på arket, så det kan ikke slettes."))
    name = session.scalar(sa.select(Printer.name).where(Printer.sheet_id == sheet.id).limit(1))
    if name is not None:
        raise Refusal(_("Arket ligger i printeren %(name)s. Vælg et andet til den først.", name=name))
    session.execute(sa.delete(PrinterTray).where(PrinterTray.sheet_id == sheet.id))
    session.delete(sheet)
    session.flush()


def same_measures(one: SheetProduct, other: SheetProduct) -> bool:
    """Whether labels lie in the same places on both."""
    return _measures(one) == _measures(other)


def _measures(product: SheetProduct) -> dict[str, object]:
    lengths = {
        "label_w": product.label_w_mm,
        "label_h": product.label_h_mm,
        "margin_top": product.margin_top_mm,
        "margin_left": product.margin_left_mm,
        "pitch_x": product.pitch_x_mm,
        "pitch_y": product.pitch_y_mm,
    }
    hundredths = {name: round(length * 100) for name, length in lengths.items()}
    return {"page": Page(product.page), "columns": product.columns, "rows": product.rows, **hundredths}


def _fill(session: Session, sheet: LabelSheet, product: SheetProduct, vendor_code: str) -> None:
    found = problems(product)
    if found:
        raise Refusal(" ".join(found))
    with session.no_autoflush:
        same = session.scalar(sa.select(LabelSheet.id).where(sa.func.lower(LabelSheet.name) == product.name.lower()))
    if same is not None and same != sheet.id:
        raise Refusal(_("Der er allerede et ark, der hedder %(name)s. Giv det et andet navn.", name=product.name))
    sheet.name, sheet.vendor_code = product.name, vendor_code
    for name, value in _measures(product).items():
        setattr(sheet, name, value)


def _check_own(sheet: LabelSheet) -> None:
    if not is_own(sheet):
        raise Refusal(_("Arket følger med programmet. Lav jeres eget, hvis målene er anderledes."))
