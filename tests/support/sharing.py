"""Which tests stay with one of the processes that share a round, because they share something dear to make.

`--dist loadgroup` of pytest-xdist 3.8 is meant to see to that, but it writes the group where pytest 9.2 does not look,
so every test went wherever there was room: two browsers, two demos, and what one process had seen the other had not. So
the groups are read from the files here.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
from xdist.scheduler import LoadScopeScheduling
from xdist.workermanage import WorkerController

MARKED = re.compile(r'xdist_group\("([^"]+)"\)')
DEMO = re.compile(r"\b(?:demo|filled): Flask\b")  # a whole workshop, which takes a process seconds to fill


class Groups(LoadScopeScheduling):
    """Hands out the tests of a group together, the largest groups first, and all others one by one."""

    def mark_test_complete(self, node: WorkerController, item_index: int, duration: float = 0) -> None:
        """Forget what is through: whatever a process was ever given is counted again after each of its tests."""
        scope = self._split_scope(self.registered_collections[node][item_index])
        super().mark_test_complete(node, item_index, duration)
        if all(self.assigned_work[node][scope].values()):
            del self.assigned_work[node][scope]

    def _split_scope(self, nodeid: str) -> str:
        return group_of(self.config.rootpath / nodeid.partition("::")[0]) or nodeid


@cache
def group_of(file: Path) -> str:
    """The group that a file of tests is in; empty for none."""
    text = file.read_text()
    marked = MARKED.search(text)
    return marked[1] if marked else "demo" if DEMO.search(text) else ""


def scheduler(config: pytest.Config, log: object) -> Groups:
    """What shares a round out between its processes."""
    return Groups(config, log)  # type: ignore[arg-type]  # xdist's own kind of log, which it hands us
