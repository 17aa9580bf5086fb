"""Browsers a person has signed in with before: a signed cookie, so that somebody else's guessing does not stop them.

Source: OWASP, "Slow Down Online Guessing Attacks with Device Cookies".
"""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime, timedelta

from flask import Response, current_app, request

from workshop.core import clock, crypto, mail, web

COOKIE = "kendt"
LASTS = timedelta(days=180)
MOST = 5  # people who share a browser
_APART = "~"


def subject_of(email: str, now: datetime) -> str:
    """What wrong tries from this browser are counted against; nothing when this person has not signed in here."""
    address = email.strip().lower()
    for entry in _entries():
        day, _dot, rest = entry.partition(".")
        nonce, _dot, mac = rest.partition(".")
        if hmac.compare_digest(mac.encode(), _mac(address, day, nonce).encode()) and _is_fresh(day, now):
            return f"browser:{crypto.token_hash(nonce)[:32]}"
    return ""


def remember(response: Response, email: str, now: datetime) -> Response:
    """Let this browser be known as this person's, for half a year from now."""
    address = email.strip().lower()
    day, nonce = clock.local_day(now).isoformat(), secrets.token_urlsafe(12)
    made = f"{day}.{nonce}.{_mac(address, day, nonce)}"
    others = [each for each in _entries() if not _is_of(each, address)]
    response.set_cookie(
        _name(),
        _APART.join([made, *others][:MOST]),
        max_age=LASTS,
        httponly=True,
        secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
        samesite="Lax",
        path="/",
    )
    return response


def _entries() -> list[str]:
    return [each for each in request.cookies.get(_name(), "").split(_APART)[:MOST] if each]


def _is_of(entry: str, address: str) -> bool:
    day, _dot, rest = entry.partition(".")
    nonce, _dot, mac = rest.partition(".")
    return hmac.compare_digest(mac.encode(), _mac(address, day, nonce).encode())


def _mac(address: str, day: str, nonce: str) -> str:
    return mail.secret_of(web.settings().secret_key, f"known-browser:{address}:{day}:{nonce}")


def _is_fresh(day: str, now: datetime) -> bool:
    made = clock.day_of(day)
    return made is not None and clock.local_day(now) - made <= LASTS


def _name() -> str:
    return f"__Host-{COOKIE}" if current_app.config["SESSION_COOKIE_SECURE"] else COOKIE
