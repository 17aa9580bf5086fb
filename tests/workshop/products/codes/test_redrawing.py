"""Codes drawn anew when the shop gets another address."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Flask
from support import factories

from workshop.core import db
from workshop.products import catalogue
from workshop.products.codes import actions, redrawing
from workshop.products.models import Item, ItemCode
from workshop.products.qr import make_qr

NEW_URL = "https://ny.butik.example"


def test_every_symbol_leads_to_the_new_address_and_tokens_stay(app: Flask) -> None:
    with db.transaction() as session:
        item = factories.item(session)
        actions.renew(session, item, base_url=factories.BASE_URL, now=factories.NOW, by_staff_id=None)
        actions.reserve(session, 2, base_url=factories.BASE_URL, now=factories.NOW, by_staff_id=None)
        token, version = item.qr_token, item.version
    with db.reading() as session:
        before = catalogue.mark(session)
    assert list(redrawing.redraw_all(NEW_URL)) == [(1, 4), (4, 4)]
    with db.reading() as session:
        item = session.scalars(sa.select(Item)).one()
        assert (item.qr_token, item.version) == (token, version)
        assert item.qr_path == make_qr(f"{NEW_URL}/q/{token}").path
        for code in session.scalars(sa.select(ItemCode)):
            assert code.qr_path == make_qr(f"{NEW_URL}/q/{code.token}").path
        assert catalogue.mark(session) != before


def test_many_things_are_drawn_in_batches(app: Flask) -> None:
    with db.transaction() as session:
        for _number in range(5):
            factories.item(session)
    redrawing_batch = redrawing.BATCH
    try:
        redrawing.BATCH = 2
        assert [progress.done for progress in redrawing.redraw_all(NEW_URL)] == [2, 4, 5]
    finally:
        redrawing.BATCH = redrawing_batch


def test_a_workshop_without_things_has_nothing_to_draw(app: Flask) -> None:
    assert list(redrawing.redraw_all(NEW_URL)) == []
