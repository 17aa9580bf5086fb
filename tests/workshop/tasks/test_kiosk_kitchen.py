"""The kitchen on the tablet: everybody reads today's, and who has work there says how many eat."""

from __future__ import annotations

import re

import sqlalchemy as sa
from flask.testing import FlaskClient
from support import factories

from tests.workshop.tasks.rig import give
from workshop.core import clock, db
from workshop.production.canteen import actions
from workshop.production.canteen.actions import DayPlan
from workshop.production.canteen.ingredients import parse
from workshop.production.canteen.models import Meal, MealDay, MealDish
from workshop.production.canteen.queries import Heads
from workshop.tasks.models import Assignment

PAGE = "/vaerksted/koekken"


def soup_for(lunch: int) -> None:
    with db.transaction() as session:
        soup = actions.add_dish(session, name="Suppe", note="Uden mælk.", takes=parse("200 g kartofler"))
        plan = DayPlan(Heads(4, lunch, 12), {Meal.LUNCH: [soup.id]}, "Gæster kl. 12")
        actions.plan_day(session, factories.department(session).id, clock.local_day(clock.now()), plan, version=0)


def cooks(public_id: str) -> str:
    """Somebody has a task in the kitchen today."""
    task = give(public_id, "Skære grønt")
    with db.transaction() as session:
        found = session.scalars(sa.select(Assignment).where(Assignment.public_id == task)).one()
        found.task_type_id = factories.task_type(session, name="Skære grønt", kind="canteen").id
    return task


def stored() -> tuple[int, int, int, str]:
    with db.reading() as session:
        row = session.scalars(sa.select(MealDay)).one()
        return row.breakfast_count, row.lunch_count, row.baking_count, row.note


def test_everybody_reads_it_and_only_who_works_there_counts(house, mona: FlaskClient) -> None:
    assert PAGE not in mona.get("/vaerksted/hjem").text
    soup_for(10)
    assert PAGE in mona.get("/vaerksted/hjem").text
    page = mona.get(PAGE).text
    for words in ("Suppe", "til 10", "kartofler", "2\xa0kg", "Uden mælk.", "Gæster kl. 12"):
        assert words in page, words
    assert "Gem tallene" not in page
    assert mona.post(PAGE, data={"lunch": "3", "version": "1"}).status_code == 422
    assert stored() == (4, 10, 12, "Gæster kl. 12")


def test_a_count_leaves_the_menu_and_twice_is_once(house, mona: FlaskClient) -> None:
    soup_for(10)
    task = cooks(house.mona)
    assert PAGE in mona.get(f"/vaerksted/opgaver/{task}").text
    version = re.search(r'name="version"[^>]*value="([0-9]+)"', mona.get(PAGE).text)
    assert version
    data = {"breakfast": "5", "lunch": "14", "version": version[1]}
    assert mona.post(PAGE, data=data).status_code == 303
    assert stored() == (5, 14, 12, "Gæster kl. 12")
    with db.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(MealDish)) == 1
    again = mona.post(PAGE, data=data | {"lunch": "99"})
    assert again.status_code == 409
    assert "Morgenmad til 5. Frokost til 14." in again.text
    assert 'value="99"' in again.text
    assert stored()[1] == 14


def test_a_day_nobody_planned_can_be_counted_and_what_is_no_number_comes_back(house, mona: FlaskClient) -> None:
    cooks(house.mona)
    assert "Der er ikke skrevet noget til i dag." in mona.get(PAGE).text
    odd = mona.post(PAGE, data={"breakfast": "mange", "lunch": "900", "version": "0"})
    assert odd.status_code == 422
    assert 'value="mange"' in odd.text
    assert mona.post(PAGE, data={"breakfast": "", "lunch": "7", "version": "0"}).status_code == 303
    assert stored() == (0, 7, 0, "")
