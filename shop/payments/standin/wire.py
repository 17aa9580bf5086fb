"""Stripe's wire format: how objects and refusals look as JSON."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection
from typing import Any

API_VERSION = "2026-10-28.endive"
Json = dict[str, Any]


class Refused(Exception):  # noqa: N818 — named for what Stripe does
    """Stripe's no. `is_kept` says whether an idempotency key remembers it: not when the parameters were wrong."""

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        kind: str = "invalid_request_error",
        code: str | None = None,
        param: str | None = None,
        is_kept: bool = True,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.is_kept = is_kept
        told = {"type": kind, "message": message, "code": code, "param": param}
        self.body: Json = {"error": {name: value for name, value in told.items() if value is not None}}


def missing(kind: str, object_id: str) -> Refused:
    """The answer for an id that is not in the book."""
    return Refused(f"No such {kind}: '{object_id}'", status=404, code="resource_missing", param="id")


def session_object(row: sqlite3.Row, payment: sqlite3.Row | None, base_url: str) -> Json:
    """A Checkout Session."""
    asked = json.loads(row["asked"])
    is_paid = payment is not None and payment["status"] == "succeeded"
    is_open = row["status"] == "open"
    return {
        "id": row["id"],
        "object": "checkout.session",
        "adaptive_pricing": asked.get("adaptive_pricing"),
        "amount_subtotal": row["amount"],
        "amount_total": row["amount"],
        "cancel_url": asked.get("cancel_url"),
        "client_reference_id": asked.get("client_reference_id"),
        "created": row["created"],
        "currency": row["currency"],
        "customer": None,
        "customer_email": asked.get("customer_email"),
        "customer_details": None if is_open else {"email": asked.get("customer_email"), "name": "Øve Køber"},
        "expires_at": row["expires_at"],
        "livemode": False,
        "locale": asked.get("locale"),
        "metadata": asked.get("metadata", {}),
        "mode": "payment",
        "payment_intent": row["payment"],
        "payment_method_types": ["card", "mobilepay"],
        "payment_status": "paid" if is_paid else "unpaid",
        "status": row["status"],
        "success_url": asked["success_url"],
        "url": f"{base_url}/pay/{row['id']}" if is_open else None,
    }


def payment_object(row: sqlite3.Row, expand: Collection[str] = ()) -> Json:
    """A PaymentIntent."""
    return {
        "id": row["id"],
        "object": "payment_intent",
        "amount": row["amount"],
        "amount_capturable": row["capturable"],
        "amount_received": row["received"],
        "canceled_at": row["canceled_at"],
        "cancellation_reason": row["cancellation_reason"],
        "capture_method": row["capture_method"],
        "confirmation_method": "automatic",
        "created": row["created"],
        "currency": row["currency"],
        "customer": None,
        "last_payment_error": json.loads(row["last_error"]) if row["last_error"] else None,
        "latest_charge": charge_object(row) if "latest_charge" in expand and row["charge"] else row["charge"],
        "livemode": False,
        "metadata": json.loads(row["metadata"]),
        "payment_method_types": ["card", "mobilepay"],
        "status": row["status"],
    }


def charge_object(row: sqlite3.Row) -> Json:
    """The Charge of a payment that was authorised. What was let go counts as refunded here, as with Stripe."""
    is_over = row["status"] in {"succeeded", "canceled"}
    refunded = row["amount"] - row["received"] + row["refunded"] if is_over else 0
    method = row["method"] or "card"
    return {
        "id": row["charge"],
        "object": "charge",
        "amount": row["amount"],
        "amount_captured": row["received"],
        "amount_refunded": refunded,
        "billing_details": {"email": "koeber@example.dk", "name": "Øve Køber"},
        "captured": row["received"] > 0,
        "created": row["created"],
        "currency": row["currency"],
        "livemode": False,
        "metadata": json.loads(row["metadata"]),
        "paid": True,
        "payment_intent": row["id"],
        "payment_method_details": {"type": method, method: {"capture_before": row["capture_before"]}},
        "refunded": refunded == row["amount"],
        "status": "succeeded",
    }


def refund_object(row: sqlite3.Row, payment: sqlite3.Row, *, is_bounced: bool) -> Json:
    """A Refund; practice money is back at once, unless a test let the bank send it back."""
    return {
        "id": row["id"],
        "object": "refund",
        "amount": row["amount"],
        "charge": payment["charge"],
        "created": row["created"],
        "currency": payment["currency"],
        "metadata": json.loads(row["metadata"]),
        "payment_intent": payment["id"],
        "reason": row["reason"],
        "status": "failed" if is_bounced else "succeeded",
    }


def event_object(event_id: str, kind: str, created: int, subject: Json) -> Json:
    """An Event with the subject as it is at this moment."""
    return {
        "id": event_id,
        "object": "event",
        "api_version": API_VERSION,
        "created": created,
        "data": {"object": subject},
        "livemode": False,
        "pending_webhooks": 1,
        "request": {"id": None, "idempotency_key": None},
        "type": kind,
    }


def list_object(url: str, found: list[Json], *, has_more: bool) -> Json:
    """A page of a list."""
    return {"object": "list", "data": found, "has_more": has_more, "url": url}
