"""Rules of printers: which there are, how they are put right, what lies in their trays, and what they can take."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.core.errors import NotHere, Refusal
from workshop.core.i18n import _
from workshop.labels.models import LabelSheet, Printer, PrinterTray, PrintWay
from workshop.labels.printers import brother, rules
from workshop.labels.sheet import SheetProduct


def add_printer(
    session: Session,
    *,
    name: str,
    way: PrintWay,
    address: str = "",
    model: str = "",
    dots_per_inch: int = 203,
    sheet_id: int | None = None,
) -> Printer:
    """A new printer.

    Raises Refusal when the name is taken or no job could ever be sent to it.
    """
    printer = Printer(name=name)
    _fill(session, printer, way, address, model, dots_per_inch, sheet_id)
    _check_name(session, name, except_id=None)
    session.add(printer)
    session.flush()
    return printer


def change_printer(
    session: Session,
    printer: Printer,
    *,
    version: int,
    name: str,
    way: PrintWay,
    address: str,
    model: str,
    dots_per_inch: int,
    sheet_id: int | None,
    is_used: bool,
) -> None:
    """Another name, way or sheet, or out of use; offsets and trays stay.

    Raises Refusal as `add_printer` does, and when somebody changed it meanwhile.
    """
    if printer.version != version:
        raise Refusal(changed_meanwhile())
    _check_name(session, name, except_id=printer.id)
    _fill(session, printer, way, address, model, dots_per_inch, sheet_id)
    printer.name, printer.is_used = name, is_used
    session.flush()


def calibrate(session: Session, printer: Printer, *, right: int, down: int) -> None:
    """What was measured on the calibration sheet: how far beside its place it still prints, in hundredths of a mm.

    The sheet is printed with what is kept already, so this is added to it.
    Raises Refusal when the sum is over 10 mm to a side.
    """
    locked = session.scalars(sa.select(Printer).where(Printer.id == printer.id).with_for_update()).one()
    problem = rules.offset_problem(locked.offset_x + right, locked.offset_y + down)
    if problem:
        raise Refusal(problem)
    locked.offset_x += right
    locked.offset_y += down
    session.flush()


def reset_offsets(session: Session, printer: Printer) -> None:
    """Print where the paper is, as before anything was measured."""
    printer.offset_x = printer.offset_y = 0
    session.flush()


def changed_meanwhile() -> str:
    """What is said to the one who was second."""
    return _("Printeren er ændret i et andet vindue. Se den nye, og ret igen.")


def set_tray(session: Session, printer_id: int, sheet: LabelSheet, next_cell: int) -> None:
    """Where the next label can go on the sheet in a printer.

    Raises Refusal when the sheet has no such place.
    """
    cells = sheet.columns * sheet.rows
    if not 1 <= next_cell <= cells:
        raise Refusal(_("Vælg en plads fra 1 til %(cells)s på arket.", cells=cells))
    # Two jobs confirmed at once stand in line for the printer, so only one of them writes the first row.
    session.execute(sa.select(Printer.id).where(Printer.id == printer_id).with_for_update())
    where = (PrinterTray.printer_id == printer_id, PrinterTray.sheet_id == sheet.id)
    done = session.execute(
        sa.update(PrinterTray).where(*where).values(next_cell=next_cell).returning(PrinterTray.sheet_id)
    )
    if done.scalar_one_or_none() is None:
        session.add(PrinterTray(printer_id=printer_id, sheet_id=sheet.id, next_cell=next_cell))
        session.flush()


def still_used(session: Session, printer_id: int | None) -> int | None:
    """The printer for the same labels again; none when it is out of use by now."""
    if printer_id is None:
        return None
    return session.scalar(sa.select(Printer.id).where(Printer.id == printer_id, Printer.is_used))


def check_can_take(session: Session, printer_id: int | None, sheet: SheetProduct) -> bool:
    """Whether a job on this sheet is sent to this printer by us (True), or fetched as a file (False).

    Raises Refusal when the printer cannot take it, NotHere when there is no such printer.
    """
    if printer_id is None:
        return False
    printer = session.get(Printer, printer_id)
    if printer is None:
        raise NotHere
    if not printer.is_used:
        raise Refusal(_("“%(name)s” er ikke i brug mere. Vælg en anden printer.", name=printer.name))
    if printer.way is PrintWay.BROWSER:
        return False
    if sheet.page == "A4":
        raise Refusal(_("“%(name)s” printer kun på ruller. Vælg en rulle eller en anden printer.", name=printer.name))
    if printer.way is PrintWay.BROTHER:
        if not rules.has_brother():
            raise Refusal(rules.brother_missing())
        brother.media_for(sheet)
    return True


def _fill(
    session: Session,
    printer: Printer,
    way: PrintWay,
    address: str,
    model: str,
    dots_per_inch: int,
    sheet_id: int | None,
) -> None:
    sheet = session.get(LabelSheet, sheet_id) if sheet_id is not None else None
    problem = next(
        rules.problems(
            way=way.value, address=address, model=model, density=dots_per_inch, usual_page=sheet.page if sheet else None
        ),
        None,
    )
    if problem is not None:
        raise Refusal(problem[1])
    is_sent = way is not PrintWay.BROWSER
    printer.way = way
    printer.address = address if is_sent else ""
    printer.model = model if way is PrintWay.BROTHER else ""
    printer.dots_per_inch = rules.BROTHER_DENSITY if way is PrintWay.BROTHER else dots_per_inch
    printer.sheet_id = sheet.id if sheet else None


def _check_name(session: Session, name: str, *, except_id: int | None) -> None:
    same = session.scalar(sa.select(Printer.id).where(sa.func.lower(Printer.name) == name.lower()))
    if same is not None and same != except_id:
        raise Refusal(_("Der er allerede en printer, der hedder %(name)s. Giv den et andet navn.", name=name))
