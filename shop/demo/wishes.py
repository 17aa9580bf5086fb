"""What customers have ordered made: one on the workshop's floor, one that is made and waits, one still in a basket."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from shop.demo.hall import LONG_BENCH
from shop.demo.stage import Stage
from shop.orders import mails, story, writing
from shop.orders.customers import Customer
from shop.orders.letterhead import Letterhead
from shop.orders.making import actions
from shop.orders.making.models import LineMaking
from shop.orders.models import Order, OrderState, PayWay
from shop.orders.pickup import SHIPPED, Slot
from shop.orders.writing import Priced
from workshop.core import crypto
from workshop.production.models import OrderItem, OrderSource, ProductionOrder
from workshop.products import actions as products
from workshop.products import made_to_order
from workshop.products.models import Item, ProductType, VatScheme

MADE = "Højbed i arbejdshøjde"
ORDERED_BACK, BEGUN_BACK, DONE_BACK = 26, 12, 1  # working days ago
FIRST_NUMBER = 304
CUSTOMERS = ("Grethe Eksempel", "Ole Eksempel")


def order_made(stage: Stage) -> None:
    """Two orders and a basket; the numbers come before those of `sales`."""
    bench, bed = stage.kinds["HB-01"], stage.kinds["HO-02"]
    bench_work = _work(stage, ProductionOrder.title == LONG_BENCH)
    bed_item = stage.session.scalars(sa.select(Item).where(Item.title == MADE)).one()
    made_by = sa.select(OrderItem.order_id).where(OrderItem.item_id == bed_item.id)
    bed_work = _work(stage, ProductionOrder.id.in_(made_by))
    _ordered(stage, 0, bench, bench_work, {"længde": "180", "farve": "rå"})
    order = _ordered(stage, 1, bed, bed_work, made_to_order.usual_choice(bed.options))
    done_at = stage.at(stage.workday(DONE_BACK), 12 * 60)
    products.approve(stage.session, bed_item, now=bed_item.born_at, by_staff_id=stage.staff_id("sanne"))
    actions.collect(stage.session, order, done_at)
    options, _own = made_to_order.settled(bench.options, {"farve": "sort"}, 163)
    actions.wish(stage.session, None, product_type=bench, options=options, own_length_cm=163, quantity=1, now=stage.now)


def _work(stage: Stage, condition: sa.ColumnElement[bool]) -> ProductionOrder:
    return stage.session.scalars(sa.select(ProductionOrder).where(condition)).one()


def _ordered(stage: Stage, place: int, kind: ProductType, work: ProductionOrder, options: dict[str, str]) -> Order:
    """An order that was confirmed and has become this work at the bench."""
    placed, begun = (stage.at(stage.workday(back - place), 10 * 60) for back in (ORDERED_BACK, BEGUN_BACK))
    head, number = Letterhead.of(stage.settings), f"{stage.today.year}-{FIRST_NUMBER + place:04d}"
    order = writing.order_row(
        lines=[_line(kind, options)],
        customer=Customer(CUSTOMERS[place], f"kunde{number[-3:]}@kunder.example", f"00 00 03 {number[-2:]}"),
        slot=Slot(work.due_on or SHIPPED.opening_day_after(stage.today, 2), 540, 720),
        pay_way=PayWay.AT_PICKUP,
        where=writing.NOT_BROUGHT,
        is_brought=False,
        number=number,
        public_id=crypto.new_public_id(),
        head=head,
        now=placed,
    )
    writing.save(stage.session, order)
    order.confirm_hash = crypto.token_hash(head.confirm_token(order.public_id))
    order.state, order.secured_at = OrderState.SECURED, placed
    story.tell(stage.session, order, "Bestilt.", placed)
    story.tell(stage.session, order, "Bekræftet i mailen.", placed)
    mails.secured(stage.session, order, head, placed)
    _begin(stage, order, work, options, begun)
    return order


def _begin(stage: Stage, order: Order, work: ProductionOrder, options: dict[str, str], begun: datetime) -> None:
    """The work stands in the demo already, so it is told whose it is; what is new goes through `start`."""
    work.source, work.reference, work.options = OrderSource.SHOP, order.number, options
    by_staff_id = stage.staff_id("sanne")
    stage.session.add(
        LineMaking(
            order_line_id=order.lines[0].id,
            production_order_id=work.id,
            promised_on=order.pickup_on,
            begun_at=begun,
            by_staff_id=by_staff_id,
        )
    )
    story.tell(stage.session, order, "Sat i produktion.", begun, by_staff_id=by_staff_id)


def _line(kind: ProductType, options: dict[str, str]) -> Priced:
    choice = made_to_order.choice_text(options, None)
    return Priced(
        title=f"{kind.name}, {choice}" if choice else kind.name,
        quantity=1,
        unit_price_ore=made_to_order.unit_price_ore(kind.price_ore, kind.options, options, None),
        vat_scheme=VatScheme.STANDARD,
        size_class=kind.size_class,
        product_type_id=kind.id,
        options=options,
    )
