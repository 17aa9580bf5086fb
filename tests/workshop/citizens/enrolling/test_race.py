"""Two do not get the same picture, and nobody begins with a contact person who has just stopped."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask
from support import factories, people

from tests.workshop.accounts.people.racers import race
from tests.workshop.citizens.enrolling import racers
from workshop.accounts.models import Account
from workshop.citizens.models import Citizen, ContactPerson
from workshop.core import db
from workshop.core.access import Role
from workshop.core.pictures import PICTURES

RACERS = 6


def house() -> tuple[int, int, int]:
    """The department, a contact person and an administrator."""
    with db.transaction() as session:
        people.programme_type(session)
        department = factories.department(session)
        contact = factories.staff(session)
        admin = factories.staff(session, roles=[Role.ADMIN])
        factories.staff(session, roles=[Role.ADMIN])
        return department.id, contact.account_id, admin.account_id


def with_picture(picture: str) -> int:
    with db.reading() as session:
        counted = sa.select(sa.func.count(Citizen.id)).where(Citizen.picture == picture, Citizen.is_active)
        return session.scalar(counted) or 0


def test_one_of_six_gets_the_picture(app: Flask, database_url: str) -> None:
    department, contact, _admin = house()
    said = race(database_url, racers.begin, [(department, contact, "raev")] * RACERS)
    assert said == ["lost"] * (RACERS - 1) + ["won"]
    assert with_picture("raev") == 1


def test_the_control_gives_it_to_several(app: Flask, database_url: str) -> None:
    department, contact, _admin = house()
    spares = [name for name in PICTURES if name != "raev"][:RACERS]
    race(database_url, racers.begin_unguarded, [(department, contact, "raev", spare) for spare in spares])
    assert with_picture("raev") > 1


@pytest.mark.parametrize("turn", range(2))
def test_nobody_begins_with_somebody_who_stops_meanwhile(app: Flask, database_url: str, turn: int) -> None:
    department, contact, admin = house()
    deeds = [(racers.begin, (department, contact, "raev")), (racers.close, (contact, admin))]
    said = race(database_url, _either, deeds if turn else deeds[::-1])
    assert said == ["lost", "won"]
    with db.reading() as session:
        waiting = sa.select(sa.func.count(ContactPerson.id)).join(Account, Account.id == ContactPerson.staff_id)
        assert session.scalar(waiting.where(Account.is_active.is_(False))) == 0


def _either(deed: object, given: tuple[object, ...]) -> None:
    deed(*given)  # type: ignore[operator]  # each racer has one of the two
