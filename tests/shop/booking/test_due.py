"""Staff's page about what is owed: due, paid, never billed; and the command that says the same."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from flask import Flask
from flask.cli import ScriptInfo
from support import garden
from support.queries import counted

from shop.commands import program
from tests.shop.booking import rig
from workshop.core import clock, db
from workshop.core.access import Role
from workshop.services.billing.models import ChargeState, ServiceCharge

HERE = "/personale/service/betaling"


def test_the_list_shows_what_is_due_and_the_command_finds_the_gap(app: Flask) -> None:
    now = clock.now()
    bill = rig.charge(now=now)
    with db.transaction() as session:
        rig.made_visit(session, now=now, of=garden.job(session, total_ore=76_500))
    client = rig.staff(app)
    page = client.get(HERE)
    assert "1 regning er ikke betalt, 1.234\xa0kr. i alt" in page.text
    assert f"{HERE}/{bill}" in page.text
    assert "aldrig lagt til betaling (765\xa0kr.)" in page.text
    info = ScriptInfo(create_app=lambda _path=None: app)
    told = CliRunner().invoke(program, ["service-check"], obj=info)
    assert told.exit_code == 1
    assert "765\xa0kr." in told.output
    assert client.post(f"{HERE}/mangler").status_code == 303
    assert "aldrig lagt" not in client.get(HERE).text
    assert CliRunner().invoke(program, ["service-check"], obj=info).exit_code == 0


def test_at_the_door_somebody_says_how_it_was_paid(app: Flask) -> None:
    bill, client = rig.charge(now=clock.now()), rig.staff(app)
    for wrong in ({}, {"betalt": "card"}, {"betalt": "bytte"}):
        answer = client.post(f"{HERE}/{bill}/betalt", data=wrong)
        assert answer.status_code == 422
        assert "Vælg, hvordan kunden har betalt." in answer.text
    assert client.post(f"{HERE}/{bill}/betalt", data={"betalt": "cash"}).status_code == 303
    assert client.post(f"{HERE}/{bill}/betalt", data={"betalt": "cash"}).status_code == 409
    assert rig.read(bill).state is ChargeState.PAID
    assert [mail.subject for mail in rig.mails(bill)] == [f"Kvittering {rig.read(bill).number}"]


def test_a_bill_is_cancelled_with_a_reason_only(app: Flask) -> None:
    bill, client = rig.charge(now=clock.now()), rig.staff(app)
    assert client.post(f"{HERE}/{bill}/annuller", data={"hvorfor": " "}).status_code == 422
    long = client.post(f"{HERE}/{bill}/annuller", data={"hvorfor": "x" * 301})
    assert long.status_code == 422
    assert "x" * 301 in long.text
    assert client.post(f"{HERE}/{bill}/annuller", data={"hvorfor": "Vi kom for sent."}).status_code == 303
    assert "Vi kom for sent." in client.get(f"{HERE}/{bill}").text
    assert rig.mails(bill) == []  # nobody had heard of it


def test_only_those_who_sell_see_the_money(app: Flask) -> None:
    bill = rig.charge(now=clock.now())
    client = rig.staff(app, Role.WORKSHOP)
    assert client.get(HERE).status_code == 403
    assert client.post(f"{HERE}/{bill}/betalt", data={"betalt": "cash"}).status_code == 403
    assert rig.staff(app).get(f"{HERE}/nothere").status_code == 404


@pytest.mark.parametrize("address", [HERE, "/regning/{bill}"])
def test_the_questions_do_not_grow_with_the_bills(app: Flask, address: str) -> None:
    now, counts = clock.now(), []
    client = rig.staff(app)
    for more in (1, 15):
        bills = [rig.charge(now=now + timedelta(seconds=count)) for count in range(more)]
        page = address.format(bill=bills[0])
        reader = client if address == HERE else rig.customer(app, bills[0])
        reader.get(page)
        with counted() as sent:
            assert reader.get(page).status_code == 200
        counts.append(len(sent))
    assert counts[0] == counts[1]


def test_a_place_without_a_mail_is_rung(app: Flask) -> None:
    with db.transaction() as session:
        place = garden.place(session, customer_email="")
        quote = garden.quote(session, of=garden.request(session, at=place))
        job = garden.job(session, of=quote)
        rig.made_visit(session, now=clock.now(), of=job)
    client = rig.staff(app)
    client.post(f"{HERE}/mangler")
    assert "Ingen mail. Ring" in client.get(HERE).text
    with db.reading() as session:
        public_id = session.scalar(sa.select(ServiceCharge.public_id))
    assert client.post(f"{HERE}/{public_id}/send", data={"version": "1"}).status_code == 409
