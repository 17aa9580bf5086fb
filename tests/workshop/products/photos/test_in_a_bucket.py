"""The whole way of a photo when the workshop keeps its photos in a bucket: nothing on the way is made up."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from conftest import make_settings
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from support import buckets, factories, people, photos

from shop.app import create_app
from workshop.core import clock, db, images, photo_store
from workshop.core.access import Role
from workshop.products.models import ItemPhoto
from workshop.products.photos import checking

pytestmark = pytest.mark.once  # what is tried is the bucket; the database is the same as everywhere


@pytest.fixture
def bucket() -> Iterator[buckets.Server]:
    with buckets.serve() as server:
        yield server


@pytest.fixture
def app(bucket: buckets.Server, database_url: str, tmp_path: Path) -> Iterator[Flask]:
    made = create_app(make_settings(database_url, tmp_path, **bucket.settings))
    yield made
    db.database().close()


@pytest.fixture
def desk(client: FlaskClient) -> FlaskClient:
    with db.transaction() as session:
        email = factories.staff(session, roles=[Role.WORKSHOP]).email
    people.sign_in_staff(client, email)
    return client


@pytest.fixture
def page(app: Flask) -> str:
    with db.transaction() as session:
        return f"/personale/moebler/{factories.item(session).number}"


def upload(desk: FlaskClient, page: str) -> str:
    data = {"photo": (io.BytesIO(photos.telling_jpeg()), "IMG.jpg"), "alt_text": "En bænk"}
    assert desk.post(f"{page}/billeder", data=data).status_code == 303
    with db.reading() as session:
        return session.scalars(sa.select(ItemPhoto.name)).one()


def test_a_photo_goes_into_the_bucket_and_comes_out_again(
    desk: FlaskClient, page: str, bucket: buckets.Server, tmp_path: Path
) -> None:
    name = upload(desk, page)
    lies = buckets.stored(bucket)
    assert all(f"<Key>fotos/{file}</Key>" in lies for file in images.files_of(name))
    assert not (tmp_path / "photos").exists()
    stranger = desk.application.test_client()
    assert stranger.get(f"/foto/{name}-400.webp").status_code == 404, "nobody has approved it"
    assert desk.post(f"{page}/billeder/{name}/godkend", data={"nobody": "y"}).status_code == 303
    for kind, form in (("avif", "AVIF"), ("webp", "WEBP"), ("jpg", "JPEG")):
        answer = stranger.get(f"/foto/{name}-400.{kind}")
        assert (answer.status_code, answer.mimetype) == (200, photo_store.MIME[kind])
        assert photos.MARKER.encode() not in answer.data
        with Image.open(io.BytesIO(answer.data)) as picture:
            assert (picture.format, picture.size) == (form, (400, 267))
    assert desk.post(f"{page}/billeder/{name}/fjern").status_code == 303
    assert "<Key>" not in buckets.stored(bucket)
    assert stranger.get(f"/foto/{name}-400.webp").status_code == 404


def test_a_file_that_is_gone_from_the_bucket_is_not_here(desk: FlaskClient, page: str, app: Flask) -> None:
    name = upload(desk, page)
    photo_store.of(app.extensions["settings"]).delete(f"{name}-400.webp")
    assert desk.get(f"/personale/foto/{name}-400.webp").status_code == 404
    assert desk.get(f"/personale/foto/{name}-400.jpg").status_code == 200


def test_a_bucket_that_does_not_answer_breaks_nothing_else(
    bucket: buckets.Server, desk: FlaskClient, page: str
) -> None:
    name = upload(desk, page)
    desk.post(f"{page}/billeder/{name}/godkend", data={"nobody": "y"})
    bucket.stop()
    stranger = desk.application.test_client()
    answer = stranger.get(f"/foto/{name}-400.webp")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
    assert "Prøv igen om lidt" in answer.text
    assert stranger.get("/").status_code == 200
    data = {"photo": (photos.jpeg(), "x.jpg"), "alt_text": "Bænken bagfra"}
    refused = desk.post(f"{page}/billeder", data=data)
    assert refused.status_code == 503
    assert "Billedet kan ikke gemmes lige nu" in refused.text
    assert "Bænken bagfra" in refused.text
    assert checking.sweep(desk.application.extensions["settings"], factories.NOW.replace(minute=17)) == 0
    assert desk.post(f"{page}/billeder/{name}/fjern").status_code == 303, "its files are taken by the check, later"
    assert stranger.get(f"/foto/{name}-400.webp").status_code == 404


def test_the_check_clears_a_bucket_too(desk: FlaskClient, page: str, app: Flask) -> None:
    name = upload(desk, page)
    store = photo_store.of(app.extensions["settings"])
    store.put("nobodys-400.jpg", b"left behind")
    assert checking.check(store, clock.now()).removed == (), "it may belong to an upload under way"
    found = checking.check(store, clock.now() + timedelta(hours=2))
    assert (found.removed, found.missing, found.photos) == (("nobodys-400.jpg",), (), 1)
    assert {each.name for each in store.files()} == set(images.files_of(name))
