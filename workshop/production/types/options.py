"""The options of a kind of goods as staff write them: one a line, `farve: rå, sort +150, grøn +150`. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from workshop.core.i18n import _
from workshop.core.text import clean

Options = dict[str, list[list[str | int]]]
MOST_OPTIONS, MOST_VALUES = 10, 30
# A comma parts the values, so the few additions with øre are written with a point.
_ADDITION = re.compile(r"([0-9]{1,6})(?:\.([0-9]{2}))?(?: ?kr\.?)?", re.ASCII)


def parse(typed: str) -> Options:
    """The options with their additions in øre.

    Raises ValueError with a sentence that says what to do.
    """
    found: Options = {}
    for line in filter(None, (clean(each) for each in typed.splitlines())):
        name, colon, values = line.partition(":")
        name = name.strip().casefold()
        if not colon or not name or len(name) > 40:
            raise ValueError(_("“%(line)s”: skriv valget, et kolon og mulighederne.", line=line[:60]))
        if name in found:
            raise ValueError(_("Valget “%(name)s” står der to gange.", name=name))
        found[name] = [_value(each) for each in values.split(",") if each.strip()]
        if not found[name] or len(found[name]) > MOST_VALUES:
            raise ValueError(_("Skriv 1 til %(most)s muligheder for “%(name)s”.", most=MOST_VALUES, name=name))
        if len({each[0] for each in found[name]}) < len(found[name]):
            raise ValueError(_("“%(name)s” har den samme mulighed to gange.", name=name))
    if len(found) > MOST_OPTIONS:
        raise ValueError(_("Skriv højst %(most)s valg.", most=MOST_OPTIONS))
    return found


def text(options: Mapping[str, Sequence[Sequence[str | int]]]) -> str:
    """The options as they are written; what `parse` reads back."""
    return "\n".join(f"{name}: {', '.join(_said(*each) for each in values)}" for name, values in options.items())


def _value(typed: str) -> list[str | int]:
    value, plus, addition = typed.partition("+")
    value = value.strip()
    if not value or len(value) > 60:
        raise ValueError(_("Skriv hver mulighed med højst 60 tegn."))
    if not plus:
        return [value, 0]
    found = _ADDITION.fullmatch(addition.strip())
    if found is None:
        raise ValueError(_("Skriv tillægget for “%(value)s” i hele kroner, for eksempel +150.", value=value))
    return [value, int(found[1]) * 100 + int(found[2] or 0)]


def _said(value: str | int, addition: str | int) -> str:
    if not addition:
        return str(value)
    kroner, ore = divmod(int(addition), 100)
    return f"{value} +{kroner}.{ore:02d}" if ore else f"{value} +{kroner}"
