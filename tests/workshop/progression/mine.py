"""A citizen in front of their own pages: at the shared tablet, or with a phone of their own."""

from __future__ import annotations

from flask import Flask
from flask.testing import FlaskClient
from support import people

from tests.workshop.progression.scene import Scene, browser
from workshop.accounts.phones import actions as phones
from workshop.citizens.models import Citizen
from workshop.core import clock, db


def on_phone(app: Flask, scene: Scene) -> FlaskClient:
    """Mona on her own phone, signed in with her code."""
    now = clock.now()
    with db.transaction() as session:
        at = session.get_one(Citizen, scene.mona).department_id
        ticket = phones.ticket(session, scene.account, scene.lone, now)
        made = phones.enrol(session, ticket, people.PIN, now, pepper=people.PEPPER, department_of=lambda _account: at)
        assert made is not None
        key = made.key
    client: FlaskClient = browser(app)
    client.set_cookie("tablet", key)
    answer = client.post("/vaerksted/min-kode", data={"pin": people.PIN})
    assert answer.status_code == 303, answer.text
    return client


def pdf_text(body: bytes) -> str:
    """What a PDF says."""
    # Imported here: only a few tests read a PDF, and the library is large.
    import pypdfium2

    document = pypdfium2.PdfDocument(body)
    text = "".join(page.get_textpage().get_text_range() for page in document)
    document.close()
    return " ".join(text.split())
