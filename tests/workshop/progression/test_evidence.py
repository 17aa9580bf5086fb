"""What counts is what staff have confirmed and nothing else: the competence rule over real records."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy import event
from support import factories, people

from tests.workshop.progression import records
from workshop.accounts.models import Staff
from workshop.citizens.models import Citizen
from workshop.core import db
from workshop.production.models import TaskType
from workshop.progression import evidence
from workshop.progression.indication import Basis, indicate
from workshop.tasks import confirming
from workshop.tasks.models import LinkRole, RecordStatus, TaskRecord

START = date(2026, 3, 1)
TODAY = START + timedelta(days=10)


@pytest.fixture
def lone(session):
    return factories.staff(session)


@pytest.fixture
def mona(session, lone):
    return people.citizen(session, contact=lone, started_on=date(2026, 1, 1))


@pytest.fixture
def sanding(session):
    return records.sanding(session)


def day(number):
    return START + timedelta(days=number)


def at(on):
    return datetime.combine(on, time(14), tzinfo=UTC)


def level_of(session, person, shows, today=TODAY, foundation_end=None):
    rows = evidence.rows(session, person.id, shows.id, today).get(shows.id, [])
    return indicate(rows, today, foundation_ends_on=foundation_end)


def rows_of(session, person, shows, today=TODAY):
    return evidence.rows(session, person.id, shows.id, today).get(shows.id, [])


def test_the_worked_example_through_real_records(session, mona, lone, sanding):
    task, shows = sanding
    per = factories.staff(session, name="Per")

    def work(number, written, by):
        part = [records.marks(mona, written)]
        return records.confirmed(session, part, task=task, on=day(number), by=by)

    for number, written in ((1, "S3Q2"), (2, "S2Q1"), (2, "S2Q2")):
        work(number, written, lone)
    first = level_of(session, mona, shows)
    assert (first.level, first.basis) == (2, Basis.SOME)

    made = {
        (number, written): work(number, written, per)
        for number, written in ((5, "S1Q2"), (6, "S0Q2"), (6, "S1Q3"), (9, "S1Q0"), (10, "S0Q2"))
    }
    whole = level_of(session, mona, shows)
    assert (whole.level, whole.basis, len(whole.used)) == (3, Basis.GOOD, 8)

    actor = people.actor_of(session, lone, now=at(TODAY))
    confirming.void(session, record=made[10, "S0Q2"], actor=actor, now=at(TODAY), why="Skrevet på den forkerte.")
    assert level_of(session, mona, shows).level == 2

    better = [records.marks(mona, "S1Q2")]
    wrong = made[9, "S1Q0"]
    confirming.correct(session, record=wrong, actor=actor, now=at(TODAY), why="Forkert kryds.", parts=better)
    assert level_of(session, mona, shows).level == 3

    late = TODAY + timedelta(days=400)
    past = level_of(session, mona, shows, late)
    assert (past.level, past.has_evidence, past.is_past) == (0, False, True)


def test_an_unconfirmed_record_counts_for_nothing_until_it_is_confirmed(session, mona, lone, sanding):
    task, shows = sanding
    part = [records.marks(mona)]
    waiting = records.draft(session, part, task=task, on=day(1), by=lone)
    assert rows_of(session, mona, shows) == []
    actor = people.actor_of(session, lone, now=at(day(1)))
    confirming.confirm(session, record=waiting, actor=actor, now=at(day(1)), parts=part)
    assert len(rows_of(session, mona, shows)) == 1


@pytest.mark.parametrize("status", [RecordStatus.DRAFT, RecordStatus.SUPERSEDED, RecordStatus.VOIDED])
def test_only_the_confirmed_status_counts(session, mona, lone, sanding, status):
    task, shows = sanding
    record = records.confirmed(session, [records.marks(mona)], task=task, on=day(1), by=lone)
    assert len(rows_of(session, mona, shows)) == 1
    session.execute(sa.update(TaskRecord).where(TaskRecord.id == record.id).values(status=status))
    assert rows_of(session, mona, shows) == []


def test_a_correction_counts_once_with_its_new_marks(session, mona, lone, sanding):
    task, shows = sanding
    record = records.confirmed(session, [records.marks(mona, "S4Q0")], task=task, on=day(1), by=lone)
    actor = people.actor_of(session, lone, now=at(TODAY))
    new = [records.marks(mona, "S1Q2", minutes=45)]
    newer = confirming.correct(session, record=record, actor=actor, now=at(TODAY), why="Forkert kryds.", parts=new)
    (row,) = rows_of(session, mona, shows)
    assert (row.record_id, row.support, row.quality, row.minutes) == (newer.public_id, "S1", "Q2", 45)


def test_a_colleagues_part_of_the_same_record_is_the_colleagues(session, mona, lone, sanding):
    task, shows = sanding
    ali = people.citizen(session, name="Ali", contact=lone, started_on=date(2026, 1, 1))
    both = [records.marks(mona, "S0Q3", minutes=60), records.marks(ali, "S4Q0", minutes=30)]
    records.confirmed(session, both, task=task, on=day(1), by=lone)
    records.confirmed(session, [records.marks(ali)], task=task, on=day(2), by=lone)
    assert [(row.support, row.minutes) for row in rows_of(session, mona, shows)] == [("S0", 60)]
    assert len(rows_of(session, ali, shows)) == 2


def test_days_to_come_are_not_seen_yet(session, mona, lone, sanding):
    task, shows = sanding
    records.confirmed(session, [records.marks(mona)], task=task, on=TODAY, by=lone)
    assert rows_of(session, mona, shows, TODAY - timedelta(days=1)) == []
    assert len(rows_of(session, mona, shows, TODAY)) == 1


def test_a_record_uses_the_link_that_was_valid_on_its_day(session, mona, lone):
    task, shows = factories.task_type(session), records.competence(session)
    records.link(session, task, shows, role=LinkRole.CORE, valid_to=day(3))
    records.link(session, task, shows, role=LinkRole.CONTRIBUTING, valid_from=day(4), valid_to=day(5))
    for number in (3, 4, 5, 6):
        records.confirmed(session, [records.marks(mona)], task=task, on=day(number), by=lone)
    found = {row.day: row.is_core for row in rows_of(session, mona, shows)}
    assert found == {day(3): True, day(4): False, day(5): False}


def test_overlapping_link_versions_count_a_record_once_by_the_later_one(session, mona, lone):
    task, shows = factories.task_type(session), records.competence(session)
    records.link(session, task, shows, role=LinkRole.CONTRIBUTING, valid_from=day(2))
    records.link(session, task, shows, role=LinkRole.CORE)
    records.confirmed(session, [records.marks(mona)], task=task, on=day(3), by=lone)
    assert [row.is_core for row in rows_of(session, mona, shows)] == [False]


def test_a_task_without_a_link_shows_nothing(session, mona, lone, sanding):
    _task, shows = sanding
    other = factories.task_type(session, name="Fej gulvet")
    records.confirmed(session, [records.marks(mona)], task=other, on=day(1), by=lone)
    assert evidence.rows(session, mona.id, None, TODAY) == {}
    assert rows_of(session, mona, shows) == []


def test_one_record_shows_every_competence_it_is_linked_to(session, mona, lone, sanding):
    task, shows = sanding
    also = records.competence(session, name="Holde fokus")
    records.link(session, task, also, role=LinkRole.CONTRIBUTING)
    records.confirmed(session, [records.marks(mona)], task=task, on=day(1), by=lone)
    found = evidence.rows(session, mona.id, None, TODAY)
    assert {competence: [row.is_core for row in listed] for competence, listed in found.items()} == {
        shows.id: [True],
        also.id: [False],
    }


def test_foundation_records_count_once_the_phase_is_over(session, lone, sanding):
    task, shows = sanding
    new = people.citizen(session, name="Nya", contact=lone, started_on=START)
    for number in (1, 2, 3):
        records.confirmed(session, [records.marks(new)], task=task, on=day(number), by=lone)
    end = evidence.foundation_ends_on(session, new.id, TODAY)
    assert end == day(20)
    during = level_of(session, new, shows, day(20), end)
    after = level_of(session, new, shows, day(21), end)
    assert (during.level, during.is_foundation) == (0, True)
    assert (after.level, after.is_foundation) == (2, False)


def test_a_coming_enrolment_has_no_foundation_phase_yet(session, mona):
    assert evidence.foundation_ends_on(session, mona.id, date(2025, 12, 31)) is None


def test_the_number_of_queries_does_not_grow_with_the_records(app):
    def count(competence_id):
        asked = []
        with db.reading() as session:
            bind = session.get_bind()
            listen = lambda *_args: asked.append(1)  # noqa: E731 — SQLAlchemy calls it by position
            event.listen(bind, "before_cursor_execute", listen)
            evidence.seen(session, person_id, competence_id, TODAY)
            event.remove(bind, "before_cursor_execute", listen)
        return len(asked)

    def work(session, *days):
        lone, mona, task = session.get(Staff, ids[0]), session.get(Citizen, ids[1]), session.get(TaskType, ids[2])
        for number in days:
            records.confirmed(session, [records.marks(mona)], task=task, on=day(number), by=lone)

    with db.transaction() as session:
        lone = factories.staff(session)
        mona = people.citizen(session, contact=lone, started_on=date(2026, 1, 1))
        task, shows = records.sanding(session)
        ids = (lone.account_id, mona.id, task.id)
        person_id, shows_id = mona.id, shows.id
        work(session, 1)
    assert (count(None), count(shows_id)) == (3, 3)
    with db.transaction() as session:
        records.link(session, session.get(TaskType, ids[2]), records.competence(session, name="Holde fokus"))
        work(session, *range(2, 10))
    assert (count(None), count(shows_id)) == (3, 3)
