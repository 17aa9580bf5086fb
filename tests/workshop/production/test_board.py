"""Moving orders on the board, stopping one, and what comes along when one is opened."""

from __future__ import annotations

import io
import re
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from support import factories, people, photos

from workshop.core import clock, db
from workshop.core.access import Role
from workshop.production import numbering
from workshop.production.models import Lacking, OrderPicture, OrderState, OrderStep, ProductionOrder
from workshop.products.models import Item

PAGE = "/personale/produktion"


@pytest.fixture
def desk(client: FlaskClient) -> FlaskClient:
    with db.transaction() as session:
        email = factories.staff(session, roles=[Role.WORKSHOP], departments=[factories.department(session)]).email
    people.sign_in_staff(client, email)
    return client


@pytest.fixture
def order(app: Flask) -> str:
    with db.transaction() as session:
        found = factories.production_order(session, title="Havebænk i lærk", steps=2, pieces=2)
        found.due_on, found.lacking, found.lacking_note = date(2026, 12, 1), Lacking.MATERIAL, "6 m lærk"
        return found.public_id


def stored(public_id: str) -> ProductionOrder:
    with db.reading() as session:
        return session.scalars(sa.select(ProductionOrder).where(ProductionOrder.public_id == public_id)).one()


def undo_on(page: str) -> str:
    found = re.search(r'action="([^"]*/flyt/fortryd[^"]*)"', page)
    assert found, "the page offers no way back"
    return found[1].replace("&amp;", "&")


def test_a_move_can_be_undone_with_all_it_changed(desk: FlaskClient, order: str) -> None:
    moved = desk.post(f"{PAGE}/{order}/flyt", data={"due_on": "2026-12-04", "lacking": "", "version": "1"})
    page = desk.get(moved.location).text
    found = stored(order)
    assert (found.due_on, found.lacking) == (date(2026, 12, 4), None)
    assert desk.post(undo_on(page)).status_code == 303
    found = stored(order)
    assert (found.due_on, found.lacking, found.lacking_note) == (date(2026, 12, 1), Lacking.MATERIAL, "6 m lærk")


def test_an_undo_that_comes_late_changes_nothing(desk: FlaskClient, order: str) -> None:
    moved = desk.post(f"{PAGE}/{order}/flyt", data={"due_on": "2026-12-04", "lacking": "", "version": "1"})
    back = undo_on(desk.get(moved.location).text)
    desk.post(f"{PAGE}/{order}/flyt", data={"due_on": "2026-12-08", "lacking": "", "version": "2"})
    answer = desk.post(back, follow_redirects=True)
    assert "En anden har rettet ordren imens" in answer.text
    assert stored(order).due_on == date(2026, 12, 8)
    assert desk.post(f"{PAGE}/{order}/flyt/fortryd").status_code == 404


def test_the_board_carries_what_a_move_by_hand_sends(desk: FlaskClient, order: str) -> None:
    page = desk.get(PAGE).text
    assert f'data-order="{PAGE}/{order}/flyt" data-version="1" data-due_on="2026-12-01" data-lacking="material"' in page
    today = clock.local_day(clock.now())
    days = re.findall(r'<li data-day="([^"]*)">', page)
    assert days[-1] == ""
    assert all(date.fromisoformat(each).weekday() < 5 for each in days[:-1])
    assert date.fromisoformat(days[-2]) < today + timedelta(days=14)
    assert f"{PAGE}/{order}/flyt" in re.findall(r'href="([^"]*)"', page), "and without a script it is a link"


def test_stopping_is_asked_once(desk: FlaskClient, order: str) -> None:
    assert f"{PAGE}/{order}/stop" in desk.get(f"{PAGE}/{order}").text
    asked = desk.get(f"{PAGE}/{order}/stop").text
    assert "Stop Havebænk i lærk?" in asked
    assert stored(order).state is OrderState.OPEN
    desk.post(f"{PAGE}/{order}/stop", data={"version": "1"})
    assert stored(order).state is OrderState.CANCELLED
    assert desk.get(f"{PAGE}/{order}/stop").location.endswith(order)


def test_a_sketch_comes_along_when_an_order_is_opened(desk: FlaskClient) -> None:
    sent = {"title": "Bænk rundt om et træ", "sketch": (photos.jpeg(), "s.jpg")}
    answer = desk.post(f"{PAGE}/ny", data=sent)
    assert answer.status_code == 303
    with db.reading() as session:
        assert session.scalars(sa.select(OrderPicture.alt_text)).all() == ["Bænk rundt om et træ"]
    assert 'class="sketch__pic"' in desk.get(answer.location).text


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [({"title": "Bænk", "sketch": (io.BytesIO(b"none"), "s.jpg")}, "ikke et billede"), ({"title": ""}, "skal laves")],
)
def test_what_cannot_be_opened_leaves_neither_order_nor_picture(
    desk: FlaskClient, sent: dict[str, object], sentence: str
) -> None:
    answer = desk.post(f"{PAGE}/ny", data=sent)
    assert answer.status_code == 422
    assert sentence in answer.text
    with db.reading() as session:
        assert session.scalar(sa.select(sa.func.count(ProductionOrder.id))) == 0


def test_a_note_that_makes_nothing_ends_with_nothing(desk: FlaskClient) -> None:
    path = desk.post(f"{PAGE}/ny", data={"title": "Ryd op i brændeskuret", "is_note": "y"}).location
    assert desk.post(f"{path}/afslut", data={"reworked": "0", "rejected": "0", "version": "1"}).status_code == 303
    assert "Det skulle der heller ikke." in desk.get(path).text
    with db.reading() as session:
        assert session.scalar(sa.select(sa.func.count(Item.id))) == 0


def test_the_numbers_are_chosen_on_the_order_and_the_conflict_tells_of_them(desk: FlaskClient, order: str) -> None:
    data = {"title": "Bænke", "pieces": "2", "source": "other", "numbers": numbering.EACH, "version": "1"}
    assert desk.post(f"{PAGE}/{order}/ret", data=data).status_code == 303
    assert stored(order).options == {numbering.CHOICE: numbering.EACH}
    late = desk.post(f"{PAGE}/{order}/ret", data=data | {"numbers": numbering.ONE})
    assert late.status_code == 409
    assert "<dd>Et nummer til hver</dd>" in late.text
    assert desk.post(f"{PAGE}/{order}/ret", data=data | {"numbers": "", "version": "2"}).status_code == 303
    assert stored(order).options == {}


def test_a_picture_can_belong_to_one_step(desk: FlaskClient, order: str) -> None:
    with db.reading() as session:
        step = session.scalars(sa.select(OrderStep.public_id).order_by(OrderStep.position)).first()
    sent = {"photo": (photos.jpeg(), "s.jpg"), "step": step}
    assert desk.post(f"{PAGE}/{order}/billeder", data=sent).status_code == 303
    with db.reading() as session:
        picture = session.scalars(sa.select(OrderPicture)).one()
        assert (picture.step_id is not None, picture.alt_text) == (True, "Trin 1")
    assert desk.get(f"{PAGE}/{order}/arbejdskort.pdf").data.startswith(b"%PDF")


def test_what_a_finished_order_has_put_aside_is_asked_about_at_the_desk(desk: FlaskClient, order: str) -> None:
    path = f"{PAGE}/{order}/materialer/alt"
    assert desk.post(path, data={"deed": "slip", "once": "x" * 22}).status_code == 303
    assert desk.post(path, data={"deed": "andet", "once": "x" * 22}).status_code == 404


def test_a_batch_is_told_as_one_number_and_so_many(desk: FlaskClient, app: Flask) -> None:
    with db.transaction() as session:
        order = factories.production_order(session, title="Kasser", pieces=10, steps=1).public_id
    desk.post(f"{PAGE}/{order}/afslut", data={"reworked": "0", "rejected": "0", "version": "1"})
    assert "Det blev til et parti på 10 stk." in desk.get(f"{PAGE}/{order}").text


def test_the_same_form_sent_twice_opens_one_order(desk: FlaskClient) -> None:
    found = re.search(r'name="once"[^>]*value="([^"]{22})"', desk.get(PAGE).text)
    assert found, "the note carries no word"
    note = {"title": "Skru krog op", "is_note": "y", "once": found[1]}
    first, second = (desk.post(f"{PAGE}/ny", data=note) for _tap in range(2))
    assert first.location == second.location
    assert "Ordren var oprettet." in desk.get(second.location).text
    with db.reading() as session:
        assert session.scalar(sa.select(sa.func.count(ProductionOrder.id))) == 1
    assert desk.post(f"{PAGE}/ny", data=note | {"once": "<x>"}).location != first.location
