"""The copy of an hour is taken once, whoever asks; what goes wrong is written down in words a person can act on."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.script import ScriptDirectory
from conftest import NOW
from support import forking

from benchmarks import drill
from workshop.backups import checking, keeping, manifest, queries, runs, taking, upgrading
from workshop.backups.models import BackupRun
from workshop.core import db
from workshop.core.config import Settings
from workshop.migrating import alembic_config

WORKERS = 6


def found_runs() -> list[BackupRun]:
    with db.reading() as session:
        return list(session.scalars(sa.select(BackupRun).order_by(BackupRun.id)))


def test_a_copy_is_taken_each_hour_and_only_once(house: Settings) -> None:
    sweep = runs.sweep(replace(house, takes_copies=True))
    assert [sweep(NOW), sweep(NOW + timedelta(minutes=20)), sweep(NOW + timedelta(hours=1))] == [1, 0, 1]
    assert [(each.slot, each.trouble, each.size_bytes > 0) for each in found_runs()] == [
        ("2026-11-24T09", "", True),
        ("2026-11-24T10", "", True),
    ]
    assert {each.name for each in found_runs()} == {path.name for path in manifest.copies(house.backups_dir)}


def test_tests_take_none_by_themselves(house: Settings) -> None:
    assert runs.sweep(house)(NOW) == 0
    assert not house.backups_dir.exists()


def one_worker(house: Settings, together: Barrier, is_guarded: bool) -> None:
    db.use(db.Database(house.database_url))
    together.wait(60)
    if is_guarded:
        runs.sweep(replace(house, takes_copies=True))(NOW)
    else:
        is_taken = bool(manifest.copies(house.backups_dir))
        together.wait(60)  # nobody is so quick that the others see it
        if not is_taken:
            taking.take(house, NOW, slot="unguarded")
    db.database().close()


@pytest.mark.parametrize("is_guarded", [True, False], ids=["guarded", "looking first"])
def test_of_many_workers_one_takes_the_copy(house: Settings, is_guarded: bool) -> None:
    db.database().close()
    context = forking.context("workshop.backups.runs")
    together = context.Barrier(WORKERS)
    workers = [context.Process(target=one_worker, args=(house, together, is_guarded)) for _place in range(WORKERS)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(120)
    taken = len(manifest.copies(house.backups_dir))
    assert (taken == 1) if is_guarded else (taken > 1)


def test_no_room_is_said_in_words_and_older_copies_stay(house: Settings, tmp_path: Path) -> None:
    blocked = tmp_path / "a file"
    blocked.write_text("where the folder should be")
    trouble = runs.copy_for(replace(house, backup_dir=blocked), "slot", NOW)
    assert trouble
    assert trouble.startswith("Kopien kan ikke skrives")
    (run,) = found_runs()
    assert (run.trouble, run.name) == (trouble, "")
    with db.reading() as session:
        assert queries.newest_sound(session) is None


def test_a_copy_that_is_not_sound_takes_no_older_one_away(house: Settings) -> None:
    for day in range(60, 0, -1):  # more than would stay
        (house.backups_dir / f"{NOW - timedelta(days=day):%Y-%m-%dT%H-%M-%SZ}-abc123").mkdir(parents=True)
    before = manifest.copies(house.backups_dir)
    trouble = runs.copy_for(replace(house, master_keys=(bytes(32),)), "slot", NOW)
    assert "Hovednøglen" in (trouble or "")
    assert set(before) < set(manifest.copies(house.backups_dir))


def test_an_upgrade_has_a_sound_copy_in_hand(house: Settings) -> None:
    copy = upgrading.upgrade(house, NOW)
    assert manifest.read(copy).slot == "upgrade"
    taking.take(house, NOW + timedelta(minutes=1), slot="2026-11-24T09")
    keeping.rotate(house.backups_dir)
    assert checking.check(copy, house) == []  # the next copy of the same hour does not take its place


@pytest.mark.parametrize("restores", [False, True], ids=["stays", "goes back"])
def test_a_migration_that_fails_leaves_the_way_back(house: Settings, restores: bool) -> None:
    database = db.database()
    _say_version(database, "0005_garden_service")
    with pytest.raises(upgrading.NotUpgraded) as said:  # its tables are there already, so the next step fails
        upgrading.upgrade(house, NOW, restores_on_failure=restores)
    assert checking.check(said.value.copy, house) == []
    assert said.value.is_restored is restores
    with database.reader.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM citizen").scalar() == 3
        assert connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() == "0005_garden_service"
    newest = ScriptDirectory.from_config(alembic_config()).get_current_head()
    _say_version(database, str(newest))  # the next test finds this database


def _say_version(database: db.Database, version: str) -> None:
    with database.writer.begin() as connection:
        connection.execute(sa.update(sa.table("alembic_version", sa.column("version_num"))).values(version_num=version))
    database.close()


def test_nothing_that_was_promised_is_lost_in_a_drill(house: Settings, bare: Settings) -> None:
    before = db.database()
    before.close()
    came = drill.drill(house, bare, 0.5)
    db.use(before)
    assert drill.verdict(came) == "", came


def test_a_plain_copy_of_the_file_loses_what_was_promised(house: Settings, tmp_path: Path, engine_name: str) -> None:
    """The control: the same drill with the file copied as it lies, as anybody would do it."""
    if engine_name != "sqlite":
        pytest.skip("PostgreSQL has no file to copy")
    before = db.database()
    before.close()
    came = drill.plain_copy(house, tmp_path / "plain.sqlite3", 0.5)
    db.use(before)
    assert came["lost"] > 0, came


@pytest.mark.once
def test_ages_are_said_in_words() -> None:
    said = [queries.age_text(timedelta(minutes=minutes)) for minutes in (0, 1, 59, 60, 180, 60 * 47, 60 * 49)]
    assert said == [
        "lige nu",
        "for 1 minut siden",
        "for 59 minutter siden",
        "for 1 time siden",
        "for 3 timer siden",
        "for 47 timer siden",
        "for 2 dage siden",
    ]


@pytest.mark.once
def test_after_twenty_six_hours_it_is_late() -> None:
    run = BackupRun(slot="x", started_at=NOW)
    assert not queries.is_late(run, NOW + timedelta(hours=26), since=NOW)
    assert queries.is_late(run, NOW + timedelta(hours=26, minutes=1), since=NOW)


@pytest.mark.once
def test_a_new_workshop_has_a_day_for_its_first_copy() -> None:
    assert not queries.is_late(None, NOW, since=None)
    assert not queries.is_late(None, NOW + timedelta(hours=26), since=NOW)
    assert queries.is_late(None, NOW + timedelta(hours=26, minutes=1), since=NOW)
