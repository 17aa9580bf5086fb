"""The competence card: its owner edits it down, has it on their own phone, and gets it from staff on paper."""

import pytest
import sqlalchemy as sa

from tests.workshop.progression import records
from tests.workshop.progression.mine import on_phone, pdf_text
from tests.workshop.progression.scene import colleague, kiosk, log, words
from workshop.core import clock, db
from workshop.progression.cards.contents import card_of
from workshop.progression.cards.models import CardLeftOut, CompetenceCard
from workshop.progression.models import AdoptedLevel

CARD = "/vaerksted/mit-kort"


@pytest.fixture
def mona(client, scene):
    return kiosk(client, scene)


def test_without_a_word_the_card_holds_all_that_was_agreed(mona):
    page = words(mona.get(f"{CARD}/vis"))
    for sentence in ("Kompetencekort Mona", "Slibe træ", "Kan med støtte", "Jeg kan slibe træ", "Slib bænken"):
        assert sentence in page


def test_a_shared_tablet_does_not_say_the_whole_name_and_an_own_phone_does(app, mona, scene):
    page = words(mona.get(f"{CARD}/vis"))
    assert "Mona Prøvesen" not in page
    assert "På papir står hele dit navn." in page
    assert "Mona Prøvesen" in words(on_phone(app, scene).get(f"{CARD}/vis"))


def test_the_owner_takes_off_writes_and_hides_where(mona, scene):
    assert mona.post(CARD, data={"on": [scene.key], "own_words": "Jeg er stabil."}).location == f"{CARD}/vis"
    page = words(mona.get(f"{CARD}/vis"))
    assert "Jeg er stabil." in page
    assert "Slib bænken" not in page  # the tick for where was not set
    mona.post(CARD, data={"own_words": "Kun mine ord", "shows_work": "y"})
    page = words(mona.get(f"{CARD}/vis"))
    assert "Slibe træ" not in page
    assert "Kun mine ord" in page
    edit = mona.get(CARD).text
    assert f'value="{scene.key}">' in edit
    with db.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(CardLeftOut)) == 1
        assert session.scalar(sa.select(sa.func.count()).select_from(CompetenceCard)) == 1


def test_what_is_agreed_later_stands_on_it_until_it_is_taken_off(mona, scene):
    mona.post(CARD, data={"on": [scene.key]})
    with db.transaction() as session:
        new = records.competence(session, name="Lakere")
        old = session.scalars(sa.select(AdoptedLevel)).one()
        session.add(
            AdoptedLevel(
                talk_id=old.talk_id, citizen_id=scene.mona, competence_id=new.id, level=3, adopted_on=old.adopted_on,
                by_staff_id=scene.lone,
            )
        )  # fmt: skip
    assert "Lakere" in words(mona.get(f"{CARD}/vis"))


def test_a_card_that_cannot_be_comes_back(mona):
    assert mona.post(CARD, data={"on": ["findes-ikke"]}).status_code == 422
    answer = mona.post(CARD, data={"own_words": "ord " * 200})
    assert answer.status_code == 422
    assert "ord ord" in answer.text


def test_the_card_is_empty_in_the_foundation_phase_and_holds_no_level_nought(app, scene):
    with db.transaction() as session:
        person = session.get_one(records.Citizen, scene.mona)
        today = clock.local_day(scene.now)
        assert len(card_of(session, person, today).lines) == 1
        session.execute(sa.update(AdoptedLevel).values(level=0))
        assert card_of(session, person, today).lines == []
        session.execute(sa.update(AdoptedLevel).values(level=2))
        session.execute(sa.text("UPDATE enrolment SET started_on = :day"), {"day": records.back(5, scene.now)})
        assert card_of(session, person, today).lines == []


def test_a_shared_tablet_gives_no_file_and_an_own_phone_does(app, mona, scene):
    refused = mona.get(f"{CARD}.pdf")
    assert refused.status_code == 409
    assert "mit-kort.pdf" not in mona.get(f"{CARD}/vis").text
    phone = on_phone(app, scene)
    assert "mit-kort.pdf" in phone.get(f"{CARD}/vis").text
    given = phone.get(f"{CARD}.pdf")
    assert (given.status_code, given.mimetype) == (200, "application/pdf")
    assert given.headers["Cache-Control"] == "no-store"
    assert given.headers["Content-Disposition"] == 'inline; filename="kompetencekort.pdf"'
    text = pdf_text(given.data)
    for sentence in ("Mona Prøvesen", "Slibe træ", "Kan med støtte", "Slib bænken"):
        assert sentence in text
    for word in ("forslag", "minutter", "Lone"):
        assert word not in text


def test_staff_print_the_card_as_its_owner_wants_it_and_it_is_logged(desk, mona, scene):
    kiosk(desk.application.test_client(), scene)
    with db.transaction() as session:
        session.add(CompetenceCard(citizen_id=scene.mona, own_words="Mine ord", shows_work=False, changed_at=scene.now))
    colleague(desk)
    desk.post(f"{scene.address}/grund", data={"reason": "Vikar for Lone i dag"})
    page = words(desk.get(f"{scene.address}/kompetencekort"))
    assert "Mine ord" in page
    assert "Slib bænken" not in page
    given = desk.get(f"{scene.address}/kompetencekort.pdf")
    assert given.status_code == 200
    assert "Slib bænken" not in pdf_text(given.data)
    assert [row.people for row in log("export")] == [[scene.id]]


def test_a_colleague_is_asked_why_first(client, scene):
    colleague(client)
    for page in ("kompetencekort", "kompetencekort.pdf"):
        answer = client.get(f"{scene.address}/{page}")
        assert answer.status_code == 403
        assert "Slibe" not in answer.text
