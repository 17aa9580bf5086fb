"""What stands on a work card. The work, and never who does it."""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.production.models import OrderStep, StepState, TaskStep, TaskType


class CardStep(NamedTuple):
    """A step of an order with what its task says."""

    title: str
    place: str
    is_done: bool
    lines: tuple[str, ...]
    tools: tuple[str, ...]
    gear: tuple[str, ...]
    quality_ok: str
    is_instruction_required: bool


def card_steps(session: Session, order_id: int) -> list[CardStep]:
    """The steps of an order for its card; what was skipped is not on it."""
    rows = session.execute(
        sa.select(OrderStep, TaskType)
        .join(TaskType, TaskType.id == OrderStep.task_type_id)
        .where(OrderStep.order_id == order_id, OrderStep.state != StepState.SKIPPED)
        .order_by(OrderStep.position)
    ).all()
    lines: defaultdict[int, list[str]] = defaultdict(list)
    wanted = sa.select(TaskStep.task_type_id, TaskStep.text).order_by(TaskStep.task_type_id, TaskStep.position)
    for task_type_id, text in session.execute(
        wanted.where(TaskStep.task_type_id.in_({task.id for _step, task in rows}))
    ):
        lines[task_type_id].append(text)
    return [
        CardStep(
            step.title,
            step.place,
            step.state is StepState.FINISHED,
            tuple(lines[task.id]),
            tuple(task.tools),
            tuple(task.protective_gear),
            task.quality_ok,
            task.is_instruction_required,
        )
        for step, task in rows
    ]
