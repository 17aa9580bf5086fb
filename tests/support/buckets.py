"""A server on this machine that speaks S3, for the time of a test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.request import Request, urlopen

BUCKET = "vaerksted"


@dataclass(frozen=True)
class Server:
    """Where it answers, and how to make it stop."""

    address: str
    stop: Callable[[], None]

    @property
    def environment(self) -> dict[str, str]:
        """What the program reads."""
        return {
            "PHOTO_STORE_URL": f"s3://{BUCKET}/fotos",
            "AWS_ENDPOINT_URL": self.address,
            "AWS_ACCESS_KEY_ID": "a-key-of-the-tests",
            "AWS_SECRET_ACCESS_KEY": "worth-nothing-at-all",
            "AWS_REGION": "us-east-1",
        }

    @property
    def settings(self) -> dict[str, Any]:
        """The same as settings."""
        names = ("endpoint_url", "access_key_id", "secret_access_key", "region")
        keys = tuple((name, self.environment[f"AWS_{name.upper()}"]) for name in names)
        return {"photo_store_url": self.environment["PHOTO_STORE_URL"], "photo_store_keys": keys}


@contextmanager
def serve() -> Iterator[Server]:
    """An empty bucket until the block ends; then nobody answers there any more."""
    from moto.server import ThreadedMotoServer  # seconds to load; only these tests need it

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    address = f"http://{host}:{port}"
    stopped: list[bool] = []

    def stop() -> None:
        if not stopped:
            stopped.append(True)
            server.stop()

    try:
        _ask(f"{address}/moto-api/reset", "POST")
        _ask(f"{address}/{BUCKET}", "PUT")
        yield Server(address, stop)
    finally:
        stop()


def stored(server: Server) -> str:
    """What lies in the bucket, as the server itself tells it."""
    return _ask(f"{server.address}/{BUCKET}?list-type=2", "GET").decode()


def _ask(address: str, method: str) -> bytes:
    key = "AWS4-HMAC-SHA256 Credential=a-key-of-the-tests/20261124/us-east-1/s3/aws4_request"
    asked = Request(address, method=method, headers={"Authorization": key})  # noqa: S310 — our own address
    with urlopen(asked, timeout=20) as answer:  # noqa: S310 — our own address
        found: bytes = answer.read()
    return found
