"""What opens once opens once, also when twenty come at the same moment."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa
from flask import Flask
from support import factories, people

from tests.support import sign_in_race
from tests.support.sign_in_race import NOW, RACERS
from tests.workshop.accounts import rig
from workshop.accounts.factors import codes
from workshop.accounts.models import Device, PasswordReset, RecoveryCode
from workshop.accounts.phones import actions as phones
from workshop.core import crypto, db

ONE_WINS = {"won": 1, "lost": RACERS - 1}


def somebody() -> int:
    with db.transaction() as session:
        return factories.staff(session, now=NOW - timedelta(days=1)).account_id


def test_twenty_with_one_code_of_the_app(app: Flask, database_url: str) -> None:
    account_id = somebody()
    with db.transaction() as session:
        rig.give_app(session, account_id, NOW)
    assert sign_in_race.race(database_url, "app", account_id, rig.SEED) == ONE_WINS


def test_twenty_with_one_code_from_paper(app: Flask, database_url: str) -> None:
    account_id = somebody()
    with db.transaction() as session:
        paper = codes.new_codes(session, account_id, NOW)
    assert sign_in_race.race(database_url, "paper", account_id, paper[0]) == ONE_WINS
    with db.reading() as session:
        used = sa.select(sa.func.count(RecoveryCode.id)).where(RecoveryCode.used_at.is_not(None))
        assert session.scalar(used) == 1


def test_the_control_without_the_rule_opens_many_times(app: Flask, database_url: str) -> None:
    account_id = somebody()
    with db.transaction() as session:
        paper = codes.new_codes(session, account_id, NOW)
    outcomes = sign_in_race.race(database_url, "unguarded", account_id, paper[0])
    assert outcomes["won"] == RACERS, "looking first and writing then lets everybody in"


def test_twenty_with_one_reset_link(app: Flask, database_url: str) -> None:
    account_id, token = somebody(), crypto.new_token()
    with db.transaction() as session:
        session.add(
            PasswordReset(
                token_hash=crypto.token_hash(token),
                account_id=account_id,
                created_at=NOW,
                expires_at=NOW + PasswordReset.LASTS,
            )
        )
    assert sign_in_race.race(database_url, "link", account_id, token) == ONE_WINS


def test_twenty_with_one_ticket_for_a_phone(app: Flask, database_url: str) -> None:
    with db.transaction() as session:
        staff = factories.staff(session)
        account_id = people.citizen(session).account_id
        token = phones.ticket(session, account_id, staff.account_id, NOW)
    assert sign_in_race.race(database_url, "phone", account_id, token) == ONE_WINS
    with db.reading() as session:
        assert session.scalar(sa.select(sa.func.count(Device.id)).where(Device.owner_account_id.is_not(None))) == 1
