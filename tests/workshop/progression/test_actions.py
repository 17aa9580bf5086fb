"""Plans, goals, talks and agreed levels: people decide, and what they decide is kept."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from support import factories, people

from tests.workshop.progression import records
from workshop.core.errors import Refusal
from workshop.progression import actions, queries
from workshop.progression.actions import Agreed, LevelRefused
from workshop.progression.goal_rules import GoalState
from workshop.progression.models import AdoptedLevel, GoalChange, GoalKind


@pytest.fixture
def lone(session):
    return factories.staff(session)


@pytest.fixture
def mona(session, lone):
    return people.citizen(session, contact=lone)


@pytest.fixture
def sanding(session):
    return records.sanding(session)


@pytest.fixture
def plan(session, mona, now):
    return actions.start_plan(
        session, citizen_id=mona.id, where_i_am="Jeg er glad for træ.", where_i_want_to_be="Et job.", now=now
    )


@pytest.fixture
def talk(session, mona, lone, now):
    return records.talk(session, mona, by=lone, now=now)


def seen(session, person, by, sanding, now, *written):
    """Confirmed records on days in a row, the last one yesterday."""
    for back, marks in enumerate(reversed(written), 1):
        part = [records.marks(person, marks)]
        records.confirmed(session, part, task=sanding[0], on=records.back(back, now), by=by)


def goal(session, plan, now, lone, **changes):
    values = {"kind": GoalKind.OWN_WORDS, "title": "Går i gang selv", "now": now, "by_staff_id": lone.account_id}
    return actions.set_goal(session, plan=plan, **(values | changes))


def adopt(session, talk, lone, now, *agreed):
    return actions.adopt_levels(session, talk=talk, agreed=agreed, by_staff_id=lone.account_id, now=now)


# Plan and goals


def test_a_plan_started_again_is_the_same_plan_with_other_words(session, mona, plan, now):
    again = actions.start_plan(
        session, citizen_id=mona.id, where_i_am="Jeg sliber selv.", where_i_want_to_be="", now=now + timedelta(days=9)
    )
    assert (again.id, again.started_on, again.where_i_am) == (plan.id, now.date(), "Jeg sliber selv.")


def test_a_goal_begins_as_not_started_and_its_history_begins_with_it(session, plan, lone, now):
    made = goal(session, plan, now, lone, own_words="Det vil jeg.")
    changes = session.scalars(sa.select(GoalChange).where(GoalChange.goal_id == made.id)).all()
    assert made.state is GoalState.NOT_STARTED
    assert [(each.state, each.own_words) for each in changes] == [(GoalState.NOT_STARTED, "Det vil jeg.")]


def test_a_fourth_open_goal_waits_until_another_is_finished(session, plan, lone, now):
    made = [goal(session, plan, now, lone) for _ in range(3)]
    with pytest.raises(Refusal, match="tre mål"):
        goal(session, plan, now, lone)
    actions.change_goal_state(
        session, goal=made[0], state=GoalState.STOPPED, own_words="", by_staff_id=lone.account_id, now=now
    )
    assert goal(session, plan, now, lone).id


@pytest.mark.parametrize("target", [{"target_level": 3}, {"competence_id": 1}, {"competence_id": 1, "target_level": 5}])
def test_a_competence_goal_needs_its_competence_and_a_level(session, plan, lone, now, sanding, target):
    with pytest.raises(Refusal, match="kompetence"):
        goal(session, plan, now, lone, kind=GoalKind.COMPETENCE, **target)


@pytest.mark.parametrize("of_ten", [None, 0, 11])
def test_an_attendance_goal_is_so_many_of_ten_days(session, plan, lone, now, of_ten):
    with pytest.raises(Refusal, match="af ti"):
        goal(session, plan, now, lone, kind=GoalKind.ATTENDANCE, target_of_ten=of_ten)


def test_a_goal_keeps_only_the_target_of_its_kind(session, plan, lone, now, sanding):
    made = goal(session, plan, now, lone, competence_id=sanding[1].id, target_level=3, target_of_ten=9)
    assert (made.competence_id, made.target_level, made.target_of_ten) == (None, None, None)


@pytest.mark.parametrize("words", ["", "   "])
def test_a_goal_is_not_reached_without_the_citizens_word(session, plan, lone, now, words):
    made = goal(session, plan, now, lone)
    with pytest.raises(Refusal, match="egne ord"):
        actions.change_goal_state(
            session, goal=made, state=GoalState.REACHED, own_words=words, by_staff_id=lone.account_id, now=now
        )
    assert made.state is GoalState.NOT_STARTED


def test_a_goal_is_reached_when_a_person_and_the_citizen_say_so(session, plan, lone, now):
    made = goal(session, plan, now, lone)
    change = actions.change_goal_state(
        session, goal=made, state=GoalState.REACHED, own_words="Det kan jeg nu.", by_staff_id=lone.account_id, now=now
    )
    assert made.state is GoalState.REACHED
    assert (change.by_staff_id, change.own_words, change.at) == (lone.account_id, "Det kan jeg nu.", now)


@pytest.mark.parametrize("state", [each for each in GoalState if each is not GoalState.REACHED])
def test_every_other_state_needs_no_words(session, plan, lone, now, state):
    made = goal(session, plan, now, lone, own_words="Mine ord.")
    actions.change_goal_state(session, goal=made, state=state, own_words="", by_staff_id=lone.account_id, now=now)
    assert (made.state, made.own_words) == (state, "Mine ord.")


def test_records_alone_never_change_the_state_of_a_goal(session, mona, plan, lone, now, sanding):
    made = goal(session, plan, now, lone, kind=GoalKind.COMPETENCE, competence_id=sanding[1].id, target_level=2)
    seen(session, mona, lone, sanding, now, *["S0Q3"] * 8)
    session.refresh(made)
    assert made.state is GoalState.NOT_STARTED


def test_an_example_is_about_a_day_that_has_been(session, plan, lone, now):
    made = goal(session, plan, now, lone)

    def add(on):
        actions.add_example(
            session, goal=made, seen_on=on, sentence="Hentede selv papir.", by_staff_id=lone.account_id, now=now
        )

    add(now.date())
    with pytest.raises(Refusal, match="ikke kommet"):
        add(now.date() + timedelta(days=1))
    assert len(queries.goal_examples(session, plan.citizen_id)[made.id]) == 1


# Talks


def test_a_talk_opened_twice_on_a_day_is_one_talk(session, mona, lone, talk, now):
    assert records.talk(session, mona, by=lone, now=now + timedelta(hours=1)).id == talk.id
    actions.close_talk(session, talk=talk, now=now)
    assert records.talk(session, mona, by=lone, now=now + timedelta(hours=2)).id != talk.id


def test_a_talk_nobody_closed_is_over_the_next_day(talk, now):
    assert queries.is_open(talk, now + timedelta(hours=8))
    assert not queries.is_open(talk, now + timedelta(days=1))


def test_closing_twice_keeps_the_first_time(session, talk, now):
    actions.close_talk(session, talk=talk, now=now)
    actions.close_talk(session, talk=talk, now=now + timedelta(hours=1))
    assert talk.closed_at == now


# Levels


def test_a_level_is_agreed_with_own_view_and_own_words(session, mona, lone, talk, sanding, now):
    seen(session, mona, lone, sanding, now, "S2Q2", "S2Q2", "S2Q2")
    (made,) = adopt(session, talk, lone, now, Agreed(sanding[1].id, 2, own_level=3, own_words="Jeg kan lide det."))
    assert (made.level, made.own_level, made.own_words, made.indicated_level) == (2, 3, "Jeg kan lide det.", 2)
    assert (made.by_staff_id, made.adopted_on, made.parameters_version) == (lone.account_id, now.date(), 1)


def test_the_citizens_own_view_never_moves_the_level(session, mona, lone, talk, sanding, now):
    seen(session, mona, lone, sanding, now, "S2Q2", "S2Q2", "S2Q2")
    (made,) = adopt(session, talk, lone, now, Agreed(sanding[1].id, 2, own_level=4))
    assert (made.level, made.indicated_level) == (2, 2)


def test_the_citizen_may_choose_not_to_say(session, mona, lone, talk, sanding, now):
    seen(session, mona, lone, sanding, now, "S2Q2")
    (made,) = adopt(session, talk, lone, now, Agreed(sanding[1].id, 1))
    assert made.own_level is None


def test_a_level_beside_the_indication_needs_a_note(session, mona, lone, talk, sanding, now):
    seen(session, mona, lone, sanding, now, "S2Q2", "S2Q2", "S2Q2")
    with pytest.raises(LevelRefused, match="andet trin") as refused:
        adopt(session, talk, lone, now, Agreed(sanding[1].id, 3))
    assert refused.value.competence_id == sanding[1].id
    (made,) = adopt(session, talk, lone, now, Agreed(sanding[1].id, 3, note="Set i køkkenet."))
    assert (made.level, made.indicated_level, made.note) == (3, 2, "Set i køkkenet.")


def test_one_refused_level_keeps_the_others_back(session, mona, lone, talk, sanding, now):
    other = records.competence(session, name="Save træ")
    seen(session, mona, lone, sanding, now, "S2Q2")
    with pytest.raises(LevelRefused):
        adopt(session, talk, lone, now, Agreed(sanding[1].id, 1), Agreed(other.id, 2))
    assert session.scalars(sa.select(AdoptedLevel)).all() == []


def test_level_four_comes_after_three_and_only_where_people_saw_it(session, mona, lone, sanding, now):
    four = Agreed(sanding[1].id, 4, note="Viste en kollega hvordan.")
    taught = Agreed(sanding[1].id, 4, note="Viste en kollega hvordan.", has_taught_others=True)
    early = records.talk(session, mona, by=lone, now=now - timedelta(days=9))
    with pytest.raises(LevelRefused, match="Trin 4"):
        adopt(session, early, lone, now - timedelta(days=9), taught)
    records.agreed(session, mona, sanding[1], 3, by=lone, now=now - timedelta(days=8))
    late = records.talk(session, mona, by=lone, now=now)
    with pytest.raises(LevelRefused, match="Trin 4"):
        adopt(session, late, lone, now, four)
    assert adopt(session, late, lone, now, taught)[0].level == 4


def test_two_kinds_of_task_open_level_four_too(session, mona, lone, sanding, now):
    other = factories.task_type(session, name="Slib en stol")
    records.link(session, other, sanding[1])
    records.agreed(session, mona, sanding[1], 3, by=lone, now=now - timedelta(days=8))
    for task, back in ((sanding[0], 2), (other, 1)):
        records.confirmed(session, [records.marks(mona)], task=task, on=records.back(back, now), by=lone)
    late = records.talk(session, mona, by=lone, now=now)
    assert adopt(session, late, lone, now, Agreed(sanding[1].id, 4, note="Både bænk og stol."))[0].level == 4


def test_no_number_of_records_alone_gives_level_four(session, mona, lone, talk, sanding, now):
    seen(session, mona, lone, sanding, now, *["S0Q3"] * 12)
    with pytest.raises(LevelRefused, match="Trin 4"):
        adopt(session, talk, lone, now, Agreed(sanding[1].id, 4, note="Alt går godt.", has_taught_others=True))


def test_nothing_is_agreed_in_a_closed_talk_or_a_colleagues(session, mona, lone, talk, sanding, now):
    per = factories.staff(session, name="Per")
    with pytest.raises(Refusal, match="af en anden"):
        adopt(session, talk, per, now, Agreed(sanding[1].id, 0))
    actions.close_talk(session, talk=talk, now=now)
    with pytest.raises(Refusal, match="lukket"):
        adopt(session, talk, lone, now, Agreed(sanding[1].id, 0))


def test_nothing_is_agreed_in_the_foundation_phase(session, lone, sanding, now):
    new = people.citizen(session, name="Nya", contact=lone, started_on=records.back(20, now))
    talk = records.talk(session, new, by=lone, now=now)
    with pytest.raises(Refusal, match="Grundfasen"):
        adopt(session, talk, lone, now, Agreed(sanding[1].id, 0))


def test_a_competence_is_agreed_once_in_a_talk(session, mona, lone, talk, sanding, now):
    adopt(session, talk, lone, now, Agreed(sanding[1].id, 0))
    with pytest.raises(LevelRefused, match="allerede"):
        adopt(session, talk, lone, now, Agreed(sanding[1].id, 0))


def test_agreed_levels_are_added_and_the_first_one_stays(session, mona, lone, sanding, now):
    records.agreed(session, mona, sanding[1], 1, by=lone, now=now - timedelta(days=30))
    records.agreed(session, mona, sanding[1], 2, by=lone, now=now)
    history = queries.adopted(session, mona.id)[sanding[1].id]
    assert [row.level for row in history] == [1, 2]


def test_worse_records_leave_the_agreed_level_standing(session, mona, lone, sanding, now):
    records.agreed(session, mona, sanding[1], 3, by=lone, now=now - timedelta(days=30))
    seen(session, mona, lone, sanding, now, *["S4Q0"] * 6)
    assert [row.level for row in queries.adopted(session, mona.id)[sanding[1].id]] == [3]
