"""The wall inside PostgreSQL: who may touch which table, made from the zone that each table states.

Three roles. The keeper owns the tables and changes their shape. The app is everything that staff and citizens use. The
shop is what strangers reach: of people (zone D) and sealed things (zone S) it can read nothing, whatever its code does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
import sqlalchemy.exc

from workshop.core.db import Database

EVERYTHING = "SELECT, INSERT, UPDATE, DELETE"
# The log is added to and read. Nobody but the keeper changes a row, and what the keeper changes shows in the chain.
OF_THE_APP = {"access_log": "SELECT, INSERT", "access_log_head": "SELECT, UPDATE"}

# What the public shop writes, by what it may do there. What is not named anywhere it only reads.
FOR_THE_SHOP = {
    "basket": EVERYTHING,
    "basket_line": EVERYTHING,
    "basket_making": EVERYTHING,
    "booked_quarter": "SELECT, DELETE",  # a visit that is moved or called off lets go of its quarters
    "catalogue_mark": "SELECT, INSERT, UPDATE",
    "complaint": "SELECT, INSERT",
    "complaint_photo": "SELECT, INSERT",
    "customer_order": "SELECT, INSERT, UPDATE",
    "hold": "SELECT, INSERT, UPDATE",
    "item": "SELECT, UPDATE",
    "item_state_change": "SELECT, INSERT",
    "job_pause": "SELECT, INSERT, DELETE",
    "line_item": "SELECT, INSERT, DELETE",
    "line_making": "SELECT, DELETE",  # an order that is called off lets go of what is being made
    "number_series": "SELECT, INSERT, UPDATE",
    "order_event": "SELECT, INSERT",
    "order_line": "SELECT, INSERT, UPDATE",
    "outbox_mail": "SELECT, INSERT, UPDATE",
    "payment": "SELECT, INSERT, UPDATE",
    "payment_due": "SELECT, INSERT, UPDATE",
    "payment_event": "SELECT, INSERT, UPDATE",
    "production_order": "SELECT, INSERT, UPDATE",
    "repair_job": "SELECT, UPDATE",
    "request_photo": "SELECT, INSERT",
    "service_charge": "SELECT, UPDATE",
    "service_job": "SELECT, INSERT, UPDATE",
    "service_place": "SELECT, INSERT, UPDATE",
    "service_quote": "SELECT, UPDATE",
    "service_request": "SELECT, INSERT, UPDATE",
    "service_visit": "SELECT, INSERT, UPDATE",
    "shop_question": "SELECT, INSERT",
    "staff": "SELECT (account_id, name)",  # an order's story is read with who wrote it; never anybody's mail address
    "stock_movement": "SELECT, INSERT",
    "wish": "SELECT, INSERT, UPDATE",
    "withdrawal": "SELECT, INSERT, UPDATE",
    "withdrawal_line": "SELECT, INSERT",
}
# What it has no use for: who works here and how they come in, how the workshop is run, and what only the desk does.
NOT_FOR_THE_SHOP = frozenset(
    {
        *("account", "account_change", "device", "invitation", "login_session", "staff_department", "staff_role"),
        *("backup_run", "label_design", "label_sheet", "print_job", "print_job_item", "print_send"),
        *("printer", "printer_tray", "payment_finding", "reconciliation", "till_sale", "till_sale_line"),
        *("stock_count", "stock_count_line", "purchase_line", "meal_day", "meal_dish", "dish", "dish_ingredient"),
        *("routine", "routine_day", "order_picture", "repair_photo", "snow_alarm", "activity_kind", "permit_kind"),
        "house_rule",
    }
)
_OF_OTHERS = (
    "SELECT c.relname FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner "
    "WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND r.rolname <> KEEPER"
)
MOST_CONNECTIONS = {"app": 80, "shop": 40, "keeper": 10}


@dataclass(frozen=True)
class Roles:
    """What the three are called in this database."""

    app: str = "vaerksted"
    shop: str = "vaerksted_shop"
    keeper: str = "vaerksted_keeper"

    def __iter__(self) -> Iterator[str]:
        return iter((self.app, self.shop, self.keeper))


def founding(roles: Roles) -> list[str]:
    """SQL that makes the roles, and gives the keeper every table that is there. A superuser runs it; twice is once.

    The roles get no password here: on one machine PostgreSQL knows them by the system user that asks.
    """
    limits = dict(zip(roles, MOST_CONNECTIONS.values(), strict=True))
    made = [
        f"DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = {_text(role)}) "
        f"THEN CREATE ROLE {_name(role)} LOGIN; END IF; END $$"
        for role in roles
    ]
    made += [
        f"ALTER ROLE {_name(role)} NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS "
        f"CONNECTION LIMIT {limits[role]}"
        for role in roles
    ]
    return [*made, *owning(roles)]


def owning(roles: Roles) -> list[str]:
    """SQL that gives the keeper the database and its tables, where an earlier set-up had them owned by the app."""
    keeper = _name(roles.keeper)
    theirs = _OF_OTHERS.replace("KEEPER", _text(roles.keeper))
    given = f"EXECUTE format('ALTER TABLE public.%I OWNER TO {keeper}', found.relname)"
    return [
        f"DO $$ BEGIN EXECUTE format('ALTER DATABASE %I OWNER TO {keeper}', current_database()); END $$",
        f"DO $$ DECLARE found record; BEGIN FOR found IN {theirs} LOOP {given}; END LOOP; END $$",
    ]


def statements(roles: Roles, metadata: sa.MetaData) -> list[str]:
    """SQL that leaves each role exactly what it needs of these tables. The keeper can run it; twice is once.

    It begins by taking everything away, in one block with what it gives, so nobody is without their rights meanwhile.
    """
    others = f"{_name(roles.app)}, {_name(roles.shop)}"
    made = [_database(roles), "REVOKE ALL ON SCHEMA public FROM PUBLIC, " + others]
    made += [f"REVOKE ALL ON ALL {kind} IN SCHEMA public FROM PUBLIC, {others}" for kind in ("TABLES", "SEQUENCES")]
    made += [
        f"ALTER DEFAULT PRIVILEGES FOR ROLE {_name(roles.keeper)} IN SCHEMA public "
        f"REVOKE ALL ON {kind} FROM PUBLIC, {others}"
        for kind in ("TABLES", "SEQUENCES")
    ]
    made.append(f"ALTER DEFAULT PRIVILEGES FOR ROLE {_name(roles.keeper)} REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC")
    made.append(f"GRANT USAGE ON SCHEMA public TO {others}")
    made.append(f"GRANT USAGE, CREATE ON SCHEMA public TO {_name(roles.keeper)}")
    made.append(f"GRANT SELECT ON TABLE public.alembic_version TO {others}")
    # The app takes the copies where no timer does, and a copy holds how far each series of numbers has come.
    made.append(f"GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO {_name(roles.app)}")
    for table in metadata.sorted_tables:
        made += _granted(table, roles.app, of_the_app(table))
        made += _granted(table, roles.shop, of_the_shop(table))
    return made


def of_the_app(table: sa.Table) -> str:
    """What the app may do with a table."""
    return OF_THE_APP.get(table.name, EVERYTHING)


def of_the_shop(table: sa.Table) -> str:
    """What the public shop may do with a table; nothing is an empty text. A zone that is not W opens nothing ever."""
    if table.info["zone"] != "W" or table.name in NOT_FOR_THE_SHOP:
        return ""
    return FOR_THE_SHOP.get(table.name, "SELECT")


def _granted(table: sa.Table, role: str, what: str) -> Iterator[str]:
    if not what:
        return
    yield f"GRANT {what} ON TABLE public.{_name(table.name)} TO {_name(role)}"
    counted = table.autoincrement_column
    if "INSERT" in what and counted is not None and table.name != "access_log_head":
        yield (f"GRANT USAGE ON SEQUENCE public.{_name(f'{table.name}_{counted.name}_seq')} TO {_name(role)}")


def _database(roles: Roles) -> str:
    """Who may connect at all; the database is named by asking which one this is."""
    names = ", ".join(_name(role) for role in roles)
    return (
        "DO $$ BEGIN EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database()); "
        f"EXECUTE format('GRANT CONNECT ON DATABASE %I TO {names}', current_database()); END $$"
    )


class NotAllowedError(RuntimeError):
    """PostgreSQL said no: the roles are not there yet, or whoever asked is not the keeper."""


def apply(database: Database, wanted: Sequence[str]) -> None:
    """Run them in one block: all of it or nothing.

    Raises NotAllowedError, with what PostgreSQL said.
    """
    try:
        with database.writer.begin() as connection:
            for statement in wanted:
                connection.exec_driver_sql(statement.replace("%", "%%"))
    except sa.exc.ProgrammingError as problem:
        raise NotAllowedError(f"The rights could not be given: {problem.orig}") from problem


def _name(name: str) -> str:
    """A name as SQL quotes it. Raises ValueError for one that no role or table of ours can have."""
    if not name.replace("_", "a").replace("-", "a").isalnum() or len(name) > 63:
        raise ValueError(f"not a name for a role or a table: {name!r}")
    return f'"{name}"'


def _text(name: str) -> str:
    return "'" + _name(name)[1:-1] + "'"
