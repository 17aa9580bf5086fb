"""The kitchen: heads somebody counted, a menu, a sheet scaled to them, and a shopping list that counts once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from decimal import Decimal
from threading import Barrier

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from support import factories, people
from support.queries import counted

from workshop.core import clock, crypto, db
from workshop.core.access import Role
from workshop.core.errors import NotHere, Refusal
from workshop.production.buying import actions as buying
from workshop.production.buying.actions import Wanted
from workshop.production.canteen import actions, queries
from workshop.production.canteen.actions import DayPlan
from workshop.production.canteen.ingredients import parse
from workshop.production.canteen.models import Dish, Meal, MealDay
from workshop.production.canteen.queries import Heads
from workshop.production.models import PurchaseFor, PurchaseLine, PurchaseState

PAGE = "/personale/produktion/koekken"
MONDAY = date(2026, 11, 23)


def dish(session: Session, name: str = "Suppe", takes: str = "200 g kartofler\n0,5 æg", note: str = "") -> Dish:
    return actions.add_dish(session, name=name, note=note, takes=parse(takes))


def planned(session: Session, on: date, lunch: int, *dishes: Dish, version: int = 0, at: int = 0) -> MealDay:
    chosen = {Meal.LUNCH: [each.id for each in dishes]}
    where = at or factories.department(session).id
    return actions.plan_day(session, where, on, DayPlan(Heads(0, lunch, 0), chosen), version=version)


def lacking(session: Session, first: date = MONDAY, last: date = MONDAY) -> dict[str, Decimal]:
    return {each.text: each.lacks for each in queries.shopping(session, first, last)}


def test_the_sheet_of_a_day_is_scaled_to_the_heads(session: Session) -> None:
    planned(session, MONDAY, 15, dish(session, note="Med æg."))
    (lunch,) = queries.sheet(session, factories.department(session).id, MONDAY)
    assert (lunch.meal, lunch.heads) == (Meal.LUNCH, 15)
    (soup,) = lunch.dishes
    assert (soup.name, soup.note) == ("Suppe", "Med æg.")
    assert [(each.text, each.quantity, each.unit) for each in soup.takes] == [
        ("kartofler", Decimal(3), "kg"),
        ("æg", Decimal("7.5"), "stk."),
    ]


def test_the_numbers_of_last_week_are_suggested_until_somebody_counts(session: Session) -> None:
    at = factories.department(session).id
    planned(session, MONDAY, 12)
    later = MONDAY + timedelta(days=7)
    assert queries.suggested(session, at, later) == Heads(0, 12, 0)
    week = queries.week(session, at, later)
    assert (week[0].heads, week[0].suggested, week[1].suggested) == (None, Heads(0, 12, 0), None)
    planned(session, later, 9)
    assert queries.week(session, at, later)[0].heads == Heads(0, 9, 0)
    assert queries.week(session, at, later)[0].suggested is None


def test_of_two_who_plan_a_day_the_second_is_told(session: Session) -> None:
    soup, porridge = dish(session), dish(session, "Grød", "60 g gryn")
    row = planned(session, MONDAY, 12, soup)
    planned(session, MONDAY, 13, porridge, version=row.version)
    for seen in (0, 1):
        with pytest.raises(actions.EditedMeanwhile):
            planned(session, MONDAY, 99, soup, version=seen)
    at = factories.department(session).id
    assert queries.dishes_of(session, at, MONDAY)[Meal.LUNCH] == [porridge.id]
    assert queries.heads_of(row) == Heads(0, 13, 0)


@pytest.mark.parametrize("many", [-1, 501])
def test_a_number_nobody_means_is_refused(session: Session, many: int) -> None:
    with pytest.raises(Refusal, match="mellem 0 og 500"):
        planned(session, MONDAY, many)


def test_a_dish_that_is_gone_is_not_served(session: Session) -> None:
    plan = DayPlan(Heads(0, 1, 0), {Meal.LUNCH: [99]})
    with pytest.raises(NotHere):
        actions.plan_day(session, factories.department(session).id, MONDAY, plan, version=0)


def test_a_week_is_filled_as_the_last_one_but_what_is_planned_stands(session: Session) -> None:
    soup, gone = dish(session), dish(session, "Aspik", "")
    at = factories.department(session).id
    for ahead in range(3):
        planned(session, MONDAY + timedelta(days=ahead), 10 + ahead, soup, gone)
    actions.edit_dish(session, gone, name="Aspik", note="", takes=[], is_used=False, version=1)
    later = MONDAY + timedelta(days=7)
    planned(session, later, 3)
    closed = [later + timedelta(days=2)]
    assert [actions.repeat_last_week(session, at, later, closed) for _tap in range(2)] == [1, 0]
    week = queries.week(session, at, later)
    assert [each.heads and each.heads.lunch for each in week] == [3, 11, None, None, None]
    assert week[1].dishes[Meal.LUNCH] == ["Suppe"], "what is not made any more does not come again"


def test_two_dishes_cannot_have_one_name(session: Session) -> None:
    soup, other = dish(session), dish(session, "Grød")
    with pytest.raises(Refusal, match="hedder Suppe"):
        dish(session)
    with pytest.raises(Refusal, match="hedder Suppe"):
        actions.edit_dish(session, other, name="Suppe", note="", takes=[], is_used=True, version=1)
    assert (soup.name, other.name) == ("Suppe", "Grød")


def test_of_two_who_edit_a_dish_the_second_is_told(session: Session) -> None:
    soup = dish(session)
    actions.edit_dish(session, soup, name="Suppe", note="Uden mælk", takes=parse("1 l vand"), is_used=True, version=1)
    with pytest.raises(actions.EditedMeanwhile):
        actions.edit_dish(session, soup, name="Suppe", note="", takes=[], is_used=True, version=1)
    assert [each.text for each in queries.ingredients_of(session, soup.id)] == ["vand"]


def test_the_menu_less_the_list_is_what_has_to_be_bought(session: Session, now: datetime) -> None:
    soup = dish(session)
    planned(session, MONDAY, 10, soup)
    planned(session, MONDAY + timedelta(days=1), 5, soup)
    assert lacking(session) == {"kartofler": Decimal(2), "æg": Decimal(5)}
    assert lacking(session, MONDAY, MONDAY + timedelta(days=1)) == {"kartofler": Decimal(3), "æg": Decimal(8)}
    for text, unit, for_what in (("Kartofler", "g", PurchaseFor.CANTEEN), ("kartofler", "kg", PurchaseFor.WORKSHOP)):
        wanted = Wanted(None, text, Decimal(500), unit=unit)
        buying.want(session, wanted, once=crypto.new_public_id(), now=now, by_staff_id=None, for_what=for_what)
    assert lacking(session) == {"kartofler": Decimal("1.5"), "æg": Decimal(5)}, "the workshop's potatoes are not ours"


def test_every_kitchen_of_the_house_is_bought_for_together(session: Session) -> None:
    soup = dish(session)
    other = factories.department(session, key="metal", name="Metal").id
    planned(session, MONDAY, 10, soup)
    planned(session, MONDAY, 5, soup, at=other)
    assert lacking(session)["kartofler"] == 3


def test_one_press_puts_it_on_the_list_once(session: Session, now: datetime) -> None:
    planned(session, MONDAY, 10, dish(session))
    keys = {"kartofler|kg", "no|such"}
    press = {"first": MONDAY, "last": MONDAY, "now": now, "by_staff_id": None}
    assert [actions.put_on_list(session, keys, **press) for _tap in range(2)] == [1, 0]  # type: ignore[arg-type]
    line = session.scalars(sa.select(PurchaseLine)).one()
    assert (line.text, line.quantity, line.unit, line.for_what) == ("kartofler", 2, "kg", PurchaseFor.CANTEEN)
    assert lacking(session) == {"kartofler": Decimal(0), "æg": Decimal(5)}
    buying.drop(session, line, now=now)
    assert lacking(session)["kartofler"] == 2, "what is not bought after all is lacking again"


@pytest.mark.parametrize("is_guarded", [True, False])
def test_two_presses_at_once_write_once(app: Flask, now: datetime, is_guarded: bool) -> None:
    """The control reads the list before the gate, as a rule without one would, and writes twice."""
    with db.transaction() as session:
        planned(session, MONDAY, 10, dish(session, takes="200 g kartofler"))
    together = Barrier(4)

    def press(_number: int) -> int:
        if not is_guarded:
            with db.reading() as reading:
                found = queries.shopping(reading, MONDAY, MONDAY)
            together.wait()
            with db.transaction() as session:
                for each in found:
                    line = PurchaseLine(text=each.text, quantity=each.lacks, for_what=PurchaseFor.CANTEEN)
                    line.unit, line.created_at, line.state = each.unit, now, PurchaseState.WANTED
                    session.add(line)
            return len(found)
        together.wait()
        with db.transaction() as session:
            keys = {"kartofler|kg"}
            return actions.put_on_list(session, keys, MONDAY, MONDAY, now=now, by_staff_id=None)

    with ThreadPoolExecutor(4) as pool:
        written = sum(pool.map(press, range(4)))
    assert written == (1 if is_guarded else 4)


def test_two_who_plan_the_same_day_at_once_lose_nothing_unseen(app: Flask) -> None:
    with db.transaction() as session:
        at = factories.department(session).id
    together = Barrier(4)

    def press(number: int) -> bool:
        together.wait()
        try:
            with db.transaction() as session:
                planned(session, MONDAY, number + 1, at=at)
        except actions.EditedMeanwhile:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        won = list(pool.map(press, range(4)))
    assert sum(won) == 1
    with db.reading() as session:
        assert session.scalars(sa.select(MealDay)).one().lunch_count == won.index(True) + 1


@pytest.fixture
def desk(app: Flask) -> FlaskClient:
    with db.transaction() as session:
        email = factories.staff(session).email
    return people.at_desk(app, email)


def dish_id() -> int:
    with db.reading() as session:
        return session.scalars(sa.select(Dish.id).order_by(Dish.id.desc())).first() or 0


def test_staff_write_a_dish_plan_a_day_and_shop_for_it(desk: FlaskClient) -> None:
    today = clock.local_day(clock.now())
    assert desk.get(PAGE).status_code == 303
    recipe = {"name": "Suppe", "takes": "200 g kartofler\n0,5 æg", "note": "Med æg.", "is_used": "y"}
    assert desk.post(f"{PAGE}/retter/ny", data=recipe).status_code == 303
    assert desk.post(f"{PAGE}/retter/ny", data=recipe).status_code == 422
    day = f"{PAGE}/trae/dag/{today}"
    data = {"version": "0", "lunch": "15", "lunch_dishes": [str(dish_id()), ""], "note": "To gæster"}
    assert desk.post(day, data=data).status_code == 303
    again = desk.post(day, data={**data, "lunch": "99"})
    assert again.status_code == 409
    assert all(words in again.text for words in ("En anden har rettet dagen", "15: Suppe", 'value="99"'))
    sheet = desk.get(f"{PAGE}/trae/ark/{today}").text
    assert all(words in sheet for words in ("til 15", "3\xa0kg", "8\xa0stk.", "Med æg.", "To gæster"))
    shop = f"{PAGE}/indkoeb?first={today}&last={today}"
    assert "2 ting skal købes" in desk.get(shop).text
    chosen = {"first": today.isoformat(), "last": today.isoformat(), "things": ["kartofler|kg"]}
    assert [desk.post(f"{PAGE}/indkoeb", data=chosen).status_code for _tap in range(2)] == [303, 303]
    assert "1 ting skal købes" in desk.get(shop).text
    assert "kartofler" in desk.get("/personale/produktion/indkoeb?til=canteen").text


@pytest.mark.parametrize(
    ("path", "data", "sentence"),
    [
        ("retter/ny", {"name": "", "takes": "1 kg mel"}, "Giv retten et navn."),
        ("retter/ny", {"name": "Grød", "takes": "gryn"}, "Skriv linjen “gryn”"),
        ("trae/dag/2026-11-24", {"version": "0", "lunch": "501"}, "mellem 0 og 500"),
        ("trae/dag/2026-11-24", {"version": "0", "lunch": "mange"}, "Ret én ting"),
        ("trae/dag/2026-11-24", {"version": "0", "lunch_dishes": ["99"]}, "Ret én ting"),
        ("indkoeb", {"first": "2026-11-24", "last": "2026-11-20"}, "Vælg en dag efter den første"),
        ("indkoeb", {"first": "", "last": ""}, "Ret 2 ting"),
    ],
)
def test_what_cannot_be_is_said(desk: FlaskClient, path: str, data: dict[str, object], sentence: str) -> None:
    answer = desk.post(f"{PAGE}/{path}", data=data)
    assert answer.status_code == 422
    assert sentence in answer.text


@pytest.mark.parametrize(
    "path",
    ["metal/2026-48", "trae/2025-53", "trae/dag/i-dag", "trae/ark/2026-02-30", "retter/99", "metal/dag/2026-11-24"],
)
def test_what_is_not_there_is_not_found(desk: FlaskClient, path: str) -> None:
    with db.transaction() as session:
        factories.department(session, key="metal", name="Metal")
    assert desk.get(f"{PAGE}/{path}").status_code == 404


def test_who_may_only_read_changes_nothing(app: Flask, desk: FlaskClient) -> None:
    with db.transaction() as session:
        planned(session, clock.local_day(clock.now()), 12, dish(session))
        email = factories.staff(session, roles=[Role.MANAGER]).email
    looking = people.at_desk(app, email)
    page = looking.get(PAGE, follow_redirects=True)
    assert page.status_code == 200
    assert "Planlæg" not in page.text
    assert looking.get(f"{PAGE}/retter").status_code == 200
    assert looking.get(f"{PAGE}/indkoeb").status_code == 200
    assert looking.post(f"{PAGE}/indkoeb").status_code == 403


def test_many_dishes_are_asked_for_as_few(desk: FlaskClient) -> None:
    asked = []
    for many in (2, 12):
        with db.transaction() as session:
            dishes = [dish(session, f"Ret {many} {number}") for number in range(many)]
            for ahead in range(5):
                planned(session, MONDAY + timedelta(days=ahead + 7 * many), 10, *dishes[:8])
        first = MONDAY + timedelta(days=7 * many)
        week = first.isocalendar().week
        sent = []
        for path in (
            f"trae/{first.year}-{week}"
            if first.isocalendar().year == first.year
            else f"trae/{first.isocalendar().year}-{week}",
            f"trae/ark/{first}",
            f"trae/dag/{first}",
            "retter",
            f"indkoeb?first={first}&last={first + timedelta(days=4)}",
        ):
            assert desk.get(f"{PAGE}/{path}").status_code == 200
            with counted() as statements:
                desk.get(f"{PAGE}/{path}")
            sent.append(len(statements))
        asked.append(sent)
    assert asked[0] == asked[1]
