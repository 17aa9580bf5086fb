"""What of a task speaks against somebody doing it: ticked beside the text, told to whoever plans, and never why."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from support import factories, page_forms, people

from tests.workshop.sealed import scene
from tests.workshop.sealed.scene import KEYS, LINE, TEXT, House
from workshop.citizens.models import Citizen
from workshop.core import db
from workshop.core.config import Settings
from workshop.production.models import Demand, TaskTypeDemand
from workshop.sealed import keys, queries
from workshop.sealed.models import Accommodation, AccommodationDemand


@pytest.fixture
def heavy(house: House) -> int:
    """A task that asks for heavy lifting and noise; gives its number."""
    with db.transaction() as session:
        lifting = Demand(key="lifting_heavy", name="Tunge løft", plain_text="Du løfter tunge ting.")
        noise = Demand(key="noise", name="Larm", plain_text="Der er larm.")
        task = factories.task_type(session, key="move_wood", name="Flytte træ")
        session.add_all([lifting, noise])
        session.flush()
        session.add_all(TaskTypeDemand(task_type_id=task.id, demand_id=each.id) for each in (lifting, noise))
        return task.id


def form(house: House, **changes: Any) -> dict[str, Any]:
    values = {"kind": "accommodation", "text": TEXT, "line": LINE, "from_on": house.today.isoformat(), "until_on": ""}
    return {**values, "spared": ["lifting_heavy"], **changes}


def ticks() -> list[str]:
    with db.reading() as session:
        wanted = sa.select(Demand.key).join(AccommodationDemand, AccommodationDemand.demand_id == Demand.id)
        return list(session.scalars(wanted.order_by(AccommodationDemand.accommodation_id, Demand.id)))


def told(house: House, task: int, name: str) -> list[str]:
    with db.transaction() as session:
        actor = scene.actor(session, house, name)
        return queries.spared_from(session, actor, [house.mona_id], [task], house.today).get((house.mona_id, task), [])


def write(app: Flask, house: House, **changes: Any) -> str:
    answer = house.desk(app, "Lone").post(f"{house.address}/hensyn/nyt", data=form(house, **changes))
    assert answer.status_code == 303, answer.text
    with db.reading() as session:
        return session.scalars(sa.select(Accommodation.public_id).order_by(Accommodation.id.desc())).first() or ""


def test_what_is_ticked_is_told_to_whoever_plans_and_to_nobody_else(app: Flask, house: House, heavy: int) -> None:
    write(app, house)
    for planner in ("Lone", "Per"):
        assert told(house, heavy, planner) == ["Tunge løft"], planner
    for nobody in ("Karin", "Adam", "Rita", "Sofie", "Mads"):
        assert told(house, heavy, nobody) == [], nobody


def test_a_task_that_does_not_ask_it_is_free(app: Flask, house: House, heavy: int) -> None:
    write(app, house)
    with db.transaction() as session:
        light = factories.task_type(session, key="light", name="Male").id
    assert told(house, light, "Per") == []


def test_giving_such_a_task_is_asked_about_once_and_the_text_is_not_shown(app: Flask, house: House, heavy: int) -> None:
    write(app, house)
    per = house.desk(app, "Per")
    data = {"task": "move_wood", "person": house.mona, "day": house.today.isoformat(), "time": ""}
    asked = per.post("/personale/uge/ny", data=data)
    assert asked.status_code == 422
    assert "Opgaven har: tunge løft." in asked.text
    assert TEXT not in asked.text
    assert per.post("/personale/uge/ny", data={**data, **page_forms.anyway(asked.text)}).status_code == 303
    board = per.get("/personale/uge", follow_redirects=True).text
    assert "Flytte træ" in board
    for word in ("tunge løft", LINE, TEXT):
        assert word.lower() not in board.lower(), "it does not hang on the wall"


def test_a_change_carries_the_ticks_and_only_the_new_ones_hold(app: Flask, house: House, heavy: int) -> None:
    care = write(app, house)
    lone = house.desk(app, "Lone")
    page = lone.get(f"{house.address}/hensyn/{care}").text
    assert 'name="spared" value="lifting_heavy" checked' in page
    assert 'name="spared" value="noise" checked' not in page
    changed = form(house, spared=["noise"], text="Løfter højst fem kilo")
    assert lone.post(f"{house.address}/hensyn/{care}", data=changed).status_code == 303
    assert ticks() == ["lifting_heavy", "noise"], "the old row keeps what it said"
    assert told(house, heavy, "Per") == ["Larm"]


def test_what_has_ended_speaks_against_nothing(app: Flask, house: House, heavy: int) -> None:
    care = write(app, house)
    house.desk(app, "Lone").post(f"{house.address}/hensyn/{care}/slut")
    assert told(house, heavy, "Per") == []


def test_the_same_press_twice_writes_once_and_other_ticks_are_another_text(
    app: Flask, house: House, heavy: int
) -> None:
    write(app, house)
    write(app, house)
    assert ticks() == ["lifting_heavy"]
    write(app, house, spared=["noise"])
    assert ticks() == ["lifting_heavy", "noise"]


def test_an_aid_takes_nothing_away(app: Flask, house: House, heavy: int) -> None:
    lone = house.desk(app, "Lone")
    answer = lone.post(f"{house.address}/hensyn/nyt", data=form(house, kind="aid"))
    assert answer.status_code == 422
    assert "Krydserne hører til et skånehensyn" in answer.text
    assert 'value="lifting_heavy" checked' in answer.text
    assert lone.post(f"{house.address}/hensyn/nyt", data=form(house, kind="aid", spared=[])).status_code == 303


def test_what_is_no_demand_comes_back(app: Flask, house: House, heavy: int) -> None:
    answer = house.desk(app, "Lone").post(f"{house.address}/hensyn/nyt", data=form(house, spared=["ryg"]))
    assert answer.status_code == 422
    assert ticks() == []


def test_the_ticks_go_with_the_key(app: Flask, house: House, heavy: int, settings: Settings) -> None:
    write(app, house)
    assert ticks() == ["lifting_heavy"]
    with db.transaction() as session:
        keys.destroy(session, house.mona_id, house.now, settings=settings)
    assert ticks() == []
    assert told(house, heavy, "Per") == []


def test_the_citizen_and_the_caseload_see_what_was_ticked(app: Flask, house: House, heavy: int) -> None:
    write(app, house)
    with db.transaction() as session:
        actor = scene.actor(session, house, "Lone")
        mona = session.get_one(Citizen, house.mona_id)
        listed = queries.history(session, actor, mona, house.today, KEYS)
        _device, key = people.tablet(session)
    assert [each.spared for each in listed] == [(("lifting_heavy", "Tunge løft"),)]
    assert "tunge løft" in house.desk(app, "Lone").get(f"{house.address}/hensyn").text
    assert TEXT in people.at_tablet(app, key, house.mona).get("/vaerksted/det-hjaelper-mig").text
