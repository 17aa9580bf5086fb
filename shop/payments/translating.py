"""From the library's objects to our records: what the door to Stripe hands on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from shop.payments.facts import CheckoutState, PaymentState, RefundState, money_back_ore

if TYPE_CHECKING:
    import stripe


def id_of(value: object) -> str | None:
    """The id of what stands there. Stripe answers with an id, or with the whole object when asked to expand it."""
    return value if value is None or isinstance(value, str) else str(getattr(value, "id", "")) or None


def moment(seconds: int) -> datetime:
    """Stripe's seconds as a time in UTC."""
    return datetime.fromtimestamp(seconds, UTC)


def checkout_state(session: stripe.checkout.Session) -> CheckoutState:
    """A payment page."""
    return CheckoutState(
        session_id=session.id,
        status=session.status or "",
        payment_status=session.payment_status,
        payment_intent_id=id_of(session.payment_intent),
        amount_ore=session.amount_total or 0,
        currency=session.currency or "",
        reference=session.client_reference_id or "",
        url=session.url,
        expires_at=moment(session.expires_at),
    )


def payment_state(intent: stripe.PaymentIntent) -> PaymentState:
    """A payment, with its charge if that was asked for."""
    told: Mapping[str, Any] = intent.to_dict(for_json=True)
    charge = told.get("latest_charge") or {}
    how: Mapping[str, Any] = charge.get("payment_method_details") or {}
    method = str(how.get("type") or "")
    capture_before = (how.get(method) or {}).get("capture_before")
    return PaymentState(
        payment_intent_id=intent.id,
        status=intent.status,
        amount_ore=intent.amount,
        amount_capturable_ore=intent.amount_capturable,
        amount_received_ore=intent.amount_received,
        amount_refunded_ore=money_back_ore(charge) if charge else 0,
        currency=intent.currency,
        reference=str((told.get("metadata") or {}).get("reference", "")),
        created_at=moment(intent.created),
        capture_before=moment(capture_before) if capture_before else None,
        cancellation_reason=intent.cancellation_reason,
        method=method,
    )


def refund_state(refund: stripe.Refund) -> RefundState:
    """A refund."""
    metadata: Mapping[str, Any] = refund.metadata.to_dict() if refund.metadata else {}
    return RefundState(
        refund_id=refund.id,
        amount_ore=refund.amount,
        status=refund.status or "",
        key=str(metadata.get("key", "")),
    )
