"""What is written in confidence: what work has to allow for, what helps, and a contact person's own notes.

Texts are sealed before they reach the database. Nothing is edited: a change is a new row that replaces the old one.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.citizens import caseload
from workshop.citizens.models import Citizen
from workshop.core import clock, crypto, db, vault
from workshop.core.access import Actor
from workshop.core.errors import NotHere, Refusal
from workshop.core.i18n import _
from workshop.sealed import demands, keys
from workshop.sealed.models import Accommodation, SealedKind, SealedNote

SAME_PRESS = timedelta(minutes=1)
Sealed = TypeVar("Sealed", Accommodation, SealedNote)


class ReplacedMeanwhile(Refusal):
    """Somebody else wrote a newer one while this form was open; the page shows both."""


def write_accommodation(
    session: Session,
    citizen: Citizen,
    *,
    kind: SealedKind,
    text: str,
    line: str,
    from_on: date,
    until_on: date | None = None,
    by: Actor,
    master_keys: Sequence[bytes],
    now: datetime,
    replaces: str = "",
    spared: Collection[str] = (),
) -> Accommodation:
    """Write what work has to allow for, or what helps. `replaces` is the public id of the one it comes instead of.

    `line` is what whoever plans the work sees: what to do, never why. `spared` are the keys of what a task may ask that
    speaks against it. Raises NotHere outside one's caseload,
    ReplacedMeanwhile when the old one has been replaced, Refusal when it has ended. The same words twice within a
    minute are one press too many, and are written once.
    """
    _check_caseload(session, by, citizen, now)
    if until_on is not None and until_on < from_on:
        raise Refusal(_("Det slutter, før det begynder. Ret en af datoerne."))
    old = _of(session, citizen, replaces) if replaces else None
    if old is not None and old.until_on is not None and old.until_on < clock.local_day(now):
        raise Refusal(_("Det er afsluttet. Skriv et nyt i stedet."))
    _one_at_a_time(session, citizen)
    key = keys.key_for(session, citizen.id, master_keys, now)
    replaces_id = old.id if old is not None else None
    for each in _just_written(session, Accommodation, citizen, by, now):
        is_about = (each.kind, each.from_on, each.until_on, each.replaces_id) == (kind, from_on, until_on, replaces_id)
        is_line = _says(key, each.sealed_line, about_line(each.public_id), line)
        is_text = _says(key, each.sealed_text, about_text(each.public_id), text)
        if is_about and is_line and is_text and demands.keys_of(session, each.id) == set(spared):
            return each
    public_id = crypto.new_public_id()
    written = {
        "public_id": public_id,
        "citizen_id": citizen.id,
        "kind": kind,
        "sealed_text": vault.seal(key, text, about_text(public_id)),
        "sealed_line": vault.seal(key, line, about_line(public_id)) if line else "",
        "from_on": from_on,
        "until_on": until_on,
        "replaces_id": replaces_id,
        "written_at": now,
        "by_staff_id": by.account_id,
    }
    if not db.add_unless_there(session, Accommodation, written):
        raise ReplacedMeanwhile(
            _("En anden har skrevet det om imens. Læs det nye, og gem igen, hvis dit stadig passer.")
        )
    made = session.scalars(sa.select(Accommodation).where(Accommodation.public_id == public_id)).one()
    demands.keep(session, made, spared)
    return made


def end_accommodation(session: Session, citizen: Citizen, public_id: str, *, by: Actor, now: datetime) -> Accommodation:
    """It is no longer needed: today is its first day without. What was written stays in the history.

    One that was to begin later never begins, and what it was to replace goes on instead. Raises NotHere outside one's
    caseload, Refusal when it was replaced.
    """
    _check_caseload(session, by, citizen, now)
    found = _of(session, citizen, public_id)
    if session.scalar(sa.select(Accommodation.id).where(Accommodation.replaces_id == found.id)) is not None:
        raise ReplacedMeanwhile(_("En anden har skrevet det om imens. Se det nye først."))
    today = clock.local_day(now)
    if found.from_on > today:
        found.replaces_id = None
    yesterday = today - timedelta(days=1)
    if found.until_on is None or found.until_on > yesterday:
        found.until_on = yesterday
    session.flush()
    return found


def write_note(
    session: Session, citizen: Citizen, *, text: str, by: Actor, master_keys: Sequence[bytes], now: datetime
) -> SealedNote:
    """A note that only its writer reads, while they are the contact person. Raises NotHere for anybody else.

    The same words twice within a minute are one press too many, and are written once.
    """
    if not caseload.is_contact_person(session, by.account_id, citizen.id, clock.local_day(now)):
        raise NotHere
    _one_at_a_time(session, citizen)
    key = keys.key_for(session, citizen.id, master_keys, now)
    for each in _just_written(session, SealedNote, citizen, by, now):
        if _says(key, each.sealed_text, about_note(each.public_id), text):
            return each
    public_id = crypto.new_public_id()
    note = SealedNote(
        public_id=public_id,
        citizen_id=citizen.id,
        sealed_text=vault.seal(key, text, about_note(public_id)),
        written_at=now,
        by_staff_id=by.account_id,
    )
    session.add(note)
    session.flush()
    return note


def about_text(public_id: str) -> str:
    """What the whole text of an accommodation is sealed as."""
    return f"accommodation:{public_id}:text"


def about_line(public_id: str) -> str:
    """What the line for whoever plans the work is sealed as."""
    return f"accommodation:{public_id}:line"


def about_note(public_id: str) -> str:
    """What a sealed note is sealed as."""
    return f"note:{public_id}:text"


def _one_at_a_time(session: Session, citizen: Citizen) -> None:
    """Two presses of one button come after one another, so that the second finds what the first wrote."""
    session.execute(sa.select(Citizen.id).where(Citizen.id == citizen.id).with_for_update())


def _just_written(
    session: Session, table: type[Sealed], citizen: Citizen, by: Actor, now: datetime
) -> Sequence[Sealed]:
    """What the same person wrote about the citizen within the last minute."""
    return session.scalars(
        sa.select(table).where(
            table.citizen_id == citizen.id, table.by_staff_id == by.account_id, table.written_at > now - SAME_PRESS
        )
    ).all()


def _says(key: bytes, sealed: str, about: str, text: str) -> bool:
    if not sealed or not text:
        return sealed == text
    try:
        return vault.open_sealed((key,), sealed, about) == text
    except vault.CannotOpen:  # sealed with a key that is gone: nobody knows what it said
        return False


def _check_caseload(session: Session, actor: Actor, citizen: Citizen, now: datetime) -> None:
    is_allowed = actor.may("sealed:read") and citizen.department_id in actor.department_ids
    if not is_allowed or not caseload.is_in_caseload(session, actor, citizen, clock.local_day(now)):
        raise NotHere


def _of(session: Session, citizen: Citizen, public_id: str) -> Accommodation:
    """The row, held against others who would change it at this moment. Raises NotHere when it is not this person's."""
    found = session.scalar(
        sa.select(Accommodation)
        .where(Accommodation.public_id == public_id, Accommodation.citizen_id == citizen.id)
        .with_for_update()
    )
    if found is None:
        raise NotHere
    return found
