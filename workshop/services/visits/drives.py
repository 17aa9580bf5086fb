"""A day's rounds: each team's visits in the order to drive them, with about when it comes to each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.core.errors import Refusal
from workshop.core.i18n import _
from workshop.services.visits import queries
from workshop.services.visits import round as driving
from workshop.services.visits.models import Resource, Visit, VisitState
from workshop.services.visits.queries import Facts, Needed, VisitRow
from workshop.services.visits.round import Along, Point, Stop

MAP = "https://www.openstreetmap.org"
ROUTE = "https://map.project-osrm.org"
LAST_RANK = 99
MIDNIGHT = 24 * 60


@dataclass(frozen=True)
class Halt:
    """A stop of a round, by its number. Minutes are after midnight.

    `gate` is empty for those who do not go there, and once the visit is over.
    """

    number: int
    row: VisitRow
    arrives: int
    is_out_of_window: bool
    is_too_late: bool  # for what was to be cleared by then
    gate: str

    @property
    def map_url(self) -> str:
        """A map of where it is; only followed by a person, never loaded by a page."""
        return map_url(self.row.facts)


@dataclass(frozen=True)
class Drive:
    """A team's round."""

    team: Needed
    halts: tuple[Halt, ...]
    is_own_order: bool  # staff have chosen it
    is_shortest: bool  # else it goes by the clock: the shortest way would come when somebody does not expect us
    home: Point | None

    @property
    def equipment(self) -> list[str]:
        """What to bring: the team's, the things', and the jobs' own, each once."""
        everything = [*self.team.equipment]
        for halt in self.halts:
            for need in halt.row.needs:
                everything += [need.name, *need.equipment] if need.id != self.team.id else []
            everything += halt.row.facts.equipment
        return list(dict.fromkeys(each for each in everything if each))

    @property
    def kilometres(self) -> int:
        """About how far it is by road; what nobody knows the position of is not in it."""
        points = [point for halt in self.halts if (point := point_of(halt.row.facts)) is not None]
        way = [self.home, *points, self.home] if self.home is not None else points
        known = [each for each in way if each is not None]
        return int(driving.length(known) * driving.ROADS_ARE_LONGER / 1000 + 0.5)

    @property
    def unknown(self) -> int:
        """Stops that nobody knows the position of."""
        return sum(1 for halt in self.halts if point_of(halt.row.facts) is None)

    @property
    def map_url(self) -> str:
        """The whole round on a map, out from the workshop and back; empty when less than two places are known."""
        points = [point for halt in self.halts if (point := point_of(halt.row.facts)) is not None]
        way = [self.home, *points, self.home] if self.home is not None else points
        known = [each for each in way if each is not None]
        if len(known) < 2:
            return ""
        return f"{ROUTE}/?{urlencode([('z', '12'), *(('loc', _degrees(each)) for each in known)])}"


def of_day(session: Session, day: date, *, postcode: str, with_gates: bool) -> list[Drive]:
    """The rounds of a day, by the team's name; they begin and end at the middle of the workshop's own postcode.

    `with_gates` puts in gate codes and where keys lie; only for those who go there.
    """
    rows = [each for each in queries.on_day(session, day, None) if each.facts.state is not VisitState.NOT_DONE]
    middle = queries.middle_of(session, postcode)
    home = Point(*middle) if middle else None
    gates = queries.access_notes(session, {each.facts.job_id for each in rows}) if with_gates else {}
    by_team: dict[int, list[VisitRow]] = {}
    for each in rows:
        if each.team is not None:
            by_team.setdefault(each.team.id, []).append(each)
    drives = [_drive(found, home, gates) for found in by_team.values()]
    return sorted(drives, key=lambda each: each.team.name)


def in_order(rows: Sequence[VisitRow], home: Point | None, *, is_own_kept: bool = True) -> list[VisitRow]:
    """As staff have chosen, what came since by its time; else as it is driven shortest.

    Where that way keeps fewer of the times customers were told than the planned times do, it goes by the clock.
    """
    if is_own_kept and any(each.facts.position is not None for each in rows):
        return sorted(rows, key=_as_chosen)
    short, planned = shortest(rows, home), sorted(rows, key=_by_clock)
    return planned if _missed(planned) < _missed(short) else short


def shortest(rows: Sequence[VisitRow], home: Point | None) -> list[VisitRow]:
    """The urgent first, and else the shortest way, whatever customers were told."""
    by_id = {each.facts.id: each for each in rows}
    stops = [
        Stop(each.facts.id, point_of(each.facts), each.facts.postcode, each.facts.priority or LAST_RANK)
        for each in rows
    ]
    return [by_id[key] for key in driving.order(stops, home)]


def choose_order(session: Session, day: date, team: Resource, visit_ids: Sequence[int] | None) -> None:
    """Keep an order that staff have chosen; None goes back to the shortest way. Raises Refusal when the day is another.

    The day as it was seen is said by the ids: a visit that came or went meanwhile is not silently put somewhere.
    """
    there = {
        each.facts.id: each
        for each in queries.on_day(session, day, None)
        if each.team is not None and each.team.id == team.id and each.facts.state is not VisitState.NOT_DONE
    }
    if visit_ids is not None and set(visit_ids) != set(there):
        raise Refusal(_("Turen er ændret imens. Se, hvordan den er nu, og prøv igen."))
    for place, visit_id in enumerate(visit_ids or there, 1):
        position = place if visit_ids is not None else None
        session.execute(sa.update(Visit).where(Visit.id == visit_id).values(position=position))


def point_of(facts: Facts) -> Point | None:
    """Where a visit is: its own place, else the middle of its postcode, else nobody knows."""
    if facts.latitude_e6 is None or facts.longitude_e6 is None:
        return None
    return Point(facts.latitude_e6, facts.longitude_e6)


def map_url(facts: Facts) -> str:
    """A map of a visit's place: a pin where its own position is known, else a search for the address."""
    point = point_of(facts)
    if point is not None and facts.is_place_known:
        lat, lon = _degrees(point).split(",")
        return f"{MAP}/?{urlencode({'mlat': lat, 'mlon': lon})}#map=17/{lat}/{lon}"
    where = f"{facts.street}, {facts.postcode} {facts.town}, Danmark"
    return f"{MAP}/search?{urlencode({'query': where})}"


def _drive(rows: Sequence[VisitRow], home: Point | None, gates: dict[int, str]) -> Drive:
    ordered = in_order(rows, home)
    halts = tuple(
        Halt(
            number,
            each,
            at.arrives % MIDNIGHT,
            is_out_of_window=each.is_open and _is_out_of_window(each, at),
            is_too_late=each.is_open and _is_too_late(each, at),
            gate=gates.get(each.facts.job_id, "") if each.is_open else "",
        )
        for number, (each, at) in enumerate(_reached(ordered), 1)
    )
    team = ordered[0].team
    if team is None:
        raise ValueError("a round has a team")
    is_own = any(each.facts.position is not None for each in rows)
    return Drive(team, halts, is_own, ordered == shortest(rows, home), home)


def _reached(ordered: Sequence[VisitRow]) -> list[tuple[VisitRow, Along]]:
    """About when it comes to each, if the first is begun as planned. Nobody is come to before they expect us."""
    begins = min(each.facts.start_minute or 0 for each in ordered)
    not_before = [0 if each.facts.snow_alarm_id is not None else each.facts.from_minute for each in ordered]
    points, minutes = [point_of(each.facts) for each in ordered], [each.facts.minutes for each in ordered]
    return list(zip(ordered, driving.along(points, minutes, begins, not_before), strict=True))


def _missed(ordered: Sequence[VisitRow]) -> int:
    """How many are come to when they do not expect us, or cleared too late."""
    return sum(_is_out_of_window(each, at) or _is_too_late(each, at) for each, at in _reached(ordered))


def _is_out_of_window(row: VisitRow, at: Along) -> bool:
    return row.facts.snow_alarm_id is None and not row.facts.from_minute <= at.arrives <= row.facts.to_minute


def _is_too_late(row: VisitRow, at: Along) -> bool:
    return row.facts.clear_by_minute is not None and at.leaves > row.facts.clear_by_minute


def _by_clock(row: VisitRow) -> tuple[int, int]:
    return (row.facts.start_minute or 0, row.facts.id)


def _as_chosen(row: VisitRow) -> tuple[bool, int, int, int]:
    facts = row.facts
    return (facts.position is None, facts.position or 0, facts.start_minute or 0, facts.id)


def _degrees(point: Point) -> str:
    return f"{point.latitude_e6 / 1_000_000:.6f},{point.longitude_e6 / 1_000_000:.6f}"
