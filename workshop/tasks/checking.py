"""What has to hold before a record is written or confirmed: whose people they are, the day, the minutes, the hand."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.citizens import queries as citizens
from workshop.citizens.models import Citizen
from workshop.core import clock, house_rules
from workshop.core.access import Actor
from workshop.core.errors import Forbidden, NotHere, Refusal
from workshop.core.i18n import _
from workshop.tasks.models import Participation, RecordStatus, TaskRecord
from workshop.tasks.results import MOST_MINUTES, PartMarks

MINUTES_OF_A_DAY = 24 * 60


class OwnEntry(Refusal):
    """The workshop wants four eyes, and these are the two that wrote it."""


def allow(session: Session, actor: Actor, citizen_ids: Collection[int]) -> None:
    """Raises Forbidden without `record:confirm`, NotHere for nobody at all or somebody of another department."""
    if not actor.may("record:confirm"):
        raise Forbidden
    wanted = set(citizen_ids)
    departments = session.execute(sa.select(Citizen.id, Citizen.department_id).where(Citizen.id.in_(wanted))).all()
    is_known = len(departments) == len(wanted) == len(citizen_ids) and wanted
    if not is_known or any(row.department_id not in actor.department_ids for row in departments):
        raise NotHere


def four_eyes(session: Session, record: TaskRecord, actor: Actor) -> None:
    """Raises OwnEntry for what the actor wrote themselves, where the workshop has turned four eyes on."""
    if record.recorded_by_id == actor.account_id and house_rules.is_on(session, house_rules.FOUR_EYES):
        raise OwnEntry(_("Du har selv skrevet den. En kollega bekræfter."))


def second_pair(session: Session, record: TaskRecord, actor: Actor) -> None:
    """Raises OwnEntry for voiding what the actor alone confirmed, where the workshop has turned four eyes on."""
    if record.confirmed_by_id == actor.account_id and house_rules.is_on(session, house_rules.FOUR_EYES):
        raise OwnEntry(_("Du har selv bekræftet den. En kollega annullerer."))


def check_day(session: Session, parts: Sequence[PartMarks], done_on: date, now: datetime) -> None:
    """Raises Refusal for a day to come, and one outside somebody's stay."""
    if done_on > clock.local_day(now):
        raise Refusal(_("Dagen er ikke kommet endnu. En registrering handler om noget, der er sket."))
    if not all(citizens.is_enrolled(session, marks.citizen_id, done_on) for marks in parts):
        raise Refusal(_("Dagen ligger uden for forløbet. Ret datoen eller forløbet."))


def check_minutes(parts: Sequence[PartMarks]) -> None:
    """Raises Refusal for minutes that cannot be, and for half an assessment."""
    for marks in parts:
        if marks.minutes is not None and not 0 <= marks.minutes <= MOST_MINUTES:
            raise Refusal(_("Minutter skal være mellem 0 og %(most)s.", most=MOST_MINUTES))
        if (marks.support is None) != (marks.quality is None):
            raise Refusal(_("Vælg både støtte og kvalitet, eller “Ikke vurderet i dag”."))


def check_whole_day(session: Session, record: TaskRecord, marks: PartMarks) -> None:
    """Nobody works more than a day has: more is a slip of the pen. Raises Refusal."""
    others = session.scalar(
        sa.select(sa.func.coalesce(sa.func.sum(Participation.minutes), 0))
        .join(TaskRecord, TaskRecord.id == Participation.record_id)
        .where(
            Participation.citizen_id == marks.citizen_id,
            TaskRecord.done_on == record.done_on,
            TaskRecord.status == RecordStatus.CONFIRMED,
            TaskRecord.id.not_in([record.id, record.supersedes_id or record.id]),
        )
    )
    if (others or 0) + (marks.minutes or 0) > MINUTES_OF_A_DAY:
        raise Refusal(_("Dagens minutter bliver til mere end et døgn. Ret minutterne."))
