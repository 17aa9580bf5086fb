"""Handles for tests and practice, at `/_standin/`: JSON in and out, and the secret key as everywhere."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, current_app, jsonify, request

from shop.payments.standin.api import check_key, refused, standin
from shop.payments.standin.bank import Bank
from shop.payments.standin.ledger import now, set_to, setting
from shop.payments.standin.postman import Postman
from shop.payments.standin.wire import Refused, missing

blueprint = Blueprint("controls", __name__, url_prefix="/_standin")
blueprint.register_error_handler(Refused, refused)
FAULTS = frozenset({"error_before", "error_after", "timeout_before", "timeout_after"})
TABLES = ("session", "payment", "refund", "event", "delivery", "answer", "fault")


@blueprint.before_request
def _only_with_the_key() -> None:
    check_key()


def _postman() -> Postman:
    here: Postman = current_app.extensions["postman"]
    return here


def _asked() -> dict[str, Any]:
    told = request.get_json()
    if not isinstance(told, dict):
        raise Refused("Send one JSON object.")
    return told


@blueprint.get("/ledger")
def ledger() -> Response:
    """The whole book, and the clock: the oracle that tests hold the shop up against."""
    here = standin()
    with here.ledger.writing() as db:
        Bank(db, here.base_url()).let_time_pass()
        book: dict[str, Any] = {
            table: [dict(row) for row in db.execute(f"SELECT * FROM {table} ORDER BY rowid")]  # noqa: S608 — our words
            for table in TABLES
        }
        book |= {"now": now(db), "held": bool(setting(db, "held"))}
    return jsonify(book)


@blueprint.post("/clock")
def clock() -> Response:
    """`{"seconds": n}`: move the stand-in's clock ahead; what lapses, lapses."""
    here, seconds = standin(), float(_asked()["seconds"])
    with here.ledger.writing() as db:
        set_to(db, "clock_offset", setting(db, "clock_offset") + seconds)
        Bank(db, here.base_url()).let_time_pass()
        return jsonify({"now": now(db)})


@blueprint.post("/hold")
def hold() -> Response:
    """`{"held": true}`: deliver nothing until it is false again."""
    held = bool(_asked()["held"])
    with standin().ledger.writing() as db:
        set_to(db, "held", float(held))
    return jsonify({"held": held})


@blueprint.post("/deliver")
def deliver() -> Response:
    """`{"events": [ids], "at_once": false}`: deliver these now, in this order, held back or not."""
    asked = _asked()
    return jsonify({"answers": _send([str(event) for event in asked["events"]], bool(asked.get("at_once")))})


@blueprint.post("/events/<event>/replay")
def replay(event: str) -> Response:
    """`{"times": n, "at_once": false}`: deliver the same event again and again."""
    asked = _asked()
    return jsonify({"answers": _send([event] * int(asked.get("times", 1)), bool(asked.get("at_once")))})


@blueprint.post("/faults")
def fault() -> Response:
    """`{"kind": "error_after", "times": 1, "method": "POST", "path": "/v1/refunds", "seconds": 0}`: plan failures.

    `_before`: nothing happened. `_after`: it happened, but the shop does not hear of it. A timeout is silent for
    `seconds` (30), and the library asks again by itself, with the same key: plan as many as it has tries.
    """
    asked = _asked()
    if asked.get("kind") not in FAULTS:
        raise Refused(f"kind must be one of {', '.join(sorted(FAULTS))}", param="kind")
    seconds = float(asked.get("seconds", 30 if str(asked["kind"]).startswith("timeout") else 0))
    with standin().ledger.writing() as db:
        db.execute(
            "INSERT INTO fault (kind, method, path, seconds, left_over) VALUES (?, ?, ?, ?, ?)",
            (
                asked["kind"],
                str(asked.get("method", "POST")),
                str(asked.get("path", "/v1/")),
                seconds,
                int(asked.get("times", 1)),
            ),
        )
    return jsonify({"planned": asked["kind"]})


@blueprint.post("/refunds/<refund_id>/bounce")
def bounce(refund_id: str) -> Response:
    """`{}`: the customer's bank sends this refund back."""
    _asked()
    here = standin()
    with here.ledger.writing() as db:
        return jsonify(Bank(db, here.base_url()).bounce(refund_id))


@blueprint.post("/forget-keys")
def forget_keys() -> Response:
    """`{}`: forget every idempotency key, as Stripe may after 24 hours."""
    _asked()
    with standin().ledger.writing() as db:
        return jsonify({"forgotten": db.execute("DELETE FROM answer").rowcount})


def _send(events: list[str], at_once: bool) -> list[str]:
    with standin().ledger.reading() as db:
        for event in events:
            if db.execute("SELECT 1 FROM event WHERE id = ?", (event,)).fetchone() is None:
                raise missing("event", event)
    return _postman().send(events, at_once=at_once)
