"""Somebody asks for help in the garden: the estimate with and without script, the form, its number, and the phone."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from support import factories, garden, people, photos, queries
from werkzeug.test import TestResponse

from shop.booking import asked as choices
from shop.orders.withdrawing.forms import new_once
from tests.conftest import NOW
from workshop.core import clock, db, photo_store
from workshop.core.access import Role
from workshop.core.mail import OutboxMail
from workshop.production.models import CapacityDay
from workshop.services.models import ServiceKind
from workshop.services.prices.seasons import weeks_ahead
from workshop.services.requests.models import Recurrence, RequestPhoto, ServicePlace, ServiceRequest
from workshop.services.visits.models import VisitState

PAGE = "/service/haekklipning"


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A visitor of a house that cuts hedges."""
    with db.transaction() as session:
        garden.kind(session)
    return app.test_client()


def weeks() -> list[str]:
    """The first two weeks the page offers for hedges, whatever the day is."""
    return [week.key for week in weeks_ahead(clock.local_day(clock.now()), "06-15", "10-31")[:2]]


def typed(**changes: object) -> dict[str, object]:
    """A whole form."""
    form: dict[str, object] = {
        "once": new_once(),
        "maengde": "30",
        "sider": "2",
        "hoejde": "250",
        "affald": "y",
        "hvortit": "yearly",
        "vej": "Eksempelvej 12",
        "postnr": "3210",
        "adgang": "Kode 1234 til lågen",
        "uger": weeks(),
        "svar-1": "Ja, i skuret",
        "kunde": "private",
        "navn": "Ane Eksempel",
        "telefon": "20 30 40 50",
        "mail": "Ane@Example.dk",
        "besked": "Hækken er liguster.",
    }
    return {name: value for name, value in (form | changes).items() if value is not None}


def post(client: FlaskClient, data: dict[str, object], path: str = PAGE) -> TestResponse:
    return client.post(path, data=data, headers={"Sec-Fetch-Site": "same-origin"}, content_type="multipart/form-data")


def text(answer: TestResponse) -> str:
    return " ".join(answer.get_data(as_text=True).replace("\u00a0", " ").split())


def requests() -> list[ServiceRequest]:
    with db.reading() as session:
        found = list(session.scalars(sa.select(ServiceRequest).order_by(ServiceRequest.id)))
        session.expunge_all()
        return found


def test_the_services_are_listed_with_their_season(client: FlaskClient) -> None:
    with db.transaction() as session:
        garden.kind(session, key="hidden", name="Hemmelig", is_offered=False)
    page = text(client.get("/service"))
    assert "Hækklipning" in page
    assert "Fra 15. juni til 31. oktober." in page
    assert "Hemmelig" not in page
    assert client.get("/service/hemmelig").status_code == 404
    assert client.get("/service/findes-ikke").status_code == 404


def test_the_list_is_not_sent_twice_to_the_same_browser(client: FlaskClient) -> None:
    tag = client.get("/service").headers["ETag"]
    assert client.get("/service", headers={"If-None-Match": tag}).status_code == 304


def test_the_page_of_a_service_asks_what_it_knows_of(client: FlaskClient) -> None:
    with db.transaction() as session:
        garden.kind(
            session,
            key="caretaker",
            name="Små pedelopgaver",
            unit="hour",
            height_factor_over_cm=None,
            height_factor_pct=None,
            one_side_pct=None,
            waste_removal_ore=None,
            questions=[],
        )
    hedge, small = text(client.get(PAGE)), text(client.get("/service/smaa-pedelopgaver"))
    for asked in ('name="sider"', 'name="hoejde"', 'name="affald"', "Er der strøm i nærheden?"):
        assert asked in hedge
        assert asked not in small
    assert "Skriv, hvor meget det er, så ser du prisen her." in hedge


def test_the_price_can_be_seen_without_script_and_nothing_typed_is_lost(client: FlaskClient) -> None:
    answer = post(client, typed(beregn="1", mail="ikke en mail", navn=""))
    page = text(answer)
    assert answer.status_code == 200
    assert "1.701 kr." in page
    assert "Kørsel til Vejby er med i prisen." in page
    for value in ("Eksempelvej 12", "Ja, i skuret", "Kode 1234", "liguster", "ikke en mail"):
        assert value in page
    assert re.search(rf'value="{weeks()[0]}" checked', page)
    assert not requests()


def test_the_panel_alone_is_what_the_script_takes_over(client: FlaskClient) -> None:
    answer = post(client, {"maengde": "30", "hoejde": "250", "affald": "y", "postnr": "3210"}, f"{PAGE}/pris")
    panel = text(answer)
    assert "1.701 kr." in panel
    assert "Højere end 180 cm: 40 % mere" in panel
    assert "<html" not in panel
    assert answer.headers["Cache-Control"] == "no-store"


def test_without_a_postcode_driving_is_told_beside_the_price(client: FlaskClient) -> None:
    panel = text(post(client, {"maengde": "30", "hoejde": "180"}, f"{PAGE}/pris"))
    assert "Overslag uden kørsel" in panel
    assert "Kørsel kommer oven i: 0 kr. til 75 kr." in panel


def test_outside_the_area_is_told_at_once(client: FlaskClient) -> None:
    panel = text(post(client, {"maengde": "30", "hoejde": "180", "postnr": "2100"}, f"{PAGE}/pris"))
    assert "Vi kører desværre ikke til 2100." in panel
    answer = post(client, typed(postnr="2100"))
    assert answer.status_code == 422
    assert "Vi kører desværre ikke til 2100. Vi kommer i Helsinge" in text(answer)
    assert not requests()


@pytest.mark.parametrize("amount", ["", "-3", "mange", "0", "99999", "3,123", "1" * 500, "\x00"])
def test_an_amount_nobody_has_is_asked_for_again(client: FlaskClient, amount: str) -> None:
    assert post(client, {"maengde": amount}, f"{PAGE}/pris").status_code == 200
    answer = post(client, typed(maengde=amount))
    assert answer.status_code == 422
    assert "Fejl:" in text(answer)
    assert not requests()


def test_what_is_asked_for_is_written_down_with_its_number_and_the_estimate(client: FlaskClient) -> None:
    answer = post(client, typed(estimate="1"))
    assert answer.status_code == 303
    page = text(client.get(answer.location))
    assert "Dit nummer er H2026-0001." in page or re.search(r"Dit nummer er H20[0-9]{2}-0001", page)
    assert "Vi svarer inden to hverdage" in page
    assert "Ane" not in page
    (made,) = requests()
    assert (made.estimate_ore, made.units, made.height_cm, made.sides) == (170_100, 30, 250, 2)
    assert made.wants_recurrence is Recurrence.YEARLY
    assert made.wishes == weeks()
    assert made.answers == {"Er der strøm i nærheden?": "Ja, i skuret"}
    with db.reading() as session:
        place = session.get_one(ServicePlace, made.place_id)
        assert (place.customer_email, place.town, place.access_note) == (
            "ane@example.dk",
            "Vejby",
            "Kode 1234 til lågen",
        )
        (mail,) = session.scalars(sa.select(OutboxMail))
    assert made.number in mail.subject
    assert "1.701 kr." in mail.body.replace("\u00a0", " ")
    assert "1234" not in mail.body  # the gate's code goes to nobody who does not need it


def test_the_same_form_twice_is_one_request(client: FlaskClient) -> None:
    form = typed()
    first, second = post(client, form), post(client, form)
    assert first.location == second.location
    assert len(requests()) == 1


def test_a_company_and_an_authority_say_their_numbers(client: FlaskClient) -> None:
    company = {"kunde": "company", "firma": "Boligselskabet Birk", "cvr": "12 34 56 78"}
    assert post(client, typed(**company)).status_code == 422
    assert post(client, typed(**company | {"cvr": "13585628"})).status_code == 303
    public = {"kunde": "public", "firma": "Skolen", "ean": "5798000420038", "reference": "Rekv. 7", "cvr": "13585628"}
    assert post(client, typed(**public | {"reference": ""})).status_code == 422
    assert post(client, typed(**public)).status_code == 303
    with db.reading() as session:
        found = session.execute(sa.select(ServicePlace.company_name, ServicePlace.cvr, ServicePlace.gln)).all()
    assert [tuple(row) for row in found] == [
        ("Boligselskabet Birk", "13585628", ""),
        ("Skolen", "", "5798000420038"),
    ]


def test_photos_are_written_anew_and_only_staff_see_them(app: Flask, client: FlaskClient) -> None:
    body = photos.telling_jpeg()
    answer = post(client, typed(billeder=[(photos.jpeg(), "a.jpg"), (io.BytesIO(body), "b.jpg")]))
    assert answer.status_code == 303
    with db.reading() as session:
        names = list(session.scalars(sa.select(RequestPhoto.name)))
    assert len(names) == 2
    address = f"/personale/service/foto/{names[1]}-800.jpg"
    assert client.get(address).status_code in {302, 303, 403}
    seen = staff_client(app, Role.WORKSHOP).get(address)
    assert seen.status_code == 200
    assert photos.MARKER.encode() not in seen.data
    assert b"Exif" not in seen.data
    assert client.get(f"/foto/{names[1]}-800.jpg").status_code == 404


def test_a_file_that_is_no_photo_leaves_nothing_behind(app: Flask, client: FlaskClient) -> None:
    answer = post(client, typed(billeder=[(photos.jpeg(), "a.jpg"), (io.BytesIO(b"not a photo"), "b.jpg")]))
    assert answer.status_code == 422
    assert "Filen er ikke et billede" in text(answer)
    assert "Eksempelvej 12" in text(answer)
    assert not requests()
    assert not list(photo_store.of(app.extensions["settings"]).files())


def test_too_many_photos_are_refused_and_what_was_typed_stands(client: FlaskClient) -> None:
    answer = post(client, typed(billeder=[(photos.jpeg(), f"{each}.jpg") for each in range(4)]))
    assert answer.status_code == 422
    assert "Vælg højst 3 billeder." in text(answer)
    assert "Eksempelvej 12" in text(answer)


def test_another_site_cannot_ask_in_somebodys_name(client: FlaskClient) -> None:
    answer = client.post(PAGE, data=typed(), headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert not requests()


def test_what_a_customer_brings_needs_no_area(client: FlaskClient) -> None:
    with db.transaction() as session:
        garden.kind(
            session,
            key="bike_service",
            name="Eftersyn af cykel",
            unit="item",
            base_ore=0,
            per_unit_ore=39_500,
            min_price_ore=39_500,
            height_factor_over_cm=None,
            height_factor_pct=None,
            one_side_pct=None,
            waste_removal_ore=None,
            is_travel_charged=False,
            recurrence="none",
        )
    answer = post(client, typed(maengde="1", postnr="2100"), "/service/eftersyn-af-cykel")
    assert answer.status_code == 303
    assert requests()[0].estimate_ore == 39_500


def test_the_weeks_tell_how_much_time_is_left_where_it_is_known(client: FlaskClient) -> None:
    today = NOW.date()
    with db.transaction() as session:
        garden.kind(session, key="snow", name="Snerydning", season_from="11-01", season_to="03-31", typical_crew=2)
        team = garden.resource(session)
        elsewhere = factories.department(session, key="trae", name="Træ")
        for week, minutes in ((1, 2_400), (2, 2_400), (3, 0)):
            day = today + timedelta(days=7 * week)
            session.add(CapacityDay(day=day, department_id=team.department_id, team_minutes=minutes))
            session.add(CapacityDay(day=day, department_id=elsewhere.id, team_minutes=9_000))
        busy = today + timedelta(days=14)
        garden.visit(session, day=busy, of=garden.job(session, crew=2), minutes=480)
        garden.visit(session, day=busy, of=garden.job(session, crew=9), minutes=480, state=VisitState.CANCELLED)
    with db.reading() as session:
        kind = session.scalars(sa.select(ServiceKind).where(ServiceKind.key == "snow")).one()
        found = [each.hint.rpartition(", ")[2] for each in choices.weeks(session, kind, today)]
    # 2,400 minutes less what is kept for learning is 1,440: six visits of two people and two hours; then 480 are left.
    assert found == ["god tid", "lidt tid", "næsten fyldt", "21. dec.–25. dec.", "28. dec.–1. jan.", "4. jan.–8. jan."]


def test_the_front_page_and_the_menu_lead_to_the_services(client: FlaskClient) -> None:
    assert client.get("/").text.count('href="/service"') >= 3
    assert client.get("/service").status_code == 200


def test_staff_write_down_what_somebody_says_on_the_phone(app: Flask, client: FlaskClient) -> None:
    desk = staff_client(app, Role.WORKSHOP)
    assert "Hækklipning" in text(desk.get("/personale/service/ny"))
    path = "/personale/service/ny/haekklipning"
    assert desk.get(path).status_code == 200
    assert "1.701 kr." in text(post(desk, typed(beregn="1", mail=""), path))
    answer = post(desk, typed(mail="", once=new_once()), path)
    assert answer.status_code == 303
    (made,) = requests()
    assert made.is_by_phone
    assert made.by_staff_id is not None
    assert desk.get(answer.location).status_code == 200
    with db.reading() as session:
        assert not session.scalars(sa.select(OutboxMail)).all()  # there is no address to write to
    assert post(desk, typed(mail="", telefon=""), path).status_code == 422
    assert client.get(path).status_code in {302, 303, 403}


def test_the_pages_ask_the_database_the_same_however_much_there_is(app: Flask, client: FlaskClient) -> None:
    def asked(path: str) -> int:
        with queries.counted() as sent:
            assert client.get(path).status_code == 200
        return len(sent)

    few = {path: asked(path) for path in ("/service", PAGE)}
    with db.transaction() as session:
        for number in range(12):
            garden.kind(session, key=f"kind{number}", name=f"Tjeneste {number}")
        for number in range(40):
            factories.department(session, key=f"d{number}", name=f"Afdeling {number}")
            garden.visit(session, day=NOW.date(), occasion=f"extra-{number}")
    assert {path: asked(path) for path in few} == few
    assert few["/service"] <= 3
    assert few[PAGE] <= 6


def test_a_kind_whose_numbers_changed_is_reckoned_as_it_stands_now(client: FlaskClient) -> None:
    page = post(client, typed(beregn="1"))
    assert "1.701 kr." in text(page)
    with db.transaction() as session:
        session.execute(sa.update(ServiceKind).values(base_ore=30_000))
    post(client, typed())
    assert requests()[0].estimate_ore == 180_100  # what the form said of it is never believed


def staff_client(app: Flask, *roles: Role) -> FlaskClient:
    with db.transaction() as session:
        email = factories.staff(session, roles=roles).email
    client = app.test_client()
    client.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
    people.sign_in_staff(client, email)
    return client
