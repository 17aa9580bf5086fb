"""Who is asking, read from the request: Flask-Login's session token and the tablet's key."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask, Response, current_app, g, request
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user

from workshop.accounts import actions, queries
from workshop.accounts.models import Device
from workshop.core import clock, db
from workshop.core.access import Actor

DEVICE_COOKIE = "tablet"
DEVICE_YEARS = timedelta(days=5 * 365)
SEEN_EVERY = {True: timedelta(seconds=1), False: timedelta(minutes=2)}  # on a tablet, at the desk


class SignedIn(UserMixin):
    """A session token and whose it is. `get_id` gives the token: revoke its row, and the next request is nobody's."""

    def __init__(self, token: str, actor: Actor | None) -> None:
        self.token = token
        self.actor = actor

    def get_id(self) -> str:
        """What Flask-Login keeps in the cookie."""
        return self.token


class Signing:
    """The guard asks here who a request belongs to."""

    def actor(self) -> Actor | None:
        """The signed-in person; a citizen only on the tablet they signed in at."""
        found: Actor | None = current_user.actor if current_user.is_authenticated else None
        if found is not None and found.is_citizen and found.device_id != self.device_id():
            return None
        return found

    def device_id(self) -> int | None:
        """The enrolled tablet of this request."""
        found = device()
        return found.id if found else None


def install(app: Flask) -> None:
    """Let Flask-Login read our sessions."""
    # No page asks the library who is there, so no visitor waits for it to look.
    manager = LoginManager(app, add_context_processor=False)
    manager.session_protection = None  # it would bind sessions to address and browser; ours can be revoked instead

    @manager.user_loader
    def load(token: str) -> SignedIn | None:
        now = clock.now()
        with db.reading() as session:
            found = queries.actor_of_session(session, token, now)
        if found is None:
            return None
        actor, login = found
        # Only what a person does counts as being there; a page that asks by itself does not keep the door open.
        if now - login.seen_at > SEEN_EVERY[actor.is_citizen] and request.endpoint not in {"static"}:
            with db.transaction() as session:
                actions.seen(session, login.id, now)
        return SignedIn(token, actor)


def begin(token: str) -> None:
    """Sign this browser in with a fresh session."""
    login_user(SignedIn(token, None))
    g.pop("actor", None)


def end() -> None:
    """Sign this browser out and end its session for good."""
    if current_user.is_authenticated:
        with db.transaction() as session:
            actions.sign_out(session, current_user.get_id(), clock.now())
    logout_user()
    g.pop("actor", None)


def device() -> Device | None:
    """The enrolled tablet of this request, looked up once."""
    if "device" not in g:
        key = request.cookies.get(_device_cookie())
        g.device = None
        if key:
            with db.reading() as session:
                g.device = queries.device_by_key(session, key)
    found: Device | None = g.device
    return found


def give_key(response: Response, key: str) -> Response:
    """Put the tablet's key into its cookie, where no script can read it."""
    secure = bool(current_app.config["SESSION_COOKIE_SECURE"])
    response.set_cookie(
        _device_cookie(), key, max_age=DEVICE_YEARS, httponly=True, secure=secure, samesite="Lax", path="/"
    )
    return response


def _device_cookie() -> str:
    return f"__Host-{DEVICE_COOKIE}" if current_app.config["SESSION_COOKIE_SECURE"] else DEVICE_COOKIE
