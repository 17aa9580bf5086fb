"""Reads of competences, their words through time, and what tasks show them. Nothing here knows a person."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.accounts.models import Staff
from workshop.core.text import sort_key
from workshop.production.models import ActivityKind, TaskType
from workshop.tasks.models import Competence, CompetenceVersion, LinkRole, TaskCompetenceLink


class Shown(NamedTuple):
    """How many kinds of task of one kind of work show a competence, as core and beside."""

    core: int
    beside: int


class PictureLine(NamedTuple):
    """A competence in the picture: `kinds` is in the order of the kinds of work."""

    key: str
    name: str
    is_used: bool
    kinds: tuple[Shown, ...]

    @property
    def core(self) -> int:
        """How many tasks show it as core."""
        return sum(each.core for each in self.kinds)

    @property
    def tasks(self) -> int:
        """How many tasks show it at all."""
        return self.core + sum(each.beside for each in self.kinds)


class Picture(NamedTuple):
    """Which kinds of work show which competence: short names of the kinds, lines by group of competences."""

    kinds: list[str]
    groups: dict[str, list[PictureLine]]


class LinkLine(NamedTuple):
    """What a task shows, from a day to a day."""

    task_key: str
    task_name: str
    competence_key: str
    competence_name: str
    role: LinkRole
    usual_need: int
    valid_from: date
    valid_to: date | None
    why: str
    by: str | None


class WordsLine(NamedTuple):
    """The words of a competence as they were written once."""

    words: CompetenceVersion
    by: str | None


def valid_on(day: date) -> sa.ColumnElement[bool]:
    """Whether a link holds on a day; its last day is included."""
    link = TaskCompetenceLink
    return sa.and_(link.valid_from <= day, sa.or_(link.valid_to.is_(None), link.valid_to >= day))


def by_key(session: Session, key: str) -> Competence | None:
    """A competence."""
    return session.scalar(sa.select(Competence).where(Competence.key == key))


def groups(session: Session) -> list[str]:
    """The groups that competences stand in, in the order they came."""
    rows = session.execute(sa.select(Competence.group).group_by(Competence.group).order_by(sa.func.min(Competence.id)))
    return [group for (group,) in rows]


def picture(session: Session, day: date) -> Picture:
    """Which kinds of work show which competence on a day: three questions, however many there are."""
    kinds = [*session.execute(sa.select(ActivityKind.id, ActivityKind.short_name).order_by(ActivityKind.id))]
    link = TaskCompetenceLink
    rows = session.execute(
        sa.select(link.competence_id, TaskType.activity_kind_id, link.role, sa.func.count())
        .join(TaskType, TaskType.id == link.task_type_id)
        .where(valid_on(day), TaskType.is_used)
        .group_by(link.competence_id, TaskType.activity_kind_id, link.role)
    )
    counts = {(competence, kind, role): count for competence, kind, role, count in rows}
    has_tasks = {kind for _competence, kind, _role in counts}
    kept = [(kind, name) for kind, name in kinds if kind in has_tasks]
    found: dict[str, list[PictureLine]] = defaultdict(list)
    for each in session.scalars(sa.select(Competence).order_by(Competence.id)):
        shown = tuple(
            Shown(counts.get((each.id, kind, LinkRole.CORE), 0), counts.get((each.id, kind, LinkRole.CONTRIBUTING), 0))
            for kind, _name in kept
        )
        found[each.group].append(PictureLine(each.key, each.name, each.is_used, shown))
    return Picture([name for _kind, name in kept], dict(found))


def links_of(session: Session, *, competence_id: int | None = None, task_type_id: int | None = None) -> list[LinkLine]:
    """Every link of a competence, of a task, or of both together, newest first within a task: one question."""
    link = TaskCompetenceLink
    wanted = []
    if competence_id is not None:
        wanted.append(link.competence_id == competence_id)
    if task_type_id is not None:
        wanted.append(link.task_type_id == task_type_id)
    rows: Any = session.execute(
        sa.select(
            TaskType.key,
            TaskType.name,
            Competence.key,
            Competence.name,
            link.role,
            link.usual_need,
            link.valid_from,
            link.valid_to,
            link.why,
            Staff.name,
        )
        .join(TaskType, TaskType.id == link.task_type_id)
        .join(Competence, Competence.id == link.competence_id)
        .outerjoin(Staff, Staff.account_id == link.by_staff_id)
        .where(*wanted)
        .order_by(TaskType.key, link.competence_id, link.valid_from.desc())
    )
    return [LinkLine(*row) for row in rows]


def standing(lines: list[LinkLine], day: date) -> list[LinkLine]:
    """Those that hold on a day, or begin later and have not been taken back."""
    return [
        each
        for each in lines
        if (each.valid_to is None or each.valid_to >= day)
        and (each.valid_to is None or each.valid_to >= each.valid_from)
    ]


def words_of(session: Session, competence_id: int) -> list[WordsLine]:
    """The words of a competence through time, newest first; none before somebody has edited it."""
    rows = session.execute(
        sa.select(CompetenceVersion, Staff.name)
        .outerjoin(Staff, Staff.account_id == CompetenceVersion.by_staff_id)
        .where(CompetenceVersion.competence_id == competence_id)
        .order_by(CompetenceVersion.version.desc())
    )
    return [WordsLine(words, by) for words, by in rows]


def tasks_to_choose(session: Session) -> list[tuple[str, str]]:
    """The kinds of task in use, by name."""
    rows = session.execute(sa.select(TaskType.key, TaskType.name).where(TaskType.is_used))
    return sorted(((key, name) for key, name in rows), key=lambda one: sort_key(one[1]))
