"""Goals and their small steps: people set them, say where they stand, and end them. No rule ever does.

`by_staff_id` is whoever of the staff wrote it with the citizen; None is the citizen alone.
"""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.core import clock
from workshop.core.errors import Refusal
from workshop.core.i18n import _
from workshop.progression import queries
from workshop.progression.goal_rules import GoalState
from workshop.progression.levels import HIGHEST_LEVEL
from workshop.progression.models import DevelopmentPlan, Goal, GoalChange, GoalExample, GoalKind, SubGoal

MOST_OPEN_GOALS = 3
"""A plan has two or three goals at a time (domain D2 "Goal progress")."""

MOST_OPEN_STEPS = 6
"""More small steps than this at a time are no longer small, or belong to a goal of their own."""

MOST_HOURS = 37


def set_goal(
    session: Session,
    *,
    plan: DevelopmentPlan,
    kind: GoalKind,
    title: str,
    now: datetime,
    by_staff_id: int | None,
    competence_id: int | None = None,
    target_level: int | None = None,
    target_of_ten: int | None = None,
    target_hours: int | None = None,
    own_words: str = "",
    instead_of: Goal | None = None,
) -> Goal:
    """A goal of the plan, not started; it takes the place of `instead_of`, which ends as adjusted and stays readable.

    Raises Refusal for a fourth one at a time, for a target that does not fit, and where the old goal is over already.
    """
    _check_target(kind, competence_id, target_level, target_of_ten, target_hours)
    session.refresh(plan, with_for_update=True)  # two who set a goal in the same plan take turns
    if instead_of is not None:
        _adjust(session, instead_of, own_words, by_staff_id, now)
    check_room(session, plan.id)
    is_competence = kind is GoalKind.COMPETENCE
    goal = Goal(
        plan_id=plan.id,
        kind=kind,
        title=title,
        competence_id=competence_id if is_competence else None,
        target_level=target_level if is_competence else None,
        target_of_ten=target_of_ten if kind is GoalKind.ATTENDANCE else None,
        target_hours=target_hours if kind is GoalKind.HOURS else None,
        state=GoalState.NOT_STARTED,
        own_words=own_words,
        started_on=clock.local_day(now),
        replaces_id=instead_of.id if instead_of is not None else None,
    )
    session.add(goal)
    session.flush()
    _write_change(session, goal, None, own_words, by_staff_id, now)
    return goal


def change_state(
    session: Session, *, goal: Goal, state: GoalState, own_words: str, by_staff_id: int | None, now: datetime
) -> GoalChange | None:
    """People say where a goal stands; the same again, without a word to it, is no change and gives None.

    One that is reached, adjusted or stopped is over, and may be taken up again.
    Raises Refusal where staff call a goal reached without the citizen's own word, where a citizen alone calls one
    reached that both agreed on, for adjusted (that is a new goal in its place), and for taking up a fourth goal.
    """
    if state is GoalState.ADJUSTED and goal.state is not GoalState.ADJUSTED:
        raise Refusal(_("Et mål bliver justeret ved at sætte det nye mål i stedet."))
    if by_staff_id is None and state is GoalState.REACHED and goal.kind is not GoalKind.OWN_WORDS:
        raise Refusal(_("Det taler vi om sammen. Tal med din kontaktperson."))
    if state is goal.state and not own_words.strip():
        return None
    _check_word(state, own_words, by_staff_id)
    if state.is_open and not goal.state.is_open:
        plan = session.get_one(DevelopmentPlan, goal.plan_id, with_for_update=True)
        _check_not_replaced(session, goal)
        check_room(session, plan.id)
    goal.state = state
    goal.ended_on = None if state.is_open else clock.local_day(now)
    if own_words.strip():
        goal.own_words = own_words
    session.flush()
    return _write_change(session, goal, None, own_words, by_staff_id, now)


def rename(
    session: Session, *, goal: Goal, title: str, own_words: str, by_staff_id: int | None, now: datetime
) -> GoalChange:
    """The goal in other words: the same goal with the same target. Raises Refusal for a goal that is over."""
    if not goal.state.is_open:
        raise Refusal(_("Målet er slut. Sæt et nyt, hvis I vil videre med det."))
    goal.title = title
    goal.own_words = own_words
    session.flush()
    return _write_change(session, goal, None, own_words, by_staff_id, now)


def add_step(
    session: Session, *, goal: Goal, title: str, by_staff_id: int | None, now: datetime, own_words: str = ""
) -> SubGoal:
    """A small step of an open goal, the last in the row. Raises Refusal for a goal that is over, or a step too many."""
    session.refresh(goal, with_for_update=True)  # two who add a step take turns, so each has its own place
    if not goal.state.is_open:
        raise Refusal(_("Målet er slut. Sæt et nyt, hvis I vil videre med det."))
    steps = session.execute(sa.select(SubGoal.position, SubGoal.state).where(SubGoal.goal_id == goal.id)).all()
    if sum(state.is_open for _position, state in steps) >= MOST_OPEN_STEPS:
        raise Refusal(_("Der er mange skridt nu. Gør et af dem færdigt først."))
    step = SubGoal(
        goal_id=goal.id,
        position=max((position for position, _state in steps), default=0) + 1,
        title=title,
        state=GoalState.NOT_STARTED,
        started_on=clock.local_day(now),
    )
    session.add(step)
    session.flush()
    _write_change(session, goal, step, own_words, by_staff_id, now)
    return step


def change_step(
    session: Session,
    *,
    step: SubGoal,
    state: GoalState,
    own_words: str,
    by_staff_id: int | None,
    now: datetime,
    title: str = "",
) -> GoalChange:
    """People say where a small step stands, and may put it in other words; without a `title` the words stay.

    Raises Refusal where staff call a step reached without the citizen's own word, and where its goal is over.
    """
    goal = session.get_one(Goal, step.goal_id)
    if not goal.state.is_open:
        raise Refusal(_("Målet er slut. Sæt et nyt, hvis I vil videre med det."))
    _check_word(state, own_words, by_staff_id)
    step.state = state
    step.ended_on = None if state.is_open else clock.local_day(now)
    step.title = title or step.title
    session.flush()
    return _write_change(session, goal, step, own_words, by_staff_id, now)


def add_example(
    session: Session,
    *,
    goal: Goal,
    seen_on: date,
    sentence: str,
    by_staff_id: int,
    now: datetime,
    step: SubGoal | None = None,
) -> None:
    """Something seen for a goal, or for one step of it. Raises Refusal for a day that has not come."""
    if seen_on > clock.local_day(now):
        raise Refusal(_("Dagen er ikke kommet endnu. Vælg en dag, der har været."))
    session.add(
        GoalExample(
            goal_id=goal.id,
            sub_goal_id=step.id if step is not None else None,
            seen_on=seen_on,
            sentence=sentence,
            by_staff_id=by_staff_id,
        )
    )
    session.flush()


def _adjust(session: Session, goal: Goal, own_words: str, by_staff_id: int | None, now: datetime) -> None:
    """The old goal ends as adjusted, with its steps as they are. It happens once: the plan is locked by now."""
    session.refresh(goal)
    if not goal.state.is_open:
        raise Refusal(_("Målet er slut. Sæt et nyt, hvis I vil videre med det."))
    goal.state = GoalState.ADJUSTED
    goal.ended_on = clock.local_day(now)
    session.flush()
    _write_change(session, goal, None, own_words, by_staff_id, now)


def _write_change(
    session: Session, goal: Goal, step: SubGoal | None, own_words: str, by_staff_id: int | None, now: datetime
) -> GoalChange:
    change = GoalChange(
        goal_id=goal.id,
        sub_goal_id=step.id if step is not None else None,
        state=step.state if step is not None else goal.state,
        own_words=own_words,
        at=now,
        by_staff_id=by_staff_id,
    )
    session.add(change)
    session.flush()
    return change


def _check_word(state: GoalState, own_words: str, by_staff_id: int | None) -> None:
    """Reached takes a person and the citizen's word; a citizen who says it alone has given it by saying so."""
    if state is GoalState.REACHED and by_staff_id is not None and not own_words.strip():
        raise Refusal(_("Et mål er først nået, når borgeren også siger det. Skriv borgerens egne ord."))


def _check_not_replaced(session: Session, goal: Goal) -> None:
    if session.scalar(sa.select(sa.exists().where(Goal.replaces_id == goal.id))):
        raise Refusal(_("Et nyt mål har taget dette måls plads. Arbejd videre med det nye."))


def check_room(session: Session, plan_id: int) -> None:
    """Raises Refusal where as many goals are open as one can work on."""
    open_goals = sa.select(sa.func.count()).where(Goal.plan_id == plan_id, Goal.state.in_(queries.OPEN_STATES))
    if (session.scalar(open_goals) or 0) >= MOST_OPEN_GOALS:
        raise Refusal(_("Der er allerede tre mål i gang. Afslut eller justér et af dem først."))


def _check_target(
    kind: GoalKind,
    competence_id: int | None,
    target_level: int | None,
    target_of_ten: int | None,
    target_hours: int | None,
) -> None:
    if kind is GoalKind.COMPETENCE and (competence_id is None or target_level not in range(1, HIGHEST_LEVEL + 1)):
        raise Refusal(_("Vælg en kompetence og det trin, målet er."))
    if kind is GoalKind.ATTENDANCE and target_of_ten not in range(1, 11):
        raise Refusal(_("Skriv, hvor mange af ti aftalte dage målet er."))
    if kind is GoalKind.HOURS and target_hours not in range(1, MOST_HOURS + 1):
        raise Refusal(_("Skriv, hvor mange timer om ugen målet er: 1 til 37."))
