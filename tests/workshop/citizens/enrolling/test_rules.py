"""The rules of beginning, being put right, leaving and coming back."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session
from support import factories, people
from support.factories import NOW

from workshop.accounts import actions as accounts
from workshop.accounts.models import Account, CitizenPin, Device, DeviceKind, LoginSession, Staff
from workshop.citizens import actions as arriving
from workshop.citizens import queries as citizens
from workshop.citizens.enrolling import actions, returning
from workshop.citizens.enrolling.actions import Changed, Facts
from workshop.citizens.models import Citizen, ContactPerson, Enrolment
from workshop.core import crypto, db
from workshop.core.access import Role
from workshop.core.errors import Refusal

TODAY = date(2026, 11, 24)
DAY = timedelta(days=1)


def facts(session: Session, **changes: object) -> Facts:
    usual = Facts("Mona Prøvesen", "Mona", "raev", "da", factories.department(session).id, None)
    return usual._replace(**changes)


def begin(session: Session, contact: Staff | None = None, **changes: object) -> tuple[Citizen, str]:
    return actions.begin(
        session,
        public_id=crypto.new_public_id(),
        facts=facts(session, **changes),
        contact=contact or factories.staff(session),
        programme_type_id=people.programme_type(session).id,
        started_on=TODAY,
        days=[(1, 510, 240), (3, 540, 300)],
        pepper=people.PEPPER,
        now=NOW,
        cheap=True,
    )


def test_somebody_begins_with_days_of_their_own_and_a_code(session: Session) -> None:
    lone = factories.staff(session)
    mona, pin = begin(session, lone)
    assert [tuple(each) for each in citizens.week_plan(session, mona.id, TODAY)] == [(1, 510, 240), (3, 540, 300)]
    kept = session.get_one(CitizenPin, mona.account_id)
    assert crypto.secret_matches(kept.pin_hash, pin, pepper=people.PEPPER)
    assert pin not in kept.pin_hash
    contact = session.scalars(sa.select(ContactPerson)).one()
    assert (contact.staff_id, contact.from_on) == (lone.account_id, TODAY)


def test_a_picture_is_one_persons_in_a_department(session: Session) -> None:
    begin(session)
    with pytest.raises(Refusal, match="allerede en andens"):
        begin(session, display_name="Ida")
    metal = factories.department(session, key="metal", name="Metal")
    assert begin(session, factories.staff(session, departments=[metal]), department_id=metal.id)


@pytest.mark.parametrize("roles", [[Role.SALES], [Role.MANAGER], [Role.ADMIN]])
def test_a_contact_person_works_there_and_with_citizens(session: Session, roles: list[Role]) -> None:
    with pytest.raises(Refusal, match="kan ikke være kontaktperson"):
        begin(session, factories.staff(session, roles=roles))
    metal = factories.department(session, key="metal", name="Metal")
    with pytest.raises(Refusal, match="kan ikke være kontaktperson"):
        begin(session, factories.staff(session, departments=[metal]))
    assert begin(session, factories.staff(session, roles=[Role.CONSULTANT]))


def change(session: Session, mona: Citizen, wanted: Facts, **more: object) -> None:
    seen = more.pop("seen", None) or actions.facts_of(session, mona).seen
    by = factories.staff(session).account_id
    actions.change(session, mona, wanted, seen=str(seen), by=by, now=NOW, **more)  # type: ignore[arg-type]


def test_what_is_put_right_stands(session: Session) -> None:
    mona, _pin = begin(session)
    wanted = facts(session, full_name="Åse Ågård", display_name="Åse", picture="ugle", language="uk", ends_on=TODAY)
    change(session, mona, wanted)
    assert actions.facts_of(session, mona) == wanted
    assert mona.sort_name.startswith("}"), "Å is last in Danish"


def test_what_somebody_else_put_right_is_not_written_over(session: Session) -> None:
    mona, _pin = begin(session)
    old = actions.facts_of(session, mona).seen
    change(session, mona, facts(session, display_name="Monni"))
    with pytest.raises(Changed):
        change(session, mona, facts(session, display_name="Mo"), seen=old)
    assert mona.display_name == "Monni"


def test_a_taken_picture_is_not_changed_to(session: Session) -> None:
    mona, _pin = begin(session)
    begin(session, picture="ugle")
    with pytest.raises(Refusal, match="allerede en andens"):
        change(session, mona, facts(session, picture="ugle"))
    change(session, mona, facts(session, display_name="Monni"))


def test_nobody_moves_to_where_their_contact_person_cannot_see_them(session: Session) -> None:
    mona, _pin = begin(session)
    metal = factories.department(session, key="metal", name="Metal")
    wanted = facts(session, department_id=metal.id)
    with pytest.raises(Refusal, match="Vælg også en kontaktperson"), session.begin_nested():
        change(session, mona, wanted)
    session.refresh(mona)
    per = factories.staff(session, departments=[metal])
    change(session, mona, wanted, contact=per)
    now = session.scalars(sa.select(ContactPerson).where(ContactPerson.until_on.is_(None))).one()
    assert (now.staff_id, now.from_on) == (per.account_id, TODAY)
    assert session.scalar(sa.select(sa.func.count(ContactPerson.id))) == 2, "who it was before is kept"


def test_the_last_day_is_not_put_into_the_past_by_correcting(session: Session) -> None:
    mona, _pin = begin(session)
    with pytest.raises(Refusal, match="Den sidste dag er gået"):
        change(session, mona, facts(session, ends_on=TODAY - DAY))


def signed_in(session: Session, mona: Citizen, pin: str) -> Device:
    device, _key = people.tablet(session)
    assert accounts.sign_in_citizen(session, mona.account_id, pin, device.id, pepper=people.PEPPER, now=NOW)
    return device


def test_who_has_left_is_out_everywhere(session: Session) -> None:
    mona, pin = begin(session)
    device = signed_in(session, mona, pin)
    device.kind, device.owner_account_id = DeviceKind.PHONE, mona.account_id
    assert actions.end_stay(session, mona, TODAY, now=NOW)
    session.expire_all()
    assert session.get_one(Account, mona.account_id).closed_at == NOW
    assert session.scalars(sa.select(LoginSession.revoked_at)).all() == [NOW]
    assert session.get_one(Device, device.id).revoked_at == NOW
    assert session.scalars(sa.select(Enrolment.ends_on)).one() == TODAY
    assert not citizens.expected_today(session, mona.department_id, TODAY)


def test_a_last_day_to_come_shuts_by_itself_when_it_has_passed(app: object) -> None:
    with db.transaction() as session:
        mona, _pin = begin(session)
        assert not actions.end_stay(session, mona, TODAY + DAY, now=NOW)
        ida, _pin = begin(session, picture="ugle")
        ids = (mona.id, ida.id)
    actions.sweep(NOW + DAY)
    assert active(ids) == [True, True], "the last day is a day like the others"
    actions.sweep(NOW + 2 * DAY)
    assert active(ids) == [False, True]
    actions.sweep(NOW + 3 * DAY)
    assert active(ids) == [False, True]


def active(ids: tuple[int, int]) -> list[bool]:
    with db.reading() as session:
        return [session.get_one(Citizen, each).is_active for each in ids]


def test_a_stay_does_not_end_before_it_begins(session: Session) -> None:
    mona, _pin = begin(session)
    with pytest.raises(Refusal, match="begynder først"):
        actions.end_stay(session, mona, TODAY - DAY, now=NOW)


def test_an_end_is_taken_back_with_the_same_code(session: Session) -> None:
    mona, pin = begin(session)
    actions.end_stay(session, mona, TODAY, now=NOW)
    begin(session)  # somebody else has the picture by now
    with pytest.raises(Refusal, match="allerede en andens"):
        actions.resume(session, mona, picture="raev", ends_on=None, now=NOW + DAY)
    actions.resume(session, mona, picture="ugle", ends_on=None, now=NOW + DAY)
    session.expire_all()
    assert mona.is_active
    assert actions.facts_of(session, mona).ends_on is None
    assert signed_in(session, mona, pin)


@pytest.mark.parametrize(("days", "works"), [(29, True), (30, False)])
def test_an_end_can_be_taken_back_for_thirty_days(session: Session, days: int, works: bool) -> None:
    mona, _pin = begin(session)
    actions.end_stay(session, mona, TODAY, now=NOW)
    if works:
        actions.resume(session, mona, picture="raev", ends_on=None, now=NOW + days * DAY)
        return
    with pytest.raises(Refusal, match="mere end 30 dage"):
        actions.resume(session, mona, picture="raev", ends_on=None, now=NOW + days * DAY)


def test_a_stay_goes_on_only_to_a_day_to_come(session: Session) -> None:
    mona, _pin = begin(session)
    actions.end_stay(session, mona, TODAY, now=NOW)
    with pytest.raises(Refusal, match="Den sidste dag er gået"):
        actions.resume(session, mona, picture="raev", ends_on=TODAY, now=NOW + 2 * DAY)


def return_on(session: Session, mona: Citizen, contact: Staff, started_on: date, **changes: object) -> str:
    usual: dict[str, Any] = {"picture": "raev", "ends_on": None, "days": [(0, 540, 300)], **changes}
    return returning.begin_again(
        session,
        mona,
        contact=contact,
        programme_type_id=people.programme_type(session).id,
        started_on=started_on,
        by=contact.account_id,
        pepper=people.PEPPER,
        now=NOW + 90 * DAY,
        cheap=True,
        **usual,
    )


def test_somebody_comes_back_to_a_stay_of_its_own(session: Session) -> None:
    lone, per = factories.staff(session), factories.staff(session, name="Per")
    mona, old = begin(session, lone)
    actions.end_stay(session, mona, TODAY, now=NOW)
    back = TODAY + 90 * DAY
    new = return_on(session, mona, per, back)
    session.expire_all()
    assert mona.is_active
    stays = session.scalars(sa.select(Enrolment.started_on).order_by(Enrolment.id)).all()
    assert stays == [TODAY, back], "the first stay is kept"
    assert [tuple(each) for each in citizens.week_plan(session, mona.id, TODAY)] == [(1, 510, 240), (3, 540, 300)]
    assert [tuple(each) for each in citizens.week_plan(session, mona.id, back)] == [(0, 540, 300)]
    kept = session.get_one(CitizenPin, mona.account_id)
    assert crypto.secret_matches(kept.pin_hash, new, pepper=people.PEPPER)
    assert new == old or not crypto.secret_matches(kept.pin_hash, old, pepper=people.PEPPER)
    contacts = session.execute(sa.select(ContactPerson.staff_id, ContactPerson.until_on).order_by(ContactPerson.id))
    assert [tuple(each) for each in contacts] == [(lone.account_id, back), (per.account_id, None)]


def test_a_week_agreed_before_the_end_does_not_overrule_the_new_one(session: Session) -> None:
    lone = factories.staff(session)
    mona, _pin = begin(session, lone)
    back = TODAY + 90 * DAY
    arriving.set_week_plan(session, mona, valid_from=back + 7 * DAY, days=[(4, 600, 60)])
    actions.end_stay(session, mona, TODAY, now=NOW)
    return_on(session, mona, lone, back)
    assert [tuple(each) for each in citizens.week_plan(session, mona.id, back + 30 * DAY)] == [(0, 540, 300)]


def test_a_new_stay_begins_after_the_one_before_and_is_not_over(session: Session) -> None:
    lone = factories.staff(session)
    mona, _pin = begin(session, lone)
    with pytest.raises(Refusal, match="er her allerede"):
        return_on(session, mona, lone, TODAY + 90 * DAY)
    actions.end_stay(session, mona, TODAY, now=NOW)
    with pytest.raises(Refusal, match="forrige forløb sluttede"):
        return_on(session, mona, lone, TODAY)
    with pytest.raises(Refusal, match="sidste dag er gået"):
        return_on(session, mona, lone, TODAY + DAY, ends_on=TODAY + 2 * DAY)
    begin(session, lone)  # somebody else has the picture by now
    with pytest.raises(Refusal, match="allerede en andens"):
        return_on(session, mona, lone, TODAY + 90 * DAY)


def test_nobody_is_locked_out_for_good(session: Session) -> None:
    """N19: whatever staff do to somebody's way in, staff can undo."""
    mona, pin = begin(session)
    device, _key = people.tablet(session)
    for _try in range(accounts.MOST_WRONG_PINS):
        accounts.sign_in_citizen(session, mona.account_id, "wrong", device.id, pepper=people.PEPPER, now=NOW)
    with pytest.raises(accounts.TooManyTries):
        accounts.sign_in_citizen(session, mona.account_id, pin, device.id, pepper=people.PEPPER, now=NOW)
    accounts.release_pin(session, mona.account_id, NOW)
    assert signed_in(session, mona, pin)
    new = accounts.new_citizen_pin(session, mona.account_id, pepper=people.PEPPER, now=NOW, cheap=True)
    assert signed_in(session, mona, new)
    actions.end_stay(session, mona, TODAY, now=NOW)
    actions.resume(session, mona, picture="raev", ends_on=None, now=NOW)
    session.expire_all()
    assert signed_in(session, mona, new)
