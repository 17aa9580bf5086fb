"""Teams, vehicles and machines: a name and what belongs to it. Who is in a team is not known here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.core.errors import Refusal
from workshop.core.i18n import _
from workshop.services.visits.actions import Meanwhile
from workshop.services.visits.models import Resource, ResourceKind, Visit, VisitResource, VisitState

TO_COME = (VisitState.PLANNED, VisitState.ON_THE_WAY, VisitState.STARTED)


@dataclass(frozen=True)
class Thing:
    """What staff say about a team, a vehicle or a machine."""

    kind: ResourceKind
    name: str
    department_id: int
    equipment: tuple[str, ...] = ()
    is_used: bool = True


def add(session: Session, thing: Thing) -> Resource:
    """Something new to plan with. The same kind and name again is that one; raises Refusal for another's name."""
    known = session.scalar(sa.select(Resource).where(Resource.name == thing.name))
    if known is not None:
        if known.kind is thing.kind and known.department_id == thing.department_id:
            return known
        raise _taken(thing.name)
    made = Resource(
        kind=thing.kind, name=thing.name, department_id=thing.department_id, equipment=list(thing.equipment)
    )
    session.add(made)
    session.flush()
    return made


def edit(session: Session, resource: Resource, thing: Thing, *, version: int) -> None:
    """Say anew what it is. Its kind stays; visits it is planned for keep it, also when it goes out of use.

    Raises Meanwhile when it is not the version seen, Refusal for another's name.
    """
    other = sa.select(Resource.id).where(Resource.name == thing.name, Resource.id != resource.id)
    if session.scalar(other) is not None:
        raise _taken(thing.name)
    changed = session.scalar(
        sa.update(Resource)
        .where(Resource.id == resource.id, Resource.version == version)
        .values(
            version=Resource.version + 1,
            name=thing.name,
            department_id=thing.department_id,
            equipment=list(thing.equipment),
            is_used=thing.is_used,
        )
        .returning(Resource.id),
        execution_options={"synchronize_session": False},
    )
    session.refresh(resource)
    if changed is None:
        raise Meanwhile(_("En anden har rettet det imens. Se, hvordan det står nu, og gem igen."))


def planned_from(session: Session, today: date) -> dict[int, int]:
    """Resource id -> how many visits from today on it is planned for."""
    rows = session.execute(
        sa.select(VisitResource.resource_id, sa.func.count(Visit.id).label("planned"))
        .join(Visit, Visit.id == VisitResource.visit_id)
        .where(Visit.day >= today, Visit.state.in_(TO_COME))
        .group_by(VisitResource.resource_id)
    )
    return {row.resource_id: row.planned for row in rows}


def by_public_id(session: Session, public_id: str) -> Resource | None:
    """A team, a vehicle or a machine by its random id."""
    return session.scalar(sa.select(Resource).where(Resource.public_id == public_id))


def by_kind(found: Sequence[Resource]) -> list[tuple[ResourceKind, list[Resource]]]:
    """Each kind with its own, in the order they are shown."""
    return [(kind, [each for each in found if each.kind is kind]) for kind in ResourceKind]


def _taken(name: str) -> Refusal:
    return Refusal(_("Der er allerede noget, der hedder %(name)s. Vælg et andet navn.", name=name))
