"""Values for the parts of an address, so that every rule of the app can be visited."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from werkzeug.routing import BaseConverter, Rule
from werkzeug.routing.converters import AnyConverter, NumberConverter

NOBODYS = 999_999


def parts(rule: Rule, given: Mapping[str, Any]) -> dict[str, Any]:
    """What is given; for the rest something of the right shape that is nobody's."""
    return {name: _fitting(rule._converters[name], given.get(name, "x")) for name in rule.arguments}


def _fitting(converter: BaseConverter, value: Any) -> Any:
    if isinstance(converter, AnyConverter):
        return value if value in converter.items else min(converter.items)
    if isinstance(converter, NumberConverter):
        return value if isinstance(value, int) else NOBODYS
    return value
