"""Staff's pages about prices and the area: seen before it is saved, and what somebody else changed meanwhile."""

from __future__ import annotations

import io
import re
from decimal import Decimal

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from support import factories, garden, people, queries
from werkzeug.test import TestResponse

from workshop.core import db
from workshop.core.access import Role
from workshop.products.models import VatScheme
from workshop.services.models import Postcode, ServiceKind, TravelPrice

KIND = "/personale/service/priser/hedge_cutting"
AREA = "/personale/service/omraade"


@pytest.fixture
def desk(client: FlaskClient) -> FlaskClient:
    """Somebody who sells, in a house that cuts hedges."""
    with db.transaction() as session:
        email = factories.staff(session, roles=[Role.SALES]).email
        garden.kind(session)
    people.sign_in_staff(client, email)
    return client


def typed(**changes: str | None) -> dict[str, str]:
    """The form as the page fills it, with changes; None leaves a field out as an unticked box does."""
    form: dict[str, str | None] = {
        "version": "1",
        "name": "Hækklipning",
        "intro": "Vi klipper din hæk i top og sider og river efter os.",
        "base": "200",
        "per_unit": "28",
        "least": "595",
        "high_over": "180",
        "high_pct": "40",
        "one_side": "80",
        "waste": "250",
        "is_travel_charged": "y",
        "vat": "standard",
        "season_from": "15.6.",
        "season_to": "31.10.",
        "crew": "3",
        "minutes": "5",
        "questions": "Er der strøm i nærheden?",
        "is_offered": "y",
    }
    return {name: value for name, value in (form | changes).items() if value is not None}


def text(answer: TestResponse) -> str:
    return " ".join(answer.get_data(as_text=True).replace("\u00a0", " ").split())


def stored() -> ServiceKind:
    with db.reading() as session:
        found = session.scalars(sa.select(ServiceKind)).one()
        session.expunge_all()
        return found


def test_the_services_stand_in_a_list_with_their_prices(desk: FlaskClient) -> None:
    page = text(desk.get("/personale/service/priser"))
    assert "28 kr. pr. meter" in page
    assert "15. juni til 31. oktober" in page


def test_the_page_as_it_is_filled_saves_what_was_there(desk: FlaskClient) -> None:
    page = desk.get(KIND).get_data(as_text=True)
    filled = dict(re.findall(r'<input[^>]*name="([a-z_]+)"[^>]*value="([^"]*)"', page))
    before = stored()
    assert desk.post(KIND, data=typed() | {k: v for k, v in filled.items() if k in typed()}).status_code == 303
    after = stored()
    columns = [column.key for column in sa.inspect(ServiceKind).column_attrs if column.key != "version"]
    assert [getattr(after, each) for each in columns] == [getattr(before, each) for each in columns]
    assert after.version == 2


def test_what_jobs_would_cost_is_seen_before_it_is_saved(desk: FlaskClient) -> None:
    page = desk.get(KIND, query_string=typed(per_unit="30") | {"vis": "1"})
    assert page.status_code == 200
    assert "Det er ikke gemt endnu." in text(page)
    # 10 m, near: 200 + 10 × 28 = 480 is lifted to 595; 28 m, zone 1, both sides: 984 + 75 becomes 1.040 + 75.
    assert "1.059 kr." in text(page)
    assert "1.115 kr." in text(page)
    assert "+ 56 kr." in text(page)
    assert stored().per_unit_ore == 2_800
    wrong = desk.get(KIND, query_string=typed(per_unit="mange") | {"vis": "1"})
    assert wrong.status_code == 422
    assert "Skriv prisen med tal" in text(wrong)


def test_the_last_jobs_customers_asked_for_are_reckoned_too_and_say_not_who_asked(desk: FlaskClient) -> None:
    with db.transaction() as session:
        at = garden.place(session, customer_name="Vera Vest", postcode="3210", town="Vejby")
        garden.request(session, at=at, units=Decimal("33.50"), height_cm=200, sides=1, wants_waste=False)
    page = text(desk.get(KIND, query_string=typed(base="300") | {"vis": "1"}))
    assert "33,5 m, 200 cm høj, kun én side, zone 1" in page
    assert "+ 100 kr." in page
    assert "Vera" not in page


def test_saved_numbers_are_a_new_version_with_their_formula(desk: FlaskClient) -> None:
    answer = desk.post(
        KIND,
        data=typed(
            high_over="",
            high_pct="",
            waste="",
            is_travel_charged=None,
            is_offered=None,
            vat="exempt",
            minutes="0,5",
            questions="Hvor er vandet?\n\nMå hunden være ude?",
            season_from="",
            season_to="",
        ),
    )
    assert answer.status_code == 303
    made = stored()
    assert made.version == 2
    assert made.price_model == "max(min, base + units * per_unit)"
    assert (made.waste_removal_ore, made.height_factor_pct, made.is_travel_charged) == (None, None, False)
    assert (made.is_offered, made.vat_scheme, made.season_from) == (False, VatScheme.EXEMPT, None)
    assert made.typical_seconds_per_unit == 30
    assert made.questions == ["Hvor er vandet?", "Må hunden være ude?"]
    assert desk.get("/service/haekklipning").status_code == 404


def test_the_shops_map_names_what_is_offered_and_nothing_else(desk: FlaskClient) -> None:
    assert "/service/haekklipning<" in desk.get("/sitemap.xml").text
    desk.post(KIND, data=typed(is_offered=None))
    assert "/service/haekklipning<" not in desk.get("/sitemap.xml").text
    assert "/service<" in desk.get("/sitemap.xml").text


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("base", "", "Skriv prisen. Er den 0, så skriv 0."),
        ("per_unit", "-5", "En pris kan ikke være under 0 kr."),
        ("high_pct", "", "Skriv både højden og procenten"),
        ("one_side", "140", "Skriv et tal mellem 1 og 100."),
        ("season_to", "31.2.", "Skriv en dag og en måned"),
        ("season_to", "", "Skriv både første og sidste dag"),
        ("minutes", "0", "Skriv, hvor mange minutter det tager"),
        ("minutes", "0,001", "Skriv, hvor mange minutter det tager"),
        ("questions", "Hvor?\nHvor?", "Det samme spørgsmål står der to gange."),
        ("questions", "\n".join(str(each) for each in range(13)), "Skriv højst 12 spørgsmål."),
        ("name", "", "Skriv, hvad det hedder."),
        ("vat", "margin", "Fejl:"),
    ],
)
def test_numbers_that_cannot_be_meant_are_asked_for_again(desk: FlaskClient, field: str, value: str, said: str) -> None:
    answer = desk.post(KIND, data=typed(**{field: value}))
    assert answer.status_code == 422
    assert said in text(answer)
    assert stored().version == 1


def test_somebody_elses_change_is_shown_beside_what_was_typed_and_neither_is_lost(desk: FlaskClient) -> None:
    assert desk.post(KIND, data=typed(base="250")).status_code == 303
    late = desk.post(KIND, data=typed(base="300"))
    assert late.status_code == 409
    page = text(late)
    assert "En anden har rettet den imens." in page
    assert "250" in page
    assert 'value="300"' in page
    assert stored().base_ore == 25_000
    assert desk.post(KIND, data=typed(base="300", version="2")).status_code == 303
    assert stored().base_ore == 30_000


def test_only_those_who_sell_set_prices(app: Flask, desk: FlaskClient) -> None:
    other = app.test_client()
    other.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
    with db.transaction() as session:
        people_email = factories.staff(session, roles=[Role.WORKSHOP]).email
    people.sign_in_staff(other, people_email)
    for path in ("/personale/service/priser", KIND, AREA):
        assert other.get(path).status_code == 403
    assert other.post(KIND, data=typed()).status_code == 403
    assert desk.get("/personale/service/priser/findes-ikke").status_code == 404


def test_what_driving_costs_is_changed_for_all_zones_or_none(desk: FlaskClient) -> None:
    form = {"pris-0": "0", "set-0": "0", "pris-1": "85,50", "set-1": "7500"}
    assert desk.post(f"{AREA}/zoner", data=form | {"pris-1": "mange"}).status_code == 422
    assert desk.post(f"{AREA}/zoner", data=form).status_code == 303
    assert travel() == {0: 0, 1: 8_550}
    late = desk.post(f"{AREA}/zoner", data=form | {"pris-0": "10", "pris-1": "90"})
    assert late.status_code == 409
    assert "En anden har rettet zone 1 imens. Der står nu 85,50 kr." in text(late)
    assert travel() == {0: 0, 1: 8_550}
    assert 'name="set-1" value="8550"' in text(late)


def travel() -> dict[int, int]:
    with db.reading() as session:
        return {row.zone: row.price_ore for row in session.scalars(sa.select(TravelPrice))}


def places() -> dict[str, tuple[str, int, int | None]]:
    with db.reading() as session:
        return {row.code: (row.town, row.zone, row.latitude_e6) for row in session.scalars(sa.select(Postcode))}


def test_a_postcode_is_added_changed_and_taken_away(desk: FlaskClient) -> None:
    new = {
        "seen": "",
        "code": "3220",
        "town": "Tisvildeleje",
        "zone": "1",
        "latitude": "56,0553",
        "longitude": "12.0786",
    }
    assert desk.post(f"{AREA}/postnumre", data=new).status_code == 303
    assert places()["3220"] == ("Tisvildeleje", 1, 56_055_300)
    page = desk.get(f"{AREA}?kode=3220").get_data(as_text=True)
    seen = re.search(r'name="seen"[^>]*value="([^"]+)"', page)
    assert seen
    assert desk.post(f"{AREA}/postnumre", data=new | {"town": "Tisvilde", "seen": seen[1]}).status_code == 303
    late = desk.post(f"{AREA}/postnumre", data=new | {"town": "Noget andet", "seen": seen[1]})
    assert late.status_code == 409
    assert "3220 Tisvilde, zone 1" in text(late)
    assert "Noget andet" in text(late)
    assert desk.post(f"{AREA}/postnumre/3220/fjern").status_code == 303
    assert "3220" not in places()
    assert desk.post(f"{AREA}/postnumre/abcd/fjern").status_code == 404


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("code", "320", "Et postnummer har fire tal."),
        ("town", "", "Skriv byens navn."),
        ("zone", "9", "Fejl:"),
        ("latitude", "nord", "Skriv graderne med tal"),
        ("latitude", "", "Skriv både breddegrad og længdegrad"),
        ("latitude", "12,07", "Er breddegrad og længdegrad byttet om?"),
    ],
)
def test_a_postcode_that_cannot_be_is_asked_for_again(desk: FlaskClient, field: str, value: str, said: str) -> None:
    new = {"code": "3220", "town": "Tisvildeleje", "zone": "1", "latitude": "56,0553", "longitude": "12,0786"}
    answer = desk.post(f"{AREA}/postnumre", data=new | {field: value})
    assert answer.status_code == 422
    assert said in text(answer)
    assert "3220" not in places()


def test_a_list_is_pasted_from_a_spreadsheet_and_coordinates_it_lacks_are_kept(desk: FlaskClient) -> None:
    pasted = "Postnr\tBy\tZone\n3200\tHelsinge\t1\n3220\tTisvildeleje\t1\n"
    answer = desk.post(f"{AREA}/liste", data={"text": pasted})
    assert answer.status_code == 303
    assert places()["3200"] == ("Helsinge", 1, 56_022_000)
    assert places()["3220"] == ("Tisvildeleje", 1, None)
    assert "1 nyt postnummer, 1 er rettet." in text(desk.get(AREA))


def test_a_list_comes_as_a_file_with_coordinates(desk: FlaskClient) -> None:
    body = "code;town;zone;latitude;longitude\n3230;Græsted;1;56.0660;12.2870\n".encode("cp1252")
    answer = desk.post(
        f"{AREA}/liste", data={"file": (io.BytesIO(body), "postnumre.csv")}, content_type="multipart/form-data"
    )
    assert answer.status_code == 303
    assert places()["3230"] == ("Græsted", 1, 56_066_000)


@pytest.mark.parametrize(
    ("pasted", "said"),
    [
        ("", "Sæt en liste ind, eller vælg en fil."),
        ("3220\tTisvildeleje\t1", "Første række skal have overskrifterne."),
        ("postnr\tby\tzone", "Der er ingen postnumre i listen."),
        ("postnr\tby\tzone\n3220\tTisvildeleje\t1\n320\tX\t1", "Række 3: 320 er ikke et postnummer"),
        ("postnr\tby\tzone\n3220\tTisvildeleje\t9", "Række 2: Zonen findes ikke. Skriv en af disse: 0, 1."),
        ("postnr\tby\tzone\n3220\tA\t1\n3220\tB\t1", "Række 3: Postnummeret står der to gange."),
        ("postnr\tby\tzone\tlat\tlon\n3220\tA\t1\t12\t56", "Række 2: Det ligger ikke i Danmark."),
    ],
)
def test_a_list_with_a_fault_is_brought_in_not_at_all(desk: FlaskClient, pasted: str, said: str) -> None:
    before = places()
    answer = desk.post(f"{AREA}/liste", data={"text": pasted})
    assert answer.status_code == 422
    assert said in text(answer)
    assert places() == before


def test_the_pages_ask_the_database_the_same_however_much_there_is(desk: FlaskClient) -> None:
    paths = ("/personale/service/priser", KIND, AREA)

    def asked(path: str) -> int:
        with queries.counted() as sent:
            assert desk.get(path).status_code == 200
        return len(sent)

    few = {path: asked(path) for path in paths}
    with db.transaction() as session:
        for number in range(15):
            garden.kind(session, key=f"kind{number}", name=f"Tjeneste {number}")
            garden.request(session)
            session.add(Postcode(code=str(4000 + number), town="By", zone=1))
    assert {path: asked(path) for path in paths} == few
