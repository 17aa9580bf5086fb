"""A dozen customer orders, one for each way an order can stand, with their stock, their money and their mails."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

import sqlalchemy as sa

from shop.demo.practice import PracticeMoney
from shop.demo.stage import Stage
from shop.orders import mails, story
from shop.orders.ending import WHY
from shop.orders.letterhead import Letterhead
from shop.orders.models import CancelCause, Hold, Order, OrderLine, OrderState, PayWay
from shop.orders.pickup import Slot, opening_day_after, slots
from shop.orders.placing import CONFIRM, HOLD, STANDARD_RATES
from shop.payments.models import Deed, PaymentState
from workshop.core import crypto, money
from workshop.core.mail import OutboxMail
from workshop.products import actions as products
from workshop.products.models import Item, NumberSeries

FIRST_ORDER = 306
CLOSED_AFTER = timedelta(days=15)  # the days in which a customer may change their mind are over


class Fate(StrEnum):
    """How far an order of the demo has come."""

    CLOSED = "closed"
    HANDED_OVER = "handed over"
    LAPSED = "lapsed"
    CANCELLED = "cancelled"
    ATTENTION = "attention"
    READY = "ready"
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


CARD, PICKUP = PayWay.CARD, PayWay.AT_PICKUP
ORDERS: tuple[Bought, ...] = (
    Bought("Bodil Eksempel", (("Damecykel, blå, 7 gear", 1),), CARD, Fate.CLOSED, 24),
    Bought("Jørn Eksempel", (("Fuglekasser", 2), ("Plantekasse, lille", 1)), PICKUP, Fate.CLOSED, 21),
    Bought("Lis Eksempel", (("Liggestol, lærk", 1),), CARD, Fate.CANCELLED, 15),
    Bought("Per Eksempel", (("Skoreol af pallebrædder", 1),), PICKUP, Fate.LAPSED, 12),
    Bought("Ida Eksempel", (("Spisebordsstol, blå", 1), ("Spisebordsstol, grå", 1)), CARD, Fate.HANDED_OVER, 9),
    Bought("Søren Eksempel", (("Højbed af pallerammer", 2),), PICKUP, Fate.HANDED_OVER, 8, "Jeg kommer med trailer."),
    Bought("Gerda Eksempel", (("Sofabord i teak, slebet og vokset", 1),), CARD, Fate.ATTENTION, 7),
    Bought("Mads Eksempel", (("Skammel, gul", 1),), PICKUP, Fate.READY, 3),
    Bought("Åse Eksempel", (("Kommode, malet grå", 1),), CARD, Fate.READY, 3, "Vi er to, der kan bære."),
    Bought("Torben Eksempel", (("Bogkasse til børn", 1),), PICKUP, Fate.SECURED, 2),
    Bought("Ane Eksempel", (("Havebænk i lærk", 1), ("Altankasser", 1)), CARD, Fate.SECURED, 1),
    Bought("Nina Eksempel", (("Knagerække af gammelt gulv", 1),), PICKUP, Fate.PLACED, 0),
)
MINUTES_SINCE_PLACED = 6
LOST = "Reservationen på kortet er udløbet, før sofabordet blev hentet. Ring til kunden, og aftal, hvordan det betales."
SOLD = (Fate.CLOSED, Fate.HANDED_OVER, Fate.ATTENTION, Fate.READY, Fate.SECURED)


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
    moment = _placed_at(stage, bought)
    slot = _slot(stage, bought, moment)
    head = Letterhead.of(stage.settings)
    public_id = crypto.new_public_id()
    chosen = [(by_title[title], count) for title, count in bought.goods]
    lines = [_line(item, count, place) for place, (item, count) in enumerate(chosen, start=1)]
    taxed = [(line.unit_price_ore * line.quantity, STANDARD_RATES.get(line.vat_scheme, 0)) for line in lines]
    order = Order(
        public_id=public_id,
        number=number,
        pay_way=bought.way,
        customer_name=bought.name,
        customer_email=f"kunde{number[-3:]}@kunder.example",
        customer_phone=f"00 00 0{number[-3]} {number[-2:]}",
        message=bought.message,
        pickup_on=slot.day,
        pickup_from_minute=slot.from_minute,
        pickup_to_minute=slot.to_minute,
        total_ore=sum(amount for amount, _rate in taxed),
        vat_ore=sum(money.vat_of_lines(taxed).values()),
        link_hash=crypto.token_hash(head.link_token(public_id)),
        link_expires_at=moment + timedelta(days=Order.LINK_LASTS_DAYS),
        placed_at=moment,
        lines=lines,
    )
    stage.session.add(order)
    stage.session.flush()
    until = moment + (HOLD if bought.way is PayWay.CARD else CONFIRM)
    for item, count in chosen:
        products.hold(stage.session, item.id, count)
        stage.session.add(Hold(order_id=order.id, item_id=item.id, quantity=count, until=until))
    story.tell(stage.session, order, "Bestilt.", moment)
    if bought.way is PayWay.AT_PICKUP:
        token = crypto.new_token()
        order.confirm_hash = crypto.token_hash(token)
        mails.ask_to_confirm(stage.session, order, head, token, until, moment)
    return order


def _placed_at(stage: Stage, bought: Bought) -> datetime:
    if bought.fate is Fate.PLACED:
        return stage.now - timedelta(minutes=MINUTES_SINCE_PLACED)
    return stage.at(stage.workday(bought.back), stage.chance.randrange(9 * 60, 20 * 60))


def _slot(stage: Stage, bought: Bought, moment: datetime) -> Slot:
    """A time that was offered then; for what is still to be fetched, one that has not come yet."""
    offered = slots(moment)
    if bought.fate in (Fate.READY, Fate.SECURED, Fate.PLACED):
        offered = [slot for slot in offered if slot.day >= opening_day_after(stage.today, 1)]
    return offered[stage.chance.randrange(2)]


def _line(item: Item, count: int, place: int) -> OrderLine:
    return OrderLine(
        position=place,
        item_id=item.id,
        title=f"{item.title}, nr. {item.number}",
        quantity=count,
        unit_price_ore=item.price_ore or 0,
        vat_scheme=item.vat_scheme,
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
    elif bought.fate is not Fate.SECURED:
        _make_ready(stage, order, stage.at(opening_day_after(order.placed_at.date(), 1), 11 * 60))
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
    is_card = order.pay_way is PayWay.CARD
    story.tell(stage.session, order, "Beløbet er reserveret på kortet." if is_card else "Bekræftet i mailen.", moment)
    mails.secured(stage.session, order, Letterhead.of(stage.settings), moment)


def _make_ready(stage: Stage, order: Order, moment: datetime) -> None:
    order.ready_at = moment
    story.tell(stage.session, order, "Klar til afhentning.", moment, by_staff_id=stage.staff_id("sanne"))
    mails.ready(stage.session, order, Letterhead.of(stage.settings), moment)


def _hand_over(stage: Stage, order: Order, *, is_closed: bool) -> None:
    moment = stage.at(min(order.pickup_on, stage.workday(1)), order.pickup_from_minute + 20)
    order.state = OrderState.HANDED_OVER
    order.handed_over_at = moment
    for line in order.lines:
        products.hand_over(stage.session, line.item_id, moment)
    story.tell(stage.session, order, "Udleveret.", moment, by_staff_id=stage.staff_id("sanne"))
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
