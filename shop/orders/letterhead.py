"""Who writes to the customer, and the links that open an order. A link's token can be made again, never read back."""

from __future__ import annotations

from dataclasses import dataclass, field

from workshop.core import identity, mail
from workshop.core.config import Identity, Settings


def without_tokens(text: str) -> str:
    """A mail as others than its reader may see it: whoever has the token of a link has the order."""
    return mail.without_secrets(text)


@dataclass(frozen=True)
class Letterhead:
    """The workshop as its mails show it, with the shop's own address; never one a request brought."""

    base_url: str
    given: Identity | None  # None: whoever the workshop is when it is asked
    secret_key: str = field(repr=False)

    @classmethod
    def of(cls, settings: Settings) -> Letterhead:
        """With the address of the settings, and the workshop as it is called at any time."""
        return cls(settings.base_url, None, settings.secret_key)

    @property
    def identity(self) -> Identity:
        """Who the workshop is; a letter written after a change says the new name."""
        return self.given or identity.current()

    def link_token(self, public_id: str) -> str:
        """The secret of the link to an order: 256 bits, the same each time, so that every mail can carry it."""
        return mail.secret_of(self.secret_key, f"order-link:{public_id}")

    def confirm_token(self, public_id: str) -> str:
        """The secret of the link that confirms an order."""
        return mail.secret_of(self.secret_key, f"order-confirm:{public_id}")

    def order_link(self, public_id: str) -> str:
        """The address that opens an order."""
        return f"{self.base_url}/ordre/{public_id}/{self.link_token(public_id)}"

    def confirm_link(self, public_id: str) -> str:
        """The address that confirms an order."""
        return f"{self.base_url}/ordre/{public_id}/bekraeft/{self.confirm_token(public_id)}"

    def order_link_in_mail(self, public_id: str) -> str:
        """The same address as a mail is written with it: its secret is put in when the mail is sent."""
        return f"{self.base_url}/ordre/{public_id}/{mail.place_for_secret(f'order-link:{public_id}')}"

    def confirm_link_in_mail(self, public_id: str) -> str:
        """The same, for the mail that asks to confirm."""
        return f"{self.base_url}/ordre/{public_id}/bekraeft/{mail.place_for_secret(f'order-confirm:{public_id}')}"

    def with_tokens(self, text: str) -> str:
        """A mail as its reader gets it."""
        return mail.with_secrets(text, self.secret_key)
