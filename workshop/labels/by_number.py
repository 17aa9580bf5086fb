"""Labels asked for by the numbers of their things, as the command line does it."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from workshop.core import db
from workshop.core.errors import Refusal
from workshop.core.i18n import _
from workshop.labels import actions, printing, queries
from workshop.labels.models import Printer, PrintJob, PrintWay
from workshop.labels.pdf import MAX_LABELS, check_job
from workshop.labels.printers import queries as printers
from workshop.labels.printing import PrintRun

_PART = re.compile(r"(?P<first>[0-9]{1,9})(?:-(?P<last>[0-9]{1,9}))?")


def write(
    output: Path,
    numbers: str,
    sheet_key: str,
    start_cell: int,
    printer_name: str | None,
    *,
    is_recorded: bool,
    is_forced: bool,
    now: datetime,
) -> int:
    """Labels as a file; how many there are in it. A file that is there is left alone unless `is_forced`.

    Raises Refusal with the sentence for whatever is wrong; then no file is written and no job made.
    """
    listed = numbers_in(numbers)
    if output.exists() and not is_forced:
        raise Refusal(_("%(file)s findes allerede. Vælg et andet navn, eller skriv --force.", file=output))
    where: dict[str, Any] = {"sheet_key": sheet_key, "start_cell": start_cell}
    with db.reading() as session:
        printer = printer_called(session, printer_name)
        run = run_of_numbers(session, listed, **where, printer=printer, now=now)
        session.expunge_all()
    content = run.pdf()
    try:
        if not is_recorded:
            _save(output, content, is_forced)
            return len(listed)
        with db.transaction() as session:
            record(session, listed, **where, printer=printer, now=now)
            _save(output, content, is_forced)  # last, so that a refused job leaves no file and a full disk no job
    except OSError as problem:
        raise Refusal(_("%(file)s kan ikke skrives: %(why)s.", file=output, why=problem.strerror or "")) from problem
    return len(listed)


def _save(output: Path, content: bytes, is_forced: bool) -> None:
    with output.open("wb" if is_forced else "xb") as file:
        file.write(content)


def numbers_in(text: str) -> list[int]:
    """The numbers a person lists, in that order: `1001-1021`, `1001,1005-1010`.

    Raises Refusal for what is no list of numbers, a span that runs backwards, or more than a print job holds.
    """
    found: list[int] = []
    for part in text.replace(" ", "").split(","):
        said = _PART.fullmatch(part)
        if said is None:
            raise Refusal(_("Skriv numrene som 1001-1021 eller 1001,1005-1010."))
        first, last = int(said["first"]), int(said["last"] or said["first"])
        if last < first:
            raise Refusal(_("%(part)s løber baglæns. Skriv det laveste nummer først.", part=part))
        if len(found) + last - first >= MAX_LABELS:
            raise Refusal(_("Der kan højst printes 1.000 mærker ad gangen. Del dem i flere print."))
        found.extend(range(first, last + 1))
    return found


def printer_called(session: Session, name: str | None) -> Printer | None:
    """The printer of that name; None when none is asked for.

    Raises Refusal when the workshop has no such printer.
    """
    if name is None:
        return None
    found = printers.printer_named(session, name)
    if found is None:
        names = ", ".join(each.name for each in printers.printers(session)) or _("ingen")
        raise Refusal(_("Der er ingen printer, der hedder %(name)s. Der er: %(names)s.", name=name, names=names))
    return found


def run_of_numbers(
    session: Session,
    numbers: list[int],
    *,
    sheet_key: str,
    start_cell: int,
    printer: Printer | None,
    now: datetime,
) -> PrintRun:
    """The labels of these things on a sheet, with the prices of now; nothing is written down.

    Raises Refusal when there is no such sheet or thing, or one of them has no price.
    """
    sheet = queries.sheet_by_key(session, sheet_key)
    if sheet is None:
        keys = ", ".join(each.key for each in queries.sheets(session)) or _("ingen")
        raise Refusal(_("Der er intet ark, der hedder %(key)s. Der er: %(keys)s.", key=sheet_key, keys=keys))
    product = queries.product_of(sheet)
    check_job(len(numbers), product, start_cell)
    rows = queries.label_rows_of(session, numbers, now)
    for number in numbers:
        if number not in rows:
            raise Refusal(_("Nr. %(number)s findes ikke.", number=number))
        if rows[number].price_ore is None:
            raise Refusal(_("Nr. %(number)s har ingen pris. Sæt prisen først.", number=number))
    labels = [printing.label_of(row, row.price_ore, row.before_ore) for row in (rows[number] for number in numbers)]
    offset = printing.correction_of(printer) if printer else (Decimal(0), Decimal(0))
    return PrintRun(tuple(labels), product, start_cell, offset)


def record(
    session: Session,
    numbers: list[int],
    *,
    sheet_key: str,
    start_cell: int,
    printer: Printer | None,
    now: datetime,
) -> PrintJob:
    """The same labels as a job, which waits until somebody says that they came out right; made by nobody at the desk.

    Raises Refusal as `make_job` does, and for a printer on the network, which would print them besides.
    """
    if printer is not None and printer.way is not PrintWay.BROWSER:
        raise Refusal(
            _("“%(name)s” får sine mærker over nettet. Lav dem under Mærker, eller undlad --record.", name=printer.name)
        )
    ids = queries.item_ids(session, numbers)
    missing = [number for number in numbers if number not in ids]
    if missing:
        raise Refusal(_("Nr. %(number)s findes ikke.", number=missing[0]))
    return actions.make_job(
        session,
        item_ids=[ids[number] for number in numbers],
        sheet_key=sheet_key,
        start_cell=start_cell,
        printer_id=printer.id if printer else None,
        now=now,
        by_staff_id=None,
    )
