"""Declaring that one changes one's mind: kept and answered alike whether there is such an order or not."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from support import factories

from shop.orders.models import Order, OrderEvent, OrderLine, OrderState, PayWay
from shop.orders.withdrawing import actions, complaining, queries
from shop.orders.withdrawing.finding import renew
from shop.orders.withdrawing.models import ComplaintState, Withdrawal, WithdrawalState
from tests.shop.orders.rig import HEAD, item, order
from tests.shop.orders.withdrawing.scene import declare, dues, handed_over, lines, mails, secured
from workshop.core import clock, db
from workshop.core.errors import Refusal
from workshop.products.models import ItemState


class Statements:
    """The statements that go to the database while it is open."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def __enter__(self) -> Statements:
        sa.event.listen(db.database().writer, "before_cursor_execute", self._note)
        return self

    def __exit__(self, *_: object) -> None:
        sa.event.remove(db.database().writer, "before_cursor_execute", self._note)

    def _note(self, _connection: object, _cursor: object, statement: str, *_: object) -> None:
        self.seen.append(statement)


def withdrawals() -> list[Withdrawal]:
    with db.reading() as session:
        found = list(session.scalars(sa.select(Withdrawal).order_by(Withdrawal.id)))
        session.expunge_all()
        return found


def settle_one(now: datetime) -> str:
    """The only declaration, matched with its order."""
    actions.match_waiting(now)
    return withdrawals()[0].public_id


def test_the_same_statements_and_the_same_mail_whether_the_order_exists_or_not(app: Flask, now: datetime) -> None:
    public_id = handed_over(now, 115_000)
    number = order(public_id).number
    with Statements() as there:
        declare(now, once="a" * 22, order_number=number)
    with Statements() as not_there:
        declare(now, once="b" * 22, order_number="2026-9999")
    assert there.seen == not_there.seen
    first, second = mails("withdrawal-received")
    assert first.body.replace(number, "NR") == second.body.replace("2026-9999", "NR")
    assert "modtaget" in first.body
    assert "godkendt" not in first.body


def test_a_declaration_has_day_and_time_in_its_receipt(app: Flask, now: datetime) -> None:
    declare(now, lines_text="Bænken")
    body = mails("withdrawal-received")[0].body
    assert "tirsdag den 24. november" in body
    assert "kl. 10.00" in body
    assert "Bænken" in body


def test_a_receipt_says_where_the_thing_goes_and_by_when_but_not_for_a_service(app: Flask, now: datetime) -> None:
    declare(now, once="a" * 22)
    declare(now, once="b" * 22, order_number="H2026-0012")
    of_goods, of_service = (each.body for each in mails("withdrawal-received"))
    back = f"så aflever den senest {clock.day_text(date(2026, 12, 8))} på"
    assert back in of_goods
    assert back not in of_service


def test_the_same_form_and_the_same_words_are_one(app: Flask, now: datetime) -> None:
    first = declare(now, once="a" * 22)
    assert declare(now, once="a" * 22).id == first.id
    assert declare(now + timedelta(minutes=30), once="b" * 22).id == first.id
    assert declare(now + timedelta(minutes=61), once="c" * 22).id != first.id
    assert len(mails("withdrawal-received")) == 2


def test_a_flood_for_one_address_is_kept_but_not_mailed(app: Flask, now: datetime) -> None:
    for count in range(9):
        declare(now, once=f"{count}".ljust(22, "x"), order_number=f"2026-{count:04d}", email="offer@example.dk")
    declare(now, once="z" * 22, email="another@example.dk")
    assert len(withdrawals()) == 10, "what is declared is always kept"
    assert len(mails("withdrawal-received")) == actions.MOST_RECEIPTS + 1
    declare(now + timedelta(minutes=61), once="y" * 22, email="offer@example.dk")
    assert len(mails("withdrawal-received")) == actions.MOST_RECEIPTS + 2


@pytest.mark.parametrize("written", ["{number}", " #{number} ", "Ordre {number}", "{year} {count}"])
def test_the_order_is_found_by_number_and_mail_however_it_is_written(app: Flask, now: datetime, written: str) -> None:
    public_id = handed_over(now, 115_000)
    number = order(public_id).number
    year, count = number.split("-")
    typed = written.format(number=number, year=year, count=int(count))
    declare(now, order_number=typed, email=" ANE@example.dk ")
    assert actions.match_waiting(now) == 1
    assert actions.match_waiting(now) == 0
    found = withdrawals()[0]
    assert found.order_id == order(public_id).id
    assert found.deadline_on == clock.local_day(now) + timedelta(14)
    with db.reading() as session:
        told = session.scalars(sa.select(OrderEvent.text)).all()
    assert [text for text in told if "Kunden har fortrudt" in text] == ["Kunden har fortrudt: hele ordren."]


def test_another_mail_address_finds_nothing_but_staff_are_shown_what_it_could_be(app: Flask, now: datetime) -> None:
    public_id = handed_over(now, 115_000)
    number = order(public_id).number
    declare(now, order_number=number, email="ane.privat@example.dk")
    assert actions.match_waiting(now) == 0
    with db.transaction() as session:
        row = queries.withdrawal(session, withdrawals()[0].public_id)
        assert row is not None
        assert [
            (each.number, each.is_same_number, each.is_same_mail) for each in queries.suggestions(session, row)
        ] == [(number, True, False)]
        actions.attach(session, row.public_id, number, now=now)
    assert withdrawals()[0].order_id == order(public_id).id


def test_staff_are_shown_orders_of_the_same_name_after_those_that_fit_better(app: Flask, now: datetime) -> None:
    number = order(handed_over(now, 115_000)).number
    with db.reading() as session:
        name = session.scalars(sa.select(Order.customer_name)).one()
    declare(now, order_number="noget helt andet", email="en.anden@example.dk", name=f" {name.lower()} ")
    declare(now, order_number="noget helt andet", email="en.anden@example.dk", name="En Helt Anden", once="v" * 22)
    with db.reading() as session:
        rows = [queries.withdrawal(session, each.public_id) for each in withdrawals()]
        suggested = [[each.number for each in queries.suggestions(session, row)] for row in rows if row]
    assert suggested == [[number], []]


def test_the_last_digits_find_an_order_where_they_fit_only_one(app: Flask, now: datetime) -> None:
    public_id = handed_over(now, 115_000)
    with db.transaction() as session:
        session.execute(sa.update(Order).values(number="2026-0311"))
        assert [queries.by_number(session, text) for text in ("311", " 0311 ", "11", "312", "1e9")] == [
            public_id,
            public_id,
            None,
            None,
            None,
        ]


def test_a_declaration_tied_to_the_wrong_order_is_moved_and_the_wrong_one_waits_no_more(
    app: Flask, now: datetime
) -> None:
    wrong, right = secured(now, 115_000), secured(now, 29_500)
    declare(now, order_number="ved ikke", email="en.anden@example.dk")
    for public_id in (wrong, right, right):
        with db.transaction() as session:
            actions.attach(session, withdrawals()[0].public_id, order(public_id).number, now=now)
    assert withdrawals()[0].order_id == order(right).id
    assert [order(each).attention for each in (wrong, right)] == ["", actions.waiting_text()]


def test_without_the_contract_in_writing_there_are_twelve_months_more(app: Flask, now: datetime) -> None:
    public_id = handed_over(now, 115_000)
    with db.transaction() as session:
        session.execute(sa.text("update outbox_mail set sent_at = null"))
    declare(now, order_number=order(public_id).number)
    actions.match_waiting(now)
    deadline = withdrawals()[0].deadline_on
    assert deadline is not None
    assert deadline.isoformat() == "2027-12-08"


def test_an_order_that_waits_is_marked_so_that_nobody_hands_it_over_unseen(app: Flask, now: datetime) -> None:
    public_id = secured(now, 115_000)
    declare(now, order_number=order(public_id).number)
    withdrawal = settle_one(now)
    assert order(public_id).attention == actions.waiting_text()
    assert withdrawals()[0].deadline_on is None, "nothing has been handed over"
    with db.transaction() as session:
        actions.call_off(session, withdrawal, head=HEAD, now=now, by_staff_id=None)
    with db.transaction() as session:
        actions.call_off(session, withdrawal, head=HEAD, now=now, by_staff_id=None)
    assert order(public_id).state is OrderState.CANCELLED
    assert [deed for deed, _amount, _done in dues()] == ["void"], "nothing was taken, so nothing is refunded"
    assert withdrawals()[0].state is WithdrawalState.SETTLED
    thing = lines(public_id)[0].item_id
    assert thing is not None
    assert item(thing).state is ItemState.FOR_SALE


def test_a_refusal_goes_by_mail_once_and_cannot_be_settled_otherwise(app: Flask, now: datetime) -> None:
    public_id = handed_over(now, 115_000)
    declare(now, order_number=order(public_id).number)
    withdrawal = settle_one(now)
    for _press in range(2):
        with db.transaction() as session:
            actions.refuse(session, withdrawal, reason="Fristen var gået.", head=HEAD, now=now, by_staff_id=None)
    assert len(mails("withdrawal-refused")) == 1
    assert "Fristen var gået." in mails("withdrawal-refused")[0].body
    with pytest.raises(Refusal), db.transaction() as session:
        actions.settle(session, withdrawal, note="", now=now, by_staff_id=None)


def test_lines_are_chosen_on_ones_own_order_and_only_what_is_there(app: Flask, now: datetime) -> None:
    public_id = handed_over(now, 10_000, pieces=3)
    line = lines(public_id)[0]
    for chosen in ({}, {line.id: 4}, {line.id + 99: 1}):
        with pytest.raises(Refusal):
            declare(now, own_order=public_id, line_quantities=chosen)
    made = declare(now, own_order=public_id, line_quantities={line.id: 2})
    assert made.order_number == order(public_id).number
    assert made.lines_text == f"{line.title} × 2"
    with db.reading() as session:
        assert queries.chosen_lines(session, made.public_id) == {line.id: 2}


def test_what_is_made_to_measure_and_what_is_late_cannot_be_chosen(app: Flask, now: datetime) -> None:
    public_id = handed_over(now, 115_000)
    line = lines(public_id)[0]
    with pytest.raises(Refusal, match="Fristen"):
        declare(now + timedelta(15), own_order=public_id, line_quantities={line.id: 1})
    with db.transaction() as session:
        kind = factories.product_type(session)
        session.execute(
            sa.update(OrderLine)
            .where(OrderLine.id == line.id)
            .values(item_id=None, product_type_id=kind.id, own_length_cm=123)
        )
    with pytest.raises(Refusal, match="eget mål"):
        declare(now, own_order=public_id, line_quantities={line.id: 1})


def test_a_choice_from_a_list_of_options_can_be_withdrawn_from(app: Flask, now: datetime) -> None:
    public_id = handed_over(now, 115_000)
    line = lines(public_id)[0]
    with db.transaction() as session:
        kind = factories.product_type(session)
        chosen = {"item_id": None, "product_type_id": kind.id, "options": {"længde": "120 cm"}}
        session.execute(sa.update(OrderLine).where(OrderLine.id == line.id).values(**chosen))
    assert declare(now, own_order=public_id, line_quantities={line.id: 1}).deadline_on is not None


def test_complaints_wait_for_hand_over_last_two_years_and_are_answered_once(app: Flask, now: datetime) -> None:
    public_id = secured(now, 115_000)

    def complain(moment: datetime, once: str = "c" * 22) -> str:
        with db.transaction() as session:
            return complaining.complain(
                session, public_id, once=once, text="Benet er løst.", head=HEAD, now=moment
            ).public_id

    with pytest.raises(Refusal, match="når du har fået"):
        complain(now)
    public_id = handed_over(now, 29_500)
    first, again = complain(now), complain(now)
    assert first == again
    assert len(mails("order-complaint")) == 1
    late = now.replace(year=now.year + 2)
    complain(late, "d" * 22)
    with pytest.raises(Refusal, match="to år"):
        complain(late + timedelta(1), "e" * 22)
    with pytest.raises(Refusal, match="Svar kunden først"), db.transaction() as session:
        complaining.close(session, first, now=now, by_staff_id=None)
    with db.transaction() as session:
        complaining.answer(session, first, text="Vi retter det.", head=HEAD, now=now, by_staff_id=None)
    with pytest.raises(Refusal), db.transaction() as session:
        complaining.answer(session, first, text="En til.", head=HEAD, now=now, by_staff_id=None)
    assert "Vi retter det." in mails("order-answer")[0].body
    with db.transaction() as session:
        complaining.close(session, first, now=now, by_staff_id=None)
    with db.reading() as session:
        row = queries.complaint(session, first)
    assert row is not None
    assert row.state is ComplaintState.CLOSED


def test_a_lost_link_is_sent_to_the_orders_own_address_once_an_hour(app: Flask, now: datetime) -> None:
    public_id = handed_over(now - timedelta(100), 115_000, pay_way=PayWay.AT_PICKUP)
    number = order(public_id).number
    assert order(public_id).link_expires_at < now
    assert renew(number, "en.anden@example.dk", head=HEAD, now=now) is None
    assert renew("2026-9999", "ane@example.dk", head=HEAD, now=now) is None
    assert order(public_id).link_expires_at < now
    assert renew(number, "ane@example.dk", head=HEAD, now=now) == public_id
    assert renew(number, "ane@example.dk", head=HEAD, now=now) == public_id
    assert order(public_id).link_expires_at > now
    assert [mail.recipient for mail in mails("order-link")] == ["ane@example.dk"]
