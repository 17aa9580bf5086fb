"""How the work went: support that shrinks over the weeks, quality that grows, a feeling that is neither."""

from __future__ import annotations

from datetime import date

from shop.demo.people import CONFIRMERS, Person
from shop.demo.stage import Stage
from workshop.production.models import TaskType
from workshop.tasks.marks import Quality, Support
from workshop.tasks.models import Feeling

SHORTEST, LONGEST = 15, 85  # minutes; two tasks fit into a day
STEPS = ((0.2, Support.S4), (0.42, Support.S3), (0.62, Support.S2), (0.8, Support.S1))
LEARNING_A_WEEK = 0.05
MOST_WEEKS = 10
FEELINGS = (Feeling.GOOD, Feeling.GOOD, Feeling.GOOD, Feeling.OKAY, Feeling.OKAY, Feeling.HARD)
SAID = {
    Support.S4: ("Du så på og prøvede selv til sidst.", "Du ville gerne prøve, og du fik lov."),
    Support.S3: ("I gjorde det sammen, og du holdt ved.", "Du spurgte, da du blev i tvivl."),
    Support.S2: ("Du fik et par råd undervejs og brugte dem.", "Du rettede det selv, da du så det."),
    Support.S1: ("Du brugte kortet og klarede resten.", "Du skulle kun mindes om det en gang."),
    Support.S0: ("Du gik selv i gang og gjorde det færdigt.", "Du fandt selv det rigtige værktøj."),
}


def minutes(stage: Stage, task: TaskType) -> int:
    """Minutes near what the task usually takes, in whole fives."""
    taken = task.typical_minutes * stage.chance.uniform(0.7, 1.3)
    return min(max(5 * round(taken / 5), SHORTEST), LONGEST)


def support_and_quality(stage: Stage, person: Person, skill: float, day: date) -> tuple[Support, Quality]:
    """The two marks of one piece of work by somebody who began with `skill` (0 to 1)."""
    weeks = min((day - person.started_on).days / 7, MOST_WEEKS)
    shown = skill + LEARNING_A_WEEK * weeks + stage.chance.gauss(0, 0.12)
    support = next((step for limit, step in STEPS if shown < limit), Support.S0)
    luck = stage.chance.random() + (shown - 0.5) / 2
    if luck < 0.05:
        return support, Quality.Q0
    if luck < 0.25:
        return support, Quality.Q1
    return support, Quality.Q2 if luck < 0.95 else Quality.Q3


def feeling(stage: Stage) -> Feeling | None:
    """What the person answered, or that they skipped it; drawn without a look at the marks."""
    return stage.chance.choice(FEELINGS) if stage.chance.random() < 0.65 else None


def observation(stage: Stage, support: Support) -> str:
    """A sentence of staff now and then, written to be read by the person."""
    return stage.chance.choice(SAID[support]) if stage.chance.random() < 0.3 else ""


def confirmer(stage: Stage, person: Person) -> int:
    """Who of staff confirmed it: mostly the one, now and then the other, so that a level can rest on two."""
    usual, other = CONFIRMERS[person.planned.department]
    return stage.staff_id(usual if stage.chance.random() < 0.65 else other)
