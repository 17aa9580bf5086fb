"""A quote is sent, answered once, replaced and lapsed; every mail is read."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session
from support import garden

from tests.workshop.services.requests import rig
from tests.workshop.services.requests.rig import HEAD, NOW, TODAY, mails, proposed, sent
from workshop.core import clock, db
from workshop.core.errors import Refusal
from workshop.services.jobs.models import ServiceJob
from workshop.services.prices.rules import Part
from workshop.services.requests import letters, quoting
from workshop.services.requests.models import (
    PriceBasis,
    QuoteState,
    Recurrence,
    RequestState,
    ServicePlace,
    ServiceQuote,
    ServiceRequest,
)
from workshop.services.requests.quoting import ConsentMissing, EditedMeanwhile

RIGHT_UNTIL = date(2026, 12, 8)


@pytest.fixture
def session(app: object) -> Any:
    assert app
    with db.transaction() as opened:
        yield opened


def say_yes(session: Session, quote: ServiceQuote, *, both: bool = False, **changes: Any) -> ServiceJob:
    values: dict[str, Any] = {
        "may_start_early": both,
        "knows_right_ends": both,
        "terms_version": None,
        "withdraw_until": RIGHT_UNTIL,
        "today": TODAY,
        "now": NOW,
    }
    return quoting.accept(session, quote, **(values | changes))


def request_of(session: Session, quote: ServiceQuote) -> ServiceRequest:
    found = session.get_one(ServiceRequest, quote.request_id)
    session.refresh(found)
    return found


def test_a_sent_quote_says_everything_in_its_mail(session: Session) -> None:
    quote = sent(session, first_on=date(2026, 12, 14), valid_until=date(2026, 12, 1))
    assert (quote.number, quote.state, quote.total_ore, quote.vat_ore) == (1, QuoteState.SENT, 123_400, 24_680)
    assert request_of(session, quote).state is RequestState.QUOTED
    (mail,) = mails(session)
    assert mail.subject == f"Tilbud på hækklipning, {request_of(session, quote).number}"
    for words in (
        "Hej Ane Eksempel",
        "Hækklipning: 28 m. Op til 1,7 m. To sider og toppen. Vi tager affaldet med.",
        f"Hvornår: {clock.day_text(date(2026, 12, 14))} mellem kl. 9.00 og 12.00",
        "- 28 m × 28\N{NO-BREAK SPACE}kr.: 784\N{NO-BREAK SPACE}kr.",
        "I alt med moms: 1.234\N{NO-BREAK SPACE}kr.",
        "Prisen er fast.",
        f"Tilbuddet gælder til og med {clock.day_text(date(2026, 12, 1))}.",
        f"http://localhost/tilbud/{quote.public_id}/",
        "Det koster ikke noget at sige nej.",
    ):
        assert words in mail.body
    assert "\x02" in mail.body  # the secret is put in when it is sent


def test_a_price_by_what_is_done_says_so(session: Session) -> None:
    sent(session, basis=PriceBasis.PER_UNIT, unit_price_ore=2_800)
    body = mails(session)[-1].body
    assert "Bliver det mere eller mindre, koster det 28\N{NO-BREAK SPACE}kr. pr. meter." in body
    assert "mere end 10 % mere, spørger vi først" in body


def test_an_agreement_says_how_often(session: Session) -> None:
    sent(
        session,
        recurrence=Recurrence.WEEKS,
        every=2,
        weekday=0,
        first_on=date(2027, 1, 4),
        season_from="04-01",
        season_to="10-31",
    )
    body = mails(session)[-1].body
    assert "Hvor tit: Hver 2. uge om mandagen, fra 1. april til 31. oktober." in body
    assert "pr. besøg" in body


def test_a_new_quote_takes_the_place_of_the_first(session: Session) -> None:
    first = sent(session)
    asked = request_of(session, first)
    terms = proposed(session, asked, lines=(Part("Hele hækken", 99_900),))
    second = quoting.send(session, asked, terms, head=HEAD, now=NOW, by_staff_id=None)
    session.refresh(first)
    assert (first.state, second.state, second.number) == (QuoteState.REPLACED, QuoteState.SENT, 2)
    assert "Det gælder i stedet for det, du fik før." in mails(session)[-1].body
    with pytest.raises(Refusal, match="nyt tilbud i stedet"):
        say_yes(session, first)
    assert say_yes(session, second).total_ore == 99_900


def test_a_quote_sent_on_an_old_page_is_refused(session: Session) -> None:
    asked = garden.request(session)
    terms = proposed(session, asked)
    session.execute(sa.update(ServiceRequest).values(version=7), execution_options={"synchronize_session": False})
    with pytest.raises(EditedMeanwhile):
        quoting.send(session, asked, terms, head=HEAD, now=NOW, by_staff_id=None)
    assert not mails(session)


def test_a_quote_that_cannot_stand_is_not_sent(session: Session) -> None:
    asked = garden.request(session)
    with pytest.raises(Refusal, match="mindst én linje"):
        quoting.send(session, asked, proposed(session, asked, lines=()), head=HEAD, now=NOW, by_staff_id=None)


def test_a_yes_makes_the_job_once(session: Session) -> None:
    quote = sent(session)
    job = say_yes(session, quote)
    assert job.number == request_of(session, quote).number
    assert request_of(session, quote).state is RequestState.ACCEPTED
    assert quote.answered_at == NOW
    assert say_yes(session, quote).id == job.id  # two tabs
    assert session.scalar(sa.select(sa.func.count(ServiceJob.id))) == 1


def test_both_consents_are_needed_when_the_work_begins_inside_the_fourteen_days(session: Session) -> None:
    quote = sent(session, first_on=date(2026, 12, 2), valid_until=date(2026, 12, 1))
    for given in ({}, {"may_start_early": True}, {"knows_right_ends": True}):
        with pytest.raises(ConsentMissing):
            say_yes(session, quote, **given)
    job = say_yes(session, quote, both=True)
    assert job.may_start_early
    assert job.knows_right_ends


@pytest.mark.parametrize(("first_on", "is_needed"), [(date(2026, 12, 8), True), (date(2026, 12, 9), False)])
def test_the_last_day_of_the_right_is_inside(session: Session, first_on: date, is_needed: bool) -> None:
    quote = sent(session, first_on=first_on, valid_until=date(2026, 12, 1))
    assert quoting.needs_consent(session, quote, withdraw_until=RIGHT_UNTIL, today=TODAY) is is_needed


def test_a_consent_nobody_needed_is_not_written_down(session: Session) -> None:
    job = say_yes(session, sent(session, first_on=rig.LATE, valid_until=date(2026, 12, 1)), both=True)
    assert not job.may_start_early
    assert not job.knows_right_ends


def test_a_company_has_no_right_to_withdraw_and_is_asked_for_no_consent(session: Session) -> None:
    firm = garden.place(session, company_name="Grøn Boligforening", cvr="12345678")
    asked = garden.request(session, of=rig.all_year(session), at=firm)
    quote = sent(session, asked, first_on=date(2026, 12, 2), valid_until=date(2026, 12, 1))
    assert not say_yes(session, quote).may_start_early


def test_an_expired_quote_is_refused_kindly(session: Session) -> None:
    quote = sent(session, valid_until=date(2026, 11, 30))
    assert say_yes(session, sent(session, valid_until=date(2026, 11, 30)), today=date(2026, 11, 30)).id  # its last day
    last = re.escape(clock.day_text(date(2026, 11, 30)))
    with pytest.raises(Refusal, match=rf"gjaldt til og med {last}\. Ring eller skriv"):
        say_yes(session, quote, today=date(2026, 12, 1))


def test_a_day_that_is_gone_cannot_be_agreed_on(session: Session) -> None:
    asked = garden.request(session, state=RequestState.QUOTED)
    quote = garden.quote(session, of=asked, first_on=date(2026, 11, 23))
    with pytest.raises(Refusal, match="er gået"):
        say_yes(session, quote, both=True)


def test_a_no_is_once_and_cannot_follow_a_yes(session: Session) -> None:
    quote = sent(session)
    quoting.decline(session, quote, why="Vi gør det selv", now=NOW)
    quoting.decline(session, quote, now=NOW)
    assert (request_of(session, quote).state, request_of(session, quote).why) == (
        RequestState.DECLINED,
        "Vi gør det selv",
    )
    with pytest.raises(Refusal, match="sagt nej tak"):
        say_yes(session, quote)
    other = sent(session)
    say_yes(session, other)
    with pytest.raises(Refusal, match="Du har sagt ja"):
        quoting.decline(session, other, now=NOW)


def test_after_a_no_a_new_quote_can_be_sent(session: Session) -> None:
    quote = sent(session)
    quoting.decline(session, quote, now=NOW)
    asked = request_of(session, quote)
    quoting.send(session, asked, proposed(session, asked), head=HEAD, now=NOW, by_staff_id=None)
    assert (asked.state, asked.ended_at, asked.why) == (RequestState.QUOTED, None, "")


def test_a_request_is_taken_back_with_its_quote(session: Session) -> None:
    quote = sent(session)
    asked = request_of(session, quote)
    quoting.call_off(session, asked, now=NOW)
    quoting.call_off(session, asked, now=NOW)
    session.refresh(quote)
    assert (asked.state, quote.state) == (RequestState.DECLINED, QuoteState.DECLINED)
    accepted = sent(session)
    say_yes(session, accepted)
    with pytest.raises(Refusal, match="allerede afsluttet"):
        quoting.call_off(session, request_of(session, accepted), now=NOW)


def test_a_refusal_goes_by_mail_with_its_reason_and_a_given_quote_is_not_taken_back(session: Session) -> None:
    asked = garden.request(session)
    quoting.refuse(session, asked, why="Hækken er for høj til os.", head=HEAD, now=NOW, by_staff_id=None)
    (mail,) = mails(session)
    assert "Hækken er for høj til os." in mail.body
    assert mail.subject == f"Om din forespørgsel {asked.number}"
    with pytest.raises(Refusal, match="gælder, til det udløber"):
        quoting.refuse(
            session, request_of(session, sent(session)), why="Nej", head=HEAD, now=NOW, by_staff_id=None
        )  # fmt: skip


def test_a_question_back_is_a_mail_of_its_own_each_time(session: Session) -> None:
    asked = garden.request(session)
    quoting.ask_back(session, asked, "Er der en port?", head=HEAD, now=NOW)
    quoting.ask_back(session, asked, "Hvor bred er den?", head=HEAD, now=NOW)
    first, second = mails(session)
    assert "Er der en port?" in first.body
    assert "Hvor bred er den?" in second.body
    assert "Svar på denne mail, skriv til hej@butik.example, eller ring på 00 00 00 00." in first.body


def at(day: date, hour: int = 9) -> datetime:
    return NOW.replace(year=day.year, month=day.month, day=day.day, hour=hour)


def test_quotes_lapse_the_day_after_their_last(app: object) -> None:
    assert app
    with db.transaction() as session:
        quote_id = sent(session, valid_until=date(2026, 11, 30)).id
    assert quoting.lapse(at(date(2026, 11, 30))) == 0
    assert quoting.lapse(at(date(2026, 12, 1))) == 1
    assert quoting.lapse(at(date(2026, 12, 1))) == 0
    with db.transaction() as session:
        quote = session.get_one(ServiceQuote, quote_id)
        assert (quote.state, request_of(session, quote).state) == (QuoteState.LAPSED, RequestState.LAPSED)
        with pytest.raises(Refusal, match="Ring eller skriv, så får du et nyt"):
            say_yes(session, quote, today=date(2026, 12, 1))


def test_one_reminder_two_days_before_in_the_daytime(app: object) -> None:
    assert app
    with db.transaction() as session:
        quote = sent(session, valid_until=date(2026, 12, 8))
        number = request_of(session, quote).number
    assert quoting.remind(HEAD, at(date(2026, 12, 5))) == 0
    assert quoting.remind(HEAD, at(date(2026, 12, 6), hour=5)) == 0  # 6 in the morning
    assert quoting.remind(HEAD, at(date(2026, 12, 6))) == 1
    assert quoting.remind(HEAD, at(date(2026, 12, 7))) == 0
    with db.reading() as session:
        mail = mails(session)[-1]
    assert mail.subject == f"Dit tilbud {number} gælder til 8. dec."
    assert "Du har et tilbud fra os på hækklipning til 1.234\N{NO-BREAK SPACE}kr." in mail.body
    assert "Har du brug for mere tid" in mail.body


def test_nobody_is_reminded_of_a_quote_they_have_just_got_or_answered(app: object) -> None:
    assert app
    with db.transaction() as session:
        sent(session, valid_until=date(2026, 11, 26), now=NOW - timedelta(hours=3))
        quoting.decline(session, sent(session, valid_until=date(2026, 11, 27), now=NOW), now=NOW)
    assert quoting.remind(HEAD, NOW) == 0


def test_the_receipt_says_what_was_asked_and_that_nothing_is_ordered_yet(session: Session) -> None:
    asked = garden.request(session)
    letters.received(session, asked, HEAD, NOW)
    letters.received(session, asked, HEAD, NOW)
    (mail,) = mails(session)
    assert mail.subject == f"Vi har fået din forespørgsel {asked.number}"
    for words in (
        "Hej Ane Eksempel",
        "Du har spurgt om: Hækklipning, 28 m",
        "Hvor: Eksempelvej 12, 3200 Helsinge",
        "Overslag: 1.234\N{NO-BREAK SPACE}kr. med moms",
        "Det er ikke en bestilling endnu.",
        f"http://localhost/forespoergsel/{asked.public_id}/",
    ):
        assert words in mail.body


def test_without_an_address_nothing_is_sent(session: Session) -> None:
    asked = garden.request(session, at=garden.place(session, customer_email=""))
    sent(session, asked)
    assert not mails(session)
    assert session.get_one(ServicePlace, asked.place_id).customer_email == ""
