"""The kinds of tasks and goods at the desk: written, changed by two at once, retired, and not deleted while in use."""

from __future__ import annotations

import io
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from support import factories, people, photos
from support.queries import counted

from workshop.core import db
from workshop.core.access import Role
from workshop.production import queries as orders
from workshop.production.models import Demand, OrderStep, RouteStep, TaskStep, TaskType
from workshop.production.types import options, queries
from workshop.production.types.models import PermitKind, TaskTypePermit
from workshop.products import catalogue
from workshop.products.models import ProductType
from workshop.products.photos import serving

TASKS, GOODS = "/personale/produktion/opgavetyper", "/personale/produktion/varetyper"


@pytest.fixture
def desk(client: FlaskClient) -> FlaskClient:
    with db.transaction() as session:
        email = factories.staff(session, roles=[Role.WORKSHOP], departments=[factories.department(session)]).email
        factories.task_type(session, key="gf_sand", name="Slibe")
        factories.task_type(session, key="gf_paint", name="Male")
        session.add(Demand(key="noise", name="Larm", plain_text="Der er larm."))
    people.sign_in_staff(client, email)
    return client


def task(**changed: Any) -> dict[str, Any]:
    return {
        "name": "Save træ", "kind": "garden_furniture", "plain_text": "Du saver.", "steps": "Mål op.\nSav.\n\nFej op.",
        "tools": "kapsav\nmålebånd", "gear": "høreværn", "quality_ok": "Snittet er lige.", "typical_minutes": "45",
        "demands": ["noise"], "new_permit": "Må bruge kap- og rundsav", "is_used": "y", "version": "1",
    } | changed  # fmt: skip


def good(**changed: Any) -> dict[str, Any]:
    return {
        "sku": "HB-09", "name": "Rund bænk", "category": "havebænke", "price_ore": "2.495", "size_class": "L",
        "length_cm": "150", "options": "længde: 120, 150, 180 +300\nfarve: rå, sort +150,", "is_made_to_order": "y",
        "typical_work_minutes": "240", "nr-0": "20", "trin-0": "gf_paint", "nr-1": "10", "trin-1": "gf_sand",
        "is_used": "y", "version": "1",
    } | changed  # fmt: skip


def test_a_kind_of_task_is_written_with_all_that_hangs_on_it(desk: FlaskClient) -> None:
    answer = desk.post(f"{TASKS}/ny", data=task())
    assert answer.status_code == 303
    with db.reading() as session:
        found = session.scalars(sa.select(TaskType).where(TaskType.name == "Save træ")).one()
        assert (found.tools, found.protective_gear) == (["kapsav", "målebånd"], ["høreværn"])
        parts = queries.task_parts(session, found.id)
        assert (parts.steps, parts.demand_keys) == (("Mål op.", "Sav.", "Fej op."), ("noise",))
        assert queries.permits_of(session, [found.id]) == {found.id: ["Må bruge kap- og rundsav"]}
    page = desk.get(answer.location).text
    assert all(each in page for each in ("Mål op.", "målebånd", "høreværn", "Må bruge kap- og rundsav"))


def test_two_who_change_the_same_task_see_both(desk: FlaskClient) -> None:
    key = desk.post(f"{TASKS}/ny", data=task()).location.rsplit("/", 1)[1]
    assert desk.post(f"{TASKS}/{key}", data=task(quality_ok="Højst 2 mm ved siden af.")).status_code == 303
    late = desk.post(f"{TASKS}/{key}", data=task(quality_ok="Snittet er glat."))
    assert late.status_code == 409
    assert "Højst 2 mm ved siden af." in late.text
    assert "Snittet er glat." in late.text
    assert 'name="version" type="hidden" value="2"' in late.text
    assert desk.post(f"{TASKS}/{key}", data=task(quality_ok="Snittet er glat.", version="2")).status_code == 303


def test_a_retired_task_is_not_offered_but_stands_where_it_is_used(desk: FlaskClient) -> None:
    with db.transaction() as session:
        kind = session.scalars(sa.select(TaskType).where(TaskType.key == "gf_sand")).one()
        made = factories.product_type(session, route=[kind])
        order = factories.production_order(session, kind=made).public_id
    answer = desk.post(f"{TASKS}/gf_sand", data=task(name="Slibe", is_used=""))
    assert answer.status_code == 303
    with db.reading() as session:
        assert "gf_sand" not in [each.key for each in orders.task_types(session)]
        assert session.scalar(sa.select(sa.func.count()).select_from(RouteStep)) == 1
    assert "Slibe" in desk.get(f"/personale/produktion/{order}").text
    assert "Bruges ikke mere" in desk.get(TASKS).text


@pytest.mark.parametrize("what", ["task", "good"])
def test_what_is_in_use_is_not_deleted_and_loses_nothing(desk: FlaskClient, what: str) -> None:
    with db.transaction() as session:
        kind = session.scalars(sa.select(TaskType).where(TaskType.key == "gf_sand")).one()
        session.add(TaskStep(task_type_id=kind.id, position=1, text="Slib."))
        made = factories.product_type(session, sku="HB-77", route=[kind])
        factories.production_order(session, kind=made, steps=1)
    path = f"{TASKS}/gf_sand" if what == "task" else f"{GOODS}/HB-77"
    answer = desk.post(f"{path}/slet")
    assert answer.status_code == 409
    assert "er i brug og kan ikke slettes" in answer.text
    with db.reading() as session:
        assert session.scalar(sa.select(sa.func.count(TaskStep.id))) == 1
        assert session.scalar(sa.select(sa.func.count()).select_from(RouteStep)) >= 1
        assert session.scalar(sa.select(sa.func.count(OrderStep.id))) == 1


def test_what_nothing_knows_is_deleted_with_its_parts(desk: FlaskClient) -> None:
    key = desk.post(f"{TASKS}/ny", data=task()).location.rsplit("/", 1)[1]
    assert desk.post(f"{TASKS}/{key}/slet").status_code == 303
    desk.post(f"{GOODS}/ny", data=good())
    assert desk.post(f"{GOODS}/HB-09/slet").status_code == 303
    with db.reading() as session:
        left = [session.scalar(sa.select(sa.func.count()).select_from(each)) for each in (TaskStep, TaskTypePermit)]
        assert left == [0, 0]
        assert session.scalar(sa.select(sa.func.count(ProductType.id))) == 0
        assert session.scalar(sa.select(sa.func.count(PermitKind.id))) == 1, "a permit is somebody's"


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"name": ""}, "Skriv et navn."),
        ({"name": "Slibe"}, "Der er allerede en, der hedder"),
        ({"typical_minutes": "0"}, "mellem 1 og 600"),
        ({"steps": "\n".join("x" for _line in range(31))}, "højst 30 linjer"),
        ({"steps": "x" * 301}, "højst 300 tegn på hver linje"),
    ],
)
def test_a_bad_task_comes_back_with_what_was_typed(desk: FlaskClient, changed: dict[str, str], sentence: str) -> None:
    answer = desk.post(f"{TASKS}/ny", data=task(**changed))
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "målebånd" in answer.text


def test_a_kind_of_goods_has_options_with_additions_and_a_route_in_its_order(desk: FlaskClient) -> None:
    assert desk.post(f"{GOODS}/ny", data=good()).status_code == 303
    with db.reading() as session:
        kind = session.scalars(sa.select(ProductType)).one()
        assert kind.options == {
            "længde": [["120", 0], ["150", 0], ["180", 30_000]],
            "farve": [["rå", 0], ["sort", 15_000]],
        }
        assert (kind.price_ore, kind.is_made_to_order, kind.is_unique, kind.version) == (249_500, True, False, 1)
        assert queries.route_of(session, kind.id) == ["gf_sand", "gf_paint"]
    page = desk.get(f"{GOODS}/HB-09").text
    assert "længde: 120, 150, 180 +300" in page


def test_two_who_change_the_same_goods_see_both_and_untouched_grams_stay(desk: FlaskClient) -> None:
    desk.post(f"{GOODS}/ny", data=good())
    with db.transaction() as session:
        session.scalars(sa.select(ProductType)).one().weight_g = 28_400
    assert desk.post(f"{GOODS}/HB-09", data=good(price_ore="2.595", weight_kg="28")).status_code == 303
    late = desk.post(f"{GOODS}/HB-09", data=good(price_ore="2.395", weight_kg="28"))
    assert late.status_code == 409
    assert "2.595" in late.text
    assert 'value="2.395"' in late.text
    with db.reading() as session:
        assert session.scalars(sa.select(ProductType.weight_g)).one() == 28_400


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"options": "længde 120"}, "et kolon og mulighederne"),
        ({"options": "farve: rå, rå"}, "den samme mulighed to gange"),
        ({"options": "farve: sort + meget"}, "i hele kroner"),
        ({"price_ore": "gratis"}, "Skriv prisen med tal"),
        ({"sku": "hb 9"}, "store bogstaver"),
        ({"category": "biler"}, "Hylde i butikken"),
        ({"trin-0": "a\x00b", "name": ""}, "Skriv et navn."),
    ],
)
def test_bad_goods_come_back_with_what_was_typed(desk: FlaskClient, changed: dict[str, str], sentence: str) -> None:
    answer = desk.post(f"{GOODS}/ny", data=good(**changed))
    assert answer.status_code == 422
    assert sentence in answer.text
    assert changed.get("name", "Rund bænk") in answer.text


def test_the_shop_hears_of_every_change_of_a_kind_of_goods(desk: FlaskClient) -> None:
    def mark() -> str:
        with db.reading() as session:
            return catalogue.marks(session).house

    marks = [mark()]
    for path, data in (
        (f"{GOODS}/ny", good()),
        (f"{GOODS}/HB-09", good(name="Ottekantet bænk")),
        (f"{GOODS}/HB-09/slet", {}),
    ):
        assert desk.post(path, data=data).status_code == 303
        marks.append(mark())
    assert len(set(marks)) == 4


@pytest.mark.parametrize("page", ["/personale/produktion/ny", "/personale/moebler/ny/katalog"])
def test_a_retired_kind_is_not_offered_for_anything_new(desk: FlaskClient, page: str) -> None:
    desk.post(f"{GOODS}/ny", data=good())
    assert "HB-09" in desk.get(page).text
    desk.post(f"{GOODS}/HB-09", data=good(is_used=""))
    assert "HB-09" not in desk.get(page).text


def test_one_entry_leads_to_all_types_and_their_own_row_tells_them_apart(desk: FlaskClient) -> None:
    for page in (GOODS, TASKS, "/personale/produktion/skaerelister"):
        assert desk.get(page).text.count('class="chip" href') > 3
        assert desk.get(page).text.count('aria-current="page"') >= 2
    assert "Opgavetyper" not in desk.get("/personale/produktion").text


def test_the_picture_of_a_task_is_kept_shown_replaced_and_removed(desk: FlaskClient, app: Flask) -> None:
    for _turn in range(2):
        sent = {"photo": (photos.jpeg(), "p.jpg"), "alt_text": "Hænder ved saven"}
        assert desk.post(f"{TASKS}/gf_sand/billede", data=sent).status_code == 303
    with db.reading() as session:
        (name,) = queries.picture_names(session)
    page = desk.get(f"{TASKS}/gf_sand").text
    assert f"{name}-800.jpg" in page
    assert "Hænder ved saven" in page
    assert desk.get(f"{TASKS}/billede/{name}-800.jpg").status_code == 200
    assert desk.post(f"{TASKS}/gf_sand/billede/fjern").status_code == 303
    assert desk.get(f"{TASKS}/billede/{name}-800.jpg").status_code == 404
    with app.app_context():
        assert list(serving.store().files()) == []
    not_one = {"photo": (io.BytesIO(b"no photo"), "p.jpg")}
    assert desk.post(f"{TASKS}/gf_sand/billede", data=not_one).status_code == 422


def test_the_lists_ask_the_same_few_questions_for_any_number(desk: FlaskClient) -> None:
    def asked() -> list[int]:
        found = []
        for path in (TASKS, GOODS):
            with counted() as questions:
                assert desk.get(path).status_code == 200
            found.append(len(questions))
        return found

    before = asked()
    with db.transaction() as session:
        for number in range(12):
            kind = factories.task_type(session, name=f"Opgave {number}")
            factories.product_type(session, name=f"Vare {number}", route=[kind])
    assert asked() == before


@pytest.mark.once
def test_options_are_read_back_as_they_are_written() -> None:
    written = {"længde": [["120", 0], ["180", 30_050]], "farve": [["rå", 0], ["sort", 15_000]]}
    assert options.parse(options.text(written)) == written
