"""What is written to the customer: the whole contract, the time for the calendar, and no secret in the outbox."""

from __future__ import annotations

import email
import email.policy
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from shop.orders import actions, ics, mails, securing
from shop.orders.contract import contract
from shop.orders.customers import Customer
from shop.orders.house.queries import TermsRow
from shop.orders.letterhead import without_tokens
from shop.orders.models import CancelCause, CustomerKind, Order, PayWay
from shop.orders.pickup import SHIPPED
from shop.orders.withdrawing import deadlines
from shop.orders.writing import NOT_BROUGHT, Brought, Priced, order_row
from tests.conftest import make_settings
from tests.shop.orders.rig import ANE, HEAD, basket_with, for_sale, mails_about, order, place
from workshop.core import clock, db, mail
from workshop.core.mail import OutboxMail
from workshop.core.money import PayMeans
from workshop.core.text import clean
from workshop.products.models import SizeClass, VatScheme

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
BENCH = Priced("Havebænk, nr. 1042", 1, 115_000, VatScheme.STANDARD, SizeClass.L, item_id=1)
OWN = Priced("Bænk, længde 137 cm (eget mål)", 1, 204_500, VatScheme.STANDARD, SizeClass.L, own_length_cm=137)
HOME = Brought("Skovvej 7", "3230", "Græsted", 14_900)


def an_order(
    *lines: Priced,
    customer: Customer = ANE,
    pay_way: PayWay = PayWay.CARD,
    where: Brought = NOT_BROUGHT,
    on: date = date(2026, 11, 26),
) -> Order:
    slot = next(slot for slot in SHIPPED.slots(datetime(on.year, on.month, on.day, tzinfo=UTC)) if slot.day >= on)
    made = order_row(
        lines=lines or (BENCH,),
        customer=customer,
        slot=replace(slot, day=on),
        pay_way=pay_way,
        where=where,
        is_brought=where is not NOT_BROUGHT,
        number="2026-0001",
        public_id="an-order",
        head=HEAD,
        now=NOW,
    )
    made.version = 3
    return made


def text_of(order: Order, terms: TermsRow | None = None) -> str:
    return contract(order, HEAD, SHIPPED, terms).replace("\u00a0", " ")


@pytest.mark.once
def test_the_contract_says_what_of_it_cannot_be_regretted() -> None:
    assert "UDEN FORTRYDELSESRET" not in text_of(an_order())
    mixed = text_of(an_order(BENCH, OWN))
    assert "UDEN FORTRYDELSESRET\n- Bænk, længde 137 cm (eget mål)\n" in mixed
    assert "STANDARDFORTRYDELSESFORMULAR" in mixed
    only = text_of(an_order(OWN))
    assert "FORTRYDELSESRET\nDu kan fortryde" not in only
    assert "STANDARDFORTRYDELSESFORMULAR" not in only


@pytest.mark.once
def test_the_contract_says_where_it_is_brought_and_what_that_costs() -> None:
    brought = text_of(an_order(where=HOME, pay_way=PayWay.AT_PICKUP))
    for part in ("Levering til 3230: 149 kr.", "I alt: 1.299 kr.", "Heraf moms: 259,80 kr.", "Skovvej 7, 3230 Græsted"):
        assert part in brought
    assert "HER HENTER DU" not in brought
    assert "når vi leverer" in brought


@pytest.mark.once
def test_a_company_gets_its_numbers_and_no_consumer_rights_it_has_not() -> None:
    buyer = Customer("Bo", "bo@example.dk", "2", "", CustomerKind.PUBLIC, "Skolen", "", "5798009811578", "R 7")
    told = text_of(an_order(customer=buyer))
    for part in ("Skolen", "EAN/GLN 5798009811578", "Jeres reference: R 7", "SÆLGER"):
        assert part in told
    assert "FORTRYDELSESRET" not in told


@pytest.mark.once
def test_the_terms_the_order_was_made_under_stand_in_the_mail() -> None:
    told = text_of(an_order(), TermsRow(4, "Vi bygger i træ.", NOW))
    assert "HANDELSBETINGELSER (version 4)\nVi bygger i træ." in told


@pytest.mark.once
def test_what_is_prepaid_says_that_it_was_agreed() -> None:
    assert "Det har du sagt ja til." in text_of(an_order(OWN, pay_way=PayWay.PREPAID))


@pytest.mark.once
@pytest.mark.parametrize(
    ("on", "begins"), [(date(2026, 11, 26), "20261126T080000Z"), (date(2027, 3, 30), "20270330T070000Z")]
)
def test_the_calendar_entry_has_its_time_in_utc_and_keeps_its_name(on: date, begins: str) -> None:
    order = an_order(on=on)
    entry = ics.attachment(order, HEAD, NOW)
    assert (entry.name, entry.kind) == ("tid.ics", "text/calendar")
    assert f"DTSTART:{begins}\r\n" in entry.text
    order.pickup_from_minute, order.version = 720, 4
    moved = ics.attachment(order, HEAD, NOW).text
    names = [re.findall(r"UID:(.+)\r", text) for text in (entry.text, moved)]
    assert names[0] == names[1] == ["order-an-order@localhost"]
    assert ("SEQUENCE:3\r\n" in entry.text, "SEQUENCE:4\r\n" in moved) == (True, True)


@pytest.mark.once
def test_a_calendar_entry_is_folded_and_escaped_as_the_standard_says() -> None:
    where = Brought("Æblevej 7, st.; " + "langt væk " * 12, "3230", "Græsted", 0)
    text = ics.attachment(an_order(where=where), HEAD, NOW).text
    lines = text.split("\r\n")
    assert lines[-1] == ""
    assert all(len(line.encode()) <= 75 for line in lines)
    assert "\n" not in text.replace("\r\n", "")
    assert "LOCATION:Æblevej 7\\, st.\\; langt" in text.replace("\r\n ", "")


@pytest.fixture
def secured(app: Flask, now: datetime) -> str:
    public_id = place(basket_with(*for_sale("Havebænk"), now=now), now=now, pay_way=PayWay.AT_PICKUP).public_id
    with db.transaction() as session:
        securing.secure(session, actions.load(session, public_id), now, HEAD)
    return public_id


def test_no_secret_of_a_link_lies_in_the_outbox(secured: str, now: datetime) -> None:
    with db.transaction() as session:
        found = actions.load(session, secured)
        mails.ready(session, found, HEAD, now)
        mails.moved(session, found, HEAD, now)
    written = mails_about(secured)
    assert len(written) == 4
    for each in written:
        whole = each.body + each.attachment
        assert HEAD.link_token(secured) not in whole
        assert HEAD.confirm_token(secured) not in whole
        assert "/…" in without_tokens(each.body)
        sent = HEAD.with_tokens(each.body)
        assert (HEAD.order_link(secured) in sent) != (HEAD.confirm_link(secured) in sent)
        assert "\x02" not in sent + without_tokens(each.body)


def test_a_mail_is_sent_with_its_links_and_its_calendar_entry(secured: str, now: datetime, tmp_path: Path) -> None:
    settings = make_settings("sqlite://", tmp_path, secret_key=HEAD.secret_key)
    assert mail.send_due(settings, now) == 2
    texts = {}
    for path in settings.mails_dir.glob("*.eml"):
        message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        body = message.get_body(("plain",))
        assert body is not None
        texts[message["Subject"].split()[0]] = body.get_content(), list(message.iter_attachments())
    assert HEAD.confirm_link(secured) in texts["Bekræft"][0]
    assert texts["Bekræft"][1] == []
    told, (entry,) = texts["Tak"]
    assert HEAD.order_link(secured) in told
    assert (entry.get_content_type(), entry.get_filename()) == ("text/calendar", "tid.ics")
    assert "BEGIN:VEVENT" in entry.get_content()


def test_a_customer_cannot_write_the_place_of_a_secret(app: Flask) -> None:
    place_of = mail.place_for_secret("order-link:another")
    assert clean(f"Ane {place_of}") == "Ane order-link:another"
    assert HEAD.with_tokens(f"Kære {clean(place_of)}") == "Kære order-link:another"


def test_the_code_stands_in_the_mail_that_calls_the_customer(secured: str, now: datetime) -> None:
    with db.transaction() as session:
        found = actions.load(session, secured)
        mails.ready(session, found, HEAD, now)
        code = found.handover_code
    assert code is not None
    assert f"Din kode er {code}." in mails_about(secured)[-1].body


def test_the_contract_is_never_written_anew(secured: str, now: datetime) -> None:
    """A cause has one mail, and what it said stands, whatever the order says later."""
    before = mails_about(secured)[-1].body
    with db.transaction() as session:
        found = actions.load(session, secured)
        found.customer_name, found.total_ore = "En anden", 1
        mails.secured(session, found, HEAD, now)
    after = mails_about(secured)
    assert after[-1].body == before
    assert len(after) == 2
    with db.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(OutboxMail)) == 2


def test_the_mail_that_asks_to_confirm_says_when_where_and_how_it_is_paid(secured: str, now: datetime) -> None:
    asked = mails_about(secured)[0].body.replace("\u00a0", " ")
    who = HEAD.identity
    assert f"Din tid er {clock.day_text(order(secured).pickup_on)}" in asked
    assert f"{who.address}, {who.postcode} {who.town}" in asked
    assert "Du betaler, når du henter." in asked


@pytest.mark.parametrize("kind", [CustomerKind.PRIVATE, CustomerKind.COMPANY])
def test_who_has_the_things_gets_one_receipt_with_the_last_day_to_change_their_mind(
    secured: str, now: datetime, kind: CustomerKind, tmp_path: Path
) -> None:
    mail.send_due(make_settings("sqlite://", tmp_path, secret_key=HEAD.secret_key), now)
    with db.transaction() as session:
        actions.load(session, secured).customer_kind = kind
    for _press in range(2):
        with db.transaction() as session:
            actions.hand_over(session, secured, means=PayMeans.CASH, now=now, by_staff_id=None, head=HEAD)
    receipts = [each for each in mails_about(secured) if each.key.startswith("order-handed-")]
    assert [each.subject for each in receipts] == ["Kvittering for ordre 2026-0001"]
    told = receipts[0].body.replace("\u00a0", " ")
    for part in ("Havebænk", "I alt: 1.150 kr.", "Heraf moms: 230 kr.", "Betalt kontant."):
        assert part in told
    last_on = deadlines.last_day(clock.local_day(now), clock.local_day(now))
    assert (f"Du kan fortryde til og med {clock.day_text(last_on)}." in told) is (kind is CustomerKind.PRIVATE)
    assert ("Du kan reklamere i to år." in told) is (kind is CustomerKind.PRIVATE)


def test_the_time_of_an_order_that_is_called_off_is_struck_out_in_the_calendar(secured: str, now: datetime) -> None:
    assert "STATUS" not in ics.attachment(an_order(), HEAD, NOW).text
    with db.transaction() as session:
        actions.cancel(session, secured, cause=CancelCause.CUSTOMER, head=HEAD, now=now)
    told = mails_about(secured)
    assert told[-1].key.startswith("order-cancelled-")
    first, last = (
        [line for line in each.attachment.splitlines() if line.startswith(("UID", "SEQUENCE"))] for each in told[1:]
    )
    assert "STATUS:CANCELLED" in told[-1].attachment
    assert first[0] == last[0]
    assert first[1] < last[1]


def test_the_contract_says_what_it_costs_to_bring_back_what_no_post_takes() -> None:
    brought = contract(an_order(where=HOME), HEAD, SHIPPED, None)
    fetched = contract(an_order(), HEAD, SHIPPED, None)
    company = contract(an_order(customer=replace(ANE, kind=CustomerKind.COMPANY)), HEAD, SHIPPED, None)
    assert "hente den hos dig for 149 kr., det samme som leveringen" in clean(brought).replace("\xa0", " ")
    assert f"det, en levering koster: {HEAD.base_url}/levering" in fetched
    assert "hente den hos dig" not in company  # who has no right to change their mind
