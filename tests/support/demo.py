"""The demo as a newcomer gets it: the real program with its server, worker and pay page, on free ports."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

STARTS_WITHIN_SECONDS = 300  # a busy machine; a quiet one needs a tenth
PROGRAM = Path(sys.executable).parent / "vaerksted"


@dataclass(frozen=True)
class Demo:
    """A running demo: its address, its data folder, and the logins it printed."""

    url: str
    data_dir: Path
    logins: dict[str, Any]
    database_url: str
    environment: dict[str, str]

    def sweep(self) -> None:
        """Do what is due now, as a second worker would; the demo's own looks once a minute."""
        subprocess.run([PROGRAM, "sweep"], env=self.environment, check=True, capture_output=True, timeout=120)


def two_free_ports() -> int:
    """A port that is free together with the next one, where the pay page goes."""
    while True:
        with socket.socket() as first:
            first.bind(("127.0.0.1", 0))
            port: int = first.getsockname()[1]
            with socket.socket() as second:
                try:
                    second.bind(("127.0.0.1", port + 1))
                except OSError:
                    continue
                return port


@contextmanager
def running(data_dir: Path, database_url: str | None = None) -> Iterator[Demo]:
    """Start `vaerksted demo` and wait until it answers; everything ends with the block."""
    port = two_free_ports()
    environment = {**os.environ, "VAERKSTED_MODE": "demo", "PORT": str(port), "DATA_DIR": str(data_dir)}
    if database_url:
        environment["DATABASE_URL"] = database_url
    log = data_dir / "demo.log"
    data_dir.mkdir(parents=True, exist_ok=True)
    with log.open("w") as output:
        process = subprocess.Popen([PROGRAM, "demo"], env=environment, stdout=output, stderr=subprocess.STDOUT)
        try:
            url = f"http://localhost:{port}"
            _wait(url, process, log)
            logins = json.loads((data_dir / "demo-logins.json").read_text())
            kept = database_url or f"sqlite:///{data_dir / 'vaerksted.sqlite3'}"
            yield Demo(url, data_dir, logins, kept, environment)
        finally:
            process.terminate()
            process.wait(timeout=30)


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + STARTS_WITHIN_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urlopen(f"{url}/healthz", timeout=2):  # noqa: S310 — our own address
                # The pages answer before the program has said so; its last line comes when everything stands.
                if "running at" in log.read_text():
                    return
        except (URLError, OSError):
            pass
        time.sleep(0.2)
    raise RuntimeError(f"the demo did not start:\n{log.read_text()[-3000:]}")
