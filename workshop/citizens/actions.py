"""What changes citizens: arriving, the agreed days, attendance, the contact person."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.accounts import actions as accounts
from workshop.citizens.attendance import AttendanceMark
from workshop.citizens.models import AttendanceEntry, Citizen, ContactPerson, Enrolment, WeekPlanDay
from workshop.core import clock, crypto, db
from workshop.core.errors import Refusal
from workshop.core.i18n import _
from workshop.core.pictures import PICTURES
from workshop.core.text import clean, sort_key

NINE = 9 * 60
USUAL_MINUTES = 5 * 60


def add_citizen(
    session: Session,
    *,
    full_name: str,
    display_name: str,
    picture: str,
    department_id: int,
    pin: str,
    pepper: str,
    programme_type_id: int,
    started_on: date,
    ends_on: date | None,
    contact_staff_id: int,
    now: datetime,
    cheap: bool = False,
    language: str = "da",
    weekdays: Iterable[int] = range(5),
    start_minute: int = NINE,
    minutes: int = USUAL_MINUTES,
    days: Iterable[tuple[int, int, int]] | None = None,
    public_id: str = "",
) -> Citizen:
    """Somebody begins in the workshop: account with PIN, enrolment, contact person and the first week plan.

    `weekdays`: Monday is 0; `days` gives each day times of its own, as `set_week_plan` takes them. Raises Refusal when
    the picture is unknown or taken in the department.
    """
    check_picture(session, department_id, picture)
    account = accounts.add_citizen_account(session, pin=pin, pepper=pepper, now=now, cheap=cheap)
    name = clean(full_name)
    citizen = Citizen(
        public_id=public_id or crypto.new_public_id(),
        account_id=account.id,
        full_name=name,
        display_name=clean(display_name),
        picture=picture,
        language=language,
        department_id=department_id,
        sort_name=sort_key(name),
    )
    session.add(citizen)
    session.flush()
    enrol(session, citizen, programme_type_id=programme_type_id, started_on=started_on, ends_on=ends_on)
    session.add(ContactPerson(citizen_id=citizen.id, staff_id=contact_staff_id, from_on=started_on))
    alike = [(weekday, start_minute, minutes) for weekday in weekdays]
    set_week_plan(session, citizen, valid_from=started_on, days=alike if days is None else days)
    return citizen


def enrol(
    session: Session, citizen: Citizen, *, programme_type_id: int, started_on: date, ends_on: date | None
) -> Enrolment:
    """A stay in the workshop. Raises Refusal when it ends before it begins."""
    if ends_on is not None and ends_on < started_on:
        raise Refusal(_("Forløbet slutter, før det begynder. Ret en af datoerne."))
    enrolment = Enrolment(
        citizen_id=citizen.id, programme_type_id=programme_type_id, started_on=started_on, ends_on=ends_on
    )
    session.add(enrolment)
    session.flush()
    return enrolment


def set_week_plan(
    session: Session,
    citizen: Citizen,
    *,
    valid_from: date,
    days: Iterable[tuple[int, int, int]],
    today: date | None = None,
) -> None:
    """The agreed days from a date on: (weekday, start in minutes after midnight, minutes). Older versions stay.

    With `today`, a version that begins today or later can be put right: the new one takes its place. Raises Refusal
    when there is a version from that date already otherwise, or no day in it.
    """
    agreed = list(days)
    if not agreed:
        raise Refusal(_("Vælg mindst én dag. En aftale uden dage er et ophold, der er slut."))
    same_day = sa.and_(WeekPlanDay.citizen_id == citizen.id, WeekPlanDay.valid_from == valid_from)
    if today is not None and valid_from >= today:
        session.execute(sa.select(Citizen.id).where(Citizen.id == citizen.id).with_for_update())  # one at a time
        session.execute(sa.delete(WeekPlanDay).where(same_day))
    taken = sa.select(WeekPlanDay.id).where(same_day)
    if session.scalar(taken.limit(1)) is not None:
        raise Refusal(_("Der er allerede en aftale, der gælder fra den dag. Vælg en anden dag."))
    session.add_all(
        WeekPlanDay(citizen_id=citizen.id, valid_from=valid_from, weekday=day, start_minute=start, minutes=minutes)
        for day, start, minutes in agreed
    )
    session.flush()


def mark_attendance(
    session: Session,
    *,
    citizen: Citizen,
    day: date,
    mark: AttendanceMark,
    now: datetime,
    by_staff_id: int | None,
    notice_at: datetime | None = None,
    came_at: datetime | None = None,
) -> AttendanceEntry:
    """Write what was seen on a day; a second mark for the day replaces the first. Facts only, never a cause.

    `came_at` is when somebody came, where staff saw it. Raises Refusal for a day to come, except what is known
    beforehand: a notice, or an agreed day off; and for a time that has not been yet.
    """
    known_beforehand = {AttendanceMark.NOTIFIED, AttendanceMark.AGREED_AWAY}
    if day > clock.local_day(now) and mark not in known_beforehand:
        raise Refusal(_("Dagen er ikke kommet endnu. Skriv fremmøde, når den er her."))
    if came_at is not None and came_at > now:
        raise Refusal(_("Klokken er ikke blevet så mange endnu. Ret tiden."))
    # Two colleagues may write the same day at once: the row is there after this, whoever made it.
    db.add_unless_there(session, AttendanceEntry, {"citizen_id": citizen.id, "day": day, "mark": mark})
    entry = session.scalars(
        sa.select(AttendanceEntry)
        .where(AttendanceEntry.citizen_id == citizen.id, AttendanceEntry.day == day)
        .with_for_update()
    ).one()
    entry.mark = mark
    entry.came_at = came_at if mark.is_present else None
    entry.notice_at = notice_at if mark is AttendanceMark.NOTIFIED else None
    entry.by_staff_id = by_staff_id
    session.flush()
    return entry


def check_picture(session: Session, department_id: int, picture: str, *, except_id: int | None = None) -> None:
    """Raises Refusal when there is no such picture, or somebody else who is active in the department has it."""
    if picture not in PICTURES:
        raise Refusal(_("Billedet findes ikke. Vælg et andet."))
    taken = sa.select(Citizen.id).where(
        Citizen.department_id == department_id, Citizen.picture == picture, Citizen.is_active
    )
    if except_id is not None:
        taken = taken.where(Citizen.id != except_id)
    if session.scalar(taken.limit(1)) is not None:
        raise Refusal(_("Billedet er allerede en andens i afdelingen. Vælg et andet."))
