"""The house with places where it may be killed: before and after every commit, and every call to Stripe or mail.

A keeper opens the house once and forks a process of it again each time one dies, as a service manager would. A place
fires when a line of `armed-web` or `armed-work` in the folder names it; the process is gone as with `kill -9`.
"""

from __future__ import annotations

import ctypes
import os
import re
import signal
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import FrameType
from typing import Any

import requests
import sqlalchemy as sa
from flask import Flask
from sqlalchemy import event
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from werkzeug.serving import make_server

from shop.app import create_app
from shop.orders import nudge
from shop.orders.web import gateway_of
from shop.payments import dues
from shop.payments.gateway import _library as warm_library
from shop.payments.models import PaymentDue
from shop.payments.standin.server import Quiet
from workshop.core import clock, db, jobs, mail
from workshop.core.config import ROOT, Settings

LOOKS_SECONDS = 0.2
OURS = (str(ROOT / "shop"), str(ROOT / "workshop"))
BETWEEN = (str(ROOT / "workshop" / "core" / "db.py"), str(ROOT / "shop" / "payments" / "gateway.py"))
MAILS_OUT = "mails-out"
FORGETS = "forgets"  # this file makes the house a bad one, for the control
BUSY = "busy-"  # a file for each thread that does what was just written down as due
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)  # nothing is due then
ONLY_LOOK = ("holds", "unfetched", "lapsing", "finished", "made to order", "withdrawals", "payments", "mail", "mails")
ROUNDS = 6  # a sweep may write what the next round does; more than a handful would be a sweep that never ends
_DIES_WITH_PARENT = 1  # Source: PR_SET_PDEATHSIG of Linux' prctl(2)
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
            if name not in armed.read_text().splitlines():
                return
            armed.unlink()  # once; the next process passes here
        except FileNotFoundError:
            return
        (self.folder / f"fired-{self.role}").write_text(name)
        os.kill(os.getpid(), signal.SIGKILL)


def keep(role: str, settings: Settings, *, is_asked: bool) -> None:
    """The keeper: one process of `web` or `work` after the other. A worker that `is_asked` sweeps only when told to."""
    _die_with_parent()
    folder = settings.data_dir
    app = house_with_places(role, settings)
    _warm(app)
    db.database().close()
    while True:
        for stale in folder.glob(f"{BUSY}*-{role}"):
            stale.unlink()
        child = os.fork()
        if child == 0:
            _die_with_parent()
            _live(role, app, settings, is_asked=is_asked)
        _put(folder / f"pid-{role}", str(child))
        os.waitpid(child, 0)


def _warm(app: Flask) -> None:
    """What each process would otherwise spend its first seconds on: a library, the tables, the statements."""
    gateway_of(app)
    warm_library()
    app.test_client().get("/kurv")
    with app.app_context():
        jobs.run_due([each for each in app.extensions["sweeps"] if each.name in ONLY_LOOK], LONG_AGO)


def house_with_places(role: str, settings: Settings) -> Flask:
    """Put the places in, in this process only, and open the house. They count from the first process on."""
    places = Places(role, settings.data_dir)
    keeper = os.getpid()

    def told(what: str) -> Callable[[Session], None]:
        def reached(session: Session) -> None:
            if os.getpid() != keeper and not session.in_nested_transaction():
                places.reached(what)

        return reached

    event.listen(Session, "before_commit", told("before commit"))
    event.listen(Session, "after_commit", told("after commit"))
    send, to_folder, at_once = requests.Session.send, mail._to_folder, nudge._do
    requests.Session.send = _around(places, send, _request_name)  # type: ignore[method-assign] # on purpose
    mail._to_folder = lambda folder: _around(places, _counted(places.folder, to_folder(folder)), lambda *_args: "mail")

    def do(*args: Any) -> None:
        if (places.folder / "no-nudge").exists():  # as when the web process is too slow for it: the sweep does it
            return
        busy = places.folder / f"{BUSY}{threading.get_ident()}-{role}"
        busy.touch()
        try:
            at_once(*args)
        finally:
            busy.unlink(missing_ok=True)

    if (places.folder / FORGETS).exists():
        dues.do = _forgetful(dues.do)
    nudge._do = do  # type: ignore[assignment]  # it passes on whatever it is given
    return create_app(settings)


def _forgetful(do: Callable[..., bool]) -> Callable[..., bool]:
    """The control: what is due is crossed off before Stripe is asked, so that a death in between loses it."""

    def spoiled(gateway: Any, job: dues.Job, *args: Any) -> bool:
        with db.transaction() as session:
            session.execute(sa.update(PaymentDue).where(PaymentDue.id == job.due_id).values(done_at=clock.now()))
        return do(gateway, job, *args)

    return spoiled


def _live(role: str, app: Flask, settings: Settings, *, is_asked: bool) -> None:
    folder = settings.data_dir
    (folder / f"ready-{role}").touch()
    if role == "web":
        make_server("127.0.0.1", settings.port, app, threaded=True, request_handler=Quiet).serve_forever()
    while True:
        if is_asked:
            _sweep_when_asked(app, folder)
        else:
            _sweep(app, timedelta())
        time.sleep(0.02 if is_asked else LOOKS_SECONDS)


def _sweep_when_asked(app: Flask, folder: Path) -> None:
    """`asked` holds a number and how many seconds ahead the clock is; when nothing is left, `answered` holds it too."""
    try:
        asked = (folder / "asked").read_text()
    except FileNotFoundError:
        return
    answered = folder / "answered"
    if answered.exists() and answered.read_text() == asked:
        return
    ahead = timedelta(seconds=float(asked.partition(" ")[2]))
    for _round in range(ROUNDS):
        if not _sweep(app, ahead):
            break
    _put(answered, asked)


def _sweep(app: Flask, ahead: timedelta) -> int:
    """The worker's sweeps without a minute between them, so that kills meet them; how much they did."""
    try:
        with app.app_context():
            return sum(jobs.run_due(app.extensions["sweeps"], clock.now() + ahead).values())
    except OperationalError:  # a busy database; the next round finds the same rows
        return 1


def _counted(folder: Path, deliver: Callable[..., Any]) -> Callable[..., Any]:
    """Note each mail that really goes out, beside sending it."""

    def asked(name: str, message: Any) -> None:
        deliver(name, message)
        with (folder / MAILS_OUT).open("a") as out:
            out.write(f"{name}\n")

    return asked


def _put(path: Path, text: str) -> None:
    """Whole or not at all."""
    draft = path.with_name(f"{path.name}.draft")
    draft.write_text(text)
    draft.rename(path)


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(_DIES_WITH_PARENT, signal.SIGKILL)


def _who() -> str:
    """Which function of ours wants it: `orders.checkout.buy`."""
    frame: FrameType | None = sys._getframe(2)
    while frame is not None:
        file = frame.f_code.co_filename
        if file.startswith(OURS) and file not in BETWEEN:
            _root, *parts = Path(file).relative_to(ROOT).with_suffix("").parts
            return ".".join([*parts, frame.f_code.co_qualname])
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
