"""Starting the processes of the house: the web server, the worker, and in the demo the stand-in for Stripe."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import FrameType
from urllib.error import URLError
from urllib.request import urlopen

import click

from workshop.core.config import Settings
from workshop.core.errors import ConfigurationError

STARTS_WITHIN_SECONDS = 180  # a small machine that does other things as well
ENDS_WITHIN_SECONDS = 15
WORKER_ENDS_WITHIN_SECONDS = 12  # one that still starts hears no request to end; less than systemd and the demo wait
THREADS = 8


def server_command(settings: Settings, workers: int) -> list[str]:
    """The command line of the web server. Threads of one worker do not share work, so each worker has several."""
    return [
        str(_beside_python("granian")),
        *("--interface", "wsgi", "--host", settings.bind, "--port", str(settings.port)),
        *("--workers", str(workers), "--blocking-threads", str(THREADS), "--no-ws", "--log-level", "error"),
        # One that is killed is started again while the others serve; without it granian ends them all.
        *("--respawn-failed-workers", "--workers-kill-timeout", str(WORKER_ENDS_WITHIN_SECONDS)),
        "shop.wsgi:app",
    ]


def become_server(settings: Settings, workers: int) -> None:
    """Turn this process into the web server. Raises ConfigurationError when something else answers at its port."""
    _refuse_taken_port(settings.port)
    command = server_command(settings, workers)
    os.execv(command[0], command)  # noqa: S606 — our own command line, no shell


def run_demo(settings: Settings) -> None:
    """Keep the demo's processes running until somebody stops it; they end together.

    Raises ConfigurationError when a process ends by itself or the pages do not answer.
    """
    _refuse_taken_port(settings.port)
    environment = {**os.environ, "VAERKSTED_MODE": "demo", "PORT": str(settings.port)}
    environment |= {"DATA_DIR": str(settings.data_dir)}
    vaerksted = str(_beside_python("vaerksted"))
    commands = [server_command(settings, 2), [vaerksted, "work"]]
    if settings.stripe_api_base:
        commands.append(_standin_command(settings))
    # Each in a group of its own: the web server has children too, and they must not outlive it.
    children = [
        subprocess.Popen(command, env=environment, start_new_session=True)  # noqa: S603 — our own programs
        for command in commands
    ]
    signal.signal(signal.SIGTERM, _stop)
    try:
        _wait_until_it_answers(settings, children)
        click.echo(f"\nVærksted is running at {settings.base_url}   (stop it with Ctrl-C)\n")
        while all(child.poll() is None for child in children):
            time.sleep(0.5)
        raise ConfigurationError("A part of the demo ended by itself; its last lines above say why.")
    except KeyboardInterrupt:
        click.echo("Stopping.")
    finally:
        for child in children:
            child.terminate()
        for child in children:
            _end(child)


def _end(child: subprocess.Popen[bytes]) -> None:
    """Wait for a process that was asked to end; then whatever is left of its group ends too."""
    try:
        child.wait(timeout=ENDS_WITHIN_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
    with suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)


def _refuse_taken_port(port: int) -> None:
    """Two servers would share a port without a word, and each get half of the requests."""
    with socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", port)) == 0:
            raise ConfigurationError(f"Port {port} is in use. Choose another with PORT, as in PORT={port + 50}.")


def _standin_command(settings: Settings) -> list[str]:
    port = str(settings.stripe_api_base or "").rpartition(":")[2]
    return [
        *(sys.executable, "-m", "shop.payments.standin", "--port", port),
        *("--ledger", str(settings.data_dir / "stripe-standin.sqlite3")),
        *("--webhook-url", f"http://localhost:{settings.port}/stripe/webhook"),
        *("--webhook-secret", settings.stripe_webhook_secret, "--api-key", settings.stripe_secret_key),
    ]


def _wait_until_it_answers(settings: Settings, children: Sequence[subprocess.Popen[bytes]]) -> None:
    deadline = time.monotonic() + STARTS_WITHIN_SECONDS
    while time.monotonic() < deadline:
        if any(child.poll() is not None for child in children):
            break
        try:
            with urlopen(f"http://localhost:{settings.port}/healthz", timeout=2):
                return
        except (URLError, OSError):
            time.sleep(0.2)
    raise ConfigurationError(
        f"The pages do not answer within {STARTS_WITHIN_SECONDS} seconds; the lines above may say why."
    )


def _beside_python(name: str) -> Path:
    """A program installed in the same environment as this Python."""
    return Path(sys.executable).parent / name


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
