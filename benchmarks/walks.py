"""A customer on their way through a shop whose processes die, and the stage it is played on.

A step that was cut off is made again, as people do; what a dead process had claimed is waited for.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal

import sqlalchemy as sa
from flask import Flask

from benchmarks.buyers import Answer, Buyer
from benchmarks.crashing import BUSY
from benchmarks.filled import FIRST_NUMBER
from benchmarks.keepers import Keeper
from benchmarks.running import House
from shop.orders.letterhead import Letterhead
from shop.orders.models import Order, OrderLine, OrderState
from shop.payments.dues import CLAIM
from shop.payments.models import Payment, PaymentState, Reconciliation
from workshop.core import clock, crypto, db

Does = Literal["web", "work"]  # who does what is due: the process that wrote it down at once, or the sweeps
COMES_WITHIN_SECONDS = 8.0
BUSY_SECONDS = 60.0
PATIENCE_SECONDS = 0.5  # once somebody was killed: the postman comes again after two tenths
NEVER = timedelta(days=3650)


class Stuck(Exception):  # noqa: N818 — what became of a scene
    """What had to come did not, though the worker had looked again after its claims were over."""


@dataclass
class Stage:
    """The shop the scenes are played in; `staff` is signed in."""

    house: House
    app: Flask
    web: Keeper
    work: Keeper
    staff: Buyer
    played: int = 0
    asked: int = 0
    known: dict[str, int] = field(default_factory=dict)  # what the judge has found so far

    def sweep(self, ahead: timedelta) -> None:
        """Let the worker sweep with its clock so far ahead, until nothing is left; killed, it begins anew."""
        self.asked += 1
        wanted = f"{self.asked} {ahead.total_seconds()}"
        asked, answered = self.house.folder / "asked", self.house.folder / "answered"
        draft = asked.with_suffix(".draft")
        draft.write_text(wanted)
        draft.rename(asked)
        until(lambda: answered.exists() and answered.read_text() == wanted, seconds=60)

    def deliver(self) -> None:
        """What Stripe has told and nobody heard is told again."""
        with closing(sqlite3.connect(self.house.ledger)) as book:
            unheard = [row[0] for row in book.execute("SELECT event FROM delivery WHERE delivered_at IS NULL")]
        if unheard:
            self.house.stripe.control("deliver", events=unheard)


@dataclass
class Walk:
    """One customer on their way, and what time it has become for the worker meanwhile."""

    stage: Stage
    does: Does
    place: int
    buyer: Buyer = field(init=False)
    ahead: timedelta = timedelta()

    def __post_init__(self) -> None:
        self.buyer = self.another("s")
        self.once = crypto.new_public_id()

    @property
    def number(self) -> int:
        """What is printed on the thing."""
        return FIRST_NUMBER + self.place

    @property
    def price_ore(self) -> int:
        """What it costs."""
        return 20_000 + self.place % 500 * 500

    def another(self, name: str) -> Buyer:
        """Somebody with a browser of their own."""
        return Buyer(self.stage.house.port, f"{name}{self.place}{self.does}{self.stage.played}")

    def begin(self, pay_way: str = "card", buyer: Buyer | None = None) -> Answer:
        """From the shelf to the payment page, or to the order that waits for its mail."""
        buyer = buyer or self.buyer
        buyer.put(self.number)
        return buyer.buy(self.price_ore, pay_way)

    def pay(self, page: Answer, how: str = "kort") -> None:
        """Press a button of the payment page."""
        self.stage.house.stripe.pay(page.location.rpartition("/")[2], how)

    def secured(self, pay_way: str = "card") -> str:
        """Buy and pay, or confirm; the order's public id once it holds."""
        page = self.begin(pay_way)
        if pay_way == "card":
            self.pay(page)
        else:
            public_id = self.order().public_id
            token = Letterhead.of(self.stage.app.extensions["settings"]).confirm_token(public_id)
            self.ask(f"/ordre/{public_id}/bekraeft/{token}", {})
        self.becomes(OrderState.SECURED)
        return self.order().public_id

    def ask(self, url: str, fields: dict[str, str]) -> Answer:
        """The customer presses a button."""
        return self.buyer.ask("POST", url, fields)

    def staff(self, url: str, **fields: str) -> Answer:
        """Staff press a button; what is due of it is done."""
        answer = self.stage.staff.ask(
            "POST", f"/personale{url}", {key.replace("_", "-"): fields[key] for key in fields}
        )
        if self.does == "work":
            self.sweep()
        return answer

    def sweep(self, ahead: timedelta | None = None) -> None:
        """The worker looks for what is due, now or when so much more time has gone.

        A claim of somebody who lives is not over, however the worker's clock is moved, so they come to their end first.
        """
        until(lambda: not any(self.stage.house.folder.glob(f"{BUSY}*")), BUSY_SECONDS)
        self.ahead = max(self.ahead, ahead or timedelta())
        self.stage.sweep(self.ahead)

    def order(self) -> Order:
        """The customer's newest order."""
        with db.reading() as session:
            newest = sa.select(Order).where(Order.customer_email == self.buyer.email).order_by(Order.id.desc()).limit(1)
            found = session.scalars(newest).one()
            session.expunge_all()
            return found

    def line(self, public_id: str) -> int:
        """The id of an order's first line."""
        with db.reading() as session:
            of_order = sa.select(OrderLine.id).join(Order, Order.id == OrderLine.order_id)
            return session.scalars(of_order.where(Order.public_id == public_id)).all()[0]

    def becomes(self, *states: OrderState) -> None:
        """Wait for the order to get there."""
        self.until(lambda: self.order().state in states)

    def paid(self, public_id: str, *states: PaymentState, refunded: bool = False) -> None:
        """Wait for the money to get there."""

        def has_come() -> bool:
            with db.reading() as session:
                of_order = sa.select(Payment).where(Payment.reference == public_id).order_by(Payment.id.desc()).limit(1)
                payment = session.scalars(of_order).one()
                return payment.state in states and (not refunded or payment.refunded_ore == payment.amount_ore)

        self.until(has_come)

    def until(self, has_come: Callable[[], bool]) -> None:
        """Wait; whoever was killed holding a claim is waited for as long as claims last. Raises Stuck."""
        started = time.monotonic()
        while not has_come():
            waited = time.monotonic() - started
            if waited > (PATIENCE_SECONDS if self.was_hit else COMES_WITHIN_SECONDS):
                self.finish()
                until(has_come)
                return
            time.sleep(0.02)

    def finish(self) -> None:
        """Everything settles: what was unheard is heard, and the sweeps run when the claims are over."""
        self.stage.deliver()
        self.sweep(self.ahead + CLAIM + timedelta(seconds=1))

    @property
    def was_hit(self) -> bool:
        """Whether a process died in this scene."""
        return self.stage.web.fired.exists() or self.stage.work.fired.exists()


def until(has_come: Callable[[], bool], seconds: float = COMES_WITHIN_SECONDS) -> None:
    """Look again and again. Raises Stuck."""
    deadline = time.monotonic() + seconds
    while not has_come():
        if time.monotonic() > deadline:
            raise Stuck
        time.sleep(0.02)


def compare_tonight(is_due: bool) -> None:
    """The nightly comparison is made when a scene is about it, and at no other time."""
    with db.transaction() as session:
        session.execute(sa.delete(Reconciliation))
        if not is_due:
            later = clock.now() + NEVER
            session.add(Reconciliation(from_at=later, ran_at=later, payments_seen=0, found=0))
