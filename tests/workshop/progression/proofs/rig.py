"""Mona with something agreed, and a proof of it."""

from __future__ import annotations

from collections.abc import Sequence

import pypdfium2
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.workshop.progression.scene import Scene
from workshop.accounts.models import Account
from workshop.accounts.phones import actions as phones
from workshop.citizens.models import Citizen
from workshop.core import clock, db
from workshop.core.config import Settings
from workshop.progression.proofs import actions, keys
from workshop.progression.proofs.credential import Issuer
from workshop.progression.proofs.models import Proof

KEYS = (bytes(range(32)),)
ISSUER = Issuer("https://butik.example", "Værkstedet i Helsinge", "hej@butik.example")
SAID = "Har slebet seks bænke, så lakken sad glat. Valgte selv papiret."
ADDRESS = "/personale/borgere/{0}/beviser"


def make(scene: Scene, *, narrative: str = SAID, is_agreed: bool = True, master_keys: Sequence[bytes] = KEYS) -> Proof:
    """As the page does."""
    with db.transaction() as session:
        session.expire_on_commit = False
        return actions.make(
            session,
            session.get_one(Citizen, scene.mona),
            competence_key=scene.key,
            narrative=narrative,
            is_agreed=is_agreed,
            by_staff_id=scene.lone,
            issuer=ISSUER,
            master_keys=master_keys,
            now=scene.now,
        )


def proofs() -> list[Proof]:
    with db.reading() as session:
        return list(session.scalars(sa.select(Proof).order_by(Proof.id)))


def published() -> list[dict[str, str]]:
    with db.reading() as session:
        return keys.published(session, ISSUER.address)


def own_phone(app: Flask, scene: Scene, settings: Settings, pin: str) -> FlaskClient:
    """A phone of Mona's own, with her signed in on it."""
    now = clock.now()
    client = app.test_client()
    client.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
    with db.transaction() as session:
        account = session.get_one(Account, scene.account)
        at = session.get_one(Citizen, scene.mona).department_id
        token = phones.ticket(session, account.id, scene.lone, now)
        made = phones.enrol(session, token, pin, now, pepper=settings.pin_pepper, department_of=lambda _account: at)
    assert made is not None
    client.set_cookie("tablet", made.key)
    with client.session_transaction() as cookie:
        cookie["_user_id"] = made.token
    return client


def words_of(pdf: bytes) -> str:
    """The words on every page of a paper."""
    document = pypdfium2.PdfDocument(pdf)
    return " ".join(page.get_textpage().get_text_range() for page in document)
