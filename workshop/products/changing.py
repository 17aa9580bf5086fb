"""How a thing is changed: one conditional UPDATE, and a line in the history that goes with it.

Whatever is scarce is guarded by the conditions of that UPDATE; the row that did not change is the answer "no". Prices
and states leave `version` alone: it counts edits of the words only.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlalchemy.orm.util import identity_key

from workshop.core import db
from workshop.products import catalogue
from workshop.products.models import (
    Item,
    ItemState,
    PriceChange,
    SizeClass,
    StateChange,
    StockCause,
    StockMovement,
    VatScheme,
)

# What goes off sale takes its before-price with it; the 30 days begin anew when it comes back.
NO_REDUCTION: dict[str, Any] = {"before_ore": None, "before_until": None}


def change(session: Session, item_id: int, *conditions: sa.ColumnElement[bool], **values: Any) -> bool:
    """One conditional UPDATE of one item; whether it took place. A copy in the session is read anew."""
    statement = sa.update(Item).where(Item.id == item_id, *conditions).values(**values).returning(Item.id)
    return _change(session, item_id, statement, {}) is not None


class Held(NamedTuple):
    """What is held, as it is from now on: nobody changes the price of a thing that is held. Øre, VAT included."""

    item_id: int
    price_ore: int | None
    vat_scheme: VatScheme
    size_class: SizeClass


def hold(session: Session, item_id: int, pieces: int) -> Held | None:
    """Hold so many more of an item for sale, if they are there; every order asks it, so it is put together once."""
    found = _change(session, item_id, _HOLD, {"item": item_id, "pieces": pieces})
    return None if found is None else Held._make(found)


_HOLD = (
    sa.update(Item)
    .where(Item.id == sa.bindparam("item"), Item.state == ItemState.FOR_SALE)
    .where(Item.quantity - Item.held >= sa.bindparam("pieces"))
    .values(held=Item.held + sa.bindparam("pieces"))
    .returning(Item.id, Item.price_ore, Item.vat_scheme, Item.size_class)
)


def _change(session: Session, item_id: int, statement: Any, values: dict[str, Any]) -> sa.Row[Any] | None:
    """The row as it is after the change; None when it did not fit the conditions."""
    session.flush()
    found = db.run(session, statement, values).first()
    loaded = session.identity_map.get(identity_key(Item, item_id))
    if loaded is not None:
        session.expire(loaded)
    if found is not None:
        catalogue.changed(session)
    return found


def lock(session: Session, item_id: int) -> None:
    """Keep others from changing this item until the block ends, so that its history can be read and added to."""
    session.execute(sa.select(Item.id).where(Item.id == item_id).with_for_update())


def state_of(session: Session, item_id: int) -> ItemState | None:
    """The state of an item as it stands in the database."""
    return session.scalar(sa.select(Item.state).where(Item.id == item_id))


def born(
    session: Session, items: Sequence[Item], cause: StockCause, reference: str, now: datetime, by_staff_id: int | None
) -> None:
    """Write down that items came into the world, and the prices they came with, in one go."""
    about = {"at": now, "by_staff_id": by_staff_id}
    session.add_all(
        StockMovement(item_id=item.id, change=item.quantity, cause=cause, reference=reference, **about)
        for item in items
    )
    session.add_all(
        PriceChange(item_id=item.id, price_ore=item.price_ore, **about) for item in items if item.price_ore is not None
    )
    session.flush()


def entered(session: Session, item_id: int, state: ItemState, now: datetime, by_staff_id: int | None) -> None:
    """Write down that an item came into a state."""
    session.add(StateChange(item_id=item_id, state=state, at=now, by_staff_id=by_staff_id))
    session.flush()


def priced(session: Session, item_id: int, price_ore: int, now: datetime, by_staff_id: int | None) -> None:
    """Write down a price that was set."""
    session.add(PriceChange(item_id=item_id, price_ore=price_ore, at=now, by_staff_id=by_staff_id))
    session.flush()


def moved(
    session: Session,
    item_id: int,
    change: int,
    cause: StockCause,
    reference: str,
    now: datetime,
    by_staff_id: int | None = None,
) -> None:
    """Write down that there are more or fewer of an item."""
    session.add(
        StockMovement(item_id=item_id, change=change, cause=cause, reference=reference, at=now, by_staff_id=by_staff_id)
    )
    session.flush()
