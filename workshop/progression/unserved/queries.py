"""How many goals the plan of a week serves, by competence. Counts only: no person and no goal of anybody's is named."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.citizens.models import Citizen
from workshop.progression.fit import needs_of
from workshop.progression.goal_rules import GoalState
from workshop.progression.models import DevelopmentPlan, Goal, GoalKind
from workshop.tasks.models import Assignment, AssignmentState, Competence, TaskCompetenceLink
from workshop.tasks.week.open_work import OpenWork, open_work

OPEN = [state for state in GoalState if state.is_open]


class ServedLine(NamedTuple):
    """Open goals about one competence, how many of them nothing in the week would serve, and work that could."""

    key: str
    name: str
    goals: int
    unserved: int
    waiting: list[OpenWork]


def week_after(day: date) -> tuple[date, date]:
    """Monday and Sunday of the week after the one `day` is in."""
    monday = day + timedelta(days=7 - day.weekday())
    return monday, monday + timedelta(days=6)


def by_competence(session: Session, first: date, last: date, department_ids: Collection[int]) -> list[ServedLine]:
    """The goals about a competence in these departments, held against the plan from `first` to `last`.

    A goal is served when its own person has been given a task on one of those days that shows the competence that day.
    In the order of the list of competences, and a constant number of questions.
    """
    is_served = _served(first, last)
    rows = session.execute(
        sa.select(
            Competence.id,
            Competence.key,
            Competence.name,
            sa.func.count(),
            sa.func.sum(sa.case((is_served, 0), else_=1)),
        )
        .select_from(Goal)
        .join(DevelopmentPlan, DevelopmentPlan.id == Goal.plan_id)
        .join(Citizen, Citizen.id == DevelopmentPlan.citizen_id)
        .join(Competence, Competence.id == Goal.competence_id)
        .where(
            Goal.kind == GoalKind.COMPETENCE,
            Goal.state.in_(OPEN),
            Citizen.is_active,
            Citizen.department_id.in_(list(department_ids)),
        )
        .group_by(Competence.id, Competence.key, Competence.name)
        .order_by(Competence.id)
    ).all()
    waiting = _waiting(session, first, last, department_ids)
    return [
        ServedLine(key, name, goals, int(unserved), waiting.get(competence, []))
        for competence, key, name, goals, unserved in rows
    ]


def _served(first: date, last: date) -> sa.Exists:
    """Whether the goal's own person has been given something that week that shows its competence."""
    link = TaskCompetenceLink
    return (
        sa.exists()
        .where(
            Assignment.citizen_id == DevelopmentPlan.citizen_id,
            Assignment.day.between(first, last),
            Assignment.state != AssignmentState.CANCELLED,
            link.task_type_id == Assignment.task_type_id,
            link.competence_id == Goal.competence_id,
            link.valid_from <= Assignment.day,
            sa.or_(link.valid_to.is_(None), link.valid_to >= Assignment.day),
        )
        .correlate(Goal, DevelopmentPlan)
    )


def _waiting(session: Session, first: date, last: date, department_ids: Collection[int]) -> dict[int, list[OpenWork]]:
    """The work that nobody has yet, by the competences it shows."""
    work = [each for each in open_work(session, first, last, department_ids) if each.needs_people]
    shown = needs_of(session, {each.task_type_id for each in work}, first)
    found: dict[int, list[OpenWork]] = {}
    for each in work:
        for competence in shown[each.task_type_id]:
            found.setdefault(competence, []).append(each)
    return found
