"""What happens to codes: printed ahead, put on a thing, taken off it again, and replaced.

A code is put on one thing once. One conditional UPDATE claims it; the row that did not change is the answer "used".
"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.core.errors import Refusal
from workshop.core.i18n import _
from workshop.products import actions as products
from workshop.products import catalogue
from workshop.products.adding.queries import reference_of
from workshop.products.models import Item, ItemCode
from workshop.products.numbers import take_numbers
from workshop.products.qr import make_qr, new_token

MOST_AT_ONCE = 1_000  # as many as a print job holds


class CodeUsed(Refusal):
    """The code is on something already."""


def reserve(
    session: Session, how_many: int, *, base_url: str, now: datetime, by_staff_id: int | None
) -> list[ItemCode]:
    """Make codes to print ahead. Each has a number of the items' own series, so it is never another thing's.

    Raises Refusal for fewer codes than one, or more than a print job holds.
    """
    if not 1 <= how_many <= MOST_AT_ONCE:
        raise Refusal(_("Skriv et antal mellem 1 og %(most)s.", most=MOST_AT_ONCE))
    first = take_numbers(session, products.ITEM_SERIES, how_many, first=products.FIRST_ITEM_NUMBER)
    codes = [
        _drawn(base_url, new_token(), number=first + place, made_at=now, by_staff_id=by_staff_id)
        for place in range(how_many)
    ]
    session.add_all(codes)
    session.flush()
    return codes


def bind_to_new(
    session: Session,
    code: ItemCode,
    *,
    title: str,
    category: str,
    product_type_id: int | None,
    base_url: str,
    now: datetime,
    by_staff_id: int | None,
) -> Item:
    """A new thing is born with a code that was printed ahead: the number on the label is its number from now on.

    `title` may be empty; the name can come later. Raises CodeUsed when the code is on something already.
    """
    _claim(session, code, now=now, by_staff_id=by_staff_id)
    item = products.add_items(
        session,
        product_type_id=product_type_id,
        title=title,
        pieces=1,
        base_url=base_url,
        now=now,
        by_staff_id=by_staff_id,
        category=category,
        reference=reference_of(code.token),
        may_be_nameless=True,
        code=code,
    )[0]
    code.item_id = item.id
    session.flush()
    return item


def bind_to_item(session: Session, code: ItemCode, item: Item, *, now: datetime, by_staff_id: int | None) -> None:
    """Put a code that was printed ahead on a thing that has a number: both codes and both numbers lead there.

    Raises CodeUsed when the code is on something already.
    """
    _claim(session, code, now=now, by_staff_id=by_staff_id)
    code.item_id = item.id
    session.flush()


def unbind(session: Session, code: ItemCode) -> bool:
    """Take a code off the thing it was put on by mistake. False when there is none, or it was born with it."""
    # The number says it for ever: a renewed code has another token than the thing was born with.
    is_born_with = sa.or_(
        ItemCode.number.is_(None), sa.exists().where(Item.id == ItemCode.item_id, Item.number == ItemCode.number)
    )
    freed = session.scalar(
        sa.update(ItemCode)
        .where(ItemCode.id == code.id, ItemCode.bound_at.is_not(None), ~is_born_with)
        .values(bound_at=None, item_id=None)
        .returning(ItemCode.id)
        .execution_options(synchronize_session=False)
    )
    session.expire(code)
    return freed is not None


def renew(session: Session, item: Item, *, base_url: str, now: datetime, by_staff_id: int | None) -> None:
    """Give a thing a new code, for a label that is lost or cannot be read. The old one keeps leading to it."""
    token = new_token()
    symbol = make_qr(_address(base_url, token))
    is_kept = session.scalar(sa.select(ItemCode.id).where(ItemCode.token == item.qr_token)) is not None
    # One that was printed ahead has its row already; then the new one gets a row, so that every renewal has one.
    kept = (
        (token, symbol.path, symbol.side, now) if is_kept else (item.qr_token, item.qr_path, item.qr_side, item.born_at)
    )
    session.add(
        ItemCode(
            **dict(zip(("token", "qr_path", "qr_side", "made_at"), kept, strict=True)),
            item_id=item.id,
            bound_at=now,
            by_staff_id=by_staff_id,
        )
    )
    # Past the version: a new code is no edit of the words, and must not refuse somebody who is editing them.
    session.execute(
        sa.update(Item)
        .where(Item.id == item.id)
        .values(qr_token=token, qr_path=symbol.path, qr_side=symbol.side)
        .execution_options(synchronize_session=False)
    )
    session.flush()
    session.expire(item)
    catalogue.changed(session)


def _claim(session: Session, code: ItemCode, *, now: datetime, by_staff_id: int | None) -> None:
    claimed = session.scalar(
        sa.update(ItemCode)
        .where(ItemCode.id == code.id, ItemCode.bound_at.is_(None))
        .values(bound_at=now, by_staff_id=by_staff_id)
        .returning(ItemCode.id)
        .execution_options(synchronize_session=False)
    )
    session.expire(code)
    if claimed is None:
        number = session.scalar(sa.select(Item.number).where(Item.id == code.item_id))
        raise CodeUsed(used_sentence(number))


def used_sentence(number: int | None) -> str:
    """What is said about a code that is on something."""
    return _("Koden sidder allerede på nr. %(number)s.", number=number)


def _drawn(base_url: str, token: str, **values: object) -> ItemCode:
    symbol = make_qr(_address(base_url, token))
    return ItemCode(token=token, qr_path=symbol.path, qr_side=symbol.side, **values)


def _address(base_url: str, token: str) -> str:
    return f"{base_url}/q/{token}"
