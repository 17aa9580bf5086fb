"""Det kan jeg, Det har jeg lavet, and "Jeg ser det anderledes"."""

import pytest
import sqlalchemy as sa
from support import factories, people

from tests.workshop.progression import records
from tests.workshop.progression.scene import kiosk, words
from workshop.core import db
from workshop.progression.mine import work
from workshop.tasks.marks import Quality, Support
from workshop.tasks.models import RecordStatus, TaskRecord
from workshop.tasks.remarks import queries
from workshop.tasks.remarks.models import RecordRemark

MADE = "/vaerksted/mit-arbejde"


@pytest.fixture
def mona(client, scene):
    return kiosk(client, scene)


def newest():
    with db.reading() as session:
        return session.scalars(sa.select(TaskRecord).order_by(TaskRecord.done_on.desc()).limit(1)).one()


def test_what_i_can_names_the_pieces_and_the_days(mona, scene):
    with db.transaction() as session:
        record = session.scalars(sa.select(TaskRecord).order_by(TaskRecord.done_on.desc()).limit(1)).one()
        thing = factories.item(session, title="Havebænk")
        record.item_id, number = thing.id, thing.number
    page = words(mona.get("/vaerksted/det-kan-jeg"))
    assert "Her har du vist det:" in page
    assert f"Nr. {number}, Havebænk" in page
    assert "Se det hele" in page  # there are four, and three stand here
    whole = mona.get(f"/vaerksted/det-kan-jeg/{scene.key}").text
    assert whole.count('class="shot"') == 4
    assert mona.get("/vaerksted/det-kan-jeg/findes-ikke").status_code == 404


def test_nothing_on_it_counts_measures_or_compares(mona):
    page = words(mona.get("/vaerksted/det-kan-jeg")).lower()
    for word in ("minut", "gange", "procent", " af ", "forslag", "grundlag"):
        assert word not in page, word


def test_in_the_foundation_phase_there_is_no_level_behind_an_address_either(mona, scene):
    with db.transaction() as session:
        session.execute(sa.text("UPDATE enrolment SET started_on = :day"), {"day": records.back(5, scene.now)})
    assert mona.get(f"/vaerksted/det-kan-jeg/{scene.key}").status_code == 404


def test_a_draft_is_shown_as_waiting_and_what_was_taken_out_is_gone(mona, scene):
    with db.transaction() as session:
        person = session.get_one(people.Citizen, scene.mona)
        lone = session.get_one(factories.Staff, scene.lone)
        task = factories.task_type(session)
        parts = [records.marks(person)]
        records.draft(session, parts, task=task, on=records.back(1, scene.now), by=lone, title="Mal stolen")
        session.execute(sa.update(TaskRecord).where(TaskRecord.title == "Slib bænken").values(title="Slib bænk"))
    page = words(mona.get(MADE))
    assert "Mal stolen" in page
    assert "Vi har ikke set på det endnu." in page
    with db.transaction() as session:
        session.execute(
            sa.update(TaskRecord).where(TaskRecord.title == "Mal stolen").values(status=RecordStatus.VOIDED)
        )
    assert "Mal stolen" not in words(mona.get(MADE))


def test_the_citizen_says_it_differently_and_may_take_it_back(mona, scene):
    record = newest()
    here = f"{MADE}/{record.public_id}"
    page = words(mona.get(here))
    assert "Du gjorde det selv. Det var ekstra godt. Gik selv i gang." in page
    assert "Jeg ser det anderledes" in page
    assert mona.post(here, data={"text": "Jeg fik hjælp af Per."}).location == here
    assert "Jeg fik hjælp af Per." in words(mona.get(here))
    assert "Du har skrevet noget." in words(mona.get(MADE))
    with db.reading() as session:
        (said,) = queries.remarks_of(session, [record.id])[record.id]
        assert (said.text, said.is_written_by_staff) == ("Jeg fik hjælp af Per.", False)
    assert mona.post(f"{here}/vaek").status_code == 303
    assert "Jeg fik hjælp" not in words(mona.get(here))


def test_an_empty_or_a_long_word_comes_back(mona):
    here = f"{MADE}/{newest().public_id}"
    assert mona.post(here, data={"text": " "}).status_code == 422
    answer = mona.post(here, data={"text": "ord " * 200})
    assert answer.status_code == 422
    assert "ord ord" in answer.text


def test_somebody_elses_work_is_not_there(mona, scene):
    with db.transaction() as session:
        lone = session.get_one(factories.Staff, scene.lone)
        other = people.citizen(session, name="Yusuf", contact=lone, started_on=records.back(80, scene.now))
        done = records.confirmed(
            session,
            [records.marks(other)],
            task=factories.task_type(session),
            on=records.back(1, scene.now),
            by=lone,
        )
        theirs = f"{MADE}/{done.public_id}"
    assert mona.get(theirs).status_code == 404
    assert mona.post(theirs, data={"text": "Mit"}).status_code == 404
    assert mona.post(f"{theirs}/vaek").status_code == 404
    with db.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(RecordRemark)) == 0


@pytest.mark.once
@pytest.mark.parametrize("support", list(Support))
@pytest.mark.parametrize("quality", list(Quality))
def test_every_mark_has_kind_words(app, support, quality, now):
    done = work.OwnWork(
        1, "x", "Slib", now.date(), RecordStatus.CONFIRMED, None, None, None, None, support, quality, "", None
    )
    said = " ".join(work.how_it_was(done)).lower()
    assert said
    for word in ("ikke", "fejl", "dårlig", "kun "):
        assert word not in said


@pytest.mark.once
def test_work_nobody_judged_says_so(app, now):
    bare = (1, "x", "Slib", now.date(), RecordStatus.CONFIRMED, None, None, None, None, None, None, "", None)
    assert work.how_it_was(work.OwnWork(*bare)) == ["Vi så ikke på det den dag."]
    draft = work.OwnWork(*bare)._replace(status=RecordStatus.DRAFT)
    assert work.how_it_was(draft) == []


def test_a_long_list_comes_a_screenful_at_a_time(mona, scene):
    with db.transaction() as session:
        person, lone = session.get_one(people.Citizen, scene.mona), session.get_one(factories.Staff, scene.lone)
        task = factories.task_type(session)
        for back in range(10, 20):
            day = records.back(back, scene.now)
            records.confirmed(session, [records.marks(person)], task=task, on=day, by=lone, title=f"Opgave {back}")
    first = mona.get(MADE).text
    assert first.count('class="shot"') == 12
    assert "efter=12" in first
    second = mona.get(f"{MADE}?efter=12").text
    assert second.count('class="shot"') == 2
    for odd in ("x", "-1", "²", "9" * 40):
        assert mona.get(f"{MADE}?efter={odd}").status_code == 200
