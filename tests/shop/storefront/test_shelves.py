"""Shelves are narrowed, counted and sorted; a search asks little; and machines read the same shop as people."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from xml.etree import ElementTree as ET

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from support import factories
from support.queries import counted

from shop.orders.house.models import OpeningSlot, ShopText, Terms
from shop.orders.models import Fulfilment
from shop.storefront.keeping import EXTENSION
from tests.shop.orders.rig import for_sale
from workshop.core import clock, db
from workshop.products import actions
from workshop.products.models import Item, ItemPhoto, Origin, ProductType, SizeClass

SHELF = "/butik/havemobler"


def thing(
    title: str = "Havebænk",
    *,
    kroner: int = 450,
    category: str = "havebænke",
    size: SizeClass = SizeClass.L,
    origin: Origin = Origin.BOUGHT,
) -> Item:
    with db.transaction() as session:
        made = factories.item(session, title=title, price_ore=kroner * 100, category=category, now=clock.now())
        made.size_class, made.origin = size, origin
        session.flush()
        session.refresh(made)
        session.expunge(made)
    return made


def text_of(client: FlaskClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.text.replace("\N{NO-BREAK SPACE}", " ")


def titles(client: FlaskClient, path: str) -> list[str]:
    return re.findall(r'<h3><a href="/vare/[^"]*">([^<]*)</a>', text_of(client, path))


def chip(page: str, label: str) -> str | None:
    found = re.search(rf'href="([^"]*)"[^>]*>{re.escape(label)}(?: <span class="chip__count">(\d+)</span>)?</a>', page)
    return found and f"{found[2]} {found[1].replace('&amp;', '&')}"


@pytest.fixture
def stocked(client: FlaskClient) -> FlaskClient:
    thing("Billig", kroner=150, size=SizeClass.S)
    thing("Bord", kroner=450, category="borde", size=SizeClass.M, origin=Origin.RECLAIMED)
    thing("Dyr", kroner=2_500, size=SizeClass.XL, origin=Origin.DONATED)
    return client


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Dyr", "Bord", "Billig"]),
        ("?orden=billigst", ["Billig", "Bord", "Dyr"]),
        ("?slags=borde", ["Bord"]),
        ("?under=500", ["Bord", "Billig"]),
        ("?fra=200&under=500", ["Bord"]),
        ("?fra=2500", ["Dyr"]),
        ("?under=150", []),
        ("?str=S", ["Billig"]),
        ("?genbrug=ja", ["Dyr", "Bord"]),
        ("?genbrug=ja&str=XL&slags=havebænke", ["Dyr"]),
        ("?genbrug=ja&str=S", []),
    ],
)
def test_a_shelf_is_narrowed_and_sorted(stocked: FlaskClient, query: str, found: list[str]) -> None:
    assert titles(stocked, SHELF + query) == found


def test_chips_say_how_many_they_lead_to_and_keep_what_is_chosen(stocked: FlaskClient) -> None:
    page = text_of(stocked, SHELF)
    assert chip(page, "Alle") == f"3 {SHELF}"
    assert chip(page, "Under 200 kr.") == f"1 {SHELF}?under=200"
    assert chip(page, "200–500 kr.") == f"1 {SHELF}?fra=200&under=500"
    assert chip(page, "Fra 2.000 kr.") == f"1 {SHELF}?fra=2000"
    assert chip(page, "500–1.000 kr.") is None, "a choice that leads to nothing is not offered"
    reused = text_of(stocked, f"{SHELF}?genbrug=ja")
    assert chip(reused, "Brugte materialer") == f"2 {SHELF}", "choosing it again lets go of it"
    assert chip(reused, "Fra 2.000 kr.") == f"1 {SHELF}?fra=2000&genbrug=ja"
    assert chip(reused, "Under 200 kr.") is None
    for label in ("Alle", "Bænke", "Borde", "Under 200 kr.", "Let at bære", "Brugte materialer"):
        count, url = str(chip(page, label)).split(" ", 1)
        assert len(titles(stocked, url)) == int(count), label


@pytest.mark.parametrize(
    "query", ["slags=cykler", "str=XXL", "under=x", "fra=-1", "under=9999999", "side=0", "fra=1e3"]
)
def test_what_no_chip_says_is_a_page_that_is_not_there(client: FlaskClient, query: str) -> None:
    assert client.get(f"{SHELF}?{query}").status_code == 404


def test_what_can_be_made_stands_on_its_shelf(client: FlaskClient) -> None:
    thing()
    with db.transaction() as session:
        kind = factories.product_type(session, sku="HB-77", name="Bænk & bord")
        kind.is_made_to_order = True
    assert "Bænk &amp; bord" in text_of(client, SHELF)
    assert "Bænk &amp; bord" in text_of(client, f"{SHELF}?bestil=ja")
    assert titles(client, f"{SHELF}?bestil=ja") == []
    assert "Bænk &amp; bord" in text_of(client, "/soeg?q=baenk")
    assert "Bænk &amp; bord" not in text_of(client, "/butik/pallemobler")
    with db.transaction() as session:
        session.scalars(sa.select(ProductType)).one().is_made_to_order = False
    assert "Bænk &amp; bord" not in text_of(client, SHELF), "it shows at once"


def test_a_search_finds_what_is_for_sale_and_what_was_sold_and_nothing_hidden(client: FlaskClient) -> None:
    kept, sold = for_sale("Havebænk i lærk", "Havebænk, solgt")
    with db.transaction() as session:
        factories.item(session, title="Havebænk, ikke godkendt", is_for_sale=False)
        assert actions.hold(session, sold.id, 1)
        actions.sell_held(session, sold.id, 1, reference="2026-0001", now=clock.now())
    for typed in ("bænk", "havebenk", "haevebænk", str(kept.number)):
        assert "Havebænk i lærk" in titles(client, f"/soeg?q={typed}"), typed
    page = text_of(client, "/soeg?q=haevebænk")
    assert "Mente du" in page
    assert "Solgt for nylig" in page
    assert "ikke godkendt" not in page
    assert "Mente du" not in text_of(client, "/soeg?q=havebænk")


def test_a_search_for_nothing_and_for_what_is_not_there_leads_on(client: FlaskClient) -> None:
    thing()
    for typed in ("", "xyzzy", "<script>", "%25", "a" * 500):
        page = text_of(client, f"/soeg?q={typed}")
        assert "/butik/pallemobler" in page
        assert "<script>alert" not in page
    assert "Skal vi sige til?" in text_of(client, "/soeg?q=xyzzy")


def test_a_new_thing_is_found_at_once_and_a_sold_one_is_for_sale_no_more(client: FlaskClient) -> None:
    assert titles(client, "/soeg?q=kommode") == []
    made = thing("Kommode", category="restaurerede-møbler")
    assert titles(client, "/soeg?q=kommode") == ["Kommode"]
    with db.transaction() as session:
        actions.withdraw(session, session.get_one(Item, made.id), now=clock.now(), by_staff_id=None)
    assert titles(client, "/soeg?q=kommode") == []


@pytest.mark.parametrize("path", ["/soeg?q=bænk", f"{SHELF}?genbrug=ja&orden=billigst", "/varer.xml", "/sitemap.xml"])
def test_pages_ask_as_often_for_many_things_as_for_few(app: Flask, client: FlaskClient, path: str) -> None:
    def asked() -> int:
        thing(origin=Origin.DONATED)  # the catalogue is another, so nothing is known of it
        app.extensions[EXTENSION].forget()
        with counted() as sent:
            client.get(path)
        return len(sent)

    few = asked()
    for _each in range(8):
        thing(origin=Origin.DONATED)
    assert asked() <= max(few, 5)
    assert few <= 6  # the first also learns hours and what can be made


def test_a_card_offers_the_photo_in_two_kinds_and_sizes_and_keeps_its_room(client: FlaskClient) -> None:
    made, now = thing(), clock.now()
    with db.transaction() as session:
        sides = {"width": 1600, "height": 1200, "position": 1}
        session.add(ItemPhoto(item_id=made.id, name="f" * 32, added_at=now, approved_at=now, **sides))
    page = text_of(client, SHELF)
    assert f'type="image/avif" srcset="/foto/{"f" * 32}-400.avif 400w, /foto/{"f" * 32}-800.avif 800w"' in page
    assert f'src="/foto/{"f" * 32}-400.webp"' in page
    assert all("width=" in image and "height=" in image for image in re.findall(r"<img[^>]*>", page))
    with db.transaction() as session:
        session.scalars(sa.select(ItemPhoto)).one().has_avif = False
    assert "image/avif" not in text_of(client, SHELF)


def test_the_page_of_a_thing_says_who_made_it_and_what_the_law_gives(client: FlaskClient) -> None:
    made = thing("Bænk & <bord>", origin=Origin.RECLAIMED)
    answer = client.get(f"/vare/{made.number}", follow_redirects=True)
    page = answer.text
    for said in (
        "Lovens garanti: 2 år.",
        "hej@butik.example",
        "Eksempelvej 1",
        "Lavet af brugte materialer.",
        "/spoerg?vare=",
    ):
        assert said in page
    assert not re.search("bæredygtig|miljøvenlig|klimavenlig", page, re.IGNORECASE)
    assert f'<link rel="canonical" href="{answer.request.base_url}">' in page.replace(
        "http://localhost", answer.request.host_url.rstrip("/")
    )
    assert '<meta property="og:title" content="Bænk &amp; &lt;bord&gt;">' in page
    product, way, us = (json.loads(found) for found in re.findall(r'ld\+json">(.*?)</script>', page, re.DOTALL))
    assert product["offers"]["availability"] == "https://schema.org/InStock"
    assert us["address"]["postalCode"] == "3200"
    assert product["manufacturer"]["@id"] == product["offers"]["seller"]["@id"] == us["@id"]
    assert product["offers"]["hasMerchantReturnPolicy"]["@id"] == us["hasMerchantReturnPolicy"]["@id"]
    assert [step["name"] for step in way["itemListElement"]] == ["Forside", "Havemøbler", "Bænk & <bord>"]


def test_a_sold_page_leads_on(client: FlaskClient) -> None:
    sold = for_sale("Havebænk i lærk")[0]
    with db.transaction() as session:
        assert actions.hold(session, sold.id, 1)
        actions.sell_held(session, sold.id, 1, reference="2026-0001", now=clock.now())
    page = client.get(f"/vare/{sold.number}", follow_redirects=True).text
    assert f'href="/sig-til?vare={sold.number}"' in page
    assert "https://schema.org/SoldOut" in page
    assert "Læg i kurv" not in page


def test_the_feed_holds_what_is_for_sale_and_is_right_the_moment_it_is_sold(client: FlaskClient) -> None:
    made = thing("Bænk & <bord>", kroner=1_150)
    thing("En anden")
    first = client.get("/varer.xml")
    assert first.mimetype == "application/rss+xml"
    names = {"g": "http://base.google.com/ns/1.0"}
    found = {each.findtext("g:id", "", names): each for each in ET.fromstring(first.data).iter("item")}  # noqa: S314 — our own
    mine = found[str(made.number)]
    assert mine.findtext("g:title", "", names) == "Bænk & <bord>"
    assert mine.findtext("g:price", "", names) == "1150.00 DKK"
    assert mine.findtext("g:availability", "", names) == "in_stock"
    tag = first.headers["ETag"]
    assert client.get("/varer.xml", headers={"If-None-Match": tag}).status_code == 304
    with db.transaction() as session:
        assert actions.hold(session, made.id, 1)
    assert "out_of_stock" in client.get("/varer.xml").text
    with db.transaction() as session:
        actions.sell_held(session, made.id, 1, reference="2026-0001", now=clock.now())
    again = client.get("/varer.xml", headers={"If-None-Match": tag})
    assert again.status_code == 200
    assert f"<g:id>{made.number}</g:id>" not in again.text


def test_a_reduced_price_stands_in_the_feed_beside_the_one_before(client: FlaskClient) -> None:
    with db.transaction() as session:
        item = factories.item(session, price_ore=100_000, now=clock.now() - timedelta(days=60))
        assert actions.set_price(session, item, 80_000, now=clock.now(), by_staff_id=None)
    text = client.get("/varer.xml").text
    assert "<g:price>1000.00 DKK</g:price>" in text
    assert "<g:sale_price>800.00 DKK</g:sale_price>" in text


def test_the_map_names_public_pages_only_and_robots_are_told_of_it(client: FlaskClient) -> None:
    shown = thing()
    with db.transaction() as session:
        hidden = factories.item(session, title="Skjult", is_for_sale=False).number
    places = re.findall("<loc>([^<]*)</loc>", client.get("/sitemap.xml").text)
    assert any(f"/vare/{shown.number}-havebaenk" in place for place in places)
    assert not any(str(hidden) in place for place in places)
    for place in places:
        assert client.get(place.partition("localhost")[2] or "/").status_code == 200, place
    robots = client.get("/robots.txt").text
    assert "Disallow: /personale" in robots
    assert "/sitemap.xml" in robots


def test_own_words_hours_and_terms_show_the_moment_they_are_written(client: FlaskClient) -> None:
    thing()
    tags = {path: client.get(path).headers["ETag"] for path in ("/om", "/betingelser", "/")}
    assert client.get("/om", headers={"If-None-Match": tags["/om"]}).status_code == 304
    assert client.get("/betingelser/1").status_code == 404
    now = clock.now()
    with db.transaction() as session:
        session.add(ShopText(key="om", body="Vi er <nye> her.\nKom forbi.", changed_at=now))
        session.add_all(Terms(version=number, body=f"Vilkår {number}.", made_at=now) for number in (1, 2))
        hours = {"weekday": 2, "from_minute": 600, "to_minute": 720}
        session.add(OpeningSlot(fulfilment=Fulfilment.PICKUP, **hours))
    for path, tag in tags.items():
        assert client.get(path, headers={"If-None-Match": tag}).status_code == 200, path
    assert "Vi er &lt;nye&gt; her." in text_of(client, "/om")
    assert "Vilkår 2." in text_of(client, "/betingelser")
    assert "Version 2 fra" in text_of(client, "/betingelser")
    assert "Vilkår 1." in text_of(client, "/betingelser/1")
    assert "ældre version" in text_of(client, "/betingelser/1")
    assert client.get("/betingelser/3").status_code == 404
    assert "Onsdag 10–12" in text_of(client, "/").replace("\u2060", "")  # kept on one line
    assert "Hverdage" not in text_of(client, "/")
