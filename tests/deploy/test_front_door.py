"""The configuration of `deploy/`, running: slow visitors, forged headers, other names, what nginx says itself."""

from __future__ import annotations

import http.client
import re
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from benchmarks import proxied, slow_peers
from benchmarks.databases import Engine
from benchmarks.proxied import NAME, Door

pytestmark = [pytest.mark.once, pytest.mark.xdist_group("front door")]

TWENTIETH = 0.05
MUST_HAVE = ("Content-Security-Policy", "X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy", "Cache-Control")


@pytest.fixture(scope="module")
def database_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with Engine("sqlite", str(tmp_path_factory.mktemp("databases"))).fresh() as url:
        yield url


class Telling(BaseHTTPRequestHandler):
    """What stands behind the door in some tests: it says what it was told."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        body = "".join(f"{name}: {text}\n" for name, text in self.headers.items()).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.do_GET()

    def log_message(self, *_args: object) -> None:
        """Say nothing."""


@contextmanager
def telling(folder: Path) -> Iterator[Door]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Telling)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        with proxied.front_door(folder, Door(server.server_address[1])) as door:
            yield door
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    with telling(tmp_path_factory.mktemp("door")) as opened:
        yield opened


def test_the_shop_answers_while_a_crowd_of_slow_visitors_is_there(tmp_path: Path, database_url: str) -> None:
    figures = slow_peers.behind_the_door(tmp_path, database_url, slow_peers.Crowd().part(TWENTIETH))
    assert slow_peers.wrong_with(figures) == "", figures


def test_the_program_alone_does_not(tmp_path: Path, database_url: str) -> None:
    """The control: fifty slow bodies hold all of it."""
    figures = slow_peers.alone(tmp_path, database_url, slow_peers.Crowd(1, 1, 50))
    assert figures["held"]["bodies"] >= 45, figures
    assert figures["health"] == 0, figures


def test_what_a_visitor_says_of_where_it_comes_from_is_not_passed_on(door: Door) -> None:
    forged = {
        "X_Forwarded_For": "203.0.113.9",
        "X_Forwarded_Proto": "http",
        "X_Forwarded_Host": "evil.example",
        "X_Forwarded_Port": "1",
        "X_Forwarded_Prefix": "/evil",
        "X_Real_IP": "203.0.113.9",
        "Forwarded": "for=203.0.113.9;host=evil.example",
    }
    _answer, told = door.ask("/healthz", **forged)
    assert b"203.0.113.9" not in told
    assert b"evil" not in told
    assert b"X-Forwarded-For: 127.0.0.1\n" in told
    assert b"X-Forwarded-Proto: https\n" in told
    assert f"Host: {NAME}\n".encode() in told


def test_a_name_that_is_not_ours_gets_no_answer(door: Door) -> None:
    with pytest.raises(ssl.SSLError):
        hello(door, "evil.example")
    assert hello(door, NAME) in {"TLSv1.2", "TLSv1.3"}


def hello(door: Door, name: str, newest: ssl.TLSVersion | None = None) -> str:
    context = ssl.create_default_context(cafile=str(door.certificate))
    context.check_hostname = False
    if newest is not None:
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = newest
        context.set_ciphers("ALL:@SECLEVEL=0")
    with (
        socket.create_connection(("127.0.0.1", door.port), timeout=20) as plain,
        context.wrap_socket(plain, server_hostname=name) as made,
    ):
        return made.version() or ""


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # an old TLS is asked for on purpose
def test_nothing_older_than_tls_1_2_is_spoken(door: Door) -> None:
    with pytest.raises(ssl.SSLError):
        hello(door, NAME, ssl.TLSVersion.TLSv1_1)
    assert hello(door, NAME, ssl.TLSVersion.TLSv1_2) == "TLSv1.2"


@pytest.mark.parametrize(
    ("request_text", "status"),
    [
        ("GET / HTTP/1.1\r\nHost: {name}\r\nBroken header\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\n\r\n", 400),
        ("GET /" + "x" * 9_000 + " HTTP/1.1\r\nHost: {name}\r\n\r\n", 414),
        ("GET / HTTP/1.1\r\nHost: {name}\r\nX-Long: " + "x" * 9_000 + "\r\n\r\n", 400),
        ("TRACE / HTTP/1.1\r\nHost: {name}\r\n\r\n", 405),
        ("POST / HTTP/1.1\r\nHost: {name}\r\nContent-Length: 17000000\r\n\r\n", 413),
        ("POST / HTTP/1.1\r\nHost: {name}\r\nContent-Length: -1\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: {name}\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    ],
)
def test_what_nginx_answers_itself_has_the_headers_too(door: Door, request_text: str, status: int) -> None:
    answer = raw(door, request_text.format(name=NAME))
    assert answer.status == status
    has_all_headers(answer)


def raw(door: Door, text: str) -> http.client.HTTPResponse:
    with door.connect() as made:
        made.sendall(text.encode())
        answer = http.client.HTTPResponse(made)
        answer.begin()
        answer.read()
    return answer


def has_all_headers(answer: http.client.HTTPResponse) -> None:
    for name in MUST_HAVE:
        assert len(answer.headers.get_all(name, [])) == 1, name
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    assert answer.headers["Server"] in {"nginx", None}
    assert "unsafe" not in answer.headers["Content-Security-Policy"]


def test_when_the_program_is_away_a_friendly_page_says_so(tmp_path: Path, database_url: str) -> None:
    (tmp_path / "door").mkdir()
    with proxied.program(tmp_path / "program", database_url, workers=1) as alone:
        opened = proxied.front_door(tmp_path / "door", alone)
        door = opened.__enter__()
        for path in ("/", "/findes-ikke", "/static/build/none.css", "/personale"):
            has_all_headers(door.ask(path)[0])
        with pytest.raises(http.client.RemoteDisconnected):  # our certificate, and then another name
            door.ask("/", Host="evil.example")
    try:
        answer, page = door.ask("/")
    finally:
        opened.__exit__(None, None, None)
    assert answer.status == 502
    has_all_headers(answer)
    assert "Vi er tilbage om lidt" in page.decode()


def test_a_workshop_behind_one_address_is_not_turned_away_and_a_flood_is(door: Door) -> None:
    """Sixty tablets, desks and phones with six requests each at once; the control is more than any house has."""
    with held(door, 60 * 6):
        assert door.ask("/healthz")[0].status == 200
    with held(door, 400):
        answer = door.ask("/healthz")[0]
    assert answer.status == 429
    has_all_headers(answer)


@contextmanager
def held(door: Door, count: int) -> Iterator[None]:
    """So many requests under way from one address: each has said that a body comes, and has not sent it all."""
    begun = f"POST / HTTP/1.1\r\nHost: {NAME}\r\nContent-Length: 100\r\n\r\n1".encode()

    def begin(_each: int) -> socket.socket:
        made = door.connect()
        made.sendall(begun)
        return made

    with ThreadPoolExecutor(8) as pool, ExitStack() as open_ones:
        for made in pool.map(begin, range(count)):
            open_ones.enter_context(made)
        time.sleep(0.5)
        yield


def test_the_log_keeps_no_address_no_path_and_no_name(tmp_path: Path) -> None:
    with telling(tmp_path) as door:
        door.ask(
            "/ordre/kanariefugl/token?q=kanariefugl", User_Agent="kanariefugl", Referer="https://kanariefugl.example"
        )
        raw(door, f"GET /kanariefugl HTTP/1.1\r\nHost: {NAME}\r\nkanariefugl\r\n\r\n")
        time.sleep(0.5)
    lines = (tmp_path / "nginx" / "vaerksted.log").read_text().splitlines()
    assert len(lines) >= 3  # the door was tried before it was opened
    assert all(re.fullmatch(r"[\dT:+-]+ ([A-Z]+|-) \d{3} \d+ [\d.]+ [\d.-]+", line) for line in lines), lines
    for file in (tmp_path / "nginx").glob("*.log"):
        text = file.read_text()
        assert "kanariefugl" not in text, file
        assert "127.0.0.1" not in text.replace("127.0.0.1:", ""), file  # ports of ours in what it says at its start


def test_a_missing_nginx_is_a_failure_and_not_a_skip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda *_args, **_named: None)
    with pytest.raises(proxied.NginxMissingError), proxied.front_door(tmp_path, Door(1)):
        pass
