"""Making a proof together with its citizen, and taking it back. A proof is never edited."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.citizens.models import Citizen
from workshop.core import crypto
from workshop.core.errors import Refusal
from workshop.core.i18n import _, in_danish
from workshop.progression.levels import HIGHEST_LEVEL, level_names
from workshop.progression.models import AdoptedLevel
from workshop.progression.proofs import keys, queries, signing
from workshop.progression.proofs.credential import Holder, Issuer, Shown, credential
from workshop.progression.proofs.models import Proof
from workshop.tasks.models import Competence

SALT_BYTES = 16


def make(
    session: Session,
    citizen: Citizen,
    *,
    competence_key: str,
    narrative: str,
    is_agreed: bool,
    by_staff_id: int,
    issuer: Issuer,
    master_keys: Sequence[bytes],
    now: datetime,
) -> Proof:
    """A signed proof of what was agreed last about a competence, with the words both have read.

    Pressed twice it is one proof. Raises NotHere where nothing was agreed, and Refusal without the citizen's yes, for
    a level that shows nothing yet, for words that name the citizen, and where another proof of it stands.
    """
    # Two presses of one button come after one another, so that the second finds what the first made.
    session.execute(sa.select(Citizen.id).where(Citizen.id == citizen.id).with_for_update())
    agreed, competence = queries.newest_agreed(session, citizen.id, competence_key)
    if not is_agreed:
        raise Refusal(_("Læs teksten sammen først. Beviset er borgerens eget."))
    if not agreed.level:
        raise Refusal(_("Her er intet at vise endnu. Aftal et trin ved en samtale først."))
    _check_unnamed(narrative, citizen)
    earlier = session.scalar(_standing(agreed).limit(1))
    if earlier is not None:
        if earlier.narrative == narrative:
            return earlier
        raise Refusal(_("Der er allerede et bevis på det. Tag det tilbage først."))
    made = Proof(
        public_id=crypto.new_public_id(),
        citizen_id=citizen.id,
        adopted_level_id=agreed.id,
        narrative=narrative,
        salt=secrets.token_urlsafe(SALT_BYTES),
        agreed_at=now,
        by_staff_id=by_staff_id,
    )
    said = credential(
        made.public_id, issuer, Holder(citizen.full_name, made.salt), shown(agreed, competence, made), now
    )
    signer = keys.signer(session, master_keys, now)
    made.signed = signing.sign(said, private_pem=signer.private_pem, kid=keys.address_of(signer.kid, issuer.address))
    session.add(made)
    session.flush()
    return made


def take_back(session: Session, proof: Proof, now: datetime) -> None:
    """It holds no more, and the public list says so. A second time changes nothing."""
    if proof.taken_back_at is None:
        proof.taken_back_at = now
        session.flush()


def shown(agreed: AdoptedLevel, competence: Competence, proof: Proof) -> Shown:
    """What the proof says of the competence, in its words of today and in Danish, whoever makes it."""
    with in_danish():
        levels = level_names()[1:]
    return Shown(
        key=competence.key,
        version=competence.version,
        name=competence.name,
        i_can=competence.i_can,
        levels=levels,
        anchors=tuple(str(getattr(competence, f"anchor_{level}")) for level in range(1, HIGHEST_LEVEL + 1)),
        level=agreed.level,
        narrative=proof.narrative,
        esco_uri=competence.esco_uri,
    )


def _standing(agreed: AdoptedLevel) -> sa.Select[Proof]:
    """A proof of the same person, competence and level, at whichever talk it was agreed."""
    return (
        sa.select(Proof)
        .join(AdoptedLevel, AdoptedLevel.id == Proof.adopted_level_id)
        .where(
            Proof.citizen_id == agreed.citizen_id,
            Proof.taken_back_at.is_(None),
            AdoptedLevel.competence_id == agreed.competence_id,
            AdoptedLevel.level == agreed.level,
        )
    )


def _check_unnamed(narrative: str, citizen: Citizen) -> None:
    """The file of a proof names nobody, so that it can be shown before a name is said."""
    said = {word.casefold() for word in re.findall(r"\w+", narrative)}
    names = {word.casefold() for word in re.findall(r"\w\w+", f"{citizen.full_name} {citizen.display_name}")}
    if said & (names | {f"{name}s" for name in names}):  # an initial is a word of its own: "I har set"
        raise Refusal(_("Skriv uden navn. Filen siger ikke, hvem den er til, før borgeren selv siger det."))
