"""The customer's quote: opened by its link alone, answered once, with what the law asks for."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from support import garden
from support.queries import counted

from shop.booking import agreeing, contract
from shop.orders.asking.models import ShopQuestion
from shop.orders.house.models import Terms
from shop.orders.withdrawing import deadlines
from tests.shop.booking import quote_scene as scene
from tests.shop.booking.quote_scene import BOTH, TICKED, jobs, let_in, mails, quote, request_of, today, waiting
from tests.shop.booking.rig import browser, text_of
from workshop.core import clock, db
from workshop.core.config import Identity
from workshop.core.mail import send_due
from workshop.services.door import LASTS, Head
from workshop.services.jobs.models import ServiceJob
from workshop.services.requests import quoting, reading
from workshop.services.requests.models import QuoteState, Recurrence, RequestState, ServiceQuote, ServiceRequest

HEAD = Head("http://localhost", Identity(), "a secret of the tests, worth nothing at all")


def test_a_quote_opens_by_its_link_alone(app: Flask) -> None:
    public_id, other = waiting(), waiting()
    assert browser(app).get(f"/tilbud/{public_id}").status_code == 404
    assert browser(app).get(f"/tilbud/{public_id}/{HEAD.token('quote', other)}").status_code == 404
    assert browser(app).get(f"/tilbud/{public_id}/{HEAD.token('request', public_id)}").status_code == 404
    client = let_in(app, public_id)
    page = client.get(f"/tilbud/{public_id}")
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store"
    assert client.get(f"/tilbud/{other}").status_code == 404
    assert client.get("/tilbud/nobody/at-all").status_code == 404
    for deed in ("ja", "nej", "spoerg"):
        assert browser(app).post(f"/tilbud/{public_id}/{deed}", data=TICKED).status_code == 404


def test_the_page_says_everything_and_ticks_nothing(app: Flask) -> None:
    public_id = waiting(days_ahead=8)
    page = let_in(app, public_id).get(f"/tilbud/{public_id}").text
    day = clock.day_text(today() + timedelta(days=8))
    for words in (
        f"Hækklipning, {day}",
        "Vi klipper din hæk på begge sider",
        "Eksempelvej 12, 3200 Helsinge",
        "mellem kl. 9.00 og 12.00",
        "1.234\N{NO-BREAK SPACE}kr.",
        "Heraf moms",
        "246,80\N{NO-BREAK SPACE}kr.",
        f"Tilbuddet gælder til og med {clock.day_text(today() + timedelta(days=7))}.",
        "Bestil med betalingspligt",
        "Nej tak til tilbuddet",
        "I må gerne begynde, før de 14 dage er gået.",
        "Når hele arbejdet er gjort, kan jeg ikke længere fortryde.",
        "Fortryd aftale her",
    ):
        assert words in page
    assert " checked" not in page


def test_the_two_consents_are_asked_for_only_when_the_work_begins_inside_the_fourteen_days(app: Flask) -> None:
    late = waiting(days_ahead=30)
    page = let_in(app, late).get(f"/tilbud/{late}").text
    assert 'name="begynd"' not in page
    firm = waiting(days_ahead=8, company="Grøn Boligforening")
    page = let_in(app, firm).get(f"/tilbud/{firm}").text
    assert 'name="begynd"' not in page
    assert "kan du stadig fortryde" not in page


@pytest.mark.parametrize("given", [{}, {"begynd": "y"}, {"slutter": "y"}])
def test_each_consent_is_given_by_itself(app: Flask, given: dict[str, str]) -> None:
    public_id = waiting(days_ahead=8)
    answer = let_in(app, public_id).post(f"/tilbud/{public_id}/ja", data=TICKED | given)
    assert answer.status_code == 422
    for name in given:
        assert f'name="{name}" id="{name}" value="y" checked' in answer.text  # what was ticked is kept
    assert quote(public_id).state is QuoteState.SENT
    assert not jobs()


def test_the_terms_are_ticked_by_the_customer(app: Flask) -> None:
    public_id = waiting()
    answer = let_in(app, public_id).post(f"/tilbud/{public_id}/ja", data={})
    assert answer.status_code == 422
    assert "Sæt kryds ved, at du har læst betingelserne." in answer.text


def test_a_yes_with_both_consents_makes_one_job_however_often_it_is_pressed(app: Flask) -> None:
    public_id = waiting(days_ahead=8)
    one, two = let_in(app, public_id), let_in(app, public_id)
    for client in (one, one, two):
        answer = client.post(f"/tilbud/{public_id}/ja", data=TICKED | BOTH)
        assert answer.status_code == 303
        assert answer.headers["Location"] == f"/tilbud/{public_id}"
    (job,) = jobs()
    assert (job.may_start_early, job.knows_right_ends) == (True, True)
    assert job.withdraw_until == deadlines.last_day(today(), today())
    assert request_of(public_id).state is RequestState.ACCEPTED
    assert len(mails("service-agreed:")) == 1
    page = one.get(f"/tilbud/{public_id}").text
    assert "Tak. Det er aftalt." in page
    assert HEAD.path("job", job.public_id) in page
    assert "Bestil med betalingspligt" not in page


def test_the_confirmation_holds_the_whole_contract(app: Flask) -> None:
    with db.transaction() as session:
        session.add(Terms(version=1, body="Vi kommer til tiden.", made_at=clock.now()))
    public_id = waiting(days_ahead=8)
    let_in(app, public_id).post(f"/tilbud/{public_id}/ja", data=TICKED | BOTH)
    (job,), (mail,) = jobs(), mails("service-agreed:")
    assert quote(public_id).terms_version == 1
    assert mail.subject == f"Det er aftalt: Hækklipning, {job.number}"
    until = clock.day_text(job.withdraw_until)
    for words in (
        "Hej Ane Eksempel",
        "Tak, det er aftalt. Vi glæder os til at komme.",
        f"http://localhost/aftale/{job.public_id}/",
        f"VI HAR AFTALT ({job.number})",
        "Vi klipper din hæk på begge sider og i toppen og tager grenene med.",
        "Hvor: Eksempelvej 12, 3200 Helsinge",
        f"Hvornår: {clock.day_text(today() + timedelta(days=8))} mellem kl. 9.00 og 12.00",
        "- 28 m × 28 kr.: 1.234\N{NO-BREAK SPACE}kr.",
        "I alt med moms: 1.234\N{NO-BREAK SPACE}kr.",
        "Heraf moms: 246,80\N{NO-BREAK SPACE}kr.",
        "Du betaler, når arbejdet er gjort.",
        "DET HAR DU SAGT JA TIL",
        "satte du kryds ved disse to:",
        f"- {contract.start_text()}",
        "- Når hele arbejdet er gjort, kan jeg ikke længere fortryde.",
        "FORTRYDELSESRET",
        f"Det vil sige til og med {until}.",
        "Du kan fortryde her: http://localhost/fortryd",
        "betaler du for den del, der er gjort, i forhold til den samlede pris",
        "STANDARDFORTRYDELSESFORMULAR",
        f"ønsker at fortryde min aftale om levering af følgende tjenesteydelse: Hækklipning, {job.number}",
        "Ane Eksempel, Eksempelvej 12, 3200 Helsinge",
        "Nævnenes Hus, Toldboden 2, 8800 Viborg",
        "HANDELSBETINGELSER (version 1)\nVi kommer til tiden.",
        "Værkstedet i Helsinge, Eksempelvej 1, 3200 Helsinge",
        "CVR 00 00 00 00",
    ):
        assert words in mail.body
    assert (mail.attachment_name, mail.attachment_type) == ("besoeg.ics", "text/calendar")
    assert mail.attachment.count("BEGIN:VEVENT") == 1
    assert f"DTSTART:{today() + timedelta(days=8):%Y%m%d}T" in mail.attachment
    kept = mail.body
    send_due(app.extensions["settings"], clock.now())
    assert mails("service-agreed:")[0].body == kept  # stored unchanged


def test_without_a_start_inside_the_fourteen_days_nothing_is_begun(app: Flask) -> None:
    public_id = waiting(days_ahead=None)
    client = let_in(app, public_id)
    soonest = clock.day_text(deadlines.last_day(today(), today()) + timedelta(days=1))
    assert f"Vi kommer tidligst {soonest}" in client.get(f"/tilbud/{public_id}").text
    client.post(f"/tilbud/{public_id}/ja", data=TICKED | BOTH)  # what was not asked for is not given
    (job,), (mail,) = jobs(), mails("service-agreed:")
    assert not job.may_start_early
    assert job.note == f"Begynd tidligst {soonest}. Kunden har ikke bedt os komme før."
    assert "DET HAR DU SAGT JA TIL" not in mail.body
    assert f"Vi kommer tidligst {soonest}." in mail.body
    assert "Vi går ikke i gang, før fristen er ude" in mail.body


def test_a_company_gets_its_numbers_and_no_right_to_withdraw(app: Flask) -> None:
    public_id = waiting(days_ahead=8, company="Grøn Boligforening")
    assert let_in(app, public_id).post(f"/tilbud/{public_id}/ja", data=TICKED).status_code == 303
    (job,), (mail,) = jobs(), mails("service-agreed:")
    assert job.withdraw_until < today()
    for words in ("KUNDE\nGrøn Boligforening\nCVR 12345678", "I kan også få en faktura."):
        assert words in mail.body
    for words in ("FORTRYDELSESRET", "STANDARDFORTRYDELSESFORMULAR", "Nævnenes Hus"):
        assert words not in mail.body


def test_an_agreement_says_how_it_is_changed_and_ended(app: Flask) -> None:
    rule = {"recurrence": Recurrence.WEEKS, "every": 2, "weekday": 0}
    public_id = waiting(days_ahead=30, **rule)
    client = let_in(app, public_id)
    page = client.get(f"/tilbud/{public_id}").text
    assert "Hver 2. uge om mandagen." in page
    assert "De første dage" in page
    client.post(f"/tilbud/{public_id}/ja", data=TICKED)
    (mail,) = mails("service-agreed:")
    for words in ("FLYT, PAUSE OG SLUT", "flytte eller aflyse ét besøg", "14 dages varsel", "pr. besøg"):
        assert words in mail.body


def test_an_expired_quote_says_so_kindly_and_offers_no_button(app: Flask) -> None:
    public_id = waiting(valid_until=today() - timedelta(days=1))
    client = let_in(app, public_id)
    page = client.get(f"/tilbud/{public_id}")
    assert page.status_code == 200
    assert "Ring eller skriv, så får du et nyt." in page.text
    assert "Bestil med betalingspligt" not in page.text
    answer = client.post(f"/tilbud/{public_id}/ja", data=TICKED)
    assert answer.status_code == 409
    assert not jobs()


def test_a_replaced_quote_points_to_the_new_one(app: Flask) -> None:
    public_id = waiting()
    with db.transaction() as session:
        session.execute(sa.update(ServiceQuote).values(state=QuoteState.REPLACED))
    client = let_in(app, public_id)
    assert "Åbn linket i den nyeste mail fra os." in client.get(f"/tilbud/{public_id}").text
    assert client.post(f"/tilbud/{public_id}/ja", data=TICKED).status_code == 409


def test_no_thanks_with_a_reason_or_without(app: Flask) -> None:
    public_id = waiting()
    client = let_in(app, public_id)
    too_long = client.post(f"/tilbud/{public_id}/nej", data={"hvorfor": "n" * 301})
    assert too_long.status_code == 422
    assert "n" * 301 in too_long.text
    for _press in range(2):
        assert client.post(f"/tilbud/{public_id}/nej", data={"hvorfor": "For dyrt"}).status_code == 303
    assert "Tak for svaret." in client.get(f"/tilbud/{public_id}").text
    assert request_of(public_id).why == "For dyrt"
    assert client.post(f"/tilbud/{public_id}/ja", data=TICKED).status_code == 409


def test_a_question_comes_to_staff_and_the_quote_waits(app: Flask) -> None:
    public_id = waiting()
    client = let_in(app, public_id)
    once = client.get(f"/tilbud/{public_id}").text.partition('name="once" type="hidden" value="')[2][:22]
    data = {"once": once, "besked": "Tager I også hækken mod vejen?"}
    for _press in range(2):
        assert client.post(f"/tilbud/{public_id}/spoerg", data=data).status_code == 303
    with db.reading() as session:
        (asked,) = session.scalars(sa.select(ShopQuestion)).all()
    assert asked.text == f"Om tilbud {request_of(public_id).number}: Hækklipning\nTager I også hækken mod vejen?"
    assert asked.name == "Ane Eksempel"
    assert quote(public_id).state is QuoteState.SENT
    assert client.post(f"/tilbud/{public_id}/spoerg", data=data | {"besked": ""}).status_code == 422


def test_a_link_lasts_a_while_after_the_answer(app: Flask) -> None:
    public_id = waiting()
    with db.transaction() as session:
        long_ago = clock.now() - LASTS - timedelta(days=1)
        values: dict[str, Any] = {"state": QuoteState.DECLINED, "answered_at": long_ago}
        session.execute(sa.update(ServiceQuote).values(values))
    assert browser(app).get(HEAD.path("quote", public_id)).status_code == 404


def test_a_request_is_followed_and_taken_back(app: Flask) -> None:
    with db.transaction() as session:
        found = garden.request(session, now=clock.now(), message="Ring først", wishes=["2027-W10"])
        public_id = found.public_id
    assert browser(app).get(f"/forespoergsel/{public_id}").status_code == 404
    client = let_in(app, public_id, "request")
    page = text_of(client.get(f"/forespoergsel/{public_id}").text)
    for words in ("Vi har din forespørgsel", "28 m, op til 1,7 m, begge sider og toppen", "Ring først", "Uge 10"):
        assert words in page
    assert browser(app).post(f"/forespoergsel/{public_id}/traek-tilbage").status_code == 404
    for _press in range(2):
        assert client.post(f"/forespoergsel/{public_id}/traek-tilbage").status_code == 303
    assert "Forespørgslen er afsluttet" in client.get(f"/forespoergsel/{public_id}").text
    with db.reading() as session:
        assert session.scalars(sa.select(ServiceRequest.state)).one() is RequestState.DECLINED


def test_a_request_leads_to_its_quote_and_then_to_its_job(app: Flask) -> None:
    public_id = waiting()
    of_request = request_of(public_id).public_id
    client = let_in(app, of_request, "request")
    assert HEAD.path("quote", public_id) in client.get(f"/forespoergsel/{of_request}").text
    let_in(app, public_id).post(f"/tilbud/{public_id}/ja", data=TICKED)
    page = client.get(f"/forespoergsel/{of_request}").text
    assert HEAD.path("job", jobs()[0].public_id) in page
    assert "Træk forespørgslen tilbage" not in page
    assert client.post(f"/forespoergsel/{of_request}/traek-tilbage").status_code == 409


def test_the_page_asks_the_same_however_many_lines_there_are(app: Flask) -> None:
    public_id = waiting()
    client = let_in(app, public_id)
    with counted() as few:
        client.get(f"/tilbud/{public_id}")
    with db.transaction() as session:
        asked = session.get_one(ServiceRequest, request_of(public_id).id)
        for _each in range(5):
            garden.quote(session, of=asked, number=10 + _each, state=QuoteState.REPLACED)
    with counted() as many:
        client.get(f"/tilbud/{public_id}")
    assert len(few) == len(many)


def test_whoever_agrees_gets_the_same_job_twice_and_one_mail(app: Flask) -> None:
    public_id = waiting()
    for _each in range(2):
        with db.transaction() as session:
            agreeing.agree(
                session, public_id, may_start_early=False, knows_right_ends=False, head=HEAD, now=clock.now()
            )
    assert len(jobs()) == len(mails("service-agreed:")) == 1
    with db.reading() as session:
        assert reading.offer(session, public_id) is not None
        assert session.scalar(sa.select(sa.func.count(ServiceJob.id))) == 1


def test_the_last_day_of_the_right_moves_past_christmas() -> None:
    place = garden.ServicePlace(company_name="", cvr="", gln="")
    assert agreeing.withdraw_until(place, date(2026, 12, 10)) == date(2026, 12, 28)
    assert quoting.is_private(place)
    assert scene.today()
