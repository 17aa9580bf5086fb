"""What the tests of copies share: an installation with a little of everything in it, and a bare one beside it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from conftest import NOW, _postgres, make_settings
from flask import Flask
from sqlalchemy.orm import Session
from support import factories, people
from support.postgres import Sweeper

from benchmarks.drill import postgres_tools
from workshop.core import audit, crypto, db, images, photo_store, vault
from workshop.core.access import Actor
from workshop.core.config import Settings
from workshop.products.models import Item, ItemPhoto
from workshop.sealed.models import PersonKey


@pytest.fixture
def house(app: Flask, settings: Settings, sweeper: Sweeper) -> Settings:
    """A workshop with two people, a photo, a sealed key and a read in the log; nobody else is at its database."""
    sweeper.let_go()
    chosen = replace(settings, postgres_tools=None if os.environ.get("TEST_DATABASE_URL") else postgres_tools())
    app.extensions["settings"] = chosen
    with db.transaction() as session:
        item = factories.item(session)
        mona, karl = people.citizen(session, name="Mona"), people.citizen(session, name="Karl")
        for person in (mona, karl):
            sealed = vault.seal(chosen.master_keys[0], "a key", f"person_key:{person.id}")
            session.add(PersonKey(citizen_id=person.id, sealed_key=sealed, made_at=NOW))
        reader = people.citizen(session, name="Ida")
        actor = Actor(reader.account_id, reader.public_id, "Ida", frozenset())
        put_photo(session, chosen, item)
        looked_at = [mona.public_id, karl.public_id]
    for public_id in looked_at:
        audit.record(actor, "read", [public_id], NOW)
    return chosen


@pytest.fixture
def bare(house: Settings, tmp_path: Path) -> Iterator[Settings]:
    """A bare machine: no data, and on PostgreSQL an empty database."""
    url = sa.make_url(house.database_url)
    if url.get_backend_name() == "sqlite":
        there = f"sqlite:///{tmp_path / 'bare' / 'there.sqlite3'}"
        yield replace(make_settings(there, tmp_path / "bare"), master_keys=house.master_keys)
        return
    name = f"bare_{os.getpid()}"
    server = url.set(database="postgres")
    _postgres(server, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    _postgres(server, f'CREATE DATABASE "{name}"')
    there = url.set(database=name).render_as_string(hide_password=False)
    yield make_settings(there, tmp_path / "bare", postgres_tools=house.postgres_tools)
    _postgres(server, f'DROP DATABASE "{name}" WITH (FORCE)')


def put_photo(session: Session, settings: Settings, item: Item, position: int = 1) -> str:
    """A photo with all its files; what is in them does not matter here."""
    name, store = crypto.new_public_id(), photo_store.of(settings)
    for file in images.files_of(name):
        store.put(file, f"{file} is a photo".encode())
    session.add(ItemPhoto(item_id=item.id, name=name, width=4, height=3, position=position, added_at=NOW))
    return name
