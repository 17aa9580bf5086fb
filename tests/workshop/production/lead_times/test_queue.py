"""What waits to be made, counted from the open orders, and which department a product belongs to."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session
from support import factories
from support.queries import counted

from workshop.production import actions as production
from workshop.production.lead_times import coming, queries
from workshop.production.models import CapacityDay, Lacking, OrderSource, OrderStep, StockTarget


def test_the_queue_counts_what_is_left_of_each_order(session: Session, now: datetime) -> None:
    order = factories.production_order(session, pieces=2, steps=3)  # 300 minutes a piece
    assert queries.queue_minutes(session) == {order.department_id: 600}
    step = session.scalar(sa.select(OrderStep.id).where(OrderStep.order_id == order.id).limit(1))
    assert step is not None
    production.finish_step(session, step, base_url=factories.BASE_URL, now=now)
    assert queries.queue_minutes(session) == {order.department_id: 400}
    production.cancel_order(session, order, now=now)
    assert queries.queue_minutes(session) == {}


def test_an_idea_without_a_day_and_a_missing_decision_keep_nobody_waiting(session: Session, now: datetime) -> None:
    idea = factories.production_order(session)
    idea.source = OrderSource.IDEA
    undecided = factories.production_order(session)
    undecided.lacking = Lacking.DECISION
    wood = factories.production_order(session)
    wood.lacking = Lacking.MATERIAL
    session.flush()
    assert queries.queue_minutes(session) == {wood.department_id: 300}
    idea.due_on = date(2026, 12, 24)
    session.flush()
    assert queries.queue_minutes(session) == {wood.department_id: 600}


def test_a_product_is_made_where_it_is_kept_in_stock_else_where_it_was_made_last(session: Session) -> None:
    wood, garden = factories.department(session), factories.department(session, key="have", name="Haveholdet")
    known = factories.production_order(session, at=garden).product_type_id
    kind = factories.product_type(session)
    other = factories.product_type(session, category="stole")
    assert known is not None
    found = queries.departments_for(session, [known, kind.id, other.id])
    assert found == {known: garden.id, kind.id: garden.id, other.id: wood.id}
    session.add(StockTarget(product_type_id=known, department_id=wood.id, at_least=1))
    session.flush()
    assert queries.departments_for(session, [known]) == {known: wood.id}


def test_a_promise_follows_the_queue_and_asks_a_fixed_number_of_questions(session: Session, now: datetime) -> None:
    kinds = [factories.product_type(session) for _each in range(6)]
    at = factories.department(session)
    session.add_all(
        CapacityDay(day=now.date() + timedelta(days=count), department_id=at.id, team_minutes=240)
        for count in range(1, 85)
    )
    session.flush()
    with counted() as one:
        first = queries.promise(session, product_type_id=kinds[0].id, pieces=1, now=now)
    for _each in range(5):
        factories.production_order(session, kind=kinds[0], at=at)
    with counted() as six:
        together = queries.promises(session, {kind.id: 1 for kind in kinds}, now=now)
    assert len(one) == len(six)
    assert len({each.ready_on for each in together.values()}) == 1, "one department makes them all"
    assert together[kinds[0].id].ready_on > first.ready_on
    waiting = queries.promise(session, product_type_id=kinds[0].id, pieces=1, now=now, waiting={kinds[1].id: 20})
    assert waiting.ready_on > first.ready_on


def test_staff_see_the_days_the_shop_gives_and_why(app: Flask, session: Session, now: datetime) -> None:
    kinds = [factories.product_type(session) for _each in range(3)]
    for kind in kinds[:2]:
        kind.is_made_to_order = True
    kinds[0].name, kinds[1].name = "Bænk", "Reol"
    session.flush()
    with app.app_context():
        (ready,) = coming.ready_days(session, now)
        assert (ready.names, bool(ready.reasons)) == (("Bænk", "Reol"), True)
        assert coming.ready_one(session, kinds[0].id, now) == queries.promise(
            session, product_type_id=kinds[0].id, pieces=1, now=now
        )
        assert coming.ready_one(session, kinds[2].id, now) is None
        coming.also_waits(app, lambda _session: {kinds[0].id: 200})
        assert coming.ready_days(session, now)[0].day > ready.day
