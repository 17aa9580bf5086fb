"""A task and one person in the same words: "kan du", "dit næste skridt", "med støtte" (decision 24).

It holds the levels agreed with one person against what a task usually asks for. It never takes two people, and it only
says something about a task: people decide who does what.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.core.i18n import _
from workshop.tasks.models import TaskCompetenceLink


class Fit(StrEnum):
    """How a task sits with what one person has agreed they can."""

    CAN = "can"
    NEXT_STEP = "next_step"
    WITH_SUPPORT = "with_support"

    @property
    def label(self) -> str:
        """The words, said to the person."""
        return {Fit.CAN: _("kan du"), Fit.NEXT_STEP: _("dit næste skridt"), Fit.WITH_SUPPORT: _("med støtte")}[self]


def fit(levels: Mapping[int, int | None], needs: Mapping[int, int]) -> Fit:
    """How a task that asks for `needs` sits with somebody's agreed `levels`; both are 0 to 4 by competence id.

    A competence nothing was agreed about is read as level 0, "ikke set endnu". What the task does not ask for plays no
    part, so a high level in one thing never makes up for another.
    """
    farthest = max((need - (levels.get(competence) or 0) for competence, need in needs.items()), default=0)
    if farthest <= 0:
        return Fit.CAN
    return Fit.NEXT_STEP if farthest == 1 else Fit.WITH_SUPPORT


def needs_of(session: Session, task_type_ids: Collection[int], day: date) -> dict[int, dict[int, int]]:
    """What each kind of task usually asks for on `day`: by task type id, then competence id, a level 0 to 4."""
    link = TaskCompetenceLink
    found: dict[int, dict[int, int]] = {each: {} for each in task_type_ids}
    if not found:
        return found
    rows = session.execute(
        sa.select(link.task_type_id, link.competence_id, link.usual_need)
        .where(
            link.task_type_id.in_(found),
            link.valid_from <= day,
            sa.or_(link.valid_to.is_(None), link.valid_to >= day),
        )
        .order_by(link.valid_from)
    )
    for task_type_id, competence_id, need in rows:
        found[task_type_id][competence_id] = need
    return found
