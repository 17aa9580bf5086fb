"""Citizens: who is expected, who may know of whom, and what is written about a day."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy.orm import Session
from support import factories, people

from workshop.citizens import actions, caseload, queries
from workshop.citizens.attendance import AttendanceMark
from workshop.citizens.models import Citizen
from workshop.core.errors import NotHere, Refusal

TUESDAY = date(2026, 11, 24)


def shown(session: Session, day: date = TUESDAY) -> set[str]:
    return {face.public_id for face in queries.expected_today(session, factories.department(session).id, day)}


def mark(session: Session, citizen: Citizen, what: AttendanceMark, now: datetime, day: date = TUESDAY) -> None:
    actions.mark_attendance(session, citizen=citizen, day=day, mark=what, now=now, by_staff_id=None)


def test_those_agreed_for_the_weekday_are_expected(session: Session) -> None:
    tuesdays = people.citizen(session, weekdays=[1])
    wednesdays = people.citizen(session, weekdays=[2])
    assert shown(session) == {tuesdays.public_id}
    assert shown(session, TUESDAY + timedelta(days=1)) == {wednesdays.public_id}


def test_the_newest_week_plan_of_the_day_counts(session: Session) -> None:
    mona = people.citizen(session, weekdays=[1])
    actions.set_week_plan(session, mona, valid_from=TUESDAY, days=[(3, 540, 180)])
    assert shown(session) == set()
    assert shown(session, TUESDAY - timedelta(days=7)) == {mona.public_id}
    assert [row.weekday for row in queries.week_plan(session, mona.id, TUESDAY)] == [3]
    with pytest.raises(Refusal):
        actions.set_week_plan(session, mona, valid_from=TUESDAY, days=[(4, 540, 180)])


@pytest.mark.parametrize("what", [AttendanceMark.NOTIFIED, AttendanceMark.NO_MESSAGE, AttendanceMark.AGREED_AWAY])
def test_somebody_marked_away_is_not_expected(session: Session, now: datetime, what: AttendanceMark) -> None:
    mona = people.citizen(session)
    mark(session, mona, what, now)
    assert shown(session) == set()


def test_somebody_who_came_anyway_is_shown(session: Session, now: datetime) -> None:
    mona = people.citizen(session, weekdays=[4])
    assert shown(session) == set()
    mark(session, mona, AttendanceMark.CAME, now)
    assert shown(session) == {mona.public_id}


def test_nobody_is_expected_outside_their_stay(session: Session) -> None:
    people.citizen(session, ends_on=TUESDAY - timedelta(days=1))
    people.citizen(session, started_on=TUESDAY + timedelta(days=1))
    last_day = people.citizen(session, ends_on=TUESDAY)
    assert shown(session) == {last_day.public_id}


def test_a_department_does_not_know_of_the_others(session: Session) -> None:
    metal = factories.department(session, key="metal", name="Metal")
    mona, ida = people.citizen(session), people.citizen(session, name="Ida", at=metal)
    actor = people.actor_of(session, factories.staff(session))
    assert shown(session) == {mona.public_id}
    assert queries.citizen_for(session, actor, mona.public_id).id == mona.id
    for unknown in (ida.public_id, "nobody"):
        with pytest.raises(NotHere):
            queries.citizen_for(session, actor, unknown)
    assert [row.public_id for row in queries.everyone(session, actor, TUESDAY)] == [mona.public_id]


def test_a_citizen_knows_of_nobody_else(session: Session) -> None:
    mona, yusuf = people.citizen(session), people.citizen(session, name="Yusuf")
    actor = people.actor_of(session, mona)
    assert queries.citizen_for(session, actor, mona.public_id).id == mona.id
    with pytest.raises(NotHere):
        queries.citizen_for(session, actor, yusuf.public_id)


def test_people_stand_in_danish_order(session: Session) -> None:
    for name in ("Åse", "Bo", "Øjvind", "Aase", "Ægir", "Anna"):
        people.citizen(session, name=name, full_name=name)
    actor = people.actor_of(session, factories.staff(session))
    names = [row.full_name for row in queries.everyone(session, actor, TUESDAY)]
    assert names == ["Anna", "Bo", "Ægir", "Øjvind", "Åse", "Aase"]


def test_a_caseload_follows_the_contact_person(session: Session) -> None:
    lone, jens = factories.staff(session), factories.staff(session, name="Jens")
    mona = people.citizen(session, contact=lone)
    for_lone, for_jens = people.actor_of(session, lone), people.actor_of(session, jens)
    assert [row.id for row in queries.caseload(session, for_lone, TUESDAY)] == [mona.id]
    caseload.take_over(session, mona, jens.account_id, TUESDAY, lone.account_id, factories.NOW)
    assert queries.caseload(session, for_lone, TUESDAY) == []
    assert caseload.is_in_caseload(session, for_jens, mona, TUESDAY)
    assert caseload.is_in_caseload(session, for_lone, mona, TUESDAY - timedelta(days=1)), "who it was is kept"
    assert len(queries.everyone(session, for_jens, TUESDAY)) == 1


def test_a_day_has_one_mark_and_the_last_one_stands(session: Session, now: datetime) -> None:
    mona = people.citizen(session)
    mark(session, mona, AttendanceMark.NO_MESSAGE, now)
    mark(session, mona, AttendanceMark.CAME_PARTLY, now)
    assert queries.marks_of_day(session, [mona.id], TUESDAY) == {mona.id: AttendanceMark.CAME_PARTLY}


def test_nobody_has_come_on_a_day_that_is_not_here(session: Session, now: datetime) -> None:
    mona = people.citizen(session)
    tomorrow = TUESDAY + timedelta(days=1)
    with pytest.raises(Refusal):
        mark(session, mona, AttendanceMark.CAME, now, tomorrow)
    mark(session, mona, AttendanceMark.AGREED_AWAY, now, tomorrow)


def test_a_picture_is_one_persons_in_a_department(session: Session) -> None:
    people.citizen(session, picture="raev")
    with pytest.raises(Refusal, match="en andens"):
        people.citizen(session, name="Yusuf", picture="raev")
    with pytest.raises(Refusal, match="findes ikke"):
        people.citizen(session, name="Yusuf", picture="drage")
    people.citizen(session, name="Ida", picture="raev", at=factories.department(session, key="metal", name="Metal"))


def test_presence_is_two_counts(session: Session, now: datetime) -> None:
    mona = people.citizen(session)
    people.citizen(session, name="Yusuf")
    people.citizen(session, name="Ida", weekdays=[4])
    mark(session, mona, AttendanceMark.CAME, now)
    assert queries.presence(session, [factories.department(session).id], TUESDAY) == (1, 2)
