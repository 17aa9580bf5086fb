"""Death at every boundary: the scenes are played once to see which places they pass, then once for each place.

A place is a commit, or a call to Stripe or the mail, before or after, in web or worker. At each of them the process
is killed; the one after it has to bring the same scene to its end, and the stand-in's book is the judge.
"""

from __future__ import annotations

import ast
import functools
import random
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import sqlalchemy as sa

from benchmarks import crashing, scenes
from benchmarks.buyers import Buyer, GaveUp
from benchmarks.databases import Engine
from benchmarks.filled import fill
from benchmarks.judging import judge
from benchmarks.keepers import Keeper
from benchmarks.running import house, wait_for
from benchmarks.walks import Does, Stage, Stuck, Walk, compare_tonight
from shop.app import create_app
from shop.payments.models import PaymentDue
from tests.support import factories
from workshop.core import clock, db
from workshop.core.access import Role
from workshop.core.config import ROOT
from workshop.core.mail import OutboxMail
from workshop.products.models import StockCause, StockMovement

Scene = Callable[[Walk], None]
EMAIL = "salg@butik.example"
TRIES = 3  # a place may be passed in a race, so another scene gets its chance
# Writes of the shop that are no part of buying anything: nobody's money or order hangs on them. A name covers
# everything that begins with it.
NOT_REACHED = {
    "booking.": "the garden service; its bills use the same payment rows, dues and events, but no scene plays it yet",
    "orders.asking.": "questions and wishes to be told; no order, no money",
    "orders.house.": "staff edit opening hours, places and texts",
    "orders.withdrawing.finding.renew": "sends a lost link again; writes the mail alone",
    "orders.withdrawing.desk.settle": "a declaration from which nothing follows; a note is written",
    "orders.withdrawing.money.again": "only after a bank has sent a refund back, which the stand-in does not act",
    "orders.withdrawing.desk.take_off": "one of several lines; the scenes buy one thing each",
    "orders.desk.handling.looked_at": "clears a flag; nothing else is written",
    "orders.desk.handling.pay_at_pickup": "after a reservation lapsed at the bank, a week on Stripe's own clock",
    "orders.desk.handling.paid": "after a capture that the bank refused, which the stand-in does not act",
    "orders.making.actions.collect_finished": "after days of work on the tasks of a production order",
    "payments.actions._give_up": "Stripe refuses to open a page at all: a wrong amount or address of ours",
    "payments.reconciling.views.put_aside": "a person has looked at a finding; nothing else is written",
    "commands.import_catalogue": "a command, run by hand",
    "core.mail._put_back": "a mail server that is away; without one the mails are files",
}


@dataclass
class Found:
    """Which scenes pass a place, in which way, and what happened at it."""

    by: dict[str, list[tuple[Scene, Does]]] = field(default_factory=dict)
    killed: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def run(
    engine: Engine,
    share: float,
    seed: str,
    played: Sequence[Scene] = scenes.SCENES,
    *,
    only: str = "",
    is_forgetful: bool = False,
) -> dict[str, Any]:
    """Every scene of `played` as it should be, then a death at `share` of the places they pass (1.0: at each).

    `only` keeps to places that have this in their name; `is_forgetful` spoils the house, as a control.
    """
    chance = random.Random(seed)  # noqa: S311 — a choice, not a secret
    with TemporaryDirectory(prefix="vaerksted-bounds-") as name, engine.fresh() as url:
        database = db.Database(url)
        count = _fill(database)
        database.close()
        with house(Path(name), url) as opened:
            if is_forgetful:
                (opened.folder / crashing.FORGETS).touch()
            app = create_app(opened.settings)
            web, work = Keeper("web", opened.settings), Keeper("work", opened.settings, is_asked=True)
            stage = Stage(opened, app, web, work, Buyer(opened.port, EMAIL))
            try:
                for keeper in (web, work):
                    keeper.start(__name__)
                wait_for(opened.port, "/healthz")
                stage.staff.ask("POST", "/personale/log-ind", {"email": EMAIL, "password": factories.PASSWORD})
                found = Found()
                _record(stage, found, played)
                for place in _chosen([each for each in sorted(found.by) if only in each], share, chance):
                    _die_at(stage, found, place)
                figures = judge(app, opened.ledger)
            finally:
                web.close()
                work.close()
                db.database().close()
            sent = Counter((opened.folder / crashing.MAILS_OUT).read_text().split())
    if stage.played > count:
        raise RuntimeError("more scenes than things to buy")
    reached = {place.rpartition(" in ")[2] for place in found.by}
    return {
        "places": len(found.by),
        "killed": len(found.killed),
        "missed": found.missed,
        "scenes": stage.played,
        "broke": found.faults + [f"{each} x 500" for each in [stage.staff.statuses.count(500)] if each],
        "mails": len(sent),
        "mails_sent_again": sum(times - 1 for times in sent.values()),  # with the same id; never lost instead
        "writes": len(write_sites()),
        "unexplained": [] if played is not scenes.SCENES else sorted(unexplained(reached)),
        **figures,
    }


def verdict(figures: dict[str, Any], faults: Iterable[str]) -> str:
    """Empty when every place was met and the money came out right."""
    wrong = [f"{figures[name]} {name}" for name in faults if figures[name]]
    wrong += [f"{name}: {figures[name]}" for name in ("missed", "broke", "unexplained") if figures[name]]
    return ", ".join(wrong)


@functools.cache
def write_sites() -> tuple[str, ...]:
    """Every function of shop and mail that opens a write block, as the places name it."""
    files = [*sorted((ROOT / "shop").rglob("*.py")), ROOT / "workshop" / "core" / "mail.py"]
    names: list[str] = []
    for file in files:
        _root, *parts = file.relative_to(ROOT).with_suffix("").parts
        if not {"demo", "standin"} & set(parts):
            names += sorted(set(_writers(ast.parse(file.read_text()), parts)))
    return tuple(names)


def unexplained(reached: Iterable[str]) -> set[str]:
    """The writes that no scene passed and no reason was given for."""
    passed = set(reached)
    return {each for each in write_sites() if each not in passed and not each.startswith(tuple(NOT_REACHED))}


def _writers(node: ast.AST, inside: list[str]) -> Iterable[str]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, (ast.FunctionDef, ast.ClassDef)):
            yield from _writers(child, [*inside, child.name])
            continue
        if isinstance(child, ast.withitem) and ast.unparse(child.context_expr) == "db.transaction()":
            yield ".".join(inside)
        yield from _writers(child, inside)


def _fill(database: db.Database, count: int = 1_000) -> int:
    fill(database, count, has_photos=False)
    db.use(database)
    born = [
        {"item_id": each + 1, "change": 1, "cause": StockCause.IMPORTED, "at": clock.now()} for each in range(count)
    ]
    with db.transaction() as session:
        session.execute(sa.insert(StockMovement), born)
        factories.staff(session, email=EMAIL, roles=(Role.WORKSHOP, Role.SALES), now=clock.now())
        _to_order(session)
    return count


def _to_order(session: Any) -> None:
    """A bench that is made to order."""
    bench = factories.product_type(
        session, sku="HB-01", name="Havebænk med ryglæn", price_ore=189_500, route=[factories.task_type(session)]
    )
    bench.is_made_to_order = True
    bench.options = {"længde": [["120", 0], ["150", 0]], "farve": [["rå", 0], ["sort", 15_000]]}
    session.flush()


def _record(stage: Stage, found: Found, played: Sequence[Scene]) -> None:
    """Play each scene in both ways, unharmed, and note what it passes."""
    for scene in played:
        for does in ("web", "work"):
            for keeper in (stage.web, stage.work):
                keeper.kill()  # a new process tells of each place anew
            places = stage.house.folder / "places"
            places.write_text("")
            _play(stage, found, scene, does, "unharmed")
            for place in filter(_is_ours, set(places.read_text().splitlines())):
                found.by.setdefault(place, []).append((scene, does))


def _is_ours(place: str) -> bool:
    """Every call to the outside, and the commits of shop and mail; what the rest of the house writes is no money."""
    what, _in, who = place.rpartition(" in ")
    return not what.endswith(" commit") or who in write_sites()


def _die_at(stage: Stage, found: Found, place: str) -> None:
    keeper = stage.web if place.startswith("web") else stage.work
    for scene, does in found.by[place][:TRIES]:
        keeper.arm(place)
        _play(stage, found, scene, does, place)
        keeper.disarm()
        if keeper.take_fired():
            found.killed.append(place)
            return
    found.missed.append(place)


def _play(stage: Stage, found: Found, scene: Scene, does: Does, place: str) -> None:
    """One scene to its end, and whether anything is left of it."""
    stage.played += 1
    compare_tonight(is_due=False)
    lazy = stage.house.folder / "no-nudge"
    if does == "work":
        lazy.touch()
    else:
        lazy.unlink(missing_ok=True)
    walk = Walk(stage, does, stage.played)
    what = f"{scene.__name__} ({does}, {place})"
    try:
        scene(walk)
    except (Stuck, GaveUp, sa.exc.NoResultFound, OSError) as trouble:
        found.faults.append(f"{what}: {type(trouble).__name__}")
    with suppress(Stuck):
        walk.finish()
        if walk.was_hit:  # perhaps only now, with a claim of its own that has to run out
            walk.finish()
    if left := _left(stage):
        found.faults.append(f"{what}: {left}")
    if walk.buyer.statuses.count(500):
        found.faults.append(f"{what}: 500")


def _left(stage: Stage) -> str:
    """What is wrong now and was not before the scene, by the judge's cheap questions."""
    figures = judge(stage.app, stage.house.ledger, has_to_compare=False)
    del figures["payments"]
    wrong = {name: number for name, number in figures.items() if number > stage.known.get(name, 0)}
    stage.known = figures
    if "left_due" in wrong:
        with db.reading() as session:
            dues = session.execute(sa.select(PaymentDue.key, PaymentDue.due_at).where(PaymentDue.done_at.is_(None)))
            mails = session.execute(sa.select(OutboxMail.key, OutboxMail.due_at).where(OutboxMail.sent_at.is_(None)))
            return f"{wrong} {[tuple(map(str, each)) for each in (*dues, *mails)]}"
    return str(wrong) if wrong else ""


def _chosen(places: list[str], share: float, chance: random.Random) -> list[str]:
    return places if share >= 1 else sorted(chance.sample(places, max(1, round(len(places) * share))))
