"""Whole histories of a workshop, made at random and held against a ledger kept beside them.

Every piece and visit reaches its people and every person their work, each entry once; and what a level is read from is
the confirmed, current records alone, in whatever order they came about.
"""

from __future__ import annotations

import itertools
import random
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session
from support import factories, garden, people

from tests.workshop.progression import records
from workshop.citizens.models import Citizen
from workshop.core import clock, db
from workshop.products.models import Item
from workshop.progression import actions, evidence
from workshop.progression.indication import Indication, indicate
from workshop.progression.models import OwnLevel
from workshop.services.visits.models import Visit
from workshop.tasks import confirming
from workshop.tasks.marks import Quality, Support
from workshop.tasks.models import Feeling, Participation, RecordStatus, TaskRecord
from workshop.tasks.results import PartMarks

DEEDS = 40
DAYS = 12
WRITTEN = tuple(f"{support.value}{quality.value}" for support, quality in itertools.product(Support, Quality))


@dataclass
class Entry:
    """What the ledger knows of one piece of work: whose it is now, what it was about, and whether it counts."""

    parts: dict[int, PartMarks]
    thing: int | None
    visit: int | None
    status: RecordStatus


@dataclass
class House:
    """Three people, a task, two pieces and two visits; and the ledger."""

    session: Session
    chance: random.Random
    ledger: dict[int, Entry] = field(default_factory=dict)

    def __post_init__(self) -> None:
        session, self.now = self.session, clock.now()
        self.lone = factories.staff(session, name="Lone")
        self.actor = people.actor_of(session, self.lone, now=self.now)
        self.today = clock.local_day(self.now)
        begun = self.today - timedelta(days=200)
        self.people = [
            people.citizen(session, name=name, contact=self.lone, started_on=begun) for name in ("Mona", "Ali", "Eva")
        ]
        self.task, self.shows = records.sanding(session)
        self.things = [factories.item(session).id for _each in range(2)]
        self.visits = [garden.visit(session, day=self.today).id for _each in range(2)]

    def parts(self) -> dict[int, PartMarks]:
        chosen = self.chance.sample(self.people, self.chance.randint(1, 3))
        return {each.id: self.marks(each) for each in chosen}

    def marks(self, person: Citizen) -> PartMarks:
        return records.marks(person, self.chance.choice(WRITTEN), minutes=self.chance.choice((5, 30, 60)))

    def draft(self) -> TaskRecord:
        parts = self.parts()
        record = confirming.write_down(
            self.session,
            actor=self.actor,
            task_type_id=self.task.id,
            title="Slib bænken",
            done_on=self.today - timedelta(days=self.chance.randrange(DAYS)),
            parts=list(parts.values()),
            now=self.now,
        )
        thing = self.chance.choice([None, *self.things])
        visit = self.chance.choice(self.visits) if thing is None else None
        record.item_id, record.visit_id = thing, visit
        self.session.flush()
        self.ledger[record.id] = Entry(parts, thing, visit, RecordStatus.DRAFT)
        return record

    def of(self, *statuses: RecordStatus) -> TaskRecord | None:
        found = [at for at, entry in self.ledger.items() if entry.status in statuses]
        return self.session.get_one(TaskRecord, self.chance.choice(found)) if found else None

    def do_something(self) -> None:
        deed = self.chance.choice(("draft", "confirm", "confirm", "correct", "void"))
        if deed == "confirm" and (record := self.of(RecordStatus.DRAFT)):
            parts = list(self.ledger[record.id].parts.values())
            confirming.confirm(self.session, record=record, actor=self.actor, now=self.now, parts=parts)
            self.ledger[record.id].status = RecordStatus.CONFIRMED
        elif deed == "correct" and (record := self.of(RecordStatus.CONFIRMED)):
            self.correct(record)
        elif deed == "void" and (record := self.of(RecordStatus.CONFIRMED)):
            confirming.void(self.session, record=record, actor=self.actor, now=self.now, why="Var ikke her.")
            self.ledger[record.id].status = RecordStatus.VOIDED
        else:
            self.draft()

    def correct(self, record: TaskRecord) -> None:
        before = self.ledger[record.id]
        changed = {each: self.marks(self.session.get_one(Citizen, each)) for each in before.parts}
        newer = confirming.correct(
            self.session, record=record, actor=self.actor, now=self.now, why="Set igen.", parts=list(changed.values())
        )
        before.status = RecordStatus.SUPERSEDED
        self.ledger[newer.id] = Entry(changed, before.thing, before.visit, RecordStatus.CONFIRMED)

    def counting(self, person: Citizen) -> dict[int, PartMarks]:
        """The person's confirmed work by record, as the ledger has it."""
        return {
            at: entry.parts[person.id]
            for at, entry in self.ledger.items()
            if entry.status is RecordStatus.CONFIRMED and person.id in entry.parts
        }

    def read(self, person: Citizen) -> list[evidence.Seen]:
        return evidence.seen(self.session, person.id, self.shows.id, self.today).get(self.shows.id, [])

    def level(self, person: Citizen) -> Indication:
        return indicate(evidence.rows_of(self.read(person)), self.today)


@pytest.fixture(params=range(4))
def house(app: Flask, request: pytest.FixtureRequest) -> House:
    with db.transaction() as session:
        made = House(session, random.Random(request.param))
        for _deed in range(DEEDS):
            made.do_something()
        yield made


def test_every_person_reads_their_own_work_each_entry_once(house: House) -> None:
    assert any(house.counting(each) for each in house.people), "the control: there is work to find"
    for person in house.people:
        read = house.read(person)
        found = {each.id: (each.row.support, each.row.quality, each.row.minutes) for each in read}
        expected = {at: (part.support, part.quality, part.minutes) for at, part in house.counting(person).items()}
        assert len(read) == len(found)
        assert found == expected


def test_every_piece_and_visit_reaches_its_people_each_once(house: House) -> None:
    for column, ids in ((TaskRecord.item_id, house.things), (TaskRecord.visit_id, house.visits)):
        for each in ids:
            rows = house.session.scalars(
                sa.select(Participation.citizen_id)
                .join(TaskRecord, TaskRecord.id == Participation.record_id)
                .where(column == each, TaskRecord.status == RecordStatus.CONFIRMED)
            )
            expected: Counter[int] = Counter()
            for entry in house.ledger.values():
                about = entry.thing if column is TaskRecord.item_id else entry.visit
                if about == each and entry.status is RecordStatus.CONFIRMED:
                    expected.update(list(entry.parts))
            assert Counter(rows) == expected
    assert house.session.get(Item, house.things[0])
    assert house.session.get(Visit, house.visits[0])


def test_the_order_in_which_it_was_written_does_not_matter(house: House) -> None:
    for person in house.people:
        rows = evidence.rows_of(house.read(person))
        expected = indicate(rows, house.today)
        for _turn in range(5):
            house.chance.shuffle(rows)
            assert indicate(rows, house.today) == expected


def test_drafts_voids_and_old_versions_change_no_level(house: House) -> None:
    before = [house.level(each) for each in house.people]
    house.draft()
    mine = records.marks(house.people[0], "S0Q3")
    record = house.draft()
    confirming.confirm(house.session, record=record, actor=house.actor, now=house.now, parts=list(
        house.ledger[record.id].parts.values()
    ))  # fmt: skip
    confirming.void(house.session, record=record, actor=house.actor, now=house.now, why="Var ikke her.")
    assert [house.level(each) for each in house.people] == before
    records.confirmed(house.session, [mine], task=house.task, on=house.today, by=house.lone)
    assert house.level(house.people[0]) != before[0], "the control: a confirmed one is seen"


def test_moods_and_own_levels_change_no_level(house: House) -> None:
    before = [house.level(each) for each in house.people]
    for felt in Feeling:
        house.session.execute(sa.update(Participation).values(felt=felt))
        assert [house.level(each) for each in house.people] == before
    talk = actions.open_talk(
        house.session, citizen_id=house.people[0].id, by_staff_id=house.lone.account_id, now=house.now
    )
    for own in (0, 4):
        house.session.execute(sa.delete(OwnLevel))
        house.session.add(
            OwnLevel(
                talk_id=talk.id, citizen_id=house.people[0].id, competence_id=house.shows.id, level=own,
                said_on=house.today,
            )
        )  # fmt: skip
        house.session.flush()
        assert [house.level(each) for each in house.people] == before


def test_what_is_not_in_the_ledger_is_found_missing(house: House) -> None:
    """The control of this file: an entry that is lost, or comes twice, does not go unseen."""
    person = next(each for each in house.people if house.counting(each))
    at = next(iter(house.counting(person)))
    house.ledger[at] = replace(house.ledger[at], status=RecordStatus.VOIDED)
    assert {each.id for each in house.read(person)} != set(house.counting(person))
