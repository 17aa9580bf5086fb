"""Routines in people's hands: given on the board, done when the last finishes, waiting again when taken off."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from threading import Barrier

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from support import factories, people

from workshop.citizens.models import Citizen
from workshop.core import clock, crypto, db
from workshop.core.errors import Refusal
from workshop.production.models import TaskType
from workshop.production.routines import actions as routines
from workshop.production.routines.actions import Plan
from workshop.production.routines.closed import closed_days
from workshop.production.routines.models import Routine, RoutineDay, RoutineDayState
from workshop.tasks import actions, queries, recording
from workshop.tasks.models import Assignment, AssignmentState, TaskRecord

MONDAY = date(2026, 11, 30)


def routine(
    session: Session, *, key: str = "", weekdays: tuple[int, ...] = tuple(range(7)), **changes: object
) -> Routine:
    task = factories.task_type(session, key=key, name="Vaske op", kind="canteen")
    values: dict[str, object] = {
        "title": "Opvask efter frokost", "task_type_id": task.id, "department_id": factories.department(session).id,
        "weekdays": weekdays, "every_weeks": 1, "starts_on": date(2026, 1, 5), "place": "Køkkenet", "start_minute": 750,
    }  # fmt: skip
    made = routines.add(session, Plan(**(values | changes)), once=crypto.new_public_id(), by_staff_id=None)  # type: ignore[arg-type]
    assert made is not None
    return made


def give(session: Session, person: Citizen, made: Routine, day: date, now: datetime) -> Assignment:
    return actions.assign(
        session, citizen=person, day=day, title=None, order_step_id=None, task_type_id=None, start_minute=750,
        now=now, by_staff_id=factories.staff(session).account_id, routine_id=made.id,
    )  # fmt: skip


def state(session: Session) -> RoutineDayState | None:
    return session.scalar(sa.select(RoutineDay.state))


@dataclass(frozen=True)
class Given:
    tablet: int
    tasks: list[tuple[str, str]]


def given_to(session: Session, now: datetime, *names: str) -> Given:
    """The same routine given to each, begun on a tablet."""
    tablet, _key = people.tablet(session)
    made = routine(session)
    tasks = [give(session, people.citizen(session, name=name), made, MONDAY, now) for name in names]
    return Given(tablet.id, [(each.public_id, actions.start(session, each, tablet.id, now)) for each in tasks])


def finish(session: Session, given: Given, number: int, now: datetime) -> TaskRecord:
    public_id, ticket = given.tasks[number]
    return actions.finish(
        session, assignment_public_id=public_id, ticket=ticket, device_id=given.tablet, now=now,
        base_url=factories.BASE_URL,
    ).record  # fmt: skip


def test_two_who_are_given_it_share_one_day_and_the_last_makes_it_done(session: Session, now: datetime) -> None:
    given = given_to(session, now, "Mona", "Yusuf")
    assert session.scalar(sa.select(sa.func.count(RoutineDay.id))) == 1
    first = finish(session, given, 0, now)
    assert state(session) is RoutineDayState.DUE
    finish(session, given, 1, now)
    assert state(session) is RoutineDayState.DONE
    assert finish(session, given, 0, now + timedelta(hours=1)).id == first.id, "a second tap is the same record"
    assert session.scalar(sa.select(RoutineDay.done_at)) == now
    assert session.scalar(sa.select(sa.func.count(TaskRecord.id))) == 2


def test_the_tablet_says_where_and_with_how_many(session: Session, now: datetime) -> None:
    made, mona = routine(session), people.citizen(session)
    for person in (mona, people.citizen(session, name="Yusuf")):
        give(session, person, made, MONDAY, now)
    (task,) = queries.own_tasks(session, mona.id, MONDAY)
    assert (task.title, task.place, task.colleagues) == ("Opvask efter frokost", "Køkkenet", 1)


def test_nobody_gets_the_same_twice_and_only_on_its_days(session: Session, now: datetime) -> None:
    made, mona = routine(session, weekdays=(0,)), people.citizen(session)
    give(session, mona, made, MONDAY, now)
    with pytest.raises(Refusal, match="har allerede"):
        give(session, mona, made, MONDAY, now)
    with pytest.raises(Refusal, match="ligger ikke på den dag"):
        give(session, mona, made, MONDAY + timedelta(days=1), now)


def test_taken_off_everybody_it_waits_again(session: Session, now: datetime) -> None:
    made = routine(session)
    both = [give(session, people.citizen(session, name=name), made, MONDAY, now) for name in ("Mona", "Yusuf")]
    actions.cancel(session, both[0], now=now)
    assert state(session) is RoutineDayState.DUE
    for _tap in range(2):
        actions.cancel(session, both[1], now=now)
    assert state(session) is None
    assert {each.state for each in both} == {AssignmentState.CANCELLED}
    routines.skip(session, made, MONDAY)
    with pytest.raises(Refusal, match="sprunget over"):
        give(session, people.citizen(session, name="Ida"), made, MONDAY, now)


def test_taken_off_the_last_when_another_has_done_it_it_is_done(session: Session, now: datetime) -> None:
    given = given_to(session, now, "Mona", "Yusuf")
    finish(session, given, 0, now)
    other = session.scalars(sa.select(Assignment).where(Assignment.public_id == given.tasks[1][0])).one()
    actions.cancel(session, other, now=now)
    assert state(session) is RoutineDayState.DONE


def test_a_count_made_on_the_tablet_is_its_routine_done(session: Session, now: datetime) -> None:
    """Work that the tablet records by itself finishes the person's own task, and with it the day of the routine."""
    made, mona = routine(session, key=recording.STOCKTAKE), people.citizen(session)
    today = clock.local_day(now)
    assert give(session, mona, made, today, now).task_type_id == made.task_type_id
    kind = session.get_one(TaskType, made.task_type_id)
    assert recording._task_of_today(session, mona, kind, now) is not None
    assert state(session) is RoutineDayState.DONE


@pytest.mark.parametrize("is_guarded", [True, False])
def test_two_who_finish_at_once_make_it_done_once(
    app: Flask, now: datetime, monkeypatch: pytest.MonkeyPatch, is_guarded: bool
) -> None:
    """Without the gate each could see the other at work and leave the day due; SQLite writes one by one anyhow."""
    with db.transaction() as session:
        given = given_to(session, now, "Mona", "Yusuf", "Ida", "Bo")
    looked = Barrier(len(given.tasks))
    if not is_guarded:
        if db.engines()[0].dialect.name == "sqlite":
            pytest.skip("SQLite has one writer, which is gate enough")
        # Everybody has finished their own and looks before anybody commits.
        monkeypatch.setattr(routines, "wait_for", lambda *_args: looked.wait(20) and None)
    together = Barrier(len(given.tasks))

    def tap(number: int) -> int:
        together.wait()
        with db.transaction() as session:
            return finish(session, given, number, now).id

    with ThreadPoolExecutor(len(given.tasks)) as pool:
        records = set(pool.map(tap, range(len(given.tasks))))
    assert len(records) == len(given.tasks)
    with db.reading() as session:
        assert state(session) is (RoutineDayState.DONE if is_guarded else RoutineDayState.DUE)


def test_two_staff_who_give_it_at_once_give_one_day(app: Flask, now: datetime) -> None:
    names = ("Mona", "Yusuf", "Ida", "Bo")
    with db.transaction() as session:
        made = routine(session).id
        citizens = [people.citizen(session, name=name).id for name in names]
        staff = factories.staff(session).account_id
    together = Barrier(len(names))

    def press(citizen_id: int) -> None:
        together.wait()
        with db.transaction() as session:
            actions.assign(
                session, citizen=session.get_one(Citizen, citizen_id), day=MONDAY, title=None, order_step_id=None,
                task_type_id=None, start_minute=None, now=now, by_staff_id=staff, routine_id=made,
            )  # fmt: skip

    with ThreadPoolExecutor(len(names)) as pool:
        list(pool.map(press, citizens))
    with db.reading() as session:
        assert session.scalar(sa.select(sa.func.count(RoutineDay.id))) == 1
        assert session.scalar(sa.select(sa.func.count(sa.distinct(Assignment.citizen_id)))) == len(names)


def coming_day(app: Flask) -> date:
    """A weekday of next week that is no holiday."""
    today = clock.local_day(clock.now())
    monday = today + timedelta(days=7 - today.weekday())
    return next(day for day in (monday + timedelta(days=n) for n in range(5)) if day not in closed_days(day, day))


def test_the_board_offers_what_falls_on_the_day_until_somebody_has_it(app: Flask, lone: FlaskClient, house) -> None:
    day = coming_day(app)
    with db.transaction() as session:
        made = routine(session, weekdays=(day.weekday(),)).public_id
    year, week, _weekday = day.isocalendar()
    board = f"/personale/uge/{year}-{week}"
    offer = f"/personale/uge/ny?fast={made}&amp;dag={day}"
    assert offer in lone.get(board).text
    assert offer in lone.get(f"{board}?vis=house").text
    assert offer not in lone.get(f"{board}?vis=service").text
    form = lone.get(offer.replace("&amp;", "&")).text
    assert 'value="12.30"' in form
    data = {"routine": made, "step": "", "task": "", "person": house.mona, "day": day.isoformat(), "time": "12.30"}
    assert lone.post("/personale/uge/ny", data=data).status_code == 303
    page = lone.get(board).text
    assert offer not in page
    assert all(words in page for words in ("Opvask efter frokost", "Køkkenet", "Mona"))
    with db.reading() as session:
        given = session.scalars(sa.select(Assignment)).one()
    assert (given.title, given.start_minute) == ("Opvask efter frokost", 750)
    assert "Giv den til én mere" in lone.get(f"/personale/uge/opgave/{given.public_id}").text
    lone.post(f"/personale/uge/opgave/{given.public_id}/tag-af")
    assert offer in lone.get(board).text
    wrong = {**data, "day": (day + timedelta(days=1)).isoformat()}
    answer = lone.post("/personale/uge/ny", data=wrong)
    assert answer.status_code == 409
    assert "på den dag" in answer.text or "Huset er lukket" in answer.text


def test_others_routines_are_not_on_our_board(app: Flask, house) -> None:
    day = coming_day(app)
    with db.transaction() as session:
        made = routine(session).public_id
    away = people.at_desk(app, house.away)
    year, week, _weekday = day.isocalendar()
    assert made not in away.get(f"/personale/uge/{year}-{week}").text
    data = {"routine": made, "step": "", "task": "", "person": house.ida, "day": day.isoformat(), "time": ""}
    assert away.post("/personale/uge/ny", data=data).status_code == 422


def test_what_was_done_on_the_tablet_is_not_taken_back_at_the_desk(session: Session, now: datetime) -> None:
    given = given_to(session, now, "Mona")
    finish(session, given, 0, now)
    with pytest.raises(Refusal, match="gjort på tabletten"):
        routines.not_done(session, session.scalars(sa.select(Routine)).one(), MONDAY)
    assert state(session) is RoutineDayState.DONE
