"""The owner of a card edits it: what stands on it, and their own words."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.citizens.models import Citizen
from workshop.progression.cards.models import CardLeftOut, CompetenceCard
from workshop.tasks.models import Competence


def edit(
    session: Session, citizen_id: int, *, own_words: str, shows_work: bool, left_out: Collection[str], now: datetime
) -> CompetenceCard:
    """Keep the card as its owner wants it; `left_out` are the keys of what is not to stand there.

    A competence agreed later stands on the card until it is taken off.
    """
    # Two who save at once take turns, so that the card is one of the two and not a mixture.
    session.execute(sa.select(Citizen.id).where(Citizen.id == citizen_id).with_for_update())
    card = session.get(CompetenceCard, citizen_id)
    if card is None:
        card = CompetenceCard(citizen_id=citizen_id, changed_at=now)
        session.add(card)
    card.own_words, card.shows_work, card.changed_at = own_words, shows_work, now
    session.execute(sa.delete(CardLeftOut).where(CardLeftOut.citizen_id == citizen_id))
    off = session.scalars(sa.select(Competence.id).where(Competence.key.in_(left_out))).all()
    session.add_all(CardLeftOut(citizen_id=citizen_id, competence_id=each) for each in off)
    session.flush()
    return card
