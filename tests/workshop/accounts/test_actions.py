"""Signing in, being slowed down, being let go."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session
from support import factories

from workshop.accounts import actions, queries
from workshop.accounts.models import Account, CitizenPin, Device, LoginSession, StaffPassword
from workshop.core import crypto
from workshop.core.access import Role
from workshop.core.errors import Refusal

PEPPER = "a pepper that is not in the database"
MINUTE = timedelta(minutes=1)


def tablet(session: Session, now: datetime) -> tuple[Device, str]:
    by = factories.staff(session, roles=[Role.ADMIN])
    return actions.enrol_device(
        session, name="Træhallen", department_id=factories.department(session).id, by_staff_id=by.account_id, now=now
    )


def citizen(session: Session, now: datetime, pin: str = "4711") -> Account:
    return actions.add_citizen_account(session, pin=pin, pepper=PEPPER, now=now, cheap=True)


def test_staff_sign_in_with_mail_and_password(session: Session, now: datetime) -> None:
    factories.staff(session, email="Lone@Butik.example", roles=[Role.WORKSHOP])
    token = actions.sign_in_staff(session, " lone@butik.EXAMPLE ", factories.PASSWORD, now)
    assert token is not None
    found = queries.actor_of_session(session, token, now)
    assert found is not None
    assert found[0].may("week:read")
    assert not found[0].may("account:manage")


def test_a_wrong_password_and_an_unknown_mail_get_the_same_answer(session: Session, now: datetime) -> None:
    factories.staff(session, email="lone@butik.example")
    assert actions.sign_in_staff(session, "lone@butik.example", "forkert kode her", now) is None
    assert actions.sign_in_staff(session, "ingen@butik.example", factories.PASSWORD, now) is None


def test_guessing_a_password_is_stopped_and_a_quarter_later_it_is_not(session: Session, now: datetime) -> None:
    factories.staff(session, email="lone@butik.example")
    for _guess in range(actions.MOST_WRONG_PASSWORDS):
        assert actions.sign_in_staff(session, "lone@butik.example", "forkert kode her", now) is None
    with pytest.raises(actions.TooManyTries):
        actions.sign_in_staff(session, "lone@butik.example", factories.PASSWORD, now)
    later = now + 16 * MINUTE
    assert actions.sign_in_staff(session, "lone@butik.example", factories.PASSWORD, later) is not None


def test_a_short_password_and_a_taken_mail_are_refused(session: Session, now: datetime) -> None:
    factories.staff(session, email="lone@butik.example")
    with pytest.raises(Refusal, match="allerede"):
        factories.staff(session, email="LONE@butik.example")
    with pytest.raises(Refusal, match="for kort"):
        actions.add_staff(session, name="A", email="a@b.example", password="kort", roles=[], departments=[], now=now)


def test_a_session_ends_when_it_is_idle_too_old_or_ended(session: Session, now: datetime) -> None:
    staff = factories.staff(session, email="lone@butik.example")

    def signed_in(at: datetime) -> str:
        token = actions.sign_in_staff(session, "lone@butik.example", factories.PASSWORD, at)
        assert token is not None
        return token

    token = signed_in(now)
    assert queries.actor_of_session(session, token, now + LoginSession.STAFF_IDLE) is not None
    assert queries.actor_of_session(session, token, now + LoginSession.STAFF_IDLE + MINUTE) is None
    for hour in range(1, 13):
        actions.seen(session, session.scalars(sa.select(LoginSession.id)).one(), now + timedelta(hours=hour))
    assert queries.actor_of_session(session, token, now + LoginSession.STAFF_LONGEST + MINUTE) is None
    second = signed_in(now)
    actions.sign_out(session, second, now)
    assert queries.actor_of_session(session, second, now) is None
    third = signed_in(now)
    actions.end_sessions(session, staff.account_id, now)
    assert queries.actor_of_session(session, third, now) is None


def test_a_disabled_account_does_nothing_more(session: Session, now: datetime) -> None:
    staff = factories.staff(session, email="lone@butik.example")
    token = actions.sign_in_staff(session, "lone@butik.example", factories.PASSWORD, now)
    session.get_one(Account, staff.account_id).is_active = False
    session.flush()
    assert queries.actor_of_session(session, token or "", now) is None
    assert actions.sign_in_staff(session, "lone@butik.example", factories.PASSWORD, now) is None


def test_a_citizen_signs_in_with_a_pin_on_an_enrolled_tablet(session: Session, now: datetime) -> None:
    device, key = tablet(session, now)
    person = citizen(session, now)
    assert queries.device_by_key(session, key) is device
    token = actions.sign_in_citizen(session, person.id, "4711", device.id, pepper=PEPPER, now=now)
    found = queries.actor_of_session(session, token or "", now)
    assert found is not None
    assert found[0].is_citizen
    assert found[0].name == "", "an account has no name; that stands behind the wall"
    assert not found[0].may("desk:open")


def test_a_tablet_session_locks_by_itself(session: Session, now: datetime) -> None:
    device, _key = tablet(session, now)
    token = actions.sign_in_citizen(session, citizen(session, now).id, "4711", device.id, pepper=PEPPER, now=now)
    assert queries.actor_of_session(session, token or "", now + timedelta(seconds=110)) is not None
    assert queries.actor_of_session(session, token or "", now + timedelta(seconds=111)) is None


def test_five_wrong_pins_stop_a_person_until_staff_release_it(session: Session, now: datetime) -> None:
    device, _key = tablet(session, now)
    person, other = citizen(session, now), citizen(session, now)
    for _guess in range(actions.MOST_WRONG_PINS):
        assert actions.sign_in_citizen(session, person.id, "0000", device.id, pepper=PEPPER, now=now) is None
    with pytest.raises(actions.TooManyTries):
        actions.sign_in_citizen(session, person.id, "4711", device.id, pepper=PEPPER, now=now)
    assert actions.sign_in_citizen(session, other.id, "4711", device.id, pepper=PEPPER, now=now) is not None
    actions.release_pin(session, person.id, now)
    assert actions.sign_in_citizen(session, person.id, "4711", device.id, pepper=PEPPER, now=now) is not None


def test_ten_wrong_pins_in_a_day_stop_a_person_even_when_they_come_slowly(session: Session, now: datetime) -> None:
    device, _key = tablet(session, now)
    person = citizen(session, now)
    at = now
    for _guess in range(actions.MOST_WRONG_PINS_A_DAY):
        at += 4 * MINUTE
        assert actions.sign_in_citizen(session, person.id, "0000", device.id, pepper=PEPPER, now=at) is None
    with pytest.raises(actions.TooManyTries):
        actions.sign_in_citizen(session, person.id, "4711", device.id, pepper=PEPPER, now=at + 16 * MINUTE)


def test_a_tablet_that_guesses_at_everybody_is_stopped(session: Session, now: datetime) -> None:
    device, _key = tablet(session, now)
    at = now
    for _person in range(actions.MOST_WRONG_PINS_PER_TABLET):
        at += MINUTE
        actions.sign_in_citizen(session, citizen(session, now).id, "0000", device.id, pepper=PEPPER, now=at)
    with pytest.raises(actions.TooManyTries):
        actions.sign_in_citizen(session, citizen(session, now).id, "4711", device.id, pepper=PEPPER, now=at)


def test_a_revoked_tablet_lets_nobody_in_and_everybody_out(session: Session, now: datetime) -> None:
    device, key = tablet(session, now)
    token = actions.sign_in_citizen(session, citizen(session, now).id, "4711", device.id, pepper=PEPPER, now=now)
    actions.revoke_device(session, device.id, now)
    session.expire_all()
    assert queries.device_by_key(session, key) is None
    assert queries.actor_of_session(session, token or "", now) is None


def test_a_new_pin_ends_what_was_signed_in_with_the_old(session: Session, now: datetime) -> None:
    device, _key = tablet(session, now)
    person = citizen(session, now)
    token = actions.sign_in_citizen(session, person.id, "4711", device.id, pepper=PEPPER, now=now)
    pin = actions.new_citizen_pin(session, person.id, pepper=PEPPER, now=now, cheap=True)
    session.expire_all()
    assert queries.actor_of_session(session, token or "", now) is None
    assert actions.sign_in_citizen(session, person.id, pin, device.id, pepper=PEPPER, now=now) is not None


def test_what_is_kept_is_not_enough_to_sign_in_with(session: Session, now: datetime) -> None:
    factories.staff(session, email="lone@butik.example")
    device, key = tablet(session, now)
    pin = "471108154711"  # four digits stand in a random hash now and then
    person = citizen(session, now, pin)
    token = actions.sign_in_citizen(session, person.id, pin, device.id, pepper=PEPPER, now=now)
    kept = [
        *session.scalars(sa.select(StaffPassword.password_hash)),
        *session.scalars(sa.select(CitizenPin.pin_hash)),
        *session.scalars(sa.select(LoginSession.token_hash)),
        *session.scalars(sa.select(Device.key_hash)),
    ]
    for secret in (factories.PASSWORD, pin, token or "", key):
        assert not any(secret in row for row in kept)
    assert not crypto.secret_matches(session.get_one(CitizenPin, person.id).pin_hash, pin, pepper="another pepper")
