"""Rows of evidence for the tests of the competence rule, with keyword defaults."""

import itertools
from datetime import UTC, date, datetime, timedelta

from workshop.progression.indication import Row
from workshop.tasks.marks import Quality, Support

START = date(2026, 3, 1)
TODAY = START + timedelta(days=10)
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
OFF = 100_000
"""A limit so wide that it limits nothing."""

_ids = itertools.count(1)


def day(number: int) -> date:
    return START + timedelta(days=number)


def row(on: int | date, marks: str = "S0Q2", **changes) -> Row:
    """A row that counts: `marks` is support and quality together, `on` a day or its number."""
    number = next(_ids)
    defaults = {
        "record_id": f"r{number:06}",
        "day": on if isinstance(on, date) else day(on),
        "minutes": 60,
        "support": Support(marks[:2]),
        "quality": Quality(marks[2:]),
        "recorded_at": NOON + timedelta(seconds=number),
        "confirmed_by": "lone",
        "task_type": "bench",
    }
    return Row(**(defaults | changes))


def rows_of(*marked: tuple[int, str], **changes) -> list[Row]:
    return [row(number, marks, **changes) for number, marks in marked]


FIRST_THREE = ((1, "S3Q2"), (2, "S2Q1"), (2, "S2Q2"))
NEXT_FIVE = ((5, "S1Q2"), (6, "S0Q2"), (6, "S1Q3"), (9, "S1Q0"), (10, "S0Q2"))


def worked_example() -> list[Row]:
    """Slibe træ, all core, two confirmers."""
    return rows_of(*FIRST_THREE) + rows_of(*NEXT_FIVE, confirmed_by="per")
