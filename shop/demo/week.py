"""What is planned for this week and the next: tasks for most people, and steps that still lack hands."""

from __future__ import annotations

from datetime import date, timedelta

from shop.demo.people import AKSEL, EVERY_DAY, PATTERNS, SHOWN, Person
from shop.demo.stage import GARDEN, WOOD, Stage, monday_of, workdays
from shop.demo.work import NOT_FOR_AKSEL, STARTS
from workshop.production import queries as production
from workshop.production.queries import OpenStep
from workshop.tasks.models import Assignment

HAS_TASKS = 0.85
STEP_SHARE = 0.4
UNASSIGNED_STEPS = 2  # of each department: the board shows what lacks hands


def plan_days(stage: Stage, people: list[Person], favourites: dict[str, list[str]], left_alone: int) -> None:
    """Tasks for today and the working days to come, until Friday of next week. The step `left_alone` goes to nobody.

    Plain rows: `assign` reads each person's stay anew, and these lie inside it by construction.
    """
    last = monday_of(stage.today) + timedelta(days=11)
    steps = {key: _steps(stage, key, left_alone) for key in (WOOD, GARDEN)}
    for day in sorted({stage.today, *workdays(stage.today, last)}):
        for person in people:
            if _is_coming(person, day) and (person.name in SHOWN or stage.chance.random() < HAS_TASKS):
                _give(stage, person, day, favourites[person.name], steps[person.planned.department])
    stage.session.flush()


def _steps(stage: Stage, department: str, left_alone: int) -> list[OpenStep]:
    """The first open step of each order; later ones wait for it."""
    first: dict[str, OpenStep] = {}
    for step in production.open_steps(stage.session, [stage.departments[department]]):
        if step.step_id != left_alone:
            first.setdefault(step.order_public_id, step)
    return list(first.values())[:-UNASSIGNED_STEPS]


def _is_coming(person: Person, day: date) -> bool:
    if day.weekday() in EVERY_DAY:
        return day.weekday() in person.weekdays
    return person.weekdays == PATTERNS[0]  # a demo begun on a weekend: see `people`


def _give(stage: Stage, person: Person, day: date, favourites: list[str], steps: list[OpenStep]) -> None:
    keys = {task.id: key for key, task in stage.tasks.items()}
    own_steps = [step for step in steps if person.name != AKSEL or keys[step.task_type_id] not in NOT_FOR_AKSEL]
    by = stage.staff_id("lone" if person.planned.department == WOOD else "bjarne")
    for place, (start, key) in enumerate(zip(STARTS, stage.chance.sample(favourites, len(STARTS)), strict=True)):
        step = (
            stage.chance.choice(own_steps) if own_steps and not place and stage.chance.random() < STEP_SHARE else None
        )
        task = stage.tasks[key]
        stage.session.add(
            Assignment(
                citizen_id=person.citizen.id,
                task_type_id=step.task_type_id if step else task.id,
                order_step_id=step.step_id if step else None,
                title=step.title if step else task.name,
                day=day,
                start_minute=start,
                by_staff_id=by,
            )
        )
