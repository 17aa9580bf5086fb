"""A kept page is never an old page: whatever happens to a thing shows at the next look, and in the next 304."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask, template_rendered, url_for
from flask.testing import FlaskClient
from jinja2 import Template
from sqlalchemy.orm import Session
from support import factories, people
from support.queries import counted

from shop.orders.models import PayWay
from shop.orders.sweeps import release_lapsed
from shop.storefront import queries as shown
from shop.storefront.keeping import MOST_PAGES, Keep, Page
from tests.shop.orders.rig import HEAD, basket_with, for_sale, place
from workshop.core import clock, db
from workshop.core.access import Role
from workshop.core.config import ROOT
from workshop.products import actions, catalogue, queries
from workshop.products.models import Item, ItemPhoto

SHELF, FRONT = "/butik/havemobler", "/"
Deed = Callable[[Session, Item], object]


def doing(thing: Item, deed: Deed) -> None:
    with db.transaction() as session:
        deed(session, session.get_one(Item, thing.id))


def mark() -> str | None:
    with db.reading() as session:
        return catalogue.mark(session)


def tag_of(client: FlaskClient, path: str) -> str:
    return client.get(path, follow_redirects=True).headers["ETag"]


def asked_again(client: FlaskClient, path: str, tag: str) -> int:
    return client.get(path, headers={"If-None-Match": tag}).status_code


def hold(session: Session, item: Item) -> None:
    assert actions.hold(session, item.id, 1)


def sell(session: Session, item: Item) -> None:
    hold(session, item)
    actions.sell_held(session, item.id, 1, reference="2026-0001", now=clock.now())


def reprice(session: Session, item: Item) -> None:
    assert actions.set_price(session, item, 77_700, now=clock.now(), by_staff_id=None)


def withdraw(session: Session, item: Item) -> None:
    actions.withdraw(session, item, now=clock.now(), by_staff_id=None)


def rename(_session: Session, item: Item) -> None:
    item.title = "Et andet navn"


def photograph(session: Session, item: Item) -> None:
    now = clock.now()
    sides = {"width": 1600, "height": 1200, "position": 1}
    session.add(ItemPhoto(item_id=item.id, name="et-foto", added_at=now, approved_at=now, **sides))


def join(session: Session, _item: Item) -> None:
    factories.item(session, title="Endnu en bænk")


@pytest.mark.parametrize(
    ("deed", "says"),
    [
        (hold, "Reserveret lige nu"),
        (reprice, "777"),
        (rename, "Et andet navn"),
        (photograph, "/foto/et-foto-400.webp"),
        (join, "Endnu en bænk"),
    ],
)
@pytest.mark.parametrize("path", [FRONT, SHELF])
def test_what_happens_to_a_thing_shows_at_once(client: FlaskClient, path: str, deed: Deed, says: str) -> None:
    thing = for_sale("Havebænk i lærk")[0]
    tag = tag_of(client, path)
    assert says not in client.get(path).text
    doing(thing, deed)
    assert asked_again(client, path, tag) == 200
    assert says in client.get(path).text


@pytest.mark.parametrize("deed", [sell, withdraw])
def test_a_thing_that_is_gone_is_gone_from_the_shelf_at_once(client: FlaskClient, deed: Deed) -> None:
    thing = for_sale("Havebænk i lærk")[0]
    tag = tag_of(client, SHELF)
    doing(thing, deed)
    assert asked_again(client, SHELF, tag) == 200
    assert "Havebænk i lærk" not in client.get(SHELF).text


def test_a_sold_thing_says_so_on_its_own_page_at_once(client: FlaskClient) -> None:
    thing = for_sale("Havebænk i lærk")[0]
    address = f"/vare/{thing.number}-havebaenk-i-laerk"
    assert "Læg i kurv" in client.get(address).text
    doing(thing, sell)
    assert "Læg i kurv" not in client.get(address).text
    assert "Den er solgt." in client.get(address).text


@pytest.mark.parametrize("deed", [sell, hold, reprice, rename, join])
def test_what_happens_to_a_thing_shows_at_once_below_another_of_its_kind(client: FlaskClient, deed: Deed) -> None:
    shown, other = for_sale("Havebænk i lærk", "Bænk i fyr")
    address = f"/vare/{shown.number}-havebaenk-i-laerk"
    before = client.get(address).text.partition('id="ligner"')[2]
    assert "Bænk i fyr" in before
    assert "Havebænk i lærk" not in before, "a thing is not like itself"
    doing(other, deed)
    after = client.get(address).text.partition('id="ligner"')[2]
    assert after != before
    assert ("Bænk i fyr" in after) is (deed not in {sell, rename})


def test_the_numbers_at_the_filters_follow_a_sale_at_once(client: FlaskClient) -> None:
    thing = for_sale("Havebænk i lærk", "Bænk i fyr")[0]
    assert '<span class="chip__count">2</span>' in client.get(SHELF).text
    doing(thing, sell)
    page = client.get(SHELF).text
    assert '<span class="chip__count">1</span>' in page
    assert '<span class="chip__count">2</span>' not in page


def test_a_hold_that_lapses_shows_at_once(client: FlaskClient) -> None:
    thing = for_sale("Havebænk i lærk")[0]
    now = clock.now()
    place(basket_with(thing, now=now), now=now, pay_way=PayWay.AT_PICKUP)
    assert "Reserveret lige nu" in client.get(SHELF).text
    assert release_lapsed(HEAD, now + timedelta(days=1))
    assert "Reserveret lige nu" not in client.get(SHELF).text


def test_a_page_the_visitor_has_is_not_made_again(app: Flask, client: FlaskClient) -> None:
    for_sale("Havebænk i lærk")
    made: list[str] = []

    def hear(_app: Flask, template: Template, **_more: object) -> None:
        if not str(template.name).startswith("layouts/"):  # what stands around a page is kept by itself
            made.append(str(template.name))

    tag = tag_of(client, SHELF)
    with template_rendered.connected_to(hear, app):
        with counted() as sent:
            assert asked_again(client, SHELF, tag) == 304
        assert client.get(SHELF).status_code == 200
        assert made == []
        assert len(sent) == 1, sent
        client.get(FRONT)
        assert made == ["storefront/front.html"], "the control: a page that is new is made, and is heard"


def test_a_kept_page_is_the_page(app: Flask, client: FlaskClient) -> None:
    for_sale("Havebænk i lærk", "Bord & <stol>")
    for path in (FRONT, SHELF, "/om"):
        first, second = client.get(path), client.get(path)
        assert first.data == second.data
        assert {name: value for name, value in first.headers if name != "Date"} == dict(second.headers)
        assert second.headers["Vary"] == "Cookie"
        assert second.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize(
    ("cookie", "value", "says"),
    [
        ("tema", "dark", 'data-theme="dark"'),
        ("kontrast", "high", "data-contrast"),
        ("tekst", "large", 'data-text="large"'),
    ],
)
def test_each_look_is_a_page_of_its_own(client: FlaskClient, cookie: str, value: str, says: str) -> None:
    for_sale("Havebænk i lærk")
    tag = tag_of(client, SHELF)
    client.set_cookie(cookie, value)
    assert asked_again(client, SHELF, tag) == 200
    assert says in client.get(SHELF).text
    client.delete_cookie(cookie)
    assert says not in client.get(SHELF).text


def test_the_basket_at_the_top_is_the_visitors_own(app: Flask, client: FlaskClient) -> None:
    thing = for_sale("Havebænk i lærk")[0]
    tag = tag_of(client, SHELF)
    client.post("/kurv", data={"nummer": thing.number, "antal": 1})
    assert asked_again(client, SHELF, tag) == 200
    assert ", antal:" in client.get(SHELF).text
    assert ", antal:" not in app.test_client().get(SHELF).text


def test_a_message_is_said_once_and_is_not_kept(client: FlaskClient) -> None:
    for_sale("Havebænk i lærk")
    client.get(FRONT)
    with client.session_transaction() as session:
        session["_flashes"] = [("message", "Kun til dig.")]
    said = client.get(FRONT)
    assert "Kun til dig." in said.text
    assert said.headers["Cache-Control"] == "no-store"
    assert "Kun til dig." not in client.get(FRONT).text


def test_a_double_click_is_thanked_once(client: FlaskClient) -> None:
    with client.session_transaction() as session:
        session["_flashes"] = [("message", "Tak."), ("message", "Den er lagt i kurven."), ("message", "Tak.")]
    said = client.get(FRONT).text
    assert said.count("<span>Tak.</span>") == 1
    assert said.index("<span>Tak.</span>") < said.index("<span>Den er lagt i kurven.</span>")


@pytest.mark.parametrize("path", [FRONT, SHELF, f"{SHELF}?orden=billigst", "the page of a thing"])
def test_a_page_put_into_the_kept_frame_is_the_page_written_whole(client: FlaskClient, path: str) -> None:
    """One with a message is written whole, so without the message it is the same."""
    thing = for_sale("Havebænk & <lærk>", "Bord")[0]
    path = f"/vare/{thing.number}-havebaenk-laerk" if " " in path else path
    short = "".join(client.get(path).text.split())
    with client.session_transaction() as session:
        session["_flashes"] = [("message", "Kun til dig.")]
    whole = "".join(client.get(path).text.split())
    start, end = whole.index('<divclass="toast-area"'), whole.index("</body>")
    assert "Kuntildig." in whole[start:end]
    assert whole[:start] + whole[end:] == short


def test_a_page_that_is_not_there_is_not_kept(client: FlaskClient) -> None:
    thing = for_sale("Havebænk i lærk")[0]
    address = f"/vare/{thing.number}-havebaenk-i-laerk"
    assert client.get(f"/vare/{thing.number}").status_code == 301
    doing(thing, withdraw)
    assert client.get(address).status_code == 404
    doing(thing, lambda session, item: actions.approve(session, item, now=clock.now(), by_staff_id=None))
    assert client.get(address).status_code == 200


def test_every_deed_changes_the_mark_and_a_look_does_not(app: Flask) -> None:
    thing = for_sale("Havebænk i lærk")[0]
    marks = [mark()]
    for deed in (hold, lambda session, item: actions.release(session, item.id, 1), reprice, rename, photograph, sell):
        doing(thing, deed)
        marks.append(mark())
    doing(thing, lambda session, item: session.scalar(sa.select(Item.title).where(Item.id == item.id)))
    assert mark() == marks[-1]
    assert len(set(marks)) == len(marks)


def test_a_block_that_fails_leaves_the_mark(app: Flask) -> None:
    thing = for_sale("Havebænk i lærk")[0]
    before = mark()

    def fail(session: Session, item: Item) -> None:
        hold(session, item)
        raise LookupError

    with pytest.raises(LookupError):
        doing(thing, fail)
    assert mark() == before


def test_an_empty_catalogue_has_no_mark_and_its_pages_still_open(client: FlaskClient) -> None:
    assert mark() is None
    tag = tag_of(client, FRONT)
    assert asked_again(client, FRONT, tag) == 304


def test_the_address_on_a_card_is_the_address_of_the_page(app: Flask) -> None:
    thing = for_sale("Bænk, grøn & stor")[0]
    with db.reading() as session, app.test_request_context():
        card = queries.cards(session, [thing.id])[thing.id]
        assert shown.thing_url(card) == url_for("storefront.item", name=card.slug)


def test_staff_see_the_same_shop_and_no_old_page(client: FlaskClient) -> None:
    thing = for_sale("Havebænk i lærk")[0]
    with db.transaction() as session:
        email = factories.staff(session, roles=(Role.SALES,)).email
    people.sign_in_staff(client, email)
    assert client.get(SHELF).status_code == 200
    doing(thing, hold)
    assert "Reserveret lige nu" in client.get(SHELF).text


@pytest.mark.once
def test_the_keep_holds_pages_of_one_mark_only_and_not_too_many() -> None:
    keep = Keep("one release")
    now = factories.NOW
    keep.put("a", "first", Page(b"1"))
    assert keep.get("first", now) == Page(b"1")
    keep.put("b", "second", Page(b"2"))
    assert keep.get("first", now) is None
    for number in range(MOST_PAGES + 1):
        keep.put("b", f"page {number}", Page(b""))
    assert keep.get("second", now) is None


@pytest.mark.once
def test_the_keep_gives_no_page_whose_time_is_over() -> None:
    keep, until = Keep("one release"), factories.NOW
    keep.put("a", "page", Page(b"1", until))
    assert keep.get("page", until - timedelta(microseconds=1)) == Page(b"1", until)
    assert keep.get("page", until) is None


@pytest.mark.once
def test_whoever_writes_things_past_the_objects_says_that_the_catalogue_changed() -> None:
    """A statement is not noticed by itself, so a file that sends one says so too; there are few of them."""
    past = re.compile(r"\b(?:update|insert|delete)\((?:Item|ItemPhoto)\b")
    sources = [path.read_text() for top in ("shop", "workshop") for path in (ROOT / top).rglob("*.py")]
    found = [source for source in sources if past.search(source)]
    assert len(found) in {1, 2}
    assert all("catalogue.changed(session)" in source for source in found)
