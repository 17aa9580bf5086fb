"""The house with places where it may be killed: before and after every commit, and every call to Stripe or mail.

Each process is forked from a server that has read the whole house, so that it is there again at once. A place fires
when a line of `armed-web` or `armed-work` in the folder names it, or says "*"; the process is gone as with `kill -9`.
"""

from __future__ import annotations

import os
import re
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import requests
from flask import Flask
from sqlalchemy import event
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from werkzeug.serving import make_server

from shop.app import create_app
from shop.payments.standin.server import Quiet
from workshop.core import clock, jobs, mail
from workshop.core.config import ROOT, Settings

LOOKS_SECONDS = 0.2
OURS = (str(ROOT / "shop"), str(ROOT / "workshop"))
BETWEEN = (str(ROOT / "workshop" / "core" / "db.py"), str(ROOT / "shop" / "payments" / "gateway.py"))
_IDS = re.compile(r"/(cs|pi|re|ch)_[^/?]+")


class Places:
    """The places of one process."""

    def __init__(self, role: str, folder: Path) -> None:
        self.role, self.folder = role, folder
        self._known: set[str] = set()

    def reached(self, what: str) -> None:
        """A place where we may be killed, named by what happens there and which of our functions wants it."""
        name = f"{self.role}: {what} in {_who()}"
        if name not in self._known:
            self._known.add(name)
            with (self.folder / "places").open("a") as seen:
                seen.write(f"{name}\n")
        armed = self.folder / f"armed-{self.role}"
        try:
            if not {"*", name}.isdisjoint(armed.read_text().splitlines()):
                (self.folder / f"fired-{self.role}").write_text(name)
                os.kill(os.getpid(), signal.SIGKILL)
        except FileNotFoundError:
            return


def run(role: str, settings: Settings) -> None:
    """One process: `web` or `work`."""
    app = house_with_places(role, settings)
    (settings.data_dir / f"ready-{role}").touch()
    if role == "web":
        make_server("127.0.0.1", settings.port, app, threaded=True, request_handler=Quiet).serve_forever()
    while True:
        _sweep(app)
        time.sleep(LOOKS_SECONDS)


def house_with_places(role: str, settings: Settings) -> Flask:
    """Put the places in, in this process only, and open the house."""
    places = Places(role, settings.data_dir)
    event.listen(Session, "before_commit", lambda _session: places.reached("before commit"))
    event.listen(Session, "after_commit", lambda _session: places.reached("after commit"))
    send, to_folder = requests.Session.send, mail._to_folder
    requests.Session.send = _around(places, send, _request_name)  # type: ignore[method-assign] # on purpose
    mail._to_folder = lambda folder: _around(places, to_folder(folder), lambda *_args: "mail")
    return create_app(settings)


def _sweep(app: Flask) -> None:
    """The worker's sweeps without a minute between them, so that kills meet them."""
    try:
        with app.app_context():
            jobs.run_due(app.extensions["sweeps"], clock.now())
    except OperationalError:  # a busy database; the next round finds the same rows
        return


def _who() -> str:
    frame: FrameType | None = sys._getframe(2)
    while frame is not None:
        file = frame.f_code.co_filename
        if file.startswith(OURS) and file not in BETWEEN:
            return f"{Path(file).stem}.{frame.f_code.co_qualname}"
        frame = frame.f_back
    return "?"


def _around(places: Places, call: Callable[..., Any], name: Callable[..., str]) -> Callable[..., Any]:
    def asked(*args: Any, **named: Any) -> Any:
        what = name(*args)
        places.reached(f"before {what}")
        answer = call(*args, **named)
        places.reached(f"after {what}")
        return answer

    return asked


def _request_name(_session: object, request: requests.PreparedRequest, *_more: object) -> str:
    return f"{request.method} {_IDS.sub('/…', request.path_url.partition('?')[0])}"
