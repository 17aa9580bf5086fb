"""People who take their time, thousands at once: silent connections, headers and bodies that come a letter at a time.

A process of its own, so that what it costs is not in the figures of whom it visits. It writes down how many it holds.
"""

from __future__ import annotations

import json
import select
import socket
import ssl
import sys
import threading
import time
from collections import Counter, deque
from contextlib import suppress

import click

from benchmarks.proxied import NAME

OPENERS = 6
ADDRESSES = 1_100  # they come from that many addresses, so a limit per address is not what holds them
A_LETTER_EVERY = 1.0
FIRST = {
    "idle": b"",
    "headers": f"GET /soeg HTTP/1.1\r\nHost: {NAME}\r\n".encode(),
    "bodies": (
        f"POST /kurv HTTP/1.1\r\nHost: {NAME}\r\nSec-Fetch-Site: same-origin\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 10000\r\n\r\nvare="
    ).encode(),
}
NEXT = {"headers": b"X-Slow: 1\r\n", "bodies": b"1"}


class Peers:
    """Slow visitors of one door, held open and opened again when they are turned away."""

    def __init__(self, port: int, *, is_tls: bool) -> None:
        self.port = port
        self.held: dict[int, tuple[str, socket.socket]] = {}
        self.poll = select.poll()
        self.waiting: deque[str] = deque()
        self.turned_away = 0
        self._lock = threading.Lock()
        self._number = 0
        self._context = ssl._create_unverified_context() if is_tls else None  # noqa: S323 — they check nothing

    def open_all(self, counts: dict[str, int]) -> None:
        """Let them come, the slow ones first."""
        for kind in ("bodies", "headers", "idle"):
            self.waiting.extend([kind] * counts[kind])
        for _each in range(OPENERS):
            threading.Thread(target=self._open, daemon=True).start()

    def _open(self) -> None:
        while True:
            try:
                kind = self.waiting.popleft()
            except IndexError:
                time.sleep(0.05)
                continue
            try:
                made = self._connect(kind)
            except OSError:
                self.waiting.append(kind)
                time.sleep(0.05)
                continue
            with self._lock:
                self.held[made.fileno()] = (kind, made)
                self.poll.register(made, select.POLLIN | select.POLLHUP | select.POLLERR)

    def _connect(self, kind: str) -> socket.socket:
        with self._lock:
            self._number += 1
            place = self._number % ADDRESSES
        made = socket.socket()
        try:
            made.bind((f"127.1.{place // 250}.{place % 250 + 1}", 0))
            made.settimeout(20)
            made.connect(("127.0.0.1", self.port))
            if self._context is not None:
                made = self._context.wrap_socket(made, server_hostname=NAME)
            if FIRST[kind]:
                made.sendall(FIRST[kind])
        except OSError:
            made.close()
            raise
        made.setblocking(False)
        return made

    def go_on(self) -> Counter[str]:
        """Each slow one sends a letter more; who was turned away comes again. How many are held."""
        with self._lock:
            lost = {number for number, _event in self.poll.poll(0) if not self._is_open(self.held[number][1])}
            for number, (kind, made) in self.held.items():
                if number not in lost and kind in NEXT and not _send(made, NEXT[kind]):
                    lost.add(number)
            for number in lost:
                kind, made = self.held.pop(number)
                self.poll.unregister(number)
                made.close()
                self.waiting.append(kind)
            self.turned_away += len(lost)
            return Counter(kind for kind, _made in self.held.values())

    def _is_open(self, made: socket.socket) -> bool:
        """TLS may have told us something of its own; an end, an error or an answer is a parting."""
        try:
            return made.recv(4096) is None
        except (ssl.SSLWantReadError, BlockingIOError):
            return True
        except OSError:
            return False


def _send(made: socket.socket, what: bytes) -> bool:
    try:
        made.send(what)
    except (ssl.SSLWantWriteError, ssl.SSLWantReadError, BlockingIOError):
        return True
    except OSError:
        return False
    return True


@click.command()
@click.argument("port", type=int)
@click.option("--idle", default=0)
@click.option("--headers", default=0)
@click.option("--bodies", default=0)
@click.option("--tls/--no-tls", "is_tls", default=True)
def main(port: int, is_tls: bool, **counts: int) -> None:
    """Visit until stopped; a line a second says how many are there."""
    peers = Peers(port, is_tls=is_tls)
    peers.open_all(counts)
    with suppress(BrokenPipeError):
        while True:
            held = {**dict.fromkeys(FIRST, 0), **peers.go_on(), "turned_away": peers.turned_away}
            sys.stdout.write(json.dumps(held) + "\n")
            sys.stdout.flush()
            time.sleep(A_LETTER_EVERY)


if __name__ == "__main__":
    main()
