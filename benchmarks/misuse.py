"""Uploads, texts that are commands, broken requests, and cookies kept too long: at full size, on both engines."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import structlog

from benchmarks import trusting
from benchmarks.databases import Engine
from benchmarks.trusting import Figures
from workshop.core import db

# The tests' helpers carry no types, so they are loaded by name.
SLOWEST_UPLOAD, SLOWEST_ANSWER, MOST_GROWTH_MB = 3.0, 5.0, 50.0
# An upload's own share: a web process at rest takes about 150 MB, and this one is larger, as it has filled the demo.
MOST_MB = 150.0
Part = Callable[[Engine, int, int, int], Figures]


def quiet() -> None:
    """No line for each of some hundred thousand requests."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    logging.disable(logging.CRITICAL)


def uploads(engine: Engine, seed: int, done: int, count: int) -> Figures:
    """The next files of the corpus at every place that takes one."""
    quiet()
    corpus, places = import_module("tests.support.uploads"), import_module("tests.support.upload_places")
    figures: Figures = {"files": 0, "broken": [], "kept": [], "most_seconds": 0.0, "most_mb": 0.0}
    with trusting.opened(engine) as (app, settings):
        given, known = places.places(app, settings), set[str]()
        for upload in corpus.corpus(seed)[done : done + count]:
            body = upload.make()
            for place in given:
                trusting.forget_peak()
                before, started = trusting.memory_mb("VmRSS"), time.monotonic()
                status = places.send(place, upload, body).status_code
                taken, peak = time.monotonic() - started, trusting.memory_mb() - before
                faults = places.wrong_with(settings.photos_dir, known, {body})
                figures["files"] += 1
                figures["broken"] += [] if status in places.ALLOWED else [[place.name, upload.what, status]]
                figures["kept"] += [[place.name, upload.what, fault] for fault in faults]
                figures["most_seconds"] = max(figures["most_seconds"], round(taken, 2))
                figures["most_mb"] = max(figures["most_mb"], round(peak, 1))
    return figures


def uploads_wrong(figures: Figures) -> str:
    """What is wrong with the figures of the uploads."""
    wrong = [f"{name}: {figures[name][:3]}" for name in ("broken", "kept") if figures[name]]
    if figures["most_seconds"] > SLOWEST_UPLOAD:
        wrong.append(f"one took {figures['most_seconds']} s")
    if figures["most_mb"] > MOST_MB:
        wrong.append(f"{figures['most_mb']} MB")
    return "; ".join(wrong)


def texts(engine: Engine, seed: int, done: int, count: int) -> Figures:
    """The next texts in everything people write, and every file looked through."""
    quiet()
    commanding, injection = import_module("tests.support.commanding"), import_module("tests.support.injection")
    papers, streams = import_module("tests.support.papers"), import_module("tests.support.label_streams")
    figures: Figures = {"texts": 0, "files": 0, "wrong": [], "fetched": 0}
    with injection.listening() as canary, TemporaryDirectory() as folder, trusting.opened(engine) as (app, settings):
        file = Path(folder) / "secret.txt"
        file.write_text(injection.SECRET)
        given = papers.papers(app, settings)
        before = {paper.endpoint: paper.client.get(paper.address).data for paper in given}
        for number, text in list(enumerate(commanding.texts(seed, canary.address, file)))[done : done + count]:
            with db.transaction() as session:
                injection.plant(session, text)
            word = commanding.word(number)
            for paper in given:
                faults = papers.wrong_with(paper, word, before[paper.endpoint])
                figures["wrong"] += [[paper.endpoint, text, fault] for fault in faults]
            figures["wrong"] += [["label", text, fault] for fault in streams.wrong_with(text)]
            figures["texts"] += 1
            figures["files"] += len(given) + 2
        figures["fetched"] = len(canary.asked)
    return figures


def texts_wrong(figures: Figures) -> str:
    """What is wrong with the figures of the texts."""
    return f"{figures['wrong'][:3]}, {figures['fetched']} fetched" if figures["wrong"] or figures["fetched"] else ""


def requests(engine: Engine, seed: int, done: int, count: int) -> Figures:
    """The next broken requests to every address and method, as three kinds of people."""
    quiet()
    fuzz, actors = import_module("tests.test_fuzz"), import_module("tests.support.actors")
    figures: Figures = {"requests": 0, "broken": [], "slow": 0, "most_seconds": 0.0, "most_growth_mb": 0.0}
    with trusting.opened(engine) as (app, settings):
        clients = [actors.desk(app), actors.tablet(app, "Aksel", settings).client, actors.browser(app)]
        addresses = fuzz.addresses(app)
        before = 0.0
        for each in range(done, done + count):
            if each == done + 1:  # the first round loads what only some pages need
                before = trusting.memory_mb("VmRSS")
            chance = random.Random(f"{seed} {each}")  # noqa: S311 — a seeded choice, not a secret
            client = clients[each % len(clients)]
            for endpoint, method, address in addresses:
                sent: dict[str, Any] = fuzz.body(chance) if method == "POST" else fuzz.question(chance)
                started = time.monotonic()
                answer = client.open(address, method=method, **sent)
                taken = time.monotonic() - started
                figures["requests"] += 1
                figures["slow"] += taken > SLOWEST_ANSWER
                figures["most_seconds"] = max(figures["most_seconds"], round(taken, 2))
                if answer.status_code not in fuzz.ALLOWED or b"Traceback" in answer.data:
                    figures["broken"].append([endpoint, method, answer.status_code, each])
        if count > 1:
            figures["most_growth_mb"] = round(trusting.memory_mb("VmRSS") - before, 1)
    return figures


def requests_wrong(figures: Figures) -> str:
    """What is wrong with the figures of the broken requests."""
    wrong = [f"{figures['broken'][:3]}"] if figures["broken"] else []
    if figures["slow"]:
        wrong.append(f"{figures['slow']} took longer than {SLOWEST_ANSWER} s")
    if figures["most_growth_mb"] > MOST_GROWTH_MB:
        wrong.append(f"grew by {figures['most_growth_mb']} MB")
    return "; ".join(wrong)


def replays(engine: Engine, _seed: int, done: int, count: int) -> Figures:
    """The next cookies that are sent again after a session ended, in each of the ways it can end."""
    quiet()
    replaying = import_module("tests.support.replaying")
    figures: Figures = {"replayed": 0, "accepted": 0, "never_in": 0}
    with trusting.opened(engine) as (app, settings):
        for number in range(done, done + count):
            played = [replaying.replay(app, way, number) for way in replaying.WAYS]
            played += [replaying.replay_at_tablet(app, settings, is_revoked=each) for each in (True, False)]
            figures["replayed"] += len(played)
            figures["accepted"] += sum(after for _before, after in played)
            figures["never_in"] += sum(not before for before, _after in played)
    return figures


def replays_wrong(figures: Figures) -> str:
    """What is wrong with the figures of the replays."""
    return f"{figures}" if figures["accepted"] or figures["never_in"] else ""


# What it is called, how much there is of it, how much at a time, the part, and what is wrong with its figures. Of the
# requests one is a round of all addresses; of the replays one is every way a session can end.
PARTS: tuple[tuple[str, int, int, Part, Callable[[Figures], str]], ...] = (
    ("uploads", 200, 50, uploads, uploads_wrong),
    ("texts", 500, 100, texts, texts_wrong),
    ("requests", 2_000, 20, requests, requests_wrong),
    ("replays", 1_000, 100, replays, replays_wrong),
)
