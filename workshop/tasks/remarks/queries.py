"""Reads of remarks. A remark belongs to the work, so it is found from every version of the record."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.citizens.models import Citizen
from workshop.tasks.models import Participation, TaskRecord
from workshop.tasks.remarks.models import RecordRemark


class Remark(NamedTuple):
    """What a citizen says about a record: the words, whose they are, and whether staff wrote them down."""

    public_id: str
    citizen_id: int
    text: str
    written_at: datetime
    is_written_by_staff: bool


def remarks_by(session: Session, citizen_id: int, record_ids: Collection[int]) -> dict[int, list[Remark]]:
    """What one person says about each of these records, for the pages that are about that person alone.

    Of work that several shared, what the others say is theirs, and stands on their own pages.
    """
    found = {
        record_id: [each for each in said if each.citizen_id == citizen_id]
        for record_id, said in remarks_of(session, record_ids).items()
    }
    return {record_id: own for record_id, own in found.items() if own}


def remarks_of(session: Session, record_ids: Collection[int]) -> dict[int, list[Remark]]:
    """The remarks that stand, by each record asked about, the oldest first; a record without one is not there.

    Read through all versions: one said to version 1 is found from version 3, and the other way round. Two queries,
    however many records.
    """
    if not record_ids:
        return {}
    said = session.execute(
        sa.select(RecordRemark, Citizen.account_id)
        .join(Citizen, Citizen.id == RecordRemark.citizen_id)
        .where(RecordRemark.citizen_id.in_(_people_in(record_ids)), RecordRemark.withdrawn_at.is_(None))
        .order_by(RecordRemark.written_at, RecordRemark.id)
    ).all()
    if not said:
        return {}
    first = _first_versions(session, {*record_ids, *(row.RecordRemark.record_id for row in said)})
    found: dict[int, list[Remark]] = {}
    for record_id in record_ids:
        for row in said:
            each: RecordRemark = row.RecordRemark
            if first[each.record_id] == first[record_id]:
                is_staff = each.by_account_id != row.account_id
                found.setdefault(record_id, []).append(
                    Remark(each.public_id, each.citizen_id, each.text, each.written_at, is_staff)
                )
    return found


def open_remarks(session: Session, citizen_id: int, record_id: int) -> list[RecordRemark]:
    """What one citizen says about the work of a record, said to whichever version; at most one, as actions see to."""
    said = session.scalars(
        sa.select(RecordRemark).where(RecordRemark.citizen_id == citizen_id, RecordRemark.withdrawn_at.is_(None))
    ).all()
    first = _first_versions(session, {record_id, *(each.record_id for each in said)})
    return [each for each in said if first[each.record_id] == first[record_id]]


def _people_in(record_ids: Collection[int]) -> sa.Select[int]:
    return sa.select(Participation.citizen_id).where(Participation.record_id.in_(record_ids))


def _first_versions(session: Session, record_ids: Collection[int]) -> dict[int, int]:
    """The first version of each record: versions of the same work have the same one. Walks back by primary key."""
    start = (
        sa.select(TaskRecord.id.label("asked"), TaskRecord.id, TaskRecord.supersedes_id)
        .where(TaskRecord.id.in_(record_ids))
        .cte("back", recursive=True)
    )
    back = start.union_all(
        sa.select(start.c.asked, TaskRecord.id, TaskRecord.supersedes_id).join(
            start, start.c.supersedes_id == TaskRecord.id
        )
    )
    rows = session.execute(sa.select(back.c.asked, back.c.id).where(back.c.supersedes_id.is_(None)))
    return {row.asked: row.id for row in rows}
