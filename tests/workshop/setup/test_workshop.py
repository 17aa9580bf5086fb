"""The page about who the workshop is: written in versions, shown everywhere at once, nothing lost when two write."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy

import pypdfium2
import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from support import factories, people
from support.queries import counted

from tests.conftest import make_settings
from tests.workshop.production.repairs import rig as repairs
from tests.workshop.setup.rig import NOW, SETTINGS, WHO, WORKSHOP, administrator, is_called, say, typed
from workshop.core import db, identity, mail, photo_store
from workshop.core.access import Role
from workshop.core.config import Identity, Settings
from workshop.core.errors import Refusal
from workshop.core.identity import WorkshopVersion
from workshop.labels import printing
from workshop.production.repairs.door import Head
from workshop.production.repairs.models import RepairJob
from workshop.production.repairs.slip import render_slip
from workshop.products.photos import checking
from workshop.setup import actions, queries
from workshop.setup.forms import WorkshopForm


@pytest.fixture
def desk(app: Flask) -> FlaskClient:
    return administrator(app)


def picture(colour: str = "green") -> io.BytesIO:
    """A photo of a logo with a place, a name and a thumbnail in it, as a phone writes them."""
    lying = Image.new("RGB", (600, 300), colour)
    told = lying.getexif()
    told[0x010E], told[0x013B], told[0x8825] = "HEMMELIGT STED", "Mona", {1: "N", 2: (55.0, 40.0, 12.0)}
    body = io.BytesIO()
    lying.save(body, "JPEG", exif=told, comment=b"HEMMELIGT STED")
    assert b"HEMMELIGT" in body.getvalue()
    body.seek(0)
    return body


def upload(desk: FlaskClient, colour: str = "green") -> None:
    answer = desk.post(f"{WORKSHOP}/logo", data={"photo": (picture(colour), "logo.jpg")})
    assert answer.status_code == 303


def text_of(pdf: bytes) -> str:
    pages = pypdfium2.PdfDocument(pdf)
    return " ".join(page.get_textpage().get_text_bounded() for page in pages).replace("\u00a0", " ")


def versions() -> list[WorkshopVersion]:
    with db.reading() as session:
        return list(session.scalars(sa.select(WorkshopVersion).order_by(WorkshopVersion.version)))


def test_who_the_workshop_is_is_written_and_shown_at_once(desk: FlaskClient, client: FlaskClient) -> None:
    before = client.get("/")
    kept = client.get("/", headers={"If-None-Match": before.headers["ETag"]} if "ETag" in before.headers else {})
    assert kept.status_code in {200, 304}
    answer = desk.post(WORKSHOP, data=typed())
    assert answer.headers["Location"] == SETTINGS, "the first time it is a step of the list"
    after = client.get("/")
    assert WHO["name"] in after.text
    assert "13 58 56 28" in after.text
    assert Identity().name not in after.text


def test_a_kept_page_of_the_shop_is_made_anew(desk: FlaskClient, client: FlaskClient, app: Flask) -> None:
    with db.transaction() as session:
        factories.item(session)
    old = client.get("/")
    tag = old.headers["ETag"]
    assert client.get("/", headers={"If-None-Match": tag}).status_code == 304
    desk.post(WORKSHOP, data=typed())
    new = client.get("/", headers={"If-None-Match": tag})
    assert new.status_code == 200
    assert WHO["name"] in new.text
    assert Identity().name not in new.text


def test_without_a_word_about_it_a_kept_page_stays(client: FlaskClient, app: Flask) -> None:
    """The control: a version that this process does not know yet changes nothing on its pages."""
    with db.transaction() as session:
        factories.item(session)
    tag = client.get("/").headers["ETag"]
    with db.transaction() as session:
        say(session)
    assert client.get("/", headers={"If-None-Match": tag}).status_code == 304
    identity.forget()
    assert client.get("/", headers={"If-None-Match": tag}).status_code == 200


def test_labels_and_mails_say_the_new_name(app: Flask, settings: Settings) -> None:
    with db.transaction() as session:
        thing = factories.item(session)
        mail.queue(session, key="cause:1", recipient="ida@example.dk", subject="Tak", body="Tak.", now=NOW)
        session.flush()
        number = thing.number
    is_called()
    with db.reading() as session:
        row = printing.queries.label_row(session, number, NOW)
        assert row is not None
        assert printing.label_of(row, 100).workshop_name == WHO["name"]
    mail.send_due(settings, NOW)
    sent = next(settings.mails_dir.glob("*.eml")).read_text()
    assert f"{WHO['email']}>" in sent
    assert "butik.example" not in sent.partition("Subject")[0].replace("Message-ID", "")


def test_mails_keep_the_address_they_are_set_to_come_from(app: Flask, settings: Settings) -> None:
    own = make_settings(settings.database_url, settings.data_dir, mail_from="Post <post@mails.example>")
    is_called()
    with db.transaction() as session:
        mail.queue(session, key="cause:1", recipient="ida@example.dk", subject="Tak", body="Tak.", now=NOW)
    mail.send_due(own, NOW)
    sent = next(own.mails_dir.glob("*.eml")).read_text()
    assert "post@mails.example" in sent
    assert f"Reply-To: {WHO['email']}" in sent, "an answer reaches the workshop"


@pytest.mark.parametrize("name", ['Værket "A" <b@c.example>, C', "Værket; (på) havnen", "Plain <x>, y"])
def test_a_name_is_a_name_in_a_mail_whatever_is_in_it(app: Flask, settings: Settings, name: str) -> None:
    is_called(name=name)
    with db.transaction() as session:
        mail.queue(session, key="cause:1", recipient="ida@example.dk", subject="Tak", body="Tak.", now=NOW)
    mail.send_due(settings, NOW)
    sent = message_from_bytes(next(settings.mails_dir.glob("*.eml")).read_bytes(), policy=policy.default)
    assert [each.addr_spec for each in sent["From"].addresses] == [WHO["email"]]
    assert sent["From"].addresses[0].display_name == name


@pytest.mark.parametrize(
    ("field", "text", "says"),
    [
        ("name", "", "Skriv, hvad værkstedet hedder."),
        ("name", "x" * 101, "Det er for langt. Skriv højst 100 tegn."),
        ("short_name", "", "Skriv et kort navn til menuen."),
        ("short_name", "x" * 41, "højst 40 tegn"),
        ("address", "", "Skriv vej og nummer."),
        ("address", "x" * 121, "højst 120 tegn"),
        ("postcode", "420", "Et postnummer har fire cifre."),
        ("postcode", "42000", "Et postnummer har fire cifre."),
        ("town", "", "Skriv byen."),
        ("phone", "5812345", "Nummeret mangler et ciffer."),
        ("phone", "ring bare", "Skriv telefonnummeret med tal."),
        ("email", "kontakt", "Mailadressen ser ikke rigtig ud."),
        ("cvr", "1358562", "Et CVR-nummer har otte cifre."),
        ("cvr", "", "Skriv jeres CVR-nummer."),
        ("cvr", "13585629", "slåfejl"),
    ],
)
def test_what_was_typed_is_kept_when_something_is_wrong(desk: FlaskClient, field: str, text: str, says: str) -> None:
    answer = desk.post(WORKSHOP, data=typed(**{field: text}))
    assert answer.status_code == 422
    assert says in answer.text
    for name, value in {**WHO, field: text}.items():
        assert not value or f'value="{value}"' in answer.text, name
    assert versions() == []


def test_a_number_that_looks_wrong_is_taken_from_whoever_is_sure(desk: FlaskClient) -> None:
    asked = desk.post(WORKSHOP, data=typed(cvr="13585629"))
    assert 'name="is_cvr_right"' in asked.text
    assert 'name="is_cvr_right"' not in desk.get(WORKSHOP).text, "nobody is asked without a reason"
    assert desk.post(WORKSHOP, data=typed(cvr="13585629", is_cvr_right="y")).status_code == 303
    assert versions()[0].cvr == "13585629"


def test_a_change_on_an_old_page_shows_both_and_loses_neither(desk: FlaskClient) -> None:
    desk.post(WORKSHOP, data=typed())
    desk.post(WORKSHOP, data=typed(1, town="Korsør"))
    late = desk.post(WORKSHOP, data=typed(1, phone="58 99 99 99"))
    assert late.status_code == 409
    for text in ("En anden har rettet det imens", "Korsør", WHO["town"], "58 99 99 99", 'name="version" value="2"'):
        assert text in late.text
    assert [each.town for each in versions()] == [WHO["town"], "Korsør"], "nothing was written"
    assert desk.post(WORKSHOP, data=typed(2, town="Korsør", phone="58 99 99 99")).status_code == 303
    assert [(each.town, each.phone) for each in versions()][-1] == ("Korsør", "58 99 99 99")


def test_a_form_with_nothing_in_it_is_asked_for_everything(desk: FlaskClient) -> None:
    assert "Ret 8 ting" in desk.post(WORKSHOP).text
    assert desk.post(f"{SETTINGS}/afdelinger").status_code == 422


def test_a_page_that_says_no_version_is_an_old_one(desk: FlaskClient) -> None:
    desk.post(WORKSHOP, data=typed())
    for odd in ("", "x", "-1", "9" * 30):
        assert desk.post(WORKSHOP, data={**typed(town="Korsør"), "version": odd}).status_code == 409


def test_the_history_says_who_when_and_what(app: Flask, desk: FlaskClient) -> None:
    desk.post(WORKSHOP, data=typed())
    desk.post(WORKSHOP, data=typed(1, town="Korsør", cvr="10000009"))
    page = desk.get(WORKSHOP).text
    assert "Grethe Holm" in page
    assert f"By: {WHO['town']} blev til Korsør" in page
    assert "CVR-nummer: 13 58 56 28 blev til 10 00 00 09" in page
    assert "Skrevet første gang." in page


def test_a_long_history_asks_as_often_as_a_short_one(app: Flask, desk: FlaskClient) -> None:
    def asked() -> int:
        desk.get(WORKSHOP)
        with counted() as sent:
            desk.get(WORKSHOP)
        return len(sent)

    is_called()
    few = asked()
    for number in range(queries.LONGEST_HISTORY + 3):
        is_called(phone=f"58 12 34 {number:02}")
    assert asked() == few
    with db.reading() as session:
        assert len(queries.history(session)) == queries.LONGEST_HISTORY


def test_a_new_workshop_is_asked_with_what_the_machine_was_told_and_nothing_made_up() -> None:
    own = WorkshopForm.of(None, Identity(name="Værket", town="Slagelse"))
    assert (own.name.data, own.town.data, own.cvr.data, own.seen) == ("Værket", "Slagelse", None, 0)


def test_a_logo_is_written_anew_and_shown_by_the_name(desk: FlaskClient, client: FlaskClient, app: Flask) -> None:
    is_called()
    upload(desk)
    name = versions()[-1].logo
    for page in (client.get("/"), desk.get(SETTINGS), client.get("/personale/log-ind")):
        assert f'src="/logo/{name}-400.webp"' in page.text
    for width in (400, 800, 1600):
        for kind in photo_store.MIME:
            file = client.get(f"/logo/{name}-{width}.{kind}")
            assert file.status_code == 200
            assert b"HEMMELIGT" not in file.data
            assert b"Mona" not in file.data
    seen = Image.open(io.BytesIO(client.get(f"/logo/{name}-800.jpg").data))
    assert not seen.getexif()
    assert {"exif", "xmp", "comment", "photoshop"} & seen.info.keys() == set()


def test_paper_carries_the_logo_and_the_hours(desk: FlaskClient, app: Flask, settings: Settings) -> None:
    def slip() -> bytes:
        with app.test_request_context(), db.reading() as session:
            job = session.scalars(sa.select(RepairJob)).one()
            return render_slip(job, Head.of(settings), NOW.date())

    with db.transaction() as session:
        repairs.received(session)
        seller = factories.staff(session, roles=[Role.SALES]).email
    is_called()
    bare = slip()
    assert b"/Subtype/Image" not in bare.replace(b" ", b"")
    upload(desk)
    assert b"/Subtype/Image" in slip().replace(b" ", b"")
    assert "Hverdage" in text_of(bare)
    hours = {"fulfilment": "pickup", "weekday": "5", "begins": "10", "ends": "12"}
    assert people.at_desk(app, seller).post("/personale/butik/tider", data=hours).status_code == 303
    assert "10–12" in text_of(slip())


def test_a_logo_that_was_replaced_is_seen_by_those_who_administer_only(
    desk: FlaskClient, client: FlaskClient, app: Flask
) -> None:
    is_called()
    upload(desk)
    old = versions()[-1].logo
    upload(desk, "red")
    assert client.get(f"/logo/{old}-400.webp").status_code == 404
    assert desk.get(f"{WORKSHOP}/logo/{old}-400.webp").status_code == 200
    assert f"{WORKSHOP}/logo/{old}-400.webp" in desk.get(WORKSHOP).text
    desk.post(f"{WORKSHOP}/logo/fjern")
    assert identity.current().logo == ""
    assert "<svg" in client.get("/").text
    assert [each.name for each in versions()] == [WHO["name"]] * 4, "a logo changes nothing else"


def test_only_pictures_of_ours_are_shown(desk: FlaskClient, client: FlaskClient, app: Flask) -> None:
    is_called()
    for name in ("x-400.webp", "-400.webp", "..%2f..%2fetc-400.webp", "æ.webp"):
        assert client.get(f"/logo/{name}").status_code == 404
        assert desk.get(f"{WORKSHOP}/logo/{name}").status_code == 404


def test_what_is_no_picture_is_refused_and_leaves_nothing(desk: FlaskClient, app: Flask, settings: Settings) -> None:
    is_called()
    answer = desk.post(f"{WORKSHOP}/logo", data={"photo": (io.BytesIO(b"<svg onload=alert(1)>"), "logo.svg")})
    assert answer.status_code == 422
    assert "ikke et billede" in answer.text
    assert desk.post(f"{WORKSHOP}/logo").status_code == 422
    assert list(photo_store.of(settings).files()) == []
    assert len(versions()) == 1


def test_there_is_no_logo_before_a_name(desk: FlaskClient, settings: Settings) -> None:
    answer = desk.post(f"{WORKSHOP}/logo", data={"photo": (picture(), "logo.jpg")})
    assert answer.status_code == 422
    assert "Skriv først, hvem I er." in answer.text
    assert list(photo_store.of(settings).files()) == [], "the picture went again"
    with pytest.raises(Refusal), db.transaction() as session:
        actions.set_logo(session, "", now=NOW, by_staff_id=None)


def test_the_check_of_the_photos_leaves_logos_alone(desk: FlaskClient, app: Flask, settings: Settings) -> None:
    is_called()
    upload(desk)
    found = checking.check(photo_store.of(settings), datetime.now(UTC) + timedelta(days=2))
    assert found.removed == ()


def test_whoever_only_leads_may_not_change_it(app: Flask) -> None:
    with db.transaction() as session:
        email = factories.staff(session, roles=[Role.MANAGER, Role.SALES]).email
    client = people.at_desk(app, email)
    assert client.get(WORKSHOP).status_code == 403
    assert client.post(WORKSHOP, data=typed()).status_code == 403
    assert versions() == []
