"""Staff confirm what was done; corrections append and leave the old version standing."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session
from support import factories, people

from workshop.core import house_rules
from workshop.core.access import Actor, Role
from workshop.core.errors import Forbidden, NotHere, Refusal
from workshop.tasks import results
from workshop.tasks.checking import OwnEntry
from workshop.tasks.confirming import AlreadyChanged, confirm, correct, void, write_down
from workshop.tasks.marks import Quality, Support
from workshop.tasks.models import Assignment, Feeling, Participation, RecordStatus, TaskRecord
from workshop.tasks.results import PartMarks
from workshop.tasks.team import queries as team_queries


def lone(session: Session, **changes: object) -> Actor:
    return people.actor_of(session, factories.staff(session, **changes))  # type: ignore[arg-type]  # factory keywords


def marks(citizen_id: int, **changes: object) -> PartMarks:
    values: dict[str, object] = {"minutes": 45, "support": Support.S1, "quality": Quality.Q2}
    return PartMarks(citizen_id, **{**values, **changes})  # type: ignore[arg-type]  # the test names what it changes


def test_a_confirmed_record_says_who_and_forgets_the_clock(session: Session, now: datetime) -> None:
    mona, actor = people.citizen(session), lone(session)
    record = people.draft(session, mona)
    given = session.get_one(Assignment, record.assignment_id)
    assert given.started_at is not None
    confirm(session, record=record, actor=actor, now=now, parts=[marks(mona.id, observation="Du sleb selv.")])
    assert (record.status, record.confirmed_by_id, record.confirmed_at) == (
        RecordStatus.CONFIRMED,
        actor.account_id,
        now,
    )
    assert (given.started_at, given.finished_at) == (None, None)
    part = session.scalars(sa.select(Participation)).one()
    assert (part.minutes, part.support, part.quality, part.observation) == (
        45,
        Support.S1,
        Quality.Q2,
        "Du sleb selv.",
    )


def test_breaks_are_taken_off_the_suggestion_and_forgotten_with_the_clock(session: Session, now: datetime) -> None:
    assert results.suggested_minutes(now, now + timedelta(minutes=60), 20 * 60) == 40
    assert results.suggested_minutes(now, now + timedelta(minutes=60), 59 * 60) == 5, "never none: somebody was there"
    mona, actor = people.citizen(session), lone(session)
    record = people.draft(session, mona)
    given = session.get_one(Assignment, record.assignment_id)
    given.paused_seconds, given.paused_at = 600, now
    confirm(session, record=record, actor=actor, now=now, parts=[marks(mona.id)])
    assert (given.paused_seconds, given.paused_at) == (0, None)


def test_a_record_is_confirmed_once(session: Session, now: datetime) -> None:
    mona, actor = people.citizen(session), lone(session)
    record = people.draft(session, mona)
    confirm(session, record=record, actor=actor, now=now, parts=[marks(mona.id)])
    with pytest.raises(AlreadyChanged):
        confirm(session, record=record, actor=actor, now=now, parts=[marks(mona.id, minutes=300)])
    assert session.scalar(sa.select(Participation.minutes)) == 45


def test_confirming_takes_the_permission_and_the_department(session: Session, now: datetime) -> None:
    mona = people.citizen(session)
    record = people.draft(session, mona)
    away = lone(session, departments=[factories.department(session, key="metal", name="Metal")])
    seller = lone(session, roles=[Role.SALES])
    with pytest.raises(NotHere):
        confirm(session, record=record, actor=away, now=now, parts=[marks(mona.id)])
    with pytest.raises(Forbidden):
        confirm(session, record=record, actor=seller, now=now, parts=[marks(mona.id)])
    assert record.status is RecordStatus.DRAFT
    confirm(session, record=record, actor=lone(session), now=now, parts=[marks(mona.id)])


@pytest.mark.parametrize("minutes", [-1, 601, 10_000])
def test_minutes_lie_between_nothing_and_ten_hours(session: Session, now: datetime, minutes: int) -> None:
    mona, actor = people.citizen(session), lone(session)
    record = people.draft(session, mona)
    with pytest.raises(Refusal, match="600"):
        confirm(session, record=record, actor=actor, now=now, parts=[marks(mona.id, minutes=minutes)])


def test_nobody_works_more_than_a_day_has(session: Session, now: datetime) -> None:
    mona, actor = people.citizen(session), lone(session)
    for _ in range(2):
        record = people.draft(session, mona)
        confirm(session, record=record, actor=actor, now=now, parts=[marks(mona.id, minutes=600)])
    record = people.draft(session, mona)
    with pytest.raises(Refusal, match="døgn"):
        confirm(session, record=record, actor=actor, now=now, parts=[marks(mona.id, minutes=600)])


def test_marks_come_together_or_not_at_all(session: Session, now: datetime) -> None:
    mona, actor = people.citizen(session), lone(session)
    record = people.draft(session, mona)
    with pytest.raises(Refusal):
        confirm(session, record=record, actor=actor, now=now, parts=[marks(mona.id, quality=None)])
    confirm(session, record=record, actor=actor, now=now, parts=[marks(mona.id, support=None, quality=None)])


def test_everybody_in_the_record_gets_own_marks_and_nobody_else_does(session: Session, now: datetime) -> None:
    mona, yusuf, actor = people.citizen(session), people.citizen(session, name="Yusuf"), lone(session)
    record = people.draft(session, mona)
    for wrong in ([], [marks(yusuf.id)], [marks(mona.id), marks(yusuf.id)]):
        with pytest.raises(NotHere):
            confirm(session, record=record, actor=actor, now=now, parts=wrong)


def test_a_correction_is_a_new_version_and_the_old_one_stays(session: Session, now: datetime) -> None:
    mona, actor = people.citizen(session), lone(session)
    record = people.draft(session, mona)
    part = session.scalars(sa.select(Participation)).one()
    part.felt = Feeling.GOOD
    confirm(session, record=record, actor=actor, now=now, parts=[marks(mona.id)])
    later = now + timedelta(hours=1)
    newer = correct(
        session, record=record, actor=actor, now=later, why="Det var S0", parts=[marks(mona.id, support=Support.S0)]
    )
    assert (record.status, newer.status) == (RecordStatus.SUPERSEDED, RecordStatus.CONFIRMED)
    assert (newer.version, newer.supersedes_id, newer.why, newer.done_on) == (
        2,
        record.id,
        "Det var S0",
        record.done_on,
    )
    kept = {each.record_id: (each.support, each.felt) for each in session.scalars(sa.select(Participation))}
    assert kept == {record.id: (Support.S1, Feeling.GOOD), newer.id: (Support.S0, Feeling.GOOD)}
    assert [row.version for row in team_queries.versions_of(session, record.public_id)] == [2, 1]
    with pytest.raises(AlreadyChanged):
        correct(session, record=record, actor=actor, now=later, why="igen", parts=[marks(mona.id)])


def test_a_correction_and_a_void_need_a_reason(session: Session, now: datetime) -> None:
    mona, actor = people.citizen(session), lone(session)
    record = people.draft(session, mona)
    confirm(session, record=record, actor=actor, now=now, parts=[marks(mona.id)])
    with pytest.raises(Refusal):
        correct(session, record=record, actor=actor, now=now, why="  ", parts=[marks(mona.id)])
    with pytest.raises(Refusal):
        void(session, record=record, actor=actor, now=now, why="")


def test_a_void_keeps_everything_and_counts_for_nothing(session: Session, now: datetime) -> None:
    mona, actor = people.citizen(session), lone(session)
    record = people.draft(session, mona)
    confirm(session, record=record, actor=actor, now=now, parts=[marks(mona.id)])
    gone = void(session, record=record, actor=actor, now=now, why="Det var en anden dag")
    assert (record.status, gone.status, gone.version) == (RecordStatus.SUPERSEDED, RecordStatus.VOIDED, 2)
    counting = sa.select(sa.func.count()).where(TaskRecord.status == RecordStatus.CONFIRMED)
    assert session.scalar(counting) == 0
    assert session.scalar(sa.select(sa.func.count(Participation.id))) == 2


def test_with_four_eyes_whoever_confirmed_it_does_not_void_it_too(session: Session, now: datetime) -> None:
    mona, first, second = people.citizen(session), lone(session), lone(session, name="Sofie")
    record = people.draft(session, mona)
    confirm(session, record=record, actor=first, now=now, parts=[marks(mona.id)])
    house_rules.decide(session, house_rules.FOUR_EYES, house_rules.YES, by_staff_id=None, now=now)
    with pytest.raises(OwnEntry, match="En kollega annullerer"):
        void(session, record=record, actor=first, now=now, why="Forkert dag")
    assert record.status is RecordStatus.CONFIRMED
    gone = void(session, record=record, actor=second, now=now, why="Forkert dag")
    assert gone.status is RecordStatus.VOIDED


def test_a_draft_is_set_aside_by_one_with_four_eyes_too(session: Session, now: datetime) -> None:
    """It counted for nothing, so nothing is taken from anybody."""
    mona, actor = people.citizen(session), lone(session)
    house_rules.decide(session, house_rules.FOUR_EYES, house_rules.YES, by_staff_id=None, now=now)
    assert void(session, record=people.draft(session, mona), actor=actor, now=now, why="Et fejltryk").status is (
        RecordStatus.VOIDED
    )


def test_a_draft_cannot_be_corrected(session: Session, now: datetime) -> None:
    mona, actor = people.citizen(session), lone(session)
    record = people.draft(session, mona)
    with pytest.raises(AlreadyChanged):
        correct(session, record=record, actor=actor, now=now, why="for tidligt", parts=[marks(mona.id)])


def test_a_record_lies_in_the_past_and_inside_the_stay(session: Session, now: datetime) -> None:
    mona, actor = people.citizen(session, started_on=date(2026, 11, 2)), lone(session)
    task = factories.task_type(session)

    def written(day: date) -> TaskRecord:
        return write_down(
            session, actor=actor, task_type_id=task.id, title="", done_on=day, parts=[marks(mona.id)], now=now
        )

    with pytest.raises(Refusal, match="ikke kommet"):
        written(date(2026, 11, 25))
    with pytest.raises(Refusal, match="uden for forløbet"):
        written(date(2026, 11, 1))
    assert written(date(2026, 11, 2)).status is RecordStatus.DRAFT


def test_a_team_is_written_down_with_own_minutes_each(session: Session, now: datetime) -> None:
    mona, yusuf, actor = people.citizen(session), people.citizen(session, name="Yusuf"), lone(session)
    task = factories.task_type(session, name="Rydde op på lageret")
    parts = [marks(mona.id, minutes=95), marks(yusuf.id, minutes=40, support=None, quality=None)]
    record = write_down(session, actor=actor, task_type_id=task.id, title="", done_on=now.date(), parts=parts, now=now)
    confirm(session, record=record, actor=actor, now=now, parts=parts)
    team = team_queries.parts_of(session, actor, record.public_id)
    assert [(row.display_name, row.minutes, row.support) for row in team] == [
        ("Mona", 95, Support.S1),
        ("Yusuf", 40, None),
    ]


def test_drafts_of_the_same_work_are_confirmed_on_one_page(session: Session, now: datetime) -> None:
    mona, yusuf = people.citizen(session), people.citizen(session, name="Yusuf")
    task = factories.task_type(session)
    first = people.draft(session, mona, task=task, title="Rydde op")
    people.draft(session, yusuf, task=task, title="Rydde op")
    people.draft(session, yusuf, task=task, title="Noget andet")
    actor = lone(session)
    job = team_queries.job_of(first)
    assert [row.display_name for row in team_queries.drafts_of(session, actor, job)] == ["Mona", "Yusuf"]
    assert len(team_queries.waiting(session, actor)) == 3
    away = lone(session, departments=[factories.department(session, key="metal", name="Metal")])
    assert team_queries.waiting(session, away) == []
    with pytest.raises(NotHere):
        team_queries.parts_of(session, away, first.public_id)
    assert team_queries.drafts_of(session, away, job) == []


@pytest.mark.once
def test_the_most_minutes_are_those_the_database_takes() -> None:
    checks = {
        check.name: str(check.sqltext) for check in Participation.__table__.constraints if hasattr(check, "sqltext")
    }
    assert str(results.MOST_MINUTES) in checks["ck_participation_minutes_within_a_day"]
