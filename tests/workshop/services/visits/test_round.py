"""The order of a day's stops."""

from __future__ import annotations

import itertools
import random

import pytest

from workshop.services.visits.round import Point, Stop, along, drive_minutes, length, metres, order

pytestmark = pytest.mark.once
HOME = Point(56_022_000, 12_197_000)


def stops_at(points: list[Point], rank: int = 99) -> list[Stop]:
    return [Stop(number, point, rank=rank) for number, point in enumerate(points)]


def length_of(keys: list[int], points: list[Point]) -> float:
    return length([HOME, *(points[key] for key in keys), HOME])


def random_points(chance: random.Random, count: int) -> list[Point]:
    return [
        Point(HOME[0] + chance.randint(-120_000, 120_000), HOME[1] + chance.randint(-200_000, 200_000))
        for _each in range(count)
    ]


def test_a_degree_of_latitude_is_111_km() -> None:
    assert metres(Point(56_000_000, 12_000_000), Point(57_000_000, 12_000_000)) == pytest.approx(111_195, abs=50)
    assert metres(HOME, HOME) == 0


def test_stops_along_a_road_are_driven_along_it() -> None:
    points = [Point(56_022_000 + 10_000 * far, 12_197_000) for far in (3, 1, 5, 2, 4)]
    found = order(stops_at(points), HOME)
    assert length_of(found, points) == pytest.approx(2 * metres(HOME, points[2]), rel=1e-6)


def test_every_stop_is_driven_once_and_never_far_from_the_shortest_way() -> None:
    chance = random.Random(7)
    worst = 1.0
    for _round in range(60):
        points = random_points(chance, chance.randint(2, 7))
        found = order(stops_at(points), HOME)
        assert sorted(found) == list(range(len(points)))
        best = min(length_of(list(way), points) for way in itertools.permutations(range(len(points))))
        worst = max(worst, length_of(found, points) / best)
    assert worst < 1.25, worst


def test_the_order_is_never_longer_than_the_nearest_next_alone() -> None:
    chance = random.Random(11)
    for _round in range(30):
        points = random_points(chance, 12)
        left, here, greedy = set(range(12)), HOME, []
        while left:
            key = min(left, key=lambda each: (metres(here, points[each]), each))
            left.remove(key)
            greedy.append(key)
            here = points[key]
        assert length_of(order(stops_at(points), HOME), points) <= length_of(greedy, points) + 1


def test_a_stop_of_unknown_position_comes_last_by_its_postcode() -> None:
    stops = [Stop(1, None, "3230"), Stop(2, HOME, "3200"), Stop(3, None, "3210")]
    assert order(stops, HOME) == [2, 3, 1]
    assert order([Stop(1, None, "3230"), Stop(3, None, "3210")], None) == [3, 1]
    assert order([], HOME) == []


def test_what_is_urgent_comes_before_what_is_near() -> None:
    near, far = Point(56_023_000, 12_197_000), Point(56_122_000, 12_197_000)
    assert order([Stop(1, near, rank=2), Stop(2, far, rank=1)], HOME) == [2, 1]
    assert order([Stop(1, near), Stop(2, far)], HOME)[0] in (1, 2)


def test_the_same_stops_in_another_order_give_the_same_round() -> None:
    points = random_points(random.Random(3), 9)
    stops = stops_at(points)
    assert order(stops, HOME) == order(list(reversed(stops)), HOME)


def test_arrivals_count_work_and_driving() -> None:
    far = Point(56_072_000, 12_197_000)
    reached = along([HOME, far, None], [60, 30, 15], 540)
    drive = drive_minutes(HOME, far)
    assert drive == 11  # 5.6 km as the crow flies
    assert [each.arrives for each in reached] == [540, 600 + drive, 630 + drive + 10]
    assert reached[-1].leaves == 655 + drive
    assert along([], [], 540) == []
