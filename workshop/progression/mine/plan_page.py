"""What "Min plan" shows: my words, my goals with their steps, and this week's work where each can be tried."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy.orm import Session

from workshop.citizens.models import Citizen
from workshop.progression import queries
from workshop.progression.fit import Fit, fit, needs_of
from workshop.progression.models import DevelopmentPlan, Goal, SubGoal
from workshop.progression.my_page import shown_levels
from workshop.tasks.week.open_work import OpenWork, open_work
from workshop.tasks.wishing import queries as wishing
from workshop.tasks.wishing.queries import WishRow

DAYS_AHEAD = 6
"""Today and six days more: what one can wish for is near enough to happen."""

MOST_TRIES = 3


class Try(NamedTuple):
    """Work of the week that somebody could try. `what` is what the form sends; `fit` is empty before any talk."""

    what: str
    title: str
    of_what: str
    day: date | None
    fit: Fit | None
    is_wished: bool
    wish_id: str  # of the wish that stands; otherwise empty


@dataclass(frozen=True, slots=True)
class GoalCard:
    """A goal with its small steps, and where it can be tried this week."""

    goal: Goal
    steps: Sequence[SubGoal]
    tries: list[Try]
    has_more: bool


@dataclass(frozen=True, slots=True)
class PlanPage:
    """What the template reads."""

    plan: DevelopmentPlan | None
    goals: list[GoalCard]
    ended: list[Goal]
    wishes: list[WishRow]
    contact: str | None
    may_add: bool


@dataclass(frozen=True, slots=True)
class Week:
    """This week's work for one person, with what each kind of task asks for."""

    tries: list[tuple[OpenWork, Try]]
    needs: Mapping[int, Mapping[int, int]]

    def for_goal(self, goal: Goal) -> list[Try]:
        """Where a goal can be tried: the work that shows its competence."""
        return [
            each
            for work, each in self.tries
            if goal.competence_id is not None and goal.competence_id in self.needs.get(work.task_type_id, {})
        ]

    def besides(self, shown: Collection[Try]) -> list[Try]:
        """The rest of the week."""
        return [each for _work, each in self.tries if each not in shown]


def plan_page(session: Session, me: Citizen, today: date, *, most_goals: int) -> PlanPage:
    """Read one's own plan. The number of queries does not grow with goals, steps or work."""
    plan = queries.plan_of(session, me.id)
    rows = queries.goals_with_steps(session, plan.id) if plan is not None else []
    here = week(session, me, today)
    cards = [_card(row.goal, row.steps, here) for row in rows if row.goal.state.is_open]
    return PlanPage(
        plan=plan,
        goals=cards,
        ended=[row.goal for row in rows if not row.goal.state.is_open],
        wishes=wishing.open_wishes(session, [me.id]).get(me.id, []),
        contact=queries.contact_name(session, me.id, today),
        may_add=len(cards) < most_goals,
    )


def week(session: Session, me: Citizen, today: date) -> Week:
    """The work of the days ahead in the person's own department, each thing once, with how it sits with them."""
    wishes = wishing.open_wishes(session, [me.id]).get(me.id, [])
    works = _once(open_work(session, today, today + timedelta(days=DAYS_AHEAD), [me.department_id]), wishes)
    needs = needs_of(session, {each.task_type_id for each in works}, today)
    levels = {each: row.level for each, row in shown_levels(session, me.id, today).items()}
    return Week([(each, _try(each, needs, levels, wishes)) for each in works], needs)


def work_of(session: Session, me: Citizen, what: str, today: date) -> OpenWork | None:
    """The work of the week that a form names, where it is still there."""
    here = open_work(session, today, today + timedelta(days=DAYS_AHEAD), [me.department_id])
    return next((each for each in here if _name(each) == what), None)


def _card(goal: Goal, steps: Sequence[SubGoal], here: Week) -> GoalCard:
    tries = here.for_goal(goal)
    return GoalCard(goal, steps, tries[:MOST_TRIES], len(tries) > MOST_TRIES)


def _once(works: Sequence[OpenWork], wishes: Sequence[WishRow]) -> list[OpenWork]:
    """What waits for people, and what is wished for already; of the same work on several days the first."""
    found: dict[tuple[str, str], OpenWork] = {}
    for each in works:
        if each.needs_people or any(_is_about(wish, each) for wish in wishes):
            found.setdefault((each.title, each.of_what), each)
    return list(found.values())


def _name(work: OpenWork) -> str:
    return f"{work.kind}:{work.public_id}"


def _try(
    work: OpenWork, needs: Mapping[int, Mapping[int, int]], levels: Mapping[int, int], wishes: Sequence[WishRow]
) -> Try:
    wish = next((each for each in wishes if _is_about(each, work)), None)
    return Try(
        what=_name(work),
        title=work.title,
        of_what=work.of_what,
        day=work.day,
        fit=fit(levels, needs.get(work.task_type_id, {})) if levels else None,
        is_wished=wish is not None,
        wish_id=wish.public_id if wish else "",
    )


def _is_about(wish: WishRow, work: OpenWork) -> bool:
    """Whether a wish is for just this: the step, the visit, or the task of a routine."""
    if work.order_step_id is not None:
        return wish.order_step_id == work.order_step_id
    if work.visit_id is not None:
        return wish.visit_id == work.visit_id
    is_bare = wish.order_step_id is None and wish.visit_id is None
    return is_bare and wish.task_type_id == work.task_type_id
