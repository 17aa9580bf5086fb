"""Staff's pages: a request with all that hangs on it, a question, a no, and a quote looked at before it is sent."""

from __future__ import annotations

import html
import re
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from support import factories, garden
from support.people import at_desk
from support.queries import counted

from tests.workshop.services.requests import rig
from workshop.core import clock, db
from workshop.core.access import Role
from workshop.services.prices.rules import Part
from workshop.services.requests import quoting
from workshop.services.requests.models import (
    QuoteState,
    Recurrence,
    RequestPhoto,
    RequestState,
    ServiceQuote,
    ServiceRequest,
)


def today() -> date:
    """Pages go by the clock on the wall, so their tests do too."""
    return clock.local_day(clock.now())


def week_ahead(weeks: int) -> tuple[str, date]:
    """A week so many weeks ahead, as a wish and by its Monday."""
    day = today() + timedelta(weeks=weeks)
    monday = day - timedelta(days=day.weekday())
    year, number, _weekday = monday.isocalendar()
    return f"{year}-W{number:02d}", monday


def staff(app: Flask, *roles: Role) -> FlaskClient:
    with db.transaction() as session:
        email = factories.staff(session, roles=roles or (Role.SALES,)).email
    return at_desk(app, email)


def asked(**columns: Any) -> str:
    with db.transaction() as session:
        place = garden.place(session, access_note="Kode 4711 til lågen")
        found = garden.request(session, of=rig.all_year(session), at=place, now=clock.now(), **columns)
        return found.public_id


def read(public_id: str) -> ServiceRequest:
    with db.reading() as session:
        return session.scalars(sa.select(ServiceRequest).where(ServiceRequest.public_id == public_id)).one()


def url(public_id: str, tail: str = "") -> str:
    return f"/personale/service/forespoergsler/{public_id}{tail}"


def fields_of(page: str) -> dict[str, str]:
    """What the page's forms would send as they stand."""
    found: dict[str, str] = {}
    for tag in re.findall(r"<input[^>]*>", page):
        kept = dict(re.findall(r'([a-z]+)="([^"]*)"', tag))
        if "name" in kept and (kept.get("type") != "radio" or " checked" in tag):
            found[kept["name"]] = kept.get("value", "")
    for name, body in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', page, re.DOTALL):
        chosen = re.search(r'<option selected value="([^"]*)"', body)
        found[name] = chosen[1] if chosen else ""
    for name, body in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', page, re.DOTALL):
        found[name] = body.strip()
    return {name: html.unescape(value) for name, value in found.items()}


def test_a_request_shows_everything_that_was_asked(app: Flask) -> None:
    wish, monday = week_ahead(5)
    public_id = asked(
        wishes=[wish],
        answers={"Er der strøm i nærheden?": "Ja, ved laden"},
        message="Hunden bider ikke",
        wants_recurrence=Recurrence.YEARLY,
    )
    with db.transaction() as session:
        session.add(RequestPhoto(request_id=read(public_id).id, name="a" * 22, width=4, height=3, added_at=clock.now()))
    page = staff(app).get(url(public_id)).text
    for words in (
        "Hækklipning hos Ane Eksempel",
        "28 m",
        "Op til 1,7 m",
        "Begge sider og toppen",
        "Vi kører det væk",
        f"uge {monday.isocalendar().week} (fra {clock.short_day(monday)})",
        "To gange om året",
        "Ja, ved laden",
        "Hunden bider ikke",
        "Eksempelvej 12, 3200 Helsinge",
        "https://www.openstreetmap.org/search?query=Eksempelvej%2012%2C%203200%20Helsinge",
        "1.234\N{NO-BREAK SPACE}kr.",
        "Kode 4711 til lågen",
        "a" * 22,
        "Venter på svar",
    ):
        assert words in page


def test_gate_codes_are_for_those_who_go_there(app: Flask) -> None:
    public_id = asked()
    assert "4711" in staff(app, Role.WORKSHOP).get(url(public_id)).text
    assert "4711" not in staff(app, Role.MANAGER).get(url(public_id)).text


def test_who_does_not_sell_sends_no_quote_and_says_no_no(app: Flask) -> None:
    public_id, hands = asked(), staff(app, Role.WORKSHOP)
    assert "Lav tilbud" not in hands.get(url(public_id)).text
    assert hands.get(url(public_id, "/tilbud")).status_code == 403
    assert hands.post(url(public_id, "/tilbud"), data={}).status_code == 403
    assert hands.post(url(public_id, "/afvis"), data={"why": "Nej"}).status_code == 403


def test_a_request_that_is_not_there_is_not_there(app: Flask) -> None:
    browser = staff(app)
    for tail in ("", "/tilbud"):
        assert browser.get(url("nobody", tail)).status_code == 404
    assert browser.post(url("nobody", "/spoerg"), data={"text": "Hvad?", "version": "1"}).status_code == 404


def test_a_question_goes_out_and_stands_on_the_page(app: Flask) -> None:
    public_id, browser = asked(), staff(app)
    answer = browser.post(url(public_id, "/spoerg"), data={"text": "Er der en port?", "version": "1"})
    assert answer.status_code == 303
    again = browser.post(url(public_id, "/spoerg"), data={"text": "Er der en port?", "version": "1"})
    assert again.status_code == 409
    assert "Er der en port?" in again.text
    page = browser.get(url(public_id)).text
    assert page.count("Et spørgsmål om din forespørgsel") == 1
    assert browser.post(url(public_id, "/spoerg"), data={"text": "", "version": "2"}).status_code == 422


def test_a_no_keeps_what_was_typed_when_it_is_too_long(app: Flask) -> None:
    public_id, browser = asked(), staff(app)
    answer = browser.post(url(public_id, "/afvis"), data={"why": "n" * 301, "version": "1"})
    assert answer.status_code == 422
    assert "n" * 301 in answer.text
    assert browser.post(url(public_id, "/afvis"), data={"why": "For langt væk", "version": "1"}).status_code == 303
    assert read(public_id).state is RequestState.REFUSED
    assert "For langt væk" in browser.get(url(public_id)).text


def test_the_proposal_is_looked_at_mended_and_sent_once(app: Flask) -> None:
    wish, monday = week_ahead(7)
    public_id, browser = asked(wishes=[wish]), staff(app)
    form = fields_of(browser.get(url(public_id, "/tilbud")).text)
    assert form["line_text_2"].startswith("28 m")
    assert form["first_on"] == monday.isoformat()
    looked = browser.post(url(public_id, "/tilbud"), data=form | {"trin": "se"})
    assert looked.status_code == 200
    assert "Se tilbuddet igennem" in looked.text
    assert clock.day_text(monday).capitalize() in looked.text
    assert read(public_id).state is RequestState.NEW  # nothing is sent by looking
    carried = fields_of(looked.text)
    assert carried["line_text_2"] == form["line_text_2"]
    mended = browser.post(url(public_id, "/tilbud"), data=form | {"trin": "ret", "text": "Kun forhækken."})
    assert "Kun forhækken." in mended.text
    for _press in range(2):
        answer = browser.post(url(public_id, "/tilbud"), data=form | {"trin": "send"})
        assert answer.status_code == 303, answer.text
    with db.reading() as session:
        (quote,) = session.scalars(sa.select(ServiceQuote)).all()
        assert (quote.total_ore, quote.state, quote.by_staff_id is not None) == (123_400, QuoteState.SENT, True)
    page = browser.get(url(public_id)).text
    assert "Tilbud på hækklipning" in page
    assert "Lav et nyt tilbud" in page


def test_a_rule_is_previewed_with_its_next_days(app: Flask) -> None:
    public_id, browser = asked(wants_recurrence=Recurrence.WEEKS), staff(app)
    form = fields_of(browser.get(url(public_id, "/tilbud")).text)
    _week, monday = week_ahead(7)
    form |= {"recurrence": "weeks", "every": "2", "first_on": str(monday), "valid_until": str(today()), "trin": "se"}
    page = browser.post(url(public_id, "/tilbud"), data=form).text
    for words in (
        "Hver 2. uge om mandagen",
        clock.day_text(monday).capitalize(),
        clock.day_text(monday + timedelta(weeks=2)).capitalize(),
        "og så videre",
    ):
        assert words in page
    wrong = browser.post(url(public_id, "/tilbud"), data=form | {"recurrence": "yearly", "year_days": "31/2"})
    assert wrong.status_code == 422
    assert "Den dag findes ikke." in wrong.text
    assert "31/2" in wrong.text


def test_snow_terms_are_asked_for_and_kept(app: Flask) -> None:
    public_id, browser = asked(), staff(app)
    form = fields_of(browser.get(url(public_id, "/tilbud")).text)
    form |= {"recurrence": "on_snow", "first_on": week_ahead(2)[1].isoformat(), "billing": "season", "trin": "send"}
    wrong = browser.post(url(public_id, "/tilbud"), data=form | {"trigger_cm": ""})
    assert wrong.status_code == 422
    assert "hvor mange cm sne" in wrong.text
    form |= {"trigger_cm": "4", "priority": "1", "clear_by": "06:30", "season_from": "1/11", "season_to": "31/3"}
    assert browser.post(url(public_id, "/tilbud"), data=form).status_code == 303
    with db.reading() as session:
        quote = session.scalars(sa.select(ServiceQuote)).one()
    assert (quote.trigger_cm, quote.priority, quote.clear_by_minute) == (4, 1, 390)
    assert (quote.season_from, quote.season_to) == ("11-01", "03-31")


def test_lines_may_lower_the_price_and_are_checked_one_by_one(app: Flask) -> None:
    public_id, browser = asked(), staff(app)
    form = fields_of(browser.get(url(public_id, "/tilbud")).text)
    form |= {"line_text_5": "Rabat", "line_amount_5": "-34", "trin": "se"}
    page = browser.post(url(public_id, "/tilbud"), data=form).text
    assert "-34\N{NO-BREAK SPACE}kr." in page
    assert "34\N{NO-BREAK SPACE}kr. lavere end overslaget" in page
    wrong = browser.post(url(public_id, "/tilbud"), data=form | {"line_amount_5": ""})
    assert wrong.status_code == 422
    assert "Skriv beløbet for “Rabat”." in wrong.text


def test_nothing_is_sent_on_a_page_that_is_older_than_the_request(app: Flask) -> None:
    public_id, browser = asked(), staff(app)
    form = fields_of(browser.get(url(public_id, "/tilbud")).text)
    with db.transaction() as session:
        found = session.scalars(sa.select(ServiceRequest)).one()
        quoting.ask_back(session, found, "Er der en port?", head=rig.HEAD, now=clock.now())
    answer = browser.post(url(public_id, "/tilbud"), data=form | {"trin": "send", "text": "Mit eget"})
    assert answer.status_code == 409
    assert "Mit eget" in answer.text
    assert read(public_id).state is RequestState.NEW


def test_a_quote_that_was_accepted_is_not_written_anew(app: Flask) -> None:
    with db.transaction() as session:
        quote = rig.sent(session, now=clock.now())
        quoting.accept(
            session,
            quote,
            may_start_early=False,
            knows_right_ends=False,
            terms_version=None,
            withdraw_until=today(),
            today=today(),
            now=clock.now(),
        )
        public_id = session.get_one(ServiceRequest, quote.request_id).public_id
    browser = staff(app)
    assert browser.get(url(public_id, "/tilbud")).status_code == 409
    page = browser.get(url(public_id)).text
    assert "Se aftalen" in page
    assert "Kunden har ikke bedt os begynde" in page


def test_the_page_asks_the_same_however_much_hangs_on_it(app: Flask) -> None:
    public_id, browser = asked(), staff(app)
    with counted() as few:
        assert browser.get(url(public_id)).status_code == 200
    with db.transaction() as session:
        found = session.scalars(sa.select(ServiceRequest)).one()
        for each in range(6):
            terms = rig.proposed(session, found, lines=(Part("Det hele", 100_000 + each),))
            quoting.send(session, found, terms, head=rig.HEAD, now=clock.now(), by_staff_id=None)
            name = str(each) * 22
            session.add(RequestPhoto(request_id=found.id, name=name, width=4, height=3, added_at=clock.now()))
    with counted() as many:
        assert browser.get(url(public_id)).status_code == 200
    assert len(many) <= len(few)
