"""Photos lie in a folder or in a bucket, and whoever asks cannot tell which."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from conftest import make_settings
from support import buckets

from workshop.core import photo_store
from workshop.core.config import ROOT
from workshop.core.photo_store import Folder, PhotoStore, Unreachable

pytestmark = pytest.mark.once
NAME = "a_random-name-400.webp"


@pytest.fixture(params=["folder", "bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[PhotoStore]:
    if request.param == "folder":
        yield Folder(tmp_path / "photos")
        return
    with buckets.serve() as server:
        yield photo_store.of(make_settings("sqlite://", tmp_path, **server.settings))


def test_what_is_put_is_there_until_it_is_deleted(store: PhotoStore) -> None:
    assert list(store.files()) == []
    assert store.get(NAME) is None
    assert not store.exists(NAME)
    store.put(NAME, b"a photo")
    assert store.get(NAME) == b"a photo"
    assert store.exists(NAME)
    (found,) = store.files()
    assert found.name == NAME
    assert abs(found.at - datetime.now(UTC)) < timedelta(minutes=1)
    store.delete(NAME)
    store.delete(NAME)  # a second time is no trouble
    assert store.get(NAME) is None
    assert list(store.files()) == []


@pytest.mark.parametrize(
    "name",
    ["", "x", "../a-400.webp", "/etc/a-400.jpg", "a-401.webp", "a-400.svg", "a-400.webp\n", "æ-400.jpg", ".-400.jpg"],
)
def test_no_other_name_is_taken(store: PhotoStore, name: str) -> None:
    for deed in (store.get, store.exists, store.delete, lambda wrong: store.put(wrong, b"x")):
        with pytest.raises(ValueError, match="not the name"):
            deed(name)


def test_many_photos_are_all_listed(store: PhotoStore) -> None:
    names = {f"photo{number}-{width}.jpg" for number in range(40) for width in (400, 800, 1600)}
    for name in names:
        store.put(name, b"x")
    assert {each.name for each in store.files()} == names


def test_a_folder_that_cannot_be_written_is_said_to_be_out_of_reach(tmp_path: Path) -> None:
    (tmp_path / "photos").write_text("a file where the folder should be")
    store = Folder(tmp_path / "photos")
    for deed in (lambda: store.put(NAME, b"x"), lambda: store.get(NAME), lambda: store.delete(NAME)):
        with pytest.raises(Unreachable):
            deed()


def test_a_bucket_that_does_not_answer_is_out_of_reach(tmp_path: Path) -> None:
    with buckets.serve() as server:
        store = photo_store.of(make_settings("sqlite://", tmp_path, **server.settings))
        store.put(NAME, b"a photo")
    deeds = (lambda: store.put(NAME, b"x"), lambda: store.get(NAME), lambda: store.exists(NAME))
    for deed in (*deeds, lambda: store.delete(NAME), lambda: list(store.files())):
        with pytest.raises(Unreachable):
            deed()


FOR_EVER = """
import sys, pathlib
from workshop.core.photo_store import Folder
store = Folder(pathlib.Path(sys.argv[1]))
while True:
    store.put("a_random-name-400.webp", b"x" * 300_000)
"""


def test_a_process_killed_while_it_writes_leaves_no_half_photo(tmp_path: Path) -> None:
    store = Folder(tmp_path)
    for _round in range(3):
        store.delete(NAME)
        with subprocess.Popen([sys.executable, "-c", FOR_EVER, tmp_path], cwd=ROOT) as writer:
            while store.get(NAME) is None:
                time.sleep(0.01)
            writer.kill()
        assert store.get(NAME) == b"x" * 300_000
    # What it was writing has the name of a photo that no row knows, so the check of the photos takes it away.
    assert all(photo_store.FILE_NAME.fullmatch(path.name) for path in tmp_path.iterdir())
