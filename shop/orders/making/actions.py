"""From a wish to a thing: put in the basket, set into production once, and sold to its customer when it is made.

Locks are taken as everywhere in orders: the payment, the order, then things. A line's production order is a row under
the line's own key, so a line begins once whatever the code above does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shop.orders import basket as baskets
from shop.orders import story
from shop.orders.making.models import BasketMaking, LineItem, LineMaking
from shop.orders.models import Basket, Order, OrderLine, OrderState
from workshop.core import db
from workshop.core.errors import Refusal
from workshop.core.i18n import _, ngettext
from workshop.production import actions as production
from workshop.production import changing
from workshop.production.lead_times import queries as lead_times
from workshop.production.models import OrderItem, OrderSource, OrderStep, ProductionOrder, StepState
from workshop.production.models import OrderState as MakingState
from workshop.products import actions as products
from workshop.products import made_to_order
from workshop.products.models import Item, ItemState, ProductType

MOST_WISHES = 10


def wish(
    session: Session,
    token: str | None,
    *,
    product_type: ProductType,
    options: Mapping[str, str],
    own_length_cm: int | None,
    quantity: int,
    now: datetime,
) -> str:
    """Put something to be made in the basket; the token for the cookie. The same choice again sets its number anew.

    Raises Refusal for a choice that is not offered, an odd number, or when the basket is full.
    """
    if not (product_type.is_made_to_order and product_type.is_used):
        raise Refusal(_("Den laver vi ikke på bestilling lige nu."))
    if not 1 <= quantity <= made_to_order.MOST_PIECES:
        raise Refusal(
            _("Du kan bestille op til %(most)s ad gangen. Ring til os om flere.", most=made_to_order.MOST_PIECES)
        )
    chosen, own_length_cm = made_to_order.settled(product_type.options, options, own_length_cm)
    basket, token = baskets.begin(session, token, now)
    session.get_one(Basket, basket.id, with_for_update=True)  # two presses at once are one wish
    wishes = session.scalars(sa.select(BasketMaking).where(BasketMaking.basket_id == basket.id)).all()
    for each in wishes:
        same = (each.product_type_id, each.options, each.own_length_cm)
        if same == (product_type.id, chosen, own_length_cm):
            each.quantity = quantity
            session.flush()
            return token
    if len(wishes) >= MOST_WISHES:
        raise Refusal(_("Der er ikke plads til mere i kurven. Køb det, du har, først."))
    session.add(
        BasketMaking(
            basket_id=basket.id,
            product_type_id=product_type.id,
            options=chosen,
            own_length_cm=own_length_cm,
            quantity=quantity,
        )
    )
    session.flush()
    return token


def unwish(session: Session, token: str | None, wish_id: int) -> None:
    """Take a wish out of the basket; one that is not in it is no matter."""
    basket = baskets.find(session, token)
    if basket is not None:
        session.execute(sa.delete(BasketMaking).where(BasketMaking.id == wish_id, BasketMaking.basket_id == basket.id))


def start(session: Session, order: Order, *, now: datetime, by_staff_id: int | None) -> int:
    """Set every line that is made to order into production, each once; how many were begun now.

    `order` is locked for the change. Raises Refusal when it is not paid or confirmed.
    """
    if order.state is not OrderState.SECURED:
        raise Refusal(_("Ordren er ikke betalt eller bekræftet endnu."))
    lines = [line for line in order.lines if line.product_type_id is not None]
    begun = set(
        session.scalars(
            sa.select(LineMaking.order_line_id).where(LineMaking.order_line_id.in_([line.id for line in lines]))
        )
    )
    waiting = [line for line in lines if line.id not in begun and line.returned < line.quantity]
    for line in waiting:
        made = _open(session, order, line, _wanted(line) - _have(session, line), now, by_staff_id)
        session.add(
            LineMaking(
                order_line_id=line.id,
                production_order_id=made.id,
                promised_on=order.pickup_on,
                begun_at=now,
                by_staff_id=by_staff_id,
            )
        )
    session.flush()
    if waiting:
        text = ngettext("Sat i produktion.", "%(num)s ting er sat i produktion.", len(waiting))
        story.tell(session, order, text, now, by_staff_id=by_staff_id)
    return len(waiting)


def collect_finished(now: datetime) -> int:
    """Sell what has been made to the lines it was made for; how many orders were looked at."""
    with db.reading() as session:
        found = session.scalars(
            sa.select(Order.public_id)
            .join(OrderLine, OrderLine.order_id == Order.id)
            .join(LineMaking, LineMaking.order_line_id == OrderLine.id)
            .join(ProductionOrder, ProductionOrder.id == LineMaking.production_order_id)
            .where(LineMaking.done_at.is_(None), ProductionOrder.state != MakingState.OPEN)
            .distinct()
        ).all()
    for public_id in found:
        with db.transaction() as session:
            order = story.locked(session, public_id)
            if order is not None:
                collect(session, order, now)
    return len(found)


def collect(session: Session, order: Order, now: datetime) -> int:
    """Sell what has been made to an order's lines; how many lines are done by it. `order` is locked for the change.

    Pieces that were rejected, or went another way, are begun anew. Production that was stopped is a matter for people.
    """
    if order.state in (OrderState.CANCELLED, OrderState.CLOSED):
        let_go(session, order, now)
        return 0
    done = 0
    for making, line, production_order in _unfinished(session, order):
        if production_order.state is MakingState.CANCELLED:
            _was_stopped(session, order, making, line, now)
        elif production_order.state is MakingState.FINISHED:
            done += _collect_line(session, order, making, line, now)
    if done and not _unfinished(session, order) and not _not_begun(session, order):
        story.tell(session, order, _("Alt i ordren er lavet."), now)
    return done


def let_go(session: Session, order: Order, now: datetime) -> None:
    """The order is called off: what was made goes into the shop, what is begun is made for the shop, the rest stopped.

    It gives back by itself what `items_of` names; a second time there is nothing to give back.
    """
    line_ids = [line.id for line in order.lines]
    given_back = session.execute(
        sa.delete(LineItem).where(LineItem.order_line_id.in_(line_ids)).returning(LineItem.item_id, LineItem.quantity)
    ).all()
    for row in sorted(given_back, key=lambda each: each.item_id):
        products.return_to_stock(session, row.item_id, row.quantity, reference=order.number, now=now)
    for making, _line, production_order in _unfinished(session, order):
        _stop(session, making, production_order, now)
    session.flush()


def give_back(session: Session, order: Order, line: OrderLine, now: datetime) -> list[tuple[int, int]]:
    """What was made for a line and is more than the customer still wants, as (item id, pieces): no longer the line's.

    Called when pieces of it were just counted as returned. So a thing is given back once, whoever has it afterwards,
    and nobody goes on making for this customer what they want none of any more.
    """
    surplus = _have(session, line) - _wanted(line)
    rows = session.scalars(sa.select(LineItem).where(LineItem.order_line_id == line.id).order_by(LineItem.item_id))
    found: list[tuple[int, int]] = []
    for row in rows.all():
        take = min(row.quantity, surplus)
        if take < 1:
            break
        found.append((row.item_id, take))
        surplus -= take
        if take == row.quantity:
            session.delete(row)
        else:
            row.quantity -= take
    for making, unfinished, production_order in _unfinished(session, order):
        if unfinished.id == line.id and not _wanted(line):
            _stop(session, making, production_order, now)
    session.flush()
    return found


def _wanted(line: OrderLine) -> int:
    """How many pieces of a line the customer has, or is going to have."""
    return line.quantity - line.returned


def _stop(session: Session, making: LineMaking, production_order: ProductionOrder, now: datetime) -> None:
    """Nothing more is made for this line."""
    if production_order.state is MakingState.OPEN:
        _make_for_the_shop(session, production_order, now)
    session.delete(making)


def _open(
    session: Session, order: Order, line: OrderLine, pieces: int, now: datetime, by_staff_id: int | None
) -> ProductionOrder:
    kind = session.get_one(ProductType, line.product_type_id)
    department_id = lead_times.departments_for(session, [kind.id])[kind.id]
    if not department_id:
        raise Refusal(_("Der er ingen afdeling til at lave den endnu. Opret en først."))
    return production.open_order(
        session,
        product_type_id=kind.id,
        title=line.title,
        pieces=pieces,
        department_id=department_id,
        due_on=order.pickup_on,
        now=now,
        by_staff_id=by_staff_id,
        source=OrderSource.SHOP,
        reference=order.number,
        options=line.options,
        length_cm=line.own_length_cm,
    )


def _unfinished(session: Session, order: Order) -> Sequence[sa.Row[LineMaking, OrderLine, ProductionOrder]]:
    return session.execute(
        sa.select(LineMaking, OrderLine, ProductionOrder)
        .join(OrderLine, OrderLine.id == LineMaking.order_line_id)
        .join(ProductionOrder, ProductionOrder.id == LineMaking.production_order_id)
        .where(OrderLine.order_id == order.id, LineMaking.done_at.is_(None))
        .order_by(OrderLine.position)
        .execution_options(populate_existing=True)
    ).all()


def _not_begun(session: Session, order: Order) -> bool:
    begun = sa.exists().where(LineMaking.order_line_id == OrderLine.id)
    found = sa.select(OrderLine.id).where(
        OrderLine.order_id == order.id,
        OrderLine.product_type_id.is_not(None),
        OrderLine.returned < OrderLine.quantity,
        ~begun,
    )
    return session.scalar(found.limit(1)) is not None


def _collect_line(session: Session, order: Order, making: LineMaking, line: OrderLine, now: datetime) -> int:
    items = session.scalars(
        sa.select(Item)
        .join(OrderItem, OrderItem.item_id == Item.id)
        .where(OrderItem.order_id == making.production_order_id)
        .order_by(Item.id)
    ).all()
    have = _have(session, line)
    for item in items:  # one a piece, or one for them all
        have += _sell(session, order, line, item, _wanted(line) - have, now)
    missing = _wanted(line) - have
    if missing > 0:
        _make_again(session, order, making, line, missing, now)
        return 0
    making.done_at = now
    story.tell(session, order, _("%(title)s: lavet færdig.", title=line.title), now)
    return 1


def _have(session: Session, line: OrderLine) -> int:
    """How many pieces of a line are made and the customer's."""
    return session.scalar(sa.select(sa.func.sum(LineItem.quantity)).where(LineItem.order_line_id == line.id)) or 0


def _sell(session: Session, order: Order, line: OrderLine, item: Item, wanted: int, now: datetime) -> int:
    """How many of a thing's pieces are the customer's now; it is called what they ordered, and costs what they pay."""
    if wanted < 1:
        return 0
    if item.state is ItemState.MADE:
        products.name_item(session, item, line.title, now=now)
        products.set_price(session, item, line.unit_price_ore, now=now, by_staff_id=None)
    pieces = min(wanted, item.free)
    if pieces < 1:
        return 0  # it went another way meanwhile, so another one is made
    try:
        products.sell_made(session, item.id, pieces, reference=order.number, now=now)
    except products.NotHeld:
        return 0
    session.add(LineItem(item_id=item.id, order_line_id=line.id, quantity=pieces))
    session.flush()
    return pieces


def _make_again(
    session: Session, order: Order, making: LineMaking, line: OrderLine, missing: int, now: datetime
) -> None:
    making.production_order_id = _open(session, order, line, missing, now, making.by_staff_id).id
    text = ngettext(
        "%(title)s: én blev ikke god nok. Vi laver en ny.",
        "%(title)s: %(num)s blev ikke gode nok. Vi laver nye.",
        missing,
        title=line.title,
    )
    story.tell(session, order, text, now)


def _was_stopped(session: Session, order: Order, making: LineMaking, line: OrderLine, now: datetime) -> None:
    session.delete(making)
    order.attention = _("Produktionen er stoppet. Sæt den i gang igen, eller ring til kunden.")
    story.tell(session, order, _("%(title)s: arbejdet er sat på pause.", title=line.title), now)


def _make_for_the_shop(session: Session, production_order: ProductionOrder, now: datetime) -> None:
    is_begun = session.scalar(
        sa.select(OrderStep.id)
        .where(OrderStep.order_id == production_order.id, OrderStep.state.in_((StepState.STARTED, StepState.FINISHED)))
        .limit(1)
    )
    if is_begun is None:
        production.cancel_order(session, production_order, now=now)
        return
    values = {"source": OrderSource.STOCK, "reference": ""}
    changing.save(session, production_order, production_order.version, values)
