"""Placing an order: every line held or none, priced from the stock itself, nothing taken from the form but words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from shop.orders import basket as baskets
from shop.orders import mails, securing, story, writing
from shop.orders.customers import Customer, Delivery
from shop.orders.ending import cancel_unpaid
from shop.orders.letterhead import Letterhead
from shop.orders.making import queries as making
from shop.orders.making.queries import WishLine
from shop.orders.models import CancelCause, Channel, Fulfilment, Hold, Order, OrderState, PayWay
from shop.orders.payways import LEAST_ON_CARD_ORE, last_card_day, pay_ways
from shop.orders.pickup import Slot
from shop.orders.writing import Priced
from shop.payments import queries as payments
from shop.payments.actions import open_payment
from shop.payments.models import Payment, PaymentState
from workshop.core import clock, crypto, db
from workshop.core.errors import Refusal
from workshop.core.i18n import _
from workshop.products import actions as products
from workshop.products import made_to_order
from workshop.products.changing import Held
from workshop.products.models import ItemState, ProductType
from workshop.products.queries import among, cards

__all__ = ["Customer", "Delivery"]

HOLD = timedelta(minutes=40)
PAGE = timedelta(minutes=31)  # Stripe's shortest is 30
CONFIRM = timedelta(minutes=30)
REUSE = timedelta(minutes=5)  # a payment page with less left is not offered again
SHORTEST = timedelta(minutes=30)  # nor is one opened for less: Stripe would say no
MOST_OPEN_AT_PICKUP = 2

# Put together once; each order asks them.
_ORDER = Order.__table__.c
_OPEN_AT_PICKUP = sa.select(sa.func.count(_ORDER.id).label("count")).where(
    _ORDER.customer_email == sa.bindparam("address"),
    _ORDER.pay_way == PayWay.AT_PICKUP,
    among(_ORDER.state, (OrderState.PLACED, OrderState.SECURED)),
)
_NEW_HOLD = sa.insert(Hold)


class UnpaidBefore(Refusal):
    """This basket has a payment page open for another order; it has to be closed before a new one is placed."""

    def __init__(self, payment_ids: Sequence[int]) -> None:
        super().__init__(_("Din forrige betaling er ikke lukket endnu. Prøv igen om lidt."))
        self.payment_ids = tuple(payment_ids)


class PriceChanged(Refusal):
    """The total is another than the one the customer said yes to."""


@dataclass(frozen=True)
class Placed:
    """An order that now holds its things. `payment_id` is None for pay at pickup."""

    public_id: str
    payment_id: int | None


@dataclass(frozen=True)
class StaffWish:
    """Something to be made, as staff type it in for a customer on the phone."""

    product_type_id: int
    options: Mapping[str, str]
    own_length_cm: int | None
    quantity: int


@dataclass(frozen=True)
class Wanted:
    """All that was asked for: if it is the very same a second time, it is the first order again."""

    customer: Customer
    slot: Slot
    pay_way: PayWay
    delivery: Delivery | None
    has_agreed_prepayment: bool


def ready_on(wishes: Sequence[WishLine]) -> date | None:
    """When the last of what is made to order will be there; None when nothing is."""
    return max((wish.ready_on for wish in wishes), default=None)


def place(
    session: Session,
    *,
    token: str | None,
    customer: Customer,
    slot: Slot,
    pay_way: PayWay,
    agreed_ore: int,
    head: Letterhead,
    now: datetime,
    delivery: Delivery | None = None,
    has_agreed_prepayment: bool = False,
) -> Placed:
    """Order what lies in the basket and keep it from others meanwhile.

    `agreed_ore` is the total that stood beside the button; it only confirms, prices come from the stock itself.
    The very same order a second time is the first one again. Raises JustSold naming the pieces that somebody else got,
    UnpaidBefore when an earlier payment page has to be closed first, Refusal for an empty basket, another total, a way
    to pay or a day that does not go with the goods, a place we do not bring to, or too many orders.
    """
    wanted = Wanted(customer, slot, pay_way, delivery, has_agreed_prepayment)
    basket_id = baskets.locked(session, token, now)
    lines, has_wishes, has_unfinished = baskets.contents(session, token)
    wishes = making.wishes(session, token, now, has_any=has_wishes)
    if basket_id is None or not (lines or wishes):
        raise Refusal(_("Din kurv er tom."))
    to_make = [writing.to_make(wish) for wish in wishes]
    if has_unfinished is not False:  # nobody adds one while the basket is locked
        shown = [*(_as_shown(line) for line in lines), *to_make]
        again = _end_earlier(session, basket_id, shown, wanted, now)
        if again is not None:
            return again
    _refuse_unfit(wanted, lines, wishes, now)
    number = writing.next_number(session, now)  # locks the series, so that two orders come one after the other
    if pay_way is PayWay.AT_PICKUP:
        _refuse_too_many(session, customer.address)
    items = _hold_all(session, lines)
    sold = [*(_as_held(line, items[line.card.id]) for line in lines), *to_make]
    order = _write(session, basket_id, sold, wanted, number, head, now)
    if order.total_ore != agreed_ore:
        raise PriceChanged(_("Prisen er ændret, mens du handlede. Se den nye pris, og prøv igen."))
    if order.total_ore < LEAST_ON_CARD_ORE and pay_way is not PayWay.AT_PICKUP:
        raise Refusal(_("Så lille et beløb kan ikke betales med kort her. Vælg at betale, når du får det."))
    until = now + (CONFIRM if pay_way is PayWay.AT_PICKUP else HOLD)
    holds = [
        {"order_id": order.id, "item_id": line.card.id, "quantity": line.quantity, "until": until} for line in lines
    ]
    if holds:  # what is only to be made keeps nothing from others
        db.run(session, _NEW_HOLD, holds)
    return _await_payment(session, order, head, until, now)


def place_by_staff(
    session: Session,
    *,
    things: Sequence[tuple[int, int]],
    wishes: Sequence[StaffWish],
    customer: Customer,
    slot: Slot,
    delivery: Delivery | None,
    head: Letterhead,
    now: datetime,
    by_staff_id: int,
    once: str | None = None,
) -> Placed:
    """An order a member of staff takes on the phone: it holds at once and is paid when the customer has it.

    `things` are item ids with how many of each. `once` is the form's own random word: the same a second time is the
    first order again. Raises JustSold naming what is gone, Refusal for an empty order, a choice that is not offered or
    a place we do not bring to.
    """
    if not (things or wishes):
        raise Refusal(_("Vælg noget, som kunden køber."))
    number = writing.next_number(session, now)  # locks the series, so that two of the same form come one by one
    if once is not None and session.scalar(sa.select(Order.id).where(Order.public_id == once)) is not None:
        return Placed(once, None)
    public_id = once or crypto.new_public_id()
    lines = _lines_by_staff(session, things)
    items = _hold_all(session, lines)
    sold = [
        *(_as_held(line, items[line.card.id]) for line in lines),
        *(_of_wish(session, each, now) for each in wishes),
    ]
    order = writing.order_row(
        lines=sold,
        customer=customer,
        slot=slot,
        pay_way=PayWay.AT_PICKUP,
        where=writing.brought(session, delivery, sold),
        is_brought=delivery is not None,
        number=number,
        public_id=public_id,
        head=head,
        now=now,
    )
    order.channel, order.by_staff_id = Channel.PHONE, by_staff_id
    writing.save(session, order)
    session.add_all(
        Hold(order_id=order.id, item_id=line.card.id, quantity=line.quantity, until=now + CONFIRM) for line in lines
    )
    story.tell(session, order, _("Bestilt på telefonen."), now, by_staff_id=by_staff_id)
    securing.secure(session, order, now, head)
    return Placed(order.public_id, None)


def _lines_by_staff(session: Session, things: Sequence[tuple[int, int]]) -> list[baskets.Line]:
    """Each thing once, however often it was named. Raises JustSold for one that is not for sale."""
    wanted: dict[int, int] = {}
    for item_id, quantity in things:
        wanted[item_id] = wanted.get(item_id, 0) + quantity
    found = cards(session, list(wanted))
    kinds = baskets.kinds_of(session, list(wanted))
    lost = [card for card in found.values() if card.state is not ItemState.FOR_SALE or card.price_ore is None]
    if lost:
        raise baskets.JustSold(lost)
    return [baskets.Line(found[each], wanted[each], True, *kinds[each]) for each in wanted if each in found]


def _of_wish(session: Session, wish: StaffWish, now: datetime) -> Priced:
    kind = session.get(ProductType, wish.product_type_id)
    if kind is None or not (kind.is_made_to_order and kind.is_used):
        raise Refusal(_("Den laver vi ikke på bestilling lige nu."))
    options, own_length_cm = made_to_order.settled(kind.options, wish.options, wish.own_length_cm)
    choice = made_to_order.choice_text(options, own_length_cm)
    return Priced(
        title=(f"{kind.name}, {choice}" if choice else kind.name)[:150],
        quantity=wish.quantity,
        unit_price_ore=made_to_order.unit_price_ore(kind.price_ore, kind.options, options, own_length_cm),
        vat_scheme=making.schemes_of(session, [kind.id], clock.local_day(now))[kind.id],
        size_class=kind.size_class,
        product_type_id=kind.id,
        options=options,
        own_length_cm=own_length_cm,
    )


def _end_earlier(
    session: Session, basket_id: int, lines: Sequence[Priced], wanted: Wanted, now: datetime
) -> Placed | None:
    """This basket's own unfinished order: the same again, or out of the way."""
    earlier = session.scalars(
        sa.select(Order)
        .where(Order.basket_id == basket_id, Order.state == OrderState.PLACED)
        .options(selectinload(Order.lines))
        .with_for_update(of=Order)
        .execution_options(populate_existing=True)
    ).all()
    to_close: list[int] = []
    for order in earlier:
        payment = payments.newest(session, order.public_id)
        if _is_same(order, lines, wanted) and _is_payable(order, payment, now):
            return Placed(order.public_id, payment.id if payment else None)
        if payment is not None and payment.state is PaymentState.OPENED:
            to_close.append(payment.id)
        else:
            cancel_unpaid(session, order, CancelCause.REPLACED, now)
    if to_close:
        raise UnpaidBefore(to_close)
    return None


def _is_same(order: Order, lines: Sequence[Priced], wanted: Wanted) -> bool:
    """Whether the form was sent twice, rather than changed."""
    is_brought = order.fulfilment is Fulfilment.DELIVERY
    before = Wanted(
        as_customer(order),
        Slot(order.pickup_on, order.pickup_from_minute, order.pickup_to_minute),
        order.pay_way,
        Delivery(order.street, order.postcode) if is_brought else None,
        order.has_agreed_prepayment,
    )
    now_wanted = replace(wanted, customer=replace(wanted.customer, email=wanted.customer.address))
    same_goods = [writing.what_of(line) for line in order.lines] == [line.what for line in lines]
    return same_goods and before == now_wanted


def as_customer(order: Order) -> Customer:
    """Who bought it, as they wrote it."""
    return Customer(
        name=order.customer_name,
        email=order.customer_email,
        phone=order.customer_phone,
        message=order.message,
        kind=order.customer_kind,
        company_name=order.company_name,
        cvr=order.cvr,
        gln=order.gln,
        reference=order.customer_reference,
    )


def _is_payable(order: Order, payment: Payment | None, now: datetime) -> bool:
    if order.pay_way is PayWay.AT_PICKUP:
        return now < order.placed_at + CONFIRM - REUSE
    if payment is None or payment.state is not PaymentState.OPENED:
        return False
    return now < payment.expires_at - (REUSE if payment.page_url else SHORTEST)


def _refuse_unfit(wanted: Wanted, lines: Sequence[baskets.Line], wishes: Sequence[WishLine], now: datetime) -> None:
    """Raise Refusal for a way to pay or a day that does not go with what is bought."""
    if wanted.pay_way not in pay_ways(has_stock=bool(lines), has_making=bool(wishes)):
        raise Refusal(_("Det, du køber, kan ikke betales på den måde. Vælg en anden."))
    if wanted.pay_way is PayWay.PREPAID and not wanted.has_agreed_prepayment:
        raise Refusal(_("Sæt kryds ved, at beløbet trækkes nu, eller betal, når du får varen."))
    if wanted.pay_way is PayWay.CARD and wanted.slot.day > last_card_day(now):
        raise Refusal(too_late_for_card())
    ready = ready_on(wishes)
    if ready is not None and wanted.slot.day < ready:
        raise Refusal(_("Det kan først være færdigt %(day)s. Vælg en senere tid.", day=clock.day_text(ready)))


def too_late_for_card() -> str:
    """What is said to a card and a day that do not go together."""
    return _("Banken reserverer kun beløbet i en uge. Vælg en tidligere tid, eller betal, når du får det.")


def _refuse_too_many(session: Session, address: str) -> None:
    """Raise Refusal for a third order that nobody has paid for (decision 13)."""
    if db.rows(session, _OPEN_AT_PICKUP, {"address": address})[0].count >= MOST_OPEN_AT_PICKUP:
        raise Refusal(_("Du har allerede to bestillinger, der venter på dig. Hent dem først, eller betal denne nu."))


def _hold_all(session: Session, lines: Sequence[baskets.Line]) -> dict[int, Held]:
    """Hold every line, in the order of ids so that two customers never wait for each other. Raises JustSold."""
    in_order = sorted(lines, key=lambda line: line.card.id)
    held = {line.card.id: products.hold(session, line.card.id, line.quantity) for line in in_order}
    if lost := [line.card for line in in_order if held[line.card.id] is None]:
        raise baskets.JustSold(lost)
    return {item_id: each for item_id, each in held.items() if each is not None}


def _as_shown(line: baskets.Line) -> Priced:
    return Priced(
        title=baskets.name_of(line.card)[:150],
        quantity=line.quantity,
        unit_price_ore=line.card.price_ore or 0,
        vat_scheme=line.vat_scheme,
        size_class=line.size_class,
        item_id=line.card.id,
    )


def _as_held(line: baskets.Line, item: Held) -> Priced:
    """The line as it is sold, at the price the thing had when it was held."""
    return _as_shown(line)._replace(
        unit_price_ore=item.price_ore or 0, vat_scheme=item.vat_scheme, size_class=item.size_class
    )


def _write(
    session: Session,
    basket_id: int,
    lines: Sequence[Priced],
    wanted: Wanted,
    number: str,
    head: Letterhead,
    now: datetime,
) -> Order:
    order = writing.order_row(
        lines=lines,
        customer=wanted.customer,
        slot=wanted.slot,
        pay_way=wanted.pay_way,
        where=writing.brought(session, wanted.delivery, lines),
        is_brought=wanted.delivery is not None,
        number=number,
        public_id=crypto.new_public_id(),
        head=head,
        now=now,
    )
    order.basket_id = basket_id
    order.has_agreed_prepayment = wanted.has_agreed_prepayment
    if wanted.pay_way is PayWay.AT_PICKUP:
        order.confirm_hash = crypto.token_hash(head.confirm_token(order.public_id))
    writing.save_as_rows(session, order)
    return order


def _await_payment(session: Session, order: Order, head: Letterhead, until: datetime, now: datetime) -> Placed:
    """Ask for the money, or for the press on the link in the mail."""
    if order.pay_way is PayWay.AT_PICKUP:
        story.tell(session, order, _("Bestilt. Venter på, at kunden trykker på linket i mailen."), now)
        mails.ask_to_confirm(session, order, head, until, now)
        return Placed(order.public_id, None)
    story.tell(session, order, _("Bestilt. Varerne holdes til kl. %(clock)s.", clock=clock.clock_text(until)), now)
    payment = open_payment(
        session,
        reference=order.public_id,
        amount_ore=order.total_ore,
        now=now,
        expires_at=now + PAGE,
        is_captured_at_once=order.pay_way is PayWay.PREPAID,
    )
    return Placed(order.public_id, payment.id)
