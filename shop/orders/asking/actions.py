"""A question is written down and answered once; a wish is confirmed by its mail's link, told once, and ended.

Anybody can write anybody's address into a form, so every deed of a visitor looks the same from outside, whatever comes
of it, and no address gets more than a few mails it did not ask for.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, NamedTuple, cast

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shop.orders.asking import mails, queries
from shop.orders.asking.models import ShopQuestion, Wish
from shop.orders.letterhead import Letterhead
from workshop.core import crypto, db
from workshop.core.errors import NotHere, Refusal
from workshop.core.i18n import _
from workshop.core.mail import secret_of
from workshop.core.text import clean

MOST_A_DAY = 5  # questions from one address
MOST_WISHES = 5  # waiting for one address
MOST_AN_HOUR = 60  # of either, from everybody: more is somebody's program
AGAIN_AFTER = timedelta(days=1)  # an address that did not confirm is asked once more, not before
UNCONFIRMED_KEPT = timedelta(days=7)
TOLD_KEPT = timedelta(days=30)  # an address is not kept longer than it is of use
ANSWERED_KEPT = timedelta(days=365)


class About(NamedTuple):
    """The thing or product it is about; neither for a question about nothing in particular."""

    item_id: int | None = None
    product_type_id: int | None = None


def ask(
    session: Session, about: About, *, once: str, name: str, email: str, text: str, head: Letterhead, now: datetime
) -> str | None:
    """Write a question down and send its receipt; its public id, or None when nothing came of it.

    Raises Refusal when far too many come in at once.
    """
    email = email.strip().lower()
    known = queries.question_of_form(session, once)
    if known is not None:
        return known
    if queries.asked_since(session, now - timedelta(hours=1)) >= MOST_AN_HOUR:
        raise Refusal(_("Der er skrevet usædvanligt meget lige nu. Prøv igen om en time, eller ring til os."))
    if queries.asked_since(session, now - timedelta(days=1), email=email) >= MOST_A_DAY:
        return None
    question = ShopQuestion(once=once, name=clean(name), email=email, text=clean(text), asked_at=now, **about._asdict())
    try:
        with session.begin_nested():
            session.add(question)
    except IntegrityError:  # the same press a second time, at the same moment
        return None
    mails.question_received(session, question, head, now)
    return question.public_id


def answer(session: Session, public_id: str, text: str, *, head: Letterhead, now: datetime, by_staff_id: int) -> None:
    """Answer a question by mail; the same answer twice is once. Raises NotHere, Refusal when there is another."""
    question = session.scalar(sa.select(ShopQuestion).where(ShopQuestion.public_id == public_id))
    if question is None:
        raise NotHere
    done = _changed(
        session,
        sa.update(ShopQuestion)
        .where(ShopQuestion.id == question.id, ShopQuestion.answered_at.is_(None))
        .values(answer=clean(text), answered_at=now, by_staff_id=by_staff_id),
    )
    session.refresh(question)
    if not done and question.answer == clean(text):  # the other press of a double click
        return
    if not done:
        raise Refusal(_("Der er allerede svaret. Se svaret herunder."))
    mails.question_answered(session, question, head, now)


def wish(
    session: Session, *, email: str, category: str, product_type_id: int | None, head: Letterhead, now: datetime
) -> str | None:
    """Write down that somebody wants to hear of the next one, and ask the address whether it is so.

    Nothing comes of it (None) when the address waits for it already, or for many things. Raises Refusal when far too
    many come in at once.
    """
    email = email.strip().lower()
    if queries.wished_since(session, now - timedelta(hours=1)) >= MOST_AN_HOUR:
        raise Refusal(_("Der er skrevet usædvanligt meget lige nu. Prøv igen om en time, eller ring til os."))
    waiting = queries.waiting_of(session, email)
    same = [each for each in waiting if (each.category, each.product_type_id) == (category, product_type_id)]
    if any(each.confirmed_at or now - each.made_at < AGAIN_AFTER for each in same):
        return None
    for each in same:  # never confirmed: its old link ends, a new one is sent
        each.ended_at = now
    if len(waiting) - len(same) >= MOST_WISHES:
        return None
    public_id = crypto.new_public_id()
    made = Wish(
        public_id=public_id,
        email=email,
        category=category,
        product_type_id=product_type_id,
        link_hash=crypto.token_hash(token_of(head, public_id)),
        made_at=now,
    )
    session.add(made)
    session.flush()
    mails.confirm_wish(session, made, head, now)
    return public_id


def token_of(head: Letterhead, public_id: str) -> str:
    """The secret of a wish's link."""
    return secret_of(head.secret_key, mails.label_of(public_id))


def confirm(session: Session, public_id: str, token: str, *, now: datetime) -> None:
    """Yes, tell me. Twice is once. Raises NotHere for a link that is not one, or is over."""
    found = queries.wish_by_link(session, public_id, token)
    if found is None or found.ended_at is not None:
        raise NotHere
    _changed(session, sa.update(Wish).where(Wish.id == found.id, Wish.confirmed_at.is_(None)).values(confirmed_at=now))


def end(session: Session, public_id: str, token: str, *, now: datetime) -> None:
    """No more. Raises NotHere for a link that is not one."""
    found = queries.wish_by_link(session, public_id, token)
    if found is None:
        raise NotHere
    _changed(session, sa.update(Wish).where(Wish.id == found.id, Wish.ended_at.is_(None)).values(ended_at=now))


def tell(head: Letterhead, now: datetime) -> int:
    """Tell everybody whose thing has come for sale, each once, and forget addresses that are of no more use."""
    with db.reading() as session:
        due = queries.wishes_come_true(session)
    for wish_id, item_ids in due.items():
        with db.transaction() as session:
            _tell_one(session, wish_id, item_ids, head, now)
    _forget(now)
    return len(due)


def _tell_one(session: Session, wish_id: int, item_ids: list[int], head: Letterhead, now: datetime) -> None:
    waits = (Wish.id == wish_id, Wish.told_at.is_(None), Wish.ended_at.is_(None))
    if _changed(session, sa.update(Wish).where(*waits).values(told_at=now)):
        mails.come_true(session, session.get_one(Wish, wish_id), item_ids, head, now)


def _forget(now: datetime) -> None:
    over = (
        sa.and_(Wish.confirmed_at.is_(None), Wish.made_at < now - UNCONFIRMED_KEPT),
        sa.and_(Wish.told_at.is_not(None), Wish.told_at < now - TOLD_KEPT),
        sa.and_(Wish.ended_at.is_not(None), Wish.ended_at < now - TOLD_KEPT),
    )
    old = ShopQuestion.answered_at < now - ANSWERED_KEPT
    with db.reading() as session:
        wishes = session.scalars(sa.select(Wish.id).where(sa.or_(*over)).limit(500)).all()
        questions = session.scalars(sa.select(ShopQuestion.id).where(old).limit(500)).all()
    if wishes or questions:
        with db.transaction() as session:
            session.execute(sa.delete(Wish).where(Wish.id.in_(wishes)))
            session.execute(sa.delete(ShopQuestion).where(ShopQuestion.id.in_(questions)))


def _changed(session: Session, statement: sa.Update) -> bool:
    return bool(cast("sa.CursorResult[Any]", session.execute(statement)).rowcount)
