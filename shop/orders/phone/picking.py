"""What has been picked for a customer on the phone. It stands in the page's address, so nothing is kept meanwhile.

A thing is `1042` or `1042x2`; something to be made is `HB-01~2~163~farve=sort`: product, pieces, own length, choices.
Nothing here is about the customer.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from werkzeug.datastructures import MultiDict

MOST_PICKED = 30
MOST_OF_ONE = 20
_THING = re.compile(r"([0-9]{1,9})(?:x([0-9]{1,2}))?", re.ASCII)
_MADE = re.compile(r"([^~]{1,30})~([0-9]{1,2})~([0-9]{0,4})((?:~[^~=]{1,40}=[^~]{1,80}){0,8})")


class PickedThing(NamedTuple):
    """A thing from the stock, by its printed number."""

    number: int
    quantity: int

    @property
    def key(self) -> str:
        """How the address names it."""
        return f"{self.number}x{self.quantity}" if self.quantity > 1 else str(self.number)


class PickedMaking(NamedTuple):
    """Something to be made."""

    sku: str
    quantity: int
    own_length_cm: int | None
    options: tuple[tuple[str, str], ...]

    @property
    def key(self) -> str:
        """How the address names it."""
        chosen = "".join(f"~{name}={value}" for name, value in self.options)
        return f"{self.sku}~{self.quantity}~{self.own_length_cm or ''}{chosen}"


class Picked(NamedTuple):
    """All that is picked, each thing once."""

    things: tuple[PickedThing, ...] = ()
    makings: tuple[PickedMaking, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing is picked."""
        return not (self.things or self.makings)

    @property
    def address(self) -> dict[str, list[str]]:
        """The values of an address that says the same."""
        return {"vare": [each.key for each in self.things], "lav": [each.key for each in self.makings]}

    def with_thing(self, number: int, quantity: int) -> Picked:
        """With so many of a thing; picked again, its number is set anew."""
        others = tuple(each for each in self.things if each.number != number)
        return self._replace(things=(*others, PickedThing(number, quantity))[:MOST_PICKED])

    def with_making(self, making: PickedMaking) -> Picked:
        """With something to be made."""
        return self._replace(makings=(*self.makings, making)[:MOST_PICKED])

    def without(self, key: str) -> Picked:
        """Without what this key names."""
        things = tuple(each for each in self.things if each.key != key)
        return Picked(things, tuple(each for each in self.makings if each.key != key))


def read(values: MultiDict[str, str]) -> Picked:
    """What an address says; what cannot be read is left out."""
    found = Picked()
    for text in values.getlist("vare")[:MOST_PICKED]:
        thing = _THING.fullmatch(text)
        if thing:
            found = found.with_thing(int(thing[1]), _pieces(thing[2] or "1"))
    return found._replace(makings=tuple(_makings(values.getlist("lav")[:MOST_PICKED])))


def _makings(texts: Sequence[str]) -> list[PickedMaking]:
    found = []
    for text in texts:
        made = _MADE.fullmatch(text)
        if made:
            options = tuple(
                (name, value) for name, _is, value in (part.partition("=") for part in made[4].split("~") if part)
            )
            found.append(PickedMaking(made[1], _pieces(made[2]), int(made[3]) if made[3] else None, options))
    return found


def _pieces(text: str) -> int:
    return min(max(int(text), 1), MOST_OF_ONE)
