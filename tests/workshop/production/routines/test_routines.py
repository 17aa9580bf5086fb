"""Routines at the desk: made once, changed with care, stopped, left out and brought back."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from threading import Barrier

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from support import factories, people
from support.queries import counted

from workshop.core import clock, crypto, db
from workshop.core.access import Role
from workshop.core.errors import Refusal
from workshop.production.routines import actions, queries
from workshop.production.routines.actions import Plan
from workshop.production.routines.closed import closed_days
from workshop.production.routines.models import Routine, RoutineDay, RoutineDayState
from workshop.production.routines.views import week_url

PAGE = "/personale/produktion/faste"
MONDAY = date(2026, 11, 23)


def routine(session: Session, *, title: str = "Vaske op", **changes: object) -> Routine:
    values: dict[str, object] = {
        "title": title,
        "task_type_id": factories.task_type(session, name="Vaske op", kind="canteen").id,
        "department_id": factories.department(session).id,
        "weekdays": (0, 1, 2, 3, 4),
        "every_weeks": 1,
        "starts_on": MONDAY,
    }
    made = actions.add(session, Plan(**(values | changes)), once=crypto.new_public_id(), by_staff_id=None)  # type: ignore[arg-type]
    assert made is not None
    return made


def states(session: Session) -> dict[date, RoutineDayState]:
    return {row.day: row.state for row in session.scalars(sa.select(RoutineDay))}


def test_a_routine_is_made_once(session: Session) -> None:
    once = crypto.new_public_id()
    task, at = factories.task_type(session), factories.department(session)
    plan = Plan("Bilag", task.id, at.id, (2,), 1, MONDAY)
    assert actions.add(session, plan, once=once, by_staff_id=None) is not None
    assert actions.add(session, plan, once=once, by_staff_id=None) is None
    assert session.scalar(sa.select(sa.func.count(Routine.id))) == 1


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"title": " "}, "hvad opgaven hedder"),
        ({"weekdays": ()}, "ugedag"),
        ({"weekdays": (7,)}, "ugedag"),
        ({"every_weeks": 13}, "hvor tit"),
        ({"ends_on": MONDAY - timedelta(days=1)}, "slutter, før"),
    ],
)
def test_what_makes_no_sense_is_refused(session: Session, changes: dict[str, object], sentence: str) -> None:
    with pytest.raises(Refusal, match=sentence):
        routine(session, **changes)  # type: ignore[arg-type]


def test_of_two_who_edit_the_second_is_told(session: Session) -> None:
    made = routine(session)
    plan = Plan("Tørre af", made.task_type_id, made.department_id, (1,), 2, MONDAY)
    actions.edit(session, made, plan, version=1)
    with pytest.raises(actions.EditedMeanwhile):
        actions.edit(session, made, Plan("Feje", made.task_type_id, made.department_id, (1,), 2, MONDAY), version=1)
    assert (made.title, made.weekdays, made.version) == ("Tørre af", [1], 2)


def test_a_day_is_left_out_and_brought_back(session: Session) -> None:
    made = routine(session)
    for _tap in range(2):
        actions.skip(session, made, MONDAY)
    assert states(session) == {MONDAY: RoutineDayState.SKIPPED}
    with pytest.raises(Refusal, match="sprunget over"):
        actions.day_to_give(session, made, MONDAY)
    for _tap in range(2):
        actions.bring_back(session, made, MONDAY)
    assert states(session) == {}


def test_what_somebody_has_is_not_left_out(session: Session) -> None:
    made = routine(session)
    given = actions.day_to_give(session, made, MONDAY)
    with pytest.raises(Refusal, match="Tag dem af"):
        actions.skip(session, made, MONDAY)
    actions.bring_back(session, made, MONDAY)
    assert states(session) == {MONDAY: RoutineDayState.DUE}, "bringing back takes nothing from anybody"
    assert actions.day_to_give(session, made, MONDAY).id == given.id


def test_it_is_done_once_a_day(session: Session, now: datetime) -> None:
    made = routine(session)
    day = actions.day_to_give(session, made, MONDAY)
    assert [actions.finish_day(session, day.id, now=now) for _tap in range(2)] == [True, False]
    for press in (actions.skip, actions.day_to_give):
        with pytest.raises(Refusal, match="gjort"):
            press(session, made, MONDAY)


@pytest.mark.parametrize("day", [date(2026, 11, 28), date(2026, 11, 20)])
def test_a_day_it_does_not_fall_on_cannot_be_given(session: Session, day: date) -> None:
    made = routine(session)
    for press in (actions.skip, actions.day_to_give):
        with pytest.raises(Refusal, match="ligger ikke på den dag"):
            press(session, made, day)


def test_a_holiday_says_its_name(session: Session) -> None:
    with pytest.raises(Refusal, match="Juledag"):
        actions.day_to_give(session, routine(session), date(2026, 12, 25))
    with pytest.raises(Refusal, match="Grundlovsdag"):
        actions.day_to_give(session, routine(session), date(2026, 6, 5))


def test_a_week_shows_each_routine_on_its_days(session: Session) -> None:
    daily, bills = routine(session), routine(session, title="Ordne bilag", weekdays=(2,))
    actions.skip(session, bills, MONDAY + timedelta(days=2))
    shown = queries.week(session, [daily.department_id], MONDAY)
    assert len(shown.days) == 5
    told = {line.routine.title: [stand and (stand.state or "open") for stand in line.stands] for line in shown.lines}
    skipped = RoutineDayState.SKIPPED
    assert told == {"Vaske op": ["open"] * 5, "Ordne bilag": [None, None, skipped, None, None]}
    christmas = queries.week(session, [daily.department_id], date(2026, 12, 21))
    assert [each and each.day.day for each in christmas.lines[-1].stands] == [21, 22, 23, None, None]
    assert [day.day for day in christmas.closed] == [24, 25]


def test_a_day_that_was_done_stands_when_the_routine_changes(session: Session, now: datetime) -> None:
    made = routine(session)
    actions.finish_day(session, actions.day_to_give(session, made, MONDAY).id, now=now)
    actions.edit(session, made, Plan("Vaske op", made.task_type_id, made.department_id, (4,), 1, MONDAY), version=1)
    found = queries.between(session, [made.department_id], MONDAY, MONDAY + timedelta(days=6))
    assert [(day.weekday(), stand.state) for day, _row, stand in found] == [(0, RoutineDayState.DONE), (4, None)]


@pytest.mark.parametrize("is_guarded", [True, False])
def test_two_who_give_it_at_once_give_one_day(app: Flask, is_guarded: bool) -> None:
    """The unique key decides. The control looks first and writes then, as a rule in Python alone would."""
    with db.transaction() as session:
        made_id = routine(session).id
    together = Barrier(6)

    def press(_number: int) -> int:
        together.wait()
        with db.transaction() as session:
            if is_guarded:
                return actions.day_to_give(session, session.get_one(Routine, made_id), MONDAY).id
            row = RoutineDay(routine_id=made_id, day=MONDAY)
            session.add(row)
            session.flush()
            return row.id

    with ThreadPoolExecutor(6) as pool:
        if is_guarded:
            assert len(set(pool.map(press, range(6)))) == 1
        else:
            with pytest.raises(sa.exc.IntegrityError):
                list(pool.map(press, range(6)))
    with db.reading() as session:
        assert session.scalar(sa.select(sa.func.count(RoutineDay.id))) == 1


@pytest.fixture
def desk(app: Flask) -> FlaskClient:
    with db.transaction() as session:
        email = factories.staff(session).email
    return people.at_desk(app, email)


def sent(**changes: object) -> dict[str, object]:
    with db.transaction() as session:
        task = factories.task_type(session, name="Ordne bilag", kind="office").key
    today = clock.local_day(clock.now()).isoformat()
    data = {"title": "Ordne bilag", "task": task, "weekdays": ["2"], "every_weeks": "1", "time": "9.30"}
    return {**data, "starts_on": today, "department": "trae", "once": crypto.new_public_id(), **changes}


def only() -> Routine:
    with db.reading() as session:
        return session.scalars(sa.select(Routine)).one()


def test_staff_make_change_and_stop_one(desk: FlaskClient) -> None:
    data = sent(place="Kontoret", note="Husk kvitteringerne")
    assert [desk.post(f"{PAGE}/ny", data=data).status_code for _tap in range(2)] == [303, 303]
    made = only()
    assert (made.start_minute, made.weekdays) == (570, [2])
    page = desk.get(PAGE).text
    assert all(words in page for words in ("Hver onsdag kl. 9.30", "Kontoret", "Husk kvitteringerne"))
    change = {**data, "weekdays": ["0", "3"], "every_weeks": "2", "version": "1"}
    assert desk.post(f"{PAGE}/{made.public_id}", data=change).status_code == 303
    assert "Hver 2. uge: mandag og torsdag" in desk.get(PAGE).text
    behind = desk.post(f"{PAGE}/{made.public_id}", data={**change, "title": "Bilag og post"})
    assert behind.status_code == 409
    assert all(words in behind.text for words in ("En anden har rettet", "Bilag og post", "mandag og torsdag"))
    assert [desk.post(f"{PAGE}/{made.public_id}/stop").status_code for _tap in range(2)] == [303, 303]
    assert only().ends_on == clock.local_day(clock.now())
    assert only().version == 3, "a second press changes nothing"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"title": ""}, "Skriv, hvad opgaven hedder."),
        ({"task": ""}, "Vælg en opgave."),
        ({"weekdays": []}, "Vælg mindst én ugedag."),
        ({"weekdays": ["9"]}, "Vælg ugedage på listen."),
        ({"time": "25"}, "Skriv klokken som 9.30."),
        ({"starts_on": ""}, "Vælg en dag."),
        ({"starts_on": "0202-01-01"}, "Se på årstallet igen."),
        ({"ends_on": "2020-01-01"}, "slutter, før den begynder"),
        ({"every_weeks": "99"}, ""),
        ({"once": "x"}, "Siden er for gammel"),
    ],
)
def test_what_cannot_be_is_said_and_what_was_typed_is_kept(
    desk: FlaskClient, changes: dict[str, object], sentence: str
) -> None:
    answer = desk.post(f"{PAGE}/ny", data=sent(place="Ved vasken", **changes))
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "Ved vasken" in answer.text


def test_a_week_at_the_desk_is_left_out_with_one_press(desk: FlaskClient, app: Flask) -> None:
    day = clock.local_day(clock.now()) + timedelta(days=14)
    day -= timedelta(days=day.weekday() - 1)  # a Tuesday that no holiday of these years is near enough to close
    assert desk.post(f"{PAGE}/ny", data=sent(weekdays=["1"])).status_code == 303
    made = only()
    with app.test_request_context():
        week = week_url(day)
    if "Huset er lukket" in desk.get(week).text:
        pytest.skip("a holiday")
    assert "Spring over" in desk.get(week).text
    assert desk.post(f"{PAGE}/{made.public_id}/{day}/spring-over", follow_redirects=True).status_code == 200
    assert "Tag med igen" in desk.get(week).text
    assert desk.post(f"{PAGE}/{made.public_id}/{day}/tag-med").status_code == 303
    assert "Spring over" in desk.get(week).text
    wrong = day + timedelta(days=1)
    assert desk.post(f"{PAGE}/{made.public_id}/{wrong}/spring-over").status_code == 409


@pytest.mark.parametrize("path", ["uge/2025-53", "uge/1-1", "x" * 22, f"{'x' * 22}/i-dag/spring-over"])
def test_what_is_not_there_is_not_found(desk: FlaskClient, path: str) -> None:
    ask: Callable[..., object] = desk.post if path.endswith("over") else desk.get
    assert ask(f"{PAGE}/{path}").status_code == 404  # type: ignore[attr-defined]


def test_others_routines_are_not_ours(app: Flask, desk: FlaskClient) -> None:
    assert desk.post(f"{PAGE}/ny", data=sent()).status_code == 303
    with db.transaction() as session:
        metal = factories.department(session, key="metal", name="Metal")
        away = factories.staff(session, departments=[metal]).email
        manager = factories.staff(session, roles=[Role.MANAGER]).email
    other = people.at_desk(app, away)
    assert "Ordne bilag" not in other.get(PAGE).text
    assert other.get(f"{PAGE}/{only().public_id}").status_code == 404
    assert other.post(f"{PAGE}/{only().public_id}/stop").status_code == 404
    looking = people.at_desk(app, manager)
    page = looking.get(PAGE).text
    assert "Ordne bilag" in page
    assert "Ny fast opgave" not in page
    assert looking.post(f"{PAGE}/{only().public_id}/stop").status_code == 403


def test_many_routines_are_asked_for_as_few(desk: FlaskClient) -> None:
    asked = []
    for many in (2, 20):
        with db.transaction() as session:
            for number in range(many):
                routine(session, title=f"Opgave {many} {number}", starts_on=date(2026, 1, 5))
        desk.get(PAGE)
        with counted() as first:
            desk.get(PAGE)
        with counted() as second:
            assert f"Opgave {many} 1" in desk.get(f"{PAGE}/uge/2026-48").text
        asked.append((len(first), len(second)))
    assert asked[0] == asked[1]


def test_staff_say_that_it_was_done_once_and_can_take_it_back(session: Session, now: datetime) -> None:
    made = routine(session)
    for _tap in range(2):
        actions.tell_done(session, made, MONDAY, now=now.replace(year=2026, month=11, day=24))
    assert states(session) == {MONDAY: RoutineDayState.DONE}
    for _tap in range(2):
        actions.not_done(session, made, MONDAY)
    assert states(session) == {}


def test_what_somebody_has_or_what_is_left_out_or_still_to_come_is_not_told_done(session: Session) -> None:
    made, later = routine(session), datetime(2026, 11, 25, 12, tzinfo=UTC)
    actions.day_to_give(session, made, MONDAY)
    actions.skip(session, made, MONDAY + timedelta(days=1))
    for ahead, sentence in ((0, "på deres liste"), (1, "sprunget over"), (3, "ikke kommet"), (-1, "ligger ikke")):
        with pytest.raises(Refusal, match=sentence):
            actions.tell_done(session, made, MONDAY + timedelta(days=ahead), now=later)


def test_the_week_page_offers_done_until_today(desk: FlaskClient) -> None:
    today = clock.local_day(clock.now())
    day = next(each for each in (today - timedelta(days=ago) for ago in range(9)) if not closed_days(each, each))
    with db.transaction() as session:
        made = routine(session, weekdays=tuple(range(7)), starts_on=today - timedelta(days=30))
        at = f"{PAGE}/{made.public_id}"
    week = f"{PAGE}/uge/{day.isocalendar().year}-{day.isocalendar().week}"
    page = desk.get(week).text
    assert f"{at}/{day}/gjort" in page
    assert f"{at}/{today + timedelta(days=1)}/gjort" not in page
    assert f"{at}/{day}/ikke-gjort" in desk.post(f"{at}/{day}/gjort", follow_redirects=True).text
    desk.post(f"{at}/{day}/ikke-gjort")
    with db.reading() as session:
        assert states(session) == {}
