"""Attendance stability: how many agreed days somebody came on, as counts and facts, never as a judgement.

Source: domain D2 "Attendance stability" and decisions 29.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from workshop.core.i18n import _, ngettext

SMALLEST_BASE = 4
"""With fewer agreed days than this there are counts only, no "x af y"."""


class AttendanceMark(StrEnum):
    """What was seen on a day; a fact that staff wrote down, without a cause."""

    CAME = "came"
    CAME_PARTLY = "came_partly"
    NOTIFIED = "notified"
    NO_MESSAGE = "no_message"
    AGREED_AWAY = "agreed_away"

    @property
    def label(self) -> str:
        """The word in the key of the attendance plot."""
        return {
            AttendanceMark.CAME: _("Mødt"),
            AttendanceMark.CAME_PARTLY: _("Mødt noget af dagen"),
            AttendanceMark.NOTIFIED: _("Afbud"),
            AttendanceMark.NO_MESSAGE: _("Ingen besked"),
            AttendanceMark.AGREED_AWAY: _("Aftalt fri"),
        }[self]

    @property
    def is_present(self) -> bool:
        """Whether the person was there, all of the day or some of it."""
        return self in (AttendanceMark.CAME, AttendanceMark.CAME_PARTLY)


@dataclass(frozen=True, slots=True)
class AttendanceDay:
    """One calendar day of one person.

    `is_planned` follows the plan version in force on that day. `is_agreed_away` is a meeting, a placement or a changed
    schedule known from elsewhere; the mark may say the same. `mark` is None until somebody has written one. The moments
    are UTC; each may be unknown.
    """

    day: date
    is_planned: bool = True
    is_closed: bool = False
    is_agreed_away: bool = False
    mark: AttendanceMark | None = None
    agreed_start_at: datetime | None = None
    notice_at: datetime | None = None
    arrived_at: datetime | None = None
    agreed_minutes: int = 0

    @property
    def is_away_by_agreement(self) -> bool:
        """Whether the day is agreed away and the workshop open: closed beats agreed away."""
        return not self.is_closed and (self.is_agreed_away or self.mark == AttendanceMark.AGREED_AWAY)

    @property
    def is_expected(self) -> bool:
        """Whether the day belongs to the base: planned, open and not agreed away."""
        return self.is_planned and not self.is_closed and not self.is_away_by_agreement

    @property
    def is_extra(self) -> bool:
        """Whether the person came on a day nobody had agreed on; shown apart, outside "x af y"."""
        return self.mark is not None and self.mark.is_present and not self.is_expected

    @property
    def is_notice_in_time(self) -> bool | None:
        """Whether the notice came at or before the agreed start; None where there is none, or a time is unknown."""
        if self.mark != AttendanceMark.NOTIFIED or self.notice_at is None or self.agreed_start_at is None:
            return None
        return self.notice_at <= self.agreed_start_at

    @property
    def is_on_time(self) -> bool | None:
        """Whether the person was there at the agreed start; None where they were not there, or a time is unknown."""
        if self.mark is None or not self.mark.is_present or self.arrived_at is None or self.agreed_start_at is None:
            return None
        return self.arrived_at <= self.agreed_start_at


@dataclass(frozen=True, slots=True)
class AttendanceStability:
    """Counts of days. `came` holds `partly`; `extra` days lie outside the base.

    `unrecorded` are agreed days nobody has written a mark for: they are in the base, but are never called an absence.
    `notices_in_time` and `notices_late` hold only notices whose time is known, `arrivals_timed` only known arrivals.
    """

    planned: int
    closed: int
    agreed_away: int
    came: int
    partly: int
    notified: int
    no_message: int
    unrecorded: int
    extra: int
    notices_in_time: int
    notices_late: int
    arrivals_timed: int
    arrivals_on_time: int

    @property
    def base(self) -> int:
        """The agreed days: planned less closed and agreed away."""
        return self.planned - self.closed - self.agreed_away

    @property
    def absent(self) -> int:
        """Agreed days with an absence written down, with a message or without."""
        return self.notified + self.no_message

    @property
    def has_rate(self) -> bool:
        """Whether there are enough agreed days to say "x af y"."""
        return self.base >= SMALLEST_BASE


def attendance_stability(days: Iterable[AttendanceDay], today: date) -> AttendanceStability:
    """Counts the days before `today`; today counts when it is over.

    Raises ValueError where a day comes twice: it would count double.
    """
    over = _each_once(day for day in days if day.day < today)
    planned = [day for day in over if day.is_planned]
    expected = [day for day in planned if day.is_expected]
    marks = Counter(day.mark for day in expected)
    notices = Counter(day.is_notice_in_time for day in expected)
    arrivals = Counter(day.is_on_time for day in expected)
    return AttendanceStability(
        planned=len(planned),
        closed=sum(day.is_closed for day in planned),
        agreed_away=sum(day.is_away_by_agreement for day in planned),
        came=marks[AttendanceMark.CAME] + marks[AttendanceMark.CAME_PARTLY],
        partly=marks[AttendanceMark.CAME_PARTLY],
        notified=marks[AttendanceMark.NOTIFIED],
        no_message=marks[AttendanceMark.NO_MESSAGE],
        unrecorded=marks[None],
        extra=sum(day.is_extra for day in over),
        notices_in_time=notices[True],
        notices_late=notices[False],
        arrivals_timed=arrivals[True] + arrivals[False],
        arrivals_on_time=arrivals[True],
    )


def attendance_text(seen: AttendanceStability) -> str:
    """The counts as plain sentences, as they stand on pages and in reports.

    "Mødt 8 af 10 aftalte dage, heraf 1 noget af dagen. 1 af 2 fraværsdage er meldt."
    With a base too small there are counts only, and a day without a mark is named as such.
    """
    sentences = [_came_text(seen), _absence_text(seen)] if seen.has_rate else [_counts_text(seen)]
    if seen.unrecorded:
        sentences.append(
            ngettext("%(num)s dag er ikke skrevet ind.", "%(num)s dage er ikke skrevet ind.", seen.unrecorded)
        )
    if seen.extra:
        sentences.append(ngettext("Mødt %(num)s ekstra dag.", "Mødt %(num)s ekstra dage.", seen.extra))
    return " ".join(sentence for sentence in sentences if sentence)


def _came_text(seen: AttendanceStability) -> str:
    if seen.partly:
        return _(
            "Mødt %(came)s af %(base)s aftalte dage, heraf %(partly)s noget af dagen.",
            came=seen.came,
            base=seen.base,
            partly=seen.partly,
        )
    return _("Mødt %(came)s af %(base)s aftalte dage.", came=seen.came, base=seen.base)


def _absence_text(seen: AttendanceStability) -> str:
    if not seen.absent:
        return ""
    return ngettext(
        "%(notified)s af %(num)s fraværsdag er meldt.",
        "%(notified)s af %(num)s fraværsdage er meldt.",
        seen.absent,
        notified=seen.notified,
    )


def _counts_text(seen: AttendanceStability) -> str:
    return _(
        "Mødt: %(came)s. Noget af dagen: %(partly)s. Afbud: %(notified)s. Ingen besked: %(no_message)s.",
        came=seen.came - seen.partly,
        partly=seen.partly,
        notified=seen.notified,
        no_message=seen.no_message,
    )


def _each_once(days: Iterable[AttendanceDay]) -> list[AttendanceDay]:
    """The days as a list, refusing a day that comes twice."""
    listed = list(days)
    if len({day.day for day in listed}) != len(listed):
        raise ValueError("the same day came twice")
    return listed
