"""Card payments of the demo, in our books and in the stand-in's, so that handing over and giving back work on them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from shop.orders.models import Order
from shop.orders.placing import PAGE
from shop.payments.facts import CURRENCY
from shop.payments.models import Payment, PaymentState
from shop.payments.standin.bank import AUTHORISATION_SECONDS, Bank
from shop.payments.standin.ledger import Ledger
from workshop.core.config import Mode, Settings

LEDGER = "stripe-standin.sqlite3"


@dataclass(frozen=True)
class PracticeMoney:
    """Where practice money is kept: the stand-in's ledger in the demo, nowhere when no stand-in is used."""

    ledger: Path | None
    base_url: str

    @classmethod
    def of(cls, settings: Settings) -> PracticeMoney:
        """As the settings say; a real Stripe account gets no made-up payments."""
        has_standin = settings.mode is Mode.DEMO and settings.stripe_api_base is not None
        return cls(settings.data_dir / LEDGER if has_standin else None, settings.base_url)

    def payment(self, order: Order, state: PaymentState) -> Payment:
        """The payment of a placed order as it stands in the end. Paid four minutes after it was placed."""
        paid_at = order.secured_at or order.placed_at
        session_id, intent_id = self._in_the_ledger(order, state, paid_at) if self.ledger else (None, None)
        return Payment(
            reference=order.public_id,
            amount_ore=order.total_ore,
            state=state,
            session_id=session_id,
            payment_intent_id=intent_id,
            captured_ore=order.total_ore if state is PaymentState.CAPTURED else 0,
            opened_at=order.placed_at,
            expires_at=order.placed_at + PAGE,
            authorised_at=paid_at,
            lapses_at=paid_at + timedelta(seconds=AUTHORISATION_SECONDS),
        )

    def _in_the_ledger(self, order: Order, state: PaymentState, paid_at: datetime) -> tuple[str, str]:
        """The same story told to the stand-in; its events are old news, so they are not delivered."""
        if self.ledger is None:
            raise ValueError("there is no stand-in to tell")
        with Ledger(self.ledger).writing() as book:
            bank = Bank(book, self.base_url)
            bank.now = order.placed_at.timestamp()
            session_id = str(bank.open_session(_asked(order, self.base_url))["id"])
            bank.now = paid_at.timestamp()
            bank.pay(session_id, "card")
            intent_id = str(bank.session(session_id)["payment_intent"])
            if state is PaymentState.CAPTURED:
                bank.capture(intent_id, order.total_ore)
            elif state is PaymentState.VOIDED:
                bank.cancel(intent_id, "requested_by_customer")
            elif state is PaymentState.LAPSED:
                bank.cancel(intent_id, "automatic")
            book.execute("UPDATE delivery SET delivered_at = due_at WHERE delivered_at IS NULL")
        return session_id, intent_id


def _asked(order: Order, base_url: str) -> dict[str, object]:
    """What the shop would have asked Stripe for."""
    ours = {"reference": order.public_id}
    return {
        "mode": "payment",
        "client_reference_id": order.public_id,
        "metadata": ours,
        "customer_email": order.customer_email,
        "line_items": [
            {
                "quantity": line.quantity,
                "price_data": {
                    "currency": CURRENCY,
                    "unit_amount": line.unit_price_ore,
                    "product_data": {"name": line.title},
                },
            }
            for line in order.lines
        ],
        "payment_intent_data": {"capture_method": "manual", "metadata": ours},
        "success_url": base_url,
        "cancel_url": base_url,
        "expires_at": int((order.placed_at + PAGE).timestamp()),
    }
