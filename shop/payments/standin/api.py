"""The part of Stripe's HTTP interface that the shop uses, at `/v1/`."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, current_app, request

from shop.payments.standin import parameters
from shop.payments.standin.bank import Bank
from shop.payments.standin.ledger import Ledger, new_id
from shop.payments.standin.wire import Json, Refused, list_object

blueprint = Blueprint("stripe", __name__, url_prefix="/v1")
EXPANDABLE = {"payment_intent": {"latest_charge"}}
Act = Callable[[Bank, dict[str, Any]], Json]


@dataclass(frozen=True)
class Standin:
    """What every request needs; one per program."""

    ledger: Ledger
    api_key: str
    public_url: str

    def base_url(self) -> str:
        """Where buyers reach the pay page."""
        return self.public_url or request.host_url.rstrip("/")


def standin() -> Standin:
    """The stand-in this request came to."""
    here: Standin = current_app.extensions["standin"]
    return here


def check_key() -> None:
    """Only the holder of the secret key gets in. Raises Refused (401)."""
    told = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not hmac.compare_digest(told.encode(), standin().api_key.encode()):
        raise Refused("Invalid API Key provided.", status=401)


@blueprint.before_request
def _only_with_the_key() -> None:
    check_key()


@blueprint.errorhandler(Refused)
def refused(no: Refused) -> Response:
    """Stripe's no as JSON."""
    return _json(no.body, no.status)


@blueprint.post("/checkout/sessions")
def create_session() -> Response:
    """Open a payment page."""
    return _write("checkout.session.create", lambda bank, asked: bank.open_session(asked))


@blueprint.get("/checkout/sessions/<session_id>")
def read_session(session_id: str) -> Response:
    """Read a payment page."""
    return _read("checkout.session.retrieve", lambda bank, _asked: bank.session(session_id))


@blueprint.post("/checkout/sessions/<session_id>/expire")
def expire_session(session_id: str) -> Response:
    """Close a payment page."""
    return _write("checkout.session.expire", lambda bank, _asked: bank.expire_session(session_id))


@blueprint.get("/payment_intents/<payment_id>")
def read_payment(payment_id: str) -> Response:
    """Read a payment."""
    return _read("payment_intent.retrieve", lambda bank, asked: bank.payment(payment_id, _expand(asked)))


@blueprint.post("/payment_intents/<payment_id>/capture")
def capture(payment_id: str) -> Response:
    """Take reserved money."""

    def act(bank: Bank, asked: dict[str, Any]) -> Json:
        bank.capture(payment_id, asked.get("amount_to_capture"))
        return bank.payment(payment_id, _expand(asked))

    return _write("payment_intent.capture", act)


@blueprint.post("/payment_intents/<payment_id>/cancel")
def cancel(payment_id: str) -> Response:
    """Let reserved money go."""

    def act(bank: Bank, asked: dict[str, Any]) -> Json:
        bank.cancel(payment_id, asked.get("cancellation_reason"))
        return bank.payment(payment_id, _expand(asked))

    return _write("payment_intent.cancel", act)


@blueprint.post("/refunds")
def create_refund() -> Response:
    """Give taken money back."""
    return _write("refund.create", lambda bank, asked: bank.give_back(asked))


@blueprint.get("/refunds")
def list_refunds() -> Response:
    """Refunds, newest first."""

    def act(bank: Bank, asked: dict[str, Any]) -> Json:
        rows = bank.db.execute(
            "SELECT id FROM refund WHERE ? IN ('', payment) ORDER BY created DESC, rowid DESC",
            (asked.get("payment_intent", ""),),
        )
        return _page("/v1/refunds", [bank.refund(row["id"]) for row in rows], asked)

    return _read("refund.list", act)


@blueprint.get("/refunds/<refund_id>")
def read_refund(refund_id: str) -> Response:
    """Read a refund."""
    return _read("refund.retrieve", lambda bank, _asked: bank.refund(refund_id))


@blueprint.get("/events")
def list_events() -> Response:
    """Events of the last 30 days, newest first."""

    def act(bank: Bank, asked: dict[str, Any]) -> Json:
        span = asked.get("created", {})
        lowest, highest = (span, span) if isinstance(span, int) else _bounds(span)
        kinds = asked.get("types") or ([asked["type"]] if "type" in asked else [])
        rows = bank.db.execute(
            "SELECT type, body FROM event WHERE created BETWEEN ? AND ? ORDER BY seq DESC",
            (max(lowest, int(bank.now) - 30 * 86_400), highest),
        )
        found = [json.loads(row["body"]) for row in rows if not kinds or row["type"] in kinds]
        return _page("/v1/events", found, asked)

    return _read("event.list", act)


@blueprint.route("/<path:path>", methods=["GET", "POST", "DELETE"])
def unknown(path: str) -> Response:
    """Whatever else Stripe has is not here."""
    raise Refused(f"Unrecognized request URL ({request.method}: /v1/{path}).", status=404)


def _bounds(span: dict[str, int]) -> tuple[int, int]:
    lowest = max(span.get("gte", 0), span.get("gt", -1) + 1)
    return lowest, min(span.get("lte", 10**12), span.get("lt", 10**12) - 1)


def _page(url: str, found: list[Json], asked: dict[str, Any]) -> Json:
    ids = [item["id"] for item in found]
    after = asked.get("starting_after")
    if after is not None and after not in ids:
        raise Refused(f"No such object: '{after}'", code="resource_missing", param="starting_after")
    start = ids.index(after) + 1 if after is not None else 0
    end = start + min(max(asked.get("limit", 10), 1), 100)
    return list_object(url, found[start:end], has_more=end < len(found))


def _expand(asked: dict[str, Any]) -> tuple[str, ...]:
    for name in asked.get("expand", ()):
        if name not in EXPANDABLE["payment_intent"]:
            raise Refused(f"This property cannot be expanded ({name}).", param="expand", is_kept=False)
    return tuple(asked.get("expand", ()))


def _read(table: str, act: Act) -> Response:
    asked = parameters.read(table, request.args.items(multi=True))
    here = standin()
    fault = _fault(here.ledger)
    if fault is not None:
        return fault.answer()
    with here.ledger.writing() as db:  # Looking lets time pass, so that a lapsed page is never shown as open.
        bank = Bank(db, here.base_url())
        bank.let_time_pass()
        return _json(act(bank, asked))


def _write(table: str, act: Act) -> Response:
    asked = parameters.read(table, request.form.items(multi=True))
    here = standin()
    fault = _fault(here.ledger)
    if fault is not None and not fault.happens_after:
        return fault.answer()
    answer = _answer_once(here, act, asked)
    return fault.answer() if fault is not None else answer


def _answer_once(here: Standin, act: Act, asked: dict[str, Any]) -> Response:
    """Do it, or tell what was answered when this key was used before."""
    key = request.headers.get("Idempotency-Key", "")
    fingerprint = hashlib.sha256(json.dumps([request.path, asked], sort_keys=True).encode()).hexdigest()
    with here.ledger.writing() as db:
        bank = Bank(db, here.base_url())
        bank.let_time_pass()
        kept = db.execute("SELECT * FROM answer WHERE key = ?", (key,)).fetchone() if key else None
        if kept is not None:
            if kept["fingerprint"] != fingerprint:
                message = (
                    "Keys for idempotent requests can only be used with the same parameters they were first used with."
                )
                raise Refused(message, kind="idempotency_error")
            return _json(json.loads(kept["body"]), kept["status"], {"Idempotent-Replayed": "true"})
        db.execute("SAVEPOINT act")
        try:
            status, body = 200, act(bank, asked)
        except Refused as no:
            db.execute("ROLLBACK TO act")
            if not no.is_kept:
                raise
            status, body = no.status, no.body
        if key:
            db.execute(
                "INSERT INTO answer (key, fingerprint, status, body) VALUES (?, ?, ?, ?)",
                (key, fingerprint, status, json.dumps(body)),
            )
    return _json(body, status)


def _json(body: Json, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    told = Response(json.dumps(body, ensure_ascii=False), status, headers, content_type="application/json")
    told.headers["Request-Id"] = new_id("req")
    return told


@dataclass(frozen=True)
class Fault:
    """A planned failure: before anything happened, or after it happened but before the shop heard of it."""

    kind: str
    seconds: float

    @property
    def happens_after(self) -> bool:
        """Whether the work was done all the same."""
        return self.kind.endswith("_after")

    def answer(self) -> Response:
        """Silence for as long as was asked, then a server error."""
        time.sleep(self.seconds)
        return _json(
            {"error": {"type": "api_error", "message": "Planned failure."}}, 500, {"Stripe-Should-Retry": "false"}
        )


def _fault(ledger: Ledger) -> Fault | None:
    """Take the next planned failure for this address, if there is one."""
    with ledger.reading() as db:
        if db.execute("SELECT 1 FROM fault WHERE left_over > 0 LIMIT 1").fetchone() is None:
            return None
    with ledger.writing() as db:
        row = db.execute(
            "SELECT * FROM fault WHERE left_over > 0 AND method = ? AND instr(?, path) = 1 ORDER BY seq LIMIT 1",
            (request.method, request.path),
        ).fetchone()
        if row is None:
            return None
        db.execute("UPDATE fault SET left_over = left_over - 1 WHERE seq = ?", (row["seq"],))
        return Fault(row["kind"], row["seconds"])
