"""The door and the web go for the same thing at the same moment: exactly one has it, every time."""

from __future__ import annotations

import functools
import threading
import time
from collections.abc import Callable
from datetime import datetime

import pytest
import sqlalchemy as sa
from flask import Flask
from support import factories

from shop.orders.basket import JustSold
from shop.orders.models import Order
from shop.till import actions
from shop.till.basket import Counter, Thing
from shop.till.models import TillSale
from tests.shop.orders.rig import basket_with, for_sale, item, place
from workshop.core import db
from workshop.core.access import Role
from workshop.core.config import Identity
from workshop.core.errors import Refusal
from workshop.core.money import PayMeans
from workshop.products.models import Item, ItemState

ROUNDS, PRICE = 20, 115_000


@pytest.fixture
def seller(app: Flask) -> int:
    with db.transaction() as session:
        return int(factories.staff(session, name="Sanne Lund", roles=[Role.SALES]).account_id)


def at_the_door(thing: Item, seller: int, now: datetime) -> None:
    with db.transaction() as session:
        actions.sell(
            session,
            Counter((Thing(thing.number, 1),)),
            once=f"{thing.number}".rjust(22, "x"),
            means=PayMeans.CASH,
            agreed_ore=PRICE,
            receipt_email="",
            seller=Identity(),
            now=now,
            by_staff_id=seller,
        )


def both_at_once(*acts: Callable[[], object]) -> list[str]:
    """Each in a thread of its own, off at the same moment: won, lost, or what broke."""
    barrier, told = threading.Barrier(len(acts)), []

    def go(act: Callable[[], object]) -> None:
        barrier.wait(30)
        try:
            act()
        except (JustSold, Refusal):
            told.append("lost")
        except Exception as broken:  # noqa: BLE001 — whatever somebody could meet is part of the result
            told.append(type(broken).__name__)
        else:
            told.append("won")

    threads = [threading.Thread(target=go, args=(act,), daemon=True) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return sorted(told)


def race(things: list[Item], seller: int, now: datetime) -> list[list[str]]:
    told = []
    for thing in things:
        token = basket_with(thing, now=now)
        told.append(
            both_at_once(
                functools.partial(place, token, now=now),
                functools.partial(at_the_door, thing, seller, now),
            )
        )
    return told


def test_exactly_one_of_door_and_web_gets_it(app: Flask, seller: int, now: datetime) -> None:
    things = for_sale(*[f"Bænk {number}" for number in range(ROUNDS)])
    assert race(things, seller, now) == [["lost", "won"]] * ROUNDS
    with db.reading() as session:
        sold = session.scalar(sa.select(sa.func.count(TillSale.id))) or 0
        ordered = session.scalar(sa.select(sa.func.count(Order.id))) or 0
    assert sold + ordered == ROUNDS
    for thing in things:
        row = item(thing.id)
        assert (row.state, row.quantity, row.held) in {(ItemState.HANDED_OVER, 0, 0), (ItemState.FOR_SALE, 1, 1)}


def test_the_control_a_door_that_looks_first_and_takes_afterwards_takes_it_as_well(
    app: Flask, seller: int, now: datetime
) -> None:
    def take(thing: Item) -> None:
        with db.reading() as session:
            row = session.get_one(Item, thing.id)
            if row.quantity - row.held < 1:
                raise Refusal("")
        time.sleep(0.2)
        with db.transaction() as session:
            session.execute(sa.update(Item).where(Item.id == thing.id).values(place="taken at the door"))

    (thing,) = for_sale("Bænk")
    token = basket_with(thing, now=now)
    assert both_at_once(lambda: place(token, now=now), lambda: take(thing)) == ["won", "won"]
