"""What is sealed: a key per person, what to take care of, and the notes of a contact person."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from workshop.core import crypto, db


class PersonKey(db.Base):
    """The key a citizen's sealed texts are written with, itself sealed by the master key; destroyed, they are gone."""

    __tablename__ = "person_key"
    __table_args__ = (
        sa.CheckConstraint("(sealed_key = '') = (destroyed_at IS NOT NULL)", name="gone"),
        db.S,
    )

    citizen_id: Mapped[int] = mapped_column(sa.ForeignKey("citizen.id"), primary_key=True)
    sealed_key: Mapped[str] = mapped_column(sa.String(300))
    made_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    destroyed_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)


class SealedKind(StrEnum):
    """Something to take care of, or something that helps."""

    ACCOMMODATION = "accommodation"  # skånehensyn
    AID = "aid"  # hjælpemiddel


class Accommodation(db.Base):
    """What work has to allow for, or what helps, in words about the work and never about an illness.

    A change is a new row that replaces the old one; rows are ended, never edited.
    """

    __tablename__ = "accommodation"
    __table_args__ = (sa.UniqueConstraint("replaces_id"), db.S)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(sa.String(30), unique=True, default=crypto.new_public_id)
    citizen_id: Mapped[int] = mapped_column(sa.ForeignKey("citizen.id"), index=True)
    kind: Mapped[SealedKind] = mapped_column(db.choice(SealedKind))
    sealed_text: Mapped[str] = mapped_column(sa.Text)  # the whole of it: contact person and caseload
    sealed_line: Mapped[str] = mapped_column(sa.Text)  # "husk i denne opgave", never why: whoever plans the work
    from_on: Mapped[date] = mapped_column()
    until_on: Mapped[date | None] = mapped_column()  # the last day
    replaces_id: Mapped[int | None] = mapped_column(sa.ForeignKey("accommodation.id"))
    written_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    by_staff_id: Mapped[int] = mapped_column(sa.ForeignKey("staff.account_id"))


class AccommodationDemand(db.Base):
    """What of a task an accommodation speaks against, so that suggestions can keep clear of it."""

    __tablename__ = "accommodation_demand"
    __table_args__ = db.S

    accommodation_id: Mapped[int] = mapped_column(sa.ForeignKey("accommodation.id"), primary_key=True)
    demand_id: Mapped[int] = mapped_column(sa.ForeignKey("demand.id"), primary_key=True)


class AidUse(db.Base):
    """An aid was used in somebody's part of a record: alone with an aid is alone (domain D2, edge case 8)."""

    __tablename__ = "aid_use"
    __table_args__ = db.S

    participation_id: Mapped[int] = mapped_column(sa.ForeignKey("participation.id"), primary_key=True)
    accommodation_id: Mapped[int] = mapped_column(sa.ForeignKey("accommodation.id"), primary_key=True, index=True)
    noted_at: Mapped[datetime] = mapped_column(db.UtcDateTime)


class SealedNote(db.Base):
    """A note only its contact person reads; nobody edits one."""

    __tablename__ = "sealed_note"
    __table_args__ = (sa.Index(None, "citizen_id", "by_staff_id"), db.S)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(sa.String(30), unique=True, default=crypto.new_public_id)
    citizen_id: Mapped[int] = mapped_column(sa.ForeignKey("citizen.id"))
    sealed_text: Mapped[str] = mapped_column(sa.Text)
    written_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    by_staff_id: Mapped[int] = mapped_column(sa.ForeignKey("staff.account_id"))
