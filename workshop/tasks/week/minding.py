"""What to mind when somebody is given a task: a permit they have not got, what the task asks, what helps.

It is said in words to whoever plans, and forbids nothing: people decide. Why somebody is to be spared is never here.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.core.access import Actor
from workshop.core.i18n import _
from workshop.production.types.models import PermitKind, TaskTypePermit
from workshop.sealed.queries import spared_from
from workshop.tasks.permits.models import ToolPermit
from workshop.tasks.permits.queries import counts_on


@dataclass(frozen=True, slots=True)
class Minding:
    """The permits a task asks for, those that lack and those that are there, and what it asks; by name."""

    permits: tuple[str, ...] = ()
    has: tuple[str, ...] = ()
    spared: tuple[str, ...] = ()

    @property
    def sentences(self) -> list[str]:
        """The same in words; nothing where there is nothing to mind."""
        said = []
        if self.permits:
            said.append(_("Mangler tilladelse: %(names)s.", names=listed(self.permits)))
        if self.spared:
            said.append(_("Opgaven har: %(names)s.", names=listed(self.spared)))
        return said


def listed(names: Sequence[str]) -> str:
    """Names of the catalogue inside a sentence: `må bruge kap- og rundsav, tunge løft`."""
    return ", ".join(name[:1].lower() + name[1:] for name in names)


def of(
    session: Session, actor: Actor, citizen_ids: Collection[int], task_type_ids: Collection[int], day: date
) -> dict[tuple[int, int], Minding]:
    """What to mind by (citizen, task), for whoever plans; pairs without anything are not there. Three questions."""
    permits = _permits(session, citizen_ids, task_type_ids, day)
    spared = spared_from(session, actor, citizen_ids, task_type_ids, day)
    found = {}
    for pair in sorted(permits.keys() | spared.keys()):
        asked = permits.get(pair, [])
        lacking, has = ([name for name, is_held in asked if is_held is held] for held in (False, True))
        found[pair] = Minding(tuple(lacking), tuple(has), tuple(spared.get(pair, ())))
    return found


def _permits(
    session: Session, citizen_ids: Collection[int], task_type_ids: Collection[int], day: date
) -> dict[tuple[int, int], list[tuple[str, bool]]]:
    """The permits each task asks for, by name, and whether each person has been given them."""
    asked = session.execute(
        sa.select(TaskTypePermit.task_type_id, PermitKind.id, PermitKind.name)
        .join(PermitKind, PermitKind.id == TaskTypePermit.permit_kind_id)
        .where(TaskTypePermit.task_type_id.in_(task_type_ids), PermitKind.is_used)
        .order_by(PermitKind.name)
    ).all()
    held = {
        (citizen_id, permit_kind_id)
        for citizen_id, permit_kind_id in session.execute(
            sa.select(ToolPermit.citizen_id, ToolPermit.permit_kind_id).where(
                ToolPermit.citizen_id.in_(citizen_ids), counts_on(day)
            )
        )
    }
    found: dict[tuple[int, int], list[tuple[str, bool]]] = {}
    for task_type_id, permit_kind_id, name in asked:
        for citizen_id in citizen_ids:
            found.setdefault((citizen_id, task_type_id), []).append((name, (citizen_id, permit_kind_id) in held))
    return found
