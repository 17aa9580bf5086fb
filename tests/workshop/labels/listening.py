"""A printer on the network, as far as bytes go: it listens, takes what comes, and can be slow or break off."""

import contextlib
import re
import socket
import threading
import time

from PIL import Image, ImageOps

ZPL = re.compile(
    rb"\^XA\^PW(\d+)\^LL(\d+)\^LH0,0\^FO0,0\^GFA,(\d+),(\d+),(\d+),([0-9A-F]*)\^FS\^XZ\n",
)


class Listening:
    """What arrived, one entry for each connection."""

    def __init__(self, *, pause=0.0, breaks_after=None):
        self.pause, self.breaks_after = pause, breaks_after
        self.received = []
        self._door = socket.create_server(("127.0.0.1", 0))
        if breaks_after is not None:
            self._door.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.address = f"127.0.0.1:{self._door.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self):
        while True:
            try:
                line, _peer = self._door.accept()
            except OSError:
                return
            with line:
                self.received.append(self._take(line))

    def _take(self, line):
        taken = b""
        while True:
            if self.breaks_after is not None and len(taken) >= self.breaks_after:
                # Closing with something unread is what a printer does whose plug is pulled: the other side is reset.
                line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
                return taken
            time.sleep(self.pause)
            part = line.recv(4096)
            if not part:
                return taken
            taken += part

    def close(self):
        self._door.close()
        self._thread.join(2)


@contextlib.contextmanager
def listening(**ways):
    printer = Listening(**ways)
    try:
        yield printer
    finally:
        printer.close()


def wait_for(condition, seconds=5.0):
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not happen"
        time.sleep(0.02)


def pictures_in(stream):
    """The pictures of a ZPL stream, which holds nothing but the commands a picture needs; white paper, black ink."""
    found = list(ZPL.finditer(stream))
    assert b"".join(match[0] for match in found) == stream, "something else than pictures was sent"
    pictures = []
    for match in found:
        width, height, size, also, row = (int(number) for number in match.groups()[:5])
        rows = bytes.fromhex(match[6].decode())
        assert size == also == len(rows) == row * height
        assert row == (width + 7) // 8
        pictures.append(ImageOps.invert(Image.frombytes("1", (width, height), rows).convert("L")))
    return pictures


def on_paper(picture, white=40):
    """The picture with paper around it, as a reader sees it."""
    return ImageOps.expand(picture, border=white, fill=255)
