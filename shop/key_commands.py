"""Changing the master key, typed at the command line."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from workshop.core import db, vault
from workshop.core.web import settings as app_settings
from workshop.sealed import checking
from workshop.sealed import keys as sealing

KINDS = {"person_key": "keys of people", "totp_seed": "seeds of code apps", "signing_key": "keys that sign proofs"}


@click.group("keys", cls=AppGroup)
def keys() -> None:
    """The master key: make one, change it, and see what is sealed with which."""


@keys.command("new", with_appcontext=False)
def new_key() -> None:
    """Print a new MASTER_KEY. It is kept nowhere: put it into the settings, and a copy away from this machine."""
    click.echo(vault.as_setting(vault.new_key()))


@keys.command("rotate")
def rotate() -> None:
    """Seal everything with the MASTER_KEY that the keys in OLD_MASTER_KEYS sealed. Stopped, it goes on where it was.

    Restart every process with both settings first: one that lacks the new key cannot open what is sealed with it.
    """
    failed = 0
    for progress in sealing.rotate(app_settings().master_keys):
        failed = progress.failed
        click.echo(f"{progress.done} of {progress.total}", err=True)
    if failed:
        click.echo(f"{failed} could not be opened with any key in MASTER_KEY and OLD_MASTER_KEYS.", err=True)
        raise SystemExit(1)
    click.echo("Everything is sealed with MASTER_KEY. Run `vaerksted keys check` before you let the old one go.")


@keys.command("check")
def check() -> None:
    """Say what is sealed with which master key, open everything once, and end with 1 where something does not open."""
    with db.snapshot() as session:
        found = checking.report(session, app_settings().master_keys)
    for each in found.sealed:
        which = "MASTER_KEY" if each.key_name == found.newest else "an older key" if each.opens else "a key we lack"
        click.echo(f"{each.key_name} ({which}): {each.many} {KINDS[each.kind]}")
    click.echo(
        f"{found.texts - found.closed} of {found.texts} texts open. Keys of {found.destroyed} people are destroyed."
    )
    if not found.is_whole:
        click.echo("Not everything opens. Keep every old key, and put it into OLD_MASTER_KEYS.", err=True)
        raise SystemExit(1)
    click.echo(
        "Keep OLD_MASTER_KEYS and run `vaerksted keys rotate`."
        if found.needed
        else "No older key is needed here. Backups from before the change still need theirs."
    )
