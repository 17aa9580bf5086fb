"""`vaerksted grants`: the wall inside PostgreSQL, printed or put up."""

from __future__ import annotations

from collections.abc import Sequence

import click

from shop.models import Base
from workshop import walls
from workshop.core import db
from workshop.core.config import Settings, settings
from workshop.core.i18n import _


@click.command("grants")
@click.option("--apply", "is_applied", is_flag=True, help="Run it, as the keeper, on the database of the settings.")
@click.option("--found", is_flag=True, help="The SQL that makes the roles instead; a superuser of PostgreSQL runs it.")
@click.option("--app", default=walls.Roles.app, show_default=True, help="The role of staff's and citizens' process.")
@click.option("--shop", default=walls.Roles.shop, show_default=True, help="The role of the public shop's process.")
@click.option("--keeper", default=walls.Roles.keeper, show_default=True, help="The role that owns the tables.")
def grants(is_applied: bool, found: bool, app: str, shop: str, keeper: str) -> None:
    """Print (or run) the SQL that gives each role of PostgreSQL exactly the tables it needs. Twice is once."""
    roles = walls.Roles(app, shop, keeper)
    wanted = walls.founding(roles) if found else walls.statements(roles, Base.metadata)
    if not is_applied:
        click.echo("BEGIN;\n" + "".join(f"{each};\n" for each in wanted) + "COMMIT;")
        return
    chosen = settings()
    if chosen.database_url.startswith("sqlite"):
        click.echo("SQLite has no roles; the file's own rights decide. There is nothing to grant.", err=True)
        raise SystemExit(2)
    try:
        _apply(chosen, wanted)
    except walls.NotAllowedError as problem:
        click.echo(str(problem), err=True)
        raise SystemExit(2) from problem
    click.echo(f"{len(wanted)} statements were run; {app}, {shop} and {keeper} have what they need.")


def give_after_upgrade(chosen: Settings) -> None:
    """New tables are nobody's: where the tables have an owner of their own, give the roles their rights anew."""
    if chosen.keeper_database_url is None or chosen.keeper_database_url.startswith("sqlite"):
        return
    try:
        _apply(chosen, walls.statements(walls.Roles(), Base.metadata))
    except walls.NotAllowedError:  # roles of other names than ours
        click.echo(
            _("Skriv nu: vaerksted grants --apply – ellers kan programmet ikke bruge de nye tabeller."), err=True
        )
        return
    click.echo(_("Rollerne i databasen har fået deres rettigheder."))


def _apply(chosen: Settings, wanted: Sequence[str]) -> None:
    """Run them as the keeper. Raises NotAllowedError."""
    database = db.Database(chosen.keeper_database_url or chosen.database_url)
    try:
        walls.apply(database, wanted)
    finally:
        database.close()
