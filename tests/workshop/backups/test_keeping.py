"""Which copies stay: twenty-four hours, fourteen days, eight weeks, twelve months, and never fewer than there are."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from workshop.backups import keeping

pytestmark = pytest.mark.once
NOW = datetime(2026, 11, 24, 9, 5, tzinfo=UTC)


def name_at(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H-%M-%SZ-abc123")


def hourly(days: int) -> list[str]:
    return [name_at(NOW - timedelta(hours=hour)) for hour in range(24 * days)]


def test_after_two_years_of_hourly_copies_few_stay_and_reach_far_back() -> None:
    stay = keeping.kept(hourly(730))
    assert 24 + 13 + 6 + 9 <= len(stay) <= 24 + 14 + 8 + 12
    assert set(hourly(1)) <= stay
    days = {keeping.began(name).date() for name in stay}
    assert {NOW.date() - timedelta(days=day) for day in range(14)} <= days
    assert min(days) < NOW.date() - timedelta(days=300)


def test_hour_by_hour_the_same_stay_as_all_at_once() -> None:
    """Rotation after each copy must not thin out what a later one would keep."""
    there: list[str] = []
    for name in reversed(hourly(400)[::8]):
        there = sorted(keeping.kept(sorted([*there, name], reverse=True)), reverse=True)
    months = {name[:7] for name in there}
    assert len(months) >= 12
    assert len(there) <= 24 + 14 + 8 + 12


def test_the_newest_always_stays() -> None:
    for names in (hourly(1)[:1], hourly(40), [name_at(NOW), name_at(NOW + timedelta(days=900))]):
        newest = max(names)
        assert newest in keeping.kept(sorted(names, reverse=True))


def test_what_is_no_copy_is_never_taken_away(tmp_path: Path) -> None:
    for name in ("photos", ".begun-2026-01-01T00-00-00Z-abc123", "notes.txt", "2026-01-01"):
        (tmp_path / name).mkdir()
    for name in hourly(5):
        (tmp_path / name).mkdir()
    gone = keeping.rotate(tmp_path)
    left = {path.name for path in tmp_path.iterdir()}
    assert {"photos", ".begun-2026-01-01T00-00-00Z-abc123", "notes.txt", "2026-01-01"} <= left
    assert gone == 5 * 24 - (len(left) - 4)
    assert gone > 0


def test_a_way_back_stays_a_month_whatever_else_was_taken(tmp_path: Path) -> None:
    for days in (0, 30, 32):
        for begins in ("before-upgrade-", "before-restore-"):
            (tmp_path / f"{begins}{name_at(NOW - timedelta(days=days))}").mkdir()
    (tmp_path / name_at(NOW)).mkdir()
    assert keeping.rotate(tmp_path) == 2
    assert {path.name for path in tmp_path.glob("before-*")} == {
        f"{begins}{name_at(NOW - timedelta(days=days))}"
        for days in (0, 30)
        for begins in ("before-upgrade-", "before-restore-")
    }
