"""What somebody sends who wants to see more than is theirs: forged fields, odd letters, far too much of everything."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from support import factories, people

from workshop.accounts.models import Department
from workshop.citizens.models import Citizen
from workshop.core import clock, db
from workshop.production.models import ActivityKind
from workshop.tasks.activities import actions, queries
from workshop.tasks.activities.actions import Shape
from workshop.tasks.activities.models import GroupActivity, GroupActivityPart

NUL, RTL = "\x00", "\u202eevil"
ODD = (NUL, f"a{NUL}b", RTL, "æ" * 100_000, "%00", "-1", "9" * 40, "' OR 1=1 --", "{{7*7}}", "../../etc/passwd")
IN_ADDRESSES = (
    "/personale/uge/ny?hvem={who}&trin={odd}",
    "/personale/uge/ny?hvem={who}&fast={odd}",
    "/personale/uge/ny?hvem={who}&opgave={odd}",
    "/personale/uge/ny?hvem={odd}&dag={odd}&tid={odd}&navn={odd}",
    "/personale/uge/aktivitet/ny?dag={odd}",
    "/personale/borgere/kalender?hvem={odd}&start={odd}&fra={odd}",
    "/personale/borgere/{who}/forslag?dag={odd}",
    "/personale/hold/runde?dag={odd}&valg={odd}",
    "/personale/hold/runde?valg=trin:{odd}",
    "/personale/hold/runde/opgave/{task}?dag={odd}",
)


@pytest.mark.parametrize("address", IN_ADDRESSES)
def test_odd_letters_in_an_address_break_nothing(lone: FlaskClient, house, address: str) -> None:
    for odd in ODD:
        sent = urlencode({"": odd})[1:][:9000]
        asked = address.format(who=house.mona, task=house.task_key, odd=sent)
        assert lone.get(asked).status_code in {200, 303, 404}, (address, odd[:20])


def test_odd_letters_in_fields_that_choose_somebody_break_nothing(lone: FlaskClient, house, exercise: str) -> None:
    day = clock.local_day(clock.now()).isoformat()
    for odd in ODD:
        activity = {"title": "Gåtur", "kind": exercise, "day": day, "time": "13", "minutes": "60", "department": "trae"}
        given = {"person": house.mona, "task": odd, "step": odd, "routine": odd, "day": day}
        sent = [
            ("/personale/uge/aktivitet/ny", {**activity, "med": [house.mona, odd]}),
            ("/personale/uge/aktivitet/ny", dict.fromkeys(activity, odd)),
            ("/personale/uge/ny", given),
            ("/personale/uge/ny", {**given, "person": odd, "videre": odd}),
            (f"/personale/hold/runde/opgave/{house.task_key}", {"med": [house.mona, odd], "goer": odd, "once": odd}),
            (f"/personale/hold/runde/opgave/{house.task_key}", {"med": house.mona, "goer": "tilfoej", "ny": odd}),
            ("/personale/borgere/kalender", {"hvem": odd, "start": day, "til": day, "slags": odd}),
            ("/personale/borgere/kalender", {"hvem": house.mona, "start": odd, "til": odd}),
        ]
        for address, values in sent:
            assert lone.post(address, data=values).status_code in {303, 404, 409, 422, 200}, (address, odd[:20])


def test_far_too_many_people_in_a_form_are_not_asked_about_one_by_one(lone: FlaskClient, house, exercise: str) -> None:
    many = urlencode([("med", f"{each:x}") for each in range(70_000)])
    day = clock.local_day(clock.now()).isoformat()
    activity = urlencode(
        {"title": "Gåtur", "kind": exercise, "day": day, "time": "13", "minutes": "60", "department": "trae"}
    )
    for address, sent in (
        (f"/personale/hold/runde/opgave/{house.task_key}", many),
        ("/personale/uge/aktivitet/ny", f"{activity}&{many}"),
    ):
        answer = lone.post(address, data=sent, content_type="application/x-www-form-urlencoded")
        assert answer.status_code in {404, 409, 413, 422, 200}, address


@pytest.fixture
def exercise(house) -> str:
    with db.transaction() as session:
        session.add(ActivityKind(key="exercise", name="Motion", short_name="Motion", pictogram="running-shoe"))
    return "exercise"


@pytest.fixture
def walk(house, exercise: str) -> str:
    """A walk of Mona and Yusuf today."""
    now = clock.now()
    with db.transaction() as session:
        kind = queries.kind_id(session, exercise)
        who = session.scalars(sa.select(Citizen).where(Citizen.public_id.in_([house.mona, house.yusuf]))).all()
        lone = factories.staff(session, name="Planlægger", now=now)
        made = actions.plan(
            session,
            Shape("Gåtur", kind, "", clock.local_day(now), 780, 60),
            department_id=who[0].department_id,
            until=None,
            people=who,
            by_staff_id=lone.account_id,
            now=now,
        )
        return made[0].public_id


def test_who_has_moved_to_another_department_is_named_no_more(lone: FlaskClient, house, walk: str) -> None:
    pages = (f"/personale/uge/aktivitet/{walk}", "/personale/uge")
    assert "Mona" in lone.get(pages[0]).text, "the control"
    with db.transaction() as session:
        metal = sa.select(Department.id).where(Department.key == "metal").scalar_subquery()
        session.execute(sa.update(Citizen).where(Citizen.public_id == house.mona).values(department_id=metal))
    for page in pages:
        shown = lone.get(page, follow_redirects=True).text
        assert "Yusuf" in shown
        assert "Mona" not in shown, page
        assert house.mona not in shown, page


def test_a_list_of_people_leaves_alone_whom_its_writer_cannot_see(lone: FlaskClient, house, walk: str) -> None:
    with db.transaction() as session:
        metal = sa.select(Department.id).where(Department.key == "metal").scalar_subquery()
        session.execute(sa.update(Citizen).where(Citizen.public_id == house.mona).values(department_id=metal))
    lone.post(f"/personale/uge/aktivitet/{walk}/folk", data={"med": []})
    with db.reading() as session:
        left = session.scalars(
            sa.select(Citizen.public_id)
            .join(GroupActivityPart, GroupActivityPart.citizen_id == Citizen.id)
            .join(GroupActivity, GroupActivity.id == GroupActivityPart.activity_id)
            .where(GroupActivity.public_id == walk)
        ).all()
    assert left == [house.mona]


def test_somebody_elses_id_in_a_hidden_field_is_nobody(lone: FlaskClient, house, walk: str) -> None:
    day = clock.local_day(clock.now()).isoformat()
    assert lone.post(f"/personale/uge/aktivitet/{walk}/folk", data={"med": house.ida}).status_code == 404
    shown = lone.post(f"/personale/hold/runde/opgave/{house.task_key}", data={"med": house.ida, "goer": "minutter"})
    assert "Ida" not in shown.text
    calendar = {"hvem": house.ida, "start": day, "til": day, "slags": "notified"}
    assert lone.post("/personale/borgere/kalender", data=calendar).status_code == 404


@pytest.mark.parametrize("role", ["sales", "auditor", "admin"])
def test_the_bar_of_calls_says_nothing_to_whoever_has_no_people(
    app: Flask, house, mona: FlaskClient, role: str
) -> None:
    mona.post("/vaerksted/hjaelp", data={"hvad": "help"})
    with db.transaction() as session:
        email = factories.staff(session, name=role, roles=[role], now=clock.now()).email
    client = people.at_desk(app, email)
    home = client.get("/personale", follow_redirects=True).text
    assert "data-poll" not in home
    assert "Nogen har brug for hjælp" not in home
    assert client.get("/personale/hjaelp/nu").status_code == 403
    assert client.get("/personale/hjaelp").status_code == 403


def test_the_bar_names_nobody_and_another_department_hears_nothing(
    app: Flask, house, mona: FlaskClient, lone: FlaskClient
) -> None:
    mona.post("/vaerksted/hjaelp", data={"hvad": "help"})
    bar = lone.get("/personale/hjaelp/nu").text
    assert "Nogen har brug for hjælp" in bar
    assert "Mona" not in bar
    assert house.mona not in bar
    away = people.at_desk(app, house.away)
    assert "Nogen har brug for hjælp" not in away.get("/personale/hjaelp/nu").text
