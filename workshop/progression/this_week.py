"""The work of this week for one person, in the words task and person share: "kan du", "dit næste skridt", "med støtte".

What they have been given, and what waits for somebody. It suggests nobody for anything: people decide.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.citizens.models import Citizen
from workshop.progression.fit import Fit, fit, needs_of
from workshop.progression.levels import level_name
from workshop.tasks.models import Assignment, AssignmentState, Competence
from workshop.tasks.permits.queries import missing_of
from workshop.tasks.week.open_work import open_work
from workshop.tasks.wishing.queries import WishRow

MOST_OPEN = 4
"""So much of the waiting work is shown in each group; the rest is counted, and stands on the week board."""

MOST_ASKS = 3


@dataclass(frozen=True, slots=True)
class WorkLine:
    """A piece of this week's work. `asks` are the things it usually takes more of than was agreed, in words."""

    title: str
    of_what: str
    day: date | None
    is_given: bool
    is_wished: bool
    fit: Fit
    asks: tuple[str, ...]
    lacks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WorkGroup:
    """The work that sits alike with the person; `more` is how much more of it waits."""

    fit: Fit
    lines: list[WorkLine]
    more: int


@dataclass(frozen=True, slots=True)
class _Work:
    """A piece of work as it was read, before it is held against anybody."""

    title: str
    of_what: str
    day: date | None
    task_type_id: int
    is_given: bool
    step_id: int | None = None
    visit_id: int | None = None


def this_week(
    session: Session,
    citizen: Citizen,
    levels: Mapping[int, int],
    competences: Mapping[int, Competence],
    wishes: list[WishRow],
    today: date,
) -> list[WorkGroup]:
    """The rest of this week's work in the citizen's department, by how it sits with the agreed `levels`.

    Where nothing is agreed yet there is nothing to hold it against, and the list is empty.
    """
    if not levels:
        return []
    work = _work(session, citizen, today)
    tasks = {each.task_type_id for each in work}
    needs = needs_of(session, tasks, today)
    lacks = missing_of(session, citizen.id, tasks, today)
    steps = {wish.order_step_id for wish in wishes} - {None}
    visits = {wish.visit_id for wish in wishes} - {None}
    kinds = {wish.task_type_id for wish in wishes} - {None}
    lines = [
        WorkLine(
            title=each.title,
            of_what=each.of_what,
            day=each.day,
            is_given=each.is_given,
            is_wished=each.step_id in steps or each.visit_id in visits or each.task_type_id in kinds,
            fit=fit(levels, needs[each.task_type_id]),
            asks=_asks(levels, needs[each.task_type_id], competences),
            lacks=tuple(lacks.get(each.task_type_id, ())),
        )
        for each in work
    ]
    return [group for group in (_group(each, lines) for each in Fit) if group.lines]


def _group(which: Fit, lines: list[WorkLine]) -> WorkGroup:
    """What was given always stands there; of what waits the wished for first, and no more than can be read."""
    given = [line for line in lines if line.fit is which and line.is_given]
    waiting = [line for line in lines if line.fit is which and not line.is_given]
    waiting.sort(key=lambda line: not line.is_wished)
    return WorkGroup(which, [*given, *waiting[:MOST_OPEN]], max(len(waiting) - MOST_OPEN, 0))


def _asks(
    levels: Mapping[int, int], needs: Mapping[int, int], competences: Mapping[int, Competence]
) -> tuple[str, ...]:
    """What the task asks for beyond what was agreed: the first few, in the order of the list of competences."""
    beyond = [
        f"{competence.name}: {level_name(needs[each])}"
        for each, competence in competences.items()
        if needs.get(each, 0) > levels.get(each, 0)
    ]
    return tuple(beyond[:MOST_ASKS])


def _work(session: Session, citizen: Citizen, today: date) -> list[_Work]:
    last = today + timedelta(days=6 - today.weekday())
    given = session.execute(
        sa.select(Assignment.title, Assignment.day, Assignment.task_type_id)
        .where(
            Assignment.citizen_id == citizen.id,
            Assignment.day.between(today, last),
            Assignment.state.in_((AssignmentState.PLANNED, AssignmentState.STARTED)),
        )
        .order_by(Assignment.day, Assignment.start_minute, Assignment.id)
    )
    waiting = open_work(session, today, last, [citizen.department_id])
    return [
        *(_Work(title, "", day, task_type_id, is_given=True) for title, day, task_type_id in given),
        *(
            _Work(each.title, each.of_what, each.day, each.task_type_id, False, each.order_step_id, each.visit_id)
            for each in waiting
            if each.needs_people
        ),
    ]
