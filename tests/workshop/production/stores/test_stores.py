"""What there is of a material is the sum of what came and went, and orders get what they are promised."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session
from support import factories

from shop.commands import program
from workshop.core import db
from workshop.core.errors import Refusal
from workshop.production import actions as production
from workshop.production.models import MaterialCause, MaterialMovement, MaterialStock, ProductionOrder
from workshop.production.stores import actions, amounts, queries
from workshop.production.stores.ledger import Why
from workshop.products.materials import actions as materials
from workshop.products.materials import queries as used
from workshop.products.models import Material, Origin, ProductMaterial

ROUNDS, DEEDS = 6, 70
Deed = Callable[[Session, Material, ProductionOrder, random.Random, datetime], object]


def because(cause: MaterialCause, now: datetime, **more: object) -> Why:
    return Why(cause, now, **more)  # type: ignore[arg-type]  # the names of its fields


def wood(
    session: Session, now: datetime, *, there: str = "4.5", unit: str = "m", name: str = "Lærkebræt", cost: int = 3200
) -> Material:
    made = materials.add_material(session, name=name, unit=unit, unit_cost_ore=cost, origin=Origin.BOUGHT)
    if Decimal(there):
        actions.put_in(session, made, Decimal(there), because(MaterialCause.BOUGHT, now))
    return made


def order_of(session: Session, takes: dict[Material, str], *, pieces: int = 1, title: str = "Bænk") -> ProductionOrder:
    kind = factories.product_type(session, route=[factories.task_type(session)])
    for material, quantity in takes.items():
        row = ProductMaterial(product_type_id=kind.id, material_id=material.id, quantity=Decimal(quantity))
        session.add(row)
    session.flush()
    return factories.production_order(session, kind=kind, pieces=pieces, title=title)


def stands(session: Session, material: Material) -> tuple[str, str]:
    row = queries.stock_of(session, material.id)
    return amounts.text(row.quantity), amounts.text(row.reserved)


@pytest.mark.once
@pytest.mark.parametrize(
    ("typed", "read"),
    [("2", "2"), ("2,5", "2,5"), ("0,125", "0,125"), ("1.250", "1.250"), ("2.5", "2,5"), (" 1.250,50 ", "1.250,5")],
)
def test_amounts_are_read_as_danes_write_them(typed: str, read: str) -> None:
    assert amounts.text(amounts.parse(typed)) == read


@pytest.mark.once
@pytest.mark.parametrize("typed", ["", "mange", "-1", "1e9", "0,1234", "999999", "1,2,3", "٣", "9" * 400])
def test_what_is_no_amount_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="Skriv"):
        amounts.parse(typed)


def test_every_cause_is_written_with_its_change(session: Session, now: datetime) -> None:
    board = wood(session, now)
    assert actions.put_in(session, board, Decimal("2.25"), because(MaterialCause.RECLAIMED, now, note="En kasse"))
    assert actions.scrap(session, board, Decimal("0.75"), because(MaterialCause.SCRAPPED, now))
    actions.count(session, board, Decimal(7), because(MaterialCause.COUNTED, now), seen=3)
    lines = [(line.change, line.left, line.cause) for line in queries.movements(session, board.id)]
    assert lines == [
        (Decimal(1), Decimal(7), MaterialCause.COUNTED),
        (Decimal("-0.75"), Decimal(6), MaterialCause.SCRAPPED),
        (Decimal("2.25"), Decimal("6.75"), MaterialCause.RECLAIMED),
        (Decimal("4.5"), Decimal("4.5"), MaterialCause.BOUGHT),
    ]
    assert queries.faults(session) == []


def test_tenths_add_up_and_can_be_given_out_again(session: Session, now: datetime) -> None:
    board = wood(session, now, there="0")
    for tenths in ("0.7", "0.1"):  # as binary fractions a little less than 0.8
        actions.put_in(session, board, Decimal(tenths), because(MaterialCause.RECLAIMED, now, reference=tenths))
    order = order_of(session, {board: "0.8"})
    assert actions.reserve(session, order.id, board, Decimal("0.8")) == Decimal("0.8")
    actions.use(session, order.id, board, Decimal("0.8"), because(MaterialCause.USED, now))
    assert stands(session, board) == ("0", "0")
    assert queries.faults(session) == []


def test_more_than_there_is_is_refused_with_how_much_there_is(session: Session, now: datetime) -> None:
    board = wood(session, now)
    order = order_of(session, {board: "6"})
    said = r"^Der er 4,5\xa0m\. Skriv højst 4,5\.$"
    with pytest.raises(Refusal, match=said):
        actions.scrap(session, board, Decimal(5), because(MaterialCause.SCRAPPED, now))
    with pytest.raises(Refusal, match=said):
        actions.use(session, order.id, board, Decimal(5), because(MaterialCause.USED, now))
    with pytest.raises(Refusal, match=said):
        actions.reserve(session, order.id, board, Decimal(5))
    assert stands(session, board) == ("4,5", "0")


def test_what_is_promised_to_one_order_is_not_taken_by_another(session: Session, now: datetime) -> None:
    board = wood(session, now)
    mine, other = order_of(session, {board: "3"}), order_of(session, {board: "3"})
    assert actions.reserve(session, mine.id, board, None) == 3
    with pytest.raises(Refusal, match=r"1,5.* Resten er lagt til side til andre"):
        actions.use(session, other.id, board, Decimal(2), because(MaterialCause.USED, now))
    with pytest.raises(Refusal, match=r"lagt til side til ordrer\. Skriv højst 1,5"):
        actions.scrap(session, board, Decimal(2), because(MaterialCause.SCRAPPED, now))
    with pytest.raises(Refusal, match="Skriv mindst 3"):
        actions.count(session, board, Decimal(2), because(MaterialCause.COUNTED, now), seen=1)
    assert actions.reserve(session, other.id, board, None) == Decimal("1.5"), "all that is free"
    assert actions.use(session, mine.id, board, Decimal(3), because(MaterialCause.USED, now))
    assert stands(session, board) == ("1,5", "1,5")


def test_pieces_are_whole(session: Session, now: datetime) -> None:
    hinge = wood(session, now, there="10", unit="stk", name="Hængsel")
    order = order_of(session, {hinge: "1.5"}, pieces=3)
    (line,) = queries.order_lines(session, order.id)
    assert line.needed == 5, "half a hinge is a hinge"
    for deed in (
        lambda: actions.put_in(session, hinge, Decimal("0.5"), because(MaterialCause.DONATED, now)),
        lambda: actions.reserve(session, order.id, hinge, Decimal("1.5")),
        lambda: actions.need(session, order.id, hinge, Decimal("1.5")),
    ):
        with pytest.raises(Refusal, match="helt tal"):
            deed()


def test_what_a_type_takes_is_needed_until_somebody_says_otherwise(session: Session, now: datetime) -> None:
    board, oil = wood(session, now), wood(session, now, name="Olie", unit="l", there="1")
    order = order_of(session, {board: "2.5", oil: "0.2"}, pieces=2)
    assert {line.name: line.needed for line in queries.order_lines(session, order.id)} == {
        "Lærkebræt": Decimal(5),
        "Olie": Decimal("0.4"),
    }
    actions.need(session, order.id, board, Decimal(6))
    rope = wood(session, now, name="Reb", there="0")
    actions.need(session, order.id, rope, Decimal(2))
    by_name = {line.name: line for line in queries.order_lines(session, order.id)}
    assert (by_name["Lærkebræt"].needed, by_name["Lærkebræt"].lacks) == (Decimal(6), Decimal("1.5"))
    assert by_name["Reb"].lacks == 2
    assert queries.stock_of(session, board.id).needed == 6


def test_a_rest_goes_back_but_never_more_than_was_used(session: Session, now: datetime) -> None:
    board = wood(session, now)
    order = order_of(session, {board: "4"})
    actions.use(session, order.id, board, Decimal(4), because(MaterialCause.USED, now, order_id=order.id))
    with pytest.raises(Refusal, match="Skriv højst 4"):
        actions.bring_back(session, order.id, board, Decimal(5), because(MaterialCause.LEFT_OVER, now))
    actions.bring_back(session, order.id, board, Decimal("1.5"), because(MaterialCause.LEFT_OVER, now))
    (line,) = queries.order_lines(session, order.id)
    assert (line.spent, line.remaining, stands(session, board)) == (Decimal("2.5"), Decimal("1.5"), ("2", "0"))


def test_the_same_form_counts_once(session: Session, now: datetime) -> None:
    board = wood(session, now)
    order = order_of(session, {board: "4"})
    came = because(MaterialCause.DONATED, now, reference="a form")
    assert [actions.put_in(session, board, Decimal(2), came) for _tap in range(2)] == [True, False]
    assert actions.put_in(session, board, Decimal(3), came), "another amount is another gift"
    spent = because(MaterialCause.USED, now, reference="another form")
    assert [actions.use(session, order.id, board, Decimal(1), spent) for _tap in range(2)] == [True, False]
    assert stands(session, board) == ("8,5", "0")


def test_an_old_page_counts_nothing(session: Session, now: datetime) -> None:
    board = wood(session, now)
    with pytest.raises(actions.Overtaken, match="4,5"):
        actions.count(session, board, Decimal(2), because(MaterialCause.COUNTED, now), seen=0)


def test_a_finished_order_keeps_what_went_into_each_piece_and_is_asked_about_the_rest(
    session: Session, now: datetime
) -> None:
    board, oil = wood(session, now, there="20"), wood(session, now, name="Olie", unit="l", there="2", cost=14_000)
    order = order_of(session, {board: "5", oil: "0.2"}, pieces=2)
    actions.reserve_all(session, order.id)
    actions.use(session, order.id, board, Decimal(9), because(MaterialCause.USED, now, order_id=order.id))
    actions.bring_back(session, order.id, board, Decimal(2), because(MaterialCause.LEFT_OVER, now, order_id=order.id))
    board.unit_cost_ore = 4000
    items = production.receive(session, order.id, base_url=factories.BASE_URL, now=now)
    for item in items:
        (line,) = used.used_in(session, item.id)
        assert (line.name, line.quantity, line.unit_cost_ore) == ("Lærkebræt", Decimal("3.5"), 4000)
    assert (stands(session, board), stands(session, oil)) == (("13", "1"), ("2", "0,4")), "nobody has said of it yet"
    assert [actions.use_reserved(session, order.id, because(MaterialCause.USED, now)) for _tap in range(2)] == [
        True,
        False,
    ]
    assert (stands(session, board), stands(session, oil)) == (("12", "0"), ("1,6", "0"))
    for item in items:
        told = {line.name: (line.quantity, line.unit_cost_ore) for line in used.used_in(session, item.id)}
        assert told == {"Lærkebræt": (Decimal(4), 4000), "Olie": (Decimal("0.2"), 14_000)}
    assert queries.faults(session) == []
    with pytest.raises(Refusal, match="åben"):
        actions.bring_back(session, order.id, board, Decimal(1), because(MaterialCause.LEFT_OVER, now))


def test_what_a_finished_order_did_not_use_is_free_again_when_somebody_says_so(session: Session, now: datetime) -> None:
    board = wood(session, now, there="20")
    order = order_of(session, {board: "5"}, pieces=2)
    actions.reserve_all(session, order.id)
    production.receive(session, order.id, base_url=factories.BASE_URL, now=now)
    assert stands(session, board) == ("20", "10")
    assert [actions.put_back(session, order.id) for _tap in range(2)] == [True, False]
    assert stands(session, board) == ("20", "0")
    assert queries.faults(session) == []


def test_a_stopped_order_gives_back_what_it_was_promised(session: Session, now: datetime) -> None:
    board = wood(session, now)
    order = order_of(session, {board: "4"})
    actions.reserve_all(session, order.id)
    assert stands(session, board) == ("4,5", "4")
    production.cancel_order(session, order, now=now)
    assert stands(session, board) == ("4,5", "0")


def test_everything_put_aside_is_used_in_one_go(session: Session, now: datetime) -> None:
    board, oil = wood(session, now), wood(session, now, name="Olie", unit="l", there="1")
    order = order_of(session, {board: "4", oil: "0.2"})
    actions.reserve_all(session, order.id)
    why = because(MaterialCause.USED, now, order_id=order.id, reference="a form")
    assert [actions.use_reserved(session, order.id, why) for _tap in range(2)] == [True, False]
    assert (stands(session, board), stands(session, oil)) == (("0,5", "0"), ("0,8", "0"))


def at_once(how_many: int, deed: Callable[[Session], object]) -> list[object]:
    gate, results = threading.Barrier(how_many), []

    def one() -> None:
        gate.wait()
        try:
            with db.transaction() as session:
                done = deed(session)
            results.append(done)
        except Refusal as refusal:
            results.append(type(refusal))

    threads = [threading.Thread(target=one) for _each in range(how_many)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_two_taps_at_once_put_it_in_once_even_when_there_was_none(app: Flask, now: datetime) -> None:
    with db.transaction() as session:
        board_id = wood(session, now, there="0").id
    why = because(MaterialCause.RECLAIMED, now, reference="a form")
    found = at_once(8, lambda session: actions.put_in(session, session.get_one(Material, board_id), Decimal(2), why))
    assert sorted(found, key=str) == [False] * 7 + [True]
    with db.reading() as session:
        assert queries.stock_of(session, board_id).quantity == 2


def test_twenty_who_want_the_last_get_what_there_is_and_no_more(app: Flask, now: datetime) -> None:
    with db.transaction() as session:
        board = wood(session, now, there="5")
        orders = [order_of(session, {board: "2"}).id for _each in range(4)]
        board_id = board.id
    turn = iter(orders * 5)

    def take(session: Session) -> bool:
        board = session.get_one(Material, board_id)
        return actions.use(session, next(turn), board, Decimal(1), because(MaterialCause.USED, now))

    found = at_once(20, take)
    assert (found.count(True), found.count(Refusal)) == (5, 15)
    with db.reading() as session:
        assert queries.stock_of(session, board_id).quantity == 0
        assert queries.faults(session) == []


def amount_of(chance: random.Random) -> Decimal:
    return Decimal(chance.randint(0, 900)) / 100


def come_in(session: Session, material: Material, order: ProductionOrder, chance: random.Random, now: datetime) -> None:
    actions.put_in(session, material, amount_of(chance), because(chance.choice(actions.CAME_IN), now))


def throw(session: Session, material: Material, order: ProductionOrder, chance: random.Random, now: datetime) -> None:
    actions.scrap(session, material, amount_of(chance), because(MaterialCause.SCRAPPED, now))


def count(session: Session, material: Material, order: ProductionOrder, chance: random.Random, now: datetime) -> None:
    seen = queries.how_many_movements(session, material.id)
    actions.count(session, material, amount_of(chance), because(MaterialCause.COUNTED, now), seen=seen)


def reserve(session: Session, material: Material, order: ProductionOrder, chance: random.Random, now: datetime) -> None:
    actions.reserve(session, order.id, material, chance.choice([None, amount_of(chance)]))


def use(session: Session, material: Material, order: ProductionOrder, chance: random.Random, now: datetime) -> None:
    actions.use(session, order.id, material, amount_of(chance), because(MaterialCause.USED, now, order_id=order.id))


def back(session: Session, material: Material, order: ProductionOrder, chance: random.Random, now: datetime) -> None:
    why = because(MaterialCause.LEFT_OVER, now, order_id=order.id)
    actions.bring_back(session, order.id, material, amount_of(chance) / 3, why)


def use_all(session: Session, material: Material, order: ProductionOrder, chance: random.Random, now: datetime) -> None:
    actions.use_reserved(session, order.id, because(MaterialCause.USED, now, order_id=order.id))


def end(session: Session, material: Material, order: ProductionOrder, chance: random.Random, now: datetime) -> None:
    if chance.random() < 0.2:
        production.cancel_order(session, order, now=now)
    elif chance.random() < 0.3:
        production.receive(session, order.id, base_url=factories.BASE_URL, now=now)


SEVERAL: list[Deed] = [come_in, come_in, throw, count, reserve, reserve, use, use, back, use_all, end]


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_any_order_of_deeds_leaves_the_books_true(app: Flask, now: datetime, seed: int) -> None:
    chance = random.Random(seed)
    with db.transaction() as session:
        stuff = [wood(session, now, name=f"Bræt {place}", there="8") for place in range(3)]
        made = [order_of(session, dict.fromkeys(stuff, "3.25"), pieces=2) for _each in range(6)]
        ids, orders = [each.id for each in stuff], [each.id for each in made]
    done = refused = 0
    for _turn in range(DEEDS):
        deed, material_id, order_id = chance.choice(SEVERAL), chance.choice(ids), chance.choice(orders)
        try:
            with db.transaction() as session:
                order = session.get_one(ProductionOrder, order_id)
                deed(session, session.get_one(Material, material_id), order, chance, now)
            done += 1
        except Refusal:
            refused += 1
        with db.reading() as session:
            assert queries.faults(session) == [], f"after {deed.__name__}"
            for row in queries.stock(session):
                assert 0 <= row.reserved <= row.quantity
    assert done > DEEDS / 3
    assert refused


def test_the_check_names_materials_that_are_off(app: Flask, now: datetime) -> None:
    with db.transaction() as session:
        wood(session, now, name="Godt")
        bad = wood(session, now, name="Skævt")
        order = order_of(session, {bad: "1"})
        actions.reserve_all(session, order.id)
        bad_id = bad.id
    said = app.test_cli_runner().invoke(program.commands["stock-check"])
    assert (said.exit_code, "stemmer" in said.output) == (0, True)
    with db.transaction() as session:
        session.execute(sa.update(MaterialStock).where(MaterialStock.material_id == bad_id).values(quantity=6))
        session.execute(sa.update(MaterialStock).where(MaterialStock.material_id == bad_id).values(reserved=2))
    said = app.test_cli_runner().invoke(program.commands["stock-check"])
    assert said.exit_code == 1
    assert "Skævt: lageret siger 6\xa0m, bevægelserne giver 4,5\xa0m." in said.output
    assert "Skævt: lageret har lagt 2\xa0m til side, ordrerne giver 1\xa0m." in said.output
    assert "Godt" not in said.output


def test_the_database_itself_keeps_what_is_promised(session: Session, now: datetime) -> None:
    board = wood(session, now)
    with pytest.raises(sa.exc.IntegrityError), session.begin_nested():
        session.execute(sa.update(MaterialStock).where(MaterialStock.material_id == board.id).values(reserved=99))
    assert session.scalar(sa.select(sa.func.count(MaterialMovement.id))) == 1


def test_a_material_with_stock_cannot_be_taken_away(session: Session, now: datetime) -> None:
    board, unused = wood(session, now), wood(session, now, name="Ubrugt", there="0")
    materials.remove_material(session, unused)
    with pytest.raises(Refusal, match="kan ikke fjernes"):
        materials.remove_material(session, board)
    assert stands(session, board) == ("4,5", "0")


def test_many_orders_at_once_never_wait_for_each_other_in_a_ring(app: Flask, now: datetime) -> None:
    with db.transaction() as session:
        stuff = [wood(session, now, name=f"Bræt {place}", there="20") for place in range(4)]
        ids = [
            order_of(session, dict.fromkeys(stuff if turn % 2 else reversed(stuff), "3")).id for turn in range(6)
        ]  # fmt: skip
    turns = iter(ids * 3)

    def deed(session: Session) -> str:
        order_id = next(turns)
        actions.reserve_all(session, order_id)
        actions.use_reserved(session, order_id, because(MaterialCause.USED, now, order_id=order_id))
        production.receive(session, order_id, base_url=factories.BASE_URL, now=now)
        return "done"

    found = at_once(18, deed)
    assert (found.count("done"), found.count(Refusal)) == (6, 12), "the others find the order closed"
    with db.reading() as session:
        assert queries.faults(session) == []
        assert {row.quantity for row in queries.stock(session)} == {2}
