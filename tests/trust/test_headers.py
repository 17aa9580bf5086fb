"""T12: every answer there is, whatever was asked and however it went, carries the headers that keep a browser safe."""

from __future__ import annotations

import io
import json
import re
import shutil
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
import sqlalchemy as sa
import sqlalchemy.exc
from flask import Flask, Response
from flask.testing import FlaskClient
from playwright.sync_api import sync_playwright
from test_fuzz import addresses
from werkzeug.serving import make_server
from werkzeug.test import TestResponse

from shop.app import create_app
from shop.payments.standin.server import Quiet
from tests.conftest import NOW
from tests.support import actors
from tests.support.photos import telling_jpeg
from tests.trust.test_matrix import client_of
from workshop.core import access, db, images, photo_store
from workshop.core.config import ROOT, Settings
from workshop.products.models import Item, ItemState
from workshop.products.photos import actions as photographing

pytestmark = pytest.mark.once  # what is asked of the answers does not depend on the database
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(), microphone=(), payment=()",
}
TOO_WIDE = {"'unsafe-inline'", "'unsafe-eval'", "'unsafe-hashes'", "*", "http:", "https:", "data:", "blob:"}
WANTED = {"default-src": ["'self'"], "object-src": ["'none'"], "base-uri": ["'none'"], "frame-ancestors": ["'none'"]}
HSTS = "max-age=31536000; includeSubDomains"
# Answers that a browser or a calendar may keep: pages and pictures that are alike for everybody. All else is no-store.
MAY_BE_KEPT = re.compile(
    r"static|photos\.photo|storefront\.(?:front|plain|terms|category|item|search)|made\.(?:everything|product)"
    r"|services\.(?:everything|service)|feeds\.\w+|agreement_calendar\.feed|proof_keys\.\w+"
)
PERSONAL = re.compile(
    r"/(?:personale|vaerksted|ordre|aftale|regning|tilbud|forespoergsel|indlevering|kurv|kassen|fortryd|opsaetning"
    r"|invitation|telefon|service/sendt|sig-til)(?:/|$)"
)
PEOPLE = ("a visitor", "a customer", "staff", "citizen at the tablet", "citizen on their phone")
SIGNS_OUT = re.compile(r"/log-ud|/vaerksted/ud|/vaerksted/laas|/slut$|/luk$")


def faults(answer: TestResponse, *, is_https: bool = False) -> list[str]:
    """What is wrong with the headers of one answer."""
    headers = answer.headers
    wrong = [name for name, value in ALWAYS.items() if headers.getlist(name) != [value]]
    wrong += _policy_faults(headers.getlist("Content-Security-Policy"))
    if headers.getlist("Strict-Transport-Security") != ([HSTS] if is_https else []):
        wrong.append("Strict-Transport-Security")
    if len(headers.getlist("Cache-Control")) != 1:
        wrong.append("Cache-Control")
    path = answer.request.path
    if PERSONAL.match(path) and headers["Cache-Control"] != "no-store" and not path.endswith(".ics"):
        wrong.append(f"may be kept: {headers['Cache-Control']}")
    return wrong


def _policy_faults(policies: list[str]) -> list[str]:
    if len(policies) != 1:
        return ["Content-Security-Policy"]
    rules = {name: words for name, *words in (part.split() for part in policies[0].split(";"))}
    wrong = [
        name
        for name, words in rules.items()
        if TOO_WIDE & (set(words) - ({"data:", "blob:"} if name == "img-src" else set()))
    ]
    wrong += [name for name, words in WANTED.items() if rules.get(name) != words]
    return wrong + sorted({"script-src", "style-src", "form-action"} & set(rules) ^ {"form-action"})


def client_for(app: Flask, settings: Settings, who: str) -> FlaskClient:
    """The browser of one of PEOPLE."""
    if who == "a visitor":
        return actors.browser(app)
    if who == "staff":
        return actors.desk(app)
    return client_of(app, settings, "customer with an order" if who == "a customer" else who)


def asked(app: Flask, client: FlaskClient) -> Iterator[TestResponse]:
    """Every rule by every method of its own and one that is not, with values that lead to something."""
    for _endpoint, method, address in addresses(app):
        if SIGNS_OUT.search(address):
            continue
        yield client.open(address, method=method)
    for path in ("/findes-ikke", "/personale/findes-ikke", "/vaerksted/findes-ikke", "/static/build/findes-ikke.css"):
        yield client.get(path)


@pytest.mark.parametrize("who", PEOPLE)
def test_every_answer_to_everybody_has_them(demo: Flask, settings: Settings, who: str) -> None:
    client = client_for(demo, settings, who)
    wrong, seen, kept = {}, Counter[int](), set()
    for answer in asked(demo, client):
        seen[answer.status_code] += 1
        found = faults(answer)
        if found:
            wrong[f"{answer.request.method} {answer.request.path} {answer.status_code}"] = found
        if answer.headers["Cache-Control"] != "no-store":
            kept.add(demo.url_map.bind("localhost").match(answer.request.path, method=answer.request.method)[0])
    assert wrong == {}
    assert {each for each in kept if not MAY_BE_KEPT.fullmatch(each)} == set()
    assert sum(seen.values()) > 500
    assert {200, 303, 404} <= set(seen), seen


def test_files_and_photos_have_them(demo: Flask, settings: Settings) -> None:
    client, kinds = actors.desk(demo), set()
    with db.transaction() as session:
        thing = session.scalars(sa.select(Item).where(Item.state == ItemState.FOR_SALE).limit(1)).one()
        kept = images.store(io.BytesIO(telling_jpeg()), photo_store.of(settings))
        photo = photographing.add_photo(session, thing, kept, alt_text="", now=NOW, by_staff_id=None)
        photo.approved_at = NOW
        name, number = photo.name, thing.number
    manifest = json.loads((ROOT / "static" / "build" / "manifest.json").read_text())
    built = [next(file for file in manifest.values() if file.endswith(kind)) for kind in (".css", ".js", ".svg")]
    for path in (
        *(f"/static/build/{file.removeprefix('/static/build/')}" for file in built),
        f"/foto/{name}-400.webp",
        f"/personale/foto/{name}-400.webp",
        "/personale/moebler/eksport.csv",
        "/personale/moebler/eksport.xlsx",
        "/varer.xml",
        "/sitemap.xml",
        "/robots.txt",
        "/healthz",
        f"/vare/{number}",
    ):
        with client.get(path, follow_redirects=True) as answer:
            assert answer.status_code == 200, path
            assert faults(answer) == [], path
            kinds.add(answer.mimetype)
            seen, etag = answer.request.path, answer.headers.get("ETag")
        if etag:
            with client.get(seen, headers={"If-None-Match": etag}) as unchanged:
                assert faults(unchanged) == [], path
    assert {"text/css", "image/webp", "image/svg+xml", "text/csv", "text/plain"} <= kinds, kinds


def test_so_has_what_goes_wrong(client: FlaskClient) -> None:
    browser = client.application.test_client()
    answers = {
        400: client.get("/", headers={"Host": "evil.example"}),
        403: browser.post("/kurv", data={"nummer": "1"}, headers={"Origin": "https://evil.example"}),
        404: client.get("/\x00"),
        405: client.open("/kurv/antal", method="PUT"),
        413: client.post("/kurv", data={"nummer": "x" * 17_000_000}),
        303: client.get("/personale"),
        422: client.post("/kassen", data={}),
        200: client.open("/", method="HEAD"),
    }
    for answer in (*answers.values(), client.open("/", method="OPTIONS"), client.post("/stripe/webhook", data=b"{")):
        assert faults(answer) == [], (answer.status_code, answer.request.path)
    seen = {answer.status_code for answer in answers.values()}
    assert {400, 403, 404, 303, 200} <= seen


@pytest.mark.plants
@pytest.mark.parametrize("path", ["/plantet", "/personale/plantet", "/vaerksted/plantet"])
@pytest.mark.parametrize("fault", [RuntimeError("broken"), sqlalchemy.exc.TimeoutError("no connection is free")])
def test_so_has_a_fault_of_ours(app: Flask, path: str, fault: Exception) -> None:
    @access.public
    def broken() -> str:
        raise fault

    app.add_url_rule(path, "plantet", broken)
    app.config.update(TESTING=False, PROPAGATE_EXCEPTIONS=False)
    answer = app.test_client().get(path)
    assert answer.status_code == (503 if isinstance(fault, sqlalchemy.exc.TimeoutError) else 500)
    assert faults(answer) == []
    assert answer.headers["Cache-Control"] == "no-store"


def test_on_https_every_answer_asks_for_https(demo: Flask, settings: Settings) -> None:
    secure = create_app(replace(settings, base_url="https://localhost"))
    client = secure.test_client()
    client.environ_base["wsgi.url_scheme"] = "https"
    wrong = {answer.request.path: found for answer in asked(secure, client) if (found := faults(answer, is_https=True))}
    db.database().close()
    assert wrong == {}


@pytest.mark.plants
@pytest.mark.parametrize(
    ("name", "value"),
    [
        (
            "Content-Security-Policy",
            "default-src 'self' 'unsafe-inline'; object-src 'none'; base-uri 'none'; form-action 'self'",
        ),
        (
            "Content-Security-Policy",
            "default-src *; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action *",
        ),
        ("Cache-Control", "public, max-age=60"),
    ],
)
def test_a_page_that_breaks_it_is_found(app: Flask, name: str, value: str) -> None:
    """The control: the search itself."""

    @app.get("/ordre/plantet/side")
    @access.public
    def planted() -> Response:
        return Response("hej", headers={name: value})

    assert faults(app.test_client().get("/ordre/plantet/side")) != []


@contextmanager
def served(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


PLANTED = """<!doctype html><title>stille</title><script>document.title = "inline"</script>
<img src="/findes-ikke" onerror="document.title = 'handler'" alt="">
<a href="javascript:void(document.title='link')">tryk</a><base href="https://evil.example/">
<script src="data:text/javascript,document.title='data'"></script>
<script src="https://evil.example/x.js"></script><object data="data:text/html,x"></object>
<style>body { color: rgb(1, 2, 3) }</style>"""


@pytest.mark.browser
@pytest.mark.plants
@pytest.mark.parametrize("is_guarded", [True, False])
def test_a_planted_script_does_not_run(app: Flask, is_guarded: bool) -> None:
    """As if a text had slipped into a page unescaped. Without the policy it runs: the control."""

    @app.get("/plantet")
    @access.public
    def planted() -> Response:
        headers = {} if is_guarded else {"Content-Security-Policy": "default-src * data: 'unsafe-inline'"}
        return Response(PLANTED, mimetype="text/html", headers=headers)

    reports: list[str] = []
    with served(app) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page()
        page.on("console", lambda message: reports.append(message.text))
        page.goto(f"{address}/plantet")
        page.get_by_text("tryk").click()
        page.wait_for_timeout(500)
        title, colour = page.title(), page.evaluate("getComputedStyle(document.body).color")
        browser.close()
    assert (title == "stille") is is_guarded, title
    assert (colour != "rgb(1, 2, 3)") is is_guarded
    assert any("Content Security Policy" in each for each in reports) is is_guarded
