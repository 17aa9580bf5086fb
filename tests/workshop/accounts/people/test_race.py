"""N11 and the last administrator, at the same moment from several processes; each with its control."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Flask
from support import factories

from tests.workshop.accounts.people import racers
from workshop.accounts.models import Account, Staff, StaffRole
from workshop.accounts.people import inviting
from workshop.core import db
from workshop.core.access import Role

SECRET = "a secret of the tests, worth nothing at all"


def _token() -> str:
    with db.transaction() as session:
        factories.workshop(session)
        by = factories.staff(session, roles=[Role.ADMIN])
        made = inviting.invite(
            session,
            name="Nynne",
            email="ny@butik.example",
            roles=[Role.SALES],
            department_ids=[],
            by=by.account_id,
            now=racers.NOW,
            base_url=factories.BASE_URL,
            secret_key=SECRET,
        )
        return inviting.token_of(SECRET, made.public_id)


def _staff() -> int:
    with db.reading() as session:
        return session.scalar(sa.select(sa.func.count(Staff.account_id))) or 0


def _administrators() -> list[int]:
    with db.reading() as session:
        return list(
            session.scalars(
                sa.select(StaffRole.account_id)
                .join(Account, Account.id == StaffRole.account_id)
                .where(StaffRole.role == Role.ADMIN, Account.is_active)
            )
        )


def test_one_of_eight_comes_in_by_a_link(app: Flask, database_url: str) -> None:
    token, before = _token(), _staff()
    said = racers.race(database_url, racers.accept, [(token,)] * racers.RACERS)
    assert said == ["lost"] * (racers.RACERS - 1) + ["won"]
    assert _staff() == before + 1


def test_the_control_lets_several_in(app: Flask, database_url: str) -> None:
    token, before = _token(), _staff()
    racers.race(database_url, racers.accept_unguarded, [(token,)] * racers.RACERS)
    assert _staff() > before + 1, "without the guard the same link is used more than once"


def _two() -> list[tuple[int, int]]:
    with db.transaction() as session:
        one, other = (factories.staff(session, roles=[Role.ADMIN]).account_id for _each in range(2))
    return [(one, other), (other, one)]


def test_two_administrators_who_close_each_other_leave_one(app: Flask, database_url: str) -> None:
    assert racers.race(database_url, racers.close, _two()) == ["lost", "won"]
    assert len(_administrators()) == 1


def test_the_control_leaves_none(app: Flask, database_url: str) -> None:
    racers.race(database_url, racers.close_unguarded, _two())
    assert _administrators() == []
