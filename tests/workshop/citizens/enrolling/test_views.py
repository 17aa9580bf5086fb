"""The pages about beginning, correcting and leaving: good way, wrong form, stranger, no permission, and the log."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

import pypdfium2
import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from support import factories, people
from support.queries import counted

from workshop.accounts.models import Account, CitizenPin
from workshop.citizens.models import Citizen, ContactPerson, WeekPlanDay
from workshop.core import clock, crypto, db
from workshop.core.access import Role
from workshop.core.audit import AccessLog

PAGE = "/personale/borgere"
DAYS = {"days-0-on": "1", "days-0-start": "8.30", "days-0-end": "12", "days-3-on": "1"}
DAYS |= {"days-3-start": "9.00", "days-3-end": "14.00", "days-4-start": "9.00", "days-4-end": "14.00"}


def today() -> date:
    """Asked anew each time: a round of tests may go over midnight."""
    return clock.local_day(clock.now())


@dataclass(frozen=True)
class House:
    lone: str
    karin: str
    kirsten: str
    mona: str
    ida: str
    metal: str


@pytest.fixture
def house(app: Flask) -> House:
    now = clock.now()
    with db.transaction() as session:
        metal = factories.department(session, key="metal", name="Metal")
        lone = factories.staff(session, roles=[Role.CONSULTANT], now=now)
        karin = factories.staff(session, name="Karin", roles=[Role.MANAGER], now=now)
        kirsten = factories.staff(session, name="Kirsten", roles=[Role.CONSULTANT], departments=[metal], now=now)
        began = today() - timedelta(days=30)
        mona = people.citizen(session, contact=lone, started_on=began, picture="raev", now=now)
        ida = people.citizen(session, name="Ida", at=metal, contact=kirsten, started_on=began, now=now)
        contact = session.get_one(Account, lone.account_id).public_id
        return House(lone.email, karin.email, kirsten.email, mona.public_id, ida.public_id, contact)


@pytest.fixture
def lone(app: Flask, house: House) -> FlaskClient:
    return people.at_desk(app, house.lone)


@pytest.fixture
def karin(app: Flask, house: House) -> FlaskClient:
    return people.at_desk(app, house.karin)


def new(house: House, **changes: str) -> dict[str, str]:
    usual = {
        "once": crypto.new_public_id(),
        "department": "trae",
        "full_name": "Åge Øst",
        "display_name": "Åge",
        "picture": "hval",
        "language": "uk",
        "programme": "afklaring",
        "started_on": today().isoformat(),
        "ends_on": "",
        "contact": house.metal,
    }
    return {**usual, **DAYS, **changes}


def logged() -> list[tuple[str, list[str]]]:
    with db.reading() as session:
        rows = session.execute(sa.select(AccessLog.deed, AccessLog.people).order_by(AccessLog.id))
        return [(row.deed, row.people) for row in rows]


def pin_on(page: str) -> str:
    found = re.search(r'<p id="pin"[^>]*>(\d{4})</p>', page)
    assert found, page
    return found[1]


def card_of(client: FlaskClient, public_id: str, page: str) -> str:
    note = re.search(r'name="note" value="([^"]+)"', page)
    assert note, page
    answer = client.post(f"{PAGE}/{public_id}/kode/kort.pdf", data={"note": note[1]})
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf"), answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    return str(pypdfium2.PdfDocument(answer.data)[0].get_textpage().get_text_range())


def test_somebody_new_gets_a_code_once_and_a_card(lone: FlaskClient, house: House, app: Flask) -> None:
    assert "Hvalen" in lone.get(f"{PAGE}/ny").text
    assert "Ræven" not in lone.get(f"{PAGE}/ny").text, "Mona has it"
    form = new(house)
    page = lone.post(f"{PAGE}/ny", data=form)
    assert page.status_code == 200
    pin = pin_on(page.text)
    text = card_of(lone, form["once"], page.text)
    assert pin in text
    assert "Åge" in text
    for secret in ("Øst", "Træhallen", "Eksempelvej", "Helsinge"):
        assert secret not in text, "a card can be lost"
    with db.reading() as session:
        aage = session.scalars(sa.select(Citizen).where(Citizen.public_id == form["once"])).one()
        kept = session.get_one(CitizenPin, aage.account_id)
        plan = session.execute(
            sa.select(WeekPlanDay.weekday, WeekPlanDay.start_minute, WeekPlanDay.minutes)
            .where(WeekPlanDay.citizen_id == aage.id)
            .order_by(WeekPlanDay.weekday)
        ).all()
    assert crypto.secret_matches(kept.pin_hash, pin, pepper=people.PEPPER)
    assert [tuple(each) for each in plan] == [(0, 510, 210), (3, 540, 300)]
    assert ("new citizen", [form["once"]]) in logged()
    assert ("export", [form["once"]]) in logged()


def test_a_second_press_makes_nobody_a_second_time(lone: FlaskClient, house: House) -> None:
    form = new(house)
    assert lone.post(f"{PAGE}/ny", data=form).status_code == 200
    assert lone.post(f"{PAGE}/ny", data=form).status_code == 303
    with db.reading() as session:
        assert session.scalar(sa.select(sa.func.count(Citizen.id)).where(Citizen.display_name == "Åge")) == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("full_name", ""),
        ("display_name", "x" * 41),
        ("picture", "enhjoerning"),
        ("language", "xx"),
        ("programme", "intet"),
        ("started_on", "i morgen"),
        ("started_on", "0001-01-01"),
        ("ends_on", "9999-12-31"),
        ("contact", "x" * 22),
        ("days-0-start", "25.00"),
        ("days-0-end", "8.00"),
        ("once", "x"),
    ],
)
def test_a_wrong_form_comes_back_with_what_was_typed(lone: FlaskClient, house: House, name: str, value: str) -> None:
    answer = lone.post(f"{PAGE}/ny", data=new(house, **{name: value}))
    assert answer.status_code == 422
    assert 'value="Åge' in answer.text or name == "display_name"
    with db.reading() as session:
        assert session.scalar(sa.select(sa.func.count(Citizen.id))) == 2


def test_a_week_has_a_day(lone: FlaskClient, house: House) -> None:
    form = {key: value for key, value in new(house).items() if not key.endswith("-on")}
    form["started_on"] = today().isoformat()
    assert "Vælg mindst én dag." in lone.post(f"{PAGE}/ny", data=form).text


def test_a_picture_somebody_has_is_refused_in_words(lone: FlaskClient, house: House) -> None:
    answer = lone.post(f"{PAGE}/ny", data=new(house, picture="raev"))
    assert answer.status_code == 409
    assert "allerede en andens" in answer.text


def test_nobody_is_put_into_another_department(lone: FlaskClient, house: House) -> None:
    assert lone.get(f"{PAGE}/ny?afdeling=metal").status_code == 200
    assert "Vælg en af dine afdelinger" in lone.get(f"{PAGE}/ny?afdeling=metal").text
    assert lone.post(f"{PAGE}/ny", data=new(house, department="metal")).status_code == 422


def test_who_belongs_nowhere_yet_reads_who_can_help(app: Flask, house: House) -> None:
    with db.transaction() as session:
        factories.staff(session, email="ny@butik.example", roles=[Role.MANAGER], departments=[])
    page = people.at_desk(app, "ny@butik.example").get(f"{PAGE}/ny")
    assert page.status_code == 200
    assert "Du hører ikke til i en afdeling endnu" in page.text


def pages(public_id: str) -> list[tuple[str, str]]:
    at = f"{PAGE}/{public_id}"
    reads = [("GET", f"{at}/{page}") for page in ("ret", "slut", "fortryd-slut", "nyt-forloeb")]
    return [*reads, *(("POST", f"{at}/{page}") for page in ("ret", "kontaktperson", "dage", "slut", "fortryd-slut"))]


def test_another_departments_people_are_not_there_and_the_try_is_logged(lone: FlaskClient, house: House) -> None:
    for method, address in [*pages(house.ida), ("POST", f"{PAGE}/{house.ida}/kode/kort.pdf")]:
        foreign = lone.open(address, method=method)
        missing = lone.open(address.replace(house.ida, "x" * 22), method=method)
        assert (foreign.status_code, foreign.text) == (404, missing.text), address
    assert logged().count(("refused", [house.ida])) == len(pages(house.ida)) + 1


@pytest.mark.parametrize("role", [Role.WORKSHOP, Role.SALES, Role.AUDITOR, Role.ADMIN])
def test_others_let_nobody_in_or_out(app: Flask, house: House, role: Role) -> None:
    with db.transaction() as session:
        email = factories.staff(session, roles=[role], now=clock.now()).email
    client = people.at_desk(app, email)
    for method, address in [*pages(house.mona), ("GET", f"{PAGE}/ny"), ("POST", f"{PAGE}/ny")]:
        assert client.open(address, method=method).status_code == 403, address


def test_a_file_outside_the_caseload_takes_a_reason(karin: FlaskClient, house: House) -> None:
    assert karin.get(f"{PAGE}/{house.mona}/ret").status_code == 403
    karin.post(f"{PAGE}/{house.mona}/grund", data={"reason": "Mona får ny kontaktperson", "videre": ""})
    assert "Mona Prøvesen" in karin.get(f"{PAGE}/{house.mona}/ret").text


def edited(page: str, **changes: str) -> dict[str, str]:
    seen = re.search(r'name="seen" type="hidden" value="([^"]*)"', page)
    assert seen, page
    usual = {"full_name": "Mona Prøvesen", "display_name": "Mona", "picture": "raev", "language": "da"}
    assert '<input type="hidden" name="department"' in page, (
        "one department: neither it nor a contact person there is asked for"
    )
    return {"seen": seen[1], **usual, "department": "trae", "ends_on": "", **changes}


def test_what_is_put_right_is_shown_and_logged(lone: FlaskClient, house: House) -> None:
    at = f"{PAGE}/{house.mona}/ret"
    page = lone.get(at).text
    assert lone.post(at, data=edited(page, display_name="Monni", picture="ugle", language="ar")).status_code == 303
    assert 'value="Monni"' in lone.get(at).text
    assert ("edit", [house.mona]) in logged()
    assert lone.post(at, data=edited(page, full_name="")).status_code == 422
    assert lone.post(at, data=edited(page, department="metal")).status_code == 422


def test_an_older_page_is_shown_old_and_new(lone: FlaskClient, house: House) -> None:
    at = f"{PAGE}/{house.mona}/ret"
    old = lone.get(at).text
    lone.post(at, data=edited(old, display_name="Monni"))
    answer = lone.post(at, data=edited(old, display_name="Mo", picture="ugle"))
    assert answer.status_code == 409
    for words in ("En anden har rettet imens", "Monni", "Ræven", "Uglen"):
        assert words in answer.text
    assert lone.post(at, data=edited(answer.text, display_name="Mo")).status_code == 303


def test_another_contact_person_with_history(lone: FlaskClient, house: House) -> None:
    with db.transaction() as session:
        per = factories.staff(session, name="Per", now=clock.now())
        public_id = session.get_one(Account, per.account_id).public_id
    at = f"{PAGE}/{house.mona}/kontaktperson"
    assert lone.post(at, data={"contact": public_id, "from_on": "2020-01-01"}).status_code == 409
    assert lone.post(at, data={"contact": "", "from_on": today().isoformat()}).status_code == 422
    tomorrow = today() + timedelta(days=1)
    assert lone.post(at, data={"contact": public_id, "from_on": tomorrow.isoformat()}).status_code == 303
    page = lone.get(f"{PAGE}/{house.mona}/ret").text
    assert page.index("<b>Per</b>") < page.index("<b>Lone</b>")
    with db.reading() as session:
        open_ones = session.scalars(sa.select(ContactPerson.until_on).order_by(ContactPerson.id)).all()
    assert tomorrow in open_ones


def test_other_days_from_a_day_on(lone: FlaskClient, house: House) -> None:
    at = f"{PAGE}/{house.mona}/dage"
    form = {**DAYS, "valid_from": today().isoformat()}
    assert lone.post(at, data=form).status_code == 303
    assert 'value="8.30"' in lone.get(f"{PAGE}/{house.mona}/ret").text
    assert lone.post(at, data={**form, "days-0-start": "10"}).status_code == 303, "a slip is put right the same day"
    assert 'value="10.00"' in lone.get(f"{PAGE}/{house.mona}/ret").text
    later = today() + timedelta(days=7)
    for start in ("11.15", "11.45"):
        sent = {**form, "days-0-start": start, "valid_from": later.isoformat()}
        assert lone.post(at, data=sent).status_code == 303
    page = lone.get(f"{PAGE}/{house.mona}/ret").text
    assert "mandag 11.45–12.00" in page
    assert "11.15" not in page
    before = {**form, "valid_from": (today() - timedelta(days=30)).isoformat()}
    assert lone.post(at, data=before).status_code == 409, "what was agreed for days that are over stays"
    assert lone.post(at, data={"valid_from": today().isoformat()}).status_code == 422


def test_leaving_and_taking_it_back(app: Flask, lone: FlaskClient, house: House) -> None:
    at = f"{PAGE}/{house.mona}"
    assert "Du kan fortryde i 30 dage." in lone.get(f"{at}/slut").text
    assert lone.post(f"{at}/slut", data={"last_on": ""}).status_code == 422
    assert lone.post(f"{at}/slut", data={"last_on": "2019-01-01"}).status_code == 409
    assert lone.post(f"{at}/slut", data={"last_on": today().isoformat()}).status_code == 303
    assert "Mona Prøvesen" not in lone.get(PAGE).text
    assert "Mona Prøvesen" in lone.get(f"{PAGE}/tidligere").text
    assert "Fortryd slut for Mona" in lone.get(f"{at}/fortryd-slut").text
    assert lone.post(f"{at}/fortryd-slut", data={"picture": "x"}).status_code == 422
    assert lone.post(f"{at}/fortryd-slut", data={"picture": "raev"}).status_code == 303
    assert "Mona Prøvesen" in lone.get(PAGE).text


def test_a_last_day_to_come_keeps_somebody_until_then(lone: FlaskClient, house: House) -> None:
    later = today() + timedelta(days=3)
    assert lone.post(f"{PAGE}/{house.mona}/slut", data={"last_on": later.isoformat()}).status_code == 303
    assert "Mona Prøvesen" in lone.get(PAGE).text


def left_long_ago(lone: FlaskClient, house: House) -> None:
    """Mona's stay ended three months ago."""
    lone.post(f"{PAGE}/{house.mona}/slut", data={"last_on": (today() - timedelta(days=1)).isoformat()})
    with db.transaction() as session:
        session.execute(sa.update(Account).values(closed_at=clock.now() - timedelta(days=90)))


def test_earlier_people_are_found_with_a_reason_by_whoever_lets_people_in(
    app: Flask, lone: FlaskClient, karin: FlaskClient, house: House
) -> None:
    left_long_ago(lone, house)
    at = f"{PAGE}/tidligere"
    asked = {"name": "prøve", "reason": "Kommunen spørger"}
    with db.transaction() as session:
        per = factories.staff(session, name="Per", roles=[Role.WORKSHOP], now=clock.now()).email
    assert people.at_desk(app, per).post(at, data=asked).status_code == 403, "who enrols nobody looks for nobody"
    assert "Mona" not in people.at_desk(app, house.kirsten).post(at, data=asked).text, "another department"
    assert "Mona" not in karin.get(at).text, "nobody is listed without being asked for"
    assert karin.post(at, data={"name": "prøve", "reason": ""}).status_code == 422
    assert karin.post(at, data={"name": "p", "reason": "Kommunen spørger"}).status_code == 422
    page = karin.post(at, data=asked).text
    assert "Mona Prøvesen" in page
    assert "Ida" not in page, "another department"
    assert logged()[-1] == ("search", [house.mona])
    with db.reading() as session:
        assert session.scalars(sa.select(AccessLog.reason).order_by(AccessLog.id.desc())).first() == "Kommunen spørger"


def test_somebody_who_comes_back_begins_again_with_a_new_code(lone: FlaskClient, house: House) -> None:
    left_long_ago(lone, house)
    found = lone.post(f"{PAGE}/tidligere", data={"name": "mona", "reason": "Hun begynder igen"}).text
    at = f"{PAGE}/{house.mona}/nyt-forloeb"
    assert f'href="{at}"' in found
    assert at in lone.get(f"{PAGE}/{house.mona}/ret").text
    form = {each: new(house)[each] for each in ("programme", "started_on", "ends_on", "contact")}
    form |= {"picture": "hval", **DAYS}
    assert "Mona begynder igen" in lone.get(at).text
    assert lone.post(at, data={**form, "contact": ""}).status_code == 422
    page = lone.post(at, data=form)
    assert page.status_code == 200
    assert "Mona er her igen" in page.text
    assert pin_on(page.text) in card_of(lone, house.mona, page.text)
    assert "Mona Prøvesen" in lone.get(PAGE).text
    assert ("stay begins again", [house.mona]) in logged()
    again = lone.post(at, data=form)
    assert again.status_code == 303, "a second press shows no second code"
    assert lone.get(at).status_code == 303


def test_nobody_begins_again_in_another_department_or_unasked(
    app: Flask, lone: FlaskClient, karin: FlaskClient, house: House
) -> None:
    left_long_ago(lone, house)
    at = f"{PAGE}/{house.mona}/nyt-forloeb"
    assert people.at_desk(app, house.kirsten).get(at).status_code == 404
    assert people.at_desk(app, house.kirsten).post(at, data={}).status_code == 404
    asked = karin.get(at)
    assert (asked.status_code, "Mona" in asked.text) == (403, False), "outside one's caseload it takes a reason"


def test_a_forgotten_code_gets_a_card_too(lone: FlaskClient, house: House) -> None:
    page = lone.post(f"{PAGE}/{house.mona}/kode/ny").text
    assert pin_on(page) in card_of(lone, house.mona, page)
    answer = lone.post(f"{PAGE}/{house.mona}/kode/kort.pdf", data={"note": "x"})
    assert (answer.status_code, "Lav en ny kode" in answer.text) == (409, True)


def test_nothing_asks_for_health_or_a_persons_number(lone: FlaskClient, house: House) -> None:
    for page in (f"{PAGE}/ny", f"{PAGE}/{house.mona}/ret", f"{PAGE}/{house.mona}/slut"):
        names = re.findall(r'name="([^"]+)"', lone.get(page).text)
        assert not [name for name in names if re.search("cpr|diagn|helbred|syg|health|note", name)]


def test_the_form_asks_the_same_number_of_questions_however_many_are_there(lone: FlaskClient, house: House) -> None:
    def asked() -> list[int]:
        found = []
        for page in (f"{PAGE}/ny", f"{PAGE}/{house.mona}/ret", f"{PAGE}/tidligere"):
            lone.get(page)
            with counted() as statements:
                lone.get(page)
            found.append(len(statements))
        return found

    few = asked()
    with db.transaction() as session:
        for picture in ("kop", "bi", "bus", "sky", "anker", "gran"):
            people.citizen(session, picture=picture, now=clock.now())
            factories.staff(session, now=clock.now())
    assert asked() == few
