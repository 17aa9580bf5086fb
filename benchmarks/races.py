"""Races for single things at full size, and the control that shows what would happen without the rule."""

from __future__ import annotations

from collections import Counter
from typing import Any

from benchmarks.databases import Engine
from benchmarks.filled import fill
from tests.support.race import RACERS, Tally, Way, lay_baskets, race, wrong_holds
from workshop.core import db

BATCH = 100


def run_batch(engine: Engine, count: int, way: Way) -> dict[str, Any]:
    """One fresh shop with `count` single things, and a race for each of them."""
    with engine.fresh() as url:
        item_ids = list(range(1, count + 1))
        database = db.Database(url)
        db.use(database)
        fill(database, count, has_photos=False)
        with db.transaction() as session:
            lay_baskets(session, item_ids, RACERS)
        database.close()
        tally = race(url, item_ids, way=way, imported_before=(__name__, race.__module__))
        with db.reading() as session:
            wrong = wrong_holds(session, item_ids) if way == "placing" else []
        database.close()
    return _figures(tally, len(wrong))


def add(total: dict[str, Any], batch: dict[str, Any]) -> dict[str, Any]:
    """What all batches gave together; of the waits the worst."""
    if not total:
        return batch
    sums = {name: total[name] + batch[name] for name in ("items", "oversold", "unsold", "wrong_holds")}
    outcomes = dict(Counter(total["outcomes"]) + Counter(batch["outcomes"]))
    return {**sums, "outcomes": outcomes, "p99_seconds": max(total["p99_seconds"], batch["p99_seconds"])}


def verdict(figures: dict[str, Any], way: Way) -> str:
    """Empty when the figures are as they should be, else what is wrong."""
    if way == "unguarded":
        # Of a handful of items one or two may go right by luck; of many, nine in ten must not.
        share = 0.9 if figures["items"] >= 50 else 0.5
        is_seen = figures["oversold"] >= share * figures["items"]
        return "" if is_seen else "the control did not oversell, so the race proves nothing"
    names = ("oversold", "unsold", "wrong_holds")
    wrong = [f"{figures[name]} {name}" for name in names if figures[name]]
    wrong += [f"{count} x {name}" for name, count in figures["outcomes"].items() if name not in {"won", "lost"}]
    return ", ".join(wrong)


def _figures(tally: Tally, wrong: int) -> dict[str, Any]:
    return {
        "items": tally.items,
        "outcomes": dict(tally.outcomes),
        "oversold": len(tally.oversold),
        "unsold": len(tally.unsold),
        "wrong_holds": wrong,
        "p99_seconds": round(tally.p99_seconds, 3),
    }
