"""What lies on the counter: an address that can be read, sent again and gone back to. Nothing is kept on the server.

`?nr=1042&nr=1050x2&linje=Kaffe~1000` is the bench, two planters and a cup of coffee for 10 kr.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import urlencode

from workshop.core import money
from workshop.core.text import clean

MOST_LINES = 40
MOST_OF_ONE = 999
_THING = re.compile(r"(?P<number>[0-9]{1,9})(?:x(?P<quantity>[0-9]{1,3}))?")
_TYPED = re.compile(r"(?P<text>.{1,100})~(?P<ore>[0-9]{1,8})")


class Thing(NamedTuple):
    """A numbered thing, and how many of it."""

    number: int
    quantity: int

    @property
    def key(self) -> str:
        """How an address names it."""
        return f"{self.number}x{self.quantity}" if self.quantity > 1 else f"{self.number}"


class Typed(NamedTuple):
    """A line typed in: a cup of coffee. Øre, VAT included."""

    text: str
    ore: int

    @property
    def key(self) -> str:
        """How an address names it."""
        return f"{self.text}~{self.ore}"


@dataclass(frozen=True)
class Counter:
    """All that is about to be sold."""

    things: tuple[Thing, ...] = ()
    typed: tuple[Typed, ...] = ()

    @property
    def is_full(self) -> bool:
        """Whether nothing more can lie on it."""
        return len(self.things) + len(self.typed) >= MOST_LINES

    @property
    def query(self) -> str:
        """The counter as the end of an address."""
        things = (("nr", each.key) for each in self.things)
        return urlencode([*things, *(("linje", each.key) for each in self.typed)])

    def with_thing(self, number: int, quantity: int = 1) -> Counter:
        """One more of it, or so many."""
        before = {each.number: each.quantity for each in self.things}
        before[number] = min(before.get(number, 0) + quantity, MOST_OF_ONE)
        return Counter(tuple(Thing(*each) for each in before.items()), self.typed)

    def with_so_many(self, number: int, quantity: int) -> Counter:
        """So many of a thing that lies there; none takes it off."""
        changed = (Thing(each.number, quantity if each.number == number else each.quantity) for each in self.things)
        return Counter(tuple(each for each in changed if each.quantity), self.typed)

    def without_thing(self, number: int) -> Counter:
        """None of it."""
        return Counter(tuple(each for each in self.things if each.number != number), self.typed)

    def with_typed(self, text: str, ore: int) -> Counter:
        """A line more."""
        return Counter(self.things, (*self.typed, Typed(text, ore)))

    def without_typed(self, place: int) -> Counter:
        """A line less."""
        return Counter(self.things, tuple(each for number, each in enumerate(self.typed) if number != place))


def read(things: Sequence[str], typed: Sequence[str]) -> Counter:
    """The counter out of an address or a form; what cannot be read is left out."""
    counter = Counter()
    for text in things[:MOST_LINES]:
        found = _THING.fullmatch(text) if text.isascii() else None
        if found is not None and int(found["number"]) > 0:
            counter = counter.with_thing(int(found["number"]), max(1, int(found["quantity"] or 1)))
    for text in typed[:MOST_LINES]:
        line = _TYPED.fullmatch(clean(text))
        if line is not None and line["ore"].isascii() and 0 < int(line["ore"]) <= money.LARGEST_ORE:
            counter = counter.with_typed(line["text"].strip() or "…", int(line["ore"]))
    return counter
