"""Citizens, their enrolment and attendance. Zone D: nothing outside points here."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from workshop.citizens.attendance import AttendanceMark as AttendanceMark
from workshop.core import crypto, db


class Citizen(db.Base):
    """A person in the workshop."""

    __tablename__ = "citizen"
    __table_args__ = db.D

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(sa.String(30), unique=True, default=crypto.new_public_id)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id"), unique=True)
    full_name: Mapped[str] = mapped_column(sa.String(120))
    display_name: Mapped[str] = mapped_column(sa.String(40))  # kaldenavn
    picture: Mapped[str] = mapped_column(sa.String(20))  # the picture they sign in with
    language: Mapped[str] = mapped_column(sa.String(5), default="da")
    department_id: Mapped[int] = mapped_column(sa.ForeignKey("department.id"), index=True)
    sort_name: Mapped[str] = mapped_column(sa.String(120))
    is_active: Mapped[bool] = mapped_column(default=True)


class Comfort(db.Base):
    """How a person wants the tablet to look and sound; it follows the person, not the tablet."""

    __tablename__ = "comfort"
    __table_args__ = db.D

    citizen_id: Mapped[int] = mapped_column(sa.ForeignKey("citizen.id"), primary_key=True)
    is_large: Mapped[bool] = mapped_column(default=False)
    is_high_contrast: Mapped[bool] = mapped_column(default=False)
    is_calm: Mapped[bool] = mapped_column(default=False)  # nothing moves
    reads_aloud: Mapped[bool] = mapped_column(default=False)  # the button that reads is shown first


class ProgrammeType(db.Base):
    """A kind of programme; labels and law are data, because both change."""

    __tablename__ = "programme_type"
    __table_args__ = db.D

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(60), unique=True)
    name: Mapped[str] = mapped_column(sa.String(150))
    legal_reference: Mapped[str] = mapped_column(sa.String(200))
    weeks: Mapped[int | None] = mapped_column()  # empty: agreed each time
    meeting_pattern: Mapped[list[str]] = mapped_column(sa.JSON)
    report_template: Mapped[str] = mapped_column(sa.String(60))
    valid_from: Mapped[date] = mapped_column()  # for new enrolments
    valid_to: Mapped[date | None] = mapped_column()
    plan_name: Mapped[str] = mapped_column(sa.String(60))


class Question(db.Base):
    """A question of a questionnaire; the two voices are kept apart and answers are not added up."""

    __tablename__ = "question"
    __table_args__ = (sa.UniqueConstraint("questionnaire", "voice", "position"), db.D)

    id: Mapped[int] = mapped_column(primary_key=True)
    questionnaire: Mapped[str] = mapped_column(sa.String(20))
    voice: Mapped[str] = mapped_column(sa.String(20))
    position: Mapped[int] = mapped_column()
    text: Mapped[str] = mapped_column(sa.String(300))
    scale: Mapped[list[str]] = mapped_column(sa.JSON)
    help_text: Mapped[str] = mapped_column(sa.String(300), default="")


class Enrolment(db.Base):
    """A stay in the workshop: programme, first day, last day."""

    __tablename__ = "enrolment"
    __table_args__ = db.D

    FOUNDATION_DAYS = 21  # records are kept, levels are not shown (decision 28)

    id: Mapped[int] = mapped_column(primary_key=True)
    citizen_id: Mapped[int] = mapped_column(sa.ForeignKey("citizen.id"), index=True)
    programme_type_id: Mapped[int] = mapped_column(sa.ForeignKey("programme_type.id"))
    started_on: Mapped[date] = mapped_column()
    ends_on: Mapped[date | None] = mapped_column()


class ContactPerson(db.Base):
    """Whose caseload a citizen belongs to; changes are kept, nothing is overwritten."""

    __tablename__ = "contact_person"
    __table_args__ = (sa.Index(None, "staff_id", "until_on"), db.D)

    id: Mapped[int] = mapped_column(primary_key=True)
    citizen_id: Mapped[int] = mapped_column(sa.ForeignKey("citizen.id"), index=True)
    staff_id: Mapped[int] = mapped_column(sa.ForeignKey("staff.account_id"))
    from_on: Mapped[date] = mapped_column()
    until_on: Mapped[date | None] = mapped_column()


class WeekPlanDay(db.Base):
    """A weekday of the agreed attendance, in versions by their first day."""

    __tablename__ = "week_plan_day"
    __table_args__ = (sa.UniqueConstraint("citizen_id", "valid_from", "weekday"), db.D)

    id: Mapped[int] = mapped_column(primary_key=True)
    citizen_id: Mapped[int] = mapped_column(sa.ForeignKey("citizen.id"))
    valid_from: Mapped[date] = mapped_column()
    weekday: Mapped[int] = mapped_column()  # Monday is 0
    start_minute: Mapped[int] = mapped_column()  # minutes after midnight, Danish wall clock
    minutes: Mapped[int] = mapped_column()


class AttendanceEntry(db.Base):
    """What happened on a day; one row a day and person."""

    __tablename__ = "attendance_entry"
    __table_args__ = (sa.UniqueConstraint("citizen_id", "day"), db.D)

    id: Mapped[int] = mapped_column(primary_key=True)
    citizen_id: Mapped[int] = mapped_column(sa.ForeignKey("citizen.id"))
    day: Mapped[date] = mapped_column(index=True)
    mark: Mapped[AttendanceMark] = mapped_column(db.choice(AttendanceMark))
    notice_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    came_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)  # punctuality is told apart from having come
    by_staff_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff.account_id"))


class CaseloadDelegation(db.Base):
    """Somebody is away, and somebody else looks after their caseload meanwhile; the manager says so, dated."""

    __tablename__ = "caseload_delegation"
    __table_args__ = (
        sa.CheckConstraint("from_staff_id <> to_staff_id", name="two_people"),
        sa.CheckConstraint("until_on >= from_on", name="days"),
        sa.Index(None, "to_staff_id", "until_on"),
        db.D,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(sa.String(30), unique=True, default=crypto.new_public_id)
    from_staff_id: Mapped[int] = mapped_column(sa.ForeignKey("staff.account_id"))
    to_staff_id: Mapped[int] = mapped_column(sa.ForeignKey("staff.account_id"))
    from_on: Mapped[date] = mapped_column()
    until_on: Mapped[date] = mapped_column()  # the last day
    by_staff_id: Mapped[int] = mapped_column(sa.ForeignKey("staff.account_id"))
    made_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)  # taken back before its last day


class SealedNotesYes(db.Base):
    """A citizen said that their sealed notes may follow a delegation. Without the row they do not (decision 18)."""

    __tablename__ = "sealed_notes_yes"
    __table_args__ = (sa.UniqueConstraint("delegation_id", "citizen_id"), db.D)

    id: Mapped[int] = mapped_column(primary_key=True)
    delegation_id: Mapped[int] = mapped_column(sa.ForeignKey("caseload_delegation.id"))
    citizen_id: Mapped[int] = mapped_column(sa.ForeignKey("citizen.id"), index=True)
    said_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    by_staff_id: Mapped[int] = mapped_column(sa.ForeignKey("staff.account_id"))  # who heard it
