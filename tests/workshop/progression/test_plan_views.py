"""The pages where plan, goals and talks are written together."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from tests.workshop.progression import records
from tests.workshop.progression.scene import colleague, words
from workshop.core import db
from workshop.progression.goal_rules import GoalState
from workshop.progression.models import AdoptedLevel, Goal

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


def test_what_waits_is_not_kept(desk, scene):
    said = {f"{scene.key}-own": "-", f"{scene.key}-level": "-"}
    assert desk.post(f"{scene.address}/samtale/{scene.talk}", data=said).status_code == 303
    assert desk.post(f"{scene.address}/samtale/{scene.talk}").status_code == 303
    with db.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(AdoptedLevel)) == 1


@pytest.mark.parametrize(
    "said",
    [
        {"own": "3"},
        {"level": "-"},
        {"note": "Det har vi set."},
        {"own": "3", "level": "-"},
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
    wrong = desk.post(address, data={f"{scene.key}-own": "3", "derefter": "luk"})
    assert wrong.status_code == 422, "nothing that was typed is lost by closing"
    said = {f"{scene.key}-own": "3", f"{scene.key}-level": "3", "derefter": "luk"}
    answer = desk.post(address, data=said)
    assert (answer.status_code, answer.location) == (303, scene.address)
    assert "Kan selv" in words(desk.get(scene.address))
    assert "Gem det aftalte" not in words(desk.get(address))


def test_a_talk_shows_what_it_is_about_and_folds_the_rest_away(desk, scene):
    page = desk.get(f"{scene.address}/samtale/{scene.talk}").text
    folded = page.split('<details class="talk-more"')[1:]
    assert f'id="{scene.key}"' in page
    assert not any(f'id="{scene.key}"' in part for part in folded), "agreed on before: it stands open"
