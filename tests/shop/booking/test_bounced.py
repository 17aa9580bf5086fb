"""Money of a bill that its customer's bank sends back stands before staff until it is sent again or given by hand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from shop.booking import bounced
from shop.payments.models import Finding, PaymentDue
from shop.payments.reconciling import actions as reconciling
from shop.till import daybook
from tests.shop.booking import rig
from tests.shop.booking.test_paying import kept_ore, page_of, press, settle
from tests.shop.orders.rig import Shop, open_shop
from workshop.core import clock, db
from workshop.core.money import PayMeans
from workshop.services.billing import actions, queries

PAGE = "/personale/service/betaling"
HEADING = "Pengene kom ikke tilbage til kunden"


@pytest.fixture
def shop(database_url: str, tmp_path: Path) -> Iterator[Shop]:
    with open_shop(database_url, tmp_path) as opened:
        yield opened


@pytest.fixture
def bill(shop: Shop) -> str:
    """Paid in cash and by the link, and the second money is on its way back."""
    public_id = rig.charge(now=clock.now())
    address = press(rig.customer(shop.app, public_id), public_id)
    with db.transaction() as session:
        charge = queries.by_public_id(session, public_id)
        assert charge is not None
        actions.paid(session, charge, PayMeans.CASH, now=clock.now(), by_staff_id=None)
    shop.stripe.pay(page_of(address))
    settle(shop)
    assert kept_ore(shop) == 0
    return public_id


@pytest.fixture
def staff(shop: Shop) -> FlaskClient:
    return rig.staff(shop.app)


def bounce(shop: Shop) -> None:
    """The customer's bank sends the newest refund back."""
    shop.stripe.control(f"refunds/{shop.stripe.ledger()['refund'][-1]['id']}/bounce")
    shop.deliver(shop.events("refund.failed"))


def stuck() -> list[tuple[str, int]]:
    with db.reading() as session:
        found = [(each.public_id, each.amount_ore) for each in bounced.stuck(session)]
        assert bounced.count(session) == len(found)
        return found


def refunds_due() -> int:
    return sum(not is_done for deed, _ore, is_done in rig.dues() if deed == "refund")


def test_nothing_stands_there_while_the_money_arrives(shop: Shop, bill: str, staff: FlaskClient) -> None:
    assert stuck() == []
    assert HEADING not in staff.get(PAGE).text
    assert "venter på penge tilbage" not in staff.get("/personale/service").text
    assert staff.post(f"{PAGE}/{bill}/tilbage-igen").status_code == 409
    assert staff.post(f"{PAGE}/{bill}/tilbage-i-haanden", data={"givet": "cash"}).status_code == 409


def test_a_bill_paid_by_its_link_alone_keeps_its_money(shop: Shop, staff: FlaskClient) -> None:
    bill = rig.charge(now=clock.now())
    shop.stripe.pay(page_of(press(rig.customer(shop.app, bill), bill)))
    settle(shop)
    assert stuck() == []
    assert staff.post(f"{PAGE}/{bill}/tilbage-igen").status_code == 409
    assert (kept_ore(shop), refunds_due()) == (rig.TOTAL, 0)


def test_it_is_sent_again_once_and_asked_about_again_if_it_comes_back_again(
    shop: Shop, bill: str, staff: FlaskClient
) -> None:
    bounce(shop)
    bounce_heard_twice = shop.deliver(shop.events("refund.failed"))
    assert set(bounce_heard_twice) == {"200"}
    assert stuck() == [(bill, rig.TOTAL)]
    assert HEADING in staff.get(PAGE).text
    assert "kunde venter på penge tilbage" in staff.get("/personale/service").text
    assert "Kunden skal have 1.234" in staff.get(f"{PAGE}/{bill}").text
    answers = [staff.post(f"{PAGE}/{bill}/tilbage-igen").status_code for _press in range(2)]
    assert answers == [303, 409]
    assert stuck() == []
    settle(shop)
    assert (kept_ore(shop), refunds_due()) == (0, 0)
    assert HEADING not in staff.get(PAGE).text
    bounce(shop)
    assert stuck() == [(bill, rig.TOTAL)]


def test_a_bill_called_off_whose_money_came_back_stands_there_as_well(shop: Shop, staff: FlaskClient) -> None:
    bill = rig.charge(now=clock.now())
    shop.stripe.pay(page_of(press(rig.customer(shop.app, bill), bill)))
    settle(shop)
    staff.post(f"{PAGE}/{bill}/annuller", data={"hvorfor": "Hækken var ikke din."})
    settle(shop)
    bounce(shop)
    assert stuck() == [(bill, rig.TOTAL)]


def test_what_is_given_by_hand_is_in_the_days_book_and_is_never_sent_as_well(
    shop: Shop, bill: str, staff: FlaskClient
) -> None:
    bounce(shop)
    assert staff.post(f"{PAGE}/{bill}/tilbage-i-haanden", data={"givet": "card"}).status_code == 422
    answers = [staff.post(f"{PAGE}/{bill}/tilbage-i-haanden", data={"givet": "cash"}).status_code for _ in range(2)]
    assert answers == [303, 409]
    assert stuck() == []
    with db.reading() as session:
        entries = daybook.of_day(session, clock.local_day(clock.now()))
        assert [(each.what, each.amount_ore) for each in entries] == [
            (daybook.What.BILL_BACK, -rig.TOTAL),
            (daybook.What.BILL, rig.TOTAL),
        ]
        (finding,) = session.scalars(sa.select(Finding))
        assert finding.by_staff_id is not None
        assert rig.read(bill).number in finding.text
    staff.post(f"{PAGE}/{bill}/annuller", data={"hvorfor": "En fejl hos os."})
    settle(shop)
    assert refunds_due() == 0
    assert kept_ore(shop) == rig.TOTAL, "the card's money stays, since the customer has had it otherwise"


def test_the_comparison_asks_about_it_until_it_is_given_by_hand(shop: Shop, bill: str, staff: FlaskClient) -> None:
    bounce(shop)
    with shop.app.app_context():
        assert reconciling.compare(shop.app.extensions["reconciling"], clock.now()).found == 1
        staff.post(f"{PAGE}/{bill}/tilbage-i-haanden", data={"givet": "invoice"})
        assert reconciling.compare(shop.app.extensions["reconciling"], clock.now()).found == 0
    with db.reading() as session:
        (finding,) = session.scalars(sa.select(Finding))
        assert "Overførsel" in finding.text
        entries = daybook.of_day(session, clock.local_day(clock.now()))
        assert [each.what for each in entries] == [daybook.What.BILL], "a transfer never lies in the box"


def test_one_who_sends_it_and_one_who_gives_it_do_not_both(shop: Shop, bill: str, staff: FlaskClient) -> None:
    bounce(shop)
    other = rig.staff(shop.app)
    assert staff.post(f"{PAGE}/{bill}/tilbage-igen").status_code == 303
    assert other.post(f"{PAGE}/{bill}/tilbage-i-haanden", data={"givet": "cash"}).status_code == 409
    with db.reading() as session:
        assert session.scalar(sa.select(sa.func.count(PaymentDue.id)).where(PaymentDue.problem.like("by_hand%"))) == 0
