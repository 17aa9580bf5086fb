"""T7, below HTTP: bytes that are no request, or two at once. The server goes on answering."""

from __future__ import annotations

import socket
import time
from pathlib import Path

from benchmarks.running import House, free_port, wait_for

PATIENCE = 1.0  # seconds without a word after which nothing more is waited for
HOST = b"Host: 127.0.0.1\r\n"
FORM = b"Content-Type: application/x-www-form-urlencoded\r\nSec-Fetch-Site: same-origin\r\n"
HIDDEN = b"GET /personale/borgere HTTP/1.1\r\n" + HOST + b"\r\n"
BROKEN = {
    "nothing": b"\r\n\r\n",
    "no request": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "no version": b"GET /\r\n\r\n",
    "version nine": b"GET / HTTP/9.9\r\n" + HOST + b"\r\n",
    "no host": b"GET / HTTP/1.1\r\n\r\n",
    "two hosts": b"GET / HTTP/1.1\r\n" + HOST + b"Host: evil.example\r\n\r\n",
    "whole address": b"GET http://evil.example/ HTTP/1.1\r\n" + HOST + b"\r\n",
    "nothing in the path": b"GET /\x00 HTTP/1.1\r\n" + HOST + b"\r\n",
    "encoded nothing": b"GET /%00%0d%0a%ff HTTP/1.1\r\n" + HOST + b"\r\n",
    "broken percent": b"GET /%zz%?%=% HTTP/1.1\r\n" + HOST + b"\r\n",
    "high bytes": b"GET /\xff\xfe HTTP/1.1\r\n" + HOST + b"\r\n",
    "only line feeds": b"GET / HTTP/1.1\n" + HOST.replace(b"\r", b"") + b"\n",
    "only returns": b"GET / HTTP/1.1\r" + HOST.replace(b"\n", b"") + b"\r",
    "space before colon": b"GET / HTTP/1.1\r\nHost : 127.0.0.1\r\n\r\n",
    "folded header": b"GET / HTTP/1.1\r\n" + HOST + b"X: a\r\n b\r\n\r\n",
    "header without colon": b"GET / HTTP/1.1\r\n" + HOST + b"Xabc\r\n\r\n",
    "long header": b"GET / HTTP/1.1\r\n" + HOST + b"X: " + b"a" * 500_000 + b"\r\n\r\n",
    "many headers": b"GET / HTTP/1.1\r\n" + HOST + b"X: a\r\n" * 5_000 + b"\r\n",
    "long path": b"GET /" + b"a" * 200_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n",
    "two lengths": b"POST /kurv HTTP/1.1\r\n" + HOST + FORM
    + b"Content-Length: 0\r\nContent-Length: 9\r\n\r\n" + HIDDEN,
    "length and chunks": b"POST /kurv HTTP/1.1\r\n" + HOST + FORM
    + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + HIDDEN,
    "strange chunks": b"POST /kurv HTTP/1.1\r\n" + HOST + FORM + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "broken chunk": b"POST /kurv HTTP/1.1\r\n" + HOST + FORM + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n",
    "negative chunk": b"POST /kurv HTTP/1.1\r\n" + HOST + FORM + b"Transfer-Encoding: chunked\r\n\r\n-1\r\nabc\r\n",
    "negative length": b"POST /kurv HTTP/1.1\r\n" + HOST + FORM + b"Content-Length: -5\r\n\r\n",
    "length of letters": b"POST /kurv HTTP/1.1\r\n" + HOST + FORM + b"Content-Length: abc\r\n\r\n",
    "huge length": b"POST /kurv HTTP/1.1\r\n" + HOST + FORM + b"Content-Length: 99999999999999999999\r\n\r\n",
    "too large a body": b"POST /kurv HTTP/1.1\r\n" + HOST + FORM + b"Content-Length: 99999999\r\n\r\n" + b"a" * 1_000,
    "method of signs": b"G@T!! / HTTP/1.1\r\n" + HOST + b"\r\n",
    "long method": b"A" * 10_000 + b" / HTTP/1.1\r\n" + HOST + b"\r\n",
    "upgrade": b"GET / HTTP/1.1\r\n" + HOST + b"Connection: Upgrade\r\nUpgrade: h2c\r\nHTTP2-Settings: AA\r\n\r\n",
    "no such protocol": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
}  # fmt: skip


def said_to(port: int, sent: bytes) -> bytes:
    """What comes back, until the server closes or nothing more comes."""
    heard = b""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as line:
        try:
            line.sendall(sent)
            while len(heard) < 200_000:
                part = line.recv(65_536)
                if not part:
                    break
                heard += part
        except OSError:  # closed while we were still talking: an answer as good as any
            return heard
    return heard


def test_bytes_that_are_no_request_break_nothing(tmp_path: Path, database_url: str) -> None:
    opened = House(tmp_path, database_url, free_port(), free_port())
    wrong = []
    opened.start_web()
    try:
        for name, sent in BROKEN.items():
            started = time.monotonic()
            heard = said_to(opened.port, sent)
            if b" 500 " in heard.split(b"\r\n")[0] or b"Traceback" in heard or time.monotonic() - started > 5:
                wrong.append((name, heard[:100]))
        wait_for(opened.port, "/healthz")
    finally:
        opened.kill("web")
    assert wrong == []
    assert "Traceback" not in (tmp_path / "web.log").read_text()
