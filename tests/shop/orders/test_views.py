"""The customer's order page and the sales desk."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from support import factories

from shop.orders import actions, securing
from shop.orders.letterhead import Letterhead
from shop.orders.models import OrderState, PayWay
from shop.orders.payways import last_card_day
from shop.orders.pickup import SHIPPED
from shop.payments.models import Payment, PaymentState
from tests.shop.orders.rig import basket_with, for_sale, item, mails_about, order, place
from workshop.core import clock, db
from workshop.core.access import Role
from workshop.core.config import Mode
from workshop.products.models import ItemState


@pytest.fixture
def head(client: FlaskClient) -> Letterhead:
    return Letterhead.of(client.application.extensions["settings"])


@pytest.fixture
def reserved(client: FlaskClient, head: Letterhead) -> str:
    """An order to be paid at pickup, not confirmed yet."""
    now = clock.now()
    return place(
        basket_with(*for_sale("Havebænk"), now=now),
        now=now,
        pay_way=PayWay.AT_PICKUP,
        slot=SHIPPED.slots(now)[0],
        head=head,
    ).public_id


@pytest.fixture
def secured(client: FlaskClient, reserved: str, head: Letterhead) -> str:
    with db.transaction() as session:
        securing.secure(session, actions.load(session, reserved), clock.now(), head)
    return reserved


def confirm_path(client: FlaskClient, public_id: str) -> str:
    """The link of the first mail, as its reader gets it."""
    head = Letterhead.of(client.application.extensions["settings"])
    return head.with_tokens(mails_about(public_id)[0].body).split("http://localhost")[1].split()[0]


def sign_in(client: FlaskClient, *roles: Role) -> None:
    with db.transaction() as session:
        email = factories.staff(session, roles=roles).email
    client.post("/personale/log-ind", data={"email": email, "password": factories.PASSWORD})


def test_the_link_in_the_mail_opens_the_order_at_a_clean_address(
    client: FlaskClient, secured: str, head: Letterhead
) -> None:
    answer = client.get(head.order_link(secured))
    assert (answer.status_code, answer.location) == (303, f"/ordre/{secured}")
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert f"Path=/ordre/{secured}" in cookie
    page = client.get(answer.location)
    assert page.status_code == 200
    assert "Det er dit." in page.text
    assert page.headers["Cache-Control"] == "no-store"


def test_an_order_is_the_same_404_without_its_link_with_a_wrong_one_and_when_there_is_none(
    client: FlaskClient, secured: str
) -> None:
    bodies = set()
    for path in (f"/ordre/{secured}", f"/ordre/{secured}/forkert", "/ordre/findesikke", "/ordre/findesikke/x"):
        answer = client.get(path)
        assert answer.status_code == 404
        bodies.add(answer.data)
    assert len(bodies) == 1


def test_one_orders_cookie_opens_no_other(client: FlaskClient, secured: str, head: Letterhead) -> None:
    now = clock.now()
    other = place(basket_with(*for_sale("Bord"), now=now), now=now, head=head).public_id
    cookie = client.get(head.order_link(secured)).headers["Set-Cookie"].split(";")[0].split("=", 1)[1]
    client.set_cookie("ordre", cookie, path=f"/ordre/{other}")
    assert client.get(f"/ordre/{other}").status_code == 404


def test_a_link_that_has_expired_opens_nothing(client: FlaskClient, secured: str, head: Letterhead) -> None:
    client.get(head.order_link(secured))
    with db.transaction() as session:
        actions.load(session, secured).link_expires_at = clock.now()
    assert client.get(head.order_link(secured)).status_code == 404
    assert client.get(f"/ordre/{secured}").status_code == 404


def test_opening_the_confirmation_link_changes_nothing_pressing_its_button_does(
    client: FlaskClient, reserved: str
) -> None:
    path = confirm_path(client, reserved)
    page = client.get(path)
    assert "Ja, jeg henter det" in page.text
    assert order(reserved).state is OrderState.PLACED
    answer = client.post(path)
    assert answer.status_code == 303
    assert order(reserved).state is OrderState.SECURED
    assert client.get(answer.location).status_code == 200
    assert client.get(f"/ordre/{reserved}/bekraeft/forkert").status_code == 404
    assert client.post(f"/ordre/{reserved}/bekraeft/forkert").status_code == 404


def test_a_customer_calls_off_after_being_asked_once(client: FlaskClient, secured: str, head: Letterhead) -> None:
    assert client.post(f"/ordre/{secured}/annuller").status_code == 404  # not let in
    client.get(head.order_link(secured))
    assert "Ja, annullér ordren" in client.get(f"/ordre/{secured}/annuller").text
    assert client.post(f"/ordre/{secured}/annuller").status_code == 303
    assert order(secured).state is OrderState.CANCELLED
    assert "Ordren er annulleret" in client.get(f"/ordre/{secured}").text
    again = client.get(f"/ordre/{secured}/annuller")  # Back
    assert (again.status_code, again.headers["Location"]) == (303, f"/ordre/{secured}")


def test_the_desk_takes_an_order_from_ready_to_handed_over(client: FlaskClient, secured: str) -> None:
    sign_in(client, Role.SALES)
    desk = client.get("/personale/ordrer")
    assert "1 venter på jer" in desk.text
    assert "Er pakket" in desk.text
    assert client.post(f"/personale/ordrer/{secured}/klar").status_code == 303
    page = client.get(f"/personale/ordrer/{secured}")
    assert "Klar til afhentning" in page.text
    paid = {"betalt": "mobilepay"}
    assert client.post(f"/personale/ordrer/{secured}/udlever", data=paid).status_code == 303
    assert order(secured).state is OrderState.HANDED_OVER
    assert client.post(f"/personale/ordrer/{secured}/annuller").status_code == 409
    assert client.post(f"/personale/ordrer/{secured}/betal-tilbage").status_code == 409
    assert client.get("/personale/ordrer/findesikke").status_code == 404


def test_the_desk_finds_an_order_by_number_name_and_thing(client: FlaskClient, secured: str) -> None:
    sign_in(client, Role.MANAGER)
    year = order(secured).number[:4]
    for words in ("0001", "ane", "havebænk", f"Ane {year}"):
        assert secured in client.get("/personale/ordrer", query_string={"q": words}).text
    assert secured not in client.get("/personale/ordrer", query_string={"q": "100%"}).text


@pytest.mark.parametrize("role", [Role.WORKSHOP, Role.CONSULTANT, Role.AUDITOR])
def test_the_desk_is_closed_to_others(client: FlaskClient, secured: str, role: Role) -> None:
    assert client.get("/personale/ordrer").status_code == 303
    sign_in(client, role)
    assert client.get("/personale/ordrer").status_code == 403
    assert client.get(f"/personale/ordrer/{secured}").status_code == 403
    assert client.get("/personale/mails").status_code == 403


def test_a_manager_pays_back_but_does_not_handle(client: FlaskClient, secured: str) -> None:
    sign_in(client, Role.MANAGER)
    assert client.post(f"/personale/ordrer/{secured}/klar").status_code == 403
    assert client.post(f"/personale/ordrer/{secured}/betal-tilbage").status_code == 303
    assert order(secured).state is OrderState.CANCELLED


def test_the_mails_page_shows_what_was_written_but_not_the_end_of_a_link(
    client: FlaskClient, secured: str, head: Letterhead
) -> None:
    sign_in(client, Role.SALES)
    page = client.get("/personale/mails")
    assert "Tak for din ordre" in page.text
    assert "STANDARDFORTRYDELSESFORMULAR" in page.text
    assert f"/ordre/{secured}/…" in page.text
    assert f"/ordre/{secured}/bekraeft/…" in page.text
    assert head.link_token(secured) not in page.text
    written = mails_about(secured)[-1].body
    assert head.link_token(secured) not in written  # nor does it lie in the outbox
    assert head.order_link(secured) in head.with_tokens(written)


def test_the_demo_offers_the_links_because_no_mail_arrives_there(
    client: FlaskClient, secured: str, head: Letterhead
) -> None:
    sign_in(client, Role.SALES)
    app = client.application
    app.extensions["settings"] = replace(app.extensions["settings"], mode=Mode.DEMO)
    assert f'href="{head.order_link(secured)}"' in client.get("/personale/mails").text


def test_the_confirmation_link_leads_to_the_order_once_it_is_confirmed(client: FlaskClient, reserved: str) -> None:
    path = confirm_path(client, reserved)
    client.post(path)
    again = client.get(path)
    assert (again.status_code, again.location) == (303, f"/ordre/{reserved}")
    assert "Det er dit." in client.get(again.location).text


def test_a_late_confirmation_link_offers_no_button(client: FlaskClient, reserved: str) -> None:
    path = confirm_path(client, reserved)
    with db.transaction() as session:
        actions.load(session, reserved).placed_at = clock.now() - timedelta(minutes=31)
    page = client.get(path).text
    assert "Ja, jeg henter det" not in page
    assert "Tiden gik" in page


def test_a_cancelled_order_says_why_and_sends_nobody_to_the_workshop(
    client: FlaskClient, secured: str, head: Letterhead
) -> None:
    client.get(head.order_link(secured))
    assert "Her henter du" in client.get(f"/ordre/{secured}").text
    client.post(f"/ordre/{secured}/annuller")
    page = client.get(f"/ordre/{secured}").text
    assert "Du har annulleret ordren. Der er ikke trukket nogen penge." in page
    assert "Her henter du" not in page
    sign_in(client, Role.SALES)
    assert "Annulleret af kunden" in client.get(f"/personale/ordrer/{secured}").text


def test_who_comes_from_paying_is_thanked_while_the_bank_answers(client: FlaskClient, head: Letterhead) -> None:
    now = clock.now()
    public_id = place(basket_with(*for_sale("Bord"), now=now), now=now, head=head).public_id
    client.get(head.order_link(public_id))
    thanked = client.get(f"/ordre/{public_id}?betalt=1").text
    assert "Tak. Vi venter på svar fra banken" in thanked
    for part in ('<noscript><meta http-equiv="refresh" content="3"></noscript>', 'data-every="2"'):
        assert part in thanked, "it looks for the answer by itself, and reloads only without scripts"
    assert "Vi venter på din betaling" in client.get(f"/ordre/{public_id}").text
    client.post(f"/ordre/{public_id}/annuller")
    over = client.get(f"/ordre/{public_id}").text
    assert "refresh" not in over
    assert "data-every" not in over


def test_while_stripe_is_away_the_order_page_says_so_and_stays(client: FlaskClient, head: Letterhead) -> None:
    now = clock.now()
    public_id = place(basket_with(*for_sale("Bord"), now=now), now=now, head=head).public_id
    client.get(head.order_link(public_id))
    answer = client.post(f"/ordre/{public_id}/betal")
    assert (answer.status_code, answer.location) == (303, f"/ordre/{public_id}")
    assert "Intet er trukket. Prøv igen om lidt." in client.get(answer.location).text


def test_what_is_cancelled_at_the_desk_is_for_sale_again(client: FlaskClient, secured: str, now: datetime) -> None:
    sign_in(client, Role.SALES)
    client.post(f"/personale/ordrer/{secured}/annuller")
    assert item(1).state is ItemState.FOR_SALE
    assert [mail.subject for mail in mails_about(secured)][-1].endswith("annulleret")


def test_money_that_is_gone_is_not_offered_back(client: FlaskClient, head: Letterhead) -> None:
    now = clock.now()
    public_id = place(basket_with(*for_sale("Bord"), now=now), now=now, head=head).public_id
    sign_in(client, Role.SALES)

    def page_with(state: PaymentState) -> str:
        with db.transaction() as session:
            actions.load(session, public_id).state = OrderState.NEEDS_ATTENTION
            session.scalars(sa.select(Payment)).one().state = state
        return client.get(f"/personale/ordrer/{public_id}").text

    assert "Betal tilbage" not in page_with(PaymentState.LAPSED)
    assert "Betal tilbage" in page_with(PaymentState.AUTHORISED)


def test_a_hold_that_is_over_is_not_promised(client: FlaskClient, head: Letterhead) -> None:
    now = clock.now()
    public_id = place(basket_with(*for_sale("Bord"), now=now), now=now, head=head).public_id
    client.get(head.order_link(public_id))
    assert "Vi holder den til dig til kl." in client.get(f"/ordre/{public_id}").text
    with db.transaction() as session:
        actions.load(session, public_id).placed_at = now - timedelta(minutes=41)
    assert "Vi holder den til dig til kl." not in client.get(f"/ordre/{public_id}").text


@pytest.mark.parametrize(("way", "is_kept"), [(PayWay.CARD, True), (PayWay.AT_PICKUP, False)])
def test_what_is_reserved_on_a_card_is_not_moved_beyond_the_reservation(
    client: FlaskClient, head: Letterhead, way: PayWay, is_kept: bool
) -> None:
    now = clock.now()
    public_id = place(
        basket_with(*for_sale("Havebænk"), now=now), now=now, pay_way=way, slot=SHIPPED.slots(now)[0], head=head
    ).public_id
    with db.transaction() as session:
        securing.secure(session, actions.load(session, public_id), now, head)
    client.get(head.order_link(public_id))
    page = client.get(f"/ordre/{public_id}/anden-tid").text
    days = re.findall(r'value="(\d{4}-\d\d-\d\d)-\d+"', page)
    assert days
    assert (max(days) <= last_card_day(now).isoformat()) is is_kept
    late = client.post(f"/ordre/{public_id}/anden-tid", data={"tid": SHIPPED.slots(now)[-1].key})
    assert late.status_code == (422 if is_kept else 303)
