"""`vaerksted backup`, `backup-check`, `restore`, `release-mails`, `upgrade`: nothing lost, typed by a person."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import click
from sqlalchemy.exc import SQLAlchemyError

from shop import grant_commands
from workshop.backups import checking, keeping, manifest, restoring, runs, taking, upgrading, words
from workshop.backups.contents import Unreadable
from workshop.backups.queries import size_text
from workshop.backups.restoring import Damaged, KeyIsMissing
from workshop.backups.tools import ToolTrouble
from workshop.backups.upgrading import NotUpgraded
from workshop.core import clock, db
from workshop.core.config import Settings, settings
from workshop.core.errors import Refusal
from workshop.core.i18n import _
from workshop.core.photo_store import Unreachable

_COPY = click.argument("copy", type=click.Path(exists=True, path_type=Path))


@contextmanager
def _plainly() -> Iterator[None]:
    """What goes wrong ends with its sentence: 1 for a copy that is not sound, 2 for everything else."""
    try:
        yield
    except Damaged as damaged:
        _say_damaged(damaged.faults)
    except KeyIsMissing as missing:
        _end(
            _(
                "Kopien er i orden, men hovednøglen %(names)s mangler. Sæt den i MASTER_KEY eller OLD_MASTER_KEYS. "
                "Er den væk for altid, så skriv --without-key: alt andet end det forseglede kommer tilbage.",
                names=", ".join(missing.names),
            )
        )
    except (Refusal, ToolTrouble) as said:
        _end(said.sentence)
    except Unreadable as problem:
        _end(_("Databasen kan ikke kopieres: %(said)s", said=problem))
    except Unreachable:
        _end(_("Fotolageret svarer ikke."))
    except OSError as problem:
        _end(_("Kopien kan ikke læses eller skrives: %(said)s", said=problem))
    except SQLAlchemyError as problem:
        _end(_("Databasen siger nej: %(said)s", said=type(problem).__name__))


def _say_damaged(faults: Sequence[str]) -> None:
    click.echo(_("Kopien duer ikke. Intet er rørt."), err=True)
    for fault in faults:
        click.echo(f"  {fault}", err=True)
    raise SystemExit(1)


def _end(sentence: str) -> None:
    click.echo(sentence, err=True)
    raise SystemExit(2)


@click.command()
@click.option("--to", "folder", type=click.Path(file_okay=False, path_type=Path), help="Another place than BACKUP_DIR.")
def backup(folder: Path | None) -> None:
    """Take a copy of everything now, while the house is open, and check it. The master key is not in it."""
    chosen, began_at = settings(), clock.now()
    if folder is not None:
        chosen = replace(chosen, backup_dir=folder.resolve())
    with _plainly():
        copy = taking.take(chosen, began_at, slot="by hand")
        faults = checking.check(copy, chosen)
        if faults:
            raise Damaged(faults)
        if folder is None:
            keeping.rotate(chosen.backups_dir)
            _note_taken(chosen, copy, began_at)
    _say_taken(copy)


def _note_taken(chosen: Settings, copy: Path, began_at: datetime) -> None:
    """Let the page of copies know. On PostgreSQL as the tables' owner, as the copy itself was taken."""
    database = db.Database(chosen.keeper_database_url or chosen.database_url)
    db.use(database)
    try:
        runs.note_taken(copy, began_at, clock.now())
    except SQLAlchemyError:  # a database that is not brought to this program's shape yet
        click.echo(_("Kopien kan ikke skrives på siden med kopier. Har I skrevet: vaerksted upgrade?"), err=True)
    finally:
        database.close()


def _say_taken(copy: Path) -> None:
    said = manifest.read(copy)
    click.echo(str(copy))
    rows, size = sum(said.rows.values()), size_text(said.size)
    click.echo(_("%(rows)s rækker, %(size)s. Set efter: i orden.", rows=rows, size=size))
    click.echo(_("Hovednøglen %(name)s er ikke med. Gem den et andet sted.", name=said.master_key or "–"))


@click.command("backup-check")
@_COPY
def backup_check(copy: Path) -> None:
    """Look through a copy: every byte, database, photos, log, keys. What is wrong is named, and ends with 1."""
    with _plainly():
        faults = checking.check(copy, settings())
    for fault in faults:
        click.echo(fault)
    if faults:
        raise SystemExit(1)
    click.echo(_("Kopien er i orden."))


@click.command()
@_COPY
@click.option("--replace", "replaces", is_flag=True, help="Instead of what is here, which is kept aside.")
@click.option("--send-mails", "sends_mails", is_flag=True, help="Send mails that were waiting when the copy was taken.")
@click.option("--without-key", "lacks_key", is_flag=True, help="Its master key is lost: what is sealed stays shut.")
def restore(copy: Path, replaces: bool, sends_mails: bool, lacks_key: bool) -> None:
    """Make a copy the workshop's data, on this machine or a bare one. Stop the web server and the worker first."""
    chosen: Settings = settings()
    with _plainly():
        came = restoring.restore(
            copy, chosen, clock.now(), replaces=replaces, sends_mails=sends_mails, lacks_key=lacks_key
        )
    for line in words.after_restore(came):
        click.echo(line)


@click.command("release-mails")
def release_mails() -> None:
    """Let the mails go that a restore held back, because they may have been sent before."""
    database = db.Database(settings().database_url)
    db.use(database)
    with _plainly():
        count = restoring.release_mails(clock.now())
    database.close()
    click.echo(f"{count} mails")


@click.command()
@click.option("--restore-on-failure", "restores", is_flag=True, help="Go back by itself when a migration fails.")
def upgrade(restores: bool) -> None:
    """Take a copy, check it, and bring the database to the newest shape. Stop the web server and the worker first."""
    try:
        with _plainly():
            copy = upgrading.upgrade(settings(), clock.now(), restores_on_failure=restores)
    except NotUpgraded as failed:
        click.echo(_("Databasen kunne ikke bringes videre: %(problem)s", problem=failed.problem), err=True)
        if failed.is_restored:
            click.echo(_("Alt er, som det var. Installér det forrige program igen."), err=True)
        else:
            click.echo(_("Installér det forrige program igen. Er noget galt med data, så skriv:"), err=True)
            click.echo(f"  vaerksted restore --replace {failed.copy}", err=True)
        raise SystemExit(1) from failed
    _say_taken(copy)
    click.echo(_("Databasen er bragt til den nyeste form."))
    grant_commands.give_after_upgrade(settings())


COMMANDS = (backup, backup_check, restore, release_mails, upgrade)
