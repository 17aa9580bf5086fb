"""The checkout: fetched or brought, who buys, what is made to order; and the basket before it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from support.queries import counted

from shop.orders import actions, basket, securing
from shop.orders.letterhead import Letterhead
from shop.orders.making import actions as making
from shop.orders.making.models import BasketMaking
from shop.orders.models import Basket, BasketLine, Fulfilment, Order, OrderState, PayWay
from shop.orders.pickup import SHIPPED
from shop.payments.models import Payment
from tests.shop.orders.making import rig as made
from tests.shop.orders.rig import for_sale
from workshop.core import clock, db, money
from workshop.production import actions as production
from workshop.production.models import OrderStep
from workshop.products.models import Item, ItemState, ProductType, SizeClass
from workshop.services.models import DeliveryPrice, Postcode

FIELDS = {
    "navn": "Ane Eksempel",
    "mail": "ane@example.dk",
    "telefon": "20 00 00 00",
    "betingelser": "y",
    "betaling": PayWay.AT_PICKUP.value,
}
BROUGHT = {"levering": "delivery", "vej": "Skovvej 7", "postnr": "3230"}


@pytest.fixture
def area(client: FlaskClient) -> None:
    """Two towns we bring to; a large thing costs more."""
    with db.transaction() as session:
        session.add_all((Postcode(code="3200", town="Helsinge", zone=0), Postcode(code="3230", town="Græsted", zone=1)))
        session.add_all(
            DeliveryPrice(zone=zone, size_class=size, price_ore=(zone + 1) * 10_000 + place * 1_000)
            for zone in (0, 1)
            for place, size in enumerate(SizeClass)
        )


def fill(client: FlaskClient, *things: Item) -> None:
    for thing in things:
        client.post("/kurv", data={"nummer": thing.number, "antal": 1})


def wish(client: FlaskClient, *, own_length_cm: int | None = None) -> None:
    """Something to be made, through its own page."""
    with db.transaction() as session:
        kind = made.bench(session)
        sku = kind.sku.lower()
    page = client.get(f"/bestil/{sku}", follow_redirects=True).request.path
    length = {"valg-laengde": "eget", "maal": str(own_length_cm)} if own_length_cm else {"valg-laengde": "150"}
    assert client.post(page, data={**length, "valg-farve": "sort", "antal": "1"}).status_code == 303


def first_key(fulfilment: Fulfilment = Fulfilment.PICKUP) -> str:
    return SHIPPED.slots(clock.now(), fulfilment)[0].key


def offered_key(page: str) -> str:
    found = re.search(r'<option[^>]* value="(\d{4}-\d\d-\d\d-\d+)"', page)
    assert found is not None
    return found[1]


def total_of(page: str) -> str:
    found = re.search(r'name="total"[^>]* value="(\d+)"', page)
    assert found is not None
    return found[1]


def orders() -> list[Order]:
    with db.reading() as session:
        found = list(session.scalars(sa.select(Order).order_by(Order.id)))
        session.expunge_all()
        return found


def test_a_postcode_gives_its_price_and_what_was_typed_stays(client: FlaskClient, area: None) -> None:
    fill(client, *for_sale("Havebænk", price_ore=100_000))
    typed = {**FIELDS, **BROUGHT, "besked": "Ring på døren", "total": "100000", "navn": "Åse Ørsted"}
    answer = client.post("/kassen/opdater", data=typed)
    assert answer.status_code == 200
    page = answer.text.replace("\u00a0", " ")
    assert "Levering til 3230 Græsted koster" in page
    assert "1.210 kr." in page
    assert total_of(page) == "121000"
    for kept in ('value="Åse Ørsted"', 'value="Skovvej 7"', "Ring på døren</textarea>", 'value="20 00 00 00"'):
        assert kept in page
    assert offered_key(page) == first_key(Fulfilment.DELIVERY)
    assert orders() == []


def test_a_brought_order_keeps_place_price_and_total(client: FlaskClient, area: None) -> None:
    fill(client, *for_sale("Havebænk", price_ore=100_000))
    data = {**FIELDS, **BROUGHT, "tid": first_key(Fulfilment.DELIVERY), "total": "121000"}
    assert client.post("/kassen", data=data).status_code == 303
    (order,) = orders()
    assert (order.fulfilment, order.street, order.postcode, order.town) == (
        Fulfilment.DELIVERY,
        "Skovvej 7",
        "3230",
        "Græsted",
    )
    assert (order.delivery_ore, order.total_ore, order.vat_ore) == (21_000, 121_000, 24_200)


def test_the_largest_thing_decides_what_bringing_costs(client: FlaskClient, area: None) -> None:
    stool, bench = for_sale("Skammel", "Havebænk", price_ore=50_000)
    with db.transaction() as session:
        session.get_one(Item, bench.id).size_class = SizeClass.XL
    fill(client, stool, bench)
    assert total_of(client.post("/kassen/opdater", data=BROUGHT).text) == "123000"


@pytest.mark.parametrize(
    ("postcode", "says"),
    [("9000", "Vi leverer ikke til 9000. Vælg at hente"), ("32", "Skriv dit postnummer med 4 cifre."), ("", "4 cifre")],
)
def test_a_place_we_do_not_bring_to_is_told_at_once(client: FlaskClient, area: None, postcode: str, says: str) -> None:
    fill(client, *for_sale("Havebænk"))
    data = {**FIELDS, **BROUGHT, "postnr": postcode}
    page = client.post("/kassen/opdater", data=data).text
    assert says in page
    assert "Bestil med betalingspligt" not in page  # nothing to say yes to before there is a total
    assert "Opdater prisen" in page
    answer = client.post("/kassen", data={**data, "tid": first_key(Fulfilment.DELIVERY), "total": "115000"})
    assert (answer.status_code, orders()) == (422, [])
    assert says in answer.text


def test_the_price_that_was_not_shown_is_not_agreed_to(client: FlaskClient, area: None) -> None:
    """The postcode was changed after the price was shown."""
    fill(client, *for_sale("Havebænk", price_ore=100_000))
    data = {**FIELDS, **BROUGHT, "tid": first_key(Fulfilment.DELIVERY), "total": "111000"}
    answer = client.post("/kassen", data=data)
    assert (answer.status_code, orders()) == (409, [])
    assert "Se den nye pris" in answer.text
    assert client.post("/kassen", data={**data, "total": total_of(answer.text)}).status_code == 303


def test_a_time_to_fetch_is_no_time_to_bring(client: FlaskClient, area: None) -> None:
    fill(client, *for_sale("Havebænk"))
    data = {**FIELDS, **BROUGHT, "tid": first_key(), "total": "136000"}
    assert client.post("/kassen", data=data).status_code == 422
    assert orders() == []


def test_a_company_is_known_by_its_number(client: FlaskClient) -> None:
    fill(client, *for_sale("Havebænk"))
    data = {**FIELDS, "tid": first_key(), "total": "115000", "kunde": "company", "firma": "Eksempel ApS"}
    for wrong, says in (("", "8 cifre"), ("1015081", "8 cifre"), ("10150818", "passer ikke")):
        answer = client.post("/kassen", data={**data, "cvr": wrong})
        assert answer.status_code == 422
        assert says in answer.text
    assert client.post("/kassen", data={**data, "cvr": "DK 10 15 08 17", "ean": "stale"}).status_code == 303
    (order,) = orders()
    assert (order.customer_kind, order.company_name, order.cvr, order.gln) == (
        "company",
        "Eksempel ApS",
        "10150817",
        "",
    )


def test_an_authority_has_an_ean_number_and_a_reference(client: FlaskClient) -> None:
    fill(client, *for_sale("Havebænk"))
    data = {**FIELDS, "tid": first_key(), "total": "115000", "kunde": "public", "firma": "Skolen", "reference": "R 7"}
    assert "passer ikke" in client.post("/kassen", data={**data, "ean": "5798009811579"}).text
    assert "Skriv jeres reference" in client.post("/kassen", data={**data, "reference": " "}).text
    assert client.post("/kassen", data={**data, "ean": "5798 0098 1157 8"}).status_code == 303
    (order,) = orders()
    assert (order.customer_kind, order.gln, order.customer_reference) == ("public", "5798009811578", "R 7")


def test_a_private_customer_leaves_no_company_behind(client: FlaskClient) -> None:
    fill(client, *for_sale("Havebænk"))
    data = {**FIELDS, "tid": first_key(), "total": "115000", "firma": "Eksempel ApS", "cvr": "1", "vej": "Et sted"}
    assert client.post("/kassen", data=data).status_code == 303
    (order,) = orders()
    assert (order.company_name, order.cvr, order.street) == ("", "", "")


def test_what_is_made_to_order_is_paid_at_once_only_with_an_express_yes(client: FlaskClient) -> None:
    wish(client)
    page = client.get("/kassen").text
    assert 'name="forud" id="forud" value="y">' in page  # not ticked for anybody
    assert PayWay.CARD.value not in re.findall(r'name="betaling"[^>]* value="(\w+)"', page)
    data = {**FIELDS, "tid": offered_key(page), "total": total_of(page), "betaling": PayWay.PREPAID.value}
    answer = client.post("/kassen", data=data)
    assert (answer.status_code, orders()) == (422, [])
    assert "Sæt kryds ved, at beløbet trækkes nu" in answer.text
    assert client.post("/kassen", data={**data, "betaling": PayWay.CARD.value}).status_code == 422
    client.post("/kassen", data={**data, "forud": "y"})  # the practice Stripe is away here; the order stands
    (order,) = orders()
    assert (order.pay_way, order.has_agreed_prepayment, order.total_ore) == (PayWay.PREPAID, True, 204_500)
    with db.reading() as session:
        payment = session.scalars(sa.select(Payment)).one()
        assert (payment.is_captured_at_once, payment.amount_ore) == (True, 204_500)


def test_nothing_from_stock_is_ever_paid_before_it_is_fetched(client: FlaskClient) -> None:
    fill(client, *for_sale("Skammel", price_ore=20_000))
    data = {**FIELDS, "tid": first_key(), "total": "20000", "betaling": PayWay.PREPAID.value, "forud": "y"}
    assert client.post("/kassen", data=data).status_code == 422
    wish(client)
    page = client.get("/kassen").text
    assert re.findall(r'name="betaling"[^>]* value="(\w+)"', page) == [PayWay.AT_PICKUP.value]
    mixed = {**data, "tid": offered_key(page), "total": total_of(page)}
    for way in (PayWay.PREPAID, PayWay.CARD):
        assert client.post("/kassen", data={**mixed, "betaling": way.value}).status_code == 422
    assert orders() == []


def test_no_time_is_offered_before_it_can_be_made(client: FlaskClient) -> None:
    fill(client, *for_sale("Skammel", price_ore=20_000))
    early = first_key()
    wish(client)
    page = client.get("/kassen").text
    assert "Tiderne begynder der." in page
    assert offered_key(page) > early
    data = {**FIELDS, "tid": early, "total": total_of(page)}
    assert client.post("/kassen", data=data).status_code == 422
    assert client.post("/kassen", data={**data, "tid": offered_key(page)}).status_code == 303


def test_made_to_measure_is_said_before_it_is_ordered(client: FlaskClient) -> None:
    wish(client, own_length_cm=137)
    assert "Eget mål: uden fortrydelsesret" in client.get("/kurv").text
    page = client.get("/kassen").text
    assert "Uden fortrydelsesret" in page
    assert "så du kan ikke fortryde, når du har bestilt" in page
    fill(client, *for_sale("Skammel"))
    assert "Resten kan du som privat fortryde i 14 dage" in client.get("/kassen").text


def test_the_number_of_a_line_can_be_changed_as_far_as_there_are(client: FlaskClient) -> None:
    (boxes,) = for_sale("Fuglekasse", price_ore=9_900, pieces=5)
    fill(client, boxes)
    for asked, becomes in (("3", 3), ("20", 5), ("1", 1)):
        assert client.post("/kurv/antal", data={"nummer": boxes.number, "antal": asked}).status_code == 303
        with db.reading() as session:
            assert session.scalar(sa.select(BasketLine.quantity)) == becomes
    for wrong in ("-1", "x", "", "21"):
        assert client.post("/kurv/antal", data={"nummer": boxes.number, "antal": wrong}).status_code == 422
    client.post("/kurv/antal", data={"nummer": boxes.number, "antal": "0"})
    assert "Kurven er tom" in client.get("/kurv").text


def test_the_number_of_a_wish_is_its_own_baskets_alone(client: FlaskClient) -> None:
    wish(client)
    with db.reading() as session:
        wish_id = session.scalars(sa.select(BasketMaking.id)).one()
    stranger = client.application.test_client()
    stranger.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
    fill(stranger, *for_sale("Skammel"))
    for visitor, becomes in ((stranger, 1), (client, 2)):
        assert visitor.post("/kurv/antal", data={"bestilling": wish_id, "antal": "2"}).status_code == 303
        with db.reading() as session:
            assert session.scalar(sa.select(BasketMaking.quantity)) == becomes
    assert money.kr(2 * 204_500) in client.get("/kurv").text


def test_too_few_left_is_said_by_number(client: FlaskClient) -> None:
    (boxes,) = for_sale("Fuglekasse", price_ore=9_900, pieces=5)
    fill(client, boxes)
    client.post("/kurv/antal", data={"nummer": boxes.number, "antal": "4"})
    with db.transaction() as session:
        session.get_one(Item, boxes.id).quantity = 2
    assert "Der er kun 2 tilbage." in client.get("/kurv").text


def test_a_price_that_changed_since_the_basket_was_seen_is_told(client: FlaskClient) -> None:
    (bench,) = for_sale("Havebænk")
    fill(client, bench)
    address = re.search(r'href="(/kassen[^"]*)"', client.get("/kurv").text)
    assert address is not None
    assert "Prisen er ændret" not in client.get(address[1]).text
    with db.transaction() as session:
        session.get_one(Item, bench.id).price_ore = 99_500
    assert "Prisen er ændret, siden du så din kurv." in client.get(address[1]).text
    assert client.get("/kassen?set=%C3%B8").status_code == 200


def test_what_was_typed_comes_back_after_the_payment_page(client: FlaskClient, area: None) -> None:
    fill(client, *for_sale("Havebænk", price_ore=100_000))
    data = {**FIELDS, **BROUGHT, "tid": first_key(Fulfilment.DELIVERY), "total": "121000", "kunde": "company"}
    client.post("/kassen", data={**data, "betaling": PayWay.CARD.value, "firma": "Eksempel ApS", "cvr": "10150817"})
    page = client.get("/kassen").text
    for typed in ('value="Skovvej 7"', 'value="3230"', 'value="Eksempel ApS"', 'value="10150817"'):
        assert typed in page
    assert total_of(page) == "121000"


def test_baskets_nobody_has_used_for_a_month_are_forgotten_but_not_while_somebody_pays(client: FlaskClient) -> None:
    bench, table = for_sale("Havebænk", "Bord")
    fill(client, bench)
    data = {**FIELDS, "tid": first_key(), "total": "115000"}
    client.post("/kassen", data=data)
    idle = client.application.test_client()
    idle.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
    fill(idle, table)
    wish(idle)
    now = clock.now()
    assert basket.sweep_old(now + timedelta(days=29)) == 0
    assert basket.sweep_old(now + timedelta(days=31)) == 1
    with db.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Basket)) == 1
        assert session.scalar(sa.select(sa.func.count()).select_from(BasketMaking)) == 0
    assert "Kurven er tom" in idle.get("/kurv").text


def test_basket_and_checkout_ask_the_same_few_questions_however_much_lies_in_them(client: FlaskClient) -> None:
    fill(client, *for_sale("Havebænk"))
    wish(client)
    pages = ("/kurv", "/kassen")
    few = {}
    for path in pages:
        with counted() as sent:
            client.get(path)
        few[path] = len(sent)
    fill(client, *for_sale(*(f"Bænk {number}" for number in range(8))))
    for path in pages:
        with counted() as sent:
            client.get(path)
        assert len(sent) == few[path]


def test_a_thing_sold_meanwhile_leaves_the_rest_and_the_wishes(client: FlaskClient) -> None:
    (bench,) = for_sale("Havebænk")
    fill(client, bench)
    wish(client)
    with db.transaction() as session:
        session.execute(sa.update(Item).where(Item.id == bench.id).values(state=ItemState.SOLD, quantity=0))
    assert "Den er desværre lige blevet solgt." in client.get("/kurv").text
    page = client.get("/kassen").text
    assert total_of(page) == "204500"
    answer = client.post("/kassen", data={**FIELDS, "tid": offered_key(page), "total": "204500"})
    assert answer.status_code == 409
    assert f"nr. {bench.number}: Den er desværre lige blevet solgt." in answer.text
    again = {**FIELDS, "tid": offered_key(answer.text), "total": total_of(answer.text)}
    assert client.post("/kassen", data=again).status_code == 303


def test_a_card_is_not_offered_for_a_time_its_reservation_does_not_reach(client: FlaskClient) -> None:
    fill(client, *for_sale("Havebænk"))
    late = SHIPPED.slots(clock.now())[-1].key
    assert client.get("/kassen").text.count("<optgroup") == 2
    data = {**FIELDS, "tid": late, "total": "115000", "betaling": PayWay.CARD.value}
    answer = client.post("/kassen", data=data)
    assert (answer.status_code, orders()) == (422, [])
    assert "Banken reserverer kun beløbet i en uge." in answer.text
    assert client.post("/kassen", data={**data, "betaling": PayWay.AT_PICKUP.value}).status_code == 303


def test_a_basket_says_what_is_not_made_like_that_any_more(client: FlaskClient) -> None:
    wish(client)
    said = "Den laver vi ikke på den måde mere."
    assert said not in client.get("/kurv").text
    with db.transaction() as session:
        session.execute(sa.update(ProductType).values(is_made_to_order=False))
    page = client.get("/kurv").text
    assert said in page
    assert "Gå til kassen" not in page
    number = re.search(r'name="bestilling" value="(\d+)"', page)
    assert number is not None
    client.post("/kurv/fjern-bestilling", data={"bestilling": number[1]})
    assert "Kurven er tom" in client.get("/kurv").text


def test_who_has_something_cut_to_measure_calls_it_off_only_until_it_is_begun(client: FlaskClient) -> None:
    wish(client, own_length_cm=137)
    page = client.get("/kassen").text
    answer = client.post("/kassen", data={**FIELDS, "tid": offered_key(page), "total": total_of(page)})
    address, now = answer.headers["Location"], clock.now()
    head = Letterhead.of(client.application.extensions["settings"])
    with db.transaction() as session:
        order = actions.load(session, address.rsplit("/", 1)[1])
        securing.secure(session, order, now, head)
        making.start(session, order, now=now, by_staff_id=None)
    assert "Annullér ordren" in client.get(address).text
    with db.transaction() as session:
        first = session.scalars(sa.select(OrderStep.id).order_by(OrderStep.position)).first()
        assert first is not None
        production.finish_step(session, first, base_url=head.base_url, now=now)
    assert "så du kan ikke annullere her" in client.get(address).text
    assert client.get(f"{address}/annuller").status_code == 303
    assert client.post(f"{address}/annuller").status_code == 409
    assert [each.state for each in orders()] == [OrderState.SECURED]
