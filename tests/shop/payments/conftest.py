"""The real library, over real HTTP, against the stand-in in a thread beside the test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from shop.payments.facts import CheckoutLine, CheckoutPage
from shop.payments.gateway import StripeGateway
from shop.payments.standin.server import Running, create_standin, serve_in_thread
from tests.shop.payments.rig import API_KEY, SECRET, Receiver, door_to, receiving


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


@pytest.fixture
def stripe(tmp_path: Path, receiver: Receiver) -> Iterator[Running]:
    app = create_standin(
        ledger=tmp_path / "stripe.sqlite",
        webhook_url=receiver.url,
        webhook_secret=SECRET,
        api_key=API_KEY,
        retry_seconds=0.05,
    )
    with serve_in_thread(app) as running:
        yield running


@pytest.fixture
def gateway(stripe: Running) -> StripeGateway:
    return door_to(stripe.url)


@pytest.fixture
def checkout(gateway: StripeGateway) -> Callable[..., CheckoutPage]:
    def open_page(key: str = "attempt-1", amount_ore: int = 144_500, **changes: Any) -> CheckoutPage:
        asked: dict[str, Any] = {
            "reference": "ordre-abc",
            "lines": [CheckoutLine("Havebænk nr. 1042", amount_ore)],
            "customer_email": "ane@example.dk",
            "success_url": "http://127.0.0.1:9/ordre/abc?s={CHECKOUT_SESSION_ID}",
            "cancel_url": "http://127.0.0.1:9/kassen",
            "expires_at": datetime.now(UTC) + timedelta(minutes=31),
            "capture": "manual",
            "key": key,
        }
        return gateway.create_checkout(**{**asked, **changes})

    return open_page


@pytest.fixture
def paid(gateway: StripeGateway, stripe: Running, checkout: Callable[..., CheckoutPage]) -> Callable[..., str]:
    """Open a page, pay it, and tell the payment's id."""

    def pay(how: str = "kort", **changes: Any) -> str:
        page = checkout(**changes)
        stripe.pay(page.session_id, how)
        payment_intent_id = gateway.read_checkout(page.session_id).payment_intent_id
        assert payment_intent_id is not None
        return payment_intent_id

    return pay
