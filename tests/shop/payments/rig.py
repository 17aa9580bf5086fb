"""What the tests of payments run against: a tiny shop that takes webhooks, and a door to a given address."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from shop.payments.gateway import StripeGateway

API_KEY = "sk_test_practice"
SECRET = "whsec_practice"


@dataclass
class Receiver:
    """A tiny shop that only takes webhooks: it notes each and answers with `status`."""

    url: str = ""
    status: int = 200
    letters: list[tuple[bytes, str]] = field(default_factory=list)
    arrived: threading.Condition = field(default_factory=threading.Condition)

    def wait_for(self, count: int, seconds: float = 10.0) -> list[tuple[bytes, str]]:
        with self.arrived:
            assert self.arrived.wait_for(lambda: len(self.letters) >= count, seconds), f"{len(self.letters)} arrived"
            return list(self.letters)


@contextmanager
def receiving(port: int = 0) -> Iterator[Receiver]:
    receiver = Receiver()

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            with receiver.arrived:
                receiver.letters.append((body, self.headers["Stripe-Signature"]))
                receiver.arrived.notify_all()
            self.send_response(receiver.status)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 — the name is the library's
            """Keep still."""

    with ThreadingHTTPServer(("127.0.0.1", port), Door) as server:
        receiver.url = f"http://127.0.0.1:{server.server_port}/webhook"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield receiver
        server.shutdown()
        thread.join()


def door_to(url: str, secret_key: str = API_KEY, webhook_secret: str = SECRET, **more: Any) -> StripeGateway:
    return StripeGateway(secret_key=secret_key, webhook_secret=webhook_secret, api_base=url, **more)
