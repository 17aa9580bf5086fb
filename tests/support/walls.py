"""The three roles on the tests' own PostgreSQL server, made for a test and gone after it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa

from shop.models import Base
from workshop import walls
from workshop.core.db import Database

PASSWORD = "only-for-tests"
_END = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'ROLE'"


def roles_of(url: str) -> walls.Roles:
    """Names of this process: roles belong to the whole server. The tables' owner is the keeper."""
    owner = sa.make_url(url).username
    assert owner is not None
    return walls.Roles(app=f"app_{os.getpid()}", shop=f"shop_{os.getpid()}", keeper=owner)


@contextmanager
def put_up(url: str) -> Iterator[walls.Roles]:
    """Make the roles and give them their rights, as the README says to; afterwards neither is left.

    Skips on SQLite, which has no roles. Fails where the server does not let the tests' role make others.
    """
    if not url.startswith("postgresql"):
        pytest.skip("SQLite has no roles: the rights of its file decide")
    roles, database = roles_of(url), Database(url)
    try:
        # The rest of the founding is a superuser's, and the tests' role is none; it owns the tables already.
        made = [each for each in walls.founding(roles)[:2] if "CREATE ROLE" in each]
        walls.apply(database, [*made, *walls.statements(roles, Base.metadata)])
        for role in (roles.app, roles.shop):
            _run(database, f"ALTER ROLE \"{role}\" PASSWORD '{PASSWORD}'")
        yield roles
    finally:
        for role in (roles.app, roles.shop):
            _run(database, f'GRANT "{role}" TO CURRENT_USER')  # else its connections could not be ended
            _run(database, _END.replace("ROLE", role))
            _run(database, f'DROP OWNED BY "{role}"')
            _run(database, f'DROP ROLE "{role}"')
        database.close()


def url_of(url: str, role: str) -> str:
    """The same database, asked as a role."""
    return sa.make_url(url).set(username=role, password=PASSWORD).render_as_string(hide_password=False)


def _run(database: Database, statement: str) -> None:
    with database.writer.begin() as connection:
        connection.exec_driver_sql(statement)
