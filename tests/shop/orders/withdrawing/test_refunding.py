"""Giving money back: never above what was paid, each piece once, and the parts add up to the whole."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy.orm import selectinload

from shop.orders import actions as orders
from shop.orders import contract, totals
from shop.orders.models import Order, OrderLine, OrderState, PayWay
from shop.orders.packing import queries as packing
from shop.orders.withdrawing import refunding
from shop.orders.withdrawing.books import Books, LineLeft, RefundChoice, vat_given_back, vat_of
from shop.orders.withdrawing.models import Refund, RefundLine
from shop.payments.models import Payment, PaymentDue
from tests.shop.orders.rig import HEAD, item, order, payment
from tests.shop.orders.withdrawing.scene import dues, handed_over, lines, mails, refund, secured, shows
from workshop.core import db
from workshop.core.errors import Refusal
from workshop.core.money import PayMeans
from workshop.products.models import ItemState, VatScheme


def test_a_line_is_paid_back_and_its_thing_is_for_sale_again(app: Flask, now: datetime) -> None:
    public_id = handed_over(now, 115_000, 29_500)
    bench = lines(public_id)[0]
    made = refund(public_id, now, RefundChoice(bench.id, 1, 115_000, is_restocked=True))
    assert (made.amount_ore, made.vat_ore, made.means) == (115_000, 23_000, None)
    assert dues()[-1] == ("refund", 115_000, False)
    assert lines(public_id)[0].returned == 1
    assert bench.item_id is not None
    assert item(bench.item_id).state is ItemState.FOR_SALE
    assert order(public_id).state is OrderState.HANDED_OVER, "the customer still has the other thing"
    body = mails("order-refund")[0].body
    assert "1.150 kr." in body.replace("\u00a0", " ")
    assert "Heraf moms: 230 kr." in body.replace("\u00a0", " ")


def test_a_thing_that_is_not_for_sale_again_stands_aside(app: Flask, now: datetime) -> None:
    public_id = handed_over(now, 115_000)
    bench = lines(public_id)[0]
    refund(public_id, now, RefundChoice(bench.id, 1, 115_000))
    assert bench.item_id is not None
    back = item(bench.item_id)
    assert (back.state, back.quantity) == (ItemState.WITHDRAWN, 1)
    assert order(public_id).state is OrderState.CLOSED, "nothing of it is the customer's any more"


def test_the_same_form_twice_is_one_refund(app: Flask, now: datetime) -> None:
    public_id = handed_over(now, 115_000, 29_500)
    choice = RefundChoice(lines(public_id)[0].id, 1, 115_000)
    first, second = refund(public_id, now, choice), refund(public_id, now, choice)
    assert first.id == second.id
    assert [each for each in dues() if each[0] == "refund"] == [("refund", 115_000, False)]
    assert len(mails("order-refund")) == 1


@pytest.mark.parametrize(
    ("pieces", "amount", "delivery"),
    [(2, 0, 0), (1, 115_001, 0), (0, 115_001, 0), (-1, 100, 0), (1, -5, 0), (0, 0, 0), (0, 0, 1)],
)
def test_never_more_than_there_is(app: Flask, now: datetime, pieces: int, amount: int, delivery: int) -> None:
    public_id = handed_over(now, 115_000)
    with pytest.raises(Refusal):
        refund(public_id, now, RefundChoice(lines(public_id)[0].id, pieces, amount), delivery_ore=delivery)
    assert [each for each in dues() if each[0] == "refund"] == []
    assert lines(public_id)[0].returned == 0


def test_another_orders_line_is_refused(app: Flask, now: datetime) -> None:
    public_id, other = handed_over(now, 115_000), handed_over(now, 29_500)
    with pytest.raises(Refusal):
        refund(public_id, now, RefundChoice(lines(other)[0].id, 1, 100))


def test_what_is_promised_and_not_out_yet_counts_as_given(app: Flask, now: datetime) -> None:
    public_id = handed_over(now, 60_000, 40_000)
    first, second = lines(public_id)
    refund(public_id, now, RefundChoice(first.id, 0, 60_000), once="a" * 22)
    with pytest.raises(Refusal):
        refund(public_id, now, RefundChoice(first.id, 1, 1), RefundChoice(second.id, 1, 40_000), once="b" * 22)
    refund(public_id, now, RefundChoice(second.id, 1, 40_000), once="c" * 22)
    assert sum(amount for deed, amount, _done in dues() if deed == "refund") == 100_000


def test_before_the_money_is_taken_there_is_nothing_to_give_back(app: Flask, now: datetime) -> None:
    public_id = secured(now, 115_000)
    with pytest.raises(Refusal, match="ikke taget nogen penge"):
        refund(public_id, now, RefundChoice(lines(public_id)[0].id, 1, 115_000))


def test_what_was_paid_at_the_desk_goes_back_as_staff_say_and_never_above_it(app: Flask, now: datetime) -> None:
    public_id = handed_over(now, 115_000, 29_500, pay_way=PayWay.AT_PICKUP)
    bench, box = lines(public_id)
    with pytest.raises(Refusal, match="Vælg, hvordan"):
        refund(public_id, now, RefundChoice(bench.id, 1, 115_000))
    made = refund(public_id, now, RefundChoice(bench.id, 1, 115_000), means=PayMeans.MOBILEPAY)
    assert made.means is PayMeans.MOBILEPAY
    assert dues() == []
    with pytest.raises(Refusal):
        refund(public_id, now, RefundChoice(bench.id, 0, 1), means=PayMeans.CASH, once="b" * 22)
    refund(public_id, now, RefundChoice(box.id, 1, 29_500), means=PayMeans.CASH, once="c" * 22)
    assert order(public_id).state is OrderState.CLOSED


def test_who_ordered_on_the_phone_and_has_no_mail_is_written_none(app: Flask, now: datetime) -> None:
    public_id = handed_over(now, 115_000, pay_way=PayWay.AT_PICKUP)
    with db.transaction() as session:
        session.execute(sa.update(Order).values(customer_email=""))
    refund(public_id, now, RefundChoice(lines(public_id)[0].id, 1, 115_000), means=PayMeans.CASH)
    assert mails("order-refund") == []


def test_the_link_in_a_mail_works_however_old_the_order_is(app: Flask, now: datetime) -> None:
    public_id = handed_over(now, 115_000)
    with db.transaction() as session:
        session.execute(sa.update(Order).values(link_expires_at=now - timedelta(days=1)))
    refund(public_id, now, RefundChoice(lines(public_id)[0].id, 1, 115_000))
    assert "/ordre/" in mails("order-refund")[0].body
    assert order(public_id).link_expires_at == now + timedelta(days=Order.LINK_LASTS_DAYS)


def test_stripe_tells_of_several_refunds_in_any_order_and_twice(app: Flask, now: datetime) -> None:
    ends = set()
    for seed in range(6):
        public_id = handed_over(now, 60_000, 40_000)
        first, second = lines(public_id)
        refund(public_id, now, RefundChoice(first.id, 1, 60_000), once=f"a{seed}".ljust(22, "x"))
        refund(public_id, now, RefundChoice(second.id, 1, 40_000), once=f"b{seed}".ljust(22, "x"))
        told = [60_000, 60_000, 100_000, 100_000, 100_000]
        random.Random(seed).shuffle(told)
        for so_far in told:
            shows(public_id, now, status="succeeded", received_ore=100_000, refunded_ore=so_far)
        with db.reading() as session:
            row = session.scalars(sa.select(Payment).where(Payment.reference == public_id)).one()
            of_order = sa.select(sa.func.count(Refund.id)).join(Order).where(Order.public_id == public_id)
            ends.add((row.captured_ore, row.refunded_ore, row.state, session.scalar(of_order)))
        assert order(public_id).state is OrderState.CLOSED
    assert len(ends) == 1


def test_the_database_itself_refuses_a_piece_too_many_and_an_ore_too_many(app: Flask, now: datetime) -> None:
    public_id = handed_over(now, 115_000)
    for statement in (
        sa.update(OrderLine).values(returned=2),
        sa.update(Payment).values(refunded_ore=115_001),
    ):
        with pytest.raises(sa.exc.IntegrityError), db.transaction() as session:
            session.execute(statement)
    assert payment(public_id).refunded_ore == 0


def test_a_refund_stripe_said_no_to_can_be_asked_for_again_once_it_has_said_so(app: Flask, now: datetime) -> None:
    public_id = handed_over(now, 115_000)
    made = refund(public_id, now, RefundChoice(lines(public_id)[0].id, 1, 115_000))

    def again() -> None:
        with db.transaction() as session:
            refunding.try_again(session, made.public_id, now=now)

    again()
    assert [each[0] for each in dues()].count("refund") == 1, "it is on its way: nothing to ask for"
    with db.transaction() as session:
        session.execute(sa.update(PaymentDue).values(done_at=now, problem="insufficient_funds"))
    again()
    again()
    assert [each for each in dues() if each[0] == "refund"] == [("refund", 115_000, True), ("refund", 115_000, False)]


def test_taking_one_of_two_things_off_before_hand_over_makes_the_rest_cheaper(app: Flask, now: datetime) -> None:
    public_id = secured(now, 115_000, 29_500)
    bench, box = lines(public_id)
    with db.transaction() as session:
        refunding.take_off(
            session, public_id, pieces=[(bench.id, 1)], withdrawal=None, head=HEAD, now=now, by_staff_id=None
        )
    left = order(public_id)
    assert (left.total_ore, left.vat_ore, left.state) == (29_500, 5_900, OrderState.SECURED)
    assert bench.item_id is not None
    assert item(bench.item_id).state is ItemState.FOR_SALE
    with db.reading() as session:
        (parcel,) = packing.parcels(session, left.pickup_on)
        written = session.scalars(sa.select(Order).options(selectinload(Order.lines))).one()
        receipt = contract.bought(written).replace("\u00a0", " ").splitlines()
    assert [(thing.quantity, thing.title) for thing in parcel.things] == [(1, box.title)], "the bench is not packed"
    assert receipt[3:5] == ["- Taget ud, før det blev betalt: -1.150 kr.", "I alt: 295 kr."], "the receipt adds up"
    with db.transaction() as session:
        orders.make_ready(session, public_id, head=HEAD, now=now, by_staff_id=None)
    (ready,) = mails("order-ready")
    assert box.title in ready.body
    assert bench.title not in ready.body, "nobody comes for what is for sale again"
    with db.transaction() as session:
        orders.hand_over(session, public_id, means=None, now=now, by_staff_id=None)
    assert dues() == [("capture", 29_500, False)], "only the rest is taken"
    assert item(bench.item_id).state is ItemState.FOR_SALE, "it is not handed over with the rest"
    shows(public_id, now, status="succeeded", received_ore=29_500)
    with pytest.raises(Refusal):
        refund(public_id, now, RefundChoice(bench.id, 1, 100))
    assert refund(public_id, now, RefundChoice(box.id, 1, 29_500)).vat_ore == 5_900


def test_taking_everything_off_cancels_the_order_and_lets_the_money_go(app: Flask, now: datetime) -> None:
    public_id = secured(now, 115_000)
    with db.transaction() as session:
        refunding.take_off(
            session,
            public_id,
            pieces=[(lines(public_id)[0].id, 1)],
            withdrawal=None,
            head=HEAD,
            now=now,
            by_staff_id=None,
        )
    assert order(public_id).state is OrderState.CANCELLED
    assert [each[0] for each in dues()] == ["void"]


SCHEMES = st.sampled_from([VatScheme.STANDARD, VatScheme.MARGIN])
CARTS = st.lists(st.tuples(st.integers(1, 9_999), st.integers(1, 4), SCHEMES), min_size=1, max_size=5)


@pytest.mark.once
@given(CARTS, st.integers(0, 5_000), st.randoms(use_true_random=False))
@example([(2_000, 1, VatScheme.MARGIN), (2_000, 1, VatScheme.STANDARD)], 4_900, random.Random(1))
def test_partial_refunds_add_up_to_the_vat_of_the_whole(
    cart: list[tuple[int, int, VatScheme]], delivery: int, chance: random.Random
) -> None:
    total = sum(price * pieces for price, pieces, _scheme in cart) + delivery
    whole = Order(total_ore=total, delivery_ore=delivery)
    given_back = dict.fromkeys(range(len(cart)), 0)
    delivery_given, vat_given = 0, 0

    def books() -> Books:
        made = [
            LineLeft(
                OrderLine(id=at, quantity=pieces, returned=0, unit_price_ore=price, vat_scheme=scheme),
                refunded_pieces=0,
                refunded_ore=given_back[at],
            )
            for at, (price, pieces, scheme) in enumerate(cart)
        ]
        return Books(whole, tuple(made), delivery_given, None, total, 0)

    start = books()
    all_vat = vat_given_back(
        start, [RefundChoice(at, 0, left.left_ore) for at, left in enumerate(start.lines)], delivery
    )
    sold = totals.add_up([(price * pieces, scheme) for price, pieces, scheme in cart], delivery)
    assert all_vat == sold.vat_ore, "what goes back is what was sold, also where two schemes are alike"
    parts = 0
    while (now := books()).delivery_left_ore or any(left.left_ore for left in now.lines):
        parts += 1
        is_last = parts == 6
        choices = [
            RefundChoice(at, 0, left.left_ore if is_last else chance.randint(0, left.left_ore))
            for at, left in enumerate(now.lines)
        ]
        of_delivery = now.delivery_left_ore if is_last else chance.randint(0, now.delivery_left_ore)
        part = vat_given_back(now, choices, of_delivery)
        amount = sum(choice.amount_ore for choice in choices) + of_delivery
        assert 0 <= part <= amount
        vat_given += part
        delivery_given += of_delivery
        for choice in choices:
            given_back[choice.order_line_id] += choice.amount_ore
    assert vat_given == all_vat
    standard = [(price * pieces, scheme) for price, pieces, scheme in cart]
    assert vat_of(standard) <= all_vat, "delivery never lowers it"


def test_what_was_given_back_is_kept_line_by_line(app: Flask, now: datetime) -> None:
    public_id = handed_over(now, 10_000, pieces=3)
    line = lines(public_id)[0]
    refund(public_id, now, RefundChoice(line.id, 1, 10_000), once="a" * 22)
    refund(public_id, now, RefundChoice(line.id, 2, 15_000, is_restocked=True), once="b" * 22)
    with db.reading() as session:
        kept = session.execute(sa.select(RefundLine.quantity, RefundLine.amount_ore).order_by(RefundLine.refund_id))
        assert [tuple(row) for row in kept] == [(1, 10_000), (2, 15_000)]
    assert lines(public_id)[0].returned == 3
    with pytest.raises(Refusal):
        refund(public_id, now, RefundChoice(line.id, 1, 1_000), once="c" * 22)
    refund(public_id, now, RefundChoice(line.id, 0, 5_000), once="d" * 22)
    assert sum(amount for deed, amount, _done in dues() if deed == "refund") == 30_000
