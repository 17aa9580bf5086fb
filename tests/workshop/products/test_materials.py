"""Materials: what things are made of, what it costs to buy, and what went into one thing."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from support import factories, people

from workshop.core import db
from workshop.core.access import Role
from workshop.core.errors import Refusal
from workshop.production.models import MaterialStock
from workshop.products.materials import actions, queries
from workshop.products.models import ItemMaterial, Material, Origin, ProductMaterial

PAGE = "/personale/moebler/materialer"
TYPED = {"name": "Lærkebræt, 28 x 120 mm", "unit": "m", "cost": "32", "origin": "bought"}


@pytest.fixture
def desk(client: FlaskClient) -> FlaskClient:
    with db.transaction() as session:
        email = factories.staff(session, name="Tove Ravnsbjerg").email
    people.sign_in_staff(client, email)
    return client


def larch(session: Session) -> Material:
    return actions.add_material(session, name="Lærkebræt", unit="m", unit_cost_ore=3_200, origin=Origin.BOUGHT)


@pytest.fixture
def bench(app: Flask) -> int:
    """The number of a bench, while there is larch on the shelf."""
    with db.transaction() as session:
        larch(session)
        return factories.item(session, title="Havebænk", kind=factories.product_type(session)).number


def stored(key: str) -> Material:
    with db.reading() as session:
        found = queries.material_by_key(session, key)
        assert found is not None
        return found


def lines() -> list[tuple[Decimal, int]]:
    with db.reading() as session:
        rows = session.execute(sa.select(ItemMaterial.quantity, ItemMaterial.unit_cost_ore))
        return [(quantity, cost) for quantity, cost in rows]


def mark_on(page: str) -> str:
    found = re.search(r'name="seen" type="hidden" value="(\w+)"', page)
    assert found is not None
    return found[1]


def test_a_material_is_added_found_and_changed(desk: FlaskClient) -> None:
    assert desk.post(f"{PAGE}/nyt", data=TYPED).status_code == 303
    assert desk.post(f"{PAGE}/nyt", data={**TYPED, "name": "Skrue", "cost": "0,45"}).status_code == 303
    found = desk.get(PAGE, query_string={"soeg": "laerke 28"}).text
    assert "32\u00a0kr. pr. m" in found
    assert "Skrue</a>" not in found
    assert "Ingen materialer passer til det" in desk.get(PAGE, query_string={"soeg": "guld"}).text
    page = desk.get(f"{PAGE}/laerkebraet_28_x_120_mm").text
    data = {**TYPED, "name": "Lærk, bred", "cost": "36,50", "seen": mark_on(page)}
    assert desk.post(f"{PAGE}/laerkebraet_28_x_120_mm", data=data).status_code == 303
    material = stored("laerkebraet_28_x_120_mm")  # another name, the same key
    assert (material.name, material.unit_cost_ore) == ("Lærk, bred", 3_650)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"name": ""}, "Giv materialet et navn."),
        ({"name": "x" * 201}, "Skriv højst 200 tegn."),
        ({"unit": ""}, "Skriv enheden"),
        ({"cost": ""}, "Er det gratis, så skriv 0."),
        ({"cost": "-4"}, "En pris kan ikke være under 0 kr."),
        ({"origin": "stjålet"}, ""),
    ],
)
def test_a_wrong_material_comes_back_as_it_was_typed(desk: FlaskClient, typed: dict[str, str], sentence: str) -> None:
    answer = desk.post(f"{PAGE}/nyt", data={**TYPED, **typed})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "<title>Fejl:" in answer.text
    assert f'value="{typed.get("cost", "32")}"' in answer.text
    with db.reading() as session:
        assert queries.materials(session) == []


def test_two_materials_cannot_have_one_name_and_never_one_key(desk: FlaskClient) -> None:
    for name in ("Lærk", "Lærk!", "Nyt"):
        assert desk.post(f"{PAGE}/nyt", data={**TYPED, "name": name}).status_code == 303
    assert stored("laerk").name == "Lærk"
    assert stored("laerk_2").name == "Lærk!"
    assert stored("nyt_2").name == "Nyt"  # its page is not the form for a new one
    answer = desk.post(f"{PAGE}/nyt", data={**TYPED, "name": "Lærk"})
    assert answer.status_code == 422
    assert "Der er allerede et materiale med det navn." in answer.text


def test_two_who_change_it_at_once_both_see_both(desk: FlaskClient, bench: int) -> None:
    seen = mark_on(desk.get(f"{PAGE}/laerkebraet").text)
    first = {**TYPED, "name": "Lærkebræt", "cost": "40", "seen": seen}
    assert desk.post(f"{PAGE}/laerkebraet", data=first).status_code == 303
    answer = desk.post(f"{PAGE}/laerkebraet", data={**first, "cost": "50"})
    assert answer.status_code == 409
    assert "En anden har gemt dette imens" in answer.text
    assert "40\u00a0kr." in answer.text
    assert 'value="50"' in answer.text
    assert stored("laerkebraet").unit_cost_ore == 4_000
    assert (
        desk.post(f"{PAGE}/laerkebraet", data={**first, "cost": "50", "seen": mark_on(answer.text)}).status_code == 303
    )
    assert stored("laerkebraet").unit_cost_ore == 5_000


def test_saving_what_already_stands_is_no_conflict(desk: FlaskClient, bench: int) -> None:
    data = {"name": "Lærkebræt", "unit": "m", "cost": "32", "origin": "bought", "seen": "old"}
    assert desk.post(f"{PAGE}/laerkebraet", data=data).status_code == 303


def test_the_unit_stands_where_amounts_are_written_in_it(session: Session) -> None:
    wood, spare = (
        larch(session),
        actions.add_material(session, name="Reb", unit="m", unit_cost_ore=0, origin=Origin.RECLAIMED),
    )
    session.add(MaterialStock(material_id=wood.id, quantity=Decimal(60)))
    session.flush()
    same = {"name": "Lærkebræt", "unit_cost_ore": 3_300, "origin": Origin.BOUGHT}
    with pytest.raises(Refusal, match="mængder i m, så enheden kan ikke ændres"):
        actions.edit_material(session, wood, seen=actions.mark_of(wood), unit="stk", **same)
    actions.edit_material(session, wood, seen=actions.mark_of(wood), unit="m", **same)
    actions.edit_material(
        session, spare, seen=actions.mark_of(spare), name="Reb", unit="rulle", unit_cost_ore=0, origin=Origin.RECLAIMED
    )
    session.expire_all()
    assert (wood.unit, wood.unit_cost_ore, spare.unit) == ("m", 3_300, "rulle")


def test_the_page_says_beside_the_unit_why_it_stands(desk: FlaskClient, bench: int) -> None:
    desk.post(f"/personale/moebler/{bench}/materialer", data={"material": "laerkebraet", "quantity": "2"})
    seen = actions.mark_of(stored("laerkebraet"))
    data = {"name": "Lærkebræt", "unit": "stk", "cost": "32", "origin": "bought", "seen": seen}
    answer = desk.post(f"{PAGE}/laerkebraet", data=data)
    assert answer.status_code == 422
    assert re.search(r'id="unit-error".*enheden kan ikke ændres', answer.text)
    assert 'value="stk"' in answer.text
    assert stored("laerkebraet").unit == "m"


def test_a_material_in_use_stays(session: Session) -> None:
    wood, spare = (
        larch(session),
        actions.add_material(session, name="Reb", unit="m", unit_cost_ore=0, origin=Origin.RECLAIMED),
    )
    kind = factories.product_type(session)
    session.add(ProductMaterial(product_type_id=kind.id, material_id=wood.id, quantity=Decimal(2)))
    session.flush()
    with pytest.raises(Refusal, match="1 sted, så det kan ikke fjernes"):
        actions.remove_material(session, wood)
    actions.put_in(session, factories.item(session), wood, Decimal(1))
    with pytest.raises(Refusal, match="2 steder"):
        actions.remove_material(session, wood)
    actions.remove_material(session, spare)
    assert [row.name for row in queries.materials(session)] == ["Lærkebræt"]


def test_the_page_removes_only_what_nothing_is_made_of(desk: FlaskClient, bench: int) -> None:
    desk.post(f"/personale/moebler/{bench}/materialer", data={"material": "laerkebraet", "quantity": "2"})
    assert desk.post(f"{PAGE}/laerkebraet/fjern").status_code == 409
    assert "Fjern materialet" not in desk.get(f"{PAGE}/laerkebraet").text
    desk.post(f"/personale/moebler/{bench}/materialer/laerkebraet/fjern")
    assert "Fjern materialet" in desk.get(f"{PAGE}/laerkebraet").text
    assert desk.post(f"{PAGE}/laerkebraet/fjern").status_code == 303
    assert desk.get(f"{PAGE}/laerkebraet").status_code == 404


def test_what_went_into_a_thing_keeps_what_it_cost_then(desk: FlaskClient, bench: int) -> None:
    item = f"/personale/moebler/{bench}"
    assert desk.post(f"{item}/materialer", data={"material": "laerkebraet", "quantity": "5,3"}).status_code == 303
    page = desk.get(item).text
    assert "5,3 m" in page
    assert "212\u00a0kr. i alt" in page  # 5,3 m at 32 kr., and 25 % VAT
    assert "Materialer 212\u00a0kr." in page
    data = {**TYPED, "name": "Lærkebræt", "cost": "99", "seen": mark_on(desk.get(f"{PAGE}/laerkebraet").text)}
    desk.post(f"{PAGE}/laerkebraet", data=data)
    assert "212\u00a0kr. i alt" in desk.get(item).text
    desk.post(f"{item}/materialer", data={"material": "laerkebraet", "quantity": "2"})  # again: it replaces
    assert lines() == [(Decimal(2), 9_900)]
    assert desk.post(f"{item}/materialer/laerkebraet/fjern").status_code == 303
    assert lines() == []
    assert desk.post(f"{item}/materialer/laerkebraet/fjern").status_code == 404


@pytest.mark.parametrize(
    ("material", "quantity", "sentence"),
    [
        ("", "2", "Vælg et materiale."),
        ("guld", "2", ""),
        ("laerkebraet", "", "Skriv, hvor meget der er brugt."),
        ("laerkebraet", "0", "Skriv, hvor meget der er brugt."),
        ("laerkebraet", "0,0001", "Skriv, hvor meget der er brugt."),
        ("laerkebraet", "-1", "Skriv mængden med tal"),
        ("laerkebraet", "meget", "Skriv mængden med tal"),
        ("laerkebraet", "1,2,3", "Skriv mængden med tal"),
        ("laerkebraet", "NaN", "Skriv mængden med tal"),
        ("laerkebraet", "²", "Skriv mængden med tal"),
        ("laerkebraet", "10001", "Skriv højst 10.000."),
        ("laerkebraet", "9" * 400, "Skriv mængden med tal"),
    ],
)
def test_an_odd_amount_comes_back_with_a_sentence(
    desk: FlaskClient, bench: int, material: str, quantity: str, sentence: str
) -> None:
    answer = desk.post(f"/personale/moebler/{bench}/materialer", data={"material": material, "quantity": quantity})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert f'value="{quantity}"' in answer.text
    assert "<title>Fejl:" in answer.text
    assert lines() == []


def test_the_page_says_what_usually_goes_into_it(desk: FlaskClient, bench: int) -> None:
    assert "Intet er skrevet på endnu." in desk.get(f"/personale/moebler/{bench}").text
    with db.transaction() as session:
        kind = factories.product_type(session)
        wood = queries.material_by_key(session, "laerkebraet")
        assert wood is not None
        session.add(ProductMaterial(product_type_id=kind.id, material_id=wood.id, quantity=Decimal(10)))
        other = factories.item(session, kind=kind).number
    assert "det, der plejer at gå til: 400\u00a0kr." in desk.get(f"/personale/moebler/{other}").text


def test_a_material_that_is_not_there_is_not_there(desk: FlaskClient, bench: int) -> None:
    for key in ("guld", "a%00b", "%f0%9f"):
        assert desk.get(f"{PAGE}/{key}").status_code == 404
        assert desk.post(f"{PAGE}/{key}", data=TYPED).status_code == 404
        assert desk.post(f"{PAGE}/{key}/fjern").status_code == 404
        assert desk.post(f"/personale/moebler/{bench}/materialer/{key}/fjern").status_code == 404


def test_a_consultant_may_read_them_and_change_none(client: FlaskClient, bench: int) -> None:
    with db.transaction() as session:
        email = factories.staff(session, roles=[Role.CONSULTANT]).email
    people.sign_in_staff(client, email)
    assert client.get(PAGE).status_code == 200
    assert "Nyt materiale" not in client.get(PAGE).text
    assert client.get(f"{PAGE}/laerkebraet").status_code == 403
    assert client.post(f"{PAGE}/laerkebraet/fjern").status_code == 403
    data = {"material": "laerkebraet", "quantity": "2"}
    assert client.post(f"/personale/moebler/{bench}/materialer", data=data).status_code == 403
    assert lines() == []
