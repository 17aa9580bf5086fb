"""The page of what is made to order: choices with their prices, a day with its reasons, and into the basket."""

from __future__ import annotations

import json
import re

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from support import factories

from shop.orders.making.models import BasketMaking
from tests.shop.orders.making import rig
from workshop.core import db, identity
from workshop.core.access import Role
from workshop.production.models import ProductionOrder

PAGE = "/bestil/hb-01-havebaenk-med-ryglaen"


@pytest.fixture
def shop(client: FlaskClient) -> FlaskClient:
    with db.transaction() as session:
        rig.bench(session)
    return client


def wished() -> list[tuple[dict[str, str], int | None, int]]:
    with db.reading() as session:
        rows = session.scalars(sa.select(BasketMaking).order_by(BasketMaking.id))
        return [(row.options, row.own_length_cm, row.quantity) for row in rows]


def price_on(html: str) -> str:
    found = re.search(r'tag tag--xl">([^<]*)<', html)
    assert found, "the page shows a price"
    return found[1].replace("\u00a0", " ")


def test_the_page_shows_choices_prices_and_the_day(shop: FlaskClient) -> None:
    html = shop.get(PAGE).text.replace("\u00a0", " ")
    assert price_on(html) == "1.895 kr."
    assert "+ 300 kr." in html
    assert "+ 150 kr." in html
    assert "Kan være klar" in html
    assert "Vi bygger på hverdage" in html
    assert "150 × 60 × 85 cm" in html
    assert "Stil den på et plant underlag." in html
    assert "så du kan ikke fortryde købet bagefter" in html


def test_the_price_follows_the_choice_without_javascript(shop: FlaskClient) -> None:
    html = shop.get(f"{PAGE}?valg-laengde=180&valg-farve=sort&antal=2").text
    assert price_on(html) == "4.690 kr."
    assert "ingen fortrydelsesret. Du har stadig" not in html
    html = shop.get(f"{PAGE}?valg-laengde=eget&maal=163&valg-farve=rå").text
    assert price_on(html) == "2.195 kr."
    assert "163 × 60 × 85 cm" in html
    assert "Derfor er der ingen fortrydelsesret" in html


def test_search_engines_read_that_it_is_made_to_order(shop: FlaskClient) -> None:
    page = shop.get(PAGE).text
    facts, us = (json.loads(found) for found in re.findall(r'ld\+json">(.*?)</script>', page, re.DOTALL))
    offer = facts["offers"]
    assert (facts["sku"], offer["price"], offer["priceCurrency"]) == ("HB-01", "1895.00", "DKK")
    assert offer["availability"] == "https://schema.org/PreOrder"
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", offer["availabilityStarts"])
    assert offer["itemCondition"] == "https://schema.org/NewCondition"
    assert offer["url"].endswith(PAGE)
    assert facts["image"].startswith("http")
    assert us["name"] == identity.current().name
    assert facts["manufacturer"]["@id"] == offer["seller"]["@id"] == us["@id"]
    regret = us["hasMerchantReturnPolicy"]
    assert offer["hasMerchantReturnPolicy"]["@id"] == regret["@id"]
    assert regret["merchantReturnDays"] == 14
    assert regret["applicableCountry"] == regret["returnPolicyCountry"] == "DK"
    assert regret["returnFees"] == "https://schema.org/ReturnFeesCustomerResponsibility"


def test_an_older_address_leads_to_the_one(shop: FlaskClient) -> None:
    answer = shop.get("/bestil/hb-01-gammelt-navn")
    assert (answer.status_code, answer.location) == (301, PAGE)
    assert shop.get("/bestil/hb-99-noget").status_code == 404
    with db.transaction() as session:
        factories.product_type(session, sku="ZZ-1")
    assert shop.get("/bestil/zz-1-havebaenk-i-laerk").status_code == 404, "it is not made to order"


def test_the_page_is_asked_for_again_and_unchanged_is_said(shop: FlaskClient) -> None:
    first = shop.get(PAGE)
    assert first.headers["Cache-Control"] == "no-cache"
    assert shop.get(PAGE, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    with db.transaction() as session:
        factories.production_order(session, pieces=40)
    later = shop.get(PAGE, headers={"If-None-Match": first.headers["ETag"]})
    assert later.status_code == 200, "a longer queue is another page"


def test_it_is_put_in_the_basket_as_chosen(shop: FlaskClient) -> None:
    answer = shop.post(PAGE, data={"valg-laengde": "180", "valg-farve": "sort", "antal": "2", "maal": ""})
    assert (answer.status_code, answer.location) == (303, "/kurv")
    assert wished() == [({"længde": "180", "farve": "sort"}, None, 2)]
    shop.post(PAGE, data={"valg-laengde": "eget", "valg-farve": "rå", "antal": "1", "maal": "163 cm"})
    assert wished()[1] == ({"farve": "rå"}, 163, 1)
    basket = shop.get("/kurv").text
    assert "Havebænk med ryglæn" in basket
    with db.reading() as session:
        first = session.scalar(sa.select(sa.func.min(BasketMaking.id)))
    assert shop.post("/kurv/fjern-bestilling", data={"bestilling": str(first)}).status_code == 303
    assert wished() == [({"farve": "rå"}, 163, 1)]


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"valg-laengde": "eget", "maal": ""}, "Skriv din egen længde"),
        ({"valg-laengde": "eget", "maal": "500"}, "mellem 120 og 180"),
        ({"valg-laengde": "150", "maal": "163"}, "Vælg “Eget mål”"),
        ({"valg-laengde": "77"}, "kan ikke vælges"),
        ({"valg-farve": "lilla"}, "kan ikke vælges"),
        ({"antal": "0"}, "Skriv et antal mellem 1 og 10"),
        ({"antal": "mange"}, "Skriv et antal mellem 1 og 10"),
    ],
)
def test_what_cannot_be_made_comes_back_with_what_was_typed(
    shop: FlaskClient, sent: dict[str, str], sentence: str
) -> None:
    answer = shop.post(PAGE, data={"valg-laengde": "150", "valg-farve": "sort", "antal": "1"} | sent)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "<title>Fejl:" in answer.text
    if "maal" in sent:
        assert f'value="{sent["maal"]}"' in answer.text
    if "valg-farve" not in sent:
        assert 'value="sort" checked' in answer.text
    assert wished() == []
    assert shop.get(PAGE, query_string=sent).status_code == 422, "the same said when only the price is asked for"


def test_all_that_can_be_made_stands_on_one_page(shop: FlaskClient) -> None:
    html = shop.get("/bestil").text
    assert PAGE in html
    assert "Fra 1.895\u00a0kr." in html
    with db.transaction() as session:
        for kind in session.scalars(sa.select(rig.ProductType)):
            kind.is_used = False
    assert "Vi tager ikke bestillinger lige nu" in shop.get("/bestil").text


def test_the_desk_sets_an_order_into_production_with_one_press(shop: FlaskClient, app: Flask) -> None:
    with db.transaction() as session:
        person = factories.staff(session, email="sanne@butik.example", roles=[Role.SALES])
        assert person.name
        kind = session.scalars(sa.select(rig.ProductType)).one()
        order = rig.bought(session, kind)
    path = f"/personale/ordrer/{order.public_id}/produktion"
    assert shop.post(path).status_code in (303, 403), "a stranger is sent away"
    with db.reading() as session:
        assert session.scalar(sa.select(sa.func.count(ProductionOrder.id))) == 0
    shop.post("/personale/log-ind", data={"email": "sanne@butik.example", "password": factories.PASSWORD})
    assert shop.post(path).location == f"/personale/ordrer/{order.public_id}"
    assert "Sat i produktion" in shop.get(f"/personale/ordrer/{order.public_id}").text
    assert "Den er allerede i produktion" in shop.post(path, follow_redirects=True).text
    with db.reading() as session:
        assert session.scalar(sa.select(sa.func.count(ProductionOrder.id))) == 1
    assert shop.post("/personale/ordrer/findes-ikke/produktion").status_code == 404
