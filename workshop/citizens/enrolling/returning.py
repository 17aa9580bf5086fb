"""Somebody who left comes back: a stay of their own begins, with the file they had and a new code."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.accounts import actions as accounts
from workshop.accounts.models import Staff
from workshop.accounts.people import ending
from workshop.citizens import actions as citizens
from workshop.citizens import caseload
from workshop.citizens.enrolling import actions, queries
from workshop.citizens.models import Citizen, WeekPlanDay
from workshop.core import clock
from workshop.core.errors import Refusal
from workshop.core.i18n import _


def begin_again(
    session: Session,
    citizen: Citizen,
    *,
    picture: str,
    contact: Staff,
    programme_type_id: int,
    started_on: date,
    ends_on: date | None,
    days: Iterable[tuple[int, int, int]],
    by: int,
    pepper: str,
    now: datetime,
    cheap: bool = False,
) -> str:
    """A new stay for somebody whose last one is over; their new random PIN, which is told once and kept nowhere.

    The old card may lie anywhere by now, so its code opens nothing. Raises Refusal when they are here already, the stay
    would begin inside the one before, it is over already, the picture is taken, or nobody can be the contact person.
    """
    actions.hold_pictures(session, citizen.department_id)
    session.get_one(Citizen, citizen.id, populate_existing=True, with_for_update=True)
    if citizen.is_active:
        raise Refusal(_("%(name)s er her allerede. Ret forløbet i stedet.", name=citizen.display_name))
    today = clock.local_day(now)
    _check_days(session, citizen, started_on, ends_on, today)
    citizens.check_picture(session, citizen.department_id, picture, except_id=citizen.id)
    actions.check_contact(session, contact, citizen.department_id)
    citizens.enrol(session, citizen, programme_type_id=programme_type_id, started_on=started_on, ends_on=ends_on)
    # What was agreed for days after the last stay never came to hold; left there it would overrule the new week.
    session.execute(
        sa.delete(WeekPlanDay).where(WeekPlanDay.citizen_id == citizen.id, WeekPlanDay.valid_from >= started_on)
    )
    citizens.set_week_plan(session, citizen, valid_from=started_on, days=days)
    caseload.take_over(session, citizen, contact.account_id, max(today, started_on), by, now)
    citizen.picture, citizen.is_active = picture, True
    session.flush()
    ending.open_again(session, citizen.account_id)
    return accounts.new_citizen_pin(session, citizen.account_id, pepper=pepper, now=now, cheap=cheap)


def _check_days(session: Session, citizen: Citizen, started_on: date, ends_on: date | None, today: date) -> None:
    stay = queries.newest_stay(session, citizen.id)
    last = (stay[0].ends_on or stay[0].started_on) if stay else None
    if last is not None and started_on <= last:
        day = clock.day_text(last)
        raise Refusal(_("Det forrige forløb sluttede %(day)s. Vælg en dag efter den.", day=day))
    if ends_on is not None and ends_on < today:
        raise Refusal(_("Den sidste dag er gået. Vælg en senere dag, eller lad den stå tom."))
