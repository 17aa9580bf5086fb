"""The way back: a copy becomes the workshop again, on this machine or on a bare one.

What happened after the copy is not in it, so nothing that was done since may be done a second time unseen: sign-ins
and links that open something are ended, mails that were waiting wait for a person, keys destroyed since are destroyed
again. Payments carry keys of their own at Stripe, so asking for one again is safe.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from workshop.accounts.models import Challenge, Invitation, LoginSession, PasswordReset, PhoneTicket
from workshop.backups import checking, databases, forgetting, log, manifest, standing
from workshop.backups.manifest import Manifest
from workshop.backups.models import BackupRun
from workshop.core import db, photo_store
from workshop.core.config import Settings
from workshop.core.errors import Refusal
from workshop.core.i18n import _
from workshop.core.mail import OutboxMail
from workshop.core.photo_store import PhotoStore
from workshop.migrating import migrate

HELD_UNTIL = datetime(2100, 1, 1, tzinfo=UTC)  # a mail that waits for a person to let it go


class Damaged(Exception):  # noqa: N818 — like the other answers in `errors`
    """The copy is not sound; nothing was touched. `faults` says what is wrong with it."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


class KeyIsMissing(Exception):  # noqa: N818 — the same
    """The copy is sound, and none of our master keys opens what is sealed in it; `names` are the keys it needs."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(", ".join(names))
        self.names = names


@dataclass(frozen=True)
class Restored:
    """What was brought back."""

    said: Manifest
    aside: str  # where the old database lies; empty: there was none
    sessions: int
    held_mails: int
    keys_destroyed_again: int


def restore(
    path: Path,
    settings: Settings,
    now: datetime,
    *,
    replaces: bool = False,
    sends_mails: bool = False,
    lacks_key: bool = False,
) -> Restored:
    """Make a copy the workshop's data. The programs must be stopped.

    `lacks_key`: its master key is lost for good; all that it does not seal comes back.
    Raises Damaged, or Refusal: another kind of database, a filled one without `replaces`, programs still running.
    """
    folder = manifest.folder_of(path)
    faults = checking.check(folder, settings, asks_for_keys=False)
    if faults:
        raise Damaged(faults)
    said = manifest.read(folder)
    lacking = checking.lacking_keys(said, settings)
    if lacking and not lacks_key:
        raise KeyIsMissing(lacking)
    if said.engine != databases.engine_of(settings):
        raise Refusal(
            _("Kopien er fra %(engine)s. DATABASE_URL skal pege på en database af samme slags.", engine=said.engine)
        )
    filled = standing.is_filled(settings)
    if filled and not replaces:
        raise Refusal(_("Der er allerede data her. Brug --replace, hvis kopien skal træde i stedet for dem."))
    people = forgetting.destroyed(settings, folder / manifest.DESTROYED, folder.parent / manifest.DESTROYED)
    _put_photos(folder, said, photo_store.of(settings))  # files before rows, as always
    finishing = _Finishing(now, people, lacking, sends_mails=sends_mails)
    aside = standing.put_in_place(
        settings, folder / manifest.DATABASES[said.engine], now, finishing.run, is_filled=filled
    )
    _put_lists(settings, folder, said, people, now)
    return Restored(said, aside, finishing.sessions, finishing.held_mails, finishing.keys)


def put_back(copy: Path, settings: Settings, now: datetime) -> None:
    """Make the database what it was when this sound copy was just taken; nothing else, and no migration."""
    copied = copy / manifest.DATABASES[databases.engine_of(settings)]
    standing.put_in_place(settings, copied, now, lambda _database: None, is_filled=True)


def release_mails(now: datetime) -> int:
    """Let the mails go that a restore held back; how many."""
    held = sa.update(OutboxMail).where(OutboxMail.sent_at.is_(None), OutboxMail.due_at == HELD_UNTIL)
    with db.transaction() as session:
        return session.connection().execute(held.values(due_at=now)).rowcount


class _Finishing:
    """What is done to a database that was brought back, before anybody can use it."""

    def __init__(self, now: datetime, people: dict[str, datetime], lacking: list[str], *, sends_mails: bool) -> None:
        self.now, self.people, self.lacking, self.sends_mails = now, people, lacking, sends_mails
        self.sessions = self.held_mails = self.keys = 0

    def run(self, database: db.Database) -> None:
        """Bring it to the newest shape, then end what must not go on."""
        migrate(database)
        with database.writer.begin() as connection:
            self.sessions = _end(connection, LoginSession, "revoked_at", self.now)
            for table, column in (
                (PasswordReset, "used_at"),
                (PhoneTicket, "used_at"),
                (Challenge, "used_at"),
                (Invitation, "revoked_at"),
            ):
                _end(connection, table, column, self.now)
            if not self.sends_mails:
                self.held_mails = _end(connection, OutboxMail, "sent_at", HELD_UNTIL, put_in="due_at")
            self.keys = forgetting.destroy_again(connection, self.people)
            forgetting.let_go_of(connection, self.lacking, self.now)
            connection.execute(sa.delete(BackupRun).where(BackupRun.finished_at.is_(None)))  # the copy's own among them


def _end(connection: sa.Connection, table: type[db.Base], column: str, at: datetime, *, put_in: str = "") -> int:
    """Every row that is still open, by this column, gets the moment."""
    still_open = sa.update(table).where(table.__table__.c[column].is_(None))
    return connection.execute(still_open.values({put_in or column: at})).rowcount


def _put_photos(folder: Path, said: Manifest, store: PhotoStore) -> None:
    for file in said.files:
        if file.startswith(f"{manifest.PHOTOS}/"):
            name = file.removeprefix(f"{manifest.PHOTOS}/")
            body = (folder / file).read_bytes()
            if store.get(name) != body:
                store.put(name, body)


def _put_lists(settings: Settings, folder: Path, said: Manifest, people: dict[str, datetime], now: datetime) -> None:
    anchors, copied = settings.anchor_file, (folder / manifest.ANCHORS).read_bytes()
    anchors.parent.mkdir(parents=True, exist_ok=True)
    there = anchors.read_bytes() if anchors.is_file() else b""
    if not there.startswith(copied) or not there:  # none, or those of another log: kept beside
        if there:
            shutil.copyfile(anchors, anchors.with_name(f"{anchors.name}.{standing.aside_word(now)}"))
        manifest.put(anchors, copied)
    log.write_restored(settings, said.log_position, said.log_hash, now)
    body = forgetting.as_lines(people).encode()
    for path in forgetting.files_of(settings):
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f".{path.name}.new")
        manifest.put(beside, body)
        beside.replace(path)
