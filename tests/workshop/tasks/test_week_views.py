"""The week board: who does what, for one's own department."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from support import people

from workshop.core import clock, db
from workshop.core.audit import AccessLog
from workshop.core.errors import Refusal
from workshop.tasks import actions
from workshop.tasks.models import Assignment, AssignmentState
from workshop.tasks.week.forms import clock_of, minute_of
from workshop.tasks.week.shown import Week


def next_monday() -> str:
    today = clock.local_day(clock.now())
    return (today + timedelta(days=7 - today.weekday())).isoformat()


def give(lone: FlaskClient, house, **changes: str) -> Assignment:
    data = {"step": house.step, "person": house.mona, "day": next_monday(), "time": "9.30", **changes}
    answer = lone.post("/personale/uge/ny", data=data)
    assert answer.status_code == 303, answer.text
    with db.reading() as session:
        return session.scalars(sa.select(Assignment).order_by(Assignment.id.desc())).first()


def lies(given: Assignment) -> tuple[date, int | None]:
    with db.reading() as session:
        found = session.get_one(Assignment, given.id)
        return found.day, found.start_minute


def board_of(browser: FlaskClient, given: Assignment) -> str:
    year, week, _day = given.day.isocalendar()
    return browser.get(f"/personale/uge/{year}-{week}").text


def test_this_week_leads_to_its_number(lone: FlaskClient) -> None:
    answer = lone.get("/personale/uge", follow_redirects=True)
    assert answer.status_code == 200
    assert "Uge " in answer.text


@pytest.mark.parametrize("path", ["2026-54", "2026-0", "0-1", "1-1", "9999-52", "99999-1", "2025-53"])
def test_a_week_that_is_not_there_is_not_found(lone: FlaskClient, path: str) -> None:
    assert lone.get(f"/personale/uge/{path}").status_code == 404


def test_a_step_without_people_waits_until_somebody_has_it(lone: FlaskClient, house) -> None:
    waiting = f"/personale/uge/ny?trin={house.step}"
    assert waiting in lone.get("/personale/uge", follow_redirects=True).text
    given = give(lone, house)
    page = board_of(lone, given)
    assert waiting not in page
    assert "Mona" in page
    assert "9.30" in page
    assert "Bænk til haven" in page
    assert "Alle trin i produktionen har en." in page


def test_reading_the_board_is_logged_with_those_on_it(lone: FlaskClient, house) -> None:
    board_of(lone, give(lone, house))
    with db.reading() as session:
        last = session.scalars(sa.select(AccessLog).order_by(AccessLog.id.desc())).first()
    assert (last.deed, last.people, last.endpoint) == (
        "list",
        sorted([house.mona, house.yusuf]),  # who has a task, and who is expected
        "week.week",
    )


def test_another_department_sees_nobody_of_ours(app: Flask, lone: FlaskClient, house) -> None:
    given = give(lone, house)
    away = people.at_desk(app, house.away)
    page = board_of(away, given)
    assert "Mona" not in page
    assert "Bænk til haven" not in page
    assert "Mona" not in away.get("/personale/uge/ny").text
    assert away.get(f"/personale/uge/opgave/{given.public_id}").status_code == 404
    assert away.post(f"/personale/uge/opgave/{given.public_id}", data={"day": next_monday()}).status_code == 404
    assert away.post(f"/personale/uge/opgave/{given.public_id}/tag-af").status_code == 404


def test_a_form_with_mistakes_comes_back_with_what_was_typed(lone: FlaskClient, house) -> None:
    answer = lone.post(
        "/personale/uge/ny", data={"step": "", "task": "", "person": "", "day": "", "time": "25.99", "title": "Slib nu"}
    )
    assert answer.status_code == 422
    for sentence in ("Vælg et trin eller en opgave.", "Vælg en person.", "Vælg en dag.", "Skriv klokken som 9.30."):
        assert sentence in answer.text
    assert 'value="Slib nu"' in answer.text


def test_somebody_of_another_department_cannot_be_chosen(lone: FlaskClient, house) -> None:
    answer = lone.post(
        "/personale/uge/ny", data={"step": house.step, "person": house.ida, "day": next_monday(), "time": ""}
    )
    assert answer.status_code == 422


def test_a_refusal_is_shown_on_the_form(lone: FlaskClient, house) -> None:
    give(lone, house)
    answer = lone.post(
        "/personale/uge/ny", data={"step": house.step, "person": house.mona, "day": next_monday(), "time": ""}
    )
    assert answer.status_code == 409
    assert "har allerede opgaven den dag" in answer.text


def test_a_plain_task_can_be_given_too(lone: FlaskClient, house) -> None:
    given = give(lone, house, step="", task=house.task_key, title="Fej i hallen")
    assert (given.title, given.order_step_id, given.start_minute) == ("Fej i hallen", None, 570)


def test_a_card_moves_for_everybody_who_has_not_begun(lone: FlaskClient, house) -> None:
    first = give(lone, house)
    give(lone, house, person=house.yusuf)
    day = first.day + timedelta(days=2)
    answer = lone.post(
        f"/personale/uge/opgave/{first.public_id}", data={"day": day.isoformat(), "time": "10"}, follow_redirects=True
    )
    assert answer.status_code == 200
    with db.reading() as session:
        moved = {tuple(row) for row in session.execute(sa.select(Assignment.day, Assignment.start_minute))}
    assert moved == {(day, 600)}


def test_of_two_who_move_one_task_the_second_is_told_and_sees_where_it_lies(lone: FlaskClient, house) -> None:
    given = give(lone, house)
    page = f"/personale/uge/opgave/{given.public_id}"
    shown = lone.get(page).text
    assert f'name="was_day" value="{given.day}"' in shown
    assert 'name="was_time" value="9.30"' in shown
    was = {"was_day": given.day.isoformat(), "was_time": "9.30"}
    first, second = given.day + timedelta(days=1), given.day + timedelta(days=2)
    assert lone.post(page, data={**was, "day": first.isoformat(), "time": "10"}).status_code == 303
    late = lone.post(page, data={**was, "day": second.isoformat(), "time": "11"})
    assert late.status_code == 409
    assert f"En anden har flyttet opgaven imens. Nu ligger den {clock.day_text(first)} 10.00." in late.text
    assert f'name="was_day" value="{first}"' in late.text, "the next press answers what the page shows now"
    assert f'value="{second}"' in late.text, "what was typed is kept"
    assert lies(given) == (first, 600)
    now_shown = {"was_day": first.isoformat(), "was_time": "10.00"}
    assert lone.post(page, data={**now_shown, "day": second.isoformat(), "time": "11"}).status_code == 303
    assert lies(given) == (second, 660)


@pytest.mark.parametrize(("is_shown", "winners"), [(True, 1), (False, 2)])
def test_of_two_who_move_it_at_once_one_wins(app: Flask, lone, house, is_shown: bool, winners: int) -> None:
    """The control says nothing of where the task lay, and the last one wins without a word."""
    given = give(lone, house)
    seen = (given.day, given.start_minute) if is_shown else None
    together = Barrier(2)

    def move(ahead: int) -> bool:
        together.wait()
        try:
            with db.transaction() as session:
                card = [session.get_one(Assignment, given.id)]
                day = given.day + timedelta(days=ahead)
                actions.move_together(session, card, day=day, start_minute=600, now=clock.now(), seen=seen)
        except Refusal:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(move, (1, 2))) == winners


def test_what_cannot_be_taken_off_is_told_on_its_page(lone: FlaskClient, house) -> None:
    given = give(lone, house)
    with db.transaction() as session:
        session.get_one(Assignment, given.id).state = AssignmentState.FINISHED
    page = f"/personale/uge/opgave/{given.public_id}"
    assert lone.post(f"{page}/tag-af").location == page
    assert "Opgaven er færdig." in lone.get(page).text


def test_a_wrong_day_comes_back_with_a_sentence(lone: FlaskClient, house) -> None:
    given = give(lone, house)
    page = f"/personale/uge/opgave/{given.public_id}"
    assert lone.post(page, data={"day": "aldrig", "time": ""}).status_code == 422
    gone = lone.post(page, data={"day": "2020-01-06", "time": ""})
    assert gone.status_code == 409
    assert "Dagen er gået." in gone.text


def test_somebody_can_be_taken_off(lone: FlaskClient, house) -> None:
    given = give(lone, house)
    lone.post(f"/personale/uge/opgave/{given.public_id}/tag-af")
    with db.reading() as session:
        assert session.get_one(Assignment, given.id).state is AssignmentState.CANCELLED
    assert f"/personale/uge/opgave/{given.public_id}" not in board_of(lone, given)


def test_the_board_says_what_lacks_people(lone: FlaskClient, house) -> None:
    given = give(lone, house)
    assert "Mangler folk" not in board_of(lone, given)
    mark = {f"{house.mona}-mark": "agreed_away"}
    assert lone.post(f"/personale/borgere/fremmoede/{given.day.isoformat()}", data=mark).status_code == 303
    page = board_of(lone, given)
    assert "Mangler folk" in page
    assert "1 opgave mangler folk" in page


def test_the_sellers_see_no_board_and_consultants_do_not_plan(app: Flask, house) -> None:
    seller = people.at_desk(app, house.seller)
    assert seller.get("/personale/uge", follow_redirects=True).status_code == 403
    assert seller.get("/personale/uge/ny").status_code == 403


def test_a_stranger_is_asked_to_sign_in(client: FlaskClient) -> None:
    answer = client.get("/personale/uge")
    assert answer.status_code == 303
    assert "/personale/log-ind" in answer.location


@pytest.mark.once
@pytest.mark.parametrize(("text", "minute"), [("9", 540), ("9.30", 570), ("09:05", 545), ("", None), ("23.59", 1439)])
def test_a_time_is_read_as_people_write_it(text: str, minute: int | None) -> None:
    assert minute_of(text) == minute
    assert minute_of(clock_of(minute)) == minute


@pytest.mark.once
@pytest.mark.parametrize("text", ["24", "9.60", "ni", "9.5", "-1", "9.30.00"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        minute_of(text)


@pytest.mark.once
def test_a_week_ends_on_friday() -> None:
    today = clock.local_day(clock.now())
    monday = today - timedelta(days=today.weekday())
    assert Week(monday).friday.isoweekday() == 5


def test_a_year_that_is_mistyped_is_no_plan(lone: FlaskClient, house) -> None:
    far = (clock.local_day(clock.now()) + timedelta(days=400)).isoformat()
    for day in (far, "9999-12-31"):
        answer = lone.post("/personale/uge/ny", data={"step": house.step, "person": house.mona, "day": day})
        assert answer.status_code == 409
        assert "mere end et år frem" in answer.text
