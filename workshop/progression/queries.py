"""Reads about one citizen's plan, talks and levels. No function here takes two citizens."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.accounts.models import Staff
from workshop.citizens.models import ContactPerson, Enrolment, ProgrammeType
from workshop.core import clock
from workshop.core.errors import NotHere
from workshop.products.models import Item
from workshop.progression.goal_rules import GoalState
from workshop.progression.models import AdoptedLevel, DevelopmentPlan, Goal, GoalChange, GoalExample, SubGoal, Talk
from workshop.tasks.models import Competence, Feeling, Participation, RecordStatus, TaskRecord

OfGoal = TypeVar("OfGoal", GoalChange, GoalExample)
OPEN_STATES = tuple(state for state in GoalState if state.is_open)


class AdoptedRow(NamedTuple):
    """A level people agreed on, as pages read it."""

    competence_id: int
    level: int
    adopted_on: date
    own_words: str
    note: str
    by_name: str
    talk_id: int


class GoalRow(NamedTuple):
    """A goal with its small steps in order."""

    goal: Goal
    steps: list[SubGoal]


class RecordLine(NamedTuple):
    """A record in a list of the latest; it names nobody."""

    public_id: str
    title: str
    done_on: date
    felt: Feeling | None
    is_confirmed: bool
    item_number: int | None
    id: int


class FeelingRow(NamedTuple):
    """How often one answer was given on one day."""

    day: date
    felt: Feeling
    times: int


class Stay(NamedTuple):
    """The enrolment a citizen is in."""

    programme: str
    plan_name: str
    started_on: date
    ends_on: date | None


def contact_name(session: Session, citizen_id: int, today: date) -> str | None:
    """The citizen's contact person by name."""
    return session.scalar(
        sa.select(Staff.name)
        .join(ContactPerson, ContactPerson.staff_id == Staff.account_id)
        .where(
            ContactPerson.citizen_id == citizen_id,
            ContactPerson.from_on <= today,
            sa.or_(ContactPerson.until_on.is_(None), ContactPerson.until_on > today),
        )
        .order_by(ContactPerson.from_on.desc())
        .limit(1)
    )


def stay(session: Session, citizen_id: int, today: date) -> Stay | None:
    """The newest enrolment begun."""
    row = session.execute(
        sa.select(ProgrammeType.name, ProgrammeType.plan_name, Enrolment.started_on, Enrolment.ends_on)
        .join(ProgrammeType, ProgrammeType.id == Enrolment.programme_type_id)
        .where(Enrolment.citizen_id == citizen_id, Enrolment.started_on <= today)
        .order_by(Enrolment.started_on.desc())
        .limit(1)
    ).one_or_none()
    return Stay(*row) if row else None


def competences(session: Session) -> dict[int, Competence]:
    """Every competence by id, in the order of the list."""
    return {each.id: each for each in session.scalars(sa.select(Competence).order_by(Competence.id))}


def plan_of(session: Session, citizen_id: int) -> DevelopmentPlan | None:
    """The citizen's plan, if one was begun."""
    return session.scalar(sa.select(DevelopmentPlan).where(DevelopmentPlan.citizen_id == citizen_id))


def goals_of(session: Session, citizen_id: int) -> Sequence[Goal]:
    """The goals of the citizen's plan in the order they were set."""
    return session.scalars(
        sa.select(Goal)
        .join(DevelopmentPlan, DevelopmentPlan.id == Goal.plan_id)
        .where(DevelopmentPlan.citizen_id == citizen_id)
        .order_by(Goal.id)
    ).all()


def goals_with_steps(session: Session, plan_id: int) -> list[GoalRow]:
    """The goals of a plan in the order they were set, open and ended, each with its small steps."""
    goals = session.scalars(sa.select(Goal).where(Goal.plan_id == plan_id).order_by(Goal.id)).all()
    rows = {goal.id: GoalRow(goal, []) for goal in goals}
    for step in session.scalars(
        sa.select(SubGoal)
        .join(Goal, Goal.id == SubGoal.goal_id)
        .where(Goal.plan_id == plan_id)
        .order_by(SubGoal.goal_id, SubGoal.position)
    ):
        rows[step.goal_id].steps.append(step)
    return list(rows.values())


def steps_of(session: Session, goal: Goal) -> Sequence[SubGoal]:
    """The small steps of one goal in order."""
    return session.scalars(sa.select(SubGoal).where(SubGoal.goal_id == goal.id).order_by(SubGoal.position)).all()


def step_of(session: Session, goal: Goal, public_id: str, *, to_change: bool = False) -> SubGoal:
    """One step of this goal; `to_change` holds it until the end of the block. Raises NotHere for anybody else's."""
    wanted = sa.select(SubGoal).where(SubGoal.goal_id == goal.id, SubGoal.public_id == public_id)
    found = session.scalar(wanted.with_for_update() if to_change else wanted)
    if found is None:
        raise NotHere
    return found


def goal_of(session: Session, citizen_id: int, public_id: str, *, to_change: bool = False) -> Goal:
    """One goal of this citizen; `to_change` holds it until the end of the block. Raises NotHere for anybody else's."""
    wanted = (
        sa.select(Goal)
        .join(DevelopmentPlan, DevelopmentPlan.id == Goal.plan_id)
        .where(DevelopmentPlan.citizen_id == citizen_id, Goal.public_id == public_id)
    )
    found = session.scalar(wanted.with_for_update(of=Goal) if to_change else wanted)
    if found is None:
        raise NotHere
    return found


def goal_changes(session: Session, citizen_id: int) -> dict[int, list[GoalChange]]:
    """What people have said about each goal, newest first, by goal id."""
    return _by_goal(
        session.scalars(
            sa.select(GoalChange)
            .join(Goal, Goal.id == GoalChange.goal_id)
            .join(DevelopmentPlan, DevelopmentPlan.id == Goal.plan_id)
            .where(DevelopmentPlan.citizen_id == citizen_id)
            .order_by(GoalChange.id.desc())
        ).all()
    )


def goal_examples(session: Session, citizen_id: int) -> dict[int, list[GoalExample]]:
    """What was seen and written for each goal, newest first, by goal id."""
    return _by_goal(
        session.scalars(
            sa.select(GoalExample)
            .join(Goal, Goal.id == GoalExample.goal_id)
            .join(DevelopmentPlan, DevelopmentPlan.id == Goal.plan_id)
            .where(DevelopmentPlan.citizen_id == citizen_id)
            .order_by(GoalExample.seen_on.desc(), GoalExample.id.desc())
        ).all()
    )


def _by_goal(rows: Sequence[OfGoal]) -> dict[int, list[OfGoal]]:
    by_goal: dict[int, list[OfGoal]] = {}
    for row in rows:
        by_goal.setdefault(row.goal_id, []).append(row)
    return by_goal


def adopted(session: Session, citizen_id: int) -> dict[int, list[AdoptedRow]]:
    """Every level agreed with the citizen by competence id, the first one first."""
    rows = session.execute(
        sa.select(
            AdoptedLevel.competence_id,
            AdoptedLevel.level,
            AdoptedLevel.adopted_on,
            AdoptedLevel.own_words,
            AdoptedLevel.note,
            Staff.name,
            AdoptedLevel.talk_id,
        )
        .join(Staff, Staff.account_id == AdoptedLevel.by_staff_id)
        .where(AdoptedLevel.citizen_id == citizen_id)
        .order_by(AdoptedLevel.adopted_on, AdoptedLevel.id)
    )
    by_competence: dict[int, list[AdoptedRow]] = {}
    for row in rows:
        by_competence.setdefault(row.competence_id, []).append(AdoptedRow(*row))
    return by_competence


def talk_of(session: Session, citizen_id: int, public_id: str) -> Talk:
    """A talk with this citizen. Raises NotHere for anybody else's."""
    found = session.scalar(sa.select(Talk).where(Talk.citizen_id == citizen_id, Talk.public_id == public_id))
    if found is None:
        raise NotHere
    return found


def past_talks(session: Session, citizen_id: int, today: date, most: int) -> list[Talk]:
    """The talks that are over, the newest first; one that somebody forgot to close was over by morning."""
    talks = session.scalars(
        sa.select(Talk).where(Talk.citizen_id == citizen_id).order_by(Talk.opened_at.desc(), Talk.id.desc()).limit(most)
    )
    return [each for each in talks if each.closed_at is not None or clock.local_day(each.opened_at) < today]


def is_open(talk: Talk, now: datetime) -> bool:
    """Whether a talk is going on: not closed, and opened on this very day; a forgotten one is over by morning."""
    return talk.closed_at is None and clock.local_day(talk.opened_at) == clock.local_day(now)


def latest_records(session: Session, citizen_id: int, most: int) -> list[RecordLine]:
    """The citizen's latest records, confirmed or waiting, newest first; void and superseded ones are gone."""
    rows = session.execute(
        sa.select(
            TaskRecord.public_id,
            TaskRecord.title,
            TaskRecord.done_on,
            Participation.felt,
            TaskRecord.status == RecordStatus.CONFIRMED,
            Item.number,
            TaskRecord.id,
        )
        .join(Participation, Participation.record_id == TaskRecord.id)
        .outerjoin(Item, Item.id == TaskRecord.item_id)
        .where(
            Participation.citizen_id == citizen_id,
            TaskRecord.status.in_((RecordStatus.CONFIRMED, RecordStatus.DRAFT)),
        )
        .order_by(TaskRecord.done_on.desc(), TaskRecord.id.desc())
        .limit(most)
    )
    return [RecordLine(*row) for row in rows]


def feelings(session: Session, citizen_id: int, since: date, until: date) -> list[FeelingRow]:
    """The citizen's own answers to how it felt, counted by day; never held against a level (decision 20)."""
    rows = session.execute(
        sa.select(TaskRecord.done_on, Participation.felt, sa.func.count())
        .join(Participation, Participation.record_id == TaskRecord.id)
        .where(
            Participation.citizen_id == citizen_id,
            Participation.felt.is_not(None),
            TaskRecord.status.in_((RecordStatus.CONFIRMED, RecordStatus.DRAFT)),
            TaskRecord.done_on.between(since, until),
        )
        .group_by(TaskRecord.done_on, Participation.felt)
    )
    return [FeelingRow(day, felt, times) for day, felt, times in rows if felt is not None]
