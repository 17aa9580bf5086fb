"""The plan's words: in versions that are added and never changed, and never lost to somebody else's edit."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from support import factories, people

from workshop.progression import plans
from workshop.progression.models import DevelopmentPlan, PlanVersion


@pytest.fixture
def lone(session):
    return factories.staff(session, name="Lone")


@pytest.fixture
def mona(session, lone):
    return people.citizen(session, contact=lone)


def write(session, mona, by, now, **changes):
    words = {"where_i_am": "Jeg sliber.", "where_i_want_to_be": "Et job.", "interests": "", "strengths": ""}
    return plans.write(session, citizen_id=mona.id, by_account_id=by, now=now, **(words | changes))


def test_the_first_words_begin_the_plan_and_its_first_version(session, mona, lone, now):
    plan = write(session, mona, lone.account_id, now)
    (only,) = plans.versions(session, plan.id)
    assert (plan.version, plan.started_on) == (1, now.date())
    assert (only.version, only.words.where_i_am, only.by_name) == (1, "Jeg sliber.", "Lone")


def test_new_words_are_another_version_and_the_old_ones_stay_readable(session, mona, lone, now):
    write(session, mona, lone.account_id, now)
    plan = write(session, mona, mona.account_id, now + timedelta(days=9), strengths="Jeg er rolig.")
    newest, first = plans.versions(session, plan.id)
    assert (plan.version, plan.strengths, plan.started_on) == (2, "Jeg er rolig.", now.date())
    assert (newest.version, newest.words.strengths, newest.by_name) == (2, "Jeg er rolig.", "")
    assert (first.version, first.words.strengths) == (1, "")


def test_the_same_words_again_are_no_version(session, mona, lone, now):
    write(session, mona, lone.account_id, now)
    plan = write(session, mona, lone.account_id, now + timedelta(days=1), seen_version=1)
    assert len(plans.versions(session, plan.id)) == plan.version == 1


def test_words_written_on_an_old_version_are_held_back(session, mona, lone, now):
    write(session, mona, lone.account_id, now)
    write(session, mona, mona.account_id, now, where_i_am="Mine egne ord.", seen_version=1)
    with pytest.raises(plans.ChangedMeanwhile):
        write(session, mona, lone.account_id, now, where_i_am="Andre ord.", seen_version=1)
    assert write(session, mona, lone.account_id, now, where_i_am="Andre ord.", seen_version=2).version == 3


def test_a_plan_older_than_its_versions_keeps_what_it_said(session, mona, lone, now):
    session.add(
        DevelopmentPlan(citizen_id=mona.id, where_i_am="Gamle ord.", started_on=now.date() - timedelta(days=30))
    )
    session.flush()
    plan = write(session, mona, lone.account_id, now)
    newest, first = plans.versions(session, plan.id)
    assert (newest.version, first.version, first.words.where_i_am) == (2, 1, "Gamle ord.")
    assert first.written_at.date() == now.date() - timedelta(days=30)


def test_a_goal_may_come_before_the_words(session, mona, lone, now):
    plan = plans.begin(session, citizen_id=mona.id, by_account_id=lone.account_id, now=now)
    assert plans.begin(session, citizen_id=mona.id, by_account_id=lone.account_id, now=now).id == plan.id
    assert write(session, mona, lone.account_id, now).version == 2


def test_the_database_takes_a_version_once(session, mona, lone, now):
    plan = write(session, mona, lone.account_id, now)
    words = {"where_i_am": "", "where_i_want_to_be": "", "interests": "", "strengths": ""}
    row = {"plan_id": plan.id, "written_at": now, "by_account_id": lone.account_id, **words}
    with pytest.raises(sa.exc.IntegrityError), session.begin_nested():
        session.execute(sa.insert(PlanVersion).values(version=1, **row))
    session.execute(sa.insert(PlanVersion).values(version=2, **row))  # the control: the row itself can be written
