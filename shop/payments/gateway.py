"""The one door to Stripe: the only module of the shop that knows the `stripe` library.

Plain values go in, small frozen records come out; no object of the library leaves. Nothing here knows an order, a
session of the database or a citizen. Every call that moves money carries a permanent key of the caller's own row, so
asking twice is the same as asking once, also after Stripe has forgotten the key (it promises 24 hours).
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from types import ModuleType
from typing import TYPE_CHECKING, Literal, TypeVar

from shop.payments.facts import (
    CURRENCY,
    CheckoutLine,
    CheckoutPage,
    CheckoutState,
    Event,
    PaymentState,
    RefundState,
    event_from,
)
from shop.payments.translating import checkout_state, id_of, moment, payment_state, refund_state
from workshop.core.errors import Refusal
from workshop.core.i18n import _

if TYPE_CHECKING:
    import stripe

EVENT_TYPES = (
    "checkout.session.completed",
    "checkout.session.expired",
    "payment_intent.amount_capturable_updated",
    "payment_intent.succeeded",
    "payment_intent.canceled",
    "payment_intent.payment_failed",
    "charge.refunded",
    "refund.failed",
)
TOLERANCE_SECONDS = 300  # Source: Stripe's own default for the age of a signature
_Answer = TypeVar("_Answer")


class PaymentUnavailable(Refusal):
    """Stripe cannot be reached or does not answer as it should; nothing is known to have happened. Try again, same key.

    `reason` is for the log: it never holds a key or an address.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(_("Betalingen kan ikke åbnes lige nu. Intet er trukket. Prøv igen om lidt."))
        self.reason = reason


class PaymentRefused(Exception):  # noqa: N818 — an answer, like Refusal, but to a job and not to a person
    """Stripe understood and said no; the same question gets the same answer. `code` is Stripe's word for why."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code


class ForgedEvent(Exception):  # noqa: N818 — a verdict about a message, not a failure of ours
    """A message that claims to be from Stripe and cannot be trusted: unsigned, altered, stale or meant for another."""


@functools.cache
def _library() -> ModuleType:
    """The library, on first use: it takes 0.4-0.6 s to import, and most processes and pages never pay anything."""
    import stripe

    # Left on, it writes an id of this machine to the home folder and sends it along with the timing of each call.
    stripe.enable_telemetry = False
    return stripe


@contextmanager
def _asking_stripe() -> Iterator[None]:
    """Turn the library's exceptions into ours."""
    library = _library()
    try:
        yield
    except (library.InvalidRequestError, library.CardError, library.IdempotencyError) as no:
        raise PaymentRefused(no.code or _word_for(no), no.user_message or "") from no
    except library.APIConnectionError as trouble:
        raise PaymentUnavailable("no connection") from trouble
    except library.StripeError as trouble:
        # A wrong key (401) and lacking rights (403) are ours to mend; the buyer can still only try again later.
        raise PaymentUnavailable(f"{type(trouble).__name__} {trouble.http_status}") from trouble


def _word_for(no: stripe.StripeError) -> str:
    """Stripe leaves the code out of some answers; the kind of error stands in for it."""
    if isinstance(no, _library().IdempotencyError):
        return "idempotency_error"
    return "resource_missing" if no.http_status == 404 else "invalid_request"


@dataclass(frozen=True, kw_only=True)
class StripeGateway:
    """Stripe, or the stand-in when `api_base` says so. Built from plain values; safe to share between threads."""

    secret_key: str = field(repr=False)
    webhook_secret: str = field(repr=False)
    api_base: str | None = None
    connect_seconds: float = 5.0
    read_seconds: float = 20.0
    max_network_retries: int = 1

    @functools.cached_property
    def _client(self) -> stripe.StripeClient:
        library = _library()
        client: stripe.StripeClient = library.StripeClient(
            self.secret_key,
            base_addresses={"api": self.api_base.rstrip("/")} if self.api_base else None,
            max_network_retries=self.max_network_retries,
            http_client=library.RequestsClient(timeout=(self.connect_seconds, self.read_seconds)),
        )
        return client

    @property
    def is_live(self) -> bool:
        """Whether this door moves real money."""
        return "_live_" in self.secret_key

    def create_checkout(
        self,
        *,
        reference: str,
        lines: Sequence[CheckoutLine],
        customer_email: str,
        success_url: str,
        cancel_url: str,
        expires_at: datetime,
        capture: Literal["manual", "automatic"],
        key: str,
    ) -> CheckoutPage:
        """Open Stripe's payment page for one order.

        `reference` is the order's public id and comes back on every event; `expires_at` 30 minutes to 24 hours ahead;
        `manual` reserves the money until hand-over, `automatic` takes it at once (prepaid made-to-order).

        Raises PaymentUnavailable; PaymentRefused when a value is wrong or `key` was used for another question.
        """
        ours = {"reference": reference}
        with _asking_stripe():
            session = self._client.v1.checkout.sessions.create(
                {
                    "mode": "payment",
                    "locale": "da",
                    "client_reference_id": reference,
                    "metadata": ours,
                    "customer_email": customer_email,
                    "line_items": [
                        {
                            "quantity": line.quantity,
                            "price_data": {
                                "currency": CURRENCY,
                                "unit_amount": line.amount_ore,
                                "product_data": {"name": line.name},
                            },
                        }
                        for line in lines
                    ],
                    "payment_intent_data": {"capture_method": capture, "metadata": ours},
                    # Shown in another currency, the amount could no longer be held up against the order's øre.
                    "adaptive_pricing": {"enabled": False},
                    "success_url": success_url,
                    "cancel_url": cancel_url,
                    "expires_at": int(expires_at.timestamp()),
                },
                {"idempotency_key": key},
            )
        return CheckoutPage(
            session_id=session.id,
            url=session.url or "",
            payment_intent_id=id_of(session.payment_intent),
            expires_at=moment(session.expires_at),
        )

    def read_checkout(self, session_id: str) -> CheckoutState:
        """Where a payment page stands, from Stripe itself."""
        with _asking_stripe():
            return checkout_state(self._client.v1.checkout.sessions.retrieve(session_id))

    def expire_checkout(self, session_id: str) -> CheckoutState:
        """Close a payment page so that it can no longer be paid; a page already paid or closed is told as it stands.

        The caller must look at `status`: `complete` means the buyer was first, and the hold must not be released.
        """

        def expire() -> CheckoutState:
            with _asking_stripe():
                return checkout_state(self._client.v1.checkout.sessions.expire(session_id))

        return _unless(expire, lambda: self.read_checkout(session_id), lambda state: state.status != "open")

    def read_payment(self, payment_intent_id: str) -> PaymentState:
        """What Stripe holds, has taken and has given back on one payment."""
        with _asking_stripe():
            intent = self._client.v1.payment_intents.retrieve(payment_intent_id, {"expand": ["latest_charge"]})
        return payment_state(intent)

    def capture(self, payment_intent_id: str, amount_ore: int, key: str) -> PaymentState:
        """Take reserved money at hand-over, `amount_ore` or less than was reserved; the rest is let go.

        Raises PaymentRefused when it was voided, has lapsed, or another amount was taken.
        """

        def capture() -> PaymentState:
            with _asking_stripe():
                intent = self._client.v1.payment_intents.capture(
                    payment_intent_id,
                    {"amount_to_capture": amount_ore, "expand": ["latest_charge"]},
                    {"idempotency_key": key},
                )
            return payment_state(intent)

        return _unless(
            capture,
            lambda: self.read_payment(payment_intent_id),
            lambda state: state.status == "succeeded" and state.amount_received_ore == amount_ore,
        )

    def void(self, payment_intent_id: str, key: str) -> PaymentState:
        """Let reserved money go before anything was taken. Raises PaymentRefused when it was already taken."""

        def cancel() -> PaymentState:
            with _asking_stripe():
                intent = self._client.v1.payment_intents.cancel(
                    payment_intent_id, {"expand": ["latest_charge"]}, {"idempotency_key": key}
                )
            return payment_state(intent)

        return _unless(cancel, lambda: self.read_payment(payment_intent_id), lambda state: state.status == "canceled")

    def refund(self, payment_intent_id: str, amount_ore: int, key: str) -> RefundState:
        """Give taken money back, once per `key` for ever. Raises PaymentRefused above what is left of the capture."""
        given = next((refund for refund in self.refunds_of(payment_intent_id) if refund.key == key), None)
        if given is not None:
            if given.amount_ore != amount_ore:
                raise PaymentRefused("idempotency_error", "This key has already refunded another amount.")
            return given
        with _asking_stripe():
            refund = self._client.v1.refunds.create(
                # The key travels along as metadata because Stripe forgets keys, but never metadata.
                {"payment_intent": payment_intent_id, "amount": amount_ore, "metadata": {"key": key}},
                {"idempotency_key": key},
            )
        return refund_state(refund)

    def refunds_of(self, payment_intent_id: str) -> list[RefundState]:
        """Every refund of one payment, also those made by hand in Stripe's own pages (their key is empty)."""
        with _asking_stripe():
            found = self._client.v1.refunds.list({"payment_intent": payment_intent_id, "limit": 100})
            return [refund_state(refund) for refund in found.auto_paging_iter()]

    def events_since(self, created: datetime) -> list[Event]:
        """Everything Stripe has told since then, oldest first, for reconciliation; Stripe keeps 30 days."""
        with _asking_stripe():
            found = self._client.v1.events.list(
                {"created": {"gte": int(created.timestamp())}, "types": list(EVENT_TYPES), "limit": 100}
            )
            newest_first = [event_from(event.to_dict(for_json=True)) for event in found.auto_paging_iter()]
        return newest_first[::-1]

    def payments_since(self, created: datetime) -> list[PaymentState]:
        """Every payment that was begun since then, newest first, whoever began it; for reconciliation."""
        with _asking_stripe():
            found = self._client.v1.payment_intents.list(
                {"created": {"gte": int(created.timestamp())}, "limit": 100, "expand": ["data.latest_charge"]}
            )
            return [payment_state(intent) for intent in found.auto_paging_iter()]

    def pages_since(self, created: datetime) -> list[CheckoutState]:
        """Every payment page that was opened since then, newest first; for reconciliation."""
        with _asking_stripe():
            found = self._client.v1.checkout.sessions.list({"created": {"gte": int(created.timestamp())}, "limit": 100})
            return [checkout_state(session) for session in found.auto_paging_iter()]

    def refunded_since(self, created: datetime) -> set[str]:
        """The payments of which something was given back since then, however old they are; for reconciliation."""
        with _asking_stripe():
            found = self._client.v1.refunds.list({"created": {"gte": int(created.timestamp())}, "limit": 100})
            return {payment for refund in found.auto_paging_iter() if (payment := id_of(refund.payment_intent))}

    def read_event(
        self, body: bytes, signature: str | None, *, now: datetime, tolerance_seconds: int = TOLERANCE_SECONDS
    ) -> Event:
        """The event in a webhook's raw body, once it is proved to be from Stripe, for us, and fresh.

        A stamp from the future passes, as in Stripe's library: it is signed, so it is our clock that is slow.

        Raises ForgedEvent for everything else; the answer is 400 and nothing changes.
        """
        library = _library()
        # The library compares text in constant time, which Python refuses to do for other than ASCII.
        if signature is None or not signature.isascii():
            raise ForgedEvent("no signature")
        try:
            library.WebhookSignature.verify_header(body, signature, self.webhook_secret, tolerance=None)
            stamp = int(next(part for part in signature.split(",") if part.startswith("t=")).removeprefix("t="))
            told = json.loads(body)
        except library.SignatureVerificationError as no:
            raise ForgedEvent(no.user_message) from no
        except ValueError as no:
            raise ForgedEvent("not text, or not JSON") from no
        if stamp < now.timestamp() - tolerance_seconds:
            raise ForgedEvent("stale")
        return self._for_us(told)

    def _for_us(self, told: object) -> Event:
        """Refuse what is signed but not an event of this account and mode."""
        if not isinstance(told, dict) or told.get("object") != "event":
            raise ForgedEvent("not an event")
        if told.get("account") is not None:
            raise ForgedEvent("from another account")
        if told.get("livemode") is not self.is_live:
            raise ForgedEvent("practice money and real money are mixed")
        return event_from(told)


def _unless(ask: Callable[[], _Answer], look: Callable[[], _Answer], is_done: Callable[[_Answer], bool]) -> _Answer:
    """Ask; if Stripe refuses because it is already as we wanted it, that is success."""
    try:
        return ask()
    except PaymentRefused as no:
        if no.code in {"resource_missing", "idempotency_error"}:
            raise
        state = look()
        if not is_done(state):
            raise
        return state
