"""A thing at the tablet: found by its number, photographed, its price seen."""

from __future__ import annotations

import io

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from PIL import Image

from tests.workshop.tasks.rig import count
from workshop.core import db
from workshop.products.models import ItemPhoto


def photo_of(width: int = 640, height: int = 480) -> io.BytesIO:
    body = io.BytesIO()
    Image.new("1", (width, height)).save(body, "PNG")
    body.seek(0)
    return body


def test_a_photo_is_kept_without_a_word_about_who_took_it(mona: FlaskClient, bench: int) -> None:
    page = f"/vaerksted/moebler/{bench}/foto"
    answer = mona.post(page, data={"photo": (photo_of(), "x.png")}, content_type="multipart/form-data")
    assert answer.status_code == 303
    assert "Er billedet godt?" in mona.get(answer.location).text
    with db.reading() as session:
        kept = session.scalars(sa.select(ItemPhoto)).one()
    assert (kept.approved_at, kept.by_staff_id) == (None, None)
    with mona.get(f"{page}/{kept.name}.jpg") as served:
        assert served.status_code == 200
    assert mona.get(f"{page}/another.jpg").status_code == 404


@pytest.mark.parametrize(
    ("body", "name", "says"),
    [
        (io.BytesIO(b"this is a text"), "x.jpg", "ikke et billede"),
        (photo_of(13_000, 13_000), "big.png", "Tag et nyt med kameraet"),
        (None, "", "Tag et billede"),
    ],
)
def test_what_is_no_photo_is_answered_with_a_sentence(
    mona: FlaskClient, bench: int, body: io.BytesIO | None, name: str, says: str
) -> None:
    data = {"photo": (io.BytesIO(body.getvalue()), name)} if body else {}
    answer = mona.post(f"/vaerksted/moebler/{bench}/foto", data=data, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert says in answer.text
    assert count(ItemPhoto) == 0


def test_too_large_a_photo_is_asked_for_again_on_the_same_page(mona: FlaskClient, bench: int) -> None:
    body, kind = bytes(17 * 1024 * 1024), "multipart/form-data; boundary=x"
    answer = mona.post(f"/vaerksted/moebler/{bench}/foto", data=body, content_type=kind)
    assert answer.status_code == 413
    assert "Billedet er for stort. Tag et nyt." in answer.text
    assert 'type="file"' in answer.text


@pytest.mark.parametrize(("typed", "status"), [("", 200), ("99999", 422), ("æble", 422), ("9" * 30, 422), ("²", 422)])
def test_a_number_nobody_has_is_answered_with_a_sentence(
    mona: FlaskClient, bench: int, typed: str, status: int
) -> None:
    answer = mona.get("/vaerksted/scan", query_string={"nr": typed})
    assert answer.status_code == status
    assert ("findes ikke" in answer.text) == (typed.isascii() and status == 422)
    assert ("Skriv kun tal." in answer.text) == (not typed.isascii())


@pytest.mark.parametrize("target", ["", "maerke", "pris", "foto"])
def test_a_typed_number_leads_to_what_one_wanted(mona: FlaskClient, bench: int, target: str) -> None:
    answer = mona.get("/vaerksted/scan", query_string={"nr": str(bench), "til": target}, follow_redirects=True)
    assert answer.status_code == 200
    assert answer.request.path.endswith(f"{bench}/{target}".rstrip("/"))


def test_the_price_is_shown_and_cannot_be_set_here(mona: FlaskClient, bench: int) -> None:
    page = mona.get(f"/vaerksted/moebler/{bench}/pris").text
    assert "1.150" in page
    assert 'method="post" action="/vaerksted/moebler' not in page


def test_a_thing_that_is_not_there_is_not_found(mona: FlaskClient) -> None:
    for page in ("", "/foto", "/pris", "/maerke", "/maerke/nobody.pdf", "/maerke.png"):
        assert mona.get(f"/vaerksted/moebler/4711{page}").status_code == 404
