"""What Stripe tells us, as plain records. Money is whole øre, times are UTC; nothing here knows the library."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

CURRENCY = "dkk"

# Who the buyer is stands in the order already. A copy in stored events would outlive its erasure there.
_PERSONAL = frozenset(
    {
        "billing_details",
        "collected_information",
        "customer_details",
        "customer_email",
        "payment_method_details",
        "receipt_email",
        "shipping",
        "shipping_details",
    }
)


@dataclass(frozen=True)
class CheckoutLine:
    """One line on the payment page: øre per piece, VAT included."""

    name: str
    amount_ore: int
    quantity: int = 1


@dataclass(frozen=True)
class CheckoutPage:
    """A payment page to send the buyer to. Stripe makes the payment itself first when the buyer pays."""

    session_id: str
    url: str
    payment_intent_id: str | None
    expires_at: datetime


@dataclass(frozen=True)
class CheckoutState:
    """Where a payment page stands: `status` is open, complete or expired.

    `payment_status` stays `unpaid` on a completed page until reserved money is captured.
    """

    session_id: str
    status: str
    payment_status: str
    payment_intent_id: str | None
    amount_ore: int
    currency: str
    reference: str
    url: str | None
    expires_at: datetime


@dataclass(frozen=True)
class PaymentState:
    """Where the money is: requires_payment_method, requires_capture (reserved), succeeded (taken) or canceled.

    `capture_before` is when a reservation lapses, where the card's bank says so. `method` is card, mobilepay or empty.
    `cancellation_reason` is `automatic` when a reservation lapsed.
    """

    payment_intent_id: str
    status: str
    amount_ore: int
    amount_capturable_ore: int
    amount_received_ore: int
    amount_refunded_ore: int
    currency: str
    reference: str
    created_at: datetime
    capture_before: datetime | None
    cancellation_reason: str | None
    method: str


@dataclass(frozen=True)
class RefundState:
    """One refund: pending, succeeded, failed or canceled. `key` is ours; empty when made in Stripe's own pages."""

    refund_id: str
    amount_ore: int
    status: str
    key: str


@dataclass(frozen=True)
class Event:
    """One thing Stripe tells. `payload` is the whole message without the buyer's name, address and mail.

    Events come more than once and in any order: what an order does, it does on what Stripe's own object says now.
    """

    id: str
    type: str
    created: datetime
    object_id: str
    session_id: str | None
    payment_intent_id: str | None
    reference: str
    livemode: bool
    payload: Mapping[str, Any] = field(repr=False)

    @property
    def subject(self) -> Mapping[str, Any]:
        """The session, payment or charge as it was when the event was made."""
        told: Mapping[str, Any] = self.payload["data"]["object"]
        return told


def money_back_ore(charge: Mapping[str, Any]) -> int:
    """Øre really given back on a charge. Stripe also counts money it only let go: a void, or the rest of a capture."""
    taken = int(charge.get("amount_captured") or 0)
    if not taken:
        return 0
    let_go = int(charge["amount"]) - taken
    return max(0, int(charge.get("amount_refunded") or 0) - let_go)


def event_from(told: Mapping[str, Any]) -> Event:
    """One event from Stripe's JSON; fields that are not there become empty, for event types we never asked for."""
    subject: Mapping[str, Any] = (told.get("data") or {}).get("object") or {}
    kind, object_id = subject.get("object"), str(subject.get("id") or "")
    payment = object_id if kind == "payment_intent" else subject.get("payment_intent")
    if isinstance(payment, Mapping):
        payment = payment.get("id")
    reference = subject.get("client_reference_id") or (subject.get("metadata") or {}).get("reference") or ""
    return Event(
        id=str(told.get("id") or ""),
        type=str(told.get("type") or ""),
        created=datetime.fromtimestamp(int(told.get("created") or 0), UTC),
        object_id=object_id,
        session_id=object_id if kind == "checkout.session" else None,
        payment_intent_id=str(payment) if payment else None,
        reference=str(reference),
        livemode=bool(told.get("livemode")),
        payload={**told, "data": {"object": without_the_buyer(subject)}},
    )


def without_the_buyer(value: Any) -> Any:
    """The same JSON without the fields that say who paid."""
    if isinstance(value, Mapping):
        return {name: without_the_buyer(inner) for name, inner in value.items() if name not in _PERSONAL}
    if isinstance(value, list):
        return [without_the_buyer(inner) for inner in value]
    return value
