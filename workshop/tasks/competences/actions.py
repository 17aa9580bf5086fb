"""Saying a competence anew, and saying what a task shows from a day on.

Old words and old links stay: a record uses the link that held on its day, and nobody's past changes by an edit.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from workshop.core import clock
from workshop.core.errors import Refusal
from workshop.core.i18n import _
from workshop.core.text import search_key
from workshop.production.models import TaskType
from workshop.tasks.models import Competence, CompetenceVersion, LinkRole, TaskCompetenceLink

WORDS = ("name", "i_can", "anchor_1", "anchor_2", "anchor_3", "anchor_4")
LONGEST_KEY = 40


class EditedMeanwhile(Refusal):
    """Somebody else saved it first; the page shows both, and nothing is written."""


@dataclass(frozen=True)
class Said:
    """What a task shows of a competence: as core or beside, and how much it usually asks (0 to 4)."""

    role: LinkRole
    usual_need: int


def add(
    session: Session, words: Mapping[str, str], *, group: str, why: str, by_staff_id: int, now: datetime
) -> Competence:
    """One more competence. Raises Refusal for a name that another has."""
    _check_name(session, words["name"], 0)
    competence = Competence(key=_new_key(session, words["name"]), group=group, **words)
    session.add(competence)
    session.flush()
    _keep(session, competence.id, competence.version, words, why, by_staff_id, now)
    return competence


def edit(
    session: Session,
    competence: Competence,
    words: Mapping[str, str],
    *,
    is_used: bool,
    why: str,
    version: int,
    by_staff_id: int,
    now: datetime,
) -> bool:
    """Say a competence anew, and why; gives False when nothing was different.

    Raises EditedMeanwhile when it is not the version seen, Refusal for a name that another has or when no reason is
    given for other words.
    """
    _check_name(session, words["name"], competence.id)
    before = {name: getattr(competence, name) for name in WORDS}
    if before == dict(words) and competence.is_used == is_used:
        return False
    if not why:
        raise Refusal(_("Skriv, hvorfor ordene bliver lavet om."))
    saved = session.scalar(
        sa.update(Competence)
        .where(Competence.id == competence.id, Competence.version == version)
        .values(version=Competence.version + 1, is_used=is_used, **words)
        .returning(Competence.id),
        execution_options={"synchronize_session": False},
    )
    session.refresh(competence)
    if saved is None:
        raise EditedMeanwhile(_("En anden har rettet den imens. Se på begge dele, og gem det, der skal gælde."))
    if not _has_words(session, competence.id):
        _keep(session, competence.id, version, before, "", None, now)
    _keep(session, competence.id, version + 1, words, why, by_staff_id, now)
    return True


def link(
    session: Session,
    task: TaskType,
    competence: Competence,
    said: Said | None,
    *,
    from_on: date,
    why: str,
    by_staff_id: int,
    now: datetime,
) -> None:
    """From a day on a task shows this of a competence, or with None nothing any more.

    What held before still holds for records of before. Raises Refusal without a reason, for a day before today, when a
    later change waits already, when there is nothing to change, and when the task would be left without a core.
    """
    _check_day(from_on, why, now)
    with session.begin_nested():
        held = _held(session, task.id, competence.id, from_on)
        if said is None and held is None:
            raise Refusal(_("Opgaven viser ikke den kompetence den dag."))
        if said and held and (held.role, held.usual_need) == (said.role, said.usual_need):
            raise Refusal(_("Det står der allerede."))
        _write(session, task, competence, held, said, from_on, why, by_staff_id, now)
        _check_core(session, task, from_on)


def _write(
    session: Session,
    task: TaskType,
    competence: Competence,
    held: TaskCompetenceLink | None,
    said: Said | None,
    from_on: date,
    why: str,
    by_staff_id: int,
    now: datetime,
) -> None:
    """End what held the day before, and begin what holds now."""
    same_day = _begun_on(session, task.id, competence.id, from_on)
    if same_day is not None and same_day is not held and same_day.valid_to is None:
        raise Refusal(_("En anden har rettet den imens. Se på siden igen."))
    if held is not None:
        held.valid_to = from_on - timedelta(days=1)
        if said is None:
            held.why, held.by_staff_id, held.written_at = why, by_staff_id, now
    if said is not None:
        row = same_day or TaskCompetenceLink(task_type_id=task.id, competence_id=competence.id, valid_from=from_on)
        row.role, row.usual_need = said.role, said.usual_need
        row.why = " / ".join(filter(None, (row.why, why)))[:300]  # of the same day: both reasons stand
        row.valid_to, row.by_staff_id, row.written_at = None, by_staff_id, now
        session.add(row)
    try:
        session.flush()
    except IntegrityError as error:
        raise Refusal(_("En anden har rettet den imens. Se på siden igen.")) from error


def _check_day(from_on: date, why: str, now: datetime) -> None:
    if not why:
        raise Refusal(_("Skriv, hvorfor det bliver lavet om."))
    if from_on < clock.local_day(now):
        raise Refusal(_("Vælg i dag eller en senere dag. Det, der er skrevet ned, ændrer sig ikke."))


def _held(session: Session, task_id: int, competence_id: int, day: date) -> TaskCompetenceLink | None:
    """The link that holds on a day, held by this transaction. Raises Refusal when a later one waits."""
    found = session.scalars(
        sa.select(TaskCompetenceLink)
        .where(
            TaskCompetenceLink.task_type_id == task_id,
            TaskCompetenceLink.competence_id == competence_id,
            sa.or_(
                TaskCompetenceLink.valid_to.is_(None),
                sa.and_(
                    TaskCompetenceLink.valid_to >= day, TaskCompetenceLink.valid_to >= TaskCompetenceLink.valid_from
                ),
            ),
        )
        .with_for_update()
    ).all()
    if any(each.valid_from > day for each in found):
        raise Refusal(_("Der venter allerede en ændring på en senere dag. Ret den i stedet."))
    return found[0] if found else None


def _begun_on(session: Session, task_id: int, competence_id: int, day: date) -> TaskCompetenceLink | None:
    return session.scalar(
        sa.select(TaskCompetenceLink).where(
            TaskCompetenceLink.task_type_id == task_id,
            TaskCompetenceLink.competence_id == competence_id,
            TaskCompetenceLink.valid_from == day,
        )
    )


def _check_core(session: Session, task: TaskType, day: date) -> None:
    """A task without a core competence could never show more than level 2."""
    core = sa.select(TaskCompetenceLink.id).where(
        TaskCompetenceLink.task_type_id == task.id,
        TaskCompetenceLink.role == LinkRole.CORE,
        TaskCompetenceLink.valid_from <= day,
        sa.or_(TaskCompetenceLink.valid_to.is_(None), TaskCompetenceLink.valid_to >= day),
    )
    if session.scalar(core.limit(1)) is None:
        raise Refusal(
            _("“%(name)s” skal vise mindst én kompetence som kerne. Sæt en anden som kerne først.", name=task.name)
        )


def _keep(
    session: Session,
    competence_id: int,
    version: int,
    words: Mapping[str, str],
    why: str,
    by_staff_id: int | None,
    now: datetime,
) -> None:
    """Write the words down as they are from now on; without staff they are those of the starter catalogue."""
    kept = {"competence_id": competence_id, "version": version, "why": why, "written_at": now}
    session.add(CompetenceVersion(**kept, by_staff_id=by_staff_id, **words))
    session.flush()


def _has_words(session: Session, competence_id: int) -> bool:
    kept = sa.select(CompetenceVersion.id).where(CompetenceVersion.competence_id == competence_id)
    return session.scalar(kept.limit(1)) is not None


def _check_name(session: Session, name: str, own_id: int) -> None:
    same = sa.select(Competence.id).where(Competence.name == name, Competence.id != own_id)
    if session.scalar(same.limit(1)) is not None:
        raise Refusal(_("Der er allerede en, der hedder “%(name)s”.", name=name))


def _new_key(session: Session, name: str) -> str:
    """A key out of the name, with a number where it is taken."""
    stem = re.sub(r"[^a-z0-9]+", "_", search_key(name)).strip("_")[: LONGEST_KEY - 4] or "kompetence"
    taken = set(session.scalars(sa.select(Competence.key).where(Competence.key.startswith(stem, autoescape=True))))
    return next(key for key in (stem, *(f"{stem}_{each}" for each in range(2, 1_000))) if key not in taken)
