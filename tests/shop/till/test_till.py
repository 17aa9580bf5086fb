"""Sale at the door: the same stock, one price, once; a web order in the way is ended first, or wins."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from support import factories, people

from shop.orders import actions as orders
from shop.orders.making.models import LineItem
from shop.orders.models import OrderLine
from shop.orders.placing import PriceChanged
from shop.till import actions, basket
from shop.till.basket import Counter
from shop.till.models import TillSale
from tests.shop.orders.desk.scene import secured, thing_of
from tests.shop.orders.making import rig as making
from workshop.core import clock, db
from workshop.core.access import Role
from workshop.core.config import Identity
from workshop.core.errors import Refusal
from workshop.core.mail import OutboxMail
from workshop.core.money import PayMeans
from workshop.products import actions as products
from workshop.products.codes import actions as codes
from workshop.products.models import Item, ItemState, StockMovement

NOW = factories.NOW
PAGE = "/personale/salg"
ONCE = "x" * 22


def seller(session: Session) -> int:
    return factories.staff(session, name="Sanne Lund", roles=[Role.SALES]).account_id


def sell(session: Session, counter: Counter, **changes: object) -> TillSale:
    values: dict[str, object] = {
        "once": ONCE,
        "means": PayMeans.CASH,
        "agreed_ore": 115_000,
        "receipt_email": "",
        "seller": Identity(),
        "now": NOW,
        "by_staff_id": seller(session),
    }
    return actions.sell(session, counter, **{**values, **changes})  # type: ignore[arg-type]


@pytest.fixture
def bench(session: Session) -> Item:
    return factories.item(session, price_ore=115_000)


def of(item: Item, quantity: int = 1) -> Counter:
    return Counter().with_thing(item.number, quantity)


def test_a_sale_takes_the_thing_out_of_the_door(session: Session, bench: Item) -> None:
    sale = sell(session, of(bench))
    session.refresh(bench)
    assert (bench.state, bench.quantity, bench.held) == (ItemState.HANDED_OVER, 0, 0)
    assert (sale.total_ore, sale.vat_ore) == (115_000, 23_000)
    assert session.scalar(sa.select(sa.func.sum(StockMovement.change)).where(StockMovement.item_id == bench.id)) == 0


def test_the_same_form_twice_is_one_sale(session: Session, bench: Item) -> None:
    by = seller(session)
    assert sell(session, of(bench), by_staff_id=by) is sell(session, of(bench), by_staff_id=by)


def test_a_sold_thing_is_not_sold_again(session: Session, bench: Item) -> None:
    by = seller(session)
    sell(session, of(bench), by_staff_id=by)
    with pytest.raises(Refusal, match="solgt allerede"):
        sell(session, of(bench), once="y" * 22, by_staff_id=by)


def test_another_price_than_the_one_seen_is_asked_about(session: Session, bench: Item) -> None:
    with pytest.raises(PriceChanged):
        sell(session, of(bench), agreed_ore=100)


@pytest.mark.parametrize("state", [ItemState.MADE, ItemState.WITHDRAWN])
def test_what_is_not_for_sale_says_why(session: Session, state: ItemState) -> None:
    item = factories.item(session, price_ore=5_000)
    item.state = state
    session.flush()
    with pytest.raises(Refusal, match=r"godkend|taget ud"):
        sell(session, of(item), agreed_ore=5_000)


def test_a_line_without_a_number_is_sold_beside_it(session: Session, bench: Item) -> None:
    sale = sell(session, of(bench).with_typed("Kaffe", 1_000), agreed_ore=116_000)
    assert [line.title for line in sale.lines][1] == "Kaffe"
    assert sale.total_ore == 116_000


def test_what_somebody_is_paying_for_is_not_sold_without_asking(session: Session, bench: Item) -> None:
    products.hold(session, bench.id, 1)
    with pytest.raises(Refusal):
        sell(session, of(bench))


def test_a_sale_is_taken_back_once_and_only_the_same_day(session: Session, bench: Item) -> None:
    by = seller(session)
    sale = sell(session, of(bench), by_staff_id=by)
    with pytest.raises(Refusal, match="samme dag"):
        actions.undo(session, sale.public_id, seller=Identity(), now=NOW + timedelta(days=1), by_staff_id=by)
    for _again in range(2):
        actions.undo(session, sale.public_id, seller=Identity(), now=NOW, by_staff_id=by)
    session.refresh(bench)
    assert (bench.state, bench.quantity) == (ItemState.FOR_SALE, 1)
    assert session.scalars(sa.select(OutboxMail)).all() == []


def test_who_was_mailed_a_receipt_hears_once_that_it_holds_no_more(session: Session, bench: Item) -> None:
    by = seller(session)
    sale = sell(session, of(bench), by_staff_id=by, receipt_email="kunde@example.dk")
    for _again in range(2):
        actions.undo(session, sale.public_id, seller=Identity(), now=NOW, by_staff_id=by)
    _receipt, mail = session.scalars(sa.select(OutboxMail).order_by(OutboxMail.id))
    assert mail.recipient == "kunde@example.dk"
    assert sale.number in mail.subject
    assert "1.150" in mail.body


def test_the_receipt_goes_by_mail_and_names_no_person_of_ours(session: Session, bench: Item) -> None:
    sell(session, of(bench), receipt_email="kunde@example.dk")
    mail = session.scalars(sa.select(OutboxMail)).one()
    assert "1.150" in mail.body
    assert "Heraf moms" in mail.body
    assert "Sanne" not in mail.body


def test_a_sale_of_an_earlier_day_is_taken_back_once_and_only_what_was_chosen_is_for_sale(session: Session) -> None:
    by, chosen, other = (
        seller(session),
        factories.item(session, price_ore=5_000),
        factories.item(session, price_ore=100),
    )
    sale = sell(
        session, of(chosen).with_thing(other.number).with_typed("Kaffe", 1_000), agreed_ore=6_100, by_staff_id=by
    )
    first = next(line.position for line in sale.lines if line.item_id == chosen.id)
    later = NOW + timedelta(days=9)
    for moment in (later, later + timedelta(days=1)):
        about = {"seller": Identity(), "now": moment, "by_staff_id": by}
        actions.take_back(session, sale.public_id, on_sale={first}, **about)
    for item in (chosen, other):
        session.refresh(item)
    assert (chosen.state, chosen.quantity) == (ItemState.FOR_SALE, 1)
    assert (other.state, other.quantity) == (ItemState.WITHDRAWN, 1), "it stands aside until somebody has looked"
    assert sale.undone_at == later


@pytest.mark.once
@pytest.mark.parametrize(
    ("things", "typed"),
    [
        (
            ["0", "-1", "1e3", "٣", "1042x0", "9" * 30],
            ["~5", "Kaffe~0", "Kaffe~-5", "Kaffe~٣", "x" * 200 + "~5", "Kaffe"],
        )
    ],
)
def test_what_cannot_be_read_lies_on_no_counter(things: list[str], typed: list[str]) -> None:
    found = basket.read(things, typed)
    assert found.things == (basket.Thing(1042, 1),)
    assert found.typed == ()


@pytest.fixture
def desk(client: FlaskClient) -> FlaskClient:
    with db.transaction() as session:
        email = factories.staff(session, name="Sanne Lund", roles=[Role.SALES]).email
    people.sign_in_staff(client, email)
    return client


def number_of(price_ore: int = 115_000) -> int:
    with db.transaction() as session:
        return factories.item(session, price_ore=price_ore).number


def form(number: int, **changes: str) -> dict[str, str]:
    return {"nr": str(number), "once": ONCE, "total": "115000", "means": "cash"} | changes


def test_scan_sell_receipt(desk: FlaskClient) -> None:
    number = number_of()
    there = desk.get(f"{PAGE}?find={number}")
    assert there.status_code == 303
    assert f"nr={number}" in there.location
    assert "Solgt for 1.150" in desk.get(there.location).text.replace("\u00a0", " ")
    sold = desk.post(PAGE, data=form(number))
    assert sold.status_code == 303
    assert "Kvittering S2" in desk.get(sold.location).text
    assert "S20" in desk.get(f"{PAGE}/dagen").text
    assert desk.post(f"{sold.location}/fortryd").status_code == 303
    assert "Salget er fortrudt kl." in desk.get(sold.location).text


def test_a_sale_of_yesterday_is_taken_back_from_its_receipt(desk: FlaskClient) -> None:
    sold = desk.post(PAGE, data=form(number_of()))
    with db.transaction() as session:  # a day may have 25 hours
        session.execute(sa.update(TillSale).values(sold_at=clock.now() - timedelta(hours=25)))
    page = desk.get(sold.location).text
    assert "Tag salget tilbage" in page
    assert "Fortryd salget" not in page
    told = desk.post(f"{sold.location}/fortryd", data={"lager": ["1", "x", "99"]}, follow_redirects=True).text
    assert "Husk at give pengene tilbage: 1.150" in told
    assert "Salget er taget tilbage" in told
    assert "Tag salget tilbage" not in told
    with db.reading() as session:
        assert session.scalars(sa.select(Item.state)).all() == [ItemState.FOR_SALE]


@pytest.mark.parametrize(
    ("changes", "status", "sentence"),
    [
        ({"means": ""}, 422, "Vælg, hvordan der er betalt"),
        ({"means": "invoice"}, 422, "Vælg, hvordan der er betalt"),
        ({"email": "ikke en mail"}, 422, "ser ikke rigtig ud"),
        ({"total": "1"}, 409, "Prisen er ændret"),
        ({"nr": "99999999"}, 409, "findes ikke"),
        ({"once": "kort"}, 422, "På disken"),
    ],
)
def test_odd_input_sells_nothing(desk: FlaskClient, changes: dict[str, str], status: int, sentence: str) -> None:
    number = number_of()
    answer = desk.post(PAGE, data=form(number, **changes))
    assert answer.status_code == status
    assert sentence in answer.text
    with db.reading() as session:
        assert session.scalar(sa.select(sa.func.count(TillSale.id))) == 0


def test_a_line_is_put_and_taken(desk: FlaskClient) -> None:
    assert desk.get(f"{PAGE}/linje?text=Kaffe&price=gratis").status_code == 422
    there = desk.get(f"{PAGE}/linje?text=Kaffe&price=10").location
    assert "10 kr." in desk.get(there).text.replace("\u00a0", " ")
    assert "linje" not in desk.get(f"{PAGE}/vaek?linje=Kaffe~1000&skrevet=0").location


def test_an_unknown_number_keeps_the_counter(desk: FlaskClient) -> None:
    number = number_of()
    answer = desk.get(f"{PAGE}?nr={number}&find=424242")
    assert answer.status_code == 422
    assert "Det nummer findes ikke" in answer.text
    assert f'value="{number}"' in answer.text
    with db.transaction() as session:
        blank = codes.reserve(session, 1, base_url=factories.BASE_URL, now=NOW, by_staff_id=None)[0].number
    assert "sidder ikke på nogen vare endnu" in desk.get(f"{PAGE}?nr={number}&find={blank}").text


def test_what_cannot_be_sold_says_so_before_the_money_is_taken(desk: FlaskClient) -> None:
    with db.transaction() as session:
        item = factories.item(session, price_ore=5_000)
        item.state = ItemState.MADE
        number, other = item.number, factories.item(session, price_ore=5_000).number
    page = desk.get(f"{PAGE}?nr={number}").text
    assert "ikke godkendt til salg endnu" in page
    assert "Solgt for" not in page
    assert "Solgt for" in desk.get(f"{PAGE}?nr={other}").text
    assert "Der er kun 1 tilbage" in desk.get(f"{PAGE}?nr={other}x2").text


def test_what_waits_for_its_customer_leads_to_the_order_it_is_handed_over_on(desk: FlaskClient) -> None:
    now = clock.now()
    order_id = secured(now)
    thing = thing_of(order_id)
    link = f"/personale/ordrer/{order_id}#udlever"
    assert link in desk.get(f"{PAGE}?nr={thing.number}").text
    with db.transaction() as session:
        orders.hand_over(session, order_id, means=PayMeans.CASH, now=now, by_staff_id=None)
    page = desk.get(f"{PAGE}?nr={thing.number}").text
    assert "er solgt allerede" in page
    assert link not in page


def test_what_was_sold_at_the_door_leads_to_the_receipt_it_is_taken_back_on(desk: FlaskClient) -> None:
    number = number_of()
    receipt = desk.post(PAGE, data=form(number)).location
    page = desk.get(f"{PAGE}?nr={number}").text
    assert "er solgt allerede" in page
    assert f'href="{receipt}"' in page
    desk.post(f"{receipt}/fortryd")
    assert f'href="{receipt}"' not in desk.get(f"{PAGE}?nr={number}").text


def test_a_thing_that_was_made_for_somebody_leads_to_their_order(desk: FlaskClient) -> None:
    with db.transaction() as session:
        bought = making.bought(session, making.bench(session), number="2026-0900")
        item = factories.item(session, price_ore=5_000)
        line = session.scalars(sa.select(OrderLine.id).where(OrderLine.product_type_id.is_not(None))).one()
        session.add(LineItem(item_id=item.id, order_line_id=line))
        item.state, number, order_id = ItemState.SOLD, item.number, bought.public_id
    assert f"/personale/ordrer/{order_id}#udlever" in desk.get(f"{PAGE}?nr={number}").text


def test_how_many_is_typed(desk: FlaskClient) -> None:
    with db.transaction() as session:
        number = factories.item(session, price_ore=5_000, quantity=6).number
    assert desk.get(f"{PAGE}/antal?nr={number}&ting={number}&antal=4").location == f"{PAGE}?nr={number}x4"
    assert "300 kr." in desk.get(f"{PAGE}?nr={number}x6").text.replace("\u00a0", " ")
    assert desk.get(f"{PAGE}/antal?nr={number}x4&ting={number}&antal=0").location == PAGE
    for odd in ("", "-1", "1000", "to"):
        assert desk.get(f"{PAGE}/antal?nr={number}x4&ting={number}&antal={odd}").location == f"{PAGE}?nr={number}x4"


def test_a_web_order_is_not_ended_for_more_than_there_is(session: Session) -> None:
    item = factories.item(session, price_ore=5_000, quantity=2)
    products.hold(session, item.id, 1)
    with pytest.raises(Refusal, match="kun 2 tilbage") as refused:
        sell(session, of(item, 3), agreed_ore=15_000)
    assert not isinstance(refused.value, actions.HeldOnline)


def test_a_receipt_is_sent_afterwards_and_once(desk: FlaskClient) -> None:
    sold = desk.post(PAGE, data=form(number_of()))
    assert desk.post(f"{sold.location}/mail", data={"email": "ane@"}).status_code == 422
    assert desk.post(f"{sold.location}/mail", data={"email": "ane@example.dk"}).status_code == 303
    assert desk.post(f"{sold.location}/mail", data={"email": "bo@example.dk"}).status_code == 409
    with db.reading() as session:
        assert [mail.recipient for mail in session.scalars(sa.select(OutboxMail))] == ["ane@example.dk"]
    assert "sendt til ane@example.dk" in desk.get(sold.location).text
