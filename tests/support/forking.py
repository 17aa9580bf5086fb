"""Processes for races: forked from a server that has read the whole house, and has neither threads nor connections."""

from __future__ import annotations

import multiprocessing
from multiprocessing.context import ForkServerContext

WHOLE_HOUSE = ("pytest", "shop.app", "shop.models", "tests.support.mapped")


def context(*also: str) -> ForkServerContext:
    """Where racers come from. Each process has one such server, and what it reads is decided by whoever starts it.

    So every race asks for the whole house: twenty racers that import it themselves cost half a minute.
    """
    made = multiprocessing.get_context("forkserver")
    made.set_forkserver_preload([*WHOLE_HOUSE, *also])
    return made
