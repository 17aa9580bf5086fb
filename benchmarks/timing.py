"""Whether how long an answer takes tells if somebody is there: sign-in, a forgotten password, an order's look-up.

Existing and missing are asked for in turns, so that what else the machine does hits both alike. Medians may differ by
less than 5 %, and whoever guesses from the time is right in 45 to 55 of 100 cases.
"""

from __future__ import annotations

import statistics
import threading
import time
from importlib import import_module

import sqlalchemy as sa
from argon2 import PasswordHasher

from benchmarks import misuse, trusting
from benchmarks.databases import Engine
from benchmarks.trusting import Figures
from shop.orders.models import Order
from workshop.accounts.models import PasswordReset, SignInFailure, Staff, StaffPassword
from workshop.core import db
from workshop.core.mail import OutboxMail

SAMPLES = 2_000
MOST_APART, AUC_FROM, AUC_TO = 0.05, 0.45, 0.55
FORGOTTEN_EVERY = 20  # what a throttle counted is taken away, or it would answer instead


def run(engine: Engine, _seed: int, _done: int, count: int) -> Figures:
    """Both asked for `count` times, on each of the three pages."""
    misuse.quiet()
    actors = import_module("tests.support.actors")
    figures: Figures = {}
    with trusting.opened(engine) as (app, _settings):
        with db.transaction() as session:
            email = session.scalars(sa.select(Staff.email).limit(1)).one()
            # Real hashes: the cheap ones of the demo's people would be told from the one made for nobody.
            kept = PasswordHasher().hash("en anden adgangskode")
            session.execute(sa.update(StaffPassword).values(password_hash=kept))
            order = session.execute(sa.select(Order.number, Order.customer_email).limit(1)).one()
        nobody, wrong = f"x{email[1:]}", {"password": "forkert nok"}
        for page, there, missing in (
            ("/personale/log-ind", {"email": email, **wrong}, {"email": nobody, **wrong}),
            ("/personale/glemt", {"email": email}, {"email": nobody}),
            ("/ordre", {"ordre": order.number, "mail": order.customer_email}, {"ordre": order.number, "mail": nobody}),
        ):
            taken = _sampled(actors.browser(app), page, (there, missing), count)
            figures[page] = compared(*taken)
    return figures


def _sampled(client: object, page: str, typed: tuple[dict[str, str], ...], count: int) -> tuple[list[float], ...]:
    taken: tuple[list[float], ...] = ([], [])
    for number in range(count + 5):  # the first warm up
        if number % FORGOTTEN_EVERY == 0:
            _forget()
        for which in (0, 1) if number % 2 else (1, 0):
            started = time.perf_counter()
            client.post(page, data=typed[which])  # type: ignore[attr-defined]  # the tests' browsers carry no types
            spent = time.perf_counter() - started
            for thread in threading.enumerate():
                if thread.name == "find-order":
                    thread.join()  # else it would run beside the next sample
            if number >= 5:
                taken[which].append(spent)
    return taken


def _forget() -> None:
    with db.transaction() as session:
        for kept in (SignInFailure, PasswordReset):
            session.execute(sa.delete(kept))
        session.execute(sa.delete(OutboxMail).where(OutboxMail.key.like("password-reset:%")))


def compared(there: list[float], missing: list[float]) -> Figures:
    """The medians in milliseconds, how far they are apart, and how well the time tells the two from one another."""
    one, other = statistics.median(there), statistics.median(missing)
    ranked = sorted([(spent, True) for spent in there] + [(spent, False) for spent in missing])
    ranks = sum(place for place, (_spent, is_there) in enumerate(ranked, 1) if is_there)
    auc = (ranks - len(there) * (len(there) + 1) / 2) / (len(there) * len(missing))
    apart = abs(one - other) / max(one, other)
    return {
        "samples": len(there),
        "ms": [round(one * 1_000, 2), round(other * 1_000, 2)],
        "apart": round(apart, 4),
        "auc": round(auc, 3),
    }


def verdict(figures: Figures) -> str:
    """What the time tells, or nothing."""
    told = [
        f"{page}: {each}"
        for page, each in figures.items()
        if each["apart"] >= MOST_APART or not AUC_FROM <= each["auc"] <= AUC_TO
    ]
    return "; ".join(told)
