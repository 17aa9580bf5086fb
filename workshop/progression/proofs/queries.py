"""Reads about the proofs of one citizen, and what is told of those taken back. No function here takes two citizens."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.core.errors import NotHere, Refusal
from workshop.core.i18n import _
from workshop.progression import queries
from workshop.progression.models import AdoptedLevel
from workshop.progression.proofs import keys, signing
from workshop.progression.proofs.models import Proof
from workshop.progression.proofs.signing import NotSigned
from workshop.tasks.models import Competence


class ProofRow(NamedTuple):
    """A proof as lists show it."""

    public_id: str
    competence: str
    level: int
    narrative: str
    agreed_at: datetime
    taken_back_at: datetime | None


class Provable(NamedTuple):
    """What was agreed last about a competence, and whether a proof of it stands."""

    key: str
    name: str
    level: int
    adopted_on: date
    has_proof: bool


def proofs_of(session: Session, citizen_id: int) -> list[ProofRow]:
    """The citizen's proofs, newest first, those taken back among them."""
    rows = session.execute(
        sa.select(
            Proof.public_id, Competence.name, AdoptedLevel.level, Proof.narrative, Proof.agreed_at, Proof.taken_back_at
        )
        .join(AdoptedLevel, AdoptedLevel.id == Proof.adopted_level_id)
        .join(Competence, Competence.id == AdoptedLevel.competence_id)
        .where(Proof.citizen_id == citizen_id)
        .order_by(Proof.id.desc())
    )
    return [ProofRow(*row) for row in rows]


def standing(rows: Iterable[ProofRow]) -> list[ProofRow]:
    """Those not taken back."""
    return [row for row in rows if row.taken_back_at is None]


def proof_of(session: Session, citizen_id: int, public_id: str) -> Proof:
    """One proof of this citizen. Raises NotHere for anybody else's."""
    found = session.scalar(sa.select(Proof).where(Proof.citizen_id == citizen_id, Proof.public_id == public_id))
    if found is None:
        raise NotHere
    return found


def token_of(session: Session, citizen_id: int, public_id: str, address: str) -> str:
    """What was signed, to take along.

    Raises NotHere for anybody else's and for one that was taken back, Refusal where its signature does not hold.
    """
    found = proof_of(session, citizen_id, public_id)
    if found.taken_back_at is not None:
        raise NotHere
    try:
        signing.verified(found.signed, keys.published(session, address))
    except NotSigned as wrong:
        raise Refusal(_("Beviset passer ikke med underskriften. Tag det tilbage, og lav et nyt.")) from wrong
    return found.signed


def provable(session: Session, citizen_id: int) -> list[Provable]:
    """What can be proven: the newest agreed level of each competence, from 1, in the order of the list."""
    agreed = queries.adopted(session, citizen_id)
    standing_ones = session.execute(
        sa.select(AdoptedLevel.competence_id, AdoptedLevel.level)
        .join(Proof, Proof.adopted_level_id == AdoptedLevel.id)
        .where(Proof.citizen_id == citizen_id, Proof.taken_back_at.is_(None))
    )
    proven = {(row.competence_id, row.level) for row in standing_ones}
    found = []
    for each in queries.competences(session).values():
        newest = agreed[each.id][-1] if each.id in agreed else None
        if newest is not None and newest.level:
            has_proof = (each.id, newest.level) in proven
            found.append(Provable(each.key, each.name, newest.level, newest.adopted_on, has_proof))
    return found


def newest_agreed(session: Session, citizen_id: int, key: str) -> tuple[AdoptedLevel, Competence]:
    """What was agreed last about a competence. Raises NotHere where nothing was."""
    row = session.execute(
        sa.select(AdoptedLevel, Competence)
        .join(Competence, Competence.id == AdoptedLevel.competence_id)
        .where(AdoptedLevel.citizen_id == citizen_id, Competence.key == key)
        .order_by(AdoptedLevel.adopted_on.desc(), AdoptedLevel.id.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        raise NotHere
    return row.AdoptedLevel, row.Competence


def taken_back(session: Session) -> list[tuple[str, datetime]]:
    """The numbers of all proofs taken back and when, for everybody who checks one: nothing says whose they were."""
    rows = session.execute(
        sa.select(Proof.public_id, Proof.taken_back_at)
        .where(Proof.taken_back_at.is_not(None))
        .order_by(Proof.taken_back_at, Proof.public_id)
    )
    return [(public_id, at) for public_id, at in rows if at is not None]
