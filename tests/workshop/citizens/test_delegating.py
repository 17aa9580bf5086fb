"""Somebody is away: who looks after whose citizens, from when to when, and what both of them see."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from support import factories, people

from workshop.accounts.models import Staff
from workshop.citizens import caseload, queries
from workshop.citizens.delegating import actions
from workshop.citizens.models import CaseloadDelegation, Citizen, ContactPerson
from workshop.core import clock, db
from workshop.core.access import Role
from workshop.core.audit import AccessLog
from workshop.core.errors import NotHere, Refusal

PAGE = "/personale/delegering"


class House:
    """Lone with two citizens, Per with one, Karin who manages them, and Mads of another department."""

    def __init__(self) -> None:
        self.now = clock.now()
        self.today = clock.local_day(self.now)
        both = (Role.WORKSHOP, Role.CONSULTANT)
        with db.transaction() as session:
            metal = factories.department(session, key="metal", name="Metal")
            staff = {
                "Lone": factories.staff(session, name="Lone", roles=both),
                "Per": factories.staff(session, name="Per", roles=both),
                "Karin": factories.staff(session, name="Karin", roles=[Role.MANAGER]),
                "Mads": factories.staff(session, name="Mads", roles=both, departments=[metal]),
                "Bo": factories.staff(session, name="Bo", roles=[Role.MANAGER], departments=[metal]),
                "Sofie": factories.staff(session, name="Sofie", roles=[Role.SALES]),
            }
            began = self.today - timedelta(days=60)
            self.mona, self.ali, self.ida, self.tom = (
                people.citizen(session, name=name, contact=staff[of], started_on=began, at=at).public_id
                for name, of, at in (
                    ("Mona", "Lone", None),
                    ("Ali", "Lone", None),
                    ("Ida", "Per", None),
                    ("Tom", "Mads", metal),
                )
            )
            self.mails = {name: each.email for name, each in staff.items()}
            self.ids = {name: each.account_id for name, each in staff.items()}
            self.keys = {
                name: session.execute(
                    sa.text("SELECT public_id FROM account WHERE id = :id"), {"id": each.account_id}
                ).scalar_one()
                for name, each in staff.items()
            }

    def day(self, days: int) -> date:
        return self.today + timedelta(days=days)

    def desk(self, app: Flask, name: str) -> FlaskClient:
        return people.at_desk(app, self.mails[name])

    def delegate(self, *, away: str = "Lone", to: str = "Per", first: int = 0, last: int = 5, by: str = "Karin") -> str:
        with db.transaction() as session:
            manager = people.actor_of(session, session.get_one(Staff, self.ids[by]), now=self.now)
            return actions.delegate(
                session,
                from_staff_id=self.ids[away],
                to_staff_id=self.ids[to],
                from_on=self.day(first),
                until_on=self.day(last),
                by=manager,
                now=self.now,
            ).public_id

    def has_in_caseload(self, name: str, public_id: str, days: int = 0) -> bool:
        with db.transaction() as session:
            actor = people.actor_of(session, session.get_one(Staff, self.ids[name]), now=self.now)
            citizen = queries.citizen_for(session, actor, public_id)
            return caseload.is_in_caseload(session, actor, citizen, self.day(days))


@pytest.fixture
def house(app: Flask) -> House:
    return House()


def form(house: House, **changes: Any) -> dict[str, Any]:
    return {
        "away": house.keys["Lone"],
        "stand_in": house.keys["Per"],
        "from_on": house.today.isoformat(),
        "until_on": house.day(5).isoformat(),
        **changes,
    }


def log() -> list[tuple[Any, ...]]:
    with db.reading() as session:
        rows = session.execute(sa.select(AccessLog.account_id, AccessLog.deed, AccessLog.people).order_by(AccessLog.id))
        return [tuple(row) for row in rows]


def test_a_caseload_is_looked_after_from_the_first_to_the_last_day(app: Flask, house: House) -> None:
    house.delegate(first=1, last=3)
    assert [house.has_in_caseload("Per", house.mona, days) for days in range(6)] == [
        False, True, True, True, False, False,
    ]  # fmt: skip
    assert house.has_in_caseload("Lone", house.mona, 2), "it is still hers"
    assert not house.has_in_caseload("Lone", house.ida, 2), "and his is not"


def test_the_stand_in_opens_the_files_without_a_reason(app: Flask, house: House) -> None:
    per = house.desk(app, "Per")
    assert per.get(f"/personale/borgere/{house.mona}").status_code == 403
    house.delegate()
    assert per.get(f"/personale/borgere/{house.mona}").status_code == 200
    mine = per.get("/personale/borgere?mine=1").text
    assert all(name in mine for name in ("Mona", "Ali", "Ida"))


def test_both_see_it_on_their_pages(app: Flask, house: House) -> None:
    house.delegate()
    last = clock.day_text(house.day(5))
    for address in ("/personale/borgere", "/personale/uge"):
        assert f"Du passer Lones borgere til {last}." in house.desk(app, "Per").get(address, follow_redirects=True).text
        said = house.desk(app, "Lone").get(address, follow_redirects=True).text
        assert "Per passer dine borgere fra" in said
        assert f"til {last}." in said
    assert "passer" not in house.desk(app, "Mads").get("/personale/borgere").text


def test_the_manager_names_a_stand_in_and_it_is_logged(app: Flask, house: House) -> None:
    karin = house.desk(app, "Karin")
    page = karin.get(PAGE).text
    assert "Lone (2 borgere)" in page
    assert "Mads" not in page
    assert "Sofie" not in page
    assert not any(name in page for name in ("Mona", "Ali", "Ida")), "counts, never names"
    assert karin.post(PAGE, data=form(house)).status_code == 303
    assert "Per" in karin.get(PAGE).text
    assert log()[-1] == (house.ids["Karin"], "delegate", sorted([house.mona, house.ali]))


def test_it_is_taken_back_at_once(app: Flask, house: House) -> None:
    made = house.delegate()
    assert house.has_in_caseload("Per", house.mona)
    karin = house.desk(app, "Karin")
    assert karin.post(f"{PAGE}/{made}/tag-tilbage").status_code == 303
    assert not house.has_in_caseload("Per", house.mona)
    assert "Taget tilbage" in karin.get(PAGE).text
    assert karin.post(f"{PAGE}/{made}/tag-tilbage").status_code == 409
    assert log()[-1][1] == "delegate back"
    assert house.delegate(), "and somebody can be named again"


def test_another_departments_manager_finds_nothing_to_take_back(app: Flask, house: House) -> None:
    made = house.delegate()
    bo = house.desk(app, "Bo")
    assert "Lone" not in bo.get(PAGE).text
    foreign, missing = bo.post(f"{PAGE}/{made}/tag-tilbage"), bo.post(f"{PAGE}/{'x' * 22}/tag-tilbage")
    assert (foreign.status_code, foreign.data) == (404, missing.data)
    with pytest.raises(NotHere):
        house.delegate(by="Bo")


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"last": -1, "first": 0}, "Den sidste dag ligger før den første."),
        ({"first": -5, "last": -1}, "Dagene er forbi."),
        ({"first": -1, "last": 2}, "Den første dag er gået."),
        ({"last": 200}, "Vælg højst et halvt år."),
        ({"to": "Lone"}, "Vælg en anden end den, der er væk."),
        ({"away": "Karin"}, "Der er intet at passe."),
    ],
)
def test_what_cannot_be_is_answered_with_a_sentence(house: House, given: dict[str, Any], sentence: str) -> None:
    with pytest.raises(Refusal, match=sentence):
        house.delegate(**given)


def test_the_stand_in_works_wherever_the_citizens_are(house: House) -> None:
    with db.transaction() as session:
        metal = factories.department(session, key="metal", name="Metal")
        lone = session.get_one(Staff, house.ids["Lone"])
        people.citizen(session, name="Eva", contact=lone, at=metal, started_on=house.day(-9))
    with pytest.raises(Refusal, match="ikke i alle borgernes afdelinger"):
        house.delegate()


def test_a_caseload_has_one_stand_in_at_a_time(house: House) -> None:
    house.delegate(first=2, last=5)
    for first, last in ((0, 2), (5, 9), (3, 4), (0, 9)):
        with pytest.raises(Refusal, match="Nogen passer allerede"):
            house.delegate(to="Karin", first=first, last=last)
    with pytest.raises(Refusal, match="passer selv en andens"):
        house.delegate(away="Per", to="Karin", first=4, last=4)
    assert house.delegate(to="Karin", first=6, last=7)
    with pytest.raises(Refusal, match="selv væk"):
        house.delegate(away="Per", to="Lone", first=6, last=6)


def test_two_managers_at_once_name_one_stand_in(app: Flask, house: House) -> None:
    together = Barrier(4)

    def name(to: str) -> bool:
        together.wait()
        try:
            return bool(house.delegate(to=to))
        except Refusal:
            return False

    with ThreadPoolExecutor(4) as pool:
        won = list(pool.map(name, ["Per", "Karin", "Per", "Karin"]))
    assert won.count(True) == 1
    with db.reading() as session:
        assert session.scalar(sa.select(sa.func.count(CaseloadDelegation.id))) == 1


@pytest.mark.parametrize(
    "changes", [{"away": ""}, {"stand_in": "x" * 22}, {"from_on": "i morgen"}, {"until_on": ""}, {"away": "Mads"}]
)
def test_bad_input_comes_back_with_what_was_typed(app: Flask, house: House, changes: dict[str, str]) -> None:
    given = {name: house.keys.get(value, value) for name, value in changes.items()}
    answer = house.desk(app, "Karin").post(PAGE, data=form(house, **given))
    assert answer.status_code == 422
    kept = house.day(5).isoformat()
    assert kept in answer.text or "until_on" in changes


def test_a_rule_that_says_no_keeps_what_was_chosen(app: Flask, house: House) -> None:
    answer = house.desk(app, "Karin").post(PAGE, data=form(house, stand_in=house.keys["Lone"]))
    assert answer.status_code == 409
    assert "Vælg en anden end den, der er væk." in answer.text


# The contact person


def test_a_new_contact_person_takes_over_and_the_old_one_is_kept(house: House) -> None:
    with db.transaction() as session:
        mona = session.scalars(sa.select(Citizen).where(Citizen.public_id == house.mona)).one()
        ids = house.ids
        assert caseload.take_over(session, mona, ids["Per"], house.day(2), ids["Karin"], house.now)
        assert caseload.take_over(session, mona, ids["Per"], house.day(2), ids["Karin"], house.now) is None
        rows = session.execute(
            sa.select(ContactPerson.staff_id, ContactPerson.until_on)
            .where(ContactPerson.citizen_id == mona.id)
            .order_by(ContactPerson.id)
        ).all()
    assert [tuple(row) for row in rows] == [(ids["Lone"], house.day(2)), (ids["Per"], None)]
    assert [house.has_in_caseload("Per", house.mona, days) for days in (1, 2)] == [False, True]


@pytest.mark.parametrize(("to", "days", "sentence"), [("Mads", 0, "afdeling"), ("Per", -1, "i dag eller senere")])
def test_a_contact_person_works_there_and_begins_now_or_later(house: House, to: str, days: int, sentence: str) -> None:
    with db.transaction() as session:
        mona = session.scalars(sa.select(Citizen).where(Citizen.public_id == house.mona)).one()
        with pytest.raises(Refusal, match=sentence):
            caseload.take_over(session, mona, house.ids[to], house.day(days), house.ids["Karin"], house.now)


def test_two_who_take_over_at_once_leave_one_contact_person(app: Flask, house: House) -> None:
    together = Barrier(4)

    def take(name: str) -> None:
        together.wait()
        with db.transaction() as session:
            mona = session.scalars(sa.select(Citizen).where(Citizen.public_id == house.mona)).one()
            caseload.take_over(session, mona, house.ids[name], house.today, house.ids["Karin"], house.now)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(take, ["Per", "Karin", "Per", "Karin"]))
    with db.reading() as session:
        open_rows = session.scalars(
            sa.select(ContactPerson)
            .join(Citizen, Citizen.id == ContactPerson.citizen_id)
            .where(Citizen.public_id == house.mona, ContactPerson.until_on.is_(None))
        ).all()
    assert len(open_rows) == 1
