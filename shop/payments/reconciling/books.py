"""Stripe's books of the last days, read page by page. Nothing here touches the database."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from shop.payments import looking
from shop.payments.gateway import PaymentRefused, StripeGateway
from shop.payments.looking import Seen


def read(gateway: StripeGateway, since: datetime) -> list[Seen]:
    """Every payment page and payment since then, and older payments of which something was given back since.

    Raises PaymentUnavailable.
    """
    pages = gateway.pages_since(since)
    payments = {payment.payment_intent_id: payment for payment in gateway.payments_since(since)}
    for payment_id in gateway.refunded_since(since) - payments.keys():
        payments[payment_id] = gateway.read_payment(payment_id)
    seen = []
    for page in pages:
        payment = payments.pop(page.payment_intent_id or "", None)
        seen.append(looking.of_payment(payment, page) if payment else looking.of_page(gateway, page))
    return seen + [looking.of_payment(payment) for payment in payments.values()]


def read_one(gateway: StripeGateway, session_id: str | None, payment_intent_id: str | None) -> Seen | None:
    """One payment by its ids at Stripe; None when Stripe knows neither. Raises PaymentUnavailable."""
    try:
        if session_id:
            return looking.at_page(gateway, session_id)
        if payment_intent_id:
            return looking.at_payment(gateway, payment_intent_id)
    except PaymentRefused as no:
        if no.code != "resource_missing":
            raise
    return None


def object_id_of(seen: Seen) -> str:
    """What Stripe calls it: the payment once there is one, else its page."""
    return seen.payment_intent_id or seen.session_id or ""


def ids_of(seen: Iterable[Seen]) -> tuple[set[str], set[str]]:
    """The pages and the payments among them."""
    every = list(seen)
    return {each.session_id for each in every if each.session_id}, {
        each.payment_intent_id for each in every if each.payment_intent_id
    }
