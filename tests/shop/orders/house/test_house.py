"""The shop as staff set it: hours, closed days, prices of delivery, texts and terms."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from support import factories, people

from shop.orders.house import actions, overview, queries
from shop.orders.house.models import Terms
from shop.orders.models import Fulfilment
from shop.orders.pickup import SHIPPED_HOURS
from workshop.core import clock, db
from workshop.core.access import Role
from workshop.core.errors import Refusal
from workshop.products import catalogue
from workshop.products.models import SizeClass
from workshop.services.models import DeliveryPrice, Postcode

NOW = factories.NOW
TODAY = clock.local_day(NOW)
PAGE = "/personale/butik"
S, M = SizeClass.S, SizeClass.M
RISING = dict(zip(SizeClass, (7900, 14900, 29900, 49900), strict=True))


@pytest.fixture
def desk(client: FlaskClient) -> FlaskClient:
    with db.transaction() as session:
        email = factories.staff(session, name="Grethe Lund", roles=[Role.SALES]).email
        session.add_all(DeliveryPrice(zone=0, size_class=size, price_ore=ore) for size, ore in ((S, 4900), (M, 9900)))
        session.add(Postcode(code="3200", town="Helsinge", zone=0))
    people.sign_in_staff(client, email)
    return client


def add(session: Session, *, kind: Fulfilment = Fulfilment.PICKUP, day: int = 3, start: int = 840, end: int = 1020):
    return actions.add_hours(session, fulfilment=kind, weekday=day, from_minute=start, to_minute=end)


def test_the_first_own_hour_keeps_those_the_shop_came_with(session: Session) -> None:
    add(session)
    assert len(queries.calendar(session).hours) == len(SHIPPED_HOURS) + 1


def test_a_time_that_overlaps_is_refused_and_one_that_follows_is_not(session: Session) -> None:
    with pytest.raises(Refusal, match="dækker noget af det"):
        add(session, start=13 * 60, end=15 * 60)
    add(session, start=14 * 60)


def test_the_last_time_of_all_stays(session: Session) -> None:
    for hours in SHIPPED_HOURS[1:]:
        actions.remove_hours(session, fulfilment=hours.fulfilment, weekday=hours.weekday, from_minute=hours.from_minute)
    with pytest.raises(Refusal, match="mindst én tid"):
        actions.remove_hours(session, fulfilment=Fulfilment.PICKUP, weekday=0, from_minute=540)
    assert queries.calendar(session).hours == SHIPPED_HOURS[:1]


def test_a_closed_day_offers_no_time_until_it_is_opened_again(session: Session) -> None:
    first = queries.calendar(session).slots(NOW)[0].day
    actions.close_day(session, first, "Personaledag", now=NOW, by_staff_id=None)
    assert queries.calendar(session).slots(NOW)[0].day > first
    actions.open_day(session, first)
    assert queries.calendar(session).slots(NOW)[0].day == first


def test_a_day_that_has_been_cannot_be_closed(session: Session) -> None:
    with pytest.raises(Refusal, match="ikke er gået"):
        actions.close_day(session, TODAY - timedelta(days=1), "", now=NOW, by_staff_id=None)


def test_prices_seen_before_somebody_else_changed_them_are_not_written(session: Session) -> None:
    session.add(DeliveryPrice(zone=0, size_class=S, price_ore=4900))
    session.flush()
    actions.set_delivery_prices(session, {(0, S): 5900}, seen={(0, S): 4900})
    with pytest.raises(actions.ChangedMeanwhile):
        actions.set_delivery_prices(session, {(0, S): 3900}, seen={(0, S): 4900})
    assert overview.delivery_prices(session) == {(0, S): 5900}


def test_a_larger_thing_costs_no_less(session: Session) -> None:
    seen = {(0, S): 4900, (0, M): 9900}
    session.add_all(DeliveryPrice(zone=zone, size_class=size, price_ore=ore) for (zone, size), ore in seen.items())
    session.flush()
    with pytest.raises(Refusal, match="Zone 0"):
        actions.set_delivery_prices(session, {(0, S): 9900, (0, M): 4900}, seen=seen)


def test_terms_are_new_versions_and_the_old_stay(session: Session) -> None:
    actions.new_terms(session, "Første", after=0, now=NOW, by_staff_id=None)
    actions.new_terms(session, "Anden", after=1, now=NOW, by_staff_id=None)
    with pytest.raises(actions.ChangedMeanwhile):
        actions.new_terms(session, "Tredje", after=1, now=NOW, by_staff_id=None)
    with pytest.raises(Refusal, match="den samme"):
        actions.new_terms(session, "Anden", after=2, now=NOW, by_staff_id=None)
    assert [session.get_one(Terms, version).body for version in (1, 2)] == ["Første", "Anden"]


def deeds() -> list[Callable[[Session], object]]:
    return [
        add,
        lambda session: actions.remove_hours(session, fulfilment=Fulfilment.PICKUP, weekday=0, from_minute=540),
        lambda session: actions.close_day(session, TODAY, "", now=NOW, by_staff_id=None),
        lambda session: actions.open_day(session, TODAY),
        lambda session: actions.set_delivery_prices(session, {(0, S): 5000}, seen={(0, S): 4900}),
        lambda session: actions.add_zone(session, RISING),
        lambda session: actions.drop_zone(session, 0),
        lambda session: actions.put_postcode(session, code="3200", town="Helsinge", zone=0),
        lambda session: actions.drop_postcode(session, "3200"),
        lambda session: actions.write_text(session, "om", "Hej", version=0, now=NOW, by_staff_id=None),
        lambda session: actions.new_terms(session, "Ord", after=0, now=NOW, by_staff_id=None),
    ]


@pytest.mark.parametrize("deed", deeds())
def test_every_change_shows_on_kept_pages(app: Flask, deed: Callable[[Session], object]) -> None:
    with db.transaction() as session:
        session.add(DeliveryPrice(zone=0, size_class=S, price_ore=4900))
        before = catalogue.marks(session).house
    with db.transaction() as session:
        deed(session)
    with db.reading() as session:
        assert catalogue.marks(session).house != before


def test_staff_set_hours_and_close_a_day(desk: FlaskClient) -> None:
    day = (clock.local_day(clock.now()) + timedelta(days=30)).isoformat()
    form = {"fulfilment": "pickup", "weekday": "3", "begins": "14", "ends": "17.30"}
    assert desk.post(f"{PAGE}/tider", data=form).status_code == 303
    assert desk.post(f"{PAGE}/lukkedage", data={"day": day, "text": "Sommerferie"}).status_code == 303
    page = desk.get(PAGE).text
    assert "14–17.30" in page
    assert "Sommerferie" in page
    assert desk.post(f"{PAGE}/tider/pickup/3/840/fjern").status_code == 303
    assert desk.post(f"{PAGE}/lukkedage/{day}/fjern").status_code == 303
    assert "Sommerferie" not in desk.get(PAGE).text


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"begins": "tidligt"}, "Skriv et klokkeslæt"),
        ({"begins": "9.75"}, "Skriv et klokkeslæt"),
        ({"begins": "18"}, "slutte, efter at den begynder"),
        ({"begins": ""}, "hvornår tiden begynder"),
        ({"begins": "13"}, "dækker noget af det"),
        ({"weekday": "6"}, "Vælg en af"),
    ],
)
def test_an_odd_time_is_asked_for_again(desk: FlaskClient, changes: dict[str, str], sentence: str) -> None:
    form = {"fulfilment": "pickup", "weekday": "3", "begins": "14", "ends": "17"} | changes
    answer = desk.post(f"{PAGE}/tider", data=form)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert 'value="17"' in answer.text


def test_prices_are_typed_as_a_table_and_odd_ones_kept(desk: FlaskClient) -> None:
    seen = {"set-0-S": "4900", "set-0-M": "9900"}
    odd = desk.post(f"{PAGE}/levering", data={"pris-0-S": "dyrt", "pris-0-M": "120", **seen})
    assert odd.status_code == 422
    assert 'value="dyrt"' in odd.text
    assert desk.post(f"{PAGE}/levering", data={"pris-0-S": "59", "pris-0-M": "120", **seen}).status_code == 303
    late = desk.post(f"{PAGE}/levering", data={"pris-0-S": "39", "pris-0-M": "120", **seen})
    assert late.status_code == 422
    assert "En anden har rettet det imens" in late.text
    with db.reading() as session:
        assert overview.delivery_prices(session)[0, S] == 5900


def test_a_postcode_is_put_and_dropped(desk: FlaskClient) -> None:
    assert desk.post(f"{PAGE}/postnumre", data={"code": "3230", "place": "Græsted", "zone": "0"}).status_code == 303
    assert "Græsted" in desk.get(f"{PAGE}/levering").text
    assert desk.post(f"{PAGE}/postnumre", data={"code": "323", "place": "x", "zone": "0"}).status_code == 422
    assert desk.post(f"{PAGE}/postnumre", data={"code": "3230", "place": "x", "zone": "9"}).status_code == 422
    assert desk.post(f"{PAGE}/postnumre/3230/fjern").status_code == 303


def test_a_text_is_written_and_two_who_write_see_both(desk: FlaskClient, client: FlaskClient) -> None:
    assert desk.post(f"{PAGE}/tekster/om", data={"body": "Vi <b>bygger</b>", "version": "0"}).status_code == 303
    assert "Vi &lt;b&gt;bygger&lt;/b&gt;" in client.get("/om").text
    late = desk.post(f"{PAGE}/tekster/om", data={"body": "Noget andet", "version": "0"})
    assert late.status_code == 409
    assert "Noget andet" in late.text
    assert "bygger" in late.text
    assert desk.post(f"{PAGE}/tekster/om", data={"body": "", "version": "1"}).status_code == 303
    assert "bygger&lt;" not in client.get("/om").text
    assert desk.get(f"{PAGE}/tekster/andet").status_code == 404


def test_new_terms_show_their_version(desk: FlaskClient, client: FlaskClient) -> None:
    assert desk.post(f"{PAGE}/betingelser", data={"body": "", "version": "0"}).status_code == 422
    assert desk.post(f"{PAGE}/betingelser", data={"body": "Du kan fortryde.", "version": "0"}).status_code == 303
    late = desk.post(f"{PAGE}/betingelser", data={"body": "Andre ord: Fortryd i 14 dage", "version": "0"})
    assert late.status_code == 409
    assert 'as-typed mt-3">Du kan fortryde.<' in late.text, "what the other wrote stands beside one's own"
    assert "Andre ord" in late.text
    assert "Version 1" in client.get("/betingelser").text


def test_terms_without_a_word_on_withdrawing_are_kept_only_by_who_knows(desk: FlaskClient, client: FlaskClient) -> None:
    silent = {"body": "Vi handler ærligt.", "version": "0"}
    asked = desk.post(f"{PAGE}/betingelser", data=silent)
    assert asked.status_code == 422
    assert "Der står ikke noget om at fortryde." in asked.text
    assert "Vi handler ærligt." in asked.text, "what was typed is kept"
    assert 'href="#kender"' in asked.text
    assert 'name="kender"' not in desk.get(f"{PAGE}/betingelser").text, "nobody is asked before it is so"
    assert "Version 1" not in client.get("/betingelser").text
    assert desk.post(f"{PAGE}/betingelser", data=silent | {"kender": "y"}).status_code == 303
    assert "i de betingelser, der gælder nu" in desk.get(f"{PAGE}/betingelser").text
    told = {"body": "FORTRYDELSESRET: 14 dage.", "version": "1"}
    assert desk.post(f"{PAGE}/betingelser", data=told).status_code == 303
    assert "i de betingelser, der gælder nu" not in desk.get(f"{PAGE}/betingelser").text
    assert "FORTRYDELSESRET" in client.get("/betingelser").text


@pytest.mark.parametrize("role", [Role.WORKSHOP, Role.CONSULTANT, Role.AUDITOR, Role.ADMIN])
def test_others_do_not_keep_the_shop(client: FlaskClient, role: Role) -> None:
    with db.transaction() as session:
        email = factories.staff(session, roles=[role]).email
    people.sign_in_staff(client, email)
    assert client.get(PAGE).status_code == 403


def test_a_new_zone_has_its_prices_and_goes_away_when_nobody_lives_there(desk: FlaskClient) -> None:
    typed = {"small": "79", "medium": "149", "large": "299", "extra": "499"}
    odd = desk.post(f"{PAGE}/zoner", data=typed | {"large": "99"})
    assert odd.status_code == 422
    assert "En større ting kan ikke koste mindre" in odd.text
    assert 'value="499"' in odd.text  # what was typed is kept
    assert desk.post(f"{PAGE}/zoner", data=typed | {"small": ""}).status_code == 422
    assert desk.post(f"{PAGE}/zoner", data=typed).status_code == 303
    with db.reading() as session:
        assert {size: overview.delivery_prices(session)[1, size] for size in SizeClass} == RISING
    assert desk.post(f"{PAGE}/postnumre", data={"code": "3230", "place": "Græsted", "zone": "1"}).status_code == 303
    lived_in = desk.post(f"{PAGE}/zoner/1/fjern")
    assert lived_in.status_code == 409
    assert "Der er postnumre i zone 1" in lived_in.text
    desk.post(f"{PAGE}/postnumre/3230/fjern")
    assert desk.post(f"{PAGE}/zoner/1/fjern").status_code == 303
    with db.reading() as session:
        assert {zone for zone, _size in overview.delivery_prices(session)} == {0}


def test_the_first_zone_of_a_house_without_prices_is_its_own_town(session: Session) -> None:
    assert actions.add_zone(session, RISING) == 0
    assert actions.add_zone(session, RISING) == 1
