"""What people did, day by day: records with each one's own marks, so that every level has real evidence behind it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta

from shop.demo import marking
from shop.demo.making import Done
from shop.demo.people import AKSEL, WEEKS, Person
from shop.demo.stage import GARDEN, WOOD, Stage, monday_of, workdays
from workshop.production.models import TaskType
from workshop.tasks import confirming
from workshop.tasks.marks import Quality, Support
from workshop.tasks.models import Assignment, AssignmentState, Participation, RecordStatus, TaskRecord
from workshop.tasks.results import PartMarks

TASKS = {
    WOOD: (
        "gf_measure gf_saw gf_sand gf_drill gf_assemble gf_finish gf_check pa_denail pa_sand pa_saw pa_build_furniture "
        "pa_finish re_clean re_sand re_paint re_wax re_repair lo_attach_labels ws_photo ws_text ca_lunch"
    ),
    GARDEN: (
        "se_hedge se_lawn se_leaves se_weeding se_planting se_caretaker gf_assemble_planter lo_load lo_pack "
        "ve_bike_check ve_bike_clean ve_puncture ca_dishes ca_bread"
    ),
}
FAVOURITES = 5
SANDING = ("gf_sand", "pa_sand", "re_sand")
# Aksel's evidence for sanding is written out here, so that one more good record today is what takes it a step up.
NOT_FOR_AKSEL = (*SANDING, "re_fill", "pa_small")
AKSELS_SANDING: tuple[tuple[Support, Quality], ...] = (
    (Support.S3, Quality.Q1),
    (Support.S3, Quality.Q2),
    (Support.S2, Quality.Q1),
    (Support.S2, Quality.Q2),
    (Support.S2, Quality.Q2),
    (Support.S1, Quality.Q2),
    (Support.S2, Quality.Q2),
    (Support.S1, Quality.Q2),
    (Support.S2, Quality.Q2),
    (Support.S0, Quality.Q2),
)
TEAM_TASKS = ("se_leaves", "se_hedge", "se_weeding")
DRAFT_DAYS = 2  # the last working days, of which some records still wait
DRAFTS = 0.45
STARTS = (9 * 60 + 15, 10 * 60 + 45)
CONFIRMED_AT = 13 * 60 + 45
CORRECTIONS = ("Det var opgaven fra dagen før.", "Der manglede minutter.", "Støtten var en anden, end jeg huskede.")


@dataclass
class Book:
    """What is written down, in the order of the days; it goes to the database in three strokes."""

    stage: Stage
    favourites: dict[str, list[str]]
    skills: dict[str, float]
    assignments: list[Assignment] = field(default_factory=list)
    records: list[TaskRecord] = field(default_factory=list)
    teams: list[TaskRecord] = field(default_factory=list)
    busy: set[tuple[str, date]] = field(default_factory=set)  # who already has something written for the day

    def writes_draft(self, person: Person, day: date) -> bool:
        """Whether this record still waits for staff."""
        is_late = day >= self.stage.workday(DRAFT_DAYS)
        return is_late and person.name != AKSEL and self.stage.chance.random() < DRAFTS


def what_they_like(stage: Stage, people: list[Person]) -> dict[str, list[str]]:
    """The few tasks each person mostly does, by name."""
    usual = {}
    for person in people:
        possible = [
            key for key in TASKS[person.planned.department].split() if person.name != AKSEL or key not in NOT_FOR_AKSEL
        ]
        usual[person.name] = stage.chance.sample(possible, FAVOURITES)
    return usual


def write_down(stage: Stage, people: list[Person], done: list[Done], favourites: dict[str, list[str]]) -> int:
    """Every record of the last weeks; how many there are.

    Written as rows rather than through `assign`, `start`, `finish` and `confirm`: those take twenty statements a record
    and refuse days gone by. The few corrections go through the rules.
    """
    book = Book(stage, favourites, {person.name: stage.chance.uniform(0.15, 0.5) for person in people})
    by_day: dict[tuple[date, str], list[Done]] = defaultdict(list)
    for step in done:
        by_day[step.day, step.department].append(step)
    _aksels_sanding(book, next(person for person in people if person.name == AKSEL), by_day)
    first = monday_of(stage.today) - timedelta(weeks=WEEKS)
    for day in workdays(first, stage.today - timedelta(days=1)):
        for department in (WOOD, GARDEN):
            here = [p for p in people if p.planned.department == department and day in p.days]
            _write_day(book, here, by_day[day, department], day)
    _save(book)
    _correct_some(book)
    return len(book.records) + len(book.teams)


def _aksels_sanding(book: Book, aksel: Person, by_day: dict[tuple[date, str], list[Done]]) -> None:
    """Ten of the days on which something was sanded while he was there; the pieces are real ones of the workshop."""
    keys = {book.stage.tasks[key].id: key for key in SANDING}
    found = {
        day: next(step for step in steps if step.task_type_id in keys)
        for (day, department), steps in sorted(by_day.items())
        if department == WOOD and day in aksel.days and any(step.task_type_id in keys for step in steps)
    }
    count = len(AKSELS_SANDING)
    days = sorted(found)[-1 :: -max(len(found) // count, 1)][:count]
    days += [day for day in reversed(aksel.days) if day not in days][: count - len(days)]
    for day, (support, quality) in zip(sorted(days), AKSELS_SANDING, strict=True):
        step = found.get(day)
        if step is not None:
            by_day[day, WOOD].remove(step)
        task = book.stage.tasks[keys[step.task_type_id] if step else SANDING[0]]
        _write(book, aksel, day, task, step, STARTS[0], marks=(support, quality))
        book.busy.add((aksel.name, day))


def _write_day(book: Book, here: list[Person], steps: list[Done], day: date) -> None:
    chance = book.stage.chance
    types = {task.id: task for task in book.stage.tasks.values()}
    busy = {person.name: int((person.name, day) in book.busy) for person in here}
    for step in steps:
        task = types[step.task_type_id]
        able = [p for p in here if busy[p.name] < 2 and (p.name != AKSEL or task.key not in NOT_FOR_AKSEL)]
        if able:
            person = chance.choice(able)
            _write(book, person, day, task, step, STARTS[busy[person.name]])
            busy[person.name] += 1
    if here and here[0].planned.department == GARDEN and len(here) > 3 and chance.random() < 0.4:
        team = [person for person in here if not busy[person.name]][:3]
        _write_team(book, team, day)
        busy.update({person.name: 1 for person in team})
    for person in here:
        starts = STARTS[busy[person.name] :]
        for start, key in zip(starts, chance.sample(book.favourites[person.name], len(starts)), strict=True):
            if chance.random() < 0.85:
                _write(book, person, day, book.stage.tasks[key], None, start)


def _write(
    book: Book,
    person: Person,
    day: date,
    task: TaskType,
    step: Done | None,
    start: int,
    marks: tuple[Support, Quality] | None = None,
) -> None:
    stage = book.stage
    is_draft = marks is None and book.writes_draft(person, day)
    minutes = marking.minutes(stage, task)
    finished_at = stage.at(day, start + minutes)
    confirmer = marking.confirmer(stage, person)
    title = step.title if step else task.name
    book.assignments.append(
        Assignment(
            citizen_id=person.citizen.id,
            task_type_id=task.id,
            order_step_id=step.step_id if step else None,
            title=title,
            day=day,
            start_minute=start,
            state=AssignmentState.FINISHED,
            # Kept only until somebody confirms; they are there to suggest the minutes.
            started_at=stage.at(day, start) if is_draft else None,
            finished_at=finished_at if is_draft else None,
            by_staff_id=confirmer,
        )
    )
    part = Participation(citizen_id=person.citizen.id, felt=marking.feeling(stage), is_joint=False, observation="")
    if not is_draft:
        part.minutes = minutes
        skill = book.skills[person.name]
        support, quality = marks or marking.support_and_quality(stage, person, skill, day)
        part.support, part.quality = support, quality
        part.observation = marking.observation(stage, support)
    book.records.append(
        TaskRecord(
            task_type_id=task.id,
            order_step_id=step.step_id if step else None,
            item_id=step.item_id if step else None,
            title=title,
            done_on=day,
            status=RecordStatus.DRAFT if is_draft else RecordStatus.CONFIRMED,
            recorded_at=finished_at,
            recorded_by_id=person.citizen.account_id,
            confirmed_at=None if is_draft else stage.at(day, CONFIRMED_AT),
            confirmed_by_id=None if is_draft else confirmer,
            participations=[part],
        )
    )


def _write_team(book: Book, team: list[Person], day: date) -> None:
    """A trip to a customer, written down by staff for all of them: own minutes and support, quality seen jointly."""
    if not team:
        return
    stage = book.stage
    task = stage.tasks[stage.chance.choice(TEAM_TASKS)]
    parts = []
    for person in team:
        support, _own_quality = marking.support_and_quality(stage, person, book.skills[person.name], day)
        parts.append(
            Participation(
                citizen_id=person.citizen.id,
                minutes=marking.minutes(stage, task),
                support=support,
                quality=Quality.Q2,
                is_joint=True,
                felt=marking.feeling(stage),
            )
        )
    book.teams.append(
        TaskRecord(
            task_type_id=task.id,
            title=f"{task.name} hos en kunde",
            done_on=day,
            status=RecordStatus.CONFIRMED,
            recorded_at=stage.at(day, 12 * 60 + 30),
            recorded_by_id=stage.staff_id("bjarne"),
            confirmed_at=stage.at(day, CONFIRMED_AT),
            confirmed_by_id=stage.staff_id("bjarne"),
            participations=parts,
        )
    )


def _save(book: Book) -> None:
    session = book.stage.session
    session.add_all(book.assignments)
    session.flush()
    for record, assignment in zip(book.records, book.assignments, strict=True):
        record.assignment_id = assignment.id
    session.add_all([*book.records, *book.teams])
    session.flush()


def _correct_some(book: Book) -> None:
    """Three corrections and one void, through the rules, so that the versions hang together."""
    stage = book.stage
    sanding = {stage.tasks[key].id for key in SANDING}
    possible = [
        record
        for record in book.records
        if record.status is RecordStatus.CONFIRMED
        and record.task_type_id not in sanding
        and record.done_on < stage.workday(DRAFT_DAYS)
    ]
    chosen = stage.chance.sample(possible, len(CORRECTIONS) + 1)
    for record, why in zip(chosen, (*CORRECTIONS, "Skrevet to gange."), strict=True):
        part = record.participations[0]
        actor = next(each for each in stage.staff.values() if each.account_id == record.confirmed_by_id)
        moment = stage.at(record.done_on + timedelta(days=1), CONFIRMED_AT)
        if why in CORRECTIONS:
            marks = PartMarks(
                part.citizen_id, (part.minutes or 0) + 15, Support.S2, Quality.Q2, False, part.observation
            )
            confirming.correct(stage.session, record=record, actor=actor, now=moment, why=why, parts=[marks])
        else:
            confirming.void(stage.session, record=record, actor=actor, now=moment, why=why)
