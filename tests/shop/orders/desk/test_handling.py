"""What staff do with an order: once, however often it is pressed, and never without knowing how it was paid."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from shop.orders import actions, queries, securing, story
from shop.orders.desk import actions as desk
from shop.orders.models import CancelCause, CustomerKind, Order, OrderState, PayWay
from shop.orders.pickup import SHIPPED
from shop.payments.models import Deed, Payment, PaymentDue, PaymentState
from shop.payments.outcomes import DeedRefused
from tests.shop.orders.desk.scene import GONE, HEAD, TOTAL, age, lapse, secured, shows, sign_in, texts, thing_of
from tests.shop.orders.making import rig as making
from tests.shop.orders.rig import mails_about, order, payment
from workshop.core import db
from workshop.core.errors import Refusal
from workshop.core.money import PayMeans
from workshop.products.models import ItemState

HANDS = 8


def hand_over(public_id: str, now: datetime, means: PayMeans | None = None) -> None:
    with db.transaction() as session:
        actions.hand_over(session, public_id, means=means, now=now, by_staff_id=None)


def pay_at_pickup(public_id: str, now: datetime) -> None:
    with db.transaction() as session:
        desk.let_pay_at_pickup(session, public_id, head=HEAD, now=now, by_staff_id=None)


def dues() -> list[tuple[Deed, int]]:
    with db.reading() as session:
        return [tuple(row) for row in session.execute(sa.select(PaymentDue.deed, PaymentDue.amount_ore))]


def test_who_pays_on_fetching_is_handed_nothing_until_somebody_said_how(app: Flask, now: datetime) -> None:
    public_id = secured(now)
    with pytest.raises(Refusal, match="hvordan kunden har betalt"):
        hand_over(public_id, now)
    with pytest.raises(Refusal, match="faktura"):
        hand_over(public_id, now, PayMeans.INVOICE)
    assert order(public_id).state is OrderState.SECURED
    for _press in range(2):
        hand_over(public_id, now, PayMeans.MOBILEPAY)
    assert (order(public_id).state, order(public_id).paid_means) == (OrderState.HANDED_OVER, PayMeans.MOBILEPAY)
    assert texts(public_id).count("Udleveret. Betalt med MobilePay.") == 1


def test_an_authority_can_be_sent_an_invoice(app: Flask, now: datetime) -> None:
    public_id = secured(now)
    age(public_id, customer_kind=CustomerKind.PUBLIC)
    hand_over(public_id, now, PayMeans.INVOICE)
    assert order(public_id).paid_means is PayMeans.INVOICE


def test_what_was_prepaid_is_handed_over_without_another_capture(app: Flask, now: datetime) -> None:
    public_id = secured(now, pay_way=PayWay.CARD)
    age(public_id, pay_way=PayWay.PREPAID)
    shows(public_id, now, status="succeeded", received_ore=TOTAL)
    hand_over(public_id, now)
    assert dues() == []
    assert texts(public_id)[-1] == "Udleveret."


def test_nothing_is_packed_told_or_handed_over_while_it_is_being_made(app: Flask, now: datetime) -> None:
    with db.transaction() as session:
        public_id = making.bought(session, making.bench(session)).public_id
    presses: tuple[Callable[[Session], None], ...] = (
        lambda session: actions.make_ready(session, public_id, head=HEAD, now=now, by_staff_id=None),
        lambda session: desk.pack(session, public_id, now=now, by_staff_id=None),
        lambda session: actions.hand_over(session, public_id, means=PayMeans.CASH, now=now, by_staff_id=None),
    )
    for press in presses:
        with pytest.raises(Refusal, match="ikke lavet færdigt"), db.transaction() as session:
            press(session)
    assert order(public_id).packed_at is None


def test_a_code_finds_its_order_however_it_is_typed(app: Flask, now: datetime) -> None:
    public_id = secured(now)
    code = order(public_id).handover_code or ""
    assert len(code) == 6
    with db.reading() as session:
        for typed in (code, code.lower(), f" {code[:3]} {code[3:]} ", f"{code[:2]}-{code[2:]}"):
            assert queries.by_handover_code(session, typed) == public_id
        for wrong in ("", "   ", code[:5], f"{code}A", "%", "______"):
            assert queries.by_handover_code(session, wrong) is None


def test_a_moved_time_is_told_once_and_the_same_time_is_no_news(app: Flask, now: datetime) -> None:
    public_id = secured(now)
    slot = SHIPPED.slots(now)[3]
    before = len(mails_about(public_id))
    for _press in range(2):
        with db.transaction() as session:
            actions.change_slot(session, public_id, slot, head=HEAD, now=now)
    moved = order(public_id)
    assert (moved.pickup_on, moved.pickup_from_minute) == (slot.day, slot.from_minute)
    assert texts(public_id)[-1] == f"Ny tid: {slot.text}."
    assert texts(public_id).count(texts(public_id)[-1]) == 1
    assert len(mails_about(public_id)) + len(_moved_mails(public_id)) > before
    hand_over(public_id, now, PayMeans.CASH)
    with pytest.raises(Refusal, match="flyttes"), db.transaction() as session:
        actions.change_slot(session, public_id, SHIPPED.slots(now)[0], head=HEAD, now=now)


def _moved_mails(public_id: str) -> list[str]:
    """Mails about another time carry the time in their key, so each time is told of once."""
    with db.reading() as session:
        keys = sa.select(sa.column("key")).select_from(sa.table("outbox_mail"))
        return [key for key in session.scalars(keys) if public_id in key and "moved" in key]


def test_a_lapsed_reservation_becomes_pay_at_pickup_with_one_press_and_one_mail(app: Flask, now: datetime) -> None:
    public_id = secured(now, pay_way=PayWay.CARD)
    with pytest.raises(Refusal, match="sluppet"):
        pay_at_pickup(public_id, now)
    lapse(public_id, now)
    assert order(public_id).state is OrderState.NEEDS_ATTENTION
    for _press in range(2):
        pay_at_pickup(public_id, now)
    row = order(public_id)
    assert (row.state, row.pay_way, row.attention) == (OrderState.SECURED, PayWay.AT_PICKUP, "")
    assert [mail.subject for mail in mails_about(public_id)].count("Ordre 2026-0001 betales, når du får den") == 1
    hand_over(public_id, now, PayMeans.CASH)
    assert dues() == []


def test_who_is_asked_to_pay_on_fetching_gets_time_to_come(app: Flask, now: datetime) -> None:
    public_id = secured(now, pay_way=PayWay.CARD)
    later = now + timedelta(days=9)
    lapse(public_id, later)
    pay_at_pickup(public_id, later)
    assert order(public_id).pickup_on == SHIPPED.slots(later)[0].day


def test_what_was_sold_to_somebody_else_cannot_be_paid_at_pickup(app: Flask, now: datetime) -> None:
    public_id = secured(now, pay_way=PayWay.CARD)
    age(public_id, state=OrderState.NEEDS_ATTENTION, secured_at=None)
    with db.transaction() as session:
        session.execute(sa.update(Payment).values(state=PaymentState.LAPSED))
    with pytest.raises(Refusal):
        pay_at_pickup(public_id, now)


def test_a_card_that_says_no_after_hand_over_is_paid_otherwise(app: Flask, now: datetime) -> None:
    public_id = secured(now, pay_way=PayWay.CARD)
    hand_over(public_id, now)
    refuse(public_id, Deed.CAPTURE, "charge_expired", now)
    assert order(public_id).state is OrderState.NEEDS_ATTENTION
    with pytest.raises(Refusal, match="beslutning"), db.transaction() as session:
        desk.seen(session, public_id, now=now, by_staff_id=None)
    for _press in range(2):
        with db.transaction() as session:
            desk.paid_otherwise(session, public_id, means=PayMeans.CASH, now=now, by_staff_id=None)
    row = order(public_id)
    assert (row.state, row.paid_means, row.attention) == (OrderState.HANDED_OVER, PayMeans.CASH, "")
    assert texts(public_id).count("Betalt kontant.") == 1


def test_a_refund_that_was_refused_is_not_paid_once_more(client: FlaskClient, now: datetime) -> None:
    public_id = secured(now, pay_way=PayWay.CARD)
    hand_over(public_id, now)
    with db.transaction() as session:
        session.execute(sa.update(Payment).values(state=PaymentState.CAPTURED, captured_ore=Payment.amount_ore))
    refuse(public_id, Deed.REFUND, "refund_failed", now)
    assert order(public_id).state is OrderState.NEEDS_ATTENTION
    sign_in(client)
    page = client.get(f"/personale/ordrer/{public_id}").text
    assert "sagde nej" in page
    assert "Kunden har betalt" not in page
    with pytest.raises(Refusal, match="mangler at blive betalt"), db.transaction() as session:
        desk.paid_otherwise(session, public_id, means=PayMeans.CASH, now=now, by_staff_id=None)
    assert order(public_id).paid_means is None


def refuse(public_id: str, deed: Deed, code: str, now: datetime) -> None:
    with db.transaction() as session:
        securing.follow(session, DeedRefused(public_id, payment(public_id).id, deed, code), now, head=HEAD)


def test_a_void_that_is_refused_never_gives_the_things_back_twice(app: Flask, now: datetime) -> None:
    public_id = secured(now, pay_way=PayWay.CARD)
    for _press in range(2):
        with db.transaction() as session:
            actions.cancel(session, public_id, cause=CancelCause.STAFF, head=HEAD, now=now)
        refuse(public_id, Deed.VOID, "payment_intent_unexpected_state", now)
    assert order(public_id).state is OrderState.CANCELLED
    assert "sagde nej" in order(public_id).attention
    assert thing_of(public_id).quantity == 1
    with db.transaction() as session:
        desk.seen(session, public_id, now=now, by_staff_id=None)
    assert order(public_id).attention == ""


def test_a_refusal_of_what_has_happened_already_troubles_nobody(app: Flask, now: datetime) -> None:
    public_id = secured(now, pay_way=PayWay.CARD)
    with db.transaction() as session:
        actions.cancel(session, public_id, cause=CancelCause.STAFF, head=HEAD, now=now)
    shows(public_id, now, **GONE)
    refuse(public_id, Deed.VOID, "payment_intent_unexpected_state", now)
    assert order(public_id).attention == ""


def press_together(press: Callable[[], None], times: int = HANDS) -> list[str]:
    """What each of so many hands was told when all of them pressed at once."""
    together = Barrier(times)

    def one(_number: int) -> str:
        together.wait()
        try:
            press()
        except Refusal:
            return "no"
        return "yes"

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(one, range(times)))


def test_two_who_hand_over_at_once_hand_over_once(app: Flask, now: datetime) -> None:
    public_id = secured(now, pay_way=PayWay.CARD)
    assert press_together(lambda: hand_over(public_id, now)) == ["yes"] * HANDS
    assert dues() == [(Deed.CAPTURE, TOTAL)]
    assert len([text for text in texts(public_id) if text.startswith("Udleveret")]) == 1
    with db.reading() as session:
        loaded = session.scalars(sa.select(Order)).one()
        assert loaded.state is OrderState.HANDED_OVER


def test_handing_over_and_calling_off_at_once_is_one_of_the_two(app: Flask, now: datetime) -> None:
    public_id = secured(now, pay_way=PayWay.CARD)
    turns = iter([True, False] * HANDS)

    def press() -> None:
        if next(turns):
            hand_over(public_id, now)
        else:
            with db.transaction() as session:
                actions.cancel(session, public_id, cause=CancelCause.STAFF, head=HEAD, now=now)

    assert "no" in press_together(press)
    is_out = order(public_id).state is OrderState.HANDED_OVER
    assert thing_of(public_id).state is (ItemState.HANDED_OVER if is_out else ItemState.FOR_SALE)
    assert dues() == [(Deed.CAPTURE, TOTAL) if is_out else (Deed.VOID, 0)]


def test_without_the_lock_two_hands_write_two_lines(app: Flask, now: datetime) -> None:
    """The control: look first, write afterwards, with nothing between the two that guards."""
    public_id = secured(now, pay_way=PayWay.CARD)
    looked = Barrier(HANDS)

    def one(_number: int) -> None:
        with db.reading() as session:
            found = session.scalars(sa.select(Order).where(Order.public_id == public_id)).one()
            is_open = found.state is OrderState.SECURED
            session.expunge_all()
        looked.wait()
        if is_open:
            with db.transaction() as session:
                story.tell(session, found, "Udleveret.", now)

    with ThreadPoolExecutor(HANDS) as pool:
        list(pool.map(one, range(HANDS)))
    assert texts(public_id).count("Udleveret.") == HANDS
