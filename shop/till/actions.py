"""Selling at the door: the same stock as the web shop, one price, once.

A mistake is undone on its own day. On a later day a sale is taken back: the money goes out on that day, and the day it
was sold goes on saying what was taken then.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from shop.orders.models import Hold, Order, OrderState
from shop.orders.placing import PriceChanged
from shop.orders.totals import add_up
from shop.till import mails, words
from shop.till.basket import Counter
from shop.till.models import TillSale, TillSaleLine
from workshop.core import clock
from workshop.core.config import Identity
from workshop.core.errors import NotHere, Refusal
from workshop.core.i18n import _
from workshop.core.money import PayMeans
from workshop.products import actions as products
from workshop.products import returning
from workshop.products.models import Item, VatScheme
from workshop.products.numbers import take_numbers


class HeldOnline(Refusal):
    """Somebody on the web is paying for one of the things; their payment has to be closed before it is sold here."""

    def __init__(self, numbers: Sequence[int], orders: Sequence[str]) -> None:
        named = ", ".join(str(number) for number in numbers)
        super().__init__(_("Nr. %(numbers)s er ved at blive købt på nettet lige nu.", numbers=named))
        self.numbers = tuple(numbers)
        self.orders = tuple(orders)  # public ids


def sell(
    session: Session,
    counter: Counter,
    *,
    once: str,
    means: PayMeans,
    agreed_ore: int,
    receipt_email: str,
    seller: Identity,
    now: datetime,
    by_staff_id: int,
) -> TillSale:
    """Sell what lies on the counter and hand it over; the same form again is the sale it made.

    `agreed_ore` is the total beside the button; prices come from the stock itself. Raises HeldOnline for a thing that
    an unfinished web order keeps, PriceChanged for another total, Refusal for one that cannot be sold or for nothing.
    """
    number = _next_number(session, now)  # locks the series, so that the same form twice comes one after the other
    before = session.scalar(sa.select(TillSale).where(TillSale.once == once))
    if before is not None:
        return before
    if not counter.things and not counter.typed:
        raise Refusal(_("Der er ikke noget på disken endnu."))
    items = _take(session, counter, reference=number, now=now)
    lines = [*_of_things(counter, items), *_typed(counter, start=len(counter.things) + 1)]
    totals = add_up([(line.unit_price_ore * line.quantity, line.vat_scheme) for line in lines])
    sale = TillSale(
        number=number,
        once=once,
        means=means,
        total_ore=totals.total_ore,
        vat_ore=totals.vat_ore,
        receipt_email=receipt_email,
        sold_at=now,
        by_staff_id=by_staff_id,
        lines=lines,
    )
    if sale.total_ore != agreed_ore:
        raise PriceChanged(_("Prisen er ændret imens. Se den nye pris, og sælg så."))
    session.add(sale)
    session.flush()
    if receipt_email:
        mails.receipt(session, sale, seller, now)
    return sale


def _next_number(session: Session, now: datetime) -> str:
    year = clock.local_day(now).year
    return f"S{year}-{take_numbers(session, f'till-{year}'):04d}"


def _take(session: Session, counter: Counter, *, reference: str, now: datetime) -> Mapping[int, Item]:
    """Take every thing out of the stock, or none, by id so that two desks never wait for each other."""
    wanted = {each.number: each.quantity for each in counter.things}
    items = {item.number: item for item in session.scalars(sa.select(Item).where(Item.number.in_(wanted)))}
    for number in wanted:
        if number not in items:
            raise Refusal(_("Nr. %(number)s findes ikke. Se på mærket igen.", number=number))
    held: list[int] = []
    for item in sorted(items.values(), key=lambda each: each.id):
        if item.price_ore is None:
            raise Refusal(words.why_not(item, wanted[item.number]))
        if not products.hold(session, item.id, wanted[item.number]):
            held.append(item.number)
            continue
        products.sell_held(session, item.id, wanted[item.number], reference=reference, now=now)
        products.hand_over(session, item.id, now)
    if held:
        raise _refusal(session, {number: wanted[number] for number in held}, items)
    for item in items.values():
        session.refresh(item)
    return items


def _refusal(session: Session, wanted: Mapping[int, int], items: Mapping[int, Item]) -> Refusal:
    """Kept for somebody who is paying, which can be ended; or gone, which cannot."""
    rows = session.execute(_keepers(list(wanted))).all()
    kept = {row.number for row in rows}
    for number, quantity in wanted.items():
        item = items[number]
        session.refresh(item)
        if (sentence := words.why_not(item, quantity)) or number not in kept:
            return Refusal(sentence or _("Der er kun %(num)s tilbage af nr. %(number)s.", num=item.free, number=number))
    return HeldOnline(sorted(kept), sorted({row.public_id for row in rows}))


def keepers(session: Session, numbers: Sequence[int]) -> list[str]:
    """The unfinished web orders that keep some of these things, by public id."""
    return sorted({row.public_id for row in session.execute(_keepers(numbers))})


def _keepers(numbers: Sequence[int]) -> sa.Select[str, int]:
    return (
        sa.select(Order.public_id, Item.number)
        .join(Hold, Hold.order_id == Order.id)
        .join(Item, Item.id == Hold.item_id)
        .where(Item.number.in_(numbers), Hold.ended_at.is_(None), Order.state == OrderState.PLACED)
    )


def _of_things(counter: Counter, items: Mapping[int, Item]) -> list[TillSaleLine]:
    return [
        TillSaleLine(
            position=place,
            item_id=items[each.number].id,
            title=_("%(title)s, nr. %(number)s", title=items[each.number].title, number=each.number)[:150],
            quantity=each.quantity,
            unit_price_ore=items[each.number].price_ore or 0,
            vat_scheme=items[each.number].vat_scheme,
        )
        for place, each in enumerate(counter.things, start=1)
    ]


def _typed(counter: Counter, start: int) -> list[TillSaleLine]:
    return [
        TillSaleLine(
            position=place, title=each.text, quantity=1, unit_price_ore=each.ore, vat_scheme=VatScheme.STANDARD
        )
        for place, each in enumerate(counter.typed, start=start)
    ]


def undo(session: Session, public_id: str, *, seller: Identity, now: datetime, by_staff_id: int) -> TillSale:
    """Undo a sale on its own day: its things are for sale again, the money is given back by hand. Twice is once.

    Whoever was mailed a receipt is told. Raises NotHere, or Refusal for a sale of another day.
    """
    sale = _locked(session, public_id)
    if sale.undone_at is not None:
        return sale
    if not is_of_today(sale, now):
        raise Refusal(_("Et salg kan kun fortrydes samme dag. Tag det tilbage i stedet."))
    return _end(session, sale, seller, now, by_staff_id, on_sale={line.position for line in sale.lines})


def take_back(
    session: Session, public_id: str, *, on_sale: Collection[int], seller: Identity, now: datetime, by_staff_id: int
) -> TillSale:
    """Take a sale of an earlier day back: all of its money goes back today, by hand. Twice is once.

    The lines at the positions in `on_sale` are for sale again; the other things stand aside until somebody has looked
    at them. Whoever was mailed a receipt is told. Raises NotHere.
    """
    sale = _locked(session, public_id)
    return sale if sale.undone_at is not None else _end(session, sale, seller, now, by_staff_id, on_sale=on_sale)


def is_of_today(sale: TillSale, now: datetime) -> bool:
    """Whether it was sold on this Danish day."""
    return clock.local_day(sale.sold_at) == clock.local_day(now)


def _end(
    session: Session, sale: TillSale, seller: Identity, now: datetime, by_staff_id: int, *, on_sale: Collection[int]
) -> TillSale:
    sale.undone_at, sale.undone_by_id = now, by_staff_id
    for line in sorted((line for line in sale.lines if line.item_id is not None), key=lambda line: line.item_id or 0):
        item_id = line.item_id or 0
        if line.position in on_sale:
            products.return_to_stock(session, item_id, line.quantity, reference=sale.number, now=now)
        else:
            returning.take_aside(
                session, item_id, line.quantity, reference=sale.number, now=now, by_staff_id=by_staff_id
            )
    if sale.receipt_email:
        mails.taken_back(session, sale, seller, now)
    session.flush()
    return sale


def mail_receipt(session: Session, public_id: str, *, to: str, seller: Identity, now: datetime) -> TillSale:
    """Send the receipt of a sale that was made without one; whoever has got theirs gets no other. Raises NotHere."""
    sale = _locked(session, public_id)
    if sale.receipt_email:
        raise Refusal(_("Kvitteringen er sendt til %(mail)s.", mail=sale.receipt_email))
    if sale.undone_at is not None:
        raise Refusal(_("Salget er fortrudt. Der er ingen kvittering at sende."))
    sale.receipt_email = to
    session.flush()
    mails.receipt(session, sale, seller, now)
    return sale


def _locked(session: Session, public_id: str) -> TillSale:
    """A sale with its lines, to be changed. Raises NotHere."""
    sale = session.scalar(
        sa.select(TillSale)
        .where(TillSale.public_id == public_id)
        .options(selectinload(TillSale.lines))
        .with_for_update(of=TillSale)
        .execution_options(populate_existing=True)
    )
    if sale is None:
        raise NotHere
    return sale
