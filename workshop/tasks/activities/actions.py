"""What people do together: planned once or week by week, changed, called off, and who took part. Nothing about how."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.accounts.models import Department
from workshop.citizens.models import Citizen, Enrolment
from workshop.core import clock, crypto
from workshop.core.errors import Refusal
from workshop.core.i18n import _
from workshop.production.routines.closed import closed_days
from workshop.tasks.activities.models import GroupActivity, GroupActivityPart

FURTHEST_AHEAD = timedelta(days=366)
WEEK = timedelta(weeks=1)


class Shape(NamedTuple):
    """What an activity is, when and where; `start_minute` counts from midnight on the Danish wall clock."""

    title: str
    activity_kind_id: int
    place: str
    day: date
    start_minute: int
    minutes: int


def plan(
    session: Session,
    shape: Shape,
    *,
    department_id: int,
    until: date | None,
    people: Collection[Citizen],
    by_staff_id: int,
    now: datetime,
) -> list[GroupActivity]:
    """Put an activity on the board, on its day alone or each week until a last day; gives them by day.

    Days the house is closed are left out. Everybody is put on the days their stay covers. Raises Refusal for days gone
    by or too far ahead, when every day is closed, and when the same stands there already: a second press is no second
    activity.
    """
    _one_at_a_time(session, department_id)
    days = _days(shape.day, until, now)
    _must_be_new(session, department_id, shape, days)
    series = crypto.new_public_id() if until is not None and until != shape.day else ""
    made = [
        GroupActivity(
            **shape._replace(day=day)._asdict(), series=series, department_id=department_id, by_staff_id=by_staff_id
        )
        for day in days
    ]
    session.add_all(made)
    session.flush()
    _add_people(session, made, people)
    return made


def set_people(
    session: Session,
    activity: GroupActivity,
    people: Collection[Citizen],
    *,
    department_ids: Collection[int],
    is_for_all: bool,
    now: datetime,
) -> int:
    """Let exactly these of some departments take part, this time or from this time on; gives how many times that is.

    Whoever took part, or did not, keeps standing: what was said is not undone by a list. People of departments that
    whoever writes does not see stay as they are. Raises Refusal when it is called off or over.
    """
    _one_at_a_time(session, activity.department_id)
    _must_be_ahead(session, activity, now)
    times = _following(session, activity) if is_for_all else [activity]
    session.execute(
        sa.delete(GroupActivityPart).where(
            GroupActivityPart.activity_id.in_([each.id for each in times]),
            GroupActivityPart.took_part.is_(None),
            GroupActivityPart.citizen_id.in_(sa.select(Citizen.id).where(Citizen.department_id.in_(department_ids))),
        ),
        execution_options={"synchronize_session": "fetch"},
    )
    _add_people(session, times, people)
    return len(times)


def change(session: Session, activity: GroupActivity, shape: Shape, *, now: datetime) -> None:
    """Another day, time or place, this time alone. Raises Refusal when it is called off or over, and for a bad day."""
    _one_at_a_time(session, activity.department_id)
    _must_be_ahead(session, activity, now)
    if shape.day != activity.day or shape.start_minute != activity.start_minute or shape.title != activity.title:
        _must_be_new(session, activity.department_id, shape, _days(shape.day, None, now))
    for name, value in shape._asdict().items():
        setattr(activity, name, value)
    session.flush()


def cancel(session: Session, activity: GroupActivity, *, is_for_all: bool, now: datetime) -> int:
    """Call it off, this time or from this time on; gives how many were. A second time changes nothing.

    Raises Refusal for one that is over.
    """
    _one_at_a_time(session, activity.department_id)
    session.refresh(activity)
    if activity.day < clock.local_day(now):
        raise Refusal(_("Dagen er gået. Der er ikke noget at aflyse."))
    times = _following(session, activity) if is_for_all else [activity]
    off = [each for each in times if each.cancelled_at is None]
    for each in off:
        each.cancelled_at = now
    session.flush()
    return len(off)


def bring_back(session: Session, activity: GroupActivity, *, now: datetime) -> int:
    """What was called off is on again, and every time that was called off by the same press; gives how many.

    Nothing changes for one that is on. Whoever is not here any more by then is left out. Raises Refusal when its day is
    over, and when the same stands there by now.
    """
    _one_at_a_time(session, activity.department_id)
    session.refresh(activity)
    if activity.cancelled_at is None:
        return 0
    if activity.day < clock.local_day(now):
        raise Refusal(_("Dagen er gået, og det står, som det var."))
    times = list(session.scalars(called_off_together(activity, clock.local_day(now))))
    for each in times:
        shape = Shape(each.title, each.activity_kind_id, each.place, each.day, each.start_minute, each.minutes)
        _must_be_new(session, each.department_id, shape, [each.day])
    for each in times:
        each.cancelled_at = None
    session.flush()
    _leave_out_who_left(session, times)
    return len(times)


def called_off_together(activity: GroupActivity, today: date) -> sa.Select[GroupActivity]:
    """This activity and those of its series that one press called off, from `today` on, by day."""
    same = sa.and_(
        GroupActivity.series == activity.series,
        GroupActivity.series != "",
        GroupActivity.cancelled_at == activity.cancelled_at,
        GroupActivity.day >= today,
    )
    return sa.select(GroupActivity).where(sa.or_(GroupActivity.id == activity.id, same)).order_by(GroupActivity.day)


def say_who_came(
    session: Session,
    activity: GroupActivity,
    took_part: Mapping[int, bool | None],
    *,
    by_staff_id: int,
    now: datetime,
) -> None:
    """Write for each person on the list whether they took part; None takes it back.

    Raises Refusal before its day, and when it was called off. Whoever is not on the list is left out.
    """
    if activity.cancelled_at is not None:
        raise Refusal(_("Aktiviteten er aflyst."))
    if activity.day > clock.local_day(now):
        raise Refusal(_("Dagen er ikke kommet endnu. Skriv, hvem der var med, når den er."))
    parts = session.scalars(
        sa.select(GroupActivityPart).where(GroupActivityPart.activity_id == activity.id).with_for_update()
    ).all()
    for part in parts:
        if part.citizen_id not in took_part or part.took_part is took_part[part.citizen_id]:
            continue
        part.took_part = took_part[part.citizen_id]
        part.said_at = now if part.took_part is not None else None
        part.by_staff_id = by_staff_id if part.took_part is not None else None
    session.flush()


def _one_at_a_time(session: Session, department_id: int) -> None:
    """Two who plan in a department come after one another; keys into its row stay free."""
    session.execute(sa.select(Department.id).where(Department.id == department_id).with_for_update(key_share=True))


def _days(first: date, until: date | None, now: datetime) -> list[date]:
    today, last = clock.local_day(now), until or first
    if first < today:
        raise Refusal(_("Dagen er gået. Vælg i dag eller en dag frem."))
    if last < first:
        raise Refusal(_("Den sidste dag ligger før den første. Ret en af dem."))
    if last > today + FURTHEST_AHEAD:
        raise Refusal(_("Dagen ligger mere end et år frem. Vælg en dag før."))
    closed = closed_days(first, last)
    wanted = [first + WEEK * week for week in range((last - first).days // 7 + 1)]
    days = [day for day in wanted if day not in closed]
    if not days:
        raise Refusal(_("Huset er lukket: %(name)s. Vælg en anden dag.", name=closed[first]))
    return days


def _must_be_new(session: Session, department_id: int, shape: Shape, days: Sequence[date]) -> None:
    same = sa.select(GroupActivity.day).where(
        GroupActivity.department_id == department_id,
        GroupActivity.day.in_(days),
        GroupActivity.title == shape.title,
        GroupActivity.start_minute == shape.start_minute,
        GroupActivity.cancelled_at.is_(None),
    )
    found = session.scalar(same.order_by(GroupActivity.day).limit(1))
    if found is not None:
        day = clock.day_text(found)
        raise Refusal(_("%(title)s står der allerede %(day)s på det klokkeslæt.", title=shape.title, day=day))


def _must_be_ahead(session: Session, activity: GroupActivity, now: datetime) -> None:
    session.refresh(activity)
    if activity.cancelled_at is not None:
        raise Refusal(_("Aktiviteten er aflyst."))
    if activity.day < clock.local_day(now):
        raise Refusal(_("Dagen er gået, og det står, som det var."))


def _following(session: Session, activity: GroupActivity) -> list[GroupActivity]:
    """This one and those after it in its series, without what was called off."""
    if not activity.series:
        return [activity]
    return list(
        session.scalars(
            sa.select(GroupActivity)
            .where(
                GroupActivity.series == activity.series,
                GroupActivity.day >= activity.day,
                GroupActivity.cancelled_at.is_(None),
            )
            .order_by(GroupActivity.day)
        )
    )


def _leave_out_who_left(session: Session, times: Sequence[GroupActivity]) -> None:
    """Take those off whose stay no longer covers the day, where nobody has said whether they took part."""
    for each in times:
        here = sa.select(Enrolment.citizen_id).where(
            Enrolment.started_on <= each.day, sa.or_(Enrolment.ends_on.is_(None), Enrolment.ends_on >= each.day)
        )
        session.execute(
            sa.delete(GroupActivityPart).where(
                GroupActivityPart.activity_id == each.id,
                GroupActivityPart.took_part.is_(None),
                GroupActivityPart.citizen_id.not_in(here),
            ),
            execution_options={"synchronize_session": "fetch"},
        )


def _add_people(session: Session, times: Sequence[GroupActivity], people: Collection[Citizen]) -> None:
    """Put people on the days their stay covers, where they do not stand already."""
    ids = {each.id for each in people}
    stays = session.execute(
        sa.select(Enrolment.citizen_id, Enrolment.started_on, Enrolment.ends_on).where(Enrolment.citizen_id.in_(ids))
    ).all()
    there = {
        (activity_id, citizen_id)
        for activity_id, citizen_id in session.execute(
            sa.select(GroupActivityPart.activity_id, GroupActivityPart.citizen_id).where(
                GroupActivityPart.activity_id.in_([each.id for each in times])
            )
        )
    }
    wanted = {
        (each.id, stay.citizen_id)
        for each in times
        for stay in stays
        if stay.started_on <= each.day and (stay.ends_on is None or each.day <= stay.ends_on)
    }
    session.add_all(
        GroupActivityPart(activity_id=activity_id, citizen_id=citizen_id)
        for activity_id, citizen_id in sorted(wanted - there)
    )
    session.flush()
