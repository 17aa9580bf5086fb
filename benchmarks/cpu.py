"""CPU ms a request of the shop's busiest pages, beside the floor in the same run, and the queries each page asks."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack, redirect_stdout
from os import devnull
from pathlib import Path
from typing import Any

from flask import Flask

from benchmarks.filled import FIRST_NUMBER, Filled, filled, floor_beside
from benchmarks.floor import create_floor
from benchmarks.measuring import Answer, Case, Timing, in_turns, post, request, table
from benchmarks.settings import BASE_URL
from shop.app import create_app
from shop.storefront import keeping
from tests.support.queries import counted
from workshop.core import db

USUAL, LARGE = 1_000, 20_000
# What a page of ours is held up against.
FLOOR_OF = {
    "front": "floor listing",
    "listing": "floor listing",
    "listing kept": "floor listing",
    "listing 304": "floor listing",
    "item": "floor item",
    "item kept": "floor item",
    "basket": "floor basket",
}
QUERIES = ("front", "listing", "item", "basket")


def run(rounds: int, *, is_large: bool) -> dict[str, Any]:
    """Time every page at 1,000 things, and at 20,000 too when asked."""
    with ExitStack() as stack:
        shops = [stack.enter_context(filled(count)) for count in ((USUAL, LARGE) if is_large else (USUAL,))]
        cases = [case for shop in shops for case in cases_of(shop)]
        queries = {case.name: _queries(case) for case in cases if not case.name.startswith("floor")}
        timings = in_turns(cases, rounds)
    _check(timings)
    pages = {name: timing.as_json() | {"queries": queries.get(name)} for name, timing in timings.items()}
    for name, page in pages.items():
        page["of_floor"] = _ratio(timings, name)
    return pages


def show(result: dict[str, Any]) -> str:
    """The figures as a table."""
    rows = [
        (
            name,
            f"{page['best_ms']:.2f}",
            f"{page['median_ms']:.2f}",
            f"{page['of_floor']:.2f}" if page["of_floor"] else "",
            page["queries"] if page["queries"] is not None else "",
            f"{page['bytes']:,}",
            page["status"][:3],
        )
        for name, page in result.items()
    ]
    return table(rows, ("page, things for sale", "CPU ms best", "median", "x floor", "queries", "bytes", "status"))


def cases_of(shop: Filled) -> list[Case]:
    """The pages of one shop, and the floor's in the same database."""
    floor_beside(shop)
    ours, least = create_app(shop.settings), create_floor(shop.database)

    def use() -> None:
        db.use(shop.database)

    number = FIRST_NUMBER + shop.count // 2
    calls: dict[str, Callable[[], Answer]] = {
        "front": _anew(ours, request(ours, "/")),
        "listing": _anew(ours, request(ours, "/butik/havemobler")),
        "listing kept": request(ours, "/butik/havemobler"),
        "listing 304": request(ours, "/butik/havemobler", HTTP_IF_NONE_MATCH=_etag(ours, "/butik/havemobler", use)),
        "item": _anew(ours, request(ours, f"/vare/{shop.middle}")),
        "item kept": request(ours, f"/vare/{shop.middle}"),
        "basket": post(ours, "/kurv", f"nummer={number}&antal=1"),
        "floor listing": request(least, "/"),
        "floor item": request(least, f"/vare/{shop.count // 2}"),
        "floor basket": post(least, "/kurv", f"product={shop.count // 2}"),
    }
    return [Case(f"{name}, {shop.count:,}", call, use) for name, call in calls.items()]


def _anew(app: Flask, call: Callable[[], Answer]) -> Callable[[], Answer]:
    """The same page made from the database each time, as after a change of the catalogue."""

    def forget_and_call() -> Answer:
        app.extensions[keeping.EXTENSION].forget()
        return call()

    return forget_and_call


def _etag(app: Flask, path: str, use: Callable[[], None]) -> str:
    """The mark a browser that has the page asks again with."""
    use()
    return app.test_client().get(path, base_url=BASE_URL).headers["ETag"]


def _queries(case: Case) -> int:
    case.before()
    with Path(devnull).open("w") as nowhere, redirect_stdout(nowhere):
        case.call()
        with counted() as sent:
            case.call()
    return len(sent)


def _ratio(timings: dict[str, Timing], name: str) -> float | None:
    page, _comma, count = name.partition(", ")
    if page not in FLOOR_OF:
        return None
    return round(timings[name].median / timings[f"{FLOOR_OF[page]}, {count}"].median, 3)


def _check(timings: dict[str, Timing]) -> None:
    """An error page is quick, so only pages that answered count. Raises RuntimeError."""
    wrong = {name: timing.answer.status for name, timing in timings.items() if timing.answer.status[0] not in "23"}
    if wrong:
        raise RuntimeError(f"these pages did not answer as they should: {wrong}")
