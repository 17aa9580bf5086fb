"""The other shop's side of the measurement: run by its own Python, inside its own project, told what to do by lines.

It is a program by itself and imports nothing of ours. A line in is `PAGE COUNT`; a line out is JSON with the CPU
seconds of so many calls and how the last one answered.
"""

from __future__ import annotations

import importlib
import io
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

TOKEN_COOKIE = "csrftoken"  # noqa: S105 — a name
TOKEN = "abcdefghijklmnopqrstuvwxyzABCDEF"  # noqa: S105 — any would do
PRODUCT = 6  # one of those its README loads
PLACE = {"line1": "Gade 1", "line4": "Aarhus", "postcode": "8000", "country": "DK"}
MOST_REDIRECTS = 5


class Visitor:
    """A browser with its cookies, calling an application in this process. Both shops are asked by it.

    `about` is added to each request, `always` to each form.
    """

    def __init__(
        self, application: Callable[..., Any], about: dict[str, str], always: dict[str, str], cookies: dict[str, str]
    ) -> None:
        self.application, self.about, self.always, self.cookies = application, about, always, cookies

    def ask(self, method: str, url: str, **fields: str) -> tuple[str, dict[str, str], bytes]:
        """One request: status, headers and body."""
        path, _mark, query = url.partition("?")
        body = urlencode({**self.always, **fields}).encode() if method == "POST" else b""
        environ = {
            "REQUEST_METHOD": method,
            "SCRIPT_NAME": "",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "80",
            "HTTP_HOST": "127.0.0.1",
            "HTTP_COOKIE": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "CONTENT_TYPE": "application/x-www-form-urlencoded" if body else "",
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": sys.stderr,
            "wsgi.url_scheme": "http",
            "wsgi.version": (1, 0),
            "wsgi.multithread": False,
            "wsgi.multiprocess": True,
            "wsgi.run_once": False,
            **self.about,
        }
        said: list[Any] = []
        answer = self.application(environ, lambda status, headers, _error=None: said.extend((status, headers)))
        text = b"".join(answer)
        if hasattr(answer, "close"):
            answer.close()
        for name, value in said[1]:
            key, _equals, kept = value.partition(";")[0].partition("=")
            if name.lower() == "set-cookie" and key != TOKEN_COOKIE:
                self.cookies[key] = kept
        return said[0], {name.lower(): value for name, value in said[1]}, text


def visitor(application: Callable[..., Any]) -> Visitor:
    """Somebody new to the other shop, whose forms carry its token."""
    return Visitor(application, {}, {"csrfmiddlewaretoken": TOKEN}, {TOKEN_COOKIE: TOKEN})


def page(application: Callable[..., Any], url: str) -> tuple[str, int]:
    """A page that is only looked at."""
    status, _headers, body = visitor(application).ask("GET", url)
    return status, len(body)


def add(application: Callable[..., Any]) -> tuple[str, int]:
    """A new visitor puts a thing in the basket."""
    status, _headers, body = visitor(application).ask("POST", f"/basket/add/{PRODUCT}/", quantity="1")
    return status, len(body)


def order(application: Callable[..., Any]) -> tuple[str, int]:
    """A guest buys: basket, gateway, address, shipping, preview, placed, thank-you. Raises RuntimeError."""
    guest = visitor(application)
    guest.ask("POST", f"/basket/add/{PRODUCT}/", quantity="1")
    guest.ask("POST", "/checkout/", username="a@example.org", options="anonymous")
    status, headers, body = guest.ask(
        "POST", "/checkout/shipping-address/", first_name="Ane", last_name="Hansen", **PLACE
    )
    for _each in range(MOST_REDIRECTS):
        if status.startswith("200"):
            break
        status, headers, body = guest.ask("GET", headers["location"])
    status, headers, body = guest.ask("POST", "/checkout/preview/", action="place_order")
    status, headers, body = guest.ask("GET", headers.get("location", "/"))
    if b"rder number" not in body and b"confirmation" not in body.lower():
        raise RuntimeError(f"the other shop placed no order: {status}")
    return status, len(body)


def main() -> None:
    """Answer lines until there are no more."""
    sys.path[0] = str(Path.cwd())  # not our folder: it has names of the standard library's
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
    out, sys.stdout = sys.stdout, sys.stderr
    application = importlib.import_module("shop.wsgi").application
    product = importlib.import_module("oscar.core.loading").get_model("catalogue", "Product").objects.get(pk=PRODUCT)
    pages: dict[str, Callable[[], tuple[str, int]]] = {
        "listing": lambda: page(application, "/dbcat/"),
        "item": lambda: page(application, product.get_absolute_url()),
        "basket": lambda: add(application),
        "order": lambda: order(application),
    }
    for line in sys.stdin:
        name, count = line.split()
        started = time.process_time()
        for _call in range(int(count)):
            status, size = pages[name]()
        seconds = time.process_time() - started
        out.write(json.dumps({"seconds": seconds, "status": status, "bytes": size}) + "\n")
        out.flush()


if __name__ == "__main__":
    main()
