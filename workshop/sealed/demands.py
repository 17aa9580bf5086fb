"""What of a task speaks against somebody doing it, as ticks beside a text in confidence.

The ticks are demands of the catalogue (heavy lifting, dust), never causes. Whoever plans the work is told what a task
asks that the person is to be spared; it forbids nothing, and people decide.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.citizens.models import Citizen
from workshop.core.access import Actor
from workshop.core.text import sort_key
from workshop.production.models import Demand, TaskTypeDemand
from workshop.sealed.models import Accommodation, AccommodationDemand, SealedKind


def every_demand(session: Session) -> list[tuple[str, str]]:
    """(key, name) of all that a task can ask, in the catalogue's own order, which keeps what is alike together."""
    return [(key, name) for key, name in session.execute(sa.select(Demand.key, Demand.name).order_by(Demand.id))]


def keep(session: Session, accommodation: Accommodation, demand_keys: Collection[str]) -> None:
    """Keep the ticks of a text that was just written."""
    found = session.scalars(sa.select(Demand.id).where(Demand.key.in_(demand_keys)))
    session.add_all(AccommodationDemand(accommodation_id=accommodation.id, demand_id=each) for each in found)
    session.flush()


def keys_of(session: Session, accommodation_id: int) -> set[str]:
    """The keys of what one text speaks against."""
    return set(
        session.scalars(
            sa.select(Demand.key)
            .join(AccommodationDemand, AccommodationDemand.demand_id == Demand.id)
            .where(AccommodationDemand.accommodation_id == accommodation_id)
        )
    )


def named(session: Session, public_ids: Collection[str]) -> Mapping[str, list[tuple[str, str]]]:
    """(key, name) of what each text speaks against, by the text's public id; without any, a text is not there."""
    rows = session.execute(
        sa.select(Accommodation.public_id, Demand.key, Demand.name)
        .join(AccommodationDemand, AccommodationDemand.accommodation_id == Accommodation.id)
        .join(Demand, Demand.id == AccommodationDemand.demand_id)
        .where(Accommodation.public_id.in_(public_ids))
        .order_by(Accommodation.id, Demand.id)
    )
    found: dict[str, list[tuple[str, str]]] = {}
    for public_id, key, name in rows:
        found.setdefault(public_id, []).append((key, name))
    return found


def forget(session: Session, citizen_id: int) -> None:
    """Take the ticks away with the key that opened the texts they stood beside."""
    of_person = sa.select(Accommodation.id).where(Accommodation.citizen_id == citizen_id)
    session.execute(
        sa.delete(AccommodationDemand).where(AccommodationDemand.accommodation_id.in_(of_person)),
        execution_options={"synchronize_session": False},
    )


def spoken_against(
    session: Session,
    actor: Actor,
    citizen_ids: Collection[int],
    task_type_ids: Collection[int],
    holds: Collection[sa.ColumnElement[bool]],
) -> Mapping[tuple[int, int], list[str]]:
    """What each task asks that each person is to be spared, in the catalogue's words, by (citizen, task).

    For whoever plans the work of the person's department; nothing for everybody else. `holds` are the conditions under
    which a text holds. One question.
    """
    if not actor.may("week:assign") or not citizen_ids or not task_type_ids:
        return {}
    rows = session.execute(
        sa.select(Accommodation.citizen_id, TaskTypeDemand.task_type_id, Demand.name)
        .join(AccommodationDemand, AccommodationDemand.accommodation_id == Accommodation.id)
        .join(TaskTypeDemand, TaskTypeDemand.demand_id == AccommodationDemand.demand_id)
        .join(Demand, Demand.id == AccommodationDemand.demand_id)
        .join(Citizen, Citizen.id == Accommodation.citizen_id)
        .where(
            Accommodation.citizen_id.in_(citizen_ids),
            Accommodation.kind == SealedKind.ACCOMMODATION,
            TaskTypeDemand.task_type_id.in_(task_type_ids),
            Citizen.department_id.in_(actor.department_ids),
            *holds,
        )
        .distinct()
    )
    found: dict[tuple[int, int], list[str]] = {}
    for citizen_id, task_type_id, name in rows:
        found.setdefault((citizen_id, task_type_id), []).append(name)
    return {both: sorted(names, key=sort_key) for both, names in found.items()}
