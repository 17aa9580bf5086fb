"""A week of visits: who is where on which day, and what there are people for. A fixed number of questions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.accounts.models import Department
from workshop.core.errors import Refusal
from workshop.production.models import CapacityDay
from workshop.production.routines.closed import closed_days
from workshop.services.visits import booking, queries, times
from workshop.services.visits.models import BookedQuarter, Resource, ResourceKind, VisitState
from workshop.services.visits.queries import VisitRow

WEEKEND = (5, 6)
AHEAD = timedelta(days=7)  # what waits is shown until the end of the week after the one shown
STEP_MINUTES = 15


@dataclass(frozen=True)
class People:
    """What a department has people for on a day, and what is planned: person minutes. None: not known yet."""

    department: str
    planned: int
    there: int | None

    @property
    def is_over(self) -> bool:
        """Whether more is planned than there are people for."""
        return self.there is not None and self.planned > self.there


@dataclass(frozen=True)
class Lane:
    """A team's day."""

    team: Resource
    visits: tuple[VisitRow, ...]


@dataclass(frozen=True)
class Day:
    """A day with its teams, its people, and the holiday it is, if any."""

    day: date
    closed: str
    people: tuple[People, ...]
    lanes: tuple[Lane, ...]

    @property
    def is_empty(self) -> bool:
        """Whether nothing is planned."""
        return not any(lane.visits for lane in self.lanes)


@dataclass(frozen=True)
class Week:
    """A week, with what waits to be planned."""

    monday: date
    days: tuple[Day, ...]
    waiting: tuple[VisitRow, ...]
    untold: tuple[VisitRow, ...]  # planned from today on, and the customer does not know

    @property
    def number(self) -> int:
        """The week's number."""
        return self.monday.isocalendar().week

    @property
    def untold_with_mail(self) -> tuple[VisitRow, ...]:
        """Those who can be written to."""
        return tuple(each for each in self.untold if each.facts.customer_email)

    @property
    def to_ring(self) -> tuple[VisitRow, ...]:
        """Those who have no mail, and are rung."""
        return tuple(each for each in self.untold if not each.facts.customer_email)


def week(session: Session, monday: date, today: date) -> Week:
    """Everything the planning view shows of a week. A weekend is there when something is planned on it."""
    sunday = monday + timedelta(days=6)
    visits = queries.between(session, monday, sunday)
    teams = [each for each in queries.resources(session, only_used=False) if each.kind is ResourceKind.TEAM]
    there = _capacity(session, monday, sunday)
    names: dict[int, str] = {row.id: row.name for row in session.execute(sa.select(Department.id, Department.name))}
    closed = closed_days(monday, sunday)
    by_cell: dict[tuple[date | None, int | None], list[VisitRow]] = {}
    for each in visits:
        by_cell.setdefault((each.facts.day, each.team.id if each.team else None), []).append(each)
    days = []
    for day in (monday + timedelta(days=number) for number in range(7)):
        lanes = tuple(
            Lane(team, tuple(by_cell.get((day, team.id), ())))
            for team in teams
            if team.is_used or (day, team.id) in by_cell
        )
        if day.weekday() in WEEKEND and not any(lane.visits for lane in lanes):
            continue
        days.append(Day(day, closed.get(day, ""), _people(lanes, names, there, day), lanes))
    untold = tuple(each for each in visits if each.is_untold and (each.facts.day or today) >= today)
    return Week(monday, tuple(days), tuple(queries.to_plan(session, shown_until(monday))), untold)


def shown_until(monday: date) -> date:
    """Until when what waits is shown beside a week: the Sunday of the one after it."""
    return monday + timedelta(days=6) + AHEAD


def monday_to_plan(today: date) -> date:
    """The week that is planned now: the one we are in; from Saturday on the one that comes."""
    return today + timedelta(days=(7 if today.weekday() in WEEKEND else 0) - today.weekday())


def first_free(
    session: Session, team_id: int, day: date, minutes: int, window: tuple[int, int], *, but_not: int
) -> int:
    """The first quarter within the window at which the team is free so long; the window's first when there is none."""
    begins, ends = window
    first, last = (day - timedelta(days=1), day + timedelta(days=2))
    taken = set(
        session.scalars(
            sa.select(BookedQuarter.starts_at).where(
                BookedQuarter.resource_id == team_id,
                BookedQuarter.visit_id != but_not,
                BookedQuarter.starts_at.between(times.moment(first, 720), times.moment(last, 720)),
            )
        )
    )
    for minute in range(begins, ends + 1, STEP_MINUTES):
        try:
            wanted = booking.quarters(times.moment(day, minute), minutes)
        except Refusal:  # the missing spring hour
            continue
        if taken.isdisjoint(wanted):
            return minute
    return begins


def _capacity(session: Session, first: date, last: date) -> dict[tuple[date, int], int]:
    rows = session.execute(
        sa.select(CapacityDay.day, CapacityDay.department_id, CapacityDay.team_minutes).where(
            CapacityDay.day.between(first, last)
        )
    )
    return {(row.day, row.department_id): row.team_minutes for row in rows}


def _people(
    lanes: Sequence[Lane], names: dict[int, str], there: dict[tuple[date, int], int], day: date
) -> tuple[People, ...]:
    """The people of each department that has a team; what could not be done takes nobody."""
    planned: dict[int, int] = {}
    for lane in lanes:
        takes = sum(each.person_minutes for each in lane.visits if each.facts.state is not VisitState.NOT_DONE)
        planned[lane.team.department_id] = planned.get(lane.team.department_id, 0) + takes
    return tuple(People(names[each], planned[each], there.get((day, each))) for each in sorted(planned))
