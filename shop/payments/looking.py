"""What Stripe itself says about one payment right now.

An event only says where to look: events come twice, late and out of order, but the object behind them is always as it
is. Nothing here touches the database.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from shop.payments.facts import CheckoutState, Event, PaymentState
from shop.payments.gateway import StripeGateway

NOT_GIVEN = frozenset({"failed", "canceled"})  # what a refund is called whose money stayed with us


@dataclass(frozen=True, kw_only=True)
class Seen:
    """A payment page, the payment behind it, or both. Amounts in øre; `status` is empty while nobody tried to pay."""

    reference: str
    amount_ore: int
    currency: str
    session_id: str | None = None
    session_status: str = ""
    payment_intent_id: str | None = None
    status: str = ""
    capturable_ore: int = 0
    received_ore: int = 0
    refunded_ore: int = 0
    lapses_at: datetime | None = None
    cancellation_reason: str | None = None
    was_tried: bool = False  # a card was used, so there was something to let go
    bounced: frozenset[str] = frozenset()  # our keys of refunds that the customer's bank sent back


def at_event(gateway: StripeGateway, event: Event) -> Seen | None:
    """What stands behind an event, or None for one that is about nothing we can look at."""
    if event.session_id:
        return at_page(gateway, event.session_id)
    if event.payment_intent_id is None:
        return None
    seen = at_payment(gateway, event.payment_intent_id)
    return with_bounced(gateway, seen) if event.type == "refund.failed" else seen


def with_bounced(gateway: StripeGateway, seen: Seen) -> Seen:
    """The same with the refunds that went out and the bank sent back; a question more, so it is seldom asked."""
    refunds = gateway.refunds_of(seen.payment_intent_id) if seen.payment_intent_id else []
    keys = (refund.key for refund in refunds if refund.status in NOT_GIVEN)
    return replace(seen, bounced=frozenset(key for key in keys if key))


def at_page(gateway: StripeGateway, session_id: str) -> Seen:
    """A payment page, and its payment when somebody has begun to pay."""
    return of_page(gateway, gateway.read_checkout(session_id))


def of_page(gateway: StripeGateway, page: CheckoutState) -> Seen:
    """The same, for a page that was just read."""
    if page.payment_intent_id is None:
        return Seen(
            reference=page.reference,
            amount_ore=page.amount_ore,
            currency=page.currency,
            session_id=page.session_id,
            session_status=page.status,
        )
    return of_payment(gateway.read_payment(page.payment_intent_id), page)


def at_payment(gateway: StripeGateway, payment_intent_id: str) -> Seen:
    """A payment by its own id."""
    return of_payment(gateway.read_payment(payment_intent_id))


def of_payment(payment: PaymentState, page: CheckoutState | None = None) -> Seen:
    """A payment that was just read, with its page if that is known."""
    return Seen(
        reference=payment.reference,
        amount_ore=payment.amount_ore,
        currency=payment.currency,
        session_id=page.session_id if page else None,
        session_status=page.status if page else "",
        payment_intent_id=payment.payment_intent_id,
        status=payment.status,
        capturable_ore=payment.amount_capturable_ore,
        received_ore=payment.amount_received_ore,
        refunded_ore=payment.amount_refunded_ore,
        lapses_at=payment.capture_before,
        cancellation_reason=payment.cancellation_reason,
        was_tried=bool(payment.method),
    )
