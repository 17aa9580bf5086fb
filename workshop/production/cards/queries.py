"""What stands on a work card, on paper and on the tablet. The work, and never who does it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.production.models import OrderPicture, OrderStep, StepState, TaskStep, TaskType
from workshop.production.types import queries as types
from workshop.production.types.models import TaskTypePicture
from workshop.production.types.queries import Picture


class CardStep(NamedTuple):
    """A step with what its task says, and the picture that shows it: the step's own, else the task's."""

    title: str
    place: str
    is_done: bool
    plain_text: str
    lines: tuple[str, ...]
    tools: tuple[str, ...]
    gear: tuple[str, ...]
    demands: tuple[str, ...]
    permits: tuple[str, ...]
    quality_ok: str
    is_instruction_required: bool
    picture: Picture | None


def card_steps(session: Session, order_id: int) -> list[CardStep]:
    """The steps of an order for its card; what was skipped is not on it. The same few questions for any number."""
    rows = session.execute(
        sa.select(OrderStep, TaskType)
        .join(TaskType, TaskType.id == OrderStep.task_type_id)
        .where(OrderStep.order_id == order_id, OrderStep.state != StepState.SKIPPED)
        .order_by(OrderStep.position)
    ).all()
    return _cards(session, [(step, task) for step, task in rows])


def card_of(session: Session, *, task_type_id: int, step_id: int | None) -> CardStep:
    """The card of one task: as a step of an order, or for itself."""
    step = session.get(OrderStep, step_id) if step_id is not None else None
    return _cards(session, [(step, session.get_one(TaskType, task_type_id))])[0]


def order_sketches(session: Session, order_id: int, *, most: int) -> list[Picture]:
    """The first pictures that go with a whole order."""
    rows = session.execute(
        _pictures().where(OrderPicture.order_id == order_id, OrderPicture.step_id.is_(None)).limit(most)
    )
    return [Picture(name, width, height, alt) for _step, name, width, height, alt in rows]


def may_show(session: Session, name: str, *, task_type_id: int, step_id: int | None) -> bool:
    """Whether a picture belongs to the card of a task: to the task itself, to its step, or to the step's order."""
    of_task = sa.select(TaskTypePicture.id).where(
        TaskTypePicture.name == name, TaskTypePicture.task_type_id == task_type_id
    )
    if session.scalar(of_task) is not None:
        return True
    of_order = (
        sa.select(OrderPicture.id)
        .join(OrderStep, OrderStep.order_id == OrderPicture.order_id)
        .where(OrderPicture.name == name, OrderStep.id == step_id)
    )
    return step_id is not None and session.scalar(of_order) is not None


def _cards(session: Session, rows: Sequence[tuple[OrderStep | None, TaskType]]) -> list[CardStep]:
    tasks = {task.id for _step, task in rows}
    lines = _lines(session, tasks)
    demands, permits = types.demands_of(session, tasks), types.permits_of(session, tasks)
    of_tasks = types.pictures_of(session, tasks)
    own = _step_pictures(session, [step.id for step, _task in rows if step is not None])
    return [
        CardStep(
            step.title if step else task.name,
            step.place if step else "",
            step is not None and step.state is StepState.FINISHED,
            task.plain_text,
            tuple(lines[task.id]),
            tuple(task.tools),
            tuple(task.protective_gear),
            tuple(demands.get(task.id, ())),
            tuple(permits.get(task.id, ())),
            task.quality_ok,
            task.is_instruction_required,
            (own.get(step.id) if step else None) or of_tasks.get(task.id),
        )
        for step, task in rows
    ]


def _lines(session: Session, task_ids: Collection[int]) -> defaultdict[int, list[str]]:
    found: defaultdict[int, list[str]] = defaultdict(list)
    wanted = sa.select(TaskStep.task_type_id, TaskStep.text).order_by(TaskStep.task_type_id, TaskStep.position)
    for task_type_id, text in session.execute(wanted.where(TaskStep.task_type_id.in_(task_ids))):
        found[task_type_id].append(text)
    return found


def _step_pictures(session: Session, step_ids: Sequence[int]) -> dict[int, Picture]:
    """The newest picture of each step that has one."""
    rows = session.execute(_pictures().where(OrderPicture.step_id.in_(step_ids)))
    return {step_id: Picture(name, width, height, alt) for step_id, name, width, height, alt in rows}


def _pictures() -> Any:
    columns = (OrderPicture.step_id, OrderPicture.name, OrderPicture.width, OrderPicture.height, OrderPicture.alt_text)
    return sa.select(*columns).order_by(OrderPicture.id)
