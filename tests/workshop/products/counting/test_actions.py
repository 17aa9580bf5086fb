"""A stock count finds what differs, and is written into the stock once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session
from support import factories

from workshop.core import db
from workshop.core.errors import Refusal
from workshop.products import actions as products
from workshop.products.counting import actions, queries
from workshop.products.models import CountState, Item, ItemState, StockCause, StockCount, StockMovement
from workshop.products.stock import queries as stock

MINUTE = timedelta(minutes=1)


def begin(session: Session, now: datetime, place: str = "") -> StockCount:
    return actions.begin(session, place=place, now=now, by_staff_id=None)


def placed(session: Session, place: str, title: str = "Bænk", now: datetime = factories.NOW) -> Item:
    made = factories.item(session, title=title, now=now)
    made.place = place
    session.flush()
    return made


def counted(session: Session, item: Item) -> list[tuple[int, str]]:
    statement = sa.select(StockMovement).where(
        StockMovement.item_id == item.id, StockMovement.cause == StockCause.COUNTED
    )
    return [(each.change, each.reference) for each in session.scalars(statement)]


def sell(session: Session, item: Item, pieces: int, at: datetime) -> None:
    products.hold(session, item.id, pieces)
    products.sell_held(session, item.id, pieces, reference="2026-0001", now=at)


def test_what_was_seen_and_what_was_not(session: Session, now: datetime) -> None:
    seen, unseen = placed(session, "Hylde 1"), placed(session, "Hylde 2")
    count = begin(session, now + MINUTE)
    actions.see(session, count, seen, 1, now=now + MINUTE)
    assert [(line.number, line.difference) for line in queries.lines(session, count)] == [(seen.number, 0)]
    assert [row.number for row in queries.missing(session, count)] == [unseen.number]


def test_a_count_of_a_place_asks_only_for_what_stands_there(session: Session, now: datetime) -> None:
    here, other = placed(session, "hylde 1"), placed(session, "Hylde 2")
    count = begin(session, now + MINUTE, place="Hylde 1")
    assert [row.number for row in queries.missing(session, count)] == [here.number]
    assert queries.places(session) == ["hylde 1", "Hylde 2"]
    actions.see(session, count, other, 1, now=now + MINUTE)
    assert [line.number for line in queries.lines(session, count)] == [other.number], "it may stand in the wrong place"


def test_a_second_look_takes_the_place_of_the_first(session: Session, now: datetime) -> None:
    batch = factories.item(session, title="Pinde", quantity=40)
    count = begin(session, now)
    actions.see(session, count, batch, 12, now=now)
    actions.see(session, count, batch, 38, now=now + MINUTE)
    assert [(line.pieces, line.expected) for line in queries.lines(session, count)] == [(38, 40)]
    actions.unsee(session, count, batch)
    actions.unsee(session, count, batch)
    assert queries.lines(session, count) == []


@pytest.mark.parametrize("pieces", [-1, 10_000])
def test_numbers_that_cannot_be_are_refused(session: Session, now: datetime, pieces: int) -> None:
    batch = factories.item(session, title="Pinde", quantity=40)
    with pytest.raises(Refusal, match="antal"):
        actions.see(session, begin(session, now), batch, pieces, now=now)


def test_there_is_only_one_of_a_thing_of_its_own(session: Session, now: datetime) -> None:
    with pytest.raises(Refusal, match="ét eksemplar"):
        actions.see(session, begin(session, now), factories.item(session), 2, now=now)


def test_differences_are_written_into_the_stock_once(session: Session, now: datetime) -> None:
    batch, right = factories.item(session, title="Pinde", quantity=40), factories.item(session)
    count = begin(session, now)
    actions.see(session, count, batch, 37, now=now)
    actions.see(session, count, right, 1, now=now)
    actions.finish(session, count, now=now)
    assert actions.apply(session, count, now=now + MINUTE, by_staff_id=None) == 1
    assert actions.apply(session, count, now=now + MINUTE, by_staff_id=None) == 0
    assert counted(session, batch) == [(-3, f"Optælling {count.id}")]
    assert counted(session, right) == []
    assert batch.quantity == 37
    assert count.state is CountState.APPLIED
    assert stock.faults(session) == []


def test_what_was_sold_meanwhile_is_no_difference(session: Session, now: datetime) -> None:
    batch = factories.item(session, title="Pinde", quantity=40)
    count = begin(session, now)
    sell(session, batch, 5, now + MINUTE)
    actions.see(session, count, batch, 33, now=now + 2 * MINUTE)
    sell(session, batch, 4, now + 3 * MINUTE)
    [line] = queries.lines(session, count)
    assert (line.expected, line.difference, line.quantity, line.sold_since) == (35, -2, 31, 4)
    actions.finish(session, count, now=now + 4 * MINUTE)
    actions.apply(session, count, now=now + 5 * MINUTE, by_staff_id=None)
    assert batch.quantity == 29  # 33 were there, and 4 of them have been sold since


def test_a_sold_thing_that_waits_for_its_customer_is_no_difference(session: Session, now: datetime) -> None:
    bench = factories.item(session)
    sell(session, bench, 1, now)
    count = begin(session, now)
    actions.see(session, count, bench, 1, now=now)
    assert queries.lines(session, count)[0].difference == 0


def test_a_thing_that_was_handed_over_and_stands_there_is_left_to_people(session: Session, now: datetime) -> None:
    bench = factories.item(session)
    sell(session, bench, 1, now)
    products.hand_over(session, bench.id, now)
    count = begin(session, now)
    actions.see(session, count, bench, 1, now=now)
    [line] = queries.lines(session, count)
    assert line.difference == 1
    assert not line.may_be_corrected
    actions.finish(session, count, now=now)
    assert actions.apply(session, count, now=now, by_staff_id=None) == 0
    assert bench.quantity == 0


def test_two_counts_of_the_same_thing_correct_it_once(session: Session, now: datetime) -> None:
    batch = factories.item(session, title="Pinde", quantity=40)
    first = begin(session, now)
    actions.see(session, first, batch, 38, now=now)
    second = begin(session, now)
    assert second.id != first.id
    actions.see(session, second, batch, 38, now=now)
    for count in (first, second):
        actions.finish(session, count, now=now)
        actions.apply(session, count, now=now + MINUTE, by_staff_id=None)
    assert batch.quantity == 38
    assert queries.lines(session, second)[0].is_outdated


def test_nothing_that_was_not_found_leaves_the_stock_by_itself(session: Session, now: datetime) -> None:
    seen, lost, hidden = (factories.item(session, title=title) for title in ("Set", "Væk", "Gemt"))
    count = begin(session, now + MINUTE)
    actions.see(session, count, seen, 1, now=now + MINUTE)
    actions.finish(session, count, now=now + MINUTE)
    assert actions.apply(session, count, now=now + MINUTE, by_staff_id=None, gone={lost.id}) == 1
    assert (lost.quantity, lost.state) == (0, ItemState.WITHDRAWN)
    assert (hidden.quantity, hidden.state) == (1, ItemState.FOR_SALE)
    assert stock.faults(session) == []


def test_what_is_not_ticked_is_left_alone(session: Session, now: datetime) -> None:
    first, second = (factories.item(session, title="Pinde", quantity=40) for _each in range(2))
    count = begin(session, now)
    for batch in (first, second):
        actions.see(session, count, batch, 39, now=now)
    actions.finish(session, count, now=now)
    actions.apply(session, count, now=now, by_staff_id=None, only={second.id})
    assert (first.quantity, second.quantity) == (40, 39)


def test_what_a_customer_is_paying_for_is_not_corrected_away(app: Flask, now: datetime) -> None:
    with db.transaction() as session:
        batch, bench = factories.item(session, title="Pinde", quantity=5), factories.item(session)
        for item, pieces in ((batch, 4), (bench, 1)):
            products.hold(session, item.id, pieces)
        count = begin(session, now + MINUTE)
        actions.see(session, count, batch, 3, now=now + MINUTE)
        actions.finish(session, count, now=now + MINUTE)
        count_id, batch_id, bench_id, number = count.id, batch.id, bench.id, batch.number
    for wanted in ({"gone": set()}, {"gone": {bench_id}, "only": set()}):
        with pytest.raises(Refusal, match=r"Nr\. \d+ er ved at blive betalt"), db.transaction() as session:
            actions.apply(session, session.get_one(StockCount, count_id), now=now, by_staff_id=None, **wanted)
    with db.transaction() as session:  # the refusal left everything as it was, so it can be done without that one
        count = session.get_one(StockCount, count_id)
        assert count.state is CountState.COUNTED
        assert session.get_one(Item, batch_id).quantity == 5
        assert actions.apply(session, count, now=now, by_staff_id=None, only=set()) == 0
        assert queries.lines(session, count)[0].number == number


def test_what_came_after_the_beginning_is_not_missing(session: Session, now: datetime) -> None:
    sold = factories.item(session, title="Kom tilbage")
    sell(session, sold, 1, now)
    count = begin(session, now + MINUTE)
    factories.item(session, title="Ny", now=now + 2 * MINUTE)
    products.return_to_stock(session, sold.id, 1, reference="2026-0001", now=now + 2 * MINUTE)
    assert queries.missing(session, count) == []


def test_an_ended_count_takes_nothing_more(session: Session, now: datetime) -> None:
    bench = factories.item(session)
    count = begin(session, now)
    with pytest.raises(Refusal, match="ikke talt noget"):
        actions.finish(session, count, now=now)
    with pytest.raises(Refusal, match="skal afsluttes"):
        actions.apply(session, count, now=now, by_staff_id=None)
    actions.see(session, count, bench, 1, now=now)
    actions.finish(session, count, now=now)
    actions.finish(session, count, now=now + MINUTE)
    assert count.counted_at == now
    for deed in (lambda: actions.see(session, count, bench, 1, now=now), lambda: actions.unsee(session, count, bench)):
        with pytest.raises(Refusal, match="afsluttet"):
            deed()
    actions.count_on(session, count)
    actions.see(session, count, bench, 1, now=now)
    actions.drop(session, count, now=now)
    actions.drop(session, count, now=now)
    with pytest.raises(Refusal, match="skal afsluttes"):
        actions.apply(session, count, now=now, by_staff_id=None)
    with pytest.raises(Refusal, match="Begynd en ny"):
        actions.count_on(session, count)


def test_an_applied_count_cannot_be_dropped(session: Session, now: datetime) -> None:
    count = begin(session, now)
    actions.see(session, count, factories.item(session), 1, now=now)
    actions.finish(session, count, now=now)
    actions.apply(session, count, now=now, by_staff_id=None)
    with pytest.raises(Refusal, match="allerede rettet"):
        actions.drop(session, count, now=now)


def test_pressing_begin_twice_begins_one_count(session: Session, now: datetime) -> None:
    first = begin(session, now, place=" Hylde 1 ")
    assert begin(session, now, place="Hylde 1").id == first.id
    assert begin(session, now).id != first.id
    actions.see(session, first, factories.item(session), 1, now=now)
    assert begin(session, now, place="Hylde 1").id != first.id
    assert len(queries.open_counts(session)) == 3


def test_two_who_press_correct_at_once_write_once(app: Flask, now: datetime) -> None:
    with db.transaction() as session:
        batch = factories.item(session, title="Pinde", quantity=40)
        count = begin(session, now)
        actions.see(session, count, batch, 30, now=now)
        actions.finish(session, count, now=now)
        count_id, item_id = count.id, batch.id
    together(4, lambda _racer: correct(count_id, now))
    with db.reading() as session:
        item = session.get_one(Item, item_id)
        assert item.quantity == 30
        assert len(counted(session, item)) == 1
        assert stock.faults(session) == []


def correct(count_id: int, now: datetime) -> None:
    with db.transaction() as session:
        actions.apply(session, session.get_one(StockCount, count_id), now=now, by_staff_id=None)


def test_two_who_count_at_once_lose_nothing(app: Flask, now: datetime) -> None:
    with db.transaction() as session:
        numbers = [factories.item(session, title="Pinde", quantity=9).id for _each in range(6)]
        count_id = begin(session, now).id

    def go_round(racer: int) -> None:
        for item_id in numbers[racer:] + numbers[:racer]:
            with db.transaction() as session:
                count, item = session.get_one(StockCount, count_id), session.get_one(Item, item_id)
                actions.see(session, count, item, 5 + racer, now=now)

    together(3, go_round)
    with db.reading() as session:
        lines = queries.lines(session, session.get_one(StockCount, count_id))
    assert sorted(line.item_id for line in lines) == sorted(numbers)
    assert {line.pieces for line in lines} <= {5, 6, 7}


def together(how_many: int, deed: Callable[[int], None]) -> None:
    """Let so many threads do the same at the same moment; whatever breaks in one breaks the test."""
    barrier, broken = threading.Barrier(how_many), []

    def run(racer: int) -> None:
        barrier.wait()
        try:
            deed(racer)
        except BaseException as problem:  # noqa: BLE001 — a thread's exception is lost otherwise
            broken.append(problem)

    threads = [threading.Thread(target=run, args=(racer,)) for racer in range(how_many)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert broken == []
