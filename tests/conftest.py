"""One round of tests runs on one engine: `pytest --engine=sqlite` or `pytest --engine=postgres`.

Both start from a database that the migrations made, never from `create_all`. Each test gets a fresh copy of it.
"""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.orm import Session
from support.postgres import Sweeper

from shop.app import create_app
from shop.demo import filling
from shop.storefront import keeping, onoffer
from workshop.core import db, identity
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


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    """What is dear to make is made by one process and used by it alone."""
    from support.sharing import scheduler  # only a round of several processes has the package loaded

    return scheduler(config, log)


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture(scope="session")
def engine_name(pytestconfig: pytest.Config) -> str:
    return str(pytestconfig.getoption("--engine"))


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A server of our own as an ordinary role that may create databases, or the one TEST_DATABASE_URL names."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield given
        return
    from support.postgres import serve  # the server package is only needed in this round

    with serve() as url:
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


@pytest.fixture(scope="session")
def place(template: str, engine_name: str, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The one installation of this process: its address and its folder stay, what is in them is fresh for each test."""
    folder = tmp_path_factory.mktemp("installation")
    if engine_name == "sqlite":
        url = f"sqlite:///{folder / 'test.sqlite3'}"
    else:
        url = sa.make_url(template).set(database=f"test_{os.getpid()}").render_as_string(hide_password=False)
    return make_settings(url, folder / "data")


@pytest.fixture(scope="session")
def sweeper(place: Settings) -> Iterator[Sweeper]:
    """What empties the one database of this process on PostgreSQL."""
    made = Sweeper(place.database_url)
    yield made
    made.let_go()


@pytest.fixture
def database_url(template: str, place: Settings, sweeper: Sweeper) -> Iterator[str]:
    """A fresh copy of the migrated database, for one test."""
    yield from _fresh_copy(template, place.database_url, sweeper)


def _fresh_copy(template: str, url: str, sweeper: Sweeper) -> Iterator[str]:
    """Put a copy of the template at an address; it is gone afterwards."""
    if url.startswith("sqlite"):
        copy = Path(url.removeprefix("sqlite:///"))
        shutil.copyfile(template.removeprefix("sqlite:///"), copy)
        yield url
        for name in (copy.name, f"{copy.name}-wal", f"{copy.name}-shm"):
            (copy.parent / name).unlink(missing_ok=True)
        return
    if not sweeper.emptied():  # the first test of this process, or one that left other tables than it found
        server, name = sa.make_url(template), sa.make_url(url).database
        _postgres(server.set(database="postgres"), f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        _postgres(server.set(database="postgres"), f'CREATE DATABASE "{name}" TEMPLATE "{server.database}"')
    yield url


@pytest.fixture
def settings(database_url: str, place: Settings) -> Settings:
    shutil.rmtree(place.data_dir, ignore_errors=True)
    place.data_dir.mkdir()
    return place


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
        "master_keys": (bytes(range(32)),),
    }
    return Settings(**{**values, **changes})  # type: ignore[arg-type]


@dataclass(frozen=True)
class Built:
    """The app of this process and its engines, as they were when made. Making them for each test took half the time."""

    app: Flask
    database: db.Database
    config: dict[str, object]
    extensions: dict[str, object]
    release: str  # worked out from every file of the house, once

    def as_new(self) -> Flask:
        """The app without what an earlier test did to it; only its routes cannot be taken back."""
        self.app.config.clear()
        self.app.config.update(self.config)
        self.app.extensions.clear()
        self.app.extensions.update(_copied(self.extensions))
        self.app.extensions[keeping.EXTENSION] = keeping.Keep(self.release)
        onoffer.install(self.app)
        db.use(self.database)
        identity.install(self.app, self.app.extensions["settings"])
        return self.app


def _copied(extensions: dict[str, object]) -> dict[str, object]:
    """The same, with lists of its own: a test may add to them."""
    return {name: list(value) if isinstance(value, list) else value for name, value in extensions.items()}


@pytest.fixture(scope="session")
def built(place: Settings, sweeper: Sweeper) -> Built:
    made = create_app(place)
    if db.database().is_sqlite:
        _without_syncing(db.database())
    else:
        sweeper.spare(db.database())
    release = made.extensions[keeping.EXTENSION].release
    return Built(made, db.database(), dict(made.config), _copied(made.extensions), release)


def _without_syncing(database: db.Database) -> None:
    """A test's file need not survive a power cut; the processes that tests kill open it in their own way."""
    for engine in (database.writer, database.reader, database.snapshots):
        event.listen(engine, "connect", lambda connection, _entry: connection.execute("PRAGMA synchronous=OFF"))


@pytest.fixture
def app(request: pytest.FixtureRequest, settings: Settings, sweeper: Sweeper) -> Iterator[Flask]:
    """The whole house on a fresh database; a house of its own for a test that plants something in it."""
    if request.node.get_closest_marker("plants"):
        yield create_app(settings)
        db.database().close()
        return
    built: Built = request.getfixturevalue("built")
    yield built.as_new()
    for thread in threading.enumerate():
        if thread.name == "nudge":  # what a page left behind to be done at once still has a connection
            thread.join(20)
    for database in {db.database(), built.database}:  # a test may have put another in use
        if not sweeper.spares(database):
            database.close()


@pytest.fixture(scope="session")
def demo_copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the filled demo of this process is kept from its first use on; filling it takes seconds."""
    return tmp_path_factory.mktemp("demo") / "kept"


@pytest.fixture
def demo(app: Flask, settings: Settings, demo_copy: Path, sweeper: Sweeper) -> Flask:
    """The house with the whole demo in it: fictional people, things, orders, a month of work."""
    database = db.database()
    if demo_copy.exists():
        database.close()
        sweeper.let_go()
        shutil.rmtree(settings.data_dir)
        shutil.copytree(demo_copy / "data", settings.data_dir)
        _replace(settings.database_url, demo_copy)
        return app
    filling.fill(app, say=lambda _line: None)
    database.close()
    sweeper.let_go()
    demo_copy.mkdir()
    shutil.copytree(settings.data_dir, demo_copy / "data")
    _keep(settings.database_url, demo_copy)
    return app


def _keep(url: str, folder: Path) -> None:
    if url.startswith("sqlite"):
        shutil.copyfile(url.removeprefix("sqlite:///"), folder / "demo.sqlite3")
        return
    server = sa.make_url(url)
    _postgres(server.set(database="postgres"), f'CREATE DATABASE "kept_{os.getpid()}" TEMPLATE "{server.database}"')


def _replace(url: str, folder: Path) -> None:
    if url.startswith("sqlite"):
        shutil.copyfile(folder / "demo.sqlite3", url.removeprefix("sqlite:///"))
        return
    server = sa.make_url(url)
    _postgres(server.set(database="postgres"), f'DROP DATABASE "{server.database}" WITH (FORCE)')
    _postgres(server.set(database="postgres"), f'CREATE DATABASE "{server.database}" TEMPLATE "kept_{os.getpid()}"')


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
