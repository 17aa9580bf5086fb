"""Who may do what. One table of grants, one mark on every view, one guard before every request.

A view without a mark keeps the app from starting. An unsafe request must come from our own page: the browser says so in
`Sec-Fetch-Site`, older ones in `Origin`; with neither it is refused (decision 6).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol, TypeVar
from urllib.parse import SplitResult, urlsplit

from flask import Flask, current_app, g, redirect, request, url_for
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.wrappers import Response

from workshop.core import clock
from workshop.core.errors import Forbidden

View = TypeVar("View", bound=Callable[..., object])
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
# How long it holds that somebody has proved who they are. A form filled in slowly is not asked about again.
PROOF_LASTS_READING = timedelta(minutes=15)
PROOF_LASTS_WRITING = timedelta(minutes=30)


class Role(StrEnum):
    """Decision 18. A person can have several; department and caseload are scopes, not roles."""

    CITIZEN = "citizen"
    WORKSHOP = "workshop"
    CONSULTANT = "consultant"
    SALES = "sales"
    MANAGER = "manager"
    AUDITOR = "auditor"
    ADMIN = "admin"


GRANTS: dict[Role, frozenset[str]] = {
    role: frozenset(granted.split())
    for role, granted in {
        Role.CITIZEN: "kiosk:use",
        Role.WORKSHOP: """
            desk:open item:read item:edit item:price item:approve item:count label:print label:design printer:manage
            production:read production:edit repair:handle service:plan service:visit week:read week:assign
            citizen:read record:confirm level:adopt plan:edit pin:release sealed:read
        """,
        Role.CONSULTANT: """
            desk:open item:read week:read citizen:read citizen:enrol record:confirm level:adopt plan:edit pin:release
            sealed:read
        """,
        Role.SALES: """
            desk:open item:read item:edit item:price item:approve item:count label:print label:design printer:manage
            repair:handle service:plan service:visit service:sell order:read order:handle order:refund till:sell
            shop:edit mail:read
        """,
        Role.MANAGER: """
            desk:open item:read vat:edit production:read week:read citizen:read service:plan service:sell order:read
            order:refund till:sell shop:edit mail:read citizen:enrol caseload:delegate log:sample sealed:read
        """,
        Role.AUDITOR: "desk:open log:read",
        Role.ADMIN: "desk:open account:manage device:manage mail:read settings:edit",
    }.items()
}
PERMISSIONS = frozenset().union(*GRANTS.values())


@dataclass(frozen=True)
class Actor:
    """Who is asking, for the length of one request."""

    account_id: int
    public_id: str
    name: str
    roles: frozenset[Role]
    department_ids: frozenset[int] = field(default_factory=frozenset)
    device_id: int | None = None

    def may(self, permission: str) -> bool:
        """Whether any of the actor's roles grants it."""
        if permission not in PERMISSIONS:
            raise ValueError(f"no such permission: {permission}")
        return any(permission in GRANTS[role] for role in self.roles)

    @property
    def is_citizen(self) -> bool:
        """Citizens use the workshop's pages, staff use the desk."""
        return Role.CITIZEN in self.roles


class Identify(Protocol):
    """How the guard learns who is asking; the accounts slice provides it."""

    def actor(self) -> Actor | None:
        """The signed-in person of this request."""

    def half_actor(self) -> Actor | None:
        """Whoever has typed the right password, whether or not their second step is taken."""

    def proved_at(self) -> datetime | None:
        """When the signed-in person last proved who they are."""

    def device_id(self) -> int | None:
        """The enrolled tablet or own phone of this request."""


@dataclass(frozen=True)
class Mark:
    """What a view declares about itself."""

    kind: str  # public, webhook, tablet, half or permission
    permission: str | None = None
    is_sudo: bool = False


def public(view: View) -> View:
    """Anyone may open it."""
    return _mark(view, Mark("public"))


def webhook(view: View) -> View:
    """Another server calls it; the view checks the signature itself."""
    return _mark(view, Mark("webhook"))


def tablet(view: View) -> View:
    """Only from an enrolled tablet; nobody needs to be signed in yet."""
    return _mark(view, Mark("tablet"))


def half(view: View) -> View:
    """Only for staff who have typed the right password; the second step may be missing still."""
    return _mark(view, Mark("half"))


def needs(permission: str, *, sudo: bool = False) -> Callable[[View], View]:
    """Only for a signed-in person with this permission; with `sudo`, who has just proved who they are."""
    if permission not in PERMISSIONS:
        raise ValueError(f"no role is granted {permission}")
    return lambda view: _mark(view, Mark("permission", permission, is_sudo=sudo))


def _mark(view: View, mark: Mark) -> View:
    view.__access__ = mark  # type: ignore[attr-defined]  # functions carry attributes; typing has no word for it
    return view


def mark_of(app: Flask, endpoint: str) -> Mark | None:
    """The mark of an endpoint, or None when it has none."""
    mark = getattr(app.view_functions[endpoint], "__access__", None)
    return mark if isinstance(mark, Mark) else None


def check_marks(app: Flask) -> None:
    """Refuse to start with a view nobody decided about."""
    bare = sorted({rule.endpoint for rule in app.url_map.iter_rules() if mark_of(app, rule.endpoint) is None})
    if bare:
        raise RuntimeError(f"views without an access mark: {', '.join(bare)}")


def install(app: Flask, identify: Identify) -> None:
    """Put the guard before every request."""
    app.extensions["identify"] = identify

    @app.before_request
    def guard() -> Response | None:
        if isinstance(request.routing_exception, NotFound | MethodNotAllowed) or request.endpoint is None:
            return None
        mark = mark_of(app, request.endpoint)
        if mark is None:
            raise Forbidden
        if mark.kind != "webhook":
            _refuse_other_sites()
        if mark.kind in {"public", "webhook"}:
            return None
        if mark.kind == "tablet":
            return None if identify.device_id() else redirect(url_for("kiosk.not_ready"), 303)
        if mark.kind == "half":
            return _check_half()
        turned = _check_permission(mark.permission or "")
        return _ask_for_proof() if turned is None and mark.is_sudo and not is_proved() else turned


def actor() -> Actor | None:
    """Who is asking, or None; asked of the database at most once a request."""
    if "actor" not in g:
        identify: Identify = _identify()
        g.actor = identify.actor()
    found: Actor | None = g.actor
    return found


def require_actor() -> Actor:
    """Who is asking, in a view whose mark demands somebody."""
    found = actor()
    if found is None:
        raise Forbidden
    return found


def half_actor() -> Actor:
    """Who has typed the right password, in a view whose mark demands it."""
    found = _identify().half_actor()
    if found is None:
        raise Forbidden
    return found


def is_proved() -> bool:
    """Whether the person has proved who they are a short while ago: longer ago for a form than for a page."""
    at = _identify().proved_at()
    lasts = PROOF_LASTS_READING if request.method in SAFE_METHODS else PROOF_LASTS_WRITING
    return at is not None and clock.now() - at <= lasts


def _identify() -> Identify:
    identify: Identify = current_app.extensions["identify"]
    return identify


def _check_permission(permission: str) -> Response | None:
    person = actor()
    if person is None:
        if permission == "kiosk:use":
            return redirect(url_for("kiosk.who"), 303)
        is_half = _identify().half_actor() is not None
        return redirect(url_for("second_step.code" if is_half else "accounts.sign_in", next=_here()), 303)
    if not person.may(permission):
        raise Forbidden
    return None


def _check_half() -> Response | None:
    person = _identify().half_actor()
    if person is None:
        return redirect(url_for("accounts.sign_in", next=_here()), 303)
    if person.is_citizen:
        raise Forbidden
    return None


def _ask_for_proof() -> Response:
    """On to the page that asks who it is, and back: to the page itself, or to the one the form stood on."""
    back, again = _here(), None
    if back is None:
        came_from = in_parts(request.headers.get("Referer", ""))
        back, again = came_from.path if came_from.netloc == request.host else None, "1"
    return redirect(url_for("proving.proof", next=back, igen=again), 303)


def _here() -> str | None:
    """The page asked for; what a form carried is not kept."""
    return request.full_path.rstrip("?") if request.method in SAFE_METHODS else None


def _refuse_other_sites() -> None:
    """Raise Forbidden for an unsafe request that did not come from one of our own pages."""
    if request.method in SAFE_METHODS:
        return
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        if site in {"same-origin", "none"}:
            return
        raise Forbidden
    origin = request.headers.get("Origin")
    if origin and in_parts(origin).netloc == request.host and origin != "null":
        return
    raise Forbidden


def in_parts(address: str) -> SplitResult:
    """An address that came with a request, in its parts; what is no address (`http://[`) has none."""
    try:
        return urlsplit(address)
    except ValueError:
        return SplitResult("", "", "", "", "")


def safe_next(target: str | None, fallback: str) -> str:
    """A path on this site to go on to, or the fallback: no host, no scheme, no control characters, no backslash."""
    if not target or not target.startswith("/") or target.startswith("//"):
        return fallback
    if "\\" in target or any(ord(letter) < 0x20 or ord(letter) == 0x7F for letter in target):
        return fallback
    parts = in_parts(target)
    return fallback if parts.scheme or parts.netloc or not parts.path else target
