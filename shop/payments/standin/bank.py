"""What happens to practice money: opened, authorised, refused, captured, let go, given back, lapsed."""

from __future__ import annotations

import json
import sqlite3
from typing import Any

from shop.payments.standin.ledger import new_id, now
from shop.payments.standin.wire import (
    Json,
    Refused,
    charge_object,
    event_object,
    missing,
    payment_object,
    refund_object,
    session_object,
)

AUTHORISATION_SECONDS = 7 * 86_400  # Source: Stripe, how long a card payment made online stays reserved
SHORTEST_SESSION, LONGEST_SESSION = 30 * 60, 24 * 3_600  # Source: Stripe, `expires_at` of a Checkout Session
SMALLEST_AMOUNT = {"dkk": 250}  # Source: Stripe, minimum charge amounts; 50 of the smallest unit elsewhere
ROUND_TRIP_SECONDS = 30  # A request for exactly 30 minutes is on its way for a moment; Stripe forgives that.


class Bank:
    """The rules, over one open write of the ledger. `base_url` is where the pay page answers."""

    def __init__(self, db: sqlite3.Connection, base_url: str) -> None:
        self.db = db
        self.base_url = base_url
        self.now = now(db)

    # Reading

    def row(self, kind: str, object_id: str) -> sqlite3.Row:
        """One row, or Stripe's 404."""
        table = {"checkout.session": "session", "payment_intent": "payment", "refund": "refund"}[kind]
        query = f"SELECT * FROM {table} WHERE id = ?"  # noqa: S608 — the table is one of the three words above
        found: sqlite3.Row | None = self.db.execute(query, (object_id,)).fetchone()
        if found is None:
            raise missing(kind, object_id)
        return found

    def session(self, session_id: str) -> Json:
        """A Checkout Session as it is now."""
        row = self.row("checkout.session", session_id)
        payment = self.row("payment_intent", row["payment"]) if row["payment"] else None
        return session_object(row, payment, self.base_url)

    def payment(self, payment_id: str, expand: tuple[str, ...] = ()) -> Json:
        """A PaymentIntent as it is now."""
        return payment_object(self.row("payment_intent", payment_id), expand)

    def refund(self, refund_id: str) -> Json:
        """A Refund."""
        row = self.row("refund", refund_id)
        found = self.db.execute("SELECT 1 FROM bounced WHERE refund = ?", (refund_id,)).fetchone()
        return refund_object(row, self.row("payment_intent", row["payment"]), is_bounced=found is not None)

    # Checkout

    def open_session(self, asked: dict[str, Any]) -> Json:
        """A new payment page. `asked` holds Stripe's parameters, already checked for names and types."""
        if asked.get("mode") != "payment":
            raise _wrong("Only mode=payment is known here.", "mode")
        if not asked.get("success_url"):
            raise _wrong("Missing required param: success_url.", "success_url", "parameter_missing")
        amount, currency = _total(asked.get("line_items") or [])
        expires_at = asked.get("expires_at", int(self.now) + LONGEST_SESSION)
        ahead = expires_at - int(self.now)
        if not SHORTEST_SESSION - ROUND_TRIP_SECONDS <= ahead <= LONGEST_SESSION:
            raise _wrong(
                "The `expires_at` must be 30 minutes to 24 hours from Checkout Session creation.", "expires_at"
            )
        capture_method = (asked.get("payment_intent_data") or {}).get("capture_method", "automatic_async")
        session_id = new_id("cs_test")
        self.db.execute(
            "INSERT INTO session (id, created, expires_at, status, amount, currency, capture_method, asked)"
            " VALUES (?, ?, ?, 'open', ?, ?, ?, ?)",
            (session_id, int(self.now), expires_at, amount, currency, capture_method, json.dumps(asked)),
        )
        return self.session(session_id)

    def expire_session(self, session_id: str) -> Json:
        """Close a payment page that nobody paid."""
        row = self.row("checkout.session", session_id)
        if row["status"] != "open":
            raise Refused(
                'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of'
                f" {row['status']}."
            )
        self.db.execute("UPDATE session SET status = 'expired' WHERE id = ?", (session_id,))
        if row["payment"]:
            self._end(row["payment"], "abandoned")
        self.tell("checkout.session.expired", self.session(session_id))
        return self.session(session_id)

    def pay(self, session_id: str, method: str) -> bool:
        """The buyer pays. False when the page was already paid or closed: nobody is charged twice."""
        row = self.row("checkout.session", session_id)
        if row["status"] != "open":
            return False
        payment_id = self._payment_of(row)
        is_manual = row["capture_method"] == "manual"
        self.db.execute(
            "UPDATE payment SET status = ?, capturable = ?, received = ?, charge = ?, method = ?, capture_before = ?,"
            " last_error = NULL WHERE id = ?",
            (
                "requires_capture" if is_manual else "succeeded",
                row["amount"] if is_manual else 0,
                0 if is_manual else row["amount"],
                new_id("ch"),
                method,
                int(self.now) + AUTHORISATION_SECONDS if is_manual else None,
                payment_id,
            ),
        )
        self.db.execute("UPDATE session SET status = 'complete' WHERE id = ?", (session_id,))
        kind = "payment_intent.amount_capturable_updated" if is_manual else "payment_intent.succeeded"
        self.tell(kind, self.payment(payment_id))
        self.tell("checkout.session.completed", self.session(session_id))
        return True

    def decline(self, session_id: str) -> bool:
        """The bank says no; the page stays open for another try."""
        row = self.row("checkout.session", session_id)
        if row["status"] != "open":
            return False
        payment_id = self._payment_of(row)
        error = {"type": "card_error", "code": "card_declined", "decline_code": "generic_decline"}
        self.db.execute("UPDATE payment SET last_error = ? WHERE id = ?", (json.dumps(error), payment_id))
        self.tell("payment_intent.payment_failed", self.payment(payment_id))
        return True

    def _payment_of(self, row: sqlite3.Row) -> str:
        """Stripe makes the PaymentIntent when the buyer first tries to pay, not when the page opens."""
        if row["payment"]:
            return str(row["payment"])
        payment_id = new_id("pi")
        metadata = (json.loads(row["asked"]).get("payment_intent_data") or {}).get("metadata", {})
        self.db.execute(
            "INSERT INTO payment (id, session, created, amount, currency, capture_method, status, metadata)"
            " VALUES (?, ?, ?, ?, ?, ?, 'requires_payment_method', ?)",
            (
                payment_id,
                row["id"],
                int(self.now),
                row["amount"],
                row["currency"],
                row["capture_method"],
                json.dumps(metadata),
            ),
        )
        self.db.execute("UPDATE session SET payment = ? WHERE id = ?", (payment_id, row["id"]))
        return payment_id

    # Money

    def capture(self, payment_id: str, amount: int | None) -> Json:
        """Take reserved money, once; what is not taken is let go."""
        row = self.row("payment_intent", payment_id)
        if row["status"] != "requires_capture":
            raise _wrong_state(row, "captured", "requires_capture")
        taken = row["capturable"] if amount is None else amount
        if taken < 1:
            raise _wrong("Invalid positive integer", "amount_to_capture", "parameter_invalid_integer")
        if taken > row["capturable"]:
            raise Refused(
                f"The amount to capture ({taken}) is greater than the amount capturable ({row['capturable']}).",
                code="amount_too_large",
                param="amount_to_capture",
            )
        self.db.execute(
            "UPDATE payment SET status = 'succeeded', capturable = 0, received = ? WHERE id = ?", (taken, payment_id)
        )
        self.tell("payment_intent.succeeded", self.payment(payment_id))
        if taken < row["amount"]:
            self.tell("charge.refunded", self._charge(payment_id))
        return self.payment(payment_id)

    def cancel(self, payment_id: str, reason: str | None) -> Json:
        """Let reserved money go."""
        row = self.row("payment_intent", payment_id)
        if row["status"] == "requires_payment_method":
            raise Refused("You cannot cancel this PaymentIntent directly. Expire its Checkout Session instead.")
        if row["status"] != "requires_capture":
            raise _wrong_state(row, "canceled", "requires_capture")
        self._end(payment_id, reason)
        return self.payment(payment_id)

    def give_back(self, asked: dict[str, Any]) -> Json:
        """Refund taken money, never more than is left of it."""
        row = self.row("payment_intent", asked.get("payment_intent") or "")
        if row["status"] != "succeeded":
            message = f"This PaymentIntent ({row['id']}) does not have a successful charge to refund."
            raise Refused(message, code="payment_intent_unexpected_state", param="payment_intent")
        left = row["received"] - row["refunded"]
        if not left:
            raise Refused(f"Charge {row['charge']} has already been refunded.", code="charge_already_refunded")
        amount = asked.get("amount", left)
        if amount < 1:
            raise _wrong("Invalid positive integer", "amount", "parameter_invalid_integer")
        if amount > left:
            message = f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left})"
            raise Refused(message, code="amount_too_large", param="amount")
        refund_id = new_id("re")
        self.db.execute(
            "INSERT INTO refund (id, payment, created, amount, metadata, reason) VALUES (?, ?, ?, ?, ?, ?)",
            (refund_id, row["id"], int(self.now), amount, json.dumps(asked.get("metadata", {})), asked.get("reason")),
        )
        self.db.execute("UPDATE payment SET refunded = refunded + ? WHERE id = ?", (amount, row["id"]))
        self.tell("charge.refunded", self._charge(row["id"]))
        return self.refund(refund_id)

    def bounce(self, refund_id: str) -> Json:
        """The customer's bank sends a refund back, days after it went out; twice is once."""
        row = self.row("refund", refund_id)
        if self.db.execute("INSERT OR IGNORE INTO bounced (refund) VALUES (?)", (refund_id,)).rowcount:
            self.db.execute("UPDATE payment SET refunded = refunded - ? WHERE id = ?", (row["amount"], row["payment"]))
            self.tell("refund.failed", self.refund(refund_id))
        return self.refund(refund_id)

    def _end(self, payment_id: str, reason: str | None) -> None:
        self.db.execute(
            "UPDATE payment SET status = 'canceled', capturable = 0, canceled_at = ?, cancellation_reason = ?"
            " WHERE id = ?",
            (int(self.now), reason, payment_id),
        )
        self.tell("payment_intent.canceled", self.payment(payment_id))
        if self.row("payment_intent", payment_id)["charge"]:
            self.tell("charge.refunded", self._charge(payment_id))

    def _charge(self, payment_id: str) -> Json:
        return charge_object(self.row("payment_intent", payment_id))

    # Time and telling

    def let_time_pass(self) -> None:
        """Close pages whose time is over and let lapsed reservations go."""
        for row in self.db.execute(
            "SELECT id FROM session WHERE status = 'open' AND expires_at <= ? ORDER BY expires_at", (self.now,)
        ).fetchall():
            self.expire_session(row["id"])
        for row in self.db.execute(
            "SELECT id FROM payment WHERE status = 'requires_capture' AND capture_before <= ?", (self.now,)
        ).fetchall():
            self._end(row["id"], "automatic")

    def tell(self, kind: str, subject: Json) -> None:
        """Write down an event and that it must be delivered, in the same write as what it tells of."""
        event_id = new_id("evt")
        body = json.dumps(event_object(event_id, kind, int(self.now), subject), ensure_ascii=False)
        self.db.execute(
            "INSERT INTO event (id, type, created, body) VALUES (?, ?, ?, ?)", (event_id, kind, int(self.now), body)
        )
        self.db.execute("INSERT INTO delivery (event, due_at) VALUES (?, ?)", (event_id, self.now))


def is_time_due(db: sqlite3.Connection) -> bool:
    """Whether `let_time_pass` has anything to do; asked often, so it only reads."""
    moment = now(db)
    found = db.execute(
        "SELECT EXISTS (SELECT 1 FROM session WHERE status = 'open' AND expires_at <= ?)"
        " OR EXISTS (SELECT 1 FROM payment WHERE status = 'requires_capture' AND capture_before <= ?)",
        (moment, moment),
    ).fetchone()
    return bool(found[0])


def _total(lines: list[dict[str, Any]]) -> tuple[int, str]:
    """Amount and currency of all lines. Raises Refused."""
    if not lines:
        raise _wrong("Missing required param: line_items.", "line_items", "parameter_missing")
    amount, currencies = 0, set()
    for position, line in enumerate(lines):
        price, path = line.get("price_data"), f"line_items[{position}]"
        if not price or "unit_amount" not in price or not (price.get("product_data") or {}).get("name"):
            raise _wrong(f"Missing required param: {path}[price_data].", f"{path}[price_data]", "parameter_missing")
        quantity = line.get("quantity", 0)
        if quantity < 1 or price["unit_amount"] < 0:
            raise _wrong("Invalid positive integer", f"{path}[quantity]", "parameter_invalid_integer")
        amount += price["unit_amount"] * quantity
        currencies.add(price["currency"].lower())
    if len(currencies) != 1:
        raise _wrong("All line items must have the same currency.", "line_items")
    currency = currencies.pop()
    if amount < SMALLEST_AMOUNT.get(currency, 50):
        raise _wrong("The Checkout Session's total amount is too small.", "line_items", "amount_too_small")
    return amount, currency


def _wrong(message: str, param: str, code: str | None = None) -> Refused:
    return Refused(message, code=code, param=param, is_kept=False)


def _wrong_state(row: sqlite3.Row, act: str, needed: str) -> Refused:
    return Refused(
        f"This PaymentIntent could not be {act} because it has a status of {row['status']}. Only a PaymentIntent with"
        f" one of the following statuses may be {act}: {needed}.",
        code="payment_intent_unexpected_state",
    )
