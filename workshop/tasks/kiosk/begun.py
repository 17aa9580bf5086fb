"""What was begun on this tablet today and is not finished: numbers in its cookie, never a person.

The thing itself is the draft and lies on the server, so it is there again after the lock, for whoever signs in.
"""

from __future__ import annotations

from typing import NamedTuple

from flask import session as browser

from workshop.core import clock

MOST = 6  # more half-done things than a table holds, and few enough for one cookie
TICKETS = "tickets"  # for the end of a task: whose it is stands with the task, not here
_THINGS, _PHOTOS, _RUNS, _CODES = "begun", "taken", "runs", "codes"
NAMES = frozenset({TICKETS, _THINGS, _PHOTOS, _RUNS, _CODES})  # they outlast the lock and the next sign-in


class Flow(NamedTuple):
    """A thing that is on its way through the four steps; one that was numbered here can be regretted."""

    number: int
    is_new: bool


def begin(number: int, *, is_new: bool) -> None:
    """Remember that this thing is on its way."""
    others = {key: kept for key, kept in _kept(_THINGS).items() if key != str(number)}
    browser[_THINGS] = {**dict(list(others.items())[1 - MOST :]), str(number): [_today(), is_new]}


def done(number: int) -> None:
    """It is finished, or will not be."""
    browser[_THINGS] = {key: kept for key, kept in _kept(_THINGS).items() if key != str(number)}


def flow(number: int) -> Flow | None:
    """The way a thing is on, if it was begun here today."""
    kept = _kept(_THINGS).get(str(number))
    return Flow(number, bool(kept[1])) if kept else None


def numbers() -> list[int]:
    """What was begun here today, the latest first."""
    return [int(key) for key in reversed(_kept(_THINGS))]


def photo_taken(name: str) -> None:
    """Remember a photo of this tablet, so that it can be undone here."""
    browser[_PHOTOS] = [*browser.get(_PHOTOS, []), name][-2 * MOST :]


def is_taken_here(name: str) -> bool:
    """Whether a photo was taken on this tablet."""
    return name in browser.get(_PHOTOS, [])


def run_begun(job_id: str, whose: str) -> None:
    """Remember a run of labels with the public id of the person who began it: it becomes that person's work."""
    browser[_RUNS] = {**dict(list(_kept(_RUNS).items())[1 - MOST :]), job_id: [_today(), whose]}


def run_done(job_id: str) -> None:
    """The labels came out, or will not."""
    browser[_RUNS] = {key: kept for key, kept in _kept(_RUNS).items() if key != job_id}


def runs_of(whose: str) -> list[str]:
    """The runs of labels this person began here today, the latest first."""
    return [job_id for job_id, kept in reversed(_kept(_RUNS).items()) if kept[1] == whose]


def code_put_on(token: str, number: int) -> None:
    """Remember a code that was put on a thing here, so that a slip can be undone here."""
    browser[_CODES] = {**dict(list(_kept(_CODES).items())[1 - MOST :]), token: [_today(), number]}


def code_on(number: int) -> str | None:
    """The code that was put on this thing on this tablet today, the latest."""
    return next((token for token, kept in reversed(_kept(_CODES).items()) if kept[1] == number), None)


def code_taken_off(token: str) -> bool:
    """Forget a code; False when it was not put on here today."""
    kept = _kept(_CODES)
    was_here = kept.pop(token, None) is not None
    browser[_CODES] = kept
    return was_here


def _kept(name: str) -> dict[str, list[object]]:
    """What is remembered under a name from today; yesterday's is left where it lies, for staff to see."""
    return {key: kept for key, kept in browser.get(name, {}).items() if kept[0] == _today()}


def _today() -> str:
    return clock.local_day(clock.now()).isoformat()
