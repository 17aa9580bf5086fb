"""The one program, `vaerksted`: everything a person types to run the house."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import FlaskGroup, NoAppException
from sqlalchemy.exc import OperationalError, ProgrammingError

from shop import backup_commands, grant_commands, key_commands, log_commands, serving
from shop.app import create_app
from shop.demo import filling
from shop.payments.gateway import PaymentUnavailable
from shop.payments.reconciling import actions as reconciling
from shop.payments.reconciling import queries as comparisons
from workshop.core import assets, clock, db, jobs, photo_store
from workshop.core.config import ROOT, Settings, settings
from workshop.core.errors import ConfigurationError, Refusal
from workshop.core.i18n import _
from workshop.core.web import settings as app_settings
from workshop.labels import by_number as label_files
from workshop.migrating import migrate as migrate_database
from workshop.production.stores import queries as stores
from workshop.products import drawings
from workshop.products.codes import redrawing
from workshop.products.photos import checking
from workshop.products.stock import queries as stock
from workshop.services.billing import checking as billing
from workshop.services.snow import watching as snow_watching
from workshop.services.snow.forecast import BadForecast
from workshop.setup import door as starting
from workshop.starter import loading


def build_assets() -> None:
    """Make what browsers load, where it is not made yet."""
    assets.build(ROOT / "static", ROOT / "static" / "build", {name: drawings.drawing(name) for name in drawings.NAMES})


def migrate_database_of(chosen: Settings) -> None:
    """Bring the database of these settings to the newest shape."""
    chosen.data_dir.mkdir(parents=True, exist_ok=True)
    database = db.Database(chosen.keeper_database_url or chosen.database_url)
    migrate_database(database)
    database.close()


def _app() -> Flask:
    """The app of these settings; what they lack ends with its sentence, beside `--help` too."""
    try:
        return create_app(settings())
    except ConfigurationError as problem:
        raise NoAppException(str(problem)) from problem


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


@program.command("renew-codes")
def renew_codes() -> None:
    """Draw every QR code anew, after BASE_URL has changed. Labels out there keep working while their address does."""
    base_url = app_settings().base_url
    for progress in redrawing.redraw_all(base_url):
        click.echo(f"{progress.done} of {progress.total} codes", err=True)
    click.echo(f"Every code leads to {base_url}. Labels printed before still show the old address.")


@program.command(with_appcontext=False)
def setup() -> None:
    """Bring the database to its shape and print the address where a new workshop's first administrator begins."""
    chosen = settings()
    if starting.is_passed(chosen):
        click.echo(_("Værkstedet er sat op. Log ind på %(address)s", address=f"{chosen.base_url}/personale/"))
        return
    build_assets()
    migrate_database_of(chosen)
    for line in starting.announcement(chosen):
        click.echo(line)


@program.command(with_appcontext=False)
@click.option("--workers", default=2, show_default=True, help="Web processes.")
@click.option("--only-shop", is_flag=True, help="Serve customers and nothing else, as ONLY_SHOP=1 does.")
def run(workers: int, only_shop: bool) -> None:
    """Serve the house over HTTP until stopped."""
    if only_shop:
        os.environ["ONLY_SHOP"] = "1"  # the web server's own processes read it too
    chosen = settings()
    for line in starting.announcement(chosen):
        click.echo(line)
    serving.become_server(chosen, workers)


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


@program.command("photos-check")
def photos_check() -> None:
    """Take away stored files that belong to no photo, and name the photos whose files are gone (then the exit is 1)."""
    try:
        found = checking.check(photo_store.of(app_settings()), clock.now())
    except photo_store.Unreachable as problem:
        click.echo(f"The photo store cannot be reached ({problem}).", err=True)
        raise SystemExit(2) from problem
    click.echo(f"{found.photos} photos; {len(found.removed)} files that belonged to none were removed.")
    for photo in found.missing:
        click.echo(f"No. {photo.item_number}, photo {photo.name}: {len(photo.files)} files are gone.", err=True)
    if found.missing:
        raise SystemExit(1)


@program.command("stock-check")
def check_stock() -> None:
    """Compare what there is of things and materials with the sum of movements; name what is off, and end with 1."""
    with db.snapshot() as session:
        sentences = [fault.sentence for fault in stock.faults(session)]
        sentences += [fault.sentence for fault in stores.faults(session)]
    for sentence in sentences:
        click.echo(sentence)
    if sentences:
        raise SystemExit(1)
    click.echo(_("Lageret stemmer: alle tal er summen af det, der er kommet og gået."))


@program.command("service-check")
def check_service() -> None:
    """Name what the garden service did and never billed, or billed as something else than agreed; then end with 1."""
    with db.snapshot() as session:
        sentences = [each.sentence for each in billing.unbilled(session, clock.now())]
    for sentence in sentences:
        click.echo(sentence)
    if sentences:
        raise SystemExit(1)
    click.echo(_("Alt, der er udført, er lagt til betaling, som det er aftalt."))


@program.command("snow")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def read_snow(file: Path) -> None:
    """Read a forecast in CoverageJSON; where snow is coming that somebody is to be cleared of, raise an alarm."""
    now = clock.now()
    try:
        with db.transaction() as session:
            alarm = snow_watching.take_in(session, file.read_bytes(), now)
            said = "" if alarm is None else f"{alarm.depth_cm} cm, {clock.day_and_clock(alarm.from_at)}"
    except BadForecast as bad:
        click.echo(str(bad), err=True)
        raise SystemExit(2) from bad
    click.echo(_("Alarm: %(snow)s", snow=said) if said else _("Der kommer ikke mere sne, end I ved i forvejen."))


@program.command()
@click.option("--days", default=reconciling.DAYS, show_default=True, type=click.IntRange(1, 90), help="How far back.")
def reconcile(days: int) -> None:
    """Hold Stripe's books up against ours now; name what does not fit, and end with 1."""
    try:
        came_to = reconciling.compare(current_app.extensions["reconciling"], clock.now(), days=days)
    except PaymentUnavailable as trouble:
        click.echo(f"Stripe cannot be reached ({trouble.reason}).", err=True)
        raise SystemExit(2) from trouble
    click.echo(f"{came_to.payments_seen} payments; {came_to.caught_up} were behind and are settled now.")
    with db.reading() as session:
        for each in comparisons.open_findings(session):
            click.echo(f"{each.object_id}: {each.text}")
    if came_to.found:
        raise SystemExit(1)
    click.echo(_("Alt stemmer."))


@program.command("labels")
@click.option("--sheet", required=True, help="Key of a sheet or roll, such as a4_3x7.")
@click.option("--start", default=1, show_default=True, help="First free place on the first sheet.")
@click.option("--numbers", required=True, help="Such as 1001-1021 or 1001,1005-1010.")
@click.option("--output", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The PDF to write.")
@click.option("--printer", help="Name of a printer, to print where it is put right to.")
@click.option("--record", is_flag=True, help="Also keep it as a print job, to be confirmed under Mærker.")
@click.option("--force", is_flag=True, help="Write over a file that is there.")
def print_labels(
    sheet: str, start: int, numbers: str, output: Path, printer: str | None, record: bool, force: bool
) -> None:
    """Write price labels as a PDF at true size. Makes no print job unless asked to; what is wrong ends with 2."""
    try:
        count = label_files.write(
            output, numbers, sheet, start, printer, is_recorded=record, is_forced=force, now=clock.now()
        )
    except Refusal as refusal:
        click.echo(refusal.sentence, err=True)
        raise SystemExit(2) from refusal
    click.echo(f"{count} labels in {output}")


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


program.add_command(grant_commands.grants)
program.add_command(key_commands.keys)
program.add_command(log_commands.log)
for command in backup_commands.COMMANDS:
    program.add_command(command)


def main() -> None:
    """The entry point; what is not set up yet ends with its sentence, not with a traceback."""
    try:
        program()
    except ConfigurationError as problem:
        click.echo(str(problem), err=True)
        sys.exit(2)
    except (OperationalError, ProgrammingError) as problem:
        said = db.what_is_missing(problem)
        if not said:
            raise
        click.echo(said, err=True)
        sys.exit(2)
