"""Customers over HTTP, as a browser would: a basket, the checkout, the payment page, and back to the shop."""

from __future__ import annotations

import http.client
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

from shop.orders.pickup import SHIPPED
from workshop.core import clock

PATIENCE_SECONDS = 60.0
LOST = ("lige blevet solgt", "lige ved at købe den")
ANSWERS_WITHIN_SECONDS = 30.0


class GaveUp(Exception):  # noqa: N818 — what a customer does
    """The shop did not answer for a whole minute."""


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    location: str
    text: str

    @property
    def is_lost(self) -> bool:
        """Whether the page says in words that somebody else has it, or is about to."""
        return self.status == 409 and any(words in self.text for words in LOST)


@dataclass
class Buyer:
    """One customer with a browser of their own. `tries` again while the shop does not answer."""

    port: int
    name: str
    is_patient: bool = True
    cookies: dict[str, str] = field(default_factory=dict)
    statuses: list[int] = field(default_factory=list)

    @property
    def email(self) -> str:
        """Where their mails go."""
        return f"{self.name}@butik.example"

    def put(self, number: int) -> Answer:
        """A thing into the basket."""
        return self.ask("POST", "/kurv", {"nummer": str(number), "antal": "1"})

    def buy(self, total_ore: int, pay_way: str = "card", **more: str) -> Answer:
        """Press the button with the duty to pay."""
        fields = {
            "navn": "Kunde " + self.name,
            "mail": self.email,
            "telefon": "20 00 00 00",
            "betingelser": "y",
            "besked": "",
            "tid": SHIPPED.slots(clock.now())[0].key,
            "betaling": pay_way,
            "total": str(total_ore),
            **more,
        }
        return self.ask("POST", "/kassen", fields)

    def ask(self, method: str, url: str, fields: Mapping[str, str] | None = None) -> Answer:
        """One request; a redirect is told and not followed. Raises GaveUp."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                return self._ask(method, url, fields)
            except (OSError, http.client.HTTPException) as trouble:
                if not self.is_patient or time.monotonic() > deadline:
                    raise GaveUp(url) from trouble
                time.sleep(0.1)

    def _ask(self, method: str, url: str, fields: Mapping[str, str] | None) -> Answer:
        address = urlsplit(url)
        line = http.client.HTTPConnection("127.0.0.1", address.port or self.port, timeout=ANSWERS_WITHIN_SECONDS)
        body = urlencode(fields) if fields is not None else None
        headers = {"Sec-Fetch-Site": "same-origin", "Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            line.request(method, address.path + (f"?{address.query}" if address.query else ""), body, headers)
            answer = line.getresponse()
            text = answer.read().decode(errors="replace")
            for name, value in answer.getheaders():
                if name.lower() == "set-cookie":
                    key, _equals, kept = value.partition(";")[0].partition("=")
                    self.cookies[key] = kept
            self.statuses.append(answer.status)
            return Answer(answer.status, answer.getheader("Location") or "", text)
        finally:
            line.close()
