"""The photo store and the rows agree, or it is said where they do not."""

from __future__ import annotations

import os
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from support import factories, photos

from workshop.core import clock, db, images, photo_store
from workshop.core.config import Settings
from workshop.products.models import ItemPhoto
from workshop.products.photos import actions, checking


@pytest.fixture
def kept(app: Flask, settings: Settings) -> images.Photo:
    """A photo with its row."""
    photo = images.store(photos.jpeg(), photo_store.of(settings))
    with db.transaction() as session:
        item = factories.item(session)
        actions.add_photo(session, item, photo, alt_text="", now=factories.NOW, by_staff_id=None)
    return photo


def check(settings: Settings, now: datetime | None = None) -> checking.Found:
    return checking.check(photo_store.of(settings), now or clock.now())


def test_all_in_order_is_said_and_nothing_is_touched(kept: images.Photo, settings: Settings) -> None:
    assert check(settings, clock.now() + timedelta(days=400)) == checking.Found((), (), 1)
    assert len(list(settings.photos_dir.iterdir())) == 9


def test_files_of_nobody_go_after_an_hour_and_other_things_stay(kept: images.Photo, settings: Settings) -> None:
    stray, note = settings.photos_dir / "nobodys-800.avif", settings.photos_dir / "read-me.txt"
    for path, minutes in ((stray, 59), (note, 6_000)):
        path.write_bytes(b"x")
        then = (clock.now() - timedelta(minutes=minutes)).timestamp()
        os.utime(path, (then, then))
    assert check(settings).removed == ()
    assert check(settings, clock.now() + timedelta(minutes=2)).removed == (stray.name,)
    assert note.exists()
    assert len(list(settings.photos_dir.iterdir())) == 10


def test_a_photo_that_lacks_files_is_named(kept: images.Photo, settings: Settings) -> None:
    for file in settings.photos_dir.glob("*-400.*"):
        file.unlink()
    (missing,) = check(settings).missing
    assert missing.name == kept.name
    assert sorted(missing.files) == [f"{kept.name}-400.{kind}" for kind in ("avif", "jpg", "webp")]


def test_a_photo_from_before_avif_lacks_nothing_without_it(kept: images.Photo, settings: Settings) -> None:
    with db.transaction() as session:
        session.execute(sa.update(ItemPhoto).values(has_avif=False))
    for file in settings.photos_dir.glob("*.avif"):
        file.unlink()
    assert check(settings).missing == ()


def test_the_sweep_looks_once_an_hour(kept: images.Photo, settings: Settings) -> None:
    (settings.photos_dir / "nobodys-800.avif").write_bytes(b"x")
    later = clock.now() + timedelta(hours=3)
    done = [checking.sweep(settings, later.replace(minute=minute)) for minute in range(60)]
    assert sum(done) == 1


def test_the_check_is_a_command(kept: images.Photo, app: Flask, settings: Settings) -> None:
    from shop.commands import program  # the whole program, which loads every command

    runner = app.test_cli_runner()
    good = runner.invoke(program.commands["photos-check"])
    assert (good.exit_code, good.stdout) == (0, "1 photos; 0 files that belonged to none were removed.\n")
    (settings.photos_dir / f"{kept.name}-400.jpg").unlink()
    bad = runner.invoke(program.commands["photos-check"])
    assert bad.exit_code == 1
    assert kept.name in bad.stderr
