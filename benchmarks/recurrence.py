"""Every rule of agreements over five years, a move, a cancelling and a pause at every position, against dateutil."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from tests.support import forking, recurrence

Run = Callable[[int, int, dict[str, Any]], dict[str, Any]]  # from, how many, figures so far -> figures
BATCH = 100  # rules; each is tried in a hundred ways and more
PROCESSES = 2


def stage(seed: int, part: float) -> tuple[str, int, int, Run, Callable[[dict[str, Any]], str]]:
    """A part of the soak: its name, how many rules it takes, a batch of them, how they are tried, what is wrong."""
    total = max(20, round(len(recurrence.rules()) * part))
    return "recurrence", total, BATCH, partial(run, seed, total), verdict


def run(seed: int, total: int, done: int, count: int, so_far: dict[str, Any]) -> dict[str, Any]:
    """The next rules; those of a part are spread over all of them."""
    every = recurrence.rules()
    some = [every[place * len(every) // total] for place in range(done, done + count)]
    with forking.context("tests.support.recurrence").Pool(PROCESSES) as pool:
        answers = pool.map(partial(recurrence.wrong_with, seed), some, 5)
    return {
        "cases": so_far.get("cases", 0) + sum(tried for tried, _wrong in answers),
        "wrong": [*so_far.get("wrong", []), *(each for _tried, wrong in answers for each in wrong)][:20],
    }


def verdict(figures: dict[str, Any]) -> str:
    """What is wrong, or nothing."""
    return f"do not agree with the reference: {figures['wrong']}" if figures["wrong"] else ""
