"""Where labels go: the printer, the sheet in it and the next free place, as a page shows them to choose from."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy.orm import Session

from workshop.core import crypto
from workshop.core.i18n import _
from workshop.labels import queries
from workshop.labels.forms import WhereForm
from workshop.labels.models import LabelSheet, Page, Printer, PrintWay
from workshop.labels.printers import queries as printers
from workshop.labels.sheet import SheetProduct

MOST_CELLS_DRAWN = 60  # above it the places of a sheet are too small to hit, and the number is typed


class Where(NamedTuple):
    """What can be chosen, and what is."""

    printers: list[Printer]
    sheets: list[LabelSheet]
    printer: Printer | None
    kept: LabelSheet | None
    next_cell: int

    @property
    def sheet(self) -> SheetProduct | None:
        """The chosen sheet as it is drawn."""
        return None if self.kept is None else queries.product_of(self.kept)

    @property
    def draws_cells(self) -> bool:
        """Whether the places of the sheet are shown as a picture."""
        sheet = self.sheet
        return sheet is not None and sheet.page == "A4" and 1 < sheet.cells <= MOST_CELLS_DRAWN

    @property
    def printer_id(self) -> int | None:
        """The chosen printer, if one is named."""
        return self.printer.id if self.printer else None


def where_now(session: Session, form: WhereForm, *, is_named: bool) -> Where:
    """What the form asks for, else what is most likely in the printer staff used last.

    `is_named` says that the form really carries a printer, even if that is "the one the browser uses".
    """
    all_printers = printers.printers(session)
    printer = (
        next((each for each in all_printers if each.public_id == form.printer.data), None)
        if is_named
        else printers.usual_printer(session)
    )
    sheets = queries.sheets(session)
    if printer is not None and printer.way is not PrintWay.BROWSER:
        sheets = [sheet for sheet in sheets if sheet.page is Page.ROLL]
    is_other_printer = is_named and (form.drawn_printer.data or "") != (printer.public_id if printer else "")
    # With another printer its own sheet is shown, unless another sheet was asked for in the same breath.
    asked = None if is_other_printer and form.sheet.data == form.drawn_sheet.data else form.sheet.data
    kept = next((sheet for sheet in sheets if sheet.key == asked), None) or queries.usual_sheet(session, printer)
    cell = 1 if kept is None else queries.next_cell(session, kept, printer.id if printer else None)
    return Where(all_printers, sheets, printer, kept, cell)


def offer(form: WhereForm, where: Where) -> None:
    """Fill the choices of the form, and give it a key when it has none."""
    form.printer.choices = [("", _("Den printer, browseren bruger"))] + [
        (each.public_id, each.name) for each in where.printers
    ]
    form.printer.data = where.printer.public_id if where.printer else ""
    form.sheet.choices = [(each.key, each.name) for each in where.sheets]
    if where.kept is not None:
        form.sheet.data = where.kept.key
    form.key.data = form.key.data or crypto.new_public_id()


def suggest(form: WhereForm, where: Where) -> None:
    """Begin at the first free place of the sheet in the printer."""
    form.start_cell.data, form.start_cell.raw_data = where.next_cell, None


def has_moved_on(form: WhereForm, where: Where) -> bool:
    """Whether the place was chosen on the drawing of another sheet, or of the sheet in another printer."""
    if form.drawn_sheet.data and form.drawn_sheet.data != form.sheet.data:
        return True
    asked, drawn = form.printer.data or "", form.drawn_printer.data or ""
    return asked != drawn and where.sheet is not None and where.sheet.cells > 1
