"""Two weeks of a department, and an absence of several days in two taps."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from threading import Barrier

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from support import factories, people

from workshop.citizens import actions as citizens
from workshop.citizens.attendance import AttendanceMark
from workshop.citizens.calendar import actions, queries
from workshop.citizens.models import AttendanceEntry, Citizen
from workshop.core import clock, db
from workshop.core.access import Role
from workshop.core.audit import AccessLog
from workshop.core.errors import Refusal

MONDAY = date(2026, 11, 23)
PAGE = "/personale/borgere/kalender"


def away(session: Session, mona: Citizen, first: date, last: date, now: datetime, **changes: object) -> int:
    values = {"mark": AttendanceMark.NOTIFIED, "by_staff_id": factories.staff(session).account_id, **changes}
    return actions.mark_days(session, citizen=mona, first=first, last=last, now=now, **values)  # type: ignore[arg-type]  # the test names what it changes


def entries(session: Session) -> dict[date, AttendanceMark]:
    return {row.day: row.mark for row in session.execute(sa.select(AttendanceEntry.day, AttendanceEntry.mark))}


def test_every_agreed_day_between_the_two_is_marked_and_no_other(session: Session, now: datetime) -> None:
    mona = people.citizen(session, weekdays=[0, 2, 4])
    assert away(session, mona, MONDAY, MONDAY + timedelta(days=8), now) == 4
    assert sorted(entries(session)) == [MONDAY + timedelta(days=each) for each in (0, 2, 4, 7)]


def test_the_last_day_may_be_tapped_first(session: Session, now: datetime) -> None:
    mona = people.citizen(session)
    assert away(session, mona, MONDAY + timedelta(days=2), MONDAY, now) == 3


def test_a_day_on_which_somebody_came_stays_as_it_is(session: Session, now: datetime) -> None:
    mona = people.citizen(session)
    citizens.mark_attendance(session, citizen=mona, day=MONDAY, mark=AttendanceMark.CAME, now=now, by_staff_id=None)
    assert away(session, mona, MONDAY, MONDAY + timedelta(days=1), now) == 1
    assert entries(session)[MONDAY] is AttendanceMark.CAME


def test_absence_is_taken_away_again_and_presence_is_not(session: Session, now: datetime) -> None:
    mona = people.citizen(session)
    citizens.mark_attendance(session, citizen=mona, day=MONDAY, mark=AttendanceMark.CAME, now=now, by_staff_id=None)
    away(session, mona, MONDAY, MONDAY + timedelta(days=4), now)
    assert away(session, mona, MONDAY, MONDAY + timedelta(days=4), now, mark=None) == 4
    assert entries(session) == {MONDAY: AttendanceMark.CAME}


def test_days_outside_the_stay_and_without_an_agreement_are_refused(session: Session, now: datetime) -> None:
    mona = people.citizen(session, ends_on=MONDAY)
    assert away(session, mona, MONDAY, MONDAY + timedelta(days=3), now) == 1
    with pytest.raises(Refusal, match="ingen aftalte dage"):
        away(session, mona, MONDAY + timedelta(days=1), MONDAY + timedelta(days=3), now)
    with pytest.raises(Refusal, match="tre måneder"):
        away(session, mona, MONDAY, MONDAY + timedelta(days=100), now)


def test_a_notice_of_a_day_gone_by_has_no_time(session: Session, now: datetime) -> None:
    mona = people.citizen(session)
    away(session, mona, MONDAY, MONDAY + timedelta(days=2), now)
    rows = session.execute(sa.select(AttendanceEntry.day, AttendanceEntry.notice_at).order_by(AttendanceEntry.day))
    assert [row.notice_at for row in rows] == [None, now, now]


def test_a_new_week_plan_holds_from_its_first_day(session: Session) -> None:
    mona = people.citizen(session, weekdays=[0])
    citizens.set_week_plan(session, mona, valid_from=MONDAY + timedelta(days=7), days=[(1, 540, 300)])
    days = [MONDAY + timedelta(days=each) for each in range(14)]
    assert queries.agreed_days(session, [mona.id], days) == {mona.id: {days[0], days[8]}}


@pytest.fixture
def house(app: Flask) -> dict[str, str]:
    now = clock.now()
    began = clock.local_day(now) - timedelta(days=60)
    with db.transaction() as session:
        metal = factories.department(session, key="metal", name="Metal")
        mona = people.citizen(session, started_on=began, weekdays=range(7))
        ida = people.citizen(session, name="Ida", started_on=began, at=metal)
        seller = factories.staff(session, roles=[Role.SALES])
        return {
            "mona": mona.public_id,
            "ida": ida.public_id,
            "lone": factories.staff(session).email,
            "sus": seller.email,
        }


@pytest.fixture
def lone(app: Flask, house: dict[str, str]) -> FlaskClient:
    return people.at_desk(app, house["lone"])


def test_two_taps_write_an_absence_of_several_days(lone: FlaskClient, house: dict[str, str]) -> None:
    page = lone.get(PAGE).text
    links = re.findall(rf'href="({PAGE}\?[^"]*hvem={house["mona"]}[^"]*)"', page)
    second = lone.get(links[0].replace("&amp;", "&").partition("#")[0]).text
    assert "Tryk på den sidste dag." in second
    start = re.search(r'name="start" value="([^"]+)"', second)
    last = re.findall(r'name="til" value="([^"]+)"', second)[2]
    sent = {"hvem": house["mona"], "start": start[1], "til": last, "slags": "notified"}
    done = lone.post(PAGE, data=sent, follow_redirects=True).text
    assert "Afbud, 3 dage." in done
    assert done.count("Afbud<") >= 3
    with db.reading() as session:
        deeds = list(session.scalars(sa.select(AccessLog.deed).order_by(AccessLog.id)))
    assert "write" in deeds


def test_half_a_tap_is_asked_for_again(lone: FlaskClient, house: dict[str, str]) -> None:
    for changes in ({"til": "i morgen"}, {"start": ""}, {"slags": "syg"}):
        sent = {"hvem": house["mona"], "start": "2026-11-24", "til": "2026-11-25", "slags": "notified", **changes}
        assert lone.post(PAGE, data=sent).status_code == 422


def test_another_departments_people_and_the_sellers_stay_out(
    app: Flask, lone: FlaskClient, house: dict[str, str]
) -> None:
    assert "Ida" not in lone.get(PAGE).text
    sent = {"hvem": house["ida"], "start": "2026-11-24", "til": "2026-11-25", "slags": "notified"}
    assert lone.post(PAGE, data=sent).status_code == 404
    seller = people.at_desk(app, house["sus"])
    assert seller.get(PAGE).status_code == 403
    assert seller.post(PAGE, data=sent).status_code == 403


def test_two_colleagues_who_write_the_same_day_at_once_both_get_an_answer(house: dict[str, str]) -> None:
    now = clock.now()
    start = Barrier(4)

    def mark(number: int) -> None:
        start.wait()
        with db.transaction() as session:
            mona = session.scalars(sa.select(Citizen).where(Citizen.public_id == house["mona"])).one()
            what = AttendanceMark.CAME if number % 2 else AttendanceMark.CAME_PARTLY
            citizens.mark_attendance(
                session, citizen=mona, day=clock.local_day(now), mark=what, now=now, by_staff_id=None
            )

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(mark, range(4)))
    with db.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(AttendanceEntry)) == 1


def test_when_somebody_came_is_written_and_read_back(lone: FlaskClient, house: dict[str, str]) -> None:
    day = clock.local_day(clock.now()) - timedelta(days=1)
    page, mona = f"/personale/borgere/fremmoede/{day}", house["mona"]
    assert lone.post(page, data={f"{mona}-mark": "came", f"{mona}-came": "9.30"}).status_code == 303
    assert f'name="{mona}-came" inputmode="decimal" maxlength="5" value="9.30"' in lone.get(page).text
    with db.reading() as session:
        came = session.scalars(sa.select(AttendanceEntry.came_at)).one()
    assert clock.local(came).strftime("%H:%M") == "09:30"
    touched = {f"{mona}-shown": "came", f"{mona}-mark": "came", f"{mona}-shown_came": "9.30", f"{mona}-came": "10"}
    lone.post(page, data=touched)
    assert 'value="10.00"' in lone.get(page).text
    lone.post(page, data={f"{mona}-mark": "notified", f"{mona}-came": "10"})
    with db.reading() as session:
        assert session.scalars(sa.select(AttendanceEntry.came_at)).one() is None, "who did not come came at no time"


def test_what_is_no_time_comes_back_as_it_was_typed(lone: FlaskClient, house: dict[str, str]) -> None:
    page, mona = f"/personale/borgere/fremmoede/{clock.local_day(clock.now())}", house["mona"]
    answer = lone.post(page, data={f"{mona}-mark": "came", f"{mona}-came": "halv"})
    assert answer.status_code == 422
    assert 'value="halv" aria-invalid="true"' in answer.text
    assert "Skriv klokken som 9.30." in answer.text


def test_a_time_that_has_not_been_yet_is_refused(session: Session, now: datetime) -> None:
    mona = people.citizen(session)
    with pytest.raises(Refusal, match="Klokken"):
        citizens.mark_attendance(
            session,
            citizen=mona,
            day=clock.local_day(now),
            mark=AttendanceMark.CAME,
            now=now,
            by_staff_id=None,
            came_at=now + timedelta(hours=1),
        )
