"""What a department can do, as one number a day that tells of nobody."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from threading import Barrier

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session
from support import factories, people
from support.queries import counted

from workshop.citizens import capacity
from workshop.citizens.attendance import AttendanceMark
from workshop.citizens.capacity import HALF_DAY, Agreed, team_minutes
from workshop.citizens.models import AttendanceEntry, WeekPlanDay
from workshop.core import clock, db
from workshop.production.lead_times.rules import is_workday
from workshop.production.models import CapacityDay

MONDAY = date(2026, 11, 30)
WEEK = [MONDAY + timedelta(days=count) for count in range(5)]


def everybody(count: int, *, minutes: int = 300, days: list[date] = WEEK) -> list[Agreed]:
    return [Agreed(person, day, minutes) for person in range(count) for day in days]


def away(*persons: int) -> set[tuple[int, date]]:
    return {(person, day) for person in persons for day in WEEK}


@pytest.mark.once
def test_what_is_agreed_is_counted_on_in_part_and_rounded_down_to_half_days() -> None:
    # 10 people of 300 minutes are 3000 a day; 80 % of it is 2400, ten half days.
    assert team_minutes(everybody(10), set(), WEEK) == dict.fromkeys(WEEK, 2400)
    assert team_minutes(everybody(10, minutes=299), set(), WEEK) == dict.fromkeys(WEEK, 2160)


@pytest.mark.once
def test_many_away_are_seen_and_few_are_not() -> None:
    assert team_minutes(everybody(10), away(1, 2, 3), WEEK) == dict.fromkeys(WEEK, 1680)
    assert team_minutes(everybody(10), away(1, 2), WEEK) == team_minutes(everybody(10), set(), WEEK)


@pytest.mark.once
def test_nobodys_weekday_shows() -> None:
    monday_off = [each for each in everybody(4) if each.day != MONDAY]
    assert len(set(team_minutes(monday_off, set(), WEEK).values())) == 1


@pytest.mark.once
@pytest.mark.parametrize("count", [1, 2])
def test_a_very_small_department_is_half_a_day_whoever_they_are(count: int) -> None:
    for plan in (everybody(count), everybody(count, days=WEEK[:1], minutes=60), everybody(count, minutes=480)):
        assert team_minutes(plan, set(), WEEK) == dict.fromkeys(WEEK, HALF_DAY)
        assert team_minutes(plan, away(0), WEEK) == dict.fromkeys(WEEK, HALF_DAY)


@pytest.mark.once
def test_a_department_with_nobody_can_do_nothing() -> None:
    assert team_minutes([], set(), WEEK) == dict.fromkeys(WEEK, 0)


plans = st.lists(
    st.builds(Agreed, st.integers(0, 12), st.sampled_from(WEEK), st.integers(30, 450)),
    max_size=60,
    unique_by=lambda a: a[:2],
)


@pytest.mark.once
@given(plans, st.integers(0, 12), st.sets(st.sampled_from(WEEK)), st.data())
def test_the_absence_of_one_person_never_changes_what_is_published(
    plan: list[Agreed], person: int, days: set[date], data: st.DataObject
) -> None:
    """Nor that of a second one: only a third changes it, and then it tells of none of the three."""
    second = data.draw(st.integers(0, 12))
    published = team_minutes(plan, set(), WEEK)
    assert team_minutes(plan, {(person, day) for day in days}, WEEK) == published
    assert team_minutes(plan, {(each, day) for each in (person, second) for day in days}, WEEK) == published
    assert all(minutes % HALF_DAY == 0 for minutes in published.values())


def published(session: Session) -> dict[date, int]:
    return {row.day: row.team_minutes for row in session.execute(sa.select(CapacityDay.day, CapacityDay.team_minutes))}


def test_the_coming_weeks_are_published_once_and_written_only_when_they_differ(session: Session, now: datetime) -> None:
    for number in range(5):
        people.citizen(session, name=f"Person {number}")
    assert capacity.publish(session, now=now) > 55
    assert capacity.publish(session, now=now) == 0
    found = published(session)
    today = clock.local_day(now)
    assert min(found) == today + timedelta(days=1)
    assert max(found) > today + timedelta(weeks=capacity.WEEKS - 1)
    assert all(is_workday(day) for day in found)
    assert len(set(found.values())) == 1


def test_a_plan_counts_from_its_first_day_and_a_stay_to_its_last(session: Session, now: datetime) -> None:
    stays = [people.citizen(session, name=f"Person {number}") for number in range(4)]
    people.citizen(session, name="Går snart", ends_on=date(2026, 12, 4))
    session.add_all(
        WeekPlanDay(citizen_id=each.id, valid_from=date(2027, 1, 4), weekday=0, start_minute=540, minutes=240)
        for each in stays
    )
    session.flush()
    capacity.publish(session, now=now)
    found = published(session)
    assert found[date(2026, 12, 3)] > found[date(2026, 12, 10)] > found[date(2027, 1, 12)]


def test_many_known_to_be_away_lower_the_number_and_it_comes_back(session: Session, now: datetime) -> None:
    stays = [people.citizen(session, name=f"Person {number}") for number in range(8)]
    capacity.publish(session, now=now)
    before = published(session)
    notes = [
        AttendanceEntry(citizen_id=each.id, day=day, mark=AttendanceMark.AGREED_AWAY)
        for each in stays[:4]
        for day in WEEK
    ]
    session.add_all(notes)
    session.flush()
    assert capacity.publish(session, now=now) == 5, "that week, and no other"
    assert published(session)[MONDAY] < before[MONDAY]
    for note in notes:
        session.delete(note)
    session.flush()
    capacity.publish(session, now=now)
    assert published(session) == before


def test_departments_are_published_apart_and_a_larger_house_asks_no_more(session: Session, now: datetime) -> None:
    people.citizen(session)
    with counted() as few:
        capacity.publish(session, now=now)
    garden = factories.department(session, key="have", name="Haveholdet")
    for number in range(6):
        people.citizen(session, name=f"Person {number}", at=garden)
    with counted() as many:
        assert capacity.publish(session, now=now) > 55
    reads = [[each for each in sent if each.lstrip().upper().startswith("SELECT")] for sent in (few, many)]
    assert len([each for each in reads[1] if "capacity_day.team_minutes" not in each]) <= len(reads[0])


def test_workers_who_publish_at_once_do_not_stand_in_each_others_way(app: Flask, now: datetime) -> None:
    """On PostgreSQL each would write the same new days, and all but one would break on the key."""
    with db.transaction() as session:
        for number in range(5):
            people.citizen(session, name=f"Person {number}")
    together = Barrier(4)

    def publish(_number: int) -> int:
        together.wait()
        with db.transaction() as session:
            return capacity.publish(session, now=now)

    with ThreadPoolExecutor(4) as pool:
        written = sorted(pool.map(publish, range(4)))
    assert written[:3] == [0, 0, 0]
    assert written[3] > 55
