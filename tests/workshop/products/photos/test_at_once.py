"""Several people at the same photos at the same moment."""

from __future__ import annotations

import random
import threading
from collections import Counter

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import IntegrityError
from support import factories

from workshop.core import db
from workshop.core.images import Photo
from workshop.products import queries
from workshop.products.models import Item, ItemPhoto
from workshop.products.photos import actions


@pytest.fixture
def bench(app: Flask) -> int:
    with db.transaction() as session:
        return factories.item(session).number


def add(number: int, name: str) -> None:
    """As the tablet does it: the thing is read without a lock."""
    with db.transaction() as session:
        item = queries.item_by_number(session, number)
        assert item is not None
        photo = Photo(name, 800, 600)
        actions.add_photo(session, item, photo, alt_text="", now=factories.NOW, by_staff_id=None)


def at_once(*deeds: list[object]) -> Counter[str]:
    """Everybody does their own, one after the other, all at the same time; what came of it."""
    outcomes: Counter[str] = Counter()
    gate = threading.Barrier(len(deeds))

    def go(mine: list[object]) -> None:
        gate.wait(20)
        for deed in mine:
            try:
                deed()  # type: ignore[operator]
                outcomes["done"] += 1
            except actions.MovedMeanwhile:
                outcomes["moved meanwhile"] += 1
            except Exception as broken:  # noqa: BLE001 — whatever somebody could meet is part of the result
                outcomes[type(broken).__name__] += 1

    threads = [threading.Thread(target=go, args=(mine,)) for mine in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return outcomes


def test_photos_taken_at_the_same_moment_get_a_place_each(bench: int) -> None:
    mine = [[lambda name=f"p{who}x{each}": add(bench, name) for each in range(3)] for who in range(4)]
    assert at_once(*mine) == {"done": 12}
    with db.reading() as session:
        places = session.scalars(sa.select(ItemPhoto.position).order_by(ItemPhoto.position)).all()
    assert places == list(range(1, 13))


def test_two_photos_cannot_have_one_place_whatever_the_code_does(bench: int) -> None:
    add(bench, "a")
    with pytest.raises(IntegrityError):
        put_at_first_place("b")


def put_at_first_place(name: str) -> None:
    with db.transaction() as session:
        more = {"width": 8, "height": 6, "position": 1, "added_at": factories.NOW}
        session.add(ItemPhoto(item_id=session.scalars(sa.select(Item.id)).one(), name=name, **more))


def test_four_people_moving_photos_leave_a_valid_order(bench: int) -> None:
    names = [f"photo{number}" for number in range(6)]
    for name in names:
        add(bench, name)

    def moves(seed: int) -> list[object]:
        dice = random.Random(seed)

        def move() -> None:
            with db.reading() as session:
                seen = queries.photo_by_name(session, dice.choice(names))
                assert seen is not None
                name, position = seen.name, seen.position
            with db.transaction() as session:
                assert queries.item_to_change(session, bench) is not None
                photo = queries.photo_by_name(session, name)
                assert photo is not None
                actions.move_photo(session, photo, is_forward=dice.random() < 0.5, seen_position=position)

        return [move] * 12

    outcomes = at_once(*(moves(seed) for seed in range(4)))
    assert set(outcomes) <= {"done", "moved meanwhile"}
    assert outcomes["done"] > 0
    with db.reading() as session:
        places = session.execute(sa.select(ItemPhoto.name, ItemPhoto.position)).all()
    assert sorted(place.position for place in places) == [1, 2, 3, 4, 5, 6]
    assert sorted(place.name for place in places) == names
