"""What people do with a plan: goals, talks, and the levels agreed at them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.core import clock
from workshop.core.errors import Refusal
from workshop.core.i18n import _
from workshop.progression import evidence, queries
from workshop.progression.goal_rules import GoalState
from workshop.progression.indication import PARAMETERS_V1, Indication, indicate
from workshop.progression.levels import HIGHEST_LEVEL, may_adopt_highest
from workshop.progression.models import AdoptedLevel, DevelopmentPlan, Goal, GoalChange, GoalExample, GoalKind, Talk

MOST_OPEN_GOALS = 3
"""A plan has two or three goals at a time (domain D2 "Goal progress")."""


class LevelRefused(Refusal):
    """One of the levels cannot be agreed like this; the page puts the sentence beside that competence."""

    def __init__(self, competence_id: int, sentence: str) -> None:
        super().__init__(sentence)
        self.competence_id = competence_id


@dataclass(frozen=True, slots=True)
class Agreed:
    """What staff and citizen say about one competence at a talk.

    `own_level` is the citizen's own view, None where they did not want to give one; `level` is what both agree on, 0 to
    4. `has_taught_others` is asked only for level 4.
    """

    competence_id: int
    level: int
    own_level: int | None = None
    own_words: str = ""
    note: str = ""
    has_taught_others: bool = False


def start_plan(
    session: Session, *, citizen_id: int, where_i_am: str, where_i_want_to_be: str, now: datetime
) -> DevelopmentPlan:
    """The plan in the citizen's own words; said again, the words are replaced and the plan stays the same one."""
    plan = queries.plan_of(session, citizen_id)
    if plan is None:
        plan = DevelopmentPlan(citizen_id=citizen_id, started_on=clock.local_day(now))
        session.add(plan)
    plan.where_i_am = where_i_am
    plan.where_i_want_to_be = where_i_want_to_be
    session.flush()
    return plan


def set_goal(
    session: Session,
    *,
    plan: DevelopmentPlan,
    kind: GoalKind,
    title: str,
    now: datetime,
    by_staff_id: int,
    competence_id: int | None = None,
    target_level: int | None = None,
    target_of_ten: int | None = None,
    own_words: str = "",
) -> Goal:
    """A goal of the plan, not started. Raises Refusal for a fourth one at a time, or a target that does not fit."""
    _check_target(kind, competence_id, target_level, target_of_ten)
    session.refresh(plan, with_for_update=True)
    open_goals = sa.select(sa.func.count()).where(Goal.plan_id == plan.id, Goal.state.in_(queries.OPEN_STATES))
    if (session.scalar(open_goals) or 0) >= MOST_OPEN_GOALS:
        raise Refusal(_("Der er allerede tre mål i gang. Afslut eller justér et af dem først."))
    is_competence = kind is GoalKind.COMPETENCE
    goal = Goal(
        plan_id=plan.id,
        kind=kind,
        title=title,
        competence_id=competence_id if is_competence else None,
        target_level=target_level if is_competence else None,
        target_of_ten=target_of_ten if kind is GoalKind.ATTENDANCE else None,
        state=GoalState.NOT_STARTED,
        own_words=own_words,
        started_on=clock.local_day(now),
    )
    session.add(goal)
    session.flush()
    _write_change(session, goal, own_words, by_staff_id, now)
    return goal


def change_goal_state(
    session: Session, *, goal: Goal, state: GoalState, own_words: str, by_staff_id: int, now: datetime
) -> GoalChange:
    """People say where a goal stands; no rule ever does.

    Raises Refusal where a goal is called reached without the citizen's own word (domain D2 "Goal progress").
    """
    if state is GoalState.REACHED and not own_words.strip():
        raise Refusal(_("Et mål er først nået, når borgeren også siger det. Skriv borgerens egne ord."))
    goal.state = state
    if own_words.strip():
        goal.own_words = own_words
    session.flush()
    return _write_change(session, goal, own_words, by_staff_id, now)


def add_example(session: Session, *, goal: Goal, seen_on: date, sentence: str, by_staff_id: int, now: datetime) -> None:
    """Something seen for a goal. Raises Refusal for a day that has not come."""
    if seen_on > clock.local_day(now):
        raise Refusal(_("Dagen er ikke kommet endnu. Vælg en dag, der har været."))
    session.add(GoalExample(goal_id=goal.id, seen_on=seen_on, sentence=sentence, by_staff_id=by_staff_id))
    session.flush()


def open_talk(session: Session, *, citizen_id: int, by_staff_id: int, now: datetime) -> Talk:
    """Sit down with the citizen; the talk already going on today is given back."""
    latest = session.scalar(
        sa.select(Talk)
        .where(Talk.citizen_id == citizen_id, Talk.by_staff_id == by_staff_id)
        .order_by(Talk.opened_at.desc(), Talk.id.desc())
        .limit(1)
    )
    if latest is not None and queries.is_open(latest, now):
        return latest
    talk = Talk(citizen_id=citizen_id, opened_at=now, by_staff_id=by_staff_id)
    session.add(talk)
    session.flush()
    return talk


def adopt_levels(
    session: Session, *, talk: Talk, agreed: Sequence[Agreed], by_staff_id: int, now: datetime
) -> list[AdoptedLevel]:
    """The levels staff and citizen agreed on at an open talk: all of them, or none where one is refused.

    Raises Refusal when the talk is over, in the foundation phase, for a level beside the indication without a note, and
    for level 4 before its time. Source: domain D2 "Two layers", decisions 18 and 28.
    """
    session.refresh(talk, with_for_update=True)  # two presses on the same button take turns
    _check_talk(talk, by_staff_id, now)
    today = clock.local_day(now)
    foundation_end = evidence.foundation_ends_on(session, talk.citizen_id, today)
    if foundation_end is not None and today <= foundation_end:
        raise Refusal(_("Grundfasen er ikke slut. Der aftales ingen niveauer endnu."))
    found = evidence.rows(session, talk.citizen_id, None, today)
    history = queries.adopted(session, talk.citizen_id)
    levels: list[AdoptedLevel] = []
    for each in agreed:
        rows = found.get(each.competence_id, [])
        before = history.get(each.competence_id, [])
        if any(row.talk_id == talk.id for row in before):
            raise LevelRefused(each.competence_id, _("Det er allerede aftalt i denne samtale."))
        suggested = indicate(rows, today, foundation_ends_on=foundation_end)
        shown_in = {row.task_type for row in suggested.rows_at(3)}
        _check_level(each, suggested, before[-1].level if before else None, len(shown_in))
        levels.append(_adopted(talk, each, suggested, by_staff_id, today))
    session.add_all(levels)
    session.flush()
    return levels


def close_talk(session: Session, *, talk: Talk, now: datetime) -> None:
    """The talk is over; from here the indication is out of sight. A second time changes nothing."""
    if talk.closed_at is None:
        talk.closed_at = now
        session.flush()


def _write_change(session: Session, goal: Goal, own_words: str, by_staff_id: int, now: datetime) -> GoalChange:
    change = GoalChange(goal_id=goal.id, state=goal.state, own_words=own_words, at=now, by_staff_id=by_staff_id)
    session.add(change)
    session.flush()
    return change


def _check_target(
    kind: GoalKind, competence_id: int | None, target_level: int | None, target_of_ten: int | None
) -> None:
    if kind is GoalKind.COMPETENCE and (competence_id is None or target_level not in range(1, HIGHEST_LEVEL + 1)):
        raise Refusal(_("Vælg en kompetence og det trin, målet er."))
    if kind is GoalKind.ATTENDANCE and target_of_ten not in range(1, 11):
        raise Refusal(_("Skriv, hvor mange af ti aftalte dage målet er."))


def _check_talk(talk: Talk, by_staff_id: int, now: datetime) -> None:
    if not queries.is_open(talk, now):
        raise Refusal(_("Samtalen er lukket. Åbn en ny."))
    if talk.by_staff_id != by_staff_id:
        raise Refusal(_("Samtalen er åbnet af en anden. Åbn jeres egen."))


def _check_level(each: Agreed, suggested: Indication, before: int | None, task_types: int) -> None:
    if not 0 <= each.level <= HIGHEST_LEVEL:
        raise ValueError(f"a level is 0 to {HIGHEST_LEVEL}, not {each.level}")
    is_new_highest = each.level == HIGHEST_LEVEL and before != HIGHEST_LEVEL
    if is_new_highest and not may_adopt_highest(before, range(task_types), each.has_taught_others):
        raise LevelRefused(
            each.competence_id,
            _("Trin 4 aftales efter trin 3, når det er set i to slags opgaver, eller når det er vist til andre."),
        )
    if each.level != suggested.level and not each.note.strip():
        raise LevelRefused(
            each.competence_id, _("Det aftalte er et andet trin end forslaget. Skriv kort, hvad I har set.")
        )


def _adopted(talk: Talk, each: Agreed, suggested: Indication, by_staff_id: int, today: date) -> AdoptedLevel:
    return AdoptedLevel(
        talk_id=talk.id,
        citizen_id=talk.citizen_id,
        competence_id=each.competence_id,
        level=each.level,
        adopted_on=today,
        by_staff_id=by_staff_id,
        own_level=each.own_level,
        own_words=each.own_words,
        note=each.note,
        indicated_level=suggested.level if suggested.has_evidence else None,
        parameters_version=int(PARAMETERS_V1.version),
    )
