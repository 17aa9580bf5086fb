"""What people do, written down: competences, assignments, records and each person's part in them. Zone D."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workshop.core import crypto, db
from workshop.production.models import OrderStep, TaskType
from workshop.tasks.marks import Quality, Support


class LinkRole(StrEnum):
    """Evidence through a contributing link never counts for more than level 2."""

    CORE = "core"
    CONTRIBUTING = "contributing"


class AssignmentState(StrEnum):
    """A task given to a person for a day."""

    PLANNED = "planned"
    STARTED = "started"
    FINISHED = "finished"
    CANCELLED = "cancelled"


class RecordStatus(StrEnum):
    """Only confirmed records count; corrections append and leave the old version standing as superseded."""

    DRAFT = "draft"
    CONFIRMED = "confirmed"
    SUPERSEDED = "superseded"
    VOIDED = "voided"


class Feeling(StrEnum):
    """How it felt; skippable, and never compared with a level."""

    GOOD = "good"
    OKAY = "okay"
    HARD = "hard"


class Competence(db.Base):
    """Something a person can show, with words for each level."""

    __tablename__ = "competence"
    __table_args__ = db.D

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(40), unique=True)
    group: Mapped[str] = mapped_column(sa.String(40))
    name: Mapped[str] = mapped_column(sa.String(100))
    i_can: Mapped[str] = mapped_column(sa.String(200))
    anchor_1: Mapped[str] = mapped_column(sa.String(300))
    anchor_2: Mapped[str] = mapped_column(sa.String(300))
    anchor_3: Mapped[str] = mapped_column(sa.String(300))
    anchor_4: Mapped[str] = mapped_column(sa.String(300))
    esco_uri: Mapped[str] = mapped_column(sa.String(200), default="")
    is_used: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)  # of its words; the words of each are in CompetenceVersion


class CompetenceVersion(db.Base):
    """The words of a competence as staff wrote them, from a day on. Rows are added, never changed."""

    __tablename__ = "competence_version"
    __table_args__ = (sa.UniqueConstraint("competence_id", "version"), db.D)

    id: Mapped[int] = mapped_column(primary_key=True)
    competence_id: Mapped[int] = mapped_column(sa.ForeignKey("competence.id"))
    version: Mapped[int] = mapped_column()
    name: Mapped[str] = mapped_column(sa.String(100))
    i_can: Mapped[str] = mapped_column(sa.String(200))
    anchor_1: Mapped[str] = mapped_column(sa.String(300))
    anchor_2: Mapped[str] = mapped_column(sa.String(300))
    anchor_3: Mapped[str] = mapped_column(sa.String(300))
    anchor_4: Mapped[str] = mapped_column(sa.String(300))
    why: Mapped[str] = mapped_column(sa.String(300), default="")
    written_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    by_staff_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff.account_id"))  # empty: the starter catalogue


class TaskCompetenceLink(db.Base):
    """What a task can show. Versioned by date: a record uses the link valid on its day.

    `usual_need` is the level the task usually asks of whoever does it alone, 0 to 4 (decision 24); it says something
    about the task, and is held against one person at a time.
    """

    __tablename__ = "task_competence_link"
    __table_args__ = (
        sa.UniqueConstraint("task_type_id", "competence_id", "valid_from"),
        sa.CheckConstraint("usual_need BETWEEN 0 AND 4", name="usual_need"),
        db.D,
    )

    FROM_THE_START = date(2020, 1, 1)
    USUAL = 2

    id: Mapped[int] = mapped_column(primary_key=True)
    task_type_id: Mapped[int] = mapped_column(sa.ForeignKey("task_type.id"))
    competence_id: Mapped[int] = mapped_column(sa.ForeignKey("competence.id"), index=True)
    role: Mapped[LinkRole] = mapped_column(db.choice(LinkRole))
    valid_from: Mapped[date] = mapped_column()
    valid_to: Mapped[date | None] = mapped_column()  # last day, included
    usual_need: Mapped[int] = mapped_column(default=USUAL)
    why: Mapped[str] = mapped_column(sa.String(300), default="")  # of a change
    written_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    by_staff_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff.account_id"))  # empty: the starter catalogue


class Assignment(db.Base):
    """A step of an order, or a plain task, given to one person for one day."""

    __tablename__ = "assignment"
    __table_args__ = (sa.Index(None, "citizen_id", "day"), sa.Index(None, "day"), db.D)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(sa.String(30), unique=True, default=crypto.new_public_id)
    citizen_id: Mapped[int] = mapped_column(sa.ForeignKey("citizen.id"))
    task_type_id: Mapped[int] = mapped_column(sa.ForeignKey("task_type.id"))
    order_step_id: Mapped[int | None] = mapped_column(sa.ForeignKey("order_step.id"), index=True)
    routine_day_id: Mapped[int | None] = mapped_column(sa.ForeignKey("routine_day.id"), index=True)
    visit_id: Mapped[int | None] = mapped_column(sa.ForeignKey("service_visit.id"), index=True)
    title: Mapped[str] = mapped_column(sa.String(150))
    day: Mapped[date] = mapped_column()
    start_minute: Mapped[int | None] = mapped_column()  # minutes after midnight, Danish wall clock
    state: Mapped[AssignmentState] = mapped_column(db.choice(AssignmentState), default=AssignmentState.PLANNED)
    started_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)  # dropped at confirmation (decision 21)
    finished_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    paused_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)  # now on a break; the times go at confirmation
    paused_seconds: Mapped[int] = mapped_column(default=0)  # breaks that are over
    declined_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)  # "nej tak", without a reason; then cancelled
    by_staff_id: Mapped[int] = mapped_column(sa.ForeignKey("staff.account_id"))
    version: Mapped[int] = mapped_column(default=1)

    task_type: Mapped[TaskType] = relationship(lazy="raise")
    order_step: Mapped[OrderStep | None] = relationship(lazy="raise")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 — SQLAlchemy's own protocol


class TeamMember(db.Base):
    """Who is usually in a team of the garden service; each visit still says for itself who takes part."""

    __tablename__ = "team_member"
    __table_args__ = db.D

    resource_id: Mapped[int] = mapped_column(sa.ForeignKey("service_resource.id"), primary_key=True)
    citizen_id: Mapped[int] = mapped_column(sa.ForeignKey("citizen.id"), primary_key=True)


class FinishTicket(db.Base):
    """Starting a task gives its tablet one ticket; a finish sent late counts for its owner, and only once."""

    __tablename__ = "finish_ticket"
    __table_args__ = db.D

    id: Mapped[int] = mapped_column(primary_key=True)
    assignment_id: Mapped[int] = mapped_column(sa.ForeignKey("assignment.id"), index=True)
    device_id: Mapped[int] = mapped_column(sa.ForeignKey("device.id"))
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)


class TaskRecord(db.Base):
    """Work that was done, on a day. Versions are rows: (assignment, version) is unique, so a finish counts once."""

    __tablename__ = "task_record"
    __table_args__ = (
        sa.UniqueConstraint("assignment_id", "version"),
        sa.UniqueConstraint("print_job_id", "version"),
        sa.UniqueConstraint("stock_count_id", "version"),
        sa.Index(None, "status", "done_on"),
        db.D,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(sa.String(30), unique=True, default=crypto.new_public_id)
    assignment_id: Mapped[int | None] = mapped_column(sa.ForeignKey("assignment.id"))
    version: Mapped[int] = mapped_column(default=1)
    supersedes_id: Mapped[int | None] = mapped_column(sa.ForeignKey("task_record.id"))
    task_type_id: Mapped[int] = mapped_column(sa.ForeignKey("task_type.id"), index=True)
    order_step_id: Mapped[int | None] = mapped_column(sa.ForeignKey("order_step.id"))
    visit_id: Mapped[int | None] = mapped_column(sa.ForeignKey("service_visit.id"), index=True)
    item_id: Mapped[int | None] = mapped_column(sa.ForeignKey("item.id"), index=True)
    print_job_id: Mapped[int | None] = mapped_column(sa.ForeignKey("print_job.id"))  # a run of labels is work too
    stock_count_id: Mapped[int | None] = mapped_column(sa.ForeignKey("stock_count.id"))
    title: Mapped[str] = mapped_column(sa.String(150))
    done_on: Mapped[date] = mapped_column()
    status: Mapped[RecordStatus] = mapped_column(db.choice(RecordStatus), default=RecordStatus.DRAFT)
    recorded_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    recorded_by_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id"))
    confirmed_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    confirmed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff.account_id"))
    why: Mapped[str] = mapped_column(sa.String(300), default="")  # of a correction or a void

    participations: Mapped[list[Participation]] = relationship(lazy="raise", back_populates="record")


class Participation(db.Base):
    """One person's part in a record: own minutes, own support, own quality."""

    __tablename__ = "participation"
    __table_args__ = (
        sa.UniqueConstraint("record_id", "citizen_id"),
        sa.CheckConstraint("minutes IS NULL OR minutes BETWEEN 0 AND 600", name="minutes_within_a_day"),
        # What the competence rule reads of a person stands in the index itself: the parts of one person lie scattered
        # among everybody's, and fetching each cost half of the page's SQL. The text, seldom there, has one of its own.
        sa.Index("ix_participation_marks", "citizen_id", "record_id", "minutes", "support", "quality", "is_joint"),
        sa.Index(
            "ix_participation_observed",
            "citizen_id",
            "record_id",
            sqlite_where=sa.text("observation <> ''"),
            postgresql_where=sa.text("observation <> ''"),
        ),
        db.D,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    record_id: Mapped[int] = mapped_column(sa.ForeignKey("task_record.id"))
    citizen_id: Mapped[int] = mapped_column(sa.ForeignKey("citizen.id"))
    minutes: Mapped[int | None] = mapped_column()
    support: Mapped[Support | None] = mapped_column(db.choice(Support))
    quality: Mapped[Quality | None] = mapped_column(db.choice(Quality))
    is_joint: Mapped[bool] = mapped_column(default=False)  # quality seen for the whole team
    felt: Mapped[Feeling | None] = mapped_column(db.choice(Feeling))
    observation: Mapped[str] = mapped_column(sa.Text, default="")  # written to be read by the citizen

    record: Mapped[TaskRecord] = relationship(lazy="raise", back_populates="participations")
