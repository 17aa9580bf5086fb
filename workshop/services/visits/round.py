"""A drivable order for a day's stops: the nearest next, then crossings taken out. Pure; no map service is asked.

Positions are millionths of a degree, distances metres as the crow flies. What is urgent comes before what is near:
stops go by `rank` first. A stop nobody knows the position of comes last of its rank, by its postcode.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import NamedTuple

EARTH_METRES = 6_371_000
ROADS_ARE_LONGER = 1.35  # than the crow's way, in a flat country with fjords
METRES_A_MINUTE = 700  # some 42 km an hour, with gates and parking


class Point(NamedTuple):
    """A place on the earth, in millionths of a degree."""

    latitude_e6: int
    longitude_e6: int


@dataclass(frozen=True)
class Stop:
    """Somewhere to come by: its key, where it is if that is known, its postcode, and how urgent (1 first)."""

    key: int
    point: Point | None
    postcode: str = ""
    rank: int = 99


class Along(NamedTuple):
    """When a stop is reached and left, in minutes after midnight."""

    arrives: int
    leaves: int


def metres(first: Point, second: Point) -> float:
    """The distance between two places along the earth's surface (haversine)."""
    lat_a, lon_a, lat_b, lon_b = (math.radians(each / 1_000_000) for each in (*first, *second))
    half = math.sin((lat_b - lat_a) / 2) ** 2
    half += math.cos(lat_a) * math.cos(lat_b) * math.sin((lon_b - lon_a) / 2) ** 2
    return 2 * EARTH_METRES * math.asin(math.sqrt(min(1.0, half)))


def order(stops: Sequence[Stop], home: Point | None) -> list[int]:
    """The keys of the stops in the order to drive them, out from home and back again."""
    found: list[int] = []
    here = home
    by_rank = sorted(stops, key=lambda each: each.rank)
    groups = [list(each) for _rank, each in groupby(by_rank, key=lambda each: each.rank)]
    for place, group in enumerate(groups):
        known = [each for each in group if each.point is not None]
        unknown = sorted((each for each in group if each.point is None), key=lambda each: (each.postcode, each.key))
        # Only the last group drives home afterwards; the ones before drive on to something more.
        path = _uncrossed(_nearest(known, here), here, home if place == len(groups) - 1 else None)
        found += [each.key for each in (*path, *unknown)]
        here = path[-1].point if path else here
    return found


def length(points: Sequence[Point]) -> float:
    """How long a way through these places is, in metres as the crow flies."""
    return sum(metres(one, other) for one, other in pairwise(points))


def drive_minutes(first: Point | None, second: Point | None) -> int:
    """About how long it takes to drive from one place to the next; 10 minutes where nobody knows."""
    if first is None or second is None:
        return 10
    return math.ceil(metres(first, second) * ROADS_ARE_LONGER / METRES_A_MINUTE)


def along(
    points: Sequence[Point | None], minutes: Sequence[int], begins: int, not_before: Sequence[int] = ()
) -> list[Along]:
    """About when each stop is reached, if the first begins at that minute; before `not_before` of a stop it waits."""
    found: list[Along] = []
    clock, here = begins, points[0] if points else None
    for place, (point, stays) in enumerate(zip(points, minutes, strict=True)):
        if found:
            clock += drive_minutes(here, point)
        if not_before:
            clock = max(clock, not_before[place])
        found.append(Along(clock, clock + stays))
        clock, here = clock + stays, point
    return found


def _nearest(stops: Sequence[Stop], home: Point | None) -> list[Stop]:
    """Always on to the nearest that is left."""
    left = sorted(stops, key=lambda each: (each.postcode, each.key))
    path: list[Stop] = []
    here = home
    while left:
        at = here
        chosen = min(left, key=lambda each: _between(at, each.point)) if at is not None else left[0]
        left.remove(chosen)
        path.append(chosen)
        here = chosen.point
    return path


def _uncrossed(path: list[Stop], home: Point | None, end: Point | None) -> list[Stop]:
    """2-opt: turn a stretch around as long as that makes the way shorter."""
    better = True
    while better:
        better = False
        for first in range(len(path) - 1):
            for last in range(first + 1, len(path)):
                before = path[first - 1].point if first else home
                after = path[last + 1].point if last + 1 < len(path) else end
                now = _between(before, path[first].point) + _between(path[last].point, after)
                turned = _between(before, path[last].point) + _between(path[first].point, after)
                if turned < now - 0.5:  # half a metre, so that rounding cannot turn it back and forth for ever
                    path[first : last + 1] = reversed(path[first : last + 1])
                    better = True
    return path


def _between(first: Point | None, second: Point | None) -> float:
    return metres(first, second) if first is not None and second is not None else 0.0
