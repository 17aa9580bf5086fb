"""The pages after a purchase: withdraw without signing in, choose on one's own order, complain, and the desk."""

from __future__ import annotations

import re
import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from support import actors, factories, garden

from shop.orders.models import CustomerKind, Order, OrderState, PayWay
from shop.orders.withdrawing import finding, public
from shop.orders.withdrawing.models import Complaint, Refund, Withdrawal, WithdrawalState
from tests.shop.orders.rig import order
from tests.shop.orders.withdrawing.scene import declare, handed_over, lines, mails, secured
from workshop.core import clock, db
from workshop.core.access import Role
from workshop.services.requests.models import RequestState

WRITTEN = {"navn": "Ane Eksempel", "ordre": "2026-0001", "mail": "ane@example.dk", "hvad": "Bænken"}
ONCE = "o" * 22


def declared() -> list[Withdrawal]:
    with db.reading() as session:
        found = list(session.scalars(sa.select(Withdrawal).order_by(Withdrawal.id)))
        session.expunge_all()
        return found


def once_in(html: str) -> str:
    found = re.search(r'name="once"[^>]*value="([\w-]{22})"|value="([\w-]{22})"[^>]*name="once"', html)
    assert found is not None
    return found[1] or found[2]


def sign_in(client: FlaskClient, *roles: Role) -> None:
    with db.transaction() as session:
        email = factories.staff(session, roles=roles).email
    client.post("/personale/log-ind", data={"email": email, "password": factories.PASSWORD})


def test_every_page_of_the_shop_has_the_words_and_they_lead_to_the_form(client: FlaskClient) -> None:
    for path in ("/", "/kurv", "/betingelser", "/fortryd", "/findes-ikke"):
        assert re.search(r'<a href="/fortryd">(<b>)?Fortryd aftale her', client.get(path).text), path


def test_two_steps_and_a_receipt_with_nothing_stored_before_the_second(client: FlaskClient) -> None:
    look = client.post("/fortryd", data=WRITTEN)
    assert look.status_code == 200
    assert look.text.count("Bekræft fortrydelse</button>") == 1
    assert declared() == []
    confirmed = client.post("/fortryd/bekraeft", data={**WRITTEN, "once": once_in(look.text)})
    assert confirmed.status_code == 303
    receipt = client.get(confirmed.location)
    assert "Vi har modtaget din fortrydelse" in receipt.text
    assert "Bænken" in receipt.text
    assert receipt.headers["Cache-Control"] == "no-store"
    assert mails("withdrawal-received")[0].sent_at is not None, "the receipt goes at once"


def test_pressing_twice_is_one_declaration(client: FlaskClient) -> None:
    first, second = (client.post("/fortryd/bekraeft", data={**WRITTEN, "once": ONCE}) for _press in range(2))
    assert first.location == second.location
    assert len(declared()) == len(mails("withdrawal-received")) == 1


@pytest.mark.parametrize("field", ["navn", "ordre", "mail"])
def test_what_is_missing_is_said_and_what_was_typed_is_kept(client: FlaskClient, field: str) -> None:
    answer = client.post("/fortryd", data={**WRITTEN, field: ""})
    assert answer.status_code == 422
    assert "Bænken" in answer.text
    assert "<title>Fejl:" in answer.text
    assert client.post("/fortryd/bekraeft", data={**WRITTEN, field: "", "once": ONCE}).status_code == 422
    assert declared() == []


def test_the_way_back_keeps_what_was_typed(client: FlaskClient) -> None:
    answer = client.post("/fortryd", data={**WRITTEN, "mail": "forkert", "ret": "1"})
    assert (answer.status_code, "Ane Eksempel" in answer.text) == (200, True)


def test_the_answers_are_alike_whether_the_order_exists_or_not(client: FlaskClient) -> None:
    number = order(handed_over(clock.now(), 115_000)).number
    pages = []
    for typed in (number, "2026-9999"):
        look = client.post("/fortryd", data={**WRITTEN, "ordre": typed})
        done = client.post("/fortryd/bekraeft", data={**WRITTEN, "ordre": typed, "once": once_in(look.text)})
        receipt = client.get(done.location).text
        plain = [re.sub(r"[\w-]{22}", "", page.replace(typed, "NR")) for page in (look.text, receipt)]
        pages.append((look.status_code, done.status_code, *plain))
    assert pages[0] == pages[1]


def test_a_receipt_is_shown_for_a_day_and_only_to_who_has_its_address(client: FlaskClient) -> None:
    made = declare(clock.now())
    assert client.get(f"/fortryd/kvittering/{made.public_id}").status_code == 200
    assert client.get("/fortryd/kvittering/findesikke").status_code == 404
    with db.transaction() as session:
        session.execute(sa.update(Withdrawal).values(received_at=clock.now() - public.RECEIPT_SHOWN - timedelta(1)))
    assert client.get(f"/fortryd/kvittering/{made.public_id}").status_code == 404


def test_lines_are_chosen_on_ones_own_order_and_are_not_offered_twice(client: FlaskClient) -> None:
    public_id = handed_over(clock.now(), 10_000, pieces=3)
    line = lines(public_id)[0]
    field = f"antal-{line.id}"
    assert client.get(f"/ordre/{public_id}/fortryd").status_code == 404, "not without the link"
    actors.hold_order(client, public_id)
    assert "Du har 3." in client.get(f"/ordre/{public_id}/fortryd").text
    for wrong in ({}, {field: "4"}, {field: "-1"}, {field: "x"}):
        assert client.post(f"/ordre/{public_id}/fortryd", data=wrong).status_code == 422
    look = client.post(f"/ordre/{public_id}/fortryd", data={field: "2"})
    data = {field: "2", "once": once_in(look.text)}
    first, second = (client.post(f"/ordre/{public_id}/fortryd/bekraeft", data=data) for _press in range(2))
    assert first.location == second.location
    assert f"{line.title} × 2" in client.get(first.location).text
    assert len(declared()) == 1
    assert client.post(f"/ordre/{public_id}/fortryd", data={field: "2"}).status_code == 422, "one is left"
    again = client.post(f"/ordre/{public_id}/fortryd/bekraeft", data={field: "2", "once": "z" * 22})
    assert again.status_code == 409
    assert "Vi fik din fortrydelse" in client.get(f"/ordre/{public_id}").text


def test_a_company_has_no_right_to_withdraw_and_is_offered_none(client: FlaskClient) -> None:
    public_id = handed_over(clock.now(), 10_000)
    actors.hold_order(client, public_id)
    page = f"/ordre/{public_id}"
    assert f'href="{page}/fortryd"' in client.get(page).text
    with db.transaction() as session:
        session.execute(sa.update(Order).values(customer_kind=CustomerKind.COMPANY))
    assert f'href="{page}/fortryd"' not in client.get(page).text
    assert client.get(f"{page}/fortryd").status_code == 404


def test_another_orders_receipt_is_not_shown_on_this_one(client: FlaskClient) -> None:
    public_id = handed_over(clock.now(), 10_000)
    actors.hold_order(client, public_id)
    other = declare(clock.now())
    assert client.get(f"/ordre/{public_id}/fortryd/{other.public_id}").status_code == 404


def test_a_secured_order_shows_its_code_and_lets_its_time_be_moved(client: FlaskClient) -> None:
    public_id = secured(clock.now(), 115_000)
    actors.hold_order(client, public_id)
    page = client.get(f"/ordre/{public_id}").text
    assert str(order(public_id).handover_code) in page
    assert '<svg xmlns="http://www.w3.org/2000/svg" class="qr"' in page
    entry = client.get(f"/ordre/{public_id}/tid.ics")
    assert (entry.mimetype, "BEGIN:VEVENT" in entry.text) == ("text/calendar", True)
    form = client.get(f"/ordre/{public_id}/anden-tid").text
    last = re.findall(r'<option value="([\w-]+)"', form)[-1]
    assert client.post(f"/ordre/{public_id}/anden-tid", data={"tid": "2020-01-01-9"}).status_code == 422
    before = order(public_id).pickup_on
    assert client.post(f"/ordre/{public_id}/anden-tid", data={"tid": last}).status_code == 303
    assert order(public_id).pickup_on > before
    assert len(mails("order-moved")) == 1


def test_a_complaint_waits_until_it_is_answered_and_the_answer_is_on_the_page(client: FlaskClient) -> None:
    public_id = handed_over(clock.now(), 115_000)
    actors.hold_order(client, public_id)
    form = client.get(f"/ordre/{public_id}/reklamation")
    assert client.post(f"/ordre/{public_id}/reklamation", data={"once": ONCE, "tekst": " "}).status_code == 422
    data = {"once": once_in(form.text), "tekst": "Benet er løst."}
    for _press in range(2):
        assert client.post(f"/ordre/{public_id}/reklamation", data=data).status_code == 303
    with db.reading() as session:
        complaint = session.scalars(sa.select(Complaint.public_id)).one()
    sign_in(client, Role.SALES)
    assert "1 reklamation venter på jer" in client.get("/personale/ordrer/fortrydelser").text
    address = f"/personale/ordrer/reklamationer/{complaint}"
    assert address in client.get(f"/personale/ordrer/{public_id}").text
    assert client.post(address, data={"svar": ""}).status_code == 422
    for _press in range(2):
        assert client.post(address, data={"svar": "Vi retter det."}).status_code == 303
    other = client.post(address, data={"svar": "Kom forbi med den."})
    assert other.status_code == 409
    assert "Der er allerede svaret." in other.text
    assert "Kom forbi med den." in other.text, "what was typed is not lost"
    assert [mail.body.count("Kom forbi") for mail in mails("order-answer-")] == [0]
    assert client.post(f"{address}/luk").status_code == 303
    assert "Vi retter det." in client.get(f"/ordre/{public_id}").text


def test_staff_settle_a_withdrawal_by_paying_back_what_was_chosen(client: FlaskClient) -> None:
    public_id = handed_over(clock.now(), 115_000, 29_500, pay_way=PayWay.AT_PICKUP)
    bench = lines(public_id)[0]
    made = declare(clock.now(), own_order=public_id, line_quantities={bench.id: 1})
    sign_in(client, Role.SALES)
    page = client.get(f"/personale/ordrer/fortrydelser/{made.public_id}").text
    assert "I tide" in page
    assert f"/personale/ordrer/fortrydelser/{made.public_id}" in client.get(f"/personale/ordrer/{public_id}").text
    address = f"/personale/ordrer/{public_id}/tilbagebetaling"
    assert f"{address}?fortrydelse={made.public_id}" in page
    form = client.get(f"{address}?fortrydelse={made.public_id}").text
    assert "checked" not in form.split(f'name="lager-{bench.id}"')[1].split(">")[0]
    assert f'name="antal-{bench.id}" value="1"' in form
    data = {f"antal-{bench.id}": "1", f"lager-{bench.id}": "ja", "once": once_in(form), "fortrydelse": made.public_id}
    assert client.post(address, data=data).status_code == 422, "how it is paid back is not said"
    sure = client.post(address, data={**data, "hvordan": "cash"})
    assert "Betal 1.150 kr. tilbage" in sure.text.replace("\u00a0", " ")
    assert "Giv selv kunden pengene kontant." in sure.text
    with db.reading() as session:
        assert session.scalars(sa.select(Refund)).all() == [], "the first press only reckons"
    hidden = dict(re.findall(r'<input type="hidden" name="([\w-]+)" value="([^"]*)"', sure.text))
    for _press in range(2):
        assert client.post(address, data={**hidden, "betal": "ja"}).status_code == 303
    with db.reading() as session:
        assert session.scalars(sa.select(Refund.amount_ore)).all() == [115_000]
    assert declared()[0].state is WithdrawalState.SETTLED
    after = client.get(f"/personale/ordrer/{public_id}").text.replace("\u00a0", " ")
    assert "Skrevet ned. Giv selv kunden 1.150 kr. kontant." in after
    assert "<dd>1.150 kr., Kontant</dd>" in after


def test_a_sum_above_what_is_left_comes_back_with_what_was_typed(client: FlaskClient) -> None:
    public_id = handed_over(clock.now(), 115_000, pay_way=PayWay.AT_PICKUP)
    bench = lines(public_id)[0]
    sign_in(client, Role.SALES)
    address = f"/personale/ordrer/{public_id}/tilbagebetaling"
    for typed in ({f"antal-{bench.id}": "2"}, {f"beloeb-{bench.id}": "1.150,01"}, {f"beloeb-{bench.id}": "x"}, {}):
        answer = client.post(address, data={"once": ONCE, "hvordan": "cash", "betal": "ja", **typed})
        assert answer.status_code == 422
        assert all(f'value="{value}"' in answer.text for value in typed.values())
    with db.reading() as session:
        assert session.scalars(sa.select(Refund)).all() == []


def test_a_withdrawal_before_hand_over_lets_the_money_go(client: FlaskClient) -> None:
    public_id = secured(clock.now(), 115_000, 29_500)
    made = declare(clock.now(), own_order=public_id, line_quantities={lines(public_id)[0].id: 1})
    sign_in(client, Role.SALES)
    page = client.get(f"/personale/ordrer/fortrydelser/{made.public_id}").text
    assert "Tag det ud af ordren" in page
    assert client.post(f"/personale/ordrer/fortrydelser/{made.public_id}/tag-ud").status_code == 303
    assert order(public_id).total_ore == 29_500
    assert order(public_id).state is OrderState.SECURED
    assert client.post(f"/personale/ordrer/fortrydelser/{made.public_id}/tag-ud").status_code == 409
    assert order(public_id).total_ore == 29_500


def test_a_part_that_was_declared_in_words_is_taken_off_by_staff(client: FlaskClient) -> None:
    public_id = secured(clock.now(), 115_000, 29_500, pieces=2)
    bench, box = lines(public_id)
    made = declare(clock.now(), order_number=order(public_id).number, lines_text="den ene kasse")
    sign_in(client, Role.SALES)
    there = f"/personale/ordrer/fortrydelser/{made.public_id}"
    client.post(f"{there}/ordre", data={"nummer": order(public_id).number})
    page = client.get(there).text
    assert f'name="antal-{bench.id}"' in page
    assert "Tag det ud af ordren" in page
    nothing = {f"antal-{bench.id}": "0", f"antal-{box.id}": "0"}
    wrong = (
        {},
        nothing,
        {f"antal-{box.id}": "3"},
        {f"antal-{box.id}": "-1"},
        {f"antal-{box.id + 99}": "1"},
        {"antal-x": "1"},
    )
    for typed in wrong:
        assert client.post(f"{there}/tag-ud", data=typed).status_code == 409
    assert client.post(f"{there}/tag-ud", data=nothing | {f"antal-{box.id}": "1"}).status_code == 303
    assert order(public_id).total_ore == 2 * 115_000 + 29_500
    assert [line.returned for line in lines(public_id)] == [0, 1]
    assert declared()[0].state is WithdrawalState.SETTLED


def test_a_number_of_no_order_is_asked_for_again_with_what_was_typed(client: FlaskClient) -> None:
    sign_in(client, Role.SALES)
    made = declare(clock.now(), order_number="ved ikke", email="en.anden@example.dk")
    there = f"/personale/ordrer/fortrydelser/{made.public_id}"
    wrong = client.post(f"{there}/ordre", data={"nummer": "2026-9999"})
    assert wrong.status_code == 422
    assert 'value="2026-9999"' in wrong.text
    assert "Der er ingen ordre med det nummer." in wrong.text
    public_id = handed_over(clock.now(), 115_000)
    assert "Er det en anden ordre?" not in client.get(there).text
    assert client.post(f"{there}/ordre", data={"nummer": order(public_id).number}).status_code == 303
    assert "Er det en anden ordre?" in client.get(there).text


def test_asking_for_a_new_link_is_answered_alike_and_sends_it_to_its_owner(client: FlaskClient) -> None:
    number = order(handed_over(clock.now(), 115_000)).number
    fits = client.post("/ordre", data={"ordre": number, "mail": "ane@example.dk"})
    fits_not = client.post("/ordre", data={"ordre": number, "mail": "en.anden@example.dk"})
    for thread in threading.enumerate():
        if thread.name == finding.THREAD:
            thread.join(10)
    assert (fits.status_code, fits.data) == (fits_not.status_code, fits_not.data)
    assert [mail.recipient for mail in mails("order-link")] == ["ane@example.dk"]
    assert client.post("/ordre", data={"ordre": "", "mail": "x"}).status_code == 422


def test_the_links_to_help_in_a_garden_are_sent_again_to_whoever_asked_and_nobody_else(client: FlaskClient) -> None:
    with db.transaction() as session:
        place = garden.place(session, customer_email="hanne@example.dk")
        asked = garden.request(session, at=place, state=RequestState.QUOTED)
        public_id, number = asked.public_id, asked.number
        offer = garden.quote(session, of=asked).public_id
        garden.quote(session, of=garden.request(session, at=place, state=RequestState.QUOTED))
    as_written = number.lower().replace("-", " ")
    fits = client.post("/ordre", data={"ordre": as_written, "mail": " Hanne@Example.dk "})
    fits_not = client.post("/ordre", data={"ordre": number, "mail": "en.anden@example.dk"})
    for _again in range(2):
        client.post("/ordre", data={"ordre": number, "mail": "hanne@example.dk"})
    for thread in threading.enumerate():
        if thread.name == finding.THREAD:
            thread.join(10)
    assert (fits.status_code, fits.data) == (fits_not.status_code, fits_not.data)
    sent = mails("service-link")
    assert {mail.recipient for mail in sent} == {"hanne@example.dk"}
    assert len(sent) <= 2  # one an hour, and the hour may turn
    assert f"/forespoergsel/{public_id}/" in sent[0].body
    assert f"/tilbud/{offer}/" in sent[0].body
    assert sent[0].body.count("http") == 2
