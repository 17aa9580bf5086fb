"""What the shop's pages share: the one door to Stripe, and the cookies of basket and order."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask, current_app, request
from itsdangerous import BadSignature, URLSafeTimedSerializer
from werkzeug.wrappers import Response

from shop.payments.gateway import StripeGateway
from workshop.core.config import Settings
from workshop.core.web import settings

BASKET_LASTS = timedelta(days=30)
ORDER_LASTS = timedelta(days=90)
ANSWER_SECONDS = 8.0  # asked twice at most: a customer who has pressed the button is not kept for half a minute


def gateway() -> StripeGateway:
    """The door of the running app."""
    return gateway_of(current_app)


def gateway_of(app: Flask) -> StripeGateway:
    """Stripe, or the stand-in; made at first use and kept."""
    kept: StripeGateway | None = app.extensions.get("stripe")
    if kept is None:
        chosen: Settings = app.extensions["settings"]
        kept = StripeGateway(
            secret_key=chosen.stripe_secret_key,
            webhook_secret=chosen.stripe_webhook_secret,
            api_base=chosen.stripe_api_base,
            read_seconds=ANSWER_SECONDS,
        )
        app.extensions["stripe"] = kept
    return kept


def basket_token() -> str | None:
    """What the visitor's cookie says."""
    return request.cookies.get(_basket_cookie())


def keep_basket(response: Response, token: str) -> Response:
    """Give the visitor the basket's cookie; no script can read it."""
    secure = settings().is_https
    response.set_cookie(
        _basket_cookie(), token, max_age=BASKET_LASTS, httponly=True, secure=secure, samesite="Lax", path="/"
    )
    return response


def open_order(response: Response, public_id: str) -> Response:
    """Let this browser see one order: a signed cookie that is sent to that order's address and no other."""
    response.set_cookie(
        "ordre",
        _signer().dumps(public_id),
        max_age=ORDER_LASTS,
        httponly=True,
        secure=settings().is_https,
        samesite="Lax",
        path=f"/ordre/{public_id}",
    )
    return response


def may_see(public_id: str) -> bool:
    """Whether this browser was let in to this order."""
    try:
        shown: object = _signer().loads(request.cookies.get("ordre", ""), max_age=int(ORDER_LASTS.total_seconds()))
    except BadSignature:
        return False
    return shown == public_id


def private(response: Response) -> Response:
    """A page that is one person's: no cache keeps it."""
    response.headers["Cache-Control"] = "no-store"
    return response


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(settings().secret_key, salt="order-cookie")


def _basket_cookie() -> str:
    return "__Host-kurv" if settings().is_https else "kurv"
