"""How the access log's rows hang together, and the lines that pin its end down outside the database.

Pure: no database and no clock. What a row says is hashed with a salt; each row's place, the row before it and that hash
make the row's own. So a row can be emptied when its time is up, and the chain still holds.
"""

from __future__ import annotations

import calendar
import hashlib
import json
import os
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from babel.dates import format_date

from workshop.core.i18n import _

NOTHING_BEFORE = "0" * 64  # what the first row is hashed with


@dataclass(frozen=True)
class Said:
    """What a row of the log says: all that its hash is about."""

    at: datetime  # UTC
    account_id: int | None
    deed: str
    people: Sequence[str]
    reason: str
    endpoint: str


def new_salt() -> str:
    """Without it, whoever guesses what an emptied row said could prove the guess right."""
    return secrets.token_hex(16)


def payload_hash(salt: str, said: Said) -> str:
    """The hash of what a row says."""
    words = [said.at.isoformat(), said.account_id, said.deed, list(said.people), said.reason, said.endpoint]
    return _hash(f"{salt}\n{json.dumps(words, ensure_ascii=False)}")


def chain_hash(position: int, previous: str, payload: str) -> str:
    """The hash of a row: its place, the row before it, and what it says."""
    return _hash(f"{position}\n{previous}\n{payload}")


def _hash(text: str) -> str:
    # A half character (a lone surrogate) cannot be stored either; the database says so, not the hash.
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


def months_on(day: date, months: int) -> date:
    """The same day of the month so many months later (or earlier); the last one where there is no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


@dataclass(frozen=True)
class Anchor:
    """The end of the chain as it was at a moment, written down where the database cannot reach."""

    at: datetime
    position: int
    chain_hash: str
    kept_months: int  # how long rows were kept then: an emptied row is older than that
    is_restored: bool = False  # a copy was put back here: what came after it is known to be lost

    @property
    def line(self) -> str:
        """One line of JSON."""
        words: dict[str, Any] = {
            "time": self.at.isoformat(),
            "position": self.position,
            "chain_hash": self.chain_hash,
            "kept_months": self.kept_months,
        }
        return json.dumps({**words, "restored": True} if self.is_restored else words)


@dataclass(frozen=True)
class Fault:
    """Something in the log that is not as it was written, by its place."""

    kind: str
    place: int
    until: int = 0
    when: date | None = None

    @property
    def sentence(self) -> str:
        """What is wrong, in words."""
        day = format_date(self.when, "d. MMMM y", "da") if self.when else ""
        return _sentences()[self.kind] % {"place": self.place, "until": self.until, "day": day}


def _sentences() -> dict[str, str]:
    return {
        "missing": _("Række %(place)s til %(until)s mangler."),
        "unplaced": _("En række (id %(place)s) har ingen plads i kæden."),
        "out of place": _("Række %(place)s ligger uden for kæden."),
        "changed": _("Række %(place)s siger noget andet, end da den blev skrevet."),
        "broken": _("Række %(place)s hænger ikke sammen med rækken før."),
        "emptied early": _("Række %(place)s er tømt før tiden."),
        "half emptied": _("Række %(place)s er tømt, men siger stadig noget."),
        "wrong time": _("Række %(place)s er tømt, og dens tid passer ikke med rækkerne før."),
        "short-lived": _("Række %(place)s skal slettes tidligere, end loggen må."),
        "no head": _("Loggens ende er ikke skrevet ned i databasen."),
        "head": _("Loggens ende siger %(until)s, men den sidste række er %(place)s."),
        "head hash": _("Loggens ende passer ikke med række %(place)s, der er den sidste."),
        "anchor": _("Række %(place)s er ikke den, der blev skrevet ned uden for databasen %(day)s."),
        "cut off": _("Loggen ender ved række %(place)s. Den %(day)s gik den til række %(until)s."),
        "no anchor": _("Loggens ende er ikke skrevet ned uden for databasen siden række %(place)s."),
        "unreadable rows": _("Fra række %(place)s er der noget i databasen, der ikke kan læses."),
        "unreadable": _("Linje %(place)s i filen med loggens ender kan ikke læses."),
    }


def anchors_of(lines: Iterable[str]) -> tuple[list[Anchor], list[Fault]]:
    """What was written down, by place, and the lines that cannot be read.

    After a copy was put back, what had been written down about the rows that were lost with it no longer counts.
    """
    found: list[Anchor] = []
    bad: list[Fault] = []
    for number, line in enumerate(lines, start=1):
        anchor = _anchor_of(line)
        if anchor is None:
            bad.append(Fault("unreadable", number))
            continue
        if anchor.is_restored:
            found = [each for each in found if each.position <= anchor.position]
        found.append(anchor)
    return sorted(found, key=lambda each: (each.position, each.at)), bad


def _anchor_of(line: str) -> Anchor | None:
    try:
        words = json.loads(line)
        at = datetime.fromisoformat(words["time"]).astimezone(UTC)
        place, word = int(words["position"]), str(words["chain_hash"])
        return Anchor(at, place, word, int(words["kept_months"]), bool(words.get("restored")))
    except (ValueError, KeyError, TypeError, OverflowError):
        return None


def read_anchors(path: Path) -> tuple[list[Anchor], list[Fault]]:
    """The same out of a file; a file that is not there has no lines."""
    if not path.exists():
        return [], []
    with path.open(encoding="utf-8", errors="replace") as lines:
        return anchors_of(line for line in lines if line.strip())


def newest_anchor(path: Path) -> Anchor | None:
    """What was written down last; only the file's end is read."""
    if not path.exists():
        return None
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 2_000))
        lines = file.read().decode(errors="replace").splitlines()
    return next((anchor for line in reversed(lines) if (anchor := _anchor_of(line))), None)


def write_anchor(path: Path, anchor: Anchor) -> None:
    """Put a line at the end of the file; it is on the disk when this returns."""
    path.parent.mkdir(parents=True, exist_ok=True)
    place = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o640)
    try:
        # A line torn by a power cut would swallow the one written after it.
        size = os.fstat(place).st_size
        is_torn = size > 0 and os.pread(place, 1, size - 1) != b"\n"
        os.write(place, f"{chr(10) if is_torn else ''}{anchor.line}\n".encode())
        os.fsync(place)
    finally:
        os.close(place)
