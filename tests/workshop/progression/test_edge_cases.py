"""The fifteen edge cases of the competence log, one test each, in the order they were agreed (domain D2).

Reports that are sent out (2, 15) and logs that are merged (13) are not made here yet; those tests hold what such papers
will be read from.
"""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session
from support import factories, people

from tests.workshop.progression import records
from tests.workshop.progression.evidence_rows import row, rows_of
from workshop.citizens.models import Enrolment
from workshop.core import clock, db, house_rules, jobs
from workshop.core.errors import Refusal
from workshop.progression import evidence
from workshop.progression.explaining import adopted_hint, freshness_text
from workshop.progression.indication import Basis, indicate
from workshop.progression.models import AdoptedLevel
from workshop.sealed import actions as sealed
from workshop.sealed import aids
from workshop.sealed.models import SealedKind
from workshop.tasks import confirming
from workshop.tasks.models import Participation, RecordStatus, TaskRecord
from workshop.tasks.remarks import actions as remarking
from workshop.tasks.remarks import queries as remarks

KEYS = (bytes(range(32)),)


class House:
    """Mona and Ali, Lone who confirms, and a task that shows something."""

    def __init__(self, session: Session) -> None:
        self.now = clock.now()
        self.today = clock.local_day(self.now)
        self.session = session
        self.lone = factories.staff(session, name="Lone")
        begun = self.today - timedelta(days=300)
        self.mona = people.citizen(session, name="Mona", contact=self.lone, started_on=begun)
        self.ali = people.citizen(session, name="Ali", contact=self.lone, started_on=begun)
        self.task, self.shows = records.sanding(session)

    def back(self, days: int) -> date:
        return self.today - timedelta(days=days)

    def done(self, written: str = "S0Q2", *, back: int, **more: object) -> TaskRecord:
        part = records.marks(self.mona, written, **more)  # type: ignore[arg-type]
        return records.confirmed(self.session, [part], task=self.task, on=self.back(back), by=self.lone)

    def level(self, on: date | None = None, *, of: object = None) -> int:
        day, person = on or self.today, of or self.mona
        found = evidence.rows(self.session, person.id, self.shows.id, day).get(self.shows.id, [])  # type: ignore[attr-defined]
        end = evidence.foundation_ends_on(self.session, person.id, day)  # type: ignore[attr-defined]
        return indicate(found, day, foundation_ends_on=end).level


@pytest.fixture
def house(app: Flask) -> House:
    with db.transaction() as session:
        yield House(session)


def test_1_several_people_have_a_part_each_and_what_was_judged_together_counts_as_two_at_most(house: House) -> None:
    for back in (8, 7, 6, 5):
        mine = records.marks(house.mona, "S0Q2", minutes=60)
        parts = [mine, records.marks(house.ali, "S3Q1", minutes=25)]
        records.confirmed(house.session, parts, task=house.task, on=house.back(back), by=house.lone)
    assert (house.level(), house.level(of=house.ali)) == (3, 1)
    house.session.execute(sa.update(Participation).values(is_joint=True))
    assert house.level() == 2


def test_2_a_correction_is_a_new_version_and_everything_follows_it(house: House) -> None:
    made = [house.done(back=back) for back in (8, 7, 6, 5)]
    actor = people.actor_of(house.session, house.lone, now=house.now)
    assert house.level() == 3
    newer = confirming.correct(
        house.session, record=made[0], actor=actor, now=house.now, why="Forkert kryds.",
        parts=[records.marks(house.mona, "S3Q2")],
    )  # fmt: skip
    assert house.level() == 2
    assert (newer.version, newer.supersedes_id, newer.why) == (2, made[0].id, "Forkert kryds.")
    assert made[0].status is RecordStatus.SUPERSEDED, "the old version stands, and does not count"


def test_3_what_waits_counts_for_nothing_and_no_time_confirms_it(app: Flask) -> None:
    with db.transaction() as session:
        house = House(session)
        for back in (9, 8, 7, 6):
            records.draft(session, [records.marks(house.mona)], task=house.task, on=house.back(back), by=house.lone)
        assert house.level() == 0
        later = house.now + timedelta(days=60)
    jobs.run_due(app.extensions["sweeps"], later)
    with db.reading() as session:
        assert set(session.scalars(sa.select(TaskRecord.status))) == {RecordStatus.DRAFT}


def test_3b_with_four_eyes_nobody_confirms_what_they_wrote_themselves(house: House) -> None:
    part = [records.marks(house.mona)]
    actor = people.actor_of(house.session, house.lone, now=house.now)
    house_rules.decide(house.session, house_rules.FOUR_EYES, house_rules.YES, by_staff_id=None, now=house.now)
    waits = records.draft(house.session, part, task=house.task, on=house.back(1), by=house.lone)
    with pytest.raises(Refusal):
        confirming.confirm(house.session, record=waits, actor=actor, now=house.now, parts=part)
    house_rules.decide(house.session, house_rules.FOUR_EYES, house_rules.NO, by_staff_id=None, now=house.now)
    confirming.confirm(house.session, record=waits, actor=actor, now=house.now, parts=part)
    assert waits.status is RecordStatus.CONFIRMED, "the control: without the rule it is one click"


def test_4_a_remark_follows_the_record_through_its_versions(house: House) -> None:
    first = house.done("S4Q0", back=3)
    remarking.remark(
        house.session, record=first, citizen_id=house.mona.id, text="Jeg gjorde det selv.",
        by_account_id=house.mona.account_id, now=house.now,
    )  # fmt: skip
    actor = people.actor_of(house.session, house.lone, now=house.now)
    newer = confirming.correct(
        house.session, record=first, actor=actor, now=house.now, why="Set igen.", parts=[records.marks(house.mona)]
    )
    said = remarks.remarks_of(house.session, [first.id, newer.id])
    assert [[each.text for each in said[one]] for one in (first.id, newer.id)] == [["Jeg gjorde det selv."]] * 2


def test_5_time_asks_to_see_it_again_and_lowers_nothing(house: House) -> None:
    for back in (8, 7, 6, 5):
        house.done(back=back)
    records.agreed(house.session, house.mona, house.shows, 3, by=house.lone, now=house.now)
    found = evidence.rows(house.session, house.mona.id, house.shows.id, house.today)[house.shows.id]
    for later, level, said in ((170, 3, None), (180, 3, "Bør ses igen"), (400, 0, "Tidligere vist")):
        seen = indicate(found, house.today + timedelta(days=later))
        text = freshness_text(seen)
        assert seen.level == level
        assert text is None if said is None else (text or "").startswith(said)
    assert house.session.scalars(sa.select(AdoptedLevel.level)).all() == [3]


def test_6_worse_days_leave_what_was_agreed_and_are_a_reason_to_talk(house: House) -> None:
    for back in (40, 39, 38, 37):
        house.done(back=back)
    records.agreed(house.session, house.mona, house.shows, 3, by=house.lone, now=house.now - timedelta(days=30))
    for back in range(1, 9):
        house.done("S3Q1", back=back)
    found = evidence.rows(house.session, house.mona.id, house.shows.id, house.today)[house.shows.id]
    seen = indicate(found, house.today)
    assert seen.level == 1
    assert "Tal sammen" in (adopted_hint(seen, 3) or "")
    assert house.session.scalars(sa.select(AdoptedLevel.level)).all() == [3]


def test_7_a_few_rows_say_that_they_are_few() -> None:
    for many in (1, 2):
        seen = indicate(rows_of(*[(day, "S0Q3") for day in range(1, many + 1)]), row(5).day)
        assert (seen.level, seen.basis) == (1, Basis.THIN)
    assert indicate(rows_of((1, "S0Q3"), (2, "S0Q3"), (3, "S0Q3")), row(5).day).basis is Basis.SOME


def test_8_alone_with_an_aid_is_alone_and_the_aid_is_kept_in_confidence(house: House) -> None:
    made = [house.done("S0Q2", back=back) for back in (8, 7, 6, 5)]
    before = house.level()
    actor = people.actor_of(house.session, house.lone, now=house.now)
    aid = sealed.write_accommodation(
        house.session, house.mona, kind=SealedKind.AID, text="En særlig stol", line="Find stolen",
        from_on=house.back(20), by=actor, master_keys=KEYS, now=house.now,
    )  # fmt: skip
    parts = house.session.scalars(sa.select(Participation.id)).all()
    for part in parts:
        aids.note(house.session, part, [aid.id], house.now)
    assert aids.used(house.session, parts) == {part: [aid.id] for part in parts}
    assert house.level() == before == 3
    assert all("stol" not in f"{each.title} {each.why}" for each in made)


def test_9_in_the_first_three_weeks_records_are_kept_and_no_level_is_shown(house: House) -> None:
    house.session.execute(sa.update(Enrolment).values(started_on=house.back(20)))
    for back in (8, 7, 6, 5):
        house.done(back=back)
    assert len(evidence.rows(house.session, house.mona.id, house.shows.id, house.today)[house.shows.id]) == 4
    assert (house.level(), house.level(house.today + timedelta(days=1))) == (0, 3)


def test_10_a_record_counts_by_the_link_of_its_own_day(house: House) -> None:
    old, new = records.competence(house.session, name="Før"), records.competence(house.session, name="Efter")
    task = factories.task_type(house.session, key="malerarbejde")
    records.link(house.session, task, old, valid_to=house.back(6))
    records.link(house.session, task, new, valid_from=house.back(5))
    for back in (6, 5):
        records.confirmed(house.session, [records.marks(house.mona)], task=task, on=house.back(back), by=house.lone)
    found = evidence.rows(house.session, house.mona.id, None, house.today)
    assert [[each.day for each in found[one.id]] for one in (old, new)] == [[house.back(6)], [house.back(5)]]


def test_11_one_pair_of_eyes_is_never_good_ground() -> None:
    alone = rows_of(*[(day, "S0Q2") for day in range(1, 9)])
    together = rows_of(*[(day, "S0Q2") for day in range(1, 8)]) + rows_of((8, "S0Q2"), confirmed_by="per")
    assert [indicate(each, row(9).day).basis for each in (alone, together)] == [Basis.SOME, Basis.GOOD]


@pytest.mark.parametrize(("back", "is_refused"), [(-1, True), (301, True), (0, False), (300, False)])
def test_12_a_day_to_come_or_outside_the_stay_is_refused(house: House, back: int, is_refused: bool) -> None:
    actor = people.actor_of(house.session, house.lone, now=house.now)

    def write() -> TaskRecord:
        parts = [records.marks(house.mona)]
        return confirming.write_down(
            house.session, actor=actor, task_type_id=house.task.id, title="Slib bænken", done_on=house.back(back),
            parts=parts, now=house.now,
        )  # fmt: skip

    if is_refused:
        with pytest.raises(Refusal):
            write()
    else:
        assert write().status is RecordStatus.DRAFT


def test_13_a_second_programme_begins_with_three_weeks_without_levels(house: House) -> None:
    for back in (60, 59, 58, 57):
        house.done(back=back)
    assert house.level() == 3
    first = house.session.scalars(sa.select(Enrolment).where(Enrolment.citizen_id == house.mona.id)).one()
    first.ends_on = house.back(30)
    house.session.add(
        Enrolment(citizen_id=house.mona.id, programme_type_id=first.programme_type_id, started_on=house.back(10))
    )
    house.session.flush()
    assert house.level() == 0
    assert house.level(house.today + timedelta(days=12)) == 3, "the old log is read again once they are over"


def test_14_without_the_person_the_work_is_still_there(house: House) -> None:
    made = house.done(back=3, minutes=45)
    house.session.execute(sa.delete(Participation).where(Participation.citizen_id == house.mona.id))
    house.session.expire_all()
    kept = house.session.get_one(TaskRecord, made.id)
    assert (kept.task_type_id, kept.done_on, kept.title) == (house.task.id, house.back(3), "Slib bænken")
    assert evidence.rows(house.session, house.mona.id, None, house.today) == {}


def test_15_what_is_read_for_a_paper_is_of_one_moment(app: Flask) -> None:
    with db.transaction() as session:
        house = House(session)
        made = [house.done(back=back).id for back in (8, 7, 6, 5)]
        mona, shows, lone = house.mona.id, house.shows.id, house.lone.account_id

    def level(session: Session) -> int:
        return indicate(evidence.rows(session, mona, shows, house.today).get(shows, []), house.today).level

    with db.snapshot() as paper:
        assert level(paper) == 3
        with db.transaction() as session:
            actor = people.actor_of(session, session.get_one(factories.Staff, lone), now=house.now)
            record = session.get_one(TaskRecord, made[0])
            confirming.void(session, record=record, actor=actor, now=house.now, why="Var ikke her.")
        assert level(paper) == 3, "the paper is of the moment it was begun"
    with db.reading() as session:
        assert level(session) == 2, "the next one is not"
