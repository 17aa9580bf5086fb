"""What time does to orders at the desk: a warning from day five, an end when nobody can change their mind any more."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask import Flask

from shop.orders import actions, sweeps
from shop.orders.desk import queries as desk
from shop.orders.models import Fulfilment, OrderState, PayWay
from shop.orders.pickup import SHIPPED
from shop.orders.withdrawing.models import Complaint, Withdrawal
from tests.shop.orders.desk.scene import HEAD, TOTAL, age, secured, shows, texts
from tests.shop.orders.making import rig as making
from tests.shop.orders.rig import order
from workshop.core import db
from workshop.core.money import PayMeans


def warnings(public_id: str) -> list[str]:
    return [text for text in texts(public_id) if text.startswith(sweeps.LAPSES_SOON)]


def handed_over(now: datetime) -> str:
    public_id = secured(now)
    with db.transaction() as session:
        actions.hand_over(session, public_id, means=PayMeans.CASH, now=now, by_staff_id=None)
    return public_id


def test_a_reservation_is_warned_of_once_from_its_fifth_day(app: Flask, now: datetime) -> None:
    public_id = secured(now, pay_way=PayWay.CARD)
    fifth = now + timedelta(days=5)
    assert sweeps.warn_of_lapse(fifth - timedelta(seconds=1)) == 0
    for hour in range(3):
        sweeps.warn_of_lapse(fifth + timedelta(hours=hour))
    assert len(warnings(public_id)) == 1


def test_a_bank_that_keeps_the_money_for_less_is_warned_of_sooner(app: Flask, now: datetime) -> None:
    public_id, other = secured(now, pay_way=PayWay.CARD), secured(now, pay_way=PayWay.CARD, title="Bord")
    ends = now + timedelta(days=4, hours=18)
    shows(public_id, now, status="requires_capture", capturable_ore=TOTAL, lapses_at=ends)
    before, then = ends - timedelta(days=2, seconds=1), ends - timedelta(days=2)
    assert [sweeps.warn_of_lapse(moment) for moment in (before, then, then)] == [0, 1, 0]
    assert (len(warnings(public_id)), warnings(other)) == (1, [])
    with db.reading() as session:
        for moment, pressing in ((before, []), (then, [public_id])):
            waiting = desk.desk(session, moment).waiting[desk.Waits.LAPSING]
            assert [row.order.public_id for row in waiting] == pressing


def test_what_is_handed_over_or_paid_on_fetching_is_not_warned_of(app: Flask, now: datetime) -> None:
    paid, card = secured(now), secured(now, pay_way=PayWay.CARD, title="Bord")
    with db.transaction() as session:
        actions.hand_over(session, card, means=None, now=now, by_staff_id=None)
    assert sweeps.warn_of_lapse(now + timedelta(days=6)) == 0
    assert warnings(paid) == warnings(card) == []


def test_an_order_is_closed_once_its_days_to_withdraw_are_over(app: Flask, now: datetime) -> None:
    public_id = handed_over(now)
    # Tuesday the 24th of November and 14 days is Tuesday the 8th of December; it may be declared on that day still.
    assert sweeps.close_finished(now + timedelta(days=14)) == 0
    assert sweeps.close_finished(now + timedelta(days=15)) == 1
    assert sweeps.close_finished(now + timedelta(days=16)) == 0
    assert order(public_id).state is OrderState.CLOSED
    assert texts(public_id).count("Afsluttet. Fristen for at fortryde er gået.") == 1


@pytest.mark.parametrize("why", ["withdrawal", "complaint", "flag"])
def test_what_waits_for_somebody_is_not_closed(app: Flask, now: datetime, why: str) -> None:
    public_id = handed_over(now)
    with db.transaction() as session:
        found = actions.load(session, public_id)
        if why == "withdrawal":
            words = {"name": "Ane", "email": "ane@example.dk", "order_number": found.number}
            session.add(Withdrawal(once="x", order_id=found.id, received_at=now, **words))
        elif why == "complaint":
            session.add(Complaint(order_id=found.id, text="Den vipper.", at=now))
        else:
            found.attention = "Betalingen passer ikke."
    assert sweeps.close_finished(now + timedelta(days=30)) == 0
    assert order(public_id).state is OrderState.HANDED_OVER


def test_what_we_bring_or_still_make_is_never_put_back_for_being_late(app: Flask, now: datetime) -> None:
    fetched, brought = secured(now), secured(now, title="Bord")
    age(brought, fulfilment=Fulfilment.DELIVERY)
    with db.transaction() as session:
        made = making.bought(
            session, making.bench(session), number="2026-0900", pickup_on=SHIPPED.slots(now)[0].day
        ).public_id
    age(made, pay_way=PayWay.AT_PICKUP)
    late = SHIPPED.kept_until(SHIPPED.slots(now)[0].day)
    assert sweeps.put_back_unfetched(HEAD, late) == 1
    assert order(fetched).state is OrderState.CANCELLED
    assert order(brought).state is order(made).state is OrderState.SECURED
