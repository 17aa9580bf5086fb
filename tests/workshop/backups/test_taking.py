"""A copy holds everything and no secret, shares its photos with the one before, and is whole or not there."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from conftest import NOW, make_settings
from support import forking

import shop.models
from workshop.backups import checking, contents, databases, manifest, taking
from workshop.backups.manifest import NotACopy
from workshop.backups.tools import ToolTrouble
from workshop.core import db, photo_store, vault
from workshop.core.config import Settings
from workshop.products.models import ItemPhoto


def take(house: Settings, at: datetime = NOW) -> Path:
    return taking.take(house, at, slot="a test")


def test_a_copy_says_what_it_holds_and_is_sound(house: Settings) -> None:
    copy = take(house)
    assert checking.check(copy, house) == []
    said = manifest.read(copy)
    assert (said.rows["citizen"], said.rows["item_photo"], said.rows["access_log"]) == (3, 1, 2)
    assert said.log_position == 2
    assert said.began == NOW
    assert said.keys == [vault.name_of(house.master_keys[0])] == [said.master_key]
    assert sum(name.startswith("photos/") for name in said.files) == 9
    assert said.missing_photos == []


def test_only_its_owner_can_read_it(house: Settings) -> None:
    copy = take(house)
    for path in (copy, *copy.rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path


def test_no_secret_is_in_it(house: Settings) -> None:
    house = replace(house, master_keys=(os.urandom(32),))
    copy = take(house)
    secrets = [house.master_keys[0], vault.as_setting(house.master_keys[0]).encode(), house.pin_pepper.encode()]
    secrets += [house.secret_key.encode(), house.stripe_secret_key.encode(), house.master_keys[0].hex().encode()]
    for path in copy.rglob("*"):
        body = path.read_bytes() if path.is_file() else b""
        assert not any(secret in body for secret in secrets), path


def test_the_next_copy_shares_the_photos(house: Settings) -> None:
    first, second = take(house), take(house, NOW + timedelta(hours=1))
    for path in (first / manifest.PHOTOS).iterdir():
        assert path.stat().st_ino == (second / manifest.PHOTOS / path.name).stat().st_ino
    assert checking.check(second, house) == []


def test_a_photo_that_went_bad_in_the_last_copy_is_fetched_anew(house: Settings) -> None:
    first = take(house)
    bad = next((first / manifest.PHOTOS).iterdir())
    bad.write_bytes(b"not what it was")
    second = take(house, NOW + timedelta(hours=1))
    assert checking.check(first, house) != []
    assert checking.check(second, house) == []


def test_what_no_row_speaks_of_is_not_in_it(house: Settings) -> None:
    photo_store.of(house).put("nobodys-400.jpg", b"left behind")
    with db.transaction() as session:
        deleted = session.scalars(sa.select(ItemPhoto)).one()
        session.delete(deleted)
    assert list((take(house) / manifest.PHOTOS).iterdir()) == []


def test_a_photo_that_was_gone_before_is_no_damage_of_the_copy(house: Settings) -> None:
    store = photo_store.of(house)
    gone = next(each.name for each in store.files() if each.name.endswith("-800.jpg"))
    store.delete(gone)
    copy = take(house)
    assert manifest.read(copy).missing_photos == [gone]
    assert checking.check(copy, house) == []


def test_what_was_begun_and_killed_is_no_copy(house: Settings) -> None:
    """Processes that take copies are killed anywhere; whatever has the name of a copy is a whole one."""
    db.database().close()
    whole = 0

    def copies() -> list[Path]:
        return manifest.copies(house.backups_dir)

    for kill in range(4):
        child = forking.context("workshop.backups.taking").Process(target=take_forever, args=(house,), daemon=True)
        child.start()
        deadline = time.monotonic() + 20
        is_begun = (lambda: list(house.backups_dir.glob(f"{taking.BEGUN}*"))) if kill % 2 else copies
        while not is_begun() and time.monotonic() < deadline:
            time.sleep(0.005)
        time.sleep(0.02 * kill)
        assert child.pid
        os.kill(child.pid, signal.SIGKILL)
        child.join()
        for copy in copies():
            assert checking.check(copy, house) == []
            whole += 1
            shutil.rmtree(copy)
    assert whole
    left = house.backups_dir / f"{taking.BEGUN}old"
    left.mkdir()
    with pytest.raises(NotACopy):
        manifest.read(left)
    take(house)
    assert left.is_dir()  # it could be another worker's, under way
    for each in house.backups_dir.glob(f"{taking.BEGUN}*"):
        os.utime(each, (time.time() - taking.LEFT_BEHIND.total_seconds() - 60,) * 2)
    take(house)
    assert not list(house.backups_dir.glob(f"{taking.BEGUN}*"))


def take_forever(house: Settings) -> None:
    while True:
        take(house, datetime.now(UTC))


@pytest.mark.once
def test_every_column_that_names_a_photo_is_known() -> None:
    """A table with a photo in it has its size too, or says so in its name; a new one must be copied."""
    named = {
        (table.name, column.name)
        for table in shop.models.Base.metadata.tables.values()
        for column in table.columns
        if column.name in {"photo_name", "logo"}
        or (column.name == "name" and {"width", "height"} <= set(table.columns.keys()))
    }
    assert named == set(contents.PICTURES)


@pytest.mark.once
def test_a_missing_program_is_named(tmp_path: Path) -> None:
    house = make_settings("postgresql://nobody@localhost/none", tmp_path, postgres_tools=tmp_path)
    with pytest.raises(ToolTrouble, match="pg_dump mangler"):
        databases.copy(house, tmp_path)


@pytest.mark.once
def test_the_password_is_never_on_a_command_line(tmp_path: Path) -> None:
    program = tmp_path / "pg_dump"
    program.write_text(
        '#!/bin/sh\necho "$@" >"$(dirname "$0")/said"; echo "$PGPASSWORD" >"$(dirname "$0")/told"; exit 1\n'
    )
    program.chmod(0o700)
    url = "postgresql://nobody:hemmelig%20kode@localhost:5/none"
    with pytest.raises(ToolTrouble, match="pg_dump sagde nej"):
        databases.copy(make_settings(url, tmp_path, postgres_tools=tmp_path), tmp_path)
    assert "hemmelig" not in (tmp_path / "said").read_text()
    assert (tmp_path / "told").read_text() == "hemmelig kode\n"
