"""What delivery costs stands in the open: every place we drive to, with its price for each size."""

from __future__ import annotations

from flask.testing import FlaskClient

from workshop.core import db
from workshop.products.models import SizeClass
from workshop.services.models import DeliveryPrice, Postcode

TITLE = "Pris for levering, efter sted og størrelse"


def zone(number: int, *places: tuple[str, str], step_ore: int) -> None:
    with db.transaction() as session:
        session.add_all(Postcode(code=code, town=town, zone=number) for code, town in places)
        session.add_all(
            DeliveryPrice(zone=number, size_class=size, price_ore=step_ore * (count + 1))
            for count, size in enumerate(SizeClass)
        )


def shown(client: FlaskClient) -> str:
    return client.get("/levering").text.replace("\u00a0", " ").replace("&nbsp;", " ")


def test_every_zone_stands_with_its_places_and_a_price_for_each_size(client: FlaskClient) -> None:
    zone(1, ("3230", "Græsted"), ("3250", "Gilleleje"), step_ore=7_900)
    zone(0, ("3200", "Helsinge"), step_ore=4_900)
    page = shown(client)
    assert TITLE in page
    assert page.index("3200 Helsinge</th>") < page.index("3230 Græsted, 3250 Gilleleje</th>")
    for part in ('data-label="Let at bære i hånden">49 kr.', 'data-label="Let at bære i hånden">79 kr.', ">316 kr."):
        assert part in page


def test_a_place_that_comes_to_it_is_on_the_page_at_once(client: FlaskClient) -> None:
    zone(0, ("3200", "Helsinge"), step_ore=4_900)
    assert "Tisvildeleje" not in shown(client)
    with db.transaction() as session:
        session.add(Postcode(code="3220", town="Tisvildeleje", zone=0))
    assert "3220 Tisvildeleje" in shown(client)


def test_without_zones_there_is_no_empty_table(client: FlaskClient) -> None:
    page = shown(client)
    assert TITLE not in page
    assert "Hvad koster levering til mig?" in page
