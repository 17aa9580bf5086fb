"""The competence rule: what the confirmed records of one person suggest about one competence.

The indication only suggests, at a talk, to both. The level that counts is the one people agree on.
A pure function of the rows and a day: nothing is stored, so a correction is in force at once.
Source: domain D2 and decisions 28.
"""

from collections import Counter
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Self

from workshop.core.i18n import _
from workshop.progression.levels import HIGHEST_COMPUTED_LEVEL
from workshop.tasks.marks import Quality, Support


class Basis(StrEnum):
    """How much a level stands on; shown beside every computed level."""

    THIN = "thin"
    SOME = "some"
    GOOD = "good"

    @property
    def label(self) -> str:
        """The word after "Grundlag:"."""
        return {Basis.THIN: _("tyndt"), Basis.SOME: _("noget"), Basis.GOOD: _("godt")}[self]


@dataclass(frozen=True, slots=True)
class Row:
    """One person's part of one task, seen for one competence: the current version of the record.

    `minutes` are the person's own. `is_joint`: the quality was judged for the group. `is_core`: the link between task
    type and competence on that day was core, else contributing. `confirmed_by` is whoever of the staff confirmed it,
    None while it waits. `recorded_at` breaks ties. Void and superseded versions are not rows at all.
    """

    record_id: str
    day: date
    minutes: int | None
    support: Support | None
    quality: Quality | None
    recorded_at: datetime
    confirmed_by: Hashable | None
    is_joint: bool = False
    is_core: bool = True
    task_type: Hashable | None = None


@dataclass(frozen=True, slots=True)
class Threshold:
    """How many rows on how many different days show a level."""

    level: int
    rows: int
    days: int


_EVIDENCE = {
    Support.S4: (1, 1, 1, 1),
    Support.S3: (1, 1, 2, 2),
    Support.S2: (1, 2, 2, 2),
    Support.S1: (1, 2, 3, 3),
    Support.S0: (1, 2, 3, 3),
}
"""What one row shows: support down, quality Q0 to Q3 across (domain D2 "Evidence value")."""

_QUALITY_COLUMN = {quality: column for column, quality in enumerate(Quality)}


@dataclass(frozen=True, slots=True)
class Parameters:
    """The numbers of the rule. A change is a new version with its own date, never an edit of an old one."""

    version: str
    window_rows: int = 8
    window_days: int = 365
    thresholds: tuple[Threshold, ...] = (Threshold(1, 1, 1), Threshold(2, 3, 2), Threshold(3, 4, 3))
    minimum_minutes: int = 10
    rows_per_day: int = 2
    joint_cap: int = 2
    contributing_cap: int = 2
    stale_after_days: int = 180
    foundation_days: int = 21
    some_rows: int = 3
    some_days: int = 2
    good_rows: int = 8
    good_days: int = 4
    good_confirmers: int = 2

    def __post_init__(self) -> None:
        if [step.level for step in self.thresholds] != list(range(1, HIGHEST_COMPUTED_LEVEL + 1)):
            raise ValueError("the rule has one threshold for each of the levels 1, 2 and 3; people alone set level 4")

    def threshold(self, level: int) -> Threshold:
        """What it takes to show a level, 1 to 3."""
        return self.thresholds[level - 1]

    def foundation_ends_on(self, enrolled_on: date) -> date:
        """The last day of the foundation phase of somebody who began on `enrolled_on`."""
        return enrolled_on + timedelta(days=self.foundation_days - 1)


PARAMETERS_V1 = Parameters(version="1")


@dataclass(frozen=True, slots=True)
class MicroStep:
    """How far the used rows are towards the next level; the words for it are in `progression/explaining.py`."""

    next_level: int
    rows_seen: int
    rows_needed: int
    days_seen: int
    days_needed: int

    @property
    def days_missing(self) -> int:
        """Different days still to come."""
        return max(self.days_needed - self.days_seen, 0)

    @property
    def lacks_only_days(self) -> bool:
        """Whether it has been seen often enough, but on too few different days."""
        return self.rows_seen >= self.rows_needed and self.days_missing > 0


@dataclass(frozen=True, slots=True)
class Indication:
    """What the records suggest on one day. `level` is 0 to 3; `used` are the rows it rests on, newest first."""

    level: int
    basis: Basis
    used: tuple[Row, ...]
    micro_step: MicroStep | None
    last_seen: date | None
    is_stale: bool
    is_past: bool
    is_foundation: bool
    parameters: Parameters

    @property
    def has_evidence(self) -> bool:
        """Whether there is anything to suggest from."""
        return bool(self.used)

    def rows_at(self, level: int) -> tuple[Row, ...]:
        """The used rows that show at least `level`, newest first."""
        return _rows_at(self.used, level, self.parameters)

    def shows_more_support_than(self, adopted_level: int) -> bool:
        """Whether the newest rows show more support than the level people agreed on; the level itself stays.

        An agreed level 4 is held against 3, the highest that can be computed.
        """
        return self.has_evidence and self.level < min(adopted_level, HIGHEST_COMPUTED_LEVEL)

    @classmethod
    def empty(cls, last_seen: date | None, today: date, parameters: Parameters, *, is_foundation: bool = False) -> Self:
        """No level to suggest: nothing that counts in the last year, or the foundation phase is not over."""
        return cls(
            level=0,
            basis=Basis.THIN,
            used=(),
            micro_step=None if is_foundation else _micro_step((), 0, parameters),
            last_seen=last_seen,
            is_stale=_age(last_seen, today) >= parameters.stale_after_days,
            is_past=_age(last_seen, today) > parameters.window_days,
            is_foundation=is_foundation,
            parameters=parameters,
        )


def evidence_value(row: Row, parameters: Parameters = PARAMETERS_V1) -> int:
    """What one row shows, 1 to 3, or 0 where support or quality is missing; joint and contributing rows are capped."""
    if row.support is None or row.quality is None:
        return 0
    value = _EVIDENCE[row.support][_QUALITY_COLUMN[row.quality]]
    if row.is_joint:
        value = min(value, parameters.joint_cap)
    if not row.is_core:
        value = min(value, parameters.contributing_cap)
    return value


def can_count(row: Row, parameters: Parameters = PARAMETERS_V1) -> bool:
    """Whether a row can count for a level at all; the others are still shown, and their minutes still count."""
    return (
        row.confirmed_by is not None
        and row.minutes is not None
        and row.minutes >= parameters.minimum_minutes
        and row.support is not None
        and row.quality is not None
    )


def indicate(
    rows: Iterable[Row],
    today: date,
    parameters: Parameters = PARAMETERS_V1,
    foundation_ends_on: date | None = None,
) -> Indication:
    """What the rows of one person and one competence suggest on the day `today`.

    `foundation_ends_on` is the last day of the foundation phase; up to and with that day there is no level, and from
    the next day its records count. Rows after `today` are not seen yet. The order of `rows` does not matter.

    Raises ValueError where the same record comes twice: it would count double.
    """
    able = [row for row in _each_once(rows) if row.day <= today and can_count(row, parameters)]
    last_seen = max((row.day for row in able), default=None)
    if foundation_ends_on is not None and today <= foundation_ends_on:
        return Indication.empty(last_seen, today, parameters, is_foundation=True)
    used = _newest(able, today, parameters)
    if not used:
        return Indication.empty(last_seen, today, parameters)
    level = _level(used, parameters)
    return Indication(
        level=level,
        basis=_basis(used, parameters),
        used=used,
        micro_step=_micro_step(used, level, parameters),
        last_seen=last_seen,
        is_stale=_age(last_seen, today) >= parameters.stale_after_days,
        is_past=False,
        is_foundation=False,
        parameters=parameters,
    )


def _each_once(rows: Iterable[Row]) -> list[Row]:
    """The rows as a list, refusing a record that comes twice."""
    listed = list(rows)
    if len({row.record_id for row in listed}) != len(listed):
        raise ValueError("the same record came twice")
    return listed


def _newest(able: list[Row], today: date, parameters: Parameters) -> tuple[Row, ...]:
    """The rows a level is read from: the longest of each day, then the newest of them, newest first."""
    taken: Counter[date] = Counter()
    used: list[Row] = []
    for row in sorted(able, key=_newness, reverse=True):
        if _age(row.day, today) > parameters.window_days or taken[row.day] >= parameters.rows_per_day:
            continue
        taken[row.day] += 1
        used.append(row)
    return tuple(used[: parameters.window_rows])


def _newness(row: Row) -> tuple[date, int, datetime, str]:
    """Later day, then longer, then the later record; the id only makes the order the same every time."""
    return row.day, row.minutes or 0, row.recorded_at, row.record_id


def _age(day: date | None, today: date) -> int:
    """Whole days since `day`; -1 where it has never been."""
    return -1 if day is None else (today - day).days


def _rows_at(used: tuple[Row, ...], level: int, parameters: Parameters) -> tuple[Row, ...]:
    return tuple(row for row in used if evidence_value(row, parameters) >= level)


def _level(used: tuple[Row, ...], parameters: Parameters) -> int:
    """The highest level with enough rows on enough different days."""
    shown = 0
    for step in parameters.thresholds:
        rows = _rows_at(used, step.level, parameters)
        if len(rows) >= step.rows and count_days(rows) >= step.days:
            shown = step.level
    return shown


def _basis(used: tuple[Row, ...], parameters: Parameters) -> Basis:
    """How much the used rows carry; with one confirmer alone it is never good."""
    days = count_days(used)
    if len(used) < parameters.some_rows or days < parameters.some_days:
        return Basis.THIN
    confirmers = len({row.confirmed_by for row in used})
    if len(used) >= parameters.good_rows and days >= parameters.good_days and confirmers >= parameters.good_confirmers:
        return Basis.GOOD
    return Basis.SOME


def _micro_step(used: tuple[Row, ...], level: int, parameters: Parameters) -> MicroStep | None:
    """The way to the next computed level; none from 3, as the step to 4 is for people."""
    if level >= HIGHEST_COMPUTED_LEVEL:
        return None
    step = parameters.threshold(level + 1)
    rows = _rows_at(used, step.level, parameters)
    return MicroStep(step.level, len(rows), step.rows, count_days(rows), step.days)


def count_days(rows: Iterable[Row]) -> int:
    """How many different days the rows lie on."""
    return len({row.day for row in rows})
