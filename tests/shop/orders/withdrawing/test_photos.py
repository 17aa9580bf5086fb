"""A customer shows what is wrong: photos with a complaint, who sees them, and that none is left lying about."""

from __future__ import annotations

import io
import threading
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from support import actors, queries
from support import photos as pictures
from werkzeug.test import TestResponse

from shop.orders.models import OrderEvent
from shop.orders.withdrawing import complaining, photos
from shop.orders.withdrawing.models import Complaint, ComplaintPhoto, ComplaintState
from tests.shop.orders.withdrawing.scene import handed_over, mails
from workshop.core import clock, db, images, photo_store
from workshop.core.access import Role
from workshop.core.config import Settings
from workshop.core.errors import Refusal
from workshop.core.photo_store import Folder, Unreachable
from workshop.products.photos import checking

ONCE, WRONG = "o" * 22, "Benet er løst, og lakken er skallet af."


@pytest.fixture
def bought(client: FlaskClient) -> str:
    """An order that is handed over, and this browser is let in to it."""
    public_id = handed_over(clock.now(), 115_000)
    actors.hold_order(client, public_id)
    return public_id


def send(client: FlaskClient, public_id: str, *files: bytes, once: str = ONCE, text: str = WRONG) -> TestResponse:
    data = {"once": once, "tekst": text, "billeder": [(io.BytesIO(body), "IMG_1.jpg") for body in files]}
    return client.post(f"/ordre/{public_id}/reklamation", data=data, content_type="multipart/form-data")


def jpeg() -> bytes:
    return pictures.jpeg((900, 600)).getvalue()


def kept() -> list[str]:
    with db.reading() as session:
        return list(session.scalars(sa.select(ComplaintPhoto.name).order_by(ComplaintPhoto.id)))


def complaint() -> Complaint:
    with db.reading() as session:
        found = session.scalars(sa.select(Complaint)).one()
        session.expunge(found)
        return found


def stray(settings: Settings) -> set[str]:
    """Files in the store that no complaint names."""
    return {each.name for each in photo_store.of(settings).files()} - {
        file for name in kept() for file in images.files_of(name)
    }


def in_words(answer: TestResponse) -> str:
    return " ".join(answer.text.replace("\u00a0", " ").split())


def test_the_form_asks_for_photos_and_needs_no_script(client: FlaskClient, bought: str) -> None:
    page = client.get(f"/ordre/{bought}/reklamation").text
    assert 'enctype="multipart/form-data"' in page
    assert 'name="billeder" type="file" accept="image/*" multiple' in page
    assert send(client, bought).status_code == 303, "and none is needed"
    assert kept() == []


def test_photos_are_written_anew_without_a_trace_and_seen_by_staff_and_the_customer(
    app: Flask, client: FlaskClient, settings: Settings, bought: str
) -> None:
    assert send(client, bought, jpeg(), pictures.telling_jpeg()).status_code == 303
    (_first, name), found = kept(), complaint()
    there, mine = (
        f"/personale/ordrer/reklamationer/{found.public_id}/foto/{name}-800.jpg",
        f"/ordre/{bought}/reklamation/foto/{name}-800.jpg",
    )
    desk = actors.desk(app, Role.SALES)
    for answer in (desk.get(there), client.get(mine)):
        assert answer.status_code == 200
        assert answer.mimetype == "image/jpeg"
        assert answer.headers["Cache-Control"] == "no-store"
        assert pictures.MARKER.encode() not in answer.data
        assert b"Exif" not in answer.data
    shown = desk.get(f"/personale/ordrer/reklamationer/{found.public_id}").text
    assert shown.count('class="sketch__whole"') == 2
    assert f"{name}-1600.jpg 900w" in shown
    assert client.get(f"/ordre/{bought}").text.count('alt="Dit billede ') == 2
    assert "2 billeder" in in_words(desk.get("/personale/ordrer/fortrydelser"))
    assert stray(settings) == set()


def test_nobody_else_sees_a_photo_of_a_complaint(app: Flask, client: FlaskClient, bought: str) -> None:
    send(client, bought, jpeg())
    (name,), found, file = kept(), complaint(), f"{kept()[0]}-800.jpg"
    there, mine = f"/personale/ordrer/reklamationer/{found.public_id}/foto", f"/ordre/{bought}/reklamation/foto"
    stranger = app.test_client()
    assert stranger.get(f"{mine}/{file}").status_code == 404
    assert stranger.get(f"{there}/{file}").status_code == 303
    assert stranger.get(f"/foto/{file}").status_code == 404
    workshop = actors.desk(app, Role.WORKSHOP, name="vaerksted")
    assert workshop.get(f"{there}/{file}").status_code == 403
    other = handed_over(clock.now(), 29_500)
    actors.hold_order(stranger, other)
    assert stranger.get(f"/ordre/{other}/reklamation/foto/{file}").status_code == 404, "a photo of another's order"
    desk = actors.desk(app, Role.SALES)
    assert desk.get(f"/personale/ordrer/reklamationer/{'x' * 22}/foto/{file}").status_code == 404
    for odd in (f"{name}-999.jpg", f"{'y' * 22}-800.jpg", "..", "x"):
        assert desk.get(f"{there}/{odd}").status_code == 404
        assert client.get(f"{mine}/{odd}").status_code == 404


def test_the_mail_and_the_story_say_how_many_came_and_hold_none(client: FlaskClient, bought: str) -> None:
    send(client, bought, jpeg(), jpeg())
    (mail,) = mails("order-complaint-")
    assert "Vi fik også 2 billeder." in mail.body
    assert "Har du et billede" not in mail.body
    assert not any(name in mail.body for name in kept())
    with db.reading() as session:
        told = session.scalars(sa.select(OrderEvent.text)).all()
    assert "Kunden har reklameret og sendt 2 billeder." in told


def test_without_a_photo_the_mail_asks_for_one(client: FlaskClient, bought: str) -> None:
    send(client, bought)
    (mail,) = mails("order-complaint-")
    assert "Har du et billede af fejlen" in mail.body


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ([b"not a photo"], "Filen er ikke et billede, vi kan åbne."),
        ([pictures.jpeg().getvalue(), b"not a photo"], "Billede 2: Filen er ikke et billede, vi kan åbne."),
        ([b"\0\0\0\x18ftypheic" + b"\0" * 200], "Filen er ikke et billede, vi kan åbne."),
        ([pictures.jpeg().getvalue()] * 4, "Vælg højst 3 billeder."),
    ],
)
def test_a_bad_file_is_said_at_its_field_and_what_was_written_stands(
    client: FlaskClient, settings: Settings, bought: str, files: list[bytes], sentence: str
) -> None:
    answer = send(client, bought, *files)
    assert answer.status_code == 422
    assert sentence in in_words(answer)
    assert WRONG in answer.text
    assert ONCE in answer.text, "the form is still the same one"
    assert 'href="#billeder"' in answer.text
    assert "Vælg dem igen" in answer.text
    with db.reading() as session:
        assert session.scalar(sa.select(sa.func.count(Complaint.id))) == 0
    assert stray(settings) == set()
    assert send(client, bought, jpeg()).status_code == 303, "and then it is sent as it stands"


def test_too_much_at_once_is_said_on_the_page(app: Flask, client: FlaskClient, bought: str) -> None:
    app.config["MAX_CONTENT_LENGTH"] = 20_000
    answer = send(client, bought, b"x" * 30_000)
    assert answer.status_code == 413
    assert "Billederne fylder for meget tilsammen." in in_words(answer)


def test_a_double_click_is_one_complaint_and_leaves_no_stray_file(
    client: FlaskClient, settings: Settings, bought: str
) -> None:
    for _press in range(2):
        assert send(client, bought, jpeg(), jpeg()).status_code == 303
    assert complaint().state is ComplaintState.OPEN
    assert len(kept()) == 2
    assert stray(settings) == set()
    assert len(mails("order-complaint-")) == 1


def test_two_presses_at_the_same_moment_leave_one_too(app: Flask, settings: Settings, bought: str) -> None:
    browsers = [app.test_client() for _press in range(2)]
    for browser in browsers:
        browser.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
        actors.hold_order(browser, bought)
    answers: list[int] = []
    presses = [
        threading.Thread(target=lambda each=each: answers.append(send(each, bought, jpeg()).status_code))
        for each in browsers
    ]
    for press in presses:
        press.start()
    for press in presses:
        press.join(30)
    assert answers == [303, 303]
    assert complaint().text == WRONG
    assert len(kept()) == 1
    assert stray(settings) == set()


def test_one_complaint_too_many_is_refused_with_what_was_typed(
    client: FlaskClient, settings: Settings, bought: str
) -> None:
    for number in range(complaining.MOST_OPEN):
        assert send(client, bought, once=f"{number}" * 22).status_code == 303
    answer = send(client, bought, jpeg())
    assert answer.status_code == 409
    assert "Vi har allerede flere reklamationer fra dig" in in_words(answer)
    assert WRONG in answer.text
    assert stray(settings) == set()


def test_a_store_that_is_away_is_said_and_what_was_written_stands(
    client: FlaskClient, bought: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_put: object) -> None:
        raise Unreachable

    monkeypatch.setattr(Folder, "put", away)
    answer = send(client, bought, jpeg())
    assert answer.status_code == 503
    assert "Billederne kan ikke gemmes lige nu." in in_words(answer)
    assert WRONG in answer.text
    monkeypatch.undo()
    assert send(client, bought, jpeg()).status_code == 303


def test_the_files_of_a_block_that_failed_are_taken_away(app: Flask, settings: Settings) -> None:
    def fail() -> None:
        with photos.stored([an_upload()], photo_store.of(settings)), db.transaction():
            assert stray(settings) != set()
            raise Refusal("no")

    with pytest.raises(Refusal):
        fail()
    assert stray(settings) == set()


def test_the_check_of_the_photos_leaves_them_alone_until_they_are_forgotten(
    client: FlaskClient, settings: Settings, bought: str
) -> None:
    send(client, bought, jpeg())
    store, later = photo_store.of(settings), clock.now() + timedelta(hours=3)
    assert checking.check(store, later).removed == ()
    with db.transaction() as session:
        session.execute(sa.delete(ComplaintPhoto))
    assert len(checking.check(store, later).removed) == len(images.files_of("x"))


def test_photos_are_forgotten_three_years_after_our_answer_and_the_words_are_kept(
    client: FlaskClient, bought: str
) -> None:
    send(client, bought, jpeg())
    now = clock.now()

    def swept(moment: datetime) -> int:
        return photos.sweep(moment.replace(minute=photos.SWEEPS_AT_MINUTE))

    assert swept(now + timedelta(days=9_000)) == 0, "what waits for an answer is kept"
    with db.transaction() as session:
        session.execute(sa.update(Complaint).values(state=ComplaintState.ANSWERED, answered_at=now, answer="Undskyld."))
    assert swept(now + photos.KEPT - timedelta(days=1)) == 0
    assert photos.sweep((now + timedelta(days=9_000)).replace(minute=photos.SWEEPS_AT_MINUTE + 1)) == 0
    assert len(kept()) == 1
    assert swept(now + photos.KEPT + timedelta(days=1)) == 1
    assert kept() == []
    assert complaint().text == WRONG


def test_the_pages_ask_the_database_the_same_however_many_photos_there_are(
    app: Flask, client: FlaskClient, bought: str
) -> None:
    desk = actors.desk(app, Role.SALES)
    send(client, bought, jpeg(), once="a" * 22)
    pages = (f"/ordre/{bought}", "/personale/ordrer/fortrydelser")

    def asked() -> list[int]:
        counts = []
        for browser, path in zip((client, desk), pages, strict=True):
            with queries.counted() as sent:
                assert browser.get(path).status_code == 200
            counts.append(len(sent))
        return counts

    few = asked()
    for number in range(3):
        send(client, bought, jpeg(), jpeg(), once=f"{number}" * 22)
    assert asked() == few


def an_upload() -> object:
    """A file as the form hands it over."""
    return type("Upload", (), {"stream": io.BytesIO(jpeg())})()
