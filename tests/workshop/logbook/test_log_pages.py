"""The pages of whoever looks after the log."""

import csv
import io
import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from support import people
from support.queries import counted

from tests.workshop.logbook.rig import House
from workshop.core import audit, chain, clock, db
from workshop.core.audit import AccessLog
from workshop.core.web import settings as app_settings


@pytest.fixture
def house(app):
    return House()


@pytest.fixture
def auditor(app, house):
    return people.at_desk(app, house.emails["inge"])


def rows(deed=None):
    with db.reading() as session:
        found = session.scalars(sa.select(AccessLog).order_by(AccessLog.position)).all()
    return [row for row in found if deed in (None, row.deed)]


def test_whoever_looks_after_the_log_lands_on_it(auditor):
    assert auditor.get("/personale/").headers["Location"].endswith("/personale/log")


def test_the_log_shows_who_did_what_when_and_never_a_citizens_name(auditor, house):
    house.log("lone", "read", [house.mona], reason="Vikar for Bo")
    page = auditor.get("/personale/log").text
    assert "Lone Holm" in page
    assert "Så siden" in page
    assert "Vikar for Bo" in page
    assert house.mona in page
    assert "Mona" not in page.replace(house.mona, "")


def test_looking_in_the_log_is_written_in_the_log(auditor, house):
    auditor.get(f"/personale/log?borger={house.mona}&handling=read")
    (row,) = rows("log")
    assert (row.account_id, row.people) == (house.actors["inge"].account_id, [house.mona])
    assert row.reason.endswith(", read")


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("", {"lone", "per", "refused"}),
        ("handling=refused", {"refused"}),
        ("borger={mona}", {"lone", "refused"}),
        ("borger=nobody", set()),
        ("medarbejder={per}", {"per", "refused"}),
        ("fra={old}&til={old}", {"old"}),
    ],
)
def test_the_log_is_searched_by_days_person_deed_and_citizen(auditor, house, asked, found):
    house.log("lone", "read", [house.mona], reason="reason-lone")
    house.log("per", "list", [house.aksel], reason="reason-per")
    house.log("per", "refused", [house.mona], reason="reason-refused")
    house.log("lone", "read", [house.mona], ago=timedelta(days=20), reason="reason-old")
    old = clock.local_day(house.now - timedelta(days=20))
    asked = asked.format(mona=house.mona, per=house.actors["per"].public_id, old=old)
    assert set(re.findall(r"reason-(\w+)", auditor.get(f"/personale/log?{asked}").text)) == found


@pytest.mark.parametrize(
    "asked",
    [
        "fra=2026-02-31",
        "fra=0001-01-01",
        "til=9999-12-31",
        "fra=2026-02-02&til=2026-02-01",
        "borger=%25' OR",
        "handling=x",
    ],
)
def test_a_search_that_makes_no_sense_comes_back_with_what_was_typed(auditor, house, asked):
    answer = auditor.get(f"/personale/log?{asked}")
    assert answer.status_code == 422
    assert "error-summary" in answer.text
    assert rows("log") == []


def test_the_log_is_read_a_page_at_a_time_with_as_many_questions(auditor, house):
    house.log("lone", "read", [house.mona])
    with counted() as few:
        assert "Vis ældre" not in auditor.get("/personale/log").text
    for number in range(70):
        house.log("lone", "read", [house.mona], reason=f"nr-{number}.")
    with counted() as many:
        first = auditor.get("/personale/log").text
    assert len(few) == len(many)
    second = auditor.get(re.search(r'href="(/personale/log\?foer=[^"]+)"', first)[1].replace("&amp;", "&")).text
    seen = [re.findall(r"nr-(\d+)\.", page) for page in (first, second)]
    assert [*seen[0], *seen[1]] == [str(number) for number in range(69, -1, -1)]


def test_the_log_as_a_file_runs_nothing_and_is_written_in_the_log(auditor, house):
    house.log("lone", "read", [house.mona], reason="=HYPERLINK(1)")
    answer = auditor.get("/personale/log/udtraek.csv")
    assert answer.mimetype == "text/csv"
    cells = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";"))
    assert [cell for row in cells for cell in row if "HYPERLINK" in cell] == ["'=HYPERLINK(1)"]
    assert len(rows("export")) == 1


def test_a_file_of_more_than_a_year_is_refused(auditor, house):
    assert auditor.get("/personale/log/udtraek.csv?fra=2020-01-01").status_code == 422


@pytest.mark.parametrize("asked", ["endpoint=x&_external=1", "foer=x", "foer=-1", "foer=99999999999999", "foer=²"])
def test_what_the_form_does_not_know_is_left_alone(auditor, house, asked):
    house.log("lone", "read", [house.mona])
    assert auditor.get(f"/personale/log?{asked}").status_code == 200


def test_others_do_not_see_the_log(app, house):
    for who in ("lone", "karin"):
        desk = people.at_desk(app, house.emails[who])
        for page in ("", "/skiller-sig-ud", "/udtraek.csv"):
            assert desk.get(f"/personale/log{page}").status_code == 403


def test_what_stands_out_is_told_as_facts(auditor, house):
    noon = clock.at(clock.local_day(house.now) - timedelta(days=1), clock.of_minute(12 * 60))
    for number in range(5):
        audit.record(house.actors["lone"], "read", [f"person-{number}"], noon, reason="Vikar")
    audit.record(house.actors["per"], "refused", [house.mona], noon)
    audit.record(house.actors["karin"], "read", [house.mona], noon - timedelta(hours=13))
    page = auditor.get("/personale/log/skiller-sig-ud").text
    assert "Åbnede siden for 5, der ikke er blandt dem" in page
    assert "Vikar" in page
    assert "Blev afvist 1 gang." in page
    assert "Åbnede siden for 1 om natten." in page
    assert "person-0" not in page
    assert house.mona not in page


def test_an_ordinary_day_does_not_stand_out(auditor, house):
    noon = clock.at(clock.local_day(house.now) - timedelta(days=1), clock.of_minute(12 * 60))
    for number in range(4):
        audit.record(house.actors["lone"], "read", [f"person-{number}"], noon, reason="Vikar")
    assert "Intet skiller sig ud her" in auditor.get("/personale/log/skiller-sig-ud").text


def test_the_page_says_when_the_log_does_not_go_on_from_what_was_written_down(auditor, house):
    house.log("lone", "read", [house.mona])
    path = app_settings_of(auditor).anchor_file
    warning = "Loggen går ikke videre"
    assert warning not in auditor.get("/personale/log").text
    chain.write_anchor(path, chain.Anchor(house.now, 1, "0" * 64, 24))
    assert warning in auditor.get("/personale/log").text


def app_settings_of(client):
    with client.application.app_context():
        return app_settings()
