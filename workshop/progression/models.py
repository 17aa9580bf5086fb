"""The development plan, its goals, the talks, and the levels agreed at them. Evidence is a query, never a table."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from workshop.core import crypto, db
from workshop.progression.goal_rules import GoalState


class GoalKind(StrEnum):
    """What a goal is about."""

    COMPETENCE = "competence"
    ATTENDANCE = "attendance"
    HOURS = "hours"
    OWN_WORDS = "own_words"


class DevelopmentPlan(db.Base):
    """The plan written with a citizen."""

    __tablename__ = "development_plan"
    __table_args__ = db.D

    id: Mapped[int] = mapped_column(primary_key=True)
    citizen_id: Mapped[int] = mapped_column(sa.ForeignKey("citizen.id"), unique=True)
    where_i_am: Mapped[str] = mapped_column(sa.Text, default="")  # the citizen's own words
    where_i_want_to_be: Mapped[str] = mapped_column(sa.Text, default="")
    interests: Mapped[str] = mapped_column(sa.Text, default="")  # what was tried and liked
    strengths: Mapped[str] = mapped_column(sa.Text, default="")
    started_on: Mapped[date] = mapped_column()
    version: Mapped[int] = mapped_column(default=1)  # the newest row of PlanVersion, once there is one


class PlanVersion(db.Base):
    """The plan's words as they stood from a moment on. Rows are added, never changed."""

    __tablename__ = "plan_version"
    __table_args__ = (sa.UniqueConstraint("plan_id", "version"), db.D)

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(sa.ForeignKey("development_plan.id"))
    version: Mapped[int] = mapped_column()
    where_i_am: Mapped[str] = mapped_column(sa.Text)
    where_i_want_to_be: Mapped[str] = mapped_column(sa.Text)
    interests: Mapped[str] = mapped_column(sa.Text)
    strengths: Mapped[str] = mapped_column(sa.Text)
    written_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    by_account_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id"))  # the citizen, or staff with them


class Goal(db.Base):
    """A goal of a plan; its state is set by people, the computed one only suggests."""

    __tablename__ = "goal"
    __table_args__ = (
        sa.CheckConstraint("target_level IS NULL OR target_level BETWEEN 1 AND 4", name="target"),
        sa.CheckConstraint("target_of_ten IS NULL OR target_of_ten BETWEEN 1 AND 10", name="target_of_ten"),
        sa.CheckConstraint("target_hours IS NULL OR target_hours BETWEEN 1 AND 37", name="target_hours"),
        db.D,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(sa.String(30), unique=True, default=crypto.new_public_id)
    plan_id: Mapped[int] = mapped_column(sa.ForeignKey("development_plan.id"), index=True)
    kind: Mapped[GoalKind] = mapped_column(db.choice(GoalKind))
    title: Mapped[str] = mapped_column(sa.String(200))
    competence_id: Mapped[int | None] = mapped_column(sa.ForeignKey("competence.id"))
    target_level: Mapped[int | None] = mapped_column()
    target_of_ten: Mapped[int | None] = mapped_column()  # attendance: so many of ten agreed days
    target_hours: Mapped[int | None] = mapped_column()  # hours: so many a week
    state: Mapped[GoalState] = mapped_column(db.choice(GoalState))
    own_words: Mapped[str] = mapped_column(sa.String(400), default="")
    started_on: Mapped[date] = mapped_column()
    ended_on: Mapped[date | None] = mapped_column()  # reached, adjusted or stopped; it stays readable
    replaces_id: Mapped[int | None] = mapped_column(sa.ForeignKey("goal.id"))  # the goal that was adjusted into this
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 — SQLAlchemy's own protocol


class SubGoal(db.Base):
    """A small step of a goal (delmål), in the same six states; people set them."""

    __tablename__ = "sub_goal"
    __table_args__ = (sa.UniqueConstraint("goal_id", "position"), db.D)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(sa.String(30), unique=True, default=crypto.new_public_id)
    goal_id: Mapped[int] = mapped_column(sa.ForeignKey("goal.id"))
    position: Mapped[int] = mapped_column()
    title: Mapped[str] = mapped_column(sa.String(200))
    state: Mapped[GoalState] = mapped_column(db.choice(GoalState))
    started_on: Mapped[date] = mapped_column()
    ended_on: Mapped[date | None] = mapped_column()
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 — SQLAlchemy's own protocol


class GoalChange(db.Base):
    """A state people set for a goal or one of its steps, with the citizen's word. Rows are added, never changed."""

    __tablename__ = "goal_change"
    __table_args__ = db.D

    id: Mapped[int] = mapped_column(primary_key=True)
    goal_id: Mapped[int] = mapped_column(sa.ForeignKey("goal.id"), index=True)
    sub_goal_id: Mapped[int | None] = mapped_column(sa.ForeignKey("sub_goal.id"), index=True)
    state: Mapped[GoalState] = mapped_column(db.choice(GoalState))
    own_words: Mapped[str] = mapped_column(sa.String(400), default="")
    at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    by_staff_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff.account_id"))  # empty: the citizen alone


class GoalExample(db.Base):
    """Something seen that belongs to a goal, in words the citizen may read."""

    __tablename__ = "goal_example"
    __table_args__ = db.D

    id: Mapped[int] = mapped_column(primary_key=True)
    goal_id: Mapped[int] = mapped_column(sa.ForeignKey("goal.id"), index=True)
    sub_goal_id: Mapped[int | None] = mapped_column(sa.ForeignKey("sub_goal.id"))
    seen_on: Mapped[date] = mapped_column()
    sentence: Mapped[str] = mapped_column(sa.String(300))
    by_staff_id: Mapped[int] = mapped_column(sa.ForeignKey("staff.account_id"))


class Talk(db.Base):
    """A talk that staff open with a citizen; only here is the computed indication shown."""

    __tablename__ = "talk"
    __table_args__ = db.D

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(sa.String(30), unique=True, default=crypto.new_public_id)
    citizen_id: Mapped[int] = mapped_column(sa.ForeignKey("citizen.id"), index=True)
    opened_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    by_staff_id: Mapped[int] = mapped_column(sa.ForeignKey("staff.account_id"))


class AdoptedLevel(db.Base):
    """A level agreed at a talk, with the citizen's own words and own view. Rows are added, never changed."""

    __tablename__ = "adopted_level"
    __table_args__ = (
        sa.UniqueConstraint("talk_id", "competence_id"),
        sa.CheckConstraint("level BETWEEN 0 AND 4", name="level"),
        sa.CheckConstraint("own_level IS NULL OR own_level BETWEEN 0 AND 4", name="own_level"),
        sa.Index(None, "citizen_id", "competence_id", "adopted_on"),
        db.D,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    talk_id: Mapped[int] = mapped_column(sa.ForeignKey("talk.id"))
    citizen_id: Mapped[int] = mapped_column(sa.ForeignKey("citizen.id"))
    competence_id: Mapped[int] = mapped_column(sa.ForeignKey("competence.id"))
    level: Mapped[int] = mapped_column()
    adopted_on: Mapped[date] = mapped_column()
    by_staff_id: Mapped[int] = mapped_column(sa.ForeignKey("staff.account_id"))
    own_level: Mapped[int | None] = mapped_column()  # only an older program writes it; OwnLevel is the series
    own_words: Mapped[str] = mapped_column(sa.String(400), default="")
    note: Mapped[str] = mapped_column(sa.String(400), default="")  # why, where it differs from the indication
    indicated_level: Mapped[int | None] = mapped_column()  # what the rule said that day
    parameters_version: Mapped[int] = mapped_column(default=1)


class OwnLevel(db.Base):
    """What the citizen says of themselves at a talk, on the same anchors: a series of its own, never averaged.

    Without a level it says "ønsker ikke". Rows are added, never changed.
    """

    __tablename__ = "own_level"
    __table_args__ = (
        sa.UniqueConstraint("talk_id", "competence_id"),
        sa.CheckConstraint("level IS NULL OR level BETWEEN 0 AND 4", name="level"),
        sa.Index(None, "citizen_id", "competence_id", "said_on"),
        db.D,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    talk_id: Mapped[int] = mapped_column(sa.ForeignKey("talk.id"))
    citizen_id: Mapped[int] = mapped_column(sa.ForeignKey("citizen.id"))
    competence_id: Mapped[int] = mapped_column(sa.ForeignKey("competence.id"))
    level: Mapped[int | None] = mapped_column()
    own_words: Mapped[str] = mapped_column(sa.String(400), default="")
    said_on: Mapped[date] = mapped_column()
