"""Checkouts by the hundred while web and worker are killed again and again; then the stand-in's book is the judge.

Every place where something is committed or asked of Stripe is killed at once, as it becomes known; the rest of the
kills come at random. The staff hand over, cancel and refund meanwhile.
"""

from __future__ import annotations

import random
import sqlite3
import threading
import time
from collections import Counter
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import sqlalchemy as sa
from flask import Flask

from benchmarks.buyers import Buyer, GaveUp
from benchmarks.databases import Engine
from benchmarks.filled import FIRST_NUMBER, fill
from benchmarks.judging import judge
from benchmarks.keepers import Keeper
from benchmarks.running import House, house, wait_for
from shop.app import create_app
from shop.orders import actions
from shop.orders.letterhead import Letterhead
from shop.orders.models import CancelCause, Order, OrderState
from shop.payments import queries as payments
from shop.payments.actions import owe_money_back
from shop.payments.dues import CLAIM
from shop.payments.models import Payment, PaymentState
from workshop.core import clock, db, jobs
from workshop.core.errors import Refusal
from workshop.products.models import StockCause, StockMovement

BUYERS = 4
SETTLES_WITHIN_SECONDS = 300
FIRES_WITHIN_SECONDS = 2.5
AHEAD = 3  # checkouts that may be begun before their kills
CONTESTED = 5  # every fifth thing is wanted by two


@dataclass
class Run:
    """One house full of checkouts and kills."""

    house: House
    app: Flask
    chance: random.Random
    checkouts: int
    kills: int
    killed: list[str] = field(default_factory=list)
    outcomes: Counter[str] = field(default_factory=Counter)
    begun: int = 0
    keepers: dict[str, Keeper] = field(default_factory=dict)
    killers: list[threading.Thread] = field(default_factory=list)
    is_over: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)


def run_batch(engine: Engine, checkouts: int, kills: int, seed: str, *, waits: bool) -> dict[str, Any]:
    """One fresh shop; what came of it. `waits` lets the real processes settle, else time is moved ahead for them."""
    with TemporaryDirectory(prefix="vaerksted-kills-") as name, engine.fresh() as url, house(Path(name), url) as opened:
        _fill(url, checkouts)
        app = create_app(opened.settings)
        run = Run(opened, app, random.Random(seed), checkouts, kills)  # noqa: S311 — an order, not a secret
        try:
            _play(run)
            seconds = _settle_for_real(run) if waits else _settle_in_moved_time(run)
        finally:
            for keeper in run.keepers.values():
                keeper.close()
        figures = judge(app, opened.ledger)
        db.database().close()
        seen = set((opened.folder / "places").read_text().splitlines())
    places = {name for name in run.killed if ":" in name and not name.endswith("at random")}
    return {
        "checkouts": checkouts,
        "kills": len(run.killed),
        "places_killed": sorted(places),
        "places_known": sorted(seen),
        "outcomes": dict(run.outcomes),
        "settled_seconds": round(seconds, 1),
        **figures,
    }


def add(total: dict[str, Any], batch: dict[str, Any]) -> dict[str, Any]:
    """What all batches gave together; of the settling the slowest."""
    if not total:
        return batch
    both: dict[str, Any] = {}
    for name, value in batch.items():
        if name == "settled_seconds":
            both[name] = max(total[name], value)
        elif isinstance(value, dict):
            both[name] = dict(Counter(total[name]) + Counter(value))
        elif isinstance(value, list):
            both[name] = sorted({*total[name], *value})
        else:
            both[name] = total[name] + value
    return both


def verdict(figures: dict[str, Any]) -> str:
    """Empty when the money came out right."""
    wrong = [f"{figures[name]} {name}" for name in FAULTS if figures[name]]
    if figures["settled_seconds"] > SETTLES_WITHIN_SECONDS:
        wrong.append(f"settled after {figures['settled_seconds']} s")
    return ", ".join(wrong)


FAULTS = (
    "secured_but_lost",
    "without_money",
    "paid_twice",
    "captured_wrong",
    "refunded_twice",
    "mailed_twice",
    "oversold",
    "stock_off",
    "left_due",
    "found_by_comparison",
)


def _fill(url: str, count: int) -> None:
    """Single things for sale, each with the movement that brought it into the stock."""
    database = db.Database(url)
    fill(database, count, has_photos=False)
    born = [
        {"item_id": place + 1, "change": 1, "cause": StockCause.IMPORTED, "at": clock.now()} for place in range(count)
    ]
    with database.writer.begin() as connection:
        connection.execute(sa.insert(StockMovement), born)
    database.close()


def _play(run: Run) -> None:
    for role in ("web", "work"):
        run.keepers[role] = Keeper(role, run.house.settings)
        run.keepers[role].start(__name__)
    buyers = [threading.Thread(target=_buy_all, args=(run, place), daemon=True) for place in range(BUYERS)]
    run.killers = [threading.Thread(target=_kill_all, args=(run, role), daemon=True) for role in ("web", "work")]
    staff = threading.Thread(target=_staff, args=(run,), daemon=True)
    for thread in (*run.killers, *buyers, staff):
        thread.start()
    for thread in buyers:
        thread.join()
    run.is_over.set()
    for thread in (*run.killers, staff):
        thread.join()
    run.keepers["work"].close()


def _kill_all(run: Run, role: str) -> None:
    """Half of the kills: at the first place where nobody was killed yet, else at random. Started again each time."""
    chance = random.Random(f"{run.chance.random()} {role}")  # noqa: S311 — an order, not a secret
    keeper = run.keepers[role]
    for _time in range(run.kills // 2 if role == "web" else run.kills - run.kills // 2):
        _wait(FIRES_WITHIN_SECONDS if keeper.is_armed else chance.random(), keeper.fired)
        keeper.disarm()
        if not keeper.fired.exists():
            keeper.kill()
        with run.lock:
            run.killed.append(keeper.take_fired() or f"{role}: at random")
        left = _places_left(run, role)
        if left:
            keeper.arm(*left)
    keeper.disarm()


def _wait(seconds: float, file: Path) -> None:
    """Until it is there, or it has lasted too long."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and not file.exists():
        time.sleep(0.02)


def _places_left(run: Run, role: str) -> list[str]:
    """The places seen so far where nobody was killed yet."""
    known = run.house.folder / "places"
    seen = set(known.read_text().splitlines()) if known.exists() else set()
    return sorted(each for each in seen - set(run.killed) if each.startswith(f"{role}: "))


def _buy_all(run: Run, place: int) -> None:
    chance = random.Random(f"{run.chance.random()} buyer {place}")  # noqa: S311 — an order, not a secret
    while (number := _next_checkout(run)) is not None:
        while number >= AHEAD + len(run.killed) * run.checkouts / run.kills and _is_killing(run):
            time.sleep(0.05)  # so that no kill comes when all is done
        outcome = _buy_one(run, number, chance)
        with run.lock:
            run.outcomes[outcome] += 1


def _next_checkout(run: Run) -> int | None:
    with run.lock:
        run.begun += 1
        return run.begun - 1 if run.begun <= run.checkouts else None


def _is_killing(run: Run) -> bool:
    return any(killer.is_alive() for killer in run.killers)


def _buy_one(run: Run, number: int, chance: random.Random) -> str:
    """One customer's whole way; what became of it as they saw it."""
    wanted = number - 1 if number % CONTESTED == CONTESTED - 1 else number
    buyer = Buyer(run.house.port, f"k{number}")
    price = 20_000 + wanted % 500 * 500
    try:
        if buyer.put(FIRST_NUMBER + wanted).status != 303:
            return "gone before the basket"
        for _press in range(20):
            answer = buyer.buy(price)
            if answer.status == 303 and "/pay/" in answer.location:
                break
            if answer.status == 303 or answer.is_lost:
                return "somebody else was first"
            time.sleep(0.2)
        else:
            return f"no payment page ({answer.status})"
        how = chance.choices(("kort", "mobilepay", "afvis", ""), (65, 15, 8, 12))[0]
        if not how:
            return "left without paying"
        session_id = answer.location.rpartition("/")[2]
        back = run.house.stripe.pay(session_id, how)
        if how == "afvis":
            return "declined"
        if chance.random() < 0.7:
            buyer.ask("GET", back)
    except GaveUp:
        return "gave up waiting"
    return "paid"


def _staff(run: Run) -> None:
    """Hand over, cancel and refund what comes in, each once decided."""
    chance = random.Random(f"{run.chance.random()} staff")  # noqa: S311 — an order, not a secret
    decided: set[str] = set()
    while not run.is_over.is_set():
        _decide(run, chance, decided)
        time.sleep(0.3)
    _decide(run, chance, decided)


def _decide(run: Run, chance: random.Random, decided: set[str]) -> None:
    with db.reading() as session:
        secured = session.scalars(sa.select(Order.public_id).where(Order.state == OrderState.SECURED)).all()
        taken = session.scalars(sa.select(Payment.reference).where(Payment.state == PaymentState.CAPTURED)).all()
    head, now = Letterhead.of(run.app.extensions["settings"]), clock.now()
    for public_id in sorted({*secured} - decided):
        decided.add(public_id)
        what = chance.choices(("hand over", "cancel", "wait"), (60, 20, 20))[0]
        with suppress(Refusal), run.app.app_context(), db.transaction() as session:
            if what == "hand over":
                actions.hand_over(session, public_id, means=None, now=now, by_staff_id=None)
            elif what == "cancel":
                actions.cancel(session, public_id, cause=CancelCause.CUSTOMER, head=head, now=now)
    for public_id in sorted({f"taken {each}" for each in taken} - decided):
        decided.add(public_id)
        if chance.random() < 0.5:
            with suppress(Refusal), db.transaction() as session:
                payment = payments.newest(session, public_id.removeprefix("taken "), is_locked=True)
                if payment is not None:
                    owe_money_back(session, payment, now)


def _settle_for_real(run: Run) -> float:
    """Start the program as it is, and wait; how long it took until nothing was left to do."""
    run.keepers["web"].close()
    started = time.monotonic()
    run.house.start_web()
    run.house.start_worker()
    while _left(run) and time.monotonic() - started < SETTLES_WITHIN_SECONDS + 60:
        time.sleep(1)
    seconds = time.monotonic() - started
    for role in ("web", "work"):
        run.house.kill(role)
    return seconds


def _settle_in_moved_time(run: Run) -> float:
    """The same by hand: Stripe tells again what was not heard, and the sweeps run as when the claims are over."""
    wait_for(run.house.port, "/healthz")
    with closing(sqlite3.connect(run.house.ledger)) as book:
        unheard = [row[0] for row in book.execute("SELECT event FROM delivery WHERE delivered_at IS NULL")]
    run.house.stripe.control("deliver", events=unheard)
    after: datetime = clock.now() + CLAIM + timedelta(seconds=1)
    with run.app.app_context():
        for _round in range(3):
            jobs.run_due(run.app.extensions["sweeps"], after)
    run.keepers["web"].close()
    return (after - clock.now()).total_seconds()


def _left(run: Run) -> bool:
    """Whether anything still waits: an event unheard, a due, a mail."""
    with closing(sqlite3.connect(run.house.ledger)) as book:
        unheard = book.execute("SELECT count(*) FROM delivery WHERE delivered_at IS NULL").fetchone()[0]
    return bool(unheard or judge(run.app, run.house.ledger)["left_due"])
