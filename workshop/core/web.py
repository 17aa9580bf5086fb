"""What every page has: headers, friendly error pages, words for templates, a log line without personal data."""

from __future__ import annotations

import functools
import logging
import secrets
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
import sqlalchemy.exc
import structlog
from flask import (
    Flask,
    Response,
    current_app,
    g,
    make_response,
    redirect,
    render_template,
    request,
    send_from_directory,
    url_for,
)
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import URLSafeTimedSerializer
from werkzeug.exceptions import HTTPException, SecurityError
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter, Map
from werkzeug.wrappers import Response as WerkzeugResponse

from workshop.core import access, clock, db, i18n, identity, money, text
from workshop.core.assets import Assets
from workshop.core.config import ROOT, Mode, Settings
from workshop.core.errors import Forbidden, NotHere, Refusal
from workshop.core.i18n import _

log = structlog.get_logger()
LARGEST_REQUEST = 16 * 1024 * 1024
LARGEST_NUMBER = 2**31 - 1
PREFERENCES = {"tema": {"light", "dark"}, "kontrast": {"high"}, "tekst": {"large"}}
PREFERENCE_LASTS = 365 * 24 * 3600
BUSY_RETRY_SECONDS = 5
# What the two databases call it when somebody else holds the lock for too long. Nothing was written.
BUSY_STATES = frozenset({"55P03", "40P01", "40001", "57014"})
BUSY_WORDS = ("database is locked", "database table is locked", "database is busy")


@dataclass(frozen=True)
class MenuEntry:
    """A way into a part of the house: which face shows it, where it leads, and who may see it."""

    face: str  # "desk" or "shop"; "items" and "labels" are the second rows of the desk's pages about those
    label: str
    endpoint: str
    pikto: str
    permission: str | None = None
    order: int = 50
    values: tuple[tuple[str, str], ...] = ()
    count: Callable[[], int] | None = None

    @property
    def url(self) -> str:
        """Where it leads. It is always the same place, so it is worked out once and kept with the app."""
        kept: dict[object, str] = current_app.extensions["menu_urls"]
        asked = (request.root_path, self.endpoint, self.values)
        if asked not in kept:
            values: dict[str, Any] = dict(self.values)
            kept[asked] = url_for(self.endpoint, **values)
        return kept[asked]

    @property
    def is_current(self) -> bool:
        """Whether the page shown lies at or below this entry."""
        url, shown = self.url, request.path
        return shown == url or shown.startswith(url.rstrip("/") + "/")

    @property
    def is_here(self) -> bool:
        """Whether it is the very page shown: entries of a second row lie below one another."""
        return request.endpoint is not None and (request.path == self.url or self._owns(request.endpoint))

    def _owns(self, endpoint: str) -> bool:
        """A page of the same blueprint belongs to its entry, unless the blueprint has several entries."""
        mine = self.endpoint.partition(".")[0]
        entries: list[MenuEntry] = current_app.extensions["menu"]
        others = [each for each in entries if each.face == self.face and each.endpoint.partition(".")[0] == mine]
        return endpoint.partition(".")[0] == mine and len(others) == 1


class WholeNumber(IntegerConverter):
    """A number in an address: one the databases can hold, so a longer one is a page that is not there."""

    def __init__(self, map: Map, max: int = LARGEST_NUMBER) -> None:  # noqa: A002 — werkzeug's own names
        super().__init__(map, max=max)


class KeptSigning(SecureCookieSessionInterface):
    """Flask's own sessions, with what signs them put together once and not at each request."""

    def __init__(self) -> None:
        self._signer: URLSafeTimedSerializer | None = None

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """The one of this app; its keys are known when it starts."""
        if self._signer is None:
            self._signer = super().get_signing_serializer(app)
        return self._signer


def new_app(settings: Settings) -> Flask:
    """An app with the floor laid: no slice yet, every answer with its headers."""
    app = Flask("vaerksted", template_folder=str(ROOT / "templates"), static_folder=None)
    app.config.update(
        SECRET_KEY=settings.secret_key,
        MAX_CONTENT_LENGTH=LARGEST_REQUEST,
        MAX_FORM_MEMORY_SIZE=1024 * 1024,
        TRUSTED_HOSTS=list(settings.trusted_hosts),
        SESSION_COOKIE_NAME="__Host-session" if settings.is_https else "session",
        SESSION_COOKIE_SECURE=settings.is_https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PREFERRED_URL_SCHEME="https" if settings.is_https else "http",
        TESTING=settings.mode is Mode.TEST,
        PROPAGATE_EXCEPTIONS=settings.mode is Mode.TEST,
    )
    if settings.trusted_proxies:
        # So many proxies of ours each add what they saw; what stands before that was written by whoever asked. The
        # name they asked for is never taken from there: our proxy passes on `Host`, and TRUSTED_HOSTS checks it.
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=0, x_port=0, x_prefix=0)  # type: ignore[method-assign]  # as its own documentation does
    app.session_interface = KeptSigning()
    app.extensions["settings"] = settings
    app.extensions["menu"] = []
    app.extensions["menu_urls"] = {}
    app.extensions["footer"] = []
    app.extensions["sweeps"] = []
    app.extensions["served"] = None  # endpoints, where a process serves only some
    app.extensions["form_targets"] = []  # other origins a form of ours may end up at: the payment page
    app.url_map.strict_slashes = False
    app.url_map.converters["int"] = WholeNumber
    db.use(db.Database(settings.database_url))
    _install_requests(app)
    _install_errors(app)
    _install_templates(app, settings)
    _install_common_routes(app)
    return app


def settings() -> Settings:
    """The settings of the running app."""
    found: Settings = current_app.extensions["settings"]
    return found


def configure_logs(mode: Mode) -> None:
    """Log lines as data on standard error; names, addresses and form values never enter them.

    The demo tells of trouble only: a line for each request would push its logins off the screen.
    """
    renderer: Any = structlog.processors.JSONRenderer() if mode is Mode.PRODUCTION else structlog.dev.ConsoleRenderer()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.INFO if mode is Mode.PRODUCTION else logging.WARNING
        ),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=mode is not Mode.TEST,
    )


def _install_requests(app: Flask) -> None:
    @app.before_request
    def begin() -> None:
        if "\x00" in request.path:  # PostgreSQL cannot be asked about it, and nothing of ours has it in its name
            raise NotHere
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request=secrets.token_hex(4))
        i18n.use_language(i18n.DEFAULT_LANGUAGE)  # the tablet's own pages change it when they know who asks
        served: frozenset[str] | None = app.extensions["served"]
        if served is not None and request.endpoint not in served and not _is_for_another(request.routing_exception):
            raise NotHere

    @functools.cache  # the same for every answer, once every slice has named the places its forms lead to
    def policy() -> str:
        own_forms = " ".join(["'self'", *app.extensions["form_targets"]])
        return (
            "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; "
            f"frame-ancestors 'none'; form-action {own_forms}"
        )

    always = {
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(self), geolocation=(), microphone=(), payment=()",
    }
    if app.config["SESSION_COOKIE_SECURE"]:
        always["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"

    @app.after_request
    def finish(response: Response) -> Response:
        headers = response.headers
        headers.setdefault("Content-Security-Policy", policy())
        for name, value in always.items():
            headers[name] = value
        if g.get("actor") is not None or request.path.startswith(("/personale", "/vaerksted")):
            headers["Cache-Control"] = "no-store"
        else:
            headers.setdefault("Cache-Control", "no-store")  # what may be kept says so itself
        log.info("request", method=request.method, endpoint=request.endpoint, status=response.status_code)
        return response


def _is_for_another(trouble: Exception | None) -> bool:
    """Whether somebody asked under a name that is not ours; there is no address to build a page from then."""
    return isinstance(trouble, SecurityError)


def _install_errors(app: Flask) -> None:
    @app.errorhandler(Refusal)
    def refused(refusal: Refusal) -> Response:
        return error_page(409, refusal.sentence)

    @app.errorhandler(NotHere)
    def not_here(_error: NotHere) -> Response:
        return error_page(404)

    @app.errorhandler(Forbidden)
    def forbidden(_error: Forbidden) -> Response:
        return error_page(403)

    @app.errorhandler(SecurityError)
    def another_host(_error: SecurityError) -> Response:
        # Asked for under a name that is not ours: there is no address to build a page's links from.
        return Response(_("Adressen er ikke vores."), 400, mimetype="text/plain")

    @app.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> Response | HTTPException:
        code = error.code or 500
        if code < 400:
            return error
        if code == 413:
            return error_page(413, _("Filen er for stor. Den må højst fylde 15 MB."))
        return error_page(code)

    _install_faults(app)


def _install_faults(app: Flask) -> None:
    """What went wrong on our side: a database that asks for patience, and everything else."""

    @app.errorhandler(sqlalchemy.exc.OperationalError)
    @app.errorhandler(sqlalchemy.exc.TimeoutError)
    def busy(error: sqlalchemy.exc.SQLAlchemyError) -> Response:
        if not is_busy(error):
            return broken(error)
        log.warning("database busy", endpoint=request.endpoint)
        answer = error_page(503)
        answer.headers["Retry-After"] = str(BUSY_RETRY_SECONDS)
        return answer

    @app.errorhandler(Exception)
    def broken(error: Exception) -> Response:
        log.error("unexpected", endpoint=request.endpoint, kind=type(error).__name__, at=_where(error))
        if app.config["TESTING"]:
            raise error
        return error_page(500)


def _where(error: Exception) -> list[str]:
    """The places an error passed, the deepest last; its own words are left out, for they may quote what was typed."""
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]


def is_busy(error: sqlalchemy.exc.SQLAlchemyError) -> bool:
    """Whether the database only asks for patience: a lock, no connection free in time, or one that it has just ended.

    All else is a fault.
    """
    if isinstance(error, sqlalchemy.exc.TimeoutError) or getattr(error, "connection_invalidated", False):
        return True
    cause = getattr(error, "orig", None)
    return getattr(cause, "sqlstate", None) in BUSY_STATES or any(word in str(cause) for word in BUSY_WORDS)


def error_page(code: int, sentence: str | None = None) -> Response:
    """A friendly page for an answer that is not the one hoped for; it keeps the face the person was in."""
    known = code if code in {403, 404, 409, 422, 500, 503} else (500 if code >= 500 else 422)
    html = render_template(f"errors/{known}.html", face=face(), sentence=sentence, back_url=_way_back())
    return make_response(html, code)


def face() -> str:
    """Which of the three faces this address belongs to."""
    if current_app.extensions["served"] is not None:
        return "shop"
    if request.path.startswith("/vaerksted"):
        return "kiosk"
    return "desk" if request.path.startswith("/personale") else "shop"


def _way_back() -> str:
    homes = {"kiosk": "kiosk.home", "desk": "accounts.desk_home", "shop": "storefront.front"}
    endpoint = homes[face()]
    return url_for(endpoint) if endpoint in current_app.view_functions else "/"


def _install_templates(app: Flask, settings: Settings) -> None:
    env = app.jinja_env
    env.trim_blocks = env.lstrip_blocks = True
    env.globals.update(_=_, ngettext=i18n.ngettext)
    env.globals.update(shipped=i18n.marked, with_danish=i18n.with_danish, also_danish=i18n.also_danish)
    env.globals.update(as_written=i18n.as_written)
    identity.install(app, settings)
    env.filters.update(
        kr=money.kr_apart,
        capitalize=text.with_capital,
        day=clock.day_text,
        short_day=clock.short_day,
        local_day=clock.local_day,
        clock=clock.clock_text,
        day_and_clock=clock.day_and_clock,
    )
    assets = Assets(settings.build_dir)
    env.globals.update(asset=assets.url, art=lambda name: assets.url(f"art/{name}.svg"))

    @app.context_processor
    def words() -> dict[str, Any]:
        of_face = face()
        return {
            "actor": access.actor() if of_face != "shop" else None,
            "menu": menu_of(app, of_face) if of_face != "shop" else (),  # the shop's stands in a part of its own
            "second_menu": functools.partial(menu_of, app),
            "footer_links": app.extensions["footer"],
            "theme": chosen("tema", "light" if of_face == "kiosk" else "auto"),
            "contrast": chosen("kontrast"),
            "text_size": chosen("tekst"),
            "page_language": i18n.language(),
            "page_direction": i18n.direction(),
        }


def menu_of(app: Flask, of_face: str) -> list[MenuEntry]:
    """The ways into the house that this face shows to whoever asks, in their order."""
    entries: list[MenuEntry] = [entry for entry in app.extensions["menu"] if entry.face == of_face]
    person = access.actor() if of_face != "shop" else None
    allowed = [entry for entry in entries if entry.permission is None or (person and person.may(entry.permission))]
    return sorted(allowed, key=lambda entry: entry.order)


def chosen(cookie: str, default: str = "") -> str:
    """What the visitor has chosen for how pages look; a value we never offered is no choice."""
    value = request.cookies.get(cookie, default)
    return value if value in PREFERENCES[cookie] else default


def _install_common_routes(app: Flask) -> None:
    @app.get("/healthz")
    @access.public
    def healthz() -> Response:
        """Whether the program answers and reaches its database."""
        with db.reading() as session:
            session.execute(sa.text("select 1"))
        return Response("ok\n", mimetype="text/plain")

    @app.post("/indstillinger")
    @access.public
    def preferences() -> WerkzeugResponse:
        """Light or dark, large text, high contrast: a cookie that our script may read, and back to the page."""
        came_from = access.in_parts(request.headers.get("Referer", ""))
        back = came_from.path if came_from.netloc == request.host else "/"
        answer = redirect(access.safe_next(f"{back}?{came_from.query}" if came_from.query else back, "/"), 303)
        for name, allowed in PREFERENCES.items():
            value = request.form.get(name)
            if value in allowed:
                answer.set_cookie(name, value, max_age=PREFERENCE_LASTS, samesite="Lax")
            elif value is not None:
                answer.delete_cookie(name)
        return answer

    @app.get("/static/build/<path:name>")
    @access.public
    def static(name: str) -> Response:
        """Built files, when no server in front serves them; their names carry a hash, so they never change."""
        return send_from_directory(settings().build_dir, name, max_age=31_536_000)
