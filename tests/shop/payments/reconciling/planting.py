"""Two sets of books, ours and the stand-in's, with payments planted in both, in one of them, or otherwise in each."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from shop.orders import writing
from shop.orders.models import Order, OrderState, PayWay
from shop.orders.pickup import SHIPPED
from shop.orders.writing import NOT_BROUGHT, Priced
from shop.payments.actions import owe
from shop.payments.models import Deed, FindingKind, Payment, PaymentState
from shop.payments.standin.bank import Bank
from shop.payments.standin.ledger import Ledger
from tests.shop.orders.rig import ANE, HEAD
from workshop.core import db
from workshop.products.models import Item, SizeClass, VatScheme

PRICE = 115_000


@dataclass
class Books:
    """Both sets while they are written in. Everything happened an hour before `now`."""

    session: Session
    bank: Bank
    item_id: int
    now: datetime
    planted: dict[str, FindingKind] = field(default_factory=dict)  # object id or reference -> what should be found
    count: int = 0

    def order(self, state: OrderState = OrderState.PLACED) -> Order:
        """An order of ours."""
        self.count += 1
        row = writing.order_row(
            lines=[Priced("Bænk", 1, PRICE, VatScheme.STANDARD, SizeClass.M, item_id=self.item_id)],
            customer=ANE,
            slot=SHIPPED.slots(self.now)[0],
            pay_way=PayWay.CARD,
            where=NOT_BROUGHT,
            is_brought=False,
            number=f"2026-{self.count:04d}",
            public_id=f"order{self.count:05d}",
            head=HEAD,
            now=self.now - timedelta(hours=1),
        )
        row.state = state
        self.session.add(row)
        return row

    def page(self, reference: str, amount_ore: int = PRICE, *, capture: str = "manual") -> str:
        """A payment page at Stripe."""
        ours: dict[str, str] = {"reference": reference} if reference else {}
        asked: dict[str, Any] = {"mode": "payment", "success_url": "http://localhost/", "metadata": ours}
        asked |= {"client_reference_id": reference or None, "expires_at": int(self.now.timestamp()) + 3600}
        asked |= {"payment_intent_data": {"capture_method": capture, "metadata": ours}}
        price = {"currency": "dkk", "unit_amount": amount_ore, "product_data": {"name": "Bænk"}}
        return str(self.bank.open_session({**asked, "line_items": [{"quantity": 1, "price_data": price}]})["id"])

    def paid(self, page: str) -> str:
        """Pay a page at Stripe; the payment's id."""
        self.bank.pay(page, "card")
        return str(self.bank.session(page)["payment_intent"])

    def payment(
        self, reference: str, state: PaymentState, page: str | None, intent: str | None, **more: Any
    ) -> Payment:
        """A payment of ours."""
        row = Payment(
            reference=reference,
            amount_ore=PRICE,
            state=state,
            session_id=page,
            payment_intent_id=intent,
            opened_at=self.now - timedelta(hours=1),
            expires_at=self.now,
            **more,
        )
        self.session.add(row)
        self.session.flush()
        return row

    def authorised(self, order: Order, amount_ore: int = PRICE) -> Payment:
        """Reserved, and both books say so (when the amount is as agreed)."""
        page = self.page(order.public_id, amount_ore)
        return self.payment(order.public_id, PaymentState.AUTHORISED, page, self.paid(page))

    def captured(self, order: Order, *, ours: int = PRICE, theirs: int = PRICE) -> Payment:
        """Taken, as much as each says."""
        row = self.authorised(order)
        self.bank.capture(str(row.payment_intent_id), theirs)
        row.state, row.captured_ore = PaymentState.CAPTURED, ours
        return row

    def expect(self, object_id: str | None, kind: FindingKind) -> None:
        """A comparison should find this."""
        self.planted[str(object_id)] = kind


@contextmanager
def planting(ledger: Path, item: Item, now: datetime) -> Iterator[Books]:
    """Both sets open for writing; a block of its own."""
    with Ledger(ledger).writing() as book, db.transaction() as session:
        bank = Bank(book, "http://localhost")
        bank.now = now.timestamp() - 3600
        yield Books(session, bank, item.id, now)
        told_already(book)


def told_already(book: sqlite3.Connection) -> None:
    """No event of what was planted is delivered: the shop has only the comparison to learn from."""
    book.execute("UPDATE delivery SET delivered_at = due_at WHERE delivered_at IS NULL")


# What does not fit, in ten ways.


def _nobodys(books: Books) -> None:
    intent = books.paid(books.page("an order that never was"))
    books.expect(intent, FindingKind.MONEY_WITHOUT_ORDER)


def _by_hand(books: Books) -> None:
    intent = books.paid(books.page("", capture="automatic"))
    books.expect(intent, FindingKind.MONEY_WITHOUT_ORDER)


def _cancelled(books: Books) -> None:
    row = books.authorised(books.order(OrderState.CANCELLED))
    books.expect(row.payment_intent_id, FindingKind.MONEY_WITHOUT_ORDER)


def _no_payment(books: Books) -> None:
    books.expect(books.order(OrderState.SECURED).public_id, FindingKind.ORDER_WITHOUT_MONEY)


def _unknown_to_stripe(books: Books) -> None:
    order = books.order(OrderState.SECURED)
    lost = f"pi_lost{books.count}"
    books.payment(order.public_id, PaymentState.AUTHORISED, None, lost)
    books.expect(lost, FindingKind.ORDER_WITHOUT_MONEY)


def _never_paid(books: Books) -> None:
    order = books.order(OrderState.SECURED)
    page = books.page(order.public_id)
    books.payment(order.public_id, PaymentState.AUTHORISED, page, None)
    books.expect(page, FindingKind.ORDER_WITHOUT_MONEY)


def _other_amount(books: Books) -> None:
    row = books.authorised(books.order(), PRICE - 100)
    row.state = PaymentState.OPENED
    books.expect(row.payment_intent_id, FindingKind.AMOUNT_DIFFERS)


def _took_less(books: Books) -> None:
    row = books.captured(books.order(OrderState.HANDED_OVER), theirs=PRICE - 5_000)
    books.expect(row.payment_intent_id, FindingKind.AMOUNT_DIFFERS)


def _gave_less(books: Books) -> None:
    row = books.captured(books.order(OrderState.HANDED_OVER))
    row.refunded_ore = 10_000
    books.bank.give_back({"payment_intent": row.payment_intent_id, "amount": 9_999})
    books.expect(row.payment_intent_id, FindingKind.AMOUNT_DIFFERS)


def _not_taken(books: Books) -> None:
    row = books.authorised(books.order(OrderState.HANDED_OVER))
    row.state, row.captured_ore = PaymentState.CAPTURED, PRICE
    books.expect(row.payment_intent_id, FindingKind.STATE_DIFFERS)


WRONG: tuple[Callable[[Books], None], ...] = (
    _nobodys,
    _by_hand,
    _cancelled,
    _no_payment,
    _unknown_to_stripe,
    _never_paid,
    _other_amount,
    _took_less,
    _gave_less,
    _not_taken,
)


# What fits, in as many.


def _is_open(books: Books) -> None:
    order = books.order()
    books.payment(order.public_id, PaymentState.OPENED, books.page(order.public_id), None)


def _was_declined(books: Books) -> None:
    order = books.order()
    page = books.page(order.public_id)
    books.bank.decline(page)
    books.payment(order.public_id, PaymentState.FAILED, page, str(books.bank.session(page)["payment_intent"]))


def _was_closed(books: Books) -> None:
    order = books.order(OrderState.CANCELLED)
    page = books.page(order.public_id)
    books.bank.expire_session(page)
    books.payment(order.public_id, PaymentState.EXPIRED, page, None)


def _is_reserved(books: Books) -> None:
    books.authorised(books.order(OrderState.SECURED))


def _is_taken(books: Books) -> None:
    books.captured(books.order(OrderState.HANDED_OVER))


def _is_part_back(books: Books) -> None:
    row = books.captured(books.order(OrderState.CLOSED))
    books.bank.give_back({"payment_intent": row.payment_intent_id, "amount": 10_000})
    row.refunded_ore = 10_000


def _is_let_go(books: Books) -> None:
    row = books.authorised(books.order(OrderState.CANCELLED))
    books.bank.cancel(str(row.payment_intent_id), None)
    row.state = PaymentState.VOIDED


def _has_lapsed(books: Books) -> None:
    row = books.authorised(books.order(OrderState.NEEDS_ATTENTION))
    books.bank.cancel(str(row.payment_intent_id), "automatic")
    row.state = PaymentState.LAPSED


def _is_on_its_way_back(books: Books) -> None:
    row = books.authorised(books.order(OrderState.CANCELLED))
    owe(books.session, row, Deed.VOID, books.now)


def _nobody_paid(books: Books) -> None:
    books.page("an order that never was")


RIGHT: tuple[Callable[[Books], None], ...] = (
    _is_open,
    _was_declined,
    _was_closed,
    _is_reserved,
    _is_taken,
    _is_part_back,
    _is_let_go,
    _has_lapsed,
    _is_on_its_way_back,
    _nobody_paid,
)


def behind(books: Books) -> Order:
    """Paid at Stripe, and nobody told us."""
    order = books.order()
    page = books.page(order.public_id)
    books.payment(order.public_id, PaymentState.OPENED, page, None)
    books.paid(page)
    return order
