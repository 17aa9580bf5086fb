"""Commands on a machine that is not set up yet say what to do; nobody is shown a traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

from workshop.core import db

PROGRAM = Path(sys.executable).parent / "vaerksted"


@pytest.mark.once
@pytest.mark.parametrize("command", [("stock-check",), ("log", "verify"), ("log", "anchor"), ("sweep",)])
def test_a_command_before_the_tables_are_there_says_what_to_run(tmp_path: Path, command: tuple[str, ...]) -> None:
    environment = {**os.environ, "VAERKSTED_MODE": "demo", "DATA_DIR": str(tmp_path)}
    environment["DATABASE_URL"] = f"sqlite:///{tmp_path / 'empty.sqlite3'}"
    done = subprocess.run([PROGRAM, *command], env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 2
    assert "vaerksted migrate" in done.stderr
    assert "Traceback" not in done.stderr


def test_each_engine_names_what_is_missing(database_url: str) -> None:
    database = db.Database(database_url)
    try:
        with database.reader.connect() as connection:
            for statement in ("SELECT 1 FROM nowhere", "SELECT not_there FROM account"):
                with pytest.raises((sa.exc.OperationalError, sa.exc.ProgrammingError)) as raised:
                    connection.execute(sa.text(statement))
                assert "vaerksted migrate" in db.what_is_missing(raised.value)
            with pytest.raises((sa.exc.OperationalError, sa.exc.ProgrammingError)) as raised:
                connection.execute(sa.text("SELECT FROM WHERE"))
            assert db.what_is_missing(raised.value) == "", "another fault is told as it is"
    finally:
        database.close()
