"""Card payments of the demo are known to the stand-in, so the buttons that move money work on them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from conftest import make_settings

from shop.demo.practice import LEDGER, PracticeMoney
from shop.orders.models import Order, OrderLine, OrderState, PayWay
from shop.payments.models import PaymentState
from shop.payments.standin.bank import Bank
from shop.payments.standin.ledger import Ledger
from workshop.core.config import Mode
from workshop.products.models import VatScheme

pytestmark = pytest.mark.once
BASE_URL = "http://localhost:5000"


def order(placed_at: datetime) -> Order:
    line = OrderLine(
        position=1, item_id=1, title="Bænk", quantity=2, unit_price_ore=50_000, vat_scheme=VatScheme.STANDARD
    )
    return Order(
        public_id="prøve",
        state=OrderState.SECURED,
        pay_way=PayWay.CARD,
        customer_email="kunde@kunder.example",
        total_ore=100_000,
        placed_at=placed_at,
        secured_at=placed_at + timedelta(minutes=4),
        lines=[line],
    )


@pytest.mark.parametrize(
    ("state", "there", "left"),
    [
        (PaymentState.AUTHORISED, "requires_capture", 100_000),
        (PaymentState.CAPTURED, "succeeded", 0),
        (PaymentState.VOIDED, "canceled", 0),
        (PaymentState.LAPSED, "canceled", 0),
    ],
)
def test_the_stand_in_knows_the_payment_as_our_books_do(
    tmp_path: Path, state: PaymentState, there: str, left: int
) -> None:
    book = tmp_path / LEDGER
    payment = PracticeMoney(book, BASE_URL).payment(order(datetime.now(UTC) - timedelta(days=1)), state)
    assert payment.state is state
    assert payment.captured_ore == (100_000 if state is PaymentState.CAPTURED else 0)
    with Ledger(book).writing() as ledger:
        known = Bank(ledger, BASE_URL).payment(payment.payment_intent_id or "")
        assert (known["status"], known["amount_capturable"]) == (there, left)
        assert known["metadata"] == {"reference": "prøve"}
        waiting = ledger.execute("SELECT count(*) FROM delivery WHERE delivered_at IS NULL").fetchone()[0]
        assert waiting == 0, "old news is not delivered"


def test_reserved_practice_money_can_be_taken(tmp_path: Path) -> None:
    book = tmp_path / LEDGER
    payment = PracticeMoney(book, BASE_URL).payment(
        order(datetime.now(UTC) - timedelta(days=1)), PaymentState.AUTHORISED
    )
    with Ledger(book).writing() as ledger:
        taken = Bank(ledger, BASE_URL).capture(payment.payment_intent_id or "", payment.amount_ore)
    assert taken["amount_received"] == 100_000


def test_a_real_stripe_account_gets_no_made_up_payments(tmp_path: Path) -> None:
    with_standin = make_settings("sqlite://", tmp_path, mode=Mode.DEMO)
    real = make_settings("sqlite://", tmp_path, mode=Mode.DEMO, stripe_api_base=None)
    assert PracticeMoney.of(with_standin).ledger == tmp_path / LEDGER
    assert PracticeMoney.of(real).ledger is None
    payment = PracticeMoney.of(real).payment(order(datetime.now(UTC)), PaymentState.AUTHORISED)
    assert (payment.session_id, payment.payment_intent_id) == (None, None)
