"""Random garden jobs: estimate, quote, charge and payment page say the same to the øre."""

from __future__ import annotations

from typing import Any

from tests.support import bills, forking

JOBS, A_BATCH, LEAST = 100_000, 20_000, 1_000


def total(part: float) -> int:
    """How many jobs a part of the soak draws."""
    return max(LEAST, round(JOBS * part))


def run(seed: int, done: int, count: int, so_far: dict[str, Any]) -> dict[str, Any]:
    """One batch in two processes; what does not tie, by the seed of the job, added to what was found before."""
    first = (seed << 20) + done
    with forking.context().Pool(2) as pool:
        answers = pool.map(bills.wrong_with, range(first, first + count), 500)
    wrong = {str(first + place): answer for place, answer in enumerate(answers) if answer}
    return {"wrong": {**so_far.get("wrong", {}), **wrong}}


def verdict(figures: dict[str, Any]) -> str:
    """What is wrong, or nothing."""
    return f"{len(figures['wrong'])} jobs do not tie: {figures['wrong']}" if figures["wrong"] else ""
