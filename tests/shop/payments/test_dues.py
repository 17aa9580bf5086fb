"""What is due at Stripe is done once, wherever the worker is killed, and put back while Stripe is away."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from shop.payments import dues, looking
from shop.payments.actions import open_payment, owe, owe_money_back, settle
from shop.payments.facts import CheckoutPage
from shop.payments.gateway import StripeGateway
from shop.payments.models import Deed, Payment, PaymentDue, PaymentState
from shop.payments.outcomes import Captured, DeedRefused, Expired, Outcome, Refunded, Secured, Voided
from shop.payments.standin.server import Running
from workshop.core import clock, db

REFERENCE, TOTAL = "ordre-abc", 144_500


class Heard:
    """What was handed to the caller, in order."""

    def __init__(self) -> None:
        self.outcomes: list[Outcome] = []

    def __call__(self, _session: Session, outcome: Outcome, _now: object) -> None:
        self.outcomes.append(outcome)

    @property
    def kinds(self) -> list[type[Outcome]]:
        return [type(each) for each in self.outcomes]


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def row(app: Flask, gateway: StripeGateway, paid: Callable[..., str]) -> int:
    """A payment that the customer has reserved, and that we know of."""
    now = clock.now()
    intent = paid()
    with db.transaction() as session:
        payment = open_payment(
            session, reference=REFERENCE, amount_ore=TOTAL, now=now, expires_at=now + timedelta(minutes=31)
        )
        assert [type(each) for each in settle(session, payment, looking.at_payment(gateway, intent), now)] == [Secured]
        return payment.id


def due(payment_id: int, deed: Deed, amount_ore: int = 0) -> None:
    with db.transaction() as session:
        owe(session, session.get_one(Payment, payment_id), deed, clock.now(), amount_ore=amount_ore)


def money_back(payment_id: int) -> None:
    with db.transaction() as session:
        owe_money_back(session, session.get_one(Payment, payment_id), clock.now())


def state(payment_id: int) -> Payment:
    with db.reading() as session:
        found = session.get_one(Payment, payment_id)
        session.expunge_all()
        return found


def rows() -> list[PaymentDue]:
    with db.reading() as session:
        found = list(session.scalars(sa.select(PaymentDue).order_by(PaymentDue.id)))
        session.expunge_all()
        return found


def test_a_capture_is_done_once_and_told(row: int, gateway: StripeGateway, heard: Heard) -> None:
    for _time in range(2):
        due(row, Deed.CAPTURE, TOTAL)
    assert dues.run_due(gateway, heard, clock.now()) == 1
    assert dues.run_due(gateway, heard, clock.now()) == 0
    assert heard.kinds == [Captured]
    assert (state(row).state, state(row).captured_ore) == (PaymentState.CAPTURED, TOTAL)


@pytest.mark.parametrize("is_forgotten", [False, True])
def test_killed_between_call_and_mark_one_refund(
    row: int, gateway: StripeGateway, stripe: Running, heard: Heard, is_forgotten: bool
) -> None:
    due(row, Deed.CAPTURE, TOTAL)
    dues.run_due(gateway, heard, clock.now())
    for _press in range(2):
        money_back(row)
    job = dues.claim(clock.now())
    assert job is not None
    gateway.refund(str(job.payment_intent_id), job.amount_ore, job.key)  # ... and here the worker is killed
    if is_forgotten:
        stripe.control("forget-keys")
    assert dues.run_due(gateway, heard, clock.now()) == 0  # its claim still stands
    after = clock.now() + dues.CLAIM + timedelta(seconds=1)
    assert dues.run_due(gateway, heard, after) == 1
    assert [refund["amount"] for refund in stripe.ledger()["refund"]] == [TOTAL]
    assert heard.kinds == [Captured, Refunded]
    assert state(row).refunded_ore == TOTAL


def test_the_control_another_key_would_have_refunded_twice(row: int, gateway: StripeGateway, stripe: Running) -> None:
    due(row, Deed.CAPTURE, TOTAL)
    dues.run_due(gateway, Heard(), clock.now())
    intent = str(state(row).payment_intent_id)
    gateway.refund(intent, 1_000, "first")
    gateway.refund(intent, 1_000, "second")
    assert len(stripe.ledger()["refund"]) == 2


def test_a_void_lets_the_money_go(row: int, gateway: StripeGateway, heard: Heard) -> None:
    money_back(row)
    money_back(row)
    assert dues.run_due(gateway, heard, clock.now()) == 1
    assert heard.kinds == [Voided]
    assert state(row).state is PaymentState.VOIDED


def test_while_stripe_is_away_a_due_waits_longer_and_longer(
    row: int, gateway: StripeGateway, stripe: Running, heard: Heard
) -> None:
    due(row, Deed.CAPTURE, TOTAL)
    stripe.control("faults", kind="error_before", times=2, method="POST", path="/v1/payment_intents")
    now = clock.now()
    assert dues.run_due(gateway, heard, now) == 0
    assert rows()[0].due_at == now + dues.RETRY[0]
    assert dues.run_due(gateway, heard, now) == 0
    second = now + dues.RETRY[0]
    assert dues.run_due(gateway, heard, second) == 0
    assert rows()[0].due_at == second + dues.RETRY[1]
    assert dues.run_due(gateway, heard, second + dues.RETRY[1]) == 1
    assert rows()[0].attempts == 3
    assert heard.kinds == [Captured]


def test_what_stripe_refuses_is_told_and_not_asked_again(row: int, gateway: StripeGateway, heard: Heard) -> None:
    due(row, Deed.CAPTURE, TOTAL)
    gateway.void(str(state(row).payment_intent_id), "by hand")
    assert dues.run_due(gateway, heard, clock.now()) == 1
    assert heard.kinds == [Voided, DeedRefused]
    assert rows()[0].done_at is not None
    assert rows()[0].problem


def test_a_page_is_closed_or_found_paid(
    app: Flask, gateway: StripeGateway, stripe: Running, checkout: Callable[..., CheckoutPage], heard: Heard
) -> None:
    now = clock.now()
    for number, is_paid in enumerate((False, True)):
        reference = f"ordre-{number}"
        page = checkout(key=reference, reference=reference)
        with db.transaction() as session:
            payment = open_payment(session, reference=reference, amount_ore=TOTAL, now=now, expires_at=page.expires_at)
            payment.session_id = page.session_id
            owe(session, payment, Deed.EXPIRE, now)
        if is_paid:
            stripe.pay(page.session_id)
    assert dues.run_due(gateway, heard, clock.now()) == 2
    assert heard.kinds == [Expired, Secured]


def test_a_page_nobody_was_sent_to_needs_no_call(app: Flask, heard: Heard) -> None:
    now = clock.now()
    with db.transaction() as session:
        payment = open_payment(session, reference="x", amount_ore=TOTAL, now=now, expires_at=now)
        owe(session, payment, Deed.EXPIRE, now)
    nowhere = StripeGateway(secret_key="sk_test_x", webhook_secret="w", api_base="http://127.0.0.1:9")
    assert dues.run_due(nowhere, heard, now) == 1
    assert heard.kinds == [Expired]


def test_two_workers_never_take_the_same_due(row: int) -> None:
    due(row, Deed.CAPTURE, TOTAL)
    assert dues.claim(clock.now()) is not None
    assert dues.claim(clock.now()) is None
