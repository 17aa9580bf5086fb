"""Changing one's mind about help in a garden: found by its number afterwards, priced by what was done, settled once."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from support import garden

from shop.booking.proportion import Facts, propose
from shop.orders.withdrawing.actions import match_waiting
from shop.orders.withdrawing.models import Withdrawal, WithdrawalState
from shop.orders.withdrawing.queries import as_number, service_number
from shop.orders.withdrawing.services import waiting_text
from tests.shop.booking.quote_scene import mails, today
from tests.shop.booking.rig import browser, staff, text_of
from workshop.core import clock, crypto, db
from workshop.core.access import Role
from workshop.services.billing.models import ChargeState, ServiceCharge
from workshop.services.jobs.models import JobState, ServiceJob
from workshop.services.requests.models import Billing, Recurrence
from workshop.services.visits.models import Visit, VisitState


def agreed(*, begun: int | None = None, state: VisitState = VisitState.PLANNED, **columns: Any) -> str:
    """The number of a job agreed today with a visit tomorrow; `begun` minutes ago, if it has begun."""
    now = clock.now()
    values: dict[str, Any] = {
        "may_start_early": True,
        "knows_right_ends": True,
        "withdraw_until": today() + timedelta(days=14),
        "starts_on": today(),
        "visit_minutes": 100,
    }
    with db.transaction() as session:
        job = garden.job(session, now=now, **values | columns)
        started = None if begun is None else now - timedelta(minutes=begun)
        garden.visit(session, of=job, day=today() + timedelta(days=1), state=state, started_at=started)
        return job.number


def job(number: str) -> ServiceJob:
    with db.reading() as session:
        return session.scalars(sa.select(ServiceJob).where(ServiceJob.number == number)).one()


def email_of(number: str) -> str:
    with db.reading() as session:
        found = sa.select(garden.ServicePlace.customer_email).join(
            ServiceJob, ServiceJob.place_id == garden.ServicePlace.id
        )
        return session.scalars(found.where(ServiceJob.number == number)).one()


def declare(app: Flask, number: str, email: str) -> str:
    """Both steps of /fortryd; the public id of what was declared."""
    client = browser(app)
    data = {"navn": "Ane Eksempel", "ordre": number, "mail": email, "hvad": ""}
    assert client.post("/fortryd", data=data).status_code == 200
    answer = client.post("/fortryd/bekraeft", data=data | {"once": crypto.new_public_id()})
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"].rpartition("/")[2]


def withdrawal(public_id: str) -> Withdrawal:
    with db.reading() as session:
        return session.scalars(sa.select(Withdrawal).where(Withdrawal.public_id == public_id)).one()


def charges() -> list[ServiceCharge]:
    with db.reading() as session:
        return list(session.scalars(sa.select(ServiceCharge).order_by(ServiceCharge.id)))


def declared(app: Flask, **columns: Any) -> tuple[str, str]:
    """The job's number and the declaration's public id, found by the sweep."""
    number = agreed(**columns)
    public_id = declare(app, number, email_of(number))
    assert match_waiting(clock.now()) == 1
    return number, public_id


@pytest.mark.once
@pytest.mark.parametrize(
    "typed", ["H2026-0012", "h2026-12", "Aftale H2026-0012", "H 2026 0012", "H2026-0012-3", "h20260012"]
)
def test_a_service_number_is_known_as_people_write_it(typed: str) -> None:
    assert service_number(typed) == "H2026-0012"
    assert as_number(typed) == typed  # and is no order's


@pytest.mark.once
@pytest.mark.parametrize("typed", ["2026-0012", "#2026-317", "Ordre 2026 0317", "H", "", "HB2026-0012"])
def test_an_order_number_is_no_service_number(typed: str) -> None:
    assert service_number(typed) is None


def test_the_sweep_finds_the_job_and_warns_those_who_drive(app: Flask) -> None:
    number, public_id = declared(app)
    found = withdrawal(public_id)
    assert (found.service_job_id, found.order_id) == (job(number).id, None)
    assert found.deadline_on is not None
    assert job(number).note == waiting_text()
    assert match_waiting(clock.now()) == 0


def test_another_address_finds_nothing_and_the_page_says_the_same(app: Flask) -> None:
    number = agreed()
    stranger = declare(app, number, "en.anden@example.dk")
    nobody = declare(app, "H2026-9999", "en.anden@example.dk")
    assert match_waiting(clock.now()) == 0
    told = []
    for public_id, given in ((stranger, number), (nobody, "H2026-9999")):
        page = text_of(browser(app).get(f"/fortryd/kvittering/{public_id}").text)
        told.append(re.sub(rf"kl\. \d+\.\d\d|{given}", "", page))  # a minute may pass between the two
    assert told[0] == told[1]
    assert not withdrawal(stranger).service_job_id


def test_the_receipt_speaks_of_an_agreement(app: Flask) -> None:
    number = agreed()
    public_id = declare(app, number, email_of(number))
    (mail,) = mails(f"withdrawal-received-{public_id}")
    assert f"Nummer: {number}" in mail.body
    assert "hele aftalen" in mail.body
    assert "til vi har fået varen" not in mail.body


def test_staff_tie_it_to_the_job_by_hand(app: Flask) -> None:
    number = agreed()
    public_id = declare(app, "2026-99", email_of(number))
    match_waiting(clock.now())
    client, url = staff(app), f"/personale/ordrer/fortrydelser/{public_id}"
    assert number in client.get(url).text  # suggested by its address
    assert client.post(f"{url}/ordre", data={"nummer": "H2026-9998"}).status_code == 422
    assert client.post(f"{url}/ordre", data={"nummer": number.lower()}).status_code == 303
    page = client.get(url).text
    assert f"Aftale {number}" in page
    assert f"{url}/aftale" in page


def test_midway_the_proportionate_price_is_proposed_and_settled_once(app: Flask) -> None:
    number, public_id = declared(app, begun=40, state=VisitState.STARTED)
    client, url = staff(app), f"/personale/ordrer/fortrydelser/{public_id}/aftale"
    page = text_of(client.get(url).text)
    assert "Vores forslag: 40 % af prisen" in page
    assert "Vi var i gang i 40 af de 100 minutter" in page
    assert "Det er 493,60 kr. med moms." in page
    again = client.post(url, data={"procent": "33,3", "hvorfor": "Forhækken.", "trin": "regn"}).text
    assert "Det er 410,92 kr. med moms." in text_of(again)
    assert job(number).state is JobState.ACTIVE
    for _press in range(2):
        answer = client.post(url, data={"procent": "40", "hvorfor": "Forhækken er klippet.", "trin": "afgoer"})
        assert answer.status_code == 303
    (charge,) = charges()
    assert (charge.cause, charge.amount_ore, charge.vat_ore, charge.state) == ("part", 49_360, 9_872, ChargeState.DUE)
    assert (job(number).state, job(number).note) == (JobState.WITHDRAWN, "")
    assert withdrawal(public_id).state is WithdrawalState.SETTLED
    (mail,) = mails("service-withdrawn:")
    for words in (
        "Du har fortrudt aftalen om Hækklipning",
        "vi kommer ikke mere",
        "Du skal betale 493,60\N{NO-BREAK SPACE}kr. for den del, der var gjort.",
        "Forhækken er klippet.",
    ):
        assert words in mail.body
    with db.reading() as session:
        assert session.scalars(sa.select(Visit.state)).one() is VisitState.NOT_DONE  # it cannot be finished any more


def test_nothing_is_owed_by_who_never_asked_us_to_begin(app: Flask) -> None:
    number, public_id = declared(app, may_start_early=False, begun=40, state=VisitState.STARTED)
    with db.transaction() as session:
        found = session.scalars(sa.select(ServiceJob)).one()
        values = {"from_on": today(), "to_on": today(), "amount_ore": 100, "vat_ore": 20, "vat_scheme": "standard"}
        session.add(
            ServiceCharge(
                number=f"{number}-1", job_id=found.id, cause="visit-1", text="Besøg", made_at=clock.now(), **values
            )
        )
    client, url = staff(app), f"/personale/ordrer/fortrydelser/{public_id}/aftale"
    assert "Kunden har ikke bedt os begynde" in client.get(url).text
    refused = client.post(url, data={"procent": "40", "hvorfor": "", "trin": "afgoer"})
    assert refused.status_code == 409
    assert job(number).state is JobState.ACTIVE
    assert client.post(url, data={"procent": "0", "hvorfor": "", "trin": "afgoer"}).status_code == 303
    assert {each.cause: (each.state, each.amount_ore) for each in charges()} == {
        "visit-1": (ChargeState.CANCELLED, 100),
        "part": (ChargeState.PAID, 0),
    }
    assert "Du skal ikke betale noget for det." in mails("service-withdrawn:")[0].body


def test_what_is_typed_wrong_comes_back(app: Flask) -> None:
    _number, public_id = declared(app)
    client, url = staff(app), f"/personale/ordrer/fortrydelser/{public_id}/aftale"
    for typed in ("101", "-1", "halvdelen", ""):
        answer = client.post(url, data={"procent": typed, "hvorfor": "Mine ord", "trin": "afgoer"})
        assert answer.status_code == 422
        assert "Mine ord" in answer.text
    assert not charges()


def test_only_those_who_give_money_back_settle(app: Flask) -> None:
    _number, public_id = declared(app)
    url = f"/personale/ordrer/fortrydelser/{public_id}/aftale"
    assert staff(app, Role.WORKSHOP).get(url).status_code == 403
    assert browser(app).get(url).status_code == 303  # to the sign-in
    assert staff(app).get("/personale/ordrer/fortrydelser/nobody/aftale").status_code == 404


def test_a_no_takes_the_warning_away(app: Flask) -> None:
    number, public_id = declared(app)
    answer = staff(app).post(f"/personale/ordrer/fortrydelser/{public_id}/afvis", data={"grund": "For sent"})
    assert answer.status_code == 303
    assert (job(number).note, job(number).state) == ("", JobState.ACTIVE)


def test_after_a_no_nothing_is_settled(app: Flask) -> None:
    _number, public_id = declared(app)
    client = staff(app)
    client.post(f"/personale/ordrer/fortrydelser/{public_id}/afvis", data={"grund": "For sent"})
    url = f"/personale/ordrer/fortrydelser/{public_id}/aftale"
    assert client.post(url, data={"procent": "0", "hvorfor": "", "trin": "afgoer"}).status_code == 409


def facts(**changes: Any) -> Facts:
    values: dict[str, Any] = {
        "is_private": True,
        "may_start_early": True,
        "knows_right_ends": True,
        "is_series": False,
        "is_by_visit": True,
        "is_snow": False,
        "done": 0,
        "agreed": 1,
    }
    return Facts(**values | changes)


@pytest.mark.once
@pytest.mark.parametrize(
    ("changes", "permille"),
    [
        ({}, 0),
        ({"begun_minutes": 35, "visit_minutes": 140}, 250),
        ({"begun_minutes": 300, "visit_minutes": 140}, 1000),
        ({"done": 1}, 0),  # paid for by the visit's own charge
        ({"may_start_early": False, "begun_minutes": 35, "visit_minutes": 140}, 0),
        ({"is_private": False, "may_start_early": False, "begun_minutes": 35, "visit_minutes": 140}, 250),
        ({"is_series": True, "done": 3, "agreed": 14}, 0),
        ({"is_series": True, "is_by_visit": False, "done": 3, "agreed": 14}, 214),
        ({"is_series": True, "is_by_visit": False, "is_snow": True, "done": 10, "agreed": 151}, 66),
    ],
)
def test_the_proposal_follows_what_was_had(changes: dict[str, Any], permille: int) -> None:
    assert propose(facts(**changes)).permille == permille


@pytest.mark.once
def test_a_right_that_ended_is_said() -> None:
    assert propose(facts(done=1)).has_right_ended
    assert not propose(facts(done=1, knows_right_ends=False)).has_right_ended
    assert not propose(facts(may_start_early=False)).may_owe


def test_a_season_of_snow_is_shared_by_its_days(app: Flask) -> None:
    first = today() - timedelta(days=9)
    last = today() + timedelta(days=90)
    number, public_id = declared(
        app,
        recurrence=Recurrence.ON_SNOW,
        billing=Billing.SEASON,
        starts_on=first,
        ends_on=last,
        season_from=f"{first:%m-%d}",
        season_to=f"{last:%m-%d}",
        total_ore=300_000,
    )
    page = text_of(staff(app).get(f"/personale/ordrer/fortrydelser/{public_id}/aftale").text)
    assert "10 af sæsonens 100 dage var gået." in page
    assert "Vores forslag: 10 % af prisen" in page
    assert number in page
