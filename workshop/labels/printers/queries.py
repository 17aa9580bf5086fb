"""Reads about printers: which there are, what lies in them, and how far a job is on its way to one."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.core.i18n import _
from workshop.labels.models import LabelSheet, Printer, PrinterTray, PrintJob, PrintSend, PrintWay
from workshop.labels.printers import rules


class TrayRow(NamedTuple):
    """A sheet that lies in a printer, and where the next label can go on it."""

    sheet_id: int
    name: str
    cells: int
    next_cell: int


class SendState(NamedTuple):
    """How far a job is on its way to its printer; `trouble` is a word of `rules`."""

    printer_name: str
    tries: int
    due_at: datetime | None
    sent_at: datetime | None
    trouble: str

    @property
    def is_waiting(self) -> bool:
        """Whether it will still be tried without anybody doing anything."""
        return self.sent_at is None and self.due_at is not None

    @property
    def text(self) -> str:
        """Where it is, in words."""
        if self.sent_at is not None:
            return _("Sendt til %(name)s.", name=self.printer_name)
        if self.due_at is None:
            return self._last_word()
        if self.trouble == rules.NO_ANSWER:
            return _("%(name)s svarer ikke endnu. Vi prøver igen om lidt.", name=self.printer_name)
        return _("Sendes til %(name)s.", name=self.printer_name)

    def _last_word(self) -> str:
        name = self.printer_name
        if self.trouble == rules.BROKE_OFF:
            return _(
                "Forbindelsen til %(name)s røg undervejs. Se, hvilke mærker der kom ud, før du trykker Send igen.",
                name=name,
            )
        if self.trouble == rules.TOO_FAR:
            return _("Adressen på %(name)s ligger uden for huset. Ret den under Printere.", name=name)
        if self.trouble == rules.CANNOT:
            return _("Mærkerne kan ikke tegnes til %(name)s. Vælg en anden rulle eller printer.", name=name)
        return _("Printeren svarer ikke. Tænd den, og tryk Send igen.")


def printers(session: Session, *, only_used: bool = True) -> list[Printer]:
    """The printers of the workshop by name, those out of use last."""
    found = sa.select(Printer).order_by(Printer.is_used.desc(), Printer.name)
    return list(session.scalars(found.where(Printer.is_used) if only_used else found))


def printer(session: Session, public_id: str) -> Printer | None:
    """A printer by its public id."""
    return session.scalar(sa.select(Printer).where(Printer.public_id == public_id))


def printer_named(session: Session, name: str) -> Printer | None:
    """A printer in use by its name, in large or small letters."""
    return session.scalar(
        sa.select(Printer).where(sa.func.lower(Printer.name) == name.strip().lower(), Printer.is_used)
    )


def usual_printer(session: Session) -> Printer | None:
    """The printer staff used last of those still in use; None when they last chose to use none of them.

    Until one of them has been used it is one that needs no network, else any.
    """
    newest = sa.select(sa.func.max(PrintJob.id)).where(PrintJob.by_staff_id.is_not(None))
    last_job = newest.where(PrintJob.printer_id == Printer.id).correlate(Printer).scalar_subquery()
    rows = session.execute(sa.select(Printer, last_job).where(Printer.is_used).order_by(Printer.id))
    found: list[tuple[Printer, int | None]] = [(row[0], row[1]) for row in rows]
    if not found:
        return None
    printer, job_id = max(found, key=lambda row: row[1] or 0)
    if job_id is None:
        return next((each for each, _never in found if each.way is PrintWay.BROWSER), printer)
    without = session.scalar(newest.where(PrintJob.printer_id.is_(None))) or 0
    return printer if job_id > without else None


def printer_of(session: Session, job: PrintJob) -> Printer | None:
    """The printer a job was made for, if one was named."""
    return None if job.printer_id is None else session.get(Printer, job.printer_id)


def trays(session: Session, printer: Printer) -> list[TrayRow]:
    """The sheets that have lain in a printer, those with one place left out."""
    cells = (LabelSheet.columns * LabelSheet.rows).label("cells")
    rows = session.execute(
        sa.select(LabelSheet.id, LabelSheet.name, cells, PrinterTray.next_cell)
        .join(PrinterTray, PrinterTray.sheet_id == LabelSheet.id)
        .where(PrinterTray.printer_id == printer.id, LabelSheet.columns * LabelSheet.rows > 1)
        .order_by(LabelSheet.id)
    )
    return [TrayRow(*row) for row in rows]


def send_state(session: Session, job: PrintJob) -> SendState | None:
    """How far a job is on its way; None for one that is fetched as a file."""
    row = session.execute(
        sa.select(Printer.name, PrintSend.tries, PrintSend.due_at, PrintSend.sent_at, PrintSend.trouble)
        .join(PrintJob, PrintJob.id == PrintSend.job_id)
        .join(Printer, Printer.id == PrintJob.printer_id)
        .where(PrintSend.job_id == job.id)
    ).first()
    return None if row is None else SendState(*row)
