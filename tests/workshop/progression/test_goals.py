"""Goals and their small steps: people set them, move them and end them; what is over stays readable."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from support import factories, people

from tests.workshop.progression import records
from workshop.core.errors import NotHere, Refusal
from workshop.progression import goals, plans, queries
from workshop.progression.goal_rules import GoalState
from workshop.progression.models import GoalChange, GoalExample, GoalKind

ALONE = None  # the citizen, without anybody of the staff
FREE = [state for state in GoalState if state not in (GoalState.REACHED, GoalState.ADJUSTED)]


@pytest.fixture
def lone(session):
    return factories.staff(session)


@pytest.fixture
def mona(session, lone):
    return people.citizen(session, contact=lone)


@pytest.fixture
def plan(session, mona, now):
    return plans.begin(session, citizen_id=mona.id, by_account_id=mona.account_id, now=now)


@pytest.fixture
def shows(session):
    return records.competence(session)


def goal(session, plan, now, lone, **changes):
    values = {"kind": GoalKind.OWN_WORDS, "title": "Går i gang selv", "now": now, "by_staff_id": lone.account_id}
    return goals.set_goal(session, plan=plan, **(values | changes))


def move(session, goal, state, lone, now, own_words=""):
    by = lone.account_id if lone else ALONE
    return goals.change_state(session, goal=goal, state=state, own_words=own_words, by_staff_id=by, now=now)


def changes_of(session, goal):
    return session.scalars(sa.select(GoalChange).where(GoalChange.goal_id == goal.id).order_by(GoalChange.id)).all()


def test_a_goal_begins_as_not_started_and_its_history_begins_with_it(session, plan, lone, now):
    made = goal(session, plan, now, lone, own_words="Det vil jeg.")
    assert (made.state, made.ended_on) == (GoalState.NOT_STARTED, None)
    assert [(each.state, each.own_words) for each in changes_of(session, made)] == [
        (GoalState.NOT_STARTED, "Det vil jeg.")
    ]


def test_a_fourth_open_goal_waits_until_another_is_finished(session, plan, lone, now):
    made = [goal(session, plan, now, lone) for _ in range(3)]
    with pytest.raises(Refusal, match="tre mål"):
        goal(session, plan, now, lone)
    move(session, made[0], GoalState.STOPPED, lone, now)
    assert goal(session, plan, now, lone).id
    with pytest.raises(Refusal, match="tre mål"):
        move(session, made[0], GoalState.IN_PROGRESS, lone, now)


def test_the_same_again_is_no_change_unless_something_is_said(session, plan, lone, now):
    made = goal(session, plan, now, lone)
    move(session, made, GoalState.IN_PROGRESS, lone, now)
    assert move(session, made, GoalState.IN_PROGRESS, lone, now) is None
    assert len(changes_of(session, made)) == 2
    assert move(session, made, GoalState.IN_PROGRESS, lone, now, "Jeg øver mig.") is not None
    assert len(changes_of(session, made)) == 3


@pytest.mark.parametrize("target", [{"target_level": 3}, {"competence_id": 1}, {"competence_id": 1, "target_level": 5}])
def test_a_competence_goal_needs_its_competence_and_a_level(session, plan, lone, now, shows, target):
    with pytest.raises(Refusal, match="kompetence"):
        goal(session, plan, now, lone, kind=GoalKind.COMPETENCE, **target)


@pytest.mark.parametrize("of_ten", [None, 0, 11])
def test_an_attendance_goal_is_so_many_of_ten_days(session, plan, lone, now, of_ten):
    with pytest.raises(Refusal, match="af ti"):
        goal(session, plan, now, lone, kind=GoalKind.ATTENDANCE, target_of_ten=of_ten)


@pytest.mark.parametrize("hours", [None, 0, 38])
def test_an_hours_goal_is_so_many_a_week(session, plan, lone, now, hours):
    with pytest.raises(Refusal, match="timer om ugen"):
        goal(session, plan, now, lone, kind=GoalKind.HOURS, target_hours=hours)
    assert goal(session, plan, now, lone, kind=GoalKind.HOURS, target_hours=37).target_hours == 37


def test_a_goal_keeps_only_the_target_of_its_kind(session, plan, lone, now, shows):
    made = goal(session, plan, now, lone, competence_id=shows.id, target_level=3, target_of_ten=9, target_hours=20)
    assert (made.competence_id, made.target_level, made.target_of_ten, made.target_hours) == (None,) * 4


@pytest.mark.parametrize("words", ["", "   "])
def test_a_goal_is_not_reached_without_the_citizens_word(session, plan, lone, now, words):
    made = goal(session, plan, now, lone)
    with pytest.raises(Refusal, match="egne ord"):
        move(session, made, GoalState.REACHED, lone, now, words)
    assert made.state is GoalState.NOT_STARTED


def test_a_goal_is_reached_when_a_person_and_the_citizen_say_so(session, plan, lone, now):
    made = goal(session, plan, now, lone)
    change = move(session, made, GoalState.REACHED, lone, now, "Det kan jeg nu.")
    assert (made.state, made.ended_on, made.own_words) == (GoalState.REACHED, now.date(), "Det kan jeg nu.")
    assert (change.by_staff_id, change.own_words, change.at) == (lone.account_id, "Det kan jeg nu.", now)


def test_a_citizen_ends_their_own_goal_alone_but_not_one_both_agreed_on(session, plan, lone, now, shows):
    own = goal(session, plan, now, lone)
    assert move(session, own, GoalState.REACHED, ALONE, now).by_staff_id is None
    shared = goal(session, plan, now, lone, kind=GoalKind.COMPETENCE, competence_id=shows.id, target_level=2)
    with pytest.raises(Refusal, match="sammen"):
        move(session, shared, GoalState.REACHED, ALONE, now, "Det kan jeg.")
    assert move(session, shared, GoalState.STOPPED, ALONE, now).state is GoalState.STOPPED


@pytest.mark.parametrize("state", FREE)
def test_every_other_state_needs_no_words(session, plan, lone, now, state):
    made = goal(session, plan, now, lone, own_words="Mine ord.")
    move(session, made, state, lone, now)
    assert (made.state, made.own_words) == (state, "Mine ord.")


def test_a_goal_that_is_over_can_be_taken_up_again(session, plan, lone, now):
    made = goal(session, plan, now, lone)
    move(session, made, GoalState.STOPPED, lone, now)
    move(session, made, GoalState.IN_PROGRESS, lone, now + timedelta(days=3))
    assert (made.state, made.ended_on) == (GoalState.IN_PROGRESS, None)
    assert [each.state for each in changes_of(session, made)] == [
        GoalState.NOT_STARTED,
        GoalState.STOPPED,
        GoalState.IN_PROGRESS,
    ]


# Adjusted


def test_an_adjusted_goal_is_a_new_goal_in_its_place(session, plan, lone, now, shows):
    old = goal(session, plan, now, lone, kind=GoalKind.COMPETENCE, competence_id=shows.id, target_level=4)
    new = goal(
        session, plan, now, lone, kind=GoalKind.COMPETENCE, competence_id=shows.id, target_level=3, instead_of=old
    )
    assert (old.state, old.ended_on, old.target_level) == (GoalState.ADJUSTED, now.date(), 4)
    assert (new.replaces_id, new.state, new.target_level) == (old.id, GoalState.NOT_STARTED, 3)
    assert [row.goal.id for row in queries.goals_with_steps(session, plan.id)] == [old.id, new.id]


def test_the_new_goal_takes_the_room_of_the_old_one(session, plan, lone, now):
    made = [goal(session, plan, now, lone) for _ in range(3)]
    assert goal(session, plan, now, lone, instead_of=made[0]).replaces_id == made[0].id


def test_a_goal_is_adjusted_once(session, plan, lone, now):
    old = goal(session, plan, now, lone)
    goal(session, plan, now, lone, instead_of=old)
    with pytest.raises(Refusal, match="slut"):
        goal(session, plan, now, lone, instead_of=old)
    with pytest.raises(Refusal, match="plads"):
        move(session, old, GoalState.IN_PROGRESS, lone, now)


def test_nobody_calls_a_goal_adjusted_without_the_new_one(session, plan, lone, now):
    made = goal(session, plan, now, lone)
    with pytest.raises(Refusal, match="justeret"):
        move(session, made, GoalState.ADJUSTED, lone, now)


def test_a_goal_in_other_words_is_the_same_goal(session, plan, lone, now, shows):
    made = goal(session, plan, now, lone, kind=GoalKind.COMPETENCE, competence_id=shows.id, target_level=3)
    goals.rename(session, goal=made, title="Slibe selv", own_words="Selv.", by_staff_id=ALONE, now=now)
    assert (made.title, made.own_words, made.target_level) == ("Slibe selv", "Selv.", 3)
    move(session, made, GoalState.STOPPED, lone, now)
    with pytest.raises(Refusal, match="slut"):
        goals.rename(session, goal=made, title="Andet", own_words="", by_staff_id=ALONE, now=now)


# Small steps


def step(session, goal, now, lone, title="Hente papir selv"):
    return goals.add_step(session, goal=goal, title=title, by_staff_id=lone.account_id, now=now)


def test_steps_stand_in_the_order_they_were_set(session, plan, lone, now):
    made = goal(session, plan, now, lone)
    titles = ["Først", "Så", "Til sidst"]
    for title in titles:
        step(session, made, now, lone, title)
    ((_goal, steps),) = queries.goals_with_steps(session, plan.id)
    assert [(each.position, each.title) for each in steps] == list(enumerate(titles, 1))


def test_a_step_goes_through_the_six_states_and_each_is_kept(session, plan, lone, now):
    made = goal(session, plan, now, lone)
    small = step(session, made, now, lone)
    for state in GoalState:
        goals.change_step(session, step=small, state=state, own_words="Ja.", by_staff_id=lone.account_id, now=now)
        assert small.ended_on == (None if state.is_open else now.date())
    said = [each for each in changes_of(session, made) if each.sub_goal_id == small.id]
    assert [each.state for each in said] == [GoalState.NOT_STARTED, *GoalState]
    assert made.state is GoalState.NOT_STARTED, "steps never move the goal"


def test_a_step_is_reached_with_the_citizens_word_or_by_the_citizen(session, plan, lone, now):
    made = goal(session, plan, now, lone)
    small = step(session, made, now, lone)
    by = {"step": small, "state": GoalState.REACHED, "own_words": "", "now": now}
    with pytest.raises(Refusal, match="egne ord"):
        goals.change_step(session, by_staff_id=lone.account_id, **by)
    assert goals.change_step(session, by_staff_id=ALONE, **by).state is GoalState.REACHED


def test_a_step_too_many_and_a_step_of_a_goal_that_is_over_are_refused(session, plan, lone, now):
    made = goal(session, plan, now, lone)
    small = [step(session, made, now, lone, f"Skridt {number}") for number in range(goals.MOST_OPEN_STEPS)]
    with pytest.raises(Refusal, match="mange skridt"):
        step(session, made, now, lone)
    goals.change_step(session, step=small[0], state=GoalState.STOPPED, own_words="", by_staff_id=ALONE, now=now)
    assert step(session, made, now, lone).position == goals.MOST_OPEN_STEPS + 1
    move(session, made, GoalState.STOPPED, lone, now)
    with pytest.raises(Refusal, match="slut"):
        step(session, made, now, lone)
    with pytest.raises(Refusal, match="slut"):
        goals.change_step(session, step=small[1], state=GoalState.IN_PROGRESS, own_words="", by_staff_id=ALONE, now=now)


def test_a_step_is_found_under_its_own_goal_only(session, plan, lone, now):
    made, other = goal(session, plan, now, lone), goal(session, plan, now, lone)
    small = step(session, made, now, lone)
    assert queries.step_of(session, made, small.public_id).id == small.id
    with pytest.raises(NotHere):
        queries.step_of(session, other, small.public_id)


# Examples and records


def test_an_example_is_about_a_day_that_has_been_and_may_belong_to_a_step(session, plan, lone, now):
    made = goal(session, plan, now, lone)
    small = step(session, made, now, lone)

    def add(on, step=None):
        goals.add_example(
            session, goal=made, step=step, seen_on=on, sentence="Hentede papir.", by_staff_id=lone.account_id, now=now
        )

    add(now.date(), small)
    with pytest.raises(Refusal, match="ikke kommet"):
        add(now.date() + timedelta(days=1))
    assert session.scalars(sa.select(GoalExample.sub_goal_id)).all() == [small.id]


def test_records_alone_never_change_the_state_of_a_goal(session, mona, plan, lone, now):
    task, shows = records.sanding(session)
    made = goal(session, plan, now, lone, kind=GoalKind.COMPETENCE, competence_id=shows.id, target_level=2)
    small = step(session, made, now, lone)
    for back in range(1, 9):
        part = [records.marks(mona, "S0Q3")]
        records.confirmed(session, part, task=task, on=records.back(back, now), by=lone)
    session.refresh(made)
    session.refresh(small)
    assert (made.state, small.state) == (GoalState.NOT_STARTED, GoalState.NOT_STARTED)
