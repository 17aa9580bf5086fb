"""Jobs on their way to printers on the network. What is due is a row; a killed worker loses nothing.

A row is claimed before anything is sent, by moving its due time on, and concluded afterwards; no connection is ever
held open inside a write block. Paper cannot be asked what is on it, so this is what is promised: a job is sent again by
itself only when not one whole label had been handed over. Killed in the middle of sending, it is sent once more, so a
label can come out twice, never three times; after that a person decides. "Sent" means that the printer took the bytes.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterable
from datetime import datetime, timedelta

import sqlalchemy as sa
import structlog
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from workshop.core import db
from workshop.core.errors import NotHere, Refusal
from workshop.core.i18n import _
from workshop.labels import printing
from workshop.labels.models import Printer, PrintJob, PrintSend
from workshop.labels.printers import rules, speaking
from workshop.labels.printers.rules import BROKE_OFF, CANNOT, NO_ANSWER, SENDING, SENDING_AGAIN, TOO_FAR
from workshop.labels.sheet import SheetProduct

log = structlog.get_logger()
CONNECT_SECONDS = 3.0
LABEL_SECONDS = 20.0  # a printer that is still printing takes the next label only when there is room for it
LONGEST_SECONDS = 480.0
CLAIM = timedelta(minutes=10)  # longer than anything above, so nobody takes over what is still being sent
RETRY = (timedelta(minutes=1), timedelta(minutes=3), timedelta(minutes=10), timedelta(minutes=30))
ROUND = len(RETRY) + 1  # so many tries, then a person has to ask again
WAIT_SECONDS = 4.0


class _Failed(Exception):  # noqa: N818 — it is what happened, and is written down as a word
    def __init__(self, trouble: str) -> None:
        super().__init__(trouble)
        self.trouble = trouble


def nudge(job_id: int, now: datetime) -> None:
    """Send a job at once, so that nobody waits a minute for the sweep; the page waits at most four seconds for it.

    Called after the commit; it never fails the request. Raises RuntimeError inside a block, where the row is not
    committed yet.
    """
    if db.open_session() is not None:
        raise RuntimeError("nudge after the commit, not inside a block")
    work = threading.Thread(target=_do, args=(job_id, now), name="print", daemon=True)
    work.start()
    work.join(WAIT_SECONDS)


def _do(job_id: int, now: datetime) -> None:
    try:
        send_due(now, job_id=job_id)
    except OperationalError as busy:
        log.warning("left for the sweep", why=type(busy.orig).__name__)


def send_due(now: datetime, *, job_id: int | None = None) -> int:
    """Send what is due, or the one job; how many jobs a printer took."""
    sent = 0
    while (claimed := _claim(now, job_id)) is not None:
        try:
            _send(claimed)
        except _Failed as failed:
            log.warning("labels not sent", job=claimed, trouble=failed.trouble)
            _put_back(claimed, failed.trouble, now)
            continue
        with db.transaction() as session:
            values = {"sent_at": now, "due_at": None, "trouble": ""}
            session.execute(sa.update(PrintSend).where(PrintSend.job_id == claimed).values(**values))
        sent += 1
    return sent


def send_again(session: Session, job: PrintJob, *, seen_tries: int, now: datetime) -> bool:
    """A person asks for a job to be sent once more; from a page that is older than the last try it does nothing.

    Raises NotHere for a job that is not sent, Refusal while it is being sent.
    """
    row = session.scalar(sa.select(PrintSend).where(PrintSend.job_id == job.id).with_for_update())
    if row is None:
        raise NotHere
    if row.tries != seen_tries:
        return False
    if row.trouble in {SENDING, SENDING_AGAIN} and row.due_at is not None and row.due_at > now:
        raise Refusal(_("Mærkerne bliver sendt lige nu. Vent et øjeblik."))
    row.tries = -(-max(row.tries, 1) // ROUND) * ROUND  # a new round of tries begins
    row.due_at, row.sent_at, row.trouble = now, None, ""
    session.flush()
    return True


def _claim(now: datetime, job_id: int | None) -> int | None:
    due = (
        sa.select(PrintSend)
        .where(PrintSend.sent_at.is_(None), PrintSend.due_at <= now)
        .order_by(PrintSend.due_at, PrintSend.job_id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if job_id is not None:
        due = due.where(PrintSend.job_id == job_id)
    while True:
        with db.transaction() as session:
            row = session.scalar(due)
            if row is None:
                return None
            if row.trouble == SENDING_AGAIN:
                # Two processes have died over it. A third copy on paper is worse than asking.
                row.due_at, row.trouble = None, BROKE_OFF
                continue
            row.trouble = SENDING_AGAIN if row.trouble == SENDING else SENDING
            row.due_at = now + CLAIM
            row.tries += 1
            return row.job_id


def _put_back(job_id: int, trouble: str, now: datetime) -> None:
    with db.transaction() as session:
        row = session.get_one(PrintSend, job_id)
        row.trouble = trouble
        nth = row.tries % ROUND
        row.due_at = now + RETRY[nth - 1] if trouble == NO_ANSWER and nth else None


def _send(job_id: int) -> None:
    with db.reading() as session:
        job = session.get_one(PrintJob, job_id)
        printer = session.get_one(Printer, job.printer_id)
        run = printing.run_of_job(session, job)
        session.expunge(printer)
    try:
        deliver(printer.address, speaking.labels_for(printer, run))
    except Refusal as refusal:
        raise _Failed(CANNOT) from refusal


def send_sample(printer: Printer, sheet: SheetProduct) -> bool:
    """A label to measure on, at once; False when the printer did not take it. Never call it inside a block.

    Raises Refusal when the printer has no such roll.
    """
    try:
        deliver(printer.address, [speaking.sample_for(printer, sheet)])
    except _Failed as failed:
        log.warning("sample not sent", trouble=failed.trouble)
        return False
    return True


def deliver(address: str, labels: Iterable[bytes]) -> None:
    """Hand labels over to what listens at an address of the house, one after the other over one connection.

    Raises _Failed with the word for what went wrong.
    """
    give_up = time.monotonic() + LONGEST_SECONDS
    with _connected(address) as line:
        line.settimeout(LABEL_SECONDS)
        handed_over = 0
        try:
            for label in labels:
                if time.monotonic() > give_up:
                    raise _Failed(BROKE_OFF)
                line.sendall(label)
                handed_over += 1
            _hang_up(line)
        except OSError as problem:
            raise _Failed(BROKE_OFF if handed_over else NO_ANSWER) from problem


def _hang_up(line: socket.socket) -> None:
    """Say that this was all, and listen a moment for a printer that throws it back at us."""
    line.shutdown(socket.SHUT_WR)
    line.settimeout(0.5)
    try:
        while line.recv(4096):
            pass  # a printer may tell its state; what it says is not used
    except TimeoutError:
        pass


def _connected(address: str) -> socket.socket:
    host, port = rules.host_and_port(address)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as problem:
        raise _Failed(NO_ANSWER) from problem
    places = [str(each[4][0]) for each in found]
    # A name is looked up here and nowhere else, so it cannot lead out of the house between looking and connecting.
    if not places or not all(rules.is_near(place.partition("%")[0]) for place in places):
        raise _Failed(TOO_FAR)
    last: OSError | None = None
    for place in places:
        try:
            return socket.create_connection((place, port), timeout=CONNECT_SECONDS)
        except OSError as silent:
            last = silent
    raise _Failed(NO_ANSWER) from last
