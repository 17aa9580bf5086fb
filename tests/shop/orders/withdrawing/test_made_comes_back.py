"""What was made for a customer who changes their mind: given back once, made no further, and sold to one at a time."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from shop.orders import actions as orders
from shop.orders import sweeps
from shop.orders.desk import queries as desk
from shop.orders.making import actions as making
from shop.orders.making.models import LineItem
from shop.orders.models import CancelCause, Order, OrderState, PayWay
from shop.orders.withdrawing import refunding
from shop.orders.withdrawing.books import RefundChoice
from shop.payments.actions import open_payment
from shop.payments.models import PaymentState
from tests.shop.orders.making import rig
from tests.shop.orders.making.rig import NOW, finish_all, items_of_line, locked, productions
from tests.shop.orders.rig import HEAD, order
from tests.shop.orders.withdrawing.scene import dues, lines, refund
from workshop.core import db
from workshop.core.errors import Refusal
from workshop.core.money import PayMeans
from workshop.production.models import OrderSource, OrderStep, StepState
from workshop.production.models import OrderState as MakingState
from workshop.products import actions as products
from workshop.products.models import Item, ItemState

PRICE = 204_500


def unpaid(*, pieces: int = 1, of_lines: int = 1) -> rig.Bought:
    """Benches to be made, paid when they are fetched, and set into production."""
    with db.transaction() as session:
        made = rig.bought(session, rig.bench(session), quantity=pieces, lines=of_lines)
    with db.transaction() as session:
        making.start(session, locked(session, made), now=NOW, by_staff_id=None)
    return made


def prepaid(*, pieces: int = 1, of_lines: int = 1) -> rig.Bought:
    """The same, paid at once."""
    made = unpaid(pieces=pieces, of_lines=of_lines)
    with db.transaction() as session:
        row = session.get_one(Order, made.id)
        row.pay_way = PayWay.PREPAID
        total = row.total_ore
        payment = open_payment(
            session,
            reference=made.public_id,
            amount_ore=total,
            now=NOW,
            expires_at=NOW + timedelta(minutes=31),
            is_captured_at_once=True,
        )
        payment.state, payment.captured_ore = PaymentState.CAPTURED, total
    return made


def all_made(made: rig.Bought, *, rejected: int = 0) -> None:
    for still_rejected in (rejected, 0):
        with db.transaction() as session:
            finish_all(session, rejected=still_rejected)
        making.collect_finished(NOW)
    with db.reading() as session:
        pieces = sum(line.quantity for line in lines(made.public_id))
        assert session.scalar(sa.select(sa.func.sum(LineItem.quantity))) == pieces


def hand_over(made: rig.Bought) -> None:
    with db.transaction() as session:
        orders.hand_over(session, made.public_id, means=PayMeans.CASH, now=NOW, by_staff_id=None)


def things() -> list[tuple[ItemState, int]]:
    with db.reading() as session:
        return [(each.state, each.quantity) for each in session.scalars(sa.select(Item).order_by(Item.id))]


def give_back(made: rig.Bought, at: int, pieces: int, *, once: str = "a" * 22) -> None:
    line = lines(made.public_id)[at]
    refund(made.public_id, NOW, RefundChoice(line.id, pieces, PRICE * pieces, is_restocked=True), once=once)


def test_the_second_piece_comes_back_itself_and_not_the_first_that_somebody_else_has(app: Flask) -> None:
    made = prepaid(pieces=2)
    all_made(made, rejected=1)  # so that the two have a number each
    hand_over(made)
    assert things() == [(ItemState.HANDED_OVER, 0)] * 2
    give_back(made, 0, 1)
    with db.transaction() as session:
        (first,) = session.scalars(sa.select(Item.id).where(Item.state == ItemState.FOR_SALE))
        assert products.hold(session, first, 1)
        products.sell_held(session, first, 1, reference="2026-0002", now=NOW)
    give_back(made, 0, 1, once="b" * 22)
    with db.reading() as session:
        sold = session.get_one(Item, first)
        others = session.scalars(sa.select(Item).where(Item.id != first)).all()
        assert (sold.state, sold.quantity) == (ItemState.SOLD, 0), "it is somebody else's"
        assert [(each.state, each.quantity) for each in others] == [(ItemState.FOR_SALE, 1)]


def test_pieces_of_one_number_all_come_back(app: Flask) -> None:
    made = prepaid(pieces=2)
    all_made(made)
    hand_over(made)
    give_back(made, 0, 1)
    give_back(made, 0, 1, once="b" * 22)
    assert things() == [(ItemState.FOR_SALE, 2)]


def test_calling_an_order_off_does_not_give_back_again_what_was_given_back(app: Flask) -> None:
    made = prepaid(of_lines=2)
    all_made(made)
    give_back(made, 0, 1)
    assert sorted(things()) == sorted([(ItemState.FOR_SALE, 1), (ItemState.SOLD, 0)])
    with db.transaction() as session:
        orders.cancel(session, made.public_id, cause=CancelCause.STAFF, head=HEAD, now=NOW)
    assert things() == [(ItemState.FOR_SALE, 1)] * 2, "one of each, as it is"


def test_what_was_given_back_before_hand_over_is_not_handed_over_with_the_rest(app: Flask) -> None:
    made = prepaid(of_lines=2)
    all_made(made)
    give_back(made, 0, 1)
    hand_over(made)
    assert sorted(things()) == sorted([(ItemState.FOR_SALE, 1), (ItemState.HANDED_OVER, 0)])


def test_an_order_that_is_all_paid_back_before_hand_over_is_over_and_nothing_is_made_for_it(app: Flask) -> None:
    made = prepaid()
    with db.transaction() as session:
        session.execute(sa.update(OrderStep).where(OrderStep.position == 1).values(state=StepState.STARTED))
    give_back(made, 0, 1)
    assert (order(made.public_id).state, order(made.public_id).cancel_cause) == (
        OrderState.CANCELLED,
        CancelCause.CUSTOMER,
    )
    assert dues() == [("refund", PRICE, False)], "once, and no void or refund beside it"
    with db.reading() as session:
        (production,) = productions(session)
    assert (production.state, production.source) == (MakingState.OPEN, OrderSource.STOCK), "begun, so for the shop"
    with pytest.raises(Refusal):
        hand_over(made)
    with db.transaction() as session:
        finish_all(session)
    assert making.collect_finished(NOW) == 0
    with db.reading() as session:
        assert items_of_line(session) == []


def test_a_line_that_was_given_back_keeps_nobody_waiting_for_it(app: Flask) -> None:
    made = prepaid(of_lines=2)
    give_back(made, 0, 1)
    with db.reading() as session:
        first, second = productions(session)
        assert (first.state, second.state) == (MakingState.CANCELLED, MakingState.OPEN)
        assert desk.making_of(session, [made.id])[made.id].lines == 1
    with db.transaction() as session:
        finish_all(session)
    making.collect_finished(NOW)
    with db.transaction() as session:
        orders.make_ready(session, made.public_id, head=HEAD, now=NOW, by_staff_id=None)
    hand_over(made)
    assert things() == [(ItemState.HANDED_OVER, 0)]


def test_a_piece_less_is_not_made_again(app: Flask) -> None:
    made = prepaid(pieces=2)
    give_back(made, 0, 1)
    with db.transaction() as session:
        finish_all(session)
    making.collect_finished(NOW)
    with db.reading() as session:
        assert [pieces for _line, _item, pieces in items_of_line(session)] == [1]
        assert len(productions(session)) == 1
    hand_over(made)


def test_a_reservation_of_which_a_made_thing_was_taken_back_does_not_wait_for_ever(app: Flask) -> None:
    made = prepaid(of_lines=2)
    all_made(made)
    with db.transaction() as session:
        session.execute(sa.update(Order).values(pay_way=PayWay.AT_PICKUP))
    give_back(made, 0, 1)
    late = NOW + timedelta(days=60)
    assert sweeps.put_back_unfetched(HEAD, late) == 1
    assert things() == [(ItemState.FOR_SALE, 1)] * 2


def test_what_is_made_is_taken_out_alone_before_it_is_paid_and_the_rest_goes_on(app: Flask) -> None:
    made = unpaid(of_lines=2)
    first = lines(made.public_id)[0]
    with db.transaction() as session:
        refunding.take_off(
            session,
            made.public_id,
            pieces=[(first.id, 1)],
            withdrawal=None,
            head=HEAD,
            now=NOW,
            by_staff_id=None,
        )
    left = order(made.public_id)
    assert (left.state, left.total_ore, left.vat_ore) == (OrderState.SECURED, PRICE, PRICE // 5)
    with db.reading() as session:
        assert [each.state for each in productions(session)] == [MakingState.CANCELLED, MakingState.OPEN]
    with db.transaction() as session:
        finish_all(session)
    making.collect_finished(NOW)
    hand_over(made)
    assert things() == [(ItemState.HANDED_OVER, 0)]
