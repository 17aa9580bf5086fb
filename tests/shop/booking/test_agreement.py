"""A customer's own page: what comes, what was, and what they may change; and the calendar that follows along."""

from __future__ import annotations

import io
import re
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from support import garden, people
from support import photos as pictures
from support.queries import counted

from shop.booking.feed import feed_address
from tests.workshop.services.jobs import rig
from workshop.core import clock, db, images, mail
from workshop.core.config import Settings
from workshop.products.photos import serving
from workshop.services.door import LASTS, Head
from workshop.services.jobs import actions, queries
from workshop.services.jobs.models import ServiceJob
from workshop.services.requests.models import Recurrence
from workshop.services.visits import photos
from workshop.services.visits.models import Visit, VisitPhase, VisitState


def coming(days: int) -> date:
    """The first Tuesday so many days ahead."""
    day = clock.local_day(clock.now()) + timedelta(days=days)
    return day + timedelta(days=(1 - day.weekday()) % 7)


def weekly(**columns: object) -> str:
    """An agreement every week on Tuesdays, moved by two days at most; its public id."""
    with db.transaction() as session:
        values: dict[str, object] = {"every": 1, "weekday": 1, "season_from": None, "season_to": None}
        values["first_on"] = coming(8)
        return rig.agreed(session, now=clock.now(), **values | columns).public_id


def job_of(session: Session, public_id: str) -> ServiceJob:
    job = queries.by_public_id(session, public_id)
    assert job is not None
    return job


def visits(public_id: str) -> list[Visit]:
    with db.reading() as session:
        found = rig.visits(session, job_of(session, public_id))
        session.expunge_all()
        return found


def days(public_id: str) -> list[date]:
    return [each.day for each in visits(public_id) if each.day and each.state is not VisitState.CANCELLED]


def customer(app: Flask, public_id: str) -> FlaskClient:
    """A browser that opened the link of the mail."""
    client = people.browser(app)
    head = Head.of(app.extensions["settings"])
    answer = client.get(head.path("job", public_id))
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/aftale/{public_id}")
    return client


def mails() -> list[mail.OutboxMail]:
    with db.reading() as session:
        found = rig.mails(session)
        session.expunge_all()
        return found


def free_day(public_id: str, place: int = 0) -> date:
    """A day the page offers for the visit at this place."""
    return visits(public_id)[place].day + timedelta(days=1)  # type: ignore[operator]  # it has a day


def test_the_page_opens_by_its_link_alone(app: Flask) -> None:
    public_id, other = weekly(), weekly()
    stranger = people.browser(app)
    for address in ("", "/pause", "/slut", "/kalender.ics", f"/besoeg/{visits(public_id)[0].public_id}"):
        assert stranger.get(f"/aftale/{public_id}{address}").status_code == 404
    assert stranger.get(f"/aftale/{public_id}/{'x' * 43}").status_code == 404
    client = customer(app, public_id)
    page = client.get(f"/aftale/{public_id}")
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store"
    assert "Din faste aftale" in page.text
    assert "Hver uge om tirsdagen" in page.text
    assert client.get(f"/aftale/{other}").status_code == 404


def test_what_is_no_customers_is_refused_when_posted_too(app: Flask) -> None:
    public_id = weekly()
    stranger, visit = people.browser(app), visits(public_id)[0]
    sent = {"day": str(free_day(public_id)), "version": str(visit.version), "from_on": str(coming(20))}
    for address in (
        f"besoeg/{visit.public_id}/flyt",
        f"besoeg/{visit.public_id}/aflys",
        "pause",
        "slut",
        "pause/x/slut",
    ):
        assert stranger.post(f"/aftale/{public_id}/{address}", data=sent).status_code == 404
    assert visits(public_id)[0].version == visit.version


def test_one_visit_is_moved_to_a_day_the_page_offers_and_the_others_stay(app: Flask) -> None:
    public_id = weekly()
    client, before, visit = customer(app, public_id), days(public_id), visits(public_id)[2]
    page = client.get(f"/aftale/{public_id}/besoeg/{visit.public_id}").text
    offered = re.findall(r'name="day" value="([0-9-]+)"', page)
    assert offered
    assert visit.day is not None
    assert all(abs((date.fromisoformat(each) - visit.day).days) <= 2 for each in offered)
    sent = {"day": offered[-1], "version": str(visit.version)}
    address = f"/aftale/{public_id}/besoeg/{visit.public_id}/flyt"
    assert client.post(address, data=sent).status_code == 303
    assert client.post(address, data=sent).status_code == 303  # a second tap of the same button
    assert days(public_id) == sorted([*before[:2], date.fromisoformat(offered[-1]), *before[3:]])
    (sent_mail,) = mails()
    assert sent_mail.attachment_type == "text/calendar"
    assert "De andre besøg er, som de var." in sent_mail.body
    assert "flyttet" in client.get(f"/aftale/{public_id}").text.lower()


@pytest.mark.parametrize("day", ["", "i morgen", "2026-02-30", "9999-12-31", "2027-13-01"])
def test_a_day_nobody_offered_is_refused_in_words(app: Flask, day: str) -> None:
    public_id = weekly()
    client, visit = customer(app, public_id), visits(public_id)[0]
    sent = {"day": day, "version": str(visit.version)}
    answer = client.post(f"/aftale/{public_id}/besoeg/{visit.public_id}/flyt", data=sent)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert visits(public_id)[0].version == visit.version


def test_a_visit_is_cancelled_with_words_that_stay_with_us(app: Flask) -> None:
    public_id = weekly()
    client, visit, before = customer(app, public_id), visits(public_id)[1], days(public_id)
    sent = {"why": "Vi har gæster", "version": str(visit.version)}
    assert client.post(f"/aftale/{public_id}/besoeg/{visit.public_id}/aflys", data=sent).status_code == 303
    assert days(public_id) == [*before[:1], *before[2:]]
    assert visits(public_id)[1].why == "Vi har gæster"
    assert "Aflyst" in client.get(f"/aftale/{public_id}").text
    too_long = sent | {"why": "x" * 301, "version": "1"}
    other = visits(public_id)[2]
    answer = client.post(f"/aftale/{public_id}/besoeg/{other.public_id}/aflys", data=too_long)
    assert answer.status_code == 422


def test_on_the_day_itself_the_customer_is_asked_to_call(app: Flask) -> None:
    public_id = weekly()
    today = clock.local_day(clock.now())
    with db.transaction() as session:
        visit = rig.visits(session, job_of(session, public_id))[0]
        visit.day = today
        visit_id, version = visit.public_id, str(visit.version)
    client = customer(app, public_id)
    page = client.get(f"/aftale/{public_id}/besoeg/{visit_id}").text
    assert "til og med dagen før" in page
    assert "<form" not in page.split("<main", 1)[1].split("</main", 1)[0]
    for deed in ("flyt", "aflys"):
        sent = {"day": str(today + timedelta(days=1)), "version": version}
        answer = client.post(f"/aftale/{public_id}/besoeg/{visit_id}/{deed}", data=sent)
        assert answer.status_code == 422
        assert "Ring til os" in answer.text


def test_an_agreement_rests_and_goes_on_again(app: Flask) -> None:
    public_id = weekly()
    client, before = customer(app, public_id), days(public_id)
    sent = {"from_on": str(before[1]), "to_on": str(before[3])}
    assert client.post(f"/aftale/{public_id}/pause", data=sent).status_code == 303
    assert days(public_id) == [before[0], *before[4:]]
    page = client.get(f"/aftale/{public_id}/pause").text
    found = re.search(r"/pause/([A-Za-z0-9_-]+)/slut", page)
    assert found is not None
    assert client.post(f"/aftale/{public_id}/pause/{found[1]}/slut").status_code == 303
    assert days(public_id) == before
    assert [each.subject.split(" (")[0] for each in mails()] == ["Aftalen holder pause", "Pausen er slut"]


def test_a_pause_that_is_none_keeps_what_was_typed(app: Flask) -> None:
    public_id = weekly()
    client = customer(app, public_id)
    wrong = client.post(f"/aftale/{public_id}/pause", data={"from_on": "2027-06-10", "to_on": "ikke en dag"})
    assert wrong.status_code == 422
    assert "2027-06-10" in wrong.text
    assert "ikke en dag" in wrong.text
    backwards = client.post(f"/aftale/{public_id}/pause", data={"from_on": "2027-06-10", "to_on": "2027-06-01"})
    assert backwards.status_code == 422
    assert "før den begynder" in backwards.text


def test_a_customer_ends_with_notice_and_is_told_the_soonest_day(app: Flask) -> None:
    public_id = weekly()
    client, today = customer(app, public_id), clock.local_day(clock.now())
    too_soon = client.post(f"/aftale/{public_id}/slut", data={"on": str(today + timedelta(days=13))})
    assert too_soon.status_code == 422
    assert "14 dages varsel" in too_soon.text
    last = today + timedelta(days=14)
    assert client.post(f"/aftale/{public_id}/slut", data={"on": str(last)}).status_code == 303
    assert all(day <= last for day in days(public_id))
    assert "Den sidste dag er" in client.get(f"/aftale/{public_id}").text


def test_the_withdrawal_is_offered_as_long_as_it_lasts(app: Flask) -> None:
    public_id = weekly()
    today = clock.local_day(clock.now())
    for until, is_there in ((today, True), (today - timedelta(days=1), False)):
        with db.transaction() as session:
            job_of(session, public_id).withdraw_until = until
        main = customer(app, public_id).get(f"/aftale/{public_id}").text.split("<main", 1)[1].split("</main", 1)[0]
        assert ("Fortryd aftale her" in main) is is_there


def test_photos_are_shown_once_staff_have_seen_nobody_on_them(app: Flask) -> None:
    public_id, other = weekly(), weekly()
    now = clock.now()
    with app.app_context(), db.transaction() as session:
        visit = rig.visits(session, job_of(session, public_id))[0]
        visit.state, visit.done_at, visit.note = VisitState.DONE, now, "Hækken er klippet."
        photo = images.store(io.BytesIO(pictures.telling_jpeg()), serving.store())
        row = photos.add(session, visit, photo, phase=VisitPhase.AFTER, now=now, by_staff_id=None)
        name = row.name
    client, stranger = customer(app, public_id), customer(app, other)
    file = f"{name}-400.jpg"
    assert name not in client.get(f"/aftale/{public_id}").text
    assert client.get(f"/aftale/{public_id}/foto/{file}").status_code == 404
    with db.transaction() as session:
        found = photos.by_name(session, name)
        assert found is not None
        photos.show(session, found, is_shown=True, by_staff_id=None)
    page = client.get(f"/aftale/{public_id}").text
    assert file in page
    assert "Hækken er klippet." in page
    picture = client.get(f"/aftale/{public_id}/foto/{file}")
    assert (picture.status_code, picture.mimetype) == (200, "image/jpeg")
    assert stranger.get(f"/aftale/{other}/foto/{file}").status_code == 404
    assert stranger.get(f"/aftale/{public_id}/foto/{file}").status_code == 404


def test_the_link_ends_some_time_after_the_agreement(app: Flask) -> None:
    public_id = weekly()
    client = customer(app, public_id)
    with db.transaction() as session:
        job = job_of(session, public_id)
        feed = feed_address(Head.of(app.extensions["settings"]), job)
        actions.withdraw(session, job, clock.now())
    assert "Aftalen er fortrudt" in client.get(f"/aftale/{public_id}").text
    with db.transaction() as session:
        job_of(session, public_id).ended_at = clock.now() - LASTS - timedelta(days=1)
    assert client.get(f"/aftale/{public_id}").status_code == 404
    assert client.get(feed.removeprefix("http://localhost")).status_code == 404


def test_the_page_asks_as_often_for_many_visits_as_for_few(app: Flask) -> None:
    few_id, many_id = weekly(first_on=coming(70)), weekly()
    sent = []
    for public_id in (few_id, many_id):
        client = customer(app, public_id)
        client.get(f"/aftale/{public_id}")
        with counted() as asked:
            client.get(f"/aftale/{public_id}")
        sent.append(len(asked))
    assert sent[0] == sent[1]


def test_the_calendar_is_a_file_and_a_secret_address_that_opens_nothing_else(app: Flask, settings: Settings) -> None:
    public_id = weekly()
    client, stranger = customer(app, public_id), people.browser(app)
    page = client.get(f"/aftale/{public_id}").text
    found = re.search(r'value="(http://localhost/aftale/[^"]+\.ics)"', page)
    assert found is not None
    address = found[1].removeprefix("http://localhost")
    assert Head.of(settings).token("job", public_id) not in address
    feed, file = stranger.get(address), client.get(f"/aftale/{public_id}/kalender.ics")
    assert feed.status_code == file.status_code == 200
    assert feed.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert "attachment" in file.headers["Content-Disposition"]
    assert stranger.get(f"/aftale/{public_id}").status_code == 404
    assert stranger.get(f"/aftale/{public_id}/kalender/{'x' * 43}.ics").status_code == 404
    assert stranger.get(address.replace(public_id, weekly())).status_code == 404


def events(text: str) -> dict[str, dict[str, str]]:
    """The entries of a calendar by their names, read as RFC 5545 says: CRLF, folded lines, one value a line."""
    assert text.endswith("END:VCALENDAR\r\n")
    assert text.startswith("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:")
    assert "\n" not in text.replace("\r\n", "")
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    found: dict[str, dict[str, str]] = {}
    entry: dict[str, str] = {}
    for line in text.replace("\r\n ", "").split("\r\n"):
        name, _colon, value = line.partition(":")
        if line == "BEGIN:VEVENT":
            entry = {}
        elif line == "END:VEVENT":
            assert entry["UID"] not in found
            assert {"DTSTAMP", "SEQUENCE", "SUMMARY", "STATUS", "LOCATION"} <= entry.keys()
            found[entry["UID"]] = entry
        else:
            entry[name] = value
    return found


def test_the_calendar_follows_a_move_a_cancelling_and_a_pause(app: Flask) -> None:
    public_id = weekly()
    client = customer(app, public_id)
    address = f"/aftale/{public_id}/kalender.ics"
    before = events(client.get(address).text)
    there = visits(public_id)
    with db.transaction() as session:
        job = job_of(session, public_id)
        mine = rig.visits(session, job)
        staff_id = rig.staff_id(session)  # so that no holiday is in the way, whenever this is run
        actions.move(session, mine[0], free_day(public_id), now=clock.now(), by_staff_id=staff_id)
        actions.cancel(session, mine[1], why="", now=clock.now(), by_staff_id=None)
        assert mine[3].day is not None
        actions.pause(session, job, mine[3].day, mine[3].day, now=clock.now(), by_staff_id=None)
    after = events(client.get(address).text)
    assert before.keys() == after.keys()  # an entry keeps its name, so a calendar changes the one it has

    def entry(place: int, entries: dict[str, dict[str, str]]) -> dict[str, str]:
        return entries[f"{public_id}-{there[place].occasion}@localhost"]

    assert entry(0, after)["DTSTART"] != entry(0, before)["DTSTART"]
    assert int(entry(0, after)["SEQUENCE"]) > int(entry(0, before)["SEQUENCE"])
    assert [entry(place, after)["STATUS"] for place in range(4)] == ["CONFIRMED", "CANCELLED", "CONFIRMED", "CANCELLED"]
    assert {name: entry(2, after)[name] for name in ("DTSTART", "DTEND")} == {
        name: entry(2, before)[name] for name in ("DTSTART", "DTEND")
    }
    later = [each for each in after.values() if each["STATUS"] == "TENTATIVE"]
    assert len(later) > 30  # the year ahead


def test_the_calendar_is_right_on_both_sides_of_the_change_of_the_clock(app: Flask) -> None:
    with db.transaction() as session:
        job = rig.agreed(session, every=1, weekday=6, season_from=None, season_to=None, first_on=date(2027, 3, 21))
        text = client_calendar(session, job)
    starts = sorted(each["DTSTART"] for each in events(text).values())
    assert starts[:2] == ["20270321T080000Z", "20270328T070000Z"]  # nine o'clock by the Danish clock both days


def test_a_window_in_the_missing_hour_becomes_a_whole_day_and_is_not_shifted(app: Flask) -> None:
    with db.transaction() as session:
        job = garden.job(session, recurrence=Recurrence.ON_SNOW, from_minute=150, to_minute=300)
        garden.visit(session, of=job, day=date(2027, 3, 28), from_minute=150, to_minute=300)
        text = client_calendar(session, job)
    (entry,) = events(text).values()
    assert (entry["DTSTART;VALUE=DATE"], entry["DTEND;VALUE=DATE"]) == ("20270328", "20270329")


def client_calendar(session: Session, job: ServiceJob) -> str:
    """The calendar as the feed would give it."""
    found, later, address = queries.calendar_of(session, job, rig.NOW)
    return rig.ics.calendar(job, found, later[:0], address, rig.HEAD, datetime(2027, 3, 1, tzinfo=UTC))


def test_words_from_a_customer_cannot_break_a_calendar(app: Flask) -> None:
    with db.transaction() as session:
        at = garden.place(session, street="Å; \\ vej, 3\r\nBEGIN:VEVENT")
        asked = garden.request(session, at=at)
        job = garden.job(session, of=garden.quote(session, of=asked))
        garden.visit(session, of=job)
        text = client_calendar(session, job)
    (entry,) = events(text).values()
    assert entry["LOCATION"].startswith("Å\\; \\\\ vej\\, 3\\nBEGIN:VEVENT")


def test_no_mail_holds_a_secret(app: Flask) -> None:
    public_id = weekly()
    client = customer(app, public_id)
    assert client.post(f"/aftale/{public_id}/slut", data={"on": str(coming(30))}).status_code == 303
    (sent,) = mails()
    assert Head.of(app.extensions["settings"]).token("job", public_id) not in sent.body
    with db.reading() as session:
        assert session.scalar(sa.select(sa.func.count(Visit.id))) == len(visits(public_id))
