"""What people do together: planned once or each week, changed, called off, and who took part. Nothing more."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from support import factories, people
from support.queries import counted

from workshop.citizens.models import Citizen, Enrolment
from workshop.core import clock, db
from workshop.core.errors import Refusal
from workshop.production.models import ActivityKind
from workshop.production.routines.closed import closed_days
from workshop.tasks.activities import actions, queries
from workshop.tasks.activities.actions import Shape
from workshop.tasks.activities.models import GroupActivity, GroupActivityPart

PAGE = "/personale/uge/aktivitet"


def an_open_day(ahead: int = 7) -> date:
    """A weekday ahead on which the house is open this week and the next."""
    day = clock.local_day(clock.now()) + timedelta(days=ahead)
    while day.weekday() > 4 or closed_days(day, day) or closed_days(day + timedelta(weeks=1), day + timedelta(weeks=1)):
        day += timedelta(days=1)
    return day


@pytest.fixture
def exercise(house) -> str:
    with db.transaction() as session:
        session.add(
            ActivityKind(key="exercise", name="Motion i arbejdstiden", short_name="Motion", pictogram="running-shoe")
        )
    return "exercise"


def form(house, **changes: object) -> dict[str, object]:
    values: dict[str, object] = {
        "title": "Gåtur",
        "kind": "exercise",
        "place": "Skoven",
        "day": an_open_day().isoformat(),
        "time": "13",
        "minutes": "60",
        "until": "",
        "department": "trae",
        "med": [house.mona, house.yusuf],
    }
    return values | changes


def rows() -> list[GroupActivity]:
    with db.reading() as session:
        return list(session.scalars(sa.select(GroupActivity).order_by(GroupActivity.day)))


def parts() -> list[tuple[int, int, bool | None]]:
    with db.reading() as session:
        found = session.execute(
            sa.select(
                GroupActivityPart.activity_id, GroupActivityPart.citizen_id, GroupActivityPart.took_part
            ).order_by(GroupActivityPart.activity_id, GroupActivityPart.citizen_id)
        )
        return [tuple(row) for row in found]


def planned(lone: FlaskClient, house, **changes: object) -> GroupActivity:
    answer = lone.post(f"{PAGE}/ny", data=form(house, **changes))
    assert answer.status_code == 303, answer.text
    return rows()[0]


def test_an_activity_stands_on_the_board_with_its_people(lone: FlaskClient, house, exercise: str) -> None:
    made = planned(lone, house)
    year, week, _day = made.day.isocalendar()
    page = lone.get(f"/personale/uge/{year}-{week}").text
    assert "Gåtur" in page
    assert "13.00–14.00" in page
    assert f"{PAGE}/{made.public_id}" in page
    assert "Gåtur" not in lone.get(f"/personale/uge/{year}-{week}?vis=make").text
    assert "Gåtur" in lone.get(f"/personale/uge/{year}-{week}?vis=together").text
    assert made.series == ""
    with db.reading() as session:
        own = queries.own_between(session, house.monas_id, made.day, made.day)
    assert [(each.title, each.place, each.start_minute) for each in own] == [("Gåtur", "Skoven", 780)]


def test_each_week_until_a_day_leaves_out_the_days_the_house_is_closed(lone: FlaskClient, house, exercise: str) -> None:
    first = an_open_day()
    last = first + timedelta(weeks=30)
    planned(lone, house, until=last.isoformat())
    wanted = [first + timedelta(weeks=week) for week in range(31)]
    assert [each.day for each in rows()] == [day for day in wanted if day not in closed_days(first, last)]
    assert len({each.series for each in rows()}) == 1
    assert len(parts()) == 2 * len(rows())


def test_a_second_press_makes_no_second_activity(lone: FlaskClient, house, exercise: str) -> None:
    planned(lone, house)
    again = lone.post(f"{PAGE}/ny", data=form(house))
    assert again.status_code == 409
    assert "står der allerede" in again.text
    assert 'value="Gåtur"' in again.text
    assert len(rows()) == 1
    assert lone.post(f"{PAGE}/ny", data=form(house, time="14")).status_code == 303, "another hour is another activity"


def press_guarded(shape: Shape, department_id: int, by: int) -> bool:
    try:
        with db.transaction() as session:
            more = {"department_id": department_id, "until": None, "people": [], "by_staff_id": by, "now": clock.now()}
            actions.plan(session, shape, **more)
    except Refusal:
        return False
    return True


def press_unguarded(shape: Shape, department_id: int, by: int) -> bool:
    """The control: it looks, and then it writes."""
    with db.reading() as session:
        is_there = session.scalar(sa.select(sa.func.count(GroupActivity.id)))
    time.sleep(0.05)
    if is_there:
        return False
    with db.transaction() as session:
        session.add(GroupActivity(**shape._asdict(), department_id=department_id, by_staff_id=by))
    return True


@pytest.mark.parametrize(("press", "is_once"), [(press_guarded, True), (press_unguarded, False)])
def test_of_eight_who_plan_the_same_at_once_one_does(app: Flask, house, exercise: str, press, is_once: bool) -> None:
    hands, now = 8, clock.now()
    with db.transaction() as session:
        department = factories.department(session).id
        kind = session.scalars(sa.select(ActivityKind.id).where(ActivityKind.key == exercise)).one()
        by = factories.staff(session, now=now).account_id
    shape, together = Shape("Gåtur", kind, "", an_open_day(), 780, 60), Barrier(hands)

    def hand(_number: int) -> bool:
        together.wait()
        won: bool = press(shape, department, by)
        return won

    with ThreadPoolExecutor(hands) as pool:
        won = sum(pool.map(hand, range(hands)))
    assert len(rows()) == won
    assert (won == 1) is is_once


def test_a_form_with_mistakes_comes_back_with_what_was_typed(lone: FlaskClient, house, exercise: str) -> None:
    wrong = form(house, title="", day="", time="25", minutes="4", place="Skoven", med=[house.yusuf])
    answer = lone.post(f"{PAGE}/ny", data=wrong)
    assert answer.status_code == 422
    for sentence in ("Skriv, hvad I laver.", "Vælg en dag.", "Skriv klokken som 9.30.", "mellem 5 og 600 minutter"):
        assert sentence in answer.text
    assert 'value="Skoven"' in answer.text
    assert f'value="{house.yusuf}" checked' in answer.text
    assert f'value="{house.mona}" checked' not in answer.text
    assert rows() == []


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"day": "2026-01-05"}, "Dagen er gået"),
        ({"until": "2026-01-05"}, "ligger før den første"),
        ({"until": "2099-01-05"}, "mere end et år frem"),
    ],
)
def test_days_that_are_no_plan_are_refused(lone: FlaskClient, house, exercise: str, changes, sentence: str) -> None:
    answer = lone.post(f"{PAGE}/ny", data=form(house, **changes))
    assert (answer.status_code, sentence in answer.text) == (409, True)


def test_it_is_called_off_once_or_from_then_on(lone: FlaskClient, house, exercise: str) -> None:
    first = planned(lone, house, until=(an_open_day() + timedelta(weeks=1)).isoformat())
    assert len(rows()) == 2
    lone.post(f"{PAGE}/{first.public_id}/aflys", data={"hvor": "denne"})
    assert [each.cancelled_at is not None for each in rows()] == [True, False]
    year, week, _day = first.day.isocalendar()
    assert "Aflyst" in lone.get(f"/personale/uge/{year}-{week}").text
    with db.reading() as session:
        assert queries.own_between(session, house.monas_id, first.day, first.day) == []
    again = lone.post(f"{PAGE}/{first.public_id}/aflys", data={"hvor": "alle"}, follow_redirects=True)
    assert again.status_code == 200
    assert all(each.cancelled_at is not None for each in rows())


def test_what_was_called_off_by_mistake_comes_back_with_its_people(lone: FlaskClient, house, exercise: str) -> None:
    first = planned(lone, house, until=(an_open_day() + timedelta(weeks=2)).isoformat())
    page, there = f"{PAGE}/{first.public_id}", parts()
    lone.post(f"{PAGE}/{rows()[1].public_id}/aflys", data={"hvor": "denne"})
    lone.post(f"{page}/aflys", data={"hvor": "alle"})
    assert "Fortryd aflysningen" in lone.get(page).text
    done = lone.post(f"{page}/fortryd", follow_redirects=True).text
    assert "Står i ugen igen 2 gange." in done
    assert [each.cancelled_at is not None for each in rows()] == [False, True, False], "the other press stands"
    assert parts() == there
    assert "Den er ikke aflyst." in lone.post(f"{page}/fortryd", follow_redirects=True).text
    assert "Fortryd aflysningen" not in lone.get(page).text


def test_what_has_another_in_its_place_stays_called_off(lone: FlaskClient, house, exercise: str) -> None:
    first = planned(lone, house)
    page = f"{PAGE}/{first.public_id}"
    lone.post(f"{page}/aflys", data={"hvor": "denne"})
    assert lone.post(f"{PAGE}/ny", data=form(house)).status_code == 303
    told = lone.post(f"{page}/fortryd", follow_redirects=True).text
    assert "Gåtur står der allerede" in told
    assert [each.cancelled_at is not None for each in rows()] == [True, False]


def test_a_day_gone_by_and_somebody_who_left_do_not_come_back(house, lone: FlaskClient, exercise: str) -> None:
    made = planned(lone, house)
    with db.transaction() as session:
        activity = session.get_one(GroupActivity, made.id)
        actions.cancel(session, activity, is_for_all=False, now=clock.now())
        with pytest.raises(Refusal, match="Dagen er gået"):
            actions.bring_back(session, activity, now=clock.now() + timedelta(days=60))
        session.execute(
            sa.update(Enrolment)
            .where(Enrolment.citizen_id == house.yusufs_id)
            .values(ends_on=clock.local_day(clock.now()))
        )
        assert actions.bring_back(session, activity, now=clock.now()) == 1
    assert [citizen for _activity, citizen, _said in parts()] == [house.monas_id]


def test_who_took_part_is_said_on_the_day_and_not_before(lone: FlaskClient, house, exercise: str) -> None:
    made = planned(lone, house)
    said = {f"var-{house.mona}": "ja", f"var-{house.yusuf}": "nej", f"var-{house.ida}": "ja"}
    early = lone.post(f"{PAGE}/{made.public_id}/var-med", data=said)
    assert (early.status_code, "ikke kommet endnu" in early.text) == (409, True)
    with db.transaction() as session:
        session.execute(sa.update(GroupActivity).values(day=clock.local_day(clock.now())))
    assert "Hvem var med" in lone.get(f"{PAGE}/{made.public_id}").text
    assert lone.post(f"{PAGE}/{made.public_id}/var-med", data=said).status_code == 303
    assert parts() == [(made.id, house.monas_id, True), (made.id, house.yusufs_id, False)]
    lone.post(f"{PAGE}/{made.public_id}/var-med", data={f"var-{house.mona}": "-"})
    assert [took_part for *_who, took_part in parts()] == [None, False]


def test_the_list_changes_this_time_or_from_now_on(lone: FlaskClient, house, exercise: str) -> None:
    made = planned(lone, house, until=(an_open_day() + timedelta(weeks=1)).isoformat())
    page = f"{PAGE}/{made.public_id}/folk"
    assert lone.post(page, data={"med": [house.mona], "hvor": "denne"}).status_code == 303
    assert len(parts()) == 3
    assert lone.post(page, data={"med": [house.yusuf], "hvor": "alle"}).status_code == 303
    assert {citizen for _activity, citizen, _said in parts()} == {house.yusufs_id}


def test_somebody_who_took_part_stays_on_the_list(house, lone: FlaskClient, exercise: str) -> None:
    made = planned(lone, house)
    with db.transaction() as session:
        session.execute(sa.update(GroupActivity).values(day=clock.local_day(clock.now())))
    lone.post(f"{PAGE}/{made.public_id}/var-med", data={f"var-{house.mona}": "ja"})
    lone.post(f"{PAGE}/{made.public_id}/folk", data={"med": []})
    assert parts() == [(made.id, house.monas_id, True)]


def test_one_time_is_moved_alone(lone: FlaskClient, house, exercise: str) -> None:
    made = planned(lone, house, until=(an_open_day() + timedelta(weeks=1)).isoformat())
    later = form(house, day=(made.day + timedelta(days=1)).isoformat(), time="10.15")
    if closed_days(made.day + timedelta(days=1), made.day + timedelta(days=1)):
        later["day"] = made.day.isoformat()
    assert lone.post(f"{PAGE}/{made.public_id}/ret", data=later).status_code == 303
    assert [each.start_minute for each in rows()] == [615, 780]
    wrong = lone.post(f"{PAGE}/{made.public_id}/ret", data=form(house, title="", place="Stranden"))
    assert (wrong.status_code, 'value="Stranden"' in wrong.text) == (422, True)


def test_nobody_is_put_on_a_day_outside_their_stay(lone: FlaskClient, house, exercise: str) -> None:
    day = an_open_day()
    with db.transaction() as session:
        kaj = people.citizen(
            session, name="Kaj", picture="kat", at=factories.department(session), started_on=day, ends_on=day,
            now=clock.now(),
        )  # fmt: skip
        kajs_id, kaj = kaj.id, kaj.public_id
    planned(lone, house, until=(day + timedelta(weeks=1)).isoformat(), med=[kaj])
    assert [(number, who) for number, who, _said in parts()] == [(rows()[0].id, kajs_id)]


def test_another_department_neither_sees_nor_changes_it(app: Flask, lone: FlaskClient, house, exercise: str) -> None:
    made = planned(lone, house)
    other = people.at_desk(app, house.away)
    assert other.get(f"{PAGE}/{made.public_id}").status_code == 404
    for tail in ("aflys", "folk", "var-med"):
        assert other.post(f"{PAGE}/{made.public_id}/{tail}", data={}).status_code == 404
    assert other.post(f"{PAGE}/{made.public_id}/ret", data=form(house)).status_code == 404
    year, week, _day = made.day.isocalendar()
    assert "Gåtur" not in other.get(f"/personale/uge/{year}-{week}").text
    assert lone.post(f"{PAGE}/ny", data=form(house, time="15", med=[house.ida])).status_code == 404
    assert len(rows()) == 1


def test_it_reaches_its_people_at_the_tablet_and_nobody_else(
    lone: FlaskClient, mona: FlaskClient, yusuf: FlaskClient, house, exercise: str
) -> None:
    made = planned(lone, house, med=[house.mona])
    assert "Gåtur" not in mona.get("/vaerksted/opgaver").text, "not today"
    with db.transaction() as session:
        session.execute(sa.update(GroupActivity).values(day=clock.local_day(clock.now())))
    for person, times in ((mona, 1), (yusuf, 0)):
        for page in ("/vaerksted/opgaver", "/vaerksted/uge"):
            assert person.get(page).text.count("Gåtur") == times, page
    assert "Vi ses kl. 13.00." in mona.get("/vaerksted/opgaver").text
    lone.post(f"{PAGE}/{made.public_id}/aflys", data={"hvor": "denne"})
    assert "Gåtur" not in mona.get("/vaerksted/opgaver").text


def test_the_board_asks_the_same_number_of_questions_for_many_as_for_few(
    lone: FlaskClient, house, exercise: str
) -> None:
    made = planned(lone, house)
    year, week, _day = made.day.isocalendar()
    address = f"/personale/uge/{year}-{week}"
    with counted() as few:
        assert lone.get(address).status_code == 200
    for hour in range(8, 12):
        planned(lone, house, time=str(hour))
    with db.transaction() as session:
        for name, picture in (("Bo", "baad"), ("Eva", "kat"), ("Kim", "cykel")):
            at = factories.department(session)
            people.citizen(session, name=name, picture=picture, at=at, weekdays=range(7), now=clock.now())
        task = factories.task_type(session, name="Male")
        for citizen in session.scalars(
            sa.select(Citizen).where(Citizen.department_id == factories.department(session).id)
        ):
            people.assignment(session, citizen, task=task, day=made.day, now=clock.now())
    with counted() as many:
        assert lone.get(address).status_code == 200
    assert len(many) == len(few)
