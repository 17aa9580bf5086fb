"""Staff's pages of agreements: found by search, one whole story, moved and rested and ended, and nothing is lost."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from support import factories, garden, people
from support.queries import counted

from tests.workshop.services.jobs import rig
from workshop.core import clock, db
from workshop.core.access import Role
from workshop.production.routines.closed import closed_days
from workshop.services.jobs import actions, queries
from workshop.services.jobs.models import JobState, ServiceJob
from workshop.services.requests.models import ServicePlace
from workshop.services.visits.models import VisitState

PAGE = "/personale/service/aftaler"


def coming(days: int) -> date:
    """A weekday to come that is no holiday by itself: the first Tuesday so many days ahead."""
    day = clock.local_day(clock.now()) + timedelta(days=days)
    return day + timedelta(days=(1 - day.weekday()) % 7)


def weekly(first: date | None = None, **columns: object) -> str:
    """An agreement every week from the first Tuesday after a week on; its public id."""
    first_on = first or coming(8)
    with db.transaction() as session:
        job = rig.agreed(
            session,
            now=clock.now(),
            **{"every": 1, "weekday": 1, "season_from": None, "season_to": None, "first_on": first_on} | columns,
        )
        return job.public_id


def stored(public_id: str) -> tuple[ServiceJob, list[tuple[date | None, VisitState]]]:
    """The agreement and its visits as the database has them."""
    with db.reading() as session:
        job = queries.by_public_id(session, public_id)
        assert job is not None
        return job, [(each.day, each.state) for each in rig.visits(session, job)]


def visit_id(public_id: str, place: int = 0) -> tuple[str, str]:
    """A visit's public id and its version."""
    with db.reading() as session:
        job = queries.by_public_id(session, public_id)
        assert job is not None
        visit = rig.visits(session, job)[place]
        return visit.public_id, str(visit.version)


def mails() -> list[str]:
    with db.reading() as session:
        return [each.subject for each in rig.mails(session)]


@pytest.fixture
def seller(client: FlaskClient) -> FlaskClient:
    with db.transaction() as session:
        email = factories.staff(session, roles=[Role.SALES]).email
    people.sign_in_staff(client, email)
    return client


@pytest.fixture
def manager(app: Flask, seller: FlaskClient) -> FlaskClient:
    with db.transaction() as session:
        email = factories.staff(session, roles=[Role.MANAGER]).email
    return people.at_desk(app, email)


def test_an_agreement_is_found_by_number_name_street_and_what_is_made(seller: FlaskClient) -> None:
    public_id = weekly()
    number = stored(public_id)[0].number
    for asked in (number, "ane eks", "Eksempelvej", "hækklip", "helsinge"):
        assert number in seller.get(PAGE, query_string={"q": asked}).text
    assert "Ingen aftaler passer" in seller.get(PAGE, query_string={"q": "findes ikke"}).text


def test_ended_agreements_have_a_list_of_their_own(seller: FlaskClient) -> None:
    public_id = weekly()
    with db.transaction() as session:
        job = queries.by_public_id(session, public_id)
        assert job is not None
        actions.withdraw(session, job, clock.now())
        number = job.number
    assert number not in seller.get(PAGE).text
    assert number in seller.get(f"{PAGE}?vis=slut").text
    assert number in seller.get(f"{PAGE}?vis=alle").text
    assert seller.get(f"{PAGE}?vis=noget").status_code == 200


def test_the_list_asks_the_database_as_often_for_many_as_for_one(seller: FlaskClient) -> None:
    weekly()
    seller.get(PAGE)
    with counted() as few:
        seller.get(PAGE)
    for _more in range(6):
        weekly()
    with counted() as many:
        seller.get(PAGE)
    assert len(few) == len(many)


def test_one_agreement_asks_as_often_for_many_visits_as_for_few(seller: FlaskClient) -> None:
    few_id, many_id = weekly(coming(70)), weekly(coming(1))
    seller.get(f"{PAGE}/{few_id}")
    with counted() as few:
        seller.get(f"{PAGE}/{few_id}")
    with counted() as many:
        seller.get(f"{PAGE}/{many_id}")
    assert len(few) == len(many)


def test_a_visit_is_moved_and_the_customer_is_told(seller: FlaskClient) -> None:
    public_id = weekly()
    visit, version = visit_id(public_id, 1)
    there = stored(public_id)[1]
    day = there[1][0] + timedelta(days=1)  # type: ignore[operator]  # it has a day
    sent = {"flyt-version": version, "flyt-day": str(day), "flyt-from_minute": "8.30", "flyt-to_minute": "11"}
    answer = seller.post(f"{PAGE}/{public_id}/besoeg/{visit}/flyt", data=sent | {"flyt-is_told": "y"})
    assert answer.status_code == 303
    now_there = stored(public_id)[1]
    assert now_there[1] == (day, VisitState.WAITING)
    assert now_there[:1] + now_there[2:] == there[:1] + there[2:]
    assert "Ny dag for besøget" in mails()[-1]
    assert "Flyttet fra" in seller.get(f"{PAGE}/{public_id}").text


def test_a_visit_moved_on_an_old_page_is_shown_as_it_stands_with_what_was_typed(seller: FlaskClient) -> None:
    public_id = weekly()
    visit, version = visit_id(public_id)
    day = stored(public_id)[1][0][0]
    assert day is not None
    window = {"flyt-from_minute": "9", "flyt-to_minute": "12"}
    address = f"{PAGE}/{public_id}/besoeg/{visit}/flyt"
    first = {"flyt-version": version, "flyt-day": str(day + timedelta(days=1)), **window}
    second = {"flyt-version": version, "flyt-day": str(day + timedelta(days=2)), **window}
    assert seller.post(address, data=first).status_code == 303
    refused = seller.post(address, data=second)
    assert refused.status_code == 409
    assert "ændret imens" in refused.text
    assert str(day + timedelta(days=2)) in refused.text
    again = re.search(r'name="flyt-version"[^>]*value="(\d+)"', refused.text)
    assert again is not None
    assert seller.post(address, data=second | {"flyt-version": again[1]}).status_code == 303
    assert stored(public_id)[1][0][0] == day + timedelta(days=2)
    assert mails() == []


def test_a_day_that_is_none_keeps_what_was_typed(seller: FlaskClient) -> None:
    public_id = weekly()
    visit, version = visit_id(public_id)
    sent = {"flyt-version": version, "flyt-day": "i morgen", "flyt-from_minute": "25", "flyt-to_minute": "12"}
    answer = seller.post(f"{PAGE}/{public_id}/besoeg/{visit}/flyt", data=sent)
    assert answer.status_code == 422
    assert "i morgen" in answer.text
    assert "Vælg en dag." in answer.text


def test_a_visit_is_cancelled_and_can_be_given_a_new_day(seller: FlaskClient) -> None:
    public_id = weekly()
    visit, version = visit_id(public_id)
    day = stored(public_id)[1][0][0]
    assert day is not None
    sent = {"aflys-version": version, "aflys-why": "Det stormer.", "aflys-is_told": "y"}
    assert seller.post(f"{PAGE}/{public_id}/besoeg/{visit}/aflys", data=sent).status_code == 303
    assert stored(public_id)[1][0][1] is VisitState.CANCELLED
    with db.reading() as session:
        assert "Det stormer." in rig.mails(session)[-1].body
    _same, version = visit_id(public_id)
    back = {"flyt-version": version, "flyt-day": str(day), "flyt-from_minute": "9", "flyt-to_minute": "12"}
    assert seller.post(f"{PAGE}/{public_id}/besoeg/{visit}/flyt", data=back).status_code == 303
    assert stored(public_id)[1][0] == (day, VisitState.WAITING)


def test_a_holiday_is_flagged_and_never_moved_by_itself(seller: FlaskClient) -> None:
    soon = clock.local_day(clock.now()) + timedelta(days=8)
    christmas, new_year = date(soon.year, 12, 25), date(soon.year + 1, 1, 1)
    holiday = christmas if christmas >= soon else new_year  # of what is more than a year ahead nothing is shown
    with db.transaction() as session:
        job = rig.agreed(
            session,
            now=clock.now(),
            every=1,
            weekday=holiday.weekday(),
            season_from=None,
            season_to=None,
            first_on=holiday,
        )
        public_id = job.public_id
    page = seller.get(f"{PAGE}/{public_id}").text
    assert f"helligdag: {closed_days(holiday, holiday)[holiday]}" in page
    assert stored(public_id)[1][0][0] == holiday


@pytest.mark.parametrize(("days", "is_near"), [(9, True), (70, False)])
def test_what_is_odd_soon_comes_first_in_the_list_and_what_is_far_ahead_waits(
    seller: FlaskClient, days: int, is_near: bool
) -> None:
    saturday = coming(days) + timedelta(days=4)
    public_id = weekly(saturday, weekday=5, ends_on=saturday)
    assert "lørdag eller søndag" in seller.get(f"{PAGE}/{public_id}").text
    for address in (PAGE, f"{PAGE}/{public_id}"):
        assert ("Se på 1 besøg" in seller.get(address).text) is is_near


def test_a_customer_without_a_mail_address_is_not_told_and_not_said_to_be(seller: FlaskClient) -> None:
    public_id = weekly()
    with db.transaction() as session:
        job = queries.by_public_id(session, public_id)
        assert job is not None
        session.get_one(ServicePlace, job.place_id).customer_email = ""
    visit, version = visit_id(public_id)
    day = stored(public_id)[1][0][0]
    assert day is not None
    sent = {"flyt-version": version, "flyt-day": str(day + timedelta(days=1)), "flyt-is_told": "y"}
    window = {"flyt-from_minute": "9", "flyt-to_minute": "12"}
    assert seller.post(f"{PAGE}/{public_id}/besoeg/{visit}/flyt", data=sent | window).status_code == 303
    assert mails() == []
    with db.reading() as session:
        job = queries.by_public_id(session, public_id)
        assert job is not None
        assert rig.visits(session, job)[0].told_at is None


def test_a_pause_is_written_and_ended(seller: FlaskClient) -> None:
    public_id = weekly()
    days = [day for day, _state in stored(public_id)[1]]
    sent = {"pause-from_on": str(days[1]), "pause-to_on": str(days[3]), "pause-is_told": "y"}
    assert seller.post(f"{PAGE}/{public_id}/pause", data=sent).status_code == 303
    assert [state for _day, state in stored(public_id)[1][:5]] == [
        VisitState.WAITING,
        *[VisitState.CANCELLED] * 3,
        VisitState.WAITING,
    ]
    page = seller.get(f"{PAGE}/{public_id}").text
    found = re.search(r"/pause/([A-Za-z0-9_-]+)/slut", page)
    assert found is not None
    assert seller.post(f"{PAGE}/{public_id}/pause/{found[1]}/slut").status_code == 303
    assert [day for day, _state in stored(public_id)[1]] == days
    wrong = seller.post(f"{PAGE}/{public_id}/pause", data={"pause-from_on": str(days[3]), "pause-to_on": str(days[1])})
    assert wrong.status_code == 422
    assert "før den begynder" in wrong.text


def test_only_those_who_sell_end_an_agreement(app: Flask, seller: FlaskClient) -> None:
    public_id = weekly()
    with db.transaction() as session:
        email = factories.staff(session, roles=[Role.WORKSHOP]).email
    workshop = people.at_desk(app, email)
    assert "Afslut aftalen" not in workshop.get(f"{PAGE}/{public_id}").text
    last = coming(20)
    sent = {"slut-on": str(last), "slut-is_told": "y"}
    assert workshop.post(f"{PAGE}/{public_id}/slut", data=sent).status_code == 403
    assert seller.post(f"{PAGE}/{public_id}/slut", data=sent).status_code == 303
    job, visits = stored(public_id)
    assert (job.ends_on, job.state) == (last, JobState.ACTIVE)
    assert all(state is VisitState.CANCELLED for day, state in visits if day and day > last)


def test_a_note_written_on_an_old_page_shows_both_and_loses_neither(seller: FlaskClient) -> None:
    public_id = weekly()
    version = str(stored(public_id)[0].version)
    first = {"note-version": version, "note-note": "Hunden er sød.", "note-equipment": "Stige\nHækkesaks\n\n Stige"}
    second = {"note-version": version, "note-note": "Ring først.", "note-equipment": "Presenning"}
    assert seller.post(f"{PAGE}/{public_id}/note", data=first).status_code == 303
    job = stored(public_id)[0]
    assert (job.note, job.equipment) == ("Hunden er sød.", ["Stige", "Hækkesaks"])
    refused = seller.post(f"{PAGE}/{public_id}/note", data=second)
    assert refused.status_code == 409
    for words in ("Hunden er sød.", "Ring først.", "Presenning", "Hækkesaks"):
        assert words in refused.text
    again = re.search(r'name="note-version"[^>]*value="(\d+)"', refused.text)
    assert again is not None
    assert seller.post(f"{PAGE}/{public_id}/note", data=second | {"note-version": again[1]}).status_code == 303
    assert stored(public_id)[0].note == "Ring først."


def test_how_to_get_in_is_for_those_who_go_there(seller: FlaskClient, manager: FlaskClient) -> None:
    public_id = weekly()
    version = str(stored(public_id)[0].version)
    sent = {"adgang-version": version, "adgang-access": "Koden er 4711"}
    assert manager.post(f"{PAGE}/{public_id}/adgang", data=sent).status_code == 403
    assert seller.post(f"{PAGE}/{public_id}/adgang", data=sent).status_code == 303
    assert "4711" in seller.get(f"{PAGE}/{public_id}").text
    assert "4711" not in manager.get(f"{PAGE}/{public_id}").text
    with db.reading() as session:
        assert session.get_one(ServicePlace, stored(public_id)[0].place_id).access_note == "Koden er 4711"


def test_a_visit_beside_the_rule_is_added_once(seller: FlaskClient) -> None:
    public_id = weekly()
    page = seller.get(f"{PAGE}/{public_id}").text
    once = re.search(r'name="nyt-once"[^>]*value="([^"]+)"', page)
    assert once is not None
    before = len(stored(public_id)[1])
    sent = {"nyt-once": once[1], "nyt-day": str(coming(3)), "nyt-from_minute": "9", "nyt-to_minute": "12"}
    for _time in range(2):
        assert seller.post(f"{PAGE}/{public_id}/nyt-besoeg", data=sent).status_code == 303
    assert len(stored(public_id)[1]) == before + 1
    assert "Lagt ind ved siden af aftalen" in seller.get(f"{PAGE}/{public_id}").text


def test_another_agreements_visit_is_not_here(seller: FlaskClient) -> None:
    one, other = weekly(), weekly()
    visit, _version = visit_id(other)
    assert seller.get(f"{PAGE}/{one}/besoeg/{visit}").status_code == 404
    assert seller.get(f"{PAGE}/findes-ikke").status_code == 404


def test_one_visit_jobs_are_closed_at_once(seller: FlaskClient) -> None:
    with db.transaction() as session:
        job = garden.job(session)
        garden.visit(session, of=job, day=coming(3))
        public_id = job.public_id
    assert "Luk aftalen" in seller.get(f"{PAGE}/{public_id}").text
    today = clock.local_day(clock.now())
    assert seller.post(f"{PAGE}/{public_id}/slut", data={"slut-on": str(today)}).status_code == 303
    found, visits = stored(public_id)
    assert (found.state, [state for _day, state in visits]) == (JobState.ENDED, [VisitState.CANCELLED])
