"""Two hands at the same moment: what must happen once happens once, on either database."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier

import pytest
import sqlalchemy as sa
from flask import Flask
from support import factories, people

from workshop.core import db
from workshop.core.errors import Refusal
from workshop.production.models import OrderStep
from workshop.products.models import Item
from workshop.tasks import actions
from workshop.tasks.marks import Quality, Support
from workshop.tasks.models import Participation, TaskRecord
from workshop.tasks.results import PartMarks


def prepared(now: datetime, names: tuple[str, ...]) -> tuple[int, list[tuple[str, str]]]:
    """The tablet, and a task with its ticket for each name, all of the same last step."""
    with db.transaction() as session:
        tablet, _key = people.tablet(session)
        order = factories.production_order(session, steps=1)
        step = session.scalars(sa.select(OrderStep).where(OrderStep.order_id == order.id)).one()
        given = [people.assignment(session, people.citizen(session, name=name), step=step) for name in names]
        return tablet.id, [(each.public_id, actions.start(session, each, tablet.id, now)) for each in given]


def counted() -> tuple[int, int, int]:
    with db.reading() as session:
        records, parts, items = (
            session.scalar(sa.select(sa.func.count()).select_from(what)) for what in (TaskRecord, Participation, Item)
        )
    return records or 0, parts or 0, items or 0


@pytest.mark.parametrize("names", [("Mona",), ("Mona", "Yusuf")])
def test_two_taps_at_once_make_one_bench(app: Flask, now: datetime, names: tuple[str, ...]) -> None:
    tablet_id, tasks = prepared(now, names)
    taps = tasks * 4
    together = Barrier(len(taps))

    def tap(task: tuple[str, str]) -> str:
        together.wait()
        with db.transaction() as session:
            done = actions.finish(
                session,
                assignment_public_id=task[0],
                ticket=task[1],
                device_id=tablet_id,
                now=now,
                base_url=factories.BASE_URL,
            )
            return done.record.public_id

    with ThreadPoolExecutor(len(taps)) as pool:
        records = set(pool.map(tap, taps))
    assert len(records) == len(names)
    assert counted() == (len(names), len(names), 1)


def test_two_members_of_staff_who_confirm_at_once_confirm_once(app: Flask, now: datetime) -> None:
    with db.transaction() as session:
        mona = people.citizen(session)
        record_id, mona_id = people.draft(session, mona).id, mona.id
        actors = [people.actor_of(session, factories.staff(session)) for _ in range(4)]
    together = Barrier(len(actors))

    def press(number: int) -> bool:
        together.wait()
        try:
            with db.transaction() as session:
                record = session.get_one(TaskRecord, record_id)
                parts = [PartMarks(mona_id, 10 + number, Support.S0, Quality.Q2)]
                actions.confirm(session, record=record, actor=actors[number], now=now, parts=parts)
        except Refusal:
            return False
        return True

    with ThreadPoolExecutor(len(actors)) as pool:
        won = [number for number, is_won in enumerate(pool.map(press, range(len(actors)))) if is_won]
    assert len(won) == 1
    with db.reading() as session:
        assert session.scalar(sa.select(Participation.minutes)) == 10 + won[0]
        assert session.scalar(sa.select(TaskRecord.confirmed_by_id)) == actors[won[0]].account_id
