"""The day's book: every time money went over the counter, on the day it did, whatever it was for."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from support import factories, garden, people
from support.queries import counted

from shop.orders import actions as orders
from shop.orders import securing
from shop.orders.desk import actions as desk
from shop.orders.models import Channel, Order, OrderEvent, PayWay
from shop.orders.withdrawing.books import RefundChoice
from shop.orders.withdrawing.models import Refund
from shop.payments import queries as payments
from shop.payments.actions import BY_HAND
from shop.payments.models import Deed, Payment, PaymentDue, PaymentState
from shop.payments.outcomes import DeedRefused
from shop.till import actions, daybook
from shop.till.basket import Counter
from shop.till.daybook import What
from shop.till.models import TillSale
from tests.shop.booking import rig as bills
from tests.shop.orders.making import rig as making
from tests.shop.orders.rig import HEAD
from tests.shop.orders.withdrawing import scene
from tests.workshop.production.repairs import rig as repairs
from workshop.core import clock, crypto, db
from workshop.core.access import Role
from workshop.core.config import Identity
from workshop.core.money import PayMeans
from workshop.production.repairs import ending
from workshop.services.billing import actions as billing
from workshop.services.billing import queries as billed
from workshop.services.billing.models import ChargeState

NOW = factories.NOW
TODAY, TOMORROW = clock.local_day(NOW), clock.local_day(NOW) + timedelta(days=1)
DAY = timedelta(days=1)
PAGE = "/personale/salg/dagen"
# The 24 hours between two midnights, and the days on which there are 23 and 25 of them.
DAYS = [date(2026, 11, 24), date(2027, 3, 28), date(2026, 10, 25)]


def book(day: date) -> list[tuple[What, PayMeans, int]]:
    with db.reading() as session:
        return [(each.what, each.means, each.amount_ore) for each in daybook.of_day(session, day)]


def left(day: date) -> dict[PayMeans, tuple[int, int, int]]:
    """Means -> in, out, left."""
    with db.reading() as session:
        sums = daybook.by_means(daybook.of_day(session, day))
        return {each.means: (each.in_ore, each.out_ore, each.left_ore) for each in sums}


def seller(session: Session) -> int:
    return factories.staff(session, name="Sanne Lund", roles=[Role.SALES]).account_id


def sold(now: datetime, *, price_ore: int = 5_000, means: PayMeans = PayMeans.CASH) -> str:
    with db.transaction() as session:
        item = factories.item(session, price_ore=price_ore)
        return actions.sell(
            session,
            Counter().with_thing(item.number),
            once=crypto.new_public_id(),
            means=means,
            agreed_ore=price_ore,
            receipt_email="",
            seller=Identity(),
            now=now,
            by_staff_id=seller(session),
        ).public_id


def test_a_sale_that_is_taken_back_later_goes_out_on_that_day_and_its_own_day_stands(app: Flask) -> None:
    public_id = sold(NOW, price_ore=115_000)
    before = book(TODAY)
    with db.transaction() as session:
        actions.take_back(session, public_id, on_sale=(), seller=Identity(), now=NOW + DAY, by_staff_id=seller(session))
    assert book(TODAY) == before == [(What.SALE, PayMeans.CASH, 115_000)]
    assert book(TOMORROW) == [(What.SALE_BACK, PayMeans.CASH, -115_000)]
    assert left(TOMORROW) == {PayMeans.CASH: (0, 115_000, -115_000)}


def test_a_sale_undone_on_its_own_day_is_in_and_out(app: Flask) -> None:
    sold(NOW, means=PayMeans.MOBILEPAY)
    wrong = sold(NOW, price_ore=700, means=PayMeans.MOBILEPAY)
    with db.transaction() as session:
        actions.undo(session, wrong, seller=Identity(), now=NOW + timedelta(hours=1), by_staff_id=seller(session))
    assert left(TODAY) == {PayMeans.MOBILEPAY: (5_700, 700, 5_000)}


@pytest.mark.parametrize("means", [PayMeans.CASH, PayMeans.MOBILEPAY, PayMeans.CARD])
def test_what_is_paid_when_it_is_fetched_came_in_then(app: Flask, means: PayMeans) -> None:
    public_id = scene.secured(NOW - DAY, 60_000, 40_000, pay_way=PayWay.AT_PICKUP)
    with db.transaction() as session:
        orders.hand_over(session, public_id, means=means, now=NOW, by_staff_id=None)
    assert book(TODAY - DAY) == []
    assert book(TODAY) == [(What.ORDER, means, 100_000)]


def test_what_was_made_to_order_or_ordered_by_phone_is_money_as_well(app: Flask) -> None:
    with db.transaction() as session:
        made = making.bought(session, making.bench(session))
        session.execute(
            sa.update(Order).values(channel=Channel.PHONE, handed_over_at=NOW, paid_means=PayMeans.MOBILEPAY)
        )
    assert book(TODAY) == [(What.ORDER, PayMeans.MOBILEPAY, 204_500)]
    with db.reading() as session:
        assert daybook.of_day(session, TODAY)[0].public_id == made.public_id


def test_an_invoice_and_a_card_on_the_net_are_not_over_the_counter(app: Flask) -> None:
    scene.handed_over(NOW, 50_000)
    billed_later = scene.secured(NOW, 60_000, pay_way=PayWay.AT_PICKUP)
    with db.transaction() as session:
        session.execute(
            sa.update(Order)
            .where(Order.public_id == billed_later)
            .values(handed_over_at=NOW, paid_means=PayMeans.INVOICE)
        )
    assert book(TODAY) == []


def test_a_card_that_said_no_is_money_on_the_day_it_was_paid_otherwise(app: Flask) -> None:
    public_id = scene.secured(NOW - DAY, 60_000)
    with db.transaction() as session:
        orders.hand_over(session, public_id, means=None, now=NOW, by_staff_id=None)
        payment = payments.newest(session, public_id)
        assert payment is not None
        securing.follow(session, DeedRefused(public_id, payment.id, Deed.CAPTURE, "charge_expired"), NOW, head=HEAD)
    assert book(TODAY) == []
    with db.transaction() as session:
        desk.paid_otherwise(session, public_id, means=PayMeans.CASH, now=NOW + DAY, by_staff_id=None)
    assert book(TODAY) == []
    assert book(TOMORROW) == [(What.ORDER, PayMeans.CASH, 60_000)]


def test_money_of_an_order_given_back_by_hand_goes_out_by_the_means_it_was_given(app: Flask) -> None:
    public_id = scene.handed_over(NOW, 60_000, 40_000, pay_way=PayWay.AT_PICKUP)
    for place, means in enumerate((PayMeans.MOBILEPAY, PayMeans.INVOICE)):
        line = scene.lines(public_id)[place]
        choice = RefundChoice(line.id, 1, line.unit_price_ore)
        scene.refund(public_id, NOW + DAY, choice, once=f"{place}" * 22, means=means)
    assert book(TODAY) == [(What.ORDER, PayMeans.CASH, 100_000)]
    assert book(TOMORROW) == [(What.ORDER_BACK, PayMeans.MOBILEPAY, -60_000)], "a transfer never lies in the box"


def test_a_refund_to_the_card_goes_out_at_stripe_alone(app: Flask) -> None:
    public_id = scene.handed_over(NOW, 60_000)
    scene.refund(public_id, NOW, RefundChoice(scene.lines(public_id)[0].id, 1, 60_000))
    assert book(TODAY) == []


@pytest.mark.parametrize(("means", "is_there"), [(PayMeans.CARD, True), (PayMeans.INVOICE, False)])
def test_a_repair_is_paid_when_it_is_handed_back(app: Flask, means: PayMeans, is_there: bool) -> None:
    with db.transaction() as session:
        job = repairs.ready(session, now=NOW - DAY)
        ending.hand_back(session, job, means=means, now=NOW, by_staff_id=None)
    assert book(TODAY) == ([(What.REPAIR, means, 45_000)] if is_there else [])


def test_a_bill_of_the_garden_is_there_when_it_was_paid_by_hand(app: Flask) -> None:
    paid = {bills.charge(now=NOW, total_ore=10_000 + len(means)): means for means in PayMeans}
    with db.transaction() as session:
        for public_id, means in paid.items():
            charge = billed.by_public_id(session, public_id)
            assert charge is not None
            billing.paid(session, charge, means, now=NOW, by_staff_id=None)
    by_hand = {(What.BILL, PayMeans.CASH, 10_004), (What.BILL, PayMeans.MOBILEPAY, 10_009)}
    assert set(book(TODAY)) == by_hand
    with db.transaction() as session:
        for public_id in paid:
            charge = billed.by_public_id(session, public_id)
            assert charge is not None
            billing.cancel(session, charge, "En fejl hos os.", by_staff_id=None)
    assert set(book(TODAY)) == by_hand, "what was taken that day was taken, whatever came after"


def plant(session: Session, moment: datetime, by: int) -> None:
    """One of every kind at this moment. Each amount is a power of two, so a sum tells which of them are in it."""
    far = moment - timedelta(days=200)
    sale = {"vat_ore": 0, "by_staff_id": by, "means": PayMeans.CASH}
    number = crypto.new_public_id()[:12]
    session.add(TillSale(**sale, number=f"a{number}", once=f"a{number}", total_ore=1, sold_at=moment))
    session.add(
        TillSale(
            **sale, number=f"b{number}", once=f"b{number}", total_ore=2, sold_at=far, undone_at=moment, undone_by_id=by
        )
    )
    fetched = an_order(session, f"c{number}", 4, PayWay.AT_PICKUP, moment)
    refused = an_order(session, f"d{number}", 8, PayWay.CARD, far)
    session.flush()
    session.add(OrderEvent(order_id=refused.id, at=moment, text="Betalt kontant."))
    session.add(
        Refund(
            once=f"e{number}",
            order_id=fetched.id,
            amount_ore=16,
            vat_ore=0,
            means=PayMeans.CASH,
            at=moment,
            by_staff_id=by,
        )
    )
    job = repairs.received(session, now=far)
    job.price_ore, job.paid_means, job.ended_at = 32, PayMeans.CASH, moment
    charge = billing.visit_done(session, bills.made_visit(session, now=far, of=garden.job(session, total_ore=64)), far)
    assert charge is not None
    charge.state, charge.paid_at, charge.paid_means = ChargeState.PAID, moment, PayMeans.CASH
    paid = Payment(
        reference=charge.public_id, amount_ore=128, captured_ore=128, opened_at=far, expires_at=far,
        state=PaymentState.CAPTURED,
    )  # fmt: skip
    session.add(paid)
    session.flush()
    session.add(
        PaymentDue(
            key=f"f{number}",
            payment_id=paid.id,
            deed=Deed.REFUND,
            amount_ore=128,
            due_at=far,
            done_at=moment,
            problem=f"{BY_HAND}cash",
        )
    )
    session.flush()


def an_order(session: Session, number: str, ore: int, pay_way: PayWay, handed_over_at: datetime) -> Order:
    made = Order(
        number=number, pay_way=pay_way, customer_name="Ane", customer_email="", customer_phone="",
        pickup_on=handed_over_at.date(), pickup_from_minute=0, pickup_to_minute=60, total_ore=ore, vat_ore=0,
        link_hash=crypto.token_hash(number), link_expires_at=handed_over_at, placed_at=handed_over_at,
        handed_over_at=handed_over_at, paid_means=PayMeans.CASH, state=orders.OrderState.HANDED_OVER,
    )  # fmt: skip
    session.add(made)
    return made


IN, OUT = 1 + 4 + 8 + 32 + 64, 2 + 16 + 128


@pytest.mark.parametrize("day", DAYS)
def test_a_day_is_from_danish_midnight_to_danish_midnight(app: Flask, day: date) -> None:
    first, until = clock.at(day, datetime.min.time()), clock.at(day + DAY, datetime.min.time())
    last = until - timedelta(microseconds=1)
    with db.transaction() as session:
        by = seller(session)
        for moment in (first - timedelta(microseconds=1), first, last, until):
            plant(session, moment, by)
    assert left(day) == {PayMeans.CASH: (2 * IN, 2 * OUT, 2 * IN - 2 * OUT)}
    assert left(day - DAY) == left(day + DAY) == {PayMeans.CASH: (IN, OUT, IN - OUT)}
    with db.reading() as session:
        found = daybook.of_day(session, day)
    assert {each.what for each in found} == set(What)
    assert {each.at for each in found} == {first, last}


def more_of_everything(count: int, by: int) -> None:
    with db.transaction() as session:
        for _each in range(count):
            plant(session, NOW, by)


def test_a_long_day_asks_as_often_as_a_short_one(client: FlaskClient) -> None:
    with db.transaction() as session:
        person = factories.staff(session, name="Sanne Lund", roles=[Role.SALES])
        email, by = person.email, person.account_id
    people.sign_in_staff(client, email)
    lengths: list[tuple[int, int]] = []
    for more in (2, 15):
        more_of_everything(more, by)
        client.get(f"{PAGE}?dag={TODAY}")
        with counted() as sent:
            page = client.get(f"{PAGE}?dag={TODAY}").text
        lengths.append((len(sent), page.count("<tr>")))
    (few, short), (many, long) = lengths
    assert few == many
    assert long > short, "the longer list does not show, so nothing was proved"


def shown(client: FlaskClient, path: str) -> str:
    return bills.text_of(client.get(path).text.replace("\u00a0", " "))


def test_the_page_says_what_came_what_went_and_what_is_left(client: FlaskClient) -> None:
    sold(NOW, price_ore=124_000)
    back = sold(NOW - DAY, price_ore=15_000)
    with db.transaction() as session:
        by = seller(session)
        actions.take_back(session, back, on_sale=(), seller=Identity(), now=NOW, by_staff_id=by)
        email = factories.staff(session, roles=[Role.SALES]).email
    people.sign_in_staff(client, email)
    page = shown(client, f"{PAGE}?dag={TODAY}")
    assert "Kontant: 1.240 kr. ind, 150 kr. ud, i alt 1.090 kr." in page
    assert "givet tilbage" in page
    assert "Kontant: i alt 150 kr." in shown(client, f"{PAGE}?dag={TODAY - DAY}")
    with db.transaction() as session:
        undone = session.scalars(sa.select(TillSale).where(TillSale.undone_at.is_not(None))).one()
        undone.undone_at = NOW + 2 * DAY
    assert "Kontant: 0 kr. ind, 150 kr. ud, 150 kr. mere ud end ind" in shown(client, f"{PAGE}?dag={TODAY + 2 * DAY}")
    assert "Ingen penge over disken den dag" in shown(client, f"{PAGE}?dag={TODAY + DAY}")


def test_what_it_was_for_is_a_way_to_it_for_who_may_open_it(client: FlaskClient) -> None:
    with db.transaction() as session:
        plant(session, NOW, seller(session))
        department = factories.department(session)
        sales = factories.staff(session, roles=[Role.SALES], departments=[department]).email
        manager = factories.staff(session, roles=[Role.MANAGER]).email
    people.sign_in_staff(client, sales)
    opened = ways(client)
    assert {each.split("/")[2] for each in opened} == {"salg", "ordrer", "produktion", "service"}
    assert {client.get(each).status_code for each in opened} == {200}
    people.sign_in_staff(client, manager)
    opened = ways(client)
    assert "produktion" not in {each.split("/")[2] for each in opened}
    assert {client.get(each).status_code for each in opened} == {200}


def ways(client: FlaskClient) -> list[str]:
    """Where the rows of the book lead."""
    table = client.get(f"{PAGE}?dag={TODAY}").text.partition("<tbody>")[2].partition("</tbody>")[0]
    return [part.partition('"')[0] for part in table.split('<a href="')[1:]]
