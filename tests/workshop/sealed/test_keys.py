"""Keys of people: made once, changed without touching a text, thrown away for good."""

from __future__ import annotations

import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from flask import Flask
from support import factories, forking, people

from shop import key_commands
from tests.workshop.sealed import scene
from tests.workshop.sealed.scene import KEYS, House
from workshop.accounts.models import TotpSeed
from workshop.backups import forgetting
from workshop.core import clock, db, vault
from workshop.core.config import Settings
from workshop.core.errors import Refusal
from workshop.sealed import checking, keys, queries
from workshop.sealed.models import PersonKey

NEW = bytes(range(1, 33))
BOTH = (NEW, *KEYS)


def fill(many: int, *, seeds: int = 0) -> None:
    with db.transaction() as session:
        for number in range(many):
            person = people.citizen(session, name=f"Nr {number}", picture="")
            keys.key_for(session, person.id, KEYS, clock.now())
        for _number in range(seeds):
            staff = factories.staff(session)
            sealed = vault.seal(KEYS[0], "JBSWY3DPEHPK3PXP", f"totp_seed:{staff.account_id}")
            session.add(TotpSeed(account_id=staff.account_id, sealed=sealed, made_at=clock.now()))


def sealed_with(key: bytes) -> int:
    name = f"{vault.name_of(key)}."
    with db.reading() as session:
        kinds = (PersonKey.sealed_key, TotpSeed.sealed)
        return sum(session.scalar(sa.select(sa.func.count()).where(each.startswith(name))) or 0 for each in kinds)


def read(house: House, master_keys: tuple[bytes, ...]) -> list[str | None]:
    with db.transaction() as session:
        lone = scene.actor(session, house, "Lone")
        mona = scene.mona_of(session, house)
        return [each.text for each in queries.accommodations(session, lone, mona, house.today, master_keys)]


def test_everybody_who_writes_first_at_once_writes_with_the_same_key(app: Flask, house: House) -> None:
    together = Barrier(6)

    def write(_number: int) -> bytes:
        together.wait()
        with db.transaction() as session:
            return keys.key_for(session, house.mona_id, KEYS, house.now)

    with ThreadPoolExecutor(6) as pool:
        assert len(set(pool.map(write, range(6)))) == 1


def test_a_key_moved_to_another_person_opens_nothing(app: Flask, house: House) -> None:
    with db.transaction() as session:
        yusuf = people.citizen(session, name="Ali")
        keys.key_for(session, yusuf.id, KEYS, house.now)
        scene.care(session, house)
        theirs = session.scalar(sa.select(PersonKey.sealed_key).where(PersonKey.citizen_id == yusuf.id))
        session.execute(sa.update(PersonKey).where(PersonKey.citizen_id == house.mona_id).values(sealed_key=theirs))
    assert read(house, KEYS) == [None]


def test_the_master_key_is_changed_and_every_text_still_opens(app: Flask, house: House) -> None:
    fill(7, seeds=3)
    with db.transaction() as session:
        scene.care(session, house)
    steps = list(keys.rotate(BOTH, block=3))
    assert steps[-1] == keys.Progress(11, 11, 0)
    assert len(steps) == 4, "three blocks of people and one of seeds"
    assert (sealed_with(NEW), sealed_with(KEYS[0])) == (11, 0)
    assert read(house, (NEW,)) == [scene.TEXT], "the old key is not needed any more"
    assert read(house, KEYS) == [None], "and opens nothing: the control"
    with db.reading() as session:
        seed = session.execute(sa.select(TotpSeed.account_id, TotpSeed.sealed)).first()
    assert vault.open_sealed([NEW], seed.sealed, f"totp_seed:{seed.account_id}") == "JBSWY3DPEHPK3PXP"
    assert list(keys.rotate(BOTH)) == [], "a second time there is nothing to do"


def test_what_no_key_opens_is_counted_and_left_as_it_is(app: Flask) -> None:
    fill(3)
    with db.transaction() as session:
        first = session.scalars(sa.select(PersonKey).order_by(PersonKey.citizen_id)).first()
        lost = first.sealed_key = vault.seal(bytes(32), "lost", "person_key:0")
    assert list(keys.rotate(BOTH, block=2))[-1] == keys.Progress(2, 3, 1)
    with db.reading() as session:
        assert session.scalar(sa.select(PersonKey.sealed_key).where(PersonKey.sealed_key == lost)) == lost
        found = checking.report(session, BOTH)
    assert not found.is_whole


def _rotate_slowly(url: str) -> None:
    """In a process of its own: a block of one, and a moment after each, so that it can be killed on the way."""
    db.use(db.Database(url))
    for _progress in keys.rotate(BOTH, block=1):
        time.sleep(0.05)


def test_a_rotation_killed_on_the_way_goes_on_where_it_was(app: Flask, settings: Settings) -> None:
    fill(24)
    db.database().close()
    racer = forking.context(__name__).Process(target=_rotate_slowly, args=(settings.database_url,))
    racer.start()
    while sealed_with(NEW) < 5 and racer.is_alive():
        time.sleep(0.02)
    assert racer.pid is not None
    os.kill(racer.pid, signal.SIGKILL)
    racer.join(20)
    done = sealed_with(NEW)
    assert 5 <= done < 24, "it was killed on the way"
    assert done + sealed_with(KEYS[0]) == 24, "each is sealed with the one or the other"
    with db.reading() as session:
        found = checking.report(session, BOTH)
    assert found.is_whole
    assert found.needed == [vault.name_of(KEYS[0])]
    assert list(keys.rotate(BOTH))[-1].done == 24 - done
    with db.reading() as session:
        assert checking.report(session, (NEW,)).is_whole


def test_a_destroyed_key_leaves_nothing_to_read_and_nothing_to_write(
    app: Flask, house: House, settings: Settings
) -> None:
    with db.transaction() as session:
        scene.care(session, house)
        scene.note(session, house)
    with db.transaction() as session:
        assert keys.destroy(session, house.mona_id, house.now, settings=settings)
        assert not keys.destroy(session, house.mona_id, house.now, settings=settings), "twice is once"
    assert set(forgetting.destroyed(settings)) == {house.mona}  # a copy from before will not bring it back
    assert read(house, KEYS) == [None]
    with pytest.raises(Refusal, match="slettet for altid"), db.transaction() as session:
        scene.care(session, house)
    with db.reading() as session:
        found = checking.report(session, KEYS)
    assert (found.destroyed, found.texts, found.is_whole) == (1, 0, True)


def test_somebody_without_a_key_can_be_closed_too(app: Flask, house: House, settings: Settings) -> None:
    with db.transaction() as session:
        assert keys.destroy(session, house.mona_id, house.now, settings=settings)
    with pytest.raises(Refusal), db.transaction() as session:
        scene.note(session, house)


def test_a_changed_text_does_not_open_and_the_check_says_so(app: Flask, house: House) -> None:
    with db.transaction() as session:
        written = scene.care(session, house)
        assert checking.report(session, KEYS).is_whole
        written.sealed_text = written.sealed_text[:-6] + "AAAA=="
        session.flush()
        assert checking.report(session, KEYS).closed == 1


def test_the_commands_rotate_and_tell(app: Flask, house: House, settings: Settings) -> None:
    with db.transaction() as session:
        scene.care(session, house)
    app.extensions["settings"] = replace(settings, master_keys=BOTH)

    def run(*words: str) -> tuple[int, str]:
        with app.app_context():
            answer = CliRunner().invoke(key_commands.keys, list(words))
        return answer.exit_code, answer.output

    code, said = run("check")
    assert code == 0
    assert "an older key" in said
    assert "keys rotate" in said
    assert run("rotate")[0] == 0
    code, said = run("check")
    assert (code, "an older key" in said) == (0, False)
    assert "No older key is needed" in said
    app.extensions["settings"] = replace(settings, master_keys=KEYS)
    code, said = run("check")
    assert code == 1
    assert "a key we lack" in said
    assert scene.TEXT not in said


@pytest.mark.once
def test_a_new_key_is_one_the_settings_take() -> None:
    said = CliRunner().invoke(key_commands.keys, ["new"]).output.strip()
    assert len(vault.key_of(said)) == vault.KEY_BYTES
