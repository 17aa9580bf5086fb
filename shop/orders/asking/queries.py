"""Reads of questions and wishes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shop.orders.asking.models import ShopQuestion, Wish
from workshop.accounts.models import Staff
from workshop.core import crypto
from workshop.products.models import Item, ItemState, ProductType
from workshop.products.sections import CATEGORY_NAMES

ANSWERED_SHOWN = 50
MOST_TOLD = 3  # things named in one mail


class QuestionRow(NamedTuple):
    """A question as staff see it."""

    public_id: str
    name: str
    email: str
    text: str
    asked_at: datetime
    answer: str
    answered_at: datetime | None
    answered_by: str
    item_number: int | None
    title: str  # of the thing or product; empty when it is about neither

    @property
    def is_open(self) -> bool:
        """Whether it waits for an answer."""
        return self.answered_at is None


class WishCount(NamedTuple):
    """How many wait for the same."""

    category: str
    product: str  # empty: anything of its kind
    people: int


class Subject(NamedTuple):
    """What a visitor asks about, or wants another of."""

    item_id: int | None
    product_type_id: int | None
    number: int | None
    sku: str | None
    title: str
    category: str
    product: str  # the product's own name, if it is of one


_QUESTION: tuple[Any, ...] = (
    *(ShopQuestion.public_id, ShopQuestion.name, ShopQuestion.email, ShopQuestion.text, ShopQuestion.asked_at),
    *(ShopQuestion.answer, ShopQuestion.answered_at, sa.func.coalesce(Staff.name, ""), Item.number),
    sa.func.coalesce(Item.title, ProductType.name, ""),
)
_QUESTIONS = (
    sa.select(*_QUESTION)
    .select_from(ShopQuestion)
    .outerjoin(Item, Item.id == ShopQuestion.item_id)
    .outerjoin(ProductType, ProductType.id == ShopQuestion.product_type_id)
    .outerjoin(Staff, Staff.account_id == ShopQuestion.by_staff_id)
)


def question_of_form(session: Session, once: str) -> str | None:
    """The question this form has already become."""
    return session.scalar(sa.select(ShopQuestion.public_id).where(ShopQuestion.once == once))


def asked_since(session: Session, since: datetime, *, email: str | None = None) -> int:
    """How many questions came since then, from one address or from all."""
    asked = sa.select(sa.func.count()).select_from(ShopQuestion).where(ShopQuestion.asked_at > since)
    if email is not None:
        asked = asked.where(ShopQuestion.email == email)
    return session.scalar(asked) or 0


def wished_since(session: Session, since: datetime) -> int:
    """How many wishes came since then."""
    return session.scalar(sa.select(sa.func.count()).select_from(Wish).where(Wish.made_at > since)) or 0


def waiting_of(session: Session, email: str) -> list[Wish]:
    """What an address waits for."""
    waits = (Wish.told_at.is_(None), Wish.ended_at.is_(None))
    return list(session.scalars(sa.select(Wish).where(Wish.email == email, *waits)))


def wish_by_link(session: Session, public_id: str, token: str) -> Wish | None:
    """The wish a link belongs to."""
    right = (Wish.public_id == public_id, Wish.link_hash == crypto.token_hash(token))
    return session.scalar(sa.select(Wish).where(*right))


def open_questions(session: Session) -> list[QuestionRow]:
    """What waits for an answer, the oldest first."""
    waits = _QUESTIONS.where(ShopQuestion.answered_at.is_(None)).order_by(ShopQuestion.asked_at, ShopQuestion.id)
    return [QuestionRow(*row) for row in session.execute(waits).all()]


def answered(session: Session) -> list[QuestionRow]:
    """What was answered last."""
    done = _QUESTIONS.where(ShopQuestion.answered_at.is_not(None))
    newest = done.order_by(ShopQuestion.answered_at.desc(), ShopQuestion.id.desc()).limit(ANSWERED_SHOWN)
    return [QuestionRow(*row) for row in session.execute(newest)]


def question(session: Session, public_id: str) -> QuestionRow | None:
    """One question."""
    row = session.execute(_QUESTIONS.where(ShopQuestion.public_id == public_id)).one_or_none()
    return QuestionRow(*row) if row else None


def count_open(session: Session) -> int:
    """How many questions wait."""
    waits = sa.select(sa.func.count()).select_from(ShopQuestion).where(ShopQuestion.answered_at.is_(None))
    return session.scalar(waits) or 0


def wished_for(session: Session) -> list[WishCount]:
    """What people wait for, the most wanted first; how many, never who."""
    people = sa.func.count(sa.distinct(Wish.email))
    rows = session.execute(
        sa.select(Wish.category, sa.func.coalesce(ProductType.name, ""), people)
        .outerjoin(ProductType, ProductType.id == Wish.product_type_id)
        .where(Wish.confirmed_at.is_not(None), Wish.told_at.is_(None), Wish.ended_at.is_(None))
        .group_by(Wish.category, ProductType.name)
        .order_by(people.desc(), Wish.category)
    )
    return [WishCount(*row) for row in rows]


def wishes_come_true(session: Session) -> dict[int, list[int]]:
    """Wishes that a thing has come for sale for since they were made: wish id, and the newest such things."""
    is_meant = sa.or_(Wish.product_type_id.is_(None), Wish.product_type_id == Item.product_type_id)
    rows = session.execute(
        sa.select(Wish.id, Item.id)
        .join(Item, sa.and_(Item.category == Wish.category, is_meant))
        .where(Wish.confirmed_at.is_not(None), Wish.told_at.is_(None), Wish.ended_at.is_(None))
        .where(Item.state == ItemState.FOR_SALE, Item.quantity > Item.held, Item.approved_at > Wish.made_at)
        .order_by(Wish.id, Item.approved_at.desc(), Item.number.desc())
    )
    found: dict[int, list[int]] = {}
    for wish_id, item_id in rows:
        things = found.setdefault(wish_id, [])
        if len(things) < MOST_TOLD:
            things.append(item_id)
    return found


def subject(session: Session, *, number: int | None = None, sku: str = "") -> Subject | None:
    """The thing with this number that has a public page, or the product with this key."""
    if number is not None:
        row = session.execute(
            sa.select(Item.id, Item.product_type_id, Item.number, ProductType.sku, Item.title, Item.category)
            .add_columns(sa.func.coalesce(ProductType.name, ""))
            .outerjoin(ProductType, ProductType.id == Item.product_type_id)
            .where(Item.number == number, Item.approved_at.is_not(None), Item.state != ItemState.WITHDRAWN)
        ).one_or_none()
        return Subject(*row) if row else None
    kind = session.scalar(
        sa.select(ProductType).where(sa.func.lower(ProductType.sku) == sku.lower(), ProductType.is_used)
    )
    return Subject(None, kind.id, None, kind.sku, kind.name, kind.category, kind.name) if kind else None


def categories(session: Session) -> Sequence[str]:
    """Every kind somebody could wish for: those of the shelves, and the workshop's own."""
    own = session.scalars(sa.select(Item.category).where(Item.approved_at.is_not(None)).distinct())
    return [*CATEGORY_NAMES, *sorted(set(own) - CATEGORY_NAMES.keys())]
