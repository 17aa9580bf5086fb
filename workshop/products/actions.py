"""What happens to things: they are numbered, priced, photographed, approved, held, sold and handed over.

Whatever is scarce is guarded by one conditional UPDATE; the row that did not change is the answer "no". Prices and
states have their own history, so they leave `version` alone: it counts edits of the words only.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlalchemy.orm.util import identity_key

from workshop.core import money
from workshop.core.errors import Refusal
from workshop.core.i18n import _
from workshop.core.images import Photo
from workshop.core.text import clean, search_key
from workshop.products import catalogue, queries
from workshop.products.drawings import drawing_for
from workshop.products.models import (
    Item,
    ItemPhoto,
    ItemState,
    Origin,
    PriceChange,
    ProductType,
    SizeClass,
    StateChange,
    StockCause,
    StockMovement,
)
from workshop.products.numbers import take_numbers
from workshop.products.qr import make_qr, new_token
from workshop.products.sections import OTHER_CATEGORY

ITEM_SERIES = "item"
FIRST_ITEM_NUMBER = 1001
SMALLEST_PRICE_ORE = 100
MOST_PIECES = 1_000


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
) -> list[Item]:
    """Number what the workshop has made: one item a piece, or one item for the whole batch.

    `title` may be empty when there is a product type; `category` is that of a thing without one. `base_url` is the
    shop's address, printed in the QR code.
    Raises Refusal for fewer pieces than one, too many, or a thing without a name.
    """
    if not 1 <= pieces <= MOST_PIECES:
        raise Refusal(_("Skriv et antal mellem 1 og %(most)s.", most=MOST_PIECES))
    kind = session.get_one(ProductType, product_type_id) if product_type_id is not None else None
    name = clean(title) or (kind.name if kind else "")
    if not name:
        raise Refusal(_("Giv tingen et navn."))
    origin = queries.origin_of(session, kind.id) if kind else Origin.BOUGHT
    quantities = [pieces] if is_batch else [1] * pieces
    first = take_numbers(session, ITEM_SERIES, len(quantities), first=FIRST_ITEM_NUMBER)
    items = [
        Item(
            **(_copied(kind) if kind else _plain(category)),
            **_code(base_url),
            number=first + place,
            title=name[:120],
            origin=origin,
            state=ItemState.MADE,
            quantity=quantity,
            is_one_of_a_kind=quantity == 1,
            born_at=now,
        )
        for place, quantity in enumerate(quantities)
    ]
    session.add_all(items)
    session.flush()
    for item in items:
        item.search_text = _search_text(item)
        _moved(session, item.id, item.quantity, StockCause.MADE, reference, now, by_staff_id)
        if item.price_ore is not None:
            session.add(PriceChange(item_id=item.id, price_ore=item.price_ore, at=now, by_staff_id=by_staff_id))
    session.flush()
    return items


def set_price(session: Session, item: Item, price_ore: int, *, now: datetime, by_staff_id: int | None) -> bool:
    """Give an item its price (øre, VAT included) and write it into the history; the same price is no change (False).

    Raises Refusal for a price below 1 krone, above a million, or of something already sold.
    """
    if price_ore < SMALLEST_PRICE_ORE:
        raise Refusal(_("Prisen skal være mindst 1 kr."))
    if price_ore > money.LARGEST_ORE:
        raise Refusal(_("Prisen er for høj. Den kan højst være 999.999 kr."))
    if item.state in {ItemState.SOLD, ItemState.HANDED_OVER}:
        raise Refusal(_("Den er solgt, så prisen kan ikke ændres mere."))
    is_other = sa.or_(Item.price_ore.is_(None), Item.price_ore != price_ore)
    if not _change(session, item.id, is_other, price_ore=price_ore):
        return False
    session.add(PriceChange(item_id=item.id, price_ore=price_ore, at=now, by_staff_id=by_staff_id))
    session.flush()
    return True


def approve(session: Session, item: Item, *, now: datetime, by_staff_id: int | None) -> None:
    """Put an item up for sale; a second time changes nothing.

    Raises Refusal when it has no price, or is sold.
    """
    may = (Item.state.in_((ItemState.MADE, ItemState.WITHDRAWN)), Item.price_ore.is_not(None), Item.quantity > 0)
    if _change(session, item.id, *may, state=ItemState.FOR_SALE, approved_at=now):
        _entered(session, item.id, ItemState.FOR_SALE, now, by_staff_id)
        return
    if item.state is ItemState.FOR_SALE:
        return
    if item.price_ore is None:
        raise Refusal(_("Sæt en pris først. Så kan den komme til salg."))
    raise Refusal(_("Den er solgt og kan ikke komme til salg igen herfra."))


def withdraw(session: Session, item: Item, *, now: datetime, by_staff_id: int | None) -> None:
    """Take an item out of the shop; a second time changes nothing.

    Raises Refusal while a customer is paying for it, or when it is sold.
    """
    may = (Item.state.in_((ItemState.MADE, ItemState.FOR_SALE)), Item.held == 0)
    if _change(session, item.id, *may, state=ItemState.WITHDRAWN):
        _entered(session, item.id, ItemState.WITHDRAWN, now, by_staff_id)
        return
    if item.state is ItemState.WITHDRAWN:
        return
    if item.held:
        raise Refusal(_("En kunde er ved at betale for den. Vent, til det er afgjort."))
    raise Refusal(_("Den er solgt, så den er allerede ude af butikken."))


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
    item.search_text = _search_text(item)
    session.flush()


def add_photo(
    session: Session, item: Item, photo: Photo, *, alt_text: str, now: datetime, by_staff_id: int | None
) -> ItemPhoto:
    """Keep a stored photo with an item, after those it has. Nobody outside sees it before it is approved."""
    last = session.scalar(sa.select(sa.func.max(ItemPhoto.position)).where(ItemPhoto.item_id == item.id)) or 0
    kept = ItemPhoto(
        item_id=item.id,
        name=photo.name,
        width=photo.width,
        height=photo.height,
        position=last + 1,
        alt_text=clean(alt_text)[:200] or item.title,
        added_at=now,
        by_staff_id=by_staff_id,
    )
    session.add(kept)
    session.flush()
    return kept


def approve_photo(session: Session, photo: ItemPhoto, *, now: datetime, by_staff_id: int | None) -> None:
    """Say that nobody can be recognised in the photo, so that everybody may see it."""
    if photo.approved_at is None:
        photo.approved_at = now
        photo.by_staff_id = by_staff_id
        session.flush()


def remove_photo(session: Session, photo: ItemPhoto) -> None:
    """Take a photo away for good; the files are deleted by the caller once this is committed."""
    session.delete(photo)
    session.flush()


def hold(session: Session, item_id: int, quantity: int) -> bool:
    """Keep some of an item from others while somebody pays; False when there are not enough left."""
    _at_least_one(quantity)
    enough = (Item.state == ItemState.FOR_SALE, Item.quantity - Item.held >= quantity)
    return _change(session, item_id, *enough, held=Item.held + quantity)


def release(session: Session, item_id: int, quantity: int) -> None:
    """Give back what was held. The order's hold row sees to it that this happens once."""
    _at_least_one(quantity)
    if not _change(session, item_id, Item.held >= quantity, held=Item.held - quantity):
        raise NotHeld(_("Varen er ikke reserveret mere."))


def sell_held(session: Session, item_id: int, quantity: int, *, reference: str, now: datetime) -> None:
    """Turn what is held into a sale; the item is sold when nothing is left of it.

    Raises NotHeld when that much is not held.
    """
    _at_least_one(quantity)
    is_last = Item.quantity == quantity
    state = sa.case((is_last, sa.literal(ItemState.SOLD, Item.__table__.c.state.type)), else_=Item.state)
    sold_at = sa.case((is_last, sa.literal(now, Item.__table__.c.sold_at.type)), else_=Item.sold_at)
    values = {"quantity": Item.quantity - quantity, "held": Item.held - quantity, "state": state, "sold_at": sold_at}
    if not _change(session, item_id, Item.held >= quantity, **values):
        raise NotHeld(_("Varen er ikke reserveret mere."))
    _moved(session, item_id, -quantity, StockCause.SOLD, reference, now)


def hand_over(session: Session, item_id: int, now: datetime) -> None:
    """The customer has a sold item in hand. A batch with some left stays for sale."""
    if _change(session, item_id, Item.state == ItemState.SOLD, state=ItemState.HANDED_OVER):
        _entered(session, item_id, ItemState.HANDED_OVER, now, None)


def return_to_stock(session: Session, item_id: int, quantity: int, *, reference: str, now: datetime) -> None:
    """Take back what was sold: it is for sale again, unless staff have withdrawn what is left of it."""
    _at_least_one(quantity)
    was_sold = Item.state.in_((ItemState.SOLD, ItemState.HANDED_OVER))
    state = sa.case((was_sold, sa.literal(ItemState.FOR_SALE, Item.__table__.c.state.type)), else_=Item.state)
    _change(session, item_id, quantity=Item.quantity + quantity, state=state, sold_at=None)
    _moved(session, item_id, quantity, StockCause.RETURNED, reference, now)


def _change(session: Session, item_id: int, *conditions: sa.ColumnElement[bool], **values: Any) -> bool:
    """One conditional UPDATE of one item; whether it took place. A copy in the session is read anew."""
    statement = sa.update(Item).where(Item.id == item_id, *conditions).values(**values).returning(Item.id)
    changed = session.scalar(statement, execution_options={"synchronize_session": False})
    loaded = session.identity_map.get(identity_key(Item, item_id))
    if loaded is not None:
        session.expire(loaded)
    if changed is not None:
        catalogue.changed(session)
    return changed is not None


def _entered(session: Session, item_id: int, state: ItemState, now: datetime, by_staff_id: int | None) -> None:
    session.add(StateChange(item_id=item_id, state=state, at=now, by_staff_id=by_staff_id))
    session.flush()


def _moved(
    session: Session,
    item_id: int,
    change: int,
    cause: StockCause,
    reference: str,
    now: datetime,
    by_staff_id: int | None = None,
) -> None:
    session.add(
        StockMovement(item_id=item_id, change=change, cause=cause, reference=reference, at=now, by_staff_id=by_staff_id)
    )
    session.flush()


def _at_least_one(quantity: int) -> None:
    if quantity < 1:
        raise ValueError("a quantity is at least one")


def _plain(category: str) -> dict[str, Any]:
    return {"category": category, "drawing": drawing_for("", category), "size_class": SizeClass.M}


def _copied(kind: ProductType) -> dict[str, Any]:
    """What a new item takes from its product type; from then on it is the item's own."""
    sides = [str(side) for side in (kind.length_cm, kind.width_cm, kind.height_cm) if side]
    return {
        "product_type_id": kind.id,
        "category": kind.category,
        "description": kind.description,
        "material_text": kind.material_text,
        "measures": f"{' × '.join(sides)} cm" if sides else "",
        "care": kind.care,
        "safety": kind.safety,
        "size_class": kind.size_class,
        "drawing": drawing_for(kind.sku, kind.category),
        "price_ore": kind.price_ore,
    }


def _code(base_url: str) -> dict[str, Any]:
    token = new_token()
    symbol = make_qr(f"{base_url}/q/{token}")
    return {"qr_token": token, "qr_path": symbol.path, "qr_side": symbol.side}


def _search_text(item: Item) -> str:
    words = (str(item.number), item.title, item.category, item.material_text, item.place)
    return search_key(" ".join(word for word in words if word))
