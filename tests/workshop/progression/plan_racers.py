"""Several people at the same plan at the same moment."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from multiprocessing.synchronize import Barrier
from typing import Any

import sqlalchemy as sa

from tests.support import forking
from workshop.core import db
from workshop.core.errors import Refusal
from workshop.progression import goals, plans
from workshop.progression.goal_rules import GoalState
from workshop.progression.models import DevelopmentPlan, Goal, GoalKind

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
RACERS = 4
PATIENCE_SECONDS = 120.0
THINKING_SECONDS = 1.0  # what passes between looking and writing, in the controls


def race(url: str, deed: Callable[..., None], *arguments: Any) -> list[str]:
    """Everybody does it at once; `won`, `lost`, or the name of what broke, of each."""
    process = forking.context(__name__)
    gate, answers = process.Barrier(RACERS), process.Queue()
    racers = [process.Process(target=_run, args=(url, deed, arguments, gate, answers)) for _each in range(RACERS)]
    for racer in racers:
        racer.start()
    said = [str(answers.get(timeout=PATIENCE_SECONDS)) for _racer in racers]
    for racer in racers:
        racer.join(PATIENCE_SECONDS)
    return sorted(said)


def _run(url: str, deed: Callable[..., None], given: tuple[Any, ...], gate: Barrier, answers: Any) -> None:
    db.use(db.Database(url))
    gate.wait(PATIENCE_SECONDS)
    try:
        deed(*given)
    except Refusal:
        answers.put("lost")
    except Exception as problem:  # noqa: BLE001 — the race counts whatever went wrong
        answers.put(type(problem).__name__)
    else:
        answers.put("won")
    finally:
        db.database().close()


def begin(citizen_id: int, account_id: int) -> None:
    """Begin the plan."""
    with db.transaction() as session:
        plans.begin(session, citizen_id=citizen_id, by_account_id=account_id, now=NOW)


def set_goal(plan_id: int, instead_of: int | None) -> None:
    """Set a goal, by the rule."""
    with db.transaction() as session:
        goals.set_goal(
            session,
            plan=session.get_one(DevelopmentPlan, plan_id),
            kind=GoalKind.OWN_WORDS,
            title="Nyt",
            instead_of=session.get(Goal, instead_of) if instead_of else None,
            now=NOW,
            by_staff_id=None,
        )


def set_goal_unguarded(plan_id: int, instead_of: int | None) -> None:
    """The control: look, think, and then write."""
    with db.reading() as session:
        mine = Goal.plan_id == plan_id
        is_open = session.scalar(sa.select(Goal.state).where(Goal.id == instead_of)) is GoalState.NOT_STARTED
        count = session.scalar(sa.select(sa.func.count()).where(mine, Goal.state == GoalState.NOT_STARTED)) or 0
    time.sleep(THINKING_SECONDS)
    if (instead_of and not is_open) or (not instead_of and count >= goals.MOST_OPEN_GOALS):
        raise Refusal
    with db.transaction() as session:
        session.add(
            Goal(
                plan_id=plan_id,
                kind=GoalKind.OWN_WORDS,
                title="Nyt",
                state=GoalState.NOT_STARTED,
                started_on=NOW.date(),
                replaces_id=instead_of,
            )
        )


def add_step(goal_id: int) -> None:
    """Add a small step."""
    with db.transaction() as session:
        goals.add_step(session, goal=session.get_one(Goal, goal_id), title="Skridt", by_staff_id=None, now=NOW)
