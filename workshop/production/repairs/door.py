"""The owner's own way in: a link whose token can be made again and is never kept, exchanged for a cookie."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from flask import request
from itsdangerous import BadSignature, URLSafeTimedSerializer
from werkzeug.wrappers import Response

from workshop.core import identity, mail, web
from workshop.core.config import Identity, Settings

LASTS = timedelta(days=90)
_COOKIE = "indlevering"


@dataclass(frozen=True)
class Head:
    """The workshop as its mails and slips show it, with its own address; never one a request brought."""

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

    def token(self, public_id: str) -> str:
        """The secret of the link to what somebody handed in: 256 bits, the same each time."""
        return mail.secret_of(self.secret_key, _label(public_id))

    def link(self, public_id: str) -> str:
        """The address in the code on the slip."""
        return f"{self.base_url}/indlevering/{public_id}/{self.token(public_id)}"

    def link_in_mail(self, public_id: str) -> str:
        """The same address as a mail is written with it: its secret is put in when the mail is sent."""
        return f"{self.base_url}/indlevering/{public_id}/{mail.place_for_secret(_label(public_id))}"


def _label(public_id: str) -> str:
    return f"repair-link:{public_id}"


def let_in(response: Response, public_id: str) -> Response:
    """Let this browser see one thing: a signed cookie that is sent to its address and no other."""
    response.set_cookie(
        _COOKIE,
        _signer().dumps(public_id),
        max_age=LASTS,
        httponly=True,
        secure=web.settings().is_https,
        samesite="Lax",
        path=f"/indlevering/{public_id}",
    )
    return response


def may_see(public_id: str) -> bool:
    """Whether this browser was let in to this thing."""
    try:
        shown: object = _signer().loads(request.cookies.get(_COOKIE, ""), max_age=int(LASTS.total_seconds()))
    except BadSignature:
        return False
    return shown == public_id


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(web.settings().secret_key, salt="repair-cookie")
