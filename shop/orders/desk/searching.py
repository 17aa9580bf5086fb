"""What staff type to find an order: as they heard it on the phone, read it in a mail or on a display."""

from __future__ import annotations

import re
from typing import Any

import sqlalchemy as sa

from shop.orders.models import Order, OrderLine
from workshop.core.text import search_key

# As `search_key` spells them. Both cases, because SQLite makes no small letter of a large one beyond a to z.
_SPELLED = {"æ": "ae", "ä": "ae", "ø": "oe", "ö": "oe", "å": "aa", "é": "e", "è": "e", "ë": "e", "ü": "u"}
_LIKE_SIGNS = str.maketrans({"\\": "\\\\", "%": "\\%", "_": "\\_"})
_SAID = frozenset({"ordre", "ordren", "ordrenummer", "nr", "nr.", "nummer"})  # before a number, and no part of it
_A_PHONE = re.compile(r"(?:\+|00)?[0-9][0-9 .()-]{6,20}")
_DANISH_DIGITS = 8
_OWN = (
    Order.number,
    Order.customer_name,
    Order.company_name,
    Order.customer_phone,
    Order.customer_email,
    Order.handover_code,
)


def found_by(words: str) -> sa.ColumnElement[bool]:
    """Whether every word occurs in an order or what was bought; a phone number is found however it is spaced."""
    typed = words.replace("#", " ").split()
    every = sa.and_(*(_occurs(word) for word in [each for each in typed if each.lower() not in _SAID] or typed))
    if not _A_PHONE.fullmatch(words.strip()):
        return every
    digits = "".join(sign for sign in words if sign in "0123456789")[-_DANISH_DIGITS:]
    return sa.or_(every, _without_spaces(Order.customer_phone).like(f"%{digits}%"))


def _occurs(word: str) -> sa.ColumnElement[bool]:
    own = sa.or_(*(_is_in(column, word) for column in _OWN))
    return sa.or_(own, sa.exists().where(OrderLine.order_id == Order.id, _is_in(OrderLine.title, word)))


def _is_in(column: Any, word: str) -> sa.ColumnElement[bool]:
    """Written the same, or in the other spelling: `Aase` and `åse` for Åse, `cafe` for Café."""
    pattern, folded = (f"%{each.translate(_LIKE_SIGNS)}%" for each in (word, search_key(word)))
    return sa.or_(column.ilike(pattern, escape="\\"), _folded(column).like(folded, escape="\\"))


def _folded(column: Any) -> sa.Function[str]:
    text = sa.func.lower(column)
    for letter, plain in _SPELLED.items():
        text = sa.func.replace(sa.func.replace(text, letter.upper(), plain), letter, plain)
    return text


def _without_spaces(column: Any) -> sa.Function[str]:
    text = sa.func.replace(column, " ", "")
    for sign in ".()-":
        text = sa.func.replace(text, sign, "")
    return text
