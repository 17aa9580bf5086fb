"""The shop's public pages, the basket and the checkout."""

from __future__ import annotations

import json
import re

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from support import factories
from support.queries import counted

from shop.orders.models import Order, PayWay
from shop.orders.pickup import SHIPPED
from tests.shop.orders.rig import for_sale, item
from workshop.core import clock, db
from workshop.core.access import Role
from workshop.products import actions as products
from workshop.products.models import Item

FIELDS = {"navn": "Ane Eksempel", "mail": "ane@example.dk", "telefon": "20 00 00 00", "betingelser": "y", "besked": ""}


def address(thing: Item) -> str:
    return f"/vare/{thing.number}"


def fill(client: FlaskClient, *things: Item) -> None:
    for thing in things:
        client.post("/kurv", data={"nummer": thing.number, "antal": 1})


def fields(total: int, **changes: str) -> dict[str, str]:
    first = SHIPPED.slots(clock.now())[0].key
    return {**FIELDS, "tid": first, "betaling": PayWay.AT_PICKUP.value, "total": str(total), **changes}


def sell(thing: Item) -> None:
    with db.transaction() as session:
        assert products.hold(session, thing.id, 1)
        products.sell_held(session, thing.id, 1, reference="2026-0001", now=clock.now())


@pytest.mark.parametrize("page", ["om", "levering", "betingelser", "persondata", "tilgaengelighed"])
def test_every_link_of_the_footer_leads_somewhere(client: FlaskClient, page: str) -> None:
    front = client.get("/").text
    assert f'href="/{page}"' in front
    assert client.get(f"/{page}").status_code == 200


def test_front_and_shelf_show_what_is_for_sale_and_set_no_cookie(client: FlaskClient) -> None:
    for_sale("Havebænk i lærk")
    for path in ("/", "/butik/havemobler"):
        answer = client.get(path)
        assert "Havebænk i lærk" in answer.text
        assert "Kun 1 af denne" in answer.text
        assert "Set-Cookie" not in answer.headers
        again = client.get(path, headers={"If-None-Match": answer.headers["ETag"]})
        assert again.status_code == 304


def test_a_batch_never_says_only_one(client: FlaskClient) -> None:
    (boxes,) = for_sale("Fuglekasse", pieces=5)
    assert "Kun 1" not in client.get(address(boxes), follow_redirects=True).text


def test_a_shelf_is_narrowed_by_kind_and_price(client: FlaskClient) -> None:
    with db.transaction() as session:
        factories.item(session, title="Bænken", price_ore=115_000, category="havebænke")
        factories.item(session, title="Skamlen", price_ore=19_500, category="stole")
    assert "Skamlen" not in client.get("/butik/havemobler?slags=havebænke").text
    cheap = client.get("/butik/havemobler?under=500").text
    assert "Skamlen" in cheap
    assert "Bænken" not in cheap
    for wrong in ("/butik/findesikke", "/butik/havemobler?slags=x", "/butik/havemobler?side=0"):
        assert client.get(wrong).status_code == 404


def test_a_thing_has_one_address_and_states_its_facts(client: FlaskClient) -> None:
    (bench,) = for_sale("Havebænk i lærk", price_ore=115_050)
    answer = client.get(f"/vare/{bench.number}-noget-andet")
    assert answer.status_code == 301
    assert answer.location == f"/vare/{bench.number}-havebaenk-i-laerk"
    page = client.get(answer.location)
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page.text)
    assert found is not None
    offer = json.loads(found[1])["offers"]
    assert (offer["price"], offer["availability"]) == ("1150.50", "https://schema.org/InStock")
    assert '"merchantReturnDays": 14' in page.text
    assert "Læg i kurv" in page.text


def test_a_title_cannot_break_out_of_the_facts(client: FlaskClient) -> None:
    (bench,) = for_sale("</script><script>alert(1)</script>")
    page = client.get(address(bench), follow_redirects=True).text
    assert "<script>alert" not in page


def test_a_sold_thing_keeps_its_page_and_leaves_the_shelf(client: FlaskClient) -> None:
    bench, other = for_sale("Havebænk", "Gyngebænk")
    with db.transaction() as session:
        session.execute(sa.text("update item set category = 'havebænke'"))
    sell(bench)
    page = client.get(address(bench), follow_redirects=True).text
    assert "Solgt" in page
    assert "SoldOut" in page
    assert "Gyngebænk" in page
    assert "Læg i kurv" not in page
    assert f"/vare/{bench.number}-" not in client.get("/butik/havemobler").text
    assert other.number != bench.number


@pytest.mark.parametrize("path", ["/vare/9999", "/vare/abc", "/vare/1e5", "/vare/99999999999999"])
def test_what_is_not_there_is_a_friendly_404(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert "Siden er her ikke" in answer.text


def test_what_is_not_approved_is_not_there_for_the_public_but_staff_get_to_it(client: FlaskClient) -> None:
    with db.transaction() as session:
        made = factories.item(session, is_for_sale=False)
        number, token = made.number, made.qr_token
        email = factories.staff(session, roles=[Role.WORKSHOP]).email
    assert client.get(f"/vare/{number}").status_code == 404
    assert client.get(f"/q/{token}").status_code == 404
    client.post("/personale/log-ind", data={"email": email, "password": factories.PASSWORD})
    if "products.item" in client.application.view_functions:
        assert client.get(f"/q/{token}").location == f"/personale/moebler/{number}"


def test_a_labels_code_leads_to_the_thing_in_either_case(client: FlaskClient) -> None:
    (bench,) = for_sale("Havebænk")
    for path in (f"/q/{bench.qr_token}", f"/Q/{bench.qr_token.upper()}"):
        answer = client.get(path, follow_redirects=True)
        assert answer.request.path == f"/vare/{bench.number}-havebaenk"
    assert client.get(f"/q/{bench.qr_token}").headers["Cache-Control"] == "no-store"


def test_the_basket_keeps_and_lets_go(client: FlaskClient) -> None:
    (bench,) = for_sale("Havebænk")
    answer = client.post("/kurv", data={"nummer": bench.number, "antal": 1})
    assert answer.status_code == 303
    assert "HttpOnly" in answer.headers["Set-Cookie"]
    assert "Havebænk" in client.get("/kurv").text
    fill(client, bench)
    assert "1.150" in client.get("/kurv").text
    client.post("/kurv/fjern", data={"nummer": bench.number})
    assert "Kurven er tom" in client.get("/kurv").text
    assert item(bench.id).held == 0


def test_a_sold_thing_cannot_be_put_in_the_basket(client: FlaskClient) -> None:
    (bench,) = for_sale("Havebænk")
    sell(bench)
    answer = client.post("/kurv", data={"nummer": bench.number})
    assert answer.status_code == 409
    assert f"Havebænk, nr. {bench.number}: Den er desværre lige blevet solgt." in answer.text
    assert client.post("/kurv", data={"nummer": "x"}).status_code == 404


def test_the_buttons_say_the_duty_to_pay(client: FlaskClient) -> None:
    (bench,) = for_sale("Havebænk", price_ore=144_500)
    fill(client, bench)
    page = client.get("/kassen").text.replace("\u00a0", " ")
    assert "Køb og betal 1.445 kr." in page
    assert "Bestil med betalingspligt" in page
    assert 'name="betingelser" id="betingelser" value="y">' in page  # nothing is ticked beforehand


def test_a_wrong_form_comes_back_with_what_was_typed(client: FlaskClient) -> None:
    (bench,) = for_sale("Havebænk")
    fill(client, bench)
    answer = client.post("/kassen", data=fields(115_000, telefon="20 00 00 0", mail="ane@", betingelser=""))
    assert answer.status_code == 422
    assert "Ret 3 ting, så er du klar" in answer.text
    assert "Nummeret mangler et ciffer. Skriv 8 cifre." in answer.text
    assert 'value="20 00 00 0"' in answer.text
    assert "<title>Fejl: Kassen" in answer.text
    assert item(bench.id).held == 0


@pytest.mark.parametrize(
    "changes", [{"tid": "2020-01-01-9"}, {"betaling": "gratis"}, {"navn": " "}, {"telefon": "abc"}, {"tid": ""}]
)
def test_no_order_comes_of_a_form_that_does_not_hold(client: FlaskClient, changes: dict[str, str]) -> None:
    (bench,) = for_sale("Havebænk")
    fill(client, bench)
    assert client.post("/kassen", data=fields(115_000, **changes)).status_code == 422
    with db.reading() as session:
        assert session.scalar(sa.select(sa.func.count(Order.id))) == 0


def test_pay_at_pickup_leads_to_the_order_which_waits_for_the_link(client: FlaskClient) -> None:
    (bench,) = for_sale("Havebænk")
    fill(client, bench)
    answer = client.post("/kassen", data=fields(115_000))
    assert answer.status_code == 303
    page = client.get(answer.location)
    assert "Tryk på linket i mailen" in page.text
    assert item(bench.id).held == 1


def test_the_piece_somebody_else_got_is_named_and_the_rest_is_kept(client: FlaskClient) -> None:
    bench, table = for_sale("Havebænk", "Bord", price_ore=100_000)
    fill(client, bench, table)
    sell(bench)
    answer = client.post("/kassen", data=fields(200_000))
    assert answer.status_code == 409
    assert f"Havebænk, nr. {bench.number}: Den er desværre lige blevet solgt." in answer.text
    assert 'value="100000"' in answer.text
    assert 'value="Ane Eksempel"' in answer.text
    assert f'href="/vare/{bench.number}-havebaenk"' in answer.text
    assert client.post("/kassen", data=fields(100_000)).status_code == 303


def test_who_got_nothing_is_shown_the_way_to_what_is_like_it(client: FlaskClient) -> None:
    (bench,) = for_sale("Havebænk")
    fill(client, bench)
    sell(bench)
    answer = client.post("/kassen", data=fields(115_000))
    assert answer.status_code == 409
    assert f'<a href="/vare/{bench.number}-havebaenk">Se Havebænk, og det, der ligner</a>' in answer.text
    assert client.post("/kurv", data={"nummer": str(bench.number)}).text.count("og det, der ligner") == 1


def test_while_stripe_is_away_nothing_is_lost(client: FlaskClient) -> None:
    (bench,) = for_sale("Havebænk")
    fill(client, bench)
    answer = client.post("/kassen", data=fields(115_000, betaling=PayWay.CARD.value))
    assert answer.status_code == 409
    assert "Intet er trukket" in answer.text
    assert 'value="Ane Eksempel"' in answer.text


def test_a_form_from_another_site_buys_nothing(client: FlaskClient) -> None:
    (bench,) = for_sale("Havebænk")
    answer = client.post("/kurv", data={"nummer": bench.number}, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403


def test_the_payment_page_may_be_where_our_form_ends(client: FlaskClient) -> None:
    policy = client.get("/").headers["Content-Security-Policy"]
    assert "form-action 'self' http://127.0.0.1:9" in policy


def test_pages_ask_the_same_few_questions_however_much_there_is(client: FlaskClient) -> None:
    (bench,) = for_sale("Havebænk")
    fill(client, bench)
    pages = {"/": 5, "/butik/havemobler": 5, f"/vare/{bench.number}-havebaenk": 4}
    for path in pages:
        client.get(path)  # from now on the hours and what can be made are known
    for_sale("En til")
    few = {}
    for path in pages:
        with counted() as sent:
            client.get(path)
        few[path] = len(sent)
    for_sale(*(f"Bænk {number}" for number in range(20)))
    for path, most in pages.items():
        with counted() as sent:
            client.get(path)
        assert len(sent) == few[path] <= most


def test_an_unknown_code_and_a_thing_not_for_sale_are_answered_alike(client: FlaskClient) -> None:
    with db.transaction() as session:
        hidden = factories.item(session, is_for_sale=False).qr_token
    unknown = client.get("/q/ABCDEFGHIJ")
    assert unknown.status_code == 404
    assert "Mærket viser ikke til noget lige nu" in unknown.text
    assert client.get(f"/q/{hidden}").text == unknown.text
    assert client.get("/q/" + "A" * 30).text == unknown.text


def test_who_comes_back_from_the_payment_page_types_nothing_twice(client: FlaskClient) -> None:
    (bench,) = for_sale("Havebænk")
    fill(client, bench)
    assert "Betalingen er ikke gennemført endnu" not in client.get("/kassen").text
    client.post("/kassen", data=fields(115_000, betaling=PayWay.CARD.value, besked="Hej"))
    page = client.get("/kassen").text
    assert "Betalingen er ikke gennemført endnu. Intet er trukket. Vi holder det til dig til kl." in page
    for typed in ('value="Ane Eksempel"', 'value="ane@example.dk"', 'value="20 00 00 00"', "Hej</textarea>"):
        assert typed in page
    assert 'name="betingelser" id="betingelser" value="y">' in page  # nothing is ticked for anybody
    other = client.application.test_client()
    other.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
    (table,) = for_sale("Bord")
    fill(other, table)
    assert "Ane Eksempel" not in other.get("/kassen").text


def test_a_piece_somebody_is_paying_for_is_not_called_sold(client: FlaskClient) -> None:
    bench, table = for_sale("Havebænk", "Bord")
    fill(client, bench, table)
    with db.transaction() as session:
        products.hold(session, bench.id, 1)
    page = client.get("/kurv").text
    assert "En anden er lige ved at købe den." in page
    assert "solgt." not in page
    sell(table)
    assert "Den er desværre lige blevet solgt." in client.get("/kurv").text
