"""Things come in and get a card. Every change of a card is one conditional UPDATE of the card as it was seen."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from workshop.core import crypto
from workshop.core.errors import Refusal
from workshop.core.i18n import _
from workshop.core.text import clean
from workshop.production.repairs.door import Head
from workshop.production.repairs.models import JobKind, JobState, RepairJob, Whose
from workshop.products.numbers import take_numbers
from workshop.products.qr import TOKEN_ALPHABET

SERIES, FIRST_NUMBER = "repair", 101
CODE_LENGTH = 6
OVER = (JobState.HANDED_BACK, JobState.KEPT)


class EditedMeanwhile(Refusal):
    """Somebody else changed the card first, or it is further on than the page showed; nothing is written."""


@dataclass(frozen=True)
class Card:
    """What is written when a thing comes in."""

    kind: JobKind
    whose: Whose
    title: str
    marks: str = ""
    faults: str = ""
    place: str = ""
    owner_name: str = ""
    owner_email: str = ""
    owner_phone: str = ""

    def columns(self) -> dict[str, Any]:
        """The card as it is stored: a thing of ours has no owner whose name we need.

        Raises Refusal without a name, or when nobody could be told that a customer's thing is ready.
        """
        title = clean(self.title)[:150]
        if not title:
            raise Refusal(_("Skriv, hvad det er."))
        owner = {"owner_name": "", "owner_email": "", "owner_phone": ""}
        if self.whose is Whose.CUSTOMER:
            owner = {
                "owner_name": clean(self.owner_name)[:120],
                "owner_email": clean(self.owner_email)[:254],
                "owner_phone": clean(self.owner_phone)[:30],
            }
            if not owner["owner_name"]:
                raise Refusal(_("Skriv ejerens navn."))
            if not owner["owner_email"] and not owner["owner_phone"]:
                raise Refusal(_("Skriv ejerens telefon eller mail, så vi kan sige til, når den er færdig."))
        return {
            "kind": self.kind,
            "whose": self.whose,
            "title": title,
            "marks": clean(self.marks)[:120],
            "faults": clean(self.faults),
            "place": clean(self.place)[:60],
            **owner,
        }


def receive(
    session: Session,
    card: Card,
    *,
    once: str,
    department_id: int,
    head: Head,
    now: datetime,
    by_staff_id: int | None,
) -> tuple[RepairJob, bool]:
    """Take a thing in: it gets a number and a code. `once` is the word of the form and becomes the card's id.

    Gives the card and whether it is new: the same form a second time finds the first one.
    """
    values = card.columns()
    job = RepairJob(
        **values,
        public_id=once,
        number=take_numbers(session, SERIES, first=FIRST_NUMBER),
        code=_free_code(session),
        link_hash=crypto.token_hash(head.token(once)),
        department_id=department_id,
        received_at=now,
        by_staff_id=by_staff_id,
    )
    try:
        with session.begin_nested():
            session.add(job)
    except IntegrityError:
        found = session.scalar(sa.select(RepairJob).where(RepairJob.public_id == once))
        if found is None or found.department_id != department_id:
            raise
        return found, False
    return job, True


def edit(session: Session, job: RepairJob, card: Card, *, version: int) -> None:
    """Write the card anew. Whose it is can be changed until a price is given or work has begun.

    Raises EditedMeanwhile when it is not the version seen, or the card is closed.
    """
    values = card.columns()
    states = [state for state in JobState if state not in OVER]
    if card.whose is not job.whose:
        if (Whose.CUSTOMER in (card.whose, job.whose)) and job.state is not JobState.RECEIVED:
            raise Refusal(_("Der er givet en pris eller begyndt på den. Så kan det ikke ændres, hvis den er."))
        states = [JobState.RECEIVED] if Whose.CUSTOMER in (card.whose, job.whose) else states
    save(session, job, version, states, values)


def save(
    session: Session,
    job: RepairJob,
    version: int,
    states: Collection[JobState],
    values: dict[str, Any],
    *conditions: sa.ColumnElement[bool],
) -> None:
    """One conditional UPDATE of a card as it was seen; raises EditedMeanwhile when it is another one now."""
    if changed(session, job, RepairJob.version == version, RepairJob.state.in_(states), *conditions, **values):
        return
    if job.state in OVER:
        raise EditedMeanwhile(_("Kortet er lukket. Det, du skrev, er ikke gemt."))
    if job.version == version:
        raise Refusal(_("Det kan ikke lade sig gøre, som kortet står nu."))
    raise EditedMeanwhile(_("En anden har rettet kortet imens. Se på begge dele, og gem det, der skal gælde."))


def changed(session: Session, job: RepairJob, *conditions: sa.ColumnElement[bool], **values: Any) -> bool:
    """One conditional UPDATE of a card, whether it took place; the copy in the session is read anew."""
    done = session.scalar(
        sa.update(RepairJob)
        .where(RepairJob.id == job.id, *conditions)
        .values(version=RepairJob.version + 1, **values)
        .returning(RepairJob.id),
        execution_options={"synchronize_session": False},
    )
    session.refresh(job)
    return done is not None


def _free_code(session: Session) -> str:
    """A code nobody else has; the column is unique, so two at once could not share one either."""
    while True:
        code = "".join(secrets.choice(TOKEN_ALPHABET.upper()) for _letter in range(CODE_LENGTH))
        if session.scalar(sa.select(RepairJob.id).where(RepairJob.code == code)) is None:
            return code
