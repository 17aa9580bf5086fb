"""Talks, own views and agreed levels: people decide, and what they decide is kept."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from support import factories, people

from tests.workshop.progression import records
from workshop.core.errors import Refusal
from workshop.progression import actions, evidence, queries
from workshop.progression.actions import Agreed, LevelRefused
from workshop.progression.indication import indicate
from workshop.progression.models import AdoptedLevel
from workshop.progression.own_levels import Said, own_levels


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
def talk(session, mona, lone, now):
    return records.talk(session, mona, by=lone, now=now)


def seen(session, person, by, sanding, now, *written):
    """Confirmed records on days in a row, the last one yesterday."""
    for back, marks in enumerate(reversed(written), 1):
        part = [records.marks(person, marks)]
        records.confirmed(session, part, task=sanding[0], on=records.back(back, now), by=by)


def adopt(session, talk, lone, now, *agreed):
    return actions.adopt_levels(session, talk=talk, agreed=agreed, by_staff_id=lone.account_id, now=now)


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


def test_a_level_is_agreed_with_own_words(session, mona, lone, talk, sanding, now):
    seen(session, mona, lone, sanding, now, "S2Q2", "S2Q2", "S2Q2")
    (made,) = adopt(session, talk, lone, now, Agreed(sanding[1].id, 2, own_words="Jeg kan lide det."))
    assert (made.level, made.own_words, made.indicated_level) == (2, "Jeg kan lide det.", 2)
    assert (made.by_staff_id, made.adopted_on, made.parameters_version) == (lone.account_id, now.date(), 1)


# The citizen's own view


def keep(session, talk, lone, now, *, said=(), agreed=(), is_over=False):
    actions.keep(session, talk=talk, said=said, agreed=agreed, by_staff_id=lone.account_id, now=now, is_over=is_over)


def own_of(session, mona, sanding):
    return [(row.level, row.own_words) for row in own_levels(session, mona.id).get(sanding[1].id, [])]


def test_the_citizens_own_view_never_moves_the_level(session, mona, lone, talk, sanding, now):
    seen(session, mona, lone, sanding, now, "S2Q2", "S2Q2", "S2Q2")
    before = indicate(evidence.rows(session, mona.id, None, now.date())[sanding[1].id], now.date())
    keep(session, talk, lone, now, said=[Said(sanding[1].id, 4)], agreed=[Agreed(sanding[1].id, 2)])
    (row,) = queries.adopted(session, mona.id)[sanding[1].id]
    assert row.level == 2
    assert indicate(evidence.rows(session, mona.id, None, now.date())[sanding[1].id], now.date()) == before
    assert session.scalar(sa.select(AdoptedLevel.own_level)) is None


def test_an_own_view_is_kept_also_where_nothing_is_agreed(session, mona, lone, talk, sanding, now):
    keep(session, talk, lone, now, said=[Said(sanding[1].id, 3, "Det går godt.")])
    assert own_of(session, mona, sanding) == [(3, "Det går godt.")]
    assert queries.adopted(session, mona.id) == {}


def test_the_citizen_may_choose_not_to_say_and_that_is_an_answer(session, mona, lone, talk, sanding, now):
    keep(session, talk, lone, now, said=[Said(sanding[1].id, None)])
    assert own_of(session, mona, sanding) == [(None, "")]


def test_own_views_are_a_series_and_the_first_word_of_a_talk_stands(session, mona, lone, talk, sanding, now):
    keep(session, talk, lone, now, said=[Said(sanding[1].id, 1)])
    keep(session, talk, lone, now, said=[Said(sanding[1].id, 4)], is_over=True)
    later = now + timedelta(days=30)
    keep(session, records.talk(session, mona, by=lone, now=later), lone, later, said=[Said(sanding[1].id, 2)])
    assert own_of(session, mona, sanding) == [(1, ""), (2, "")]


def test_a_refused_level_keeps_the_own_view_back_too(session, mona, lone, talk, sanding, now):
    with pytest.raises(LevelRefused), session.begin_nested():
        keep(session, talk, lone, now, said=[Said(sanding[1].id, 3)], agreed=[Agreed(sanding[1].id, 3)])
    assert own_of(session, mona, sanding) == []


def test_nothing_is_said_in_a_talk_that_is_over_or_in_the_foundation_phase(session, mona, lone, talk, sanding, now):
    actions.close_talk(session, talk=talk, now=now)
    with pytest.raises(Refusal, match="lukket"):
        keep(session, talk, lone, now, said=[Said(sanding[1].id, 3)])
    new = people.citizen(session, name="Nya", contact=lone, started_on=records.back(5, now))
    with pytest.raises(Refusal, match="Grundfasen"):
        keep(session, records.talk(session, new, by=lone, now=now), lone, now, said=[Said(sanding[1].id, 3)])


def test_a_talk_about_nothing_can_be_closed(session, mona, lone, talk, now):
    keep(session, talk, lone, now, is_over=True)
    assert talk.closed_at == now


# Levels


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
