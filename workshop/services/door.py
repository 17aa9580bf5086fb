"""The customer's own way in: a link whose token can be made again and is never kept, exchanged for a cookie."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from flask import make_response, render_template, request
from itsdangerous import BadSignature, URLSafeTimedSerializer
from werkzeug.wrappers import Response

from workshop.core import identity, mail, web
from workshop.core.config import Identity, Settings
from workshop.core.i18n import _

What = Literal["request", "quote", "job", "charge"]
LASTS = timedelta(days=90)  # after the thing has ended; while it goes on its links go on too
PLACES: dict[What, str] = {"request": "/forespoergsel", "quote": "/tilbud", "job": "/aftale", "charge": "/regning"}


@dataclass(frozen=True)
class Head:
    """The workshop as its mails show it, with its own address; never one a request brought."""

    base_url: str
    given: Identity | None  # None: whoever the workshop is when it is asked
    secret_key: str = field(repr=False)

    @classmethod
    def of(cls, settings: Settings) -> Head:
        """With the address of the settings, and the workshop as it is called at any time."""
        return cls(settings.base_url, None, settings.secret_key)

    @property
    def identity(self) -> Identity:
        """Who the workshop is; a letter written after a change says the new name."""
        return self.given or identity.current()

    def token(self, what: What, public_id: str) -> str:
        """The secret of the link to one thing: 256 bits, the same each time, of no use for anything else."""
        return mail.secret_of(self.secret_key, _label(what, public_id))

    def fits(self, what: What, public_id: str, token: str) -> bool:
        """Whether this is the secret of that link; how long the answer takes says nothing."""
        return hmac.compare_digest(self.token(what, public_id).encode(), token.encode())

    def path(self, what: What, public_id: str) -> str:
        """The link without our own address, to send somebody on with who may see it anyway."""
        return f"{PLACES[what]}/{public_id}/{self.token(what, public_id)}"

    def link(self, what: What, public_id: str) -> str:
        """The address that opens it, for a page of whoever may see it anyway."""
        return f"{self.base_url}{self.path(what, public_id)}"

    def link_in_mail(self, what: What, public_id: str) -> str:
        """The same address as a mail is written with it: its secret is put in when the mail is sent."""
        return f"{self.base_url}{PLACES[what]}/{public_id}/{mail.place_for_secret(_label(what, public_id))}"

    def goodbye(self) -> str:
        """How every mail about help in a garden ends: who we are, and where to find us."""
        who = self.identity
        return "\n".join(
            (
                _("Venlig hilsen"),
                who.name,
                f"{who.address}, {who.postcode} {who.town}",
                f"{who.phone} · {who.email}",
            )
        )


def let_in(response: Response, what: What, public_id: str) -> Response:
    """Let this browser see one thing: a signed cookie that is sent to its address and no other."""
    response.set_cookie(
        _cookie(what),
        _signer(what).dumps(public_id),
        max_age=LASTS,
        httponly=True,
        secure=web.settings().is_https,
        samesite="Lax",
        path=f"{PLACES[what]}/{public_id}",
    )
    return response


def may_see(what: What, public_id: str) -> bool:
    """Whether this browser was let in to this thing."""
    try:
        shown: object = _signer(what).loads(request.cookies.get(_cookie(what), ""), max_age=int(LASTS.total_seconds()))
    except BadSignature:
        return False
    return shown == public_id


def is_over(ended_at: datetime | None, now: datetime) -> bool:
    """Whether a link has had its time: some time after the thing itself ended."""
    return ended_at is not None and now > ended_at + LASTS


def private(response: Response) -> Response:
    """A page that is one person's: no cache keeps it."""
    response.headers["Cache-Control"] = "no-store"
    return response


def unknown() -> Response:
    """The same page for a thing that is not there, one that is over, and one that is somebody else's."""
    return private(make_response(render_template("services/requests/unknown.html"), 404))


def _label(what: What, public_id: str) -> str:
    return f"service-{what}:{public_id}"


def _cookie(what: What) -> str:
    return PLACES[what].removeprefix("/")


def _signer(what: What) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(web.settings().secret_key, salt=f"service-{what}-cookie")
