"""The basket: things put aside under a cookie's token. It keeps nothing from others."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shop.orders.making.models import BasketMaking
from shop.orders.models import Basket, BasketLine, Hold, Order, OrderState
from workshop.core import crypto, db
from workshop.core.errors import Refusal
from workshop.core.i18n import _, ngettext
from workshop.products import made_to_order
from workshop.products.models import Item, ItemState, SizeClass, VatScheme
from workshop.products.queries import CARD, ItemCard, Offered, cards

MOST_LINES = 30
MOST_OF_ONE = 20
KEPT = timedelta(days=30)  # as long as the cookie that opens it


class JustSold(Refusal):
    """Somebody else was first: the pieces are sold, or kept for somebody who is paying."""

    def __init__(self, cards: Sequence[ItemCard]) -> None:
        super().__init__(" ".join(f"{name_of(card)}: {what_became_of(card)}" for card in cards))
        self.cards = tuple(cards)


class Line(NamedTuple):
    """A line as the basket shows it."""

    card: ItemCard
    quantity: int
    is_free: bool  # can be bought by this basket right now
    vat_scheme: VatScheme
    size_class: SizeClass

    @property
    def amount_ore(self) -> int:
        """Øre, VAT included."""
        return (self.card.price_ore or 0) * self.quantity


class Contents(NamedTuple):
    """The things in a basket, and what is told beside them; None where no thing was there to tell it."""

    lines: list[Line]
    has_wishes: bool | None = None  # something to be made
    has_unfinished: bool | None = None  # an order of this basket that is neither paid nor confirmed


def find(session: Session, token: str | None) -> Basket | None:
    """The basket behind a cookie."""
    if not token:
        return None
    return session.scalar(sa.select(Basket).where(Basket.token_hash == crypto.token_hash(token)))


def locked(session: Session, token: str | None, now: datetime) -> int | None:
    """The id of the basket behind a cookie, which is used now; locked until the block ends."""
    if not token:
        return None
    found = db.rows(session, _USED, {"hash": crypto.token_hash(token), "now": now})
    return found[0].id if found else None


def begin(session: Session, token: str | None, now: datetime) -> tuple[Basket, str]:
    """The visitor's basket and its token, made if there is none; it is used now, so it is kept for another while."""
    basket = find(session, token)
    if basket is None or token is None:
        token = crypto.new_token()
        basket = Basket(token_hash=crypto.token_hash(token), seen_at=now)
        session.add(basket)
        session.flush()
    basket.seen_at = now
    return basket, token


def put(session: Session, token: str | None, thing: Offered, quantity: int, now: datetime) -> str:
    """Put a thing aside; the token for the cookie. The first thing brings the basket into being.

    Raises JustSold when nobody can buy it any more, Refusal when the basket is full.
    """
    if thing.state is not ItemState.FOR_SALE or thing.price_ore is None:
        raise JustSold(list(cards(session, [thing.id]).values()))
    basket = find(session, token)
    if basket is None or token is None:
        return _put_first(session, thing.id, min(quantity, thing.quantity, MOST_OF_ONE), now)
    basket.seen_at = now
    line = session.get(BasketLine, (basket.id, thing.id))
    wanted = min((line.quantity if line else 0) + quantity, thing.quantity, MOST_OF_ONE)
    if line is not None:
        line.quantity = wanted
    elif _count(session, basket.id) >= MOST_LINES:
        raise Refusal(_("Der er ikke plads til mere i kurven. Køb det, du har, først."))
    else:
        session.add(BasketLine(basket_id=basket.id, item_id=thing.id, quantity=wanted))
    session.flush()
    return token


def _put_first(session: Session, item_id: int, quantity: int, now: datetime) -> str:
    """What most visitors do: a new basket with one thing in it, as two plain rows. The token."""
    token = crypto.new_token()
    basket_id = db.run(session, _NEW, {"token_hash": crypto.token_hash(token), "seen_at": now}).scalar_one()
    db.run(session, _NEW_LINE, {"basket_id": basket_id, "item_id": item_id, "quantity": quantity})
    return token


def set_quantity(session: Session, token: str | None, thing: Offered, quantity: int, now: datetime) -> None:
    """So many of a thing that lies in the basket, as far as there are; none takes it out. Not there is no matter."""
    basket = find(session, token)
    line = session.get(BasketLine, (basket.id, thing.id)) if basket else None
    if basket is None or line is None:
        return
    basket.seen_at = now
    if quantity < 1:
        session.delete(line)
    else:
        line.quantity = max(1, min(quantity, thing.quantity, MOST_OF_ONE))
    session.flush()


def set_wish_quantity(session: Session, token: str | None, wish_id: int, quantity: int, now: datetime) -> None:
    """The same of something to be made."""
    basket = find(session, token)
    wish = session.get(BasketMaking, wish_id) if basket else None
    if basket is None or wish is None or wish.basket_id != basket.id:
        return
    basket.seen_at = now
    if quantity < 1:
        session.delete(wish)
    else:
        wish.quantity = min(quantity, made_to_order.MOST_PIECES)
    session.flush()


def how_many_text() -> str:
    """What is said to a number nobody can buy."""
    return _("Skriv et antal mellem 1 og %(most)s.", most=MOST_OF_ONE)


def take_out(session: Session, token: str | None, item_id: int) -> None:
    """Take a thing out of the basket; one that is not in it is no matter."""
    basket = find(session, token)
    if basket is not None:
        session.execute(sa.delete(BasketLine).where(BasketLine.basket_id == basket.id, BasketLine.item_id == item_id))


def lines(session: Session, token: str | None) -> list[Line]:
    """What lies in the basket, in the order of the printed numbers."""
    return contents(session, token).lines


def contents(session: Session, token: str | None) -> Contents:
    """The same with what else the basket has, in one question."""
    if not token:
        return Contents([], False, False)
    found = db.rows(session, _LINES, {"hash": crypto.token_hash(token)})
    if not found:
        return Contents([])
    lines = [_line(ItemCard(*row[:_OF_CARD]), *row[_OF_CARD:-2]) for row in found]
    return Contents(lines, bool(found[0].has_wishes), bool(found[0].has_unfinished))


def count(session: Session, token: str | None) -> int:
    """How many things lie in the basket, those to be made among them."""
    if not token:
        return 0
    return sum(sum(row) for row in db.rows(session, _COUNT, {"hash": crypto.token_hash(token)}))


def sweep_old(now: datetime) -> int:
    """Forget the baskets nobody has used for a month; one whose order is still to be paid stays. How many went."""
    is_awaited = sa.exists().where(Order.basket_id == Basket.id, Order.state == OrderState.PLACED)
    with db.transaction() as session:
        gone = session.execute(
            sa.delete(Basket).where(Basket.seen_at < now - KEPT, ~is_awaited).returning(Basket.id)
        ).all()
    return len(gone)


def drop_gone(session: Session, token: str | None) -> None:
    """Take out what can no longer be bought, so that the rest can."""
    for line in lines(session, token):
        if not line.is_free:
            take_out(session, token, line.card.id)


def name_of(card: ItemCard) -> str:
    """A piece by name and printed number."""
    return _("%(title)s, nr. %(number)s", title=card.title, number=card.number)


def what_became_of(card: ItemCard, wanted: int = 1) -> str:
    """Why a piece cannot be bought just now; one that is only kept for somebody may come back."""
    if card.state is ItemState.FOR_SALE and 0 < card.free < wanted:
        return ngettext("Der er kun %(num)s tilbage.", "Der er kun %(num)s tilbage.", card.free)
    if card.state is ItemState.FOR_SALE:
        return _("En anden er lige ved at købe den. Bliver det ikke til noget, er den til salg igen om lidt.")
    return _("Den er desværre lige blevet solgt.")


def kinds_of(session: Session, item_ids: list[int]) -> dict[int, tuple[VatScheme, SizeClass]]:
    """How each thing is taxed, and how large it is."""
    rows = session.execute(sa.select(Item.id, Item.vat_scheme, Item.size_class).where(Item.id.in_(item_ids)))
    return {row.id: (row.vat_scheme, row.size_class) for row in rows}


def _line(card: ItemCard, quantity: int, own: int, vat_scheme: VatScheme, size_class: SizeClass) -> Line:
    """`own` is what this basket's own unfinished orders hold: it is not lost to the one who holds it."""
    is_free = card.state is ItemState.FOR_SALE and card.price_ore is not None and card.free + own >= quantity
    return Line(card, quantity, is_free, vat_scheme, size_class)


def _count(session: Session, basket_id: int) -> int:
    return session.scalar(sa.select(sa.func.count()).where(BasketLine.basket_id == basket_id)) or 0


_NEW = sa.insert(Basket).returning(Basket.id)
_NEW_LINE = sa.insert(BasketLine)
_USED = (
    sa.update(Basket)
    .where(Basket.token_hash == sa.bindparam("hash"))
    .values(seen_at=sa.bindparam("now"))
    .returning(Basket.id)
)

# Asked by every page of a visitor with a basket, so they are put together once.
_ITEM, _IN_BASKET, _HOLD = Item.__table__.c, BasketLine.__table__.c, Hold.__table__.c
_OF_CARD = len(ItemCard._fields)
# The basket's orders are found first, which are none or one; a thing may be held by hundreds.
_OWN_ORDERS = (
    sa.select(Order.__table__.c.id)
    .where(Order.__table__.c.basket_id == _IN_BASKET.basket_id)
    .correlate(BasketLine.__table__)
    .scalar_subquery()
)
_HELD_BY_OWN_ORDERS = (
    sa.select(sa.func.coalesce(sa.func.sum(_HOLD.quantity), 0))
    .where(_HOLD.order_id.in_(_OWN_ORDERS), _HOLD.item_id == _ITEM.id, _HOLD.ended_at.is_(None))
    .correlate(BasketLine.__table__, Item.__table__)
    .scalar_subquery()
)
_HAS_WISHES = sa.exists().where(BasketMaking.__table__.c.basket_id == _IN_BASKET.basket_id)
_HAS_UNFINISHED = sa.exists().where(
    Order.__table__.c.basket_id == _IN_BASKET.basket_id, Order.__table__.c.state == OrderState.PLACED
)
_LINES = (
    CARD.add_columns(
        _IN_BASKET.quantity,
        _HELD_BY_OWN_ORDERS,
        _ITEM.vat_scheme,
        _ITEM.size_class,
        _HAS_WISHES.correlate(BasketLine.__table__).label("has_wishes"),
        _HAS_UNFINISHED.correlate(BasketLine.__table__).label("has_unfinished"),
    )
    .join(BasketLine.__table__, _IN_BASKET.item_id == _ITEM.id)
    .join(Basket.__table__, Basket.__table__.c.id == _IN_BASKET.basket_id)
    .where(Basket.__table__.c.token_hash == sa.bindparam("hash"))
    .order_by(_ITEM.number)
)
_COUNT = sa.select(
    sa.select(sa.func.count()).where(BasketLine.basket_id == Basket.id).scalar_subquery(),
    sa.select(sa.func.count()).where(BasketMaking.basket_id == Basket.id).scalar_subquery(),
).where(Basket.token_hash == sa.bindparam("hash"))
