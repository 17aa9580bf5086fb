"""From a copy to a workshop: on a bare machine, or instead of what is there; never twice, never by mistake."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from conftest import NOW
from support import people

from workshop.accounts.models import LoginSession
from workshop.backups import checking, forgetting, manifest, restoring, taking
from workshop.backups.restoring import Damaged, KeyIsMissing, Restored
from workshop.citizens.models import Citizen
from workshop.core import audit, chain, db, mail, photo_store, vault
from workshop.core.config import Settings
from workshop.core.errors import Refusal
from workshop.core.mail import OutboxMail
from workshop.migrating import migrate
from workshop.sealed.models import PersonKey

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def copy(house: Settings) -> Path:
    return taken(house)


def taken(house: Settings) -> Path:
    return taking.take(house, NOW, slot="a test")


def restored(copy: Path, there: Settings, **choices: bool) -> Restored:
    db.database().close()
    return restoring.restore(copy, there, LATER, **choices)


def rows(settings: Settings, statement: sa.Select[object]) -> list[object]:
    database = db.Database(settings.database_url)
    with database.reader.connect() as connection:
        found = list(connection.scalars(statement))
    database.close()
    return found


def test_a_bare_machine_becomes_the_workshop(copy: Path, house: Settings, bare: Settings) -> None:
    came = restored(copy, bare)
    assert (came.aside, sum(came.said.rows.values()) > 10) == ("", True)
    names = sa.select(Citizen.display_name).order_by(Citizen.display_name)
    assert rows(bare, names) == rows(house, names) == ["Ida", "Karl", "Mona"]
    ours, theirs = photo_store.of(house), photo_store.of(bare)
    assert {each.name: ours.get(each.name) for each in ours.files()} == {
        each.name: theirs.get(each.name) for each in theirs.files()
    }
    assert checking.check(taking.take(bare, LATER, slot="again"), bare) == []


def test_the_log_holds_and_its_end_is_written_down_anew(copy: Path, bare: Settings, house: Settings) -> None:
    restored(copy, bare)
    ends, unreadable = chain.read_anchors(bare.anchor_file)
    assert [(each.position, each.is_restored) for each in ends] == [(2, True)]
    assert unreadable == []
    there, before = db.Database(bare.database_url), db.database()
    db.use(there)
    with db.snapshot() as session:
        assert audit.verify(session, ends, now=LATER) == []
    there.close()
    db.use(before)


def test_damage_is_refused_and_nothing_is_touched(copy: Path, bare: Settings) -> None:
    name = manifest.DATABASES[manifest.read(copy).engine]
    body = (copy / name).read_bytes()
    (copy / name).write_bytes(body[:-1] + bytes([body[-1] ^ 1]))
    with pytest.raises(Damaged) as said:
        restored(copy, bare)
    assert name in said.value.faults[0]
    assert not photo_store.of(bare).exists(next((copy / manifest.PHOTOS).iterdir()).name)


def test_a_key_that_is_not_here_is_asked_for_and_nothing_is_touched(
    copy: Path, house: Settings, bare: Settings
) -> None:
    there = replace(bare, master_keys=(bytes(32),))
    with pytest.raises(KeyIsMissing) as said:
        restored(copy, there)
    assert said.value.names == [vault.name_of(house.master_keys[0])]
    assert not photo_store.of(bare).exists(next((copy / manifest.PHOTOS).iterdir()).name)


def test_a_workshop_that_lost_its_key_gets_all_the_rest_back(copy: Path, bare: Settings) -> None:
    there = replace(bare, master_keys=(bytes(32),))
    restored(copy, there, lacks_key=True)
    assert rows(bare, sa.select(Citizen.display_name).order_by(Citizen.display_name)) == ["Ida", "Karl", "Mona"]
    assert rows(bare, sa.select(PersonKey.sealed_key)) == ["", ""]
    assert checking.check(taking.take(there, LATER, slot="again"), there) == []  # so the next copies are sound again


def test_what_is_there_is_never_written_over_by_mistake(copy: Path, house: Settings) -> None:
    with pytest.raises(Refusal, match="--replace"):
        restored(copy, house)


def test_what_is_there_is_kept_aside_when_it_is_replaced(copy: Path, house: Settings) -> None:
    with db.transaction() as session:
        people.citizen(session, name="Kom senere")
    came = restored(copy, house, replaces=True)
    assert rows(house, sa.select(sa.func.count()).select_from(Citizen)) == [3]
    assert Path(came.aside).exists()
    if Path(came.aside).is_dir():  # PostgreSQL: the old one is a copy of its own, and can be brought back
        restored(Path(came.aside), house, replaces=True)
        assert rows(house, sa.select(sa.func.count()).select_from(Citizen)) == [4]
    else:
        aside = replace(house, database_url=f"sqlite:///{came.aside}")
        assert rows(aside, sa.select(sa.func.count()).select_from(Citizen)) == [4]


def test_a_database_in_use_is_not_replaced(copy: Path, house: Settings) -> None:
    other = db.Database(house.database_url)
    with other.reader.connect() as connection:
        connection.execute(sa.select(Citizen.id)).all()
        with pytest.raises(Refusal, match="er i brug"):
            restored(copy, house, replaces=True)
    other.close()


def test_everybody_is_signed_out(house: Settings, bare: Settings) -> None:
    with db.transaction() as session:
        citizen = people.citizen(session, name="Vera")
        session.add(LoginSession(token_hash="x" * 64, account_id=citizen.account_id, created_at=NOW, seen_at=NOW))
    came = restored(taken(house), bare)
    assert came.sessions == 1
    assert rows(bare, sa.select(LoginSession.revoked_at)) == [LATER]


def test_mails_that_waited_wait_for_a_person(house: Settings, bare: Settings) -> None:
    with db.transaction() as session:
        for key in ("one", "two"):
            mail.queue(session, key=key, recipient="a@b.example", subject="S", body="B", now=NOW)
    copy = taken(house)
    assert restored(copy, bare).held_mails == 2
    there, before = db.Database(bare.database_url), db.database()
    db.use(there)
    assert mail.send_due(bare, LATER) == 0
    assert restoring.release_mails(LATER) == 2
    assert mail.send_due(bare, LATER) == 2
    assert restoring.release_mails(LATER) == 0
    there.close()
    db.use(before)


def test_mails_that_waited_are_sent_when_somebody_says_so(house: Settings, bare: Settings) -> None:
    with db.transaction() as session:
        mail.queue(session, key="one", recipient="a@b.example", subject="S", body="B", now=NOW)
    assert restored(taken(house), bare, sends_mails=True).held_mails == 0
    assert rows(bare, sa.select(OutboxMail.due_at)) == [NOW]


@pytest.mark.parametrize("kept_where", ["beside the anchors", "beside the copies"])
def test_a_key_destroyed_after_the_copy_is_destroyed_again(
    kept_where: str, copy: Path, house: Settings, bare: Settings
) -> None:
    with db.reading() as session:
        mona = session.scalars(sa.select(Citizen).where(Citizen.display_name == "Mona")).one()
        public_id, citizen_id = mona.public_id, mona.id
    forgetting.note_destroyed(house, public_id, NOW + timedelta(minutes=5))
    lost, kept = forgetting.files_of(house)[:: 1 if kept_where == "beside the copies" else -1]
    lost.unlink()
    if kept_where == "beside the anchors":  # the disk with the copies is new, the one with the anchors survived
        bare.anchor_file.parent.mkdir(parents=True, exist_ok=True)
        kept.rename(bare.anchor_file.with_name(kept.name))
    assert restored(copy, bare).keys_destroyed_again == 1
    gone = sa.select(PersonKey.citizen_id).where(PersonKey.sealed_key == "", PersonKey.destroyed_at.is_not(None))
    assert rows(bare, gone) == [citizen_id]
    assert public_id in (bare.backups_dir / manifest.DESTROYED).read_text()
    assert public_id in forgetting.destroyed(bare)


def test_without_the_list_the_key_would_come_back(copy: Path, bare: Settings) -> None:
    assert restored(copy, bare).keys_destroyed_again == 0
    assert len(rows(bare, sa.select(PersonKey.citizen_id).where(PersonKey.sealed_key != ""))) == 2


def test_an_older_copy_is_brought_to_the_newest_shape(house: Settings, bare: Settings) -> None:
    migrate(db.database(), "0005_garden_service")
    copy = taken(house)
    migrate(db.database())  # the next test finds this database
    assert manifest.read(copy).head == "0005_garden_service"
    restored(copy, bare)
    assert rows(bare, sa.select(sa.text("version_num")).select_from(sa.text("alembic_version"))) == [
        checking.known_heads()[0]
    ]


def test_a_copy_of_the_other_engine_is_refused(copy: Path, tmp_path: Path, house: Settings, engine_name: str) -> None:
    other = "postgresql://nobody@localhost:9/none" if engine_name == "sqlite" else f"sqlite:///{tmp_path / 'x'}"
    with pytest.raises(Refusal, match="Kopien er fra"):
        restored(copy, replace(house, database_url=other))


def test_a_second_restore_of_a_stopped_one_is_whole(copy: Path, bare: Settings) -> None:
    """What a killed restore leaves behind on SQLite is a file of another name, and is written over."""
    bare.data_dir.mkdir(parents=True, exist_ok=True)
    path = Path(str(sa.make_url(bare.database_url).database))
    if path.suffix:
        path.with_name(f".restoring-{path.name}").write_bytes(b"half a database")
    restored(copy, bare)
    assert rows(bare, sa.select(sa.func.count()).select_from(Citizen)) == [3]
