"""Which thing a code or a number leads to. A thing can have several: its own, and those it was given or had before."""

from __future__ import annotations

import re
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.products.models import Item, ItemCode
from workshop.products.qr import TOKEN_ALPHABET, TOKEN_LENGTH

LONGEST_NUMBER = 9  # digits of a number a person could mean; the column holds it
_TOKEN = re.compile(rf"[{TOKEN_ALPHABET}]{{{TOKEN_LENGTH}}}", re.IGNORECASE)
_SAID = re.compile(r"\A(?:#|nr\.?|nummer)\s*(?=[0-9])", re.IGNORECASE)  # as a label says it before the number


class BlankCode(NamedTuple):
    """A code that was printed ahead and is on nothing yet."""

    number: int
    token: str


def item_by_token(session: Session, token: str) -> Item | None:
    """The thing a scanned code leads to: by its own token, or by any that was bound to it. Capitals are the same."""
    if not _TOKEN.fullmatch(token):
        return None
    wanted = token.lower()
    found = session.scalar(sa.select(Item).where(Item.qr_token == wanted))
    if found is not None:
        return found
    return session.scalar(sa.select(Item).join(ItemCode, ItemCode.item_id == Item.id).where(ItemCode.token == wanted))


def blank_by_token(session: Session, token: str) -> ItemCode | None:
    """The code with this token that is on nothing yet."""
    if not _TOKEN.fullmatch(token):
        return None
    return session.scalar(sa.select(ItemCode).where(ItemCode.token == token.lower(), ItemCode.bound_at.is_(None)))


def bound_by_token(session: Session, token: str) -> ItemCode | None:
    """The code with this token that is on something."""
    if not _TOKEN.fullmatch(token):
        return None
    return session.scalar(sa.select(ItemCode).where(ItemCode.token == token.lower(), ItemCode.bound_at.is_not(None)))


def item_by_any_number(session: Session, number: int) -> Item | None:
    """The thing a printed number means: its own number, or that of a code that was put on it later."""
    found = session.scalar(sa.select(Item).where(Item.number == number))
    if found is not None:
        return found
    return session.scalar(sa.select(Item).join(ItemCode, ItemCode.item_id == Item.id).where(ItemCode.number == number))


def blank_by_number(session: Session, number: int) -> ItemCode | None:
    """The code that was printed ahead with this number and is on nothing yet."""
    return session.scalar(sa.select(ItemCode).where(ItemCode.number == number, ItemCode.bound_at.is_(None)))


def blanks(session: Session, limit: int = 200) -> list[BlankCode]:
    """The codes printed ahead that wait for a thing, the lowest number first."""
    statement = (
        sa.select(ItemCode.number, ItemCode.token)
        .where(ItemCode.bound_at.is_(None), ItemCode.number.is_not(None))
        .order_by(ItemCode.number)
        .limit(limit)
    )
    return [BlankCode(number, token) for number, token in session.execute(statement) if number is not None]


def find(session: Session, text: str) -> Item | ItemCode | None:
    """What somebody typed or a camera read: a number, a code's address (whatever its host), or its token alone.

    Gives the thing it leads to, a code that is on nothing yet, or None.
    """
    typed = text.strip()
    if not _TOKEN.fullmatch(typed):
        typed = _SAID.sub("", typed)
    if typed.isascii() and typed.isdecimal():
        if len(typed) > LONGEST_NUMBER:
            return None
        number = int(typed)
        return item_by_any_number(session, number) or blank_by_number(session, number)
    token = typed.rpartition("/")[2]
    return item_by_token(session, token) or blank_by_token(session, token)
