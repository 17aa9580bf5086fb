"""The page where a buyer practises paying. It says plainly that no money moves."""

from __future__ import annotations

import json
from urllib.parse import urlsplit

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from shop.payments.standin.api import standin
from shop.payments.standin.bank import Bank
from shop.payments.standin.wire import Json, Refused
from workshop.core.money import kr

blueprint = Blueprint(
    "pay", __name__, template_folder="templates", static_folder="static", static_url_path="/pay/static"
)
METHODS = {"kort": "card", "mobilepay": "mobilepay"}


@blueprint.after_app_request
def _strict(response: AnyResponse) -> AnyResponse:
    response.headers.setdefault(
        "Content-Security-Policy", "default-src 'self'; frame-ancestors 'none'; base-uri 'none'"
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    return response


@blueprint.errorhandler(Refused)
def not_here(_no: Refused) -> Response:
    """An address that is not a payment page."""
    return make_response(render_template("standin/gone.html"), 404)


@blueprint.get("/pay/<session_id>")
def page(session_id: str) -> Response:
    """What is to be paid, and four buttons."""
    here = standin()
    with here.ledger.writing() as db:
        bank = Bank(db, here.base_url())
        bank.let_time_pass()
        session, asked = bank.session(session_id), json.loads(bank.row("checkout.session", session_id)["asked"])
    response = make_response(
        render_template(
            "standin/pay.html",
            session=session,
            total=amount_text(session["amount_total"], session["currency"]),
            lines=[_line(line) for line in asked["line_items"]],
            was_declined="afvist" in request.args,
        )
    )
    # Browsers hold the answer to a form up against form-action, and the answer leads back to the shop.
    back = " ".join(sorted({_origin(session["success_url"]), _origin(session["cancel_url"])} - {""}))
    policy = f"default-src 'self'; form-action 'self' {back}; frame-ancestors 'none'; base-uri 'none'"
    response.headers["Content-Security-Policy"] = policy
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.post("/pay/<session_id>")
def choose(session_id: str) -> AnyResponse:
    """One of the four buttons. Pressed twice, the second press changes nothing."""
    how = request.form.get("how", "")
    here = standin()
    with here.ledger.writing() as db:
        bank = Bank(db, here.base_url())
        bank.let_time_pass()
        if how in METHODS:
            bank.pay(session_id, METHODS[how])
        elif how == "afvis":
            bank.decline(session_id)
        session = bank.session(session_id)
    return redirect(_next(session, how), 303)


def _next(session: Json, how: str) -> str:
    """Where the buyer goes: on to the shop, back to it, or again to this page, which then says why."""
    if session["status"] == "complete":
        return str(session["success_url"]).replace("{CHECKOUT_SESSION_ID}", session["id"])
    if how == "fortryd" and session["cancel_url"]:
        return str(session["cancel_url"])
    return url_for("pay.page", session_id=session["id"], afvist="1" if how == "afvis" else None)


def amount_text(amount: int, currency: str) -> str:
    """Kroner as the shop writes them; another currency, which only tests use, with its code."""
    return kr(amount) if currency == "dkk" else f"{amount // 100},{amount % 100:02d} {currency.upper()}"


def _line(line: Json) -> dict[str, str]:
    price, quantity = line["price_data"], line["quantity"]
    name = price["product_data"]["name"]
    return {
        "name": f"{quantity} × {name}" if quantity > 1 else name,
        "amount": amount_text(price["unit_amount"] * quantity, price["currency"]),
    }


def _origin(url: str | None) -> str:
    parts = urlsplit(url or "")
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""
