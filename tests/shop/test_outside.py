"""The shop as a process of its own: customers' pages and nothing else, whatever is asked for and however."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from support import factories
from support.addresses import parts
from test_wall import crawl

from shop import outside
from shop.app import create_app
from workshop.accounts import sessions
from workshop.core import access, clock, db
from workshop.core.access import Role
from workshop.core.config import Settings

# Pages anybody may open that lead staff and citizens in, and the keys that proofs are checked with: the shop's role
# cannot read them. A new one is entered here, or it is a page for customers.
INSIDE = {"accepting", "accounts", "cards", "kiosk", "own_phone", "proof_keys", "resets", "second_step", "setup"}


@pytest.fixture
def shop(settings: Settings) -> Iterator[Flask]:
    made = create_app(replace(settings, is_shop_only=True))
    yield made
    db.database().close()


@pytest.fixture
def visitor(shop: Flask) -> FlaskClient:
    made = shop.test_client()
    made.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
    return made


def test_nothing_of_staff_and_citizens_is_served(shop: Flask, visitor: FlaskClient) -> None:
    unknown = visitor.get("/findes-ikke")
    assert unknown.status_code == 404
    urls = shop.url_map.bind("localhost")
    tried = 0
    for rule in shop.url_map.iter_rules():
        if outside.is_served(shop, rule.endpoint):
            continue
        path = urls.build(rule.endpoint, parts(rule, {}), method=min((rule.methods or set()) - {"OPTIONS", "HEAD"}))
        for method in ("GET", "POST"):
            answer = visitor.open(path, method=method)
            tried += 1
            assert answer.status_code == 404, (method, path)
            assert answer.data == unknown.data, (method, path)
    assert tried > 500


@pytest.mark.parametrize(
    "path", ["/personale//log-ind", "/personale/", "/PERSONALE", "/vaerksted//hjem", "/%70ersonale/log-ind"]
)
def test_nor_by_another_way_of_writing_it(visitor: FlaskClient, path: str) -> None:
    assert visitor.get(path).status_code == 404


def test_without_the_setting_they_are_there(client: FlaskClient) -> None:
    """The control."""
    assert client.get("/personale/log-ind").status_code == 200
    assert client.get("/personale").status_code == 303


def test_what_customers_have_is_served(shop: Flask) -> None:
    public = {name for name in shop.view_functions if (mark := access.mark_of(shop, name)) and mark.kind == "public"}
    hidden = {name for name in public if not outside.is_served(shop, name)}
    assert {name.partition(".")[0] for name in hidden} <= INSIDE
    assert {"storefront.front", "orders.page", "stripe.told", "handed_in.page", "photos.photo", "healthz"} <= {
        name for name in shop.view_functions if outside.is_served(shop, name)
    }


def test_a_member_of_staff_is_nobody_here(shop: Flask, visitor: FlaskClient) -> None:
    with db.transaction() as session:
        lone = factories.staff(session, roles=(Role.WORKSHOP,))
        thing = factories.item(session, title="Bænk")
        session.flush()
        token = sessions.begin(session, lone.account_id, None, clock.now())
        code = thing.qr_token
    with visitor.session_transaction() as kept:
        kept["_user_id"] = token
    assert visitor.get(f"/q/{code}").headers["Location"].startswith("/vare/")
    with visitor.session_transaction() as kept:
        assert kept["_user_id"] == token  # whoever is signed in elsewhere stays so


def test_no_page_links_to_the_inside(demo: Flask, settings: Settings) -> None:
    made = create_app(replace(settings, is_shop_only=True))
    visited = list(crawl(made.test_client()))
    db.database().close()
    assert len(visited) > 40
    for address, body, _headers in visited:
        assert b"/personale" not in body, address
        assert b'"/vaerksted' not in body, address
