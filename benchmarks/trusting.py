"""The filled demo in this process, for the parts of the soak that try what nobody should do."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flask import Flask

from benchmarks.databases import Engine
from benchmarks.running import WORTH_NOTHING
from shop.app import create_app
from shop.demo import filling
from workshop.core import db
from workshop.core.config import ROOT, Mode, Settings

if str(ROOT / "tests") not in sys.path:
    sys.path.append(str(ROOT / "tests"))  # the tests' helpers know each other as `support`

Figures = dict[str, Any]
Run = Callable[[int, int, Figures], Figures]  # from, how many, figures so far -> figures


@contextmanager
def opened(engine: Engine) -> Iterator[tuple[Flask, Settings]]:
    """A whole house with the demo in it, in a folder of its own; gone after the block."""
    with TemporaryDirectory(prefix="vaerksted-trust-") as name, engine.fresh() as url:
        settings = Settings(
            mode=Mode.TEST,
            secret_key=WORTH_NOTHING,
            pin_pepper=WORTH_NOTHING,
            database_url=url,
            data_dir=Path(name),
            base_url="http://localhost",
            trusted_hosts=("localhost",),
            stripe_secret_key="sk_test_soak",  # noqa: S106 — worth nothing
            stripe_webhook_secret="whsec_soak",  # noqa: S106 — worth nothing
            stripe_api_base="http://127.0.0.1:9",
            cheap_hashes=True,
            master_keys=(bytes(range(32)),),
        )
        app = create_app(settings)
        app.config["PROPAGATE_EXCEPTIONS"] = False  # a fault is counted, not raised
        app.config["TESTING"] = False
        filling.fill(app, say=lambda _line: None)
        try:
            yield app, settings
        finally:
            db.database().close()


def forget_peak() -> None:
    """From here on the most memory this process used is counted anew, where the system can."""
    Path("/proc/self/clear_refs").write_text("5")


def memory_mb(which: str = "VmHWM") -> float:
    """The most memory since then (VmHWM), or what is used now (VmRSS)."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return round(int(next(line for line in lines if line.startswith(which)).split()[1]) / 1024, 1)


def worst(so_far: Figures, now: Figures) -> Figures:
    """Counts added up, measures at their worst, faults in a row (of which twenty are kept)."""
    found: Figures = {}
    for name, value in now.items():
        before = so_far.get(name)
        if before is None:
            found[name] = value
        elif isinstance(value, list):
            found[name] = [*before, *value][:20]
        elif name.startswith("most_"):
            found[name] = max(before, value)
        else:
            found[name] = before + value
    return found
