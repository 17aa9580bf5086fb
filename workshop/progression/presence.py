"""One citizen's agreed days and what was seen on them, for the attendance rule and its plot."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.citizens.attendance import AttendanceDay, AttendanceMark
from workshop.citizens.models import AttendanceEntry, Enrolment, WeekPlanDay
from workshop.core import clock
from workshop.progression.goal_rules import PlanWeek

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class PlotRow:
    """A weekday and its mark in each week, as the attendance plot draws it; empty where nothing was agreed."""

    weekday: int
    marks: tuple[str, ...]


def attendance_days(session: Session, citizen_id: int, first: date, last: date) -> list[AttendanceDay]:
    """Every agreed or marked day from `first` to `last`, each against the plan version that held on it.

    Days outside the citizen's stays are not agreed on. Public holidays are closed.
    """
    stays = session.execute(
        sa.select(Enrolment.started_on, Enrolment.ends_on).where(Enrolment.citizen_id == citizen_id)
    ).all()
    plan = session.execute(
        sa.select(WeekPlanDay.valid_from, WeekPlanDay.weekday, WeekPlanDay.start_minute, WeekPlanDay.minutes)
        .where(WeekPlanDay.citizen_id == citizen_id, WeekPlanDay.valid_from <= last)
        .order_by(WeekPlanDay.valid_from)
    ).all()
    entries = {
        entry.day: entry
        for entry in session.execute(
            sa.select(
                AttendanceEntry.day, AttendanceEntry.mark, AttendanceEntry.notice_at, AttendanceEntry.came_at
            ).where(AttendanceEntry.citizen_id == citizen_id, AttendanceEntry.day.between(first, last))
        )
    }
    import holidays  # every calendar of the world comes along, a quarter of a second; a start must not pay for it

    versions: dict[date, dict[int, tuple[int, int]]] = {}
    for valid_from, weekday, minute, minutes in plan:
        versions.setdefault(valid_from, {})[weekday] = (minute, minutes)
    closed = holidays.country_holidays("DK", years=range(first.year, last.year + 1))
    found = []
    for day in _days(first, last):
        is_staying = any(start <= day and (end is None or day <= end) for start, end in stays)
        agreed = _agreed(versions, day) if is_staying else None
        entry = entries.get(day)
        if agreed is None and entry is None:
            continue
        found.append(
            AttendanceDay(
                day=day,
                is_planned=agreed is not None,
                is_closed=day in closed,
                mark=entry.mark if entry else None,
                agreed_start_at=_moment(day, agreed[0]) if agreed else None,
                notice_at=entry.notice_at if entry else None,
                arrived_at=entry.came_at if entry else None,
                agreed_minutes=agreed[1] if agreed else 0,
            )
        )
    return found


def plan_weeks(days: Iterable[AttendanceDay], mondays: Sequence[date], today: date) -> list[PlanWeek]:
    """The weeks that are over, with the hours agreed and the hours held.

    Somebody who came is there for the hours agreed. A day come partly counts for nothing: nobody wrote how long.
    """
    by_week: dict[date, list[AttendanceDay]] = {monday: [] for monday in mondays if monday + WEEK <= today}
    for day in days:
        by_week.get(day.day - timedelta(days=day.day.weekday()), []).append(day)
    return [
        PlanWeek(
            monday,
            sum(day.agreed_minutes for day in found),
            sum(day.agreed_minutes for day in found if day.is_expected),
            sum(day.agreed_minutes for day in found if day.is_expected and day.mark is AttendanceMark.CAME),
        )
        for monday, found in by_week.items()
    ]


def plot_rows(days: Iterable[AttendanceDay], mondays: Sequence[date], today: date) -> list[PlotRow]:
    """The days before `today` by weekday and week; Monday to Friday always, the weekend where something happened."""
    by_day = {day.day: day for day in days if day.day < today}
    weekdays = sorted({0, 1, 2, 3, 4} | {day.weekday() for day in by_day})
    return [
        PlotRow(weekday, tuple(_plot_mark(by_day.get(monday + timedelta(days=weekday))) for monday in mondays))
        for weekday in weekdays
    ]


def mondays_until(today: date, weeks: int) -> list[date]:
    """The Mondays of the last `weeks` weeks, this one last."""
    this = today - timedelta(days=today.weekday())
    return [this - WEEK * back for back in reversed(range(weeks))]


def _plot_mark(day: AttendanceDay | None) -> str:
    if day is None:
        return ""
    if day.mark is not None and day.mark.is_present:
        return day.mark.value
    if day.is_closed:
        return "closed"
    return day.mark.value if day.mark is not None else ""


def _agreed(versions: Mapping[date, Mapping[int, tuple[int, int]]], day: date) -> tuple[int, int] | None:
    """(start in minutes after midnight, minutes) in the version of that day; None where it is not an agreed day."""
    begun = [valid_from for valid_from in versions if valid_from <= day]
    return versions[max(begun)].get(day.weekday()) if begun else None


def _moment(day: date, minute: int) -> datetime:
    return clock.at(day, time(minute // 60, minute % 60))


def _days(first: date, last: date) -> Iterable[date]:
    return (first + timedelta(days=number) for number in range((last - first).days + 1))
