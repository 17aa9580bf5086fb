"""What was made for a customer is sold to them straight from the bench, once, and to nobody else."""

from __future__ import annotations

from datetime import datetime

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session
from support import factories

from workshop.products import actions
from workshop.products.actions import NotHeld
from workshop.products.models import Item, ItemState, StateChange, StockMovement


def sell(session: Session, item: Item, quantity: int, now: datetime) -> None:
    actions.sell_made(session, item.id, quantity, reference="2026-0001", now=now)
    session.refresh(item)


@pytest.mark.parametrize("is_for_sale", [False, True])
def test_it_is_sold_from_the_bench_or_from_the_shelf(session: Session, now: datetime, is_for_sale: bool) -> None:
    thing = factories.item(session, is_for_sale=is_for_sale)
    sell(session, thing, 1, now)
    assert (thing.state, thing.quantity, thing.held) == (ItemState.SOLD, 0, 0)
    assert (thing.sold_at, thing.approved_at is not None) == (now, True)
    moved = session.scalars(sa.select(StockMovement).where(StockMovement.reference == "2026-0001")).one()
    assert moved.change == -1
    assert session.scalars(sa.select(StateChange.state).order_by(StateChange.id.desc())).first() is ItemState.SOLD


def test_a_second_time_there_is_nothing_to_sell(session: Session, now: datetime) -> None:
    thing = factories.item(session)
    sell(session, thing, 1, now)
    with pytest.raises(NotHeld):
        sell(session, thing, 1, now)


def test_what_somebody_is_paying_for_is_left_to_them(session: Session, now: datetime) -> None:
    thing = factories.item(session, quantity=3)
    actions.hold(session, thing.id, 2)
    with pytest.raises(NotHeld):
        sell(session, thing, 2, now)
    sell(session, thing, 1, now)
    assert (thing.state, thing.quantity, thing.held) == (ItemState.FOR_SALE, 2, 2)


def test_what_was_taken_out_of_the_shop_is_not_sold(session: Session, now: datetime) -> None:
    thing = factories.item(session)
    actions.withdraw(session, thing, now=now, by_staff_id=None)
    with pytest.raises(NotHeld):
        sell(session, thing, 1, now)
