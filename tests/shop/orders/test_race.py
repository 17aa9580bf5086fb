"""Twenty customers, one bench, the same moment: exactly one gets it. The control shows that the race is real."""

from __future__ import annotations

from collections import Counter

import sqlalchemy as sa
from flask import Flask

from shop.orders.models import Hold, Order
from tests.shop.orders.racers import Race, run
from tests.shop.orders.rig import basket_with, for_sale
from tests.support import forking
from workshop.core import clock, db
from workshop.products.models import Item

RACERS = 20
ROUNDS = 6


def race(url: str, things: list[Item], *, is_careless: bool) -> dict[int, Counter[str]]:
    """Item id -> how many won and lost, after all racers have tried each thing at once."""
    context = forking.context()
    start, one_at_a_time, told = context.Barrier(RACERS), context.Lock(), context.Queue()
    now = clock.now()
    racers = []
    for number, own in enumerate(for_sale(*(f"Egen {number}" for number in range(RACERS)), price_ore=115_000)):
        rounds = [(thing.id, basket_with(thing, now=now)) for thing in things]
        part = Race(url, f"racer{number}", (own.id, basket_with(own, now=now)), rounds, is_careless)
        racers.append(context.Process(target=run, args=(part, start, one_at_a_time, told)))
    for racer in racers:
        racer.start()
    answers = [told.get(timeout=150) for _each in range(RACERS * len(things))]
    for racer in racers:
        racer.join(60)
    assert [racer.exitcode for racer in racers] == [0] * RACERS
    results: dict[int, Counter[str]] = {}
    for item_id, answer in answers:
        results.setdefault(item_id, Counter())[answer] += 1
    return results


def test_exactly_one_of_twenty_gets_the_bench_every_time(app: Flask, database_url: str) -> None:
    things = for_sale(*(f"Bænk {number}" for number in range(ROUNDS)), price_ore=115_000)
    results = race(database_url, things, is_careless=False)
    assert [results[thing.id] for thing in things] == [Counter(won=1, lost=RACERS - 1)] * ROUNDS
    orders = ROUNDS + RACERS  # each racer also bought one thing of its own
    with db.reading() as session:
        assert session.scalar(sa.select(sa.func.count(Order.id))) == orders
        assert session.scalar(sa.select(sa.func.count(Hold.id))) == orders
        assert set(session.scalars(sa.select(Item.held))) == {1}
        numbers = sorted(session.scalars(sa.select(Order.number)))
    assert [int(number.split("-")[1]) for number in numbers] == list(range(1, orders + 1))  # no number is lost


def test_the_control_without_a_guard_sells_the_same_bench_again(app: Flask, database_url: str) -> None:
    things = for_sale(*(f"Bænk {number}" for number in range(ROUNDS)), price_ore=115_000)
    results = race(database_url, things, is_careless=True)
    assert sum(results[thing.id]["won"] for thing in things) > ROUNDS
