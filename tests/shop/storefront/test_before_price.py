"""What a thing cost before stands beside its price as long as it may, and not a moment longer."""

from __future__ import annotations

import json
import re
import time
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from support import factories
from support.queries import counted

from shop.storefront.keeping import EXTENSION
from workshop.core import clock, db
from workshop.products import actions, catalogue, queries, reductions
from workshop.products.models import Item
from workshop.products.pricing import on_the_wall_clock

FRONT, SHELF = "/", "/butik/havemobler"
BEFORE, NOW_COSTS = "Førpris 1.150 kr.", "950 kr."
WHAT_IT_IS = "Førpris er den laveste pris i de 30 dage før nedsættelsen."


def reduced(*, at: datetime | None = None, days: int = 60) -> Item:
    """A bench that cost 1,150 kr. for 60 days and costs 950 kr. since a moment, now unless the test says another."""
    at = at or clock.now()
    with db.transaction() as session:
        item = factories.item(session, price_ore=115_000, now=at - timedelta(days=days))
        assert actions.set_price(session, item, 95_000, now=at, by_staff_id=None)
        session.flush()
        session.refresh(item)
        session.expunge(item)
    return item


def page_of(item: Item) -> str:
    return f"/vare/{item.number}-havebaenk-i-laerk"


def text_of(client: FlaskClient, path: str) -> str:
    return client.get(path).text.replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize("path", [FRONT, SHELF])
def test_a_list_shows_the_before_price_above_the_price(client: FlaskClient, path: str) -> None:
    reduced()
    text = text_of(client, path)
    assert text.count(BEFORE) == 1
    assert text.index(BEFORE) < text.index(NOW_COSTS)
    assert "<s>" not in text
    assert "<del>" not in text


def test_the_page_of_a_thing_says_what_a_before_price_is_and_tells_search_engines_the_present_one(
    client: FlaskClient,
) -> None:
    text = text_of(client, page_of(reduced()))
    assert text.count(BEFORE) == 1
    assert WHAT_IT_IS in text
    facts = re.search(r'<script type="application/ld\+json">(.*?)</script>', text, re.DOTALL)
    assert facts is not None
    assert json.loads(facts[1])["offers"]["price"] == "950.00"


def test_a_thing_without_a_reduction_says_nothing_of_it(client: FlaskClient) -> None:
    """The control."""
    with db.transaction() as session:
        item = factories.item(session, now=clock.now() - timedelta(days=12))
        assert actions.set_price(session, item, 95_000, now=clock.now(), by_staff_id=None)
        session.flush()
        address = page_of(item)
    for path in (FRONT, SHELF, address):
        text = text_of(client, path)
        assert "950 kr." in text
        assert "Førpris" not in text


def test_basket_and_checkout_show_it_beside_what_the_line_costs(client: FlaskClient) -> None:
    item = reduced()
    client.post("/kurv", data={"nummer": item.number, "antal": 1})
    for path in ("/kurv", "/kassen"):
        text = text_of(client, path)
        assert text.count(BEFORE) == 1, path
        assert "950 kr." in text[text.index(BEFORE) :][:300], path


def test_of_several_pieces_the_before_price_is_that_of_one(client: FlaskClient) -> None:
    now = clock.now()
    with db.transaction() as session:
        batch = factories.item(session, quantity=5, price_ore=20_000, now=now - timedelta(days=60))
        assert actions.set_price(session, batch, 15_000, now=now, by_staff_id=None)
        session.flush()
        number = batch.number
    client.post("/kurv", data={"nummer": number, "antal": 3})
    text = text_of(client, "/kurv")
    assert "Førpris 200 kr. pr. stk." in text
    assert "450 kr." in text


def test_a_raise_and_a_sale_take_it_off_at_once(client: FlaskClient) -> None:
    raised, sold = reduced(), reduced()
    assert text_of(client, SHELF).count(BEFORE) == 2
    with db.transaction() as session:
        assert actions.set_price(session, session.get_one(Item, raised.id), 99_000, now=clock.now(), by_staff_id=None)
        assert actions.hold(session, sold.id, 1)
        actions.sell_held(session, sold.id, 1, reference="2026-0001", now=clock.now())
    for path in (FRONT, SHELF, page_of(raised), page_of(sold)):
        assert "Førpris" not in text_of(client, path)
    with db.reading() as session:
        assert session.get_one(Item, sold.id).before_ore is None


def test_the_moment_its_days_are_over_no_page_shows_it_although_no_worker_runs(client: FlaskClient) -> None:
    """Pages that are kept, and those a browser has, are let go at that moment; the catalogue's mark never changed."""
    for seconds in (1, 5, 25):  # a busy machine may need longer than that to make three pages
        until = clock.now() + timedelta(seconds=seconds)
        item = reduced(at=on_the_wall_clock(until, -10))
        paths = (FRONT, SHELF, page_of(item))
        tags = {path: client.get(path).headers["ETag"] for path in paths}
        shown = [BEFORE in text_of(client, path) for path in paths]
        again = [client.get(path, headers={"If-None-Match": tags[path]}).status_code for path in paths]
        if clock.now() < until:
            break
    assert (shown, again) == ([True] * 3, [304] * 3)
    with db.reading() as session:
        mark = catalogue.mark(session)
        stored = session.get_one(Item, item.id).before_until
    assert stored is not None
    assert abs(stored - until) < timedelta(seconds=0.01)
    time.sleep(max((stored - clock.now()).total_seconds(), 0) + 0.01)
    for path in paths:
        answer = client.get(path, headers={"If-None-Match": tags[path]})
        assert answer.status_code == 200, path
        assert "Førpris" not in answer.text
        assert NOW_COSTS in text_of(client, path)
        assert client.get(path, headers={"If-None-Match": client.get(path).headers["ETag"]}).status_code == 304
    with db.reading() as session:
        assert catalogue.mark(session) == mark
        assert session.get_one(Item, item.id).before_ore == 115_000, "nobody has cleared it"


def test_a_page_without_reductions_has_a_tag_without_an_end(client: FlaskClient) -> None:
    """The control: only what may lapse is let go."""
    with db.transaction() as session:
        factories.item(session, now=clock.now())
    tag = client.get(SHELF).headers["ETag"]
    assert re.fullmatch(r'"[0-9a-f]{32}"', tag)
    reduced()
    assert re.fullmatch(r'"[0-9a-f]{32}-\d{16}"', client.get(SHELF).headers["ETag"])


def test_a_page_holds_until_the_first_of_its_reductions_lapses(app: Flask, client: FlaskClient) -> None:
    now = clock.now()
    reduced(at=now - timedelta(days=1))
    first = reduced(at=now - timedelta(days=8), days=35)  # it stands first on the page too
    reduced(at=now - timedelta(days=3))
    client.get(SHELF)
    (kept,) = app.extensions[EXTENSION]._pages.values()
    assert kept.until == first.before_until


@pytest.mark.parametrize("sent", ['"{tag}-9"', '"{tag}-x"', '"{tag}-"', '"{tag}--1"', '"-"', '""', "W/{again}"])
def test_a_tag_a_browser_made_up_is_answered_with_a_page(client: FlaskClient, sent: str) -> None:
    reduced()
    tag = client.get(SHELF).headers["ETag"]
    bare = tag.strip('"').partition("-")[0]
    answer = client.get(SHELF, headers={"If-None-Match": sent.format(tag=bare, again=tag)})
    assert answer.status_code == (304 if sent in {"W/{again}", '"{tag}-"'} else 200)


def test_the_sweep_clears_what_has_lapsed_and_nothing_else(app: Flask) -> None:
    now = clock.now()
    over, running = reduced(at=now - timedelta(days=11)), reduced(at=now - timedelta(days=2))
    with db.reading() as session:
        before = catalogue.mark(session)
    assert app.extensions["sweeps"]
    (sweep,) = [each for each in app.extensions["sweeps"] if each.name == "lapsed before-prices"]
    assert sweep.run(now) == 1
    assert sweep.run(now) == 0
    with db.reading() as session:
        assert catalogue.mark(session) != before
        cleared, kept = session.get_one(Item, over.id), session.get_one(Item, running.id)
        assert (cleared.before_ore, cleared.before_until) == (None, None)
        assert (kept.before_ore, kept.before_until) == (115_000, running.before_until)


def test_a_sweep_with_nothing_to_do_writes_nothing(app: Flask) -> None:
    reduced()
    with counted() as sent:
        assert reductions.sweep(clock.now()) == 0
    assert len(sent) == 1


def test_lists_ask_no_more_for_reduced_things_than_for_others(app: Flask, client: FlaskClient) -> None:
    with db.transaction() as session:
        for _each in range(5):
            factories.item(session, now=clock.now())

    def asked(path: str) -> int:
        client.get(path)
        app.extensions[EXTENSION].forget()
        with counted() as sent:
            client.get(path)
        return len(sent)

    few = [asked(path) for path in (FRONT, SHELF)]
    for _each in range(5):
        reduced()
    assert [asked(path) for path in (FRONT, SHELF)] == few


def test_a_card_gives_it_only_while_it_may_be_shown(app: Flask) -> None:
    item = reduced()
    assert item.before_until is not None
    with db.reading() as session:
        card = queries.cards(session, [item.id])[item.id]
        assert session.scalar(sa.select(Item.before_ore).where(Item.id == item.id)) == 115_000
    assert card.before(item.before_until - timedelta(microseconds=1)) == 115_000
    assert card.before(item.before_until) is None
