"""What the page of one goal shows: where it stands, its small steps, what was said, and what it came from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy.orm import Session

from workshop.citizens.models import Citizen
from workshop.progression import queries
from workshop.progression.forms import StepForm
from workshop.progression.levels import level_name
from workshop.progression.models import Goal, GoalChange, GoalExample, SubGoal
from workshop.tasks.models import Competence


class StepLine(NamedTuple):
    """A small step with the form to change it."""

    step: SubGoal
    form: StepForm


class Event(NamedTuple):
    """One word in the history of a goal; `step` is the title of the small step it was about, else empty."""

    change: GoalChange
    step: str


@dataclass(frozen=True, slots=True)
class GoalPage:
    """What the template reads. `before` is the goal this one took the place of, `after` the one that took its place."""

    goal: Goal
    competence: Competence | None
    steps: list[StepLine]
    events: list[Event]
    examples: Sequence[GoalExample]
    before: Goal | None
    after: Goal | None

    @property
    def target(self) -> str:
        """The level the goal is about, in words; empty for the other kinds."""
        return level_name(self.goal.target_level) if self.goal.target_level is not None else ""


def goal_page(session: Session, person: Citizen, goal_id: str, *, sent: StepForm | None, sent_id: str) -> GoalPage:
    """Read one goal; the step with the id `sent_id` keeps its form as sent. Raises NotHere for anybody else's."""
    goals = queries.goals_of(session, person.id)
    goal = queries.goal_of(session, person.id, goal_id)
    steps = queries.steps_of(session, goal)
    titles = {step.id: step.title for step in steps}
    changes = queries.goal_changes(session, person.id).get(goal.id, [])
    return GoalPage(
        goal=goal,
        competence=queries.competences(session).get(goal.competence_id) if goal.competence_id else None,
        steps=[StepLine(step, sent if sent and step.public_id == sent_id else _form(step)) for step in steps],
        events=[Event(each, titles.get(each.sub_goal_id, "") if each.sub_goal_id else "") for each in changes],
        examples=queries.goal_examples(session, person.id).get(goal.id, []),
        before=next((each for each in goals if each.id == goal.replaces_id), None),
        after=next((each for each in goals if each.replaces_id == goal.id), None),
    )


def like(old: Goal, competences: Mapping[int, Competence]) -> dict[str, object]:
    """What the form for a new goal begins with when it takes the place of an old one: the same, to be adjusted."""
    competence = competences.get(old.competence_id) if old.competence_id else None
    return {
        "kind": old.kind.value,
        "title": old.title,
        "competence": competence.key if competence else "",
        "target_level": old.target_level,
        "target_of_ten": old.target_of_ten,
        "target_hours": old.target_hours,
    }


def _form(step: SubGoal) -> StepForm:
    return StepForm(
        prefix=step.public_id, data={"title": step.title, "state": step.state.value, "version": step.version}
    )
