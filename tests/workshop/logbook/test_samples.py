"""The monthly sample: drawn once, gone through, and readable afterwards."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from support import people

from tests.workshop.logbook.rig import House
from workshop.core import audit, db
from workshop.core.audit import AccessLog
from workshop.logbook import actions, keeping, queries
from workshop.logbook.models import LogSample, LogSampleRow

IN_OCTOBER = datetime(2026, 10, 14, 9, 0, tzinfo=UTC)
IN_NOVEMBER = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def house(app):
    return House()


def october(house, count=30):
    for number in range(count):
        audit.record(house.actors["lone"], "read", [house.mona], IN_OCTOBER + timedelta(hours=number), reason="Vikar")


def draw(now=IN_NOVEMBER):
    return keeping.draw_samples(now)


def the_sample():
    with db.reading() as session:
        sample = session.scalars(sa.select(LogSample)).one()
        rows = session.scalars(sa.select(LogSampleRow).order_by(LogSampleRow.position)).all()
    return sample, rows


def test_a_month_that_is_over_gets_twenty_rows_drawn_once(house):
    october(house)
    assert draw(datetime(2026, 10, 31, 22, 59, tzinfo=UTC)) == 0  # 23.59 on the Danish clock
    assert draw(datetime(2026, 10, 31, 23, 0, tzinfo=UTC)) == 1
    assert draw() == 0
    sample, rows = the_sample()
    assert (sample.month, sample.drawn_of, len(rows)) == ("2026-10", 30, 20)


def test_the_draw_can_be_repeated_from_what_is_kept(house):
    october(house)
    draw()
    sample, rows = the_sample()
    with db.reading() as session:
        places = queries.places_of(session, date(2026, 10, 1), date(2026, 10, 31))
    assert actions.drawn(sample.seed, places) == [row.position for row in rows]
    assert actions.drawn("another seed", places) != [row.position for row in rows]


def test_a_month_with_few_rows_is_drawn_whole_and_one_with_none_is_not_drawn(house):
    october(house, count=3)
    draw()
    sample, rows = the_sample()
    assert (sample.month, len(rows)) == ("2026-10", 3)


def test_what_citizens_did_themselves_and_looks_in_the_log_about_nobody_are_not_drawn(app, house):
    with db.transaction() as session:
        citizen = people.actor_of(session, session.get_one(people.Citizen, house.mona_id))
    audit.record(citizen, "read", [house.mona], IN_OCTOBER)
    audit.record(house.actors["inge"], "log", [], IN_OCTOBER)
    assert draw() == 0


@pytest.fixture
def manager(app, house):
    october(house, count=2)
    audit.record(house.actors["per"], "read", [house.aksel], IN_OCTOBER)
    draw()
    return people.at_desk(app, house.emails["karin"])


def address(manager):
    page = manager.get("/personale/stikproever").text
    return re.search(r'href="(/personale/stikproever/[^"]+)"', page)[1]


def answers(**changes):
    _sample, rows = the_sample()
    given = {f"r{row.id}-svar": "fine" for row in rows}
    return {**given, **changes}, [row.id for row in rows]


def test_the_menu_says_that_a_sample_waits_until_it_is_finished(manager):
    waits = 'class="count">1<'
    assert waits in manager.get("/personale/stikproever").text
    given, _ids = answers(afslut="1")
    assert manager.post(address(manager), data=given).status_code == 303
    assert waits not in manager.get("/personale/stikproever").text


def test_the_manager_sees_names_of_their_own_department_alone(manager, house):
    page = manager.get(address(manager)).text
    assert "Lone Holm" in page
    assert "Om: Mona" in page
    assert "Om: Én i en anden afdeling" in page
    assert "Aksel" not in page
    assert house.aksel not in page


def test_going_through_the_sample_is_written_in_the_log(manager, house):
    manager.get(address(manager))
    with db.reading() as session:
        row = session.scalars(sa.select(AccessLog).order_by(AccessLog.position.desc()).limit(1)).one()
    assert (row.deed, row.people, row.reason) == ("log", sorted([house.mona, house.aksel]), "Stikprøve 2026-10")


def test_answers_and_notes_are_kept_and_can_be_gone_on_with(manager):
    _given, ids = answers()
    where = address(manager)
    assert (
        manager.post(where, data={f"r{ids[0]}-svar": "ask", f"r{ids[0]}-note": "Hvorfor så sent?"}).status_code == 303
    )
    page = manager.get(where).text
    assert "Hvorfor så sent?" in page
    assert re.search(rf'name="r{ids[0]}-svar" value="ask" checked', page)


def test_a_sample_is_not_finished_before_every_row_has_an_answer(manager):
    _given, ids = answers()
    answer = manager.post(address(manager), data={f"r{ids[0]}-svar": "fine", "afslut": "1"})
    assert answer.status_code == 409
    assert "Svar på alle linjer først." in answer.text
    assert the_sample()[0].checked_at is None


def test_a_note_that_is_too_long_comes_back_with_what_was_typed(manager):
    given, ids = answers()
    answer = manager.post(address(manager), data={**given, f"r{ids[0]}-note": "x" * 301})
    assert answer.status_code == 422
    assert "x" * 301 in answer.text


def test_a_finished_sample_is_read_and_not_changed(manager, house):
    given, ids = answers(afslut="1")
    where = address(manager)
    manager.post(where, data=given)
    assert manager.post(where, data={f"r{ids[0]}-svar": "ask"}).status_code == 409
    sample, rows = the_sample()
    assert sample.by_staff_id == house.actors["karin"].account_id
    assert all(row.is_fine for row in rows)
    assert "I orden" in manager.get(where).text


def test_a_row_whose_time_is_up_stays_in_its_sample_without_saying_anything(manager):
    where = address(manager)
    keeping.empty_all(datetime(2028, 10, 20, 9, 0, tzinfo=UTC))
    page = manager.get(where).text
    assert "Resten er slettet" in page
    assert "Lone" not in page


def test_a_sample_that_is_not_there_is_not_found_and_others_see_none(app, manager, house):
    assert manager.get("/personale/stikproever/nothing").status_code == 404
    assert people.at_desk(app, house.emails["lone"]).get(address(manager)).status_code == 403
