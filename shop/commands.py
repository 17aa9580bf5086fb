"""The one program, `vaerksted`: everything a person types to run the house."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import FlaskGroup

from shop import serving
from shop.app import create_app
from shop.demo import filling
from workshop.core import assets, clock, db, jobs
from workshop.core.config import ROOT, Settings, settings
from workshop.core.errors import ConfigurationError
from workshop.core.web import settings as app_settings
from workshop.migrating import migrate as migrate_database
from workshop.products import drawings
from workshop.starter import loading


def build_assets() -> None:
    """Make what browsers load, where it is not made yet."""
    assets.build(ROOT / "static", ROOT / "static" / "build", {name: drawings.drawing(name) for name in drawings.NAMES})


def migrate_database_of(chosen: Settings) -> None:
    """Bring the database of these settings to the newest shape."""
    chosen.data_dir.mkdir(parents=True, exist_ok=True)
    database = db.Database(chosen.database_url)
    migrate_database(database)
    database.close()


def _app() -> Flask:
    return create_app(settings())


@click.group(cls=FlaskGroup, create_app=_app, add_default_commands=False, add_version_option=False)
def program() -> None:
    """Værksted: production, sales and competence log of a social workshop."""


@program.command(with_appcontext=False)
def build() -> None:
    """Make what browsers load: style sheets, fonts, drawings, each under a name with its hash."""
    build_assets()


@program.command(with_appcontext=False)
def migrate() -> None:
    """Bring the database to the newest shape."""
    migrate_database_of(settings())


@program.command("import")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path), default=loading.CATALOGUE)
def import_catalogue(folder: Path) -> None:
    """Load a catalogue folder; a second time changes nothing, a bad row is named and nothing is loaded."""
    try:
        with db.transaction() as session:
            loaded = loading.load(session, folder)
    except loading.BadCatalogue as bad:
        for problem in bad.problems:
            click.echo(problem.sentence, err=True)
        raise SystemExit(1) from bad
    for line in loaded.lines():
        click.echo(line)


@program.command(with_appcontext=False)
@click.option("--workers", default=2, show_default=True, help="Web processes.")
def run(workers: int) -> None:
    """Serve the house over HTTP until stopped."""
    serving.become_server(settings(), workers)


@program.command()
def work() -> None:
    """Run the sweeps over what is due (mails, payments, holds) until stopped."""
    queue = jobs.engine(app_settings(), current_app.extensions["sweeps"])
    queue.create_consumer(workers=2, periodic=True, check_worker_health=True).run()


@program.command()
def sweep() -> None:
    """Do everything that is due now, once."""
    for name, done in jobs.run_due(current_app.extensions["sweeps"], clock.now()).items():
        click.echo(f"{name}: {done}")


@program.command("demo", with_appcontext=False)
def run_demo() -> None:
    """A whole workshop with fictional people: migrated, filled, running, its logins printed."""
    chosen = settings()
    build_assets()
    migrate_database_of(chosen)
    logins = filling.fill(create_app(chosen), say=click.echo)
    for line in logins:
        click.echo(line)
    serving.run_demo(chosen)


def main() -> None:
    """The entry point; a setting that is missing or wrong ends with its sentence, not with a traceback."""
    try:
        program()
    except ConfigurationError as problem:
        click.echo(str(problem), err=True)
        sys.exit(2)
