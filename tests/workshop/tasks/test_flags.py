"""What does not go together in a day is shown on both sides, and decides nothing."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa
from flask.testing import FlaskClient
from support import people

from tests.workshop.tasks.test_rounds import answer, give, marked, records
from workshop.citizens.attendance import AttendanceMark
from workshop.citizens.models import Citizen
from workshop.core import clock, db
from workshop.tasks.models import Assignment, RecordStatus, TaskRecord


def drafted(house, *titles: str) -> list[str]:
    """Drafts of Mona's, each under its own title."""
    with db.transaction() as session:
        now = clock.now()
        tablet, _key = people.tablet(session, now=now)
        mona = session.get_one(Citizen, house.monas_id)
        return [people.draft(session, mona, device=tablet, title=title, now=now).public_id for title in titles]


def timed(public_id: str, start: int, end: int) -> None:
    """The record's task was begun and finished so many minutes ago."""
    with db.transaction() as session:
        record = session.scalars(sa.select(TaskRecord).where(TaskRecord.public_id == public_id)).one()
        task = session.get_one(Assignment, record.assignment_id)
        task.started_at, task.finished_at = (clock.now() - timedelta(minutes=each) for each in (start, end))


def test_absent_and_recorded_is_said_on_the_record_and_in_the_list(lone: FlaskClient, house) -> None:
    [draft] = drafted(house, "Fej")
    assert "Skrevet som fraværende den dag." not in lone.get(f"/personale/hold/{draft}").text
    assert "Passer ikke sammen" not in lone.get("/personale/hold").text
    marked(house.monas_id, AttendanceMark.NO_MESSAGE)
    assert "Skrevet som fraværende den dag." in lone.get(f"/personale/hold/{draft}").text
    listed = lone.get("/personale/hold").text
    assert "Passer ikke sammen" in listed
    assert f"/personale/borgere/fremmoede/{clock.local_day(clock.now())}" in listed


def test_no_minutes_is_no_contradiction(lone: FlaskClient, house) -> None:
    [draft] = drafted(house, "Fej")
    marked(house.monas_id, AttendanceMark.NOTIFIED)
    lone.post(f"/personale/hold/{draft}", data={f"{draft}.{house.mona}-minutes": "0"})
    assert records()[0].status is RecordStatus.CONFIRMED
    assert "Passer ikke sammen" not in lone.get("/personale/hold").text


def test_a_contradiction_keeps_nobody_from_confirming(lone: FlaskClient, house) -> None:
    [draft] = drafted(house, "Fej")
    marked(house.monas_id, AttendanceMark.NOTIFIED)
    prefix = f"{draft}.{house.mona}"
    sent = {f"{prefix}-minutes": "45", f"{prefix}-support": "S1", f"{prefix}-quality": "Q2"}
    assert lone.post(f"/personale/hold/{draft}", data=sent).status_code == 303


def test_two_tasks_at_the_same_time_are_named(lone: FlaskClient, house) -> None:
    sweeping, sanding = drafted(house, "Fej", "Slib")
    timed(sweeping, 120, 60)
    timed(sanding, 60, 10)
    assert "Samtidig med" not in lone.get(f"/personale/hold/{sweeping}").text, "one after the other"
    timed(sanding, 90, 10)
    assert "Samtidig med “Slib”." in lone.get(f"/personale/hold/{sweeping}").text
    assert "Samtidig med “Fej”." in lone.get(f"/personale/hold/{sanding}").text


def test_somebody_who_has_the_work_already_is_said_before_it_is_written_again(lone: FlaskClient, house) -> None:
    task = give(house.mona)
    lone.post(f"/personale/hold/runde/tavle/{task}", data=answer(house.mona))
    address = f"/personale/hold/runde/opgave/{house.task_key}"
    page = lone.post(address, data={"goer": "tilfoej", "ny": house.mona, "joint": "nej"}, follow_redirects=True).text
    assert "Har allerede “Fej gulvet” den dag." in page


def test_what_has_waited_for_more_than_two_weeks_is_reminded_of_and_goes_on_waiting(lone: FlaskClient, house) -> None:
    drafted(house, "Fej", "Slib")
    assert "mere end 14 dage" not in lone.get("/personale/hold").text
    with db.transaction() as session:
        old = session.scalars(sa.select(TaskRecord).where(TaskRecord.title == "Fej")).one()
        old.recorded_at = clock.now() - timedelta(days=15)
    page = lone.get("/personale/hold").text
    assert "1 har ventet i mere end 14 dage" in page
    assert page.index("mere end 14 dage") < page.index("Fej</a>") < page.index("Nyere") < page.index("Slib</a>")
    assert {each.status for each in records()} == {RecordStatus.DRAFT}
