"""Which aids somebody used in a piece of work. Alone with an aid is alone; that there was one stays in confidence.

Source: domain D2, edge case 8.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.core import web
from workshop.sealed import keys
from workshop.sealed.actions import about_line
from workshop.sealed.models import Accommodation, AidUse, SealedKind
from workshop.sealed.queries import holds_on


class Aid(NamedTuple):
    """Something that helps, and the line that whoever plans the work knows it by."""

    id: int
    line: str


def aids_of(session: Session, citizen_ids: Collection[int], day: date) -> dict[int, list[Aid]]:
    """The aids these people have on a day, for whoever may read the lines of their department.

    One without a line, or whose key is gone, is none that can be ticked.
    """
    rows = session.execute(
        sa.select(Accommodation.id, Accommodation.citizen_id, Accommodation.public_id, Accommodation.sealed_line)
        .where(
            Accommodation.kind == SealedKind.AID,
            Accommodation.sealed_line != "",
            Accommodation.citizen_id.in_(citizen_ids),
            *holds_on(day),
        )
        .order_by(Accommodation.id)
    ).all()
    opened = keys.open_keys(session, {row.citizen_id for row in rows}, web.settings().master_keys) if rows else {}
    found: dict[int, list[Aid]] = {}
    for row in rows:
        key = opened.get(row.citizen_id)
        line = keys.opened_or_none([key], row.sealed_line, about_line(row.public_id)) if key is not None else None
        if line:
            found.setdefault(row.citizen_id, []).append(Aid(row.id, line))
    return found


def note(session: Session, participation_id: int, accommodation_ids: Collection[int], now: datetime) -> None:
    """These aids were used in somebody's part, and no others. Said again, nothing changes."""
    before = set(used(session, [participation_id]).get(participation_id, ()))
    wanted = set(accommodation_ids)
    if gone := before - wanted:
        session.execute(
            sa.delete(AidUse).where(AidUse.participation_id == participation_id, AidUse.accommodation_id.in_(gone))
        )
    session.add_all(
        AidUse(participation_id=participation_id, accommodation_id=each, noted_at=now)
        for each in sorted(wanted - before)
    )
    session.flush()


def used(session: Session, participation_ids: Collection[int]) -> dict[int, list[int]]:
    """The ids of the aids used in each of these parts."""
    rows = session.execute(
        sa.select(AidUse.participation_id, AidUse.accommodation_id)
        .where(AidUse.participation_id.in_(participation_ids))
        .order_by(AidUse.accommodation_id)
    )
    found: dict[int, list[int]] = {}
    for participation_id, accommodation_id in rows:
        found.setdefault(participation_id, []).append(accommodation_id)
    return found


def carry_on(session: Session, parts: Mapping[int, int], now: datetime) -> None:
    """A newer version of a record carries the aids of the older one on: old participation id to new."""
    for old_id, accommodation_ids in used(session, list(parts)).items():
        note(session, parts[old_id], accommodation_ids, now)
