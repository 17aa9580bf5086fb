"""`make soak`: the races and shuffles at full size. Seeded; stopped anywhere, it goes on where it was."""

from __future__ import annotations

import json
import random
import secrets
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from benchmarks import (
    bills,
    boundaries,
    crowds,
    drill,
    kills,
    log_chain,
    migrating,
    misuse,
    races,
    recurrence,
    shuffles,
    slow_peers,
    timing,
    trusting,
)
from benchmarks.databases import Engine, engines
from tests.support import carts, forking
from workshop.core.config import ROOT

RACED, CONTROLLED, SHUFFLED = 2_000, 100, 200
LABELS, LABELS_A_BATCH = 500, 25
SHUFFLES_A_BATCH = 20
CHECKOUTS, CHECKOUTS_A_BATCH, KILLS_A_CHECKOUT = 500, 250, 0.4
CROWDED, CROWDED_A_BATCH = 200, 50
CARTS, CARTS_A_BATCH = 1_000_000, 50_000
DRILLS, DRILLS_A_BATCH = 20, 5
MIGRATION_KILLS = 4  # each migration, at places that the seed chooses


@dataclass
class Notebook:
    """What is done so far, kept after every batch."""

    path: Path
    seed: int
    part: float
    stages: dict[str, dict[str, Any]]

    @classmethod
    def opened(cls, path: Path, seed: int | None, part: float) -> Notebook:
        """Yesterday's notebook if it is about the same run, else a new one."""
        if path.exists():
            kept = json.loads(path.read_text())
            if kept["part"] == part and seed in {None, kept["seed"]} and not _is_whole(kept):
                return cls(path, kept["seed"], part, kept["stages"])
        return cls(path, secrets.randbelow(2**31) if seed is None else seed, part, {})

    def note(self, stage: str, done: int, of: int, figures: dict[str, Any]) -> None:
        """Write down how far a stage is."""
        self.stages[stage] = {"done": done, "of": of, "figures": figures}
        self.save(is_whole=False)

    def save(self, *, is_whole: bool) -> None:
        """Keep it on disk."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        kept = {"seed": self.seed, "part": self.part, "is_whole": is_whole, "stages": self.stages}
        self.path.write_text(json.dumps(kept, indent=2) + "\n")


@dataclass(frozen=True)
class Stage:
    """A part of the soak: how much there is to do, one batch of it, and what is wrong with the figures."""

    name: str
    total: int
    batch: int
    run: Callable[[int, int, dict[str, Any]], dict[str, Any]]  # from, how many, figures so far -> figures
    verdict: Callable[[dict[str, Any]], str]


@click.command()
@click.option("--part", default=1.0, show_default=True, type=click.FloatRange(0.001, 1.0), help="0.05: a twentieth.")
@click.option("--seed", type=int, help="Play a former run again.")
@click.option(
    "--only",
    help="Named: race, crowd, control, shuffle, kills, places, restore, log, uploads, texts, requests, replays, "
    "timing, carts, bills, recurrence, labels, slow, sqlite, postgres.",
)
@click.option("--folder", type=click.Path(file_okay=False, path_type=Path), default=ROOT / "var" / "soak")
def main(part: float, seed: int | None, only: str | None, folder: Path) -> None:
    """Race and shuffle; ends with 1 when something came out wrong."""
    notebook = Notebook.opened(folder / "state.json", seed, part)
    click.echo(f"seed {notebook.seed}, part {part}; figures in {notebook.path.name}")
    wrong = []
    with engines() as found:
        stages = [stage for engine in found for stage in _stages(engine, notebook)]
        stages += [_label_stage(notebook), _cart_stage(notebook)]
        stages.append(Stage(*recurrence.stage(notebook.seed, notebook.part)))
        stages.append(
            Stage("bills", bills.total(part), bills.A_BATCH, partial(bills.run, notebook.seed), bills.verdict)
        )
        for stage in stages:
            if only is None or only in stage.name:
                problem = _work(stage, notebook)
                if problem:
                    wrong.append(f"{stage.name}: {problem}")
    if only is None:
        notebook.save(is_whole=True)
    click.echo("\n".join(wrong) if wrong else "Everything came out as it should.")
    sys.exit(1 if wrong else 0)


def _work(stage: Stage, notebook: Notebook) -> str:
    """Do what is left of a stage; what is wrong with it, or nothing."""
    kept = notebook.stages.get(stage.name, {"done": 0, "figures": {}})
    done, figures = kept["done"], kept["figures"]
    while done < stage.total:
        started = time.monotonic()
        count = min(stage.batch, stage.total - done)
        figures = stage.run(done, count, figures)
        done += count
        notebook.note(stage.name, done, stage.total, figures)
        pace = (time.monotonic() - started) / count
        click.echo(f"{stage.name}: {done}/{stage.total}, {pace:.2f} s each, {json.dumps(figures)}")
    return stage.verdict(figures)


def _stages(engine: Engine, notebook: Notebook) -> Iterator[Stage]:
    def size(full: int, least: int) -> int:
        return max(least, round(full * notebook.part))

    for name, way, full in (("race", "placing", RACED), ("control", "unguarded", CONTROLLED)):

        def run(_done: int, count: int, total: dict[str, Any], way: races.Way = way) -> dict[str, Any]:
            return races.add(total, races.run_batch(engine, count, way))

        def verdict(figures: dict[str, Any], way: races.Way = way) -> str:
            return races.verdict(figures, way)

        yield Stage(f"{name} on {engine.name}", size(full, 5), races.BATCH, run, verdict)
    for play in shuffles.PLAYS:

        def shuffle(done: int, count: int, total: dict[str, Any], play: str = play) -> dict[str, Any]:
            return _shuffle(engine, play, f"{notebook.seed} {engine.name} {play}", done, count, total)

        total = size(SHUFFLED, 3)
        # What happened at Stripe is another each time, so the ends of one batch are compared with each other.
        yield Stage(f"shuffle on {engine.name}: {play}", total, SHUFFLES_A_BATCH, shuffle, _one_end)

    def crowd(_done: int, count: int, total: dict[str, Any]) -> dict[str, Any]:
        return crowds.add(total, crowds.run_batch(engine, count))

    yield Stage(f"crowd on {engine.name}", size(CROWDED, 5), CROWDED_A_BATCH, crowd, crowds.verdict)

    def kill(done: int, count: int, total: dict[str, Any]) -> dict[str, Any]:
        seed = f"{notebook.seed} {engine.name} kills {done}"
        batch = kills.run_batch(engine, count, round(count * KILLS_A_CHECKOUT), seed, waits=notebook.part == 1.0)
        return kills.add(total, batch)

    yield Stage(f"kills on {engine.name}", size(CHECKOUTS, 25), CHECKOUTS_A_BATCH, kill, kills.verdict)
    yield _places_stage(engine, notebook)

    def slow(_done: int, _count: int, _total: dict[str, Any]) -> dict[str, Any]:
        return slow_peers.run(engine, notebook.part)

    yield Stage(f"slow peers on {engine.name}", 1, 1, slow, slow_peers.verdict)
    yield from _keeping_stages(engine, notebook)
    yield from _log_stages(engine, notebook)
    yield from _trust_stages(engine, notebook)


def _trust_stages(engine: Engine, notebook: Notebook) -> Iterator[Stage]:
    """What nobody should do: uploads, texts that are commands, broken requests, cookies kept too long, a stop watch."""
    for name, total, batch, run, verdict in misuse.PARTS:

        def play(done: int, count: int, so_far: dict[str, Any], run: misuse.Part = run) -> dict[str, Any]:
            return trusting.worst(so_far, run(engine, notebook.seed, done, count))

        least = max(1, round(total * notebook.part))
        yield Stage(f"{name} on {engine.name}", least, min(batch, least), play, verdict)

    def watch(done: int, count: int, _total: dict[str, Any]) -> dict[str, Any]:
        return timing.run(engine, notebook.seed, done, count)

    samples = max(100, round(timing.SAMPLES * notebook.part))
    yield Stage(f"timing on {engine.name}", samples, samples, watch, timing.verdict)


def _keeping_stages(engine: Engine, notebook: Notebook) -> Iterator[Stage]:
    """Nothing lost: migrations of a filled database, killed on their way, and copies taken under writes."""
    rows = max(2_000, round(migrating.ROWS * notebook.part))

    def walk(done: int, _count: int, _total: dict[str, Any]) -> dict[str, Any]:
        return migrating.run(engine, rows, f"{notebook.seed} {engine.name} migrations {done}", kills=MIGRATION_KILLS)

    def restore(_done: int, count: int, total: dict[str, Any]) -> dict[str, Any]:
        return drill.add(total, drill.run_batch(engine, count))

    yield Stage(f"migrations on {engine.name}", 1, 1, walk, migrating.verdict)
    drills = max(1, round(DRILLS * notebook.part))
    yield Stage(f"restore on {engine.name}", drills, DRILLS_A_BATCH, restore, drill.verdict)


def _log_stages(engine: Engine, notebook: Notebook) -> Iterator[Stage]:
    """The access log: many who add to it at once, the same without the lock, and somebody who tampers with it."""
    rows = max(log_chain.WRITERS * 10, round(log_chain.ROWS * notebook.part))

    def write(_done: int, count: int, total: dict[str, Any]) -> dict[str, Any]:
        return log_chain.add(total, log_chain.write_batch(engine, count, "chained"))

    def unguarded(_done: int, count: int, total: dict[str, Any]) -> dict[str, Any]:
        return log_chain.add(total, log_chain.write_batch(engine, count, "unguarded"))

    def tamper(done: int, count: int, total: dict[str, Any]) -> dict[str, Any]:
        return log_chain.add(total, log_chain.tamper_batch(engine, done, count, f"{notebook.seed} {engine.name}"))

    yield Stage(f"log on {engine.name}", rows, log_chain.ROWS_A_BATCH, write, log_chain.write_verdict)
    yield Stage(
        f"log control on {engine.name}", log_chain.CONTROLLED, log_chain.CONTROLLED, unguarded,
        log_chain.control_verdict,
    )  # fmt: skip
    trials = max(len(log_chain.TRIALS), round(log_chain.TAMPERED * notebook.part))
    yield Stage(f"log tampering on {engine.name}", trials, log_chain.TAMPERED_A_BATCH, tamper, log_chain.tamper_verdict)


def _places_stage(engine: Engine, notebook: Notebook) -> Stage:
    """A death at every place that people's ways through the shop pass, or at a part of them."""

    def run(_done: int, _count: int, _total: dict[str, Any]) -> dict[str, Any]:
        return boundaries.run(engine, notebook.part, f"{notebook.seed} {engine.name} places")

    def verdict(figures: dict[str, Any]) -> str:
        return boundaries.verdict(figures, kills.FAULTS)

    return Stage(f"places on {engine.name}", 1, 1, run, verdict)


def _label_stage(notebook: Notebook) -> Stage:
    """Labels with nasty names, each printed and scanned, whole and with a tenth of its code covered."""
    drawing = import_module("tests.workshop.labels.test_drawing")  # by name: the tests carry no types

    def run(done: int, count: int, total: dict[str, Any]) -> dict[str, Any]:
        unread = drawing.unreadable(drawing.nasty_labels(count, 1042 + done), drawing.make_sheet())
        return {"unread": [*total.get("unread", []), *unread]}

    def verdict(figures: dict[str, Any]) -> str:
        return f"not read: {figures['unread']}" if figures["unread"] else ""

    return Stage("labels", max(LABELS_A_BATCH, round(LABELS * notebook.part)), LABELS_A_BATCH, run, verdict)


def _cart_stage(notebook: Notebook) -> Stage:
    """Random carts: lines, total, payment page and receipt say the same to the øre."""
    total = max(1_000, round(CARTS * notebook.part))

    def run(done: int, count: int, so_far: dict[str, Any]) -> dict[str, Any]:
        first = (notebook.seed << 20) + done
        with forking.context().Pool(2) as pool:
            answers = pool.map(carts.wrong_with, range(first, first + count), 500)
        wrong = {str(first + place): answer for place, answer in enumerate(answers) if answer}
        return {"wrong": {**so_far.get("wrong", {}), **wrong}}

    def verdict(figures: dict[str, Any]) -> str:
        return f"{len(figures['wrong'])} carts do not tie: {figures['wrong']}" if figures["wrong"] else ""

    return Stage("carts", total, CARTS_A_BATCH, run, verdict)


def _shuffle(engine: Engine, play: str, seed: str, done: int, count: int, total: dict[str, Any]) -> dict[str, Any]:
    with shuffles.played(engine, play) as acted:
        ends = {
            shuffles.end_of(engine, acted, random.Random(f"{seed} {place}"))  # noqa: S311 — an order, not a secret
            for place in range(done, done + count)
        }
        heard = sum(len(each) for each in acted.told[-1:]) * shuffles.COPIES
    other = sum(end.split()[0] != shuffles.ENDS[play] for end in ends) + total.get("other_than_right", 0)
    return {"events": heard, "most_ends": max(len(ends), total.get("most_ends", 0)), "other_than_right": other}


def _one_end(figures: dict[str, Any]) -> str:
    is_right = figures["most_ends"] == 1 and not figures["other_than_right"]
    return "" if is_right else f"{figures['most_ends']} different ends, {figures['other_than_right']} not the right one"


def _is_whole(kept: dict[str, Any]) -> bool:
    return bool(kept.get("is_whole"))


if __name__ == "__main__":
    main()
