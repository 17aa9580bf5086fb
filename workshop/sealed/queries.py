"""Reads of what is sealed, by who asks: caseload and the citizen the text, whoever plans the work one line, others nil.

Whoever calls these writes the row in the access log; the pages come through the door of `citizens`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from workshop.accounts.models import Staff
from workshop.citizens import caseload
from workshop.citizens.models import Citizen
from workshop.core import web
from workshop.core.access import Actor
from workshop.sealed import demands, keys
from workshop.sealed.actions import about_line, about_note, about_text
from workshop.sealed.models import Accommodation, SealedKind, SealedNote


@dataclass(frozen=True, slots=True)
class Care:
    """Something work has to allow for, or something that helps, as one reader may see it.

    `text` is None where it is not for this reader; `is_gone` where the key is destroyed, or not ours.
    """

    public_id: str
    kind: SealedKind
    text: str | None
    line: str
    is_gone: bool
    from_on: date
    until_on: date | None  # the last day
    by_name: str
    written_at: datetime
    is_current: bool
    is_ahead: bool
    replaced_by: str  # public id; empty where nothing newer was written in its place
    spared: tuple[tuple[str, str], ...] = ()  # (key, name) of what tasks ask that the person is to be spared

    @property
    def is_dropped(self) -> bool:
        """Whether it was taken away again before it had held a whole day."""
        return self.until_on is not None and self.until_on < self.from_on

    @property
    def is_replaced(self) -> bool:
        """Whether something newer was written in its place."""
        return bool(self.replaced_by)


@dataclass(frozen=True, slots=True)
class Note:
    """A sealed note, for whoever may read it; `text` is None where the key is destroyed, or not ours."""

    text: str | None
    by_name: str
    written_at: datetime


def accommodations(
    session: Session, actor: Actor, citizen: Citizen, day: date, master_keys: Sequence[bytes]
) -> list[Care]:
    """What holds on the day, as the actor may see it; nothing for somebody who may see none of it."""
    return [each for each in history(session, actor, citizen, day, master_keys) if each.is_current]


def history(session: Session, actor: Actor, citizen: Citizen, day: date, master_keys: Sequence[bytes]) -> list[Care]:
    """All that was ever written, the newest first; past ones are for the caseload alone."""
    sees_text = may_read_text(session, actor, citizen, day)
    if not sees_text and not may_read_lines(actor, citizen):
        return []
    newest = aliased(Accommodation)
    rows = session.execute(
        sa.select(Accommodation, Staff.name, newest)
        .join(Staff, Staff.account_id == Accommodation.by_staff_id)
        .outerjoin(newest, newest.replaces_id == Accommodation.id)
        .where(Accommodation.citizen_id == citizen.id)
        .order_by(Accommodation.from_on.desc(), Accommodation.id.desc())
    ).all()
    key = keys.open_keys(session, [citizen.id], master_keys).get(citizen.id) if rows else None
    ticks = demands.named(session, [row.public_id for row, _name, _newer in rows]) if rows else {}
    shown = [
        replace(_care(row, name, newer, key, day, sees_text=sees_text), spared=tuple(ticks.get(row.public_id, ())))
        for row, name, newer in rows
    ]
    return [each for each in shown if each.is_current or (sees_text and not actor.is_citizen)]


def lines(
    session: Session, actor: Actor, citizen_ids: Collection[int], day: date, master_keys: Sequence[bytes]
) -> Mapping[int, list[str]]:
    """The lines "Husk i opgaven" of these people on a day, for whoever plans their department's work. Never why."""
    if not actor.may("week:assign") or not citizen_ids:
        return {}
    rows = session.execute(
        sa.select(Accommodation.citizen_id, Accommodation.public_id, Accommodation.sealed_line)
        .join(Citizen, Citizen.id == Accommodation.citizen_id)
        .where(
            Accommodation.citizen_id.in_(citizen_ids),
            Accommodation.sealed_line != "",
            Citizen.department_id.in_(actor.department_ids),
            *holds_on(day),
        )
        .order_by(Accommodation.id)
    ).all()
    opened = keys.open_keys(session, {row.citizen_id for row in rows}, master_keys) if rows else {}
    found: dict[int, list[str]] = {}
    for row in rows:
        line = _opened(opened.get(row.citizen_id), row.sealed_line, about_line(row.public_id))
        if line:
            found.setdefault(row.citizen_id, []).append(line)
    return found


def lines_for(session: Session, actor: Actor, citizen_ids: Collection[int], day: date) -> Mapping[int, list[str]]:
    """The same, with the keys of this installation: for the pages where work is planned."""
    return lines(session, actor, citizen_ids, day, web.settings().master_keys)


def spared_from(
    session: Session, actor: Actor, citizen_ids: Collection[int], task_type_ids: Collection[int], day: date
) -> Mapping[tuple[int, int], list[str]]:
    """What each task asks that each person is to be spared on a day, in words, for whoever plans; never why."""
    return demands.spoken_against(session, actor, citizen_ids, task_type_ids, holds_on(day))


def notes(session: Session, actor: Actor, citizen: Citizen, day: date, master_keys: Sequence[bytes]) -> list[Note]:
    """The sealed notes that the actor may read on the day, the newest first; for everybody else there are none."""
    writer_id = caseload.whose_notes(session, actor, citizen.id, day)
    if writer_id is None:
        return []
    rows = session.execute(
        sa.select(SealedNote, Staff.name)
        .join(Staff, Staff.account_id == SealedNote.by_staff_id)
        .where(SealedNote.citizen_id == citizen.id, SealedNote.by_staff_id == writer_id)
        .order_by(SealedNote.written_at.desc(), SealedNote.id.desc())
    ).all()
    key = keys.open_keys(session, [citizen.id], master_keys).get(citizen.id) if rows else None
    return [Note(_opened(key, row.sealed_text, about_note(row.public_id)), name, row.written_at) for row, name in rows]


def may_read_text(session: Session, actor: Actor, citizen: Citizen, day: date) -> bool:
    """Whether the whole text is for the actor: the citizen's own, or somebody's with them in their caseload."""
    if actor.is_citizen:
        return citizen.account_id == actor.account_id
    is_near = actor.may("sealed:read") and citizen.department_id in actor.department_ids
    return is_near and caseload.is_in_caseload(session, actor, citizen, day)


def may_read_lines(actor: Actor, citizen: Citizen) -> bool:
    """Whether the actor plans work in the citizen's department."""
    return not actor.is_citizen and actor.may("week:assign") and citizen.department_id in actor.department_ids


def holds_on(day: date) -> tuple[sa.ColumnElement[bool], ...]:
    """What holds on the day: begun, not ended, and nothing newer has begun in its place."""
    newer = aliased(Accommodation)
    return (
        Accommodation.from_on <= day,
        sa.or_(Accommodation.until_on.is_(None), Accommodation.until_on >= day),
        ~sa.exists().where(newer.replaces_id == Accommodation.id, newer.from_on <= day),
    )


def _care(
    row: Accommodation, name: str, newer: Accommodation | None, key: bytes | None, day: date, *, sees_text: bool
) -> Care:
    text = _opened(key, row.sealed_text, about_text(row.public_id))
    is_over = row.until_on is not None and row.until_on < day
    return Care(
        public_id=row.public_id,
        kind=row.kind,
        text=text if sees_text else None,
        line=_opened(key, row.sealed_line, about_line(row.public_id)) or "",
        is_gone=text is None,
        from_on=row.from_on,
        until_on=row.until_on,
        by_name=name,
        written_at=row.written_at,
        is_current=row.from_on <= day and not is_over and (newer is None or newer.from_on > day),
        is_ahead=row.from_on > day and not is_over and newer is None,
        replaced_by=newer.public_id if newer is not None else "",
    )


def _opened(key: bytes | None, sealed: str, about: str) -> str | None:
    return keys.opened_or_none([key], sealed, about) if key is not None and sealed else None
