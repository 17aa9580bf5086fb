"""Tasks are given, begun and finished once."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session
from support import factories, people

from workshop.core.errors import NotHere, Refusal
from workshop.production.models import OrderStep, ProductionOrder, StepState
from workshop.products.models import Item
from workshop.tasks import actions
from workshop.tasks.models import (
    Assignment,
    AssignmentState,
    Feeling,
    FinishTicket,
    Participation,
    RecordStatus,
    TaskRecord,
)
from workshop.tasks.results import Finished, suggested_minutes

SLIGHTLY_LATER = timedelta(seconds=1)


def steps_of(session: Session, order: ProductionOrder) -> list[OrderStep]:
    return list(
        session.scalars(sa.select(OrderStep).where(OrderStep.order_id == order.id).order_by(OrderStep.position))
    )


def finish(session: Session, given: Assignment, ticket: str, device_id: int, now: datetime) -> Finished:
    return actions.finish(
        session,
        assignment_public_id=given.public_id,
        ticket=ticket,
        device_id=device_id,
        now=now,
        base_url=factories.BASE_URL,
    )


def count(session: Session, what: type) -> int:
    return session.scalar(sa.select(sa.func.count()).select_from(what)) or 0


def test_a_task_cannot_be_finished_twice(session: Session, now: datetime) -> None:
    mona = people.citizen(session)
    tablet, _key = people.tablet(session)
    (step,) = steps_of(session, factories.production_order(session, title="Bænk til haven", steps=1))
    given = people.assignment(session, mona, step=step)
    ticket = actions.start(session, given, tablet.id, now)

    first = finish(session, given, ticket, tablet.id, now + timedelta(minutes=40))
    second = finish(session, given, ticket, tablet.id, now + timedelta(minutes=40) + SLIGHTLY_LATER)

    assert first.record.id == second.record.id
    assert [item.number for item in first.items] == [item.number for item in second.items]
    assert len(first.items) == 1
    assert (count(session, TaskRecord), count(session, Item), count(session, Participation)) == (1, 1, 1)
    assert first.record.item_id == first.items[0].id
    assert first.assignment.finished_at == now + timedelta(minutes=40), "the second tap must not move the time"


def test_two_tickets_for_one_task_still_finish_it_once(session: Session, now: datetime) -> None:
    mona = people.citizen(session)
    tablet, _key = people.tablet(session)
    given = people.assignment(session, mona)
    tickets = [actions.start(session, given, tablet.id, now) for _ in range(2)]
    assert count(session, FinishTicket) == 2
    records = {finish(session, given, ticket, tablet.id, now).record.id for ticket in tickets}
    assert len(records) == 1


def test_a_finish_counts_for_its_owner_and_drafts_a_record(session: Session, now: datetime) -> None:
    mona = people.citizen(session)
    tablet, _key = people.tablet(session)
    given = people.assignment(session, mona, title="Slib bænken")
    done = finish(session, given, actions.start(session, given, tablet.id, now), tablet.id, now)
    assert done.record.status is RecordStatus.DRAFT
    assert done.record.title == "Slib bænken"
    assert done.record.recorded_by_id == mona.account_id
    parts = session.scalars(sa.select(Participation)).all()
    assert [(part.citizen_id, part.support, part.quality) for part in parts] == [(mona.id, None, None)]


def test_a_ticket_is_worth_nothing_on_another_tablet_or_for_another_task(session: Session, now: datetime) -> None:
    mona = people.citizen(session)
    tablet, _key = people.tablet(session)
    other_tablet, _other_key = people.tablet(session)
    given, other = people.assignment(session, mona), people.assignment(session, mona)
    ticket = actions.start(session, given, tablet.id, now)
    actions.start(session, other, tablet.id, now)
    for wrong in ((given, ticket, other_tablet.id), (other, ticket, tablet.id), (given, "made up", tablet.id)):
        with pytest.raises(NotHere):
            finish(session, *wrong, now)
    assert count(session, TaskRecord) == 0


def test_a_step_of_two_colleagues_is_done_when_both_are(session: Session, now: datetime) -> None:
    mona, yusuf = people.citizen(session), people.citizen(session, name="Yusuf")
    tablet, _key = people.tablet(session)
    (step,) = steps_of(session, factories.production_order(session, steps=1))
    hers, his = (people.assignment(session, each, step=step) for each in (mona, yusuf))
    her_ticket, his_ticket = (actions.start(session, each, tablet.id, now) for each in (hers, his))

    assert finish(session, hers, her_ticket, tablet.id, now).items == []
    session.refresh(step)
    assert step.state is StepState.STARTED
    done = finish(session, his, his_ticket, tablet.id, now)
    session.refresh(step)
    assert step.state is StepState.FINISHED
    assert len(done.items) == 1
    assert set(session.scalars(sa.select(TaskRecord.item_id))) == {done.items[0].id}, "both made the bench"


def test_starting_again_keeps_the_first_start(session: Session, now: datetime) -> None:
    mona = people.citizen(session)
    tablet, _key = people.tablet(session)
    given = people.assignment(session, mona)
    actions.start(session, given, tablet.id, now)
    actions.start(session, given, tablet.id, now + timedelta(hours=1))
    assert given.started_at == now


def test_a_finished_or_cancelled_task_cannot_be_started(session: Session, now: datetime) -> None:
    mona = people.citizen(session)
    tablet, _key = people.tablet(session)
    gone, done = people.assignment(session, mona), people.assignment(session, mona)
    actions.cancel(session, gone, now=now)
    finish(session, done, actions.start(session, done, tablet.id, now), tablet.id, now)
    for over in (gone, done):
        with pytest.raises(Refusal):
            actions.start(session, over, tablet.id, now)


def test_a_task_cancelled_while_under_way_says_so_and_leaves_no_record(session: Session, now: datetime) -> None:
    mona = people.citizen(session)
    tablet, _key = people.tablet(session)
    given = people.assignment(session, mona)
    ticket = actions.start(session, given, tablet.id, now)
    actions.cancel(session, given, now=now)
    with pytest.raises(Refusal, match="taget af listen"):
        finish(session, given, ticket, tablet.id, now)
    assert count(session, TaskRecord) == 0


def test_a_finished_task_is_voided_not_cancelled(session: Session, now: datetime) -> None:
    mona = people.citizen(session)
    tablet, _key = people.tablet(session)
    given = people.assignment(session, mona)
    finish(session, given, actions.start(session, given, tablet.id, now), tablet.id, now)
    with pytest.raises(Refusal):
        actions.cancel(session, given, now=now)


def test_finishing_without_a_ticket_is_for_the_owner_and_counts_once(session: Session, now: datetime) -> None:
    mona = people.citizen(session)
    tablet, _key = people.tablet(session)
    given = people.assignment(session, mona)
    actions.start(session, given, tablet.id, now)
    results = [
        actions.finish_own(session, given, device_id=tablet.id, now=now, base_url=factories.BASE_URL) for _ in range(2)
    ]
    assert results[0].record.id == results[1].record.id


def test_a_task_is_given_for_a_day_of_the_stay_that_has_not_gone(session: Session, now: datetime) -> None:
    mona = people.citizen(session, ends_on=date(2026, 11, 27))
    for wrong in (date(2026, 11, 23), date(2026, 11, 28)):
        with pytest.raises(Refusal):
            people.assignment(session, mona, day=wrong)
    assert people.assignment(session, mona, day=date(2026, 11, 27)).state is AssignmentState.PLANNED


def test_a_step_is_given_to_a_person_once_a_day(session: Session) -> None:
    mona = people.citizen(session)
    step, _next = steps_of(session, factories.production_order(session, steps=2))
    people.assignment(session, mona, step=step)
    with pytest.raises(Refusal, match="allerede"):
        people.assignment(session, mona, step=step)
    assert people.assignment(session, mona, step=step, day=date(2026, 11, 25)).title == step.title


def test_only_a_planned_task_can_be_moved(session: Session, now: datetime) -> None:
    mona = people.citizen(session)
    tablet, _key = people.tablet(session)
    given = people.assignment(session, mona)
    actions.move(session, given, day=date(2026, 11, 26), start_minute=600, now=now)
    assert (given.day, given.start_minute) == (date(2026, 11, 26), 600)
    actions.start(session, given, tablet.id, now)
    with pytest.raises(Refusal):
        actions.move(session, given, day=date(2026, 11, 27), start_minute=None, now=now)


def test_how_it_felt_is_the_persons_own_and_can_be_skipped(session: Session, now: datetime) -> None:
    mona, yusuf = people.citizen(session), people.citizen(session, name="Yusuf")
    record = people.draft(session, mona)
    actions.say_how_it_felt(session, record, mona.id, Feeling.HARD)
    assert session.scalar(sa.select(Participation.felt)) is Feeling.HARD
    actions.say_how_it_felt(session, record, mona.id, None)
    assert session.scalar(sa.select(Participation.felt)) is None
    with pytest.raises(NotHere):
        actions.say_how_it_felt(session, record, yusuf.id, Feeling.GOOD)


@pytest.mark.once
def test_suggested_minutes_are_to_five_and_at_most_ten_hours() -> None:
    start = people.NOW
    assert suggested_minutes(start, start + timedelta(minutes=43)) == 45
    assert suggested_minutes(start, start + timedelta(hours=30)) == 600
    assert suggested_minutes(start, start + timedelta(minutes=5)) == 5
    assert suggested_minutes(start, start + timedelta(minutes=4, seconds=59)) is None, "both were pressed at the end"
    assert suggested_minutes(None, start) is None
