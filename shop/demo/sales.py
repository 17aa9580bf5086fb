"""Customer orders, one for each way an order can stand, with their stock, their money and their mails."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

import sqlalchemy as sa

from shop.demo.practice import PracticeMoney
from shop.demo.stage import Stage
from shop.orders import ending, mails, story, writing
from shop.orders.actions import PAID_BY
from shop.orders.customers import Customer, Delivery
from shop.orders.ending import WHY
from shop.orders.letterhead import Letterhead
from shop.orders.models import CancelCause, Channel, CustomerKind, Fulfilment, Hold, Order, OrderState, PayWay
from shop.orders.pickup import SHIPPED, Slot
from shop.orders.placing import CONFIRM, HOLD
from shop.orders.writing import Priced
from shop.payments.models import Deed, PaymentState
from workshop.core import crypto
from workshop.core.mail import OutboxMail
from workshop.core.money import PayMeans
from workshop.products import actions as products
from workshop.products.models import Item, NumberSeries

FIRST_ORDER = 306
CLOSED_AFTER = timedelta(days=15)  # the days in which a customer may change their mind are over
RESERVED_FOR = timedelta(days=5, hours=3)  # of an order whose money is soon let go
AT_HOME, AT_THE_CAFE = Delivery("Eksempelvej 4", "3230"), Delivery("Havnegade 2", "3250")
PAID_WITH = (PayMeans.MOBILEPAY, PayMeans.CASH)


class Fate(StrEnum):
    """How far an order of the demo has come."""

    CLOSED = "closed"
    HANDED_OVER = "handed over"
    LAPSED = "lapsed"
    CANCELLED = "cancelled"
    ATTENTION = "attention"
    LAPSING = "lapsing"  # ready, and the card's bank will soon let the money go
    LATE = "late"  # ready, and its time is over
    READY = "ready"
    PACKED = "packed"
    SECURED = "secured"
    PLACED = "placed"


class Bought(NamedTuple):
    """An order: who, what (title and how many), how it is paid, and how many working days ago."""

    name: str
    goods: tuple[tuple[str, int], ...]
    way: PayWay
    fate: Fate
    back: int
    message: str = ""
    delivery: Delivery | None = None
    kind: CustomerKind = CustomerKind.PRIVATE
    company: str = ""
    reference: str = ""
    channel: Channel = Channel.WEB


CARD, PICKUP = PayWay.CARD, PayWay.AT_PICKUP
ORDERS: tuple[Bought, ...] = (
    Bought("Bodil Eksempel", (("Damecykel, blå, 7 gear", 1),), CARD, Fate.CLOSED, 24),
    Bought("Jørn Eksempel", (("Fuglekasser", 2), ("Plantekasse, lille", 1)), PICKUP, Fate.CLOSED, 21),
    Bought("Lis Eksempel", (("Liggestol, lærk", 1),), CARD, Fate.CANCELLED, 15),
    Bought("Per Eksempel", (("Skoreol af pallebrædder", 1),), PICKUP, Fate.LAPSED, 12),
    Bought("Ida Eksempel", (("Spisebordsstol, blå", 1), ("Spisebordsstol, grå", 1)), CARD, Fate.HANDED_OVER, 9),
    Bought("Søren Eksempel", (("Højbed af pallerammer", 2),), PICKUP, Fate.HANDED_OVER, 8, "Jeg kommer med trailer."),
    Bought("Gerda Eksempel", (("Sofabord i teak, slebet og vokset", 1),), CARD, Fate.ATTENTION, 7),
    Bought("Karen Eksempel", (("Væghylde, 80 cm", 1),), CARD, Fate.LAPSING, 5),
    Bought("Finn Eksempel", (("Krydderihylde", 1),), PICKUP, Fate.LATE, 4),
    Bought("Mads Eksempel", (("Skammel, gul", 1),), PICKUP, Fate.READY, 3),
    Bought("Åse Eksempel", (("Kommode, malet grå", 1),), CARD, Fate.READY, 3, "Vi er to, der kan bære.", AT_HOME),
    Bought(
        *("Helle Eksempel", (("Plantekasse med espalier", 1), ("Altankasser", 2)), PICKUP, Fate.PACKED, 2),
        message="Stil dem ved gavlen, hvis der ikke er nogen hjemme.",
        delivery=AT_THE_CAFE,
        kind=CustomerKind.COMPANY,
        company="Café Eksempel",
        reference="Terrassen",
        channel=Channel.PHONE,
    ),
    Bought("Torben Eksempel", (("Bogkasse til børn", 1),), PICKUP, Fate.SECURED, 2),
    Bought("Ane Eksempel", (("Havebænk i lærk", 1), ("Altankasser", 1)), CARD, Fate.SECURED, 1),
    Bought("Nina Eksempel", (("Knagerække af gammelt gulv", 1),), PICKUP, Fate.PLACED, 0),
)
MINUTES_SINCE_PLACED = 6
LOST = "Reservationen på kortet er udløbet, før sofabordet blev hentet. Ring til kunden, og aftal, hvordan det betales."


def take_orders(stage: Stage, items: dict[int, Item]) -> None:
    """Every order, the oldest first; numbers go on from here in the shop's own series."""
    year = stage.today.year
    by_title = {item.title: item for item in items.values()}
    practice = PracticeMoney.of(stage.settings)
    for count, bought in enumerate(ORDERS):
        order = _place(stage, bought, f"{year}-{FIRST_ORDER + count:04d}", by_title)
        _go_on(stage, order, bought)
        if bought.way is PayWay.CARD:
            _pay(stage, order, bought.fate, practice)
    stage.session.add(NumberSeries(key=f"order-{year}", next_number=FIRST_ORDER + len(ORDERS)))
    # What was written in the past was sent in the past; the demo's first sweep should not write to made-up customers.
    stage.session.execute(sa.update(OutboxMail).where(OutboxMail.sent_at.is_(None)).values(sent_at=OutboxMail.due_at))
    stage.session.flush()


def _place(stage: Stage, bought: Bought, number: str, by_title: dict[str, Item]) -> Order:
    """The order as it was placed, holding its things. Past days cannot be ordered on, so not through `place`."""
    moment, head = _placed_at(stage, bought), Letterhead.of(stage.settings)
    chosen = [(by_title[title], count) for title, count in bought.goods]
    lines = [_line(item, count) for item, count in chosen]
    order = writing.order_row(
        lines=lines,
        customer=_customer(bought, number),
        slot=_slot(stage, bought, moment),
        pay_way=bought.way,
        where=writing.brought(stage.session, bought.delivery, lines),
        is_brought=bought.delivery is not None,
        number=number,
        public_id=crypto.new_public_id(),
        head=head,
        now=moment,
    )
    order.channel = bought.channel
    if bought.channel is Channel.PHONE:
        order.by_staff_id = stage.staff_id("sanne")
    writing.save(stage.session, order)
    until = moment + (HOLD if bought.way is PayWay.CARD else CONFIRM)
    for item, count in chosen:
        products.hold(stage.session, item.id, count)
        stage.session.add(Hold(order_id=order.id, item_id=item.id, quantity=count, until=until))
    text = "Bestilt på telefonen." if bought.channel is Channel.PHONE else "Bestilt."
    story.tell(stage.session, order, text, moment, by_staff_id=order.by_staff_id)
    if bought.way is PayWay.AT_PICKUP and bought.channel is Channel.WEB:
        order.confirm_hash = crypto.token_hash(head.confirm_token(order.public_id))
        mails.ask_to_confirm(stage.session, order, head, until, moment)
    return order


def _customer(bought: Bought, number: str) -> Customer:
    """Made up, with an address no mail can reach and a phone nobody has."""
    return Customer(
        name=bought.name,
        email=f"kunde{number[-3:]}@kunder.example",
        phone=f"00 00 0{number[-3]} {number[-2:]}",
        message=bought.message,
        kind=bought.kind,
        company_name=bought.company,
        reference=bought.reference,
    )


def _placed_at(stage: Stage, bought: Bought) -> datetime:
    if bought.fate is Fate.PLACED:
        return stage.now - timedelta(minutes=MINUTES_SINCE_PLACED)
    if bought.fate is Fate.LAPSING:
        return stage.now - RESERVED_FOR
    return stage.at(stage.workday(bought.back), stage.chance.randrange(9 * 60, 20 * 60))


def _slot(stage: Stage, bought: Bought, moment: datetime) -> Slot:
    """A time that was offered then; for what is still to be fetched, one that has not come yet."""
    kind = Fulfilment.DELIVERY if bought.delivery else Fulfilment.PICKUP
    offered = SHIPPED.slots(moment, kind)
    if bought.fate in (Fate.READY, Fate.PACKED, Fate.SECURED, Fate.PLACED, Fate.LAPSING):
        offered = [slot for slot in offered if slot.day >= SHIPPED.opening_day_after(stage.today, 1)]
    return offered[stage.chance.randrange(2)]


def _line(item: Item, count: int) -> Priced:
    return Priced(
        title=f"{item.title}, nr. {item.number}",
        quantity=count,
        unit_price_ore=item.price_ore or 0,
        vat_scheme=item.vat_scheme,
        size_class=item.size_class,
        item_id=item.id,
    )


def _go_on(stage: Stage, order: Order, bought: Bought) -> None:
    """What has happened to the order since."""
    if bought.fate is Fate.PLACED:
        return
    if bought.fate is Fate.LAPSED:
        _cancel(stage, order, CancelCause.LAPSED, order.placed_at + CONFIRM)
        return
    _secure(stage, order, order.placed_at + timedelta(minutes=4))
    if bought.fate is Fate.CANCELLED:
        _cancel(stage, order, CancelCause.CUSTOMER, order.placed_at + timedelta(hours=16))
    elif bought.fate is Fate.PACKED:
        order.packed_at = stage.at(stage.workday(1), 13 * 60)
        story.tell(stage.session, order, "Pakket.", order.packed_at, by_staff_id=stage.staff_id("sanne"))
    elif bought.fate is not Fate.SECURED:
        _make_ready(stage, order, stage.at(SHIPPED.opening_day_after(order.placed_at.date(), 1), 11 * 60))
    if bought.fate is Fate.ATTENTION:
        order.state = OrderState.NEEDS_ATTENTION
        order.attention = LOST
    elif bought.fate in (Fate.CLOSED, Fate.HANDED_OVER):
        _hand_over(stage, order, is_closed=bought.fate is Fate.CLOSED)


def _secure(stage: Stage, order: Order, moment: datetime) -> None:
    order.state = OrderState.SECURED
    order.secured_at = moment
    for hold in _holds(stage, order):
        hold.ended_at = moment
        products.sell_held(stage.session, hold.item_id, hold.quantity, reference=order.number, now=moment)
    if order.channel is Channel.WEB:
        is_card = order.pay_way is PayWay.CARD
        text = "Beløbet er reserveret på kortet." if is_card else "Bekræftet i mailen."
        story.tell(stage.session, order, text, moment)
    mails.secured(stage.session, order, Letterhead.of(stage.settings), moment)


def _make_ready(stage: Stage, order: Order, moment: datetime) -> None:
    order.ready_at = order.packed_at = moment
    text = "Klar til levering." if order.fulfilment is Fulfilment.DELIVERY else "Klar til afhentning."
    story.tell(stage.session, order, text, moment, by_staff_id=stage.staff_id("sanne"))
    mails.ready(stage.session, order, Letterhead.of(stage.settings), moment)


def _hand_over(stage: Stage, order: Order, *, is_closed: bool) -> None:
    moment = stage.at(min(order.pickup_on, stage.workday(1)), order.pickup_from_minute + 20)
    order.state = OrderState.HANDED_OVER
    order.handed_over_at = moment
    for item_id, _quantity in ending.from_stock(order):
        products.hand_over(stage.session, item_id, moment)
    paid = ""
    if order.pay_way is PayWay.AT_PICKUP:
        order.paid_means = PAID_WITH[is_closed]
        paid = f" {PAID_BY[order.paid_means]}"
    story.tell(stage.session, order, f"Udleveret.{paid}", moment, by_staff_id=stage.staff_id("sanne"))
    if is_closed:
        order.state = OrderState.CLOSED
        order.ended_at = min(moment + CLOSED_AFTER, stage.now)
        story.tell(stage.session, order, "Afsluttet.", order.ended_at)


def _cancel(stage: Stage, order: Order, cause: CancelCause, moment: datetime) -> None:
    """Back on the shelf: what is held is let go, what was sold comes back."""
    was_sold = order.secured_at is not None
    order.state = OrderState.CANCELLED
    order.cancel_cause = cause
    order.ended_at = moment
    for hold in _holds(stage, order):
        hold.ended_at = hold.ended_at or moment
        if was_sold:
            products.return_to_stock(stage.session, hold.item_id, hold.quantity, reference=order.number, now=moment)
        else:
            products.release(stage.session, hold.item_id, hold.quantity)
    story.tell(stage.session, order, WHY[cause], moment)
    back = Deed.VOID if was_sold else None
    mails.cancelled(stage.session, order, Letterhead.of(stage.settings), moment, money_back=back)


def _holds(stage: Stage, order: Order) -> list[Hold]:
    return list(stage.session.scalars(sa.select(Hold).where(Hold.order_id == order.id).order_by(Hold.item_id)))


def _pay(stage: Stage, order: Order, fate: Fate, practice: PracticeMoney) -> None:
    """The card payment as it ended up; nothing is due at Stripe."""
    state = {
        Fate.CLOSED: PaymentState.CAPTURED,
        Fate.HANDED_OVER: PaymentState.CAPTURED,
        Fate.CANCELLED: PaymentState.VOIDED,
        Fate.ATTENTION: PaymentState.LAPSED,
    }.get(fate, PaymentState.AUTHORISED)
    stage.session.add(practice.payment(order, state))
    stage.session.flush()
