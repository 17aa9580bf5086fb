"""`make bench`: every timing from one run, as tables and as JSON."""

from __future__ import annotations

import json
import os
import platform
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from benchmarks import cpu, labels, profile, starting

PARTS: dict[str, tuple[Callable[[int], dict[str, Any]], Callable[[dict[str, Any]], str], str]] = {
    "pages": (lambda rounds: cpu.run(rounds, is_large=False), cpu.show, "CPU of a request, in this process"),
    "labels": (lambda rounds: labels.run(min(rounds, 5)), labels.show, "Price labels, A4 with 21 places, to PDF"),
    "profile": (profile.run, profile.show, "One person's evidence"),
    "start": (lambda rounds: starting.run(min(rounds, 5)), starting.show, "From nothing to the first page"),
}

LARGE: dict[str, Callable[[int], dict[str, Any]]] = {
    "pages": lambda rounds: cpu.run(rounds, is_large=True),
    "profile": lambda rounds: profile.run(rounds, is_large=True),
}


@click.command()
@click.option("--only", type=click.Choice(list(PARTS)), multiple=True, help="One part; may be given several times.")
@click.option("--rounds", default=9, show_default=True, help="Turns each case gets.")
@click.option("--large", is_flag=True, help="20,000 things too, and ten million records.")
@click.option("--json", "file", type=click.Path(dir_okay=False, path_type=Path), help="Write the figures here too.")
def main(only: tuple[str, ...], rounds: int, large: bool, file: Path | None) -> None:
    """Measure, show, and keep."""
    load = "/".join(f"{each:.1f}" for each in os.getloadavg())
    click.echo(f"Python {platform.python_version()}, {os.cpu_count()} CPUs, load {load}: compare ratios, not times.\n")
    results: dict[str, Any] = {"python": platform.python_version(), "cpus": os.cpu_count(), "load": load}
    for name in only or PARTS:
        measure, show, title = PARTS[name]
        started = time.monotonic()
        results[name] = LARGE[name](rounds) if large and name in LARGE else measure(rounds)
        click.echo(f"== {title} ({time.monotonic() - started:.0f} s)\n{show(results[name])}\n")
        if file is not None:
            file.write_text(json.dumps(results, indent=2) + "\n")


if __name__ == "__main__":
    main()
