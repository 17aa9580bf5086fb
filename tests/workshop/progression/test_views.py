"""The page of one citizen: what is on it, who may see it, and what never is."""

import inspect
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy import event
from support import factories, people

from tests.workshop.progression import records
from tests.workshop.progression.scene import browser, colleague, kiosk, log, words
from workshop.core import clock, db
from workshop.core.access import Role
from workshop.core.audit import AccessLog
from workshop.progression import evidence, queries
from workshop.progression.models import Talk
from workshop.progression.talk_page import talk_page

INDICATION = 'class="indication"'


# The citizen's page


def test_the_page_shows_what_was_agreed_and_what_it_stands_on(desk, scene):
    answer = desk.get(scene.address)
    assert answer.status_code == 200
    page = words(answer)
    for sentence in ("Mona", "Kan med støtte", "af de nyeste 4 registreringer", "Grundlag: noget", "Slibe en hel bænk"):
        assert sentence in page


def test_a_goal_shows_its_state_and_the_suggestion_as_a_suggestion(desk, scene):
    page = words(desk.get(scene.address))
    assert "ikke startet" in page
    assert "nået (forslag)" in page


def test_no_page_shows_the_indication_outside_an_open_talk(desk, scene):
    with db.transaction() as session:
        session.execute(sa.update(Talk).values(closed_at=clock.now()))
    for address in scene.pages():
        answer = desk.get(address)
        assert answer.status_code == 200, address
        assert INDICATION not in answer.text
        assert "indikation" not in answer.text.lower()
        assert "Kan selv:" not in words(answer)  # what the rule says of these records


def test_a_talk_that_is_over_does_not_even_read_the_indication(app, scene):
    with db.reading() as session:
        talk = queries.talk_of(session, scene.mona, scene.talk)
        today = clock.local_day(scene.now)
        assert talk_page(session, talk, today, is_open=True).lines
        assert talk_page(session, talk, today, is_open=False).lines == []


def test_an_open_talk_is_where_the_indication_is_seen(desk, scene):
    answer = desk.get(f"{scene.address}/samtale/{scene.talk}")
    assert INDICATION in answer.text
    assert "Kan selv: 4 af de nyeste 4 registreringer på 4 dage viser arbejde alene" in words(answer)


def test_the_citizens_own_view_is_asked_before_the_agreed_level(desk, scene):
    text = desk.get(f"{scene.address}/samtale/{scene.talk}").text
    assert text.index("Monas egen vurdering") < text.index("Vi aftaler")


def test_no_page_says_that_somebody_cannot(desk, scene):
    kiosk_page = kiosk(desk.application.test_client(), scene).get("/vaerksted/det-kan-jeg")
    for answer in [*(desk.get(address) for address in scene.pages()), kiosk_page]:
        assert "kan ikke" not in answer.text.lower()


def test_no_page_names_another_citizen(desk, scene):
    with db.transaction() as session:
        lone = session.get_one(factories.Staff, scene.lone)
        other = people.citizen(session, name="Zarathustra", contact=lone, started_on=records.back(80, scene.now))
        mona = session.get_one(people.Citizen, scene.mona)
        task, _shows = records.sanding(session)
        both = [records.marks(mona), records.marks(other)]
        records.confirmed(session, both, task=task, on=records.back(1, scene.now), by=lone)
    for address in scene.pages():
        assert "Zarathustra" not in desk.get(address).text


def test_the_foundation_phase_shows_no_level(desk, scene):
    with db.transaction() as session:
        session.execute(sa.text("UPDATE enrolment SET started_on = :day"), {"day": records.back(5, scene.now)})
    for address in (scene.address, f"{scene.address}/samtale/{scene.talk}"):
        page = words(desk.get(address))
        assert "Grundfasen er ikke slut" in page
        assert "Kan med støtte" not in page


# The door


def test_every_read_leaves_a_row_in_the_access_log(desk, scene):
    for address in scene.pages():
        before = len(log("read"))
        assert desk.get(address).status_code == 200
        (row,) = log("read")[before:]
        assert (row.account_id, row.people, row.reason) == (scene.lone, [scene.id], "")


def test_the_page_is_refused_when_the_log_cannot_be_written(app, desk, scene):
    with db.transaction() as session:
        session.execute(sa.text("ALTER TABLE access_log RENAME TO lost"))
    app.config["TESTING"] = False
    for address in scene.pages():
        answer = desk.get(address)
        assert answer.status_code == 500
        assert "Mona" not in answer.text


def test_a_colleague_is_asked_why_first_and_sees_nothing_before(client, scene):
    colleague(client)
    for address in scene.pages():
        answer = client.get(address)
        assert answer.status_code == 403
        assert "hvorfor" in words(answer)
        assert "Mona" not in answer.text
    assert log("read") == []


def test_a_written_reason_opens_the_file_and_stands_in_the_log(client, scene):
    colleague(client)
    given = client.post(f"{scene.address}/grund", data={"reason": "Vikar for Lone i dag"})
    assert (given.status_code, given.location) == (303, scene.address)
    assert client.get(scene.address).status_code == 200
    assert [(row.deed, row.reason) for row in log("reason", "read")] == [
        ("reason", "Vikar for Lone i dag"),
        ("read", "Vikar for Lone i dag"),
    ]


def test_a_reason_opens_one_file_for_one_person_and_for_a_day(client, app, scene):
    with db.transaction() as session:
        lone = session.get_one(factories.Staff, scene.lone)
        other = people.citizen(session, name="Ali", contact=lone, started_on=records.back(80, scene.now))
        other_address = f"/personale/borgere/{other.public_id}"
    colleague(client)
    client.post(f"{scene.address}/grund", data={"reason": "Vikar for Lone i dag"})
    assert client.get(other_address).status_code == 403
    assert colleague(browser(app)).get(scene.address).status_code == 403
    with db.transaction() as session:
        session.execute(sa.update(AccessLog).values(at=clock.now() - timedelta(hours=9)))
    assert client.get(scene.address).status_code == 403


@pytest.mark.parametrize("reason", ["", "   ", "x", "x" * 301])
def test_an_empty_or_odd_reason_opens_nothing(client, scene, reason):
    colleague(client)
    answer = client.post(f"{scene.address}/grund", data={"reason": reason})
    assert answer.status_code == 422
    assert "Mona" not in answer.text
    assert client.get(scene.address).status_code == 403


def test_another_department_finds_no_such_page_and_the_try_is_logged(client, scene):
    colleague(client, at="metal")
    for address in scene.pages():
        assert client.get(address).status_code == 404
    assert client.post(f"{scene.address}/grund", data={"reason": "Vil gerne se"}).status_code == 404
    assert {row.deed for row in log()} == {"refused"}


def test_an_unknown_citizen_is_the_same_page(desk):
    assert desk.get("/personale/borgere/findes-ikke").status_code == 404
    assert log() == []


def test_somebody_elses_goal_or_talk_is_not_found_under_this_citizen(desk, scene):
    with db.transaction() as session:
        lone = session.get_one(factories.Staff, scene.lone)
        other = people.citizen(session, name="Ali", contact=lone, started_on=records.back(80, scene.now))
        address = f"/personale/borgere/{other.public_id}"
    for tail in (f"/maal/{scene.goal}", f"/samtale/{scene.talk}"):
        assert desk.get(address + tail).status_code == 404
        assert desk.post(address + tail, data={"state": "reached", "own_words": "Ja"}).status_code == 404


@pytest.mark.parametrize("role", [Role.SALES, Role.AUDITOR, Role.ADMIN])
def test_without_permission_there_is_no_way_in(client, scene, role):
    colleague(client, roles=[role])
    for address in scene.pages():
        assert client.get(address).status_code == 403
    assert {each.deed for each in log()} == {"refused"}


def test_a_manager_may_read_with_a_reason_but_not_adopt_or_plan(client, scene):
    colleague(client, roles=[Role.MANAGER])
    client.post(f"{scene.address}/grund", data={"reason": "Klage fra kommunen"})
    assert client.get(scene.address).status_code == 200
    assert client.post(f"{scene.address}/samtale").status_code == 403
    assert client.get(f"{scene.address}/maal").status_code == 403


def test_somebody_not_signed_in_is_shown_the_door(client, scene):
    for address in scene.pages():
        assert client.get(address).status_code == 303


# The tablet


def test_the_citizen_reads_what_was_agreed_in_words(client, scene):
    answer = kiosk(client, scene).get("/vaerksted/det-kan-jeg")
    assert answer.status_code == 200
    page = words(answer)
    for sentence in (
        "Det kan jeg",
        "Slibe træ",
        "Kan med støtte",
        "Dit mål: Slibe en hel bænk",
        "Dit næste skridt: Du ",
    ):
        assert sentence in page
    for computed in ("forslag", "Grundlag", "registreringer", "Kan selv"):
        assert computed not in page


def test_the_citizens_own_reading_is_logged_and_refused_without_a_log(app, client, scene):
    kiosk(client, scene).get("/vaerksted/det-kan-jeg")
    assert [(row.account_id, row.people) for row in log("read")] == [(scene.account, [scene.id])]
    with db.transaction() as session:
        session.execute(sa.text("ALTER TABLE access_log RENAME TO lost"))
    app.config["TESTING"] = False
    assert client.get("/vaerksted/det-kan-jeg").status_code == 500


def test_the_citizens_own_page_is_empty_in_the_foundation_phase(client, scene):
    with db.transaction() as session:
        session.execute(sa.text("UPDATE enrolment SET started_on = :day"), {"day": records.back(5, scene.now)})
    page = words(kiosk(client, scene).get("/vaerksted/det-kan-jeg"))
    assert "Her er tomt endnu" in page
    assert "Kan med støtte" not in page


def test_staff_have_no_page_of_their_own_there(desk):
    assert desk.get("/vaerksted/det-kan-jeg").status_code == 403


def test_a_citizen_does_not_open_the_desk(client, scene):
    kiosk(client, scene)
    for address in scene.pages():
        assert client.get(address).status_code == 403


# Never


def test_no_address_takes_two_citizens(app):
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("progression.")]
    assert len(rules) > 10
    for rule in rules:
        assert rule.arguments <= {"public_id", "goal_id", "talk_id", "step_id"}, rule


@pytest.mark.parametrize("module", [queries, evidence])
def test_no_query_takes_more_than_one_citizen(module):
    functions = [
        each for _name, each in inspect.getmembers(module, inspect.isfunction) if each.__module__ == module.__name__
    ]
    assert len(functions) > 3
    for function in functions:
        names = inspect.signature(function).parameters
        assert not {name for name in names if name.endswith(("citizen_ids", "people", "citizens"))}, function
        assert "citizen_id" not in names or names["citizen_id"].annotation == "int", function


# Queries


def queries_of(client, address):
    asked = []
    listen = lambda *_args: asked.append(1)  # noqa: E731 — SQLAlchemy calls it by position
    for engine in db.engines():
        event.listen(engine, "before_cursor_execute", listen)
    assert client.get(address).status_code == 200
    for engine in db.engines():
        event.remove(engine, "before_cursor_execute", listen)
    return len(asked)


def test_the_number_of_queries_does_not_grow_with_the_records(desk, scene):
    addresses = [scene.address, f"{scene.address}/samtale/{scene.talk}"]
    before = [queries_of(desk, address) for address in addresses]
    with db.transaction() as session:
        lone, mona = session.get_one(factories.Staff, scene.lone), session.get_one(people.Citizen, scene.mona)
        for number in range(3):
            task, shows = records.sanding(session)
            records.agreed(session, mona, shows, 1, by=lone, now=scene.now - timedelta(days=40 + number))
            for back in range(1, 12):
                records.confirmed(session, [records.marks(mona)], task=task, on=records.back(back, scene.now), by=lone)
    assert [queries_of(desk, address) for address in addresses] == before
    assert max(before) <= 45
