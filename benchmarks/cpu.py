"""CPU ms a request of the shop's pages, beside the floor and django-oscar in the same run, and the queries each asks.

Everything is called in turns, what is compared next to each other, and a ratio is taken turn by turn: a busy machine
slows both sides of it alike. PostgreSQL's own CPU is not in the figures of any side.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout
from os import devnull
from pathlib import Path
from typing import Any, TextIO

import click

from benchmarks import oscar
from benchmarks.databases import engines
from benchmarks.filled import filled
from benchmarks.measuring import Case, Timing, in_turns, table
from benchmarks.pages import cases_of
from tests.support.queries import counted

USUAL, LARGE = 1_000, 20_000
FLOOR, OSCAR = "floor", "oscar"
# What a page of ours is held up against; the kept and the cold ones against the same as the page itself.
COMPARED = ("listing", "item", "basket", "order")
FRONT = {"front": "listing"}  # neither of the others has such a page


def run(rounds: int, *, is_large: bool) -> dict[str, Any]:
    """Time every page at 1,000 things, and at 20,000 too when asked, on the databases there are."""
    with ExitStack() as stack:
        nowhere = stack.enter_context(Path(devnull).open("w"))
        cases = list(_cases(stack, nowhere, (USUAL, LARGE) if is_large else (USUAL,)))
        queries = {case.name: _queries(case) for case in cases if not case.name.startswith((FLOOR, OSCAR))}
        timings = in_turns(sorted(cases, key=_place), rounds)
    _check(timings)
    pages = {case.name: timings[case.name].as_json() | {"queries": queries.get(case.name)} for case in cases}
    for name, page in pages.items():
        page["of_floor"] = _times(timings, name, _other(name, FLOOR))
        page["cheaper_than_oscar"] = _times(timings, _other(name, OSCAR), name)
        page["of_usual"] = _times(timings, name, name.replace(f"{LARGE:,}", f"{USUAL:,}")) if _is_large(name) else None
    return pages


def show(result: dict[str, Any]) -> str:
    """The figures as a table."""
    rows = [
        (
            name,
            *(f"{page[figure]:.2f}" for figure in ("best_ms", "median_ms")),
            *(
                f"{page[figure]:.2f}" if page[figure] else ""
                for figure in ("of_floor", "cheaper_than_oscar", "of_usual")
            ),
            page["queries"] if page["queries"] is not None else "",
            f"{page['bytes']:,}",
            page["status"][:3],
        )
        for name, page in result.items()
    ]
    against = ("x floor", "oscar costs x", f"x {USUAL:,}")
    return table(rows, ("page, things, database", "CPU ms best", "median", *against, "queries", "bytes", "status"))


def _cases(stack: ExitStack, nowhere: TextIO, counts: tuple[int, ...]) -> Iterator[Case]:
    for engine in stack.enter_context(engines()):
        for count in counts:
            shop = stack.enter_context(filled(count, stack.enter_context(engine.fresh())))
            ending = f"{count:,}, {engine.name}"
            with redirect_stderr(nowhere):  # where the program will write its log line a request
                yield from cases_of(shop, ending)
            with _said(ending):
                yield from oscar.cases(stack.enter_context(oscar.peer(count, engine.name)), ending)


@contextmanager
def _said(ending: str) -> Iterator[None]:
    """Say that the other shop is not measured, and why, and go on."""
    try:
        yield
    except oscar.NotThereError as why:
        click.echo(f"django-oscar is not beside us ({ending}): {why}.")


def _place(case: Case) -> tuple[int, str]:
    """What is compared comes next to each other."""
    page = _page(case.name)
    return (COMPARED.index(page) if page in COMPARED else len(COMPARED), case.name)


def _page(name: str) -> str:
    """`listing` of `floor listing, 1,000, sqlite` and of `listing kept, 1,000, sqlite`."""
    words = name.partition(",")[0].removeprefix(f"{FLOOR} ").removeprefix(f"{OSCAR} ").split()
    return FRONT.get(words[0], words[0])


def _other(name: str, side: str) -> str:
    """The case that a page of ours is held up against."""
    if name.startswith((FLOOR, OSCAR)):
        return ""
    return f"{side} {_page(name)},{name.partition(',')[2]}"


def _is_large(name: str) -> bool:
    return f" {LARGE:,}," in name


def _queries(case: Case) -> int:
    case.before()
    with Path(devnull).open("w") as nowhere, redirect_stdout(nowhere):
        case.call()
        with counted() as sent:
            case.call()
    return len(sent)


def _times(timings: dict[str, Timing], one: str, other: str) -> float | None:
    return round(timings[one].times(timings[other]), 3) if one in timings and other in timings else None


def _check(timings: dict[str, Timing]) -> None:
    """An error page is quick, so only pages that answered count. Raises RuntimeError."""
    wrong = {name: timing.answer.status for name, timing in timings.items() if timing.answer.status[0] not in "23"}
    if wrong:
        raise RuntimeError(f"these pages did not answer as they should: {wrong}")
