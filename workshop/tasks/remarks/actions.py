"""A citizen sees a record differently, says so, and may take it back; what staff wrote stays as it is."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.citizens.models import Citizen
from workshop.core.errors import NotHere, Refusal
from workshop.core.i18n import _
from workshop.core.text import clean
from workshop.tasks.models import Participation, TaskRecord
from workshop.tasks.remarks import queries
from workshop.tasks.remarks.models import RecordRemark

MOST_LETTERS = 400


def remark(
    session: Session, *, record: TaskRecord, citizen_id: int, text: str, by_account_id: int, now: datetime
) -> RecordRemark:
    """The citizen's own word about the work; it follows every version of the record, and takes the last one's place.

    `by_account_id` is the citizen, or staff who wrote it down. Raises NotHere for a record the citizen has no part in,
    and Refusal for an empty or a very long text.
    """
    said = clean(text)
    if not said:
        raise Refusal(_("Skriv det, du vil sige."))
    if len(said) > MOST_LETTERS:
        raise Refusal(_("Det er for langt. Skriv det lidt kortere."))
    own_part = sa.select(Participation.id).where(
        Participation.record_id == record.id, Participation.citizen_id == citizen_id
    )
    if session.scalar(own_part) is None:
        raise NotHere
    # Two presses take turns, so that the second sees what the first one wrote.
    session.execute(sa.select(Citizen.id).where(Citizen.id == citizen_id).with_for_update())
    for before in queries.open_remarks(session, citizen_id, record.id):
        if before.text == said:
            return before
        before.withdrawn_at = now
    made = RecordRemark(
        record_id=record.id, citizen_id=citizen_id, text=said, written_at=now, by_account_id=by_account_id
    )
    session.add(made)
    session.flush()
    return made


def take_back(session: Session, *, citizen_id: int, public_id: str, now: datetime) -> None:
    """The citizen no longer says it. A second time changes nothing. Raises NotHere for anybody else's."""
    found = session.scalar(
        sa.select(RecordRemark).where(RecordRemark.citizen_id == citizen_id, RecordRemark.public_id == public_id)
    )
    if found is None:
        raise NotHere
    if found.withdrawn_at is None:
        found.withdrawn_at = now
        session.flush()
