"""Whether everything sealed can be opened, and with which master key: what somebody asks before throwing one away."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.core import vault
from workshop.sealed import keys
from workshop.sealed.actions import about_line, about_note, about_text
from workshop.sealed.keys import Sealed
from workshop.sealed.models import Accommodation, PersonKey, SealedNote


@dataclass(frozen=True, slots=True)
class Report:
    """What is sealed with which key; `closed` texts do not open although their person's key does."""

    newest: str
    sealed: list[Sealed]
    destroyed: int
    texts: int
    closed: int

    @property
    def needed(self) -> list[str]:
        """The names of older master keys that something is still sealed with."""
        return sorted({each.key_name for each in self.sealed if each.key_name != self.newest})

    @property
    def is_whole(self) -> bool:
        """Whether everything that should open does."""
        return not self.closed and all(each.opens for each in self.sealed)


def report(session: Session, master_keys: Sequence[bytes]) -> Report:
    """Open everything once, and count. Nothing of what was opened leaves this function."""
    sealed = keys.counts(session, master_keys)
    destroyed = session.scalar(sa.select(sa.func.count()).where(PersonKey.destroyed_at.is_not(None))) or 0
    owners = session.scalars(sa.select(PersonKey.citizen_id)).all()
    opened = keys.open_keys(session, owners, master_keys)
    texts = closed = 0
    for citizen_id, text, about in _texts(session):
        if citizen_id in opened:
            texts += 1
            closed += keys.opened_or_none([opened[citizen_id]], text, about) is None
    return Report(vault.name_of(master_keys[0]), sealed, destroyed, texts, closed)


def _texts(session: Session) -> Iterator[tuple[int, str, str]]:
    """(citizen, sealed text, what it is sealed as) of every text."""
    for row in session.execute(
        sa.select(
            Accommodation.citizen_id, Accommodation.public_id, Accommodation.sealed_text, Accommodation.sealed_line
        )
    ):
        yield row.citizen_id, row.sealed_text, about_text(row.public_id)
        if row.sealed_line:
            yield row.citizen_id, row.sealed_line, about_line(row.public_id)
    for note in session.execute(sa.select(SealedNote.citizen_id, SealedNote.public_id, SealedNote.sealed_text)):
        yield note.citizen_id, note.sealed_text, about_note(note.public_id)
