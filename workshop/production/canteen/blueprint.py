"""The kitchen's pages at the desk, and which kitchen they are about."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, url_for
from sqlalchemy.orm import Session

from workshop.accounts.models import Department
from workshop.core import access, clock
from workshop.core.errors import NotHere
from workshop.core.i18n import _
from workshop.production.canteen import queries
from workshop.production.canteen.models import Meal

blueprint = Blueprint("canteen", __name__, url_prefix="/personale/produktion/koekken")


def meal_name(meal: Meal) -> str:
    """A meal as people say it."""
    return {Meal.BREAKFAST: _("Morgenmad"), Meal.LUNCH: _("Frokost"), Meal.BAKING: _("Bagning")}[meal]


def kitchen(session: Session, key: str) -> Department:
    """One of the asking person's departments. Raises NotHere for others."""
    found = next((each for each in kitchens(session) if each.key == key), None)
    if found is None:
        raise NotHere
    return found


def kitchens(session: Session) -> list[Department]:
    """The asking person's departments, the one with the kitchen first."""
    return queries.kitchens(session, access.require_actor().department_ids)


def week_url(key: str, day: date) -> str:
    """Where the week of a day is shown."""
    at = day.isocalendar()
    return url_for("canteen.week", key=key, year=at.year, number=at.week)


def week_at(year: int, number: int) -> date:
    """The Monday of a week in an address. Raises NotHere for a week that is none."""
    try:
        monday = date.fromisocalendar(year, number, 1)
    except ValueError as problem:
        raise NotHere from problem
    if monday.year not in clock.PLANNED_YEARS:
        raise NotHere
    return monday


def day_at(text: str) -> date:
    """A day in an address. Raises NotHere for what is none."""
    found = clock.day_of(text)
    if found is None:
        raise NotHere
    return found
