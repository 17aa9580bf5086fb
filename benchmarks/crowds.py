"""Fifty customers over HTTP, all going for the same single thing at the same moment, one thing after the other."""

from __future__ import annotations

import threading
import time
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import sqlalchemy as sa

from benchmarks.buyers import Buyer, GaveUp
from benchmarks.databases import Engine
from benchmarks.filled import FIRST_NUMBER, fill
from benchmarks.running import House, house
from shop.orders.models import Hold
from workshop.core import db

BUYERS = 50
SLOWEST_P99_SECONDS = 2.0


def run_batch(engine: Engine, count: int, buyers: int = BUYERS) -> dict[str, Any]:
    """One fresh shop with `count` single things; every customer wants every one of them."""
    with TemporaryDirectory(prefix="vaerksted-crowd-") as name, engine.fresh() as url, house(Path(name), url) as opened:
        database = db.Database(url)
        fill(database, count, has_photos=False)
        opened.start_web(workers=2)
        told = [each for place in range(count) for each in _one_thing(opened, place, buyers)]
        opened.kill("web")
        with database.reader.connect() as connection:
            holds = Counter(connection.scalars(sa.select(Hold.item_id).where(Hold.ended_at.is_(None))))
        database.close()
    outcomes = Counter(outcome for _place, outcome, _seconds in told)
    winners = Counter(place for place, outcome, _seconds in told if outcome == "won")
    waits = sorted(seconds for _place, _outcome, seconds in told)
    return {
        "items": count,
        "outcomes": dict(outcomes),
        "oversold": sum(winners[place] > 1 or holds[place + 1] > 1 for place in range(count)),
        "unsold": sum(winners[place] == 0 or holds[place + 1] == 0 for place in range(count)),
        "p99_seconds": round(waits[int(len(waits) * 0.99)], 2),
    }


def add(total: dict[str, Any], batch: dict[str, Any]) -> dict[str, Any]:
    """What all batches gave together; of the waits the worst."""
    if not total:
        return batch
    sums = {name: total[name] + batch[name] for name in ("items", "oversold", "unsold")}
    outcomes = dict(Counter(total["outcomes"]) + Counter(batch["outcomes"]))
    return {**sums, "outcomes": outcomes, "p99_seconds": max(total["p99_seconds"], batch["p99_seconds"])}


def verdict(figures: dict[str, Any]) -> str:
    """Empty when each thing has one owner and every other customer was told so in words."""
    wrong = [f"{figures[name]} {name}" for name in ("oversold", "unsold") if figures[name]]
    wrong += [f"{count} x {name}" for name, count in figures["outcomes"].items() if name not in {"won", "lost"}]
    return ", ".join(wrong)


def _one_thing(opened: House, place: int, count: int) -> list[tuple[int, str, float]]:
    """Everybody has it in the basket; then all press the button at once."""
    barrier = threading.Barrier(count)
    told: list[tuple[int, str, float]] = []

    def go(who: int) -> None:
        buyer = Buyer(opened.port, f"t{place}k{who}", is_patient=False)
        try:
            laid = buyer.put(FIRST_NUMBER + place)
            barrier.wait(60)
            started = time.monotonic()
            outcome = _outcome(buyer, place) if laid.status == 303 else f"basket {laid.status}"
            told.append((place, outcome, time.monotonic() - started))
        except (GaveUp, threading.BrokenBarrierError) as trouble:
            barrier.abort()
            told.append((place, type(trouble).__name__, 0.0))

    threads = [threading.Thread(target=go, args=(who,), daemon=True) for who in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return told


def _outcome(buyer: Buyer, place: int) -> str:
    """Won with a payment page; lost with a page that says in words that it is sold; else what it was."""
    answer = buyer.buy(20_000 + place % 500 * 500)
    if answer.status == 303 and "/pay/" in answer.location:
        return "won"
    return "lost" if answer.is_lost else f"status {answer.status}"
