"""Who writes to the customer, and the links that open an order. A link's token can be made again, never read back."""

from __future__ import annotations

import hashlib
import hmac
import re
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field

from workshop.core.config import Identity, Settings

_TOKEN = re.compile(r"(/ordre/[\w-]+/(?:bekraeft/)?)[\w-]{20,}")


def without_tokens(text: str) -> str:
    """A mail as others than its reader may see it: whoever has the token of a link has the order."""
    return _TOKEN.sub(r"\1…", text)


@dataclass(frozen=True)
class Letterhead:
    """The workshop as its mails show it, with the shop's own address; never one a request brought."""

    base_url: str
    identity: Identity
    secret_key: str = field(repr=False)

    @classmethod
    def of(cls, settings: Settings) -> Letterhead:
        """As the settings say."""
        return cls(settings.base_url, settings.identity, settings.secret_key)

    def link_token(self, public_id: str) -> str:
        """The secret of the link to an order: 256 bits, the same each time, so that every mail can carry it."""
        mac = hmac.new(self.secret_key.encode(), f"order-link:{public_id}".encode(), hashlib.sha256)
        return urlsafe_b64encode(mac.digest()).decode().rstrip("=")

    def order_link(self, public_id: str) -> str:
        """The address in the mails."""
        return f"{self.base_url}/ordre/{public_id}/{self.link_token(public_id)}"

    def confirm_link(self, public_id: str, token: str) -> str:
        """The address in the mail that asks to confirm."""
        return f"{self.base_url}/ordre/{public_id}/bekraeft/{token}"
