"""Who may use which tool: read for one person at a time, and what ought to be seen again, by name."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.accounts.models import Account, Staff, StaffDepartment
from workshop.citizens.models import Citizen
from workshop.core.access import Actor
from workshop.core.errors import NotHere
from workshop.core.text import sort_key
from workshop.production.types.models import PermitKind, TaskTypePermit
from workshop.tasks.permits.models import ToolPermit

SOON = timedelta(days=30)


def counts_on(day: date) -> sa.ColumnElement[bool]:
    """Whether a permit counts on a day: given then or before, and not ended by then."""
    ended = sa.or_(ToolPermit.ended_on.is_(None), ToolPermit.ended_on > day)
    return sa.and_(ToolPermit.given_on <= day, ended)


def missing_of(session: Session, citizen_id: int, task_type_ids: Collection[int], day: date) -> dict[int, list[str]]:
    """The permits each task asks for that one person has not been given, in words, by task: one question.

    A task that lacks nothing is not among them. It is said plainly to whoever plans; it forbids nobody anything.
    """
    held = sa.select(ToolPermit.permit_kind_id).where(ToolPermit.citizen_id == citizen_id, counts_on(day))
    rows = session.execute(
        sa.select(TaskTypePermit.task_type_id, PermitKind.name)
        .join(PermitKind, PermitKind.id == TaskTypePermit.permit_kind_id)
        .where(TaskTypePermit.task_type_id.in_(list(task_type_ids)), PermitKind.is_used, PermitKind.id.not_in(held))
        .order_by(PermitKind.name)
    )
    found: dict[int, list[str]] = {}
    for task_type_id, name in rows:
        found.setdefault(task_type_id, []).append(name)
    return found


def missing_for(session: Session, citizen_id: int, task_type_id: int, day: date) -> list[str]:
    """The permits one task asks for that one person has not been given, in words."""
    return missing_of(session, citizen_id, [task_type_id], day).get(task_type_id, [])


class PermitLine(NamedTuple):
    """A permit on a person's page, those that have ended among them."""

    public_id: str
    name: str
    on_what: str
    given_on: date
    see_again: date | None
    ended_on: date | None
    instructed_by: str
    is_due: bool
    counts: bool


class DueLine(NamedTuple):
    """A permit that ought to be seen again, today or soon, and whose it is."""

    public_id: str
    name: str
    on_what: str
    see_again: date
    citizen_public_id: str
    display_name: str
    picture: str


class KindLine(NamedTuple):
    """A tool that asks for a permit, and how many kinds of task ask for it."""

    id: int
    name: str
    is_used: bool
    tasks: int


def history_of(session: Session, citizen_id: int, day: date) -> list[PermitLine]:
    """Every permit one person has or has had, by the name of the tool and the newest first: one question."""
    rows: Any = session.execute(
        sa.select(ToolPermit, PermitKind.name, Staff.name)
        .join(PermitKind, PermitKind.id == ToolPermit.permit_kind_id)
        .join(Staff, Staff.account_id == ToolPermit.instructed_by_id)
        .where(ToolPermit.citizen_id == citizen_id)
        .order_by(PermitKind.name, ToolPermit.given_on.desc(), ToolPermit.id.desc())
    )
    return [_line(permit, name, instructor, day) for permit, name, instructor in rows]


def _line(permit: ToolPermit, name: str, instructor: str, day: date) -> PermitLine:
    counts = permit.given_on <= day and (permit.ended_on is None or permit.ended_on > day)
    is_due = counts and permit.see_again_on is not None and permit.see_again_on <= day
    return PermitLine(
        permit.public_id,
        name,
        permit.on_what,
        permit.given_on,
        permit.see_again_on,
        permit.ended_on,
        instructor,
        is_due,
        counts,
    )


def permit_for(session: Session, citizen_id: int, public_id: str) -> ToolPermit:
    """One permit of one person. Raises NotHere for anybody else's."""
    found = session.scalar(
        sa.select(ToolPermit).where(ToolPermit.public_id == public_id, ToolPermit.citizen_id == citizen_id)
    )
    if found is None:
        raise NotHere
    return found


def due(session: Session, actor: Actor, day: date) -> list[DueLine]:
    """What ought to be seen again by a day or within a month of it, in the actor's departments: one question.

    By people's Danish names and then the tool's, so that nobody stands first for being late.
    """
    departments = actor.department_ids if actor.may("citizen:read") else ()
    rows: Any = session.execute(
        sa.select(
            ToolPermit.public_id,
            PermitKind.name,
            ToolPermit.on_what,
            ToolPermit.see_again_on,
            Citizen.public_id,
            Citizen.display_name,
            Citizen.picture,
        )
        .join(PermitKind, PermitKind.id == ToolPermit.permit_kind_id)
        .join(Citizen, Citizen.id == ToolPermit.citizen_id)
        .where(
            ToolPermit.see_again_on <= day + SOON,
            counts_on(day),
            PermitKind.is_used,
            Citizen.is_active,
            Citizen.department_id.in_(departments),
        )
        .order_by(Citizen.sort_name, Citizen.id, PermitKind.name, ToolPermit.id)
    )
    return [DueLine(*row) for row in rows]


def kinds(session: Session) -> list[KindLine]:
    """Every tool that asks for a permit, those in use first, by name: one question."""
    asked = (
        sa.select(sa.func.count()).where(TaskTypePermit.permit_kind_id == PermitKind.id).correlate(PermitKind)
    ).scalar_subquery()
    rows: Any = session.execute(sa.select(PermitKind.id, PermitKind.name, PermitKind.is_used, asked))
    return sorted((KindLine(*row) for row in rows), key=lambda line: (not line.is_used, sort_key(line.name)))


def instructors(session: Session, department_id: int, also: int) -> list[tuple[str, str]]:
    """The staff of a department who could have shown a tool, by name, and `also` whoever is writing."""
    rows = session.execute(
        sa.select(Staff.account_id, Staff.name)
        .join(Account, Account.id == Staff.account_id)
        .where(
            sa.or_(
                Staff.account_id == also,
                sa.and_(
                    Account.is_active,
                    Staff.account_id.in_(
                        sa.select(StaffDepartment.account_id).where(StaffDepartment.department_id == department_id)
                    ),
                ),
            )
        )
    )
    return sorted(((str(each), name) for each, name in rows), key=lambda one: sort_key(one[1]))
