"""Reads of what people do together: for the board by department, for one person by their own days."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.accounts.models import Department
from workshop.citizens.models import Citizen
from workshop.core.access import Actor
from workshop.core.errors import NotHere
from workshop.core.text import sort_key
from workshop.production.models import ActivityKind
from workshop.tasks.activities.actions import called_off_together
from workshop.tasks.activities.models import GroupActivity, GroupActivityPart

EXERCISE = "exercise"


class Part(NamedTuple):
    """Somebody who is to take part; `took_part` is empty until it is said."""

    citizen_id: int
    citizen_public_id: str
    name: str
    picture: str
    took_part: bool | None


class ActivityRow(NamedTuple):
    """An activity of a day with its people, by Danish name."""

    id: int
    public_id: str
    series: str
    title: str
    place: str
    day: date
    start_minute: int
    minutes: int
    is_cancelled: bool
    people: list[Part]


class OwnActivity(NamedTuple):
    """An activity as the person sees it who is to take part. It names nobody else."""

    day: date
    start_minute: int
    title: str
    minutes: int
    place: str
    pictogram: str


def activity_for(session: Session, actor: Actor, public_id: str) -> GroupActivity:
    """An activity of the actor's departments. Raises NotHere for any other."""
    found = session.scalar(
        sa.select(GroupActivity).where(
            GroupActivity.public_id == public_id, GroupActivity.department_id.in_(actor.department_ids)
        )
    )
    if found is None:
        raise NotHere
    return found


def between(session: Session, department_ids: Collection[int], first: date, last: date) -> list[ActivityRow]:
    """What these departments do together between two days, both included, called off or not; by day and time."""
    rows = session.scalars(
        sa.select(GroupActivity)
        .where(GroupActivity.day.between(first, last), GroupActivity.department_id.in_(department_ids))
        .order_by(GroupActivity.day, GroupActivity.start_minute, GroupActivity.id)
    ).all()
    people = parts(session, [each.id for each in rows], department_ids)
    return [
        ActivityRow(
            each.id, each.public_id, each.series, each.title, each.place, each.day, each.start_minute, each.minutes,
            each.cancelled_at is not None, people.get(each.id, []),
        )
        for each in rows
    ]  # fmt: skip


def parts(session: Session, activity_ids: Collection[int], department_ids: Collection[int]) -> dict[int, list[Part]]:
    """Everybody of these departments who is to take part, by activity, in the order of their names.

    Whoever has moved, or was asked along from elsewhere, is for the staff of their own department alone.
    """
    rows = session.execute(
        sa.select(
            GroupActivityPart.activity_id,
            Citizen.id,
            Citizen.public_id,
            Citizen.display_name,
            Citizen.picture,
            GroupActivityPart.took_part,
        )
        .join(Citizen, Citizen.id == GroupActivityPart.citizen_id)
        .where(GroupActivityPart.activity_id.in_(activity_ids), Citizen.department_id.in_(department_ids))
        .order_by(Citizen.sort_name, Citizen.id)
    )
    found: dict[int, list[Part]] = {}
    for row in rows:
        found.setdefault(row.activity_id, []).append(Part._make(row[1:]))
    return found


def own_between(session: Session, citizen_id: int, first: date, last: date) -> list[OwnActivity]:
    """What one person is to take part in between two days, both included; what is called off is not there."""
    rows = session.execute(
        sa.select(
            GroupActivity.day,
            GroupActivity.start_minute,
            GroupActivity.title,
            GroupActivity.minutes,
            GroupActivity.place,
            ActivityKind.pictogram,
        )
        .join(GroupActivityPart, GroupActivityPart.activity_id == GroupActivity.id)
        .join(ActivityKind, ActivityKind.id == GroupActivity.activity_kind_id)
        .where(
            GroupActivityPart.citizen_id == citizen_id,
            GroupActivity.day.between(first, last),
            GroupActivity.cancelled_at.is_(None),
        )
        .order_by(GroupActivity.day, GroupActivity.start_minute, GroupActivity.id)
    )
    return [OwnActivity(*row) for row in rows]


def times_left(session: Session, activity: GroupActivity) -> int:
    """How many times of its series are still to come after this one."""
    if not activity.series:
        return 0
    counted = sa.select(sa.func.count(GroupActivity.id)).where(
        GroupActivity.series == activity.series,
        GroupActivity.day > activity.day,
        GroupActivity.cancelled_at.is_(None),
    )
    return session.scalar(counted) or 0


def times_off(session: Session, activity: GroupActivity, today: date) -> int:
    """How many times come back with this one, itself counted; nothing for one that is on."""
    if activity.cancelled_at is None:
        return 0
    off = called_off_together(activity, today).order_by(None).subquery()
    return session.scalar(sa.select(sa.func.count()).select_from(off)) or 0


def kinds(session: Session) -> list[tuple[str, str]]:
    """(key, name) of the kinds of work, exercise first: most of what is done together is that."""
    rows = session.execute(sa.select(ActivityKind.key, ActivityKind.name)).all()
    return sorted(((row.key, row.name) for row in rows), key=lambda row: (row[0] != EXERCISE, sort_key(row[1])))


def kind_id(session: Session, key: str) -> int | None:
    """A kind of work by its key."""
    return session.scalar(sa.select(ActivityKind.id).where(ActivityKind.key == key))


def kind_key(session: Session, kind_id: int) -> str:
    """The key of a kind of work."""
    return session.execute(sa.select(ActivityKind.key).where(ActivityKind.id == kind_id)).scalar_one()


def departments(session: Session, department_ids: Collection[int]) -> Sequence[Department]:
    """These departments, by name."""
    found = session.scalars(sa.select(Department).where(Department.id.in_(department_ids)))
    return sorted(found, key=lambda each: sort_key(each.name))
