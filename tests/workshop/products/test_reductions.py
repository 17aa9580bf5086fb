"""Before-prices follow what happens to a thing: kept with its price, gone with the shelf, told to staff beforehand."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from support import factories

from workshop.core import db
from workshop.products import actions, life, pricing, queries, reductions
from workshop.products.models import Item, StateChange, StockCause

START = datetime(2026, 10, 1, 9, 0, tzinfo=UTC)  # the clocks go back on the 25th
DAY = timedelta(days=1)


def day(number: int) -> datetime:
    """The same Danish clock time, so many days after the thing came up for sale."""
    return pricing.on_the_wall_clock(START, number)


def price(session: Session, item: Item, ore: int, now: datetime) -> None:
    assert actions.set_price(session, item, ore, now=now, by_staff_id=None)


def stored(item: Item) -> tuple[int | None, datetime | None]:
    return item.before_ore, item.before_until


def test_a_reduction_keeps_its_before_price_and_a_raise_drops_it(session: Session) -> None:
    item = factories.item(session, price_ore=115_000, now=START)
    price(session, item, 95_000, day(40))
    assert stored(item) == (115_000, day(50))
    price(session, item, 85_000, day(45))
    assert stored(item) == (115_000, day(55))
    assert not actions.set_price(session, item, 85_000, now=day(46), by_staff_id=None)
    assert stored(item) == (115_000, day(55))
    price(session, item, 99_000, day(47))
    assert stored(item) == (None, None)


def test_nothing_is_said_of_a_thing_that_is_new_or_not_for_sale(session: Session) -> None:
    item = factories.item(session, price_ore=115_000, now=START)
    price(session, item, 95_000, day(12))
    assert stored(item) == (None, None)
    waiting = factories.item(session, price_ore=115_000, is_for_sale=False, now=START)
    price(session, waiting, 95_000, day(60))
    assert stored(waiting) == (None, None)


def test_taken_out_it_loses_its_before_price_and_begins_anew(session: Session) -> None:
    item = factories.item(session, price_ore=115_000, now=START)
    price(session, item, 95_000, day(40))
    actions.withdraw(session, item, now=day(41), by_staff_id=None)
    assert stored(item) == (None, None)
    actions.approve(session, item, now=day(42), by_staff_id=None)
    assert stored(item) == (None, None)
    price(session, item, 90_000, day(60))
    assert stored(item) == (None, None)
    price(session, item, 80_000, day(73))
    assert stored(item) == (90_000, day(83))


def test_a_price_set_the_moment_it_was_taken_out_is_no_reduction(session: Session) -> None:
    item = factories.item(session, price_ore=115_000, now=START)
    actions.withdraw(session, item, now=day(40), by_staff_id=None)
    price(session, item, 95_000, day(40))
    assert stored(item) == (None, None)


def test_sold_and_returned_it_begins_anew(session: Session) -> None:
    item = factories.item(session, price_ore=115_000, now=START)
    price(session, item, 95_000, day(40))
    assert actions.hold(session, item.id, 1)
    assert stored(item) == (115_000, day(50)), "who is paying sees what stood on the label"
    actions.sell_held(session, item.id, 1, reference="2026-0001", now=day(41))
    assert stored(item) == (None, None)
    actions.hand_over(session, item.id, day(41))
    actions.return_to_stock(session, item.id, 1, reference="2026-0001", now=day(43))
    price(session, item, 90_000, day(72))
    assert stored(item) == (None, None)
    price(session, item, 80_000, day(73))
    assert stored(item) == (90_000, day(83))


def test_a_batch_with_some_left_keeps_its_before_price_through_sales_and_returns(session: Session) -> None:
    batch = factories.item(session, price_ore=20_000, quantity=3, now=START)
    price(session, batch, 15_000, day(40))
    assert actions.hold(session, batch.id, 2)
    actions.sell_held(session, batch.id, 2, reference="2026-0001", now=day(41))
    actions.return_to_stock(session, batch.id, 1, reference="2026-0001", now=day(42))
    assert stored(batch) == (20_000, day(50))
    price(session, batch, 12_000, day(45))
    assert stored(batch) == (20_000, day(55))


def test_what_was_counted_away_was_not_for_sale(session: Session) -> None:
    batch = factories.item(session, price_ore=20_000, quantity=2, now=START)
    price(session, batch, 15_000, day(40))

    def counted(change: int, now: datetime) -> None:
        actions.adjust_stock(
            session, batch, change=change, cause=StockCause.COUNTED, reference="", now=now, by_staff_id=None
        )

    counted(-1, day(41))
    assert stored(batch) == (20_000, day(50))
    counted(-1, day(42))
    assert stored(batch) == (None, None)
    counted(1, day(43))
    price(session, batch, 12_000, day(72))
    assert stored(batch) == (None, None)


def test_a_sale_from_before_sales_were_steps_in_the_life_of_a_thing_still_counts(session: Session) -> None:
    """The stock tells it; older databases have no state for it."""
    item = factories.item(session, price_ore=115_000, now=START)
    assert actions.hold(session, item.id, 1)
    actions.sell_held(session, item.id, 1, reference="2026-0001", now=day(20))
    actions.return_to_stock(session, item.id, 1, reference="2026-0001", now=day(21))
    session.execute(sa.delete(StateChange).where(StateChange.item_id == item.id, StateChange.at > START))
    price(session, item, 95_000, day(40))
    assert stored(item) == (None, None)
    assert not reductions.steps_of(session, item.id)[-1].verdict.before_ore


def test_the_database_itself_refuses_a_before_price_that_is_not_higher(app: Flask) -> None:
    with db.transaction() as session:
        item_id = factories.item(session, price_ore=115_000, now=START).id
    with pytest.raises(IntegrityError), db.transaction() as session:
        session.execute(sa.update(Item).where(Item.id == item_id).values(before_ore=115_000, before_until=day(50)))


def test_prices_set_at_once_by_two_leave_history_and_before_price_in_step(app: Flask) -> None:
    with db.transaction() as session:
        item_id = factories.item(session, price_ore=115_000, now=START).id
    gate = threading.Barrier(4)

    def set_one(ore: int) -> None:
        gate.wait()
        with db.transaction() as session:
            actions.set_price(session, session.get_one(Item, item_id), ore, now=day(40), by_staff_id=None)

    threads = [threading.Thread(target=set_one, args=(ore,)) for ore in (95_000, 125_000, 85_000, 110_000)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with db.reading() as session:
        item = session.get_one(Item, item_id)
        last = reductions.steps_of(session, item_id)[-1]
        assert last.price_ore == item.price_ore
        assert (last.verdict.before_ore, last.verdict.until) == stored(item)


@pytest.mark.parametrize(
    ("ore", "when", "says"),
    [
        (95_000, 62, "Så står der Førpris 1.150 kr. til og med 12. december."),
        (95_000, 12, "Ingen førpris: den har kun været til salg i 12 dage."),
        (95_000, 1, "Ingen førpris: den har kun været til salg i 1 dag."),
        (115_000, 62, ""),
        (120_000, 62, ""),
        (None, 62, ""),
    ],
)
def test_staff_read_beforehand_what_a_price_would_say(session: Session, ore: int | None, when: int, says: str) -> None:
    item = factories.item(session, price_ore=115_000, now=START)
    told = reductions.note_for(session, item, ore, day(when))
    assert told.replace("\N{NO-BREAK SPACE}", " ") == says
    assert item.price_ore == 115_000
    if ore and says.startswith("Så"):
        price(session, item, ore, day(when))
        assert stored(item) == (115_000, day(when + 10)), "and it is what happens"


def test_staff_read_why_a_lower_price_is_no_reduction(session: Session) -> None:
    item = factories.item(session, price_ore=90_000, now=START)
    price(session, item, 115_000, day(30))
    told = reductions.note_for(session, item, 95_000, day(45))
    assert (
        told.replace("\N{NO-BREAK SPACE}", " ") == "Ingen førpris: den har kostet 900 kr. inden for de sidste 30 dage."
    )
    waiting = factories.item(session, is_for_sale=False, now=START)
    assert reductions.note_for(session, waiting, 95_000, day(45)) == "Ingen førpris: den er ikke til salg endnu."


def test_the_last_day_is_the_day_before_one_that_ends_at_midnight(app: Flask) -> None:
    assert reductions.last_day(datetime(2026, 12, 1, 23, 0, tzinfo=UTC)) == "1. december"
    assert reductions.last_day(datetime(2026, 12, 1, 23, 0, 1, tzinfo=UTC)) == "2. december"


def test_the_life_of_a_thing_tells_its_reductions(app: Flask, session: Session) -> None:
    item = factories.item(session, price_ore=115_000, now=START)
    price(session, item, 95_000, day(40))
    price(session, item, 99_000, day(41))
    with app.test_request_context():
        told = [(each.title, each.note) for each in life.life_of(session, item) if each.title.startswith("Pris")]
    assert [tuple(text.replace("\N{NO-BREAK SPACE}", " ") for text in each) for each in told] == [
        ("Pris: 1.150 kr.", ""),
        ("Pris: 950 kr.", "Førpris 1.150 kr. til og med 20. november"),
        ("Pris: 990 kr.", ""),
    ]


Deed = tuple[int, str, int]
DEEDS = st.tuples(
    st.one_of(st.integers(0, 12), st.integers(28, 34)),
    st.sampled_from(["price", "price", "price", "withdraw", "approve", "sell", "return", "count", "clear"]),
    st.integers(1, 9),
)


@given(st.lists(DEEDS, max_size=10))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_happens_what_is_kept_is_what_the_whole_history_says(app: Flask, deeds: list[Deed]) -> None:
    with db.transaction() as session:
        batch = factories.item(session, price_ore=7_000, quantity=2, now=START)
        at = 0
        for gap, deed, number in deeds:
            at += gap
            do(session, batch, deed, number, day(at))
        now = day(at)
        taken = reductions.steps_of(session, batch.id)[-1].verdict
        if batch.before_ore is not None:
            assert batch.price_ore is not None
            assert batch.before_ore > batch.price_ore
            assert stored(batch) == (taken.before_ore, taken.until)
            assert batch.before_until is not None
            assert batch.before_until <= pricing.on_the_wall_clock(now, 10)
            assert queries.cards(session, [batch.id])[batch.id].quantity > 0
        told = pricing.present(*reductions.timeline(session, batch.id))
        may_show = told is not None and told.until is not None and told.until > now
        assert (pricing.shown_before(*stored(batch), now) is not None) == may_show


def do(session: Session, batch: Item, deed: str, number: int, now: datetime) -> None:
    """Do it where it can be done just now."""
    sold = 2 - batch.quantity
    if deed == "price" and batch.state not in queries.GONE:
        actions.set_price(session, batch, number * 1_000, now=now, by_staff_id=None)
    elif deed == "withdraw" and batch.state not in queries.GONE:
        actions.withdraw(session, batch, now=now, by_staff_id=None)
    elif deed == "approve" and batch.state not in queries.GONE and batch.quantity:
        actions.approve(session, batch, now=now, by_staff_id=None)
    elif deed == "sell" and actions.hold(session, batch.id, 1):
        actions.sell_held(session, batch.id, 1, reference="2026-0001", now=now)
    elif deed == "return" and sold > 0:
        actions.return_to_stock(session, batch.id, 1, reference="2026-0001", now=now)
    elif deed == "count" and batch.quantity:
        change = -1 if number < 5 else 1
        actions.adjust_stock(
            session, batch, change=change, cause=StockCause.COUNTED, reference="", now=now, by_staff_id=None
        )
    elif deed == "clear":
        reductions.clear_lapsed(session, now)
