"""Everything the page of one citizen shows. The computed indication is not on it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy.orm import Session

from workshop.citizens import queries as citizens
from workshop.citizens.attendance import AttendanceDay, AttendanceStability, attendance_stability, attendance_text
from workshop.citizens.models import Citizen
from workshop.citizens.queries import PlanRow
from workshop.core.i18n import _, ngettext
from workshop.progression import evidence, presence, queries
from workshop.progression.evidence import Seen
from workshop.progression.goal_rules import ATTENDANCE_DAYS, PlanWeek
from workshop.progression.indication import PARAMETERS_V1, indicate
from workshop.progression.lines import GoalLine, LevelLine, goal_line, level_lines
from workshop.progression.models import DevelopmentPlan, Talk
from workshop.progression.own_levels import OwnRow, own_levels
from workshop.progression.presence import PlotRow
from workshop.progression.queries import AdoptedRow, FeelingRow, GoalRow, RecordLine, Stay
from workshop.progression.this_week import WorkGroup, this_week
from workshop.progression.topics import Topics, topics
from workshop.tasks.models import Competence, Feeling
from workshop.tasks.remarks.queries import Remark, remarks_by
from workshop.tasks.wishing.queries import WishRow, open_wishes

WEEKS = 12
LATEST = 6


@dataclass(frozen=True, slots=True)
class FeelingWeek:
    """The answers of one week: good, okay, hard."""

    week: int
    good: int
    okay: int
    hard: int

    @property
    def total(self) -> int:
        """All answers of the week."""
        return self.good + self.okay + self.hard


@dataclass(frozen=True, slots=True)
class CitizenPage:
    """What the template reads."""

    citizen: Citizen
    stay: Stay | None
    contact: str | None
    week_plan: list[PlanRow]
    attendance: AttendanceStability
    attendance_text: str
    attendance_rows: list[PlotRow]
    weeks: list[int]
    feelings: list[FeelingWeek]
    levels: list[LevelLine]
    is_foundation: bool
    open_goals: list[GoalLine]
    closed_goals: list[GoalLine]
    plan: DevelopmentPlan | None
    latest: list[RecordLine]
    own_views: list[tuple[str, list[OwnRow]]]
    topics: Topics
    work: list[WorkGroup]
    wishes: list[WishRow]
    remarks: Mapping[int, Sequence[Remark]]
    talks: list[Talk]

    @property
    def attendance_pairs(self) -> list[tuple[str, tuple[str, ...]]]:
        """Weekday and marks, as the attendance plot takes them."""
        return [(weekday_names()[row.weekday], row.marks) for row in self.attendance_rows]

    @property
    def week_text(self) -> str:
        """The agreed week, equal days in a row drawn together: "Man–Tors 9–14, Fre 9–12"."""
        return ", ".join(
            f"{_span(run)} {_clock(run[0].start_minute)}–{_clock(run[0].start_minute + run[0].minutes)}"
            for run in _runs(self.week_plan)
        )

    @property
    def feeling_point(self) -> str:
        """What the feelings plot shows, as one sentence."""
        good = sum(each.good for each in self.feelings)
        okay = sum(each.okay for each in self.feelings)
        hard = sum(each.hard for each in self.feelings)
        return _("Godt %(good)s gange, okay %(okay)s gange, svært %(hard)s gange.", good=good, okay=okay, hard=hard)

    @property
    def levels_point(self) -> str:
        """What the plot of levels shows, as one sentence."""
        moved = sum(1 for line in self.levels if line.now > line.start)
        return ngettext(
            "Aftalte niveauer ved start, nu og som mål. %(num)s område er rykket.",
            "Aftalte niveauer ved start, nu og som mål. %(num)s områder er rykket.",
            moved,
        )

    @property
    def newest_agreement(self) -> date | None:
        """When something was last agreed on."""
        return max((line.adopted_on for line in self.levels), default=None)


def citizen_page(session: Session, citizen: Citizen, today: date) -> CitizenPage:
    """Read one citizen's page; the number of queries does not depend on how many records there are."""
    mondays = presence.mondays_until(today, WEEKS)
    days = presence.attendance_days(session, citizen.id, mondays[0], today)
    attended = attendance_stability(days, today)
    week_plan = citizens.week_plan(session, citizen.id, today)
    stay = queries.stay(session, citizen.id, today)
    # The foundation phase is that of the newest enrolment begun, which is the one just read.
    read = _read(session, citizen, PARAMETERS_V1.foundation_ends_on(stay.started_on) if stay else None, today)
    levels = level_lines(read.adopted, read.competences, read.found, [row.goal for row in read.goals], today)
    hours = _Hours(sum(row.minutes for row in week_plan), presence.plan_weeks(days, mondays, today))
    goals = _goal_lines(session, read, days, hours, citizen, today)
    wishes = open_wishes(session, [citizen.id]).get(citizen.id, [])
    latest = queries.latest_records(session, citizen.id, LATEST)
    agreed = {each: rows[-1].level for each, rows in read.adopted.items()}
    return CitizenPage(
        citizen=citizen,
        stay=stay,
        contact=queries.contact_name(session, citizen.id, today),
        week_plan=week_plan,
        attendance=attended,
        attendance_text=attendance_text(attended),
        attendance_rows=presence.plot_rows(days, mondays, today),
        weeks=[monday.isocalendar().week for monday in mondays],
        feelings=feeling_weeks(queries.feelings(session, citizen.id, mondays[0], today), mondays),
        levels=levels,
        is_foundation=read.is_foundation,
        open_goals=[line for line in goals if line.is_open],
        closed_goals=[line for line in goals if not line.is_open],
        plan=read.plan,
        latest=latest,
        own_views=[
            (competence.name, read.own[each][::-1]) for each, competence in read.competences.items() if each in read.own
        ],
        topics=topics(read.adopted, read.own, {} if read.is_foundation else read.found, read.competences, today),
        work=this_week(session, citizen, agreed, read.competences, wishes, today),
        wishes=wishes,
        remarks=remarks_by(session, citizen.id, _record_ids(levels, latest)),
        talks=queries.past_talks(session, citizen.id, today, LATEST),
    )


class _Hours(NamedTuple):
    """The minutes agreed for a week now, and the weeks that are over."""

    agreed: int
    weeks: list[PlanWeek]


class _Read(NamedTuple):
    """What the parts of the page are put together from. In the foundation phase no level is read at all."""

    is_foundation: bool
    foundation_end: date | None
    competences: Mapping[int, Competence]
    found: Mapping[int, list[Seen]]
    adopted: Mapping[int, list[AdoptedRow]]
    own: Mapping[int, list[OwnRow]]
    plan: DevelopmentPlan | None
    goals: list[GoalRow]


def _read(session: Session, citizen: Citizen, foundation_end: date | None, today: date) -> _Read:
    is_foundation = foundation_end is not None and today <= foundation_end
    plan = queries.plan_of(session, citizen.id)
    return _Read(
        is_foundation=is_foundation,
        foundation_end=foundation_end,
        competences=queries.competences(session),
        found=evidence.seen(session, citizen.id, None, today),
        adopted={} if is_foundation else queries.adopted(session, citizen.id),
        own={} if is_foundation else own_levels(session, citizen.id),
        plan=plan,
        goals=queries.goals_with_steps(session, plan.id) if plan is not None else [],
    )


def _goal_lines(
    session: Session, read: _Read, days: Sequence[AttendanceDay], hours: _Hours, citizen: Citizen, today: date
) -> list[GoalLine]:
    examples = queries.goal_examples(session, citizen.id)
    recent = attendance_stability([day for day in days if (today - day.day).days <= ATTENDANCE_DAYS], today)
    lines = []
    for goal, steps in read.goals:
        listed = read.found.get(goal.competence_id, []) if goal.competence_id else []
        suggested = indicate(evidence.rows_of(listed), today, foundation_ends_on=read.foundation_end)
        written = examples.get(goal.id, ())
        lines.append(
            goal_line(
                goal, listed, suggested, recent, written, today,
                steps=steps, plan_minutes=hours.agreed, weeks=hours.weeks,
            )
        )  # fmt: skip
    return lines


def _record_ids(levels: Sequence[LevelLine], latest: Sequence[RecordLine]) -> set[int]:
    return {each.id for line in levels for each in line.records} | {each.id for each in latest}


def weekday_names() -> tuple[str, ...]:
    """Short names of the weekdays, Monday first."""
    return _("Man"), _("Tirs"), _("Ons"), _("Tors"), _("Fre"), _("Lør"), _("Søn")


def feeling_weeks(rows: Sequence[FeelingRow], mondays: Sequence[date]) -> list[FeelingWeek]:
    """The citizen's own answers by week, as counts."""
    counts: Counter[tuple[date, Feeling]] = Counter()
    for row in rows:
        counts[row.day - timedelta(days=row.day.weekday()), row.felt] += row.times
    return [
        FeelingWeek(
            monday.isocalendar().week,
            counts[monday, Feeling.GOOD],
            counts[monday, Feeling.OKAY],
            counts[monday, Feeling.HARD],
        )
        for monday in mondays
    ]


def _runs(plan: Sequence[PlanRow]) -> list[list[PlanRow]]:
    """Weekdays that follow each other with the same hours."""
    runs: list[list[PlanRow]] = []
    for row in plan:
        before = runs[-1][-1] if runs else None
        if before == PlanRow(row.weekday - 1, row.start_minute, row.minutes):
            runs[-1].append(row)
        else:
            runs.append([row])
    return runs


def _span(run: Sequence[PlanRow]) -> str:
    names = weekday_names()
    return names[run[0].weekday] if len(run) == 1 else f"{names[run[0].weekday]}–{names[run[-1].weekday]}"


def _clock(minute: int) -> str:
    hour, rest = divmod(minute, 60)
    return f"{hour}.{rest:02}" if rest else str(hour)
