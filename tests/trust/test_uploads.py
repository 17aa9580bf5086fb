"""T10: no upload breaks a page, is kept as it came, or tells where it was taken. All of them: `make soak`."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest
from flask import Flask
from wtforms import FileField
from wtforms.fields.core import UnboundField

from tests.support import photos, upload_places, uploads
from workshop.core import images, photo_store
from workshop.core.config import Settings
from workshop.core.forms import BaseForm

pytestmark = pytest.mark.once  # what is asked of the answers does not depend on the database
SEED = int(os.environ.get("TRUST_SEED", "20261122"))
A_TWENTIETH = 1 / 20


@pytest.fixture
def filled(demo: Flask) -> Flask:
    return demo


def test_no_upload_breaks_a_page_or_is_kept_as_it_came(filled: Flask, settings: Settings) -> None:
    known: set[str] = set()
    wrong = []
    for number, place in enumerate(upload_places.places(filled, settings)):
        for upload in uploads.some(SEED + number, A_TWENTIETH):
            body = upload.make()
            status = upload_places.send(place, upload, body).status_code
            faults = upload_places.wrong_with(settings.photos_dir, known, {body})
            if status not in upload_places.ALLOWED or faults:
                wrong.append((place.name, upload.what, status, faults))
    assert wrong == [], f"seed {SEED}"


def test_a_fair_photo_is_taken_at_every_place(filled: Flask, settings: Settings) -> None:
    """Without this the test above would pass on forms that refuse everything."""
    fair = uploads.Upload("fair", "x.jpg", uploads.JPEG, photos.telling_jpeg)
    for place in upload_places.places(filled, settings):
        if place.name.startswith(("list", "forecast")):
            continue
        before = len(list(settings.photos_dir.glob("*")))
        answer = upload_places.send(place, fair, fair.make())
        assert answer.status_code == 303, (place.name, answer.status_code, answer.text)
        assert len(list(settings.photos_dir.glob("*"))) == before + len(images.files_of("x")), place.name


def test_every_form_that_takes_a_file_is_tried() -> None:
    waiting, found = [BaseForm], set()
    while waiting:
        kind = waiting.pop()
        waiting += kind.__subclasses__()
        fields = [value.field_class for value in vars(kind).values() if isinstance(value, UnboundField)]
        if any(issubclass(each, FileField) for each in fields):
            found.add(kind.__module__)
    assert found == upload_places.FORMS.keys()


def test_a_photo_kept_as_it_came_would_be_seen(tmp_path: Path) -> None:
    body = photos.telling_jpeg()
    (tmp_path / "x-400.jpg").write_bytes(body)
    faults = upload_places.wrong_with(tmp_path, set(), {body})
    assert ".jpg: kept as it was sent" in faults
    assert ".jpg: b'Exif'" in faults
    kept = images.store(io.BytesIO(body), photo_store.Folder(tmp_path))
    known = {"x-400.jpg"}
    assert upload_places.wrong_with(tmp_path, known, {body}) == []
    assert len(known) == 1 + len(images.files_of(kept.name))


def test_there_are_two_hundred_of_them_and_no_two_are_called_the_same() -> None:
    every = uploads.corpus(SEED)
    assert len(every) == len({each.what for each in every}) == uploads.HOW_MANY
