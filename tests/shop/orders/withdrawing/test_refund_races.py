"""Two refunds of the same thing at the same moment: one is made. The control shows that the race is real."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

import sqlalchemy as sa
from flask import Flask
from support.refund_race import RACERS, race

from shop.orders.withdrawing.models import Refund
from shop.payments.models import Deed, PaymentDue
from tests.shop.orders.rig import item
from tests.shop.orders.withdrawing.scene import handed_over, lines, mails
from workshop.core import db
from workshop.products.models import ItemState

TOTAL = 115_000
MOST_TRIES = 4


def owed() -> list[int]:
    with db.reading() as session:
        return list(session.scalars(sa.select(PaymentDue.amount_ore).where(PaymentDue.deed == Deed.REFUND)))


def refunds() -> int:
    with db.reading() as session:
        return session.scalar(sa.select(sa.func.count(Refund.id))) or 0


def test_many_forms_at_once_give_the_money_back_once(app: Flask, database_url: str, now: datetime) -> None:
    public_id = handed_over(now, TOTAL)
    outcomes = race(database_url, public_id, "own form")
    assert outcomes == Counter(refunded=1, refused=RACERS - 1)
    assert (owed(), refunds(), len(mails("order-refund"))) == ([TOTAL], 1, 1)
    line = lines(public_id)[0]
    assert line.item_id is not None
    assert (line.returned, item(line.item_id).quantity, item(line.item_id).state) == (1, 1, ItemState.FOR_SALE)


def test_the_same_form_pressed_many_times_at_once_is_one_refund(app: Flask, database_url: str, now: datetime) -> None:
    public_id = handed_over(now, TOTAL)
    assert race(database_url, public_id, "same form") == Counter(refunded=RACERS)
    assert (owed(), refunds(), len(mails("order-refund"))) == ([TOTAL], 1, 1)
    assert lines(public_id)[0].returned == 1


def test_the_control_without_a_guard_gives_the_money_back_again(app: Flask, database_url: str, now: datetime) -> None:
    orders = 0
    while refunds() <= orders < MOST_TRIES:  # on a busy machine one may be through before the next has looked
        race(database_url, handed_over(now, TOTAL), "unguarded")
        orders += 1
    assert refunds() > orders
    assert sum(owed()) > orders * TOTAL
