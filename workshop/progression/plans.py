"""The plan written with a citizen: its words, in versions that are added and never changed."""

from __future__ import annotations

from datetime import datetime, time
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.accounts.models import Staff
from workshop.citizens.models import Citizen
from workshop.core import clock
from workshop.core.errors import Refusal
from workshop.core.i18n import _
from workshop.progression.models import DevelopmentPlan, PlanVersion

STARTED_AT = time(12)
"""When the words of a plan older than its versions count as written: noon of the day it began."""


class ChangedMeanwhile(Refusal):
    """Somebody else wrote while the form was open; the page shows both."""


class Words(NamedTuple):
    """What a plan says, all of it in words the citizen can read."""

    where_i_am: str
    where_i_want_to_be: str
    interests: str
    strengths: str


class VersionRow(NamedTuple):
    """The plan as it stood from a moment on. `by_name` is whoever of the staff wrote it with the citizen, or empty."""

    version: int
    words: Words
    written_at: datetime
    by_name: str


def write(
    session: Session,
    *,
    citizen_id: int,
    where_i_am: str,
    where_i_want_to_be: str,
    interests: str,
    strengths: str,
    by_account_id: int,
    now: datetime,
    seen_version: int | None = None,
) -> DevelopmentPlan:
    """The plan's words; the first time this starts the plan. Another version is added only where a word is new.

    `by_account_id` is the citizen's own account, or that of staff who wrote with them. `seen_version` is what the form
    was filled from. Raises ChangedMeanwhile where somebody wrote after that.
    """
    said = Words(where_i_am, where_i_want_to_be, interests, strengths)
    citizen = session.get_one(Citizen, citizen_id, with_for_update=True)  # two who begin the same plan take turns
    plan = session.scalar(
        sa.select(DevelopmentPlan)
        .where(DevelopmentPlan.citizen_id == citizen_id)
        .execution_options(populate_existing=True)
    )
    if plan is None:
        plan = DevelopmentPlan(citizen_id=citizen_id, started_on=clock.local_day(now), **said._asdict())
        session.add(plan)
        session.flush()
        _keep(session, plan, by_account_id, now)
        return plan
    if said == words_of(plan):
        return plan
    if seen_version not in (None, plan.version):
        raise ChangedMeanwhile(_("En anden har rettet imens. Se det nye, og gem igen, hvis det stadig passer."))
    _keep_what_stood_before(session, plan, citizen)
    for name, words in said._asdict().items():
        setattr(plan, name, words)
    plan.version += 1
    session.flush()
    _keep(session, plan, by_account_id, now)
    return plan


def begin(session: Session, *, citizen_id: int, by_account_id: int, now: datetime) -> DevelopmentPlan:
    """The citizen's plan, begun without words where there is none yet: a first goal may come before them."""
    plan = session.scalar(sa.select(DevelopmentPlan).where(DevelopmentPlan.citizen_id == citizen_id))
    if plan is not None:
        return plan
    nothing = Words("", "", "", "")
    return write(session, citizen_id=citizen_id, by_account_id=by_account_id, now=now, **nothing._asdict())


def words_of(plan: DevelopmentPlan) -> Words:
    """What the plan says now."""
    return Words(plan.where_i_am, plan.where_i_want_to_be, plan.interests, plan.strengths)


def versions(session: Session, plan_id: int) -> list[VersionRow]:
    """Every version of the plan's words, the newest first."""
    rows = session.execute(
        sa.select(PlanVersion, Staff.name)
        .outerjoin(Staff, Staff.account_id == PlanVersion.by_account_id)
        .where(PlanVersion.plan_id == plan_id)
        .order_by(PlanVersion.version.desc())
    )
    return [
        VersionRow(
            row.version,
            Words(row.where_i_am, row.where_i_want_to_be, row.interests, row.strengths),
            row.written_at,
            name or "",
        )
        for row, name in rows
    ]


def _keep_what_stood_before(session: Session, plan: DevelopmentPlan, citizen: Citizen) -> None:
    """A plan older than its versions gets its first one: the words are the citizen's, from the day it began."""
    is_kept = session.scalar(sa.select(sa.exists().where(PlanVersion.plan_id == plan.id)))
    if not is_kept:
        _keep(session, plan, citizen.account_id, clock.at(plan.started_on, STARTED_AT))


def _keep(session: Session, plan: DevelopmentPlan, by_account_id: int, at: datetime) -> None:
    session.add(
        PlanVersion(
            plan_id=plan.id,
            version=plan.version,
            written_at=at,
            by_account_id=by_account_id,
            **words_of(plan)._asdict(),
        )
    )
    session.flush()
