"""Damage of any byte of a copy is named, and so is whatever a whole file says that cannot be right."""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import NOW

from workshop.backups import checking, manifest, taking
from workshop.core import db, vault
from workshop.core.config import Settings

FLIPS = {"sqlite": 60, "postgres": 15}  # reading a dump costs a process


@pytest.fixture
def copy(house: Settings) -> Path:
    return taking.take(house, NOW, slot="a test")


def files_of(copy: Path) -> list[Path]:
    return sorted(path for path in copy.rglob("*") if path.is_file())


def sealed_anew(copy: Path) -> None:
    """The list of contents as somebody would write it who changed the copy on purpose, or by mistake."""
    said = manifest.read(copy)
    files = {name: manifest.note_of(copy / name) for name in said.files if (copy / name).exists()}
    manifest.write(copy, replace(said, files=files))


def test_ten_of_ten_damaged_files_are_named(copy: Path, house: Settings) -> None:
    """Cut short, emptied, overwritten, taken away: each file in turn, and at least ten times."""
    ways = (lambda path: path.unlink(), lambda path: path.write_bytes(path.read_bytes()[:-1] or b"x"))
    tried = 0
    for path in files_of(copy):
        for way in ways:
            kept = path.read_bytes()
            way(path)
            (fault, *_more) = checking.check(copy, house)
            assert path.name in fault or path.name in {manifest.NAME, manifest.HASH_NAME}
            path.write_bytes(kept)
            tried += 1
    assert tried >= 10
    assert checking.check(copy, house) == []


def test_any_flipped_byte_is_reported(copy: Path, house: Settings, engine_name: str) -> None:
    chance = random.Random(7)
    paths = [path for path in files_of(copy) if path.stat().st_size]
    for _flip in range(FLIPS[engine_name]):
        path = chance.choice(paths)
        kept = path.read_bytes()
        place = chance.randrange(len(kept))
        path.write_bytes(kept[:place] + bytes([kept[place] ^ 1 << chance.randrange(8)]) + kept[place + 1 :])
        assert checking.check(copy, house) != [], (path, place)
        path.write_bytes(kept)
    assert checking.check(copy, house) == []


def test_a_file_too_many_is_named(copy: Path, house: Settings) -> None:
    (copy / "photos" / "another.jpg").write_bytes(b"x")
    assert checking.check(copy, house) == ["Filen photos/another.jpg hører ikke til."]


def test_a_folder_that_is_no_copy_is_refused(tmp_path: Path) -> None:
    (fault,) = checking.check(tmp_path)
    assert fault.startswith("Listen over indholdet mangler")


def test_the_list_of_contents_itself_can_be_named(copy: Path, house: Settings) -> None:
    assert checking.check(copy / manifest.NAME, house) == []


def test_a_missing_master_key_is_named_by_its_name(copy: Path, house: Settings) -> None:
    other = replace(house, master_keys=(bytes(32),))
    name = vault.name_of(house.master_keys[0])
    assert checking.check(copy, other) == [f"Hovednøglen {name} mangler. Uden den kan det forseglede ikke åbnes."]
    assert checking.check(copy, replace(house, master_keys=(bytes(32), *house.master_keys))) == []


def test_a_photo_that_was_left_out_is_named(copy: Path, house: Settings) -> None:
    gone = next(path for path in (copy / "photos").iterdir() if path.name.endswith("-800.webp"))
    gone.unlink()
    sealed_anew(copy)
    assert checking.check(copy, house) == [f"Fotoet {gone.name} mangler."]


def test_a_copy_of_a_newer_program_is_named(copy: Path, house: Settings) -> None:
    said = manifest.read(copy)
    manifest.write(copy, replace(said, head="9999_later"))
    (fault,) = checking.check(copy, house)
    assert "9999_later" in fault


def test_a_table_with_other_rows_than_it_should_have_is_named(copy: Path, house: Settings) -> None:
    said = manifest.read(copy)
    manifest.write(copy, replace(said, rows={**said.rows, "item": said.rows["item"] + 1}))
    (fault,) = checking.check(copy, house)
    assert fault == "item har 1 rækker, men skal have 2."


CHANGES = {
    "UPDATE access_log SET people = '[]' WHERE position = 1": "Række 1",
    "UPDATE access_log_head SET position = 3": "Loggen",
    "DELETE FROM department": "foreign_key_check",
}


@pytest.mark.parametrize(("statement", "word"), list(CHANGES.items()))
def test_a_database_that_says_something_else_is_named(
    statement: str, word: str, copy: Path, house: Settings, engine_name: str
) -> None:
    if engine_name != "sqlite":
        pytest.skip("a dump cannot be edited row by row; its hash and its blocks are tried above")
    with closing(sqlite3.connect(copy / "database.sqlite3")) as connection:
        connection.execute(statement)
        connection.commit()
    sealed_anew(copy)
    faults = checking.check(copy, house)
    assert any(word in fault for fault in faults), faults


def test_a_log_that_was_changed_before_the_copy_is_noticed_in_it(house: Settings) -> None:
    """On both databases: somebody with the database in hand changes what a row says, and a copy is taken after."""
    with db.database().writer.begin() as connection:
        connection.exec_driver_sql("UPDATE access_log SET reason = 'noget andet' WHERE position = 2")
    faults = checking.check(taking.take(house, NOW, slot="after"), house)
    assert [fault for fault in faults if "Række 2" in fault], faults


def test_the_manifest_can_be_checked_without_the_program(copy: Path) -> None:
    line = (copy / manifest.HASH_NAME).read_text()
    assert line == f"{manifest.note_of(copy / manifest.NAME).sha256}  manifest.json\n"
    assert json.loads((copy / manifest.NAME).read_text())["format"] == 1


def test_a_copy_can_be_moved(copy: Path, tmp_path: Path, house: Settings) -> None:
    moved = shutil.copytree(copy, tmp_path / "med ud af huset, 2026?")
    assert checking.check(moved, house) == []
