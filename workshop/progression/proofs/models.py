"""Proofs that a citizen takes along: what was agreed, signed so that others can check it."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from workshop.core import crypto, db


class Proof(db.Base):
    """An agreed competence as a proof (bevis) in the shape of Open Badges 3.0: an agreed narrative, no raw notes.

    `public_id` is the proof's own number; nothing in it leads back here. Text and level are as they were agreed that
    day. Rows are added; a proof is taken back, never edited.
    """

    __tablename__ = "proof"
    __table_args__ = db.D

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(sa.String(30), unique=True, default=crypto.new_public_id)
    citizen_id: Mapped[int] = mapped_column(sa.ForeignKey("citizen.id"), index=True)
    adopted_level_id: Mapped[int] = mapped_column(sa.ForeignKey("adopted_level.id"))
    narrative: Mapped[str] = mapped_column(sa.String(400))
    salt: Mapped[str] = mapped_column(sa.String(40))  # of the hashed recipient
    signed: Mapped[str] = mapped_column(sa.Text)  # the token as it was handed out
    agreed_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    taken_back_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    by_staff_id: Mapped[int] = mapped_column(sa.ForeignKey("staff.account_id"))


class SigningKey(db.Base):
    """The key that proofs are signed with; the private half is sealed by the master key."""

    __tablename__ = "signing_key"
    __table_args__ = db.S

    kid: Mapped[str] = mapped_column(sa.String(60), primary_key=True)
    sealed_private: Mapped[str] = mapped_column(sa.Text)
    public_jwk: Mapped[dict[str, str]] = mapped_column(sa.JSON)
    made_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    retired_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)  # still published, signs no more
