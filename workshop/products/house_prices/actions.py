"""House prices are added, changed and retired. What was born from one keeps its own price until somebody says so."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from workshop.core import money
from workshop.core.errors import Refusal
from workshop.core.i18n import _
from workshop.core.text import clean
from workshop.products import actions as products
from workshop.products.house_prices import queries
from workshop.products.models import HousePrice


def add_house_price(session: Session, *, name: str, category: str, unit: str, price_ore: int) -> HousePrice:
    """A new fixed price, VAT included. Raises Refusal for a name another has, or a price nobody means."""
    _check(session, clean(name), price_ore)
    made = HousePrice(name=clean(name), category=category, unit=clean(unit), price_ore=price_ore, is_used=True)
    session.add(made)
    try:
        session.flush()
    except IntegrityError as taken:  # two people added the same one in the same moment
        raise Refusal(_taken()) from taken
    return made


def change_house_price(
    session: Session,
    house: HousePrice,
    *,
    version: int,
    name: str,
    category: str,
    unit: str,
    price_ore: int,
    is_for_unsold: bool,
    now: datetime,
    by_staff_id: int | None,
) -> int:
    """Change a house price, and with `is_for_unsold` the price of every unsold thing born from it; how many that were.

    `version` is the one the editor saw. Raises EditedMeanwhile when somebody else has changed it since, Refusal for a
    name another has or a price nobody means.
    """
    wanted = (clean(name), category, clean(unit), price_ore)
    stored = (house.name, house.category, house.unit, house.price_ore)
    if wanted != stored:
        if house.version != version:
            raise products.EditedMeanwhile(
                _("En anden har rettet husprisen imens. Se begge, og gem det, der skal stå.")
            )
        _check(session, wanted[0], price_ore, except_id=house.id)
        house.name, house.category, house.unit, house.price_ore = wanted
        session.flush()
    if not is_for_unsold:
        return 0
    unsold = queries.unsold_of(session, house.id)
    return sum(products.set_price(session, item, price_ore, now=now, by_staff_id=by_staff_id) for item in unsold)


def retire(session: Session, house: HousePrice) -> None:
    """Offer it no more for new things; those born from it stay as they are. A second time changes nothing."""
    house.is_used = False
    session.flush()


def use_again(session: Session, house: HousePrice) -> None:
    """Offer it for new things again."""
    house.is_used = True
    session.flush()


def _check(session: Session, name: str, price_ore: int, *, except_id: int | None = None) -> None:
    if price_ore < products.SMALLEST_PRICE_ORE:
        raise Refusal(_("Prisen skal være mindst 1 kr."))
    if price_ore > money.LARGEST_ORE:
        raise Refusal(_("Prisen er for høj. Den kan højst være 999.999 kr."))
    other = session.scalar(sa.select(HousePrice.id).where(HousePrice.name == name))
    if other is not None and other != except_id:
        raise Refusal(_taken())


def _taken() -> str:
    return _("Der er allerede en huspris med det navn.")
