"""Puts the stand-in together, as a program or inside a test."""

from __future__ import annotations

import json
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from flask import Flask
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from shop.payments.standin import api, controls, pay_page
from shop.payments.standin.ledger import Ledger
from shop.payments.standin.postman import Postman
from workshop.core.i18n import _


class Quiet(WSGIRequestHandler):
    """Says nothing per request."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Keep still."""


def create_standin(
    *,
    ledger: Path,
    webhook_url: str,
    webhook_secret: str,
    api_key: str,
    public_url: str = "",
    retry_seconds: float = 1.0,
) -> Flask:
    """The stand-in as a Flask app. Its postman (`app.extensions["postman"]`) is made but not started.

    `webhook_url` may be empty: then nothing is delivered. `public_url` is where buyers' browsers reach the pay page, if
    that is not where the shop reaches the stand-in.
    """
    app = Flask("shop.payments.standin", static_folder=None)
    app.config["TRUSTED_HOSTS"] = None  # Reached by whatever name the practice machine has; it holds no secrets.
    app.jinja_env.globals["_"] = _
    book = Ledger(ledger)
    app.extensions["standin"] = api.Standin(book, api_key, public_url.rstrip("/"))
    app.extensions["postman"] = Postman(book, webhook_url, webhook_secret, public_url.rstrip("/"), retry_seconds)
    app.register_blueprint(api.blueprint)
    app.register_blueprint(controls.blueprint)
    app.register_blueprint(pay_page.blueprint)
    return app


def listen(app: Flask, host: str, port: int) -> BaseWSGIServer:
    """A server with a thread per request; port 0 finds a free one (`server_port`)."""
    return make_server(host, port, app, threaded=True, request_handler=Quiet)


@dataclass(frozen=True)
class Running:
    """A stand-in that runs beside a test."""

    url: str
    api_key: str

    def control(self, path: str, /, **asked: Any) -> Any:
        """POST to `/_standin/<path>`; the answer."""
        return self._call(f"/_standin/{path}", json.dumps(asked).encode(), "application/json")

    def ledger(self) -> Any:
        """The whole book."""
        return self._call("/_standin/ledger", None, "")

    def pay(self, session_id: str, how: str = "kort") -> str:
        """Press a button of the pay page: kort, mobilepay, afvis or fortryd. Where the buyer is sent."""
        return _press(f"{self.url}/pay/{session_id}", how)

    def _call(self, path: str, body: bytes | None, kind: str) -> Any:
        headers = {"Authorization": f"Bearer {self.api_key}"} | ({"Content-Type": kind} if kind else {})
        asked = urllib.request.Request(self.url + path, body, headers)  # noqa: S310 — our own local address
        with urllib.request.urlopen(asked, timeout=60) as answer:  # noqa: S310 — the same
            return json.load(answer)


class _Stay(urllib.request.HTTPRedirectHandler):
    """Tells where a redirect leads without going there."""

    def redirect_request(self, *_args: Any, **_named: Any) -> None:
        """Stay."""


def _press(url: str, how: str) -> str:
    opener = urllib.request.build_opener(_Stay)
    try:
        with opener.open(url, urlencode({"how": how}).encode(), timeout=60) as answer:
            raise AssertionError(answer.status)
    except urllib.request.HTTPError as answer:
        with answer:
            return str(answer.headers["Location"])


@contextmanager
def serve_in_thread(app: Flask, host: str = "127.0.0.1", port: int = 0) -> Iterator[Running]:
    """Run it, postman and all, for as long as the block lasts."""
    server = listen(app, host, port)
    server.daemon_threads = True  # type: ignore[attr-defined] # make_server promises less than the threaded one has
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    postman: Postman = app.extensions["postman"]
    postman.start()
    try:
        yield Running(f"http://{host}:{server.server_port}", app.extensions["standin"].api_key)
    finally:
        postman.stop()
        server.shutdown()
        thread.join()
        server.server_close()
