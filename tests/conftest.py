"""One round of tests runs on one engine: `pytest --engine=sqlite` or `pytest --engine=postgres`.

Both start from a database that the migrations made, never from `create_all`. Each test gets a fresh copy of it.
"""

from __future__ import annotations

import itertools
import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from shop.app import create_app
from workshop.core import db
from workshop.core.config import Mode, Settings
from workshop.migrating import migrate

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)  # a Tuesday, 10.00 on the Danish wall clock


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--engine", choices=("sqlite", "postgres"), default="sqlite", help="the database of this round")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What touches no database runs in the SQLite round only; it is deselected from the other, and counted there."""
    if config.getoption("--engine") == "sqlite":
        return
    once = [item for item in items if item.get_closest_marker("once")]
    items[:] = [item for item in items if not item.get_closest_marker("once")]
    config.hook.pytest_deselected(items=once)


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture(scope="session")
def engine_name(pytestconfig: pytest.Config) -> str:
    return str(pytestconfig.getoption("--engine"))


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server of our own as an ordinary role that may create databases, or the one TEST_DATABASE_URL names."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield given
        return
    from support.postgres import serve  # the server package is only needed in this round

    with serve(tmp_path_factory) as url:
        yield url


@pytest.fixture(scope="session")
def template(request: pytest.FixtureRequest, engine_name: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a migrated, empty database that tests copy."""
    if engine_name == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('template') / 'template.sqlite3'}"
    else:
        server = sa.make_url(request.getfixturevalue("postgres_url"))
        name = f"template_{os.getpid()}"
        _postgres(server, f'CREATE DATABASE "{name}"')
        url = server.set(database=name).render_as_string(hide_password=False)
    database = db.Database(url)
    migrate(database)
    database.close()
    return url


_copies = itertools.count(1)


@pytest.fixture
def database_url(template: str, engine_name: str, tmp_path: Path) -> Iterator[str]:
    """A fresh copy of the migrated database, for one test."""
    if engine_name == "sqlite":
        copy = tmp_path / "test.sqlite3"
        shutil.copyfile(template.removeprefix("sqlite:///"), copy)
        yield f"sqlite:///{copy}"
        return
    server = sa.make_url(template)
    name = f"test_{os.getpid()}_{next(_copies)}"
    _postgres(server.set(database="postgres"), f'CREATE DATABASE "{name}" TEMPLATE "{server.database}"')
    yield server.set(database=name).render_as_string(hide_password=False)
    _postgres(server.set(database="postgres"), f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return make_settings(database_url, tmp_path)


def make_settings(database_url: str, data_dir: Path, **changes: object) -> Settings:
    """Settings of a test installation; changes replace single values."""
    values: dict[str, object] = {
        "mode": Mode.TEST,
        "secret_key": "a secret of the tests, worth nothing at all",
        "pin_pepper": "a pepper of the tests, worth nothing at all",
        "database_url": database_url,
        "data_dir": data_dir,
        "base_url": "http://localhost",
        "trusted_hosts": ("localhost", "127.0.0.1"),
        "stripe_secret_key": "sk_test_ours",
        "stripe_webhook_secret": "whsec_ours",
        "stripe_api_base": "http://127.0.0.1:9",  # nothing listens there unless a test starts the stand-in
        "cheap_hashes": True,
    }
    return Settings(**{**values, **changes})  # type: ignore[arg-type]


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """The whole house on a fresh database."""
    made = create_app(settings)
    yield made
    db.database().close()


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    """An open write block for a rule under test; it is committed when the test ends well."""
    with db.transaction() as session:
        yield session


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without JavaScript that says, as browsers do, that its requests come from our own page."""
    made = app.test_client()
    made.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
    return made


def _postgres(server: sa.URL, statement: str) -> None:
    engine = sa.create_engine(server.set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(statement))
    engine.dispose()
