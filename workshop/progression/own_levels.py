"""What citizens say of themselves at talks: a series of its own on the same anchors, never averaged (decision 20)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.core import clock
from workshop.progression.models import OwnLevel, Talk


@dataclass(frozen=True, slots=True)
class Said:
    """The citizen's own view of one competence: a level 0 to 4, or None for "ønsker ikke"."""

    competence_id: int
    level: int | None
    own_words: str = ""


class OwnRow(NamedTuple):
    """One view of the series. A level of None says "ønsker ikke"."""

    competence_id: int
    level: int | None
    own_words: str
    said_on: date
    talk_id: int


def say(session: Session, *, talk: Talk, said: Sequence[Said], now: datetime) -> None:
    """Keep the citizen's own views of this talk. The first word about a competence stands; a second is not taken."""
    before = set(session.scalars(sa.select(OwnLevel.competence_id).where(OwnLevel.talk_id == talk.id)))
    session.add_all(
        OwnLevel(
            talk_id=talk.id,
            citizen_id=talk.citizen_id,
            competence_id=each.competence_id,
            level=each.level,
            own_words=each.own_words,
            said_on=clock.local_day(now),
        )
        for each in said
        if each.competence_id not in before
    )
    session.flush()


def own_levels(session: Session, citizen_id: int) -> dict[int, list[OwnRow]]:
    """The citizen's own views by competence id, the first one first."""
    by_competence: dict[int, list[OwnRow]] = {}
    for row in session.execute(
        sa.select(OwnLevel.competence_id, OwnLevel.level, OwnLevel.own_words, OwnLevel.said_on, OwnLevel.talk_id)
        .where(OwnLevel.citizen_id == citizen_id)
        .order_by(OwnLevel.said_on, OwnLevel.id)
    ):
        by_competence.setdefault(row.competence_id, []).append(OwnRow(*row))
    return by_competence
