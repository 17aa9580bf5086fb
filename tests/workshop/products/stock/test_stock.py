"""What there is of a thing is the sum of what came and went, whatever happens and in whatever order."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from support import factories, people

from shop.commands import program
from workshop.core import db
from workshop.core.access import Role
from workshop.core.config import Settings
from workshop.core.errors import Refusal
from workshop.products import actions as products
from workshop.products.counting import actions as counting
from workshop.products.models import Item, ItemState, StockCause, StockMovement
from workshop.products.stock import actions, queries
from workshop.products.stock.actions import Why

ROUNDS, DEEDS = 6, 60
Deed = Callable[[Session, Item, random.Random, datetime], None]


def correct(session: Session, item: Item, why: Why, pieces: int, now: datetime, note: str = "") -> int:
    seen = queries.how_many_movements(session, item.id)
    return actions.correct(
        session, item, why=why, pieces=pieces, note=note, seen=seen, now=now, by_staff_id=None
    )  # fmt: skip


def lines(session: Session, item: Item) -> list[tuple[int, int, StockCause]]:
    return [(line.change, line.left, line.cause) for line in queries.movements(session, item.id)]


def test_every_correction_has_its_cause(session: Session, now: datetime) -> None:
    batch = factories.item(session, title="Pinde", quantity=40)
    assert correct(session, batch, Why.MADE, 10, now) == 50
    assert correct(session, batch, Why.SCRAPPED, 3, now, note="Våde") == 47
    assert correct(session, batch, Why.USED, 2, now) == 45
    assert correct(session, batch, Why.COUNTED, 44, now) == 44
    assert lines(session, batch) == [
        (-1, 44, StockCause.COUNTED),
        (-2, 45, StockCause.USED),
        (-3, 47, StockCause.SCRAPPED),
        (10, 50, StockCause.MADE),
        (40, 40, StockCause.MADE),
    ]
    assert queries.movements(session, batch.id)[2].note == "Våde"
    assert queries.faults(session) == []


@pytest.mark.parametrize("why", [Why.SCRAPPED, Why.USED, Why.COUNTED])
def test_the_last_piece_takes_the_thing_out_of_the_shop(session: Session, now: datetime, why: Why) -> None:
    bench = factories.item(session)
    assert correct(session, bench, why, 0 if why is Why.COUNTED else 1, now) == 0
    assert bench.state is ItemState.WITHDRAWN
    assert correct(session, bench, Why.COUNTED, 1, now) == 1
    assert bench.state is ItemState.WITHDRAWN, "that it turned up again does not put it up for sale"


def test_a_thing_of_its_own_never_becomes_two(session: Session, now: datetime) -> None:
    with pytest.raises(Refusal, match="ét eksemplar"):
        correct(session, factories.item(session), Why.MADE, 1, now)


def test_what_customers_pay_for_cannot_be_taken(session: Session, now: datetime) -> None:
    batch = factories.item(session, title="Pinde", quantity=5)
    products.hold(session, batch.id, 4)
    with pytest.raises(Refusal, match="reserveret"):
        correct(session, batch, Why.SCRAPPED, 2, now)
    assert correct(session, batch, Why.SCRAPPED, 1, now) == 4


def test_a_sold_thing_is_not_corrected_here(session: Session, now: datetime) -> None:
    bench = factories.item(session)
    products.hold(session, bench.id, 1)
    products.sell_held(session, bench.id, 1, reference="2026-0001", now=now)
    with pytest.raises(Refusal, match="ordren"):
        correct(session, bench, Why.COUNTED, 1, now)


def test_an_old_page_changes_nothing(session: Session, now: datetime) -> None:
    batch = factories.item(session, title="Pinde", quantity=40)
    for _press in range(2):
        with contextlib.suppress(actions.Overtaken):
            actions.correct(session, batch, why=Why.MADE, pieces=10, seen=1, now=now, by_staff_id=None)
    assert batch.quantity == 50


def sell(session: Session, item: Item, chance: random.Random, now: datetime) -> None:
    pieces = chance.randint(1, 4)
    if products.hold(session, item.id, pieces) and chance.random() < 0.7:
        products.sell_held(session, item.id, pieces, reference="2026-0001", now=now)


def let_go(session: Session, item: Item, chance: random.Random, now: datetime) -> None:
    products.release(session, item.id, chance.randint(1, 4))


def take_back(session: Session, item: Item, chance: random.Random, now: datetime) -> None:
    sold = sum(
        -move.change if move.cause is StockCause.SOLD else (-move.change if move.cause is StockCause.RETURNED else 0)
        for move in session.scalars(sa.select(StockMovement).where(StockMovement.item_id == item.id))
    )
    if sold:
        products.return_to_stock(session, item.id, chance.randint(1, sold), reference="2026-0001", now=now)


def correct_it(session: Session, item: Item, chance: random.Random, now: datetime) -> None:
    correct(session, item, chance.choice(list(Why)), chance.randint(0, 6), now)


def adjust(session: Session, item: Item, chance: random.Random, now: datetime) -> None:
    cause = chance.choice([StockCause.COUNTED, StockCause.SCRAPPED, StockCause.USED, StockCause.MADE])
    products.adjust_stock(
        session, item, change=chance.randint(-6, 6), cause=cause, reference="", now=now, by_staff_id=None
    )


def count_it(session: Session, item: Item, chance: random.Random, now: datetime) -> None:
    count = counting.begin(session, place="", now=now, by_staff_id=None)
    counting.see(session, count, item, chance.randint(0, 1 if item.is_one_of_a_kind else 8), now=now)
    sell(session, item, chance, now + timedelta(seconds=1))
    counting.finish(session, count, now=now)
    counting.apply(session, count, now=now + timedelta(seconds=2), by_staff_id=None)


def in_and_out(session: Session, item: Item, chance: random.Random, now: datetime) -> None:
    products.withdraw(session, item, now=now, by_staff_id=None)
    products.approve(session, item, now=now, by_staff_id=None)


def regret(session: Session, item: Item, chance: random.Random, now: datetime) -> None:
    products.regret_birth(session, item, now=now)


SEVERAL: list[Deed] = [sell, sell, let_go, take_back, correct_it, adjust, count_it, in_and_out, regret]


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_any_order_of_deeds_leaves_the_stock_true(app: Flask, now: datetime, seed: int) -> None:
    chance = random.Random(seed)
    with db.transaction() as session:
        ids = [factories.item(session, title="Ting", quantity=pieces).id for pieces in (1, 1, 3, 12)]
    done = refused = 0
    for turn in range(DEEDS):
        deed, item_id = chance.choice(SEVERAL), chance.choice(ids)
        try:
            with db.transaction() as session:
                deed(session, session.get_one(Item, item_id), chance, now + timedelta(minutes=turn))
            done += 1
        except Refusal:
            refused += 1
        with db.reading() as session:
            assert queries.faults(session) == [], f"after {deed.__name__}"
            for item in session.scalars(sa.select(Item).where(Item.id.in_(ids))):
                assert 0 <= item.held <= item.quantity
    assert done > DEEDS / 3
    assert refused


def plant(number: int) -> None:
    """Change a quantity behind the house's back."""
    with db.transaction() as session:
        session.execute(sa.update(Item).where(Item.number == number).values(quantity=Item.quantity + 2))


def test_the_check_names_what_is_off(app: Flask) -> None:
    with db.transaction() as session:
        good, bad = (factories.item(session, title="Pinde", quantity=5).number for _each in range(2))
    said = app.test_cli_runner().invoke(program.commands["stock-check"])
    assert (said.exit_code, "stemmer" in said.output) == (0, True)
    plant(bad)
    said = app.test_cli_runner().invoke(program.commands["stock-check"])
    assert said.exit_code == 1
    assert f"Nr. {bad}, Pinde: lageret siger 7, bevægelserne giver 5." in said.output
    assert f"Nr. {good}" not in said.output


def test_a_thing_without_any_movement_is_off_too(session: Session) -> None:
    item = factories.item(session)
    session.execute(sa.delete(StockMovement).where(StockMovement.item_id == item.id))
    assert [fault.number for fault in queries.faults(session)] == [item.number]


@pytest.fixture
def desk(client: FlaskClient, settings: Settings) -> FlaskClient:
    with db.transaction() as session:
        email = factories.staff(session, name="Tove Ravnsbjerg").email
    people.sign_in_staff(client, email)
    return client


@pytest.fixture
def batch(app: Flask) -> int:
    with db.transaction() as session:
        return factories.item(session, title="Optændingspinde", quantity=40).number


def test_staff_correct_the_number_and_see_who_did(desk: FlaskClient, batch: int) -> None:
    path = f"/personale/moebler/{batch}/lager"
    assert "40 på lager" in desk.get(path).text
    sent = {"why": "scrapped", "pieces": "3", "note": "Våde", "seen": "1"}
    assert desk.post(path, data=sent).status_code == 303
    page = desk.get(path).text
    assert "37 på lager" in page
    assert "−3" in page
    assert "Våde" in page
    assert "Tove Ravnsbjerg" in page
    again = desk.post(path, data=sent)
    assert again.status_code == 409
    assert "Der er nu 37" in again.text
    assert 'name="seen" type="hidden" value="2"' in again.text, "sending again is a choice, not an accident"


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"why": "made"}, "hvor mange"),
        ({"why": "made", "pieces": "mange"}, "Ikke et gyldigt|helt tal|tal"),
        ({"why": "made", "pieces": "0"}, "Skriv, hvor mange det er."),
        ({"why": "sold", "pieces": "1"}, "Vælg, hvad der er sket."),
        ({"pieces": "1"}, "Vælg, hvad der er sket."),
        ({"why": "scrapped", "pieces": "41"}, "Så mange er der ikke."),
        ({"why": "made", "pieces": "9" * 40}, "tal"),
        ({"why": "made", "pieces": "9999"}, "Så mange kan der ikke stå"),
        ({"why": "made", "pieces": "1", "note": "x" * 61}, "Teksten er for lang"),
        ({"why": "made", "pieces": "1", "seen": "x"}, "Siden er for gammel"),
    ],
)
def test_what_cannot_be_is_said(desk: FlaskClient, batch: int, sent: dict[str, str], sentence: str) -> None:
    answer = desk.post(f"/personale/moebler/{batch}/lager", data={"seen": "1", **sent})
    assert answer.status_code == 422
    assert any(part in answer.text for part in sentence.split("|"))
    with db.reading() as session:
        assert session.scalar(sa.select(Item.quantity)) == 40


def test_who_may_only_read_sees_no_form(client: FlaskClient, batch: int) -> None:
    with db.transaction() as session:
        email = factories.staff(session, roles=[Role.CONSULTANT]).email
    people.sign_in_staff(client, email)
    assert "Gem antallet" not in client.get(f"/personale/moebler/{batch}/lager").text
    assert client.post(f"/personale/moebler/{batch}/lager", data={}).status_code == 403
    assert client.get("/personale/moebler/99999/lager").status_code == 404
