"""An alarm is raised, and staff answer it: they call out, or let it be. Each agreement is called once for an alarm."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from workshop.core import clock
from workshop.core.errors import Refusal
from workshop.core.i18n import _
from workshop.core.text import clean
from workshop.services.jobs.models import ServiceJob
from workshop.services.snow import queries
from workshop.services.snow.forecast import Snowfall
from workshop.services.snow.models import AlarmSource, AlarmState, SnowAlarm
from workshop.services.snow.queries import CallRow
from workshop.services.visits import booking
from workshop.services.visits.models import Visit, VisitState

DEEPEST_CM = 200
QUARTER = 15
LOOKS = 12 * 4  # quarters ahead in which a team is looked for


@dataclass(frozen=True)
class Called:
    """What came of calling out: visits made, how many have a team and a time, and how many of these come too late."""

    visits: int
    planned: int
    late: int


def raise_alarm(
    session: Session,
    *,
    cause: str,
    source: AlarmSource,
    depth_cm: int,
    from_at: datetime,
    text: str,
    now: datetime,
    by_staff_id: int | None = None,
) -> SnowAlarm:
    """Snow lies or is expected. The same cause again is the same alarm. Raises Refusal for a depth nobody has."""
    if not 1 <= depth_cm <= DEEPEST_CM:
        raise Refusal(_("Skriv sneen i hele centimeter, mellem 1 og %(most)s.", most=DEEPEST_CM))
    alarm = SnowAlarm(
        cause=cause,
        source=source,
        depth_cm=depth_cm,
        from_at=from_at,
        text=clean(text)[:300],
        raised_at=now,
        by_staff_id=by_staff_id,
    )
    try:
        with session.begin_nested():
            session.add(alarm)
    except IntegrityError:
        known = session.scalar(sa.select(SnowAlarm).where(SnowAlarm.cause == cause))
        if known is None:
            raise
        return known
    return alarm


def from_forecast(
    session: Session, coming: Snowfall, now: datetime, by_staff_id: int | None = None
) -> SnowAlarm | None:
    """The alarm of a snowfall that is on its way; None when one about it is answered or says as much already.

    Forecasts are made anew every few hours and move a little. One that has become deeper deepens an alarm nobody has
    answered; after an answer it is an alarm of its own.
    """
    same = queries.near(session, coming.from_at)
    waiting = next((each for each in same if each.state is AlarmState.PROPOSED), None)
    if any(each.depth_cm >= coming.depth_cm for each in same):
        return None
    if waiting is not None:
        waiting.depth_cm = min(coming.depth_cm, DEEPEST_CM)
        session.flush()
        return waiting
    return raise_alarm(
        session,
        cause=f"forecast-{coming.from_at:%Y-%m-%dT%H}-{coming.depth_cm}",
        source=AlarmSource.FORECAST,
        depth_cm=min(coming.depth_cm, DEEPEST_CM),
        from_at=coming.from_at,
        text=_("Vejrudsigten siger sne."),
        now=now,
        by_staff_id=by_staff_id,
    )


def proposal(session: Session, alarm: SnowAlarm) -> list[CallRow]:
    """Those to be called out by an alarm, by priority and limit."""
    return [row for row in queries.proposal(session, alarm) if row.is_proposed]


def call_out(
    session: Session,
    alarm: SnowAlarm,
    job_ids: Collection[int],
    *,
    resource_ids: Sequence[int] = (),
    vehicle_of: dict[int, int] | None = None,
    now: datetime,
    by_staff_id: int | None,
) -> Called:
    """A visit for each of these agreements, once for the alarm. Again, it adds those that were not called before.

    `resource_ids` are the teams that drive: each visit is laid where one of them is free soonest, in the order of the
    proposal. `vehicle_of` gives a team the vehicle it takes. Without teams the visits wait to be planned.
    Raises Refusal for an alarm that was let be, for nobody ticked, and for an agreement that is not to be called.
    """
    locked = queries.alarm_by_public_id(session, alarm.public_id, is_locked=True)
    if locked is None or locked.state is AlarmState.DISMISSED:
        raise Refusal(_("Alarmen er lagt til side. Lav en ny, hvis der er kommet sne."))
    wanted = set(job_ids)
    rows = [row for row in queries.proposal(session, locked) if row.job_id in wanted and not row.visit_public_id]
    if any(not row.may_be_called for row in rows):
        raise Refusal(_("En af aftalerne hviler eller skal først have mere sne. Se listen igen."))
    if not wanted:
        raise Refusal(_("Sæt et flueben ved dem, der skal ryddes."))
    laid = [_visit(session, row, locked, by_staff_id) for row in rows]
    teams = _Teams(session, resource_ids, vehicle_of or {}, now)
    for row, visit in zip(rows, laid, strict=True):
        teams.lay(row, visit)
    locked.state = AlarmState.CALLED_OUT
    locked.answered_at = locked.answered_at or now
    locked.by_staff_id = by_staff_id
    session.flush()
    return Called(len(laid), teams.planned, teams.late)


def dismiss(session: Session, alarm: SnowAlarm, *, now: datetime, by_staff_id: int | None) -> None:
    """Nobody is called out. Raises Refusal when somebody has been."""
    locked = queries.alarm_by_public_id(session, alarm.public_id, is_locked=True)
    if locked is None or locked.state is AlarmState.CALLED_OUT:
        raise Refusal(_("Der er allerede kaldt ud. Aflys de enkelte besøg i stedet."))
    locked.state, locked.answered_at, locked.by_staff_id = AlarmState.DISMISSED, now, by_staff_id
    session.flush()


def _visit(session: Session, row: CallRow, alarm: SnowAlarm, by_staff_id: int | None) -> Visit:
    job = session.get_one(ServiceJob, row.job_id)
    visit = Visit(
        job_id=job.id,
        occasion=f"snow-{alarm.id}",
        day=row.window.day,
        minutes=job.visit_minutes,
        from_minute=row.window.from_minute,
        to_minute=row.window.to_minute,
        state=VisitState.WAITING,
        snow_alarm_id=alarm.id,
        by_staff_id=by_staff_id,
    )
    session.add(visit)
    session.flush()
    return visit


class _Teams:
    """Lays visits one after the other on whichever team is free soonest."""

    def __init__(self, session: Session, team_ids: Sequence[int], vehicle_of: dict[int, int], now: datetime) -> None:
        self.session = session
        self.now = now
        self.needs = {team: (team, vehicle_of[team]) if team in vehicle_of else (team,) for team in team_ids}
        self.free_from: dict[int, datetime] = {}
        self.planned = self.late = 0

    def lay(self, row: CallRow, visit: Visit) -> None:
        """Give a visit the first team that has time; without one it waits to be planned by hand."""
        soonest = _next_quarter(max(self.now, _moment(row.window.day, row.window.from_minute)))
        for start, team in self._tries(soonest):
            here = clock.local(start)
            try:
                booking.book(
                    self.session,
                    visit,
                    day=here.date(),
                    start_minute=here.hour * 60 + here.minute,
                    minutes=visit.minutes,
                    resource_ids=self.needs[team],
                    is_second_pass=bool(here.fold),
                )
            except booking.Taken:
                continue
            visit.state = VisitState.PLANNED
            self.free_from[team] = start + timedelta(minutes=visit.minutes)
            self.planned += 1
            limit = _moment(row.window.day, row.window.to_minute)
            self.late += row.window.has_limit and self.free_from[team] > limit
            self.session.flush()
            return

    def _tries(self, soonest: datetime) -> list[tuple[datetime, int]]:
        """Every quarter of the next hours with each team, the soonest first."""
        tries = []
        for order, team in enumerate(self.needs):
            begins = _next_quarter(max(soonest, self.free_from.get(team, soonest)))
            tries += [(begins + timedelta(minutes=QUARTER * step), order, team) for step in range(LOOKS)]
        return [(start, team) for start, _order, team in sorted(tries)]


def _moment(day: date, minute: int) -> datetime:
    """A wall clock time as a moment; in the missing spring hour the one after it."""
    midnight = datetime.combine(day, datetime.min.time())
    wall = (midnight + timedelta(minutes=minute)).replace(tzinfo=clock.COPENHAGEN)
    return wall.astimezone(UTC)


def _next_quarter(moment: datetime) -> datetime:
    over = timedelta(minutes=moment.minute % QUARTER, seconds=moment.second, microseconds=moment.microsecond)
    return moment - over + (timedelta(minutes=QUARTER) if over else timedelta())
