"""What the page of one citizen gathers: what to talk about, own views, this week's work, remarks and small steps."""

import pytest
import sqlalchemy as sa
from support import factories, people

from tests.workshop.progression import records
from tests.workshop.progression.scene import colleague, log, words
from workshop.core import clock, db
from workshop.core.access import Role
from workshop.progression import actions, goals, queries
from workshop.progression.models import Goal
from workshop.progression.own_levels import Said
from workshop.tasks.models import Assignment, TaskRecord
from workshop.tasks.remarks import actions as remarks
from workshop.tasks.wishing.actions import wish


def own_view(scene, level, own_words=""):
    with db.transaction() as session:
        talk = queries.talk_of(session, scene.mona, scene.talk)
        competence = session.scalars(sa.select(Goal.competence_id)).one()
        said = [Said(competence, level, own_words)]
        actions.keep(session, talk=talk, said=said, agreed=[], by_staff_id=scene.lone, now=clock.now(), is_over=True)


def test_the_page_says_what_to_talk_about_without_naming_a_level(desk, scene):
    page = words(desk.get(scene.address))
    assert "Det kan I tale om Slibe træ Der er set nok til at tale om næste trin." in page
    assert "Tal om det" not in page
    own_view(scene, 0)
    assert "Tal om det: egen vurdering og det aftalte ligger to trin" in words(desk.get(scene.address))


def test_own_views_stand_apart_from_what_was_agreed(desk, scene):
    assert "Monas egen vurdering" not in words(desk.get(scene.address))
    own_view(scene, None, "Det vil jeg tænke over.")
    page = words(desk.get(scene.address))
    assert "ønsker ikke · “Det vil jeg tænke over.”" in page
    assert "Kan med støtte" in page, "what was agreed is as it was"


def test_every_agreed_level_says_what_it_stands_on_and_leads_to_the_records(desk, scene):
    answer = desk.get(scene.address)
    assert "Grundlag: noget" in words(answer)
    with db.reading() as session:
        shown = session.scalars(sa.select(TaskRecord.public_id)).all()
    assert shown
    for record in shown:
        assert f'href="/personale/hold/{record}"' in answer.text


def test_whoever_may_not_open_records_gets_no_dead_links(client, scene):
    colleague(client, roles=[Role.MANAGER])
    client.post(f"{scene.address}/grund", data={"reason": "Klage fra kommunen"})
    text = client.get(scene.address).text
    assert "Slib bænken" in text
    assert "/personale/hold/" not in text
    assert "/forslag" not in text
    assert "/kopi" not in text


def test_a_remark_stands_beside_its_record(desk, scene):
    with db.transaction() as session:
        record = session.scalars(sa.select(TaskRecord).order_by(TaskRecord.done_on.desc())).first()
        remarks.remark(
            session,
            record=record,
            citizen_id=scene.mona,
            text="Jeg fik lov at vælge papir.",
            by_account_id=scene.account,
            now=clock.now(),
        )
    for address in (scene.address, f"{scene.address}/samtale/{scene.talk}"):
        assert "Egen bemærkning: “Jeg fik lov at vælge papir.”" in words(desk.get(address))


def test_small_steps_and_ended_goals_can_be_read(desk, scene):
    with db.transaction() as session:
        goal = session.scalars(sa.select(Goal)).one()
        goals.add_step(session, goal=goal, title="Hente papir selv", by_staff_id=scene.lone, now=clock.now())
        new = goals.set_goal(
            session,
            plan=queries.plan_of(session, scene.mona),
            kind=goal.kind,
            title="Slibe en skammel",
            competence_id=goal.competence_id,
            target_level=3,
            instead_of=goal,
            now=clock.now(),
            by_staff_id=scene.lone,
        )
        assert new.id
    page = words(desk.get(scene.address))
    assert "Afsluttede og ændrede mål (1)" in page
    for sentence in ("Slibe en skammel", "Slibe en hel bænk", "justeret", "Hente papir selv"):
        assert sentence in page


def test_this_week_is_held_against_what_was_agreed(desk, scene):
    with db.transaction() as session:
        mona = session.get_one(people.Citizen, scene.mona)
        task = session.scalars(sa.select(TaskRecord.task_type_id)).first()
        lone = session.get_one(factories.Staff, scene.lone)
        kind = session.get_one(factories.TaskType, task)
        now = clock.now()
        people.assignment(session, mona, task=kind, title="Slib stolen", day=clock.local_day(now), by=lone, now=now)
        wish(session, mona.id, task_type_id=task, own_words="Gerne udenfor", now=clock.now())
    page = words(desk.get(scene.address))
    assert "Ugens opgaver og Mona" in page
    assert "Slib stolen" in page
    assert "Gerne udenfor" in page
    with db.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Assignment)) == 1, "reading gives nobody a task"


def test_in_the_foundation_phase_nothing_is_held_against_a_level(desk, scene):
    own_view(scene, 4)
    with db.transaction() as session:
        session.execute(sa.text("UPDATE enrolment SET started_on = :day"), {"day": records.back(5, scene.now)})
    page = words(desk.get(scene.address))
    for heading in ("Det kan I tale om", "Ugens opgaver og", "egen vurdering", "Det bygger"):
        assert heading not in page


@pytest.mark.parametrize("word", ["gennemsnit", "i alt", "procent", "%", "point", "score"])
def test_there_are_no_totals_or_averages(desk, scene, word):
    own_view(scene, 3)
    assert word not in words(desk.get(scene.address)).lower()


def test_talks_that_are_over_can_be_read_again(desk, scene):
    link = f'href="{scene.address}/samtale/{scene.talk}"'
    assert link not in desk.get(scene.address).text, "it is still going on"
    own_view(scene, 3, "Det går godt.")
    assert link in desk.get(scene.address).text
    assert "Det går godt." in words(desk.get(f"{scene.address}/samtale/{scene.talk}"))


def test_one_visit_is_one_row_in_the_log(desk, scene):
    before = len(log("read"))
    desk.get(scene.address)
    assert len(log("read")) == before + 1
