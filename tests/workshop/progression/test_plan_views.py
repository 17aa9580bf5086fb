"""The pages where plan, goals and talks are written together."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from support import factories, people

from tests.workshop.progression import records
from tests.workshop.progression.scene import colleague, words
from workshop.core import db
from workshop.progression import goals, plans
from workshop.progression.goal_rules import GoalState
from workshop.progression.models import AdoptedLevel, Goal, GoalKind, OwnLevel, SubGoal

# Plan and goals


def test_the_plan_is_written_in_the_citizens_words(desk, scene):
    saved = desk.post(f"{scene.address}/plan", data={"where_i_am": "Jeg sliber.", "where_i_want_to_be": "Et job."})
    assert saved.status_code == 303
    assert "Jeg sliber." in words(desk.get(scene.address))
    wrong = desk.post(f"{scene.address}/plan", data={"where_i_am": "", "where_i_want_to_be": "Et job med træ."})
    assert wrong.status_code == 422
    assert "Et job med træ." in wrong.text


def test_a_goal_is_set_together(desk, scene):
    data = {"kind": "attendance", "title": "Møder hver dag", "target_of_ten": "9", "own_words": "Det passer mig."}
    assert desk.post(f"{scene.address}/maal", data=data).status_code == 303
    assert "Møder hver dag" in words(desk.get(scene.address))


def test_where_three_goals_are_open_it_is_said_before_a_fourth_is_typed(desk, scene):
    data = {"kind": "own_words", "title": "Går i gang selv"}
    assert 'name="title"' in desk.get(f"{scene.address}/maal").text
    assert [desk.post(f"{scene.address}/maal", data=data).status_code for _goal in range(3)] == [303, 303, 422]
    page = desk.get(f"{scene.address}/maal")
    assert "allerede tre mål" in words(page)
    assert 'name="title"' not in page.text
    instead = desk.get(f"{scene.address}/maal?i-stedet-for={scene.goal}")
    assert 'name="title"' in instead.text


@pytest.mark.parametrize(
    "data",
    [
        {"kind": "own_words", "title": ""},
        {"kind": "", "title": "Møder hver dag"},
        {"kind": "ranking", "title": "Møder hver dag"},
        {"kind": "competence", "title": "Møder hver dag"},
        {"kind": "competence", "title": "Møder hver dag", "competence": "findes-ikke", "target_level": "3"},
        {"kind": "attendance", "title": "Møder hver dag", "target_of_ten": "elleve"},
    ],
)
def test_a_goal_that_lacks_something_comes_back_with_what_was_typed(desk, scene, data):
    answer = desk.post(f"{scene.address}/maal", data=data)
    assert answer.status_code == 422
    assert data["title"] in answer.text
    with db.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Goal)) == 1


def test_a_goal_is_called_reached_with_the_citizens_word(desk, scene):
    address = f"{scene.address}/maal/{scene.goal}"
    without = desk.post(address, data={"state": "reached", "own_words": ""})
    assert without.status_code == 422
    assert "egne ord" in words(without)
    assert desk.post(address, data={"state": "reached", "own_words": "Det kan jeg."}).status_code == 303
    with db.reading() as session:
        assert session.scalar(sa.select(Goal.state)) is GoalState.REACHED


def test_an_edit_on_an_old_version_shows_both_and_loses_neither(desk, scene):
    address = f"{scene.address}/maal/{scene.goal}"
    first = {"state": "in_progress", "own_words": "Nu går det.", "version": "1"}
    assert desk.post(address, data=first).status_code == 303
    late = desk.post(address, data={"state": "stopped", "own_words": "Nej tak.", "version": "1"})
    assert late.status_code == 409
    assert "En anden har rettet imens" in words(late)
    assert "Nu: i gang" in words(late)
    assert "Nej tak." in late.text
    again = {"state": "stopped", "own_words": "Nej tak.", "version": "2"}
    assert 'value="2"' in late.text
    assert desk.post(address, data=again).status_code == 303


def test_an_example_is_added_to_a_goal(desk, scene):
    address = f"{scene.address}/maal/{scene.goal}"
    day = records.back(1, scene.now).isoformat()
    saved = desk.post(f"{address}/eksempel", data={"seen_on": day, "sentence": "Hentede selv papir."})
    assert saved.status_code == 303
    assert "Hentede selv papir." in words(desk.get(scene.address))
    ahead = (scene.now.date() + timedelta(days=2)).isoformat()
    for data in ({"seen_on": ahead, "sentence": "Ja."}, {"seen_on": "", "sentence": "Ja."}, {"seen_on": day}):
        assert desk.post(f"{address}/eksempel", data=data).status_code == 422


# Talks


def test_a_talk_is_opened_by_pressing_and_not_by_reading(desk, scene):
    assert desk.get(f"{scene.address}/samtale").status_code == 405
    opened = desk.post(f"{scene.address}/samtale")
    assert (opened.status_code, opened.location) == (303, f"{scene.address}/samtale/{scene.talk}")


def test_what_was_agreed_is_kept_and_shown(desk, scene):
    address = f"{scene.address}/samtale/{scene.talk}"
    said = {f"{scene.key}-own": "1", f"{scene.key}-level": "3", f"{scene.key}-own_words": "Det fine papir."}
    assert desk.post(address, data=said).status_code == 303
    page = words(desk.get(address))
    assert "Aftalt i dag: Kan selv" in page
    assert "Tal om det" in page  # own view two steps away
    assert desk.post(f"{address}/luk").status_code == 303
    page = words(desk.get(scene.address))
    assert "Kan selv" in page
    assert "Det fine papir." in page


def test_another_level_from_a_page_before_the_last_press_is_not_lost_in_silence(desk, scene):
    address, level = f"{scene.address}/samtale/{scene.talk}", f"{scene.key}-level"
    said = {level: "3", f"{scene.key}-own_words": "Det fine papir."}
    assert [desk.post(address, data=said).status_code for _press in range(2)] == [303, 303], "a double press is one"
    other = desk.post(address, data=said | {level: "2"})
    assert other.status_code == 409
    assert "Aftalt i dag står fast" in words(other)
    with db.reading() as session:
        newest = sa.select(AdoptedLevel.level).order_by(AdoptedLevel.id.desc()).limit(1)
        assert session.scalar(newest) == 3


def test_what_waits_is_not_kept(desk, scene):
    said = {f"{scene.key}-level": "-"}
    assert desk.post(f"{scene.address}/samtale/{scene.talk}", data=said).status_code == 303
    assert desk.post(f"{scene.address}/samtale/{scene.talk}").status_code == 303
    with db.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(AdoptedLevel)) == 1


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"level": "-"},
        {"note": "Det har vi set."},
        {"own": "3", "level": "-", "note": "Det har vi set."},
        {"level": "5"},
        {"level": "1"},
        {"level": "4"},
        {"own": "x", "level": "3"},
    ],
)
def test_a_level_that_cannot_be_agreed_comes_back_beside_its_competence(desk, scene, said):
    typed = {f"{scene.key}-{name}": value for name, value in {**said, "own_words": "Mine ord."}.items()}
    answer = desk.post(f"{scene.address}/samtale/{scene.talk}", data=typed)
    assert answer.status_code == 422
    assert "Mine ord." in answer.text
    assert f'href="#{scene.key}"' in answer.text


def test_a_talk_that_is_over_takes_nothing_more(desk, scene):
    address = f"{scene.address}/samtale/{scene.talk}"
    desk.post(f"{address}/luk")
    assert desk.post(address, data={f"{scene.key}-level": "3"}).status_code == 409


def test_a_colleagues_open_talk_is_not_shown(client, scene):
    colleague(client)
    client.post(f"{scene.address}/grund", data={"reason": "Vikar for Lone i dag"})
    assert client.get(f"{scene.address}/samtale/{scene.talk}").status_code == 404
    assert client.post(f"{scene.address}/samtale/{scene.talk}").status_code == 404


def test_one_more_competence_can_be_taken_along(desk, scene):
    with db.transaction() as session:
        records.competence(session, name="Holde fokus", key="fokus")
    address = f"{scene.address}/samtale/{scene.talk}"
    assert 'id="fokus"' not in desk.get(address).text
    assert 'id="fokus"' in desk.get(f"{address}?ogsaa=fokus").text


def test_a_talk_is_kept_and_closed_with_one_press(desk, scene):
    address = f"{scene.address}/samtale/{scene.talk}"
    wrong = desk.post(address, data={f"{scene.key}-note": "Det har vi set.", "derefter": "luk"})
    assert wrong.status_code == 422, "nothing that was typed is lost by closing"
    said = {f"{scene.key}-own": "3", f"{scene.key}-level": "3", "derefter": "luk"}
    answer = desk.post(address, data=said)
    assert (answer.status_code, answer.location) == (303, scene.address)
    assert "Kan selv" in words(desk.get(scene.address))
    assert "Gem det aftalte" not in words(desk.get(address))


def folds(page):
    """The competences of a talk by key, and whether each stands open."""
    found = re.findall(r'<details class="talk-more" id="([^"]+)"([^>]*)>', page)
    return {key: " open" in attributes for key, attributes in found}


def test_a_talk_opens_one_competence_and_folds_the_rest_away(desk, scene):
    with db.transaction() as session:
        lone, mona = session.get_one(factories.Staff, scene.lone), session.get_one(people.Citizen, scene.mona)
        task, shows = records.sanding(session)
        records.confirmed(session, [records.marks(mona)], task=task, on=records.back(1, scene.now), by=lone)
        new = shows.key
    page = desk.get(f"{scene.address}/samtale/{scene.talk}").text
    opened = folds(page)
    assert opened == {scene.key: False, new: True}, "since the last talk only the other was seen"


def test_nothing_stands_open_once_it_is_agreed(desk, scene):
    address = f"{scene.address}/samtale/{scene.talk}"
    said = {f"{scene.key}-own": "3", f"{scene.key}-level": "3"}
    assert desk.post(address, data=said).status_code == 303
    assert folds(desk.get(address).text) == {scene.key: False}


def test_what_lacks_something_stands_open(desk, scene):
    answer = desk.post(f"{scene.address}/samtale/{scene.talk}", data={f"{scene.key}-note": "Det har vi set."})
    assert folds(answer.text) == {scene.key: True}


# The citizen's own view


def test_an_own_view_is_kept_and_shown_without_an_agreed_level(desk, scene):
    address = f"{scene.address}/samtale/{scene.talk}"
    said = {f"{scene.key}-own": "4", f"{scene.key}-own_words": "Det kan jeg godt."}
    assert desk.post(address, data=said).status_code == 303
    page = words(desk.get(address))
    assert "Monas egen vurdering i dag: Kan selv i nye situationer / viser andre “Det kan jeg godt.”" in page
    assert "Tal om det" in page  # two steps from what was agreed before
    assert "Aftalt i dag" not in page
    desk.post(f"{address}/luk")
    assert "Monas egen vurdering: Kan selv i nye situationer" in words(desk.get(address))
    page = words(desk.get(scene.address))
    assert "Tal om det: egen vurdering og det aftalte ligger to trin eller mere fra hinanden." in page
    assert "Den står for sig selv" in page


def test_not_wanting_to_say_is_an_answer_that_is_kept(desk, scene):
    address = f"{scene.address}/samtale/{scene.talk}"
    assert desk.post(address, data={f"{scene.key}-own": "-", f"{scene.key}-level": "3"}).status_code == 303
    assert "Monas egen vurdering i dag: ønsker ikke" in words(desk.get(address))


def test_an_own_view_is_said_once_in_a_talk(desk, scene):
    address = f"{scene.address}/samtale/{scene.talk}"
    for own in ("1", "4"):
        desk.post(address, data={f"{scene.key}-own": own})
    with db.reading() as session:
        assert session.scalars(sa.select(OwnLevel.level)).all() == [1]


# Small steps, other words, and a goal in another's place


def the_goal(scene):
    return f"{scene.address}/maal/{scene.goal}"


def add_step(desk, scene, title="Hente papir selv"):
    assert desk.post(f"{the_goal(scene)}/skridt", data={"nyt-title": title}).status_code == 303
    with db.reading() as session:
        return session.scalars(sa.select(SubGoal.public_id).order_by(SubGoal.id.desc())).first()


def test_a_small_step_is_written_and_moved(desk, scene):
    step = add_step(desk, scene)
    address = f"{the_goal(scene)}/skridt/{step}"
    said = {f"{step}-title": "Hente papir", f"{step}-state": "reached", f"{step}-own_words": ""}
    without = desk.post(address, data=said)
    assert without.status_code == 422
    assert "egne ord" in words(without)
    assert desk.post(address, data=said | {f"{step}-own_words": "Det gør jeg."}).status_code == 303
    page = words(desk.get(the_goal(scene)))
    assert "Hente papir nået" in page
    assert "Det gør jeg." in page
    assert "Hente papir nået" in words(desk.get(scene.address))


def test_a_step_without_words_comes_back_and_so_does_an_old_version(desk, scene):
    assert desk.post(f"{the_goal(scene)}/skridt", data={"nyt-title": ""}).location == the_goal(scene)
    assert desk.post(f"{the_goal(scene)}/skridt", data={"nyt-title": "x" * 500}).status_code == 422
    step = add_step(desk, scene)
    address = f"{the_goal(scene)}/skridt/{step}"
    assert desk.post(address, data={f"{step}-title": "", f"{step}-state": "in_progress"}).status_code == 422
    said = {f"{step}-title": "Hente", f"{step}-state": "in_progress", f"{step}-version": "1"}
    assert desk.post(address, data=said).status_code == 303
    late = desk.post(address, data=said | {f"{step}-state": "stopped", f"{step}-own_words": "Nej tak."})
    assert late.status_code == 409
    assert "Nej tak." in late.text


def test_somebody_elses_step_is_not_found_under_this_goal(desk, scene):
    with db.transaction() as session:
        lone = session.get_one(factories.Staff, scene.lone)
        other = people.citizen(session, name="Ali", contact=lone, started_on=records.back(80, scene.now))
        plan = plans.begin(session, citizen_id=other.id, by_account_id=lone.account_id, now=scene.now)
        goal = goals.set_goal(
            session, plan=plan, kind=GoalKind.OWN_WORDS, title="Andet", now=scene.now, by_staff_id=lone.account_id
        )
        step = goals.add_step(session, goal=goal, title="Andet", by_staff_id=lone.account_id, now=scene.now).public_id
    said = {f"{step}-title": "Hente", f"{step}-state": "in_progress"}
    assert desk.post(f"{the_goal(scene)}/skridt/{step}", data=said).status_code == 404
    assert desk.post(f"{the_goal(scene)}/skridt/{step}", data={}).status_code == 404


def test_a_goal_is_put_in_other_words(desk, scene):
    address = f"{the_goal(scene)}/ord"
    assert desk.post(address, data={"ord-title": ""}).status_code == 422
    assert desk.post(address, data={"ord-title": "Slibe en stol", "ord-version": "1"}).status_code == 303
    assert "Slibe en stol" in words(desk.get(scene.address))
    assert desk.post(address, data={"ord-title": "Sent", "ord-version": "1"}).status_code == 409


def test_an_adjusted_goal_is_a_new_one_and_both_can_be_read(desk, scene):
    form = desk.get(f"{scene.address}/maal?i-stedet-for={scene.goal}")
    assert "Det nye mål tager pladsen fra “Slibe en hel bænk”" in words(form)
    data = {"kind": "own_words", "title": "Slibe en skammel", "own_words": "Lidt mindre."}
    saved = desk.post(f"{scene.address}/maal?i-stedet-for={scene.goal}", data=data)
    assert saved.status_code == 303
    page = words(desk.get(scene.address))
    assert "Slibe en skammel" in page
    assert "justeret" in page
    old = desk.get(the_goal(scene))
    assert "Det nye mål er Slibe en skammel" in words(old)
    assert desk.post(f"{scene.address}/maal?i-stedet-for={scene.goal}", data=data).status_code == 422
    assert desk.get(f"{scene.address}/maal?i-stedet-for={scene.goal}").status_code == 303
    assert desk.get(f"{scene.address}/maal?i-stedet-for=findes-ikke").status_code == 404


def test_adjusted_is_not_a_state_one_simply_chooses(desk, scene):
    assert desk.post(the_goal(scene), data={"state": "adjusted"}).status_code == 422


def test_the_plan_keeps_what_it_said_before(desk, scene):
    first = {"where_i_am": "Jeg sliber.", "interests": "Træ.", "strengths": "Rolig.", "version": "1"}
    assert desk.post(f"{scene.address}/plan", data=first).status_code == 303
    page = words(desk.get(f"{scene.address}/plan"))
    for sentence in ("Sådan har planen lydt", "den, der gælder nu", "Der.", "skrevet sammen med"):
        assert sentence in page
    assert "Rolig." in words(desk.get(scene.address))
    late = desk.post(f"{scene.address}/plan", data={"where_i_am": "Sent.", "version": "1"})
    assert late.status_code == 409
    assert "Sent." in late.text
    assert "Jeg sliber." in words(late)
