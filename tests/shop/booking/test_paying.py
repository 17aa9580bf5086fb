"""A bill is paid once: by the link or at the door, in one tab or two, early or late. Over HTTP, with practice money."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from shop.booking import followers, paying
from shop.orders import sweeps
from shop.orders.web import gateway_of
from shop.payments.models import Finding, Payment, PaymentDue, PaymentState
from shop.payments.reconciling import actions as reconciling
from tests.shop.booking import rig
from tests.shop.orders.rig import Shop, open_shop
from workshop.core import clock, db
from workshop.core.money import PayMeans
from workshop.services.billing import actions, letters, queries
from workshop.services.billing.models import ChargeState
from workshop.services.door import Head


@pytest.fixture
def shop(database_url: str, tmp_path: Path) -> Iterator[Shop]:
    with open_shop(database_url, tmp_path) as opened:
        yield opened


@pytest.fixture
def bill(shop: Shop) -> str:
    return rig.charge(now=clock.now())


def press(client: FlaskClient, bill: str) -> str:
    """Press the button; where the browser is sent."""
    answer = client.post(f"/regning/{bill}/betal")
    assert answer.status_code == 303
    return str(answer.headers["Location"])


def page_of(address: str) -> str:
    return address.rsplit("/", 1)[1]


def settle(shop: Shop, hours: int = 0) -> None:
    """What is told, and what time does."""
    shop.deliver(shop.events())
    now = clock.now() + timedelta(hours=hours)
    followers.close_pages(now)
    sweeps.do_dues(gateway_of(shop.app), shop.head, now, follow=shop.app.extensions["follow"])
    shop.deliver(shop.events())


def kept_ore(shop: Shop) -> int:
    """What the practice bank has taken and not given back."""
    return sum(each["received"] - each["refunded"] for each in shop.stripe.ledger()["payment"])


def test_a_bill_is_paid_by_its_link_to_the_ore(shop: Shop, bill: str) -> None:
    client = rig.customer(shop.app, bill)
    shown = rig.text_of(client.get(f"/regning/{bill}").text)
    assert "1.234 kr." in shown
    assert "246,80 kr." in shown  # the VAT in it
    address = press(client, bill)
    assert address.startswith(shop.stripe.url)
    (payment,) = rig.payments(bill)
    assert payment.amount_ore == rig.read(bill).amount_ore == rig.TOTAL
    assert payment.is_captured_at_once
    back = shop.stripe.pay(page_of(address))
    assert back.endswith(f"/regning/{bill}?betalt=1")
    assert rig.read(bill).state is ChargeState.DUE  # coming back proves nothing
    assert "Vi venter på svar fra banken" in client.get(f"/regning/{bill}?betalt=1").text
    shop.deliver(shop.events())
    paid = rig.read(bill)
    assert (paid.state, paid.paid_means) == (ChargeState.PAID, PayMeans.CARD)
    assert kept_ore(shop) == rig.TOTAL
    assert [mail.subject for mail in rig.mails(bill)] == [f"Kvittering {paid.number}"]
    assert "Tak for din betaling" in client.get(f"/regning/{bill}").text


def test_told_five_times_at_once_it_is_paid_once_and_thanked_once(shop: Shop, bill: str) -> None:
    shop.stripe.pay(page_of(press(rig.customer(shop.app, bill), bill)))
    assert set(shop.deliver(shop.events() * 5, at_once=True)) == {"200"}
    assert rig.read(bill).state is ChargeState.PAID
    assert len(rig.mails(bill)) == 1
    assert rig.dues() == []


def test_two_tabs_are_one_payment_page(shop: Shop, bill: str) -> None:
    first, second = rig.customer(shop.app, bill), rig.customer(shop.app, bill)
    addresses = {press(client, bill) for client in (first, second, first)}
    assert len(addresses) == 1
    (address,) = addresses
    shop.stripe.pay(page_of(address))
    settle(shop)
    assert press(second, bill).endswith(f"/regning/{bill}")  # nothing is due any more: back to the receipt
    assert len(rig.payments(bill)) == 1
    assert kept_ore(shop) == rig.TOTAL


def test_paid_at_the_door_while_a_page_is_open_closes_the_page(shop: Shop, bill: str) -> None:
    press(rig.customer(shop.app, bill), bill)
    answer = rig.staff(shop.app).post(f"/personale/service/betaling/{bill}/betalt", data={"betalt": "mobilepay"})
    assert answer.status_code == 303
    settle(shop)
    (payment,) = rig.payments(bill)
    assert payment.state is PaymentState.EXPIRED
    assert shop.stripe.ledger()["session"][0]["status"] == "expired"
    assert rig.read(bill).paid_means is PayMeans.MOBILEPAY


def test_paid_at_the_door_and_on_the_page_gives_the_second_money_back(shop: Shop, bill: str) -> None:
    address = press(rig.customer(shop.app, bill), bill)
    with db.transaction() as session:  # somewhere else in the house: nothing closes the page there
        charge = queries.by_public_id(session, bill)
        assert charge is not None
        actions.paid(session, charge, PayMeans.CASH, now=clock.now(), by_staff_id=None)
    shop.stripe.pay(page_of(address))
    settle(shop)
    assert kept_ore(shop) == 0
    assert rig.read(bill).paid_means is PayMeans.CASH
    assert "Du får pengene tilbage" in [mail.subject for mail in rig.mails(bill)]
    settle(shop)
    assert kept_ore(shop) == 0


def test_a_sweep_closes_the_page_of_what_was_paid_elsewhere(shop: Shop, bill: str) -> None:
    press(rig.customer(shop.app, bill), bill)
    with db.transaction() as session:
        charge = queries.by_public_id(session, bill)
        assert charge is not None
        actions.paid(session, charge, PayMeans.CASH, now=clock.now(), by_staff_id=None)
    assert followers.close_pages(clock.now()) == 1
    assert followers.close_pages(clock.now()) == 0
    settle(shop)
    assert [payment.state for payment in rig.payments(bill)] == [PaymentState.EXPIRED]


def test_an_old_page_is_closed_before_another_is_opened(shop: Shop, bill: str) -> None:
    client = rig.customer(shop.app, bill)
    first = press(client, bill)
    age(bill)
    second = press(client, bill)
    assert first != second
    assert [payment.state for payment in rig.payments(bill)] == [PaymentState.EXPIRED, PaymentState.OPENED]
    shop.stripe.pay(page_of(second))
    settle(shop)
    assert kept_ore(shop) == rig.TOTAL


def test_an_old_page_that_was_paid_unheard_of_is_found_paid_and_no_other_is_opened(shop: Shop, bill: str) -> None:
    client = rig.customer(shop.app, bill)
    shop.stripe.pay(page_of(press(client, bill)))
    age(bill)
    assert press(client, bill).endswith(f"/regning/{bill}")
    assert rig.read(bill).state is ChargeState.PAID
    assert len(rig.payments(bill)) == 1
    settle(shop)
    assert kept_ore(shop) == rig.TOTAL


def age(bill: str) -> None:
    """The page was opened long ago."""
    with db.transaction() as session:
        session.execute(
            sa.update(Payment).where(Payment.reference == bill).values(expires_at=clock.now() - timedelta(minutes=1))
        )


def test_a_page_that_closed_by_itself_can_be_opened_anew(shop: Shop, bill: str) -> None:
    client = rig.customer(shop.app, bill)
    address = press(client, bill)
    gateway_of(shop.app).expire_checkout(page_of(address))
    shop.deliver(shop.events())
    assert rig.read(bill).state is ChargeState.DUE
    again = press(client, bill)
    assert again != address
    shop.stripe.pay(page_of(again))
    settle(shop)
    assert rig.read(bill).state is ChargeState.PAID


def test_a_declined_card_leaves_it_due(shop: Shop, bill: str) -> None:
    shop.stripe.pay(page_of(press(rig.customer(shop.app, bill), bill)), "afvis")
    settle(shop)
    assert rig.read(bill).state is ChargeState.DUE
    assert kept_ore(shop) == 0


def test_a_paid_bill_that_is_cancelled_gives_the_money_back(shop: Shop, bill: str) -> None:
    shop.stripe.pay(page_of(press(rig.customer(shop.app, bill), bill)))
    settle(shop)
    client = rig.staff(shop.app)
    answer = client.post(f"/personale/service/betaling/{bill}/annuller", data={"hvorfor": "Hækken var ikke din."})
    assert answer.status_code == 303
    settle(shop)
    assert kept_ore(shop) == 0
    (mail,) = [mail for mail in rig.mails(bill) if "charge-cancelled" in mail.key]
    assert "Hækken var ikke din." in mail.body
    assert "1.234\xa0kr." in mail.body


def test_a_cancelled_bill_cannot_be_paid(shop: Shop, bill: str) -> None:
    client = rig.customer(shop.app, bill)
    address = press(client, bill)
    rig.staff(shop.app).post(f"/personale/service/betaling/{bill}/annuller", data={"hvorfor": "En fejl hos os."})
    settle(shop)
    assert "Du skal ikke betale" in client.get(f"/regning/{bill}").text
    assert press(client, bill).endswith(f"/regning/{bill}")
    assert page_of(address) in {each["id"] for each in shop.stripe.ledger()["session"]}
    assert kept_ore(shop) == 0


def test_stripe_away_leaves_the_bill_due_and_says_so(shop: Shop, bill: str) -> None:
    client = rig.customer(shop.app, bill)
    shop.stripe.control("faults", kind="error_before", times=10, path="/v1/checkout/sessions")
    assert press(client, bill).endswith(f"/regning/{bill}")
    assert "kan ikke åbnes lige nu" in client.get(f"/regning/{bill}").text
    assert rig.read(bill).state is ChargeState.DUE


def test_the_comparison_knows_the_money_of_bills(shop: Shop, bill: str) -> None:
    shop.stripe.pay(page_of(press(rig.customer(shop.app, bill), bill)))
    with shop.app.app_context():  # nothing was told: the comparison itself brings it in order
        came_to = reconciling.compare(shop.app.extensions["reconciling"], clock.now())
        assert (came_to.caught_up, came_to.found) == (1, 0)
        assert rig.read(bill).state is ChargeState.PAID
        assert reconciling.compare(shop.app.extensions["reconciling"], clock.now()).found == 0


def test_the_comparison_finds_a_bill_marked_paid_without_money_and_money_of_one_paid_at_the_door(
    shop: Shop, bill: str
) -> None:
    shop.stripe.pay(page_of(press(rig.customer(shop.app, bill), bill)))
    settle(shop)
    lonely = rig.charge(now=clock.now(), total_ore=50_000)
    with db.transaction() as session:
        for public_id, means in ((bill, PayMeans.CASH), (lonely, PayMeans.CARD)):
            charge = queries.by_public_id(session, public_id)
            assert charge is not None
            charge.state, charge.paid_means, charge.paid_at = ChargeState.PAID, means, clock.now()
    with shop.app.app_context():
        reconciling.compare(shop.app.extensions["reconciling"], clock.now())
    with db.reading() as session:
        assert {found.reference for found in session.scalars(sa.select(Finding))} == {bill, lonely}
    shown = rig.staff(shop.app).get("/personale/ordrer/afstemning/")
    assert f"/personale/service/betaling/{lonely}" in shown.text


def test_a_bill_is_opened_by_its_own_link_alone(shop: Shop, bill: str) -> None:
    stranger = rig.browser(shop.app)
    assert stranger.get(f"/regning/{bill}").status_code == 404
    assert stranger.post(f"/regning/{bill}/betal").status_code == 404
    assert stranger.get(f"/regning/{bill}/{'x' * 43}").status_code == 404
    other = rig.charge(now=clock.now())
    head = Head.of(shop.app.extensions["settings"])
    assert stranger.get(f"/regning/{bill}/{head.token('charge', other)}").status_code == 404
    assert stranger.get(f"/regning/{bill}/{head.token('job', bill)}").status_code == 404
    assert rig.payments(bill) == []


def test_a_link_ends_three_months_after_the_payment(shop: Shop, bill: str) -> None:
    client = rig.customer(shop.app, bill)
    with db.transaction() as session:
        charge = queries.by_public_id(session, bill)
        assert charge is not None
        actions.paid(session, charge, PayMeans.CASH, now=clock.now() - timedelta(days=91), by_staff_id=None)
    assert client.get(f"/regning/{bill}").status_code == 404


def test_an_amount_stripe_will_not_take_is_paid_at_the_door(shop: Shop) -> None:
    small = rig.charge(now=clock.now(), total_ore=paying.SMALLEST_ORE - 1)
    client = rig.customer(shop.app, small)
    assert "betal" not in client.get(f"/regning/{small}").text.partition("<form")[2].partition("</form>")[0]
    assert client.post(f"/regning/{small}/betal").status_code == 409
    assert rig.payments(small) == []


def test_every_mail_about_money_goes_once_and_can_be_read(shop: Shop, bill: str) -> None:
    head, now = Head.of(shop.app.extensions["settings"]), clock.now()
    assert letters.tell_all(head, now) == 1
    assert letters.tell_all(head, now) == 0
    (mail,) = rig.mails(bill)
    assert "Betal her: " in mail.body
    assert head.token("charge", bill) not in mail.body  # no secret lies in the outbox
    assert "Beløb: 1.234\xa0kr., heraf moms 246,80\xa0kr.\n" in mail.body
    client = rig.staff(shop.app)
    version = rig.read(bill).version
    for _press in range(2):
        answer = client.post(f"/personale/service/betaling/{bill}/send", data={"version": version})
    assert answer.status_code == 409
    assert len(rig.mails(bill)) == 2


def test_a_receipt_that_was_forgotten_is_sent_by_the_sweep(shop: Shop, bill: str) -> None:
    head, now = Head.of(shop.app.extensions["settings"]), clock.now()
    with db.transaction() as session:
        charge = queries.by_public_id(session, bill)
        assert charge is not None
        actions.paid(session, charge, PayMeans.CASH, now=now, by_staff_id=None)
    assert letters.tell_all(head, now) == 1
    assert letters.tell_all(head, now) == 0
    (mail,) = rig.mails(bill)
    assert "kontant" in mail.body


def test_no_due_is_left_behind(shop: Shop, bill: str) -> None:
    shop.stripe.pay(page_of(press(rig.customer(shop.app, bill), bill)))
    settle(shop)
    with db.reading() as session:
        assert session.scalar(sa.select(sa.func.count(PaymentDue.id)).where(PaymentDue.done_at.is_(None))) == 0


def test_many_tabs_at_the_same_moment_are_one_payment(shop: Shop, bill: str) -> None:
    clients = [rig.customer(shop.app, bill) for _each in range(8)]
    with ThreadPoolExecutor(len(clients)) as pool:
        addresses = set(pool.map(lambda client: press(client, bill), clients))
    assert len(rig.payments(bill)) == 1
    assert len({page_of(each) for each in addresses if each.startswith(shop.stripe.url)}) == 1
    assert len(shop.stripe.ledger()["session"]) == 1


def test_the_door_and_the_button_at_the_same_moment_take_the_money_once(shop: Shop) -> None:
    """Whoever is first: the customer has paid once, and an open page is closed or was never opened."""
    seller = rig.staff(shop.app)
    for _round in range(5):
        bill = rig.charge(now=clock.now())
        client = rig.customer(shop.app, bill)
        with ThreadPoolExecutor(2) as pool:
            pressed = pool.submit(press, client, bill)
            door = pool.submit(
                seller.post, f"/personale/service/betaling/{bill}/betalt", data={"betalt": "cash"}
            )  # fmt: skip
            assert door.result().status_code == 303
            address = pressed.result()
        if address.startswith(shop.stripe.url):
            try_to_pay(shop, page_of(address))
        settle(shop)
        settle(shop)
        assert rig.read(bill).paid_means is PayMeans.CASH
        assert PaymentState.OPENED not in {payment.state for payment in rig.payments(bill)}
    assert kept_ore(shop) == 0


def try_to_pay(shop: Shop, page: str) -> None:
    """Press "pay" on a page that may be closed by now."""
    with contextlib.suppress(AssertionError):
        shop.stripe.pay(page)
