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
EXPANDABLE = {"latest_charge"}
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


@blueprint.get("/checkout/sessions")
def list_sessions() -> Response:
    """Payment pages, newest first."""

    def act(bank: Bank, asked: dict[str, Any]) -> Json:
        rows = bank.db.execute(
            "SELECT id FROM session WHERE created BETWEEN ? AND ? AND ? IN ('', status) AND ? IN ('', payment)"
            " ORDER BY created DESC, rowid DESC",
            (*_span(asked), asked.get("status", ""), asked.get("payment_intent", "")),
        )
        return _page("/v1/checkout/sessions", [row["id"] for row in rows], asked, bank.session)

    return _read("checkout.session.list", act)


@blueprint.get("/checkout/sessions/<session_id>")
def read_session(session_id: str) -> Response:
    """Read a payment page."""
    return _read("checkout.session.retrieve", lambda bank, _asked: bank.session(session_id))


@blueprint.post("/checkout/sessions/<session_id>/expire")
def expire_session(session_id: str) -> Response:
    """Close a payment page."""
    return _write("checkout.session.expire", lambda bank, _asked: bank.expire_session(session_id))


@blueprint.get("/payment_intents")
def list_payments() -> Response:
    """Payments, newest first."""

    def act(bank: Bank, asked: dict[str, Any]) -> Json:
        expand = _expand(asked, within="data.")
        rows = bank.db.execute(
            "SELECT id FROM payment WHERE created BETWEEN ? AND ? ORDER BY created DESC, rowid DESC", _span(asked)
        )
        return _page("/v1/payment_intents", [row["id"] for row in rows], asked, lambda each: bank.payment(each, expand))

    return _read("payment_intent.list", act)


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
            "SELECT id FROM refund WHERE created BETWEEN ? AND ? AND ? IN ('', payment)"
            " ORDER BY created DESC, rowid DESC",
            (*_span(asked), asked.get("payment_intent", "")),
        )
        return _page("/v1/refunds", [row["id"] for row in rows], asked, bank.refund)

    return _read("refund.list", act)


@blueprint.get("/refunds/<refund_id>")
def read_refund(refund_id: str) -> Response:
    """Read a refund."""
    return _read("refund.retrieve", lambda bank, _asked: bank.refund(refund_id))


@blueprint.get("/events")
def list_events() -> Response:
    """Events of the last 30 days, newest first."""

    def act(bank: Bank, asked: dict[str, Any]) -> Json:
        lowest, highest = _span(asked)
        kinds = asked.get("types") or ([asked["type"]] if "type" in asked else [])
        rows = bank.db.execute(
            "SELECT id, type, body FROM event WHERE created BETWEEN ? AND ? ORDER BY seq DESC",
            (max(lowest, int(bank.now) - 30 * 86_400), highest),
        )
        found = {row["id"]: row["body"] for row in rows if not kinds or row["type"] in kinds}
        return _page("/v1/events", list(found), asked, lambda event: json.loads(found[event]))

    return _read("event.list", act)


@blueprint.route("/<path:path>", methods=["GET", "POST", "DELETE"])
def unknown(path: str) -> Response:
    """Whatever else Stripe has is not here."""
    raise Refused(f"Unrecognized request URL ({request.method}: /v1/{path}).", status=404)


def _span(asked: dict[str, Any]) -> tuple[int, int]:
    """The first and last second of `created`, which is a moment, or bounds, or not there."""
    span = asked.get("created", {})
    if isinstance(span, int):
        return span, span
    lowest = max(span.get("gte", 0), span.get("gt", -1) + 1)
    return lowest, min(span.get("lte", 10**12), span.get("lt", 10**12) - 1)


def _page(url: str, ids: list[str], asked: dict[str, Any], show: Callable[[str], Json]) -> Json:
    """One page of a list: only what is on it is made."""
    after = asked.get("starting_after")
    if after is not None and after not in ids:
        raise Refused(f"No such object: '{after}'", code="resource_missing", param="starting_after")
    start = ids.index(after) + 1 if after is not None else 0
    end = start + min(max(asked.get("limit", 10), 1), 100)
    return list_object(url, [show(each) for each in ids[start:end]], has_more=end < len(ids))


def _expand(asked: dict[str, Any], within: str = "") -> tuple[str, ...]:
    """What to show whole; in a list Stripe wants `data.` before each name."""
    names = tuple(name.removeprefix(within) for name in asked.get("expand", ()))
    for name, given in zip(names, asked.get("expand", ()), strict=True):
        if name not in EXPANDABLE or not given.startswith(within):
            raise Refused(f"This property cannot be expanded ({given}).", param="expand", is_kept=False)
    return names


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
