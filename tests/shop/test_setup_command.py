"""`vaerksted setup`: what one runs on a new machine, and again when the address on the screen has gone."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from flask import Flask
from support import factories

from shop import commands
from tests.conftest import make_settings
from workshop.core import db
from workshop.core.config import Settings
from workshop.setup import door

pytestmark = pytest.mark.once


@pytest.fixture
def machine(tmp_path: Path, place: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A machine on which nothing was started yet."""
    chosen = make_settings(f"sqlite:///{tmp_path / 'new' / 'vaerksted.sqlite3'}", tmp_path / "new")
    monkeypatch.setattr(commands, "settings", lambda: chosen)
    return chosen


def setup() -> str:
    result = CliRunner().invoke(commands.setup)
    assert result.exit_code == 0, result.output
    return result.output


def test_on_an_empty_machine_it_makes_the_database_and_prints_the_address(machine: Settings) -> None:
    assert door.address(machine) in setup()
    assert door.address(machine) in setup(), "and again, as long as nobody has used it"


def test_a_workshop_that_is_set_up_is_left_alone(
    app: Flask, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with db.transaction() as session:
        factories.staff(session)
        session.execute(sa.text("UPDATE alembic_version SET version_num = '0005'"))
    monkeypatch.setattr(commands, "settings", lambda: settings)
    said = setup()
    assert "er sat op" in said
    assert door.address(settings) not in said
    with db.reading() as session:
        assert session.scalar(sa.text("SELECT version_num FROM alembic_version")) == "0005", (
            "no migration behind its back"
        )
