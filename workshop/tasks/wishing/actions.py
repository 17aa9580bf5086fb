"""A person says what they would like to try, and may take it back. Wishes are ended, never deleted."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.citizens.models import Citizen
from workshop.core.errors import NotHere, Refusal
from workshop.core.i18n import _
from workshop.core.text import clean
from workshop.production.models import ActivityKind, OrderStep, StepState, TaskType
from workshop.services.visits.models import Visit, VisitState
from workshop.tasks.wishing.models import TaskWish

MOST_OPEN = 20
MOST_LETTERS = 200
VISITS_TO_COME = (VisitState.WAITING, VisitState.PLANNED)


def wish(
    session: Session,
    citizen_id: int,
    *,
    task_type_id: int | None = None,
    activity_kind_id: int | None = None,
    order_step_id: int | None = None,
    visit_id: int | None = None,
    goal_id: int | None = None,
    own_words: str = "",
    now: datetime,
) -> TaskWish:
    """What somebody would like to try; the same wish said again is the one that stands already.

    `goal_id` is the goal it was chosen for; whoever calls has seen that it is the person's own. Raises Refusal for a
    wish about nothing, for work that is over, and where many wishes stand; NotHere for what there is not.
    """
    said = {
        "task_type_id": task_type_id,
        "activity_kind_id": activity_kind_id,
        "order_step_id": order_step_id,
        "visit_id": visit_id,
        "own_words": clean(own_words)[:MOST_LETTERS],
    }
    if not any(said.values()):
        raise Refusal(_("Vælg, hvad du vil prøve, eller skriv det."))
    _check_work(session, task_type_id, activity_kind_id, order_step_id, visit_id)
    _one_at_a_time(session, citizen_id)
    open_ones = session.scalars(
        sa.select(TaskWish).where(TaskWish.citizen_id == citizen_id, TaskWish.ended_at.is_(None))
    ).all()
    for each in open_ones:
        if all(getattr(each, name) == value for name, value in said.items()):
            return each
    if len(open_ones) >= MOST_OPEN:
        raise Refusal(_("Du har mange ønsker. Tag et af dem væk først."))
    made = TaskWish(citizen_id=citizen_id, goal_id=goal_id, made_at=now, **said)
    session.add(made)
    session.flush()
    return made


def end(session: Session, wish: TaskWish, now: datetime) -> None:
    """The wish is over: taken back, or it came true. A second time changes nothing."""
    if wish.ended_at is None:
        wish.ended_at = now
        session.flush()


def _one_at_a_time(session: Session, citizen_id: int) -> None:
    """Two presses take turns, so that the second sees what the first one wrote."""
    session.execute(sa.select(Citizen.id).where(Citizen.id == citizen_id).with_for_update())


def _check_work(
    session: Session,
    task_type_id: int | None,
    activity_kind_id: int | None,
    order_step_id: int | None,
    visit_id: int | None,
) -> None:
    if activity_kind_id is not None and session.get(ActivityKind, activity_kind_id) is None:
        raise NotHere
    if task_type_id is not None:
        task = session.get(TaskType, task_type_id)
        if task is None or not task.is_used:
            raise NotHere
    if order_step_id is not None:
        step = session.get(OrderStep, order_step_id)
        if step is None:
            raise NotHere
        if step.state in (StepState.FINISHED, StepState.SKIPPED):
            raise Refusal(_("Opgaven er lavet. Vælg en anden."))
    if visit_id is not None:
        visit = session.get(Visit, visit_id)
        if visit is None:
            raise NotHere
        if visit.state not in VISITS_TO_COME:
            raise Refusal(_("Opgaven er lavet. Vælg en anden."))
