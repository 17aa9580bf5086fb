"""The real processes of a shop on ports of their own: web, worker and the stand-in, against a fresh database."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from shop.payments.standin.server import Running, create_standin, listen
from shop.serving import server_command
from tests.support import forking
from workshop.core.config import ROOT, Settings, settings_from

STARTS_WITHIN_SECONDS = 60.0
RETRY_SECONDS = 0.2
PROGRAMS = ("benchmarks.soak",)  # each process reads the program that began it; read once, that costs nothing
KEY, SECRET = "sk_test_running", "whsec_running"
WORTH_NOTHING = "a secret of the soak, which guards nothing at all"


@dataclass
class House:
    """A shop whose processes can be started, killed and started again."""

    folder: Path
    database_url: str
    port: int
    standin_port: int
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    standin: ForkServerProcess | None = None

    @property
    def environment(self) -> dict[str, str]:
        """What the processes are told."""
        return {
            "VAERKSTED_MODE": "test",
            "SECRET_KEY": WORTH_NOTHING,
            "PIN_PEPPER": WORTH_NOTHING,
            "MASTER_KEY": "A" * 43,
            "STRIPE_SECRET_KEY": KEY,
            "STRIPE_WEBHOOK_SECRET": SECRET,
            "STRIPE_API_BASE": f"http://127.0.0.1:{self.standin_port}",
            "DATABASE_URL": self.database_url,
            "DATA_DIR": str(self.folder),
            "PORT": str(self.port),
            "BASE_URL": f"http://127.0.0.1:{self.port}",
        }

    @property
    def settings(self) -> Settings:
        """The same for this process."""
        return settings_from(self.environment)

    @property
    def stripe(self) -> Running:
        """The stand-in."""
        return Running(f"http://127.0.0.1:{self.standin_port}", KEY)

    @property
    def ledger(self) -> Path:
        """The stand-in's book."""
        return self.folder / "stripe.sqlite3"

    def start_standin(self) -> None:
        """Nobody kills this one: it is Stripe. Forked like the racers, as a program of its own costs seconds."""
        self.standin = forking.context(*PROGRAMS).Process(
            target=_stand_in,
            args=(self.ledger, f"http://127.0.0.1:{self.port}/stripe/webhook", self.standin_port),
            daemon=True,
        )
        self.standin.start()
        wait_for(self.standin_port, "/")

    def start_web(self, workers: int = 1) -> None:
        """The web server; returns when it answers."""
        self._start("web", server_command(self.settings, workers))
        wait_for(self.port, "/healthz")

    def start_worker(self) -> None:
        """The worker."""
        self._start("work", [str(Path(sys.executable).parent / "vaerksted"), "work"])

    def kill(self, name: str) -> None:
        """`kill -9` for a process and all it started."""
        process = self.processes.pop(name, None)
        if process is not None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def _start(self, name: str, command: list[str]) -> None:
        log = (self.folder / f"{name}.log").open("ab")
        with log:
            self.processes[name] = subprocess.Popen(
                command, env={**_bare(os.environ), **self.environment}, cwd=ROOT, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip


@contextmanager
def house(folder: Path, database_url: str) -> Iterator[House]:
    """A shop with its stand-in running; every process of it is gone after the block."""
    folder.mkdir(parents=True, exist_ok=True)
    opened = House(folder, database_url, free_port(), free_port())
    opened.start_standin()
    try:
        yield opened
    finally:
        for name in list(opened.processes):
            opened.kill(name)
        if opened.standin is not None:
            opened.standin.kill()
            opened.standin.join()


def _stand_in(ledger: Path, webhook_url: str, port: int) -> None:
    app = create_standin(
        ledger=ledger, webhook_url=webhook_url, webhook_secret=SECRET, api_key=KEY, retry_seconds=RETRY_SECONDS
    )
    app.extensions["postman"].start()
    listen(app, "127.0.0.1", port).serve_forever()


def free_port() -> int:
    """A port nobody uses right now."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def wait_for(port: int, path: str) -> None:
    """Until something answers there."""
    deadline = time.monotonic() + STARTS_WITHIN_SECONDS
    while time.monotonic() < deadline:
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            line.request("GET", path)
            line.getresponse().read()
        except (OSError, http.client.HTTPException):
            time.sleep(0.05)
        else:
            return
        finally:
            line.close()
    raise TimeoutError(f"nothing answers at {port}{path}")


def _bare(environment: Mapping[str, str]) -> dict[str, str]:
    """Our own settings and no others: a worker's queue or a mail server of the machine has no part in this."""
    return {
        name: value for name, value in environment.items() if name not in {"HUEY_URL", "SMTP_URL", "PHOTO_STORE_URL"}
    }
