"""The page of a thing: its price with the help for it, what it is made of, where it comes from."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from support import factories, people
from support.queries import counted

from workshop.core import clock, db
from workshop.core.access import Role
from workshop.products import actions, queries
from workshop.products.models import Item

PAGE = "/personale/moebler"
NBSP = "\u00a0"


@pytest.fixture
def desk(client: FlaskClient) -> FlaskClient:
    with db.transaction() as session:
        email = factories.staff(session, name="Tove Ravnsbjerg").email
    people.sign_in_staff(client, email)
    return client


def stored(number: int) -> Item:
    with db.reading() as session:
        found = queries.item_by_number(session, number)
        assert found is not None
        return found


def add(**changes: object) -> int:
    with db.transaction() as session:
        return factories.item(session, **changes).number  # type: ignore[arg-type]  # passed on as they are


def propose(number: int, price_ore: int) -> None:
    with db.transaction() as session:
        found = queries.item_to_change(session, number)
        assert found is not None
        actions.propose_price(session, found, price_ore, now=clock.now())


def sell(*amounts: int) -> None:
    with db.transaction() as session:
        for amount in amounts:
            bench = factories.item(session, price_ore=amount)
            actions.hold(session, bench.id, 1)
            actions.sell_held(session, bench.id, 1, reference="x", now=clock.now() - timedelta(days=3))


def button(page: str, price: str) -> bool:
    return re.search(rf'<button[^>]* name="price" value="{price}{NBSP}kr."', page) is not None


def test_the_advice_stands_beside_the_price_and_one_press_uses_it(desk: FlaskClient, app: Flask) -> None:
    sell(85_000, 99_500, 115_000)
    number = add(price_ore=120_000)
    page = desk.get(f"{PAGE}/{number}").text
    assert f"Lignende bænke er solgt for 850–1.150{NBSP}kr. Forslag: 995{NBSP}kr." in page
    assert button(page, "995")
    assert desk.post(f"{PAGE}/{number}/pris", data={"price": f"995{NBSP}kr."}).status_code == 303
    assert stored(number).price_ore == 99_500
    assert not button(desk.get(f"{PAGE}/{number}").text, "995")


def test_what_the_tablet_proposed_fills_the_form_until_a_price_is_set(desk: FlaskClient, app: Flask) -> None:
    number = add(price_ore=None, is_for_sale=False)
    propose(number, 79_500)
    page = desk.get(f"{PAGE}/{number}").text
    assert f"Foreslået på tabletten: 795{NBSP}kr." in page
    assert re.search(r'<input[^>]* name="price"[^>]* value="795"', page)
    assert button(page, "795")
    assert desk.post(f"{PAGE}/{number}/pris", data={"price": "750"}).status_code == 303
    assert (stored(number).price_ore, stored(number).proposed_ore) == (75_000, None)
    assert "Foreslået på tabletten" not in desk.get(f"{PAGE}/{number}").text


def test_who_approves_past_a_proposal_is_told_which_price_counts(desk: FlaskClient, app: Flask) -> None:
    number = add(price_ore=50_000, is_for_sale=False)
    assert "er det den, der gælder" not in desk.get(f"{PAGE}/{number}").text
    propose(number, 79_500)
    assert (
        f"Prisen er stadig 500{NBSP}kr. Godkender du nu, er det den, der gælder." in desk.get(f"{PAGE}/{number}").text
    )
    desk.post(f"{PAGE}/{number}/godkend")
    page = desk.get(f"{PAGE}/{number}").text
    assert f"Nr. {number} er til salg for 500{NBSP}kr." in page
    assert f"På tabletten blev der foreslået 795{NBSP}kr." in page
    agreed = add(price_ore=50_000, is_for_sale=False)
    desk.post(f"{PAGE}/{agreed}/godkend")
    assert "På tabletten" not in desk.get(f"{PAGE}/{agreed}").text


def test_a_price_can_be_looked_at_before_it_is_set(desk: FlaskClient, app: Flask) -> None:
    number = add(price_ore=115_000, now=clock.now() - timedelta(days=40))
    page = desk.get(f"{PAGE}/{number}", query_string={"price": "995"}).text
    assert f"Så står der Førpris 1.150{NBSP}kr." in page
    assert 'value="995"' in page
    assert stored(number).price_ore == 115_000
    odd = desk.get(f"{PAGE}/{number}", query_string={"price": "dyr"})
    assert odd.status_code == 422
    assert "Skriv prisen med tal" in odd.text


def test_a_running_reduction_stands_on_the_tag_with_its_last_day(desk: FlaskClient, app: Flask) -> None:
    number = add(price_ore=115_000, now=clock.now() - timedelta(days=40))
    desk.post(f"{PAGE}/{number}/pris", data={"price": "995"})
    page = desk.get(f"{PAGE}/{number}").text
    assert f"Prisen er nu 995{NBSP}kr. Så står der Førpris 1.150{NBSP}kr. til og med" in page
    page = desk.get(f"{PAGE}/{number}").text
    assert f"Sat ned: Førpris 1.150{NBSP}kr. vises til og med" in page
    assert f'<span class="tag__before">Førpris 1.150{NBSP}kr.</span>' in page
    control = add(price_ore=99_500)
    assert "tag__before" not in desk.get(f"{PAGE}/{control}").text


def test_a_thing_without_a_name_still_has_a_page(desk: FlaskClient, app: Flask) -> None:
    with db.transaction() as session:
        number = (
            actions.add_items(
                session,
                product_type_id=None,
                title="",
                pieces=1,
                base_url=factories.BASE_URL,
                now=factories.NOW,
                may_be_nameless=True,
            )[0]
        ).number
    assert "<h1>Uden navn endnu</h1>" in desk.get(f"{PAGE}/{number}").text


def test_two_who_edit_the_words_at_once_both_see_both(desk: FlaskClient, app: Flask) -> None:
    number = add(title="Bænk")
    words = {
        "title": "Bænk i eg",
        "description": "",
        "measures": "",
        "place": "",
        "version": str(stored(number).version),
    }
    assert desk.post(f"{PAGE}/{number}/oplysninger", data=words).status_code == 303
    answer = desk.post(f"{PAGE}/{number}/oplysninger", data={**words, "title": "Bænk i bøg"})
    assert answer.status_code == 409
    assert "Bænk i eg" in answer.text
    assert 'value="Bænk i bøg"' in answer.text


def test_a_sold_thing_shows_its_price_and_no_forms_for_it(desk: FlaskClient, app: Flask) -> None:
    sell(99_500)
    with db.reading() as session:
        number = queries.desk_list(session, limit=1)[0].number
    page = desk.get(f"{PAGE}/{number}").text
    for gone in ("Gem prisen", "Gem oprindelsen", "prishjaelp"):
        assert gone not in page
        assert gone in desk.get(f"{PAGE}/{add()}").text


def test_who_may_only_read_gets_no_forms(client: FlaskClient, app: Flask) -> None:
    number = add()
    with db.transaction() as session:
        email = factories.staff(session, roles=[Role.CONSULTANT]).email
    people.sign_in_staff(client, email)
    page = client.get(f"{PAGE}/{number}").text
    for form in ("Gem prisen", "Gem oprindelsen", "Skriv det på", "Gem teksten"):
        assert form not in page
    assert "Prisen" in page


def test_the_page_asks_as_much_of_the_database_however_many_things_are_compared(desk: FlaskClient, app: Flask) -> None:
    number = add()
    desk.get(f"{PAGE}/{number}")
    with counted() as few:
        desk.get(f"{PAGE}/{number}")
    sell(*[90_000] * 8)
    with counted() as many:
        desk.get(f"{PAGE}/{number}")
    assert len(many) <= len(few)
