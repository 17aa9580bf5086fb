"""Who has seen my data: as the citizen reads it, and on paper."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from support import people
from support.queries import counted

from tests.workshop.logbook.rig import House
from workshop.core import audit, clock, db
from workshop.core.audit import AccessLog
from workshop.logbook import deeds, mine
from workshop.logbook.mine import Row

TODAY = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
WHERE = "/vaerksted/mit/set"


@pytest.fixture
def house(app):
    return House()


@pytest.fixture
def mona(app, house):
    return people.at_tablet(app, house.key, house.mona)


def row(deed, name="Lone Holm", reason="", minutes=0, days=0):
    return Row(TODAY - timedelta(days=days) + timedelta(minutes=minutes), deed, reason, name)


def said(*rows):
    return [(day.day.isoformat(), [line.sentence for line in day.lines], day.lists) for day in mine.days(rows)]


@pytest.mark.once
def test_a_day_says_each_thing_once_in_plain_words_and_the_newest_day_stands_first():
    found = said(row("read", days=1), row("read"), row("write", minutes=1), row("read", minutes=2))
    lines = ["Lone har set din side.", "Lone har skrevet på din side."]
    assert found == [("2026-11-24", lines, ""), ("2026-11-23", lines[:1], "")]


@pytest.mark.once
def test_lists_stand_together_quietly():
    found = said(row("list"), row("list"), row("list", "Bo Bang"), row("list", "Karin Leder"))
    assert found == [("2026-11-24", [], "Du stod på lister, som Lone, Bo og Karin så.")]
    assert said(row("list"))[0][2] == said(row("search"))[0][2] == "Du stod på en liste, som Lone så."


@pytest.mark.once
def test_a_reason_is_told_once_with_what_it_was_for():
    (day,) = mine.days([row("reason", reason="Vikar for Bo"), row("read", reason="Vikar for Bo", minutes=1)])
    assert [(line.sentence, line.reason) for line in day.lines] == [("Lone har set din side.", "Vikar for Bo")]


@pytest.mark.once
def test_a_try_that_was_refused_names_nobody():
    (day,) = mine.days([row("refused", "Per Lund")])
    assert [line.sentence for line in day.lines] == ["En, der ikke må se din side, prøvede. Det gik ikke."]


@pytest.mark.once
def test_help_with_the_code_is_one_thing():
    found = said(row("read", reason="kode"), row("release"), row("new code"))
    assert found[0][1] == ["Lone har hjulpet med din kode."]


@pytest.mark.once
def test_every_deed_has_words_and_a_new_one_is_told_too():
    for deed, name in deeds.choices():
        assert name != deed
        assert deed in {"list", "search"} or said(row(deed))[0][1]
    assert said(row("something new"))[0][1] == ["Lone har brugt noget om dig."]


@pytest.mark.once
def test_somebody_without_a_name_is_one_of_the_workshop():
    assert said(row("read", name=""))[0][1] == ["En fra værkstedet har set din side."]


def test_the_citizen_reads_who_has_seen_their_page(mona, house):
    house.log("lone", "read", [house.mona])
    house.log("lone", "list", [house.mona, house.aksel])
    house.log("per", "read", [house.aksel])
    page = mona.get(WHERE).text
    assert "Lone har set din side." in page
    assert "Du stod på en liste, som Lone så." in page
    assert "Holm" not in page
    assert "Per" not in page
    assert house.aksel not in page


def test_what_the_citizen_did_themselves_is_written_in_the_log_and_not_told(mona, house):
    mona.get(WHERE)
    page = mona.get(WHERE).text
    assert "Her har ingen set noget om dig." in page
    with db.reading() as session:
        newest = session.scalars(sa.select(AccessLog).order_by(AccessLog.position.desc()).limit(1)).one()
    assert (newest.deed, newest.people, newest.endpoint) == ("read", [house.mona], "seen.by_whom")


def test_earlier_days_are_a_page_further_on(mona, house):
    assert "Før det" not in mona.get(WHERE).text
    house.log("lone", "read", [house.mona], ago=timedelta(days=45))
    first = mona.get(WHERE).text
    assert "Lone" not in first
    assert "Før det" in first
    earlier = clock.local_day(house.now) - timedelta(days=30)
    assert "Lone har set din side." in mona.get(f"{WHERE}?til={earlier}").text


@pytest.mark.parametrize("asked", ["x", "9999-12-31", "0001-01-01", "2026-02-31"])
def test_a_day_that_is_none_is_today(mona, asked):
    assert "De sidste 30 dage." in mona.get(f"{WHERE}?til={asked}").text


def test_the_page_asks_as_often_for_many_rows_as_for_few(mona, house):
    house.log("lone", "read", [house.mona])
    with counted() as few:
        mona.get(WHERE)
    for number in range(30):
        house.log("lone", "read", [house.mona], ago=timedelta(hours=number))
    with counted() as many:
        mona.get(WHERE)
    assert len(few) == len(many) <= 10  # the person asked for their language too


def test_what_i_can_leads_to_it(mona):
    assert f'href="{WHERE}"' in mona.get("/vaerksted/det-kan-jeg").text


def test_staff_have_no_such_page(app, house):
    assert people.at_desk(app, house.emails["lone"]).get(WHERE).status_code == 403


def test_it_is_handed_over_on_paper_by_the_contact_person_and_logged(app, house):
    house.log("lone", "read", [house.mona])
    desk = people.at_desk(app, house.emails["lone"])
    answer = desk.get(f"/personale/borgere/{house.mona}/set.pdf")
    assert answer.mimetype == "application/pdf"
    assert answer.data.startswith(b"%PDF")
    with db.reading() as session:
        assert session.scalars(sa.select(AccessLog.people).where(AccessLog.deed == "export")).all() == [[house.mona]]


def test_the_paper_of_another_department_is_not_there_and_the_try_is_told(app, house, mona):
    desk = people.at_desk(app, house.emails["per"])
    assert desk.get(f"/personale/borgere/{house.mona}/set.pdf").status_code == 404
    assert "En, der ikke må se din side, prøvede. Det gik ikke." in mona.get(WHERE).text


def test_the_page_is_refused_when_the_log_cannot_be_written(app, house, mona):
    house.log("lone", "read", [house.mona])
    app.config["TESTING"] = False
    with db.transaction() as session:
        session.execute(sa.text("ALTER TABLE access_log_head RENAME TO lost"))
    answer = mona.get(WHERE)
    assert answer.status_code == 500
    assert "Lone" not in answer.text


def test_a_record_of_a_read_uses_the_danish_day(house):
    late = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)  # half past midnight on the Danish clock
    audit.record(house.actors["lone"], "read", [house.mona], late)
    assert clock.local_day(late).isoformat() == said(Row(late, "read", "", "Lone Holm"))[0][0] == "2026-11-24"
