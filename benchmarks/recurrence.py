"""Every rule of agreements over five years, a move, a cancelling and a pause at every position, against dateutil."""

from __future__ import annotations

from functools import partial
from typing import Any

from tests.support import forking, recurrence

BATCH = 100  # rules; each is tried in a hundred ways and more
PROCESSES = 2


def total(part: float) -> int:
    """How many rules a part of the soak takes."""
    return max(20, round(len(recurrence.rules()) * part))


def run(seed: int, part: float, done: int, count: int, so_far: dict[str, Any]) -> dict[str, Any]:
    """The next rules; which of them a part takes is spread over all of them."""
    every = recurrence.rules()
    step = len(every) / total(part)
    some = [every[int(place * step)] for place in range(done, done + count)]
    with forking.context("tests.support.recurrence").Pool(PROCESSES) as pool:
        answers = pool.map(partial(recurrence.wrong_with, seed), some, 5)
    return {
        "cases": so_far.get("cases", 0) + sum(tried for tried, _wrong in answers),
        "wrong": [*so_far.get("wrong", []), *(each for _tried, wrong in answers for each in wrong)][:20],
    }


def verdict(figures: dict[str, Any]) -> str:
    """What is wrong, or nothing."""
    return f"do not agree with the reference: {figures['wrong']}" if figures["wrong"] else ""
