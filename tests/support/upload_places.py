"""Every form of the house that takes a file, filled in as a person would, with another file each time."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.test import TestResponse

from shop.orders.models import Order
from tests.support import actors
from tests.support.page_forms import forms_of
from tests.support.photos import MARKER
from tests.support.uploads import Upload
from workshop.core import db
from workshop.core.config import Settings
from workshop.production.models import ProductionOrder, TaskType
from workshop.production.repairs.models import RepairJob
from workshop.products.models import Item, ItemState
from workshop.services.models import ServiceKind
from workshop.services.visits.models import Visit

ALLOWED = {302, 303, 400, 409, 413, 422}
TRACES = (
    b"Exif",
    MARKER.encode(),
    MARKER.encode("utf-16-le"),
    b"xmpmeta",
    b"ICC_PROFILE",
    b"<script",
    b"<?php",
    b"#!/bin",
)
FORMS = {  # every form class with a field for a file, and the places below that send it
    "workshop.products.photos.forms": ("item",),
    "workshop.tasks.kiosk.forms": ("tablet",),
    "workshop.production.repairs.forms": ("repair", "new repair"),
    "workshop.services.visits.forms": ("visit",),
    "workshop.production.types.forms": ("task type",),
    "workshop.production.stores.forms": ("goods in",),
    "workshop.production.pictures.views": ("production order",),
    "workshop.production.forms": ("new production order",),
    "shop.booking.forms": ("garden request", "garden request by phone"),
    "shop.orders.withdrawing.forms": ("complaint",),
    "workshop.products.importing.forms": ("list of things",),
    "workshop.services.prices.forms": ("list of postcodes",),
    "workshop.services.snow.forms": ("forecast",),
    "workshop.setup.forms": ("logo",),
}


@dataclass(frozen=True)
class Place:
    """A form that takes a file: what it is called here, the browser that sends it, its page, what is typed besides."""

    name: str
    client: FlaskClient
    page: str
    typed: dict[str, str]


def places(app: Flask, settings: Settings) -> list[Place]:
    """All of them, in the filled demo."""
    desk, tablet, visitor = actors.desk(app), actors.tablet(app, "Mona", settings), actors.browser(app)
    with db.reading() as session:

        def one(column: Any, *where: Any) -> Any:
            return session.scalars(sa.select(column).where(*where).limit(1)).one()

        number, order = one(Item.number, Item.state == ItemState.FOR_SALE), one(ProductionOrder.public_id)
        made = one(Item.number, Item.state == ItemState.MADE)
        bought = one(Order.public_id, Order.handed_over_at.is_not(None))
        repair, visit, task, slug = (
            one(column) for column in (RepairJob.public_id, Visit.public_id, TaskType.key, ServiceKind.slug)
        )
    actors.hold_order(visitor, bought)
    asked = {"navn": "Ane Eksempel", "telefon": "20304050", "mail": "ane@kunde.example", "vej": "Eksempelvej 1",
             "postnr": "3210", "maengde": "30", "besked": "Se billedet."}  # fmt: skip
    brought = {"title": "Stol", "faults": "Løs", "owner_name": "Vera", "owner_phone": "20304050"}
    service, garden = "/personale/service", "/personale/produktion"
    return [
        Place("item", desk, f"/personale/moebler/{number}", {"alt_text": "Bænken"}),
        Place("tablet", tablet.client, f"/vaerksted/moebler/{made}/foto", {}),
        Place("repair", desk, f"{garden}/indleveret/{repair}", {"phase": "before", "alt_text": "Sådan"}),
        Place("new repair", desk, f"{garden}/indleveret/ny", brought),
        Place("visit", desk, f"{service}/besoeg/{visit}", {"phase": "before"}),
        Place("task type", desk, f"{garden}/opgavetyper/{task}", {"alt_text": "Hænder"}),
        Place("goods in", desk, f"{garden}/lager/ind", {"amount": "2"}),
        Place("production order", desk, f"{garden}/{order}", {"alt_text": "Skitse"}),
        Place("new production order", desk, f"{garden}/ny", {"pieces": "1", "title": "Bænk"}),
        Place("garden request", visitor, f"/service/{slug}", asked),
        Place("garden request by phone", desk, f"{service}/ny/{slug}", asked),
        Place("list of things", desk, "/personale/moebler/import", {}),
        Place("list of postcodes", desk, f"{service}/omraade", {}),
        Place("forecast", desk, "/personale/sne", {}),
        Place("logo", desk, "/personale/indstillinger/vaerkstedet", {}),
        Place("complaint", visitor, f"/ordre/{bought}/reklamation", {"tekst": "Benet er løst."}),
    ]


def send(place: Place, upload: Upload, body: bytes) -> TestResponse:
    """The place's form with this file in it."""
    form = next(each for each in forms_of(place.client.get(place.page).text, place.page) if each.files)
    data: dict[str, Any] = {**form.fields, **place.typed}
    data[form.files[0]] = (io.BytesIO(body), upload.name, upload.kind)
    answer = place.client.post(form.action, data=data, content_type="multipart/form-data")
    answer.request.environ["wsgi.input"].close()  # what is large lies in a file, which nobody else closes
    return answer


def wrong_with(folder: Path, known: set[str], sent: set[bytes]) -> list[str]:
    """What is wrong with the photo files that are new in a folder: the upload itself, or a trace of the camera."""
    found = []
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.name in known:
            continue
        known.add(path.name)
        body = path.read_bytes()
        if body in sent:
            found.append(f"{path.suffix}: kept as it was sent")
        found += [f"{path.suffix}: {trace!r}" for trace in TRACES if trace in body]
        with Image.open(io.BytesIO(body)) as picture:
            picture.load()
            if picture.getexif() or {"exif", "xmp", "icc_profile", "comment"} & picture.info.keys():
                found.append(f"{path.suffix}: metadata")
    return found
