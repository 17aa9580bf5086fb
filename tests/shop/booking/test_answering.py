"""A yes or a no on the phone: staff write it down, and it is the same yes as the customer's own."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from support import garden

from tests.shop.booking.quote_scene import jobs, mails, quote, request_of, today, waiting
from tests.shop.booking.rig import staff, text_of
from workshop.core import clock, db
from workshop.core.access import Role
from workshop.services.requests.models import QuoteState, RequestState, ServicePlace

YES = {"svar": "ja", "pris": "y"}
BOTH = {"begynd": "y", "slutter": "y"}


def page_of(quote_id: str) -> str:
    return f"/personale/service/forespoergsler/{request_of(quote_id).public_id}"


def without_mail(quote_id: str) -> None:
    with db.transaction() as session:
        session.get_one(ServicePlace, request_of(quote_id).place_id).customer_email = ""


def test_a_yes_on_the_phone_is_an_agreement_once(app: Flask) -> None:
    public_id = waiting()
    client, address = staff(app), page_of(public_id)
    assert f"{address}/svar" in client.get(address).text
    assert client.get(f"{address}/svar").status_code == 200
    assert client.post(f"{address}/svar", data=YES).headers["Location"] == address
    assert client.post(f"{address}/svar", data=YES).headers["Location"] == address  # nothing waits any more
    assert [job.number for job in jobs()] == [request_of(public_id).number]
    assert quote(public_id).state is QuoteState.ACCEPTED
    assert len(mails("service-agreed")) == 1


def test_the_consents_are_asked_aloud_where_the_work_begins_early(app: Flask) -> None:
    public_id = waiting(days_ahead=8)
    client, address = staff(app), f"{page_of(public_id)}/svar"
    page = client.get(address).text
    assert "I må gerne begynde, før de 14 dage er gået." in page
    assert " checked" not in page
    for said in ({}, {"begynd": "y"}, {"slutter": "y"}):
        assert client.post(address, data=YES | said).status_code == 422
    assert jobs() == []
    assert client.post(address, data=YES | BOTH).status_code == 303
    assert [(job.may_start_early, job.knows_right_ends) for job in jobs()] == [(True, True)]


@pytest.mark.parametrize("said", [{}, {"svar": "måske"}, {"svar": "ja"}])
def test_nothing_is_agreed_before_the_price_was_said(app: Flask, said: dict[str, str]) -> None:
    public_id = waiting()
    assert staff(app).post(f"{page_of(public_id)}/svar", data=said).status_code == 422
    assert quote(public_id).state is QuoteState.SENT


def test_who_has_no_mail_gets_the_agreement_on_paper(app: Flask) -> None:
    public_id = waiting()
    without_mail(public_id)
    client, address = staff(app), page_of(public_id)
    assert client.get(f"{address}/aftalen").status_code == 404
    answer = client.post(f"{address}/svar", data=YES)
    assert answer.headers["Location"] == f"{address}/aftalen"
    said = text_of(client.get(answer.headers["Location"]).text)
    assert all(words in said for words in ("VI HAR AFTALT", "FORTRYDELSESRET", "STANDARDFORTRYDELSESFORMULAR"))
    assert mails("service-agreed") == []


def test_nobody_is_told_a_mail_goes_to_a_customer_without_one(app: Flask) -> None:
    public_id = waiting()
    without_mail(public_id)
    client, address = staff(app), page_of(public_id)
    shown = client.get(f"{address}/tilbud").text
    assert "overslaget på" in shown
    assert "kr.." not in shown.replace("\N{NO-BREAK SPACE}", " ")
    with db.transaction() as session:
        place = garden.place(session, customer_email="")
        new = garden.request(session, at=place, now=clock.now())
        version, other = new.version, f"/personale/service/forespoergsler/{new.public_id}"
    refused = client.post(f"{other}/afvis", data={"version": version, "why": "For langt."}, follow_redirects=True)
    assert "Ring til kunden, og sig det." in refused.text


def test_a_no_on_the_phone_ends_it_with_the_reason(app: Flask) -> None:
    public_id = waiting()
    client, address = staff(app), page_of(public_id)
    assert client.post(f"{address}/svar", data={"svar": "nej", "hvorfor": "Naboen gør det."}).status_code == 303
    assert request_of(public_id).state is RequestState.DECLINED
    assert "Naboen gør det." in client.get(address).text
    assert jobs() == []


def test_an_answer_to_what_ran_out_is_told_and_a_teams_leader_sells_nothing(app: Flask) -> None:
    public_id = waiting(valid_until=today() - timedelta(days=1))
    address = f"{page_of(public_id)}/svar"
    assert staff(app).post(address, data=YES).status_code == 409
    assert staff(app, Role.WORKSHOP).get(address).status_code == 403
    assert staff(app).get("/personale/service/forespoergsler/nobody/svar").status_code == 404
    with db.transaction() as session:
        new = garden.request(session, now=clock.now()).public_id
    gone = staff(app).get(f"/personale/service/forespoergsler/{new}/svar")
    assert gone.headers["Location"] == f"/personale/service/forespoergsler/{new}"
    with db.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(ServicePlace)) == 2
