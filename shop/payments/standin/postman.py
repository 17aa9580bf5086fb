"""Delivers events as Stripe does: signed, at least once, in no promised order, again and again for three days.

What is due stands in the ledger. A stand-in that is killed between the shop's answer and its own note delivers again.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import http.client
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import urlsplit

from shop.payments.standin.bank import Bank, is_time_due
from shop.payments.standin.ledger import Ledger, now, setting

GIVES_UP_SECONDS = 3 * 86_400  # Source: Stripe retries for up to three days
LONGEST_WAIT_SECONDS = 30.0  # Stripe waits hours; nobody who practises does
LOOKS_SECONDS = 0.25
ANSWER_SECONDS = 10.0


@dataclass(frozen=True)
class Letter:
    """One event on its way, stamped and signed at the moment it is sent."""

    event: str
    body: bytes
    signature: str


class Postman:
    """Sends what is due to one webhook address, in a thread of its own once started."""

    def __init__(self, ledger: Ledger, url: str, secret: str, base_url: str, retry_seconds: float) -> None:
        self._ledger = ledger
        self._url = url
        self._secret = secret
        self._base_url = base_url
        self._retry_seconds = retry_seconds
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._work, name="standin-postman", daemon=True)

    def start(self) -> None:
        """Begin to deliver."""
        self._thread.start()

    def stop(self) -> None:
        """Stop after the letter in hand; the rest stays due."""
        self._stopping.set()
        self._ledger.changed.set()
        if self._thread.ident is not None:
            self._thread.join()

    def send(self, events: list[str], *, at_once: bool = False) -> list[str]:
        """Deliver these events now, due or not, in this order or all at once; the answers in the same order."""
        with ThreadPoolExecutor(max_workers=max(1, len(events)) if at_once else 1) as hands:
            return list(hands.map(self._deliver, events))

    def _work(self) -> None:
        while not self._stopping.is_set():
            # A book that is busy for ten seconds is no reason to stop for good; what is due stays due.
            with contextlib.suppress(sqlite3.OperationalError):
                self._round()
            self._ledger.changed.wait(LOOKS_SECONDS)
            self._ledger.changed.clear()

    def _round(self) -> None:
        for event in self._due():
            if self._stopping.is_set():
                return
            self._deliver(event)

    def _due(self) -> list[str]:
        with self._ledger.reading() as db:
            overdue = is_time_due(db)
        if overdue:
            with self._ledger.writing() as db:
                Bank(db, self._base_url).let_time_pass()
        with self._ledger.reading() as db:
            if setting(db, "held") or not self._url:
                return []
            rows = db.execute(
                "SELECT event FROM delivery WHERE delivered_at IS NULL AND gave_up_at IS NULL AND due_at <= ?"
                " ORDER BY due_at, rowid",
                (now(db),),
            )
            return [row["event"] for row in rows]

    def _deliver(self, event: str) -> str:
        with self._ledger.reading() as db:
            letter = self._letter(db, event)
        answer = post(self._url, letter)
        with self._ledger.writing() as db:
            self._note(db, event, answer)
        return answer

    def _letter(self, db: sqlite3.Connection, event: str) -> Letter:
        row = db.execute("SELECT body FROM event WHERE id = ?", (event,)).fetchone()
        body = str(row["body"]).encode()
        return Letter(event, body, signed(body, self._secret, int(now(db))))

    def _note(self, db: sqlite3.Connection, event: str, answer: str) -> None:
        """Write down the answer; anything but 2xx makes it due again, with longer and longer waits."""
        moment = now(db)
        if answer.startswith("2"):
            db.execute(
                "UPDATE delivery SET delivered_at = coalesce(delivered_at, ?), attempts = attempts + 1, last_answer = ?"
                " WHERE event = ?",
                (moment, answer, event),
            )
            return
        row = db.execute("SELECT attempts FROM delivery WHERE event = ?", (event,)).fetchone()
        created = db.execute("SELECT created FROM event WHERE id = ?", (event,)).fetchone()["created"]
        wait = min(self._retry_seconds * 2 ** min(row["attempts"], 10), LONGEST_WAIT_SECONDS)
        db.execute(
            "UPDATE delivery SET due_at = ?, attempts = attempts + 1, last_answer = ?, gave_up_at = ? WHERE event = ?",
            (moment + wait, answer, moment if moment - created > GIVES_UP_SECONDS else None, event),
        )


def signed(body: bytes, secret: str, stamp: int) -> str:
    """Stripe's signature header, `t=…,v1=…`, worked out here on its own and not by the library it is checked with."""
    mac = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256)
    return f"t={stamp},v1={mac.hexdigest()}"


def post(url: str, letter: Letter) -> str:
    """Send one letter; the status as text, or what stood in the way. A redirect is not followed and not a success."""
    address = urlsplit(url)
    kind = http.client.HTTPSConnection if address.scheme == "https" else http.client.HTTPConnection
    line = kind(address.hostname or "", address.port, timeout=ANSWER_SECONDS)
    headers = {"Content-Type": "application/json; charset=utf-8", "Stripe-Signature": letter.signature}
    try:
        line.request("POST", address.path or "/", letter.body, headers)
        return str(line.getresponse().status)
    except (OSError, http.client.HTTPException) as trouble:
        return type(trouble).__name__
    finally:
        line.close()
