"""Plans, goals and talks: what people agreed on, always with the evidence there was on the day of the talk."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from shop.demo.people import AKSEL, Person
from shop.demo.stage import Stage
from shop.orders.pickup import SHIPPED
from workshop.progression import actions as progression
from workshop.progression import evidence, goals, plans
from workshop.progression import queries as progression_queries
from workshop.progression.actions import Agreed
from workshop.progression.goal_rules import GoalState
from workshop.progression.indication import indicate
from workshop.progression.models import DevelopmentPlan, Goal, GoalKind
from workshop.progression.own_levels import Said

TALK_WEEKS = (4, 7)  # after the foundation phase of three weeks
FEWEST_RECORDS = 3
MOST_COMPETENCES = 5
AKSELS_GOAL = "sanding"
WHERE_I_AM = (
    "Jeg har været væk fra arbejde længe. Jeg er god med hænderne.",
    "Jeg bliver hurtigt træt. Jeg kan godt lide at se, at noget bliver færdigt.",
    "Jeg har arbejdet på lager før. Jeg vil gerne prøve noget andet.",
    "Jeg er bedst om formiddagen. Jeg vil helst have én ting ad gangen.",
)
WHERE_I_WANT_TO_BE = (
    "Et job med få timer, hvor jeg kan bruge det, jeg har lært her.",
    "At kunne møde fire dage om ugen og have noget at tale om derhjemme.",
    "En praktik et sted, hvor man laver noget med træ.",
    "At vide, hvor mange timer jeg kan holde til.",
)
OWN_GOALS = (
    "Spørge om hjælp, før det går i stå",
    "Tage imod en ny kollega",
    "Gå hjem med kræfter til resten af dagen",
    "Tale med en kunde i butikken",
)
OWN_WORDS = (
    "Det går bedre, end jeg troede.",
    "Jeg vil gerne prøve lidt mere selv.",
    "Det er rart at se, hvad jeg kan.",
    "Jeg skal lige have en dag mere på det.",
    "",
)
GOAL_WORDS = (
    "Det går fremad.",
    "Jeg tager en dag ad gangen.",
    "Det er sværest, når der er mange mennesker.",
    "Det skal jeg nok nå.",
    "",
)
REACHED_WORDS = "Det gør jeg nu uden at tænke over det."
EXAMPLES = (
    "Hentede selv materialerne og gik i gang.",
    "Sagde til i tide, da papiret var slidt.",
    "Viste en kollega, hvor tvingerne ligger.",
    "Ringede om morgenen og sagde, at det blev lidt senere.",
)
HELD_BACK = "Vi venter med næste trin, til det også er set på en opgave, der er ny."


def talk_with_everyone(stage: Stage, people: list[Person]) -> None:
    """A plan for each, goals, and one or two talks for those past the foundation phase."""
    for person in people:
        plan = _plan(stage, person)
        weeks = [week for week in TALK_WEEKS if (stage.today - person.started_on).days > 7 * week]
        for count, week in enumerate(weeks, start=1):
            _talk(stage, person, plan, _open_day(stage, person, week), is_last=count == len(weeks))
        if len(weeks) == len(TALK_WEEKS):
            _look_back(stage, person, progression_queries.goals_of(stage.session, person.citizen.id))


def _plan(stage: Stage, person: Person) -> DevelopmentPlan:
    begun = stage.at(_next_open(person.started_on), 10 * 60)
    plan = plans.write(
        stage.session,
        citizen_id=person.citizen.id,
        by_account_id=stage.staff_id(person.planned.contact),
        where_i_am=stage.chance.choice(WHERE_I_AM),
        where_i_want_to_be=stage.chance.choice(WHERE_I_WANT_TO_BE),
        interests="",
        strengths="",
        now=begun,
    )
    attendance = goals.set_goal(
        stage.session,
        plan=plan,
        kind=GoalKind.ATTENDANCE,
        title="Møde på de dage, vi har aftalt",
        target_of_ten=stage.chance.choice((7, 8, 9)),
        now=begun,
        by_staff_id=stage.staff_id(person.planned.contact),
    )
    own = goals.set_goal(
        stage.session,
        plan=plan,
        kind=GoalKind.OWN_WORDS,
        title=stage.chance.choice(OWN_GOALS),
        now=begun,
        by_staff_id=stage.staff_id(person.planned.contact),
    )
    for goal in (attendance, own):
        if len(person.days) > FEWEST_RECORDS:
            _move(stage, person, goal, GoalState.IN_PROGRESS, person.days[2])
    return plan


def _look_back(stage: Stage, person: Person, set_before: Sequence[Goal]) -> None:
    """After two talks some goals have moved on; where they stand is what people said, not what a rule found."""
    attendance, own = set_before[0], set_before[1]
    if stage.chance.random() < 0.5:
        _move(stage, person, attendance, GoalState.WELL_ON_THE_WAY, person.days[-2])
    if stage.chance.random() < 0.4:
        _move(stage, person, own, GoalState.REACHED, person.days[-3], REACHED_WORDS)
        by = stage.staff_id(person.planned.contact)
        seen_on, sentence = person.days[-3], stage.chance.choice(EXAMPLES)
        goals.add_example(stage.session, goal=own, seen_on=seen_on, sentence=sentence, by_staff_id=by, now=stage.now)


def _talk(stage: Stage, person: Person, plan: DevelopmentPlan, day: date, *, is_last: bool) -> None:
    """One talk: what the records say that day, the citizen's own view first, then what both agree on."""
    by = stage.staff_id(person.planned.contact)
    moment = stage.at(day, 10 * 60)
    talk = progression.open_talk(stage.session, citizen_id=person.citizen.id, by_staff_id=by, now=moment)
    agreed = _agreed(stage, person, day, is_last=is_last)
    said = [_own_view(stage, each) for each in agreed]
    progression.keep(stage.session, talk=talk, said=said, agreed=agreed, by_staff_id=by, now=moment)
    if is_last and agreed:
        _competence_goal(stage, person, plan, agreed, day)
    progression.close_talk(stage.session, talk=talk, now=stage.at(day, 10 * 60 + 40))


def _agreed(stage: Stage, person: Person, day: date, *, is_last: bool) -> list[Agreed]:
    """The competences with the most behind them; now and then people agree on less than the rule suggests."""
    found = evidence.rows(stage.session, person.citizen.id, None, day)
    foundation_end = evidence.foundation_ends_on(stage.session, person.citizen.id, day)
    often = [competence_id for competence_id, rows in sorted(found.items()) if len(rows) >= FEWEST_RECORDS]
    # What a task is really about comes first; through a contributing link nobody gets beyond "Kan med støtte".
    often.sort(key=lambda each: sum(row.is_core for row in found[each]), reverse=True)
    sanding = stage.competences[AKSELS_GOAL].id
    if person.name == AKSEL:
        often = [sanding, *(each for each in often if each != sanding)]
    agreed = []
    for competence_id in often[:MOST_COMPETENCES]:
        suggested = indicate(found[competence_id], day, foundation_ends_on=foundation_end).level
        is_cautious = stage.chance.random() < 0.15 or (person.name == AKSEL and not is_last)
        level = max(suggested - 1, 1) if is_cautious else suggested
        agreed.append(
            Agreed(
                competence_id,
                level,
                own_words=stage.chance.choice(OWN_WORDS),
                note=HELD_BACK if level != suggested else "",
            )
        )
    return agreed


def _own_view(stage: Stage, agreed: Agreed) -> Said:
    """What the citizen says of themselves, mostly near what both agree on; now and then they would rather not say."""
    own = min(max(agreed.level + stage.chance.choice((-1, 0, 0, 0, 1, 2)), 0), 4)
    return Said(agreed.competence_id, own if stage.chance.random() < 0.8 else None, agreed.own_words)


def _competence_goal(stage: Stage, person: Person, plan: DevelopmentPlan, agreed: list[Agreed], day: date) -> None:
    """The next step of what was talked about: one above the level agreed."""
    below = [each for each in agreed if each.level < 3] or agreed
    chosen = below[0]
    names = {each.id: each.name for each in stage.competences.values()}
    goal = goals.set_goal(
        stage.session,
        plan=plan,
        kind=GoalKind.COMPETENCE,
        title=names[chosen.competence_id],
        competence_id=chosen.competence_id,
        target_level=chosen.level + 1,
        own_words="Jeg vil gerne kunne det selv." if person.name == AKSEL else stage.chance.choice(GOAL_WORDS),
        now=stage.at(day, 10 * 60 + 30),
        by_staff_id=stage.staff_id(person.planned.contact),
    )
    later = [each for each in person.days if each > day]
    if later:
        _move(stage, person, goal, GoalState.IN_PROGRESS, later[0])
        goals.add_example(
            stage.session,
            goal=goal,
            seen_on=later[-1],
            sentence=stage.chance.choice(EXAMPLES),
            by_staff_id=stage.staff_id(person.planned.contact),
            now=stage.now,
        )


def _move(stage: Stage, person: Person, goal: Goal, state: GoalState, day: date, own_words: str | None = None) -> None:
    goals.change_state(
        stage.session,
        goal=goal,
        state=state,
        own_words=stage.chance.choice(GOAL_WORDS) if own_words is None else own_words,
        by_staff_id=stage.staff_id(person.planned.contact),
        now=stage.at(day, 13 * 60),
    )


def _open_day(stage: Stage, person: Person, week: int) -> date:
    """A day of that week of the stay, and always one gone by."""
    return min(_next_open(person.started_on + timedelta(weeks=week, days=1)), stage.workday(1))


def _next_open(day: date) -> date:
    while not SHIPPED.is_open(day):
        day += timedelta(days=1)
    return day
