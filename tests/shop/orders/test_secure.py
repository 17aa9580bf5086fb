"""What an order does when its money moves: forward only, once, and never on money that does not fit."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from shop.orders import actions, securing, sweeps
from shop.orders.models import CancelCause, OrderState
from shop.payments import queries as payments
from shop.payments.actions import owe_money_back, settle
from shop.payments.looking import Seen
from shop.payments.models import Deed, PaymentDue, PaymentState
from shop.payments.outcomes import DeedRefused
from tests.shop.orders.rig import (
    HEAD,
    basket_with,
    end_state,
    for_sale,
    item,
    mails_about,
    order,
    payment,
    place,
)
from workshop.core import db
from workshop.core.errors import Refusal
from workshop.products import actions as products
from workshop.products.models import Item, ItemState

TOTAL = 115_000
RESERVED = {"status": "requires_capture", "capturable_ore": TOTAL}
TAKEN = {"status": "succeeded", "received_ore": TOTAL}
GONE = {"status": "canceled", "was_tried": True}
CLOSED = {"session_status": "expired", "payment_intent_id": None}


@pytest.fixture
def bench(app: Flask) -> Item:
    return for_sale("Havebænk", price_ore=TOTAL)[0]


@pytest.fixture
def placed(bench: Item, now: datetime) -> str:
    return place(basket_with(bench, now=now), now=now).public_id


def shows(public_id: str, now: datetime, **seen: Any) -> None:
    """Let Stripe show this of the order's payment, and the order follow it."""
    facts = {"reference": public_id, "amount_ore": TOTAL, "currency": "dkk", "session_id": "cs_1"}
    facts |= {"session_status": "complete", "payment_intent_id": "pi_1"}
    with db.transaction() as session:
        row = payments.newest(session, public_id, is_locked=True)
        assert row is not None
        for outcome in settle(session, row, Seen(**{**facts, **seen}), now):
            securing.follow(session, outcome, now, head=HEAD)


def dues() -> list[tuple[Deed, int]]:
    with db.reading() as session:
        return [
            (row.deed, row.amount_ore) for row in session.execute(sa.select(PaymentDue.deed, PaymentDue.amount_ore))
        ]


def cancel(public_id: str, now: datetime, cause: CancelCause = CancelCause.CUSTOMER) -> None:
    with db.transaction() as session:
        actions.cancel(session, public_id, cause=cause, head=HEAD, now=now)


def pay_back(public_id: str, now: datetime) -> None:
    with db.transaction() as session:
        row = payments.newest(session, public_id, is_locked=True)
        assert row is not None
        owe_money_back(session, row, now)


def hand_over(public_id: str, now: datetime) -> None:
    with db.transaction() as session:
        actions.hand_over(session, public_id, means=None, now=now, by_staff_id=None)


def test_reserved_money_sells_the_things_once_with_one_mail(placed: str, bench: Item, now: datetime) -> None:
    for _time in range(4):
        shows(placed, now, **RESERVED)
    assert order(placed).state is OrderState.SECURED
    assert (item(bench.id).state, item(bench.id).held) == (ItemState.SOLD, 0)
    assert [mail.subject for mail in mails_about(placed)] == ["Tak for din ordre 2026-0001"]


def test_the_receipt_carries_the_whole_contract(placed: str, now: datetime) -> None:
    shows(placed, now, **RESERVED)
    written = mails_about(placed)[0].body
    assert HEAD.link_token(placed) not in written, "the secret is put in when the mail is sent"
    body = HEAD.with_tokens(written)
    for part in (
        "1.150",
        "Heraf moms",
        "230",
        "FORTRYDELSESRET",
        "/fortryd",
        "STANDARDFORTRYDELSESFORMULAR",
        "REKLAMATION",
        "CVR",
    ):
        assert part in body
    assert HEAD.order_link(placed) in body


@pytest.mark.parametrize(
    "wrong",
    [
        {"amount_ore": TOTAL - 1, "capturable_ore": TOTAL - 1},
        {"capturable_ore": TOTAL - 1},
        {"currency": "sek"},
        {"reference": "another order"},
    ],
)
def test_money_that_does_not_fit_secures_nothing(
    placed: str, bench: Item, now: datetime, wrong: dict[str, Any]
) -> None:
    shows(placed, now, **{**RESERVED, **wrong})
    assert order(placed).state is OrderState.NEEDS_ATTENTION
    assert item(bench.id).state is ItemState.FOR_SALE
    assert mails_about(placed) == []


def test_a_second_page_that_does_not_fit_never_takes_back_a_secured_order(placed: str, now: datetime) -> None:
    shows(placed, now, **RESERVED)
    shows(placed, now, session_id="cs_2", payment_intent_id="pi_2", **RESERVED)
    assert order(placed).state is OrderState.SECURED
    assert "passer ikke" in order(placed).attention


@pytest.mark.parametrize("late", [CLOSED, {"status": "requires_payment_method"}])
def test_a_late_failure_never_downgrades(placed: str, now: datetime, late: dict[str, Any]) -> None:
    shows(placed, now, **RESERVED)
    before = end_state()
    shows(placed, now, **late)
    assert end_state() == before


def test_the_end_of_the_page_frees_the_things_once(placed: str, bench: Item, now: datetime) -> None:
    for _time in range(3):
        shows(placed, now, **CLOSED)
    assert order(placed).cancel_cause is CancelCause.LAPSED
    assert item(bench.id).held == 0
    assert mails_about(placed) == []


def test_money_after_the_hold_lapsed_still_buys_what_is_free(placed: str, bench: Item, now: datetime) -> None:
    with db.transaction() as session:
        row = actions.load(session, placed)
        actions.ending.cancel_unpaid(session, row, CancelCause.LAPSED, now)
    shows(placed, now, **RESERVED)
    assert order(placed).state is OrderState.SECURED
    assert item(bench.id).state is ItemState.SOLD


def test_money_after_somebody_else_got_it_goes_back_by_itself_once_and_the_customer_is_told(
    placed: str, bench: Item, now: datetime
) -> None:
    with db.transaction() as session:
        row = actions.load(session, placed)
        actions.ending.cancel_unpaid(session, row, CancelCause.LAPSED, now)
        assert products.hold(session, bench.id, 1)
        products.sell_held(session, bench.id, 1, reference="salg ved døren", now=now)
    for _told in range(3):
        shows(placed, now, **RESERVED)
    assert order(placed).state is OrderState.CANCELLED
    assert dues() == [(Deed.VOID, 0)]
    assert item(bench.id).quantity == 0


def test_money_after_the_customer_called_it_off_goes_back_by_itself(placed: str, bench: Item, now: datetime) -> None:
    cancel(placed, now)
    shows(placed, now, **RESERVED)
    assert order(placed).state is OrderState.CANCELLED
    assert (Deed.VOID, 0) in dues()
    assert item(bench.id).free == 1


def test_an_unpaid_order_keeps_its_things_until_its_page_is_closed(placed: str, bench: Item, now: datetime) -> None:
    cancel(placed, now)
    assert dues() == [(Deed.EXPIRE, 0)]
    assert item(bench.id).held == 1
    shows(placed, now, **CLOSED)
    assert item(bench.id).held == 0
    assert order(placed).cancel_cause is CancelCause.CUSTOMER


def test_a_lapsed_hold_is_given_back_only_after_the_page_is_closed(placed: str, bench: Item, now: datetime) -> None:
    late = now + timedelta(minutes=40)
    assert sweeps.release_lapsed(HEAD, late - timedelta(seconds=1)) == 0
    sweeps.release_lapsed(HEAD, late)
    sweeps.release_lapsed(HEAD, late)
    assert dues() == [(Deed.EXPIRE, 0)]
    assert item(bench.id).held == 1


def test_calling_off_before_capture_voids_and_never_refunds(placed: str, bench: Item, now: datetime) -> None:
    shows(placed, now, **RESERVED)
    for _press in range(2):
        cancel(placed, now)
    assert dues() == [(Deed.VOID, 0)]
    assert item(bench.id).state is ItemState.FOR_SALE
    shows(placed, now, **GONE)
    assert payment(placed).state is PaymentState.VOIDED
    assert order(placed).state is OrderState.CANCELLED
    assert [mail.subject for mail in mails_about(placed)][-1] == "Ordre 2026-0001 er annulleret"


def test_hand_over_owes_one_capture_and_a_refund_is_owed_once(placed: str, bench: Item, now: datetime) -> None:
    shows(placed, now, **RESERVED)
    for _press in range(2):
        hand_over(placed, now)
    assert dues() == [(Deed.CAPTURE, TOTAL)]
    assert item(bench.id).state is ItemState.HANDED_OVER
    with pytest.raises(Refusal, match="udleveret"):
        cancel(placed, now)
    with pytest.raises(Refusal, match="ved at blive trukket"):
        pay_back(placed, now)
    with db.transaction() as session:
        session.execute(sa.update(PaymentDue).values(done_at=now))
    shows(placed, now, **TAKEN)
    for _press in range(2):
        pay_back(placed, now)
    assert dues() == [(Deed.CAPTURE, TOTAL), (Deed.REFUND, TOTAL)]


def test_a_reservation_that_lapses_before_hand_over_needs_attention(placed: str, now: datetime) -> None:
    shows(placed, now, **RESERVED)
    shows(placed, now, cancellation_reason="automatic", **GONE)
    assert order(placed).state is OrderState.NEEDS_ATTENTION
    with pytest.raises(Refusal):
        hand_over(placed, now)


def test_a_capture_that_stripe_refuses_needs_attention(placed: str, now: datetime) -> None:
    shows(placed, now, **RESERVED)
    hand_over(placed, now)
    with db.transaction() as session:
        securing.follow(
            session, DeedRefused(placed, payment(placed).id, Deed.CAPTURE, "charge_expired"), now, head=HEAD
        )
    assert order(placed).state is OrderState.NEEDS_ATTENTION
    assert "charge_expired" in order(placed).attention


def test_ready_is_told_once_and_only_of_a_secured_order(placed: str, now: datetime) -> None:
    def ready() -> None:
        with db.transaction() as session:
            actions.make_ready(session, placed, head=HEAD, now=now, by_staff_id=None)

    with pytest.raises(Refusal):
        ready()
    shows(placed, now, **RESERVED)
    ready()
    ready()
    assert [mail.subject for mail in mails_about(placed)][-1] == "Du kan hente ordre 2026-0001"
    assert len(mails_about(placed)) == 2
