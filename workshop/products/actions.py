"""What happens to things: they are numbered, priced, approved, held, sold and handed over.

Whatever is scarce is guarded by one conditional UPDATE (see `changing.py`). Every price and every state is history.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.core import clock, money
from workshop.core.errors import Refusal
from workshop.core.i18n import _
from workshop.core.text import clean
from workshop.products import changing, newborn, queries, reductions
from workshop.products.changing import NO_REDUCTION, Held
from workshop.products.models import (
    HousePrice,
    Item,
    ItemCode,
    ItemState,
    Origin,
    ProductType,
    StockCause,
)
from workshop.products.numbers import take_numbers
from workshop.products.queries import GONE
from workshop.products.sections import OTHER_CATEGORY
from workshop.products.vat import queries as vat

ITEM_SERIES = "item"
FIRST_ITEM_NUMBER = 1001
SMALLEST_PRICE_ORE = 100
MOST_PIECES = 1_000
REGRETTED = "fortrudt"  # the reference of the movement that takes back a thing added by mistake


class NotHeld(Refusal):
    """What was to be sold is not held any more; the order has to be looked at."""


class EditedMeanwhile(Refusal):
    """Somebody else saved the same words first; the form is shown with both."""


def add_items(
    session: Session,
    *,
    product_type_id: int | None,
    title: str,
    pieces: int,
    base_url: str,
    now: datetime,
    by_staff_id: int | None = None,
    reference: str = "",
    is_batch: bool = False,
    category: str = OTHER_CATEGORY,
    may_be_nameless: bool = False,
    origin: Origin | None = None,
    house_price_id: int | None = None,
    price_ore: int | None = None,
    code: ItemCode | None = None,
    cause: StockCause = StockCause.MADE,
) -> list[Item]:
    """Number what the workshop has made: one item a piece, or one item for the whole batch.

    `title` may be empty when there is a product type, or when it `may_be_nameless` until somebody names it. `category`
    is that of a thing without a type. `base_url` is the shop's address, printed in the QR code. `price_ore` (VAT
    included) comes before the house price, and that before the price of the type. `code` is a label printed ahead: the
    one item takes its number and its QR code; who calls has seen to it that nothing else sits on it.
    Raises Refusal for fewer pieces than one, too many, an odd price, or a thing without a name.
    """
    check_pieces(pieces)
    kind = session.get_one(ProductType, product_type_id) if product_type_id is not None else None
    name = clean(title) or (kind.name if kind else "")
    if not name and not may_be_nameless:
        raise Refusal(_("Giv tingen et navn."))
    price_ore = _first_price(session, kind, house_price_id, price_ore)
    origin = origin or (queries.origin_of(session, kind.id) if kind else Origin.BOUGHT)
    quantities = [pieces] if is_batch else [1] * pieces
    if code is not None and len(quantities) > 1:
        raise ValueError("a code is for one item")
    first = _numbers(session, len(quantities), code)
    values = (newborn.copied(kind) if kind else newborn.plain(category)) | {
        "title": name[:120],
        "origin": origin,
        "vat_scheme": vat.scheme_for(session, origin, clock.local_day(now)),
        "house_price_id": house_price_id,
        "price_ore": price_ore,
        "state": ItemState.MADE,
        "born_at": now,
    }
    items = [
        Item(
            **values,
            **newborn.code(base_url, code),
            number=first + place,
            quantity=quantity,
            is_one_of_a_kind=quantity == 1,
        )
        for place, quantity in enumerate(quantities)
    ]
    for item in items:
        item.search_text = newborn.search_text(item)
    session.add_all(items)
    session.flush()
    changing.born(session, items, cause, reference, now, by_staff_id)
    return items


def regret_birth(session: Session, item: Item, *, now: datetime, by_staff_id: int | None = None) -> None:
    """Undo a thing that was added by mistake: it is gone, and its number is never used again.

    Raises Refusal once staff have had it in the shop.
    """
    changing.lock(session, item.id)
    session.refresh(item)
    pieces = item.quantity
    may = (Item.state == ItemState.MADE, Item.held == 0)
    if not changing.change(session, item.id, *may, state=ItemState.WITHDRAWN, quantity=0, proposed_ore=None):
        raise Refusal(_("Den er allerede godkendt, så den kan ikke fortrydes her."))
    if pieces:
        changing.moved(session, item.id, -pieces, StockCause.SCRAPPED, REGRETTED, now, by_staff_id)
    changing.entered(session, item.id, ItemState.WITHDRAWN, now, by_staff_id)


def name_item(session: Session, item: Item, title: str, *, now: datetime) -> None:  # noqa: ARG001 — deeds are dated
    """Give a thing that waits for approval its first name, or another one. The words staff write stand above it.

    Raises Refusal for no name, or once it has been approved.
    """
    name = clean(title)[:120]
    if not name:
        raise Refusal(_("Giv tingen et navn."))
    changing.lock(session, item.id)
    session.refresh(item)
    found_by = newborn.search_text(item, name)
    if not changing.change(session, item.id, Item.state == ItemState.MADE, title=name, search_text=found_by):
        raise Refusal(_("Den er allerede godkendt. Personalet kan rette navnet."))


def propose_price(session: Session, item: Item, price_ore: int | None, *, now: datetime) -> None:  # noqa: ARG001 — deeds are dated
    """Suggest a price from the bench (øre, VAT included), for staff to set or not; None takes it back.

    Raises Refusal for an odd price, or once the thing has been approved.
    """
    if price_ore is not None:
        check_price(price_ore)
    if not changing.change(session, item.id, Item.state == ItemState.MADE, proposed_ore=price_ore):
        raise Refusal(_("Den er allerede godkendt. Personalet sætter prisen."))


def set_price(session: Session, item: Item, price_ore: int, *, now: datetime, by_staff_id: int | None) -> bool:
    """Give an item its price (øre, VAT included) and write it into the history; the same price is no change (False).

    A reduction brings its before-price where the rules allow one. A price from the bench is answered by it.
    Raises Refusal for a price below 1 krone, above a million, or of something already sold.
    """
    check_price(price_ore)
    changing.lock(session, item.id)
    may = (Item.state.not_in(GONE), sa.or_(Item.price_ore.is_(None), Item.price_ore != price_ore))
    reduction = reductions.columns_for(session, item.id, price_ore, now)
    if changing.change(session, item.id, *may, price_ore=price_ore, proposed_ore=None, **reduction):
        changing.priced(session, item.id, price_ore, now, by_staff_id)
        return True
    if item.state in GONE:
        raise Refusal(_("Den er solgt, så prisen kan ikke ændres mere."))
    changing.change(session, item.id, Item.proposed_ore.is_not(None), proposed_ore=None)
    return False


def approve(session: Session, item: Item, *, now: datetime, by_staff_id: int | None) -> None:
    """Put an item up for sale; a second time changes nothing.

    Raises Refusal when it has no name or no price, or is sold.
    """
    may = (
        Item.state.in_((ItemState.MADE, ItemState.WITHDRAWN)),
        Item.price_ore.is_not(None),
        Item.title != "",
        Item.quantity > 0,
    )
    if changing.change(session, item.id, *may, state=ItemState.FOR_SALE, approved_at=now, **NO_REDUCTION):
        changing.entered(session, item.id, ItemState.FOR_SALE, now, by_staff_id)
        return
    if item.state is ItemState.FOR_SALE:
        return
    if item.state in GONE:
        raise Refusal(_("Den er solgt og kan ikke komme til salg igen herfra."))
    if not item.title:
        raise Refusal(_("Giv den et navn først. Så kan den komme til salg."))
    if item.price_ore is None:
        raise Refusal(_("Sæt en pris først. Så kan den komme til salg."))
    raise Refusal(_("Der er ingen tilbage af den. Ret antallet først."))


def withdraw(session: Session, item: Item, *, now: datetime, by_staff_id: int | None) -> None:
    """Take an item out of the shop; a second time changes nothing.

    Raises Refusal while a customer is paying for it, or when it is sold.
    """
    may = (Item.state.in_((ItemState.MADE, ItemState.FOR_SALE)), Item.held == 0)
    if changing.change(session, item.id, *may, state=ItemState.WITHDRAWN, **NO_REDUCTION):
        changing.entered(session, item.id, ItemState.WITHDRAWN, now, by_staff_id)
        return
    if item.state is ItemState.WITHDRAWN:
        return
    if item.held:
        raise Refusal(_("En kunde er ved at betale for den. Vent, til det er afgjort."))
    raise Refusal(_("Den er solgt, så den er allerede ude af butikken."))


def adjust_stock(
    session: Session,
    item: Item,
    *,
    change: int,
    cause: StockCause,
    reference: str,
    now: datetime,
    by_staff_id: int | None,
) -> None:
    """Write that there are `change` more (or, below zero, fewer) of an item; nought writes nothing.

    Whoever scraps the last piece, or takes it into use, takes the item out of the shop; pieces that turn up again leave
    its state as it is. Raises Refusal when fewer would be left than customers are paying for.
    """
    if not change:
        return
    changing.lock(session, item.id)
    session.refresh(item)
    values: dict[str, Any] = {"quantity": Item.quantity + change}
    if item.quantity + change == 0:
        values |= NO_REDUCTION
        if cause in {StockCause.SCRAPPED, StockCause.USED} and item.state not in GONE:
            values["state"] = ItemState.WITHDRAWN
    was = item.state
    if not changing.change(session, item.id, Item.quantity + change >= Item.held, **values):
        raise Refusal(_("Så mange er der ikke. Nogle af dem kan være reserveret til en kunde."))
    changing.moved(session, item.id, change, cause, reference, now, by_staff_id)
    if item.state is not was:
        changing.entered(session, item.id, item.state, now, by_staff_id)


def edit_details(
    session: Session, item: Item, *, version: int, title: str, description: str, place: str, measures: str
) -> None:
    """Change the words about an item. `version` is the one the editor saw.

    Raises EditedMeanwhile when somebody else has saved other words since; saving what already stands is no conflict.
    """
    words = {
        "title": clean(title),
        "description": clean(description),
        "place": clean(place),
        "measures": clean(measures),
    }
    if not words["title"]:
        raise Refusal(_("Giv tingen et navn."))
    if all(getattr(item, field) == text for field, text in words.items()):
        return
    if item.version != version:
        raise EditedMeanwhile(_("En anden har rettet teksten imens. Se begge, og gem det, der skal stå."))
    for field, text in words.items():
        setattr(item, field, text)
    item.search_text = newborn.search_text(item)
    session.flush()


def hold(session: Session, item_id: int, quantity: int) -> Held | None:
    """Keep some of an item from others while somebody pays; None when there are not enough left."""
    _at_least_one(quantity)
    return changing.hold(session, item_id, quantity)


def release(session: Session, item_id: int, quantity: int) -> None:
    """Give back what was held. The order's hold row sees to it that this happens once."""
    _at_least_one(quantity)
    if not changing.change(session, item_id, Item.held >= quantity, held=Item.held - quantity):
        raise NotHeld(_("Varen er ikke reserveret mere."))


def sell_held(session: Session, item_id: int, quantity: int, *, reference: str, now: datetime) -> None:
    """Turn what is held into a sale; the item is sold when nothing is left of it.

    Raises NotHeld when that much is not held.
    """
    _at_least_one(quantity)
    is_last = Item.quantity == quantity
    state = sa.case((is_last, sa.literal(ItemState.SOLD, Item.__table__.c.state.type)), else_=Item.state)
    values = {
        "quantity": Item.quantity - quantity,
        "held": Item.held - quantity,
        "state": state,
        "sold_at": sa.case((is_last, sa.literal(now, Item.__table__.c.sold_at.type)), else_=Item.sold_at),
        "before_ore": sa.case((is_last, None), else_=Item.before_ore),
        "before_until": sa.case((is_last, None), else_=Item.before_until),
    }
    if not changing.change(session, item_id, Item.held >= quantity, **values):
        raise NotHeld(_("Varen er ikke reserveret mere."))
    changing.moved(session, item_id, -quantity, StockCause.SOLD, reference, now)
    if changing.state_of(session, item_id) is ItemState.SOLD:
        changing.entered(session, item_id, ItemState.SOLD, now, None)


def sell_made(session: Session, item_id: int, quantity: int, *, reference: str, now: datetime) -> None:
    """Sell what was made for a customer to them, straight from the bench or from the shelf; nobody else can buy it.

    Raises NotHeld when it is not there to be sold: sold already, or kept for somebody who is paying.
    """
    _at_least_one(quantity)
    changing.lock(session, item_id)
    may = (Item.state.in_((ItemState.MADE, ItemState.FOR_SALE)), Item.quantity - Item.held >= quantity)
    seen = sa.func.coalesce(Item.approved_at, sa.literal(now, Item.__table__.c.approved_at.type))
    if not changing.change(session, item_id, *may, held=Item.held + quantity, approved_at=seen):
        raise NotHeld(_("Tingen er ikke fri. En anden er ved at købe den, eller den er solgt."))
    sell_held(session, item_id, quantity, reference=reference, now=now)


def hand_over(session: Session, item_id: int, now: datetime) -> None:
    """The customer has a sold item in hand. A batch with some left stays for sale."""
    if changing.change(session, item_id, Item.state == ItemState.SOLD, state=ItemState.HANDED_OVER):
        changing.entered(session, item_id, ItemState.HANDED_OVER, now, None)


def return_to_stock(session: Session, item_id: int, quantity: int, *, reference: str, now: datetime) -> None:
    """Take back what was sold: it is for sale again, unless staff have withdrawn what is left of it."""
    _at_least_one(quantity)
    changing.lock(session, item_id)
    was_sold = Item.state.in_((ItemState.SOLD, ItemState.HANDED_OVER))
    state = sa.case((was_sold, sa.literal(ItemState.FOR_SALE, Item.__table__.c.state.type)), else_=Item.state)
    before = changing.state_of(session, item_id)
    changing.change(session, item_id, quantity=Item.quantity + quantity, state=state, sold_at=None)
    changing.moved(session, item_id, quantity, StockCause.RETURNED, reference, now)
    if before in GONE:
        changing.entered(session, item_id, ItemState.FOR_SALE, now, None)


def _at_least_one(quantity: int) -> None:
    if quantity < 1:
        raise ValueError("a quantity is at least one")


def check_pieces(pieces: int) -> None:
    """Raise Refusal for a number of new pieces that cannot be."""
    if not 1 <= pieces <= MOST_PIECES:
        raise Refusal(_("Skriv et antal mellem 1 og %(most)s.", most=MOST_PIECES))


def check_price(price_ore: int) -> None:
    """Raise Refusal for a price (øre, VAT included) that no thing can have."""
    if price_ore < SMALLEST_PRICE_ORE:
        raise Refusal(_("Prisen skal være mindst 1 kr."))
    if price_ore > money.LARGEST_ORE:
        raise Refusal(_("Prisen er for høj. Den kan højst være 999.999 kr."))


def _first_price(
    session: Session, kind: ProductType | None, house_price_id: int | None, price_ore: int | None
) -> int | None:
    """The price a new thing begins with, VAT included: its own, else that of the house, else that of its type."""
    if price_ore is not None:
        check_price(price_ore)
        return price_ore
    if house_price_id is not None:
        return session.get_one(HousePrice, house_price_id).price_ore
    return kind.price_ore if kind else None


def _numbers(session: Session, how_many: int, code: ItemCode | None) -> int:
    """The first of the numbers of new items; one that takes over a printed label has its number already."""
    if code is not None and code.number is not None:
        return code.number
    return take_numbers(session, ITEM_SERIES, how_many, first=FIRST_ITEM_NUMBER)
