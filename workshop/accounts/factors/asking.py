"""What the pages about signing in share: whose sign-in it is, where they lead on, and where passkeys hold."""

from __future__ import annotations

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from workshop.accounts import signing, throttle
from workshop.accounts.factors.passkeys import Place
from workshop.accounts.factors.steps import Login
from workshop.core import access, web
from workshop.core.access import safe_next


def this_login() -> Login:
    """The sign-in of this request, for the acts that change it."""
    settings = web.settings()
    return Login(
        signing.this_login_id(),
        access.half_actor().account_id,
        this_network(),
        settings.master_keys,
    )


def this_network() -> str:
    """The network of this request, as wrong tries are counted."""
    return throttle.network(web.settings().secret_key, request.remote_addr)


def place() -> Place:
    """Where our passkeys hold."""
    return Place.of(web.settings().base_url)


def way_on() -> str:
    """Where the person wanted to go, on this site; the desk's front door otherwise."""
    return safe_next(request.args.get("next"), url_for("accounts.desk_home"))


def is_half() -> bool:
    """Whether the second step is missing."""
    found = signing.signed_in()
    return found is not None and found.is_half


def onward() -> Response:
    """On to where the person wanted to go."""
    return redirect(way_on(), 303)
