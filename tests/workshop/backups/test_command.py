"""`vaerksted backup`, typed by a person or started by the machine's timer: the page of copies knows of it."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from shop import backup_commands
from workshop.backups import manifest
from workshop.backups.models import BackupRun
from workshop.core import db
from workshop.core.config import Settings


def names_on_the_page(house: Settings) -> list[str]:
    db.use(db.Database(house.database_url))
    with db.reading() as session:
        return list(session.scalars(sa.select(BackupRun.name)))


@pytest.mark.parametrize("is_elsewhere", [False, True], ids=["where copies lie", "somewhere else"])
def test_a_copy_in_its_place_is_on_the_page_and_one_elsewhere_is_not(
    house: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_elsewhere: bool
) -> None:
    monkeypatch.setattr(backup_commands, "settings", lambda: house)
    there = tmp_path / "a stick" if is_elsewhere else house.backups_dir
    db.database().close()
    result = CliRunner().invoke(backup_commands.backup, ["--to", str(there)] if is_elsewhere else [])
    assert result.exit_code == 0, result.output
    (copy,) = manifest.copies(there)
    assert str(copy) in result.output
    assert names_on_the_page(house) == ([] if is_elsewhere else [copy.name])
