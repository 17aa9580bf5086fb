"""The empty lists people download to fill in: the headings, and two rows that show how."""

from __future__ import annotations

import csv
import io
from typing import IO

from workshop.products.importing.columns import COLUMNS

# In the order of the columns.
EXAMPLES = (
    ("Bænk i lærk", "Bænke", "1.150", "1", "Hylde 3", "150 × 60 × 85 cm", "Lærk", "Plads til to.", "Købt", "77"),
    ("Optændingspinde", "Brænde og optænding", "40", "25", "Laden", "", "Fyr", "Et net.", "Genbrug", ""),
)


def csv_template() -> IO[bytes]:
    """As CSV: UTF-8 with a mark and semicolons, as Danish spreadsheets open it."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";")
    writer.writerow([column.heading for column in COLUMNS])
    writer.writerows(EXAMPLES)
    return io.BytesIO(text.getvalue().encode("utf-8-sig"))


def xlsx_template() -> IO[bytes]:
    """As a spreadsheet."""
    # Loading it takes 0.3 s and 20 MB, and few processes ever write a spreadsheet.
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    sheet.append([column.heading for column in COLUMNS])
    for row in EXAMPLES:
        sheet.append(row)
    for letter, width in zip("ABCDEFGHIJ", (28, 22, 10, 8, 14, 20, 16, 40, 14, 18), strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = "A2"
    body = io.BytesIO()
    book.save(body)
    body.seek(0)
    return body
