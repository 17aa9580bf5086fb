"""Who is asking, read from the request: Flask-Login's session token and the tablet's key."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import Flask, Response, current_app, g, make_response, render_template, request
from flask import session as flask_session
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user

from workshop.accounts import actions, queries
from workshop.accounts.models import Device, DeviceKind
from workshop.accounts.queries import SignIn
from workshop.accounts.throttle import TooManyTries
from workshop.core import clock, db, web
from workshop.core.access import Actor
from workshop.core.errors import Forbidden

DEVICE_COOKIE = "tablet"
DEVICE_YEARS = timedelta(days=5 * 365)
SEEN_EVERY = {True: timedelta(seconds=1), False: timedelta(minutes=2)}  # on a tablet, at the desk


class SignedIn(UserMixin):
    """A session token and whose it is. `get_id` gives the token: revoke its row, and the next request is nobody's."""

    def __init__(self, token: str, found: SignIn | None) -> None:
        self.token = token
        self.found = found

    def get_id(self) -> str:
        """What Flask-Login keeps in the cookie."""
        return self.token


class Signing:
    """The guard asks here who a request belongs to."""

    def actor(self) -> Actor | None:
        """The signed-in person; a citizen only on the tablet they signed in at, staff only with both steps taken."""
        found = signed_in()
        if found is None or found.is_half:
            return None
        if found.actor.is_citizen and found.actor.device_id != self.device_id():
            return None
        return found.actor

    def half_actor(self) -> Actor | None:
        """Whoever has typed the right password, whether or not the second step is taken."""
        found = signed_in()
        return found.actor if found and (found.is_half or not found.actor.is_citizen) else self.actor()

    def proved_at(self) -> datetime | None:
        """When the signed-in person last proved who they are."""
        found = signed_in()
        return found.login.proved_at if found else None

    def device_id(self) -> int | None:
        """The enrolled tablet or own phone of this request."""
        found = device()
        return found.id if found else None


def install(app: Flask) -> None:
    """Let Flask-Login read our sessions.

    What a tablet remembers of half-done work, whoever is signed in, is named in `app.extensions["stays_on_tablet"]`.
    """
    app.extensions["stays_on_tablet"] = {"_flashes"}
    # No page asks the library who is there, so no visitor waits for it to look.
    manager = LoginManager(app, add_context_processor=False)
    manager.session_protection = None  # it would bind sessions to address and browser; ours can be revoked instead

    @manager.user_loader
    def load(token: str) -> SignedIn | None:
        now = clock.now()
        with db.reading() as session:
            found = queries.sign_in_of(session, token, now, needs_second_factor=web.settings().needs_second_factor)
        if found is None:
            return None
        if now - found.login.seen_at > SEEN_EVERY[found.actor.is_citizen] and is_by_a_person():
            with db.transaction() as session:
                actions.seen(session, found.login.id, now, device_id=found.login.device_id)
        return SignedIn(token, found)

    @app.errorhandler(TooManyTries)
    def stopped(refusal: TooManyTries) -> Response:
        return wait_page(refusal)


def is_by_a_person() -> bool:
    """Whether somebody did something: opened a page, sent a form, or touched the tablet.

    What a page fetches by itself, its pictures and what a browser gets ahead of time keep nobody's session open.
    """
    if request.endpoint == "kiosk.here":
        return True  # the tablet tells of a touch, and of nothing else
    if request.method == "HEAD" or request.headers.get("Sec-Purpose"):
        return False
    return request.headers.get("Sec-Fetch-Dest", "document") == "document"


def wait_page(refusal: TooManyTries) -> Response:
    """The page that says how long to wait, and which ways stay open."""
    answer = make_response(render_template("accounts/wait.html", sentence=refusal.sentence), 429)
    if refusal.until is not None:
        answer.headers["Retry-After"] = str(max(1, int((refusal.until - clock.now()).total_seconds()) + 1))
    return answer


def signed_in() -> SignIn | None:
    """The sign-in of this request, whole or half."""
    found: SignIn | None = current_user.found if current_user.is_authenticated else None
    return found


def this_login_id() -> int:
    """The row of this request's sign-in. Raises Forbidden when there is none."""
    found = signed_in()
    if found is None:
        raise Forbidden
    return found.login.id


def begin(token: str) -> None:
    """Sign this browser in with a fresh session; only half-done work of the tablet itself stays in its cookie."""
    for name in [each for each in flask_session if each not in current_app.extensions["stays_on_tablet"]]:
        del flask_session[name]
    login_user(SignedIn(token, None))
    g.pop("actor", None)


def end() -> None:
    """Sign this browser out and end its session for good."""
    if current_user.is_authenticated:
        with db.transaction() as session:
            actions.sign_out(session, current_user.get_id(), clock.now())
    logout_user()
    flask_session.pop("_flashes", None)  # what was to be told may name somebody the next person does not know of
    g.pop("actor", None)


def was_somebody() -> bool:
    """Whether a citizen is signed in here, or was until the tablet was left alone for too long."""
    person = Signing().actor()
    return "_user_id" in flask_session and (person is None or person.is_citizen)


def device() -> Device | None:
    """The enrolled tablet or own phone of this request, looked up once."""
    if "device" not in g:
        key = request.cookies.get(_device_cookie())
        g.device = None
        if key:
            with db.reading() as session:
                found = queries.device_by_key(session, key)
            g.device = None if found is None or queries.has_slept(found, clock.now()) else found
    kept: Device | None = g.device
    return kept


def own_phone() -> Device | None:
    """The phone of this request, when it is one person's own; None on a tablet and everywhere else."""
    found = device()
    return found if found is not None and found.kind is DeviceKind.PHONE else None


def is_closed_phone() -> bool:
    """Whether this browser was somebody's own phone, and opens nothing any more."""
    key = request.cookies.get(_device_cookie())
    if not key or device() is not None:
        return False
    with db.reading() as session:
        return queries.is_phone_key(session, key)


def give_key(response: Response, key: str) -> Response:
    """Put the tablet's or phone's key into its cookie, where no script can read it."""
    secure = bool(current_app.config["SESSION_COOKIE_SECURE"])
    response.set_cookie(
        _device_cookie(), key, max_age=DEVICE_YEARS, httponly=True, secure=secure, samesite="Lax", path="/"
    )
    return response


def _device_cookie() -> str:
    return f"__Host-{DEVICE_COOKIE}" if current_app.config["SESSION_COOKIE_SECURE"] else DEVICE_COOKIE
