"""The card a citizen owns: everything agreed, less what they took off."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from workshop.core import db


class CompetenceCard(db.Base):
    """A person's competence card (kompetencekort). Without a row it shows everything that was agreed."""

    __tablename__ = "competence_card"
    __table_args__ = db.D

    citizen_id: Mapped[int] = mapped_column(sa.ForeignKey("citizen.id"), primary_key=True)
    own_words: Mapped[str] = mapped_column(sa.String(400), default="")
    shows_work: Mapped[bool] = mapped_column(default=True)  # the pieces and visits it comes from
    changed_at: Mapped[datetime] = mapped_column(db.UtcDateTime)


class CardLeftOut(db.Base):
    """A competence that the citizen does not want on the card."""

    __tablename__ = "card_left_out"
    __table_args__ = db.D

    citizen_id: Mapped[int] = mapped_column(sa.ForeignKey("citizen.id"), primary_key=True)
    competence_id: Mapped[int] = mapped_column(sa.ForeignKey("competence.id"), primary_key=True)
