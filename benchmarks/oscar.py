"""django-oscar beside us, in a process of its own, when OSCAR_PEER names a project with things in it.

The project is no part of this repository: a minimal django-oscar with `shop.settings` that reads OSC_N (how many
things) and OSC_DB (`pg` for PostgreSQL), and `/dbcat/`, its own listing fed straight from the ORM. OSCAR_PYTHON names
the Python that has its packages; without it, the project's `.venv`.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measuring import Answer, Case

PAGES = ("listing", "item", "basket", "order")
SIDE = Path(__file__).with_name("oscar_side.py")


class NotThereError(Exception):
    """The other shop cannot be measured here; the words say why."""


@dataclass
class Peer:
    """The other shop's process, and the last thing it answered."""

    process: subprocess.Popen[str]

    def spend(self, page: str, count: int) -> tuple[float, Answer]:
        """CPU seconds of so many calls. Raises NotThereError when it has gone."""
        asks, tells = self.process.stdin, self.process.stdout
        if asks is None or tells is None or self.process.poll() is not None:
            raise NotThereError(_last_words(self.process))
        asks.write(f"{page} {count}\n")
        asks.flush()
        line = tells.readline()
        if not line:
            raise NotThereError(_last_words(self.process))
        told = json.loads(line)
        return told["seconds"], Answer(told["status"], told["bytes"])


@contextmanager
def peer(count: int, engine: str) -> Iterator[Peer]:
    """The other shop with `count` things on a kind of database. Raises NotThereError."""
    project = os.environ.get("OSCAR_PEER")
    if not project:
        raise NotThereError("OSCAR_PEER names no project")
    python = os.environ.get("OSCAR_PYTHON") or str(Path(project) / ".venv/bin/python")
    kind = {"OSC_DB": "pg"} if engine == "postgres" else {}
    about = {**os.environ, "OSC_N": str(count), **kind}
    pipe = subprocess.PIPE
    try:
        process = subprocess.Popen(
            [python, str(SIDE)], cwd=project, env=about, stdin=pipe, stdout=pipe, stderr=pipe, text=True
        )
    except OSError as error:
        raise NotThereError(str(error)) from error
    with process:
        yield Peer(process)


def _case(shop: Peer, page: str, ending: str) -> Case:
    return Case(
        f"oscar {page}, {ending}",
        lambda: shop.spend(page, 1)[1],
        elsewhere=lambda count: shop.spend(page, count)[0],
    )


def cases(shop: Peer, ending: str) -> list[Case]:
    """What is measured of it, after it has shown that it answers. Raises NotThereError."""
    for page in PAGES:
        shop.spend(page, 1)
    return [_case(shop, page, ending) for page in PAGES]


def _last_words(process: subprocess.Popen[str]) -> str:
    """The last line of what a process complained of."""
    said = process.communicate()[1].strip().splitlines()
    return said[-1] if said else "it ended without a word"
