"""The access log, typed at the command line: is it whole, where does it end, what is too old to keep."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from flask.cli import AppGroup

from workshop.core import audit, chain, clock, db
from workshop.core.chain import Fault
from workshop.core.config import settings
from workshop.core.web import settings as app_settings
from workshop.logbook import actions, keeping

SAID_EVERY = 50_000  # rows between two words about how far it is


log = AppGroup("log", help="The access log: check that it is whole, write its end down, empty what is too old.")


@log.command("verify")
@click.option(
    "--anchors",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Where its end was written down: a copy from another machine says more than the one here.",
)
def verify(anchors: Path | None) -> None:
    """Go through the whole log: every row as it was written, none missing; each fault by its place, and then 1."""
    written, faults = chain.read_anchors(anchors or app_settings().anchor_file)
    with db.snapshot() as session:
        faults += audit.verify(session, written, now=clock.now(), say=_say)
        end = audit.end(session)
        if end is not None and not written and keeping.is_old(session, clock.now()):
            faults.append(Fault("no anchor", 1))
    for fault in faults:
        click.echo(fault.sentence)
    for each in written:
        if each.is_restored:
            day = clock.day_and_clock(each.at)
            click.echo(f"A copy was put back {day}: the log went on from row {each.position}.", err=True)
    if faults:
        raise SystemExit(1)
    rows = end.position if end else 0
    click.echo(f"The log is whole: {rows} rows, {len(written)} ends written down elsewhere, all found in it.")


def _say(seen: int) -> None:
    if seen % SAID_EVERY == 0:
        click.echo(f"{seen} rows", err=True)


@log.command("anchor")
def anchor() -> None:
    """Write the log's end down now, and print the line: for a printer, a mail, another machine."""
    made = keeping.anchor(app_settings().anchor_file, clock.now())
    if made is None:
        click.echo("The log is still empty, and that is written down.", err=True)
        return
    click.echo(made.line)


@log.command("empty", with_appcontext=False)
def empty() -> None:
    """Empty the rows whose deletion date has come, as the keeper; their hashes stay, so the log stays whole."""
    with _as_keeper():
        emptied = keeping.empty_all(clock.now())
    click.echo(f"{emptied} rows were emptied.")


@log.command("place", with_appcontext=False)
def place() -> None:
    """Put rows that an older version wrote during an upgrade at the log's end, as the keeper."""
    with _as_keeper(), db.transaction() as session:
        placed = actions.place_unplaced(session)
    click.echo(f"{placed} rows were given a place.")


@contextmanager
def _as_keeper() -> Iterator[None]:
    """The database as the role that owns the tables: the program's own may only add to the log."""
    chosen = settings()
    database = db.Database(chosen.keeper_database_url or chosen.database_url)
    db.use(database)
    audit.keep_for(chosen.log_kept_months)
    try:
        yield
    finally:
        database.close()
