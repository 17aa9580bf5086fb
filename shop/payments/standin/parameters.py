"""Which parameters Stripe takes, read from the library's own annotations, so that a misspelt one is refused here too.

This is the second and last place that imports the library, and only its tables of names.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from stripe._request_options import RequestOptions
from stripe.params import (
    EventListParams,
    EventRetrieveParams,
    PaymentIntentCancelParams,
    PaymentIntentCaptureParams,
    PaymentIntentListParams,
    PaymentIntentRetrieveParams,
    RefundCreateParams,
    RefundListParams,
    RefundRetrieveParams,
)
from stripe.params.checkout import SessionCreateParams, SessionExpireParams, SessionListParams, SessionRetrieveParams

from shop.payments.standin.wire import Refused

TABLES: dict[str, type] = {
    "checkout.session.create": SessionCreateParams,
    "checkout.session.retrieve": SessionRetrieveParams,
    "checkout.session.expire": SessionExpireParams,
    "checkout.session.list": SessionListParams,
    "payment_intent.retrieve": PaymentIntentRetrieveParams,
    "payment_intent.list": PaymentIntentListParams,
    "payment_intent.capture": PaymentIntentCaptureParams,
    "payment_intent.cancel": PaymentIntentCancelParams,
    "refund.create": RefundCreateParams,
    "refund.retrieve": RefundRetrieveParams,
    "refund.list": RefundListParams,
    "event.list": EventListParams,
    "event.retrieve": EventRetrieveParams,
}
_NAME = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")
# Names that the tables mention without importing them; none is a parameter that is sent.
_UNSEEN = {"StripeContext": object, "UntypedStripeObject": dict, "Mapping": Mapping}


def read(table: str, pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """The parameters of one request, checked and given their types. Raises Refused as Stripe does."""
    tree: dict[str, Any] = {}
    for name, value in pairs:
        found = _NAME.fullmatch(name)
        if found is None:
            raise _wrong(f"Received unknown parameter: {name}", "parameter_unknown", name)
        _put(tree, [found[1], *re.findall(r"\[([^\[\]]*)\]", found[2])], value)
    return _record(TABLES[table], tree, "")


def _put(tree: dict[str, Any], path: list[str], value: str) -> None:
    for step in path[:-1]:
        inner = tree.setdefault(step or str(len(tree)), {})
        if not isinstance(inner, dict):
            raise _wrong(f"Invalid object: {step}", "parameter_invalid", step)
        tree = inner
    tree[path[-1] or str(len(tree))] = value


@functools.cache
def _names(table: type) -> Mapping[str, Any]:
    hints = get_type_hints(table, localns=_UNSEEN)
    return {name: hint for name, hint in hints.items() if name not in RequestOptions.__annotations__}


def _record(table: type, tree: dict[str, Any], within: str) -> dict[str, Any]:
    names = _names(table)
    unknown = [_path(within, name) for name in tree if name not in names]
    if unknown:
        plural = "s" if len(unknown) > 1 else ""
        raise _wrong(f"Received unknown parameter{plural}: {', '.join(unknown)}", "parameter_unknown", unknown[0])
    required: frozenset[str] = getattr(table, "__required_keys__", frozenset())
    for name in sorted(required - tree.keys()):
        if name in names:
            path = _path(within, name)
            raise _wrong(f"Missing required param: {path}.", "parameter_missing", path)
    return {name: _value(names[name], raw, _path(within, name)) for name, raw in tree.items()}


def _value(hint: Any, raw: Any, path: str) -> Any:
    options = get_args(hint) if get_origin(hint) in {Union, UnionType} else (hint,)
    if isinstance(raw, dict):
        return _composite(options, raw, path)
    words = {word for option in options if get_origin(option) is Literal for word in get_args(option)}
    if words - {""}:  # The library allows any text beside the known words; Stripe itself does not.
        if raw not in words:
            raise _wrong(f"Invalid {path}: must be one of {', '.join(sorted(words))}", "parameter_invalid", path)
        return raw
    if bool in options:
        return _truth(raw, path)
    if int in options:
        return _whole(raw, path)
    if str in options or (raw == "" and words):
        return raw
    raise _wrong(f"Invalid {path}: expected an object or a list", "parameter_invalid", path)


def _composite(options: tuple[Any, ...], raw: dict[str, Any], path: str) -> Any:
    for option in options:
        # `typing.is_typeddict` does not know the backported kind that the library uses.
        if hasattr(option, "__required_keys__"):
            return _record(option, raw, path)
        if get_origin(option) is list:
            inner = get_args(option)[0]
            return [_value(inner, raw[step], _path(path, step)) for step in sorted(raw, key=_position)]
        if get_origin(option) is dict or option is dict:
            return {name: str(value) for name, value in raw.items()}
    raise _wrong(f"Invalid {path}: expected a value", "parameter_invalid", path)


def _position(step: str) -> int:
    return int(step) if step.isdecimal() and len(step) < 6 else 10**6


def _truth(raw: str, path: str) -> bool:
    if raw not in {"true", "false"}:
        raise _wrong(f"Invalid boolean: {raw}", "parameter_invalid_boolean", path)
    return raw == "true"


def _whole(raw: str, path: str) -> int:
    if not re.fullmatch(r"-?[0-9]{1,15}", raw):
        raise _wrong(f"Invalid integer: {raw}", "parameter_invalid_integer", path)
    return int(raw)


def _path(within: str, name: str) -> str:
    return f"{within}[{name}]" if within else name


def _wrong(message: str, code: str, param: str) -> Refused:
    return Refused(message, code=code, param=param, is_kept=False)
