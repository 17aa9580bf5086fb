"""Answers that are not the one hoped for."""

from __future__ import annotations

import sqlite3

import pytest
import sqlalchemy as sa
import structlog
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection

from workshop.accounts.models import Department
from workshop.core import access, db


def busy_app(app: Flask, fault: Exception) -> Flask:
    @app.get("/travlt")
    @access.public
    def view() -> str:
        raise fault

    @app.get("/personale/travlt")
    @access.public
    def desk_view() -> str:
        raise fault

    return app


@pytest.mark.plants
@pytest.mark.parametrize("path", ["/travlt", "/personale/travlt"])
@pytest.mark.parametrize(
    "fault",
    [
        OperationalError("BEGIN IMMEDIATE", {}, sqlite3.OperationalError("database is locked")),
        NoConnection("QueuePool limit reached"),
    ],
)
def test_a_busy_database_asks_for_patience(app: Flask, path: str, fault: Exception) -> None:
    answer = busy_app(app, fault).test_client().get(path)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"].isdecimal()
    assert "Der er travlt lige nu" in answer.text
    assert "Prøv igen om lidt. Intet er gået tabt." in answer.text


@pytest.mark.plants
def test_another_fault_of_the_database_is_not_called_busy(app: Flask) -> None:
    fault = OperationalError("SELECT", {}, sqlite3.OperationalError("no such table: item"))
    with pytest.raises(OperationalError):
        busy_app(app, fault).test_client().get("/travlt")


@pytest.mark.plants
def test_a_lock_that_somebody_else_keeps_ends_in_that_page(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """The real thing, on both engines: a second writer waits its time and is sent away friendly."""
    monkeypatch.setattr(db, "BUSY_TIMEOUT_MS", 50)  # SQLite's; PostgreSQL was told when it was connected to

    @app.post("/skriv")
    @access.public
    def write() -> str:
        with sa.orm.Session(db.database().writer) as session:
            if not db.database().is_sqlite:
                session.execute(sa.text("SET LOCAL lock_timeout = 50"))
            session.execute(sa.update(Department).values(name="B"))
        return "ok"

    with db.transaction() as session:
        session.add(Department(key="a", name="A"))
    with db.transaction() as session:
        session.execute(sa.update(Department).values(name="C"))
        answer = app.test_client().post("/skriv", headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 503


def test_a_database_that_was_started_again_asks_for_patience_once(client: FlaskClient) -> None:
    if db.database().is_sqlite:
        pytest.skip("SQLite has no server to start again")
    assert client.get("/").status_code == 200
    with db.reading() as session:
        kept = session.scalar(sa.select(sa.func.pg_backend_pid()))  # the connection that the next page is given
    with db.database().writer.connect() as other:
        assert other.scalar(sa.select(sa.func.pg_terminate_backend(kept)))
    answer = client.get("/")
    assert answer.status_code == 503
    assert "Der er travlt lige nu" in answer.text
    assert client.get("/").status_code == 200


@pytest.mark.plants
def test_the_log_of_a_fault_says_where_and_never_what_was_typed(app: Flask) -> None:
    def planted() -> str:
        raise ValueError("Kanariefugl")

    app.add_url_rule("/planted", "planted", access.public(planted))
    with structlog.testing.capture_logs() as told, pytest.raises(ValueError, match="Kanariefugl"):
        app.test_client().get("/planted")
    line = next(each for each in told if each["event"] == "unexpected")
    assert line["kind"] == "ValueError"
    assert line["at"][-1].endswith("planted")
    assert "Kanariefugl" not in str(told)


def test_a_fault_of_the_database_does_not_quote_its_values(app: Flask) -> None:
    with pytest.raises(IntegrityError) as refused, db.transaction() as session:
        session.execute(sa.insert(Department).values(key="Kanariefugl", name=None))
    assert "Kanariefugl" not in str(refused.value).partition("DETAIL")[0]


def test_a_nothing_in_an_address_is_a_page_that_is_not_there(client: FlaskClient) -> None:
    for address in ("/vare/%00", "/q/%00", "/personale/produktion/%00", "/ordre/a%00b"):
        assert client.get(address).status_code == 404
